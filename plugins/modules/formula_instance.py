#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one instance of a formula template what it should be."""

from __future__ import annotations

DOCUMENTATION = r"""
module: formula_instance
short_description: Manage one instance of a formula template on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Looks the instance of a formula template up by its name, creates it where it is absent, and changes it where it differs.
  - Creates at most once. An answer that is lost is looked for before anything is sent again.
  - Compares only what is set, and writes only what differs. An option that is null counts as left out.
  - Formula templates themselves are not managed. They are made on the platform.
options:
  formula:
    description:
      - The template, by its id, or by its name where exactly one template has it. A text of digits is an id.
      - Needed unless O(id) is set. An instance that is of another template is refused.
    type: str
  name:
    description:
      - The name that identifies the instance among those of the template. Matches exactly, upper and lower case included.
      - Refused are an empty name, HTML tags (the platform strips them), blanks around it and control characters.
    type: str
  id:
    description:
      - The id of the formula instance, to address it by that. With another O(name), the instance is renamed, which is refused
        where that name is in use.
      - V(-1) stands for a formula instance that an earlier task of a dry run is about to create. It is refused outside check mode.
    type: int
  state:
    description:
      - Whether the instance should be there.
      - With V(absent), a template or an element instance that does not exist is refused all the same; leave O(instances) out.
    type: str
    choices: [present, absent]
    default: present
  active:
    description:
      - Whether the instance runs. Left out, that is left alone, and a new one is active.
      - The platform deactivates an instance by itself after too many failed executions. V(true) switches it on again at every run,
        with a warning, so leave it out where a broken formula is to stay off.
    type: bool
  instances:
    description:
      - The element instances that the formula works with, by the template's variables.
      - Each is an id, a name, or a mapping of C(name) and C(element), for an instance of another O(element) or with a name of
        digits. A text of digits is an id.
      - V(-1), the registered id of an instance that an earlier task of a dry run is about to create, is taken in check mode, and
        the diff shows C((pending)). It is refused outside check mode.
    type: dict
  configuration:
    description:
      - The values of the template's other variables. They are compared as text, and a value that is null is left alone.
      - A variable that the template lacks is refused, one that is in O(instances) too, and one that the template requires and
        that has no value.
      - Values under keys that look secret are never shown. Such are C(password), C(secret), C(token) and C(key), alone or at the
        end after a dot, an underscore or a hyphen or as a capital word (C(apiKey)), and C(oauth.*).
    type: dict
  settings:
    description:
      - Settings of the instance, such as C(notification.email), C(notification.webhook.url) or C(api). Compared as text; a value
        that is null is left alone.
      - An instance with C(formula.instance.time.to.live) is deleted by the platform when its time is over, and created by the next run.
    type: dict
  on_duplicate:
    description:
      - What to do where several instances of the template have the name, which the platform allows.
      - V(fail) lists them. V(oldest) takes the one that was created first.
    type: str
    choices: [fail, oldest]
    default: fail
attributes:
  check_mode:
    description: Whether it can say what it would do without doing it.
    support: full
    details:
      - Sends nothing but reads. RV(id) of an instance yet to be created is a placeholder.
  diff_mode:
    description: Whether it shows what changes.
    support: full
    details:
      - Shows only what the task sets, and no secret.
  idempotent:
    description: Whether a second run changes nothing.
    support: full
extends_documentation_fragment:
  - cloudelements.freshdesk.platform
  - cloudelements.freshdesk.platform.attributes
seealso:
  - module: cloudelements.freshdesk.formula_instance_info
  - module: cloudelements.freshdesk.instance
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Connect the Freshdesk of acme
  cloudelements.freshdesk.instance:
    name: acme
    subdomain: acme
    api_key: "{{ vault_acme_api_key }}"
  register: acme

- name: Put it to work
  cloudelements.freshdesk.formula_instance:
    formula: ticket-sync
    name: acme-sync
    instances:
      source: "{{ acme.id }}"
      target: {name: acme-crm, element: zendesk}
    configuration:
      cron: "0 0/15 * 1/1 * ? *"
    settings:
      notification.email: ops@example.com
  register: sync

- name: Stop it for now
  cloudelements.freshdesk.formula_instance:
    id: "{{ sync.id }}"
    active: false

- name: Delete it, before the instance that it uses
  cloudelements.freshdesk.formula_instance:
    formula: ticket-sync
    name: acme-sync
    state: absent
"""

RETURN = r"""
name:
  description: The name of the formula instance. V(null) where only its id is known.
  returned: unless validation fails
  type: str
  sample: acme-sync
action:
  description: What was done, or in check mode what would be.
  returned: unless validation fails
  type: str
  sample: created
id:
  description:
    - The id of the formula instance, also of one that was deleted. V(null) where there is none.
    - In check mode V(-1) for one yet to be created.
  returned: unless validation fails
  type: int
  sample: 80001
formula_instance:
  description: The formula instance as it is now, or in check mode as it would be. V(null) where there is none.
  returned: unless validation fails
  type: dict
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
        - The value of each variable that is set; of one that takes an element instance, the id.
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
      description: When it was created, as the platform says it. V(null) where that is not known.
      returned: always
      type: str
      sample: "2026-08-07T18:46:38Z"
pending:
  description: Whether the formula instance is yet to be created, so that RV(id) is a placeholder.
  returned: unless validation fails
  type: bool
  sample: false
secrets:
  description: Whether all values could be compared, V(compared), or the platform masks one of them, V(unreadable).
  returned: unless validation fails
  type: str
  sample: compared
http:
  description: What it cost.
  returned: unless validation fails
  type: dict
  contains:
    requests:
      description: How many requests were sent, retries included.
      returned: always
      type: int
      sample: 4
    retries:
      description: How many of them were retries.
      returned: always
      type: int
      sample: 0
    seconds:
      description: How long the requests took, waits between them not included.
      returned: always
      type: float
      sample: 0.42
diff:
  description:
    - What differs, of what the task sets. No id of its own and no date. A secret that changes shows as V((changed\)).
  returned: unless validation fails
  type: dict
  sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme-sync"}}
error:
  description: What went wrong.
  returned: failure
  type: dict
  contains:
    state:
      description:
        - How far it went. V(failed) (nothing of the change is done), V(partial) (some of it is) or V(unknown).
      returned: always
      type: str
      sample: failed
    message:
      description: What, why, and what to do.
      returned: always
      type: str
    status:
      description: The HTTP status, where there was one.
      returned: always
      type: int
    request_id:
      description: The platform's name for the request, where it gave one.
      returned: always
      type: str
    attempts:
      description: How often the request was sent, where that is known.
      returned: always
      type: int
"""

from ..module_utils._formula_tasks import FORMULA_INSTANCE
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(FORMULA_INSTANCE)


if __name__ == "__main__":
    main()
