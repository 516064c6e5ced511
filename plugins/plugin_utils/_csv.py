# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads tenants from CSV as spreadsheets write it. Private to this collection."""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..module_utils._entries import refusal_of, texts_in
from ..module_utils._errors import Refused
from ..module_utils._options import INSTANCE_SPEC
from ..module_utils._redact import printable

OPTIONS = (
    *(name for name, rule in INSTANCE_SPEC.items() if rule["type"] != "dict"),
    *(f"events.{name}" for name, rule in INSTANCE_SPEC["events"]["options"].items() if rule["type"] != "dict"),
)
"""The options that a column can hold, besides C(configuration.KEY)."""
DELIMITERS = (";", ",", "\t")
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SHOWN = 10


@dataclass(frozen=True)
class Rules:
    """How to read a file: which column holds which option, and where the API keys are."""

    columns: Mapping[str, Any] | None = None
    keys: Mapping[str | None, Any] | None = None
    keys_by: str = "name"


def text_of(content: bytes, encoding: str | None) -> str:
    """The file as text. Raises Refused."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    try:
        return content.decode(marked or encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        raise Refused(
            f"it cannot be read as {marked or encoding or 'utf-8'}: save it as CSV UTF-8, or set encoding, for example to cp1252."
        ) from None


def tenants_of(text: str, rules: Rules) -> list[dict[str, Any]]:
    """A tenant for each line. An invalid one has C(problem), which names its line. Raises Refused."""
    lines = _lines(text)
    head = next(lines, None)
    if head is None:
        raise Refused("it is empty: it needs a header line that names the columns.")
    places = _places(head[1], rules.columns)
    tenants: list[dict[str, Any]] = []
    nameless: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in lines:
        tenant = _tenant(cells, places)
        label = f"line {number}" + (f" ({printable(tenant['name'])})" if "name" in tenant else "")
        if "name" not in tenant and "id" not in tenant:
            nameless.append(f"{label} has neither name nor id")
            continue
        for option in ("name", "id"):
            if option in tenant:
                first = seen.setdefault((option, tenant[option]), number)
                if first != number:
                    nameless.append(f"{label} has the {option} of line {first}")
        problem = _with_key(tenant, rules) or (
            f"it has {len(cells)} cells and the header line has {len(head[1])}: put cells with a delimiter in them in "
            "quotes"
            if any(cells[len(head[1]) :])
            else _refusal(tenant)
        )
        if problem is not None:
            tenant = {option: tenant[option] for option in ("name", "id") if option in tenant}
            if _refusal(tenant) is not None:
                nameless.append(f"{label}: {problem}")
            tenant["problem"] = f"{label}: {problem}."
        tenants.append(tenant)
    if nameless:
        more = f"; and {len(nameless) - SHOWN} more" if len(nameless) > SHOWN else ""
        raise Refused(f"{'; '.join(nameless[:SHOWN])}{more}: correct these lines.")
    return tenants


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The non-empty lines, each with its line number and its stripped cells."""
    text = text.removeprefix("\ufeff")
    first, _end, _rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:  # a line that Excel writes for its own use
        delimiter, skipped, text = first.strip()[4], 1, _rest
    else:
        head = next((line for line in text.splitlines() if line.strip(" \t;,")), "")
        delimiter = max(DELIMITERS, key=lambda one: len(next(csv.reader([head], delimiter=one), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = skipped + 1
    try:
        for cells in reader:
            cells = [cell.strip().strip("\ufeff\u200b").strip() for cell in cells]
            if any(cells):
                yield number, cells
            number = skipped + reader.line_num + 1
    except csv.Error as error:
        raise Refused(f"line {number} cannot be read ({error}): check its quotes.") from None


def _places(head: Sequence[str], columns: Mapping[str, Any] | None) -> dict[str, list[int]]:
    """The columns of each option. Raises Refused."""
    by_name: dict[str, list[int]] = {}
    for place, name in enumerate(head):
        by_name.setdefault(_folded(name), []).append(place)
    found = {option: by_name[_folded(option)] for option in OPTIONS if _folded(option) in by_name}
    if columns is None:
        wanted: Mapping[str, Any] = {option: head[places[0]] for option, places in found.items()}
        if not {"name", "id"} & set(wanted):
            raise Refused(
                f"no column is called name or id: set columns to map options to the columns ({_listed(head, found)})."
            )
    else:
        wanted = columns
    places: dict[str, list[int]] = {}
    for option, names in wanted.items():
        if option not in OPTIONS and not str(option).startswith("configuration."):
            near = difflib.get_close_matches(str(option), OPTIONS, n=1)
            hint = f"perhaps you mean {near[0]}" if near else f"known are {', '.join(OPTIONS)} and configuration.KEY"
            raise Refused(f"columns has {printable(str(option))}, which is not an option of a tenant: {hint}.")
        for name in names if isinstance(names, (list, tuple)) else [names]:
            there = by_name.get(_folded(str(name)), [])
            if len(there) != 1:
                how = "has no column" if not there else f"has {len(there)} columns"
                raise Refused(
                    f"it {how} {printable(str(name))} for {option}: its columns are {_listed(head, found or places)}."
                )
            places.setdefault(str(option), []).extend(there)
    return places


def _folded(name: str) -> str:
    """The name of a column without case, blanks, dashes and underscores, for comparison."""
    return "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum() or one == ".")


def _listed(head: Sequence[str], known: Mapping[str, Any]) -> str:
    """The columns, for a message. If none is known, the file may have no header line."""
    if not known:
        return "not shown, since none is called as an option and the line may hold API keys"
    return ", ".join(printable(name) for name in head if name)


def _tenant(cells: Sequence[str], places: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """The options that one line sets; an empty cell counts as not set."""
    tenant: dict[str, Any] = {}
    for option, columns in places.items():
        given = [cells[place] for place in columns if place < len(cells) and cells[place]]
        if not given:
            continue
        inner, _dot, key = option.partition(".")
        is_list = option in ("tags", "events.resources")
        value: Any = texts_in([texts_in(one) for one in given]) if is_list else given[0]
        if key:
            tenant.setdefault(inner, {})[key] = value
        else:
            tenant[option] = value
    return tenant


def _with_key(tenant: dict[str, Any], rules: Rules) -> str | None:
    """Sets the tenant's API key; returns why there is none, if one is required."""
    if rules.keys is None or "api_key" in tenant or tenant.get("state") == "absent":
        return None
    key = rules.keys.get(tenant.get(rules.keys_by))
    if key in (None, ""):
        return f"no API key under its {rules.keys_by} in keys"
    tenant["api_key"] = key
    return None


def _refusal(tenant: Mapping[str, Any]) -> str | None:
    refusal = refusal_of(tenant, check_mode=True)
    return None if refusal is None else refusal.partition(" is refused: ")[2].rstrip(".")
