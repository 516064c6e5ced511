# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module instance as a task runs it: arguments in, one result out, no secret in it."""

from __future__ import annotations

import json
import os

import pytest
from ansible.module_utils.basic import AnsibleModule
from support.in_process import Simulation
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _instance_tasks, _tasks
from ansible_collections.cloudelements.freshdesk.plugins.modules import instance

SECRETS = {"user_secret": "user/secret+of=one", "organization_secret": "organization/secret+of=acme"}
PLATFORM = {**SECRETS, "base_url": "https://platform.example"}
ACME = {"name": "acme", "subdomain": "acme", "api_key": "SENTINEL-of-acme"}
EVERY_TIME = {
    "name",
    "changed",
    "action",
    "id",
    "token",
    "instance",
    "pending",
    "secrets",
    "http",
    "diff",
    "invocation",
}


@pytest.fixture
def simulation(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    simulation = Simulation()
    monkeypatch.setattr(_tasks, "Transport", simulation.connect)
    return simulation


def run(check=False, **options):
    """The module's result; nothing that reaches the user of what it prints holds a secret."""
    done = run_main(instance.main, check=check, **{**PLATFORM, **options})
    if done.result.get("failed") and "error" not in done.result:
        done.result.pop("invocation", None)  # refused by core; the action plugin passes none of the arguments on
    printed = json.dumps(done.result)
    assert "SENTINEL" not in printed
    assert not any(secret in printed for secret in SECRETS.values())
    assert done.status == (1 if done.result.get("failed") else 0)
    return done.result


def refused(simulation, **options):
    """Why it was refused, before any request, in a dry run too."""
    for check in (True, False):
        done = run(check=check, **options)
        assert done["failed"] is True
        assert not done.get("changed")  # what core itself refuses does not say
    assert simulation.calls() == []
    return done["msg"]


def test_a_create_a_no_op_a_change_and_a_deletion_have_the_same_keys(simulation):
    created, again = run(**ACME), run(**ACME)
    changed, deleted = run(**ACME, tags=["crm"]), run(name="acme", state="absent")
    gone = run(name="acme", state="absent")

    results = [created, again, changed, deleted, gone]
    assert [done["action"] for done in results] == ["created", "unchanged", "updated", "deleted", "unchanged"]
    assert [done["changed"] for done in results] == [True, False, True, True, False]
    assert all(set(done) - {"warnings", "deprecations"} == EVERY_TIME for done in results)
    assert created["token"] == again["token"] == changed["token"]
    assert deleted["token"] is None
    assert deleted["id"] == created["id"]


def test_a_dry_run_sends_no_write_and_gives_placeholders(simulation):
    done = run(check=True, **ACME)

    assert (done["action"], done["id"], done["token"]) == ("created", -1, "check-mode-placeholder")
    assert simulation.writes() == []
    later = run(check=True, id=done["id"], tags=["crm"])
    assert (later["action"], later["pending"]) == ("updated", True)
    assert "placeholder of a dry run" in run(id=-1)["msg"]


def test_a_failure_comes_with_all_that_is_known(simulation):
    done = run(**ACME, verify=True)

    assert done["failed"] is True
    assert (done["action"], done["changed"], done["id"]) == ("failed", True, 600001)
    assert done["msg"] == done["error"]["message"]
    assert set(done["error"]) == {"state", "message", "status", "request_id", "attempts"}
    assert done["token"] == simulation.the("acme")["token"]
    assert done["diff"]["after"]["name"] == "acme"


def test_the_environment_gives_what_the_task_does_not_and_an_empty_value_counts_as_unset(simulation, monkeypatch):
    monkeypatch.setenv("CLOUDELEMENTS_USER_SECRET", SECRETS["user_secret"])
    monkeypatch.setenv("CLOUDELEMENTS_ORGANIZATION_SECRET", SECRETS["organization_secret"])
    monkeypatch.setenv("CLOUDELEMENTS_BASE_URL", "https://platform.example/elements/api-v2/")
    monkeypatch.setenv("CLOUDELEMENTS_TIMEOUT", "7")
    assert run_main(instance.main, **ACME).result["action"] == "created"
    monkeypatch.setenv("CLOUDELEMENTS_USER_SECRET", "")
    assert "user_secret is not set" in run_main(instance.main, **ACME).result["msg"]


def test_secrets_among_the_arguments_are_shown_by_field_and_nothing_else_is_mangled(simulation):
    configuration = {"a.secret": "SENTINEL-other", "filter.response.nulls": True, "acme": "acme"}
    events = {"enabled": True, "callback_url": "https://a.example/", "signature_key": "SENTINEL-signature"}
    done = run(**ACME, configuration=configuration, events=events, tags=["acme"])
    shown = done["invocation"]["module_args"]

    assert shown["configuration"]["acme"] == "acme"
    assert shown["configuration"]["filter.response.nulls"] is True
    assert shown["events"]["callback_url"] == "https://a.example/"
    assert shown["name"] == "acme"
    assert shown["subdomain"] == "acme"
    assert done["instance"]["tags"] == ["acme"]


def test_a_warning_reaches_the_user(simulation, monkeypatch):
    said = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: said.append(text))
    simulation.platform.settings({"mask_username": True})
    run(**ACME)
    done = run(**{**ACME, "api_key": "SENTINEL-another"})

    assert done["secrets"] == "unreadable"
    assert len(said) == 1
    assert "does not show the live api_key" in said[0]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "one of the following is required: name, id"),
        ({"name": None, "id": None}, "neither name nor id is set"),
        ({"name": ""}, "name is empty"),
        ({"name": " acme"}, "blanks around it"),
        ({"name": "<b>acme</b>"}, "HTML tag"),
        ({"name": "a\tb"}, "control characters"),
        ({"name": "acme", "id": 0}, "positive number"),
        ({"name": "acme", "id": "x"}, "id"),
        ({"name": "acme", "subdomain": "https://acme.freshdesk.com/"}, "write acme"),
        ({"name": "acme", "subdomain": "acme.freshdesk.com"}, "write acme"),
        ({"name": "acme", "tags": ["<i>x"]}, "HTML tag"),
        ({"name": "acme", "configuration": {"username": "SENTINEL-key"}}, "use api_key"),
        ({"name": "acme", "configuration": {"a.secret": "short"}}, "shorter than 8"),
        ({"name": "acme", "configuration": {"a": None}}, "without a value"),
        ({"name": "acme", "events": {"unknown": 1}}, "unknown"),
        ({"name": "acme", "events": {"resources": ["a"], "poller": {"a": {}}}}, "mutually exclusive"),
        ({"name": "acme", "events": {"poll_interval": 0}}, "shortest is 1"),
        ({"name": "acme", "events": {"callback_url": "ftp://x"}}, "https:// or http://"),
        ({"name": "acme", "state": "gone"}, "state"),
        ({"name": "acme", "api_key": "short"}, "shorter than 8"),
        ({"name": "acme", "api_key": "********"}, "is only the mask of a hidden secret"),
        ({"name": "acme", "user_secret": "a,b c d e f g"}, "blank or a comma"),
        ({"name": "acme", "user_secret": "short"}, "shorter than 8"),
        ({"name": "acme", "user_secret": None}, "user_secret is not set"),
        ({"name": "acme", "base_url": "http://api.example.com"}, "in clear text"),
        ({"name": "acme", "base_url": "api.example.com"}, "https://"),
        ({"name": "acme", "base_url": "https://api.example.com/elements/api-v2/instances"}, "something after it"),
        ({"name": "acme", "timeout": 0}, "timeout must be from 1"),
        ({"name": "acme", "ca_path": "/nowhere/at/all"}, "is not there"),
        ({"name": "acme", "element": "../x"}, "key of an element"),
    ],
    ids=str,
)
def test_bad_input_gets_one_sentence_and_nothing_is_sent(simulation, options, why):
    message = refused(simulation, **options)

    assert why in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"name": "acme"}, "subdomain and api_key"),
        ({"name": "acme", "subdomain": "acme"}, "needs api_key"),
        ({"id": 4711}, "No instance with the id 4711"),
        ({"name": "acme", "user_secret": "a-wrong-secret"}, "check user_secret"),
        ({"name": "acme", "element": "unheardof"}, "element is unheardof, and the platform has no element of that key"),
        ({"name": "acme", "element": "unheardof", "state": "absent"}, "the platform has no element of that key"),
        ({"id": 5, "element": "unheardof", "state": "absent"}, "the platform has no element of that key"),
        ({**ACME, "element": "491"}, "element is 491, which the platform knows as freshdeskv2"),
    ],
    ids=str,
)
def test_what_only_the_platform_can_tell_is_reported_without_a_write(simulation, options, why):
    for check in (True, False):
        done = run(check=check, **options)
        assert why in done["msg"]
        assert done["error"]["state"] == "failed"
    assert simulation.writes() == []


