# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference between a desired and a live formula instance, without I/O. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ._errors import Refused
from ._fields import PLACEHOLDER_ID
from ._formula_fields import FormulaDesired
from ._formula_model import FormulaLive, Template
from ._redact import HIDDEN, is_secret_key, printable, redacted
from ._resource import Plan, deletion, placeholder_deletion
from ._values import MASK, same, stored

PENDING = "(pending)"
"""Shown in a diff for an instance that an earlier task of a dry run would create."""
_CHANGED = "(changed)"
_SET = "(set)"

FormulaPlan = Plan[FormulaDesired, FormulaLive]
Values = Mapping[str, Any]


def formula_plan(
    desired: FormulaDesired, live: FormulaLive | None, template: Template | None, instances: Mapping[str, str]
) -> FormulaPlan:
    """The plan of the writes. Raises Refused for variables that do not fit the template, before anything is written.

    C(live) must be complete. C(template) is None only if it is not needed. C(instances): the id of the element
    instance of each variable in C(desired.instances), as text.
    """
    if template is not None:
        _check_known(desired, template)
    if desired.awaits_creation:
        return _of_placeholder(desired, template, instances)
    if not desired.present:
        return deletion(desired, live)
    if template is None:  # a PUT without its variables would lose them
        raise RuntimeError("a formula instance is compared without its template")
    wanted = {**instances, **desired.configuration}
    if live is None:
        return _creation(desired, template, wanted)
    return _update(desired, live, template, wanted)


def _check_known(desired: FormulaDesired, template: Template) -> None:
    given = {*desired.instances, *desired.configuration}
    unknown = sorted(given - set(template.variables or ()))
    if unknown:
        known = ", ".join(map(printable, sorted(template.variables or ()))) or "none"
        raise Refused(
            f"The template {printable(template.name)} (id {template.id}) has no variable {', '.join(map(printable, unknown))}: "
            f"correct it; its variables are: {known}."
        )


def _check_required(desired: FormulaDesired, template: Template, values: Values) -> None:
    variables = template.variables or {}
    missing = [key for key, variable in variables.items() if variable.required and values.get(key) in (None, "")]
    if missing:
        raise Refused(
            f"{desired.label} lacks {', '.join(map(printable, missing))}, which the template requires: set it in instances, "
            "where it is an element instance, or in configuration."
        )


def _of_placeholder(desired: FormulaDesired, template: Template | None, instances: Mapping[str, str]) -> FormulaPlan:
    """The plan of a dry run for one that an earlier task would create: it will be changed."""
    if not desired.present:
        return placeholder_deletion(desired)
    outcome = _future(desired, template, {**instances, **desired.configuration})
    after = _side(desired, outcome, instances, {**outcome.values, **outcome.set_values}, _SET)
    return Plan("updated", desired, None, before={"state": "present"}, after=after, outcome=outcome)


def _creation(desired: FormulaDesired, template: Template, wanted: Values) -> FormulaPlan:
    if not template.active:
        raise Refused(
            f"{desired.label} was not created, since its template {printable(template.name)} (id {template.id}) is inactive: "
            "activate the template on the platform, then run again."
        )
    _check_required(desired, template, wanted)
    outcome = _future(desired, template, wanted)
    return Plan(
        "created",
        desired,
        None,
        before={"state": "absent"},
        after=_side(desired, outcome, desired.instances, {**wanted, **desired.settings}, _SET),
        outcome=outcome,
        create={
            "name": desired.name,
            "active": outcome.enabled,
            "configuration": dict(wanted),
            "settings": dict(desired.settings),
        },
    )


