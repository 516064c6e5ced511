# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request through an instance: where it may go, what is sent, what is repeated, and that the token stays inside."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from simulator.lists import page_token
from support.in_process import CONNECTION, Simulation, adapter_of
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _request
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._request import (
    UNKNOWN,
    checked_path,
    perform,
    request_from,
)

LIST, GET = "GET /instances", "GET /instances/{id}"
SEARCH, CREATE = "GET /hubs/helpdesk/{resource}", "POST /hubs/helpdesk/{resource}"
READ, CHANGE, DELETE = (f"{verb} /hubs/helpdesk/{{resource}}/{{objectId}}" for verb in ("GET", "PATCH", "DELETE"))
INCIDENTS = "/hubs/helpdesk/incidents"
FIRE = {"subject": "Fire", "description": "It burns", "email": "a@example.com", "priority": 1, "status": 2}
KEYS = {"changed", "status", "json", "pages", "request_id", "pending", "http"}
SECRETS = [CONNECTION.user_secret, CONNECTION.organization_secret]


class Through:
    """Sends requests through the instances of a simulated platform, as the items of one loop do."""

    def __init__(self):
        self.simulation = Simulation()
        self.platform = self.simulation.platform
        self.platform.settings({"accounts": "any"})
        self.platform.add_instances([{"name": "acme"}, {"name": "beta", "disabled": True}])
        self.transport = self.simulation.transport()
        self.dry = self.simulation.transport(read_only=True)
        self.sent = []
        adapter_of(self.transport).before = self.sent.append

    def __call__(self, path=INCIDENTS, *, check=False, **options):
        params = {name: spec.get("default") for name, spec in _request.REQUEST_SPEC.items()}
        params.update({"name": "acme"} if not {"name", "id"} & set(options) else {}, path=path, **options)
        request = request_from(params, check_mode=check)
        result = perform(self.dry if check else self.transport, request, check_mode=check)
        if result.get("failed"):
            check_message(result["msg"])
        assert set(result) >= KEYS
        assert set(result) - KEYS == ({"failed", "msg", "error"} if result.get("failed") else set())
        hidden = [*SECRETS, *(instance["token"] for instance in self.platform.instances())]
        assert not [secret for secret in hidden if secret in json.dumps(result)]
        return result

    def failing(self, *path, **options):
        """The same where it is to fail: the error."""
        result = self(*path, **options)
        assert result["failed"]
        assert result["msg"] == result["error"]["message"]
        return result["error"]

    def calls(self):
        """What was sent after the look-ups."""
        return [call for call in self.simulation.calls() if call not in (LIST, GET)]

    def incidents(self):
        return self.platform.helpdesk("acme")["incidents"]


def check_message(message):
    """Fails unless the page of errors has the message, and the remedy in it."""
    assert "None" not in message
    if re.search(r"was (to be )?sent, and ", message):
        return  # the page has what the transport adds
    remedy = re.search(r"status_code does not list.*?: (.+)\.$", message)
    for text in (message, remedy[1] if remedy else message):
        assert is_listed(text) or is_listed(text.replace(f"; {UNKNOWN}", "")), text


@pytest.fixture
def through():
    return Through()


# What is sent, and where to


def test_a_get_gives_the_json_that_was_answered(through):
    result = through(query={"pageSize": 1})

    assert result["json"] == through.incidents()[:1]
    assert (result["status"], result["changed"], result["pages"], result["pending"]) == (200, False, 1, False)
    assert through.simulation.calls() == [LIST, SEARCH]
    assert result["http"]["requests"] == 2


def test_the_user_secret_and_the_token_are_sent_and_never_the_organization_secret(through):
    through()
    (token,) = (instance["token"] for instance in through.platform.instances() if instance["name"] == "acme")

    assert through.sent[-1].headers["Authorization"] == f"User {SECRETS[0]}, Element {token}"


def test_an_instance_is_found_by_its_id_too(through):
    assert through(id=600001)["status"] == 200
    assert through.simulation.calls() == [GET, SEARCH]


@pytest.mark.parametrize("settings", [{"list_configuration": "missing"}, {"hydrate": "ignored"}], ids=str)
def test_a_list_that_shows_little_of_an_instance_will_do(through, settings):
    through.platform.settings(settings)

    assert through()["status"] == 200


