# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints against the simulated platform, and against answers that no simulator gives."""

from __future__ import annotations

import inspect
import re

import pytest
from support.declared import assert_only_declared
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _api, _platform
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import (
    Answered,
    AnswerLost,
    AnswerUnusable,
    FreshdeskError,
    NotSent,
    Refused,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._platform import Platform
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import NOT_JSON, Channel

NO_INSTANCES = {"requestId": "abc", "message": "No instances found"}
SECRETS = ("user/secret+of=one", "organization/secret+of=acme")


@pytest.fixture
def live(simulated):
    """The simulated platform through the endpoints."""

    def make(**options):
        return Platform(Channel(simulated(**options)))

    return make


@pytest.fixture
def told(scripted):
    """Endpoints that get scripted answers."""

    def make(*steps, **options):
        return Platform(Channel(scripted(*steps, **options)))

    return make


def ids(platform):
    return [live.id for live in platform.instances()]


def names(found):
    return [live.name for live in found]


def items(first, last, element="freshdeskv2"):
    return [
        {"id": number, "name": f"tenant-{number}", "element": {"key": element}} for number in range(first, last + 1)
    ]


def asked(platform):
    """What scripted endpoints were asked for."""
    return [(call.path, dict(call.query)) for call in platform.channel.transport.calls]


def paths(world):
    return [record["path"] for record in world.requests()]


def sentence(error):
    """The message of an error, checked to be one sentence without a secret."""
    message = error.value.message
    assert not any(secret in message for secret in SECRETS)
    assert message.endswith(".")
    assert "\n" not in message
    return message


# Lists


@pytest.mark.parametrize("total_count", [True, False])
@pytest.mark.parametrize("token_on_last_page", [True, False])
@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400, 450])
def test_a_list_is_whole_however_the_platform_ends_it(live, world, count, token_on_last_page, total_count):
    world.settings({"token_on_last_page": token_on_last_page, "total_count": total_count})
    made = world.add_instances({"count": count}) if count else []

    assert ids(live()) == made


def test_a_full_last_page_costs_no_further_request_where_the_platform_counts(live, world):
    world.add_instances({"count": 400})
    platform = live()

    assert len(ids(platform)) == 400
    assert platform.channel.requests == 2


def test_a_whole_list_is_that_of_all_instances_without_those_of_other_elements(live, world):
    world.add_instances([{"name": "acme"}, {"name": "other", "element": "zendesk"}])

    assert names(live().instances()) == ["acme"]
    assert names(live(element="zendesk").instances()) == ["other"]
    assert {(record["path"], *record["query"].items()) for record in world.requests()} == {
        ("/instances", ("pageSize", "200"), ("hydrate", "true"))
    }


@pytest.mark.parametrize("total_count", [True, False])
@pytest.mark.parametrize("token_on_last_page", [True, False])
@pytest.mark.parametrize("others", [199, 200, 250, 1000])
def test_an_instance_behind_many_of_another_element_is_found(live, world, others, token_on_last_page, total_count):
    world.settings({"token_on_last_page": token_on_last_page, "total_count": total_count})
    world.add_instances({"count": others, "element": "zendesk"})
    acme = world.add_instances([{"name": "acme"}])

    assert ids(live()) == acme


@pytest.mark.parametrize("total_count", [True, False])
@pytest.mark.parametrize("others", [200, 250, 1000])
def test_an_instance_out_of_reach_behind_many_of_another_element_is_an_error_and_not_absent(
    live, world, others, total_count
):
    world.settings({"page_tokens": False, "total_count": total_count})
    world.add_instances({"count": others, "element": "zendesk"})
    world.add_instances([{"name": "acme"}])

    with pytest.raises(FreshdeskError, match="so absence cannot be proven"):
        ids(live())


def test_an_instance_whose_element_is_not_shown_counts_as_one_of_the_element(told, answer):
    assert ids(told(answer(200, [{"id": 1}, {"id": 2, "element": {"id": 491}}]))) == [1, 2]


def test_instances_of_other_elements_count_among_those_that_the_platform_counts(told, answer):
    page = [*items(1, 2, "zendesk"), *items(3, 3)]

    assert ids(told(answer(200, page, elements_total_count="3"))) == [3]


def test_an_empty_list_is_a_404_that_says_so(told, answer):
    assert ids(told(answer(404, NO_INSTANCES))) == []


@pytest.mark.parametrize("message", ["No Element Instances found", "No  found"])
def test_what_an_empty_list_names_may_differ(told, answer, message):
    assert ids(told(answer(404, {"message": message}))) == []


