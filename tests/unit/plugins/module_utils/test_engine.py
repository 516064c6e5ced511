# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance, from what is desired to what is done: which one is meant, what is sent, and what is proven of it."""

from __future__ import annotations

import json
import re

import pytest
from support.in_process import START, Simulation, desired, result

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tenant
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._engine import Engine
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError, Refused, bug
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import RunOptions

ACME = {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}
KEYS = {
    "name",
    "changed",
    "action",
    "id",
    "instance",
    "pending",
    "secrets",
    "http",
    "diff",
    "token",
    "error",
    "warnings",
}
LIST, GET, POST = "GET /instances", "GET /instances/{id}", "POST /instances"
PATCH, PUT, DELETE = "PATCH /instances/{id}", "PUT /instances/{id}", "DELETE /instances/{id}"
ENABLE, DISABLE = "PUT /instances/{id}/enabled", "DELETE /instances/{id}/enabled"
ELEMENT = "GET /elements/{key}"
AGENTS = "GET /hubs/helpdesk/{resource}"


@pytest.fixture
def simulation():
    return Simulation()


@pytest.fixture
def acme(simulation):
    """One that exists as ACME says, with a tag."""
    (number,) = simulation.platform.add_instances([{"name": "acme", "tags": ["crm"], "api_key": "key-of-acme"}])
    simulation.platform.accounts({"acme": "key-of-acme", "acme-new": "key-of-acme"})
    return number


def refusal(simulation, **options):
    """Why it was refused, before anything was written."""
    done = simulation.one(**options)
    assert done["action"] == "failed"
    assert done["error"]["state"] == "failed"
    assert (done["changed"], done["token"]) == (False, done["token"])
    assert simulation.writes() == []
    dry = simulation.one(check=True, **options)
    assert dry["error"]["message"] == done["error"]["message"]
    return done["error"]["message"]


def hostile(simulation, **fields):
    """From now on, every instance in every answer has these fields instead of its own."""
    finish = simulation.platform.finish

    def finished(pending):
        answer = finish(pending)
        document = json.loads(answer.body or b"null")
        for one in document if isinstance(document, list) else [document]:
            if isinstance(one, dict) and "token" in one:
                one.update(fields)
        answer.body = json.dumps(document).encode()
        return answer

    simulation.platform.finish = finished


# Answers that cannot be meant


@pytest.mark.parametrize("name", [["acme"], {"a": 1}, None, 5])
def test_an_instance_whose_name_is_not_a_string_matches_no_entry(simulation, name):
    simulation.platform.add_instances([{"name": "other"}])
    hostile(simulation, name=name)

    assert "creating it needs subdomain and api_key too" in refusal(simulation, name="acme")
    fleet = simulation.run([{"name": "acme"}, {"name": "beta"}])
    assert ["creating it needs" in str(tenant.error) for tenant in fleet.tenants] == [True, True]


def test_a_subdomain_that_is_no_text_is_not_taken_for_one_that_was_renamed(simulation):
    simulation.platform.settings({"accounts": "any"})
    simulation.platform.add_instances([{"name": "stray", "tags": ["crm"]}])
    hostile(simulation, configuration={"subdomain": ["acme"], "a": "b"})

    fleet = simulation.run([ACME, {**ACME, "name": "beta", "subdomain": "beta"}], prune_tags=("crm",))
    assert [live.name for live in fleet.pruned] == ["stray"]


def test_an_instance_is_not_deleted_because_the_answer_to_its_creation_leaves_its_name_out(simulation):
    simulation.platform.settings({"accounts": "any"})
    hostile(simulation, name=None, tags=None)
    done = simulation.one(**ACME, tags=["crm"])

    assert (done["action"], done["error"]) == ("created", None)
    assert (done["instance"]["name"], done["instance"]["tags"]) == ("acme", ["crm"])
    assert simulation.names() == ["acme"]


# What it costs


