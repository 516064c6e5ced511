# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dry run of a formula instance is accurate: the run after it does just that, the run after that nothing, and no secret shows."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st
from support.in_process import Simulation
from support.scenes import FORMULA_SETTINGS, some

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result

CHANCE = st.randoms(use_true_random=False)
SECRETS = ["SENTINEL-one", "SENTINEL-two"]
NAMES = ["sync", "Sync", "other"]
SETTINGS = {
    **FORMULA_SETTINGS,
    "formula_variables": ["checked", "stored"],
    "page_size": [200, 2],
    "total_count": [True, False],
    "list_configuration": ["full", "missing"],
}
VARIABLES = {"source": {"required": True}, "target": {}, "cron": {"type": "value"}, "api_key": {"type": "value"}}


def platform(chance):
    """A platform in some state: templates, element instances, formula instances."""
    simulation = Simulation()
    simulation.platform.settings(some(chance, SETTINGS, 0.4))
    instances = simulation.platform.add_instances(
        [{"name": "acme"}, {"name": "beta", "disabled": True, "tags": ["old"]}, {"name": "twins"}, {"name": "twins"}]
    )
    formulas = simulation.platform.formulas
    templates = formulas.add_templates(
        [
            {"name": "one", "variables": VARIABLES},
            {"name": "two", "variables": {"source": {}}, "active": chance.choice([True, False])},
            {"name": "two", "variables": {"source": {}}},
        ]
    )
    for _instance in range(chance.choice([0, 1, 1, 2, 3])):
        values = {
            "source": [instances[0], str(instances[1])],
            "target": [instances[1]],
            "cron": ["15", 15, None, "true"],
            "api_key": [*SECRETS, "********"],
        }
        seed = {
            "name": chance.choice(NAMES),
            "formula": chance.choice(templates),
            "active": chance.choice([True, False]),
        }
        [number] = formulas.add([{**seed, "configuration": some(chance, values, 0.6)}])
        formulas.change(number, {"settings": some(chance, {"notification.email": ["a@b.example"], "n": [60]}, 0.5)})
        if chance.random() < 0.2:
            formulas.fail(number)
    return simulation


def wanted(chance, simulation):
    """A formula instance as a user might want it."""
    ids = [one["id"] for one in simulation.platform.formulas.instances()]
    acme = simulation.platform.instances()[0]["id"]
    options = {
        "instances": some(
            chance,
            {
                "source": ["acme", acme, {"name": "acme"}, "acme", "acme", "twins", "nobody", None],
                "target": ["beta", {"name": "beta", "element": "freshdeskv2"}],
                "none": [acme],
            },
            0.5,
        ),
        "configuration": some(chance, {"cron": [15, "30", True, None], "api_key": SECRETS, "nope": [1]}, 0.4),
        "settings": some(chance, {"notification.email": ["a@b.example", "c@d.example"], "n": [60, "61"]}, 0.4),
        **some(
            chance,
            {"active": [True, False], "on_duplicate": ["oldest"], "state": ["present", "present", "absent"]},
            0.5,
        ),
    }
    options["configuration"].pop("nope", None) if chance.random() < 0.7 else None
    options["instances"].pop("none", None) if chance.random() < 0.7 else None
    if chance.random() < 0.25 and ids:
        options.update(id=chance.choice([*ids, 99]), **some(chance, {"name": NAMES, "formula": ["one"]}, 0.5))
    else:
        options.update(name=chance.choice(NAMES), formula=chance.choice(["one", "one", "one", "3001", "two", "nobody"]))
    return options


def tried(simulation, options, check):
    try:
        return simulation.formula(**options, check=check)
    except Refused as refusal:
        return {"error": {"message": refusal.message, "status": None}, "refused": True}


def said(one):
    """What the dry run and the run must say alike."""
    message = one["error"] and re.sub(r", request [0-9a-f]{24}", "", one["error"]["message"])
    return message, one.get("warnings"), {key: one.get(key) for key in ("changed", "action", "diff", "secrets")}


@given(CHANCE)
def test_a_dry_run_of_a_formula_instance_is_accurate(chance):
    simulation = platform(chance)
    options = wanted(chance, simulation)
    before = json.dumps(simulation.platform.formulas.instances())
    dry = tried(simulation, options, check=True)
    assert json.dumps(simulation.platform.formulas.instances()) == before
    assert simulation.writes() == []
    run = tried(simulation, options, check=False)
    assert "This is a bug" not in str((dry["error"], run["error"]))
    assert said(dry) == said(run)
    assert not any(secret in json.dumps([dry, run]) for secret in SECRETS)
    if run["error"] is None and not (options.get("state") == "absent" and options.get("on_duplicate")):
        writes = len(simulation.writes())
        again = tried(simulation, options, check=False)
        assert (again["action"], again["changed"], len(simulation.writes())) == ("unchanged", False, writes)