def test_parameters_are_encoded(through):
    through.platform.add_incidents("acme", [{"subject": "a & b = 'c'"}])
    result = through(query={"where": "subject='a & b = ''c'''", "pageSize": None})

    assert [incident["subject"] for incident in result["json"]] == ["a & b = 'c'"]
    assert request_query({"flag": True, "several": ["a", 2], "none": None}) == (
        ("flag", "true"), ("several", "a"), ("several", "2"),
    )  # fmt: skip


def request_query(query):
    params = {**{name: spec.get("default") for name, spec in _request.REQUEST_SPEC.items()}, "name": "acme"}
    return request_from({**params, "path": "/ping", "query": query}, check_mode=False).call.query


@pytest.mark.parametrize(
    "path",
    ["/ping", "/objects", "/hubs/helpdesk/ping", "/hubs/helpdesk/incidents/42", "/hubs/crm/a%20b/it's,(1)~@x+y=z"],
)
def test_paths_of_the_element_are_taken(path):
    assert checked_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "hubs/helpdesk/agents", "/instances", "/instances/600001", "/elements/freshdeskv2", "/organizations/me", "/formulas",
        "/hubs", "/hubs/", "/hubsy/x", "/Hubs/helpdesk/agents", "/ping/", "/pings", "/objects/incidents/definitions", " /ping", "/ping ",
        "https://evil.example/hubs/helpdesk/agents", "//evil.example/hubs/x", "/hubs/https://evil.example",
        "/hubs/../instances", "/hubs/..", "/hubs/helpdesk/../../instances", "/hubs/./helpdesk", "/hubs/helpdesk/.", "/hubs/.../x",
        "/hubs/%2e%2e/instances", "/hubs/%2E./instances", "/hubs/.%2e/x", "/hubs/%252e%252e/instances", "/hubs/%25%32%65/x",
        "/hubs/a%2f..%2f..%2finstances", "/hubs/a%5c..%5cinstances", "/hubs/a\\..\\instances", "/hubs/%c0%ae%c0%ae/instances",
        "/hubs/%ef%bc%8e%ef%bc%8e/instances", "/hubs/\uff0e\uff0e/instances", "/hubs/..;/instances", "/hubs/a;b", "/hubs/a%3bb",
        "/hubs//helpdesk", "/hubs/helpdesk//agents", "/hubs/helpdesk/agents/", "/hubs/%20/x", "/hubs/.%20/x",
        "/hubs/helpdesk/agents?pageSize=1", "/hubs/helpdesk/agents%3fpageSize=1", "/hubs/helpdesk/agents#x", "/hubs/a%23b",
        "/hubs/helpdesk/a b", "/hubs/helpdesk/a\nb", "/hubs/helpdesk/a%0d%0ab", "/hubs/a%00b", "/hubs/a%zz", "/hubs/a%", "/hubs/ä",
    ],
)  # fmt: skip
def test_every_other_path_is_refused_in_check_mode_too(through, path):
    for check in (False, True):
        with pytest.raises(Refused, match=r"^path ") as refused:
            through(path, check=check)
        check_message(refused.value.message)
    assert through.simulation.calls() == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("https:/evil.example://hubs/x", "a whole URL"),
        ("/hubs/https://evil.example", "a whole URL"),
        ("//evil.example/hubs/x", "a whole URL"),
        ("/hubs/helpdesk/agents?pageSize=1", "parameters or a fragment"),
        ("/hubs/helpdesk/agents#x", "parameters or a fragment"),
        ("hubs/x", "must begin with /hubs/"),
        ("/hubs/helpdesk//agents", "has a part that is empty"),
    ],
)
def test_the_refusal_of_a_path_says_what_is_wrong_with_it(path, why):
    with pytest.raises(Refused, match=f"^path .*{why}"):
        checked_path(path)


@pytest.mark.parametrize(("status", "taken"), [(99, False), (100, True), (599, True), (600, False)])
def test_every_http_status_can_be_expected_and_nothing_else(through, status, taken):
    if taken:
        assert "status_code does not list" in through(status_code=[status])["msg"]
    else:
        with pytest.raises(Refused, match="from 100 to 599"):
            through(status_code=[status])


def test_a_secret_is_recognised_in_json_and_in_urls():
    assert _request._forms('a/b"c d') == {
        'a/b"c d',
        'a/b\\"c d',
        'a\\/b\\"c d',
        "a%2Fb%22c%20d",
        "a/b%22c%20d",
    }


