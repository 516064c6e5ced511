# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants with formulas: connected and put to work in one run, with one plan, and each with an outcome of its own."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from functools import partial

import pytest
from support.in_process import Race, Simulation, every_order

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result, warnings_of

VARIABLES = {"source": {"required": True}, "target": {}, "cron": {"type": "value"}, "apiKey": {"type": "value"}}
TEMPLATES, TEMPLATE, LIST = "GET /formulas", "GET /formulas/{formulaId}", "GET /formulas/{formulaId}/instances"
POST, POST_FORMULA = "POST /instances", "POST /formulas/{formulaId}/instances"
PUT_FORMULA = "PUT /formulas/{formulaId}/instances/{formulaInstanceId}"
DELETE = "DELETE /instances/{id}"
DELETE_FORMULA = "DELETE /formulas/{formulaId}/instances/{formulaInstanceId}"


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any"})
    simulation.sync, simulation.audit = simulation.platform.formulas.add_templates(
        [{"name": "sync", "variables": VARIABLES}, {"name": "audit", "variables": VARIABLES}]
    )
    simulation.platform.add_instances([{"name": "crm", "element": "zendesk"}])
    simulation.platform.clear_requests()
    return simulation


def sync(**options):
    instances = {"source": "self", "target": {"name": "crm", "element": "zendesk"}}
    return {"formula": "sync", "instances": instances, **options}


def audit(**options):
    return {"formula": "audit", "instances": {"source": "self"}, **options}


def tenant(name="acme", *formulas, **options):
    account = {} if options.get("state") == "absent" else {"subdomain": name, "api_key": f"key-of-{name}"}
    return {"name": name, **account, "formulas": list(formulas), **options}


def done(simulation, *entries, **how):
    """The result of a run, whose outcomes are by name too."""
    result = fleet_result(simulation.run(list(entries), **how))
    return {**result, **{one["name"]: one for one in result["outcomes"]}}


def formulas(simulation):
    return {one["name"]: one for one in simulation.platform.formulas.instances()}


def fail(simulation, verb, path, **fault):
    simulation.platform.add_faults({"fault": "status", "status": 400, "match": {"verb": verb, "path": path}, **fault})


# Connected and put to work


def test_a_tenant_is_connected_and_put_to_work_in_one_run(simulation):
    result = done(simulation, tenant("acme", sync(name="acme-sync", configuration={"cron": 15}), audit()))
    [first, second] = result["acme"]["formulas"]

    acme = simulation.the("acme")["id"]
    assert (result["acme"]["action"], result["summary"]) == ("created", {"created": 1})
    assert (first["action"], second["action"]) == ("created", "created")
    assert first["formula_instance"]["configuration"] == {
        "cron": "15",
        "source": str(acme),
        "target": str(simulation.the("crm")["id"]),
    }
    assert {name: one["configuration"]["source"] for name, one in formulas(simulation).items()} == {
        "acme-sync": str(acme),
        "acme": str(acme),
    }
    for header in ("before_header", "after_header"):
        assert [diff[header] for diff in result["diff"]] == ["acme", "acme: acme-sync", "acme: acme"]
    assert simulation.writes() == [POST, POST_FORMULA, POST_FORMULA]


def test_a_second_run_changes_nothing_and_a_changed_formula_makes_the_tenant_updated(simulation):
    done(simulation, tenant("acme", sync()))
    again = done(simulation, tenant("acme", sync()))
    assert (again["acme"]["action"], again["changed"], again["diff"]) == ("unchanged", False, [])
    changed = done(simulation, tenant("acme", sync(configuration={"cron": 30})))
    assert (changed["acme"]["action"], changed["acme"]["changed"], changed["changed"]) == ("updated", True, True)
    assert [diff["after_header"] for diff in changed["diff"]] == ["acme: acme"]
    assert changed["acme"]["formulas"][0]["action"] == "updated"


@pytest.mark.parametrize("count", [2, 20])
def test_templates_their_instances_and_those_of_other_elements_are_listed_once_for_all_tenants(simulation, count):
    entries = [tenant(f"t{number}", sync(), audit()) for number in range(count)]
    done(simulation, *entries)
    calls = Counter(simulation.calls())

    # Of each template, one list for the plan and one for what another run may have created meanwhile.
    assert (calls[TEMPLATES], calls[TEMPLATE], calls[LIST]) == (2, 0, 4)
    assert calls["GET /instances"] + calls["GET /elements/{key}/instances"] <= 6
    simulation.platform.clear_requests()
    done(simulation, *entries)
    assert len(simulation.calls()) <= 10


