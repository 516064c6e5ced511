# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Formulas that use the instances of other tenants of the run: those that come, go, are renamed or fail."""

from __future__ import annotations

import pytest
from support.in_process import Simulation

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result, warnings_of

DELETE, DELETE_FORMULA = "DELETE /instances/{id}", "DELETE /formulas/{formulaId}/instances/{formulaInstanceId}"


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any"})
    simulation.platform.formulas.add_templates(
        [{"name": "sync", "variables": {"source": {"required": True}, "target": {}}}]
    )
    return simulation


def sync(target=None, **options):
    instances = {"source": "self", **({"target": target} if target is not None else {})}
    return {"formula": "sync", "instances": instances, **options}


def tenant(name, *formulas, **options):
    account = {} if options.get("state") == "absent" else {"subdomain": name, "api_key": f"key-of-{name}"}
    return {"name": name, **account, "formulas": list(formulas), **options}


def tried(simulation, *entries, **how):
    """The result of the run, by name too, after a dry run that must have predicted it without any write."""
    written = simulation.writes()
    dry = fleet_result(simulation.run(list(entries), check=True, **how))
    assert simulation.writes() == written
    run = fleet_result(simulation.run(list(entries), **how))
    assert said(dry) == said(run)
    return {**run, **{one["name"]: one for one in run["outcomes"]}}


def said(result):
    jobs = [job for one in result["outcomes"] for job in (one, *one["formulas"])]
    told = [(job["action"], job["diff"], job.get("error", {}).get("message")) for job in jobs]
    return told, result["summary"], result["diff"], result["plan_id"], [one["id"] for one in result["pruned"]]


def targets(simulation):
    return {one["name"]: one["configuration"].get("target") for one in simulation.platform.formulas.instances()}


def number(simulation, name):
    return str(simulation.the(name)["id"])


def message(outcome):
    return outcome["formulas"][0]["error"]["message"]


# Created in the same run


@pytest.mark.parametrize("verify", [True, False])
def test_tenants_that_are_created_together_may_use_the_instances_of_each_other(simulation, verify):
    entries = [tenant("acme", sync("beta"), verify=verify), tenant("beta", sync("acme"), verify=verify)]
    result = tried(simulation, *entries)

    assert result["summary"] == {"created": 2}
    assert result["acme"]["formulas"][0]["diff"]["after"]["instances"]["target"] == "(pending)"
    assert targets(simulation) == {"acme": number(simulation, "beta"), "beta": number(simulation, "acme")}
    assert tried(simulation, *entries)["summary"] == {"unchanged": 2}


def test_a_mapping_of_another_element_is_no_tenant_of_the_run(simulation):
    [zendesk] = simulation.platform.add_instances([{"name": "beta", "element": "zendesk"}])
    result = tried(
        simulation,
        tenant("acme", sync({"name": "beta", "element": "zendesk"}), sync({"name": "beta"}, name="own")),
        tenant("beta"),
    )

    assert targets(simulation) == {"acme": str(zendesk), "own": str(result["beta"]["id"])}


def test_a_formula_uses_the_instance_that_stays_where_another_run_created_that_of_the_other_tenant_first(simulation):
    made = []

    def interfere(request):
        if request.method == "POST" and "/formulas" not in request.url and not made:
            made.extend(simulation.platform.add_instances([{"name": "beta", "created": "2017-01-01T00:00:00Z"}]))

    simulation.run([tenant("beta"), tenant("acme", sync("beta"))], before=interfere)

    assert targets(simulation) == {"acme": str(made[0])}


def test_names_of_tenants_of_the_run_are_not_looked_up_again(simulation):
    simulation.run([tenant("acme"), tenant("beta")])
    simulation.platform.add_instances({"count": 1000})
    simulation.platform.add_instances([{"name": "other"}])

    def lists(*formulas):
        simulation.platform.clear_requests()
        simulation.run([tenant("acme", *formulas), tenant("beta")], check=True)
        return simulation.calls().count("GET /instances")

    assert [lists(sync("beta")) - lists(), lists(sync("beta"), sync("other", name="x")) - lists()] == [0, 1]


def test_a_formula_that_uses_a_tenant_that_the_run_disables_has_a_warning(simulation):
    engine = simulation.run([tenant("acme", sync("beta")), tenant("beta", sync("acme"), enabled=False)])

    assert [warning for warning in warnings_of(engine.tenants) if "disabled" in warning] == [
        "acme: instances: target is beta, which is disabled: the formula cannot use it until it is enabled."
    ]


