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
    msg: "{{ outcome.error.message | default(outcome.changes if ansible_diff_mode and outcome.changed else outcome.action, true) }}"
  changed_when: outcome.changed
  failed_when: outcome.action == 'failed'
  vars:
    outcome: "{{ fleet | cloudelements.freshdesk.host_outcome(inventory_hostname, ansible_play_hosts_all, hostvars) }}"
"""

RETURN = r"""
_value:
  description:
    - The outcome, as in RV(cloudelements.freshdesk.instances#module:outcomes). If there is none, a failed outcome with the reason.
    - If something changed, C(changes) lists it as lines of text, with the action first. It includes the host's formula instances.
  type: dict
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..module_utils._redact import printable
from ..plugin_utils._tenants import Hosts, unknown_variable, with_variables
from ..plugin_utils._untemplated import untemplated


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
        if error:
            return {**outcome, "error": {**error, "message": with_variables(error["message"])}}
        return {**outcome, "changes": untemplated(list(_changes(outcome)))} if outcome.get("changed") else outcome
    check_mode = bool(check_mode)
    refusal = unknown_variable(variables) or Hosts([host], hostvars, check_mode=check_mode).refusals.get(host)
    if refusal is None and "outcomes" in result:  # all others were processed, so one of them may have the same tenant
        refusal = Hosts(hosts, hostvars, check_mode=check_mode).refusals.get(host)
    return _failed(refusal or with_variables(result.get("msg") or "There is no outcome for this host."))


def _changes(outcome: Mapping[str, Any]) -> Iterator[str]:
    """The action, and a line for each option before and after, of the tenant and of each of its formula instances that changed."""
    yield outcome["action"]
    yield from _differences(outcome["diff"])
    for formula in outcome["formulas"]:
        if formula["changed"]:
            yield f"formula instance {printable(str(formula['name'] or '-'))}: {formula['action']}"
            yield from (f"  {line}" for line in _differences(formula["diff"]))


def _differences(diff: Mapping[str, Any]) -> Iterator[str]:
    before, after = (dict(_options(diff[side])) for side in ("before", "after"))
    for path in dict.fromkeys([*before, *after]):
        if path == "state" or before.get(path) == after.get(path):  # the action says what the state is
            continue
        yield from (f"{sign} {path}: {side[path]}" for sign, side in (("-", before), ("+", after)) if path in side)


def _options(values: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """Each option by its path, with its value as text."""
    for name, value in values.items():
        path = within + printable(str(name))
        if isinstance(value, Mapping):
            yield from _options(value, f"{path}.")
        else:
            yield path, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_text, value))}]"
    return printable(value if isinstance(value, str) else json.dumps(value))


def _failed(message: str) -> dict[str, Any]:
    return {"action": "failed", "changed": False, "error": {"message": message}}


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"host_outcome": host_outcome}
