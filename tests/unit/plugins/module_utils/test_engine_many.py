# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tenants in one task: one list, parked tenants, partial results, the fences of deletion and of the plan."""

from __future__ import annotations

import itertools
import json
import random
import threading

import pytest
from support.in_process import CONNECTION, START, Simulation, adapter_of, desired, result

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _engine, _job, _writing
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import RunOptions, run_options_from
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result, summary, warnings_of
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._tenant import Tenant
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import Clock

LIST, GET, POST = "GET /instances", "GET /instances/{id}", "POST /instances"
ELEMENT = "GET /elements/{key}"
PATCH, DELETE = "PATCH /instances/{id}", "DELETE /instances/{id}"
AGENTS = "GET /hubs/helpdesk/{resource}"


def tenant(name, **more):
    return {"name": name, "subdomain": name, "api_key": f"key-of-{name}", **more}


def tenants(count, **more):
    return [tenant(f"tenant-{number:03}", **more) for number in range(count)]


def actions(fleet):
    return [tenant.action for tenant in fleet.tenants]


@pytest.fixture
def simulation():
    return Simulation()


# One list for all


@pytest.mark.parametrize("existing", [0, 150, 1000])
def test_a_run_with_nothing_to_change_costs_the_list_alone(simulation, existing):
    wishes = tenants(50, tags=["crm"])
    simulation.run(wishes)
    simulation.platform.add_instances({"count": existing, "prefix": "other-"})
    simulation.platform.clear_requests()
    fleet = simulation.run(wishes)

    assert actions(fleet) == ["unchanged"] * 50
    assert simulation.calls() == [LIST] * ((50 + existing + 199) // 200)
    assert fleet.cost() == {"requests": (50 + existing + 199) // 200, "retries": 0}


def test_creating_many_costs_a_post_each_and_one_list_before_and_after(simulation):
    fleet = simulation.run(tenants(50))

    assert simulation.calls() == [LIST, LIST, ELEMENT] + [POST] * 50 + [LIST]
    assert fleet.cost() == {"requests": 54, "retries": 0}


def test_an_empty_fleet_does_nothing_at_all(simulation):
    fleet = simulation.run([])

    assert simulation.calls() == []
    assert fleet_result(fleet)["outcomes"] == []


def test_only_placeholders_ask_for_nothing(simulation):
    fleet = simulation.run([{"id": -1, "tags": ["a"]}, {"id": -1, "state": "absent"}], check=True)

    assert simulation.calls() == []
    assert actions(fleet) == ["updated", "deleted"]


def test_outcomes_are_in_the_order_of_the_input(simulation):
    simulation.platform.add_instances(
        [{"name": "old", "tags": ["a"]}, {"name": "same"}, {"name": "twice"}, {"name": "twice"}]
    )
    simulation.platform.add_faults({"fault": "drop_after", "match": {"name": "lost"}})
    entries = [
        {"name": "old", "tags": ["b"]},
        tenant("lost"),
        {"name": "same"},
        tenant("new"),
        {"name": "twice"},
        {"name": "nobody", "state": "absent"},
        {"name": "incomplete"},
    ]
    fleet = simulation.run(entries)
    done = fleet_result(fleet)

    expected = ["updated", "recovered", "unchanged", "created", "failed", "unchanged", "failed"]
    assert [outcome["action"] for outcome in done["outcomes"]] == expected
    assert [outcome["name"] for outcome in done["outcomes"]] == [entry["name"] for entry in entries]
    assert done["summary"] == {"created": 1, "failed": 2, "recovered": 1, "unchanged": 2, "updated": 1}
    assert done["failed"] is True
    assert done["msg"].startswith("2 of 7 tenants failed. twice is the name of 2 instances")
    assert "incomplete does not exist" in done["msg"]
    assert set(done["ids"]) == set(done["tokens"]) == {"old", "lost", "same", "new"}
    assert done["changed"] is True
    assert len(done["diff"]) == 3


def test_each_tenant_of_a_fleet_becomes_what_it_becomes_alone(simulation):
    choices = {
        "tags": [None, [], ["a"], ["b", "a"]],
        "enabled": [None, False],
        "subdomain": [None, "elsewhere"],
        "state": ["present", "absent"],
        "live": [None, {}, {"disabled": True, "tags": ["a"]}],
    }
    together, alone = Simulation(), Simulation()
    wishes = []
    for number, values in enumerate(itertools.product(*choices.values())):
        options = dict(zip(choices, values, strict=True))
        live = options.pop("live")
        given = {key: value for key, value in options.items() if value is not None}
        # Alone, the others are live already.
        entry = tenant(f"tenant-{number:03}", on_shared_subdomain="ignore", **given)
        if live is not None:
            for one in (together, alone):
                one.platform.add_instances([{"name": entry["name"], **live}])
        wishes.append(entry)
    fleet = together.run(wishes)
    ours = ("action", "changed", "diff", "pending", "secrets", "warnings")
    for entry, became in zip(wishes, map(result, fleet.tenants), strict=True):
        single = alone.one(**entry)
        assert {key: single[key] for key in ours} == {key: became[key] for key in ours}
        assert (single["error"] or {}).get("message") == (became["error"] or {}).get("message")

    def state(simulation):
        return [
            {key: value for key, value in instance.items() if key not in ("id", "token", "created")}
            for instance in simulation.platform.instances()
        ]

    assert sorted(state(together), key=str) == sorted(state(alone), key=str)


def test_several_of_one_name_are_chosen_and_refused_as_for_one(simulation):
    ids = simulation.platform.add_instances([{"name": "acme"}, {"name": "acme"}, {"name": "beta"}])
    fleet = simulation.run([{"name": "acme", "on_duplicate": "oldest", "tags": ["x"]}, {"id": ids[2], "name": "acme"}])

    assert actions(fleet) == ["updated", "failed"]
    assert "that name is in use" in fleet.tenants[1].error.message
    fleet = simulation.run([{"id": ids[1], "name": "acme-2"}, {"id": 5}, {"id": 6, "state": "absent"}])
    assert actions(fleet) == ["updated", "failed", "unchanged"]


def test_an_id_that_the_list_does_not_show_is_asked_for_as_for_one(simulation):
    (other,) = simulation.platform.add_instances([{"name": "acme", "element": "zendesk"}])
    entries = [{"id": other}, {"id": other + 1, "state": "absent"}, {"name": "x", "state": "absent"}]
    fleet = simulation.run(entries)

    assert actions(fleet) == ["failed", "unchanged", "unchanged"]
    assert fleet.tenants[0].error.message == simulation.one(**entries[0])["error"]["message"]
    assert "belongs to the element zendesk" in fleet.tenants[0].error.message
    refused = simulation.run([{"id": other, "state": "absent"}, {"name": "x", "state": "absent"}])
    assert actions(refused) == ["failed", "unchanged"]
    assert simulation.writes() == []


@pytest.mark.parametrize(("first", "second"), [({}, {}), ({"key": "a"}, {}), ({}, {"key": "b"})])
def test_two_entries_that_stand_for_one_instance_are_refused_naming_both_positions(simulation, first, second):
    (number,) = simulation.platform.add_instances([{"name": "acme"}])
    entries = [{"name": "acme", **first}, {"name": "x", "state": "absent"}, {"id": number, "name": "new", **second}]

    with pytest.raises(Refused) as caught:
        simulation.run(entries)
    assert caught.value.message == (
        f"Entries 1 and 3 both refer to instance {number} (acme), so nothing was done: keep one of them."
    )
    assert simulation.writes() == []


def test_configurations_that_the_list_leaves_out_are_asked_for_one_by_one(simulation):
    wishes = tenants(5)
    simulation.run(wishes)
    simulation.platform.settings({"list_configuration": "missing"})
    simulation.platform.clear_requests()

    assert actions(simulation.run(wishes)) == ["unchanged"] * 5
    assert simulation.calls() == [LIST] + [GET] * 5


def test_a_list_that_is_not_whole_is_an_error_of_the_whole_task(simulation):
    simulation.platform.add_faults({"fault": "status", "status": 403, "match": {"verb": "GET"}})
    with pytest.raises(_engine.FreshdeskError, match="lacks the privilege"):
        simulation.run(tenants(3))


# Partial results


def test_three_of_five_hundred_fail_and_the_others_are_done_and_a_second_run_touches_only_those(simulation):
    wishes = tenants(500)
    for number in (7, 77, 217):
        simulation.platform.add_faults(
            {"fault": "status", "status": 400, "match": {"verb": "POST", "name": f"tenant-{number:03}"}}
        )
    done = fleet_result(simulation.run(wishes))

    assert done["summary"] == {"created": 497, "failed": 3}
    assert done["msg"].startswith("3 of 500 tenants failed. ")
    for number in (7, 77, 217):
        assert f"tenant-{number:03}: " in done["msg"]
        error = done["outcomes"][number]["error"]
        assert (error["state"], error["status"], error["attempts"]) == ("failed", 400, 1)
    simulation.platform.clear_requests()
    again = fleet_result(simulation.run(wishes))
    assert again["summary"] == {"created": 3, "unchanged": 497}
    assert simulation.writes() == [POST] * 3


def test_an_outcome_gives_back_the_key_of_its_entry(simulation):
    done = fleet_result(simulation.run([tenant("beta", key="host of beta"), tenant("acme")]))

    assert [(outcome["name"], outcome["key"]) for outcome in done["outcomes"]] == [
        ("beta", "host of beta"),
        ("acme", None),
    ]


@pytest.mark.parametrize("check", [True, False])
def test_an_entry_with_a_problem_fails_alone_and_nothing_is_asked_for_it(simulation, check):
    bad = {"name": "newcomer", "problem": "line 42 (newcomer): no API key under its name in keys."}
    done = fleet_result(simulation.run([bad, tenant("acme")], check=check))

    assert [outcome["action"] for outcome in done["outcomes"]] == ["failed", "created"]
    assert done["msg"] == f"1 of 2 tenants failed. newcomer: {bad['problem']}"
    assert done["outcomes"][0]["http"]["requests"] == 0
    assert simulation.writes() == ([] if check else [POST])


def test_an_entry_with_a_problem_is_not_pruned_and_prevents_pruning(simulation):
    simulation.platform.add_instances([{"name": "newcomer", "tags": ["crm"]}, {"name": "gone", "tags": ["crm"]}])
    done = fleet_result(simulation.run([{"name": "newcomer", "problem": "no key."}], prune_tags=("crm",)))

    assert done["pruned"] == simulation.writes() == []
    assert done["msg"].endswith("Nothing was pruned by prune_tags, since not every tenant succeeded.")


def test_an_entry_with_a_problem_stops_the_others_where_that_is_asked_for(simulation):
    done = fleet_result(
        simulation.run([{"name": "newcomer", "problem": "no key."}, tenant("acme")], stop_on_error=True)
    )

    assert [outcome["error"]["state"] for outcome in done["outcomes"]] == ["failed", "not_tried"]
    assert simulation.writes() == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("live", "handles", "shared"),
    [
        (["dup", "dup"], ["600001", "600002"], {"dup": "600001, 600002"}),
        (["dup", "acme", "dup", "dup"], ["600001", "600003", "600004", "acme"], {"dup": "600001, 600003, 600004"}),
        (["a", "a", "b", "b", "c"], ["600001", "600002", "600003", "600004", "c"], {"a": "600001", "b": "600003"}),
        (["600002", "dup", "dup"], ["600001", "600002", "600003"], {"dup": "600002, 600003"}),
    ],
)
def test_instances_that_share_a_name_stand_by_id_in_ids_and_tokens_with_a_warning(
    simulation, check, live, handles, shared
):
    simulation.platform.add_instances([{"name": name} for name in live])
    entries = [{"id": 600001 + number} for number in range(len(live))]
    fleet = simulation.run(entries, check=check)
    done = fleet_result(fleet)

    assert sorted(done["ids"]) == handles
    assert sorted(done["ids"].values()) == [600001 + number for number in range(len(live))]
    assert len(set(done["tokens"].values())) == len(live)
    assert all(done["ids"][handle] == int(handle) for handle in handles if handle.isdigit())
    warnings = warnings_of(fleet.tenants)
    assert len(warnings) == len(shared)
    for name, ids in shared.items():
        assert any(warning.startswith(f"{name} is the name of ") and ids in warning for warning in warnings)


def test_on_error_stop_tries_no_further_tenant_and_says_so(simulation):
    simulation.platform.add_faults({"fault": "status", "status": 400, "match": {"name": "tenant-002"}})
    told = []
    fleet = simulation.run(tenants(5), stop_on_error=True, progress=lambda t: told.append((t.desired.name, t.action)))

    assert actions(fleet) == ["created", "created", "failed", "failed", "failed"]
    assert [t.error.state for t in fleet.tenants if t.error] == ["failed", "not_tried", "not_tried"]
    assert fleet.tenants[4].error.message == (
        "tenant-004 was not tried, since another tenant failed and on_error is stop: run again."
    )
    assert simulation.names() == ["tenant-000", "tenant-001"]
    assert [name for name, _action in told] == [f"tenant-{number:03}" for number in range(5)]
    assert fleet_result(fleet)["outcomes"][4]["changed"] is False


def test_on_error_stop_writes_nothing_if_a_plan_is_refused_and_a_dry_run_predicts_it(simulation):
    wishes = [tenant("acme"), {"name": "incomplete"}, {"name": "x", "state": "absent"}]
    for check in (True, False):
        fleet = simulation.run(wishes, stop_on_error=True, check=check)
        assert actions(fleet) == ["failed", "failed", "unchanged"]
        assert [t.error.state for t in fleet.tenants if t.error] == ["not_tried", "failed"]
    assert simulation.writes() == []


def test_on_error_stop_in_a_dry_run_ends_at_the_first_that_does_not_work(simulation):
    simulation.platform.add_instances([{"name": f"tenant-{number:03}", "tags": []} for number in range(4)])
    simulation.platform.accounts({f"tenant-{number:03}": f"key-of-tenant-{number:03}" for number in (0, 2, 3)})
    wishes = [{"name": f"tenant-{number:03}", "verify": True, "tags": ["a"]} for number in range(4)]
    dry = simulation.run(wishes, stop_on_error=True, check=True)
    run = simulation.run(wishes, stop_on_error=True)

    assert actions(dry) == actions(run) == ["updated", "failed", "failed", "failed"]
    assert [t.error and t.error.state for t in dry.tenants] == [None, "failed", "not_tried", "not_tried"]
    assert [t.changed for t in dry.tenants] == [t.changed for t in run.tenants]


def test_on_error_stop_still_finishes_what_was_lost_before(simulation):
    simulation.platform.add_faults({"fault": "drop_after", "match": {"name": "tenant-000"}})
    simulation.platform.add_faults({"fault": "drop_before", "match": {"name": "tenant-001"}})
    simulation.platform.add_faults({"fault": "status", "status": 400, "match": {"name": "tenant-002"}})
    fleet = simulation.run(tenants(4, enabled=False), stop_on_error=True)

    assert actions(fleet) == ["recovered", "failed", "failed", "failed"]
    assert [t.error and t.error.state for t in fleet.tenants] == [None, "not_tried", "failed", "not_tried"]
    assert simulation.the("tenant-000")["disabled"] is True
    assert simulation.names() == ["tenant-000"]


def test_a_server_that_dies_in_the_middle_leaves_outcomes_and_a_second_run_heals(simulation):
    fleet = simulation.fleet(tenants(20), connection={"retry_timeout": 100})
    adapter = adapter_of(fleet.transport)
    sent = []

    def die(request):
        sent.append(request)
        adapter.down = len(sent) > 10

    adapter.before = die
    simulation.platform.add_faults({"fault": "drop_after", "match": {"name": "tenant-006"}})
    fleet.run()

    assert actions(fleet) == ["created"] * 6 + ["failed"] * 14
    assert fleet.tenants[6].error.state == "unknown"
    assert {tenant.error.state for tenant in fleet.tenants[7:]} == {"failed"}
    again = simulation.run(tenants(20))
    assert actions(again) == ["unchanged"] * 7 + ["created"] * 13
    assert simulation.names() == [f"tenant-{number:03}" for number in range(20)]


def test_constant_throttling_and_gateway_errors_lose_and_duplicate_nothing(simulation):
    simulation.platform.add_faults([{"fault": "throttle", "every": 2}, {"fault": "status", "status": 502, "every": 5}])
    fleet = simulation.run(tenants(40), connection={"retry_timeout": 3000})

    assert set(actions(fleet)) <= {"created", "recovered"}
    assert simulation.names() == [f"tenant-{number:03}" for number in range(40)]
    assert fleet.cost()["retries"] > 0


# Parked tenants


def test_the_others_do_not_wait_for_one_whose_answer_was_lost(simulation):
    simulation.platform.add_faults({"fault": "drop_before", "match": {"name": "tenant-000"}})
    told = []
    fleet = simulation.run(tenants(10), progress=lambda t: told.append((t.desired.name, simulation.clock.time - START)))

    assert actions(fleet) == ["created"] * 10
    assert [name for name, _at in told] == [f"tenant-{number:03}" for number in [*range(1, 10), 0]]
    assert all(at == 0 for _name, at in told[:-1])
    assert told[-1][1] == 60


def test_all_pending_creates_are_settled_by_one_list_per_round(simulation):
    simulation.platform.settings({"latency": {"create": 0.01}})
    simulation.platform.add_faults({"fault": "late", "commit_after": 3, "match": {"verb": "POST"}, "times": 30})
    fleet = simulation.run(tenants(30))

    assert actions(fleet) == ["recovered"] * 30
    # Begun after 0.5, 1.5 and 3.5 seconds and a little, and the one before and the one after it all.
    assert simulation.calls().count(LIST) <= 8
    assert simulation.writes() == [POST] * 30


def test_one_that_is_absent_for_sure_is_created_again_and_the_rest_adopted(simulation):
    for number in range(6):
        kind = "drop_after" if number % 2 else "drop_before"
        simulation.platform.add_faults({"fault": kind, "match": {"name": f"tenant-{number:03}"}})
    fleet = simulation.run(tenants(6))

    assert actions(fleet) == ["created", "recovered"] * 3
    assert simulation.writes() == [POST] * 9
    assert simulation.names() == [f"tenant-{number:03}" for number in range(6)]


def test_a_budget_of_its_own_ends_the_wait_of_each(simulation):
    simulation.platform.add_faults({"fault": "drop_before", "match": {"verb": "POST"}, "times": None})
    fleet = simulation.run(tenants(3), connection={"timeout": 10, "retry_timeout": 25})

    assert [t.error.state for t in fleet.tenants] == ["failed"] * 3
    assert all("proves that it is not there" in t.error.message for t in fleet.tenants)
    assert simulation.names() == []


def test_one_of_several_after_a_lost_answer_is_listed_in_a_fleet_too(simulation):
    simulation.platform.add_faults({"fault": "drop_after", "match": {"verb": "POST"}, "times": 2})

    def meddle(request):
        if request.method == "POST" and b"tenant-001" in request.body:
            simulation.platform.add_instances([{"name": "tenant-001"}])

    fleet = simulation.run(tenants(2), before=meddle)
    assert actions(fleet) == ["recovered", "failed"]
    assert fleet.tenants[1].error.state == "partial"
    assert DELETE not in simulation.calls()


# The closing look


def test_one_list_finds_all_names_that_another_run_created_meanwhile(simulation):
    def meddle(request):
        if request.method == "POST" and b"tenant-004" in request.body:
            older = [{"name": f"tenant-{number:03}", "created": START - 1} for number in (1, 3)]
            simulation.platform.add_instances([*older, {"name": "tenant-002", "created": START + 1}])

    fleet = simulation.run(tenants(5, tags=["crm"]), before=meddle)

    assert actions(fleet) == ["created", "recovered", "created", "recovered", "created"]
    assert simulation.calls().count(LIST) == 3
    assert simulation.calls().count(DELETE) == 2
    assert "another run created the same name meanwhile" in fleet.tenants[2].warnings[0]
    for number in (1, 3):
        kept = simulation.the(f"tenant-{number:03}")
        assert (fleet.tenants[number].live.id, kept["tags"]) == (kept["id"], ["crm"])


def test_a_closing_list_is_tried_again_even_after_long_waits_for_lost_answers(simulation):
    simulation.platform.add_faults({"fault": "drop_before", "match": {"verb": "POST"}, "times": 2})
    late = []

    def meddle(_request):
        if simulation.clock.time >= START + 60:
            late.append(None)
            if len(late) == 2:
                simulation.platform.add_faults({"fault": "status", "status": 502})

    fleet = simulation.run(tenants(3), connection={"retry_timeout": 60}, before=meddle)

    assert actions(fleet) == ["failed", "failed", "created"]
    assert fleet.tenants[2].warnings == []
    assert len(late) == 3, "the look that proves, the closing one, and that once more"


def test_ours_that_somebody_deleted_before_the_closing_look_does_not_hide_the_others(simulation):
    def meddle(request):
        if request.method == "GET" and len(simulation.names()) == 2:
            simulation.platform.remove_instance(simulation.the("tenant-001")["id"])

    fleet = simulation.run(tenants(2), before=meddle)
    assert actions(fleet) == ["created", "created"]


# The fences of deletion


@pytest.mark.parametrize(("limit", "allowed"), [(1, False), (2, True), (None, True)])
def test_max_deletes_counts_absent_entries_that_exist(simulation, limit, allowed):
    simulation.platform.add_instances([{"name": "a"}, {"name": "b"}, {"name": "c"}])
    entries = [{"name": name, "state": "absent"} for name in ("a", "b", "nobody", "nobody-2")]
    if allowed:
        assert actions(simulation.run(entries, max_deletes=limit)) == ["deleted", "deleted", "unchanged", "unchanged"]
        assert simulation.names() == ["c"]
        return
    with pytest.raises(Refused) as caught:
        simulation.run(entries, max_deletes=limit)
    assert caught.value.message == (
        "max_deletes is 1, but 2 would be deleted (2 set to absent, 0 by prune_tags): a (id 600001), b (id 600002). "
        "Nothing was written: raise max_deletes if this is intended."
    )
    assert simulation.writes() == []


def test_a_dry_run_above_max_deletes_shows_every_deletion_and_then_fails_as_the_run_would(simulation):
    simulation.platform.add_instances([{"name": "a"}, {"name": "b", "tags": ["old"]}, {"name": "c"}])
    entries, fleet = [{"name": "a", "state": "absent"}, {"name": "c"}], {"max_deletes": 1, "prune_tags": ("old",)}
    with pytest.raises(Refused) as caught:
        simulation.run(entries, **fleet)
    dry = simulation.run(entries, check=True, **fleet)
    shown = fleet_result(dry)

    assert actions(dry) == ["deleted", "unchanged"]
    assert shown["pruned"] == [{"id": 600002, "name": "b"}]
    assert [one["after"]["state"] for one in shown["diff"]] == ["absent", "absent"]
    assert (shown["failed"], shown["changed"], shown["msg"]) == (True, True, caught.value.message)
    assert simulation.writes() == []


def test_of_many_deletions_that_are_too_many_the_first_are_named(simulation):
    simulation.platform.add_instances({"count": 25, "prefix": "old-"})
    entries = [{"name": f"old-{number:06d}", "state": "absent"} for number in range(1, 26)]
    with pytest.raises(
        Refused, match=r": old-000001 \(id 600001\), .*old-000020 \(id 600020\) and 5 more\. Nothing was"
    ):
        simulation.run(entries, max_deletes=10)
    with pytest.raises(Refused, match=r"old-000020 \(id 600020\)\. Nothing was"):
        simulation.run(entries[:20], max_deletes=10)


def herd(simulation):
    """Two that are listed, two strays with the tags, and what must never be pruned."""
    simulation.platform.add_instances(
        [
            {"name": "acme", "tags": ["fleet", "crm"]},
            {"name": "beta", "tags": ["fleet", "crm"]},
            {"name": "stray-1", "tags": ["fleet", "crm", "old"]},
            {"name": "stray-2", "tags": ["crm", "fleet"]},
            {"name": "one-tag", "tags": ["fleet"]},
            {"name": "no-tag", "tags": []},
            {"name": "other-element", "tags": ["fleet", "crm"], "element": "zendesk"},
            {"name": "other-user", "tags": ["fleet", "crm"], "user": 9002},
        ]
    )
    return [{"name": "acme", "tags": ["fleet", "crm"]}, {"name": "beta"}]


KEPT = ["acme", "beta", "no-tag", "one-tag", "other-element", "other-user"]


@pytest.mark.parametrize("form", ["full", "empty"])
def test_prune_deletes_what_is_not_listed_and_carries_all_the_tags(simulation, form):
    entries = herd(simulation)
    simulation.platform.settings({"list_configuration": form})
    dry = fleet_result(simulation.run(entries, prune_tags=("fleet", "crm"), check=True))
    run = fleet_result(simulation.run(entries, prune_tags=("fleet", "crm")))

    assert [one["name"] for one in run["pruned"]] == ["stray-1", "stray-2"]
    assert (dry["pruned"], dry["diff"], dry["changed"], dry["plan_id"]) == (
        run["pruned"],
        run["diff"],
        True,
        run["plan_id"],
    )
    assert simulation.names() == KEPT
    again = fleet_result(simulation.run(entries, prune_tags=("fleet", "crm")))
    assert (again["pruned"], again["changed"]) == ([], False)


def test_entries_with_keys_that_stand_for_one_instance_fail_alone(simulation):
    (number,) = simulation.platform.add_instances([{"name": "acme"}])
    entries = [
        {"id": number, "tags": ["x"], "key": "by id"},
        {"name": "beta", "subdomain": "beta", "api_key": "key-of-beta", "key": "beta"},
        {"name": "acme", "tags": ["y"], "key": "by name"},
    ]
    done = fleet_result(simulation.run(entries))

    assert [one["action"] for one in done["outcomes"]] == ["failed", "created", "failed"]
    says = f"The entries of by id and by name both refer to instance {number} (acme), so neither was done: keep one of them."
    assert [done["outcomes"][place]["error"]["message"] for place in (0, 2)] == [says, says]


@pytest.mark.parametrize("live", [[], [{"name": "Acme"}]])
@pytest.mark.parametrize("check", [False, True])
def test_entries_whose_names_only_look_the_same_are_a_warning_where_one_is_created(simulation, live, check):
    simulation.platform.add_instances(live)
    new = {"subdomain": "acme", "api_key": "key-of-acme"}
    entries = [
        {"name": "Acme", **new},
        {"name": "acme", **new},
        {"name": "beta", **new},
        {"name": "BETA", "state": "absent"},
    ]
    assert warnings_of(simulation.run(entries, check=check).tenants) == [
        "'Acme' and 'acme' look the same, and are the names of different entries: correct one of them if the same tenant is meant."
    ]


def test_entries_whose_names_look_the_same_need_no_warning_where_none_is_created(simulation):
    entries = [{"name": "Acme"}, {"name": "acme"}]
    simulation.platform.add_instances(entries)

    assert warnings_of(simulation.run(entries).tenants) == []


def test_what_is_listed_is_not_asked_for_again_to_prune_where_lists_are_bare(simulation):
    entries = herd(simulation)
    simulation.platform.settings({"hydrate": "ignored"})
    simulation.run(entries, prune_tags=("fleet", "crm"))

    paths = [record["path"] for record in simulation.platform.requests() if record["verb"] == "GET"]
    assert paths.count("/instances/600001") == paths.count("/instances/600003") == 1


def test_prune_of_a_fleet_of_one_looks_at_the_whole_list_too(simulation):
    entries = herd(simulation)
    simulation.run(entries[:1], prune_tags=("fleet", "crm", "old"))
    assert simulation.names() == sorted([*KEPT, "stray-2"])


def test_prune_spares_what_is_listed_by_id_or_absent_or_about_to_be_renamed(simulation):
    herd(simulation)
    first, second = (simulation.the(name)["id"] for name in ("stray-1", "stray-2"))
    entries = [{"name": "acme"}, {"id": first}, {"id": second, "name": "renamed"}, {"name": "beta", "state": "absent"}]
    done = fleet_result(simulation.run(entries, prune_tags=("fleet", "crm")))

    assert done["pruned"] == []
    assert simulation.names() == sorted({*KEPT, "stray-1", "renamed"} - {"beta"})


def test_prune_spares_the_others_of_a_name_of_which_the_oldest_is_meant(simulation):
    herd(simulation)
    simulation.platform.add_instances([{"name": "acme", "tags": ["fleet", "crm"]}])
    entries = [{"name": "acme", "on_duplicate": "oldest"}, {"name": "beta"}]
    simulation.run(entries, prune_tags=("fleet", "crm"))

    assert simulation.names() == sorted([*KEPT, "acme"])


def test_prune_does_not_count_the_instance_of_a_failed_entry(simulation):
    entries = [*herd(simulation), {"id": simulation.the("stray-1")["id"], "name": "wrong", "state": "absent"}]
    fleet = simulation.run(entries, prune_tags=("fleet", "crm"), max_deletes=1)

    assert actions(fleet) == ["unchanged", "unchanged", "failed"]
    assert [live.name for live in fleet.prune_candidates] == ["stray-2"]
    assert simulation.writes() == []


def test_prune_is_last_of_all_and_not_at_all_where_anything_failed(simulation):
    entries = [*herd(simulation), {"name": "incomplete"}]
    for check in (True, False):
        done = fleet_result(simulation.run(entries, prune_tags=("fleet", "crm"), check=check))
        assert (done["pruned"], done["failed"]) == ([], True)
    assert "stray-1" in simulation.names()
    simulation.run([*herd_entries(), tenant("new")], prune_tags=("fleet", "crm"))
    assert simulation.writes() == [POST, DELETE, DELETE]


def herd_entries():
    return [{"name": "acme"}, {"name": "beta"}]


def test_prune_counts_in_max_deletes(simulation):
    entries = [*herd(simulation)[:1], {"name": "beta", "state": "absent"}]
    with pytest.raises(Refused, match=r"but 3 would be deleted \(1 set to absent, 2 by prune_tags\)"):
        simulation.run(entries, prune_tags=("fleet", "crm"), max_deletes=2)
    assert simulation.writes() == []


def test_prune_over_several_users_is_refused(simulation):
    entries = herd(simulation)
    with pytest.raises(Refused) as caught:
        simulation.run(
            entries, prune_tags=("fleet", "crm"), connection={"user_secret": "user/secret+of=admin"}, max_deletes=100
        )
    assert caught.value.message == (
        "prune_tags would delete instances of 2 different users, so nothing was written: use the secrets of a user "
        "who sees only the intended instances, or delete by id."
    )
    assert simulation.writes() == []


@pytest.mark.parametrize("form", ["full", "empty", "missing"])
def test_prune_of_what_looks_like_a_rename_is_refused_whatever_the_list_shows(simulation, form):
    entries = herd(simulation)
    simulation.platform.settings({"list_configuration": form})
    stray = simulation.the("stray-1")["id"]
    with pytest.raises(Refused) as caught:
        simulation.run([*entries, {**tenant("acme-gmbh"), "subdomain": "stray-1"}], prune_tags=("fleet", "crm"))
    assert caught.value.message == (
        f"acme-gmbh would be created and stray-1 (id {stray}) of the same subdomain pruned, which looks like a rename, so "
        f"nothing was written: set id: {stray} with the new name."
    )
    assert simulation.writes() == []


def test_an_interrupted_prune_reports_what_was_done_and_why_it_ended(simulation):
    entries = herd(simulation)
    simulation.platform.change_instance(simulation.the("stray-2")["id"], {"in_use": "a formula"})
    done = fleet_result(simulation.run(entries, prune_tags=("fleet", "crm")))

    assert [one["name"] for one in done["pruned"]] == ["stray-1"]
    assert done["failed"] is True
    assert done["msg"].startswith("Pruning ended early, after 1 deletions. Instance ")
    assert (done["changed"], "stray-2" in simulation.names()) == (True, True)


# The plan's id


def test_the_plan_of_a_dry_run_is_approved_and_carried_out_and_no_other(simulation):
    simulation.platform.add_instances([{"name": "acme", "tags": ["a"]}])
    entries = [{"name": "acme", "tags": ["b"]}, tenant("new")]
    approved = simulation.run(entries, check=True).plan_id

    simulation.platform.change_instance(simulation.the("acme")["id"], {"tags": ["meanwhile"]})
    for check in (True, False):
        now = simulation.run(entries, check=True).plan_id
        with pytest.raises(Refused) as caught:
            simulation.run(entries, expected_plan_id=approved, check=check)
        assert caught.value.message == (
            f"The plan has changed since it was approved: it is now {now}, and expected_plan_id is {approved}; "
            "nothing was written; make a dry run, and approve what it shows."
        )
    assert simulation.writes() == []
    simulation.platform.change_instance(simulation.the("acme")["id"], {"tags": ["a"]})
    assert actions(simulation.run(entries, expected_plan_id=approved)) == ["updated", "created"]


def test_the_plan_is_the_same_for_the_same_changes_and_another_for_others(simulation):
    def plan(*entries, **how):
        return simulation.run(entries, check=True, **how).plan_id

    simulation.platform.add_instances([{"name": "acme", "tags": ["a"]}, {"name": "same"}])
    first = plan({"name": "acme", "tags": ["b"]})
    assert first == plan({"name": "acme", "tags": ["b"]}, {"name": "same"}), "what stays as it is is no part of it"
    others = [
        plan({"name": "acme", "tags": ["c"]}),
        plan({"name": "acme", "state": "absent"}),
        plan({"name": "acme", "tags": ["b"], "enabled": False}),
        plan({"name": "acme", "tags": ["b"]}, tenant("new")),
        plan({"name": "acme", "tags": ["b"]}, connection={"base_url": "https://elsewhere.example/elements/api-v2"}),
        plan({"name": "same"}),
        plan({"name": "acme", "tags": ["b"]}, prune_tags=("same",)),
    ]
    assert len({first, *others}) == len(others) + 1


def test_the_plan_id_covers_a_tenant_that_fails_after_it_was_planned(simulation):
    simulation.platform.add_instances([{"name": "acme", "subdomain": "acme"}])
    other = {"name": "other", "subdomain": "other", "api_key": "key-of-other"}
    renamed = {"name": "acme-new", "subdomain": "acme", "api_key": "key-of-acme", "on_shared_subdomain": "fail"}
    both, alone = (simulation.run(entries, check=True) for entries in ([renamed, other], [other, {"name": "acme"}]))

    assert actions(both) == ["failed", "created"]
    assert both.plan_id != alone.plan_id


def test_the_plan_id_covers_secrets_and_policies(simulation):
    simulation.platform.add_instances([{"name": "acme", "api_key": "key-of-acme"}])
    acme = {"name": "acme", "subdomain": "acme", "api_key": "another-key", "tags": ["b"]}
    events = {"enabled": True, "callback_url": "https://a.example/", "signature_key": "signature-one"}

    def plan_id(secrets=None, policies=None, **options):
        return simulation.run([{**acme, **options}], check=True, connection=secrets, **(policies or {})).plan_id

    others = [
        plan_id(api_key="yet-another-key"),
        plan_id(configuration={"a.secret": "value-one"}),
        plan_id(configuration={"a.secret": "value-two"}),
        plan_id(events=events),
        plan_id(events={**events, "signature_key": "signature-two"}),
        plan_id(update_secrets="always"),
        plan_id(verify=True),
        plan_id(verify=True, on_verify_failure="disable"),
        plan_id(on_duplicate="oldest"),
        plan_id(policies={"max_deletes": 3}),
        plan_id(policies={"stop_on_error": True}),
        plan_id(policies={"prune_tags": ("nobody",)}),
        plan_id(secrets={"user_secret": "another-user-secret"}),
    ]
    assert len({plan_id(), *others}) == len(others) + 1
    assert plan_id() == plan_id(), "the same input and the same live state have the same plan id"


def test_the_plan_of_one_version_can_be_approved_in_another(simulation):
    simulation.platform.add_instances(
        [{"name": "zoë", "tags": ["b", "a"]}, {"name": "old", "tags": ["x"]}, {"name": "older", "tags": ["x"]}]
    )
    entries = [
        tenant("new", enabled=False),
        {"name": "zoë", "tags": ["c"], "configuration": {"b": 1, "a": {"d": 1, "c": "é"}}},
    ]
    fleet = simulation.run([*entries, {"name": "incomplete"}], prune_tags=("x",), check=True)

    assert fleet.plan_id == "a65b6c1560b56507e5eb0704e4d941a6"


# What the options of the fleet may be


def options(check_mode=False, **params):
    given = {
        "require_approval": False,
        "instances": [{"name": "acme"}],
        "concurrency": 10,
        "on_error": "continue",
        "max_deletes": 10,
        "prune_tags": None,
        "expected_plan_id": None,
    }
    return run_options_from({**given, **params}, check_mode=check_mode)


NO_TAG = "prune_tags names no tag, which would prune every instance: name the tags, or leave it out."

NO_PLAN = (
    "expected_plan_id is empty, as after a lookup that found nothing, so nothing was done: give the plan_id of the dry run that was "
    "approved, or leave the option out if no approval is needed."
)


def test_options_of_a_run_are_taken_over():
    assert options(
        concurrency=7, on_error="stop", max_deletes=0, prune_tags=["a", ""], expected_plan_id="abc"
    ) == RunOptions(concurrency=7, stop_on_error=True, max_deletes=0, prune_tags=("a",), expected_plan_id="abc")


def test_a_run_that_requires_approval_is_refused_without_a_plan_id_and_a_dry_run_is_not():
    with pytest.raises(
        Refused, match="require_approval is true and neither expected_plan_id nor approved_plan_path is"
    ):
        options(require_approval=True)
    assert options(require_approval=True, expected_plan_id="abc").expected_plan_id == "abc"
    assert options(require_approval=True, approved_plan={"plan_id": "abc"}).approved_plan == {"plan_id": "abc"}
    assert options(check_mode=True, require_approval=True).expected_plan_id is None


def test_options_of_a_run_that_are_left_out_want_nothing():
    assert options(expected_plan_id=None, instances=[]) == RunOptions(concurrency=10, max_deletes=10)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"prune_tags": []}, NO_TAG),
        *(({"expected_plan_id": empty}, NO_PLAN) for empty in ("", " ", "\n")),
        ({"prune_tags": [""]}, NO_TAG),
        (
            {"prune_tags": ["a"], "instances": []},
            "instances is empty and prune_tags is set, which would delete every instance of these tags: nothing was done; "
            "list the instances to keep.",
        ),
        ({"max_deletes": -1}, "max_deletes must not be negative, and it is -1."),
        ({"concurrency": 0}, "concurrency must be from 1 to 64, not 0."),
        ({"concurrency": 65}, "concurrency must be from 1 to 64, not 65."),
    ],
)
def test_options_of_the_fleet_that_cannot_be_meant_are_refused(params, why):
    with pytest.raises(Refused) as caught:
        options(**params)
    assert caught.value.message == why


