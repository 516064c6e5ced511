#!/usr/bin/python
# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module instances: creates, changes or deletes many Freshdesk element instances in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instances
short_description: Manage many Freshdesk instances on Cloud Elements or SAP Open Connectors
version_added: 1.0.0
description:
  - Manages many instances in one task, each as M(cloudelements.freshdesk.instance) does.
  - Checks every entry before any request, reads the platform's list once, plans all changes, then applies them with
    several workers.
  - If an instance fails, the others are still handled, and the failure is reported at the end.
options:
  instances:
    description:
      - The instances, each with the options of M(cloudelements.freshdesk.instance).
      - Two entries with the same name or id are refused.
    type: list
    elements: dict
    required: true
    suboptions:
      # Generated from plugins/modules/instance.py by nox -s docs -- --generate
      name:
        description:
          - The name that identifies the instance. Exact and case-sensitive.
          - Empty names, HTML tags (which the platform strips), surrounding blanks and control characters are refused.
        type: str
      id:
        description:
          - The id of the instance, used instead of the name to find it. If O(instances[].name) differs, the instance is
            renamed.
          - With O(instances[].state=absent), a O(instances[].name) that differs from the instance's is refused.
          - V(-1) is the placeholder for an instance that an earlier task would create. It is only accepted in check
            mode.
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
          - When to write O(instances[].api_key), O(instances[].events.signature_key) and secrets in
            O(instances[].configuration) of an existing instance.
          - V(on_change) writes a secret if the live value can be read and differs. A secret that cannot be read is left
            alone with a warning, and RV(outcomes[].secrets) is V(unreadable). With O(instances[].verify=true), an API
            key that Freshdesk refuses counts as different.
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
                O(instances[].events.poller).
            type: list
            elements: str
          poller:
            description:
              - The full polling configuration by resource, in the platform's own format, instead of
                O(instances[].events.resources).
            type: dict
      configuration:
        description:
          - Further configuration keys of the element, such as C(filter.response.nulls). Only the given keys are
            compared.
          - Keys that have an option of their own are refused. Values of keys that look secret are never shown. These
            are C(oauth.*) and the words C(password), C(secret), C(token) and C(key), alone or at the end of a key,
            after a dot, an underscore or a hyphen or capitalized (C(apiKey)).
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
          - V(restore) restores the previous O(instances[].api_key) or O(instances[].subdomain) if Freshdesk refuses the
            new one, so that a mistyped key does not cut off a working customer. If the live value cannot be read, a
            warning before the change says that it could not be restored. For an instance that this task created,
            V(restore) is the same as V(fail).
        type: str
        choices: [fail, disable, delete, restore]
        default: fail
      on_shared_subdomain:
        description:
          - What to do if an instance would be created but one with another name already has its
            O(instances[].subdomain). This looks like a rename, which needs O(instances[].id).
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
      # End of what is generated
      formulas:
        description:
          - The formula instances that use this instance, each with the options of M(cloudelements.freshdesk.formula_instance).
          - In O(instances[].formulas[].instances), V(self) stands for the entry's own instance. To refer to an instance with the name
            C(self), use a mapping with C(name). The instances of other entries are named as they are after the run, so one that is created
            or renamed may be used, and one that is deleted is refused.
          - O(instances[].formulas[].name) defaults to the name of the entry, unless O(instances[].formulas[].id) is set.
          - They are planned together with the instances, before anything is written, and written after the entry's instance, if that
            succeeded. If one of them is refused, nothing is done for the entry.
          - Those that should be absent are deleted before anything else. With O(instances[].state=absent), all of them are deleted, and
            then the instance, unless a formula instance that stays uses it. In that case, nothing of the entry is deleted.
        type: list
        elements: dict
        suboptions:
          # Generated from plugins/modules/formula_instance.py by nox -s docs -- --generate
          formula:
            description:
              - The id of the template, or its name if it is unique. A string of digits is an id.
              - Required unless O(instances[].formulas[].id) is set. An instance of a different template is refused.
            type: str
          name:
            description:
              - The name that identifies the instance among those of the template. Exact and case-sensitive.
              - Empty names, HTML tags (which the platform strips), surrounding blanks and control characters are
                refused.
            type: str
          id:
            description:
              - The id of the formula instance, used instead of the name to find it. If O(instances[].formulas[].name)
                differs, the instance is renamed, unless that name is already in use.
              - V(-1) is the placeholder for a formula instance that an earlier task would create. It is only accepted
                in check mode.
            type: int
          state:
            description:
              - Whether the instance should exist.
              - With V(absent), a template or an element instance that does not exist is still refused, so leave
                O(instances[].formulas[].instances) unset.
            type: str
            choices: [present, absent]
            default: present
          active:
            description:
              - Whether the instance is active. If unset, this is left alone, and a new instance is active.
              - The platform deactivates an instance after too many failed executions. V(true) activates it again on
                every run, with a warning. Leave it unset to keep a broken formula inactive.
            type: bool
          instances:
            description:
              - The element instances that the formula works with, by the template's variables.
              - Each is an id, a name, or a mapping with C(name) and C(element), for an instance of another O(element)
                or whose name consists of digits. A string of digits is an id.
              - V(-1) is the placeholder for an instance that an earlier task would create, shown as C((pending)) in the
                diff. It is only accepted in check mode.
            type: dict
          configuration:
            description:
              - The values of the template's other variables. They are compared as text, and null values are left alone.
              - Variables that are not in the template or are also in O(instances[].formulas[].instances) are refused,
                and so are required variables without a value.
              - Values of keys that look secret are never shown. These are C(oauth.*) and the words C(password),
                C(secret), C(token) and C(key), alone or at the end of a key, after a dot, an underscore or a hyphen or
                capitalized (C(apiKey)).
            type: dict
          settings:
            description:
              - Settings of the instance, such as C(notification.email), C(notification.webhook.url) or C(api). They are
                compared as text, and null values are left alone.
              - With C(formula.instance.time.to.live), the platform deletes the instance when its time has expired, and
                the next run creates it again.
            type: dict
          on_duplicate:
            description:
              - What to do if several instances of the template have the name, which the platform allows.
              - V(fail) fails and lists them. V(oldest) uses the one that was created first.
            type: str
            choices: [fail, oldest]
            default: fail
          # End of what is generated
      key:
        description:
          - Any text. It is returned as RV(outcomes[].key), to find the outcome of this entry.
        type: str
      problem:
        description:
          - The reason why this entry is already known to be invalid, as set by
            P(cloudelements.freshdesk.tenants_csv#lookup). The entry fails with this text, and nothing is sent for it.
        type: str
  concurrency:
    description:
      - How many instances are handled at a time, from 1 to 64.
    type: int
    default: 10
  on_error:
    description:
      - Whether to continue with the others when one fails, or to stop. Instances that were not tried are reported.
    type: str
    choices: [continue, stop]
    default: continue
  max_deletes:
    description:
      - How many instances may be deleted, by O(instances[].state=absent) and O(prune_tags) together. If there are
        more, nothing is done.
      - The formula instances of O(instances[].formulas) do not count.
    type: int
    default: 10
  prune_tags:
    description:
      - Delete instances of the element that have all of these tags and are not listed in O(instances) by name or id.
      - This happens last, and only if nothing failed. It is refused if O(instances) is empty, if the instances to
        delete belong to several users, or if one has the subdomain of an instance that would be created.
    type: list
    elements: str
  expected_plan_id:
    description:
      - The RV(plan_id) of an approved dry run. If the plan is now a different one, nothing is done.
      - An empty string is refused, since it may come from a lookup that found nothing. V(null) means that no approval
        is needed.
    type: str
  approved_plan_path:
    description:
      - A file on the controller that a dry run wrote with O(plan_path). Exactly this plan is applied, or nothing. An
        error names the differences.
      - A relative path starts from the folder in which the command was started. An empty string is refused.
    type: path
  approved_plan:
    description:
      - The same plan as a mapping, the RV(plan) of a dry run.
    type: dict
  require_approval:
    description:
      - Refuse a run that has neither O(expected_plan_id), O(approved_plan_path) nor O(approved_plan). A dry run needs
        none of them.
    type: bool
    default: false
  plan_path:
    description:
      - A file on the controller to which a dry run writes RV(plan) as JSON, to be reviewed and approved. It contains
        no secret. A run does not write it.
      - If the path ends in C(.html), the JSON is written beside it, with the suffix C(.json). The HTML page itself is
        written by the role P(cloudelements.freshdesk.provision#role).
      - A relative path starts from the folder in which the command was started.
    type: path
  checked_files:
    description:
      - Files that later tasks write from the result. If one of them could not be written, or if two of them or
        O(plan_path) are the same, the task is refused before anything is done.
      - A relative path starts from the folder in which the command was started.
    type: dict
    suboptions:
      tokens_path:
        description: The file to which M(cloudelements.freshdesk.token_file) writes the tokens.
        type: path
      tokens_vault_password:
        description: Its vault password.
        type: str
      report_path:
        description: The file of a report.
        type: path
  table:
    description:
      - Show a table of changes and failures at the end, instead of a line with the counts.
    type: bool
    default: false
  statistics:
    description:
      - Pass on RV(ids) as C(provision_ids), and the RV(plan_id) of a dry run as C(provision_expected_plan_id), like
        M(ansible.builtin.set_stats). AWX passes them to later jobs of a workflow.
      - A failed task passes on nothing. To pass them on in any case, set C(failed_when) to C(false).
    type: bool
    default: false
  progress:
    description:
      - Which instances get a line while the task runs, on standard error and without secrets.
      - V(all) prints a line for each, V(changes) only for changes and failures, with an occasional count, V(none)
        prints nothing, not even the final count.
      - Defaults to V(all) if standard error is a terminal, otherwise to V(changes).
      - Nothing is displayed with C(no_log). If the task does not run on the controller, only the last line is
        displayed.
    type: str
    choices: [all, changes, none]
attributes:
  check_mode:
    description: Whether it can predict changes without making them.
    support: full
    details:
      - Sends only reads.
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
- name: Provision the instances of all tenants
  cloudelements.freshdesk.instances:
    user_secret: "{{ vault_user_secret }}"
    organization_secret: "{{ vault_organization_secret }}"
    instances: "{{ tenants }}"
    concurrency: 16
  register: fleet

- name: Show the outcomes, which contain no token
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.action }}"
  loop: "{{ fleet.outcomes }}"
  loop_control:
    label: "{{ item.name }}"