def test_an_empty_array_is_an_empty_list_too(told, answer):
    assert ids(told(answer(200, []))) == []


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (NOT_JSON, "answered with a page that is not the platform's API"),
        ({}, "check element and base_url"),
        ({"message": "Not found"}, "check element and base_url"),
        ({"message": "No element found with key freshdeskv3"}, "check element and base_url"),
        ({"message": "no instances found"}, "check element and base_url"),
        ({"message": "No instances found."}, "check element and base_url"),
        ({"message": " No instances found"}, "check element and base_url"),
        ({"message": "No instances\nfound"}, "check element and base_url"),
        ({"message": "No instances found\n"}, "check element and base_url"),
        ({"message": "No found"}, "check element and base_url"),
        ({"message": "The element freshdeskv3 does not exist"}, "check element and base_url"),
        ({"message": ["No instances found"]}, "check element and base_url"),
        ({"message": "No instances found", "providerMessage": "x"}, "check element and base_url"),
        (["No instances found"], "answered with a page that is not the platform's API"),
        ("No instances found", "answered with a page that is not the platform's API"),
    ],
)
def test_any_other_404_is_an_error_and_not_an_empty_list(told, answer, data, remedy):
    with pytest.raises(Answered) as error:
        ids(told(answer(404, data)))

    assert remedy in sentence(error)
    assert error.value.status == 404


def test_a_repeated_token_fails_loudly(told, answer):
    first = answer(200, items(1, 200), elements_next_page_token="a")
    second = answer(200, items(201, 400), elements_next_page_token="a")
    platform = told(first, second)
    with pytest.raises(Answered) as error:
        ids(platform)

    assert "the same page of its list twice" in sentence(error)
    assert is_listed(sentence(error))
    assert len(asked(platform)) == 2


def test_a_platform_that_ignores_the_token_and_gives_a_new_one_each_time_fails_loudly(told, scripted, answer):
    pages = [answer(200, items(1, 200), elements_next_page_token=f"token-{number}") for number in range(5)]
    platform = told(*pages)
    with pytest.raises(Answered, match="the same page of its list twice"):
        ids(platform)

    assert len(asked(platform)) == 2


def test_a_list_without_an_end_is_an_error(told, answer, monkeypatch):
    monkeypatch.setattr(_api, "MOST_PAGES", 3)
    pages = [answer(200, items(number, number), elements_next_page_token=f"{number}") for number in range(1, 10)]
    platform = told(*pages)
    with pytest.raises(Answered, match="list of instances has no end within 3 pages") as error:
        ids(platform)

    assert is_listed(sentence(error))
    assert len(asked(platform)) == 3


def test_a_token_that_repeats_behind_the_whole_list_does_no_harm(told, answer):
    first = answer(200, items(1, 200), elements_next_page_token="a", elements_total_count="201")
    second = answer(200, items(201, 201), elements_next_page_token="a", elements_total_count="201")

    assert len(ids(told(first, second))) == 201


def test_the_token_is_handed_back_as_it_came(told, scripted, answer):
    platform = told(answer(200, items(1, 200), elements_next_page_token="++//a+b=="), answer(404, NO_INSTANCES))
    ids(platform)

    assert asked(platform)[1] == (
        "/instances",
        {"pageSize": "200", "hydrate": "true", "nextPage": "++//a+b=="},
    )


def test_an_instance_on_two_pages_is_kept_once(told, answer):
    first = answer(200, items(1, 200), elements_next_page_token="a")

    assert ids(told(first, answer(200, items(200, 250)))) == list(range(1, 251))


def test_a_list_shorter_than_the_platform_counts_is_read_again(told, answer):
    short = answer(200, items(1, 3), elements_total_count="4")

    assert ids(told(short, answer(200, items(1, 4), elements_total_count="4"))) == [1, 2, 3, 4]


def test_a_list_that_stays_shorter_than_the_platform_counts_is_an_error(told, answer):
    platform = told(answer(200, items(1, 3), elements_total_count="4"))
    with pytest.raises(FreshdeskError) as error:
        ids(platform)

    assert "has fewer entries than the platform counts, 3 times in a row" in sentence(error)
    assert platform.channel.requests == 3


def test_an_empty_list_that_the_platform_counts_otherwise_is_an_error(told, answer):
    with pytest.raises(FreshdeskError, match="has fewer entries than"):
        ids(told(answer(404, NO_INSTANCES, elements_total_count="5")))


def test_an_empty_page_before_the_count_is_reached_is_no_end(told, answer):
    first = answer(200, items(1, 50), elements_next_page_token="a", elements_total_count="60")
    with pytest.raises(FreshdeskError, match="has fewer entries than"):
        ids(told(first, answer(404, NO_INSTANCES), first, answer(200, []), first, answer(404, NO_INSTANCES)))


def test_a_short_page_with_a_token_goes_on_where_the_platform_counts_more(told, answer):
    first = answer(200, items(1, 50), elements_next_page_token="a", elements_total_count="60")

    assert len(ids(told(first, answer(200, items(51, 60), elements_total_count="60")))) == 60


def test_a_short_page_with_a_token_goes_on_where_the_platform_does_not_count(told, answer):
    """It may give fewer a page than were asked for: a list that ends too early makes duplicates."""
    first = answer(200, items(1, 50), elements_next_page_token="a")
    second = answer(200, items(51, 60), elements_next_page_token="b")

    assert len(ids(told(first, second, answer(404, NO_INSTANCES)))) == 60


