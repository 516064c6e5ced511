# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's JSON of an instance, read in one place."""

from __future__ import annotations

import pytest
from support.bodies import BODY

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import DEEPEST
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._wire import (
    account_of,
    element_of,
    is_token,
    live_from,
    name_of,
)


def test_an_instance_as_the_platform_returns_it():
    live = live_from(BODY)

    assert (live.id, live.name, live.created, live.element) == (4711, "acme", "2017-08-07T18:46:38Z", "freshdeskv2")
    assert (live.tags, live.enabled, live.user_id, live.token) == (("acme", "crm"), True, 9001, "token/of+acme=")
    assert (live.configuration, live.events_enabled) == (BODY["configuration"], False)


def test_the_minimum_that_a_list_returns_is_enough():
    live = live_from({"id": 1})

    assert (live.name, live.created, live.tags, live.enabled, live.element) == ("", None, None, True, "")
    assert (live.user_id, live.token, live.configuration, live.events_enabled) == (None, None, None, False)


def test_very_old_answers_give_tags_as_objects():
    assert live_from({**BODY, "tags": [{"id": 1, "name": "b"}, {"id": 2, "name": "a"}]}).tags == ("a", "b")


def test_tags_that_are_not_shown_are_unknown_and_an_empty_list_is_none():
    assert live_from({**BODY, "tags": None}).tags is None
    assert live_from({**BODY, "tags": []}).tags == ()


@pytest.mark.parametrize("configuration", [{}, None])
def test_an_empty_configuration_says_nothing(configuration):
    assert live_from({**BODY, "configuration": configuration}).configuration is None


def nested(levels):
    """Lists in a mapping, so many levels deep in all."""
    value = "x"
    for _level in range(levels - 1):
        value = [value]
    return {"x": value}


WRONG_SHAPE = "The platform shows instance 4711 with {} of an unexpected type, so it cannot be compared: report it to the platform."


def misshapen(**changes):
    """The sentence that an answer of a wrong shape is reported in."""
    with pytest.raises(FreshdeskError) as caught:
        live_from({**BODY, **changes})
    return caught.value.message


@pytest.mark.parametrize("tags", ["crm", {"a": 1}, False, [{"id": 3}], [None], ["crm", 5], [["crm"]]])
def test_tags_of_a_wrong_shape_are_an_error_and_not_left_out(tags):
    assert misshapen(tags=tags) == WRONG_SHAPE.format("tags")


@pytest.mark.parametrize("configuration", [[], "{}", False, nested(DEEPEST + 1), nested(5000)])
def test_a_configuration_of_a_wrong_shape_is_an_error(configuration):
    assert misshapen(configuration=configuration) == WRONG_SHAPE.format("a configuration")


def test_a_configuration_may_be_rather_deep():
    assert live_from({**BODY, "configuration": nested(DEEPEST)}).configuration is not None


@pytest.mark.parametrize("disabled", [1, 0, "no", [], {}])
def test_a_switch_of_a_wrong_shape_is_an_error_and_not_a_guess(disabled):
    assert misshapen(disabled=disabled) == WRONG_SHAPE.format("a switch named disabled")
    assert misshapen(disabled=disabled, tags="crm") == WRONG_SHAPE.format("tags and a switch named disabled")


@pytest.mark.parametrize(
    ("change", "field", "unknown"),
    [
        ({"name": 5}, "name", ""),
        ({"createdDate": 5}, "created", None),
        ({"element": "x"}, "element", ""),
        ({"element": {"key": 5}}, "element", ""),
        ({"user": []}, "user_id", None),
        ({"user": {"id": "x"}}, "user_id", None),
        ({"user": {"id": 0}}, "user_id", None),
    ],
)
def test_other_fields_of_a_wrong_type_count_as_unknown(change, field, unknown):
    live = live_from({**BODY, **change})

    assert live.id == 4711
    assert getattr(live, field) == unknown


@pytest.mark.parametrize("token", [None, "", 5, "a b", "a,b", "a\r\nX: y"])
def test_a_token_that_cannot_be_one_counts_as_none(token):
    assert live_from({**BODY, "token": token}).token is None


@pytest.mark.parametrize(
    ("disabled", "enabled"), [(True, False), (False, True), (None, True), ("true", False), ("false", True)]
)
def test_enabled_is_derived_from_disabled_and_not_from_valid(disabled, enabled):
    assert live_from({**BODY, "disabled": disabled, "valid": not enabled}).enabled is enabled


@pytest.mark.parametrize(
    ("configured", "flag", "enabled"),
    [("true", False, True), ("True", False, True), (True, False, True), ("false", True, False), (None, True, False)],
)
def test_events_are_derived_from_the_configuration_if_it_is_shown(configured, flag, enabled):
    body = {**BODY, "eventsEnabled": flag, "configuration": {"event.notification.enabled": configured, "a": "b"}}

    assert live_from(body).events_enabled is enabled


def test_events_are_derived_from_their_flag_without_a_configuration():
    assert live_from({**BODY, "configuration": None, "eventsEnabled": True}).events_enabled is True


@pytest.mark.parametrize("instance", [{}, {"name": None}, {"name": 5}, {"name": ["acme"]}, {"name": {"a": 1}}])
def test_a_name_that_is_not_a_string_is_none(instance):
    assert name_of(instance) is None
    assert name_of({"name": "acme"}) == "acme"


@pytest.mark.parametrize("value", ["", "a b", "a,b", "a\n", "ö", None, 5])
def test_a_token_can_stand_in_a_header(value):
    assert not is_token(value)
    assert is_token("kRx/9+a=")


@pytest.mark.parametrize(
    "instance", [{}, {"element": None}, {"element": "zendesk"}, {"element": {"id": 41}}, {"element": {"key": 5}}]
)
def test_an_element_without_a_key_is_unknown(instance):
    assert element_of(instance) is None
    assert element_of({"element": {"id": 41, "key": "zendesk"}}) == "zendesk"


def test_the_account_of_an_instance_is_that_of_its_configuration_whatever_its_case():
    assert account_of({"configuration": {"subdomain": "Acme"}}) == "acme"
    assert account_of({"configuration": None}) is None
