#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents the action plugin of the same name, which keeps ids and tokens in one encrypted file on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: token_file
short_description: Keep ids and tokens of Freshdesk instances in a vault-encrypted file
version_added: 1.0.0
description:
  - Writes the id and the token of each instance that M(cloudelements.freshdesk.instances) handled to a YAML file on
    the controller, encrypted with Ansible Vault.
  - Entries of deleted and pruned instances are removed, and entries that O(result) does not mention are kept. An entry
    that failed is written if its instance exists and its token is known, for example because only one of its formulas
    failed, and left alone otherwise. Placeholders of a dry run are never written.
  - The file records its platform and user (as a salted fingerprint of the user secret). A file that belongs to
    another platform or user, that cannot be decrypted, or that is not a token file is refused and left alone.
  - The file is never on disk in clear text. It has mode 0600 from the start, keeps its owner, and is locked while it
    is updated, so that concurrent runs lose nothing. It is only written if its content changes.
options:
  path:
    description:
      - The token file, on the controller. A relative path starts from the folder of the playbook.
      - Its folder must exist. A symbolic link is refused. The lock file C(.NAME.lock) beside it is not removed.
    type: path
    required: true
  vault_password:
    description:
      - The Ansible Vault password to encrypt the file with, at least 8 characters long.
      - Without it, the task fails before anything is written.
    type: str
  result:
    description:
      - The name of the variable that M(cloudelements.freshdesk.instances) registered. Give only the name, since a
        template would reveal the sealed tokens to callback plugins.
      - If unset, the task only checks that the file can be written, and that it is either absent or can be decrypted
        and belongs to this platform and user. Do this before you provision the instances.
      - A result without outcomes, because the input was refused or the task was skipped, changes nothing.
    type: str
attributes:
  check_mode:
    description: Whether it can predict changes without making them.
    support: full
    details:
      - Writes nothing, not even a lock.
  diff_mode:
    description: Whether it shows what changes.
    support: full
    details:
      - Shows the names whose entries change, but no values.
  idempotent:
    description: Whether a second run changes nothing.
    support: full
  async:
    description: Whether it can be run in the background.
    support: none
  platform:
    description: Where it runs.
    support: full
    platforms: posix
    details:
      - Always runs on the controller, regardless of host, connection and C(become).
extends_documentation_fragment:
  - cloudelements.freshdesk.platform
  - cloudelements.freshdesk.platform.attributes
notes:
  - Load the file with C(vars_files) or M(ansible.builtin.include_vars) and the same vault password. The entries are
    in C(freshdesk_tokens). Tokens loaded this way are not sealed, so set C(no_log) on tasks that use them.
  - Files in an execution environment, as in AWX, are deleted with its container. Write to a mounted path there.
seealso:
  - module: cloudelements.freshdesk.instances
  - plugin: cloudelements.freshdesk.instance_token
    plugin_type: lookup
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Check that the tokens can be stored, before anything is created
  cloudelements.freshdesk.token_file:
    path: /srv/freshdesk/tokens.yml
    vault_password: "{{ vault_tokens_password }}"

- name: Provision the instances of all tenants
  cloudelements.freshdesk.instances:
    instances: "{{ tenants }}"
  register: fleet
  ignore_errors: true

- name: Keep the tokens of those that succeeded
  cloudelements.freshdesk.token_file:
    path: /srv/freshdesk/tokens.yml
    vault_password: "{{ vault_tokens_password }}"
    result: fleet

- name: Read the tokens in another play
  ansible.builtin.include_vars:
    file: /srv/freshdesk/tokens.yml

- name: Write one token for its application
  ansible.builtin.copy:
    dest: /etc/app/freshdesk.token
    content: "{{ freshdesk_tokens.acme.token }}"
    mode: "0600"
  no_log: true
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /srv/freshdesk/tokens.yml
added:
  description: The names that are new in the file.
  returned: success, if O(result) is set
  type: list
  elements: str
  sample: [acme]
updated:
  description: The names whose id or token has changed.
  returned: success, if O(result) is set
  type: list
  elements: str
  sample: []
dropped:
  description: The names that were removed from the file.
  returned: success, if O(result) is set
  type: list
  elements: str
  sample: [gone]
diff:
  description: The names whose entries change, without values.
  returned: success, if O(result) is set
  type: dict
  sample: {"before": {"gone": "(set)"}, "after": {"acme": "(set)"}}
error:
  description: Why nothing was done.
  returned: failure
  type: dict
"""

from ..module_utils._tasks import TOKEN_FILE, run_as_module


def main() -> None:
    run_as_module(TOKEN_FILE)


if __name__ == "__main__":
    main()
