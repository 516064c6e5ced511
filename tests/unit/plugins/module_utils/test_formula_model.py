# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a formula template and of its instances, what results show of it, and which answer to a change is trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_model import (
    FormulaLive,
    Template,
    Variable,
    formula_live_from,
    formula_result,
    template_from,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import DEEPEST, MASK

LIVE = FormulaLive(
    id=4711,
    name="acme-sync",
    created="2017-08-07T18:46:38Z",
    formula=3001,
    enabled=True,
    configuration={"source": 11, "apiKey": MASK},
    settings={"time": 60},
)
BARE = FormulaLive(
    id=4711, name="", created=None, formula=3001, enabled=True, configuration=None, settings=None, errors=0
)


# Read


@pytest.mark.parametrize(
    ("answer", "template"),
    [
        (
            {
                "id": 3001,
                "name": "sync",
                "configuration": [{"key": "a", "required": True}, {"key": "b"}, {"key": 5}, "c"],
            },
            Template(3001, "sync", True, {"a": Variable("a", True), "b": Variable("b", False)}),
        ),
        ({"id": 3001, "name": "sync", "active": False}, Template(3001, "sync", False, None)),
        ({"id": 3001, "name": 5}, None),
        ({"id": 0, "name": "sync"}, None),
        (["id", "name"], None),
    ],
)
def test_a_template_is_read_with_its_variables_where_the_answer_shows_them(answer, template):
    assert template_from(answer) == template


@pytest.mark.parametrize(
    ("answer", "live"),
    [
        (
            {
                "id": 4711,
                "name": "acme-sync",
                "createdDate": "2017-08-07T18:46:38Z",
                "formula": {"id": 815},
                "active": False,
                "configuration": {"source": 11, "apiKey": MASK},
                "settings": {"time": 60},
                "numberConsecutiveErrors": 7,
            },
            replace(LIVE, formula=815, enabled=False, errors=7),
        ),
        ({"id": 4711}, BARE),
        ({"id": 4711, "name": 5, "createdDate": 5, "numberConsecutiveErrors": "7"}, BARE),
        ({"id": 4711, "formula": {"name": "sync"}}, None),
        ({"id": 0}, None),
        (["id"], None),
    ],
)
def test_a_formula_instance_is_read_with_what_the_answer_shows_of_it(answer, live):
    assert formula_live_from(answer, 3001) == live


def nested(levels):
    return {"inner": nested(levels - 1)} if levels else {}


@pytest.mark.parametrize(
    "field",
    [{"configuration": ["source"]}, {"settings": "time"}, {"settings": nested(2 * DEEPEST)}, {"active": "true"}],
)
def test_a_field_of_an_unexpected_type_is_an_error_and_not_a_difference(field):
    with pytest.raises(FreshdeskError) as error:
        formula_live_from({"id": 4711, **field}, 3001)

    assert error.value.message == (
        "The platform shows formula instance 4711 with a field of an unexpected type, so it cannot be compared: "
        "report it to the platform."
    )


# Show


def test_results_show_values_as_sorted_text_without_secrets_and_unset_ones():
    values = {"source": 11, "cron": '{"password": "x"}', "apiKey": "key-of-acme", "gone": None}
    shown = formula_result(replace(LIVE, enabled=False, configuration=values))

    assert shown == {
        "id": 4711,
        "name": "acme-sync",
        "formula": 3001,
        "active": False,
        "configuration": {"apiKey": "(hidden)", "cron": '{"password": "(hidden)"}', "source": "11"},
        "settings": {"time": "60"},
        "created": "2017-08-07T18:46:38Z",
    }
    assert list(shown["configuration"]) == ["apiKey", "cron", "source"]


# Answers to a change


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"name": "", "created": None, "configuration": None, "settings": None},
        {"configuration": {}, "settings": {}},
        {"name": "other", "created": "2020-01-01T00:00:00Z"},
    ],
)
def test_what_an_answer_omits_is_as_expected_and_what_it_shows_counts(shown):
    omitted = {field: getattr(LIVE, field) for field, value in shown.items() if value in ("", None)}
    answer = replace(LIVE, enabled=False, errors=3, **shown)

    assert answer.filled(LIVE) == replace(answer, **omitted)
    assert answer.filled(None) is answer


def test_an_answer_that_shows_the_change_is_taken_with_masked_values_unseen():
    body = {
        "name": "acme-sync",
        "active": True,
        "configuration": {"source": "11", "apiKey": "key-of-acme"},
        "settings": {"time": "60"},
    }

    assert LIVE.taken(None, body) is LIVE


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        (
            {"name": "acme sync"},
            "The platform does not keep the name of formula instance 4711 as it is written: choose a plainer one.",
        ),
        (
            {"enabled": False, "configuration": {"source": 12}, "settings": {}},
            "The platform did not accept source, time, active of formula instance 4711, although it reported success: "
            "check it on the platform.",
        ),
    ],
)
def test_an_answer_that_shows_something_else_names_what_was_not_taken(shown, message):
    body = {"name": "acme-sync", "active": True, "configuration": {"source": "11"}, "settings": {"time": "60"}}
    with pytest.raises(FreshdeskError) as error:
        replace(LIVE, **shown).taken(None, body)

    assert error.value.message == message
