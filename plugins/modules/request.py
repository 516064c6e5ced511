#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a request to Freshdesk through an instance."""

from __future__ import annotations

DOCUMENTATION = r"""
module: request
short_description: Send a request through a Freshdesk instance on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Sends a request of the element, such as C(GET /hubs/helpdesk/incidents), through an instance that is given by its name or id.
  - The token of the instance is looked up and used, and is never part of a result or a message, so no C(no_log) is needed. The
    organization secret is not sent with the request.
  - Throttling and connections that could not be made are retried for every method. An answer that was lost is retried for every method
    but C(POST).
  - The items of a loop look an instance up once.
options:
  name:
    description:
      - The name of the instance, exact and case-sensitive.
      - One of O(name) and O(id) is needed. With both, the instance of O(id) must have this name.
    type: str
  id:
    description:
      - The id of the instance.
      - In check mode, V(-1) is the placeholder for an instance that an earlier task is about to create. Nothing is then sent.
    type: int
  on_duplicate:
    description:
      - What to do if several instances have the name, which the platform allows.
      - V(fail) fails and lists them. V(oldest) uses the one that was created first.
    type: str
    choices: [fail, oldest]
    default: fail
  method:
    description:
      - The HTTP method.
    type: str
    choices: [GET, POST, PUT, PATCH, DELETE]
    default: GET
  path:
    description:
      - What is asked for, below C(/elements/api-v2). It begins with C(/hubs/), or is C(/ping) or C(/objects).
      - Any other path is refused, because it is one of the platform's own and would be misrouted with the token of an instance. Whole
        URLs, empty parts, C(..) in whatever encoding, and parameters are refused too.
    type: str
    required: true
  query:
    description:
      - The parameters of the URL, which are encoded for it. A list gives a parameter several times.
    type: dict
  body:
    description:
      - What is sent as JSON, a mapping or a list. Not for O(method=GET).
    type: raw
  pages:
    description:
      - How many pages of a list to read at most, or V(all). Only for O(method=GET).
      - The pages are joined in RV(json). A list is whole to its last page or the task fails.
    type: str
    default: "1"
  status_code:
    description:
      - The HTTP statuses that count as success.
    type: list
    elements: int
    default: [200]
attributes:
  check_mode:
    description: Whether it can predict changes without making them.
    support: full
    details:
      - C(GET) is sent. For other methods the instance is looked up, and nothing more is sent.
  diff_mode:
    description: Whether it shows what changes.
    support: none
  idempotent:
    description: Whether a second run changes nothing.
    support: partial
    details:
      - C(GET) changes nothing. Any other method is sent, and counts as changed, on every run.
extends_documentation_fragment:
  - cloudelements.freshdesk.platform
  - cloudelements.freshdesk.platform.attributes
seealso:
  - module: cloudelements.freshdesk.instance
  - module: cloudelements.freshdesk.instance_info
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: List all incidents of acme
  cloudelements.freshdesk.request:
    name: acme
    path: /hubs/helpdesk/incidents
    pages: all
  register: incidents

- name: Count them
  ansible.builtin.debug:
    msg: "{{ incidents.json | length }} incidents on {{ incidents.pages }} pages"

- name: Create an incident
  cloudelements.freshdesk.request:
    name: acme
    method: POST
    path: /hubs/helpdesk/incidents
    body:
      subject: The printer is on fire
      description: It burns since this morning.
      email: someone@example.com
      priority: 1
      status: 2
  register: created

- name: Raise its priority
  cloudelements.freshdesk.request:
    name: acme
    method: PATCH
    path: "/hubs/helpdesk/incidents/{{ created.json.id }}"
    body:
      priority: 4
  when: created.json is not none

- name: Look whether a contact exists
  cloudelements.freshdesk.request:
    name: acme
    path: /hubs/helpdesk/contacts/42
    status_code: [200, 404]
  register: contact

- name: Say whether it does
  ansible.builtin.debug:
    msg: "{{ 'There is one' if contact.status == 200 else 'There is none' }}"
"""

RETURN = r"""
status:
  description: The HTTP status of the last answer. V(null) where nothing was sent, or no answer came.
  returned: always, unless validation fails
  type: int
  sample: 200
json:
  description:
    - What was answered, the pages of a list joined. V(null) where nothing was sent, or nothing was answered that is JSON.
    - A text in which one of the connection's secrets or the token of the instance is repeated is replaced by V((hidden\)).
  returned: always, unless validation fails
  type: raw
  sample: [{"id": 42, "subject": "The printer is on fire"}]
pages:
  description: How many pages were read. V(0) where nothing was sent.
  returned: always, unless validation fails
  type: int
  sample: 1
request_id:
  description: The platform's id of the last request. V(null) if it gave none.
  returned: always, unless validation fails
  type: str
  sample: 5f0c2d6be4b0c7a3d2f1e0a9
pending:
  description: Whether the instance does not exist yet, so that nothing could be sent. Only in check mode.
  returned: always, unless validation fails
  type: bool
  sample: false
http:
  description: The number of requests and their duration.
  returned: always, unless validation fails
  type: dict
  contains:
    requests:
      description: Requests sent, the look-up of the instance included.
      returned: always
      type: int
      sample: 2
    retries:
      description: How many of them were further attempts.
      returned: always
      type: int
      sample: 0
    seconds:
      description: How many seconds the requests took, without the waits between attempts.
      returned: always
      type: float
      sample: 0.31
error:
  description: What went wrong.
  returned: failure
  type: dict
  contains:
    state:
      description:
        - V(failed) where nothing was changed, V(unknown) where it is unknown whether the request was carried out, V(partial) where it
          was carried out with a status that O(status_code) does not list.
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

from ..module_utils._request import REQUEST
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(REQUEST)


if __name__ == "__main__":
    main()
