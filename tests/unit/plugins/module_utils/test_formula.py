# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One formula instance, from what is desired to what is done: what is meant, what is sent, what is refused, and what is shown."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest
from support.in_process import Race, Simulation, every_order

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused

VARIABLES = {"source": {"required": True}, "target": {}, "cron": {"type": "value"}, "apiKey": {"type": "value"}}
LIST, SEARCH = "GET /formulas/{formulaId}/instances", "GET /formulas/instances"
TEMPLATE, TEMPLATES = "GET /formulas/{formulaId}", "GET /formulas"
POST, PUT = "POST /formulas/{formulaId}/instances", "PUT /formulas/{formulaId}/instances/{formulaInstanceId}"
ACTIVATE = "PUT /formulas/{formulaId}/instances/{formulaInstanceId}/active"
DELETE = "DELETE /formulas/{formulaId}/instances/{formulaInstanceId}"
GET_INSTANCE = "GET /instances/{id}"


def prepared(simulation):
    """A template, and two element instances of it."""
    simulation.template = simulation.platform.formulas.add_templates([{"name": "sync", "variables": VARIABLES}])[0]
    simulation.acme, simulation.beta = simulation.platform.add_instances([{"name": "acme"}, {"name": "beta"}])
    simulation.platform.clear_requests()
    return simulation


@pytest.fixture
def simulation():
    return prepared(Simulation())


@pytest.fixture
def wanted(simulation):
    return {"formula": "sync", "name": "acme-sync", "instances": {"source": "acme"}, "configuration": {"cron": 15}}


@pytest.fixture
def live(simulation):
    """One that is as C(wanted) says."""
    [number] = simulation.platform.formulas.add(
        [
            {
                "name": "acme-sync",
                "formula": simulation.template,
                "configuration": {"source": simulation.acme, "cron": "15"},
                "settings": {"notification.email": "a@example.com"},
            }
        ]
    )
    return number


def the(simulation):
    (one,) = simulation.platform.formulas.instances()
    return one


def sent(simulation, **options):
    """What a run sends in bodies."""
    bodies = []

    def note(request):
        if request.body:
            bodies.append(json.loads(request.body))

    return simulation.formula(before=note, **options), bodies


# Create


def test_one_that_is_absent_is_created_active_with_the_ids_of_its_instances_as_text(simulation, wanted):
    done, bodies = sent(simulation, **wanted)

    assert (done["action"], done["changed"], done["error"]) == ("created", True, None)
    assert bodies == [
        {
            "name": "acme-sync",
            "active": True,
            "configuration": {"source": str(simulation.acme), "cron": "15"},
            "settings": {},
        }
    ]
    assert done["formula_instance"] == {
        "id": done["id"],
        "name": "acme-sync",
        "formula": simulation.template,
        "active": True,
        "configuration": {"cron": "15", "source": str(simulation.acme)},
        "settings": {},
        "created": "2017-08-07T18:46:38Z",
    }
    assert done["diff"]["after"] == {
        "state": "present",
        "name": "acme-sync",
        "instances": {"source": str(simulation.acme)},
        "configuration": {"cron": "15"},
    }


def test_one_may_be_created_inactive(simulation, wanted):
    simulation.formula(**wanted, active=False)

    assert the(simulation)["active"] is False


def test_an_instance_of_another_element_or_with_a_name_of_digits_is_named_in_full(simulation, wanted):
    number, other = simulation.platform.add_instances([{"name": "123"}, {"name": "acme", "element": "zendesk"}])
    wanted["instances"] = {"source": {"name": "123"}, "target": {"name": "acme", "element": "zendesk"}}
    done = simulation.formula(**wanted)

    assert done["formula_instance"]["configuration"] == {"source": str(number), "target": str(other), "cron": "15"}


# Leave alone