# Threads


@pytest.mark.parametrize("concurrency", [2, 10, 64])
def test_many_workers_at_once_do_what_one_does(concurrency, monkeypatch):
    monkeypatch.setattr(_job, "FIRST_LOOK", 0.0)
    simulation = Simulation(Clock())
    simulation.platform.add_instances([{"name": f"tenant-{number:03}", "tags": ["old"]} for number in range(0, 200, 4)])
    for number in range(1, 200, 20):
        simulation.platform.add_faults({"fault": "drop_after", "match": {"name": f"tenant-{number:03}"}})
        refused = {"verb": "POST", "name": f"tenant-{number + 1:03}"}
        simulation.platform.add_faults({"fault": "status", "status": 400, "match": refused})
    side_by_side, sent = threading.Barrier(concurrency), itertools.count()

    def gather(request):
        if request.method == "POST" and next(sent) < concurrency:
            side_by_side.wait(timeout=60)  # ends at once where there are as many workers as there should be

    told = []
    fleet = simulation.run(
        tenants(200, tags=["crm"]),
        concurrency=concurrency,
        progress=lambda t: told.append(t.position),
        before=gather,
    )

    counts = [("failed", 10), ("created", 130), ("recovered", 10), ("updated", 50)]
    assert list(summary(fleet.tenants).items()) == counts, "what failed first"
    assert len(simulation.names()) == 190
    assert sorted(told) == list(range(200))
    assert [t.position for t in fleet.tenants] == list(range(200))
    assert simulation.platform.counts()["max_concurrent_seen"] <= concurrency


