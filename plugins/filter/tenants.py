# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns tenants as people write them, or answer them in a survey, into entries for the module instances."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants
short_description: Merge defaults under tenants, and read what was left blank
version_added: 1.0.0
description:
  - Turns tenants as people write them, or answer them in a survey, into entries for M(cloudelements.freshdesk.instances).
  - An empty string counts as left out, and so does null. Tags given as one string are split at commas and stripped.
  - Defaults are merged under each tenant, C(events) and C(configuration) key by key.
options:
  _input:
    description: The tenants.
    type: list
    elements: dict
    required: true
  defaults:
    description: The options that every tenant has unless it sets them itself.
    type: dict
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Make the instances of all tenants what they should be
  cloudelements.freshdesk.instances:
    instances: "{{ tenants | cloudelements.freshdesk.tenants({'tags': ['crm'], 'verify': true}) }}"
"""

RETURN = r"""
_value:
  description: The entries, in the order of the tenants.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

MERGED = ("events", "configuration")
"""The options whose keys are options too: a blank one is left out, and defaults are merged key by key."""


def tenants(given: Any, defaults: Any = None) -> list[Any]:
    """The entries. What is no tenant is passed on, for the module to refuse it by its position."""
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)):
        raise AnsibleFilterError("cloudelements.freshdesk.tenants takes a list of tenants, each a mapping of options.")
    if defaults is not None and not isinstance(defaults, Mapping):
        raise AnsibleFilterError("cloudelements.freshdesk.tenants takes the defaults as a mapping of options.")
    base = _read(defaults or {})
    return [_merged(base, _read(tenant)) if isinstance(tenant, Mapping) else tenant for tenant in given]


def _read(options: Mapping[Any, Any]) -> dict[Any, Any]:
    """The options without what was left blank."""
    read: dict[Any, Any] = {}
    for option, value in options.items():
        if _is_blank(value):
            continue
        if option == "tags" and isinstance(value, str):
            value = [tag.strip() for tag in value.split(",") if tag.strip()]
        elif option in MERGED and isinstance(value, Mapping):
            value = {key: one for key, one in value.items() if not _is_blank(one)}
        read[option] = value
    return read


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _merged(defaults: Mapping[Any, Any], tenant: Mapping[Any, Any]) -> dict[Any, Any]:
    merged = {**defaults, **tenant}
    for option in MERGED:
        below, above = defaults.get(option), tenant.get(option)
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            merged[option] = {**below, **above}
    return merged


class FilterModule:
    """The filters of the collection."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tenants": tenants}
