# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the formulas of many tenants refer to: found with few requests, and kept apart."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from support.in_process import Simulation

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result

TEMPLATES, TEMPLATE, LIST = "GET /formulas", "GET /formulas/{formulaId}", "GET /formulas/{formulaId}/instances"
INSTANCES, INSTANCE = "GET /instances", "GET /instances/{id}"
CRM, HUB, LOCAL = {"name": "crm", "element": "zendesk"}, {"name": "hub", "element": "zendesk"}, {"name": "local"}


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any"})
    simulation.sync, simulation.audit = simulation.platform.formulas.add_templates(
        [{"name": name, "variables": {"source": {}, "target": {}}} for name in ("sync", "audit")]
    )
    simulation.crm, simulation.hub, simulation.local = map(str, simulation.platform.add_instances([CRM, HUB, LOCAL]))
    simulation.platform.clear_requests()
    return simulation


def tenant(name, *formulas):
    return {"name": name, "subdomain": name, "api_key": f"key-of-{name}", "formulas": list(formulas)}


def planned(simulation, *entries, **how):
    """The result of a dry run by name, and how often it requested what."""
    simulation.platform.clear_requests()
    result = fleet_result(simulation.run(list(entries), check=True, **how))
    return {one["name"]: one for one in result["outcomes"]}, Counter(simulation.calls())


def shown(outcome):
    """The element instances of the formulas of a tenant in the diff."""
    return [formula["diff"]["after"].get("instances") for formula in outcome["formulas"]]


def test_what_several_formulas_refer_to_is_asked_for_once_also_where_it_is_missing(simulation):
    first = {"formula": "sync", "instances": {"source": "self", "target": int(simulation.crm)}}
    second = {**first, "formula": str(simulation.sync)}
    other = {"formula": "audit", "instances": {"source": HUB, "target": int(simulation.local)}}
    missing = {"formula": "nobody"}
    result, calls = planned(
        simulation,
        *(tenant(name, first, {**second, "name": f"{name}-2"}) for name in ("acme", "beta")),
        tenant("gamma", other),
        tenant("delta", missing),
        tenant("omega", missing),
    )

    for name in ("delta", "omega"):
        assert (
            "nobody, but no template with that name is visible with these secrets" in result[name]["error"]["message"]
        )
    both = {"source": "(pending)", "target": simulation.crm}
    assert [shown(result[name]) for name in ("acme", "beta", "gamma")] == [
        [both, both],
        [both, both],
        [{"source": simulation.hub, "target": simulation.local}],
    ]
    # By name sync, audit and nobody; by id sync, crm and local; and the instances of two templates.
    assert (calls[TEMPLATES], calls[TEMPLATE], calls[INSTANCE], calls[LIST]) == (3, 1, 2, 2)


def test_one_instance_of_another_element_is_searched_and_several_are_listed_once(simulation):
    simulation.platform.add_instances({"count": 1000, "element": "zendesk"})
    _alone, least = planned(simulation, tenant("acme"))
    one, searched = planned(simulation, tenant("acme", {"formula": "sync", "instances": {"source": CRM}}))
    two, listed = planned(simulation, tenant("acme", {"formula": "sync", "instances": {"source": CRM, "target": HUB}}))

    assert shown(one["acme"]) == [{"source": simulation.crm}]
    assert shown(two["acme"]) == [{"source": simulation.crm, "target": simulation.hub}]
    # A thousand are six pages.
    assert [calls[INSTANCES] - least[INSTANCES] for calls in (searched, listed)] == [1, 6]


def test_instances_of_two_elements_are_not_confused(simulation):
    result, _calls = planned(
        simulation, tenant("acme", {"formula": "sync", "instances": {"source": CRM, "target": LOCAL}})
    )

    assert shown(result["acme"]) == [{"source": simulation.crm, "target": simulation.local}]


def test_a_formula_instance_that_is_given_by_id_may_stand_beside_one_that_is_given_by_name(simulation):
    [number] = simulation.platform.formulas.add([{"name": "old", "formula": simulation.sync}])
    result, _calls = planned(
        simulation, tenant("acme", {"id": number, "instances": {"source": HUB}}, {"formula": "sync", "name": "new"})
    )

    assert [one["action"] for one in result["acme"]["formulas"]] == ["updated", "created"]


