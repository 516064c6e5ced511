# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter host_outcome: finds the outcome of a host's tenant, to report it for that host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: host_outcome
short_description: Find the outcome of a host's tenant
version_added: 1.0.0
extends_documentation_fragment: [cloudelements.freshdesk.hosts]
description:
  - Finds the outcome of a host's tenant in what M(cloudelements.freshdesk.instances) returned for a batch of hosts.
  - If there is none, returns a failed outcome with the reason, since P(cloudelements.freshdesk.host_tenants#filter)
    leaves out hosts whose tenant is refused. This way, a host with an invalid tenant fails alone.
options:
  _input:
    description: What M(cloudelements.freshdesk.instances) returned.
    type: dict
    required: true
  host:
    description: The name of the host.
    type: str
    required: true
  hosts:
    description: The names of all hosts of the play. Another one may have the same tenant.
    type: list
    elements: str
    required: true
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Report the outcome of this host's tenant
  ansible.builtin.debug:
    msg: "{{ outcome.error.message | default(outcome.action, true) }}"
  changed_when: outcome.changed
  failed_when: outcome.action == 'failed'
  vars:
    outcome: "{{ fleet | cloudelements.freshdesk.host_outcome(inventory_hostname, ansible_play_hosts_all, hostvars) }}"
"""

RETURN = r"""
_value:
  description: The outcome, as in RV(cloudelements.freshdesk.instances#module:outcomes). If there is none, a failed outcome with the reason.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..plugin_utils._tenants import Hosts, unknown_variable, with_variables


def host_outcome(
    result: Mapping[str, Any], host: str, hosts: Any, hostvars: Any, check_mode: bool = False, variables: Any = ()
) -> Mapping[str, Any]:
    """The outcome."""
    for outcome in result.get("outcomes") or ():
        if outcome["key"] != host:
            continue
        if "error" in result:  # a dry run shows what would be done, and why a run would be refused as a whole
            return {**outcome, **_failed(with_variables(result["error"]["message"]))}
        error = outcome.get("error")
        return {**outcome, "error": {**error, "message": with_variables(error["message"])}} if error else outcome
    check_mode = bool(check_mode)
    refusal = unknown_variable(variables) or Hosts([host], hostvars, check_mode=check_mode).refusals.get(host)
    if refusal is None and "outcomes" in result:  # all others were processed, so one of them may have the same tenant
        refusal = Hosts(hosts, hostvars, check_mode=check_mode).refusals.get(host)
    return _failed(refusal or with_variables(result.get("msg") or "There is no outcome for this host."))


def _failed(message: str) -> dict[str, Any]:
    return {"action": "failed", "changed": False, "error": {"message": message}}


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"host_outcome": host_outcome}
