#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes many Freshdesk element instances what they should be, in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instances
short_description: Manage many Freshdesk instances on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Makes each instance what it should be, as M(cloudelements.freshdesk.instance) does with one.
  - Checks every entry before any request, lists the platform once, plans all, then applies with several workers.
  - What fails for one instance is reported at the end, together with what was done for the others.
options:
  instances:
    description:
      - The instances, each with the options of M(cloudelements.freshdesk.instance).
      - Two entries with one name or one id are refused.
    type: list
    elements: dict
    required: true
    suboptions:
      # Generated from plugins/modules/instance.py by nox -s docs -- --generate
      name:
        description:
          - The name that identifies the instance. Matches exactly, upper and lower case included.
          - Refused are an empty name, HTML tags (the platform strips them), blanks around it and control characters.
        type: str
      id:
        description:
          - The id of the instance, to address it by that. With another O(instances[].name), the instance is renamed.
          - With O(instances[].state=absent), a O(instances[].name) that is not the instance's is refused.
          - V(-1) stands for an instance that an earlier task of a dry run is about to create. It is refused outside
            check mode.
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
          - When O(instances[].api_key), O(instances[].events.signature_key) and secrets in O(instances[].configuration)
            of an instance that exists are written.
          - V(on_change) writes one where the live value can be read and differs. One that cannot be read is left alone
            with a warning, and RV(outcomes[].secrets) says V(unreadable). With O(instances[].verify=true), an API key
            that Freshdesk refuses counts as different.
          - V(always) writes them on every run, V(never) never does.
        type: str
        choices: [on_change, always, never]
        default: on_change
      tags:
        description:
          - The tags of the instance. Left out, they are left alone (the platform gives a new instance one tag, its
            name). An empty list removes all.
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
              - When events are first enabled and neither this nor O(instances[].events.poller) is set, V(incidents) and
                V(contacts).
            type: list
            elements: str
          poller:
            description:
              - The full polling configuration by resource, in the platform's own terms, instead of
                O(instances[].events.resources).
            type: dict
      configuration:
        description:
          - Further configuration keys of the element, such as C(filter.response.nulls). Only these keys are compared.
          - A key that has an option of its own is refused. Values of keys that look secret are never shown. Such are
            C(password), C(secret), C(token) and C(key), alone or at the end after a dot, an underscore or a hyphen or
            as a capital word (C(apiKey)), and C(oauth.*).
        type: dict
      verify:
        description:
          - Prove by a read of one agent that the instance works, after writes and on every other run too, unless it
            stays disabled. The platform itself does not check the credentials.
        type: bool
        default: false
      on_verify_failure:
        description:
          - What happens to an instance that does not work. The task fails in any case.
          - V(disable) and V(delete) only where this task created it, and Freshdesk itself refused (400, 401 or 403).
          - V(restore) puts a changed O(instances[].api_key) or O(instances[].subdomain) that Freshdesk refuses back to
            what it was, so that a mistyped key does not cut off a customer who worked. Where the live one cannot be
            read, a warning says before the change that it could not be restored. An instance that this task created is
            treated as with V(fail).
        type: str
        choices: [fail, disable, delete, restore]
        default: fail
      on_shared_subdomain:
        description:
          - What to do where an instance is about to be created, and one of another name has its
            O(instances[].subdomain) already. That looks like a rename, for which O(instances[].id) is set.
          - V(warn) warns, V(fail) creates nothing, V(ignore) lets both be. Names the live instance and its id, in check
            mode too.
          - Compared is what the lists of the platform show, without further requests. Where they leave configurations
            out, V(fail) asks for each instance of the element by id, if anything is created, and V(warn) does not.
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
      # End of what is generated
      formulas:
        description:
          - What puts the instance to work, the instances of formula templates, each with the options of
            M(cloudelements.freshdesk.formula_instance).
          - In their O(instances[].formulas[].instances), V(self) stands for the entry's own instance. An instance of that name is given
            as a mapping of C(name).
          - Their O(instances[].formulas[].name) is that of the entry where neither it nor O(instances[].formulas[].id) is set.
          - They are planned with the instances, before anything is written, and written after them, if the instance of the entry did not
            fail. An entry with one that is refused is left alone as a whole.
          - Those that are to be absent are deleted before anything else. So are all those of an entry with O(instances[].state=absent),
            and its instance after them.
        type: list
        elements: dict
        suboptions:
          # Generated from plugins/modules/formula_instance.py by nox -s docs -- --generate
          formula:
            description:
              - The template, by its id, or by its name where exactly one template has it. A text of digits is an id.
              - Needed unless O(instances[].formulas[].id) is set. An instance that is of another template is refused.
            type: str
          name:
            description:
              - The name that identifies the instance among those of the template. Matches exactly, upper and lower case
                included.
              - Refused are an empty name, HTML tags (the platform strips them), blanks around it and control
                characters.
            type: str
          id:
            description:
              - The id of the formula instance, to address it by that. With another O(instances[].formulas[].name), the
                instance is renamed, which is refused where that name is in use.
              - V(-1) stands for a formula instance that an earlier task of a dry run is about to create. It is refused
                outside check mode.
            type: int
          state:
            description:
              - Whether the instance should be there.
              - With V(absent), a template or an element instance that does not exist is refused all the same; leave
                O(instances[].formulas[].instances) out.
            type: str
            choices: [present, absent]
            default: present
          active:
            description:
              - Whether the instance runs. Left out, that is left alone, and a new one is active.
              - The platform deactivates an instance by itself after too many failed executions. V(true) switches it on
                again at every run, with a warning, so leave it out where a broken formula is to stay off.
            type: bool
          instances:
            description:
              - The element instances that the formula works with, by the template's variables.
              - Each is an id, a name, or a mapping of C(name) and C(element), for an instance of another O(element) or
                with a name of digits. A text of digits is an id.
              - V(-1), the registered id of an instance that an earlier task of a dry run is about to create, is taken
                in check mode, and the diff shows C((pending)). It is refused outside check mode.
            type: dict
          configuration:
            description:
              - The values of the template's other variables. They are compared as text, and a value that is null is
                left alone.
              - A variable that the template lacks is refused, one that is in O(instances[].formulas[].instances) too,
                and one that the template requires and that has no value.
              - Values under keys that look secret are never shown. Such are C(password), C(secret), C(token) and
                C(key), alone or at the end after a dot, an underscore or a hyphen or as a capital word (C(apiKey)), and
                C(oauth.*).
            type: dict
          settings:
            description:
              - Settings of the instance, such as C(notification.email), C(notification.webhook.url) or C(api). Compared
                as text; a value that is null is left alone.
              - An instance with C(formula.instance.time.to.live) is deleted by the platform when its time is over, and
                created by the next run.
            type: dict
          on_duplicate:
            description:
              - What to do where several instances of the template have the name, which the platform allows.
              - V(fail) lists them. V(oldest) takes the one that was created first.
            type: str
            choices: [fail, oldest]
            default: fail
          # End of what is generated
      key:
        description:
          - Any text, which is given back as RV(outcomes[].key), so that an outcome can be found by it.
        type: str
      problem:
        description:
          - Why this entry cannot be carried out, where that is known before, as P(cloudelements.freshdesk.tenants_csv#lookup) does
            for a line of its file. The entry fails with this text, and nothing is asked of the platform for it.
        type: str
  concurrency:
    description:
      - How many instances are worked on at a time, from 1 to 64.
    type: int
    default: 10
  on_error:
    description:
      - Whether to go on with the others when one fails, or to stop. What was not tried is reported.
    type: str
    choices: [continue, stop]
    default: continue
  max_deletes:
    description:
      - How many instances may be deleted, by O(instances[].state=absent) and O(prune_tags) together. With more, nothing is done.
      - The formula instances of O(instances[].formulas) do not count.
    type: int
    default: 10
  prune_tags:
    description:
      - Delete the instances of the element that carry all these tags and are not listed in O(instances), neither by name nor by id.
      - Last of all, and only if nothing failed. Refused where O(instances) is empty, where what would be deleted belongs to
        several users, or has the subdomain of an instance that is about to be created.
    type: list
    elements: str
  expected_plan_id:
    description:
      - RV(plan_id) of a dry run that was approved. If anything else would be done now, nothing is.
      - An empty text is refused, since it is what a look-up that found nothing leaves. V(null) asks for no approval.
    type: str
  approved_plan_path:
    description:
      - A file on the controller that a dry run wrote with O(plan_path). Exactly this plan is carried out, or nothing, and a refusal names
        what differs.
      - A relative path counts from the folder in which the command was started. An empty text is refused.
    type: path
  approved_plan:
    description:
      - The same plan as a mapping, RV(plan) of a dry run.
    type: dict
  require_approval:
    description:
      - Refuse a run without O(expected_plan_id), O(approved_plan_path) and O(approved_plan). A dry run needs none.
    type: bool
    default: false
  plan_path:
    description:
      - A file on the controller that a dry run writes its plan into, RV(plan) as JSON, for somebody to read and approve. Holds no secret.
        A run writes none.
      - Of a path that ends in C(.html), the JSON is written beside the page, with C(.json) in its place. The page itself is written by the
        role P(cloudelements.freshdesk.provision#role).
      - A relative path counts from the folder in which the command was started.
    type: path
  table:
    description:
      - Show a table of what changed and what failed at the end, instead of one line of counts.
    type: bool
    default: false
  statistics:
    description:
      - Hand on RV(ids) as C(provision_ids), and RV(plan_id) of a dry run as C(provision_expected_plan_id), as
        M(ansible.builtin.set_stats) does. AWX gives them to the next jobs of a workflow.
      - Of a task that fails core hands on nothing, so set C(failed_when) to C(false) to have it in any case.
    type: bool
    default: false
  progress:
    description:
      - Which instances get a line while the task runs, on standard error and without secrets.
      - V(all) says each as it is done, V(changes) only what changed or failed and now and then a count, V(none) nothing, the count
        at the end included.
      - Left out, it is V(all) where standard error is a terminal, and V(changes) elsewhere.
      - Nothing is displayed where the task has C(no_log), and no line but the last where it does not run on the controller.
    type: str
    choices: [all, changes, none]
attributes:
  check_mode:
    description: Whether it can say what it would do without doing it.
    support: full
    details:
      - Sends nothing but reads.
  diff_mode:
    description: Whether it shows what changes.
    support: full
    details:
      - Shows only what the task sets, and no secret.
  idempotent:
    description: Whether a second run changes nothing.
    support: partial
    details:
      - With O(instances[].update_secrets=always), secrets are written on every run.
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
- name: Make the instances of all tenants what they should be
  cloudelements.freshdesk.instances:
    user_secret: "{{ vault_user_secret }}"
    organization_secret: "{{ vault_organization_secret }}"
    instances: "{{ tenants }}"
    concurrency: 16
  register: fleet

- name: Show what became of each, which holds no token
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.action }}"
  loop: "{{ fleet.outcomes }}"
  loop_control:
    label: "{{ item.name }}"

