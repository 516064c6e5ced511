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

from ..plugin_utils._table import table_of
from ..plugin_utils._untemplated import untemplated


def outcome_table(result: Any, check_mode: bool = False) -> list[str]:
    """The lines."""
    if not isinstance(result, Mapping) or "outcomes" not in result:
        raise AnsibleFilterError("cloudelements.freshdesk.outcome_table takes what the module instances registered.")
    lines: list[str] = untemplated(table_of(result, check_mode=check_mode))
    return lines


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"outcome_table": outcome_table}
