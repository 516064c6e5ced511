#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module instance: creates, changes or deletes one Freshdesk element instance."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instance
short_description: Manage one Freshdesk instance on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Looks up an element instance by its name, creates it if it is absent, and changes it if it differs.
  - Creates it at most once. After a lost answer, it looks for the instance before it tries again.
  - Compares only the options that are set, and writes only what differs. A null option counts as unset.
options:
  name:
    description:
      - The name that identifies the instance. Exact and case-sensitive.
      - Empty names, HTML tags (which the platform strips), surrounding blanks and control characters are refused.
    type: str
  id:
    description:
      - The id of the instance, used instead of the name to find it. If O(name) differs, the instance is renamed.
      - With O(state=absent), a O(name) that differs from the instance's is refused.
      - V(-1) is the placeholder for an instance that an earlier task would create. It is only accepted in check mode.
    type: int
  state:
    description:
      - Whether the instance should exist.
    type: str
    choices: [present, absent]
    default: present
  subdomain:
    description:
      - The bare name of the Freshdesk account, V(acme) for C(https://acme.freshdesk.com). Required to create the
        instance.
    type: str
  api_key:
    description:
      - The API key of the Freshdesk account. Required to create the instance.
    type: str
  update_secrets:
    description:
      - When to write O(api_key), O(events.signature_key) and secrets in O(configuration) of an existing instance.
      - V(on_change) writes a secret if the live value can be read and differs. A secret that cannot be read is left
        alone with a warning, and RV(secrets) is V(unreadable). With O(verify=true), an API key that Freshdesk refuses
        counts as different.
      - V(always) writes them on every run, V(never) never writes them.
    type: str
    choices: [on_change, always, never]
    default: on_change
  tags:
    description:
      - The tags of the instance. An empty list removes all. If unset, they are left alone. The platform gives a new
        instance its name as the only tag.
    type: list
    elements: str
  enabled:
    description:
      - Whether the instance is enabled. If unset, this is left alone.
    type: bool
  events:
    description:
      - Events that the platform polls Freshdesk for and reports to a callback URL. Unset options are left alone.
    type: dict
    suboptions:
      enabled:
        description: Whether events are reported.
        type: bool
      callback_url:
        description:
          - The URL that events are reported to. Required when events are first enabled.
          - It is shown in results, so do not put a secret into it. Use the signature key instead.
        type: str
      signature_key:
        description: The secret that callbacks are signed with (HMAC-SHA256).
        type: str
      poll_interval:
        description: Minutes between polls, at least 1.
        type: int
      resources:
        description:
          - The resources to poll.
          - Defaults to V(incidents) and V(contacts) when events are first enabled without this option and
            O(events.poller).
        type: list
        elements: str
      poller:
        description:
          - The full polling configuration by resource, in the platform's own format, instead of O(events.resources).
        type: dict
  configuration:
    description:
      - Further configuration keys of the element, such as C(filter.response.nulls). Only the given keys are compared.
      - Keys that have an option of their own are refused. Values of keys that look secret are never shown. These are
        C(oauth.*) and the words C(password), C(secret), C(token) and C(key), alone or at the end of a key, after a
        dot, an underscore or a hyphen or capitalized (C(apiKey)).
    type: dict
  verify:
    description:
      - Check on every run that the instance works, by reading one agent through it, unless it stays disabled. The
        platform itself does not check the credentials.
    type: bool
    default: false
  on_verify_failure:
    description:
      - What to do with an instance that does not work. The task fails in any case.
      - V(disable) and V(delete) only apply if this task created the instance and Freshdesk itself refused (400, 401
        or 403).
      - V(restore) restores the previous O(api_key) or O(subdomain) if Freshdesk refuses the new one, so that a
        mistyped key does not cut off a working customer. If the live value cannot be read, a warning before the
        change says that it could not be restored. For an instance that this task created, V(restore) is the same as
        V(fail).
    type: str
    choices: [fail, disable, delete, restore]
    default: fail
  on_shared_subdomain:
    description:
      - What to do if an instance would be created but one with another name already has its O(subdomain). This looks
        like a rename, which needs O(id).
      - V(warn) creates it with a warning, V(fail) creates nothing, V(ignore) creates it silently. The message names
        the existing instance and its id, in check mode too.
      - This compares what the platform's lists show, without further requests. If they leave out configurations,
        V(fail) reads each instance of the element by id before anything is created. V(warn) does not.
    type: str
    choices: [warn, fail, ignore]
    default: warn
  on_duplicate:
    description:
      - What to do if several instances have the name, which the platform allows.
      - V(fail) fails and lists them. V(oldest) uses the one that was created first.
    type: str
    choices: [fail, oldest]
    default: fail
attributes:
  check_mode:
    description: Whether it can predict changes without making them.
    support: full
    details:
      - Sends only reads. RV(id) and RV(token) of an instance that would be created are placeholders.
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
- name: Create or update the instance of a tenant
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

- name: Send a request through the instance
  cloudelements.freshdesk.request:
    user_secret: "{{ vault_user_secret }}"
    organization_secret: "{{ vault_organization_secret }}"
    id: "{{ acme.id }}"
    path: /hubs/helpdesk/agents
    query:
      pageSize: 1
  register: agents

- name: Set the connection once for several tasks, and preview the changes
  module_defaults:
    group/cloudelements.freshdesk.platform:
      base_url: https://api.cloud-elements.co.uk
  check_mode: true
  diff: true
  block:
    - name: Report new incidents and contacts, and verify the key
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
  description: The name of the instance. V(null) if only its id is known.
  returned: always, unless validation fails
  type: str
  sample: acme
action:
  description: What was done, or in check mode what would be done.
  returned: always, unless validation fails
  type: str
  sample: created
id:
  description:
    - The id of the instance, even if it was deleted. V(null) if there is none.
    - In check mode, V(-1) for an instance that would be created.
  returned: always, unless validation fails
  type: int
  sample: 4711
token:
  description:
    - The token of the instance. It is sealed, so that no output shows it. A template returns the plain value.
    - In check mode, V(check-mode-placeholder) for an instance that would be created. V(null) if there is none.
  returned: always, unless validation fails
  type: str
  sample: "<redacted>"
instance:
  description: The instance as it is now, or in check mode as it would be. V(null) if there is none.
  returned: always, unless validation fails
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
pending:
  description: Whether the instance does not exist yet, so that RV(id) and RV(token) are placeholders.
  returned: always, unless validation fails
  type: bool
  sample: false
secrets:
  description: Whether the secrets could be compared, V(compared) or V(unreadable).
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
    - The differences in what the task sets, without ids, tokens and dates. A changed secret is shown as V((changed\)).
  returned: always, unless validation fails
  type: dict
  sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme"}}
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

from ..module_utils._instance_tasks import INSTANCE
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(INSTANCE)


if __name__ == "__main__":
    main()
