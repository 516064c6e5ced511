# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mistyped key does not cut off a customer who worked: what Freshdesk refuses is put back to what it was."""

from __future__ import annotations

import pytest
from support.in_process import Simulation

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import MASK

ACME = {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme", "verify": True, "on_verify_failure": "restore"}
WRONG = {**ACME, "api_key": "mistyped-key"}
UNREADABLE = "the live api_key cannot be read, so it could not be restored if Freshdesk refuses the new one."


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.accounts({"acme": "key-of-acme"})
    simulation.platform.add_instances([{"name": "acme", "tags": ["crm"], "api_key": "key-of-acme"}])
    return simulation


def account(simulation):
    configuration = simulation.the("acme")["configuration"]
    return configuration["subdomain"], configuration["username"]


def test_a_key_that_freshdesk_refuses_is_put_back_and_the_customer_works_again(simulation):
    done = simulation.one(**WRONG)

    assert done["action"] == "failed"
    assert done["error"]["message"].startswith("acme: Freshdesk refuses the API key of instance 600001 (HTTP 401")
    assert "): the old api_key is put back, as on_verify_failure says; done before that: " in done["error"]["message"]
    assert (done["error"]["state"], done["error"]["status"]) == ("failed", 401)
    assert account(simulation) == ("acme", "key-of-acme")
    assert simulation.one(**ACME)["action"] == "unchanged"


def test_an_unknown_subdomain_is_put_back_too(simulation):
    done = simulation.one(**{**ACME, "subdomain": "acne"})

    assert "the old subdomain is put back" in done["error"]["message"]
    assert done["instance"]["subdomain"] == "acme"
    assert account(simulation) == ("acme", "key-of-acme")


def test_what_else_was_changed_stays_changed_and_is_said_to_be_half_done(simulation):
    done = simulation.one(**WRONG, tags=["gold"], configuration={"filter.response.nulls": False})

    assert done["error"]["state"] == "partial"
    assert account(simulation) == ("acme", "key-of-acme")
    assert simulation.the("acme")["tags"] == ["gold"]
    assert simulation.the("acme")["configuration"]["filter.response.nulls"] == "false"


def test_a_dry_run_predicts_the_change_and_asks_freshdesk_nothing(simulation):
    dry = simulation.one(check=True, **WRONG)

    assert (dry["action"], dry["warnings"]) == ("updated", [])
    assert simulation.writes() == []


@pytest.mark.parametrize("check", [True, False])
def test_that_a_key_could_not_be_restored_is_said_before_it_is_changed(simulation, check):
    simulation.platform.settings({"mask_username": True})
    done = simulation.one(check=check, **WRONG, update_secrets="always")

    assert UNREADABLE in done["warnings"]
    if not check:
        assert "the old api_key could not be read, so it is not put back" in done["error"]["message"]
        assert (done["error"]["state"], account(simulation)) == ("partial", ("acme", "mistyped-key"))


def test_of_two_the_one_that_could_be_read_is_put_back(simulation):
    simulation.platform.settings({"mask_username": True})
    done = simulation.one(**{**ACME, "subdomain": "acne"})

    assert (
        "the old subdomain is put back, as on_verify_failure says, but the old api_key could not be read"
        in (done["error"]["message"])
    )
    assert account(simulation) == ("acme", "key-of-acme")


@pytest.mark.parametrize("options", [{"verify": False}, {"on_verify_failure": "fail"}, {"enabled": False}])
def test_where_nothing_would_be_restored_no_warning_is_given(simulation, options):
    simulation.platform.settings({"mask_username": True})
    assert UNREADABLE not in simulation.one(**{**WRONG, "update_secrets": "always", **options})["warnings"]


@pytest.mark.parametrize("fault", [{"fault": "status", "status": 500}, {"fault": "drop_before"}])
def test_what_is_no_refusal_of_freshdesk_restores_nothing(simulation, fault):
    simulation.platform.add_faults({**fault, "match": {"path": "/hubs/helpdesk/agents"}, "times": None})
    done = simulation.one(**WRONG)

    assert "this says nothing about the Freshdesk account" in done["error"]["message"]
    assert account(simulation) == ("acme", "mistyped-key")


def test_that_putting_back_failed_is_said(simulation):
    fault = {"fault": "status", "status": 403, "match": {"verb": "PUT"}, "skip": 1, "times": None}
    simulation.platform.add_faults(fault)
    done = simulation.one(**WRONG)

    assert "putting back the old api_key failed: " in done["error"]["message"]
    assert done["error"]["state"] == "partial"


def answered(simulation, body):
    """The answer to the request that puts back the old values: the second PUT."""
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"verb": "PUT"}, "skip": 1})


def test_of_two_both_are_put_back(simulation):
    done = simulation.one(**{**WRONG, "subdomain": "acne"})

    assert "the old subdomain and api_key are put back" in done["error"]["message"]
    assert (done["error"]["state"], account(simulation)) == ("failed", ("acme", "key-of-acme"))
    assert "GET /instances/{id}" not in simulation.calls()


def test_where_neither_could_be_read_both_are_named(simulation):
    hidden = {"subdomain": MASK, "username": MASK}
    masked = {
        "id": 600001,
        "name": "acme",
        "token": simulation.the("acme")["token"],
        "tags": [],
        "configuration": hidden,
    }
    simulation.platform.add_faults({"fault": "wrong_shape", "body": [masked], "match": {"path": "/instances"}})
    done = simulation.one(**WRONG, update_secrets="always")

    assert "the old subdomain and api_key could not be read" in done["error"]["message"]
    assert account(simulation) == ("acme", "mistyped-key")


@pytest.mark.parametrize("body", [["unexpected"], {"id": 600001, "name": "acme"}], ids=["unreadable", "short"])
def test_what_the_answer_does_not_show_is_read(simulation, body):
    answered(simulation, body)
    done = simulation.one(**WRONG)

    assert "the old api_key is put back" in done["error"]["message"]
    assert done["instance"]["subdomain"] == "acme"
    assert simulation.calls().count("GET /instances/{id}") == 1


@pytest.mark.parametrize("gone", [True, False])
def test_what_is_not_there_afterwards_was_not_put_back(simulation, gone):
    configuration = {"subdomain": "acme", "username": "mistyped-key"}
    answered(simulation, ["unexpected"] if gone else {"id": 600001, "name": "acme", "configuration": configuration})
    missing = {"fault": "status", "status": 404, "match": {"verb": "GET", "path": "/instances/600001"}}
    simulation.platform.add_faults(missing)
    done = simulation.one(**WRONG)

    assert "putting back the old api_key failed: the platform did not accept it" in done["error"]["message"]
    assert done["error"]["state"] == "partial"


def test_one_of_this_task_s_own_making_is_kept_as_with_fail(simulation):
    done = simulation.one(**{**WRONG, "name": "beta"})

    assert "correct api_key, or the agent's rights at Freshdesk, and run again" in done["error"]["message"]
    assert simulation.names() == ["acme", "beta"]


def test_one_whose_key_was_not_changed_is_left_as_it_is(simulation):
    simulation.platform.accounts({"acme": "another-key"})
    done = simulation.one(**ACME, tags=["gold"])

    assert "correct api_key" in done["error"]["message"]
    assert "PUT /instances/{id}" not in simulation.calls()


def test_no_message_contains_a_key(simulation):
    told = str({**simulation.one(**WRONG), "token": None})
    assert "mistyped" not in told
    assert "key-of-acme" not in told
