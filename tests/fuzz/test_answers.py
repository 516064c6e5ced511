# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile answers, in simulated time: the result is right or one clear sentence, within the time that there is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from fuzz.hostile import (
    NUMBERS,
    TEXTS,
    check_formula,
    check_result,
    check_sentence,
    check_shown,
    deep,
    is_raw,
    texts,
    values,
)
from hypothesis import given
from hypothesis import strategies as st
from support.in_process import CONNECTION, Simulation
from support.plugins import made

from ansible_collections.cloudelements.freshdesk.plugins.inventory import instances as inventory
from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _api, _platform
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_tasks import read_formula_instances
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._info import read_instances, tokens_found
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._request import (
    REQUEST_SPEC,
    perform,
    request_from,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import Channel, _retry_after
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _token_file

SENTINEL = "SENTINEL-of-a-body"
BODIES = [
    b"",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"[null]",
    b"[{}]",
    b"[[]]",
    b'"text"',
    b"4711",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf[]",
    b"[NaN]",
    b'{"id": Infinity}',
    b'{"id": 1e999, "token": "abc"}',
    b"<html><body>SENTINEL-of-a-body</body></html>",
    b"[" * 200_000,
    b'{"a":' * 50_000,
    b'{"id": ' + b"9" * 4000 + b', "token": "abc"}',
    b'{"id": ' + b"9" * 5000 + b', "token": "abc"}',
    b'{"id": 1, "id": "2", "token": "abc", "token": null, "name": "acme", "name": "other"}',
    b'[{"id": 1, "name": "acme"}, {"id": 1, "name": "beta"}]',
    json.dumps([{"id": number, "name": f"n{number}"} for number in range(1, 100_001)]).encode(),
    json.dumps({"id": 1, "name": "acme", "token": "abc", "configuration": deep(900)}).encode(),
    json.dumps([{"id": 1, "name": "acme", "token": "abc", "configuration": {"x": json.dumps(deep(900))}}]).encode(),
    json.dumps({"message": "No such thing was found, SENTINEL-of-a-body", "providerMessage": "\x1b[31m"}).encode(),
]
HEADER_NAMES = ["elements-next-page-token", "elements-total-count", "elements-request-id", "elements-returned-count"]
HEADERS = st.dictionaries(
    st.sampled_from([*HEADER_NAMES, "retry-after", "content-type", "content-encoding", "location"]),
    st.one_of(
        st.sampled_from(TEXTS).map(lambda text: text.encode("latin-1", "replace").decode("latin-1")[:60_000]),
        st.sampled_from(["0", "-1", "3", "99999999999999999999", "1e3", "Wed, 99 Foo 2026", "gzip", "gzip, gzip"]),
    ),
    max_size=2,
)
FAULTS = st.fixed_dictionaries(
    {},
    optional={
        "body": st.sampled_from(BODIES),
        "nulls": st.sampled_from(["all", "some"]),
        "values": st.lists(st.tuples(st.integers(0, 10_000), values()), min_size=1, max_size=4),
        "gone": st.lists(st.integers(0, 10_000), min_size=1, max_size=4),
        "headers": HEADERS,
        "status": st.sampled_from(
            [200, 200, 201, 204, 206, 301, 302, 304, 400, 401, 403, 404, 409, 429, 500, 503, 599]
        ),
        "ending": st.sampled_from(["drop", "hang", "truncate", "drip", "huge"]),
    },
)
SPOILT = st.fixed_dictionaries(
    {
        "fault": FAULTS,
        "first": st.integers(0, 5),
        "times": st.sampled_from([1, 2, 10_000]),
        "settings": st.fixed_dictionaries(
            {},
            optional={
                "hydrate": st.just("ignored"),
                "list_configuration": st.sampled_from(["empty", "missing"]),
                "mask_username": st.booleans(),
                "page_tokens": st.booleans(),
                "total_count": st.booleans(),
            },
        ),
    }
)


def places(value):
    """Every place in a value of JSON, as the container and the key."""
    found = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        keys = (
            container if isinstance(container, dict) else range(len(container)) if isinstance(container, list) else []
        )
        for key in list(keys):
            found.append((container, key))
            waiting.append(container[key])
    return found


def spoil(answer, fault):
    """The answer, spoilt."""
    body = answer.body
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if isinstance(document, (dict, list)):
        for one in document if isinstance(document, list) else [document]:
            if "name" in one:
                one.update(fault.get("fields", {}))
        for number, value in fault.get("values", []):
            if there := places(document):
                container, key = there[number % len(there)]
                container[key] = value
        for number in fault.get("gone", []):
            if there := places(document):
                container, key = there[number % len(there)]
                del container[key]
        for position, (container, key) in enumerate(places(document) if "nulls" in fault else []):
            if not isinstance(container[key], (dict, list)) and (fault["nulls"] == "all" or position % 3):
                container[key] = None
        body = json.dumps(document).encode()
    if "body" in fault:
        body = fault["body"]
    headers = {**answer.headers, **fault.get("headers", {})}
    length = {"truncate": len(body) + 7, "huge": 4 * 1024**3}.get(fault.get("ending"))
    status, ending = fault.get("status", answer.status), fault.get("ending", answer.ending)
    return replace(answer, body=body, headers=headers, status=status, ending=ending, length=length, seconds=None)


def platform(spoilt):
    """A platform with some instances, some of whose answers are spoilt."""
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any", "page_size": 2, **spoilt["settings"]})
    simulation.platform.add_instances(
        [
            {"name": "acme", "tags": ["crm"]},
            {"name": "beta", "disabled": True, "configuration": {"event.notification.enabled": "true"}},
            {"name": "stray", "tags": ["crm", "old"]},
            {"name": "twice"},
            {"name": "twice"},
        ]
    )
    finish, number = simulation.platform.finish, 0

    def finished(pending):
        nonlocal number
        number += 1
        answer = finish(pending)
        behind = number - 1 - spoilt["first"]
        return spoil(answer, spoilt["fault"]) if 0 <= behind < spoilt["times"] else answer

    simulation.platform.finish = finished
    return simulation


def in_time(simulation, began, channels):
    """Waits and retries are within the budget of each, and each request is within its timeout."""
    connection = simulation.connection
    first = sum(channel.requests - channel.retries for channel in channels)
    allowed = len(channels) * connection.retry_timeout + (first + len(channels)) * connection.timeout
    assert simulation.clock.now() - began <= allowed


ENTRIES = [
    {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme-new", "tags": ["eu"], "verify": True},
    {
        "name": "beta",
        "enabled": True,
        "configuration": {"filter.response.nulls": False},
        "events": {"poll_interval": 9},
    },
    {"name": "fresh", "subdomain": "fresh", "api_key": "key-of-fresh", "verify": True, "on_verify_failure": "delete"},
    {"name": "renamed", "id": 500001},
    {"name": "twice", "on_duplicate": "oldest", "state": "absent"},
    {"name": "nobody", "state": "absent"},
]


def run(simulation, entries, **orders):
    """Runs a fleet, and checks all that it says."""
    began = simulation.clock.now()
    fleet = simulation.fleet(entries, **orders)
    try:
        fleet.run()
    except FreshdeskError as refused:
        check_sentence(refused.message)
    else:
        result = fleet_result(fleet)
        check_result(result)
        if result.get("failed"):
            check_sentence(result["msg"])
        for tenant in fleet.tenants:
            for warning in tenant.warnings:
                check_sentence(warning)
    channels = {id(channel): channel for channel in [fleet.channel, *(tenant.channel for tenant in fleet.tenants)]}
    in_time(simulation, began, channels.values())
    return fleet


@given(SPOILT, st.sampled_from(ENTRIES), st.booleans())
def test_one_instance(tried, spoilt, entry, check):
    tried()
    run(platform(spoilt), [entry], check=check)


@given(SPOILT, st.booleans(), st.booleans())
def test_a_fleet(tried, spoilt, check, prune):
    tried()
    run(platform(spoilt), ENTRIES, check=check, max_deletes=5, **({"prune_tags": ("crm", "old")} if prune else {}))


FORMULAS = [
    {"formula": "sync", "name": "old", "instances": {"source": "beta"}, "active": True, "configuration": {"cron": 7}},
    {
        "formula": "sync",
        "name": "new",
        "instances": {"source": "acme"},
        "settings": {"notification.email": "a@b.example"},
    },
    {"id": 80001, "name": "renamed"},
    {"formula": "3001", "name": "old", "state": "absent"},
]


@given(SPOILT, st.sampled_from(FORMULAS), st.booleans())
def test_one_formula_instance(tried, spoilt, options, check):
    tried()
    simulation = platform(spoilt)
    simulation.platform.formulas.add_templates(
        [{"name": "sync", "variables": {"source": {}, "cron": {"type": "value"}}}]
    )
    simulation.platform.formulas.add(
        [{"name": "old", "formula": 3001, "active": False, "configuration": {"source": 1, "cron": "x"}}]
    )
    done = simulation.formula(**options, check=check)
    check_result(done)
    for sentence in [*([done["error"]["message"]] if done["error"] else []), *done["warnings"]]:
        check_sentence(sentence)
    formulas = {"name": None, "id": None, "formula": None}
    for filters in ({}, {"formula": "sync"}, {"id": 80001}):
        try:
            for shown in read_formula_instances(simulation.transport(read_only=True), {**formulas, **filters}):
                check_formula(shown)
        except FreshdeskError as error:
            check_sentence(error.message)


@given(SPOILT, st.sampled_from([{}, {"name": "acme"}, {"id": 500001}, {"tags": ["crm"]}]))
def test_those_who_only_look(tried, spoilt, filters):
    tried()
    simulation = platform(spoilt)
    params = {"name": None, "id": None, "tags": None, "verify": True, "concurrency": 1, **filters}
    try:
        shown = read_instances(simulation.transport(read_only=True), params)
    except FreshdeskError as refused:
        check_sentence(refused.message)
    else:
        json.dumps(shown, allow_nan=False)
        for one in shown:
            check_shown(one)
    try:
        tokens = tokens_found(simulation.transport(read_only=True), ["acme", "beta"], check_mode=False)
    except FreshdeskError as refused:
        check_sentence(refused.message)
    else:
        assert list(tokens) == ["acme", "beta"]
        assert all(token.isascii() and token.isprintable() for token in tokens.values())


@given(SPOILT, st.sampled_from([{"name": "acme"}, {"id": 600001}, {"name": "twice"}]), st.sampled_from(["GET", "POST"]))
def test_a_request_through_an_instance(tried, spoilt, addressed, method):
    tried()
    simulation = platform(spoilt)
    incident = {"subject": "Fire", "description": "It burns", "email": "a@example.com", "priority": 1, "status": 2}
    sent = {"body": incident} if method == "POST" else {"query": {"pageSize": 2}, "pages": "all"}
    params = {name: spec.get("default") for name, spec in REQUEST_SPEC.items()}
    params.update(addressed, method=method, path="/hubs/helpdesk/incidents", **sent)
    began, transport = simulation.clock.now(), simulation.transport()
    result = perform(transport, request_from(params, check_mode=False), check_mode=False)
    text = json.dumps(result, allow_nan=False)
    assert not any(instance["token"] in text for instance in simulation.platform.instances())
    assert CONNECTION.user_secret not in text
    if result.get("failed"):
        check_sentence(result["msg"])
    elif method == "GET":
        assert result["status"] == 200
    in_time(simulation, began, [Channel(transport)] * (result["http"]["requests"] + 1))
    assert len(simulation.platform.helpdesk("acme")["incidents"]) <= 4


@given(SPOILT, st.lists(texts(), max_size=4), st.lists(texts(), max_size=3))
def test_the_inventory(tried, tmp_path_factory, spoilt, names, tags):
    tried()
    simulation = platform(spoilt)
    simulation.platform.add_instances([{"name": name, "tags": tags} for name in names])
    path = tmp_path_factory.mktemp("inventory") / "all.freshdesk.yml"
    path.write_text("plugin: cloudelements.freshdesk.instances\nuser_secret: user/secret+of=one\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLOUDELEMENTS_ORGANIZATION_SECRET", "organization/secret+of=acme")
        patch.setenv("CLOUDELEMENTS_CA_PATH", str(path.parent))
        patch.setattr(inventory, "Transport", simulation.connect)
        patch.setattr(_token_file, "ROUNDS", 2)
        plugin, data, warnings = made(inventory, "inventory"), InventoryData(), []
        plugin.display = type("Display", (), {"warning": warnings.append, "vvv": print})
        try:
            plugin.parse(data, DataLoader(), str(path), False)
        except AnsibleError as refused:
            check_sentence(str(refused))
    for host in data.hosts:
        assert not [character for character in host if is_raw(character)], ascii(host)
        assert "{{" not in host
    for warning in warnings:
        check_sentence(warning)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 409, 429, 500, 502, 599])
