# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run does exactly what the plan of a dry run says or nothing, and a refusal names what differs."""

from __future__ import annotations

import copy
import json

import pytest
from support.in_process import Simulation
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result

NEW = {"name": "new", "subdomain": "new", "api_key": "SENTINEL-of-new"}
BETA = {"name": "beta", "tags": ["gold"]}
HERE = {"name": "here"}
GONE = {"name": "gone", "state": "absent"}
ENTRIES = (NEW, BETA, HERE, GONE)
REFUSED = "The plan differs from the approved one, so nothing was written: "


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any"})
    simulation.platform.add_instances(
        [{"name": name, "tags": ["crm"], "subdomain": name} for name in ("beta", "here", "gone", "old")]
    )
    return simulation


def planned(simulation, entries=ENTRIES, **fleet):
    """The plan of a dry run, as a file holds it."""
    return json.loads(json.dumps(fleet_result(simulation.run(entries, check=True, plan=True, **fleet))["plan"]))


def refusal(simulation, plan, entries=ENTRIES, connection=None, **fleet):
    """Why a run is refused that is held to a plan."""
    written = simulation.writes()
    with pytest.raises(Refused) as caught:
        simulation.run(entries, approved_plan=plan, connection=connection, **fleet)
    assert simulation.writes() == written
    return caught.value.message


def test_a_plan_says_what_would_be_done_to_each_tenant_and_holds_no_secret(simulation):
    plan = planned(simulation, prune_tags=("crm",), max_deletes=5)

    assert plan["plan_id"] == simulation.run(ENTRIES, check=True, prune_tags=("crm",), max_deletes=5).plan_id
    assert (plan["platform"], plan["time"]) == (simulation.connection.base_url, "2017-08-07T18:46:38Z")
    assert plan["policies"] == {"max_deletes": 5, "on_error": "continue", "prune_tags": ["crm"]}
    assert plan["counts"] == {"created": 1, "deleted": 1, "pruned": 1, "unchanged": 1, "updated": 1}
    assert [(one["name"], one["id"], one["action"]) for one in plan["tenants"]] == [
        ("new", None, "created"),
        ("beta", 600001, "updated"),
        ("here", 600002, "unchanged"),
        ("gone", 600003, "deleted"),
    ]
    before, after = plan["tenants"][1]["diff"]["before"], plan["tenants"][1]["diff"]["after"]
    assert (before["tags"], after["tags"]) == (["crm"], ["gold"])
    assert plan["tenants"][0]["diff"]["after"]["api_key"] == "(set)"
    assert "diff" not in plan["tenants"][2]
    assert plan["pruned"] == [{"id": 600004, "name": "old"}]
    assert "SENTINEL" not in str(plan)
    assert "secret+of" not in str(plan)


def test_in_a_plan_what_it_is_about_stands_before_the_long_lists_and_nothing_is_counted_that_is_not_there(simulation):
    plan = planned(simulation)

    assert list(plan)[-2:] == ["tenants", "pruned"]
    assert plan["counts"] == {"created": 1, "deleted": 1, "unchanged": 1, "updated": 1}


def test_a_plan_says_of_a_tenant_under_which_policies_and_with_which_warnings_it_was_planned(simulation):
    simulation.platform.settings({"mask_username": True})
    warned, careful = planned(simulation, [{"name": "here", "api_key": "SENTINEL-of-here"}, {**NEW, "verify": True}])[
        "tenants"
    ]

    assert "does not show the live api_key" in warned["warnings"][0]
    assert warned["policies"] == {}
    assert "warnings" not in careful
    assert careful["policies"] == {"verify": True}


def test_a_plan_calls_a_tenant_that_is_renamed_by_its_new_name(simulation):
    [renamed] = planned(simulation, [{"id": 600001, "name": "beta-new"}])["tenants"]

    assert (renamed["name"], renamed["id"], renamed["action"]) == ("beta-new", 600001, "updated")