@given(CHANCE)
def test_a_dry_run_of_the_deletion_of_an_element_instance_is_accurate(chance):
    simulation = platform(chance)
    name = chance.choice(["acme", "beta"])
    dry = simulation.one(name=name, state="absent", check=True)
    run = simulation.one(name=name, state="absent")

    assert (dry["action"], dry["error"] is None) == (run["action"], run["error"] is None)
    assert "is used by formula instances" in dry["error"]["message"] if dry["error"] else True


def tenants(chance, simulation):
    """Tenants as a user might want them: their formulas use their own instances, and those of others that may come, go or be renamed."""
    ids = {one["name"]: one["id"] for one in simulation.platform.instances()}
    others = ["acme", "beta", "new", "newer", "renamed", ids["acme"], ids["beta"], {"name": "newer"}]
    entries = []
    for name in chance.sample(["acme", "beta", "new", "newer"], chance.choice([1, 2, 3, 4])):
        formulas = [wanted(chance, simulation) for _formula in range(chance.choice([0, 1, 1, 2]))]
        for formula in formulas:
            formula["instances"] = {
                variable: chance.choice(["self", one, chance.choice(others)])
                for variable, one in formula["instances"].items()
            }
            if chance.random() < 0.3:
                formula.pop("name", None)
        entry = {"name": name, "formulas": formulas}
        if name in ("acme", "beta"):
            entry.update(some(chance, {"tags": [["a"]], "enabled": [True, False]}, 0.4))
            entry.update(some(chance, {"state": ["absent"], "verify": [True]}, 0.2))
            if chance.random() < 0.3:
                entry.update(id=ids[name], name=chance.choice([name, "renamed"]))
        else:
            entry.update(subdomain=name, api_key=f"key-of-{name}", **some(chance, {"state": ["absent"]}, 0.2))
        entries.append(entry)
    return entries


def provisioned(simulation, entries, check, **how):
    try:
        return fleet_result(simulation.run(entries, check=check, **how))
    except Refused as refusal:
        return refusal.message


def reported(result):
    """What the dry run and the run must say alike of each tenant and of each of its formula instances."""
    jobs = [job for one in result["outcomes"] for job in (one, *one["formulas"])]
    # Only the platform's own refusal has a request.
    errors = [
        re.sub(r" \(HTTP 409, request [0-9a-f]{24}\)", "", job.get("error", {}).get("message", "")) for job in jobs
    ]
    return [(job["name"], job["changed"], job["action"], job["diff"], error) for job, error in zip(jobs, errors)]


@given(CHANCE)
def test_a_dry_run_of_tenants_with_formulas_is_accurate(chance):
    simulation = platform(chance)
    simulation.platform.settings({"accounts": "any"})
    entries = tenants(chance, simulation)
    how = some(chance, {"stop_on_error": [True], "prune_tags": [("old",)]}, 0.2)
    before = json.dumps([simulation.platform.instances(), simulation.platform.formulas.instances()])
    dry = provisioned(simulation, entries, check=True, **how)
    assert json.dumps([simulation.platform.instances(), simulation.platform.formulas.instances()]) == before
    run = provisioned(simulation, entries, check=False, **how)
    if isinstance(dry, str):
        assert dry == run
        return
    assert "This is a bug" not in json.dumps([dry, run])
    assert reported(dry) == reported(run)
    assert (dry["plan_id"], dry["diff"], dry["summary"]) == (run["plan_id"], run["diff"], run["summary"])
    assert not any(secret in json.dumps([dry, run]) for secret in SECRETS)
    # Of several that have one name, absent deletes another each time.
    duplicates = any("on_duplicate" in formula for entry in entries for formula in entry["formulas"])
    if "failed" not in run and not duplicates:
        writes = len(simulation.writes())
        again = provisioned(simulation, entries, check=False, **how)
        assert (again["changed"], len(simulation.writes())) == (False, writes)


@given(CHANCE)
def test_tenants_that_are_taken_back_leave_nothing_behind(chance):
    simulation = platform(chance)
    simulation.platform.settings({"accounts": "any"})
    formulas = [{"formula": "one", "name": "x", "instances": {"source": "self"}}, {"formula": "one", "name": "y"}]
    formulas[1]["instances"] = {"source": "acme", "target": "self"}
    entries = [{"name": name, "subdomain": name, "api_key": f"key-of-{name}"} for name in ("new", "newer")]
    entries[chance.choice([0, 1])]["formulas"] = chance.sample(formulas, chance.choice([1, 2]))
    before = json.dumps([simulation.platform.instances(), simulation.platform.formulas.instances()])
    assert "failed" not in provisioned(simulation, entries, check=False)
    gone = [{**entry, "state": "absent"} for entry in entries]
    dry, run = (provisioned(simulation, gone, check=check) for check in (True, False))
    assert reported(dry) == reported(run)
    assert run["summary"] == {"deleted": 2}
    assert json.dumps([simulation.platform.instances(), simulation.platform.formulas.instances()]) == before
