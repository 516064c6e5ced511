# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Latency and the moment of the commit, on a clock that the test moves."""

from __future__ import annotations


def test_latency_is_set_by_operation_or_by_verb(platform, one):
    platform.settings({"latency": {"create": 9, "GET": 1, "list": 2}})

    assert one.call("POST", "/instances", one.body()).latency == 9
    assert one.call("GET", "/instances").latency == 2
    assert one.call("GET", "/organizations/me").latency == 1
    assert one.call("DELETE", "/instances/1").latency == 0


def test_a_latency_fault_adds_to_it(platform, one):
    platform.settings({"latency": {"list": 2}})
    platform.add_faults({"fault": "latency", "seconds": 3})

    assert [one.call("GET", "/instances").latency for _time in range(2)] == [5, 2]


def test_what_never_reaches_the_platform_takes_no_time_there(platform, one):
    platform.settings({"latency": {"create": 9}})
    platform.add_faults({"fault": "drop_before"})

    assert one.call("POST", "/instances", one.body()).latency == 0


def test_the_commit_comes_at_the_end_of_the_latency(platform, clock, one):
    platform.settings({"latency": {"create": 10}})
    pending = one.begin("POST", "/instances", one.body())

    assert pending.delay == 10
    assert platform.instances() == []
    clock.now += 10
    assert platform.finish(pending).json()["createdDate"] == "2017-08-07T18:46:48Z"


def test_a_client_that_gave_up_gets_its_commit_all_the_same(platform, clock, one):
    platform.settings({"latency": {"create": 10}})
    pending = one.begin("POST", "/instances", one.body())
    clock.now += 5
    platform.abandon(pending)

    assert one.call("GET", "/instances").status == 404
    clock.now += 50
    assert one.call("GET", "/instances").json()[0]["createdDate"] == "2017-08-07T18:46:48Z"


def test_commits_that_fall_due_together_come_in_their_own_order(platform, clock, one):
    platform.add_faults([{"fault": "late", "commit_after": seconds} for seconds in (20, 10)])
    for name in ("slow", "fast"):
        one.call("POST", "/instances", one.body(name))
    clock.now += 60

    assert [instance["name"] for instance in platform.instances()] == ["fast", "slow"]


def test_a_reset_forgets_what_was_under_way(platform, clock, one):
    platform.add_faults({"fault": "late", "commit_after": 1})
    one.call("POST", "/instances", one.body("late"))
    pending = one.begin("POST", "/instances", one.body("pending"))
    platform.reset()
    clock.now += 10

    assert platform.finish(pending).ending == "drop"
    assert platform.instances() == []
