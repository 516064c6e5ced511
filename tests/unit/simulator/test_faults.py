# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: whom they hit, whether the work is done, and what the client gets to see."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest


def strike(platform, kind, **parameters):
    platform.add_faults({"fault": kind, **parameters})


def count(platform):
    return len(platform.instances())


# Whom they hit


def test_a_fault_strikes_once_unless_it_is_reported_otherwise(platform, one):
    strike(platform, "throttle")

    assert [one.call("GET", "/organizations/me").status for _time in range(3)] == [429, 200, 200]


def test_a_fault_can_strike_several_times_after_some_were_let_through(platform, one):
    strike(platform, "throttle", skip=1, times=2)

    assert [one.call("GET", "/organizations/me").status for _time in range(5)] == [200, 429, 429, 200, 200]


def test_a_fault_can_strike_for_ever_until_it_is_cleared(platform, one):
    strike(platform, "throttle", times=None)

    assert {one.call("GET", "/organizations/me").status for _time in range(9)} == {429}
    platform.clear_faults()
    assert one.call("GET", "/organizations/me").status == 200


def test_a_fault_can_strike_every_third_request(platform, one):
    strike(platform, "throttle", every=3)

    assert [one.call("GET", "/organizations/me").status for _time in range(6)] == [200, 200, 429, 200, 200, 429]


def test_a_fault_with_a_probability_strikes_the_same_requests_for_the_same_seed(platform, one):
    def run(seed):
        platform.reset()
        strike(platform, "throttle", probability=0.3, seed=seed)
        return [one.call("GET", "/organizations/me").status for _time in range(100)]

    first = run(1)

    assert first == run(1) != run(2)
    assert 15 < first.count(429) < 45


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"verb": "POST"}, True),
        ({"verb": "GET"}, False),
        ({"path": "/instances"}, True),
        ({"path": "/inst"}, False),
        ({"path": r"/instances.*"}, True),
        ({"name": "acme"}, True),
        ({"name": "acm"}, False),
        ({"verb": "POST", "name": "other"}, False),
    ],
)
def test_a_fault_hits_by_verb_whole_path_and_name(platform, one, match, hit):
    strike(platform, "throttle", match=match)

    assert (one.call("POST", "/instances", one.body("acme")).status == 429) is hit


def test_a_name_is_that_of_the_instance_addressed_by_id_or_by_token_too(platform, one):
    instance = one.create("acme")
    strike(platform, "throttle", match={"name": "acme"}, times=2)

    assert one.call("DELETE", f"/instances/{instance['id']}").status == 429
    assert one.with_token(instance["token"]).call("GET", "/hubs/helpdesk/agents").status == 429


def test_a_request_meets_the_first_fault_that_strikes_it(platform, one):
    platform.add_faults([{"fault": "status", "status": 502}, {"fault": "status", "status": 503}])

    assert [one.call("GET", "/organizations/me").status for _time in range(3)] == [502, 503, 200]


@pytest.mark.parametrize(
    "spec",
    [
        {"fault": "unheardof"},
        {"fault": "status"},
        {"fault": "redirect"},
        {"fault": "throttle", "status": 500},
        {"fault": "throttle", "match": {"method": "GET"}},
    ],
)
def test_a_mistyped_fault_is_refused(platform, spec):
    with pytest.raises(ValueError, match=r"known|needs|no fault"):
        platform.add_faults(spec)


# Whether the work is done


@pytest.mark.parametrize(
    ("kind", "ending", "commits"),
    [
        ("drop_before", "drop", False),
        ("drop_after", "drop", True),
        ("hang_before", "hang", False),
        ("hang_after", "hang", True),
        ("truncate", "truncate", True),
        ("drip", "drip", True),
        ("huge", "huge", True),
    ],
)
def test_an_answer_ends_badly_before_or_after_the_commit(platform, one, kind, ending, commits):
    strike(platform, kind)
    answer = one.call("POST", "/instances", one.body())

    assert answer.ending == ending
    assert count(platform) == commits
    assert platform.requests()[0]["committed"] is commits
    assert platform.requests()[0]["fault"] == kind


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_error_comes_before_or_after_the_commit(platform, one, status, commit):
    strike(platform, "status", status=status, commit=commit)

    assert one.call("POST", "/instances", one.body()).status == status
    assert count(platform) == commit


