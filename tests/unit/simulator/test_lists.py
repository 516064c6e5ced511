# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: empty ones that are a 404, pages, tokens, filters, and what an entry holds."""

from __future__ import annotations

import re
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
    answer = one.call("GET", ALL, **query)

    assert (answer.status, answer.json()["message"]) == (404, "No instances found")


@pytest.mark.parametrize("path", [ALL, OF_ELEMENT])
def test_an_empty_list_can_be_empty(platform, one, path):
    platform.settings({"empty_list": "array"})
    answer = one.call("GET", path)

    assert (answer.status, answer.body) == (200, b"[]")


def test_the_404_of_an_empty_list_alone_is_worded_as_the_clients_of_the_vendor_expect(one):
    """They match ``^No (.*) found$``, anchored."""
    empty = [one.call("GET", path) for path in (ALL, OF_ELEMENT)]
    others = [one.call("GET", path) for path in ("/elements/unheardof/instances", "/elements/0", "/instances/1")]

    assert {answer.status for answer in empty + others} == {404}
    assert all(re.search("^No (.*) found$", answer.json()["message"]) for answer in empty)
    assert not any(re.search("^No (.*) found$", answer.json()["message"]) for answer in others)


def test_the_list_of_an_unknown_element_is_an_error_that_names_it(one):
    answer = one.call("GET", "/elements/unheardof/instances")

    assert (answer.status, answer.json()["message"]) == (404, "No element found with key unheardof")


def test_a_list_shows_the_instances_of_all_elements_each_with_its_element(platform, one):
    platform.add_instances([{"name": "ours"}, {"name": "theirs", "element": "zendesk"}])
    shown = {instance["name"]: instance["element"]["key"] for instance in one.call("GET", ALL).json()}

    assert shown == {"ours": "freshdeskv2", "theirs": "zendesk"}


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
    while (answer := one.call("GET", ALL, **query)).status == 200:
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


def test_without_tokens_what_is_behind_the_first_page_is_out_of_reach(platform, one):
    """A full page without a token and without a total, and not the end: that can only be counted."""
    platform.add_instances({"count": 3})
    platform.settings({"page_size": 2, "page_tokens": False, "total_count": False})
    answer = one.call("GET", ALL)

    assert names(answer) == ["tenant-000001", "tenant-000002"]
    assert answer.headers["elements-returned-count"] == "2"
    assert not {"elements-next-page-token", "elements-total-count"} & set(answer.headers)
    assert one.call("GET", "/instances/count").json()["totalInstances"] == 3


def test_a_full_page_without_a_token_and_without_a_total_can_be_the_end(platform, one):
    platform.add_instances({"count": 200})
    platform.settings({"token_on_last_page": False, "total_count": False})
    answer = one.call("GET", ALL)

    assert len(names(answer)) == 200
    assert not {"elements-next-page-token", "elements-total-count"} & set(answer.headers)


def test_search_text_is_a_part_of_the_name_in_any_case(one):
    for name in ("Acme", "acme-2", "other"):
        one.create(name)

    assert names(one.call("GET", ALL, searchText="CME")) == ["Acme", "acme-2"]


def test_search_text_is_a_part_of_the_key_of_the_element_too(platform, one):
    platform.add_instances([{"name": "a"}, {"name": "b", "element": "zendesk"}, {"name": "on freshdeskv2"}])
    platform.add_instances([{"name": "instead of freshdeskv2", "element": "zendesk"}])

    assert names(one.call("GET", ALL, searchText="FreshdeskV2")) == ["a", "on freshdeskv2", "instead of freshdeskv2"]
    assert names(one.call("GET", ALL, searchText="zend")) == ["b", "instead of freshdeskv2"]


def test_several_tags_must_all_be_there_or_any_of_them_as_the_setting_says(platform, one):
    one.create("a", tags=["crm", "eu"])
    one.create("b", tags=["crm"])
    one.create("c", tags=["other"])

    assert names(one.call("GET", ALL, **{"tags[]": ["crm"]})) == ["a", "b"]
    assert names(one.call("GET", ALL, **{"tags[]": ["crm", "eu"]})) == ["a"]
    platform.settings({"tags_filter": "any"})
    assert names(one.call("GET", ALL, **{"tags[]": ["crm", "eu"]})) == ["a", "b"]


def test_a_search_finds_an_instance_by_what_it_is_now(platform, one):
    number = one.create("before")["id"]
    assert names(one.call("GET", ALL, searchText="before")) == ["before"]
    one.call("PATCH", f"/instances/{number}", {"name": "after"})

    assert one.call("GET", ALL, searchText="before").status == 404
    assert names(one.call("GET", ALL, searchText="after")) == ["after"]


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


def test_where_tokens_stand_for_offsets_a_deletion_hides_an_instance(platform, one):
    ids = platform.add_instances({"count": 5})
    platform.settings({"paging": "offset"})
    token = one.call("GET", ALL, pageSize=3).headers["elements-next-page-token"]
    assert names(one.call("GET", ALL, nextPage=token)) == ["tenant-000004", "tenant-000005"]
    platform.remove_instance(ids[0])

    assert names(one.call("GET", ALL, nextPage=token)) == ["tenant-000005"]


