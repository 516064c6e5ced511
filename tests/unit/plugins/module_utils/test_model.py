# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is live, and what results show of it."""

from __future__ import annotations

import json

import pytest
from support.bodies import BODY

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _model, _resource
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