def test_a_formula_instance_that_the_list_shows_in_part_is_read_once_for_its_plan(simulation):
    done(simulation, tenant("acme", audit()), tenant("beta", audit()))
    simulation.platform.settings({"formula_list_configuration": "missing"})
    result = done(simulation, tenant("acme", audit()), tenant("beta", audit(configuration={"cron": 5})))

    assert result["summary"] == {"unchanged": 1, "updated": 1}


def test_entries_without_formulas_ask_nothing_about_formulas(simulation):
    done(simulation, tenant("acme"), tenant("beta"))

    assert not [call for call in simulation.calls() if "formulas" in call]


def test_an_instance_called_self_is_meant_by_its_mapping(simulation):
    [number] = simulation.platform.add_instances([{"name": "self"}])
    done(simulation, tenant("acme", audit(instances={"source": {"name": "self"}})))

    assert formulas(simulation)["acme"]["configuration"]["source"] == str(number)


def test_an_instance_that_is_made_a_second_time_takes_the_place_of_the_one_that_is_gone(simulation):
    done(simulation, tenant("acme", audit()))
    simulation.platform.formulas.change(formulas(simulation)["acme"]["id"], {"configuration": {"source": "1"}})
    result = done(simulation, tenant("acme", audit()))

    assert result["acme"]["formulas"][0]["action"] == "updated"
    assert formulas(simulation)["acme"]["configuration"]["source"] == str(simulation.the("acme")["id"])


# Dry run and plan


def test_a_dry_run_predicts_what_the_run_does_and_has_its_plan_id(simulation):
    done(simulation, tenant("beta", sync(), audit()), tenant("gone", audit()))
    simulation.platform.clear_requests()
    entries = [
        tenant("acme", sync(configuration={"apiKey": "SENTINEL-key"}), audit(active=False)),
        tenant("beta", sync(configuration={"cron": 5}), audit(state="absent")),
        tenant("gone", audit(), state="absent"),
    ]
    dry = done(simulation, *entries, check=True)
    assert simulation.writes() == []
    run = done(simulation, *entries)

    def said(result):
        return [
            [(one["name"], one["action"], one["diff"]) for one in (tenant, *tenant["formulas"])]
            for tenant in result["outcomes"]
        ]

    assert said(dry) == said(run)
    assert (dry["plan_id"], dry["summary"], dry["diff"]) == (run["plan_id"], run["summary"], run["diff"])
    assert dry["acme"]["formulas"][0]["pending"] is True
    assert dry["acme"]["formulas"][0]["diff"]["after"]["instances"]["source"] == "(pending)"
    assert "SENTINEL" not in json.dumps([dry, run])


def test_the_plan_id_covers_formulas_their_secrets_included(simulation):
    def plan_id(*given):
        return simulation.run([tenant("acme", *given)], check=True).plan_id

    plans = [
        plan_id(),
        plan_id(audit()),
        plan_id(audit(active=False)),
        plan_id(audit(configuration={"apiKey": "a-secret-of-acme"})),
        plan_id(audit(configuration={"apiKey": "another-secret"})),
    ]
    assert len(set(plans)) == len(plans)
    assert plan_id(audit()) == plans[1]
    with pytest.raises(Refused, match="has changed since it was approved"):
        simulation.run([tenant("acme", audit())], expected_plan_id=plans[0])
    assert simulation.writes() == []


def test_a_run_is_held_to_the_formulas_of_an_approved_plan(simulation):
    entries = [tenant("acme", audit())]
    plan = json.loads(json.dumps(fleet_result(simulation.run(entries, check=True, plan=True))["plan"]))
    assert [one["action"] for one in plan["tenants"][0]["formulas"]] == ["created"]
    with pytest.raises(Refused, match=r"acme, acme of formula audit: differs in active"):
        simulation.run([tenant("acme", audit(active=False))], approved_plan=plan)
    simulation.run(entries, approved_plan=plan)
    assert list(formulas(simulation)) == ["acme"]


def test_a_run_with_its_formulas_in_another_order_than_in_the_approved_plan_is_refused_as_that(simulation):
    plan = done(simulation, tenant("acme", audit(), sync()), check=True, plan=True)["plan"]
    with pytest.raises(Refused, match=r"nothing was written: the order of the formula instances\. "):
        simulation.run([tenant("acme", sync(), audit())], approved_plan=json.loads(json.dumps(plan)))