@pytest.mark.parametrize("total_count", [True, False])
@pytest.mark.parametrize("token_on_last_page", [True, False])
@pytest.mark.parametrize("count", [1, 3, 4, 6, 7])
def test_a_list_is_whole_however_small_the_pages_are(live, world, count, token_on_last_page, total_count):
    world.settings({"page_size": 3, "token_on_last_page": token_on_last_page, "total_count": total_count})

    made = world.add_instances({"count": count})

    assert ids(live()) == made


@pytest.mark.parametrize("total", ["0", "7", "-1", "many", "9" * 20])
def test_a_count_that_contradicts_what_was_seen_ends_no_list(told, answer, total):
    first = answer(200, items(1, 200), elements_next_page_token="a", elements_total_count=total)

    assert len(ids(told(first, answer(200, items(201, 210), elements_total_count=total)))) == 210


def test_a_count_that_changes_under_way_is_taken_as_it_is_last_said(told, answer):
    first = answer(200, items(1, 200), elements_next_page_token="a", elements_total_count="300")

    assert len(ids(told(first, answer(200, items(201, 250), elements_total_count="250")))) == 250


@pytest.mark.parametrize(
    "data",
    [
        NOT_JSON,
        {},
        {"instances": []},
        None,
        "text",
        [None],
        ["acme"],
        [{}],
        [{"id": "1"}],
        [{"id": True}],
        [{"id": -1}],
        [{"id": 0}],
        [{"id": 1.0}],
        [[1]],
    ],
    ids=repr,
)
def test_a_list_of_a_wrong_shape_is_an_error(told, answer, data):
    with pytest.raises(Answered) as error:
        ids(told(answer(200, data)))

    assert "asked to list the instances and its answer is not the JSON that it is known for (HTTP 200)" in sentence(
        error
    )


def test_a_failing_page_is_no_end_of_the_list(told, answer):
    first = answer(200, items(1, 200), elements_next_page_token="a")
    with pytest.raises(Answered):
        ids(told(first, answer(403, {"message": "no"})))


def test_only_those_of_the_names_and_ids_that_are_meant_are_read(told, answer):
    page = [
        *items(1, 3),
        {"id": 4, "tags": "of a wrong shape"},
        {"id": 5, "name": "tenant-5", "tags": "of a wrong shape"},
    ]
    platform = told(answer(200, page))

    assert names(platform.instances({"tenant-1", 3})) == ["tenant-1", "tenant-3"]
    with pytest.raises(FreshdeskError, match="instance 5 with tags of an unexpected type"):
        platform.instances({"tenant-5"})
    with pytest.raises(FreshdeskError, match="instance 5 with tags of an unexpected type"):
        told(answer(200, page[-1])).get(5)


# The end of a list that ends with a full page, without a token and without a count


FULL = items(1, 150) + items(151, 200, "zendesk")


@pytest.mark.parametrize(
    "counts", [{"totalInstances": 200}, {"elementInstances": 200, "totalInstances": 950}, {"elementInstances": 200}]
)
def test_a_full_last_page_is_the_last_where_the_platform_counts_no_more(told, answer, counts):
    platform = told(answer(200, FULL), answer(200, counts))

    assert ids(platform) == list(range(1, 151))
    assert asked(platform)[1:] == [("/instances/count", {})]


@pytest.mark.parametrize(
    ("status", "data"),
    [
        (200, {"totalInstances": 201, "elementInstances": 201}),
        (200, {"totalInstances": 150, "elementInstances": 150}),
        (200, {"totalInstances": "200"}),
        (200, {}),
        (200, [200]),
        (200, NOT_JSON),
        (403, {"message": "no"}),
        (404, {"message": "No count found"}),
        (404, {"totalInstances": 200}),
        (404, NOT_JSON),
        (500, NOT_JSON),
    ],
    ids=repr,
)
def test_a_full_last_page_that_nothing_proves_to_be_the_last_is_an_error(told, answer, status, data):
    with pytest.raises(Answered) as error:
        ids(told(answer(200, FULL), answer(status, data), retry_timeout=0))

    assert sentence(error).startswith(
        "The platform's list of instances ends with a full page after 200, and nothing proves that it is the last "
        f"(HTTP {status})"
    )


@pytest.mark.parametrize("size", [1, 199])
def test_a_page_that_is_not_full_needs_no_count(told, answer, size):
    platform = told(answer(200, items(1, size)))

    assert len(ids(platform)) == size
    assert platform.channel.requests == 1


# Searches


def test_a_search_finds_by_a_part_of_the_name_or_of_the_elements_key(live, world):
    world.add_instances(
        [{"name": "acme"}, {"name": "other"}, {"name": "Acme 2"}, {"name": "acme", "element": "zendesk"}]
    )

    assert names(live().search("acme")) == ["acme", "Acme 2"]
    assert names(live().search("freshdeskv2", {"other", "acme"})) == ["acme", "other"]
    assert world.requests()[0]["query"] == {"pageSize": "200", "hydrate": "true", "searchText": "acme"}
    assert set(paths(world)) == {"/instances"}