- name: Preview the changes, including the deletion of instances that are no longer listed
  cloudelements.freshdesk.instances:
    instances: "{{ tenants }}"
    prune_tags: [managed-by-ansible]
  check_mode: true
  diff: true
  register: dry_run

- name: Apply exactly that, or nothing
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
  description: The outcome of each entry, in the order of O(instances). Without tokens, so it is safe to loop over and to show.
  returned: always, unless validation fails
  type: list
  elements: dict
  contains:
    key:
      description: The O(instances[].key) of the entry. V(null) if it has none.
      returned: always
      type: str
      sample: null
    name:
      description: The name of the instance. V(null) if only its id is known.
      returned: always
      type: str
      sample: acme
    changed:
      description: Whether anything was written, or in check mode would be written.
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
        - The id of the instance, even if it was deleted. V(null) if there is none.
        - In check mode, V(-1) for an instance that would be created.
      returned: always
      type: int
      sample: 4711
    instance:
      description: The instance as it is now, or in check mode as it would be. V(null) if there is none.
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
    pending:
      description: Whether the instance does not exist yet, so that RV(outcomes[].id) and the token are placeholders.
      returned: always
      type: bool
      sample: false
    secrets:
      description: Whether the secrets could be compared, V(compared) or V(unreadable).
      returned: always
      type: str
      sample: compared
    http:
      description: The number of requests and their duration.
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
          description: How many seconds the requests took, without the waits between them.
          returned: always
          type: float
          sample: 0.42
    diff:
      description: The differences in what the entry sets.
      returned: always
      type: dict
      sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme"}}
    error:
      description: What went wrong.
      returned: if it failed
      type: dict
      contains:
        state:
          description:
            - How far it got. V(failed) (nothing was changed), V(partial) (some of it was done), V(unknown) or V(not_tried).
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
    formulas:
      description:
        - What was done for each of O(instances[].formulas), in the same order, as M(cloudelements.freshdesk.formula_instance) returns it.
        - If one of them fails, RV(outcomes[].action) of the entry is V(failed). If only they changed, it is V(updated).
      returned: always
      type: list
      elements: dict
      contains:
        name:
          description: The name of the formula instance. V(null) if only its id is known.
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
          description: The id of the formula instance, or a placeholder or V(null), like RV(outcomes[].id).
          returned: always
          type: int
          sample: 80001
        formula_instance:
          description: The formula instance as it is now, or in check mode as it would be. V(null) if there is none.
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
            # End of what is generated
        pending:
          description: Whether the formula instance does not exist yet, so that RV(outcomes[].formulas[].id) is a placeholder.
          returned: always
          type: bool
          sample: false
        secrets:
          description: V(compared) if all values could be compared, V(unreadable) if the platform masks any of them.
          returned: always
          type: str
          sample: compared
        http:
          description: The requests for this formula instance, without those for lists, like RV(outcomes[].http).
          returned: always
          type: dict
          sample: {"requests": 1, "retries": 0, "seconds": 0.42}
        diff:
          description: The differences. An instance that is created in the same run is shown as C((pending)), also outside check mode.
          returned: always
          type: dict
          sample: {"before": {"state": "absent"}, "after": {"state": "present", "name": "acme-sync"}}
        error:
          description: What went wrong, like RV(outcomes[].error).
          returned: if it failed
          type: dict
          sample: {"state": "failed", "message": "acme-sync lacks source, which the template requires."}
