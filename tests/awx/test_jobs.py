# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs that awx_setup makes do what they are for, run as AWX runs them: injected credentials, no root, a read-only home."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest
from awx.conftest import VARIABLES
from awx.jobs import NOBODY
from faults.kills import alive, family
from support.platform import SECRETS, control

WORKFLOW = "Freshdesk plan and apply"
KEYS = {"acme": "acme-freshdesk-key", "blueleaf": "blueleaf-freshdesk-key"}


def instances(platform):
    return {instance["name"]: instance for instance in control(platform, "instances")}


def writes(platform):
    return [f"{one['verb']} {one['operation']}" for one in control(platform, "requests") if one["verb"] != "GET"]


def ran_as_in_awx(platform, *jobs):
    """Nothing that is left of the jobs holds a secret, nor what AWX stores of their environment; and none of it is root's."""
    for job in jobs:
        assert {file.stat().st_uid for file in job.files} == {os.geteuid() or NOBODY}
        texts = [file.read_text(errors="replace") for file in job.files] + list(job.safe_environment.values())
        tokens = [instance["token"] for instance in control(platform, "instances")]
        for secret in (*SECRETS.values(), *KEYS.values(), VARIABLES["awx_vault_password"], *tokens):
            assert not any(secret in text for text in texts), secret


def test_exactly_what_was_approved_is_applied(jobs, platform):
    keys = jobs.inventory("Freshdesk tenants")["_meta"]["hostvars"].values()
    assert all("$ANSIBLE_VAULT" in one["freshdesk_api_key"]["__ansible_vault"] for one in keys)

    plan = jobs.launch("Freshdesk plan", workflow=WORKFLOW)

    assert plan.status == "successful", plan.output
    assert '+    "subdomain": "acme",' in plan.output
    assert writes(platform) == []
    assert set(plan.artifacts) == {"provision_ids", "provision_expected_plan_id"}
    assert plan.artifacts["provision_ids"] == {}

    apply = jobs.launch("Freshdesk apply", answers=plan.artifacts, workflow=WORKFLOW)

    assert apply.status == "successful", apply.output
    assert apply.artifacts == {
        "provision_ids": {name: one["id"] for name, one in instances(platform).items()},
        "provision_expected_plan_id": None,
    }
    assert sorted(instances(platform)) == ["acme", "blueleaf"]
    ran_as_in_awx(platform, plan, apply)

    # Approved once, applied once: the second time something else would be done, which is nothing.
    control(platform, "requests", verb="DELETE")
    again = jobs.launch("Freshdesk apply", answers=plan.artifacts, workflow=WORKFLOW)

    assert again.status == "failed"
    assert "expected_plan_id" in again.output
    assert writes(platform) == []


@pytest.mark.parametrize("handed_on", [{}, {"provision_expected_plan_id": ""}], ids=["no plan id", "an empty plan id"])
def test_the_workflow_applies_nothing_without_the_id_of_a_plan(jobs, platform, handed_on):
    apply = jobs.launch("Freshdesk apply", answers=handed_on, workflow=WORKFLOW)

    assert apply.status == "failed"
    assert re.search(r"(require_approval is true|expected_plan_id is empty)", apply.output)
    assert writes(platform) == []


def test_a_survey_may_be_answered_with_quotes_braces_and_blanks_and_a_mistyped_key_is_reported(jobs, platform):
    name = """O'Hara "{{ 6 * 111 }}" {% raw %}"""
    answers = {
        "tenant_name": name,
        "tenant_subdomain": "acme",
        "tenant_api_key": KEYS["acme"],
        "tenant_tags": "",
        "tenant_enabled": "",
    }

    dry = jobs.launch("Freshdesk onboard", answers=answers, job_type="check")

    assert dry.status == "successful", dry.output
    assert instances(platform) == {}

    mistyped = jobs.launch("Freshdesk onboard", answers={**answers, "tenant_api_key": "mistyped-key"})

    assert mistyped.status == "failed"
    assert "Freshdesk refuses the API key" in mistyped.output

    made = jobs.launch("Freshdesk onboard", answers=answers)

    assert made.status == "successful", made.output
    assert list(instances(platform)) == [name]
    # Where no tags are given, the platform tags an instance with its name.
    assert instances(platform)[name]["tags"] == [name]
    assert made.artifacts["provision_ids"] == {name: instances(platform)[name]["id"]}

    answers = {
        "tenant_name": name,
        "tenant_subdomain": "",
        "tenant_api_key": "",
        "tenant_tags": "crm, {{ gold }} ,",
        "tenant_enabled": "false",
    }
    changed = jobs.launch("Freshdesk onboard", answers=answers)

    assert changed.status == "successful", changed.output
    assert sorted(instances(platform)[name]["tags"]) == ["crm", "{{ gold }}"]
    assert instances(platform)[name]["disabled"]
    ran_as_in_awx(platform, dry, mistyped, made, changed)


