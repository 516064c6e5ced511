# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which live instances are meant: found in few requests, and called absent only by a whole list."""

from __future__ import annotations

import pytest
from support.declared import assert_only_declared

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _lookup
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError, Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._platform import Platform
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import Channel

SEARCH, LIST, GET, ELEMENT = "search", "list", "get", "element"
BLIND = {"fault": "status", "status": 404, "message": "No instances found", "match": {"path": "/instances"}}
"""A search that finds nothing, though there is something."""
BARE = [{"hydrate": "ignored"}, {"list_configuration": "empty"}, {"list_configuration": "missing"}]


@pytest.fixture(autouse=True)
def _nothing_but_what_is_declared(world):
    yield
    assert_only_declared(world)


@pytest.fixture
def platform(simulated):
    return Platform(Channel(simulated()))


@pytest.fixture
def by_tags(simulated):
    """The ids of the instances that carry all these tags."""

    def found(*tags, **options):
        transport = simulated(**options)
        platform = Platform(Channel(transport))
        return ids(_lookup.by_tags(platform, tags, lambda: Channel(transport), 1))

    return found


def ids(found):
    return [live.id for live in found]


def asked(world):
    """What was asked for, in the order of the requests."""
    kinds = {"/instances/{id}": GET, "/elements/{key}": ELEMENT}
    return [
        SEARCH if "searchText" in record["query"] else kinds.get(record["template"], LIST)
        for record in world.requests()
    ]


# By id


def test_an_instance_that_is_there_is_one_request(platform, world):
    (number,) = world.add_instances([{"name": "acme"}])

    assert _lookup.by_id(platform, number).id == number
    assert asked(world) == [GET]


def test_an_instance_whose_element_is_not_shown_needs_no_check_of_the_element(platform, world):
    (number,) = world.add_instances([{"name": "acme"}])
    world.add_faults({"fault": "wrong_shape", "body": {"id": number, "name": "acme"}})

    assert _lookup.by_id(platform, number).id == number
    assert asked(world) == [GET]


def test_an_id_that_does_not_exist_is_none_and_the_element_is_checked(platform, world):
    assert _lookup.by_id(platform, 5) is None
    assert asked(world) == [GET, ELEMENT]


@pytest.mark.parametrize("number", [5, 600001])
def test_an_id_of_an_element_that_does_not_exist_is_an_error(simulated, world, number):
    world.add_instances([{"name": "acme"}])
    with pytest.raises(Refused, match="element is freshdeskv3, and the platform has no element of that key"):
        _lookup.by_id(Platform(Channel(simulated(element="freshdeskv3"))), number)


# By name


def test_a_name_that_a_search_finds_is_one_request(platform, world):
    world.add_instances(
        [{"name": "acme"}, {"name": "acme"}, {"name": "acme 2"}, {"name": "acme", "element": "zendesk"}]
    )

    assert ids(_lookup.by_name(platform, "acme").meant) == [600001, 600002]
    assert asked(world) == [SEARCH]


def test_a_name_that_a_search_does_not_find_is_looked_for_in_the_whole_list(platform, world):
    world.add_instances([{"name": "beta"}])

    assert _lookup.by_name(platform, "acme") == _lookup.Found([], [], [])
    assert asked(world) == [SEARCH, LIST]


