# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says why the tenant of a host was left out of its batch, so that this host alone can fail."""

from __future__ import annotations

DOCUMENTATION = r"""
name: host_refusal
short_description: Say why the tenant of a host is refused
version_added: 1.0.0
description:
  - Says why P(cloudelements.freshdesk.host_tenants#filter) leaves out a host. Asks nothing of the platform.
  - The playbook C(cloudelements.freshdesk.provision_hosts) uses it, so that a host whose tenant is mistyped fails alone.
options:
  _input:
    description: The name of the host.
    type: str
    required: true
  hosts:
    description: The names of all hosts, of which another may have the same tenant.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variable C(hostvars).
    type: dict
    required: true
  check_mode:
    description: Whether it is for a dry run, in which V(-1) may stand for the id of what is yet to be created.
    type: bool
    default: false
  variables:
    description: As in P(cloudelements.freshdesk.tenants#filter).
    type: list
    elements: str
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Fail where the tenant of this host is refused
  ansible.builtin.fail:
    msg: "{{ refusal }}"
  when: refusal != ''
  vars:
    refusal: "{{ inventory_hostname | cloudelements.freshdesk.host_refusal(ansible_play_hosts_all, hostvars) }}"
"""

RETURN = r"""
_value:
  description: One sentence that names the option and no value; empty where nothing is wrong.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._tenants import Hosts, unknown_variable


def host_refusal(host: str, hosts: Any, hostvars: Any, check_mode: bool = False, variables: Any = ()) -> str:
    """The sentence."""
    unknown = unknown_variable(variables)
    if unknown is not None:
        return unknown
    alone = Hosts([host], hostvars, check_mode=bool(check_mode)).refusals
    refusals = alone or Hosts(hosts, hostvars, check_mode=bool(check_mode)).refusals
    return refusals.get(host, "")


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"host_refusal": host_refusal}