def test_numbers_that_json_has_not_are_shown_as_text():
    shown = _request._without([float("inf"), float("-inf"), 1.5], ["secret"])

    assert shown == ["inf", "-inf", 1.5]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"body": "text", "method": "POST"}, "body must be a mapping or a list"),
        ({"body": {}}, "a GET has none"),
        ({"pages": "0"}, "pages must be a number"),
        ({"pages": "-1"}, "pages must be a number"),
        ({"pages": "many"}, "pages must be a number"),
        ({"pages": "all", "method": "POST"}, "only a GET has several"),
        ({"query": {"a": {"b": 1}}}, "query.a must be a string"),
        ({"query": {"a": [[1]]}}, "query.a must be a string"),
        ({"status_code": []}, "status_code must list one or more HTTP statuses"),
        ({"status_code": [200, 20]}, "from 100 to 599"),
        ({"id": 0}, "positive number"),
        ({"id": -1}, "the placeholder of a dry run"),
        ({"name": ""}, "name is empty"),
    ],
)
def test_options_that_cannot_be_meant_are_refused_before_anything_is_sent(through, options, why):
    with pytest.raises(Refused, match=why) as refused:
        through(**options)
    check_message(refused.value.message)
    assert through.simulation.calls() == []


# Which instance


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"name": "nobody"}, "No instance with the name nobody"),
        ({"id": 5}, "No instance with the id 5"),
        ({"name": "twice"}, "twice is the name of 2 instances: id 60000"),
        ({"id": 600001, "name": "beta"}, "Instance 600001 is called acme, not beta"),
        ({"id": 600005}, "belongs to the element zendesk"),
        ({"name": "beta"}, r"Instance 600002 \(beta\) is disabled"),
        ({"name": "beta", "method": "POST", "check": True}, r"Instance 600002 \(beta\) is disabled"),
        ({"id": 5, "check": True}, "No instance with the id 5"),
    ],
)
def test_an_instance_that_is_not_there_or_not_usable_is_an_error(through, options, why):
    through.platform.add_instances([{"name": "twice"}, {"name": "twice"}, {"name": "other", "element": "zendesk"}])
    error = through.failing(**options)

    assert error["state"] == "failed"
    assert re.search(why, error["message"])
    assert through.calls() == [call for call in through.calls() if call == "GET /elements/{key}"]


def test_the_oldest_of_several_instances_is_taken_where_that_is_asked_for(through):
    through.platform.add_instances([{"name": "acme", "subdomain": "older", "created": "2016-01-01T00:00:00Z"}])
    through(on_duplicate="oldest", method="POST", body=FIRE)

    assert len(through.platform.helpdesk("older")["incidents"]) == 4


def test_a_disabled_instance_still_names_its_objects(through):
    assert through("/objects", name="beta")["json"] == ["agents", "contacts", "incidents"]
    assert through(name="beta", status_code=[403])["status"] == 403


def test_an_instance_that_is_enabled_meanwhile_is_used_by_the_next_attempt(through):
    assert through.failing(name="beta")
    through.platform.change_instance(600002, {"disabled": False})

    assert through(name="beta")["status"] == 200


def test_the_items_of_a_loop_look_an_instance_up_once(through):
    for _item in range(100):
        through(query={"pageSize": 1})

    assert through.simulation.calls() == [LIST] + [SEARCH] * 100


def test_an_instance_that_was_made_again_between_two_items_is_looked_up_again(through):
    through()
    through.platform.remove_instance(600001)
    through.platform.add_instances([{"name": "acme", "subdomain": "again"}])
    result = through(method="POST", body=FIRE)

    assert result["status"] == 200
    assert len(through.platform.helpdesk("again")["incidents"]) == 4
    through.platform.remove_instance(600003)
    assert "No instance with the name acme" in through.failing()["message"]


# Pages


@pytest.mark.parametrize("settings", [{}, {"empty_list": "array"}], ids=str)
def test_a_list_that_is_empty_is_no_error_where_pages_are_asked_for(through, settings):
    through.platform.settings(settings)
    result = through(query={"where": "name='nothing'"}, pages="all")

    assert (result["json"], "error" in result) == ([], False)


def test_nothing_found_where_one_thing_was_asked_for_is_an_error(through):
    assert "nothing was found; check path and query" in through.failing(query={"where": "name='nothing'"})["message"]


@pytest.fixture
def five(through):
    through.platform.add_incidents("acme", 2)
    return through


