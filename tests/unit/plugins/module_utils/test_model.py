# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is desired and what is live: checked, normalised, redacted."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _fields, _model, _redact, _values
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import OPTION_OF_KEY, PLACEHOLDER_ID
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._redact import SHORTEST_SECRET, shown
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import MASK, same, stored
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._wire import live_from

BODY = {
    "id": 4711,
    "name": "acme",
    "createdDate": "2017-08-07T18:46:38Z",
    "token": "token/of+acme=",
    "element": {"id": 491, "key": "freshdeskv2"},
    "tags": ["crm", "acme"],
    "disabled": False,
    "valid": True,
    "eventsEnabled": False,
    "user": {"id": 9001, "emailAddress": "one@example.com"},
    "configuration": {"subdomain": "acme", "username": "key-of-acme", "password": MASK, "event.metadata": None},
}


@pytest.fixture
def refusal(desired):
    """The one sentence that options are refused with."""

    def of(**options):
        with pytest.raises(Refused) as caught:
            desired(**options)
        message = caught.value.message
        assert message.endswith(".")
        assert "\n" not in message
        return message

    return of


def nested(levels):
    """Lists in a mapping, so many levels deep in all."""
    value = "x"
    for _level in range(levels - 1):
        value = [value]
    return {"x": value}


# Names and tags


@pytest.mark.parametrize(
    "name", ["acme", "Zoë & Söhne GmbH", "a < b > c", "1 <2", "x" * 500, "日本", "a/b?c#d", "{{ x }}"]
)
def test_a_plain_name_is_taken_as_it_is(desired, name):
    assert desired(name=name).name == name


@pytest.mark.parametrize("name", ["", " ", " acme", "acme ", "\tacme", "acme\n", "\u00a0acme"])
def test_a_name_that_is_empty_or_has_outer_blanks_is_refused(refusal, name):
    assert refusal(name=name) == (
        "name is empty or has blanks around it, which the platform would not keep: take them out."
    )


@pytest.mark.parametrize("name", ["<b>acme</b>", "acme</b>", "a<!-- x -->", "a<?php", "<a", "<A href=x>y"])
def test_a_name_with_html_is_refused_since_it_would_never_match_itself(refusal, name):
    assert refusal(name=name) == (
        "name contains an HTML tag, which the platform strips, so it would never be found again: leave the markup out."
    )


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "a\x1b[31mb", "a\x7fb", "a\x9bb", "a\u2028b", "a\ud800b"])
def test_a_name_with_control_characters_is_refused(refusal, name):
    assert refusal(name=name) == "name contains control characters or broken Unicode: write it in plain text."


@pytest.mark.parametrize("tag", ["", " crm", "<b>crm</b>", "c\nrm"])
def test_a_tag_that_the_platform_would_not_keep_is_refused(refusal, tag):
    assert re.match(r"tags: a tag (is|contains) ", refusal(tags=["ok", tag]))


def test_tags_are_a_set(desired):
    assert desired(tags=["b", "a", "b"]).tags == ("a", "b")


def test_tags_that_are_not_given_are_not_the_same_as_no_tags(desired):
    assert desired().tags is None
    assert desired(tags=[]).tags == ()


# Ids


def test_without_name_and_id_there_is_nothing_to_go_by(refusal):
    assert refusal(name=None) == "neither name nor id is set: set one of them."


@pytest.mark.parametrize("number", [0, -2, -4711, True, 2**63])
def test_an_id_is_positive(refusal, number):
    assert refusal(id=number, check_mode=True) == (
        f"id is {number}, but an instance's id is a positive number: give the id that the platform shows."
    )


def test_the_smallest_id_is_one(desired):
    assert desired(id=1).id == 1


def test_an_id_without_an_end_is_not_quoted_to_its_end(refusal):
    assert len(refusal(id=10**1000)) < 500


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a\ud800b", "contains broken Unicode: write it in plain text."),
        (float("nan"), "contains a number that is none, or endless: give another."),
        (float("-inf"), "contains a number that is none, or endless: give another."),
    ],
    ids=["surrogate", "nan", "infinite"],
)
def test_what_json_cannot_carry_is_refused_at_any_depth(refusal, value, why):
    assert refusal(configuration={"x": value}) == f"configuration {why}"
    assert refusal(configuration={"x": [{"y": [1, value]}]}) == f"configuration {why}"
    assert refusal(events={"poller": {"incidents": {"url": value}}}) == f"events {why}"


