# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What core hands over becomes plain values: nothing of its own is left in it."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._entries import Unresolved, refusal_of
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._given import received
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._seal import seal
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._untemplated import (
    TRUST_IS_ASKED_FOR,
    untemplated,
)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (None, None),
        (True, True),
        (7.5, 7.5),
        ("acme", "acme"),
        ({"a": ("b", ["c"])}, {"a": ["b", ["c"]]}),
        ({"when": datetime.date(2026, 1, 2)}, {"when": "2026-01-02"}),
        ([datetime.datetime(2026, 1, 2, 3, 4, 5)], ["2026-01-02T03:04:05"]),
    ],
)
def test_it_is_plain(given, plain):
    assert received(given) == plain


def test_a_set_and_what_map_returns_are_lists():
    assert sorted(received({"b", "a"})) == ["a", "b"]
    assert received(map(str.upper, ["a", "b"])) == ["A", "B"]


def test_what_is_encrypted_is_its_text():
    assert received({"api_key": seal("key-of-acme")}) == {"api_key": "key-of-acme"}


def test_a_template_that_was_not_resolved_is_marked_where_core_can_leave_one_and_data_is_not():
    made = received({"name": "{{ nope }}", "tags": [untemplated("{{ data }}")]})

    assert made["tags"] == ["{{ data }}"]
    assert made["name"] == "{{ nope }}" if TRUST_IS_ASKED_FOR else isinstance(made["name"], Unresolved)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"name": Unresolved()}, "name holds a template that could not be resolved"),
        ({"name": "acme", "tags": ["a", Unresolved()]}, "tags holds a template that could not be resolved"),
        ({"name": "acme", "configuration": {"a": [{"b": Unresolved()}]}}, "configuration holds a template"),
        ({"name": "acme", "events": {"callback_url": Unresolved()}}, "events.callback_url holds a template"),
        ({"name": "a<<Omit>>"}, "name has omit as a part of a longer text"),
        ({"name": "acme", "subdomain": "__omit_place_holder__0123"}, "subdomain has omit as a part of a longer text"),
        ({"name": "acme", "configuration": {"a": ["x-<<Omit>>"]}}, "configuration has omit as a part"),
        ({"name": True}, "name must be a string: put true, false and the like in quotes"),
        ({"name": ["acme"]}, "name must be a string"),
        ({"name": {"acme": None}}, "name must be a string"),
        ({"name": "acme", "api_key": ["SENTINEL-key"]}, "api_key must be a string"),
        ({"name": "acme", "tags": [True]}, "tags must contain only strings"),
        ({"name": "acme", "tags": [{"SENTINEL": 1}]}, "tags must contain only strings"),
        ({"name": "acme", "tags": "['a', 'b']"}, 'tags must be a list: write ["a", "b"], or a, b'),
        ({"name": "acme", "tags": True}, "tags must be a list"),
        ({"name": "acme", "events": {"resources": ["incidents", {}]}}, "events.resources must contain only strings"),
        ({"name": "acme", "events": {"signature_key": {"a": 1}}}, "events.signature_key must be a string"),
    ],
)
def test_a_value_that_core_would_turn_into_an_unintended_text_is_refused(entry, says):
    told = refusal_of(entry, check_mode=False)
    assert says in told
    assert "SENTINEL" not in told


@pytest.mark.parametrize(
    "entry", [{"name": 7}, {"name": "acme", "subdomain": 12, "tags": [1, 2.5]}, {"name": "acme", "tags": "a, b\nc"}]
)
def test_a_number_is_a_text(entry):
    assert refusal_of(entry, check_mode=False) is None