@pytest.mark.parametrize("values", ["sent", "strings", "numbers"])
def test_nothing_is_written_where_nothing_differs_as_text(simulation, wanted, live, values):
    simulation.platform.settings({"formula_values": values})
    done = simulation.formula(**wanted, active=True, settings={"notification.email": None})

    assert (done["action"], done["changed"], done["id"]) == ("unchanged", False, live)
    assert simulation.writes() == []
    assert done["diff"]["before"] == done["diff"]["after"]


@pytest.mark.parametrize("more", [0, 1000])
def test_no_op_change_and_deletion_cost_the_same_beside_thousands(simulation, wanted, live, more):
    simulation.platform.formulas.add({"count": more, "formula": simulation.template})
    wanted.update(formula=str(simulation.template), instances={"source": simulation.acme})
    assert simulation.formula(**wanted)["http"]["requests"] == 3
    assert simulation.calls() == [TEMPLATE, GET_INSTANCE, SEARCH]
    assert simulation.formula(**{**wanted, "configuration": {"cron": 30}})["http"]["requests"] == 4
    gone = simulation.formula(formula=str(simulation.template), name="acme-sync", state="absent")
    assert gone["http"]["requests"] == 3
    created = simulation.formula(**wanted)
    assert created["http"]["requests"] == (10 if more else 6)


def test_an_inactive_one_is_seen_and_left_inactive(simulation, wanted, live):
    simulation.platform.formulas.change(live, {"active": False})

    assert simulation.formula(**wanted)["action"] == "unchanged"
    assert len(simulation.platform.formulas.instances()) == 1


def test_what_a_list_leaves_out_is_asked_for_by_id(simulation, wanted, live):
    simulation.platform.settings({"formula_list_configuration": "missing"})

    assert simulation.formula(**wanted)["action"] == "unchanged"


# Change


def test_a_change_is_one_put_whole_over_what_is_live_without_the_error_counters(simulation, wanted, live):
    simulation.platform.formulas.fail(live, 7)
    wanted["instances"] = {"target": "beta"}
    done, bodies = sent(simulation, **wanted, settings={"notification.email": "b@example.com", "time": 60})

    assert bodies == [
        {
            "name": "acme-sync",
            "active": True,
            "configuration": {"source": simulation.acme, "cron": "15", "target": str(simulation.beta)},
            "settings": {"notification.email": "b@example.com", "time": 60},
        }
    ]
    assert simulation.writes() == [PUT]
    assert the(simulation)["numberConsecutiveErrors"] == 7
    assert done["diff"]["before"] == {
        "state": "present",
        "name": "acme-sync",
        "instances": {"target": None},
        "configuration": {"cron": "15"},
        "settings": {"notification.email": "a@example.com", "time": None},
    }


def test_a_variable_that_the_template_has_no_more_does_not_stop_a_change(simulation, wanted, live):
    simulation.platform.formulas.change(live, {"configuration": {"source": simulation.acme, "gone": "x", "cron": None}})

    assert simulation.formula(**wanted)["error"] is None
    assert the(simulation)["configuration"] == {"source": simulation.acme, "cron": "15"}


def test_nothing_is_lost_whether_the_platform_replaces_or_merges(simulation, wanted, live):
    simulation.platform.settings({"formula_put": "merges"})
    simulation.formula(**{**wanted, "configuration": {"cron": "30"}})

    assert the(simulation)["configuration"] == {"source": simulation.acme, "cron": "30"}


def test_where_only_active_differs_it_alone_is_switched(simulation, wanted, live):
    assert simulation.formula(**wanted, active=False)["diff"]["after"]["active"] is False
    assert simulation.formula(**wanted, active=True)["formula_instance"]["active"] is True
    assert simulation.writes() == [ACTIVATE.replace("PUT", "DELETE"), ACTIVATE]


def test_a_change_of_active_and_more_is_one_put(simulation, wanted, live):
    simulation.formula(**{**wanted, "configuration": {"cron": 30}}, active=False)

    assert simulation.writes() == [PUT]
    assert the(simulation)["active"] is False