# What an entry holds


def test_a_list_shows_neither_tags_nor_configuration_unless_it_is_asked_to_hydrate(one):
    one.create(tags=["crm"])
    plain, refused, hydrated = (
        one.call("GET", ALL, **query).json()[0] for query in ({}, {"hydrate": "false"}, {"hydrate": "true"})
    )

    assert not {"tags", "configuration"} & (set(plain) | set(refused))
    assert (hydrated["tags"], hydrated["configuration"]["subdomain"]) == (["crm"], "acme")
    assert set(hydrated) - set(plain) == {"tags", "configuration"}


def test_a_platform_can_ignore_the_wish_to_hydrate_or_hydrate_always(platform, one):
    one.create()
    platform.settings({"hydrate": "ignored"})
    assert not {"tags", "configuration"} & set(one.call("GET", ALL, hydrate="true").json()[0])
    platform.settings({"hydrate": "always"})
    assert {"tags", "configuration"} <= set(one.call("GET", ALL).json()[0])


def test_a_hydrated_list_carries_the_configuration_as_the_setting_says(platform, one):
    one.create(tags=["crm"])

    platform.settings({"list_configuration": "empty"})
    assert one.call("GET", ALL, hydrate="true").json()[0]["configuration"] == {}
    platform.settings({"list_configuration": "missing"})
    shown = one.call("GET", ALL, hydrate="true").json()[0]
    assert "configuration" not in shown
    assert shown["tags"] == ["crm"]


def test_an_instance_by_id_has_its_configuration_whatever_lists_show(platform, one):
    number = one.create()["id"]
    platform.settings({"list_configuration": "missing", "hydrate": "ignored"})
    shown = one.call("GET", f"/instances/{number}").json()

    assert (shown["tags"], shown["configuration"]["subdomain"]) == (["acme"], "acme")


def test_lists_include_the_token(one):
    token = one.create()["token"]

    assert one.call("GET", ALL).json()[0]["token"] == token


# The list of one element


def test_the_list_of_one_element_leaves_out_the_others(platform, one):
    platform.add_instances([{"name": "ours"}, {"name": "theirs", "element": "zendesk"}])

    assert names(one.call("GET", OF_ELEMENT)) == ["ours"]
    assert names(one.call("GET", "/elements/491/instances")) == ["ours"]


def test_the_list_of_one_element_honours_no_parameter_and_ends_after_200(platform, one):
    platform.add_instances({"count": 201})
    answer = one.call("GET", OF_ELEMENT, pageSize=2, searchText="201", hydrate="true", **{"tags[]": "none"})

    assert len(names(answer)) == 200
    assert not {"tags", "configuration"} & set(answer.json()[0])
    assert not {"elements-next-page-token", "elements-total-count", "elements-returned-count"} & set(answer.headers)


def test_the_list_of_one_element_can_be_like_that_of_all(platform, one):
    platform.add_instances({"count": 3})
    platform.settings({"element_list": "paged"})
    answer = one.call("GET", OF_ELEMENT, pageSize=2, hydrate="true")

    assert len(names(answer)) == 2
    assert "tags" in answer.json()[0]
    assert answer.headers["elements-total-count"] == "3"


def test_the_list_of_one_element_can_refuse_every_parameter(platform, one):
    one.create()
    platform.settings({"element_list": "strict"})

    assert one.call("GET", OF_ELEMENT).status == 200
    assert one.call("GET", OF_ELEMENT, pageSize=200).status == 400


# Counts and elements


def test_the_count_is_of_all_instances_that_the_user_sees(platform, one, two, admin):
    assert one.call("GET", "/instances/count").json() == {"totalInstances": 0, "elementInstances": 0}
    platform.add_instances([{"name": "a"}, {"name": "b", "element": "zendesk"}, {"name": "c", "user": 9002}])
    counts = [user.call("GET", "/instances/count").json()["totalInstances"] for user in (one, two, admin)]

    assert counts == [2, 1, 3]


def test_the_count_can_be_a_path_that_does_not_exist(platform, one):
    platform.settings({"instance_count": False})

    assert one.call("GET", "/instances/count").status == 404


@pytest.mark.parametrize("key", ["freshdeskv2", "491"])
def test_an_element_is_known_by_its_key_and_by_its_number(one, key):
    shown = one.call("GET", f"/elements/{key}").json()

    assert (shown["id"], shown["key"], shown["hub"]) == (491, "freshdeskv2", "helpdesk")
    assert {"username", "subdomain"} <= {entry["key"] for entry in shown["configuration"] if entry["required"]}


def test_an_unknown_element_is_a_404_that_names_it(one):
    answer = one.call("GET", "/elements/freshdeskv3")

    assert (answer.status, answer.json()["message"]) == (404, "No element found with key freshdeskv3")


def test_the_keys_of_all_elements_can_be_asked_for(one):
    assert {"freshdeskv2", "zendesk"} <= set(one.call("GET", "/elements/keys").json())
