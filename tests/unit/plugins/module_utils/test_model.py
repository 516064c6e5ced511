# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is live, and what results show of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from support.bodies import BODY
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _model, _resource
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import Desired, row
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import MASK
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._wire import live_from


def test_the_oldest_comes_first_by_date_then_by_id_and_an_unknown_date_last():
    instances = [
        live_from({"id": 1}),
        live_from({"id": 4, "createdDate": "2020-01-01T00:00:00Z"}),
        live_from({"id": 3, "createdDate": "2020-01-01T00:00:00Z"}),
        live_from({"id": 9, "createdDate": "2019-01-01T00:00:00Z"}),
    ]

    assert [live.id for live in sorted(instances, key=lambda live: live.age)] == [9, 3, 4, 1]


def test_token_and_configuration_are_not_in_what_python_shows_of_it():
    assert "token/of" not in repr(live_from(BODY))
    assert "key-of-acme" not in repr(live_from(BODY))


@pytest.mark.parametrize("unknown", ["tags", "token", "configuration"])
def test_an_instance_is_complete_where_nothing_is_unknown_that_a_plan_needs(unknown):
    assert live_from({**BODY, "tags": []}).is_complete
    assert not live_from({**BODY, unknown: None}).is_complete


@pytest.mark.parametrize(
    ("tags", "carried"), [(["acme", "crm"], True), (["crm", "eu"], False), ([], False), (None, False)]
)
def test_tags_are_carried_where_all_of_them_are_known_to_be_there(tags, carried):
    live = live_from({**BODY, "tags": tags})

    assert live.carries(["acme", "crm"]) is carried
    assert live.carries([]) is True


def test_what_is_shown_of_an_instance_holds_no_token_and_no_secret():
    text = json.dumps(_model.instance_result(live_from(BODY)))

    assert json.loads(text)["configuration"] == {"subdomain": "acme"}
    assert not any(hidden in text for hidden in ("token/of", "key-of-acme", MASK, "one@example.com"))


def test_an_instance_is_shown_in_the_words_of_the_options():
    further = [option.name for option in _model.OTHERS if option.result]

    assert _model.instance_result(live_from(BODY)) == {
        **dict.fromkeys(further),
        "id": 4711,
        "name": "acme",
        "element": "freshdeskv2",
        "subdomain": "acme",
        "tags": ["acme", "crm"],
        "enabled": True,
        "events_enabled": False,
        "created": "2017-08-07T18:46:38Z",
        "configuration": {"subdomain": "acme"},
    }


def test_what_the_platform_adds_by_itself_is_shown_only_where_the_user_set_it():
    added = {"base.url": "x", "pagination.max": "100", "event.vendor.type": "polling", "bulk.query.operator": "="}
    body = {**BODY, "configuration": {**added, "b": "2", "a": 1}}
    live = live_from(body)

    assert list(_model.instance_result(live)["configuration"].items()) == [("a", "1"), ("b", "2")]
    assert _model.instance_result(live, {"pagination.max"})["configuration"] == {
        "a": "1",
        "b": "2",
        "pagination.max": "100",
    }


def test_defaults_of_the_platform_are_shown_only_where_the_user_set_them():
    defaults = {
        "pagination.type": "page",
        "event.notification.enabled": "false",
        "event.poller.refresh_interval": "15",
    }
    live = live_from({**BODY, "configuration": {**defaults, "a": "1"}})
    with_events = live_from(
        {**BODY, "configuration": {**defaults, "event.notification.callback.url": "https://x.example"}}
    )

    assert _model.instance_result(live)["configuration"] == {"a": "1"}
    assert set(_model.instance_result(live, {"event.notification.enabled"})["configuration"]) == {
        "a",
        "event.notification.enabled",
    }
    assert set(_model.instance_result(with_events)["configuration"]) == {
        *defaults,
        "event.notification.callback.url",
    } - {"pagination.type"}


def test_instances_are_listed_oldest_first_with_distinguishing_details():
    younger = live_from({"id": 2, "createdDate": "2020-01-01T00:00:00Z", "user": {"id": 9001}})
    assert _resource.described([live_from({"id": 3}), younger]) == (
        "id 2 (created 2020-01-01T00:00:00Z, owner 9001), id 3 (created at an unknown time, owner unknown)"
    )