def test_one_is_renamed_by_id_alone_unless_the_name_is_in_use(simulation, wanted, live):
    assert simulation.formula(id=live, name="new")["action"] == "updated"
    assert the(simulation)["name"] == "new"
    simulation.platform.formulas.add([{"name": "taken", "formula": simulation.template}])
    assert "that name is in use" in simulation.formula(id=live, name="taken")["error"]["message"]


def test_the_same_name_in_another_template_is_another_one(simulation, wanted, live):
    [other] = simulation.platform.formulas.add_templates([{"name": "other", "variables": VARIABLES}])
    done = simulation.formula(**{**wanted, "formula": "other"})

    assert (done["action"], done["formula_instance"]["formula"]) == ("created", other)


def test_one_that_the_platform_switched_off_is_switched_on_with_a_warning(simulation, wanted, live):
    simulation.platform.formulas.fail(live)
    done = simulation.formula(**wanted, active=True)

    assert "deactivated it after 101 failed executions" in done["warnings"][0]
    assert the(simulation)["active"] is True
    simulation.platform.formulas.change(live, {"active": False, "numberConsecutiveErrors": 3})
    assert simulation.formula(**wanted, active=True)["warnings"] == []


# Delete


def test_one_is_deleted_and_its_absence_is_no_error(simulation, wanted, live):
    done = simulation.formula(formula="sync", name="acme-sync", state="absent")

    assert (done["action"], done["id"], done["formula_instance"]) == ("deleted", live, None)
    assert simulation.writes() == [DELETE]
    assert simulation.formula(formula="sync", name="acme-sync", state="absent")["action"] == "unchanged"
    assert simulation.formula(id=live, state="absent")["action"] == "unchanged"


@pytest.mark.parametrize("check", [True, False])
def test_the_deletion_of_an_instance_in_use_names_the_formula_instances_that_use_it(simulation, wanted, live, check):
    done = simulation.one(name="acme", state="absent", check=check)

    assert (
        f"is used by formula instances: acme-sync (id {live} of formula {simulation.template})"
        in done["error"]["message"]
    )
    assert "acme" in simulation.names()
    simulation.platform.formulas.change(live, {"active": False})
    assert simulation.one(name="acme", state="absent", check=check)["action"] == "deleted"


def test_a_user_who_may_not_see_formulas_still_gets_a_dry_run(simulation):
    simulation.platform.add_faults({"fault": "status", "status": 403, "match": {"path": "/formulas.*"}})

    assert simulation.one(name="acme", state="absent", check=True)["action"] == "deleted"


# Dry runs


def test_a_dry_run_with_an_instance_of_the_same_play_shows_it_as_pending(simulation, wanted):
    wanted["instances"] = {"source": -1}
    done = simulation.formula(**wanted, check=True)

    assert (done["action"], done["pending"], done["id"]) == ("created", True, -1)
    assert done["diff"]["after"]["instances"] == {"source": "(pending)"}
    with pytest.raises(Refused, match="placeholder of a dry run"):
        simulation.formula(**wanted)


def test_one_that_an_earlier_task_is_about_to_create_is_predicted_without_a_request(simulation):
    done = simulation.formula(id=-1, active=False, check=True)
    assert (done["action"], done["pending"], done["http"]["requests"]) == ("updated", True, 0)
    assert simulation.formula(id=-1, state="absent", check=True)["action"] == "deleted"


# Secrets


def test_values_under_keys_that_look_secret_are_shown_nowhere(simulation, wanted):
    wanted["configuration"] = {"apiKey": "a-secret-of-acme", "cron": '{"token": "a-token-of-acme"}'}
    created = simulation.formula(**wanted, settings={"api.token": "a-setting-of-acme"})
    changed = simulation.formula(**{**wanted, "configuration": {"apiKey": "another-secret"}})

    assert created["diff"]["after"]["configuration"]["apiKey"] == "(set)"
    assert created["diff"]["after"]["settings"] == {"api.token": "(set)"}
    assert changed["diff"]["after"]["configuration"] == {"apiKey": "(changed)"}
    assert changed["formula_instance"]["configuration"]["apiKey"] == "(hidden)"
    for secret in ("a-secret-of-acme", "another-secret", "a-token-of-acme", "a-setting-of-acme"):
        assert secret not in json.dumps([created, changed])