ids:
  description: The id of each existing instance, by its name, or by its id as a string if several share the name.
  returned: always, unless validation fails
  type: dict
  sample: {"acme": 4711}
tokens:
  description: The token of each existing instance, under the same keys as RV(ids). Sealed, so that no output shows it.
  returned: always, unless validation fails
  type: dict
  sample: {"acme": "<redacted>"}
pruned:
  description: The instances that O(prune_tags) deleted, or in check mode would delete.
  returned: always, unless validation fails
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
  description: The number of instances by action. Those that were not tried count as V(failed).
  returned: always, unless validation fails
  type: dict
  sample: {"created": 3, "unchanged": 97}
plan_id:
  description: Identifies the complete plan and reveals no secret. Pass it as O(expected_plan_id) to apply exactly this plan.
  returned: always, unless validation fails
  type: str
  sample: 9b74c9897bac770ffc029102a200c5de
plan:
  description:
    - The plan, for review and for O(approved_plan). It contains no secret.
    - For each tenant, it has C(name), C(id), C(action), C(diff) if it changes, the C(policies) that are not the
      default, and C(digest), a keyed hash of everything that would be done, secrets included.
      C(formulas) contains the same for its formula instances.
  returned: in check mode, if O(plan_path) is set and the run would not be refused
  type: dict
  contains:
    format:
      description: The format of the file.
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
      description: A keyed hash that identifies the platform's secrets.
      returned: always
      type: str
      sample: 5e2b74c9897bac770ffc029102a200c5
    policies:
      description: The options of the run that limit what it may do.
      returned: always
      type: dict
      sample: {"max_deletes": 10, "on_error": "continue", "prune_tags": []}
    time:
      description: The time of the dry run, in UTC.
      returned: always
      type: str
      sample: "2026-08-07T18:46:38Z"
    counts:
      description: The number of tenants by action, and of instances that would be pruned.
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
      description: The instances that would be pruned.
      returned: always
      type: list
      elements: dict
      sample: []
base_url:
  description: The address of the platform.
  returned: always, unless validation fails
  type: str
  sample: https://api.cloud-elements.com/elements/api-v2
http:
  description: The number of requests, in total.
  returned: always, unless validation fails
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
  description: The differences, with an entry for each instance that changes.
  returned: always, unless validation fails
  type: list
  elements: dict
ansible_stats:
  description: What is passed on.
  returned: with O(statistics)
  type: dict
error:
  description: Why nothing was done.
  returned: if the input or the plan is refused
  type: dict
"""

from ..module_utils._instance_tasks import INSTANCES
from ..module_utils._tasks import run_as_module


def main() -> None:
    run_as_module(INSTANCES)


if __name__ == "__main__":
    main()