def test_waits_for_lost_creates_are_the_clock_s_where_no_worker_has_anything_to_do(simulation):
    simulation.platform.add_faults({"fault": "drop_before", "match": {"verb": "POST"}, "times": 3})
    fleet = simulation.run(tenants(6), concurrency=4)

    assert actions(fleet) == ["created"] * 6
    assert simulation.clock.time >= START + 60


def test_more_workers_than_the_platform_takes_at_once_still_finish_without_a_duplicate(monkeypatch):
    class Impatient(Clock):
        """Real time, in which nobody waits."""

        def sleep(self, seconds):
            super().sleep(0.0)

    simulation = Simulation(Impatient())
    simulation.platform.settings({"max_concurrent": 3, "retry_after": 1, "latency": {"create": 1}})
    fleet = simulation.run(tenants(100), concurrency=32, connection={"retry_timeout": 86_400})

    assert summary(fleet.tenants) == {"created": 100}
    assert simulation.names() == [f"tenant-{number:03}" for number in range(100)]


# Any weather


@pytest.mark.parametrize("start", range(0, 120, 30))
def test_in_any_weather_each_name_is_there_once_after_at_most_two_clean_runs_more(start):
    kinds = [
        {"fault": "drop_after"},
        {"fault": "drop_before"},
        {"fault": "late", "commit_after": 30},
        {"fault": "hang_after"},
        {"fault": "status", "status": 500},
        {"fault": "status", "status": 503, "commit": True},
        {"fault": "throttle"},
        {"fault": "truncate"},
        {"fault": "not_json"},
        {"fault": "latency", "seconds": 70},
    ]
    for seed in range(start, start + 30):
        chance = random.Random(seed)
        simulation = Simulation()
        present = chance.sample(range(12), 5)
        simulation.platform.add_instances([{"name": f"tenant-{number:03}", "tags": ["x"]} for number in present])
        for fault in chance.sample(kinds, 4):
            simulation.platform.add_faults({**fault, "probability": chance.choice([0.1, 0.3]), "seed": seed})
        wishes = tenants(8, tags=["crm"]) + [{"name": f"tenant-{number:03}", "state": "absent"} for number in (8, 9)]
        outcomes = []
        for attempt in range(3):
            if attempt:
                simulation.platform.clear_faults()
                simulation.clock.sleep(61)
            try:
                fleet = simulation.run(wishes)
            except _engine.FreshdeskError:
                continue
            outcomes.append(fleet)
        assert all(tenant.error is None for tenant in outcomes[-1].tenants), seed
        untouched = [f"tenant-{number:03}" for number in present if number > 9]
        assert simulation.names() == sorted([f"tenant-{number:03}" for number in range(8)] + untouched), seed
        for tenant_ in outcomes[-1].tenants[:8]:
            kept = simulation.the(tenant_.desired.name)
            assert (tenant_.live.id, tenant_.live.token, kept["tags"]) == (kept["id"], kept["token"], ["crm"])
        for fleet in outcomes:
            text = json.dumps([result(t) | {"token": None} for t in fleet.tenants])
            assert CONNECTION.user_secret not in text
            assert "key-of-" not in text


