# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derives the changes of the token file from a result of C(instances). Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..module_utils._errors import Refused
from ..module_utils._fields import PLACEHOLDER_ID, PLACEHOLDER_TOKEN
from ..module_utils._redact import printable
from ..module_utils._values import plain

Entries = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class News:
    """The current entries and the removed names in a fleet's result."""

    entries: Entries
    gone_ids: frozenset[int]
    gone_names: frozenset[str]


def news_of(result: Mapping[str, Any], *, check_mode: bool) -> News:
    """The changes in a result. Raises Refused if it is not a result of C(instances), or is that of a dry run outside check mode."""
    outcomes = _outcomes(result)
    if not check_mode and any(outcome.get("pending") for outcome in outcomes):
        raise Refused(
            "result is that of a dry run, whose ids and tokens are placeholders, and this is not a dry run: "
            "run instances without check mode first; the file was left alone."
        )
    # Those of failed tenants too: an instance that was created before its tenant failed can be used, and is in use if a formula has it.
    entries = _entries(outcomes, result.get("ids") or {}, result.get("tokens") or {})
    if not check_mode and any(_is_placeholder(entry) for entry in entries.values()):
        raise Refused("result holds placeholders of a dry run, and this is not a dry run: the file was left alone.")
    gone = [outcome for outcome in outcomes if outcome.get("instance") is None and outcome.get("action") != "failed"]
    return News(entries, _ids([*gone, *(result.get("pruned") or ())]), _names_without_id(gone))


def _ids(gone: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    return frozenset(int(one["id"]) for one in gone if one.get("id") is not None)


def _names_without_id(gone: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(plain(one["name"]) for one in gone if one.get("id") is None and one.get("name") is not None)


def _outcomes(result: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The outcomes in a result; none if the task failed before doing anything. Raises Refused."""
    outcomes = result.get("outcomes")
    # Core sets failed in every registered result, and failed_when clears it; a loop has a message although all went well.
    did_nothing = any(result.get(key) for key in ("msg", "failed", "skipped", "unreachable"))
    if outcomes is None and did_nothing and "results" not in result:
        return []
    if not isinstance(outcomes, (list, tuple)) or not all(isinstance(outcome, Mapping) for outcome in outcomes):
        raise Refused(
            "result names no result of cloudelements.freshdesk.instances: name the variable that it registered."
        )
    return outcomes


def _entries(outcomes: Iterable[Mapping[str, Any]], ids: Mapping[str, Any], tokens: Mapping[str, Any]) -> Entries:
    """The entries of existing instances. If several have the same name, ids and tokens list them by id."""
    entries: Entries = {}
    for outcome in outcomes:
        if outcome.get("instance") is None:
            continue
        name, number = str(outcome.get("name")), outcome["id"]
        handle = name if ids.get(name) == number else str(number)
        token = _token(handle, tokens)
        if token is not None:
            entries[plain(handle)] = {"id": int(number), "token": token}
    return entries


def _is_placeholder(entry: Mapping[str, Any]) -> bool:
    return bool(entry["id"] == PLACEHOLDER_ID or entry["token"] == PLACEHOLDER_TOKEN)


def _token(name: str, tokens: Mapping[str, Any]) -> str | None:
    """The plain token; None if the platform showed none. Raises Refused if it cannot be unsealed."""
    if name not in tokens:
        return None
    try:
        text: str = plain(str(tokens[name]))
        return text
    except Exception:
        raise Refused(
            f"The token of {printable(name)} is sealed and cannot be opened here: it comes from another run (a cache or a file); "
            "register the result and write the file in one run."
        ) from None


def merged(before: Entries, news: News) -> Entries:
    """The entries after the changes: others are kept, except one whose instance was renamed."""
    elsewhere = {entry["id"] for entry in news.entries.values()} - {PLACEHOLDER_ID}
    gone = news.gone_ids | elsewhere
    kept = {name: entry for name, entry in before.items() if entry["id"] not in gone and name not in news.gone_names}
    return {**kept, **news.entries}