# Absent


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_absent_tenant_loses_its_formula_instances_first(simulation, state):
    done(simulation, tenant("acme", sync(), audit()))
    simulation.platform.clear_requests()
    entry = tenant("acme", sync(state=state), audit(state=state), state="absent")
    dry = done(simulation, entry, check=True)
    result = done(simulation, entry)

    assert simulation.writes() == [DELETE_FORMULA, DELETE_FORMULA, DELETE]
    assert simulation.platform.formulas.instances() == []
    for one in (dry, result):
        assert one["acme"]["action"] == "deleted"
        assert [formula["action"] for formula in one["acme"]["formulas"]] == ["deleted", "deleted"]


def test_a_formula_instance_that_is_not_listed_keeps_its_tenant(simulation):
    done(simulation, tenant("acme", sync(), audit()))
    entry = tenant("acme", sync(), state="absent")
    for check in (True, False):
        result = done(simulation, entry, check=check)
        assert "is used by formula instances: acme (id" in result["acme"]["error"]["message"]
    assert simulation.names() == ["acme", "crm"]


def test_several_formula_instances_that_are_given_by_id_may_be_gone_already(simulation):
    gone = simulation.platform.formulas.add([{"name": name, "formula": simulation.sync} for name in "ab"])
    entries = [tenant(name, {"id": number}, state="absent") for name, number in zip(("acme", "beta"), gone)]
    entries.append(tenant("gamma", *({"id": number, "state": "absent"} for number in gone)))
    for number in gone:
        simulation.platform.formulas.remove(number)

    assert done(simulation, *entries)["summary"] == {"created": 1, "unchanged": 2}