@pytest.mark.parametrize("settings", [{}, {"token_on_last_page": False}, {"empty_list": "array"}], ids=str)
@pytest.mark.parametrize(
    ("pages", "size", "items", "read"),
    [("1", 2, 2, 1), ("2", 2, 4, 2), ("all", 2, 5, 3), ("all", 5, 5, 1), ("7", 2, 5, 3), ("all", None, 5, 1)],
)
def test_pages_are_followed_as_far_as_is_asked_for_and_joined(five, settings, pages, size, items, read):
    five.platform.settings(settings)
    result = five(query={"pageSize": size}, pages=pages)

    assert result["json"] == five.incidents()[:items]
    # A token on the last page leads to an empty one, and where lists are arrays that is one more page.
    assert result["pages"] in (read, read + 1)
    assert result["status"] == 200


def test_a_token_that_the_user_gives_is_where_the_pages_begin(five):
    five(query={"pageSize": 2})
    result = five(query={"pageSize": 2, "nextPage": page_token(2)}, pages="all")

    assert result["json"] == five.incidents()[2:]


@pytest.mark.parametrize("times", [1, None])
def test_a_page_that_comes_again_is_an_error(five, times):
    five.platform.add_faults({"fault": "repeat_token", "times": times, "match": {"path": INCIDENTS}})
    result = five(query={"pageSize": 2}, pages="all")

    assert "the same page twice" in result["msg"]
    assert result["json"] is None


def test_pages_that_are_no_lists_cannot_be_joined(five):
    fault = {"fault": "wrong_shape", "body": {"a": 1}, "match": {"path": INCIDENTS}, "times": None}
    five.platform.add_faults(fault)

    assert five(query={"pageSize": 2})["json"] == {"a": 1}
    assert "no pages to join" in five.failing(query={"pageSize": 2}, pages="all")["message"]


def test_a_list_with_more_pages_than_can_be_meant_is_an_error(five, monkeypatch):
    monkeypatch.setattr(_request, "MOST_PAGES", 2)
    error = five.failing(query={"pageSize": 2}, pages="all")

    assert "no end within 2 pages" in error["message"]
    assert (error["status"], error["request_id"] in error["message"]) == (200, True)
    assert five(query={"pageSize": 2}, pages="2")["json"] == five.incidents()[:4]


# What is repeated


def test_a_post_creates_once_and_says_so(through):
    result = through(method="POST", body=FIRE)

    assert result["changed"]
    assert result["json"] == through.incidents()[-1]
    assert result["json"]["subject"] == "Fire"


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "drop_after"},
        {"fault": "drop_before"},
        {"fault": "hang_after"},
        {"fault": "status", "status": 503},
        {"fault": "status", "status": 500, "commit": True},
        {"fault": "truncate"},
        {"fault": "not_json"},
    ],
    ids=str,
)
def test_a_post_whose_answer_is_lost_is_not_repeated_and_its_outcome_is_unknown(through, fault):
    through.platform.add_faults({**fault, "match": {"verb": "POST"}, "times": None})
    error = through.failing(method="POST", body=FIRE)

    assert error["state"] == "unknown"
    assert "it is unknown whether it was carried out, so look at Freshdesk before you run again" in error["message"]
    assert "run again later" not in error["message"]
    assert through.calls() == [CREATE]


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        ({"fault": "hang_before"}, "run again, and raise timeout"),
        ({"fault": "huge", "bytes": 10**9}, "check base_url and the proxy"),
    ],
    ids=str,
)
def test_a_get_whose_answer_is_lost_failed_and_nothing_is_unknown(through, fault, remedy):
    through.platform.add_faults({**fault, "match": {"path": INCIDENTS}, "times": None})
    error = through.failing()

    assert error["state"] == "failed"
    assert remedy in error["message"]
    assert f"({error['attempts']} attempts)" in error["message"] or error["attempts"] == 1


def test_a_post_that_is_throttled_is_sent_again(through):
    through.platform.add_faults({"fault": "throttle", "match": {"verb": "POST"}, "times": 2})

    assert through(method="POST", body=FIRE)["http"]["retries"] == 2
    assert len(through.incidents()) == 4


def test_a_post_is_sent_again_where_no_connection_was_made(through):
    through()
    adapter = adapter_of(through.transport)
    attempts = []

    def before(_request):
        attempts.append(1)
        adapter.down = len(attempts) < 3

    adapter.before = before
    assert through(method="POST", body=FIRE)["http"]["retries"] == 2
    assert through.calls().count(CREATE) == 1


