# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module instances as a task runs it: arguments in, one result with every outcome out, no secret in it."""

from __future__ import annotations

import json
import os

import pytest
from ansible.module_utils.basic import AnsibleModule
from support.in_process import NO_AUTHORITIES, Simulation
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _instance_tasks, _tasks
from ansible_collections.cloudelements.freshdesk.plugins.modules import instances

SECRETS = {"user_secret": "user/secret+of=one", "organization_secret": "organization/secret+of=acme"}
# One worker, so that time is simulated.
PLATFORM = {**SECRETS, "base_url": "https://platform.example", "ca_path": NO_AUTHORITIES, "concurrency": 1}
EVERY_TIME = {
    "changed",
    "outcomes",
    "ids",
    "tokens",
    "pruned",
    "summary",
    "plan_id",
    "base_url",
    "http",
    "diff",
    "invocation",
}


def tenant(name, **more):
    return {"name": name, "subdomain": name, "api_key": f"SENTINEL-of-{name}", **more}


@pytest.fixture
def simulation(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    simulation = Simulation()
    monkeypatch.setattr(_tasks, "Transport", simulation.connect)
    return simulation


def run(*entries, check=False, **options):
    """The module's result; nothing that it prints holds a secret."""
    done = run_main(instances.main, check=check, **{**PLATFORM, "instances": list(entries), **options})
    if done.result.get("failed") and not {"error", "outcomes"} & set(done.result):
        done.result.pop("invocation", None)  # refused by core; the action plugin passes none of the arguments on
    printed = json.dumps(done.result)
    assert "SENTINEL" not in printed
    assert not any(secret in printed for secret in SECRETS.values())
    assert done.status == (1 if done.result.get("failed") else 0)
    return done.result


def refused(simulation, *entries, **options):
    """Why nothing was begun, in a dry run too: no request, and no outcome."""
    for check in (True, False):
        done = run(*entries, check=check, **options)
        assert done["failed"] is True
        assert not done.get("changed")
        assert "outcomes" not in done
    assert simulation.calls() == []
    return done["msg"]


def test_a_run_a_second_one_a_failure_and_a_dry_run_have_the_same_keys(simulation):
    fleet = [tenant("acme"), tenant("beta", tags=["crm"])]
    dry, done, again = run(*fleet, check=True), run(*fleet), run(*fleet)
    failed = run(*fleet, {"name": "incomplete"})

    assert all(set(one) - {"warnings", "deprecations"} == EVERY_TIME for one in (dry, done, again))
    assert set(failed) - {"warnings", "deprecations", "failed", "msg"} == EVERY_TIME
    assert [one["summary"] for one in (dry, done, again)] == [{"created": 2}, {"created": 2}, {"unchanged": 2}]
    assert [one["changed"] for one in (dry, done, again)] == [True, True, False]
    assert dry["tokens"] == {"acme": "check-mode-placeholder", "beta": "check-mode-placeholder"}
    assert dry["ids"] == {"acme": -1, "beta": -1}
    assert dry["diff"] == done["diff"]
    assert dry["plan_id"] == done["plan_id"] != again["plan_id"]
    assert again["diff"] == []


def test_outcomes_hold_no_token_and_tokens_stand_apart(simulation):
    done = run(tenant("acme"), tenant("beta"), {"name": "gone", "state": "absent"})

    real = {name: simulation.the(name)["token"] for name in ("acme", "beta")}
    assert done["tokens"] == real
    assert done["ids"] == {"acme": 600001, "beta": 600002}
    rest = json.dumps({key: value for key, value in done.items() if key != "tokens"})
    assert not any(token in rest for token in real.values())


def test_the_invocation_counts_the_entries_and_shows_none(simulation):
    done = run(tenant("acme"), tenant("beta"))
    assert done["invocation"]["module_args"]["instances"] == "2 entries"
    assert done["invocation"]["module_args"]["concurrency"] == 1


@pytest.mark.parametrize(
    ("entries", "options", "says"),
    [
        ([tenant("acme"), tenant("acme")], {}, "entry 1 and entry 2 have the same name (acme): keep one of them"),
        (
            [tenant("acme"), tenant("beta", subdomain="x.freshdesk.com")],
            {},
            "entry 2 (beta): subdomain must be the bare",
        ),
        ([tenant("acme")], {"concurrency": 0}, "concurrency must be from 1 to 64, not 0"),
        ([tenant("acme")], {"concurrency": 65}, "concurrency must be from 1 to 64, not 65"),
        ([tenant("acme")], {"concurrency": -1}, "concurrency must be from 1 to 64, not -1"),
        ([tenant("acme")], {"max_deletes": -1}, "max_deletes must not be negative"),
        ([tenant("acme")], {"prune_tags": []}, "prune_tags names no tag, which would prune every instance"),
        ([tenant("acme")], {"prune_tags": [""]}, "prune_tags names no tag, which would prune every instance"),
        ([], {"prune_tags": ["crm"]}, "instances is empty and prune_tags is set"),
        ([tenant("acme")], {"on_error": "ignore"}, "on_error"),
        ([tenant("acme")], {"user_secret": "short"}, "user_secret is shorter than 8"),
        ([tenant("acme")], {"base_url": "http://api.example.com"}, "in clear text"),
        ([{"id": -1}], {"check": False}, None),
    ],
    ids=str,
)
def test_bad_input_gets_one_sentence_and_nothing_is_sent(simulation, entries, options, says):
    if says is None:
        assert "the placeholder of a dry run" in run(*entries)["msg"]
        assert simulation.calls() == []
        return
    message = refused(simulation, *entries, **options)
    assert says in message
    assert "Traceback" not in message


@pytest.mark.parametrize("concurrency", [1, 64])
def test_the_bounds_of_concurrency_are_taken(simulation, concurrency):
    assert run(tenant("acme"), concurrency=concurrency)["summary"] == {"created": 1}


def test_an_empty_list_asks_for_nothing(simulation):
    done = run()
    assert (done["outcomes"], done["summary"], done["changed"], done["http"]["requests"]) == ([], {}, False, 0)
    assert simulation.calls() == []


def test_who_fails_is_named_with_the_reason_and_the_rest_is_done(simulation):
    simulation.platform.accounts({"works": "SENTINEL-of-works"})
    fleet = [tenant(f"t{number}") for number in range(5)]
    fleet += [{"name": "incomplete"}, tenant("wrong", verify=True), tenant("works", verify=True)]
    done, again = run(*fleet), run(*fleet)

    assert done["msg"].startswith("2 of 8 tenants failed. incomplete does not exist, and creating it needs subdomain")
    assert " wrong: Freshdesk does not know the subdomain" in done["msg"]
    assert [outcome["action"] for outcome in done["outcomes"]] == ["created"] * 5 + ["failed", "failed", "created"]
    assert done["outcomes"][6]["id"] == simulation.the("wrong")["id"]
    assert done["changed"] is True
    assert set(done["tokens"]) == {f"t{number}" for number in range(5)} | {"wrong", "works"}
    for outcome in done["outcomes"]:
        assert ("error" in outcome) == (outcome["action"] == "failed")
        if "error" in outcome:
            assert set(outcome["error"]) == {"state", "message", "status", "request_id", "attempts"}
    # A tenant that failed its verification fails again until it is fixed.
    assert again["summary"] == {"failed": 2, "unchanged": 6}
    assert again["changed"] is False
    simulation.platform.accounts({"wrong": "SENTINEL-of-wrong"})
    assert run(*fleet)["summary"] == {"failed": 1, "unchanged": 7}


def test_on_error_stop_says_of_each_that_it_was_not_tried(simulation):
    simulation.platform.add_faults({"fault": "status", "status": 400, "match": {"verb": "POST", "name": "t1"}})
    done = run(*[tenant(f"t{number}") for number in range(4)], on_error="stop")

    assert [outcome["action"] for outcome in done["outcomes"]] == ["created", "failed", "failed", "failed"]
    assert [outcome.get("error", {}).get("state") for outcome in done["outcomes"]] == [
        None,
        "failed",
        "not_tried",
        "not_tried",
    ]
    assert done["summary"] == {"failed": 3, "created": 1}
    assert done["msg"].startswith("1 of 4 tenants failed, 2 were not tried. t1: ")
    assert done["msg"].endswith(" Not tried, since on_error is stop: t2, t3; run again.")
    assert simulation.names() == ["t0"]


def test_a_plan_that_was_approved_is_carried_out_and_any_other_is_refused_before_a_write(simulation):
    fleet = [tenant("acme"), tenant("beta")]
    approved = run(*fleet, check=True)["plan_id"]
    simulation.platform.add_instances([{"name": "beta"}])

    refusal = run(*fleet, expected_plan_id=approved)
    assert "has changed since it was approved" in refusal["msg"]
    assert refusal["error"]["state"] == "failed"
    assert simulation.writes() == []
    approved = run(*fleet, check=True)["plan_id"]
    assert run(*fleet, expected_plan_id=approved)["changed"] is True
    assert "has changed since it was approved" in run(*fleet, expected_plan_id=approved)["msg"]


def test_pruned_instances_are_in_result_and_diff(simulation):
    simulation.platform.add_instances([{"name": name, "tags": ["ours"]} for name in ("keep", "old", "older")])
    dry = run({"name": "keep"}, prune_tags=["ours"], check=True)
    done = run({"name": "keep"}, prune_tags=["ours"])

    assert dry["pruned"] == done["pruned"] == [{"id": 600002, "name": "old"}, {"id": 600003, "name": "older"}]
    assert dry["diff"] == done["diff"]
    assert done["diff"] == [
        {
            "before": {"state": "present", "name": name},
            "after": {"state": "absent", "name": name},
            "before_header": name,
            "after_header": name,
        }
        for name in ("old", "older")
    ]
    assert done["summary"] == {"unchanged": 1}
    assert simulation.names() == ["keep"]


@pytest.mark.parametrize(
    ("many", "who"),
    [(5, "t0, t1, t2, t3, t4: "), (6, "t0, t1, t2, t3, t4 and 1 more: "), (7, "t0, t1, t2, t3, t4 and 2 more: ")],
)
def test_warnings_are_reported_once_for_all_that_they_hold_for(simulation, monkeypatch, many, who):
    said = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: said.append(text))
    simulation.platform.settings({"mask_username": True})
    fleet = [tenant(f"t{number}", subdomain="one") for number in range(many)]
    run(*fleet)
    run(*fleet)

    assert len(said) == 3
    assert said[0] == said[1]
    assert "have the same subdomain (one)" in said[0]
    assert said[2].startswith(who)
    assert "does not show the live api_key" in said[2]


