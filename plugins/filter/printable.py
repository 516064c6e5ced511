# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter printable: makes text from the platform safe to display in a message."""

from __future__ import annotations

DOCUMENTATION = r"""
name: printable
short_description: Make text from the platform safe to print
version_added: 1.0.0
description:
  - Replaces control characters, characters that change the text direction, and broken Unicode with U+FFFD, and
    truncates text to 200 characters.
  - Names and tags can be anything that was entered in the vendor's UI. Ansible prints the message of a failed task
    unchanged, so they could overwrite other text on a terminal or in a log.
options:
  _input:
    description: The text, such as the name of an instance.
    type: str
    required: true
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Fail if any instance is disabled
  ansible.builtin.fail:
    msg: "Disabled: {{ disabled | map('cloudelements.freshdesk.printable') | join(', ') }}."
  when: disabled | length > 0
  vars:
    disabled: "{{ seen.instances | rejectattr('enabled') | map(attribute='name') | list }}"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ..module_utils import _redact
from ..plugin_utils._untemplated import untemplated


def printable(text: Any) -> str:
    """The text."""
    line: str = untemplated(_redact.printable(str(text)))
    return line


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"printable": printable}