@pytest.mark.parametrize(("method", "call"), [("GET", READ), ("PATCH", CHANGE)])
@pytest.mark.parametrize("fault", [{"fault": "drop_after"}, {"fault": "status", "status": 502}], ids=str)
def test_other_methods_are_sent_again_after_a_lost_answer(through, method, call, fault):
    through.platform.add_faults({**fault, "match": {"verb": method, "path": ".*/incidents/.*"}})
    number = through.incidents()[0]["id"]
    body = {"priority": 4} if method == "PATCH" else None
    result = through(f"{INCIDENTS}/{number}", method=method, body=body)

    assert through.calls() == [call, call]
    assert result["json"]["id"] == number


def test_a_delete_that_finds_nothing_after_a_lost_answer_may_have_been_carried_out(through):
    path = f"{INCIDENTS}/{through.incidents()[0]['id']}"
    through.platform.add_faults({"fault": "drop_after", "match": {"verb": "DELETE"}})
    error = through.failing(path, method="DELETE")

    assert (error["state"], error["status"]) == ("unknown", 404)
    assert "the platform failed" not in error["message"]
    assert through.failing(path, method="DELETE")["state"] == "failed"


def test_a_write_that_finds_no_object_is_an_error_and_not_an_empty_list(through):
    fault = {"fault": "status", "status": 404, "message": "No agents found", "match": {"verb": "POST"}}
    through.platform.add_faults(fault)

    assert through.failing(method="POST", body=FIRE)["status"] == 404


def test_a_token_that_was_just_looked_up_is_not_looked_up_again_where_it_is_refused(through):
    through.platform.add_faults({"fault": "status", "status": 401, "match": {"path": INCIDENTS}, "times": None})

    assert through.failing()["status"] == 401
    assert through.simulation.calls() == [LIST, SEARCH]


def test_how_often_a_platform_that_cannot_be_reached_was_tried_is_in_the_message(through):
    through()
    adapter_of(through.transport).down = True
    error = through.failing()

    assert error["attempts"] > 1
    assert f"({error['attempts']} attempts)" in error["message"]


@pytest.mark.parametrize(
    ("options", "status", "works"),
    [
        ({}, 200, False),
        ({}, 204, True),
        ({}, 205, True),
        ({"method": "POST", "body": FIRE}, 200, True),
        ({"method": "POST", "body": FIRE}, 204, True),
    ],
)
def test_an_empty_answer_is_one_where_none_is_due(through, options, status, works):
    through.platform.add_faults({"fault": "status", "status": status, "body": "empty", "match": {"path": INCIDENTS}})
    result = through(status_code=[status], **options)

    assert (result["json"], "error" not in result) == (None, works)


def test_a_delete_is_answered_without_a_body(through):
    result = through(f"{INCIDENTS}/{through.incidents()[0]['id']}", method="DELETE")

    assert (result["json"], result["status"], result["changed"]) == (None, 200, True)


# Dry runs


def test_a_dry_run_sends_a_get(through):
    assert through(check=True)["json"] == through.incidents()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_dry_run_predicts_what_it_cannot_send(through, method):
    result = through(method=method, body=FIRE, check=True)

    assert {key: result[key] for key in ("changed", "status", "json", "pages", "pending")} == {
        "changed": True, "status": None, "json": None, "pages": 0, "pending": False,
    }  # fmt: skip
    assert through.simulation.calls() == [LIST]


@pytest.mark.parametrize("instance", [{"id": -1}, {"id": -1, "name": "new"}, {"name": "new"}], ids=str)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_dry_run_sends_nothing_through_an_instance_that_is_yet_to_be_created(through, instance, method):
    result = through(**instance, method=method, check=True)

    assert (result["pending"], result["changed"], result["json"]) == (True, method == "POST", None)
    assert through.calls() == []
    assert (through.simulation.calls() == []) is ("id" in instance)


# Answers that are none


