# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup plugin: reads tenants from a CSV file."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants_csv
short_description: Tenants from a CSV file, as a spreadsheet writes it
version_added: 1.0.0
description:
  - Reads a tenant from each line of a file, for the role P(cloudelements.freshdesk.provision#role) or for
    M(cloudelements.freshdesk.instances).
  - Accepts what spreadsheets write. Columns may be separated by commas, semicolons or tabs. Quotes, a byte order
    mark, empty lines and blanks around cells are allowed. Case and blanks in the header line do not matter. An empty
    cell counts as unset.
  - Tags are split at commas and line breaks, or given as a JSON list.
  - An invalid line, for example without an API key or with a wrong option, becomes a tenant that fails with a message
    that names the line. Nothing is sent for it, and it is not pruned. The others are still handled, unless
    C(on_error) is V(stop), and the task fails at the end.
  - A line without name and id, a repeated name or id, and a missing column are errors of the lookup.
options:
  _terms:
    description:
      - The files. A relative path is searched for as by P(ansible.builtin.file#lookup), and then in the folder in
        which the command was started. Files encrypted with Ansible Vault are decrypted.
    type: list
    elements: path
  columns:
    description:
      - Maps options to columns, as in the example. Other columns are not read. A list of columns becomes a list of
        tags.
      - The options are those of M(cloudelements.freshdesk.instance), with a dot before suboptions, such as
        C(events.callback_url) and C(configuration.filter.response.nulls). With a column for C(id), a tenant whose
        name changes is renamed.
      - If unset, every column that has the name of an option is read.
    type: dict
  keys:
    description:
      - The API keys by tenant name, for example from a file encrypted with Ansible Vault. A tenant without a key is
        reported, unless its C(state) is V(absent) or there is a column for C(api_key). If unset, no keys are looked
        up.
    type: dict
  keys_by:
    description:
      - The option that identifies a tenant in O(keys).
    type: str
    choices: [name, id, subdomain]
    default: name
  encoding:
    description:
      - The encoding of a file without a byte order mark, for example V(cp1252). Defaults to UTF-8.
    type: str
  content:
    description:
      - CSV text to use instead of files, for example the output of a database query.
    type: str
notes:
  - The content is treated as data, never as templates.
seealso:
  - module: cloudelements.freshdesk.instances
  - plugin: cloudelements.freshdesk.tenants
    plugin_type: filter
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Provision the customers of a spreadsheet
  ansible.builtin.import_role:
    name: cloudelements.freshdesk.provision
  vars:
    columns: {name: Customer, subdomain: Sub Domain, tags: Plan}
    provision_tenants: "{{ lookup('cloudelements.freshdesk.tenants_csv', 'customers.csv', columns=columns, keys=vault_keys) }}"
"""

RETURN = r"""
_raw:
  description: A single list with the tenants of all files, in the order of the lines.
  type: list
  elements: list
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._entries import unknown_option
from ..module_utils._errors import Refused
from ..module_utils._redact import printable
from ..module_utils._values import plain
from ..plugin_utils._connection import check_type, sentence
from ..plugin_utils._csv import Rules, tenants_of, text_of
from ..plugin_utils._given import received
from ..plugin_utils._untemplated import untemplated


class LookupModule(LookupBase):
    """The lookup cloudelements.freshdesk.tenants_csv."""

    def run(self, terms: Any, variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        try:
            return [untemplated(list(self._tenants(received(list(terms)), variables, received(kwargs))))]
        except Exception as failure:  # no traceback reaches a user: it could show what it was working on
            message = sentence(failure)
        raise AnsibleLookupError(message)

    def _tenants(self, terms: list[Any], variables: Any, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        problem = unknown_option(self.option_definitions, given)
        if problem is not None:
            raise Refused(f"{problem}.")
        for name, value in given.items():
            check_type(name, self.option_definitions[name].get("type", "str"), value)
        self.set_options(
            var_options=variables, direct={name: value for name, value in given.items() if value is not None}
        )
        columns, keys = (plain(self.get_option(name)) for name in ("columns", "keys"))
        if keys is not None:
            keys = {str(name): key for name, key in keys.items()}  # YAML reads a name of digits as a number
        rules = Rules(columns, keys, self.get_option("keys_by"))
        content = self.get_option("content")
        if (content is None) == (not terms):
            raise Refused("There must be either files to read or content: give one of them.")
        sources = [("content", lambda: plain(content))] if content is not None else [
            (str(term), lambda term=term: text_of(self._content(str(term), variables), self.get_option("encoding")))
            for term in terms
        ]  # fmt: skip
        for name, read in sources:
            try:
                tenants = tenants_of(read(), rules)
            except Refused as refusal:
                raise Refused(f"{printable(name)}: {refusal.message}") from None
            for tenant in tenants:
                if "problem" in tenant and content is None:
                    tenant["problem"] = f"{printable(os.path.basename(name))}, {tenant['problem']}"
                yield tenant

    def _content(self, term: str, variables: Any) -> bytes:
        path = self.find_file_in_search_path(variables, "files", os.path.expanduser(term), ignore_missing=True)
        path = path or os.path.abspath(os.path.expanduser(term))
        try:
            content, _show = self._loader._get_file_contents(path)
        except AnsibleError:
            raise Refused("it is not there, cannot be read or cannot be decrypted: correct the path.") from None
        return bytes(content)