def test_a_name_and_an_id_that_are_one_instance_are_refused_before_a_write(simulation):
    simulation.platform.add_instances([{"name": "acme"}])
    done = run({"name": "acme"}, {"id": 600001, "state": "absent"})

    assert done["msg"].startswith("Entries 1 and 2 both refer to instance 600001 (acme), so nothing was done")
    assert simulation.writes() == []


@pytest.mark.parametrize(
    "setting",
    [{}, {"hydrate": "ignored"}, {"list_configuration": "empty"}, {"list_configuration": "missing"}],
    ids=str,
)
def test_what_lists_leave_out_changes_nothing_of_what_is_done(simulation, setting):
    simulation.platform.settings(setting)
    fleet = [tenant("acme", configuration={"a.b": 1}), tenant("beta", tags=[])]
    results = [run(*fleet), run(*fleet), run(*fleet[:1], {**fleet[1], "api_key": "SENTINEL-new-of-beta"})]

    assert [one["summary"] for one in results] == [{"created": 2}, {"unchanged": 2}, {"unchanged": 1, "updated": 1}]
    assert simulation.the("beta")["configuration"]["username"] == "SENTINEL-new-of-beta"


def test_several_of_one_name_fail_alone_and_are_distinguished_by_id(simulation):
    simulation.platform.add_instances([{"name": "twice"}, {"name": "twice"}])
    done = run(tenant("acme"), {"name": "twice", "tags": []})

    assert "twice is the name of 2 instances: id 600001 (created" in done["msg"]
    assert "set id to the one you mean, or on_duplicate to oldest" in done["msg"]
    assert done["outcomes"][0]["action"] == "created"
    assert run({"name": "twice", "tags": ["x"], "on_duplicate": "oldest"})["outcomes"][0]["id"] == 600001


