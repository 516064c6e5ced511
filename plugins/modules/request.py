#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module request: sends a request to Freshdesk through an instance."""

from __future__ import annotations

DOCUMENTATION = r"""
module: request
short_description: Send a request through a Freshdesk instance on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Sends an element request, such as C(GET /hubs/helpdesk/incidents), through an instance given by its name or id.
  - The instance's token is looked up and never appears in results or messages, so C(no_log) is not needed. The
    organization secret is not sent with the request.
  - Throttled requests and failed connections are retried for every method. Requests whose answer was lost are retried
    for every method except C(POST).
  - In a loop, each instance is looked up only once.
options:
  name:
    description:
      - The name of the instance, exact and case-sensitive.
      - Either O(name) or O(id) is required. With both, the instance with this O(id) must have this name.
    type: str
  id:
    description:
      - The id of the instance.
      - In check mode, V(-1) is the placeholder for an instance that an earlier task would create. Nothing is sent
        then.
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
      - The path below C(/elements/api-v2). It must begin with C(/hubs/), or be C(/ping) or C(/objects).
      - Other paths belong to the platform itself and are refused, since they would be misrouted with an instance's
        token. Whole URLs, empty parts, C(..) in any encoding, and parameters are refused too.
    type: str
    required: true
  query:
    description:
      - The URL parameters, which are encoded automatically. A list repeats a parameter.
    type: dict
  body:
    description:
      - A mapping or a list to send as JSON. Not for O(method=GET).
    type: raw
  pages:
    description:
      - The maximum number of pages of a list to read, or V(all). Only for O(method=GET).
      - With more than one, an empty list is not an error, even if the platform answers with 404.
      - The pages are joined in RV(json). The list is complete up to the last page read, or the task fails.
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
      - C(GET) requests are sent. For other methods, the instance is looked up, and nothing else is sent.
  diff_mode:
    description: Whether it shows what changes.
    support: none
  idempotent:
    description: Whether a second run changes nothing.
    support: partial
    details:
      - C(GET) changes nothing. Requests with other methods are sent on every run, and count as changed.
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
      description: It has been burning since this morning.
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

- name: Check whether a contact exists
  cloudelements.freshdesk.request:
    name: acme
    path: /hubs/helpdesk/contacts/42
    status_code: [200, 404]
  register: contact

- name: Report whether it exists
  ansible.builtin.debug:
    msg: "{{ 'There is one' if contact.status == 200 else 'There is none' }}"
"""

RETURN = r"""
status:
  description: The HTTP status of the last answer. V(null) if nothing was sent or no answer came.
  returned: always, unless validation fails
  type: int
  sample: 200
json:
  description:
    - The answer, with the pages of a list joined. V(null) if nothing was sent or the answer is not JSON.
    - A string that contains one of the connection's secrets or the instance's token is replaced by V((hidden\)).
  returned: always, unless validation fails
  type: raw
  sample: [{"id": 42, "subject": "The printer is on fire"}]
pages:
  description: How many pages were read. V(0) if nothing was sent.
  returned: always, unless validation fails
  type: int
  sample: 1
request_id:
  description: The platform's id of the last request. V(null) if it gave none.
  returned: always, unless validation fails
  type: str
  sample: 5f0c2d6be4b0c7a3d2f1e0a9
pending:
  description: Whether nothing could be sent because the instance does not exist yet. Only true in check mode.
  returned: always, unless validation fails
  type: bool
  sample: false
http:
  description: The number of requests and their duration.
  returned: always, unless validation fails
  type: dict
  contains:
    requests:
      description: How many requests were sent, including the lookup of the instance.
      returned: always
      type: int
      sample: 2
    retries:
      description: How many of them were retries.
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
        - V(failed) if nothing was changed, V(unknown) if it is unknown whether the request was carried out,
          V(partial) if it was carried out with a status that O(status_code) does not list.
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
