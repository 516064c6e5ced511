#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module instance_info: lists Freshdesk element instances, and checks whether they work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_info
short_description: Show Freshdesk instances on Cloud Elements or SAP Open Connectors, and whether they work
version_added: 1.0.0
description:
  - Shows the instances of the element that the secrets can see, without tokens.
  - If several instances have the same name, all of them are shown.
options:
  name:
    description:
      - Only instances with exactly this name.
    type: str
  id:
    description:
      - Only the instance with this id.
      - In check mode, V(-1) is the placeholder for an instance that an earlier task would create. The result is an empty list.
    type: int
  tags:
    description:
      - Only instances that have all of these tags.
    type: list
    elements: str
  verify:
    description:
      - Add RV(instances[].health) to each, by reading one agent through it. Use this in a daily check for revoked
        keys.
    type: bool
    default: false
  concurrency:
    description:
      - How many instances are read at a time, from 1 to 64.
    type: int
    default: 10
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
  - module: cloudelements.freshdesk.instance
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Show the instances with a tag
  cloudelements.freshdesk.instance_info:
    tags: [crm]
  register: crm

- name: Find the instances whose key was revoked
  cloudelements.freshdesk.instance_info:
    verify: true
  register: sweep

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ sweep.instances | rejectattr('health.ok') | map(attribute='name') | list }}"
"""

RETURN = r"""
instances:
  description: The instances, by name and then by age. No tokens.
  returned: success
  type: list
  elements: dict
  contains:
    # Generated from plugins/modules/instance.py by nox -s docs -- --generate
    id:
      description: Its id.
      returned: always
      type: int
      sample: 4711
    name:
      description: Its name.
      returned: always
      type: str
      sample: acme
    element:
      description: The key of its element.
      returned: always
      type: str
      sample: freshdeskv2
    subdomain:
      description: The Freshdesk account. V(null) if the platform does not show it.
      returned: always
      type: str
      sample: acme
    tags:
      description: Its tags, sorted.
      returned: always
      type: list
      elements: str
      sample: [crm]
    enabled:
      description: Whether it is enabled.
      returned: always
      type: bool
      sample: true
    events_enabled:
      description: Whether events are reported.
      returned: always
      type: bool
      sample: false
    created:
      description: When it was created, as reported by the platform. V(null) if unknown.
      returned: always
      type: str
      sample: "2026-08-07T18:46:38Z"
    configuration:
      description: The configuration keys that are set, as the platform stores them, without secrets and the platform's own additions.
      returned: always
      type: dict
      sample: {"subdomain": "acme", "filter.response.nulls": "true"}
    # End of what is generated
    health:
      description: Whether it works.
      returned: with O(verify=true)
      type: dict
      contains:
        ok:
          description: Whether it works.
          returned: always
          type: bool
          sample: false
        status:
          description: The HTTP status of the attempt. V(null) if there was no attempt or no answer.
          returned: always
          type: int
          sample: 401
        reason:
          description:
            - Why it does not work, V(key) (Freshdesk refuses the API key), V(subdomain) (Freshdesk does not know the
              account), V(disabled) or V(platform) (anything else). V(null) if it works.
          returned: always
          type: str
          sample: key
error:
  description: What went wrong.
  returned: failure
  type: dict
  contains:
    state:
      description: V(failed), or V(unknown) for a bug of this collection.
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

from ..module_utils._instance_tasks import INSTANCE_INFO
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(INSTANCE_INFO)


if __name__ == "__main__":
    main()