def test_a_subdomain_that_is_not_shown_is_none():
    assert _model.instance_result(live_from({**BODY, "configuration": {"subdomain": 5}}))["subdomain"] is None
    assert _model.instance_result(live_from({"id": 1}))["subdomain"] is None


# Other fields of the body


@dataclass(frozen=True)
class Wider(Desired):
    """The table with a row for another field of the body."""

    cached: bool | None = row("bool", field="cachingEnabled")


@pytest.mark.parametrize(
    ("wanted", "shown", "lacks"),
    [
        ({}, {}, False),
        ({}, {"tags": None}, True),
        ({"cached": True}, {}, True),
        ({"cached": True}, {"others": {"cached": False}}, False),
        ({"subdomain": "b", "api_key": "key-of-b"}, {"configuration": {}}, False),
    ],
    ids=str,
)
def test_a_plan_needs_what_is_always_compared_and_each_field_that_is_given(wanted, shown, lacks):
    assert replace(live_from(BODY), **shown).lacks(Wider(name="acme", **wanted)) is lacks


@pytest.mark.parametrize(
    ("configuration", "account"),
    [({"subdomain": "Acme"}, "acme"), ({"subdomain": 5}, None), ({}, None), (None, None), (["subdomain"], None)],
    ids=str,
)
def test_an_account_is_named_by_its_subdomain_in_lower_case(configuration, account):
    assert _model.account_in(configuration) == account


# Answers to a change

LIVE = replace(live_from(BODY), others={"cached": True}, events_enabled=True)


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"name": "", "tags": None, "element": "", "others": {}, "token": None, "configuration": None},
        {"name": "other", "tags": (), "element": "zendesk", "others": {"cached": False}, "token": "t"},
        {"configuration": {"subdomain": "other"}},
    ],
)
def test_what_an_answer_omits_is_as_expected_and_what_it_shows_counts(shown):
    omitted = {field: getattr(LIVE, field) for field, value in shown.items() if value in ("", None, {})}
    answer = replace(LIVE, enabled=False, **shown)

    assert answer.filled(LIVE) == replace(answer, **omitted)
    assert answer.filled(None) is answer


def taken(body, *, outcome=None, wanted=None, **shown):
    """What is made of an answer that shows this to a change that sent this body."""
    plan = SimpleNamespace(desired=Wider(name="acme", **(wanted or {})), outcome=outcome)
    return replace(LIVE, **shown).taken(plan, body)


def test_an_answer_that_shows_the_change_is_taken_and_what_it_hides_does_not_count():
    hidden = {"subdomain": "5", "username": MASK}
    body = {
        "name": "acme",
        "tags": ["crm", "acme"],
        "cachingEnabled": True,
        "configuration": {"subdomain": 5, "username": "key-of-acme", "custom": 1},
    }

    assert taken(body, wanted={"cached": True}, configuration=hidden) == replace(LIVE, configuration=hidden)
    assert taken(body, configuration=None) == replace(LIVE, configuration=None)
    assert taken({}, name="other", tags=None, others={}, wanted={"cached": True}).name == "other"


@pytest.mark.parametrize("enabled", [True, False])
def test_whether_events_are_enabled_is_as_planned_since_the_answer_does_not_show_it(enabled):
    assert taken({}, outcome=replace(LIVE, events_enabled=enabled)).events_enabled is enabled
    assert taken({}, events_enabled=enabled).events_enabled is enabled


@pytest.mark.parametrize(
    ("body", "shown", "named"),
    [
        ({"name": "acme"}, {"name": "acme-"}, "name"),
        ({"tags": ["a", "b"]}, {"tags": ("a",)}, "tags"),
        ({"tags": ["a"]}, {"tags": None}, "tags"),
        ({"configuration": {"a": 1, "b": 2, "c": 3}}, {"configuration": {"a": "1", "b": 0, "c": 0}}, "accept b, c of"),
        ({"configuration": {"a": 1}, "cachingEnabled": False}, {"configuration": {"a": 2}}, "accept a, cached of"),
    ],
    ids=str,
)
def test_an_answer_that_shows_something_else_names_what_was_not_taken(body, shown, named):
    with pytest.raises(FreshdeskError, match=named) as error:
        taken(body, wanted={"cached": False}, **shown)

    assert is_listed(error.value.message)
    assert "instance 4711" in error.value.message