# Failed


def test_a_formula_that_uses_a_tenant_that_is_refused_fails_before_anything_is_written_and_so_does_what_uses_it(
    simulation,
):
    result = tried(
        simulation,
        tenant("acme", sync("beta")),
        tenant("beta", sync("gamma")),
        {"name": "gamma"},
        {"name": "delta"},
        tenant("omega", sync()),
    )

    assert result["summary"] == {"failed": 4, "created": 1}
    for name, other in (("acme", "beta"), ("beta", "gamma")):
        assert message(result[name]) == (
            f"instances: target is {other}, whose tenant failed, so its instance cannot be used: correct that tenant, then run again."
        )
    assert simulation.names() == ["omega"]


def test_a_formula_whose_other_tenant_could_not_be_created_fails_and_the_next_run_goes_on(simulation):
    entries = [tenant("acme", sync("beta")), tenant("beta")]
    simulation.platform.add_faults(
        {"fault": "status", "status": 400, "times": 1, "match": {"verb": "POST", "name": "beta"}}
    )
    run = fleet_result(simulation.run(entries))

    acme = run["outcomes"][0]
    assert (acme["error"]["state"], run["summary"]) == ("partial", {"failed": 2})
    assert message(acme).startswith("instances: target is beta, whose tenant failed")
    assert tried(simulation, *entries)["summary"] == {"created": 1, "updated": 1}


def test_a_tenant_that_failed_may_be_used_if_its_instance_exists(simulation):
    simulation.run([tenant("beta")])
    result = tried(simulation, tenant("acme", sync("beta")), tenant("beta", sync(name="x", formula="nobody")))

    assert (result["acme"]["action"], result["beta"]["action"]) == ("created", "failed")
    assert targets(simulation) == {"acme": number(simulation, "beta")}


# Renamed


def test_a_formula_names_a_tenant_that_is_renamed_by_its_new_name(simulation):
    simulation.run([tenant("old")])
    renamed = {"id": simulation.the("old")["id"], "name": "new"}
    entries = [tenant("acme", sync("new")), renamed, tenant("beta", sync("old"))]
    result = tried(simulation, *entries)

    assert [result[name]["action"] for name in ("acme", "new", "beta")] == ["created", "updated", "failed"]
    assert message(result["beta"]) == "instances: target is old, which this run renames to new: give that name."
    assert targets(simulation) == {"acme": number(simulation, "new")}


def test_a_tenant_that_is_renamed_may_be_used_by_its_id_too(simulation):
    simulation.run([tenant("old")])
    renamed = {"id": simulation.the("old")["id"], "name": "new"}
    result = tried(simulation, tenant("acme", sync(renamed["id"]), sync("new", name="by-name")), renamed)

    assert result["summary"] == {"created": 1, "updated": 1}
    assert set(targets(simulation).values()) == {str(renamed["id"])}


# Deleted


@pytest.mark.parametrize("by_id", [True, False])
def test_a_formula_cannot_use_an_instance_that_the_run_deletes(simulation, by_id):
    simulation.run([tenant("gone"), tenant("other")])
    target = simulation.the("gone")["id"] if by_id else "gone"
    gone = [tenant(name, state="absent") for name in ("gone", "other", "never-there")]
    result = tried(simulation, tenant("acme", sync(target)), *gone)

    assert result["summary"] == {"failed": 1, "deleted": 2, "unchanged": 1}
    assert "which this run deletes: take it out of the formula, or keep the instance." in message(result["acme"])
    assert simulation.names() == []


def test_of_two_instances_of_a_name_a_formula_uses_the_one_that_the_run_keeps(simulation):
    first, second = simulation.platform.add_instances([{"name": "twin"}, {"name": "twin"}])
    result = tried(simulation, tenant("acme", sync("twin")), {"id": first, "state": "absent"})

    assert result["summary"] == {"created": 1, "deleted": 1}
    assert targets(simulation) == {"acme": str(second)}


def test_a_tenant_whose_instance_another_formula_uses_keeps_its_own_formula_instances(simulation):
    simulation.run([tenant("acme", sync()), tenant("beta", sync("acme"))])
    simulation.platform.clear_requests()
    result = tried(simulation, tenant("acme", sync(), state="absent"))

    assert "is used by formula instances: beta (id " in result["acme"]["error"]["message"]
    assert (result["acme"]["error"]["state"], simulation.writes()) == ("failed", [])