# What is reported, and what is asked for


def test_each_tenant_is_reported_once_whatever_its_outcome(simulation):
    simulation.platform.add_instances(
        [{"name": "tenant-000", "subdomain": "tenant-000", "api_key": "key-of-tenant-000"}]
    )
    simulation.platform.add_faults({"fault": "drop_before", "match": {"verb": "POST"}})
    entries = [*tenants(4), {"name": "incomplete"}]
    for check in (True, False):
        told = []
        simulation.run(
            entries,
            check=check,
            connection={"retry_timeout": 1},
            progress=lambda tenant, told=told: told.append((tenant.desired.name, tenant.action)),
        )
        assert sorted(told) == [
            ("incomplete", "failed"),
            ("tenant-000", "unchanged"),
            ("tenant-001", "created" if check else "failed"),
            ("tenant-002", "created"),
            ("tenant-003", "created"),
        ]


@pytest.mark.parametrize("skip", [0, 1])
def test_others_that_cannot_be_read_disturb_no_list(simulation, skip):
    simulation.platform.add_instances([{"name": "stray"}])
    body = [{"id": 5, "name": "stray", "tags": 7}]
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"verb": "GET"}, "skip": skip})
    fleet = simulation.run(tenants(2))

    assert actions(fleet) == ["created", "created"]
    assert [one.warnings for one in fleet.tenants] == [[], []]