- name: See what would be done, the deletion of what is not listed any more included
  cloudelements.freshdesk.instances:
    instances: "{{ tenants }}"
    prune_tags: [managed-by-ansible]
  check_mode: true
  diff: true
  register: dry_run

- name: Do exactly that, or nothing
  cloudelements.freshdesk.instances:
    instances: "{{ tenants }}"
    prune_tags: [managed-by-ansible]
    expected_plan_id: "{{ dry_run.plan_id }}"

- name: Connect a customer and put the connection to work
  cloudelements.freshdesk.instances:
    instances:
      - name: acme
        subdomain: acme
        api_key: "{{ vault_acme_api_key }}"
        formulas:
          - formula: ticket-sync
            name: acme-sync
            instances:
              source: self
              target: {name: acme-crm, element: zendesk}
"""

RETURN = r"""
outcomes:
  description: What became of each entry, in their order. No tokens, so that it may be looped over and shown.
  returned: always, but for input that is refused
  type: list
  elements: dict
  contains:
    key:
      description: The O(instances[].key) of the entry. V(null) where it has none.
      returned: always
      type: str
      sample: null
    name:
      description: The name of the instance. V(null) where only its id is known.
      returned: always
      type: str
      sample: acme
    changed:
      description: Whether anything was written, or in check mode would be.
      returned: always
      type: bool
      sample: true
    action:
      description: V(created), V(recovered), V(updated), V(deleted), V(unchanged) or V(failed).
      returned: always
      type: str
      sample: created
    id:
      description:
        - The id of the instance, also of one that was deleted. V(null) where there is none.
        - V(-1) for one that a dry run would create.
      returned: always
      type: int
      sample: 4711
    instance:
      description: The instance as it is now, or in check mode as it would be. V(null) where there is none.
      returned: always
      type: dict
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
        # End of what is generated
    pending:
      description: Whether the instance is yet to be created, so that RV(outcomes[].id) and the token are placeholders.
      returned: always
      type: bool
      sample: false
    secrets:
      description: Whether the secrets could be compared, V(compared) or V(unreadable).
      returned: always
      type: str
      sample: compared
    http:
      description: What it cost.
      returned: always
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
      description: What differs, of what the entry sets.
      returned: always
      type: dict
      sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme"}}
    error:
      description: What went wrong.
      returned: where it failed
      type: dict
      contains:
        state:
          description:
            - How far it went. V(failed) (nothing of the change is done), V(partial) (some of it is), V(unknown) or V(not_tried).
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
    formulas:
      description:
        - What was done for each of O(instances[].formulas), in their order, as M(cloudelements.freshdesk.formula_instance) returns it.
        - An entry is RV(outcomes[].action=failed) where one of them is, and V(updated) where nothing but one of them changed.
      returned: always
      type: list
      elements: dict
      contains:
        name:
          description: The name of the formula instance. V(null) where only its id is known.
          returned: always
          type: str
          sample: acme-sync
        changed:
          description: Whether anything was written, or in check mode would be.
          returned: always
          type: bool
          sample: true
        action:
          description: V(created), V(recovered), V(updated), V(deleted), V(unchanged) or V(failed).
          returned: always
          type: str
          sample: created
        id:
          description: The id of the formula instance, as RV(outcomes[].id) is that of the instance.
          returned: always
          type: int
          sample: 80001
        formula_instance:
          description: The formula instance as it is now, or in check mode as it would be. V(null) where there is none.
          returned: always
          type: dict
          contains:
            # Generated from plugins/modules/formula_instance.py by nox -s docs -- --generate
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
            # End of what is generated
        pending:
          description: Whether the formula instance is yet to be created, so that RV(outcomes[].formulas[].id) is a placeholder.
          returned: always
          type: bool
          sample: false
        secrets:
          description: Whether all values could be compared, V(compared), or the platform masks one of them, V(unreadable).
          returned: always
          type: str
          sample: compared
        http:
          description: What it cost beside the lists, as RV(outcomes[].http).
          returned: always
          type: dict
          sample: {"requests": 1, "retries": 0, "seconds": 0.42}
        diff:
          description: What differs. An instance that is created in the same run shows as C((pending)), in the run too.
          returned: always
          type: dict
          sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme-sync"}}
        error:
          description: What went wrong, as RV(outcomes[].error).
          returned: where it failed
          type: dict
          sample: {"state": "failed", "message": "acme-sync lacks source, which the template requires."}