def test_formula_instances_of_a_tenant_that_stays_prevent_the_deletion_of_another(simulation):
    simulation.run([tenant("acme", sync("beta")), tenant("beta", sync()), tenant("gamma", sync("acme"))])
    simulation.platform.clear_requests()
    gone = [tenant(name, sync(), state="absent") for name in ("acme", "beta")]
    result = tried(simulation, *gone)

    assert result["summary"] == {"failed": 2}
    assert "is used by formula instances: acme (id " in result["beta"]["error"]["message"]
    assert simulation.writes() == []
    assert tried(simulation, *gone, tenant("gamma", sync(), state="absent"))["summary"] == {"deleted": 3}
    assert simulation.writes() == [DELETE_FORMULA] * 3 + [DELETE] * 3


@pytest.mark.parametrize("change", [sync("beta"), {"formula": "sync", "active": False}], ids=["other", "inactive"])
def test_a_tenant_is_deleted_after_a_formula_no_longer_uses_its_instance(simulation, change):
    simulation.run([tenant("gone", sync()), tenant("acme", sync("gone"))])
    simulation.platform.clear_requests()
    entries = [tenant("gone", sync(), state="absent"), tenant("acme", change), tenant("beta")]
    result = tried(simulation, *entries)

    assert result["summary"] == {"created": 1, "updated": 1, "deleted": 1}
    assert simulation.writes()[-1] == DELETE
    assert tried(simulation, *entries)["summary"] == {"unchanged": 3}


def test_a_formula_of_a_tenant_that_is_refused_goes_on_using_the_instance_of_another(simulation):
    simulation.run([tenant("gone", sync()), tenant("acme", sync("gone"))])
    simulation.platform.clear_requests()
    refused = tenant("acme", sync("acme"), {"formula": "nobody"})
    result = tried(simulation, tenant("gone", sync(), state="absent"), refused)

    assert result["summary"] == {"failed": 2}
    assert simulation.writes() == []


def test_a_run_leaves_it_to_the_platform_whether_an_instance_of_a_tenant_without_formulas_is_in_use(simulation):
    simulation.run([tenant("gone")])
    simulation.platform.clear_requests()
    simulation.run([tenant("gone", state="absent")])

    assert simulation.calls() == ["GET /instances", DELETE]


def test_a_tenant_stays_if_a_formula_could_not_be_changed_to_no_longer_use_its_instance(simulation):
    simulation.run([tenant("gone"), tenant("acme", sync("gone"))])
    simulation.platform.add_faults({"fault": "status", "status": 400, "match": {"verb": "PUT", "path": "/formulas/.*"}})
    reported = []
    engine = simulation.run(
        [tenant("gone", state="absent"), tenant("acme", sync("acme"))],
        progress=lambda job: reported.append((job.desired.label, job.action)),
    )

    assert reported == [("acme", "failed"), ("gone", "failed")]
    assert "is used by formula instances: acme (id " in engine.tenants[0].error.message
    assert simulation.names() == ["acme", "gone"]


@pytest.mark.parametrize("state", ["taken out", "kept", "put in", "put in as a value"])
def test_an_instance_is_pruned_if_no_formula_uses_it_after_the_run(simulation, state):
    [stray] = simulation.platform.add_instances([{"name": "stray", "tags": ["fleet"]}])
    simulation.run([tenant("acme", *([sync("stray")] if state in ("taken out", "kept") else [])), tenant("beta")])
    formula = {
        "taken out": sync("beta"),
        "kept": sync("stray", active=False),
        "put in": sync("stray"),
        "put in as a value": sync(configuration={"target": stray}),
    }[state]
    result = tried(simulation, tenant("acme", formula), tenant("beta"), prune_tags=("fleet",))

    assert [one["id"] for one in result["pruned"]] == ([stray] if state == "taken out" else [])
    assert state == "taken out" or any(
        why in result["msg"] for why in ("which this run deletes", "is used by formula instances: acme (id ")
    )


def test_with_on_error_stop_nothing_is_written_if_a_deletion_will_be_refused(simulation):
    simulation.run([tenant("acme"), tenant("beta", sync("acme"))])
    simulation.platform.clear_requests()
    entries = [tenant("new"), tenant("acme", state="absent"), tenant("newer")]
    result = tried(simulation, *entries, stop_on_error=True)

    assert [one["error"]["state"] for one in result["outcomes"]] == ["not_tried", "failed", "not_tried"]
    assert simulation.writes() == []