def test_a_formula_instance_whose_name_only_looks_like_one_that_exists_is_created_with_a_warning(simulation):
    simulation.platform.formulas.add(
        [{"name": name, "formula": simulation.sync} for name in ("acme-sync", "beta-sync")]
    )
    formulas = [{"formula": "sync", "name": name} for name in ("Acme-Sync", "beta-sync")]
    run = simulation.run([tenant("acme", *formulas)], check=True)
    created, unchanged = run.tenants[0].parts

    assert (created.action, unchanged.action) == ("created", "unchanged")
    assert "others look the same: 'acme-sync'" in str(created.warnings)
    assert unchanged.warnings == []


def test_an_instance_that_an_earlier_task_would_create_is_not_that_of_the_tenant(simulation):
    simulation.run([tenant("acme")])
    result, _calls = planned(
        simulation, tenant("acme", {"formula": "sync", "instances": {"source": -1, "target": "self"}})
    )

    assert shown(result["acme"]) == [{"source": "(pending)", "target": str(simulation.the("acme")["id"])}]


@pytest.mark.parametrize("kind", ["formula instances", "element instances"])
def test_what_is_addressed_by_id_is_read_by_as_many_workers_as_the_task_has_and_once(simulation, kind):
    count, workers = 12, 4
    if kind == "formula instances":
        path = "/formulas/instances/"
        ids = simulation.platform.formulas.add([{"name": "x", "formula": simulation.sync} for _one in range(count)])
        meant = [{"id": number} for number in ids]
    else:
        path = "/instances/"
        ids = simulation.platform.add_instances([{"name": f"source-{one}"} for one in range(count)])
        meant = [{"formula": "sync", "instances": {"source": number, "target": number}} for number in ids]
        meant[-1]["instances"]["target"] = ids[0]
    side_by_side, sent = threading.Barrier(workers), []

    def gather(request):
        if f"api-v2{path}" in request.url:
            sent.append(request.url)
            if len(sent) <= workers:
                side_by_side.wait(timeout=60)  # ends at once if there are as many workers as there should be

    result, _calls = planned(
        simulation,
        *(tenant(f"t{one}", formula) for one, formula in enumerate(meant)),
        concurrency=workers,
        before=gather,
    )

    assert Counter(url.rpartition("/")[2] for url in sent) == Counter(map(str, ids))
    assert simulation.platform.counts()["max_concurrent_seen"] <= workers
    assert all("error" not in one for one in result.values())


def test_a_formula_instance_that_cannot_be_read_keeps_no_other_from_an_element_instance_that_both_use(simulation):
    [number] = simulation.platform.formulas.add([{"name": "old", "formula": simulation.sync}])
    simulation.platform.add_faults(
        {"fault": "status", "status": 403, "match": {"path": f"/formulas/instances/{number}"}}
    )
    source = {"source": int(simulation.crm)}
    result, _calls = planned(
        simulation,
        tenant("acme", {"id": number, "instances": source}),
        tenant("beta", {"formula": "sync", "instances": source}),
    )

    assert [result[name].get("error", {}).get("status") for name in ("acme", "beta")] == [403, None]
    assert shown(result["beta"]) == [{"source": simulation.crm}]


def test_an_element_instance_that_cannot_be_read_fails_the_tenants_that_refer_to_it_alone(simulation):
    simulation.platform.add_faults(
        {"fault": "status", "status": 403, "match": {"verb": "GET", "path": f"/instances/{simulation.crm}"}}
    )
    broken, well = ({"formula": "sync", "instances": {"source": int(one)}} for one in (simulation.crm, simulation.hub))
    result, calls = planned(simulation, tenant("acme", broken), tenant("beta", broken), tenant("gamma", well))

    assert [result[name].get("error", {}).get("status") for name in ("acme", "beta", "gamma")] == [403, 403, None]
    assert calls[INSTANCE] == 2