def test_a_search_that_finds_nothing_proves_nothing_and_asks_for_no_element(told, answer):
    platform = told(answer(404, NO_INSTANCES))
    platform.channel.transport.known_elements.clear()

    assert platform.search("acme") == []
    assert platform.channel.requests == 1


def test_a_search_needs_no_proof_of_its_end(told, answer):
    platform = told(answer(200, FULL))

    assert len(platform.search("tenant")) == 150
    assert platform.channel.requests == 1


@pytest.mark.parametrize(
    "name", ["x" * 201, "ö" * 101, "a\ud800b", "a\nb"], ids=["long", "bytes", "surrogate", "control"]
)
def test_a_name_that_may_not_be_searchable_is_looked_for_among_those_of_the_element(live, world, name):
    world.add_instances([{"name": "acme"}])

    assert names(live().search(name)) == ["acme"]
    assert world.requests()[0]["query"]["searchText"] == "freshdeskv2"


# Tags


def test_instances_of_a_tag_are_asked_for_by_the_tag(live, world):
    world.add_instances(
        [{"name": "a", "tags": ["crm", "eu"]}, {"name": "b"}, {"name": "c", "tags": ["crm"], "element": "zendesk"}]
    )

    assert names(live().tagged("crm")) == ["a"]
    assert [(record["path"], record["query"]) for record in world.requests()] == [
        ("/instances", {"pageSize": "200", "hydrate": "true", "tags[]": "crm"})
    ]


def test_a_list_by_tag_whose_end_nothing_proves_gives_way_to_the_whole_list(told, answer):
    whole = answer(200, items(1, 205), elements_total_count="205")
    platform = told(answer(200, items(1, 200)), whole)

    assert len(platform.tagged("crm")) == 205
    assert asked(platform)[1] == ("/instances", {"pageSize": "200", "hydrate": "true"})


# What a list leaves out


@pytest.mark.parametrize(
    ("fields", "tags"),
    [
        ({}, None),
        ({"tags": None}, None),
        ({"tags": []}, None),
        ({"tags": [], "configuration": {}}, None),
        ({"tags": ["crm"]}, ("crm",)),
        ({"tags": [], "configuration": {"subdomain": "acme"}}, ()),
        ({"configuration": {"subdomain": "acme"}}, None),
    ],
    ids=str,
)
def test_tags_that_a_list_does_not_show_are_unknown_and_not_none(told, answer, fields, tags):
    (live,) = told(answer(200, [{"id": 1, **fields}])).instances()

    assert live.tags == tags


def test_one_instance_is_sure_to_show_its_tags(told, answer):
    assert told(answer(200, {"id": 1})).get(1).tags == ()


# The element


def unknown_element(told, *steps):
    platform = told(*steps, element="freshdeskv3")
    platform.channel.transport.known_elements.clear()
    return platform


def test_an_element_that_does_not_exist_is_named_where_nothing_of_it_is_seen(live, world):
    world.add_instances([{"name": "acme"}])
    for look in (lambda: live(element="freshdeskv3").instances(), lambda: live(element="freshdeskv3").tagged("crm")):
        with pytest.raises(Refused) as error:
            look()

        assert re.fullmatch(
            r"element is freshdeskv3, and the platform has no element of that key \(HTTP 404, request \w+\): "
            r"correct it; Freshdesk's is freshdeskv2\.",
            sentence(error),
        )


def test_an_element_that_goes_by_its_number_is_an_error_that_names_its_key(live, world):
    world.add_instances([{"name": "acme"}])
    with pytest.raises(Refused) as error:
        live(element="491").instances()

    assert sentence(error) == "element is 491, which the platform knows as freshdeskv2: set element to that key."


@pytest.mark.parametrize("seeds", [[], [{"name": "other", "element": "zendesk"}]])
def test_an_element_is_asked_for_once_a_session(simulated, world, seeds):
    world.add_instances(seeds)
    transport = simulated()
    for _time in range(2):
        platform = Platform(Channel(transport))
        assert [*platform.instances(), *platform.tagged("crm")] == []

    assert paths(world).count("/elements/freshdeskv2") == 1


def test_an_element_of_which_an_instance_is_seen_needs_no_asking(live, world):
    world.add_instances([{"name": "acme"}])
    platform = live()
    platform.search("acme", {"nobody"})

    assert platform.instances({"nobody"}) == []
    assert set(paths(world)) == {"/instances"}


@pytest.mark.parametrize("data", [NOT_JSON, [], None, {}, {"key": None}, {"key": 491}], ids=repr)
def test_an_element_of_a_wrong_shape_is_an_error(told, answer, data):
    with pytest.raises(Answered, match="read the element freshdeskv3 and its answer is not the JSON"):
        unknown_element(told, answer(404, NO_INSTANCES), answer(200, data)).instances()


@pytest.mark.parametrize(("status", "data"), [(404, NOT_JSON), (403, {"message": "no"}), (500, NOT_JSON)])
def test_an_element_that_cannot_be_asked_for_is_an_error_and_no_empty_list(told, answer, status, data):
    steps = answer(404, NO_INSTANCES), answer(status, data, retry_after="999")
    with pytest.raises(Answered, match="asked to read the element freshdeskv3 and"):
        unknown_element(told, *steps).instances()