def test_a_tenant_whose_formula_instance_could_not_be_deleted_stays(simulation):
    done(simulation, tenant("acme", audit()))
    fail(simulation, "DELETE", "/formulas/.*")
    result = done(simulation, tenant("acme", audit(), state="absent"))

    assert result["acme"]["action"] == "failed"
    assert "1 of 1 formula instances failed: acme: " in result["msg"]
    assert simulation.names() == ["acme", "crm"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_instance_is_pruned_unless_a_formula_instance_that_stays_uses_it(simulation, state, check):
    [stray] = simulation.platform.add_instances([{"name": "stray", "tags": ["fleet"]}])
    simulation.platform.formulas.add(
        [{"name": "acme", "formula": simulation.audit, "configuration": {"source": str(stray)}}]
    )
    formula = audit(state=state, instances={"source": stray})
    result = done(simulation, tenant("acme", formula), prune_tags=("fleet",), check=check)

    assert [one["name"] for one in result["pruned"]] == (["stray"] if state == "absent" else [])
    assert result.get("failed", False) is (state == "present")
    assert state == "absent" or f"instances: source is id {stray}, which this run deletes" in result["msg"]


def test_max_deletes_counts_instances_alone(simulation):
    done(simulation, tenant("acme", sync(), audit()))

    assert done(simulation, tenant("acme", sync(), audit(), state="absent"), max_deletes=1)["changed"]


# Failures


def test_a_formula_that_is_refused_fails_its_tenant_before_any_write_and_no_other(simulation):
    entries = [
        tenant("acme", audit(), sync(formula="nobody")),
        tenant("beta", audit(configuration={"cronn": 1})),
        tenant("gamma", audit()),
    ]
    for check in (True, False):
        result = done(simulation, *entries, check=check)
        assert result["summary"] == {"created": 1, "failed": 2}
        assert (
            "nobody, but no template with that name is visible with these secrets" in result["acme"]["error"]["message"]
        )
        assert "has no variable cronn" in result["beta"]["error"]["message"]
        assert [one["error"]["state"] for one in result["acme"]["formulas"]] == ["not_tried", "failed"]
    assert simulation.names() == ["crm", "gamma"]


def test_a_tenant_is_partial_where_its_formula_failed_and_the_next_run_goes_on(simulation):
    fail(simulation, "POST", "/formulas/.*", times=1)
    result = done(simulation, tenant("acme", audit(name="acme-audit")), tenant("beta", sync()))

    acme = result["acme"]
    assert (acme["action"], acme["error"]["state"], acme["changed"]) == ("failed", "partial", True)
    assert acme["error"]["message"].startswith("acme: 1 of 1 formula instances failed: acme-audit: ")
    assert "done before that: created as id" in acme["error"]["message"]
    assert acme["formulas"][0]["error"]["status"] == 400
    assert result["ids"]["acme"] == simulation.the("acme")["id"]
    assert result["tokens"]["acme"] == simulation.the("acme")["token"]
    assert result["beta"]["action"] == "created"
    again = done(simulation, tenant("acme", audit(name="acme-audit")), tenant("beta", sync()))
    assert again["summary"] == {"unchanged": 1, "updated": 1}


def test_formulas_of_a_tenant_that_failed_are_not_tried(simulation):
    fail(simulation, "POST", "/instances")
    result = done(simulation, tenant("acme", audit()))

    assert (result["acme"]["error"]["state"], result["acme"]["formulas"][0]["error"]["state"]) == (
        "failed",
        "not_tried",
    )
    assert simulation.platform.formulas.instances() == []


def test_with_on_error_stop_a_failed_formula_stops_the_others(simulation):
    fail(simulation, "POST", f"/formulas/{simulation.audit}/.*")
    result = done(simulation, tenant("acme", audit()), tenant("beta", sync()), stop_on_error=True)

    assert [one["action"] for one in result["outcomes"]] == ["failed", "failed"]
    assert "another tenant failed" in result["beta"]["error"]["message"]
    assert result["beta"]["error"]["state"] == "partial"


@pytest.mark.parametrize("check", [True, False])
def test_with_on_error_stop_no_formula_is_tried_after_a_failure(simulation, check):
    done(simulation, tenant("beta"))
    entries = [tenant("acme", sync(formula="nobody")), tenant("beta", audit())]
    result = done(simulation, *entries, check=check, stop_on_error=True)

    assert result["beta"]["formulas"][0]["error"]["message"] == (
        "beta was not tried, since another tenant failed and on_error is stop: run again."
    )


@pytest.mark.parametrize("check", [True, False])
def test_with_on_error_stop_every_formula_is_done_where_nothing_failed(simulation, check):
    result = done(simulation, tenant("acme", audit(), sync()), tenant("beta", audit()), check=check, stop_on_error=True)

    assert (result["summary"], result["acme"]["formulas"][1]["action"]) == ({"created": 2}, "created")


@pytest.mark.parametrize("check", [True, False])
def test_with_on_error_stop_a_formula_that_needs_no_change_is_not_failed(simulation, check):
    done(simulation, tenant("beta", audit()))
    result = done(
        simulation, tenant("acme", sync(formula="nobody")), tenant("beta", audit()), check=check, stop_on_error=True
    )

    assert result["beta"]["action"] == "unchanged"


def test_two_entries_for_one_formula_instance_are_both_refused(simulation):
    gone = tenant("first", {"id": 404, "state": "absent"})
    result = done(
        simulation, gone, tenant("acme", audit(name="x")), tenant("beta", audit(name="x")), tenant("gamma", audit())
    )

    assert result["first"]["action"] == "created"
    for name in ("acme", "beta"):
        assert result[name]["formulas"][0]["error"]["message"] == (
            f"The formulas of acme and beta have x of formula {simulation.audit} twice, so neither was done: "
            "give each formula instance a name of its own."
        )
    assert simulation.names() == ["crm", "first", "gamma"]


def test_an_id_and_a_name_of_one_formula_instance_are_both_refused(simulation):
    [number] = simulation.platform.formulas.add([{"name": "old", "formula": simulation.audit}])
    result = done(simulation, tenant("acme", audit(id=number, name="new")), tenant("beta", audit(name="old")))

    assert result["summary"] == {"failed": 2}
    assert simulation.writes() == []


@pytest.mark.parametrize("given", ["name", "id"])
def test_a_formula_instance_is_not_renamed_to_what_another_entry_is_called(simulation, given):
    ids = simulation.platform.formulas.add([{"name": name, "formula": simulation.audit} for name in ("old", "older")])
    other = {"name": "new"} if given == "name" else {"id": ids[1], "name": "new"}
    result = done(simulation, tenant("acme", audit(id=ids[0], name="new")), tenant("beta", audit(**other)))

    assert result["summary"] == {"failed": 2}
    assert "have new of formula" in result["beta"]["formulas"][0]["error"]["message"]
    assert simulation.writes() == []


# Created once


@pytest.mark.parametrize("fault", ["drop_after", "hang_after", "not_json"])
def test_formula_instances_whose_answers_are_lost_are_looked_up_before_they_are_created_again(simulation, fault):
    simulation.platform.add_faults({"fault": fault, "times": 9, "match": {"verb": "POST"}})
    result = done(simulation, *(tenant(name, audit(), sync()) for name in ("acme", "beta", "gamma")))

    assert result["summary"] == {"recovered": 3}
    assert {part["action"] for one in result["outcomes"] for part in one["formulas"]} == {"recovered"}
    assert len(simulation.platform.formulas.instances()) == 6


def test_the_formula_works_with_the_instance_that_stays_where_another_run_was_first(simulation):
    made = []

    def interfere(request):
        if request.method == "POST" and "/formulas" not in request.url and not made:
            made.extend(simulation.platform.add_instances([{"name": "acme", "created": "2017-01-01T00:00:00Z"}]))

    result = done(simulation, tenant("acme", audit()), before=interfere)

    assert result["acme"]["id"] == made[0]
    assert formulas(simulation)["acme"]["configuration"]["source"] == str(made[0])


def test_two_runs_at_once_leave_one_of_each_in_every_order():
    def prepare(race):
        race.platform.settings({"accounts": "any"})
        race.platform.formulas.add_templates([{"name": "audit", "variables": VARIABLES}])

    orders = 0
    for choose in itertools.islice(every_order(), 300):
        race = Race(choose, prepare)
        run = partial(race.run, [tenant("acme", audit())])
        results = race.together(lambda clock, run=run: run(clock=clock), lambda clock, run=run: run(clock=clock))
        orders += 1
        [made] = race.platform.formulas.instances()
        acme = race.the("acme")["id"]
        for engine in results:
            assert [(one.live.id, one.error) for one in engine.tenants] == [(acme, None)]
            assert [(one.live.id, one.error) for one in engine.parts.jobs] == [(made["id"], None)]
        assert made["configuration"]["source"] == str(acme)
    assert orders > 10


# Reported


def test_each_tenant_is_reported_once_and_after_its_formulas(simulation):
    reported = []
    fail(simulation, "POST", "/instances", times=1)
    entries = [tenant("acme", audit()), tenant("beta", audit(), sync()), tenant("gamma"), tenant("delta", sync())]
    simulation.run(
        entries, progress=lambda job: reported.append((job.desired.label, job.action, [p.action for p in job.parts]))
    )

    assert sorted(reported) == [
        ("acme", "failed", ["failed"]),
        ("beta", "created", ["created", "created"]),
        ("delta", "created", ["created"]),
        ("gamma", "created", []),
    ]


def test_a_tenant_is_reported_as_soon_as_its_last_formula_instance_is_done(simulation):
    done(simulation, tenant("omega", audit()))
    reported = []
    simulation.run(
        [tenant("acme", audit(name="a"), audit(name="b")), tenant("beta", audit(name="c")), tenant("omega", audit())],
        progress=lambda job: reported.append((job.desired.label, sorted(formulas(simulation)))),
    )

    assert reported == [("omega", ["omega"]), ("acme", ["a", "b", "omega"]), ("beta", ["a", "b", "c", "omega"])]


def test_a_tenant_that_fails_after_its_create_is_reported_once(simulation):
    def interfere(request):
        if request.method == "POST" and simulation.names() == ["crm"]:
            simulation.platform.add_instances([{"name": "acme", "created": "2017-01-01T00:00:00Z"}])

    fail(simulation, "DELETE", "/instances/.*")
    reported = []
    simulation.run([tenant("acme", audit())], before=interfere, progress=lambda job: reported.append(job.action))

    assert reported == ["failed"]
    assert simulation.platform.formulas.instances() == []


@pytest.mark.parametrize("path", ["/instances", "/formulas/"])
def test_a_run_that_waits_for_the_platform_shows_that_it_goes_on(simulation, path):
    shown = threading.Event()

    def wait(request):
        assert request.method != "POST" or path not in request.url or shown.wait(10)

    simulation.run([tenant("acme", audit()), tenant("beta", audit())], concurrency=2, idle=shown.set, before=wait)

    assert shown.is_set()


def test_warnings_of_formulas_are_shown(simulation):
    simulation.platform.add_instances([{"name": "off", "disabled": True}])
    engine = simulation.run([tenant("acme", audit(name="x", instances={"source": "off"}))])

    assert any("which is disabled" in warning for warning in warnings_of(engine.tenants))