ids:
  description: The id of each instance that is there, by its name, or by its id as a text where several of these share the name.
  returned: always, but for input that is refused
  type: dict
  sample: {"acme": 4711}
tokens:
  description: The token of each instance that is there, under the same keys as RV(ids). Sealed, so that no output shows it.
  returned: always, but for input that is refused
  type: dict
  sample: {"acme": "<redacted>"}
pruned:
  description: What O(prune_tags) deleted, or in check mode would delete.
  returned: always, but for input that is refused
  type: list
  elements: dict
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
summary:
  description: How many instances saw which action.
  returned: always, but for input that is refused
  type: dict
  sample: {"created": 3, "unchanged": 97}
plan_id:
  description: Stands for all that was to be done, without secrets. Give it as O(expected_plan_id) to have exactly that done.
  returned: always, but for input that is refused
  type: str
  sample: 9b74c9897bac770ffc029102a200c5de
plan:
  description:
    - What would be done, for a person to read and for O(approved_plan). Holds no secret.
    - For each tenant C(name), C(id), C(action), C(diff) where it changes, the C(policies) that are not the default, and C(digest), a keyed
      hash of all that would be done, secrets included. C(formulas) says the same of its formula instances.
  returned: in check mode, where O(plan_path) is set and the run would not be refused
  type: dict
  contains:
    format:
      description: What the file is.
      returned: always
      type: str
      sample: cloudelements.freshdesk plan 1
    plan_id:
      description: As RV(plan_id).
      returned: always
      type: str
      sample: 9b74c9897bac770ffc029102a200c5de
    platform:
      description: As RV(base_url).
      returned: always
      type: str
      sample: https://api.cloud-elements.com/elements/api-v2
    element:
      description: The key of the element.
      returned: always
      type: str
      sample: freshdeskv2
    user:
      description: A keyed hash that stands for the secrets of the platform.
      returned: always
      type: str
      sample: 5e2b74c9897bac770ffc029102a200c5
    policies:
      description: The options of the run that bound what it may do.
      returned: always
      type: dict
      sample: {"max_deletes": 10, "on_error": "continue", "prune_tags": []}
    time:
      description: When the dry run was made, in UTC.
      returned: always
      type: str
      sample: "2026-08-07T18:46:38Z"
    counts:
      description: How many tenants saw which action, and how many would be pruned.
      returned: always
      type: dict
      sample: {"created": 3, "unchanged": 97}
    tenants:
      description: The tenants, in the order of O(instances).
      returned: always
      type: list
      elements: dict
      sample: [{"name": "acme", "id": 4711, "action": "deleted"}]
    pruned:
      description: What would be pruned.
      returned: always
      type: list
      elements: dict
      sample: []
base_url:
  description: The platform that was asked.
  returned: always, but for input that is refused
  type: str
  sample: https://api.cloud-elements.com/elements/api-v2
http:
  description: What it cost in all.
  returned: always, but for input that is refused
  type: dict
  contains:
    requests:
      description: How many requests were sent, retries included.
      returned: always
      type: int
      sample: 40
    retries:
      description: How many of them were retries.
      returned: always
      type: int
      sample: 0
diff:
  description: What differs, an entry for each instance that changes.
  returned: always, but for input that is refused
  type: list
  elements: dict
ansible_stats:
  description: What is handed on.
  returned: with O(statistics)
  type: dict
error:
  description: Why nothing was done at all.
  returned: where input or plan is refused
  type: dict
"""

from ..module_utils._instance_tasks import INSTANCES
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(INSTANCES)


if __name__ == "__main__":
    main()