# One instance


def test_an_instance_is_read_by_id(live, world):
    (number,) = world.add_instances([{"name": "acme"}])

    assert live().get(number).name == "acme"


def test_an_instance_that_does_not_exist_is_none(live):
    assert live().get(4711) is None


def test_a_page_of_another_server_is_not_taken_for_an_instance_that_is_not_there(told, answer):
    with pytest.raises(Answered, match="check base_url"):
        told(answer(404, NOT_JSON)).get(1)


@pytest.mark.parametrize("data", [NOT_JSON, [], None, {}, {"id": None}, {"id": "1"}, {"id": 2}], ids=repr)
def test_an_instance_of_a_wrong_shape_is_an_error(told, answer, data):
    with pytest.raises(Answered, match="read instance 1 and its answer is not the JSON that it is known for") as error:
        told(answer(200, data)).get(1)

    assert "check base_url and the proxy" in sentence(error)


# Create


BODY = {
    "element": {"key": "freshdeskv2"},
    "name": "acme",
    "configuration": {"subdomain": "acme", "username": "key-of-acme"},
}


def test_a_create_returns_id_and_token(live, world):
    made = live().create(BODY)

    assert (made.id, made.token) == (world.instances()[0]["id"], world.instances()[0]["token"])


@pytest.mark.parametrize(
    "status", [300, 302, 303, 304, 408, 418, 424, 499, 500, 501, 502, 503, 504, 520, 599, 600, 999]
)
def test_a_create_answered_by_no_definite_refusal_is_an_open_outcome(told, answer, status):
    platform = told(answer(status, NOT_JSON, elements_request_id="abc"))
    with pytest.raises(AnswerLost) as error:
        platform.create(BODY)

    assert (error.value.status, error.value.request_id, error.value.attempts) == (status, "abc", 1)
    assert platform.channel.requests == 1