@pytest.mark.parametrize("field", ["message", "providerMessage", "error", "requestId"])
def test_what_a_body_says_is_never_quoted(tried, status, field):
    for text in TEXTS[:60:4]:
        tried()
        body = json.dumps({field: f"{text}{SENTINEL}", "message": f"{SENTINEL}{text}"}).encode()
        fault = {"body": body, "status": status, "headers": {"location": f"https://{SENTINEL}/", "server": SENTINEL}}
        for entry in ENTRIES[:2]:
            simulation = platform({"fault": fault, "first": 0, "times": 10_000, "settings": {}})
            fleet = run(simulation, [entry])
            assert SENTINEL not in json.dumps(fleet_result(fleet))


def test_a_list_without_an_end_ends(tried, monkeypatch):
    tried()
    monkeypatch.setattr(_api, "MOST_PAGES", 50)
    simulation = Simulation()
    count = 0

    def endless(pending):
        nonlocal count
        count += 1
        answer = spoil(finish(pending), {"status": 200, "body": json.dumps([{"id": count, "name": "x"}]).encode()})
        answer.headers["elements-next-page-token"] = f"page{count}"
        return answer

    finish, simulation.platform.finish = simulation.platform.finish, endless
    with pytest.raises(FreshdeskError) as caught:
        _platform.Platform(Channel(simulation.transport())).instances()
    check_sentence(caught.value.message)
    assert count == 50


