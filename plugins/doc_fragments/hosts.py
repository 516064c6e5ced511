# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for the filters of the playbook provision_hosts: how the tenants of hosts are read."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  hostvars:
    description: The variable C(hostvars).
    type: dict
    required: true
  check_mode:
    description: Whether this is a dry run, in which V(-1) is accepted as a placeholder for an id.
    type: bool
    default: false
  variables:
    description:
      - Names of variables that are set. If one of them begins with C(provision_) but is not a variable of the role
        P(cloudelements.freshdesk.provision#role), every tenant is refused, since the variable is most likely mistyped.
    type: list
    elements: str
notes:
  - This filter serves the playbook C(cloudelements.freshdesk.provision_hosts). Its options may change in any release.
"""
