#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module formula_instance_info: lists formula instances."""

from __future__ import annotations

DOCUMENTATION = r"""
module: formula_instance_info
short_description: Show instances of formula templates on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Shows the formula instances that the secrets can see, inactive ones included.
  - If several formula instances have the same name, all of them are shown.
options:
  formula:
    description:
      - Only the instances of this template, given by its id, or by its name if it is unique. A string of digits is an
        id.
    type: str
  name:
    description:
      - Only formula instances with exactly this name.
    type: str
  id:
    description:
      - Only the formula instance with this id.
      - In check mode, V(-1) is the placeholder for one that an earlier task would create. The result is an empty list.
    type: int
attributes:
  check_mode:
    description: Whether it can predict changes without making them.
    support: full
    details:
      - It only reads.
  diff_mode:
    description: Whether it shows what changes.
    support: N/A
    details:
      - It changes nothing.
  idempotent:
    description: Whether a second run changes nothing.
    support: full
extends_documentation_fragment:
  - cloudelements.freshdesk.platform
  - cloudelements.freshdesk.platform.attributes
seealso:
  - module: cloudelements.freshdesk.formula_instance
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Show the instances of a template
  cloudelements.freshdesk.formula_instance_info:
    formula: ticket-sync
  register: sync

- name: Show the inactive ones
  ansible.builtin.debug:
    msg: "{{ sync.formula_instances | rejectattr('active') | map(attribute='name') | list }}"
"""

RETURN = r"""
formula_instances:
  description: The formula instances, by name and then by age.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      returned: always
      type: int
      sample: 80001
    name:
      description: Its name.
      returned: always
      type: str
      sample: acme-sync
    formula:
      description: The id of its template.
      returned: always
      type: int
      sample: 3001
    active:
      description: Whether it is active.
      returned: always
      type: bool
      sample: true
    configuration:
      description:
        - The value of each variable that is set. For an element instance, this is its id.
        - Values under keys that look secret are redacted.
      returned: always
      type: dict
      sample: {"source": "4711", "cron": "0 0/15 * 1/1 * ? *"}
    settings:
      description: The settings that are set. Values under keys that look secret are redacted.
      returned: always
      type: dict
      sample: {"notification.email": "ops@example.com"}
    created:
      description: When it was created, as reported by the platform. V(null) if unknown.
      returned: always
      type: str
      sample: "2026-08-07T18:46:38Z"
error:
  description: What went wrong.
  returned: failure
  type: dict
  contains:
    state:
      description:
        - How far it got. V(failed) (nothing was changed), V(partial) (some of it was done) or V(unknown).
      returned: always
      type: str
      sample: failed
    message:
      description: What happened, why, and what to do.
      returned: always
      type: str
    status:
      description: The HTTP status. V(null) if there was none.
      returned: always
      type: int
    request_id:
      description: The platform's id of the request. V(null) if it gave none.
      returned: always
      type: str
    attempts:
      description: How often the request was sent. V(null) if unknown.
      returned: always
      type: int
"""

from ..module_utils._formula_tasks import FORMULA_INSTANCE_INFO
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(FORMULA_INSTANCE_INFO)


if __name__ == "__main__":
    main()