def test_keys_and_secrets_of_broken_unicode_are_refused(refusal):
    assert refusal(configuration={"a\ud800b": 1}).startswith("configuration contains broken Unicode")
    assert refusal(api_key="key-of-\ud800").startswith("api_key contains broken Unicode")


def test_a_configuration_may_be_deep_but_not_too_deep_for_python(desired, refusal):
    assert desired(configuration=nested(_values.DEEPEST)).configuration == nested(_values.DEEPEST)
    for levels in (_values.DEEPEST + 1, 5000):
        told = refusal(configuration=nested(levels))
        assert told == "configuration holds lists and mappings more than 50 levels deep: make it flatter."


def test_the_placeholder_is_refused_outside_check_mode(refusal):
    assert refusal(id=PLACEHOLDER_ID) == (
        "id is -1, the placeholder of a dry run, and this is not a dry run: register the instance's id in the same run, "
        "or give its name."
    )


def test_the_placeholder_is_taken_in_check_mode(desired):
    assert desired(id=PLACEHOLDER_ID, check_mode=True).awaits_creation
    assert not desired(id=5, check_mode=True).awaits_creation


def test_messages_name_an_instance_by_its_name_or_else_by_its_id(desired):
    assert desired(name="acme", id=5).label == "acme"
    assert desired(name=None, id=5).label == "id 5"


def test_the_options_are_taken_over_as_they_are(desired):
    events = {
        "enabled": True,
        "callback_url": "https://a.example/",
        "signature_key": "signature-key",
        "poll_interval": 1,
    }
    poller = {"agents": {"url": "/x"}}
    made = desired(
        id=5,
        state="absent",
        subdomain="acme",
        api_key="key-of-acme",
        update_secrets="never",
        tags=["crm"],
        enabled=False,
        events={**events, "poller": poller},
        configuration={"a": 1},
        verify=True,
        on_verify_failure="delete",
        on_duplicate="oldest",
    )

    assert made == _fields.Desired(
        name="acme",
        id=5,
        present=False,
        subdomain="acme",
        api_key="key-of-acme",
        update_secrets="never",
        tags=("crm",),
        enabled=False,
        events=_fields.Events(**events, resources=None, poller=poller),
        configuration={"a": 1},
        verify=True,
        on_verify_failure="delete",
        on_duplicate="oldest",
    )


def test_options_that_are_left_out_leave_everything_alone(desired):
    assert desired() == _fields.Desired(name="acme")


# The Freshdesk account


@pytest.mark.parametrize("subdomain", ["acme", "Acme-2", "4711", "a", "x" * 63])
def test_a_bare_subdomain_is_taken(desired, subdomain):
    assert desired(subdomain=subdomain).subdomain == subdomain


@pytest.mark.parametrize(
    ("subdomain", "hint"),
    [
        ("https://acme.freshdesk.com", "write acme"),
        ("https://acme.freshdesk.com/a/tickets", "write acme"),
        ("HTTP://acme.freshdesk.com", "write acme"),
        ("Acme.freshdesk.com", "write Acme"),
        ("https://acme/a/tickets", "write acme"),
        ("acme.freshdesk.com/", "write acme"),
        (" acme ", "write acme"),
        ("acme.", "write acme"),
    ],
)
def test_a_subdomain_as_a_url_or_host_name_is_refused_with_the_bare_name(refusal, subdomain, hint):
    assert refusal(subdomain=subdomain) == (
        "subdomain must be the bare name of the Freshdesk account, such as acme for https://acme.freshdesk.com: "
        f"{hint}."
    )


@pytest.mark.parametrize(
    "subdomain",
    ["", " ", "-acme", "ac me", "äcme", "https://", "somebody:password1@acme.freshdesk.com", "a_b", "x" * 64],
)
def test_a_subdomain_that_cannot_be_one_is_refused_without_a_guess(refusal, subdomain):
    assert refusal(subdomain=subdomain) == (
        "subdomain must be the bare name of the Freshdesk account, such as acme for https://acme.freshdesk.com."
    )


@pytest.mark.parametrize("key", ["short12", "with\nline-break", "nul\x00character"])
def test_an_api_key_that_cannot_be_masked_or_sent_is_refused_without_its_value(refusal, key):
    message = refusal(api_key=key)

    assert re.match(r"api_key (is shorter|contains a line break).*[a-z]\.$", message)
    assert key not in message


def test_secrets_are_not_in_what_python_shows_of_it(desired):
    made = desired(
        api_key="key-of-acme",
        events={"signature_key": "signature-key"},
        configuration={"password": "secret-password"},
    )

    assert not any(secret in repr(made) for secret in ("key-of-acme", "signature-key", "secret-password"))