def test_what_a_tenant_that_fails_would_have_become_is_not_in_the_plan(simulation):
    renamed = {"name": "beta-new", "subdomain": "beta", "api_key": "SENTINEL-of-beta", "on_shared_subdomain": "fail"}
    failed, created = planned(simulation, [renamed, NEW])["tenants"]

    assert (failed["action"], created["action"]) == ("failed", "created")
    assert "diff" not in failed


def test_exactly_the_plan_is_carried_out(simulation):
    plan = planned(simulation, prune_tags=("crm",))
    simulation.run(ENTRIES, approved_plan=plan, prune_tags=("crm",))

    assert simulation.names() == ["beta", "here", "new"]


def test_tenants_for_whom_nothing_is_done_may_come_and_go(simulation):
    plan = planned(simulation, [BETA])
    simulation.run([BETA, HERE], approved_plan=plan)

    assert simulation.the("beta")["tags"] == ["gold"]


def test_a_dry_run_with_a_tenant_that_fails_can_be_approved(simulation):
    entries = [*ENTRIES, {"name": "incomplete"}]
    plan = planned(simulation, entries)
    fleet = simulation.run(entries, approved_plan=plan)

    assert "creating it needs subdomain and api_key too" in plan["tenants"][-1]["error"]
    assert plan["tenants"][-1]["action"] == [tenant.action for tenant in fleet.tenants][-1] == "failed"
    assert "new" in simulation.names()