def test_a_prune_asks_for_configurations_only_where_something_is_created_and_the_list_leaves_them_out(simulation):
    get = "GET /instances/{id}"
    for form, new, asked in (("full", 1, 0), ("empty", 0, 0), ("empty", 1, 2)):
        simulation.platform.reset()
        simulation.platform.settings({"list_configuration": form})
        simulation.platform.add_instances([{"name": name, "tags": ["ours"]} for name in ("keep", "old-1", "old-2")])
        entries = [{"name": "keep", "state": "absent"}, *tenants(new, tags=["ours"])]
        fleet = simulation.run(entries, prune_tags=("ours",), max_deletes=9)

        assert [live.name for live in fleet.pruned] == ["old-1", "old-2"]
        assert simulation.calls().count(get) == asked


def test_a_prune_of_what_somebody_else_deletes_meanwhile_is_no_failure(simulation):
    simulation.platform.settings({"list_configuration": "empty"})
    (number,) = simulation.platform.add_instances([{"name": "old", "tags": ["ours"]}])

    def meddle(request):
        if request.url.endswith(f"/instances/{number}") and "old" in simulation.names():
            simulation.platform.remove_instance(number)

    fleet = simulation.run(tenants(1), prune_tags=("ours",), max_deletes=9, before=meddle)

    assert actions(fleet) == ["created"]
    assert fleet.prune_error is None


