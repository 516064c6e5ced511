# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is live, shown: filters, duplicates, health, and no secret."""

from __future__ import annotations

import json

import pytest
from support.in_process import START, Simulation

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError, Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._info import read_instances, tokens_found

LIST, GET, ELEMENT = "GET /instances", "GET /instances/{id}", "GET /elements/{key}"
AGENTS = "GET /hubs/helpdesk/{resource}"


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.add_instances(
        [
            {"name": "beta", "tags": ["crm", "eu"], "api_key": "SENTINEL-key"},
            {"name": "acme", "tags": ["crm"], "created": START},
            {"name": "acme", "tags": [], "created": START - 1, "configuration": {"a.secret": "SENTINEL-a"}},
            {"name": "gone", "disabled": True},
            {"name": "other", "element": "zendesk"},
        ]
    )
    return simulation


def shown(simulation, **params):
    given = {"name": None, "id": None, "tags": None, "verify": False, "concurrency": 1, **params}
    return read_instances(simulation.transport(read_only=True), given)


def ids(instances):
    return [instance["id"] for instance in instances]


def test_all_of_the_element_are_shown_by_name_and_age_duplicates_too(simulation):
    assert ids(shown(simulation)) == [600003, 600002, 600001, 600004]
    assert simulation.calls() == [LIST]


@pytest.mark.parametrize(
    ("filters", "expected", "calls"),
    [
        ({"name": "acme"}, [600003, 600002], [LIST]),
        ({"name": "acm"}, [], [LIST, LIST]),
        ({"name": "ACME"}, [], [LIST, LIST]),
        ({"id": 600001}, [600001], [GET]),
        ({"id": 600001, "name": "beta"}, [600001], [GET]),
        ({"id": 600001, "name": "acme"}, [], [GET]),
        ({"id": 600001, "tags": ["old"]}, [], [GET]),
        ({"id": 5}, [], [GET, ELEMENT]),
        ({"id": 600005}, [], [GET, ELEMENT]),
        ({"name": "acme", "tags": ["crm"]}, [600002], [LIST]),
        ({"tags": ["crm"]}, [600002, 600001], [LIST]),
        ({"tags": ["eu", "crm"]}, [600001], [LIST]),
        ({"tags": ["old"]}, [], [LIST, ELEMENT]),
        ({"tags": []}, [600003, 600002, 600001, 600004], [LIST]),
    ],
    ids=str,
)
def test_filters_leave_what_fits_all_of_them(simulation, filters, expected, calls):
    assert ids(shown(simulation, **filters)) == expected
    assert simulation.calls() == calls


def test_an_empty_platform_shows_an_empty_list():
    assert shown(Simulation()) == []


@pytest.mark.parametrize("filters", [{}, {"name": "acme"}, {"id": 600001}, {"id": 5}, {"tags": ["crm"]}], ids=str)
@pytest.mark.parametrize(
    ("element", "says"),
    [
        ("freshdeskv3", "element is freshdeskv3, and the platform has no"),
        ("491", "which the platform knows as freshdeskv2"),
    ],
)
def test_an_element_that_is_mistyped_shows_an_error_and_no_empty_list(simulation, filters, element, says):
    given = {"name": None, "id": None, "tags": None, "verify": False, "concurrency": 1, **filters}
    with pytest.raises(Refused, match=says):
        read_instances(simulation.transport(read_only=True, element=element), given)


def test_no_token_and_no_secret_is_shown(simulation):
    text = json.dumps(shown(simulation, verify=True))

    assert "SENTINEL" not in text
    assert not any(instance["token"] in text for instance in simulation.platform.instances())
    assert "token" not in shown(simulation)[0]


def test_health_is_reported_of_each_and_why_not(simulation):
    simulation.platform.accounts({"acme": "key-of-acme", "beta": "another-key"})
    healths = {instance["id"]: instance["health"] for instance in shown(simulation, verify=True)}

    assert healths == {
        600001: {"ok": False, "status": 401, "reason": "key"},
        600002: {"ok": True, "status": 200, "reason": None},
        600003: {"ok": True, "status": 200, "reason": None},
        600004: {"ok": False, "status": None, "reason": "disabled"},
    }
    assert simulation.calls() == [LIST, AGENTS, AGENTS, AGENTS], "one that is disabled is not tried"


@pytest.mark.parametrize(
    ("fault", "health"),
    [
        ({"fault": "status", "status": 500}, {"ok": False, "status": 500, "reason": "platform"}),
        ({"fault": "drop_before"}, {"ok": False, "status": None, "reason": "platform"}),
        ({"fault": "status", "status": 403}, {"ok": False, "status": 403, "reason": "disabled"}),
        ({"fault": "status", "status": 404, "message": "No agents found"}, {"ok": True, "status": 404, "reason": None}),
    ],
    ids=str,
)
def test_one_that_cannot_be_tried_does_not_hide_the_others(simulation, fault, health):
    simulation.platform.accounts({"acme": "key-of-acme", "beta": "SENTINEL-key"})
    simulation.platform.add_faults({**fault, "match": {"name": "beta"}, "times": None})
    healths = {instance["id"]: instance["health"] for instance in shown(simulation, verify=True)}

    assert healths[600001] == health
    assert healths[600002]["ok"] is True


