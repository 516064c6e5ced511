# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells why one tenant would be refused, so that a host can fail alone instead of with all of its batch."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenant_refusal
short_description: Tell why a tenant would be refused
version_added: 1.0.0
description:
  - Checks one tenant as M(cloudelements.freshdesk.instances) checks each of its entries, and asks nothing of the platform.
  - The playbook C(cloudelements.freshdesk.provision_hosts) uses it, so that a host whose tenant is mistyped fails alone.
options:
  _input:
    description: The tenant.
    type: raw
    required: true
  check_mode:
    description: Whether it is for a dry run, in which V(-1) may stand for the id of what is yet to be created.
    type: bool
    default: false
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Fail where the tenant of this host would be refused
  ansible.builtin.fail:
    msg: "{{ freshdesk_tenant | cloudelements.freshdesk.tenant_refusal }}"
  when: freshdesk_tenant | cloudelements.freshdesk.tenant_refusal != ''
"""

RETURN = r"""
_value:
  description: One sentence that names the option and no value; empty where nothing is wrong.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._entries import refusal_of


def tenant_refusal(tenant: Any, check_mode: bool = False) -> str:
    """The sentence."""
    return refusal_of(tenant, check_mode=bool(check_mode)) or ""


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tenant_refusal": tenant_refusal}
