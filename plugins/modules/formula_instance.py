#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module formula_instance: creates, changes or deletes one formula instance."""

from __future__ import annotations

DOCUMENTATION = r"""
module: formula_instance
short_description: Manage one instance of a formula template on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Looks up an instance of a formula template by its name, creates it if it is absent, and changes it if it differs.
  - Creates it at most once. After a lost answer, it looks for the instance before it tries again.
  - Compares only the options that are set, and writes only what differs. A null option counts as unset.
  - Formula templates themselves are not managed. Create them on the platform.
options:
  formula:
    description:
      - The id of the template, or its name if it is unique. A string of digits is an id.
      - Required unless O(id) is set. An instance of a different template is refused.
    type: str
  name:
    description:
      - The name that identifies the instance among those of the template. Exact and case-sensitive.
      - Empty names, HTML tags (which the platform strips), surrounding blanks and control characters are refused.
    type: str
  id:
    description:
      - The id of the formula instance, used instead of the name to find it. If O(name) differs, the instance is
        renamed, unless that name is already in use.
      - V(-1) is the placeholder for a formula instance that an earlier task would create. It is only accepted in
        check mode.
    type: int
  state:
    description:
      - Whether the instance should exist.
      - With V(absent), a template or an element instance that does not exist is still refused, so leave O(instances)
        unset.
    type: str
    choices: [present, absent]
    default: present
  active:
    description:
      - Whether the instance is active. If unset, this is left alone, and a new instance is active.
      - The platform deactivates an instance after too many failed executions. V(true) activates it again on every
        run, with a warning. Leave it unset to keep a broken formula inactive.
    type: bool
  instances:
    description:
      - The element instances that the formula works with, by the template's variables.
      - Each is an id, a name, or a mapping with C(name) and C(element), for an instance of another O(element) or
        whose name consists of digits. A string of digits is an id.
      - V(-1) is the placeholder for an instance that an earlier task would create, shown as C((pending)) in the diff.
        It is only accepted in check mode.
    type: dict
  configuration:
    description:
      - The values of the template's other variables. They are compared as text, and null values are left alone.
      - Variables that are not in the template or are also in O(instances) are refused, and so are required variables
        without a value.
      - Values of keys that look secret are never shown. These are C(oauth.*) and the words C(password), C(secret),
        C(token) and C(key), alone or at the end of a key, after a dot, an underscore or a hyphen or capitalized
        (C(apiKey)).
    type: dict
  settings:
    description:
      - Settings of the instance, such as C(notification.email), C(notification.webhook.url) or C(api). They are
        compared as text, and null values are left alone.
      - With C(formula.instance.time.to.live), the platform deletes the instance when its time has expired, and the
        next run creates it again.
    type: dict
  on_duplicate:
    description:
      - What to do if several instances of the template have the name, which the platform allows.
      - V(fail) fails and lists them. V(oldest) uses the one that was created first.
    type: str
    choices: [fail, oldest]
    default: fail
attributes:
  check_mode:
    description: Whether it can predict changes without making them.
    support: full
    details:
      - Sends only reads. RV(id) of an instance that would be created is a placeholder.
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

- name: Copy its tickets to the CRM
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

- name: Deactivate it
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
  description: The name of the formula instance. V(null) if only its id is known.
  returned: always, unless validation fails
  type: str
  sample: acme-sync
action:
  description: What was done, or in check mode what would be done.
  returned: always, unless validation fails
  type: str
  sample: created
id:
  description:
    - The id of the formula instance, even if it was deleted. V(null) if there is none.
    - In check mode, V(-1) for one that would be created.
  returned: always, unless validation fails
  type: int
  sample: 80001
formula_instance:
  description: The formula instance as it is now, or in check mode as it would be. V(null) if there is none.
  returned: always, unless validation fails
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
pending:
  description: Whether the formula instance does not exist yet, so that RV(id) is a placeholder.
  returned: always, unless validation fails
  type: bool
  sample: false
secrets:
  description: V(compared) if all values could be compared, V(unreadable) if the platform masks any of them.
  returned: always, unless validation fails
  type: str
  sample: compared
http:
  description: The number of requests and their duration.
  returned: always, unless validation fails
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
      description: How many seconds the requests took, without the waits between them.
      returned: always
      type: float
      sample: 0.42
diff:
  description:
    - The differences in what the task sets, without its own id and dates. A changed secret is shown as V((changed\)).
  returned: always, unless validation fails
  type: dict
  sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme-sync"}}
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

from ..module_utils._formula_tasks import FORMULA_INSTANCE
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(FORMULA_INSTANCE)


if __name__ == "__main__":
    main()
