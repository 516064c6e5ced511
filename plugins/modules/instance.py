#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one Freshdesk element instance what it should be."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instance
short_description: Manage one Freshdesk instance on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Looks an element instance up by its name, creates it where it is absent, and changes it where it differs.
  - Creates at most once. An answer that is lost is looked for before anything is sent again.
  - Compares only what is set, and writes only what differs. An option that is null counts as left out.
options:
  name:
    description:
      - The name that identifies the instance. Matches exactly, upper and lower case included.
      - Refused are an empty name, HTML tags (the platform strips them), blanks around it and control characters.
    type: str
  id:
    description:
      - The id of the instance, to address it by that. With another O(name), the instance is renamed.
      - With O(state=absent), a O(name) that is not the instance's is refused.
      - V(-1) stands for an instance that an earlier task of a dry run is about to create. It is refused outside check mode.
    type: int
  state:
    description:
      - Whether the instance should be there.
    type: str
    choices: [present, absent]
    default: present
  subdomain:
    description:
      - The bare name of the Freshdesk account, V(acme) for C(https://acme.freshdesk.com). Needed to create.
    type: str
  api_key:
    description:
      - The API key of the Freshdesk account. Needed to create.
    type: str
  update_secrets:
    description:
      - When O(api_key), O(events.signature_key) and secrets in O(configuration) of an instance that exists are written.
      - V(on_change) writes one where the live value can be read and differs. One that cannot be read is left alone with a
        warning, and RV(secrets) says V(unreadable). With O(verify=true), an API key that Freshdesk refuses counts as different.
      - V(always) writes them on every run, V(never) never does.
    type: str
    choices: [on_change, always, never]
    default: on_change
  tags:
    description:
      - The tags of the instance. Left out, they are left alone (the platform gives a new instance one tag, its name).
        An empty list removes all.
    type: list
    elements: str
  enabled:
    description:
      - Whether the instance is enabled. Left out, that is left alone.
    type: bool
  events:
    description:
      - What the platform polls Freshdesk for and reports to a callback. What is left out is left alone.
    type: dict
    suboptions:
      enabled:
        description: Whether events are reported.
        type: bool
      callback_url:
        description:
          - The URL that events are reported to. Needed where events are first enabled.
          - It is shown in results, so put no secret into it; that is what the signature key is for.
        type: str
      signature_key:
        description: The secret that callbacks are signed with (HMAC-SHA256).
        type: str
      poll_interval:
        description: Minutes between two polls, from 1.
        type: int
      resources:
        description:
          - The resources that are polled.
          - When events are first enabled and neither this nor O(events.poller) is set, V(incidents) and V(contacts).
        type: list
        elements: str
      poller:
        description:
          - The full polling configuration by resource, in the platform's own terms, instead of O(events.resources).
        type: dict
  configuration:
    description:
      - Further configuration keys of the element, such as C(filter.response.nulls). Only these keys are compared.
      - A key that has an option of its own is refused. Values of keys that look secret are never shown. Such are C(password), C(secret),
        C(token) and C(key), alone or at the end after a dot, an underscore or a hyphen or as a capital word (C(apiKey)), and C(oauth.*).
    type: dict
  verify:
    description:
      - Prove by a read of one agent that the instance works, after writes and on every other run too,
        unless it stays disabled. The platform itself does not check the credentials.
    type: bool
    default: false
  on_verify_failure:
    description:
      - What happens to an instance that does not work. The task fails in any case.
      - V(disable) and V(delete) only where this task created it, and Freshdesk itself refused (400, 401 or 403).
      - V(restore) puts a changed O(api_key) or O(subdomain) that Freshdesk refuses back to what it was, so that a mistyped key does
        not cut off a customer who worked. Where the live one cannot be read, a warning says before the change that it could not be
        restored. An instance that this task created is treated as with V(fail).
    type: str
    choices: [fail, disable, delete, restore]
    default: fail
  on_shared_subdomain:
    description:
      - What to do where an instance is about to be created, and one of another name has its O(subdomain) already. That looks like a
        rename, for which O(id) is set.
      - V(warn) warns, V(fail) creates nothing, V(ignore) lets both be. Names the live instance and its id, in check mode too.
      - Compared is what the lists of the platform show, without further requests. Where they leave configurations out, V(fail) asks for
        each instance of the element by id, if anything is created, and V(warn) does not.
    type: str
    choices: [warn, fail, ignore]
    default: warn
  on_duplicate:
    description:
      - What to do where several instances have the name, which the platform allows.
      - V(fail) lists them. V(oldest) takes the one that was created first.
    type: str
    choices: [fail, oldest]
    default: fail
attributes:
  check_mode:
    description: Whether it can say what it would do without doing it.
    support: full
    details:
      - Sends nothing but reads. RV(id) and RV(token) of an instance yet to be created are placeholders.
  diff_mode:
    description: Whether it shows what changes.
    support: full
    details:
      - Shows only what the task sets, and no secret.
  idempotent:
    description: Whether a second run changes nothing.
    support: partial
    details:
      - With O(update_secrets=always), secrets are written on every run.
extends_documentation_fragment:
  - cloudelements.freshdesk.platform
  - cloudelements.freshdesk.platform.attributes
seealso:
  - module: cloudelements.freshdesk.instances
  - module: cloudelements.freshdesk.instance_info
  - module: cloudelements.freshdesk.request
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
- name: Create the instance of a tenant, or make it what it should be
  cloudelements.freshdesk.instance:
    user_secret: "{{ vault_user_secret }}"
    organization_secret: "{{ vault_organization_secret }}"
    name: acme
    subdomain: acme
    api_key: "{{ vault_acme_api_key }}"
    tags: [crm]
    configuration:
      filter.response.nulls: true
  register: acme

- name: Use the instance, in a dry run as far as that goes
  cloudelements.freshdesk.request:
    user_secret: "{{ vault_user_secret }}"
    organization_secret: "{{ vault_organization_secret }}"
    id: "{{ acme.id }}"
    path: /hubs/helpdesk/agents
    query:
      pageSize: 1
  register: agents

- name: Set the connection once, from the environment or a vault, and see first what would change
  module_defaults:
    group/cloudelements.freshdesk.platform:
      base_url: https://api.cloud-elements.co.uk
  check_mode: true
  diff: true
  block:
    - name: Report new incidents and contacts, and prove that the key works
      cloudelements.freshdesk.instance:
        name: acme
        subdomain: acme
        api_key: "{{ vault_acme_api_key }}"
        events:
          enabled: true
          callback_url: https://hooks.example.com/freshdesk
          poll_interval: 15
        verify: true

- name: Rename an instance
  cloudelements.freshdesk.instance:
    id: 4711
    name: acme-gmbh

- name: Delete an instance
  cloudelements.freshdesk.instance:
    name: acme
    state: absent
"""

RETURN = r"""
name:
  description: The name of the instance. V(null) where only its id is known.
  returned: unless validation fails
  type: str
  sample: acme
action:
  description: What was done, or in check mode what would be.
  returned: unless validation fails
  type: str
  sample: created
id:
  description:
    - The id of the instance, also of one that was deleted. V(null) where there is none.
    - In check mode V(-1) for an instance yet to be created.
  returned: unless validation fails
  type: int
  sample: 4711
token:
  description:
    - The token of the instance. Sealed, so that no output shows it. A template gives the plain value.
    - In check mode V(check-mode-placeholder) for an instance yet to be created. V(null) where there is none.
  returned: unless validation fails
  type: str
  sample: "<redacted>"
instance:
  description: The instance as it is now, or in check mode as it would be. V(null) where there is none.
  returned: unless validation fails
  type: dict
  contains:
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
      description: The Freshdesk account. V(null) where the platform does not show it.
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
      description: When it was created, as the platform says it. V(null) where that is not known.
      returned: always
      type: str
      sample: "2026-08-07T18:46:38Z"
    configuration:
      description: The configuration keys that are set, as the platform stores them, without secrets and what it adds itself.
      returned: always
      type: dict
      sample: {"subdomain": "acme", "filter.response.nulls": "true"}
pending:
  description: Whether the instance is yet to be created, so that RV(id) and RV(token) are placeholders.
  returned: unless validation fails
  type: bool
  sample: false
secrets:
  description: Whether the secrets could be compared, V(compared) or V(unreadable).
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
    - What differs, of what the task sets. No id, token or date. A secret that changes shows as V((changed\)).
  returned: unless validation fails
  type: dict
  sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme"}}
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

from ..module_utils._instance_tasks import INSTANCE
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(INSTANCE)


if __name__ == "__main__":
    main()
