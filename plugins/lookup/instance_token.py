# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup plugin: the tokens of instances, by name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: instance_token
short_description: The token of a Freshdesk instance on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Returns the token of each named instance, in the order of the names. Several names share one list request.
  - A name that no instance or more than one instance has is an error.
  - With C(--check), a name that no instance has returns C(check-mode-placeholder), since an earlier task may be going
    to create it. A lookup does not see the keyword C(check_mode) of a task.
  - The token is a plain string, since lookups in ansible-core cannot return a sealed one. On ansible-core 2.22 and
    newer, it is masked in all output. On older releases, set C(no_log) on tasks whose output would show it.
options:
  _terms:
    description:
      - The names of the instances, exact and case-sensitive.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - cloudelements.freshdesk.platform.plugin
notes:
  - C(module_defaults) does not apply to lookups. Set the connection options in the environment, or here.
  - The environment is that of C(ansible-playbook), not that of the keyword C(environment).
seealso:
  - module: cloudelements.freshdesk.instance
  - module: cloudelements.freshdesk.instance_info
  - module: cloudelements.freshdesk.request
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Write the tokens of several tenants to a file for an application
  ansible.builtin.copy:
    dest: /etc/app/tokens.json
    content: "{{ dict(names | zip(query('cloudelements.freshdesk.instance_token', *names))) | to_json }}"
    mode: "0600"
  no_log: true
  vars:
    names: [acme, blueleaf]

- name: Take the connection from variables
  ansible.builtin.set_fact:
    acme_token: "{{ lookup('cloudelements.freshdesk.instance_token', 'acme', user_secret=vault_user_secret,
      organization_secret=vault_organization_secret, base_url='https://api.cloud-elements.co.uk') }}"
  no_log: true
"""

RETURN = r"""
_raw:
  description: The tokens, in the order of the names.
  type: list
  elements: str
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._errors import Refused
from ..module_utils._fields import PLACEHOLDER_TOKEN
from ..module_utils._info import tokens_found
from ..module_utils._transport import Transport
from ..plugin_utils._connection import WithConnection, sentence
from ..plugin_utils._seal import register_secret


class LookupModule(WithConnection, LookupBase):
    """The lookup cloudelements.freshdesk.instance_token."""

    def run(self, terms: Any, variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[str]:
        try:
            return self._tokens(_names(terms), variables or {}, kwargs)
        except Exception as failure:  # no traceback reaches a user: it could show what it was working on
            message = sentence(failure)
        raise AnsibleLookupError(message)

    def _tokens(self, names: list[str], variables: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
        self.take_options(given, variables)
        transport = Transport(self.connection(), read_only=True)
        found = tokens_found(transport, names, check_mode=bool(variables.get("ansible_check_mode")))
        for token in found.values():
            if token != PLACEHOLDER_TOKEN:
                register_secret(token)
        return [found[name] for name in names]


def _names(terms: Any) -> list[str]:
    """The names; each term may also be a list of names. Raises Refused."""
    names = []
    for term in terms:
        names += term if isinstance(term, (list, tuple)) else [term]
    if not names:
        raise Refused("There is no name to look up: give the name of at least one instance.")
    for position, name in enumerate(names, 1):
        if not isinstance(name, str) or not name:
            raise Refused(f"Name {position} to look up is empty or not a string: give the names of instances.")
    return [str(name) for name in names]