@pytest.mark.parametrize(
    ("options", "requests"),
    [
        ({}, [LIST]),
        ({"tags": ["crm"], "enabled": True}, [LIST]),
        ({"tags": ["other"]}, [LIST, PATCH]),
        ({"tags": []}, [LIST, PATCH]),
        ({"api_key": "another-key"}, [LIST, PUT]),
        ({"subdomain": "acme-new"}, [LIST, PUT]),
        ({"api_key": "another-key", "tags": ["other"], "configuration": {"a": 1}}, [LIST, PUT]),
        ({"tags": ["other"], "configuration": {"a": 1}}, [LIST, PATCH]),
        ({"enabled": False}, [LIST, DISABLE]),
        ({"enabled": False, "tags": ["other"]}, [LIST, PATCH, DISABLE]),
        ({"state": "absent"}, [LIST, DELETE]),
        ({"verify": True}, [LIST, AGENTS]),
        ({"verify": True, "tags": ["other"]}, [LIST, PATCH, AGENTS]),
    ],
    ids=str,
)
@pytest.mark.parametrize("existing", [1, 1000])
def test_what_a_run_costs_for_one_that_exists_does_not_depend_on_how_many_there_are(
    simulation, acme, options, requests, existing
):
    simulation.platform.add_instances({"count": existing - 1})
    done = simulation.one(**{**ACME, **options})

    assert simulation.calls() == requests
    assert done["http"] == {"requests": len(requests), "retries": 0, "seconds": 0.0}
    assert set(done) == KEYS


def test_the_time_of_the_requests_is_reported_and_waits_between_them_are_not_in_it(simulation, acme):
    simulation.platform.settings({"latency": {"list": 0.25}})
    simulation.platform.add_faults({"fault": "status", "status": 503, "match": {"verb": "GET"}})
    done = simulation.one(**ACME)

    assert done["http"] == {"requests": 2, "retries": 1, "seconds": 0.25}


@pytest.mark.parametrize(("existing", "pages"), [(0, 1), (1, 1), (199, 1), (200, 1), (201, 2), (1000, 5)])
def test_a_create_costs_a_search_the_whole_list_the_post_and_a_closing_search(simulation, existing, pages):
    simulation.platform.add_instances({"count": existing})
    done = simulation.one(**ACME)

    element = [] if existing else [ELEMENT]
    assert simulation.calls() == [LIST] * (1 + pages) + element + [POST, LIST]
    assert done["http"] == {"requests": 3 + pages + len(element), "retries": 0, "seconds": 0.0}


@pytest.mark.parametrize("form", ["empty", "missing"])
def test_one_whose_configuration_the_list_leaves_out_is_asked_for_it_once(simulation, acme, form):
    simulation.platform.settings({"list_configuration": form})
    simulation.one(**ACME)

    assert simulation.calls() == [LIST, GET]


def test_one_addressed_by_id_costs_one_request_and_a_rename_the_proof_that_the_name_is_free(simulation, acme):
    assert simulation.one(id=acme, tags=["crm"])["action"] == "unchanged"
    assert simulation.calls() == [GET]
    simulation.platform.clear_requests()
    assert simulation.one(id=acme, name="acme-gmbh")["action"] == "updated"
    assert simulation.calls() == [GET, LIST, LIST, PATCH]
    assert simulation.names() == ["acme-gmbh"]


def test_absent_costs_the_whole_list_where_the_name_is_not_there_and_nothing_more(simulation):
    simulation.platform.add_instances({"count": 300})
    done = simulation.one(name="acme", state="absent")

    assert simulation.calls() == [LIST] * 3
    assert (done["action"], done["changed"], done["id"], done["instance"]) == ("unchanged", False, None, None)


def test_one_that_the_search_does_not_find_is_found_in_the_whole_list(simulation, acme):
    simulation.platform.settings({"total_count": False, "token_on_last_page": False})
    simulation.platform.add_faults({"fault": "wrong_shape", "body": [], "match": {"verb": "GET"}})

    assert simulation.one(**ACME)["action"] == "unchanged"
    assert simulation.calls() == [LIST, LIST]
    assert ["searchText" in call["query"] for call in simulation.platform.requests()] == [True, False]


# Which one is meant


def test_a_name_matches_exactly_and_with_upper_and_lower_case(simulation):
    simulation.platform.add_instances([{"name": "Acme"}, {"name": "acme-2"}, {"name": "my acme"}])
    assert simulation.one(**ACME)["action"] == "created"
    assert simulation.names() == ["Acme", "acme", "acme-2", "my acme"]