# Events


@pytest.mark.parametrize("url", ["https://hooks.example.com/x?y=z", "http://10.0.0.1:8080/"])
def test_a_callback_url_is_taken(desired, url):
    assert desired(events={"callback_url": url}).events.callback_url == url


@pytest.mark.parametrize(
    "url", ["", "hooks.example.com", "ftp://example.com", "https://", "https://[broken", "https://a\x1bb/", "/path"]
)
def test_a_callback_url_that_is_none_is_refused(refusal, url):
    assert refusal(events={"callback_url": url}) == (
        "events.callback_url must be a URL that begins with https:// or http:// and names a host."
    )


@pytest.mark.parametrize("interval", [0, -15])
def test_the_shortest_poll_interval_is_one_minute(refusal, interval):
    assert refusal(events={"poll_interval": interval}) == (
        f"events.poll_interval is {interval} minutes, but the shortest is 1."
    )


@pytest.mark.parametrize("key", ["sh0rt", "with\nline-break"])
def test_a_signature_key_that_cannot_be_one_is_refused(refusal, key):
    message = refusal(events={"signature_key": key})

    assert re.match(r"events\.signature_key (is shorter|contains a line break).*[a-z]\.$", message)
    assert key not in message


@pytest.mark.parametrize("resources", [[], [""], ["a|b"], ["a b"], ["incidents", "ö"]])
def test_resources_that_the_platform_could_not_join_are_refused(refusal, resources):
    assert refusal(events={"resources": resources}) == (
        "events.resources must name at least one resource, each in letters, digits, _ and -, such as incidents; "
        "to stop events set events.enabled to false."
    )


def test_resources_named_twice_are_polled_once_in_their_order(desired):
    assert desired(events={"resources": ["b", "A_1-x", "b"]}).events.resources == ("b", "A_1-x")


@pytest.mark.parametrize("poller", [{}, {"incidents": "x"}, {"a|b": {}}, {"incidents": None}])
def test_a_poller_that_maps_no_resource_to_a_configuration_is_refused(refusal, poller):
    assert refusal(events={"poller": poller}) == (
        "events.poller must map the name of each resource to its polling configuration."
    )


def test_the_vendors_polling_defaults_are_built_in():
    # As the vendor's page prints them.
    assert _model.default_poller("incidents") == {
        "url": "/hubs/helpdesk/incidents?where=updated_since='${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'",
        "idField": "id",
        "datesConfiguration": {
            "updatedDateField": "updated_at",
            "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
            "createdDateField": "created_at",
            "createdDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
        },
    }
    assert _model.default_poller("contacts") == {
        **_model.default_poller("incidents"),
        "url": "/hubs/helpdesk/contacts?where=updated_since='${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'",
        "createdCheckTolerance": 5,
    }


# Configuration


@pytest.mark.parametrize(("key", "option"), OPTION_OF_KEY.items())
def test_a_configuration_key_that_has_an_option_of_its_own_is_refused_naming_it(refusal, key, option):
    assert refusal(configuration={key: "x" * 10}) == (
        f"configuration has the key {key}, which has an option of its own: use {option}."
    )


@pytest.mark.parametrize("key", ["", " a", "a ", "a\nb", 5])
def test_a_configuration_key_that_is_no_plain_text_is_refused(refusal, key):
    assert refusal(configuration={key: "x"}) == (
        "configuration has a key that is empty or no plain text: name the platform's configuration keys."
    )


def test_a_configuration_key_without_a_value_is_refused(refusal):
    assert refusal(configuration={"a.b": None}) == (
        "configuration has the key a.b without a value: give one, or leave the key out."
    )


def test_the_mask_is_no_configuration_value(refusal):
    assert refusal(configuration={"password": MASK}) == (
        f"configuration has {MASK} for password, which only stands for a value that is hidden: give the value itself, "
        "or leave the key out."
    )


def test_a_short_secret_in_the_configuration_is_refused_without_its_value(refusal):
    message = refusal(configuration={"oauth.api.secret": "k3y"})

    assert re.match(r"configuration: oauth\.api\.secret is shorter than 8 characters.*[a-z]\.$", message)
    assert "k3y" not in message


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("password", True),
        ("Password", True),
        ("username", True),
        ("oauth.api.key", True),
        ("oauth.anything", True),
        ("event.notification.signature.key", True),
        ("webhook.secret", True),
        ("user.token", True),
        ("db.password", True),
        ("filter.response.nulls", False),
        ("subdomain", False),
        ("keyboard", False),
        ("monkey", False),
    ],
)
def test_keys_that_look_secret_are_known_by_their_names(key, secret):
    assert _redact.is_secret_key(key) is secret


