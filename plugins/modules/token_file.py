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
  - Writes id and token of each instance that M(cloudelements.freshdesk.instances) handled into one YAML file, encrypted with
    Ansible Vault. Always works on the controller.
  - An instance that failed keeps its entry. One that was deleted or pruned loses it. Placeholders of a dry run never enter.
    Entries that O(result) does not speak of stay.
  - The file says which platform and which user it belongs to (a salted fingerprint of the user secret). The file of another
    platform or user, one that cannot be decrypted, and any other file are refused and left alone.
  - It is never in clear on disk, has mode 0600 from its first byte, keeps its owner, and is locked from read to rename, so that
    several runs at once lose nothing. A file with nothing to change is not written.
options:
  path:
    description:
      - The file, on the controller. A relative path counts from the folder of the playbook.
      - Its folder must be there. A symbolic link is refused. A file C(.NAME.lock) beside it stays there.
    type: path
    required: true
  vault_password:
    description:
      - The password of Ansible Vault that the file is encrypted with, of at least 8 characters.
      - Without it, the task fails before anything is written.
    type: str
  result:
    description:
      - The name of the variable that M(cloudelements.freshdesk.instances) registered. The name alone, since a template would open
        the seals of the tokens and show them to callback plugins.
      - Left out, the task only checks that the file could be written, and that it is absent or can be decrypted and belongs to
        this platform and user. Do that before the instances are made what they should be.
      - A result that holds no outcomes, because the input was refused or the task was skipped, changes nothing.
    type: str
attributes:
  check_mode:
    description: Whether it can predict changes without making them.
    support: full
    details:
      - Writes nothing, a lock included.
  diff_mode:
    description: Whether it shows what changes.
    support: full
    details:
      - Shows the names whose entries change, and no value.
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
      - On the controller only, whatever the host, the connection and C(become) are.
extends_documentation_fragment:
  - cloudelements.freshdesk.platform
  - cloudelements.freshdesk.platform.attributes
notes:
  - Load the file with C(vars_files) or M(ansible.builtin.include_vars) and the same vault password. The entries are in
    C(freshdesk_tokens). What is loaded so is not sealed, so set C(no_log) on tasks that use it.
  - Execution environments, as AWX uses them, vanish with their files. There, write to a path that is mounted.
seealso:
  - module: cloudelements.freshdesk.instances
  - plugin: cloudelements.freshdesk.instance_token
    plugin_type: lookup
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Check that the tokens can be kept, before anything is created
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

- name: Give one to its application
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
  description: The names that the file did not hold before.
  returned: success, where O(result) is set
  type: list
  elements: str
  sample: [acme]
updated:
  description: The names whose id or token is another one now.
  returned: success, where O(result) is set
  type: list
  elements: str
  sample: []
dropped:
  description: The names that the file does not hold any more.
  returned: success, where O(result) is set
  type: list
  elements: str
  sample: [gone]
diff:
  description: The names whose entries change, and no value.
  returned: success, where O(result) is set
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
