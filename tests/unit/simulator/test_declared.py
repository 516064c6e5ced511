# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the vendor declares is served, what he does not declare is noted, and can be refused."""

from __future__ import annotations

import json

import pytest
from simulator.declared import DECLARED
from simulator.lists import page_token
from simulator.routes import ROUTES
from support.declared import assert_only_declared

VALUES = {
    "pageSize": "1",
    "nextPage": page_token(0),
    "operationId": "GET-agents",
    "version": "-1",
    "baseUrl": "https://a",
    "where": "name='incident 0'",
}
INCIDENT = {"subject": "Fire", "description": "It burns", "email": "a@example.com", "priority": 1, "status": 2}
REQUESTS = [(verb, path) for path, verbs in DECLARED.items() for verb in verbs]


@pytest.mark.parametrize(("verb", "path"), REQUESTS)
def test_every_declared_request_is_served_with_every_declared_parameter(platform, one, verb, path):
    platform.settings({"accounts": "any", "undeclared": "refused"})
    instance = one.create()
    item = one.call("GET", f"/instances/{instance['id']}/configuration").json()[0]["id"]
    platform.change_instance(
        instance["id"], {"events": [{"id": 7}], "disabled": (verb, path[-8:]) == ("PUT", "/enabled")}
    )
    parts = {
        "id": instance["id"],
        "key": "freshdeskv2",
        "configId": item,
        "operationId": "GET-agents",
        "eventId": 7,
        "objectId": 43_000_000_009,
    }
    parts["formulaId"], unused = platform.formulas.add_templates([{"name": "sync"}, {"name": "unused"}])
    [parts["formulaInstanceId"]] = platform.formulas.add(
        [{"name": "acme", "formula": parts["formulaId"], "active": (verb, path[-7:]) != ("PUT", "/active")}]
    )
    if (verb, path) == ("DELETE", "/formulas/{formulaId}"):
        parts["formulaId"] = unused
    query = {name: "acme" for name in DECLARED[path][verb] if name in ("tags[]", "searchText")}
    query |= {name: "1" for name in DECLARED[path][verb] if name == "elementInstanceId"}
    query |= {name: VALUES.get(name, "true") for name in DECLARED[path][verb] if name and name not in query}
    body = {"propertyValue": "x"} if "configId" in path else {} if "trace" in path else one.body()
    body |= INCIDENT if "{resource}" in path else {}
    body = {"name": "acme"} if path.startswith("/formulas") else body
    if not path.startswith(("/hubs/", "/ping", "/objects")):
        one.authorization += f", Element {instance['token']}"
    else:
        one = one.with_token(instance["token"])
    answer = one.call(verb, path.format(**parts, resource="incidents"), body if verb[0] == "P" else None, **query)

    assert answer.status == 200, answer.body
    assert_only_declared(platform)


def test_nothing_is_served_that_is_not_declared():
    served = {(verb, path) for path, verbs in ROUTES.items() for verb in verbs}

    assert served == set(REQUESTS)


def test_the_description_of_the_instances_api_has_these_calls():
    """33 lines of the platform's own description, and what other sources of the vendor add."""
    sources = [parameters[""] for verbs in DECLARED.values() for parameters in verbs.values()]

    assert {source: sources.count(source) for source in sources} == {"swagger": 33, "suite": 13, "clients": 23}


@pytest.mark.parametrize(
    ("verb", "path", "query", "noted"),
    [
        ("GET", "/elements/freshdeskv2/instances", {"pageSize": 200}, ["pageSize"]),
        ("GET", "/elements/freshdeskv2/instances", {"tags[]": "a", "hydrate": "true"}, ["tags[]", "hydrate"]),
        ("GET", "/instances", {"sort": "name", "pageSize": 1}, ["sort"]),
        ("GET", "/instances/1", {"hydrate": "true"}, ["hydrate"]),
        ("GET", "/unheardof", {}, []),
        ("POST", "/instances/1", {}, []),
        ("DELETE", "/instances/", {}, []),
    ],
)
def test_a_path_a_verb_or_a_parameter_that_is_not_declared_is_noted(platform, one, verb, path, query, noted):
    one.call("GET", "/instances", pageSize=200, hydrate="true", searchText="a", nextPage="", **{"tags[]": ["a", "b"]})
    assert platform.undeclared() == []
    one.call(verb, path, **query)

    [entry] = platform.undeclared()
    assert (entry["verb"], entry["parameters"]) == (verb, noted)
    assert entry["path"].endswith(path)
    assert platform.requests()[-1]["undeclared"] is True
    with pytest.raises(AssertionError, match=f"not declared by the vendor: {verb} "):
        assert_only_declared(platform)
    platform.clear_requests()
    assert_only_declared(platform)


def test_what_is_not_declared_can_be_refused_with_a_status_of_its_own(platform, one):
    one.create()
    platform.settings({"undeclared": "refused"})

    assert one.call("GET", "/elements/freshdeskv2/instances", pageSize=200).status == 418
    assert one.call("GET", "/elements/freshdeskv2/instances").status == 200
    assert one.call("GET", "/unheardof").status == 418


def test_no_secret_is_noted_wherever_a_client_puts_one(platform, one):
    token = one.create()["token"]
    one.call("GET", "/instances", **{token: "x", "token": token})
    one.call("GET", f"/lost/{token}")

    assert len(platform.undeclared()) == 2
    assert token not in json.dumps(platform.undeclared() + platform.requests())
