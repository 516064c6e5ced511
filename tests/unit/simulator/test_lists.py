# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: empty ones that are a 404, pages, tokens, filters, and what an entry holds."""

from __future__ import annotations

from typing import Any

import pytest

ALL = "/instances"
OF_ELEMENT = "/elements/freshdeskv2/instances"


def names(answer: Any) -> list[str]:
    return [instance["name"] for instance in answer.json()]


@pytest.mark.parametrize("path", [ALL, OF_ELEMENT])
def test_an_empty_list_is_a_404_that_says_no_instances_found(one, path):
    answer = one.call("GET", path)

    assert answer.status == 404
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["message"] == "No instances found"


@pytest.mark.parametrize("query", [{"searchText": "other"}, {"tags[]": "other"}])
def test_a_filter_that_matches_nothing_is_a_404_too(one, query):
    one.create("acme")

    assert one.call("GET", OF_ELEMENT, **query).status == 404


def test_the_list_of_an_unknown_element_is_an_error_of_another_wording(one):
    answer = one.call("GET", "/elements/unheardof/instances")

    assert answer.status == 404
    assert "No " not in answer.json()["message"]


def test_a_list_of_one_element_leaves_out_the_others(platform, one):
    platform.add_instances([{"name": "ours"}, {"name": "theirs", "element": "zendesk"}])

    assert names(one.call("GET", ALL)) == ["ours", "theirs"]
    assert names(one.call("GET", OF_ELEMENT)) == ["ours"]


def test_a_page_holds_200_by_default_and_at_most(platform, one):
    platform.add_instances({"count": 201})

    assert len(names(one.call("GET", ALL))) == 200
    assert len(names(one.call("GET", ALL, pageSize=1000))) == 200
    assert len(names(one.call("GET", ALL, pageSize=7))) == 7


@pytest.mark.parametrize("size", ["0", "-1", "many"])
def test_a_page_size_that_is_no_positive_number_is_refused(one, size):
    assert one.call("GET", ALL, pageSize=size).status == 400


def test_following_the_tokens_shows_every_instance_once(platform, one):
    platform.add_instances({"count": 23})
    seen, query = [], {"pageSize": 10}
    while (answer := one.call("GET", OF_ELEMENT, **query)).status == 200:
        seen += names(answer)
        query["nextPage"] = answer.headers["elements-next-page-token"]

    assert seen == [f"tenant-{number:06d}" for number in range(1, 24)]


def test_the_last_page_carries_a_token_that_leads_to_a_404(platform, one):
    platform.add_instances({"count": 3})
    token = one.call("GET", ALL).headers["elements-next-page-token"]

    assert one.call("GET", ALL, nextPage=token).json()["message"] == "No instances found"


def test_the_token_on_the_last_page_can_be_switched_off(platform, one):
    platform.add_instances({"count": 3})
    platform.settings({"token_on_last_page": False})

    assert "elements-next-page-token" in one.call("GET", ALL, pageSize=2).headers
    assert "elements-next-page-token" not in one.call("GET", ALL, pageSize=3).headers


def test_a_token_needs_encoding_in_a_url(platform, one):
    platform.add_instances({"count": 3})
    token = one.call("GET", ALL, pageSize=1).headers["elements-next-page-token"]
    headers = {"Authorization": one.authorization}

    assert {"+", "/", "="} < set(token)
    assert platform.handle("GET", "/elements/api-v2/instances", f"nextPage={token}", headers).status == 400


def test_the_counts_stand_in_headers(platform, one):
    platform.add_instances({"count": 5})
    headers = one.call("GET", ALL, pageSize=2).headers

    assert (headers["elements-returned-count"], headers["elements-total-count"]) == ("2", "5")


def test_the_total_can_be_left_out(platform, one):
    platform.add_instances({"count": 5})
    platform.settings({"total_count": False})

    assert "elements-total-count" not in one.call("GET", ALL).headers


def test_search_text_is_a_part_of_the_name_in_any_case(one):
    for name in ("Acme", "acme-2", "other"):
        one.create(name)

    assert names(one.call("GET", ALL, searchText="CME")) == ["Acme", "acme-2"]


def test_all_tags_that_are_asked_for_must_be_there(one):
    one.create("a", tags=["crm", "eu"])
    one.create("b", tags=["crm"])

    assert names(one.call("GET", ALL, **{"tags[]": ["crm"]})) == ["a", "b"]
    assert names(one.call("GET", ALL, **{"tags[]": ["crm", "eu"]})) == ["a"]


def test_a_filtered_list_has_pages_too(platform, one):
    platform.add_instances({"count": 5, "prefix": "a-"})
    platform.add_instances({"count": 5, "prefix": "b-"})
    first = one.call("GET", ALL, searchText="b-", pageSize=3)
    second = one.call("GET", ALL, searchText="b-", pageSize=3, nextPage=first.headers["elements-next-page-token"])

    assert first.headers["elements-total-count"] == "5"
    assert names(first) + names(second) == [f"b-{number:06d}" for number in range(1, 6)]


def test_a_deleted_instance_leaves_no_gap_and_shifts_no_page(platform, one):
    ids = platform.add_instances({"count": 6})
    token = one.call("GET", ALL, pageSize=3).headers["elements-next-page-token"]
    platform.remove_instance(ids[0])

    assert names(one.call("GET", ALL, nextPage=token)) == ["tenant-000004", "tenant-000005", "tenant-000006"]


def test_a_list_carries_the_configuration_as_the_setting_says(platform, one):
    one.create()

    assert one.call("GET", ALL).json()[0]["configuration"]["subdomain"] == "acme"
    platform.settings({"list_configuration": "empty"})
    assert one.call("GET", ALL).json()[0]["configuration"] == {}
    platform.settings({"list_configuration": "missing"})
    assert "configuration" not in one.call("GET", ALL).json()[0]


def test_an_instance_by_id_carries_its_configuration_whatever_lists_do(platform, one):
    number = one.create()["id"]
    platform.settings({"list_configuration": "missing"})

    assert one.call("GET", f"/instances/{number}").json()["configuration"]["subdomain"] == "acme"


def test_a_list_that_is_not_hydrated_is_lighter(one):
    one.create()

    assert "configuration" not in one.call("GET", ALL, hydrate="false").json()[0]


def test_the_token_stands_in_list_answers(one):
    token = one.create()["token"]

    assert one.call("GET", ALL).json()[0]["token"] == token