def test_an_unknown_subdomain_is_its_own_reason(simulation):
    (instance,) = shown(simulation, id=600002, verify=True)
    assert instance["health"] == {"ok": False, "status": 404, "reason": "subdomain"}


def test_one_without_a_usable_token_cannot_be_tried(simulation):
    body = {"id": 600001, "name": "beta", "token": "********, Element y"}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "times": None})
    (instance,) = shown(simulation, id=600001, verify=True)
    assert instance["health"] == {"ok": False, "status": None, "reason": "platform"}
    assert AGENTS not in simulation.calls()


def test_many_are_tried_side_by_side(simulation):
    simulation.platform.settings({"accounts": "any"})
    simulation.platform.add_instances({"count": 300})
    instances = shown(simulation, verify=True, concurrency=16)
    assert sum(instance["health"]["ok"] for instance in instances) == 303


@pytest.mark.parametrize("params", [{"concurrency": 0}, {"concurrency": 65}, {"id": 0}, {"id": -1}])
def test_options_that_cannot_be_meant_are_refused_before_any_request(simulation, params):
    with pytest.raises(Refused, match=next(iter(params))):
        shown(simulation, **params)
    assert simulation.calls() == []


def test_a_list_that_cannot_be_read_whole_is_an_error(simulation):
    simulation.platform.add_faults({"fault": "status", "status": 404, "body": "html"})
    with pytest.raises(FreshdeskError, match="check base_url"):
        shown(simulation)


@pytest.mark.parametrize(
    "filters", [{}, {"name": "acme"}, {"tags": ["crm"]}, {"name": "acme", "tags": ["crm"]}], ids=str
)
@pytest.mark.parametrize(
    "setting", [{"hydrate": "ignored"}, {"list_configuration": "empty"}, {"list_configuration": "missing"}]
)
def test_what_a_list_leaves_out_is_asked_for_and_the_same_is_shown(simulation, setting, filters):
    whole = shown(simulation, **filters)
    simulation.platform.settings(setting)

    assert shown(simulation, **filters, concurrency=2) == whole
    assert simulation.calls().count(GET) >= len(whole)


def test_no_instance_is_asked_for_where_the_list_shows_all_of_it(simulation):
    shown(simulation)

    assert simulation.calls() == [LIST]


def tokens(simulation, *names, check_mode=False):
    return tokens_found(simulation.transport(read_only=True), names, check_mode=check_mode)


def test_tokens_of_several_names_need_one_list(simulation):
    assert tokens(simulation, "beta", "gone") == {name: simulation.the(name)["token"] for name in ("beta", "gone")}
    assert simulation.calls() == [LIST]


def test_a_single_name_is_called_absent_only_after_the_whole_list(simulation):
    with pytest.raises(Refused, match="No instance with the name bet is"):
        tokens(simulation, "bet")

    assert simulation.calls() == [LIST, LIST]


def test_a_dry_run_knows_no_token_of_a_name_that_is_not_there_and_refuses_several_of_one_all_the_same(simulation):
    assert tokens(simulation, "nobody", check_mode=True) == {"nobody": "check-mode-placeholder"}
    with pytest.raises(
        Refused, match=r"Several instances have the name acme \(id 600003 .*, id 600002 .*\), so it is not clear"
    ):
        tokens(simulation, "acme", check_mode=True)


@pytest.mark.parametrize("shows", [True, False])
def test_a_token_that_the_list_does_not_show_is_asked_for(simulation, shows):
    beta = {"id": 600001, "name": "beta", "element": {"key": "freshdeskv2"}}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": [beta]})
    if shows:
        assert tokens(simulation, "beta") == {"beta": simulation.the("beta")["token"]}
    else:
        simulation.platform.add_faults({"fault": "wrong_shape", "body": beta, "match": {"path": r"/instances/\d+"}})
        with pytest.raises(FreshdeskError, match=r"The platform shows no usable token of instance 600001 \(beta\)"):
            tokens(simulation, "beta")

    assert simulation.calls() == [LIST, GET]


@pytest.mark.parametrize("check_mode", [False, True])
def test_tokens_of_an_element_that_does_not_exist_are_an_error_in_a_dry_run_too(simulation, check_mode):
    for names in (["beta"], ["beta", "gone"]):
        with pytest.raises(Refused, match="element is freshdeskv3, and the platform has no element of that key"):
            tokens_found(simulation.transport(read_only=True, element="freshdeskv3"), names, check_mode=check_mode)