@pytest.mark.parametrize("ending", ["drop", "hang"])
def test_a_late_commit_comes_after_the_answer_was_lost(platform, clock, one, ending):
    strike(platform, "late", commit_after=30, ending=ending)

    assert one.call("POST", "/instances", one.body()).ending == ending
    clock.now += 29
    assert one.call("GET", "/instances").status == 404
    clock.now += 1
    assert one.call("GET", "/instances").status == 200
    assert platform.requests()[0]["committed"] is True


def test_a_late_commit_has_its_own_date_however_late_anybody_looks(platform, clock, one):
    strike(platform, "late", commit_after=30)
    one.call("POST", "/instances", one.body())
    clock.now += 1000

    assert platform.instances()[0]["created"] == "2017-08-07T18:47:08Z"


# What the client gets to see


def test_a_gateway_error_is_json_html_or_nothing(platform, one):
    for body in ("json", "html", "empty"):
        strike(platform, "status", status=502, body=body)
    json, html, empty = (one.call("GET", "/instances") for _time in range(3))

    assert json.json()["message"] == "Bad Gateway"
    assert html.headers["content-type"].startswith("text/html")
    assert empty.body == b""


def test_throttling_comes_without_or_with_a_retry_after_in_seconds_or_as_a_date(platform, clock, one):
    strike(platform, "throttle")
    strike(platform, "throttle", retry_after=3)
    strike(platform, "throttle", retry_after_date_in=7)
    without, seconds, date = (one.call("GET", "/instances") for _time in range(3))

    assert "retry-after" not in without.headers
    assert seconds.headers["retry-after"] == "3"
    assert parsedate_to_datetime(date.headers["retry-after"]).timestamp() == int(clock.now) + 7


def test_a_429_can_speak_of_the_size_of_the_body(platform, one):
    strike(platform, "too_large")
    answer = one.call("POST", "/instances", one.body())

    assert answer.status == 429
    assert "8 MB" in answer.json()["message"]


def test_a_truncated_answer_announces_more_than_it_holds(platform, one):
    strike(platform, "truncate")
    answer = one.call("POST", "/instances", one.body())

    assert 0 < len(answer.body) < answer.length


def test_an_answer_is_no_json_or_json_of_another_shape(platform, one):
    strike(platform, "not_json")
    strike(platform, "wrong_shape", body={"surprise": 1})
    broken, other = (one.call("POST", "/instances", one.body()) for _time in range(2))

    with pytest.raises(ValueError, match="unexpected"):
        broken.json()
    assert other.json() == {"surprise": 1}
    assert broken.status == other.status == 200
    assert count(platform) == 2


def test_a_list_repeats_the_token_that_it_was_asked_with(platform, one):
    platform.add_instances({"count": 5})
    token = one.call("GET", "/instances", pageSize=2).headers["elements-next-page-token"]
    strike(platform, "repeat_token", times=None)

    assert one.call("GET", "/instances", pageSize=2, nextPage=token).headers["elements-next-page-token"] == token
    first = one.call("GET", "/instances", pageSize=2).headers["elements-next-page-token"]
    again = one.call("GET", "/instances", pageSize=2, nextPage=first)
    assert again.json()[0]["name"] == "tenant-000001"


def test_an_error_page_echoes_the_secrets_of_the_request(platform, one):
    strike(platform, "echo_headers")
    answer = one.call("GET", "/instances")

    assert answer.status == 500
    assert one.authorization.encode() in answer.body


def test_an_answer_echoes_the_api_key_in_an_unexpected_field(platform, one):
    strike(platform, "echo_body", times=None)
    created = one.call("POST", "/instances", one.body()).json()

    assert "key-of-acme" in created["rawRequest"]
    assert one.call("GET", "/instances").status == 200
    assert one.call("DELETE", f"/instances/{created['id']}").status == 200


def test_a_redirect_leads_elsewhere_and_does_nothing(platform, one):
    strike(platform, "redirect", location="http://elsewhere.example/", status=307)
    answer = one.call("POST", "/instances", one.body())

    assert (answer.status, answer.headers["location"]) == (307, "http://elsewhere.example/")
    assert count(platform) == 0


def test_headers_can_be_added_to_a_good_answer(platform, one):
    strike(platform, "header", headers={"x-rate-limit": "9"})
    answer = one.call("GET", "/organizations/me")

    assert (answer.status, answer.headers["x-rate-limit"]) == (200, "9")
