# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter tenants_in_file: reads an exported tenants file without its API keys."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants_in_file
short_description: Read an exported tenants file for a dry run without API keys
version_added: 1.0.0
description:
  - Reads the text that P(cloudelements.freshdesk.tenants_file#filter) wrote into entries for
    M(cloudelements.freshdesk.instances), with C(update_secrets=never) and without the API keys.
  - This allows a dry run to compare the file with the platform before the keys have been collected.
options:
  _input:
    description: The text of the file.
    type: str
    required: true
notes:
  - This filter serves the playbook C(cloudelements.freshdesk.export). Its options may change in any release.
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Check whether the file matches the platform
  cloudelements.freshdesk.instances:
    instances: "{{ lookup('ansible.builtin.file', '/srv/tenants.yml') | cloudelements.freshdesk.tenants_in_file }}"
  check_mode: true
"""

RETURN = r"""
_value:
  description: The entries.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._errors import Refused


def tenants_in_file(text: Any) -> list[Any]:
    """The entries, marked as not templates."""
    # Core loads all filters of a collection to use one of them.
    from ..plugin_utils import _export

    try:
        return _export.tenants_in_file(str(text))
    except Refused as refusal:
        message = refusal.message
    raise AnsibleFilterError(message)


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tenants_in_file": tenants_in_file}