@pytest.mark.parametrize("others", [0, 250, 1000])
@pytest.mark.parametrize("many", [False, True])
def test_a_search_that_finds_nothing_though_there_is_something_proves_nothing(platform, world, many, others):
    world.add_instances({"count": others, "element": "zendesk"} if others else [])
    made = world.add_instances([{"name": "acme"}])
    world.add_faults(BLIND)

    assert ids((_lookup.by_names(platform, {"acme"}) if many else _lookup.by_name(platform, "acme")).meant) == made
    assert asked(world) == [SEARCH, *[LIST] * (others // 200 + 1)]


def test_a_search_that_fails_is_an_error_and_not_absence(platform, world):
    world.add_faults({"fault": "status", "status": 403})
    with pytest.raises(FreshdeskError, match="lacks the privilege"):
        _lookup.by_name(platform, "acme")


# By names


@pytest.mark.parametrize("count", [1, 200, 201, 450])
def test_names_that_are_all_there_cost_the_pages_of_the_element_alone(platform, world, count):
    world.add_instances({"count": 1000, "element": "zendesk"})
    world.add_instances({"count": count, "prefix": "n"})
    names = {f"n{number:06}" for number in range(1, count + 1)}

    assert len(_lookup.by_names(platform, names).meant) == count
    assert asked(world) == [SEARCH] * -(-count // 200)


def test_a_name_that_is_missing_is_missing_in_the_whole_list(platform, world):
    made = world.add_instances([{"name": "acme"}, {"name": "beta"}])

    assert ids(_lookup.by_names(platform, {"acme", "gone"}, {made[1]}).meant) == made
    assert asked(world) == [SEARCH, LIST]


def test_an_id_that_the_search_does_not_show_costs_no_whole_list(platform, world):
    made = world.add_instances([{"name": "acme"}])

    assert ids(_lookup.by_names(platform, {"acme"}, {5}).meant) == made
    assert asked(world) == [SEARCH]


# By tags


@pytest.fixture
def tagged(world):
    world.add_instances(
        [
            {"name": "a", "tags": ["crm", "eu"]},
            {"name": "b", "tags": ["crm"]},
            {"name": "c", "tags": ["eu"]},
            {"name": "d", "tags": []},
            {"name": "e", "tags": ["crm", "eu"], "element": "zendesk"},
        ]
    )
    return world


@pytest.mark.parametrize("meaning", ["every", "any"])
def test_one_tag_is_asked_for_and_all_are_compared_here(by_tags, tagged, meaning):
    tagged.settings({"tags_filter": meaning})

    assert by_tags("eu", "crm") == [600001]
    assert [record["query"].get("tags[]") for record in tagged.requests()] == ["crm"]


@pytest.mark.parametrize("setting", BARE, ids=str)
def test_tags_that_the_list_does_not_show_are_asked_for_and_compared(by_tags, tagged, setting):
    tagged.settings(setting)

    assert by_tags("crm", "eu") == [600001]
    assert by_tags("eu") == [600001, 600003]


@pytest.mark.parametrize("setting", [{}, *BARE], ids=str)
def test_a_platform_that_ignores_the_tag_shows_nothing_but_what_carries_it(by_tags, tagged, setting, monkeypatch):
    tagged.settings(setting)
    monkeypatch.setattr(Platform, "tagged", lambda platform, tag: platform.instances())

    assert by_tags("crm", "eu") == [600001]
    assert by_tags("crm") == [600001, 600002]


def test_tags_that_nothing_carries_are_an_empty_list_and_the_element_is_checked(by_tags, tagged):
    assert by_tags("old") == []
    assert asked(tagged) == [LIST, ELEMENT]
    with pytest.raises(Refused, match="element is freshdeskv3"):
        by_tags("crm", element="freshdeskv3")


# What a list left out


@pytest.mark.parametrize("setting", BARE, ids=str)
def test_each_instance_that_lacks_something_is_asked_for_once(simulated, tagged, setting):
    transport = simulated()
    tagged.settings(setting)
    found = Platform(Channel(transport)).instances()
    whole = _lookup.completed(found, lambda: Channel(transport), 1)

    assert [live.tags for live in whole] == [("crm", "eu"), ("crm",), ("eu",), ()]
    assert all(live.is_complete for live in whole)
    assert asked(tagged) == [LIST, GET, GET, GET, GET]


def test_one_that_is_gone_when_it_is_asked_for_is_left_out(simulated, tagged):
    transport = simulated()
    tagged.settings({"hydrate": "ignored"})
    found = Platform(Channel(transport)).instances()
    tagged.remove_instance(600002)

    assert ids(_lookup.completed(found, lambda: Channel(transport), 1)) == [600001, 600003, 600004]
