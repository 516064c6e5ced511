# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what became of a fleet in a screen of text: a template that loops over thousands of outcomes would be slow."""

from __future__ import annotations

DOCUMENTATION = r"""
name: outcome_table
short_description: Tell in a few lines what became of a fleet
version_added: 1.0.0
description:
  - Makes a short table of what M(cloudelements.freshdesk.instances) registered. A line for each tenant that failed, then one
    for each that was changed, then one for each that was pruned, then how many saw which action.
  - What was unchanged has no line, and beyond 40 lines the rest is counted. There is no secret in it.
options:
  _input:
    description: What the module registered.
    type: dict
    required: true
  check_mode:
    description: Whether it was a dry run, which the table then says.
    type: bool
    default: false
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Show what changed
  ansible.builtin.debug:
    msg: "{{ fleet | cloudelements.freshdesk.outcome_table(ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._model import shown
from ..plugin_utils._untemplated import untemplated

ROWS = 40
"""How many lines at most are for tenants, and how many for what was pruned."""


def outcome_table(result: Any, check_mode: bool = False) -> list[str]:
    """The lines."""
    if not isinstance(result, Mapping) or "outcomes" not in result:
        raise AnsibleFilterError("cloudelements.freshdesk.outcome_table takes what the module instances registered.")
    changed = [outcome for outcome in result["outcomes"] if outcome["action"] != "unchanged"]
    # Stable: in the order of the tenants, but for those that failed.
    changed.sort(key=lambda outcome: outcome["action"] != "failed")
    lines = [_row(outcome["action"], outcome) for outcome in changed[:ROWS]]
    lines += [_row("pruned", stray) for stray in result["pruned"][:ROWS]]
    left = max(0, len(changed) - ROWS) + max(0, len(result["pruned"]) - ROWS)
    if left:
        lines.append(f"... and {left} more, in outcomes and pruned")
    counts = ", ".join(f"{count} {action}" for action, count in result["summary"].items()) or "no tenants"
    requests = result["http"]["requests"]
    lines.append(counts + (" (dry run: nothing was written)" if check_mode else ""))
    lines.append(f"plan {result['plan_id']}, {requests} request{'' if requests == 1 else 's'}")
    told: list[str] = untemplated(lines)
    return told


def _row(action: str, one: Mapping[str, Any]) -> str:
    return f"{action:<10} {one['id'] or '-':<9} {shown(str(one['name'] or '-'))}"


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"outcome_table": outcome_table}
