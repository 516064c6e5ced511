# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks all entries of a fleet before any request. Private to this collection.

Core reports a wrong nested option, but not in which entry. The errors here name position, tenant and option, and never
a value, which may be a secret in the wrong place.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ._errors import Refused
from ._fields import PLACEHOLDER_ID, Desired, desired_from
from ._formula_fields import FormulaDesired, own_formula_from
from ._options import ENTRY_SPEC, FORMULA_SPEC
from ._redact import printable, secret_refusal
from ._values import DEEPEST, is_deep, plain, unsendable

SHOWN_PROBLEMS = 10

_OMITTED = re.compile("__omit_place_holder__|<<Omit>>")
"""What C(omit) becomes in ansible-core if it is part of a longer string."""


class Unresolved:
    """Marks a string with a template that ansible-core 2.18 could not resolve."""


def desired_entries(entries: Any, *, check_mode: bool) -> list[Desired]:
    """The desired state of each entry, in order. Raises Refused, naming everything that is wrong."""
    if isinstance(entries, Mapping) and isinstance(entries.get("problem"), str):
        raise Refused(entries["problem"])
    if not isinstance(entries, Sequence) or isinstance(entries, (str, bytes)):
        raise Refused("instances must be a list, with an entry for each instance.")
    problems: list[str] = []
    desired: list[Desired] = []
    for position, entry in enumerate(entries, 1):
        try:
            desired.append(_desired(entry, check_mode))
        except Refused as refusal:
            problems.append(f"entry {position}{_named(entry)}: {refusal.clause}")
    if not problems:
        problems = _shared(desired, "name") + _shared(desired, "id")
    if problems:
        more = f"; and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
        raise Refused(f"Nothing was done: {'; '.join(problems[:SHOWN_PROBLEMS])}{more}.")
    return desired