@pytest.mark.parametrize("element", ["freshdeskv2", "zendesk"])
@pytest.mark.parametrize("others", [250, 1000])
def test_a_large_account_does_not_lead_to_a_duplicate(simulation, others, element):
    """Whether the others are of the same element or of another: a search that finds nothing proves nothing."""
    simulation.platform.add_instances({"count": others, "element": element})
    run(**ACME)
    blind = {"fault": "status", "status": 404, "message": "No instances found", "match": {"path": "/instances"}}
    simulation.platform.add_faults(blind)
    done = run(**ACME)

    assert (done["action"], simulation.names().count("acme")) == ("unchanged", 1)


def test_a_host_without_requests_is_reported_what_to_install(simulation, monkeypatch):
    monkeypatch.setattr(_tasks, "requests", None)
    done = run(**ACME)

    assert "requests" in done["msg"]
    assert "Python" in done["msg"]
    assert simulation.calls() == []


def test_a_bug_ends_in_a_sentence_and_no_traceback(simulation, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("SENTINEL")

    monkeypatch.setattr(_instance_tasks, "desired_from", broken)
    done = run(**ACME)
    assert "This is a bug in cloudelements.freshdesk (RuntimeError at test_instance.py:" in done["msg"]
    assert done["error"]["state"] == "unknown"


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "hang_after", "match": {"verb": "POST"}},
        {"fault": "echo_headers", "times": None},
        {"fault": "echo_body", "times": None},
        {"fault": "drop_before", "times": None},
        {"fault": "redirect", "location": "https://SENTINEL@elsewhere.example/SENTINEL"},
        {"fault": "header", "headers": {"elements-request-id": "x"}, "times": None},
    ],
    ids=lambda fault: fault["fault"],
)
@pytest.mark.parametrize("check", [False, True])
def test_no_bad_day_brings_a_secret_into_the_output(simulation, fault, check):
    simulation.platform.add_faults(fault)
    done = run(check=check, **ACME, configuration={"a.secret": "SENTINEL-other"}, verify=True)
    assert "bug" not in done.get("msg", "")
