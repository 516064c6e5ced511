# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module request as a task runs it, where it is sent and in the controller's process."""

from __future__ import annotations

import json
import os

import pytest
from support import actions
from support.in_process import Simulation
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.action.request import ActionModule
from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tasks
from ansible_collections.cloudelements.freshdesk.plugins.modules import request as module
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _in_process

INCIDENTS = "/hubs/helpdesk/incidents"
PLATFORM = {
    "user_secret": "user/secret+of=one",
    "organization_secret": "organization/secret+of=acme",
    "base_url": "https://platform.example",
}


@pytest.fixture
def simulation(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(_in_process, "_kept", {})
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any"})
    simulation.platform.add_instances([{"name": "acme"}])
    monkeypatch.setattr(_tasks, "Transport", simulation.connect)
    return simulation


def run(simulation, way, check=False, **options):
    options = {**PLATFORM, "name": "acme", "path": INCIDENTS, **options}
    if way == "sent":
        result = run_main(module.main, check=check, **options).result
    else:
        result = actions.made(ActionModule, options, check_mode=check).run(task_vars={})
    printed = json.dumps(result)
    assert "secret+of" not in printed
    assert not any(instance["token"] in printed for instance in simulation.platform.instances())
    return result


@pytest.fixture(params=["sent", "in process"])
def way(request):
    return request.param


def test_a_request_is_sent_and_its_answer_handed_on(simulation, way):
    result = run(simulation, way, query={"pageSize": 2}, pages="all")

    assert [one["name"] for one in result["json"]] == ["incident 0", "incident 1", "incident 2"]
    assert result["changed"] is False


def test_a_write_is_sent_but_not_in_check_mode(simulation, way):
    options = {"path": "/hubs/helpdesk/contacts", "method": "POST", "body": {"name": "Ann"}}
    predicted = run(simulation, way, check=True, **options)
    assert simulation.writes() == []
    done = run(simulation, way, **options)

    assert (predicted["changed"], done["changed"]) == (True, True)
    assert done["json"]["name"] == "Ann"
    assert set(predicted) == set(done)


def test_a_dry_run_takes_the_id_of_an_instance_that_an_earlier_task_would_create(simulation, way):
    result = run(simulation, way, check=True, name=None, id=-1)

    assert (result.get("failed", False), result["pending"]) == (False, True)
    assert simulation.calls() == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"path": "/instances"}, "path must begin with /hubs/"),
        ({"path": None}, "path"),
        ({"name": "nobody"}, "No instance with the name nobody"),
        ({"user_secret": "short"}, "user_secret is shorter"),
        ({"user_secret": "a-wrong-secret"}, "refused the secrets"),
    ],
    ids=str,
)
def test_an_invalid_request_gets_a_one_line_error(simulation, way, options, why):
    result = run(simulation, way, **options)

    assert result["failed"]
    assert why in result["msg"]
    assert not result.get("changed")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"method": "get"}, "method must be one of GET"),
        ({"status_code": ["two hundred"]}, "status_code must be of type list of int"),
        ({"query": "no mapping"}, "query must be of type dict"),
    ],
    ids=str,
)
@pytest.mark.parametrize("transport", ["local", "ssh"])
def test_options_of_a_wrong_type_are_refused_on_the_controller(simulation, options, why, transport):
    arguments = {**PLATFORM, "name": "acme", "path": INCIDENTS, **options}
    result = actions.made(ActionModule, arguments, transport=transport).run(task_vars={})

    assert result["failed"]
    assert why in result["msg"]
    assert simulation.calls() == []


def test_the_items_of_a_loop_cost_one_request_each(simulation):
    for number in range(10):
        assert run(simulation, "in process", query={"pageSize": number + 1})["status"] == 200

    assert simulation.calls() == ["GET /instances", *["GET /hubs/helpdesk/{resource}"] * 10]


def test_the_module_is_sent_where_the_task_runs_elsewhere(simulation):
    action = actions.made(ActionModule, {**PLATFORM, "name": "acme", "path": INCIDENTS}, transport="ssh")
    ways = actions.sent(action, {"changed": False, "invocation": {"module_args": PLATFORM}})

    assert action.run(task_vars={}) == {"changed": False}
    assert [way["module_name"] for way in ways] == ["cloudelements.freshdesk.request"]