def test_a_platform_that_refuses_the_secrets_is_one_sentence_and_no_outcome(simulation):
    done = run(tenant("acme"), tenant("beta"), user_secret="a-wrong-secret")
    assert "check user_secret" in done["msg"]
    assert done["error"]["status"] == 401
    assert done["changed"] is False
    assert "outcomes" not in done


def test_a_host_without_requests_is_reported_what_to_install(simulation, monkeypatch):
    monkeypatch.setattr(_tasks, "requests", None)
    assert "requests" in run(tenant("acme"))["msg"]
    assert simulation.calls() == []


def test_a_bug_ends_in_a_sentence_and_no_traceback(simulation, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("SENTINEL")

    monkeypatch.setattr(_instance_tasks, "desired_entries", broken)
    done = run(tenant("acme"))
    assert "This is a bug in cloudelements.freshdesk (RuntimeError at test_instances.py:" in done["msg"]
    assert done["error"]["state"] == "unknown"


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "hang_after", "match": {"verb": "POST"}, "times": None},
        {"fault": "echo_headers", "times": None},
        {"fault": "echo_body", "times": None},
        {"fault": "drop_before", "match": {"verb": "POST"}, "times": None},
        {"fault": "redirect", "location": "https://SENTINEL@elsewhere.example/SENTINEL", "match": {"verb": "POST"}},
        {"fault": "status", "status": 400, "message": "bad SENTINEL-of-acme", "match": {"verb": "POST"}},
    ],
    ids=lambda fault: fault["fault"],
)
@pytest.mark.parametrize("check", [False, True])
def test_no_bad_day_brings_a_secret_into_the_output(simulation, fault, check):
    simulation.platform.add_faults(fault)
    done = run(tenant("acme", configuration={"a.secret": "SENTINEL-other"}), tenant("beta", verify=True), check=check)
    assert "bug" not in done.get("msg", "")
