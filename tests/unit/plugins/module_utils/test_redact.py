# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values are secrets, and what is shown in their place."""

from __future__ import annotations

import json

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _redact, _values
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._redact import SHORTEST_SECRET, printable


def nested(levels):
    """Lists in a mapping, so many levels deep in all."""
    value = "x"
    for _level in range(levels - 1):
        value = [value]
    return {"x": value}


def in_json(text):
    """The text as it stands in a text of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("password", True),
        ("username", True),
        ("oauth.api.key", True),
        ("oauth.anything", True),
        ("event.notification.signature.key", True),
        ("webhook.secret", True),
        ("user.token", True),
        ("db.password", True),
        ("filter.response.nulls", False),
        ("client_secret", True),
        ("apiKey", True),
        ("API-KEY", True),
        ("refresh.Token", True),
        ("Password", True),
        ("token", True),
        ("secrets", False),
        ("apikeys", False),
        ("token.type", False),
        ("subdomain", False),
        ("keyboard", False),
        ("monkey", False),
    ],
)
def test_keys_that_look_secret_are_known_by_their_names(key, secret):
    assert _redact.is_secret_key(key) is secret


@pytest.mark.parametrize("levels", [_values.DEEPEST + 1, 600, 5000])
def test_json_in_a_string_that_is_too_deep_to_be_looked_through_is_hidden_as_a_whole(levels):
    text = "[" * levels + '{"x.secret": "sesame-open"}' + "]" * levels

    assert "sesame-open" not in json.dumps(_redact.redacted({"a": text}, "(hidden)"))


def test_a_value_that_is_too_deep_to_be_looked_through_is_hidden_where_it_is():
    assert "'(hidden)'" in repr(_redact.redacted(nested(200), "(hidden)"))


@pytest.mark.parametrize("text", ["[no JSON", "{{ template }}", "[" * 300])
def test_text_that_only_begins_as_json_does_is_shown(text):
    assert _redact.redacted(text, "(hidden)") == text


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2066b", "a\u200fb", "a\u061cb"])
def test_what_turns_the_direction_of_text_is_not_shown(text):
    assert _redact.without_controls(text) == "a\ufffdb"


@pytest.mark.parametrize("character", ["\x1b", "\n", "\x9b", "\u2028", "\ud800"])
def test_text_for_a_message_has_no_control_characters(character):
    assert printable(f"a{character}b") == "a\ufffdb"


def test_text_for_a_message_is_not_endless():
    assert printable("x" * 200) == "x" * 200
    assert printable("x" * 201) == "x" * 197 + "..."


def test_secrets_are_hidden_at_any_depth_and_in_json_that_is_a_string():
    configuration = {
        "plain": "x",
        "deep": {"list": [{"a.token": "secret-1", "size": 1}]},
        "json": '{"password": "secret-2", "size": 1}',
        "list": ' [{"oauth.x": "secret-3", "ö": 1}]',
        "no json": "{secret",
        "empty": {"password": None},
    }
    shown_now = _redact.printable_configuration(configuration)

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

    assert _redact.printable_configuration({"poller": text}) == {"poller": text}


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

    assert _redact.printable_configuration(configuration) == {
        "event.metadata": hidden,
        "url": hidden,
        "text": hidden,
        "other": "acme",
    }


def test_what_is_hidden_can_be_collected():
    found = set()
    _redact.redacted({"a": {"password": "secret-1"}, "b": ['{"x.key": 5}']}, "(hidden)", found)

    assert found == {"secret-1", "5"}


def test_what_is_too_deep_is_no_json_and_is_hidden_as_a_whole():
    deepest, deeper = nested(_values.DEEPEST), nested(_values.DEEPEST + 1)

    assert _values.parsed(json.dumps(deepest)) == deepest
    assert _values.parsed(json.dumps(deeper)) is None
    assert _redact.redacted(deepest, "(hidden)") == deepest
    assert str(_redact.redacted(deeper, "(hidden)")).count("(hidden)") == 1
    assert _redact.redacted({"x": json.dumps(deepest["x"])}, "(hidden)") == {"x": json.dumps(deepest["x"])}
    assert "(hidden)" in _redact.redacted({"x": json.dumps(deepest)}, "(hidden)")["x"]


def test_a_value_that_repeats_a_secret_is_hidden_and_one_that_repeats_a_part_is_not():
    secret = 's\u00e9"cret1'
    assert len(secret) == SHORTEST_SECRET
    part = {"first": in_json(secret[:-1]), "last": in_json(secret[1:])}

    assert _redact.printable_configuration({"a.token": secret, "all": in_json(secret), **part}) == {
        "all": "(hidden)",
        **part,
    }
    assert _redact.printable_configuration({"a.token": secret[1:], **part}) == part, "too short to be one"
