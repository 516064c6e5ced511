# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter tenants: turns tenants from variables or survey answers into entries for the module instances."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants
short_description: Merge defaults into tenants, and clean up their values
version_added: 1.0.0
description:
  - Turns tenants from variables or survey answers into entries for M(cloudelements.freshdesk.instances).
  - Empty strings, null and C(omit) count as unset, in lists and nested options too.
  - Tags given as a string are parsed as a JSON list, or split at commas and line breaks and stripped. Nested lists
    are flattened.
  - Each tenant overrides the defaults, in C(events) and C(configuration) key by key.
options:
  _input:
    description: The tenants.
    type: list
    elements: dict
    required: true
  defaults:
    description: Options for every tenant that does not set them itself.
    type: dict
  variables:
    description:
      - Names of variables that are set. One that begins with C(provision_) but is not a variable of the role
        P(cloudelements.freshdesk.provision#role) is refused, since it is most likely mistyped.
    type: list
    elements: str
  on_shared_subdomain:
    description: The option of that name for every tenant, unless the tenant or the defaults set it.
    type: str
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Provision the instances of all tenants
  cloudelements.freshdesk.instances:
    instances: "{{ tenants | cloudelements.freshdesk.tenants({'tags': ['crm'], 'verify': true}) }}"
"""

RETURN = r"""
_value:
  description:
    - The entries, in the order of the tenants.
    - If the input is invalid, a mapping with the key C(problem), which M(cloudelements.freshdesk.instances) reports.
  type: raw
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._errors import Refused
from ..plugin_utils._tenants import entries, unknown_variable


def tenants(
    given: Any, defaults: Any = None, variables: Any = (), on_shared_subdomain: Any = None
) -> list[Any] | dict[str, str]:
    """The entries. An invalid tenant is passed on, and the module rejects it by its position.

    So are errors: core would show thirty lines of context around the error of a filter.
    """
    problem = unknown_variable(variables)
    try:
        if problem is None:
            return entries(given, defaults, on_shared_subdomain)
    except Refused as refusal:
        problem = refusal.message
    return {"problem": problem}


class FilterModule:
    """The filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tenants": tenants}