@pytest.mark.parametrize(
    ("entries", "fleet", "says"),
    [
        ([*ENTRIES, {**NEW, "name": "more"}], {}, "more: would be created, and is not in the plan. "),
        ([NEW, BETA, HERE], {}, "gone: in the plan, and not among the tenants now. "),
        ([NEW, {**BETA, "tags": ["silver"]}, HERE, GONE], {}, "beta: differs in tags. "),
        (
            [NEW, {**BETA, "tags": ["silver"], "configuration": {"a.b": 1}}, HERE, GONE],
            {},
            "beta: differs in configuration.a.b, tags. ",
        ),
        ([{**NEW, "api_key": "SENTINEL-other"}, BETA, HERE, GONE], {}, "new: differs in a secret. "),
        ([{**NEW, "verify": True}, BETA, HERE, GONE], {}, "new: differs in verify. "),
        ([NEW, {"name": "beta"}, HERE, GONE], {}, "beta: updated in the plan, and unchanged now. "),
        ([NEW, BETA, {"name": "here", "enabled": False}, GONE], {}, "here: unchanged in the plan, and updated now. "),
        (ENTRIES, {"max_deletes": 3}, "max_deletes was None, and is 3 now. "),
        (ENTRIES, {"stop_on_error": True}, "on_error was continue, and is stop now. "),
        (ENTRIES, {"prune_tags": ("crm",)}, "old: would be pruned, and is not in the plan. "),
        ([BETA, NEW, HERE, GONE], {}, "the order of the tenants. "),
        (
            [{**NEW, "verify": True}, {"name": "beta"}, HERE, GONE],
            {},
            "new: differs in verify; beta: updated in the plan, and unchanged now. ",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_names_what_differs(simulation, entries, fleet, says):
    message = refusal(simulation, planned(simulation), entries, **fleet)

    assert message.startswith(REFUSED)
    assert says in message
    assert is_listed(message)
    assert "SENTINEL" not in message


def test_what_changed_on_the_platform_meanwhile_is_named(simulation):
    plan = planned(simulation)
    simulation.platform.change_instance(600001, {"tags": ["other"]})

    assert refusal(simulation, plan) == f"{REFUSED}beta: differs in tags. Make a dry run, and approve what it shows."


def test_an_instance_that_was_replaced_meanwhile_is_named_though_it_looks_the_same(simulation):
    plan = planned(simulation)
    simulation.platform.remove_instance(600001)
    simulation.platform.add_instances([{"name": "beta", "tags": ["crm"], "subdomain": "beta"}])

    assert "beta: differs in id. " in refusal(simulation, plan)


def test_an_instance_to_be_pruned_that_was_replaced_meanwhile_is_named(simulation):
    plan = planned(simulation, prune_tags=("crm",))
    simulation.platform.remove_instance(600004)
    simulation.platform.add_instances([{"name": "old", "tags": ["crm"]}])

    assert f"{REFUSED}old: differs in id. " in refusal(simulation, plan, prune_tags=("crm",))


def test_an_instance_that_would_not_be_pruned_any_more_is_named(simulation):
    plan = planned(simulation, prune_tags=("crm",))
    simulation.platform.change_instance(600004, {"tags": []})

    assert f"{REFUSED}old: pruned in the plan, and not now. " in refusal(simulation, plan, prune_tags=("crm",))


@pytest.mark.parametrize(("many", "more"), [(10, ". "), (13, "; and 3 more. ")])
def test_of_many_differences_the_first_are_named(simulation, many, more):
    plan = planned(simulation, [])
    entries = [{**NEW, "name": f"new-{number:02}", "subdomain": f"new-{number}"} for number in range(many)]
    message = refusal(simulation, plan, entries)

    assert f"new-09: would be created, and is not in the plan{more}" in message
    assert "new-10" not in message


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan["tenants"][1].update(action="unchanged"),
        lambda plan: plan["tenants"][1]["diff"]["after"].update(tags=["harmless"]),
        lambda plan: plan["tenants"].pop(3),
        lambda plan: plan["policies"].update(max_deletes=1),
    ],
)
def test_a_file_that_was_changed_after_the_dry_run_is_refused_though_its_plan_id_is_right(simulation, change):
    plan = planned(simulation)
    change(plan)

    assert refusal(simulation, plan).startswith(REFUSED)


def test_a_file_of_which_only_the_plan_id_was_changed_is_refused_as_that(simulation):
    message = refusal(simulation, {**planned(simulation), "plan_id": "0" * 32})

    assert message.startswith(
        "The plan_id of the approved plan does not belong to the rest of it, so nothing was written: "
    )
    assert is_listed(message)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"problem": "It is not there."}, "It is not there."),
        ({"format": "something else"}, "The approved plan is not a plan of this collection, so nothing was done: "),
        ({"tenants": "many"}, "The approved plan is not a plan of this collection"),
        ({"tenants": [{"name": ["a"]}]}, "The approved plan is not a plan of this collection"),
        ({"tenants": [{"diff": "many"}]}, "The approved plan is not a plan of this collection"),
        ({"tenants": [{"policies": "many"}]}, "The approved plan is not a plan of this collection"),
        ({"tenants": [{"formulas": [{"name": ["a"]}]}]}, "The approved plan is not a plan of this collection"),
        (
            {"platform": "https://other.example"},
            "The approved plan is for the platform https://other.example, and ",
        ),
        ({"element": "zendesk"}, "The approved plan is for the element zendesk, and this run is for freshdeskv2"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_is_asked(simulation, change, says):
    plan = {**planned(simulation), **change}
    calls = simulation.calls()
    message = refusal(simulation, plan)

    assert message.startswith(says)
    assert "problem" in change or is_listed(message)
    assert simulation.calls() == calls


def test_a_plan_that_was_made_with_other_secrets_is_refused_as_such(simulation):
    plan = planned(simulation)
    connection = {"user_secret": "user/secret+of=admin"}

    message = refusal(simulation, plan, connection=connection)

    assert "made with other secrets of the platform" in message
    assert is_listed(message)


def test_two_of_one_name_are_distinguished_by_id(simulation):
    simulation.platform.add_instances([{"name": "twice"}, {"name": "twice"}])
    entries = [{"id": 600005, "tags": ["a"]}, {"id": 600006, "tags": ["b"]}]
    plan = planned(simulation, entries)
    changed = copy.deepcopy(entries)
    changed[1]["tags"] = ["c"]
    message = refusal(simulation, plan, [{**entry, "name": None} for entry in changed])

    assert "twice (id 600006): differs in tags" in message


def test_a_dry_run_that_a_run_would_not_follow_has_no_plan(simulation):
    assert "plan" not in fleet_result(simulation.run([GONE], check=True, plan=True, max_deletes=0))
    assert "plan" not in fleet_result(simulation.run([BETA], plan=True))
