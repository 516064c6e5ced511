# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values are compared as the platform stores them."""

from __future__ import annotations

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _values
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import MASK, same, stored


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
def test_different_values_are_not_the_same(desired, live):
    assert not same(desired, live)


def test_scalars_are_stored_as_strings_and_nothing_as_nothing():
    assert stored({"a": [1, True, None, "x", 1.5], 2: {}}) == {"a": ["1", "true", None, "x", "1.5"], "2": {}}


@pytest.mark.parametrize(("value", "readable"), [("key", True), ("", True), (MASK, False), (None, False), (5, False)])
def test_a_secret_can_be_read_unless_it_is_masked_or_missing(value, readable):
    assert _values.readable(value) is readable


def test_what_is_plain_carries_no_mark_at_any_depth():
    class Marked(str):
        """A text as core marks it."""

    made = _values.plain({Marked("a"): [Marked("b"), (Marked("c"), 1), None, True]})

    assert made == {"a": ["b", ["c", 1], None, True]}
    (key,), (text, (inner, _number), *_others) = made, made["a"]
    assert {key.__class__, text.__class__, inner.__class__} == {str}


@pytest.mark.parametrize("value", [0, -1, True, "1", 1.5, None, 2**63, 10**4000])
def test_an_id_is_a_positive_whole_number(value):
    assert not _values.is_id(value)
    assert _values.is_id(4711)
