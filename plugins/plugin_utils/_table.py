# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the outcome of a run in one screen of text. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils._redact import printable
from ._progress import counted, is_not_tried

ROWS = 40
"""Maximum number of lines for tenants with their formula instances, and for pruned instances."""


def table_of(result: Mapping[str, Any], *, check_mode: bool) -> list[str]:
    """The lines."""
    changed = [outcome for outcome in result["outcomes"] if outcome["action"] != "unchanged"]
    # A stable sort: in the order of the tenants, except for those that failed or were not tried.
    changed.sort(key=lambda outcome: (is_not_tried(outcome), outcome["action"] != "failed"))
    rows = [row for outcome in changed for row in _rows(outcome)]
    lines = rows[:ROWS]
    lines += [_row("pruned", stray) for stray in result["pruned"][:ROWS]]
    left = max(0, len(rows) - ROWS) + max(0, len(result["pruned"]) - ROWS)
    if left:
        lines.append(f"... and {left} more, in outcomes and pruned")
    counts = counted(result["summary"], not_tried=sum(map(is_not_tried, changed))) or "no tenants"
    counts += f"; {len(result['pruned'])} pruned" if result["pruned"] else ""
    requests = result["http"]["requests"]
    lines.append(counts + (" (dry run: nothing was written)" if check_mode else ""))
    lines.append(f"plan {result['plan_id']}, {requests} request{'' if requests == 1 else 's'}")
    return lines


def _rows(outcome: Mapping[str, Any]) -> list[str]:
    """A row for the tenant, and one for each of its formula instances that changed or failed."""
    formulas = [one for one in outcome.get("formulas", ()) if one["action"] != "unchanged"]
    return [
        _row(_said(outcome), outcome),
        *(_row(_said(one), {**one, "name": f"{outcome['name'] or '-'}: {one['name'] or '-'}"}) for one in formulas),
    ]


def _said(outcome: Mapping[str, Any]) -> str:
    action: str = outcome["action"]
    return "not tried" if is_not_tried(outcome) else action


def _row(action: str, one: Mapping[str, Any]) -> str:
    return f"{action:<10} {one['id'] or '-':<9} {printable(str(one['name'] or '-'))}"
