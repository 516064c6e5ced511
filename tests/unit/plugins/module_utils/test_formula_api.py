# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of formulas, against the simulated platform and against answers that no simulator gives."""

from __future__ import annotations

import re

import pytest
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import (
    AnswerLost,
    FreshdeskError,
    NotSent,
    Refused,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_api import FormulaPlatform
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import Channel

SYNC = {"id": 3001, "name": "sync", "configuration": []}
LIVE = {"id": 7, "name": "acme", "formula": {"id": 3001}, "active": True, "configuration": {}, "settings": {}}
OTHER = {**LIVE, "id": 8}


@pytest.fixture
def live(simulated):
    """The simulated platform through the endpoints."""
    return FormulaPlatform(Channel(simulated()))


@pytest.fixture
def answering(scripted, answer):
    """Endpoints of the instances of one template that get these answers, each a status and data, and what was sent."""

    def make(*steps):
        transport = scripted(*(step if isinstance(step, type) else answer(*step) for step in steps))
        platform = FormulaPlatform(Channel(transport))
        platform.formula = 3001
        return platform, transport.calls

    return make


def ids(found):
    return sorted(one.id for one in found)


# Templates


def test_templates_of_a_name_are_listed_without_their_steps(answering):
    platform, calls = answering((200, [SYNC, {**SYNC, "id": 3002}, {**SYNC, "id": 3003, "name": "Sync"}, {"id": 3004}]))

    assert ids(platform.templates("sync")) == [3001, 3002]
    assert dict(calls[0].query)["abridged"] == "true"


@pytest.mark.parametrize("shown", [{**SYNC, "id": 3002}, {**SYNC, "configuration": None}, [], {}], ids=str)
def test_an_answer_that_does_not_show_the_template_of_the_id_is_not_believed(answering, shown):
    platform, _calls = answering((200, shown))
    with pytest.raises(FreshdeskError) as error:
        platform.template(3001)

    assert is_listed(error.value.message)
    assert "formula 3001" in error.value.message


@pytest.mark.parametrize("given", ["nobody", 4711, "twice"])
def test_a_template_that_is_missing_or_ambiguous_is_refused(live, world, given):
    world.formulas.add_templates([{"name": "twice"}, {"name": "twice"}])
    with pytest.raises(Refused) as refused:
        live.the_template(given)

    assert is_listed(refused.value.message)


def test_the_variables_that_a_list_of_templates_leaves_out_are_read(answering):
    variables = [{"key": "source", "required": True}]
    platform, calls = answering(
        (200, [{**SYNC, "configuration": None}]), (200, {**SYNC, "configuration": variables}), (200, [SYNC])
    )

    assert list(platform.the_template("sync").variables) == ["source"]
    assert platform.the_template("sync").variables == {}
    assert [call.path for call in calls] == ["/formulas", "/formulas/3001", "/formulas"]


# Lists


@pytest.fixture
def two(live, world):
    """Two templates; of the first, an active instance and an inactive one."""
    first, second = world.formulas.add_templates([{"name": "sync"}, {"name": "audit"}])
    world.formulas.add(
        [
            {"name": "acme", "formula": first},
            {"name": "acme-2", "formula": first, "active": False},
            {"name": "acme", "formula": second},
        ]
    )
    world.clear_requests()
    live.formula = first
    return live


@pytest.mark.parametrize("formula", [True, False])
def test_a_list_has_inactive_instances_too(two, formula):
    two.formula = two.formula if formula else None

    assert len(two.instances()) == (2 if formula else 3)
    assert len(two.search("acme")) == (2 if formula else 3)


def test_a_list_is_cut_down_to_names_and_ids(two):
    first, second = two.instances()

    assert [one.name for one in two.instances({"acme"})] == ["acme"]
    assert ids(two.instances({second.id})) == [second.id]
    assert ids(two.search("acme", {"acme-2"})) == [second.id]
    assert ids(two.search(None, {first.id})) == [first.id]
    assert two.instances(set()) == []
    two.formula = None
    assert ids(two.instances({second.id})) == [second.id]


@pytest.mark.parametrize(
    ("text", "searched"),
    [("a" * 200, True), ("a" * 201, False), ("ä" * 101, False), ("a\nb", False), (None, False)],
    ids=["longest", "too long", "too many bytes", "line break", "none"],
)
def test_a_text_that_cannot_be_searched_for_needs_the_whole_list(answering, text, searched):
    platform, calls = answering((200, [LIVE]))

    assert ids(platform.search(text)) == [7]
    assert calls[0].path == ("/formulas/instances" if searched else "/formulas/3001/instances")
    assert dict(calls[0].query).get("searchText") == (text if searched else None)


def test_a_list_whose_end_is_not_proven_is_an_error(answering):
    page = [{**LIVE, "id": number} for number in range(1, 201)]
    platform, _calls = answering((200, page))
    for what, read in {"formula instances": platform.instances, "formulas": lambda: platform.templates("sync")}.items():
        with pytest.raises(FreshdeskError) as error:
            read()
        assert is_listed(error.value.message)
        assert re.search(f" list of {what} .* after 200,", error.value.message)


def test_a_list_that_holds_fewer_than_are_counted_is_named(scripted, answer):
    platform = FormulaPlatform(Channel(scripted(answer(200, [LIVE], elements_total_count="5"))))
    with pytest.raises(FreshdeskError) as error:
        platform.instances()

    assert is_listed(error.value.message)
    assert "list of formula instances" in error.value.message


def test_an_answer_that_leaves_the_template_out_is_of_the_one_that_was_asked(answering):
    platform, _calls = answering((200, {name: value for name, value in LIVE.items() if name != "formula"}))

    assert platform.create({"name": "acme"}).formula == 3001


def test_those_that_use_an_instance_are_recognised_by_their_configuration_or_else_by_the_filter(answering):
    users = [
        {**LIVE, "id": 1, "configuration": {"source": "600001"}},
        {**LIVE, "id": 2, "configuration": {"source": 600001, "cron": "15"}},
        {**LIVE, "id": 3, "configuration": {"source": "600002"}},
        {**LIVE, "id": 4, "configuration": None},
    ]
    platform, calls = answering((200, users))
    platform.formula = None

    assert ids(platform.using(600001)) == [1, 2, 4]
    assert {"elementInstanceId": "600001", "includeInactive": "true"}.items() <= dict(calls[0].query).items()


# One


@pytest.mark.parametrize("shown", [OTHER, {}, []], ids=str)
def test_an_answer_that_does_not_show_the_instance_of_the_id_is_not_believed(answering, shown):
    platform, _calls = answering((200, shown))
    with pytest.raises(FreshdeskError) as error:
        platform.get(7)
    assert is_listed(error.value.message)
    assert "formula instance 7" in error.value.message
    assert platform.put(7, {}) is None


def test_an_instance_is_read_changed_and_deleted_by_its_id(answering):
    platform, calls = answering((200, LIVE), (200, LIVE), (200, None), (404, {"message": "No formula instance found"}))
    platform.get(7)
    body = {"name": "acme"}

    assert platform.put(7, body).id == 7
    platform.delete(7)
    platform.delete(7)
    assert [(call.verb, call.path, call.body) for call in calls] == [
        ("GET", "/formulas/instances/7", None),
        ("PUT", "/formulas/3001/instances/7", body),
        ("DELETE", "/formulas/3001/instances/7", None),
        ("DELETE", "/formulas/3001/instances/7", None),
    ]


@pytest.mark.parametrize("step", [(200, {}), (200, {"id": 7}), (200,), (500, {})], ids=str)
def test_a_create_whose_answer_shows_no_instance_has_to_be_looked_up(answering, step):
    platform, calls = answering(step)
    with pytest.raises(AnswerLost) as lost:
        platform.create({"name": "acme"})

    assert is_listed(lost.value.message)
    assert lost.value.message.endswith(" no id and name" if step[0] == 200 else " whether it was created")
    assert [(call.verb, call.path, call.body) for call in calls] == [
        ("POST", "/formulas/3001/instances", {"name": "acme"})
    ]


@pytest.mark.parametrize(
    ("write", "doing"),
    [
        (lambda platform: platform.create({}), "create the formula instance"),
        (lambda platform: platform.put(7, {}), "change formula instance 7"),
        (lambda platform: platform.delete(7), "delete formula instance 7"),
        (lambda platform: platform.set_enabled(7, True), "activate formula instance 7"),
        (lambda platform: platform.set_enabled(7, False), "deactivate formula instance 7"),
    ],
)
@pytest.mark.parametrize("step", [(400, {"message": "no"}), NotSent], ids=str)
def test_an_error_says_which_write_failed(answering, write, doing, step):
    platform, _calls = answering(step)
    with pytest.raises(FreshdeskError) as error:
        write(platform)

    assert re.match(f"The platform (was|could not be) asked to {doing}(,| and) ", error.value.message)


@pytest.mark.parametrize("shown", [True, False, None])
@pytest.mark.parametrize("enabled", [True, False])
def test_one_that_is_switched_already_is_left_as_it_is(answering, enabled, shown):
    answer = (404, {}) if shown is None else (200, {**LIVE, "active": shown})
    platform, calls = answering((409, {"message": "already"}), answer)
    if shown is enabled:
        platform.set_enabled(7, enabled)
    else:
        with pytest.raises(FreshdeskError):
            platform.set_enabled(7, enabled)

    assert (calls[0].verb, calls[0].path) == ("PUT" if enabled else "DELETE", "/formulas/3001/instances/7/active")