def test_slices_share_the_tenants_and_a_limit_that_matches_nobody_is_reported(jobs, platform):
    name = "Freshdesk apply in slices"
    count = jobs.controller.one("job_templates", name)["job_slice_count"]

    # AWX makes no more slices than there are hosts.
    handled = []
    for number in range(1, min(count, len(KEYS)) + 1):
        job = jobs.launch(name, part=(number, min(count, len(KEYS))))
        assert job.status == "successful", job.output
        handled += re.findall(r"^(\w+) +: ok=.* changed=1 .* failed=0", job.output, re.MULTILINE)
    assert sorted(handled) == sorted(instances(platform)) == sorted(KEYS)

    nobody = jobs.launch(name, limit="nobody")

    assert nobody.status == "failed"
    assert "leaves us with no hosts to target" in nobody.output


def test_a_limit_fails_the_slices_that_it_leaves_without_hosts_and_not_the_job_that_is_not_sliced(jobs, platform):
    ended = [jobs.launch("Freshdesk apply in slices", limit="acme", part=(number, 2)) for number in (1, 2)]

    assert [job.status for job in ended] == ["successful", "failed"]
    assert "leaves us with no hosts to target" in ended[1].output

    limited = jobs.launch("Freshdesk apply with limit", limit="blueleaf")

    assert limited.status == "successful", limited.output
    assert sorted(instances(platform)) == ["acme", "blueleaf"]


def test_a_job_that_is_cancelled_in_the_middle_is_finished_by_the_next(jobs, platform):
    tenants = [f"tenant-{number}" for number in range(8)]
    control(platform, "settings", {"accounts": "any", "latency": {"create": 1}})
    tenant = {
        "name": "{{ inventory_hostname }}",
        "subdomain": "{{ inventory_hostname }}",
        "api_key": "key-of-{{ inventory_hostname }}",
    }
    jobs.inventories["Freshdesk tenants"] = {
        "_meta": {"hostvars": {}},
        "freshdesk_tenants": {"hosts": tenants, "vars": {"freshdesk_tenant": tenant}},
    }

    def cancel(process):
        while process.poll() is None and not instances(platform):
            time.sleep(0.05)
        members = family(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait()
        # With its first process, a container ends, and with it all that it holds.
        for member in filter(alive, members):
            os.kill(member, signal.SIGKILL)

    cancelled = jobs.launch("Freshdesk apply", answers={"provision_concurrency": 2}, meanwhile=cancel)

    assert cancelled.status == "canceled"
    assert 0 < len(instances(platform)) < len(tenants)

    finished = jobs.launch("Freshdesk apply")

    assert finished.status == "successful", finished.output
    assert sorted(instance["name"] for instance in control(platform, "instances")) == tenants
    ran_as_in_awx(platform, cancelled, finished)


def test_the_sweep_fails_for_an_instance_whose_key_was_revoked_and_not_for_one_that_is_disabled(jobs, platform):
    control(
        platform,
        "instances",
        [
            {"name": "acme", "configuration": {"subdomain": "acme", "username": KEYS["acme"]}},
            {"name": "asleep", "disabled": True},
        ],
    )

    sound = jobs.launch("Freshdesk health")

    assert sound.status == "successful", sound.output
    assert "2 checked: 1 disabled, all others work." in sound.output

    control(platform, "accounts", {"acme": "another-key"})
    revoked = jobs.launch("Freshdesk health")

    assert revoked.status == "failed"
    assert "1 of 2 failed the check: acme (key)." in revoked.output


def test_the_inventory_of_what_is_live_names_no_secret_and_says_so_where_it_gets_none(jobs, platform):
    control(platform, "instances", [{"name": "acme", "tags": ["crm"]}])

    assert jobs.inventory("Freshdesk instances")["freshdesk_tag_crm"]["hosts"] == ["acme"]

    credential = jobs.controller.one("credentials", "Freshdesk platform")
    jobs.controller.objects[credential["id"]] = {**credential, "inputs": {}}
    try:
        blank = jobs.update("Freshdesk instances")
    finally:
        jobs.controller.objects[credential["id"]] = credential

    assert blank.returncode != 0
    assert "user_secret is not set: give the option, or set CLOUDELEMENTS_USER_SECRET in the environment" in " ".join(
        blank.stderr.split()
    )
