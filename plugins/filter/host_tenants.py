# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter host_tenants: turns the tenants of hosts into entries for the module instances."""

from __future__ import annotations

DOCUMENTATION = r"""
name: host_tenants
short_description: Turn the tenants of hosts into entries
version_added: 1.0.0
extends_documentation_fragment: [cloudelements.freshdesk.hosts]
description:
  - Turns the variable C(freshdesk_tenant) of each host into an entry for M(cloudelements.freshdesk.instances), with
    the name of the host as its C(key). The host's own C(provision_defaults) and C(provision_on_shared_subdomain) are
    used as defaults.
  - A host is left out if it has no such variable, if a template in it fails, if M(cloudelements.freshdesk.instances)
    would refuse it, or if another host's tenant has the same name or id. The other hosts are not affected.
    P(cloudelements.freshdesk.host_outcome#filter) returns the reason.
options:
  _input:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Provision the tenants of all hosts in one task
  cloudelements.freshdesk.instances:
    instances: "{{ ansible_play_batch | cloudelements.freshdesk.host_tenants(hostvars) }}"
  register: fleet
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description: The entries.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._tenants import Hosts, unknown_variable


def host_tenants(hosts: Any, hostvars: Any, check_mode: bool = False, variables: Any = ()) -> list[Any]:
    """The entries, in the order of the hosts."""
    if unknown_variable(variables) is not None:
        return []
    return Hosts(hosts, hostvars, check_mode=bool(check_mode)).entries


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"host_tenants": host_tenants}
