# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter tenants_file: writes live instances as a tenants file."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants_file
short_description: Write live instances as a tenants file
version_added: 1.0.0
description:
  - Turns the result of M(cloudelements.freshdesk.instance_info) into a file for the role
    P(cloudelements.freshdesk.provision#role), as the playbook C(cloudelements.freshdesk.export) writes it.
  - Every API key is a reference to a variable. The platform's defaults are left out. Text that could be mistaken for
    a template is marked with C(!unsafe).
  - An instance is identified by its name, or by its id if the name is not unique or tasks do not accept it.
  - Pass all instances, not only those to write, so that the filter knows which names are unique.
options:
  _input:
    description: What M(cloudelements.freshdesk.instance_info) returned as C(instances).
    type: list
    elements: dict
    required: true
  names:
    description: Only instances with these names.
    type: list
    elements: str
  tags:
    description: Only instances that have all of these tags.
    type: list
    elements: str
  vault_variable:
    description: The name of the variable with the API keys, a mapping.
    type: str
    default: vault_freshdesk_api_keys
notes:
  - This filter serves the playbook C(cloudelements.freshdesk.export). Its options may change in any release.
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Read the existing instances
  cloudelements.freshdesk.instance_info:
  register: live

- name: Write them as tenants
  ansible.builtin.copy:
    dest: /srv/tenants.yml
    content: "{{ live.instances | cloudelements.freshdesk.tenants_file(tags=['crm']) }}"
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

from collections.abc import Callable, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._errors import Refused
from ..plugin_utils._untemplated import untemplated


def tenants_file(instances: Any, names: Any = None, tags: Any = None, vault_variable: Any = None) -> Any:
    """The text, marked as not a template: it contains templates, for whoever loads the file."""
    # Core loads all filters of a collection to use one of them.
    from ..plugin_utils import _export

    if not isinstance(instances, Sequence) or isinstance(instances, (str, bytes)):
        raise AnsibleFilterError("cloudelements.freshdesk.tenants_file takes the list that instance_info returns.")
    try:
        return untemplated(
            _export.tenants_file(instances, _listed(names), _listed(tags), vault_variable or _export.VAULT_VARIABLE)
        )
    except Refused as refusal:
        message = refusal.message
    except (KeyError, TypeError):
        message = "cloudelements.freshdesk.tenants_file takes instances as instance_info returns them."
    raise AnsibleFilterError(message)


def _listed(given: Any) -> list[str]:
    """Names or tags; a string is split at commas, as for survey answers."""
    if isinstance(given, str):
        given = [part.strip() for part in given.split(",")]
    return [str(one) for one in given or [] if one not in (None, "")]


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tenants_file": tenants_file}