@pytest.mark.parametrize(
    "data",
    [
        NOT_JSON,
        None,
        [],
        {},
        {"id": 1},
        {"token": "abc"},
        {"id": "1", "token": "abc"},
        {"id": 1, "token": ""},
        {"id": 1, "token": None},
        {"id": 1, "token": "has blank"},
        {"id": 1, "token": "a,b"},
        pytest.param({"id": 1, "token": "a\nb"}, id="line break"),
        pytest.param({"id": 1, "token": "ö"}, id="umlaut"),
        {"id": True, "token": "abc"},
        {"id": 1, "token": "abc", "tags": "of a wrong shape"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_a_create_whose_answer_cannot_be_read_is_an_open_outcome(told, answer, status, data):
    with pytest.raises(AnswerLost) as error:
        told(answer(status, data)).create(BODY)

    assert error.value.status == status


@pytest.mark.parametrize("lost", [AnswerLost, AnswerUnusable])
def test_a_create_without_an_answer_is_an_open_outcome(told, lost):
    with pytest.raises(AnswerLost) as error:
        told(lost).create(BODY)

    assert (error.value.state, error.value.attempts) == ("unknown", 1)


def test_a_create_that_never_got_a_connection_has_failed_and_is_a_sentence(told):
    with pytest.raises(NotSent) as error:
        told(NotSent, retry_timeout=2).create(BODY)

    assert error.value.state == "failed"
    assert sentence(error) == "The platform could not be asked to create the instance, because it broke (3 attempts)."


@pytest.mark.parametrize("status", [301, 307, 308, 400, 401, 403, 404, 405, 406, 407, 409, 413, 415, 425, 429])
def test_a_refused_create_is_an_error_and_no_open_outcome(told, answer, status):
    with pytest.raises(Answered) as error:
        told(answer(status, {"message": "no"}, retry_after="999")).create(BODY)

    assert (error.value.status, error.value.state) == (status, "failed")


# Changes


def test_a_patch_sends_what_changes_and_returns_the_instance(live, world):
    (number,) = world.add_instances([{"name": "acme"}])

    assert live().patch(number, {"tags": ["crm"]}).tags == ("crm",)


def test_a_put_asks_for_a_new_authentication(live, world):
    (number,) = world.add_instances([{"name": "acme"}])
    live().put(number, BODY)

    assert world.requests()[-1]["query"] == {"reAuthenticate": "true"}


@pytest.mark.parametrize("data", [NOT_JSON, None, [], {}, {"id": "1"}, {"id": 1, "tags": 5}], ids=repr)
@pytest.mark.parametrize("verb", ["patch", "put"])
def test_a_change_whose_answer_shows_no_instance_has_been_made_all_the_same(told, answer, verb, data):
    assert getattr(told(answer(200, data)), verb)(1, {"name": "acme"}) is None


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_a_change_of_an_instance_that_vanished_says_so(live, verb):
    with pytest.raises(Answered) as error:
        getattr(live(), verb)(4711, BODY)

    assert "instance 4711 and it no longer exists" in sentence(error)
    assert re.search(r"it no longer exists \(HTTP 404, request \w+\): run again\.$", sentence(error))


@pytest.mark.parametrize("enabled", [True, False])
def test_an_instance_is_enabled_and_disabled(live, world, enabled):
    (number,) = world.add_instances([{"name": "acme", "disabled": enabled}])
    live().set_enabled(number, enabled)

    assert world.instances()[0]["disabled"] is not enabled


@pytest.mark.parametrize("enabled", [True, False])
def test_a_second_enable_or_disable_is_no_error(live, world, enabled):
    (number,) = world.add_instances([{"name": "acme", "disabled": not enabled}])
    live().set_enabled(number, enabled)

    assert [record["status"] for record in world.requests()] == [409, 200]


@pytest.mark.parametrize(
    ("fields", "enabled"), [({}, True), ({"disabled": "false"}, True), ({"disabled": "true"}, False)]
)
def test_a_conflict_is_looked_into_however_the_instance_says_that_it_is_disabled(told, answer, fields, enabled):
    told(answer(409, {"message": "already"}), answer(200, {"id": 1, **fields})).set_enabled(1, enabled)


@pytest.mark.parametrize("disabled", [False, "false", None])
def test_a_conflict_that_left_the_instance_as_it_was_is_an_error(told, answer, disabled):
    with pytest.raises(Answered) as error:
        told(answer(409, {"message": "busy"}), answer(200, {"id": 1, "disabled": disabled})).set_enabled(1, False)

    assert "asked to disable instance 1 and it conflicts with the instance's state (HTTP 409)" in sentence(error)


def test_a_conflict_over_an_instance_that_vanished_is_an_error(told, answer):
    with pytest.raises(Answered, match="conflicts"):
        told(answer(409, {"message": "busy"}), answer(404, {"message": "gone"})).set_enabled(1, True)


def test_an_enable_of_an_instance_that_vanished_says_so(live):
    with pytest.raises(Answered, match="asked to enable instance 4711 and it no longer exists"):
        live().set_enabled(4711, True)


@pytest.mark.parametrize("enabled", [True, False])
def test_an_enable_or_disable_whose_answer_cannot_be_read_has_been_made_all_the_same(told, answer, enabled):
    told(answer(200, NOT_JSON)).set_enabled(1, enabled)


def test_an_enable_whose_answer_was_lost_is_repeated_and_its_conflict_looked_into(live, world):
    (number,) = world.add_instances([{"name": "acme", "disabled": True}])
    world.add_faults({"fault": "drop_after", "match": {"verb": "PUT"}})
    live().set_enabled(number, True)

    assert [record["verb"] for record in world.requests()] == ["PUT", "PUT", "GET"]
    assert world.instances()[0]["disabled"] is False


def test_a_delete_deletes(live, world):
    (number,) = world.add_instances([{"name": "acme"}])
    live().delete(number)

    assert world.instances() == []


def test_a_delete_of_what_is_gone_already_is_no_error(live):
    live().delete(4711)


def test_a_delete_whose_answer_was_lost_is_repeated_and_found_done(live, world):
    (number,) = world.add_instances([{"name": "acme"}])
    world.add_faults({"fault": "drop_after", "match": {"verb": "DELETE"}})
    live().delete(number)

    assert [record["status"] for record in world.requests()] == [None, 404]


def test_a_delete_of_an_instance_in_use_is_one_sentence_with_a_remedy_and_no_quote(live, world):
    (number,) = world.add_instances([{"name": "acme", "in_use": "formula 17 'nightly export'"}])
    with pytest.raises(Answered) as error:
        live().delete(number)

    message = sentence(error)
    assert message.startswith(f"Instance {number} is still in use on the platform, so it was not deleted (HTTP 409, ")
    assert "take it out of the formulas and jobs that use it" in message
    assert "nightly" not in message


def test_a_delete_answered_by_a_page_of_another_server_is_an_error(told, answer):
    with pytest.raises(Answered, match="check base_url"):
        told(answer(404, NOT_JSON)).delete(1)


# Health


def instance(world, **seed):
    world.accounts({"acme": "key-of-acme"})
    (number,) = world.add_instances([{"name": "acme", **seed}])
    return number, next(one["token"] for one in world.instances() if one["id"] == number)


def test_an_instance_with_the_right_key_works(live, world):
    health = live().health(*instance(world))

    assert (health.ok, health.status, health.reason, health.definite) == (True, 200, None, False)
    assert world.requests()[0]["query"] == {"pageSize": "1"}


def test_a_wrong_key_is_reported_as_the_key_and_is_definite(live, world):
    number, token = instance(world, api_key="wrong-key")
    health = live().health(number, token)

    assert (health.ok, health.status, health.reason, health.definite) == (False, 401, "key", True)
    assert health.sentence.startswith(f"Freshdesk refuses the API key of instance {number} (HTTP 401, request ")


def test_an_unknown_subdomain_is_reported_as_the_subdomain(live, world):
    health = live().health(*instance(world, subdomain="nowhere"))

    assert (health.ok, health.reason, health.definite) == (False, "subdomain", False)


def test_a_disabled_instance_is_reported_as_disabled(live, world):
    health = live().health(*instance(world, disabled=True))

    assert (health.ok, health.status, health.reason, health.definite) == (False, 403, "disabled", False)


def test_a_deleted_instance_is_the_platforms_refusal_and_not_freshdesks(live, world):
    number, token = instance(world)
    world.remove_instance(number)
    health = live().health(number, token)

    assert (health.ok, health.status, health.reason, health.definite) == (False, 401, "platform", False)


@pytest.mark.parametrize(
    ("status", "reason", "definite"),
    [
        (400, "subdomain", True),
        (401, "key", True),
        (403, "key", True),
        (404, "subdomain", False),
        (409, "platform", False),
        (429, "platform", False),
        (500, "platform", False),
    ],
)
def test_a_refusal_by_freshdesk_is_recognised(told, answer, status, reason, definite):
    data = {"message": "Request failed", "providerMessage": "no"}
    health = told(answer(status, data, retry_after="999", elements_request_id="r-1")).health(1, "token")

    assert (health.ok, health.status, health.reason, health.definite) == (False, status, reason, definite)
    assert (health.request_id, health.attempts) == ("r-1", 1)


def test_no_agents_at_all_is_an_instance_that_works(told, answer):
    assert told(answer(404, {"message": "No agents found"})).health(1, "token").ok


def test_a_success_that_is_a_page_of_another_server_proves_nothing(told, answer):
    health = told(answer(200, NOT_JSON)).health(1, "token")

    assert (health.ok, health.status, health.reason, health.definite) == (False, 200, "platform", False)


@pytest.mark.parametrize("failure", [NotSent, AnswerLost, AnswerUnusable])
def test_an_instance_that_could_not_be_checked_is_not_reported_as_refused(told, failure):
    health = told(failure, retry_timeout=0).health(1, "token")

    assert (health.ok, health.status, health.reason, health.definite) == (False, None, "platform", False)
    assert health.sentence == "instance 1 could not be tried: it broke"
    assert health.remedy == "this says nothing about the Freshdesk account; run again"
    assert health.attempts == 1


@pytest.mark.parametrize("status", [403, 407, 511])
def test_a_firewall_or_proxy_in_the_way_is_not_taken_for_a_disabled_instance(told, answer, status):
    health = told(answer(status, NOT_JSON)).health(1, "token")

    assert (health.ok, health.reason, health.definite) == (False, "platform", False)
    assert "a firewall or proxy is in the way" in health.sentence


@pytest.mark.parametrize(
    ("status", "data", "remedy"),
    [
        (401, {"providerMessage": "no"}, "correct api_key"),
        (404, {"providerMessage": "no"}, "correct subdomain"),
        (403, {"message": "no"}, "set enabled to true"),
        (502, NOT_JSON, "this says nothing about the Freshdesk account"),
    ],
)
def test_each_reason_has_its_own_remedy(told, answer, status, data, remedy):
    assert told(answer(status, data), retry_timeout=0).health(1, "token").remedy.startswith(remedy)


def test_an_element_token_on_a_platform_call_never_happens():
    source = inspect.getsource(_platform)

    assert source.count("token=token") == 1
    assert "/hubs/" in next(line for line in source.splitlines() if "token=token" in line)


# Sentences


@pytest.mark.parametrize(
    ("status", "data", "remedy"),
    [
        (302, NOT_JSON, "set base_url to the right host"),
        (400, {"message": "secret text"}, "check subdomain, api_key, events and configuration"),
        (401, {"message": "secret text"}, "check user_secret and organization_secret"),
        (403, {"message": "secret text"}, "ask an administrator of the organization to grant it"),
        (404, NOT_JSON, "check base_url"),
        (404, {"message": "secret text"}, "check element and base_url"),
        (405, {"message": "secret text"}, "report it with the request's id"),
        (409, {"message": "secret text"}, "check the instance, then run again"),
        (429, {"message": "secret text"}, "raise retry_timeout, lower the concurrency"),
        (500, {"message": "secret text"}, "run again later"),
        (504, NOT_JSON, "run again later"),
        (599, NOT_JSON, "run again later"),
    ],
)
def test_every_error_is_one_sentence_with_a_remedy_and_no_quote(told, answer, status, data, remedy):
    platform = told(answer(status, data, elements_request_id="abc-1"), retry_timeout=0)
    with pytest.raises(Answered) as error:
        ids(platform)

    message = sentence(error)
    assert message.startswith("The platform was asked to list the instances and ")
    assert remedy in message
    assert f"(HTTP {status}, request abc-1)" in message
    assert "secret text" not in message
    assert (error.value.status, error.value.request_id) == (status, "abc-1")


@pytest.mark.parametrize(
    ("status", "data", "says", "never"),
    [
        (
            400,
            NOT_JSON,
            "check base_url and the proxy, and whether the server asks for a client certificate",
            "api_key",
        ),
        (401, NOT_JSON, "a server in front of it asks for a login of its own", "refused the secrets"),
        (403, NOT_JSON, "a firewall or proxy in front of it blocked the request", "privilege"),
        (406, NOT_JSON, "cannot answer in JSON", "report"),
        (406, {"message": "x"}, "cannot answer in JSON", "report"),
        (407, NOT_JSON, "the proxy asks for a login", "report"),
        (408, NOT_JSON, "did not receive the whole request in time", "report"),
        (413, NOT_JSON, "make configuration and events smaller", "report"),
        (425, NOT_JSON, "TLS early data", "report"),
        (511, NOT_JSON, "the network asks for a login", "report"),
        (522, NOT_JSON, "the server in front of it got no usable answer", "an unexpected status"),
        (600, NOT_JSON, "an unexpected status", "run again later"),
    ],
)
def test_what_stands_between_us_and_the_platform_is_not_taken_for_it(told, answer, status, data, says, never):
    with pytest.raises(Answered) as error:
        ids(told(answer(status, data), retry_timeout=0))

    assert says in sentence(error)
    assert never not in sentence(error)


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://login.example.com/?next=/secret", " to login.example.com ("),
        ("/elsewhere", "a redirect ("),
        pytest.param("https://\x1b[31m.example.com/", "a redirect (", id="control character"),
        ("http://[broken", "a redirect ("),
        ("", "a redirect ("),
        ("https://" + "x" * 300, "a redirect ("),
    ],
    ids=repr,
)
def test_a_redirect_names_the_host_that_it_points_to_where_that_can_be_shown(told, answer, location, named):
    with pytest.raises(Answered) as error:
        ids(told(answer(302, NOT_JSON, location=location)))

    message = sentence(error)
    assert named in message
    assert "secret" not in message.replace("the secrets", "")


def test_a_lost_answer_says_what_was_asked_how_often_and_what_to_do(told):
    with pytest.raises(AnswerLost) as error:
        ids(told(AnswerLost, retry_timeout=2))

    assert sentence(error) == (
        "The platform was asked to list the instances, and it broke (3 attempts): run again, "
        "and raise timeout or retry_timeout if it persists."
    )
    assert error.value.state == "failed"


@pytest.mark.parametrize("lost", [AnswerLost, NotSent])
def test_an_instance_that_could_not_be_read_is_named(told, lost):
    with pytest.raises(lost) as error:
        told(lost, retry_timeout=0).get(4711)

    assert "asked to read instance 4711, " in sentence(error)


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_a_lost_answer_to_a_change_is_an_unknown_outcome(told, verb):
    with pytest.raises(AnswerLost) as error:
        getattr(told(AnswerLost, retry_timeout=0), verb)(1, BODY)

    assert error.value.state == "unknown"


@pytest.mark.parametrize(("status", "state"), [(400, "failed"), (302, "unknown"), (408, "unknown"), (503, "unknown")])
@pytest.mark.parametrize("verb", ["patch", "put"])
def test_a_change_answered_by_no_definite_refusal_is_an_unknown_outcome(told, answer, verb, status, state):
    with pytest.raises(Answered) as error:
        getattr(told(answer(status, {"message": "no"}), retry_timeout=0), verb)(1, BODY)

    assert error.value.state == state


@pytest.mark.parametrize("status", [302, 503])
def test_a_read_that_failed_leaves_nothing_open(told, answer, status):
    with pytest.raises(Answered) as error:
        told(answer(status, {"message": "no"}), retry_timeout=0).get(1)

    assert error.value.state == "failed"


def test_an_answer_that_would_come_again_does_not_ask_for_more_time(told):
    with pytest.raises(AnswerUnusable) as error:
        ids(told(AnswerUnusable))

    assert sentence(error) == (
        "The platform was asked to list the instances, and it broke: check base_url and the proxy."
    )


def test_what_the_transport_refuses_stays_as_it_is(told):
    with pytest.raises(Refused, match=r"^it broke$"):
        ids(told(Refused))


def test_the_secrets_being_wrong_is_one_sentence(live):
    with pytest.raises(Answered) as error:
        ids(live(user_secret="user/secret+of=nobody"))

    assert "refused the secrets" in sentence(error)


def test_a_missing_privilege_is_one_sentence(live, world):
    world.users(
        [
            {
                "id": 9100,
                "user_secret": "user/secret+of=reader",
                "organization_secret": SECRETS[1],
                "privileges": ["read"],
            }
        ]
    )
    with pytest.raises(Answered) as error:
        live(user_secret="user/secret+of=reader").create(BODY)

    assert "asked to create the instance and the user lacks the privilege for it" in sentence(error)


# What the vendor declares


def test_nothing_is_asked_for_but_what_the_vendor_declares(live, world):
    number, token = instance(world, tags=["crm"])
    platform = live()
    platform.instances()
    platform.search("acme")
    platform.tagged("crm")
    platform._check_count(1)
    live(element="zendesk").check_element()
    platform.get(number)
    platform.patch(number, {"tags": ["crm", "eu"]})
    platform.put(number, BODY)
    platform.set_enabled(number, False)
    platform.set_enabled(number, True)
    platform.health(number, token)
    platform.delete(platform.create(BODY).id)

    assert {record["status"] for record in world.requests()} == {200}
    assert_only_declared(world)