def test_one_that_is_to_go_is_not_asked_for_what_the_list_leaves_out(simulation):
    simulation.platform.settings({"list_configuration": "empty"})
    simulation.platform.add_instances([{"name": "old"}])
    simulation.run([{"name": "old", "state": "absent"}, {"name": "nobody", "state": "absent"}])

    assert simulation.calls() == [LIST, LIST, DELETE]


def test_one_whose_token_the_list_leaves_out_is_asked_for_it(simulation):
    numbers = simulation.platform.add_instances([{"name": name, "tags": ["crm"]} for name in ("acme", "beta")])
    body = [
        {"id": number, "name": name, "tags": ["crm"], "configuration": {"subdomain": name}}
        for number, name in zip(numbers, ("acme", "beta"), strict=True)
    ]
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"verb": "GET"}})
    fleet = simulation.run([{"name": "acme", "tags": ["crm"]}, {"name": "beta", "tags": ["crm"]}])

    assert [one.live.token for one in fleet.tenants] == [simulation.the(name)["token"] for name in ("acme", "beta")]


@pytest.mark.parametrize("check", [True, False])
def test_on_error_stop_leaves_what_needs_nothing_as_it_is(simulation, check):
    simulation.platform.add_instances([{"name": "acme", "tags": ["crm"]}])
    fleet = simulation.run([{"name": "incomplete"}, {"name": "acme", "tags": ["crm"]}], check=check, stop_on_error=True)

    assert actions(fleet) == ["failed", "unchanged"]