def _walk(
    spec: Mapping[str, Any], given: Mapping[Any, Any], prefix: str = ""
) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Path, spec and value of each given option, before its suboptions; C(desired_entries) handles lists of entries."""
    for option, value in given.items():
        rule = spec.get(option) or {}
        yield f"{prefix}{option}", rule, value
        if "options" in rule and isinstance(value, Mapping):
            yield from _walk(rule["options"], value, f"{prefix}{option}.")


def without_unset(spec: Mapping[str, Any], given: Mapping[Any, Any], *, in_entries: bool = False) -> dict[Any, Any]:
    """The options without nulls, which core treats as values; lists of strings as C(texts_in) reads them.

    C(desired_entries) does the same for lists of entries.
    """
    kept: dict[Any, Any] = {}
    for option, value in given.items():
        rule = spec.get(option, {})
        inner = rule.get("options")
        if inner is not None and isinstance(value, Mapping):
            kept[option] = without_unset(inner, value, in_entries=in_entries)
        elif in_entries and inner is not None and isinstance(value, list):
            kept[option] = [
                without_unset(inner, entry, in_entries=True) if isinstance(entry, Mapping) else entry for entry in value
            ]
        elif rule.get("elements") == "str":
            kept[option] = texts_in(value)
        else:
            kept[option] = value
    return {option: value for option, value in kept.items() if value is not None}


def texts_in(value: Any) -> Any:
    """A list of strings: nested lists are flattened; a single string is a JSON list, or is split at commas and line ends.

    Anything else is returned unchanged, and the type check rejects it.
    """
    if isinstance(value, (list, tuple)):
        return list(_flat(value))
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            return list(_flat(json.loads(text)))
        except (ValueError, RecursionError):
            return value
    return [part.strip() for part in re.split(r"[,\r\n]", text) if part.strip()]


def _flat(values: Sequence[Any], levels: int = DEEPEST) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)) and levels:
            yield from _flat(value, levels - 1)
        elif value is not None:
            yield value


def check_options(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> None:
    """Raises Refused for values that core would refuse on the host with an error that quotes them.

    Core checks options that are not in C(spec), of which it shows only the names; C(desired_entries) checks lists of entries.
    """
    _check_content(spec, given)
    _check_types(spec, given)


def validated(
    spec: Mapping[str, Any], given: Mapping[Any, Any], required_one_of: Sequence[Sequence[str]], name: str
) -> dict[str, Any]:
    """The options of the module C(name) as core validates and converts them; C(desired_entries) handles lists of entries.

    Raises Refused if core would refuse them, with core's message if that quotes no value.
    """
    _check_content(spec, given)
    # Core converts any value to a string if a string is expected.
    problem = _problem_of_texts(spec, plain(_known(spec, given)))
    if problem is not None:
        raise Refused(f"{problem}.")
    entries = {option for option in spec if spec[option].get("elements") == "dict"}
    flat = {
        option: {"type": "raw", "required": rule["required"]} if option in entries else rule
        for option, rule in spec.items()
    }
    # Core copies what it validates, and the entries may be thousands.
    plainly = {option: True if option in entries else plain(value) for option, value in given.items()}
    result = ArgumentSpecValidator(flat, required_one_of=required_one_of).validate(plainly)
    if result.error_messages:
        _check_types(spec, given)
        _check_environment(spec, given)
        unsupported = isinstance(result.errors[0], UnsupportedError)
        raise Refused(f"{f'Unsupported parameters for ({name}) module: ' if unsupported else ''}{result.errors.msg}")
    return {**result.validated_parameters, **{option: given[option] for option in entries & set(given)}}


def _known(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        option: value for option, value in given.items() if option in spec and spec[option].get("elements") != "dict"
    }


def _check_content(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> None:
    """Raises Refused for a secret that is too short, and for values that cannot be passed to a module."""
    known = _known(spec, given)
    check_secrets(spec, known)
    for option, value in known.items():
        why = unsendable(value)
        if why is not None:
            raise Refused(f"{option} {why}.")


def _check_types(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> None:
    """Raises Refused for a value of the wrong type or an invalid choice, which core would quote."""
    known = plain(_known(spec, given))
    problem = _problem_of_texts(spec, known) or _problem(spec, known)
    if problem is not None:
        raise Refused(f"{problem}.")


def _check_environment(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> None:
    """Raises Refused if the environment variable of an option has the wrong type."""
    for option, rule in spec.items():
        for variable in rule["fallback"][1] if "fallback" in rule and option not in given else ():
            problem = _problem({variable: rule}, {variable: os.environ.get(variable) or None})
            if problem is not None:
                raise Refused(problem.replace(" must be ", " in the environment must be ") + ".")


def refusal_of(entry: Any, *, check_mode: bool) -> str | None:
    """Why a single entry would be refused, in one sentence; None if it would not."""
    try:
        _desired(entry, check_mode)
    except Refused as refusal:
        return f"The tenant{_named(entry)} is refused: {refusal.clause}."
    return None


def check_secrets(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> None:
    """Raises Refused for values that core must not see: a secret that is too short, since core would mask it everywhere, and
    options that are not a mapping, since core would crash.
    """
    for path, rule, value in _walk(spec, given):
        if rule.get("no_log") and isinstance(value, str) and value:
            refusal = secret_refusal(path, value)
            if refusal is not None:
                raise Refused(refusal + ".")
        elif "options" in rule and not isinstance(value, (Mapping, str, type(None))):
            raise Refused(f"{path} must be of type {rule['type']}.")


def unknown_option(spec: Mapping[str, Any], given: Mapping[Any, Any], prefix: str = "") -> str | None:
    """The first option that does not exist; core could not name one that is not a string."""
    for option, value in given.items():
        if option not in spec:
            known = sorted(name for name in spec if name[:1] != "_")
            near = difflib.get_close_matches(str(option), known, n=1)
            hint = f"perhaps you mean {prefix}{near[0]}" if near else f"known are {', '.join(known)}"
            return f"{prefix}{printable(str(option))} is not an option: {hint}"
        if "options" in spec[option] and isinstance(value, Mapping):
            problem = unknown_option(spec[option]["options"], value, f"{prefix}{option}.")
            if problem is not None:
                return problem
    return None


def shared_subdomains(desired: Sequence[Desired]) -> list[str]:
    """Warnings about tenants that share one Freshdesk account, which is rarely intended."""
    present = [one for one in desired if one.present]
    return [
        f"{', '.join(present[position - 1].label for position in positions)} have the same subdomain ({subdomain}): two instances "
        "of one Freshdesk account."
        for subdomain, positions in _positions(present, "subdomain").items()
        if len(positions) > 1
    ]


def _desired(entry: Any, check_mode: bool) -> Desired:
    if not isinstance(entry, Mapping):
        raise Refused("it is not a mapping of options, such as {name: acme, subdomain: acme}")
    if is_deep(entry):
        raise Refused(f"it holds lists and mappings more than {DEEPEST} levels deep: make it flatter")
    own = {option: value for option, value in entry.items() if option != "formulas"}
    desired = desired_from(_params(ENTRY_SPEC, own), check_mode=check_mode)
    formulas = entry.get("formulas")
    return replace(desired, formulas=_formulas(formulas, desired.name, check_mode)) if formulas is not None else desired


def _formulas(given: Any, owner: str | None, check_mode: bool) -> tuple[FormulaDesired, ...]:
    """The desired state of each formula instance of an entry, in order. Raises Refused, naming position and option."""
    if not isinstance(given, (list, tuple)):
        raise Refused("formulas must be a list, with a mapping of options for each formula instance")
    desired = []
    for position, formula in enumerate(given):
        try:
            desired.append(_formula(formula, owner, check_mode))
        except Refused as refusal:
            raise Refused(f"formulas[{position}]: {refusal.clause}") from None
    return tuple(desired)


def _formula(given: Any, owner: str | None, check_mode: bool) -> FormulaDesired:
    if not isinstance(given, Mapping):
        raise Refused("it is not a mapping of options, such as {formula: ticket-sync, instances: {source: self}}")
    return own_formula_from(_params(FORMULA_SPEC, given), owner, check_mode=check_mode)


def _params(spec: Mapping[str, Any], options: Mapping[Any, Any]) -> dict[str, Any]:
    """The options as core validates and converts them; None for those that are not given. Raises Refused, naming the option."""
    check_secrets(spec, options)
    given = plain(without_unset(spec, options))
    problem = unknown_option(spec, given) or _problem_of_texts(spec, given)
    if problem is not None:
        raise Refused(problem)
    result = _validator(spec is FORMULA_SPEC, tuple(given)).validate(given)
    if not result.error_messages:
        return {**dict.fromkeys(spec), **result.validated_parameters}
    problem = _problem(spec, given)
    raise Refused(problem or "its options do not go together: compare them with the documentation of the module")


@lru_cache
def _validator(of_formulas: bool, options: tuple[str, ...]) -> ArgumentSpecValidator:
    """For these options alone, as most entries have the same few: a validator takes time for each option of its spec."""
    spec = FORMULA_SPEC if of_formulas else ENTRY_SPEC
    return ArgumentSpecValidator({option: spec[option] for option in options})


def _problem_of_texts(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> str | None:
    """The first option that core would convert to an unintended string, such as C(True) or C(['a']), and why."""
    for path, rule, value in _walk(spec, given):
        if "options" in rule and isinstance(value, Mapping):
            continue
        why = _left_in(value)
        if why is not None:
            return f"{path} {why}"
        if rule.get("elements") == "str":
            if not isinstance(value, list):
                return f'{path} must be a list: write ["a", "b"], or a, b'
            if not all(_is_text(element) for element in value):
                return f"{path} must contain only strings: put other values in quotes"
        elif rule.get("type") in ("str", "path") and "choices" not in rule and not _is_text(value):
            return f"{path} must be a string: put true, false and the like in quotes"
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _left_in(value: Any) -> str | None:
    """An unresolved template or C(omit) in the value, at any depth, that ansible-core should have resolved."""
    if isinstance(value, Unresolved):
        return "holds a template that could not be resolved: check it for an undefined variable"
    if isinstance(value, str):
        if _OMITTED.search(value):
            return "has omit as a part of a longer text: omit can only stand alone"
        return None
    if isinstance(value, Mapping):
        value = [part for pair in value.items() for part in pair]
    return next(filter(None, map(_left_in, value)), None) if isinstance(value, list) else None


def _problem(spec: Mapping[str, Any], given: Mapping[Any, Any]) -> str | None:
    """The first option whose value is wrong, and why, without that value."""
    for path, rule, value in _walk(spec, given):
        if not rule or value is None:
            continue
        if "options" in rule and isinstance(value, Mapping):
            for pair in rule.get("mutually_exclusive", ()):
                if all(value.get(name) is not None for name in pair):
                    return f"{' and '.join(f'{path}.{name}' for name in pair)} exclude each other: set one of them"
        elif ArgumentSpecValidator({path: rule}).validate({path: value}).error_messages:
            of = f" of {rule['elements']}" if "elements" in rule else ""
            wanted = f"one of {', '.join(rule['choices'])}" if "choices" in rule else f"of type {rule['type']}{of}"
            return f"{path} must be {wanted}"
    return None


def _named(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return f" ({printable(name)})" if isinstance(name, str) and name else ""


def _shared(desired: Sequence[Desired], attribute: str) -> list[str]:
    """Why two entries conflict: they have the same name or the same id."""
    return [
        f"{' and '.join(f'entry {position}' for position in positions)} have the same "
        f"{attribute} ({printable(str(value))}): keep one of them"
        for value, positions in _positions(desired, attribute).items()
        if len(positions) > 1 and value != PLACEHOLDER_ID
    ]


def _positions(desired: Sequence[Desired], attribute: str) -> dict[Any, list[int]]:
    positions: dict[Any, list[int]] = {}
    for position, one in enumerate(desired, 1):
        value = getattr(one, attribute)
        if value is not None:
            positions.setdefault(value, []).append(position)
    return positions