def test_a_hundred_thousand_instances_are_seen_whole(tried):
    tried()
    simulation = Simulation()
    simulation.platform.add_instances({"count": 20, "prefix": "n"})
    page = json.dumps([{"id": number, "name": f"n{number}"} for number in range(1, 100_001)]).encode()
    finish = simulation.platform.finish
    simulation.platform.finish = lambda pending: spoil(
        finish(pending), {"body": page, "headers": {"elements-next-page-token": "", "elements-total-count": "100000"}}
    )
    found = _platform.Platform(Channel(simulation.transport())).instances()
    assert (len(found), found[-1].name) == (100_000, "n100000")


@given(st.one_of(texts(), st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ [\d:]+ ?[A-Z+\-\d]*", fullmatch=True)))
def test_whatever_retry_after_says_is_a_time_or_nothing(tried, value):
    tried()
    seconds = _retry_after({"retry-after": value}, 1_786_000_000.0)
    assert seconds is None or seconds >= 0


@given(
    st.sampled_from(["id", "name", "tags", "configuration", "disabled", "token"]),
    st.one_of(values(), st.sampled_from(NUMBERS)),
)
def test_a_field_of_a_wrong_type_is_an_error_or_changes_nothing_that_is_shown(tried, field, value):
    tried()
    simulation = platform({"fault": {"fields": {field: value}}, "first": 0, "times": 10_000, "settings": {}})
    run(simulation, ENTRIES[:1])
    run(simulation, ENTRIES[:3], max_deletes=5, prune_tags=("crm",))