# What is live


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


# Comparing


@pytest.mark.parametrize(
    ("desired", "live"),
    [
        (True, "true"),
        (True, "TRUE"),
        (True, True),
        (False, "false"),
        (15, "15"),
        ("15", 15),
        ("15", "15"),
        ("true", True),
        ("", ""),
        ("", None),
        ({"a": 1, "b": [True, None]}, '{"b": ["true", null], "a": "1"}'),
        ({"a": {"b": 5}}, {"a": {"b": "5"}}),
        ([1, 2], "[1,2]"),
        ((1, 2), ["1", "2"]),
    ],
    ids=repr,
)
def test_values_are_compared_as_the_platform_stores_them(desired, live):
    assert same(desired, live)


@pytest.mark.parametrize(
    ("desired", "live"),
    [
        (True, "false"),
        (True, None),
        (True, 1),
        (True, "yes"),
        (15, "16"),
        (15, None),
        ("a", "A"),
        ("a", None),
        ("", "a"),
        ({"a": 1}, None),
        ({"a": 1}, "no JSON"),
        ({"a": 1}, '{"a": 2}'),
        ({"a": 1}, '{"a": 1, "b": 2}'),
        ([1, 2], "[2, 1]"),
        ({"a": 1}, "[" * 5000),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_values_that_differ_are_told_apart(desired, live):
    assert not same(desired, live)


def test_scalars_are_stored_as_strings_and_nothing_as_nothing():
    assert stored({"a": [1, True, None, "x", 1.5], 2: {}}) == {"a": ["1", "true", None, "x", "1.5"], "2": {}}


@pytest.mark.parametrize(("value", "readable"), [("key", True), ("", True), (MASK, False), (None, False), (5, False)])
def test_a_secret_can_be_read_unless_it_is_masked_or_missing(value, readable):
    assert _values.readable(value) is readable


# Showing


@pytest.mark.parametrize("levels", [_values.DEEPEST + 1, 600, 5000])
def test_json_in_a_string_that_is_too_deep_to_be_looked_through_is_hidden_as_a_whole(levels):
    text = "[" * levels + '{"x.secret": "sesame-open"}' + "]" * levels

    assert "sesame-open" not in json.dumps(_redact.hidden({"a": text}, "(hidden)"))


def test_a_value_that_is_too_deep_to_be_looked_through_is_hidden_where_it_is():
    assert "'(hidden)'" in repr(_redact.hidden(nested(200), "(hidden)"))


@pytest.mark.parametrize("text", ["[no JSON", "{{ template }}", "[" * 300])
def test_text_that_only_begins_as_json_does_is_shown(text):
    assert _redact.hidden(text, "(hidden)") == text


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2066b", "a\u200fb", "a\u061cb"], ids=ascii)
def test_what_turns_the_direction_of_text_is_not_shown(text):
    assert _redact.clean(text) == "a\ufffdb"


def test_what_is_shown_of_an_instance_holds_no_token_and_no_secret():
    text = json.dumps(_model.shown_instance(live_from(BODY)))

    assert set(json.loads(text)) == {
        "id", "name", "element", "subdomain", "tags", "enabled", "events_enabled", "created", "configuration",
    }  # fmt: skip
    assert json.loads(text)["configuration"] == {"subdomain": "acme"}
    assert not any(hidden in text for hidden in ("token/of", "key-of-acme", MASK, "one@example.com"))


def test_an_instance_is_shown_in_the_words_of_the_options():
    assert _model.shown_instance(live_from(BODY)) == {
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

    assert list(_model.shown_instance(live)["configuration"].items()) == [("a", "1"), ("b", "2")]
    assert _model.shown_instance(live, {"pagination.max"})["configuration"] == {
        "a": "1",
        "b": "2",
        "pagination.max": "100",
    }


def test_instances_are_listed_oldest_first_with_what_tells_them_apart():
    younger = live_from({"id": 2, "createdDate": "2020-01-01T00:00:00Z", "user": {"id": 9001}})
    assert _model.listed([live_from({"id": 3}), younger]) == (
        "id 2 (created 2020-01-01T00:00:00Z, owner 9001), id 3 (created at an unknown time, owner unknown)"
    )


def test_a_subdomain_that_is_not_shown_is_none():
    assert _model.shown_instance(live_from({**BODY, "configuration": {"subdomain": 5}}))["subdomain"] is None
    assert _model.shown_instance(live_from({"id": 1}))["subdomain"] is None


@pytest.mark.parametrize("character", ["\x1b", "\n", "\x9b", "\u2028", "\ud800"])
def test_text_for_a_message_has_no_control_characters(character):
    assert shown(f"a{character}b") == "a\ufffdb"


def test_text_for_a_message_is_not_endless():
    assert shown("x" * 200) == "x" * 200
    assert shown("x" * 201) == "x" * 197 + "..."


def test_secrets_are_hidden_at_any_depth_and_in_json_that_is_a_string():
    configuration = {
        "plain": "x",
        "deep": {"list": [{"a.token": "secret-1", "size": 1}]},
        "json": '{"password": "secret-2", "size": 1}',
        "list": ' [{"oauth.x": "secret-3", "ö": 1}]',
        "no json": "{secret",
        "empty": {"password": None},
    }
    shown_now = _redact.shown_configuration(configuration)

    assert shown_now == {
        "plain": "x",
        "deep": {"list": [{"a.token": "(hidden)", "size": "1"}]},
        "json": '{"password": "(hidden)", "size": 1}',
        "list": '[{"oauth.x": "(hidden)", "ö": 1}]',
        "no json": "{secret",
        "empty": {"password": None},
    }


def test_json_without_a_secret_is_shown_to_the_letter():
    text = '{ "idField":"id",  "x": [1.0, null] }'

    assert _redact.shown_configuration({"poller": text}) == {"poller": text}


@pytest.mark.parametrize("secret", ["key-of-acme", 'key "of" acme'])
def test_a_secret_that_the_platform_repeats_under_another_key_is_shown_nowhere(secret):
    configuration = {
        "username": secret,
        "event.metadata": secret,
        "url": f"https://{secret}:x@acme.example",
        "text": json.dumps({"seen": secret}),
        "other": "acme",
        "password": "",
    }
    hidden = "(hidden)"

    assert _redact.shown_configuration(configuration) == {
        "event.metadata": hidden,
        "url": hidden,
        "text": hidden,
        "other": "acme",
    }


def test_what_is_hidden_can_be_collected():
    found = set()
    _redact.hidden({"a": {"password": "secret-1"}, "b": ['{"x.key": 5}']}, "(hidden)", found)

    assert found == {"secret-1", "5"}


def test_what_is_plain_carries_no_mark_at_any_depth():
    class Marked(str):
        """A text as core marks it."""

    made = _values.plain({Marked("a"): [Marked("b"), (Marked("c"), 1), None, True]})

    assert made == {"a": ["b", ["c", 1], None, True]}
    (key,), (text, (inner, _number), *_others) = made, made["a"]
    assert {key.__class__, text.__class__, inner.__class__} == {str}


def test_what_is_too_deep_is_no_json_and_is_hidden_as_a_whole():
    deepest, deeper = nested(_values.DEEPEST), nested(_values.DEEPEST + 1)

    assert _values.parsed(json.dumps(deepest)) == deepest
    assert _values.parsed(json.dumps(deeper)) is None
    assert _redact.hidden(deepest, "(hidden)") == deepest
    assert str(_redact.hidden(deeper, "(hidden)")).count("(hidden)") == 1
    assert _redact.hidden({"x": json.dumps(deepest["x"])}, "(hidden)") == {"x": json.dumps(deepest["x"])}
    assert "(hidden)" in _redact.hidden({"x": json.dumps(deepest)}, "(hidden)")["x"]


def test_a_value_that_repeats_a_secret_is_hidden_and_one_that_repeats_a_part_is_not():
    secret = 's\u00e9"cret1'
    assert len(secret) == SHORTEST_SECRET
    part = {"first": in_json(secret[:-1]), "last": in_json(secret[1:])}

    assert _redact.shown_configuration({"a.token": secret, "all": in_json(secret), **part}) == {
        "all": "(hidden)",
        **part,
    }
    assert _redact.shown_configuration({"a.token": secret[1:], **part}) == part, "too short to be one"


def in_json(text):
    """The text as it stands in a text of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


@pytest.mark.parametrize("value", [0, -1, True, "1", 1.5, None, 2**63, 10**4000])
def test_an_id_is_a_positive_whole_number(value):
    assert not _values.is_id(value)
    assert _values.is_id(4711)