@pytest.mark.parametrize(
    ("live", "wanted"),
    [
        ("Acme", "acme"),
        ("caf\u00e9", "cafe\u0301"),
        ("acme\u00a0gmbh", "acme gmbh"),
        ("ac\u200bme", "acme"),
        ("stra\u00dfe", "STRASSE"),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_a_name_that_only_looks_like_a_live_one_is_created_with_a_warning(simulation, live, wanted, many):
    (number,) = simulation.platform.add_instances([{"name": live}])
    others = [{**ACME, "name": "beta", "subdomain": "beta"}] if many else []
    for check in (True, False):
        tenant = simulation.run([{**ACME, "name": wanted}, *others], check=check).tenants[0]

        assert tenant.action == "created"
        (warning,) = tenant.warnings
        assert f"{live!a} (id {number})" in warning
        assert "look the same" in warning


def test_an_absent_name_that_only_looks_like_a_live_one_gets_a_hint(simulation):
    simulation.platform.add_instances([{"name": "Tango"}])
    done = simulation.one(name="tango", state="absent")

    assert done["action"] == "unchanged"
    assert "'Tango' (id 600001)" in done["warnings"][0]


def test_instances_of_other_elements_and_other_users_are_not_seen(simulation):
    simulation.platform.add_instances([{"name": "acme", "element": "freshdesk"}, {"name": "acme", "user": 9002}])
    assert simulation.one(**ACME)["action"] == "created"
    assert simulation.one(name="acme", state="absent")["action"] == "deleted"
    assert len(simulation.names()) == 2


def test_several_of_the_name_are_listed_with_dates_and_owners(simulation):
    first, second = simulation.platform.add_instances(
        [{"name": "acme", "created": START - 86_400}, {"name": "acme", "created": START}]
    )
    message = refusal(simulation, **ACME)

    assert message == (
        f"acme is the name of 2 instances: id {first} (created 2017-08-06T18:46:38Z, owner 9001), id {second} (created "
        "2017-08-07T18:46:38Z, owner 9001); set id to the one you mean, or on_duplicate to oldest, and delete the "
        "others by id."
    )


def test_the_oldest_is_the_one_created_first_and_of_one_second_that_of_the_smaller_id(simulation):
    ids = simulation.platform.add_instances(
        [
            {"name": "acme", "created": START},
            {"name": "acme", "created": START - 1},
            {"name": "acme", "created": START - 1},
        ]
    )
    done = simulation.one(**ACME, on_duplicate="oldest", tags=["crm"])

    assert done["id"] == ids[1]
    assert simulation.names() == ["acme"] * 3


def test_one_of_several_can_be_addressed_by_id(simulation):
    _first, second = simulation.platform.add_instances([{"name": "acme"}, {"name": "acme"}])

    assert simulation.one(id=second, name="acme", tags=["crm"])["id"] == second
    assert simulation.one(id=second)["name"] == "acme"
    assert simulation.one(id=second, state="absent")["action"] == "deleted"
    assert len(simulation.names()) == 1


def test_a_rename_to_a_name_in_use_is_refused_naming_who_has_it(simulation, acme):
    (other,) = simulation.platform.add_instances([{"name": "beta"}])

    assert refusal(simulation, id=acme, name="beta") == (
        f"Instance {acme} cannot be called beta, since that name is in use: id {other} (created 2017-08-07T18:46:38Z, "
        "owner 9001); choose another name, or delete that instance first."
    )


@pytest.mark.parametrize(
    "options", [{}, {"name": "acme"}, {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}]
)
def test_present_with_an_id_that_is_not_there_is_refused(simulation, options):
    assert refusal(simulation, id=5, **options) == (
        "No instance with the id 5 is visible with these secrets: correct the id, or leave it out to create the instance "
        "by name."
    )


def test_an_instance_of_another_element_is_refused_by_id(simulation):
    (number,) = simulation.platform.add_instances([{"name": "acme", "element": "zendesk"}])

    for state in ("present", "absent"):
        assert refusal(simulation, id=number, state=state) == (
            f"Instance {number} belongs to the element zendesk, not to freshdeskv2: correct the id, or set element."
        )


def test_absent_with_an_id_that_is_not_there_is_unchanged(simulation):
    done = simulation.one(id=5, state="absent")
    assert (done["action"], done["changed"], done["id"]) == ("unchanged", False, None)


def test_absent_with_an_id_and_another_name_is_refused(simulation, acme):
    assert refusal(simulation, id=acme, name="beta", state="absent") == (
        f"Instance {acme} is called acme, not beta, so it is not deleted: correct the id or the name."
    )


def test_a_deleted_one_reports_its_id_and_has_no_token(simulation, acme):
    for check in (True, False):
        done = simulation.one(name="acme", state="absent", check=check)
        assert (done["action"], done["id"], done["token"], done["instance"]) == ("deleted", acme, None, None)
        assert (done["diff"]["before"], done["diff"]["after"]) == (
            {"state": "present", "name": "acme"},
            {"state": "absent", "name": "acme"},
        )
    assert simulation.names() == []


def test_one_that_somebody_else_deletes_meanwhile_is_an_error_that_says_so(simulation, acme):
    simulation.platform.settings({"list_configuration": "empty"})
    seen = []

    def meddle(_request):
        seen.append(None)
        if len(seen) == 2:
            simulation.platform.remove_instance(acme)

    assert simulation.one(**ACME, before=meddle)["error"]["message"] == (
        f"Instance {acme} was deleted by somebody else just now: run again."
    )


def test_a_platform_that_never_shows_the_configuration_is_an_error_and_not_a_difference(simulation, acme):
    simulation.platform.settings({"list_configuration": "empty"})
    simulation.platform.add_faults(
        {
            "fault": "wrong_shape",
            "body": {"id": acme, "name": "acme", "token": "t"},
            "match": {"path": f"/instances/{acme}"},
        }
    )
    assert simulation.one(**ACME)["error"]["message"] == (
        f"The platform does not show the configuration of instance {acme}, so it cannot be compared: check the "
        "instance on the platform."
    )
    assert simulation.writes() == []


# The placeholder of a dry run


def test_what_is_yet_to_be_created_has_placeholders_that_later_tasks_can_use(simulation):
    made = simulation.one(check=True, **ACME, verify=True)

    assert (made["id"], made["token"], made["pending"]) == (-1, "check-mode-placeholder", True)
    assert made["instance"]["tags"] == ["acme"]
    simulation.platform.clear_requests()
    later = simulation.one(check=True, id=made["id"], tags=["crm"], enabled=False)
    assert (later["action"], later["pending"], later["changed"], later["error"]) == ("updated", True, True, None)
    gone = simulation.one(check=True, id=made["id"], state="absent")
    assert (gone["action"], gone["pending"], gone["changed"]) == ("deleted", True, True)
    assert simulation.calls() == [], "there is nothing to ask about"


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_placeholder_outside_a_dry_run_is_refused(state):
    with pytest.raises(Refused, match="placeholder of a dry run"):
        desired(id=-1, state=state)


# Secrets of an instance that exists


def test_a_readable_key_that_differs_is_written_and_one_that_does_not_is_not(simulation, acme):
    assert simulation.one(**ACME)["changed"] is False
    done = simulation.one(**{**ACME, "api_key": "another-key"})

    assert (done["action"], done["secrets"]) == ("updated", "compared")
    assert done["diff"]["after"]["api_key"] == "(changed)"
    assert simulation.the("acme")["configuration"]["username"] == "another-key"


def test_a_key_that_cannot_be_read_is_left_alone_with_a_warning(simulation, acme):
    simulation.platform.settings({"mask_username": True})
    done = simulation.one(**{**ACME, "api_key": "another-key"})

    assert (done["action"], done["secrets"]) == ("unchanged", "unreadable")
    assert "does not show the live api_key" in done["warnings"][0]
    assert "update_secrets to always" in done["warnings"][0]
    assert simulation.writes() == []


def test_an_unreadable_key_that_freshdesk_refuses_counts_as_different(simulation, acme):
    simulation.platform.settings({"mask_username": True})
    simulation.platform.accounts({"acme": "another-key"})
    done = simulation.one(**{**ACME, "api_key": "another-key"}, verify=True)

    assert (done["action"], done["error"]) == ("updated", None)
    assert simulation.calls() == [LIST, AGENTS, PUT, AGENTS], "probed before the plan, and proven after the write"


def test_an_unreadable_key_that_works_is_left_alone_and_the_probe_is_used_twice(simulation, acme):
    simulation.platform.settings({"mask_username": True})
    done = simulation.one(**ACME, verify=True)

    assert (done["action"], done["secrets"], done["error"]) == ("unchanged", "unreadable", None)
    assert simulation.calls() == [LIST, AGENTS]


def test_a_dry_run_probes_an_unreadable_key_too(simulation, acme):
    simulation.platform.settings({"mask_username": True})
    simulation.platform.accounts({"acme": "another-key"})
    done = simulation.one(**{**ACME, "api_key": "another-key"}, verify=True, check=True)

    assert (done["action"], done["diff"]["after"]["api_key"]) == ("updated", "(changed)")
    assert simulation.calls() == [LIST, AGENTS]


def test_secrets_are_always_or_never_written_where_the_user_says_so(simulation, acme):
    always = simulation.one(**ACME, update_secrets="always")
    assert (always["action"], simulation.writes()) == ("updated", [PUT])
    simulation.platform.clear_requests()
    never = simulation.one(**{**ACME, "api_key": "another-key"}, update_secrets="never")
    assert (never["action"], simulation.writes()) == ("unchanged", [])


def test_a_masked_signature_key_is_left_alone_an_unset_one_is_written(simulation, acme):
    events = {"enabled": True, "callback_url": "https://hooks.example.com/", "signature_key": "signature-key"}
    first = simulation.one(**ACME, events=events)
    assert (first["action"], first["diff"]["after"]["events"]["signature_key"]) == ("updated", "(changed)")
    assert simulation.the("acme")["configuration"]["event.notification.signature.key"] == "signature-key"
    again = simulation.one(**ACME, events={**events, "signature_key": "another-signature"})
    assert (again["action"], again["secrets"]) == ("unchanged", "unreadable")
    simulation.platform.settings({"mask_signature_key": False})
    third = simulation.one(**ACME, events={**events, "signature_key": "another-signature"})
    assert (third["action"], third["secrets"]) == ("updated", "compared")


def test_a_key_that_is_not_shown_at_all_cannot_be_compared(simulation, acme):
    """The configuration comes without its username."""
    body = {"id": acme, "name": "acme", "token": "token", "tags": ["crm"], "configuration": {"subdomain": "acme"}}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": [body], "match": {"verb": "GET"}})
    done = simulation.one(**ACME)

    assert (done["action"], done["secrets"]) == ("unchanged", "unreadable")


def test_a_change_that_would_lose_an_unreadable_key_is_refused_naming_the_option(simulation, acme):
    simulation.platform.settings({"mask_username": True})
    assert "set api_key" in refusal(simulation, name="acme", subdomain="acme-new")
    simulation.platform.settings({"mask_username": False})
    simulation.platform.change_instance(
        acme, {"configuration": {"event.notification.enabled": "true", "event.notification.signature.key": "signature"}}
    )
    assert "set events.signature_key" in refusal(simulation, name="acme", subdomain="acme-new")


# Verify


@pytest.fixture
def wrong_key(simulation):
    simulation.platform.accounts({"acme": "the-right-key"})
    return "Freshdesk refuses the API key of instance 600001 (HTTP 401"


@pytest.mark.parametrize("policy", ["fail", "disable", "delete"])
def test_one_of_our_own_making_that_freshdesk_refuses_is_kept_disabled_or_deleted(simulation, wrong_key, policy):
    done = simulation.one(**ACME, verify=True, on_verify_failure=policy)

    assert (done["action"], done["changed"]) == ("failed", True)
    assert wrong_key in done["error"]["message"]
    remedy = {
        "fail": "correct api_key, or the agent's rights at Freshdesk, and run again",
        "disable": "it was created just now and is disabled, as set by on_verify_failure",
        "delete": "it was created just now and is deleted again, as set by on_verify_failure",
    }[policy]
    assert done["error"]["message"].startswith("acme: ")
    assert done["error"]["message"].endswith(f": {remedy}; done before that: created as id 600001.")
    assert (done["error"]["status"], done["error"]["attempts"]) == (401, 1)
    agents = next(r for r in simulation.platform.requests() if r["template"] == "/hubs/helpdesk/{resource}")
    assert done["error"]["request_id"] == f"{agents['n']:024x}"
    there = [instance["disabled"] for instance in simulation.platform.instances()]
    assert there == {"fail": [False], "disable": [True], "delete": []}[policy]
    assert done["error"]["state"] == ("failed" if policy == "delete" else "partial")
    assert (done["token"] is None) is (policy == "delete")
    assert done["id"] == 600001


@pytest.mark.parametrize("policy", ["disable", "delete"])
def test_one_that_existed_is_never_disabled_or_deleted_for_its_key(simulation, acme, policy):
    simulation.platform.accounts({"acme": "the-right-key"})
    for options in ({}, {"tags": ["other"]}, {"api_key": "another-key"}):
        done = simulation.one(**{**ACME, **options}, verify=True, on_verify_failure=policy)
        assert done["action"] == "failed"
        assert simulation.the("acme")["disabled"] is False


@pytest.mark.parametrize("policy", ["disable", "delete"])
@pytest.mark.parametrize(
    "fault", [{"fault": "status", "status": 401}, {"fault": "status", "status": 500}, {"fault": "drop_before"}]
)
def test_what_is_no_definite_refusal_of_freshdesk_touches_nothing(simulation, policy, fault):
    simulation.platform.add_faults({**fault, "match": {"path": "/hubs/helpdesk/agents"}, "times": None})
    done = simulation.one(**ACME, verify=True, on_verify_failure=policy)

    assert done["action"] == "failed"
    assert simulation.the("acme")["disabled"] is False
    assert done["token"] == simulation.the("acme")["token"]


def test_an_unknown_subdomain_is_reported_as_such_and_is_no_definite_refusal(simulation):
    done = simulation.one(**ACME, verify=True, on_verify_failure="delete")

    assert "does not know the subdomain" in done["error"]["message"]
    assert simulation.names() == ["acme"]


@pytest.mark.parametrize("policy", ["disable", "delete"])
def test_a_policy_that_cannot_be_carried_out_is_reported_beside_the_reason(simulation, wrong_key, policy):
    simulation.platform.add_faults({"fault": "status", "status": 403, "match": {"verb": "DELETE"}, "times": None})
    done = simulation.one(**ACME, verify=True, on_verify_failure=policy)

    assert wrong_key in done["error"]["message"]
    assert "on_verify_failure could not be carried out" in done["error"]["message"]
    assert done["error"]["state"] == "partial"
    assert done["token"] == simulation.the("acme")["token"]


def test_a_tenant_that_failed_fails_again_until_it_is_fixed(simulation, wrong_key):
    simulation.one(**ACME, verify=True)
    again = simulation.one(**ACME, verify=True)
    assert (again["action"], again["changed"], again["error"]["state"]) == ("failed", False, "failed")
    dry = simulation.one(**ACME, verify=True, check=True)
    assert dry["action"] == "failed"
    fixed = simulation.one(**{**ACME, "api_key": "the-right-key"}, verify=True)
    assert (fixed["action"], fixed["error"]) == ("updated", None)


@pytest.mark.parametrize("check", [False, True])
def test_one_that_is_and_stays_disabled_is_not_tried(simulation, acme, check):
    simulation.platform.change_instance(acme, {"disabled": True, "username": "wrong-key"})
    for options in ({}, {"enabled": False}):
        assert simulation.one(name="acme", verify=True, check=check, **options)["action"] == "unchanged"
    assert AGENTS not in simulation.calls()


def test_one_that_is_disabled_by_the_task_is_not_tried(simulation, acme):
    assert simulation.one(name="acme", verify=True, enabled=False)["action"] == "updated"
    assert AGENTS not in simulation.calls()


def test_one_that_is_enabled_is_tried_after_that(simulation, acme):
    simulation.platform.change_instance(acme, {"disabled": True, "username": "wrong-key"})
    done = simulation.one(name="acme", verify=True, enabled=True)

    assert simulation.calls() == [LIST, ENABLE, AGENTS]
    assert done["error"]["message"].endswith("; done before that: enabled.")


def test_one_that_is_not_given_a_key_is_tried_once_after_its_changes(simulation, acme):
    simulation.platform.settings({"mask_username": True})
    done = simulation.one(name="acme", tags=["other"], verify=True)

    assert (done["action"], done["error"]) == ("updated", None)
    assert simulation.calls().count(AGENTS) == 1


def test_all_that_was_done_before_a_refusal_is_reported_and_nothing_where_nothing_was(simulation, acme):
    simulation.platform.accounts({"acme": "the-right-key"})
    simulation.platform.change_instance(acme, {"disabled": True})
    for done in ("; done before that: changed tags, enabled", ""):
        tried = simulation.one(name="acme", tags=["other"], enabled=True, verify=True)
        assert re.fullmatch(
            rf"acme: Freshdesk refuses the API key of instance {acme} \(HTTP 401[^)]*\): correct api_key, "
            rf"or the agent's rights at Freshdesk, and run again{done}\.",
            tried["error"]["message"],
        )


def test_one_that_is_created_disabled_is_not_tried(simulation, wrong_key):
    done = simulation.one(**ACME, verify=True, enabled=False)
    assert (done["action"], done["instance"]["enabled"]) == ("created", False)
    assert AGENTS not in simulation.calls()


def test_a_dry_run_of_a_create_cannot_try_and_does_not(simulation, wrong_key):
    done = simulation.one(**ACME, verify=True, check=True)
    assert (done["action"], done["error"]) == ("created", None)


def test_an_instance_without_a_usable_token_cannot_be_verified(simulation, acme):
    body = {"id": acme, "name": "acme", "configuration": {"subdomain": "acme", "username": "key-of-acme"}}
    simulation.platform.add_faults(
        {"fault": "wrong_shape", "body": body, "match": {"path": f"/instances/{acme}"}, "times": None}
    )
    simulation.platform.add_faults(
        {"fault": "wrong_shape", "body": [body], "match": {"path": "/instances"}, "times": None}
    )
    done = simulation.one(name="acme", verify=True)

    assert done["error"]["message"] == (
        f"The platform shows no usable token of instance {acme}, so it cannot be verified: check the instance on the "
        "platform, or set verify to false."
    )


# What fails


def test_what_fails_half_way_says_what_was_done_and_keeps_id_and_token(simulation):
    simulation.platform.add_faults({"fault": "status", "status": 403, "match": {"verb": "DELETE"}})
    done = simulation.one(**ACME, enabled=False)

    assert (done["action"], done["changed"], done["error"]["state"]) == ("failed", True, "partial")
    assert "disable instance 600001" in done["error"]["message"]
    assert done["error"]["message"].endswith("; done before that: created as id 600001.")
    assert (done["id"], done["token"]) == (600001, simulation.the("acme")["token"])
    assert simulation.one(**ACME, enabled=False)["action"] == "updated"


def test_a_create_that_was_answered_is_not_taken_for_a_lost_one_when_what_follows_is_lost(simulation):
    simulation.platform.add_faults({"fault": "hang_before", "match": {"verb": "DELETE"}, "times": None})
    done = simulation.one(**ACME, enabled=False)

    assert (done["action"], done["error"]["state"], done["id"]) == ("failed", "unknown", 600001)
    assert done["error"]["message"].endswith("; done before that: created as id 600001.")
    assert simulation.writes().count(POST) == 1


def test_an_answer_lost_half_way_is_unknown_and_says_what_was_done(simulation, acme):
    simulation.platform.add_faults({"fault": "hang_before", "match": {"verb": "DELETE"}, "times": None})
    done = simulation.one(**ACME, tags=["other"], enabled=False, verify=True)

    assert done["error"]["state"] == "unknown"
    assert done["error"]["message"].endswith("; done before that: changed tags.")
    assert done["error"]["attempts"] > 1


def test_a_bug_is_reported_as_one_and_shows_nothing_of_what_it_was_working_on(simulation, acme, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ValueError("SENTINEL")

    fleet = simulation.fleet([ACME])
    monkeypatch.setattr(_tenant, "chosen", broken)
    fleet.run()
    error = fleet.tenants[0].error

    assert "bug in cloudelements.freshdesk (ValueError at test_engine.py:" in error.message
    assert "SENTINEL" not in error.message
    assert error.state == "unknown"
    assert "an unknown place" in bug(ValueError()).message


def test_a_dry_run_cannot_write_even_by_mistake(simulation, acme):
    fleet = Engine(simulation.transport(read_only=True), [desired(**ACME, tags=["other"])], RunOptions())
    fleet.check_mode = False
    fleet.run()

    assert "bug" in fleet.tenants[0].error.message
    assert simulation.writes() == []


def test_the_outcome_of_what_could_not_be_planned_has_the_same_keys(simulation):
    done = simulation.one(name="acme")
    assert set(done) == KEYS
    assert (done["id"], done["instance"], done["pending"], done["diff"]["before"]) == (None, None, False, {})
    assert done["secrets"] == "compared"


def test_the_name_in_a_message_has_no_control_characters_and_is_not_endless(simulation):
    simulation.platform.add_instances([{"name": "evil\x1b[31m" + "x" * 500}])
    message = simulation.one(id=600001, name="acme", state="absent")["error"]["message"]

    assert "\x1b" not in message
    assert len(message) < 500


def test_tags_as_objects_of_very_old_answers_are_the_same_tags(simulation, acme):
    simulation.platform.settings({"tags_form": "objects"})
    assert simulation.one(**ACME, tags=["crm"])["changed"] is False
    assert simulation.one(**ACME, tags=["eu", "crm"])["instance"]["tags"] == ["crm", "eu"]
    assert simulation.one(**ACME, tags=["crm", "eu", "crm"])["changed"] is False


def test_warnings_are_reported_once(simulation, acme):
    simulation.platform.settings({"mask_username": True})
    fleet = simulation.fleet([ACME])
    fleet.run()
    fleet.tenants[0].make_plan()
    assert len(result(fleet.tenants[0])["warnings"]) == 1


def test_secrets_that_the_platform_refuses_are_reported_as_such(simulation):
    with_wrong = {"user_secret": "nobody-knows-it"}
    done = simulation.one(**ACME, connection=with_wrong)

    assert "check user_secret and organization_secret" in done["error"]["message"]
    assert "nobody-knows-it" not in str(done)
    with pytest.raises(FreshdeskError, match="check user_secret"):
        simulation.run([ACME, {**ACME, "name": "beta"}], connection=with_wrong)


@pytest.mark.parametrize("check", [True, False])
def test_names_that_look_like_one_that_is_not_there_are_named_in_a_warning(simulation, check):
    first, second = simulation.platform.add_instances([{"name": "ACME"}, {"name": "Acme"}])
    for options, ends in ((ACME, "is created"), ({"name": "aCME", "state": "absent"}, "is not there")):
        [warning] = simulation.one(**options, check=check)["warnings"]

        assert f"the name {ends}, and others" in warning
        assert f"'ACME' (id {first}), 'Acme' (id {second})" in warning


@pytest.mark.parametrize("state", ["present", "absent"])
def test_names_that_look_like_one_that_is_there_need_no_warning(simulation, acme, state):
    simulation.platform.add_instances([{"name": "Acme"}])

    assert simulation.one(name="acme", state=state)["warnings"] == []


def test_an_error_of_a_dry_run_does_not_say_that_anything_was_done(simulation):
    [job] = simulation.run([ACME], check=True).tenants
    assert job.done

    def fail():
        raise FreshdeskError("It failed.")

    job.attempt(fail)
    assert (job.error.message, job.error.state) == ("It failed.", "failed")


def test_a_dry_run_says_what_to_do_about_one_that_does_not_work(simulation, acme):
    simulation.platform.accounts({"acme": "another-key"})
    error = simulation.one(name="acme", verify=True, check=True)["error"]

    assert "correct api_key" in error["message"]
    assert "None" not in error["message"]


def test_a_key_that_the_platform_adds_is_shown_where_it_is_given(simulation):
    done = simulation.one(**ACME, configuration={"pagination.max": 50})

    assert done["instance"]["configuration"]["pagination.max"] == "50"


def test_of_many_those_given_by_id_are_found_in_the_list(simulation):
    numbers = simulation.platform.add_instances([{"name": "a"}, {"name": "b"}])
    simulation.run([{"id": number} for number in numbers])

    assert simulation.calls() == ["GET /instances"]


def test_an_id_with_the_name_that_it_has_needs_no_search(simulation, acme):
    assert simulation.one(id=acme, name="acme")["action"] == "unchanged"
    assert simulation.calls() == ["GET /instances/{id}"]