def test_a_masked_value_is_never_sent_and_never_compared(simulation, wanted, live):
    simulation.platform.formulas.change(live, {"configuration": {"source": simulation.acme, "apiKey": "********"}})
    same = simulation.formula(**{**wanted, "configuration": {"apiKey": "a-secret-of-acme"}})
    lost = simulation.formula(**wanted)

    assert (same["action"], same["secrets"]) == ("unchanged", "unreadable")
    assert "does not show the live apiKey" in lost["error"]["message"]
    assert simulation.writes() == []


# Refused


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"formula": "nobody"}, "no template with that name is visible"),
        ({"formula": "1", "state": "absent"}, "no template with that id is visible"),
        pytest.param({"formula": "twice"}, r"the name of several templates \(ids \d+, \d+\)", id="several templates"),
        ({"instances": {"source": "nobody"}}, "no such instance is visible"),
        ({"instances": {"source": 1}, "state": "absent"}, "no such instance is visible"),
        ({"instances": {"source": "twins"}}, "the name of several instances: id"),
        ({"instances": {}}, "lacks source, which the template requires"),
        ({"configuration": {"cronn": 1}}, "has no variable cronn.*its variables are: apiKey, cron, source, target"),
        ({"id": 999_999, "formula": None}, "No formula instance with the id 999999"),
        ({"formula": "off"}, "its template off .* is inactive"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(simulation, wanted, check, change, why):
    simulation.platform.formulas.add_templates([{"name": "twice"}, {"name": "twice"}])
    simulation.platform.formulas.add_templates([{"name": "off", "active": False, "variables": VARIABLES}])
    simulation.platform.add_instances([{"name": "twins"}, {"name": "twins"}])
    done = simulation.formula(**{**wanted, **change}, check=check)

    assert done["error"]["state"] == "failed"
    assert re.search(why, done["error"]["message"])
    assert simulation.writes() == []


def test_the_id_of_another_template_is_refused(simulation, wanted, live):
    simulation.platform.formulas.add_templates([{"name": "other"}])

    assert "belongs to formula" in simulation.formula(id=live, formula="other")["error"]["message"]


def test_a_name_that_several_have_is_refused_unless_the_oldest_is_meant(simulation, wanted, live):
    simulation.platform.formulas.add([{"name": "acme-sync", "formula": simulation.template, "active": False}])

    assert "is the name of 2 formula instances" in simulation.formula(**wanted)["error"]["message"]
    assert simulation.formula(**wanted, on_duplicate="oldest")["id"] == live


# Created once


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "drop_after"},
        {"fault": "hang_after"},
        {"fault": "drop_before"},
        {"fault": "late", "commit_after": 50},
        {"fault": "status", "status": 503, "commit": True},
        {"fault": "not_json"},
        {"fault": "wrong_shape", "body": {"id": 600001}},
    ],
)
def test_a_create_whose_answer_is_lost_is_looked_for_before_it_is_sent_again(simulation, wanted, fault):
    simulation.platform.add_faults({**fault, "match": {"verb": "POST"}})
    done = simulation.formula(**wanted)

    assert done["error"] is None
    assert done["action"] == ("created" if fault["fault"] == "drop_before" else "recovered")
    assert (the(simulation)["id"], the(simulation)["configuration"]["cron"]) == (done["id"], "15")


def test_two_runs_at_once_leave_one_in_every_order():
    orders = 0
    for choose in every_order():
        race = Race(choose, prepared)
        wish = {"formula": str(race.template), "name": "acme-sync", "instances": {"source": race.acme}}
        run = partial(race.formula, **wish)
        results = race.together(lambda clock, run=run: run(clock=clock), lambda clock, run=run: run(clock=clock))
        orders += 1
        assert [one["error"] for one in results] == [None, None]
        assert {one["id"] for one in results} == {the(race)["id"]}
        if orders == 300:
            break
    assert orders > 10
