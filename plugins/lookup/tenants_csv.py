# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads tenants from a CSV file."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants_csv
short_description: Tenants from a CSV file, as a spreadsheet writes it
version_added: 1.0.0
description:
  - Reads a tenant from each line of a file, for the role P(cloudelements.freshdesk.provision#role) or for
    M(cloudelements.freshdesk.instances).
  - Takes what spreadsheets write, commas, semicolons or tabs, quotes, a byte order mark, empty lines, blanks around cells, and any case and
    blanks in the head line. An empty cell counts as left out.
  - Tags are split at commas and line ends, or given as a JSON list.
  - A line that cannot be carried out, because its API key is missing or one of its options is wrong, becomes a tenant that fails with a
    message that names the line. It keeps none of the others from being done, unless C(on_error) is V(stop), and the task fails at
    its end. Nothing is sent for it, and it is not pruned.
  - A line without name and id, one that repeats a name or an id, and a column that is missing are errors of the lookup.
options:
  _terms:
    description:
      - The files. A relative path is looked for as P(ansible.builtin.file#lookup) does, and then in the folder in which the command was
        started. A file that is encrypted by Ansible Vault is decrypted.
    type: list
    elements: path
  columns:
    description:
      - In which column each option stands, by the name of the option, as in the example. Other columns are not read. A list of columns
        makes a list of tags.
      - Options are those of M(cloudelements.freshdesk.instance), with a dot for those inside of one, such as C(events.callback_url) and
        C(configuration.filter.response.nulls). With a column for C(id), a tenant whose name changes is renamed.
      - Left out, every column that is called as an option is read.
    type: dict
  keys:
    description:
      - The API keys, each under the name of its tenant, for example from a file that is encrypted by Ansible Vault. A tenant that has
        none is reported, unless its C(state) is V(absent) or it has a column for C(api_key). Left out, no key is looked for.
    type: dict
  keys_by:
    description:
      - The option that stands for a tenant in O(keys).
    type: str
    choices: [name, id, subdomain]
    default: name
  encoding:
    description:
      - The encoding of a file that has no byte order mark, for example V(cp1252). Left out, UTF-8.
    type: str
  content:
    description:
      - The text of a file, instead of files, for example what a query of a database printed.
    type: str
notes:
  - What is read is data and is never taken for a template.
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
  description: One list, of the tenants of all files, in the order of their lines.
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