@pytest.mark.parametrize("fault", [{"fault": "not_json"}, {"fault": "wrong_shape", "body": [[[]]]}], ids=str)
def test_a_body_that_is_no_json_or_too_deep_is_an_error(through, fault):
    if "body" in fault:
        for _level in range(60):
            fault = {**fault, "body": [fault["body"]]}
    through.platform.add_faults({**fault, "match": {"path": INCIDENTS}})

    assert "a body that is not JSON" in through.failing()["message"]
    through.platform.add_faults({**fault, "match": {"path": INCIDENTS}})
    result = through(status_code=[201])
    assert (result["json"], result["error"]["status"]) == (None, 200)


@pytest.mark.parametrize(
    ("path", "options", "fault", "why", "state"),
    [
        (f"{INCIDENTS}/1", {}, None, "check path", "failed"),
        (INCIDENTS, {"method": "POST", "body": {"subject": "x"}}, None, "correct query and body", "failed"),
        ("/hubs/helpdesk/agents", {"method": "POST", "body": {}}, None, "correct path, query and body", "failed"),
        (INCIDENTS, {"status_code": [201], "method": "POST", "body": FIRE}, None, "it was carried out", "partial"),
        (INCIDENTS, {}, {"fault": "status", "status": 403, "body": "html"}, "another server may have sent it", "failed"),
        (INCIDENTS, {}, {"fault": "status", "status": 403}, "the instance was disabled", "failed"),
        (INCIDENTS, {}, {"fault": "status", "status": 401}, "check user_secret", "failed"),
        (INCIDENTS, {}, {"fault": "status", "status": 404}, "the element does not know", "failed"),
        (INCIDENTS, {}, {"fault": "status", "status": 404, "body": "html"}, "the element does not know", "failed"),
        (INCIDENTS, {}, {"fault": "status", "status": 500}, "the platform failed", "failed"),
        (INCIDENTS, {}, {"fault": "throttle"}, "is throttling", "failed"),
        (INCIDENTS, {}, {"fault": "status", "status": 300}, "a redirect is not followed", "failed"),
        (INCIDENTS, {}, {"fault": "redirect", "location": "https://evil.example/"}, "a redirect is not followed", "failed"),
        (f"{INCIDENTS}/1", {"method": "PATCH", "body": {}}, {"fault": "status", "status": 500}, "the platform failed", "unknown"),
    ],
)  # fmt: skip
def test_a_status_that_is_not_asked_for_is_an_error_that_says_what_to_do(through, path, options, fault, why, state):
    if fault is not None:
        through.platform.add_faults({**fault, "match": {"path": path}, "times": None})
    result = through(path, **options)

    assert why in result["msg"]
    assert result["error"]["state"] == state
    assert result["error"]["status"] == result["status"]
    assert result["changed"] is (state == "partial")


def test_freshdesks_own_reason_is_in_the_result_and_not_in_the_message(through):
    result = through(method="POST", body={"subject": "x"})

    assert "missing_field" in result["json"]["providerMessage"]
    assert "missing_field" not in result["msg"]


def test_a_key_that_freshdesk_refuses_is_reported(through):
    through.platform.accounts({"acme": "another-key"})

    assert "Freshdesk refuses the API key" in through.failing()["message"]


def test_a_status_that_is_asked_for_is_a_success(through):
    result = through(f"{INCIDENTS}/1", status_code=[200, 404])

    assert (result["status"], result["json"]["providerMessage"]) == (404, "Not found")


# What must not come out


@pytest.mark.parametrize("form", [str, lambda text: quote(text, safe=""), lambda text: json.dumps({"a": text})])
@pytest.mark.parametrize("status", [200, 400])
def test_a_secret_that_the_platform_repeats_is_hidden(through, form, status):
    token = through.platform.instances()[0]["token"]
    said = [form(secret) for secret in (*SECRETS, token)]
    body = {"list": said, "fine": "fine", **dict.fromkeys(said, "as a key")}
    through.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"path": INCIDENTS}})
    result = through(status_code=[status])

    assert result["json"] == {"list": ["(hidden)"] * 3, "fine": "fine", "(hidden)": "as a key"}


def test_broken_unicode_is_made_whole(through):
    fault = {"fault": "header", "match": {"path": INCIDENTS}}
    through.platform.add_faults(fault)
    through.transport.exchange = answered_with(through.transport.exchange, ["a\ud800b", {"\udfff": 1}])

    assert through()["json"] == ["a\ufffdb", {"\ufffd": 1}]


def answered_with(exchange, data):
    """The same exchange, with other data in the answers of the element."""

    def other(call, timeout):
        answer = exchange(call, timeout)
        return replace(answer, data=data) if call.token else answer

    return other