def test_on_error_stop_ends_with_one_whose_outcome_stays_unknown(simulation):
    post = {"match": {"verb": "POST"}}
    simulation.platform.add_faults({"fault": "drop_before", **post})
    for name in ("tenant-001", "tenant-002", "tenant-003"):
        simulation.platform.add_faults(
            {"fault": "throttle", "retry_after": 29, "match": {"verb": "POST", "name": name}}
        )
    fleet = simulation.run(tenants(4), stop_on_error=True, connection={"retry_timeout": 30})

    assert actions(fleet) == ["failed", "created", "created", "failed"]
    assert [one.error and one.error.state for one in fleet.tenants] == ["unknown", None, None, "not_tried"]


def test_a_look_that_is_due_waits_for_no_worker(simulation, monkeypatch):
    waits = []

    original = _writing.Workers.finished

    def finished(workers, seconds=None):
        waits.append(seconds)
        return None if len(waits) == 1 else original(workers, seconds)

    monkeypatch.setattr(_writing.Workers, "finished", finished)
    simulation.platform.add_faults({"fault": "drop_after", "match": {"verb": "POST"}})
    fleet = simulation.run(tenants(2))

    assert waits == [None, None, 0.5, None]
    assert actions(fleet) == ["recovered", "created"]


class Plain(Tenant):
    """A kind whose resources are found one by one."""

    find_all = classmethod(_job.Job.find_all.__func__)


def test_a_kind_without_a_list_for_many_finds_each_by_itself(simulation):
    simulation.platform.add_instances([{"name": "acme"}])
    entries = [desired(name="acme"), desired(**tenant("beta"))]
    engine = _engine.Engine(simulation.transport(), entries, RunOptions(), kind=Plain)
    engine.run()

    assert actions(engine) == ["unchanged", "created"]