def _update(desired: FormulaDesired, live: FormulaLive, template: Template, wanted: Values) -> FormulaPlan:
    configuration = _changes(wanted, live.values)
    settings = _changes(desired.settings, live.set_values)
    outcome = replace(
        live,
        name=live.name if desired.name is None else desired.name,
        enabled=live.enabled if desired.active is None else desired.active,
        configuration={**live.values, **configuration},
        settings={**live.set_values, **settings},
    )
    _check_required(desired, template, outcome.values)
    whole = outcome.name != live.name or bool(configuration or settings)
    switched = outcome.enabled is not live.enabled
    changing = [*configuration, *settings]
    return Plan(
        "updated" if whole or switched else "unchanged",
        desired,
        live,
        before=_side(desired, live, desired.instances, changing, HIDDEN),
        after=_side(desired, outcome, desired.instances, changing, _CHANGED),
        outcome=outcome,
        put=_whole(desired, outcome, template, wanted) if whole else None,
        # A PUT includes it.
        set_enabled=outcome.enabled if switched and not whole else None,
        secrets="unreadable" if any(live.values.get(key) == MASK for key in wanted) else "compared",
        warnings=tuple(_warnings(desired, live, template)),
    )


def _changes(wanted: Values, live: Values) -> dict[str, Any]:
    """The differences, compared as text. A masked value cannot be compared."""
    return {key: value for key, value in wanted.items() if live.get(key) != MASK and not same(value, live.get(key))}


def _whole(desired: FormulaDesired, outcome: FormulaLive, template: Template, wanted: Values) -> dict[str, Any]:
    """The body of a PUT: all live values and the changes, which works whether the platform replaces or merges; never the error counters.

    Variables that the template no longer has are omitted, since they may be refused (unknown).
    Raises Refused if it would lose a value that the platform does not show.
    """
    known = template.variables or {}
    configuration = {key: value for key, value in _without_unset(outcome.values).items() if key in known}
    configuration.update({key: wanted[key] for key, value in configuration.items() if value == MASK and key in wanted})
    settings = _without_unset(outcome.set_values)
    masked = [key for key, value in {**configuration, **settings}.items() if value == MASK]
    if masked:
        raise Refused(
            f"{desired.label} needs a change that sends its whole configuration again, and the platform does not show the live "
            f"{', '.join(map(printable, masked))}, which would be lost: set that too; nothing was written."
        )
    return {
        "name": outcome.name,
        "active": outcome.enabled,
        "configuration": configuration,
        "settings": settings,
    }


def _without_unset(values: Values) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _warnings(desired: FormulaDesired, live: FormulaLive, template: Template) -> list[str]:
    warnings = []
    if desired.active and live.was_switched_off:
        warnings.append(
            f"the platform deactivated it after {live.errors} failed executions in a row, and active: true activates "
            "it again: look for the reason in its executions."
        )
    if not template.active:
        warnings.append("its template is inactive, so it does not run: activate the template on the platform.")
    return warnings


def _side(
    desired: FormulaDesired,
    live: FormulaLive,
    instances: Collection[str],
    changing: Collection[str],
    secret: str,
) -> dict[str, Any]:
    """One side of the diff: only the options that the user set, and secrets only if they change."""
    side: dict[str, Any] = {"state": "present"}
    if desired.name is not None:
        side["name"] = live.name
    if desired.active is not None:
        side["active"] = live.enabled
    for option, keys, values in (
        ("instances", instances, live.values),
        ("configuration", desired.configuration, live.values),
        ("settings", desired.settings, live.set_values),
    ):
        shown = {
            key: secret if is_secret_key(key) else _printable(values.get(key))
            for key in sorted(keys)
            if not is_secret_key(key) or key in changing
        }
        if shown:
            side[option] = shown
    return side


def _printable(value: Any) -> Any:
    return HIDDEN if value == MASK else redacted(stored(value), HIDDEN)


def _future(desired: FormulaDesired, template: Template | None, wanted: Values) -> FormulaLive:
    """A formula instance that is yet to be created, as far as a dry run can know it."""
    return FormulaLive(
        id=PLACEHOLDER_ID,
        name=desired.name or "",
        created=None,
        formula=template.id if template is not None else PLACEHOLDER_ID,
        # Without it a new one is active (inferred), so it is always sent.
        enabled=desired.active is not False,
        configuration=dict(wanted),
        settings=dict(desired.settings),
    )
