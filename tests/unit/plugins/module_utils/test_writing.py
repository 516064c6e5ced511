# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes of many tenants: in which order, until when, and how one without an answer waits for its lookup."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from support.in_process import START, Clock
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _writing
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import RunOptions


class Tenant:
    """A tenant whose writes end nothing, with an error, or with no answer, to be looked up after seconds."""

    def __init__(self, label, *ends, recovered=False, before=lambda: None):
        self.desired = SimpleNamespace(label=label)
        self.ends = list(ends)
        self.before = before
        self.error = None
        self.recovered = recovered
        self.pending_create = None
        self.steps = []

    def attempt(self, step):
        if self.error is None:
            step()

    def complete(self):
        self.steps.append("complete")

    def make_plan(self):
        self.steps.append("plan")

    def write(self):
        self.steps.append("write")
        self.before()
        end = self.ends.pop(0) if self.ends else None
        if isinstance(end, FreshdeskError):
            self.error = end
        elif end is not None:
            self.pending_create = SimpleNamespace(tenant=self, next_look=START + end, settled=False)


class Writes:
    """Writes tenants on simulated time, and notes when which are finished and looked up."""

    def __init__(self, monkeypatch):
        self.clock = Clock()
        self.finished = []
        self.looks = []
        self.rounds = []
        self.wait = lambda: None
        monkeypatch.setattr(_writing, "settle", self.settle)

    def settle(self, platform, pending):
        """A lookup, which ends as the next of C(rounds) says for each tenant, or else finds it."""
        assert platform.channel.clock is self.clock
        self.looks.append((self.clock.time - START, sorted(one.tenant.desired.label for one in pending)))
        ends = self.rounds.pop(0) if self.rounds else {}
        going_on = []
        for one in pending:
            end = ends.get(one.tenant.desired.label)
            if isinstance(end, float):
                one.next_look = START + end
                continue
            one.settled, one.tenant.error, one.tenant.recovered = True, end, end is None
            going_on += [one.tenant] if end is None else []
        return going_on

    def __call__(self, *tenants, failed=False, idle=lambda: None, **options):
        writing = _writing.Writing(
            SimpleNamespace(channel=SimpleNamespace(clock=self.clock)),
            tenants,
            RunOptions(**options),
            idle=idle,
            finished=lambda tenant: self.finished.append(tenant.desired.label),
            failed=failed,
        )
        writing.run()
        return [tenant.error and tenant.error.state for tenant in tenants]


@pytest.fixture
def writes(monkeypatch):
    return Writes(monkeypatch)


def bad():
    return FreshdeskError("It failed.")


def test_each_is_written_once_and_reported_when_it_is_finished(writes):
    tenants = [Tenant("a"), Tenant("b", bad()), Tenant("c")]

    assert writes(*tenants) == [None, "failed", None]
    assert [tenant.steps for tenant in tenants] == [["write"]] * 3
    assert writes.finished == ["a", "b", "c"]
    assert writes.looks == writes.clock.sleeps == []


def test_without_tenants_nothing_is_done(writes):
    assert writes() == []


@pytest.mark.parametrize(
    ("failed", "states"),
    [(False, [None, "failed", "not_tried", "not_tried"]), (True, ["not_tried"] * 4)],
)
def test_with_on_error_stop_none_is_started_after_a_failure(writes, failed, states):
    tenants = [Tenant("a"), Tenant("b", bad()), Tenant("c"), Tenant("d")]

    assert writes(*tenants, failed=failed, stop_on_error=True) == states
    assert writes.finished == ["a", "b", "c", "d"]
    assert [tenant.steps for tenant in tenants] == [[] if state == "not_tried" else ["write"] for state in states]
    assert is_listed(tenants[3].error.message)


def test_with_on_error_stop_all_are_written_where_none_fails(writes):
    assert writes(Tenant("a"), Tenant("b"), stop_on_error=True) == [None, None]


def test_without_it_all_are_written_after_a_failure(writes):
    assert writes(Tenant("a", bad()), Tenant("b"), failed=True) == ["failed", None]


def test_one_that_was_recovered_is_compared_anew_and_finished_after_a_failure_too(writes):
    tenants = [Tenant("a", bad()), Tenant("b", recovered=True), Tenant("c")]

    assert writes(*tenants, stop_on_error=True) == ["failed", None, "not_tried"]
    assert tenants[1].steps == ["complete", "plan", "write"]
    assert sorted(writes.finished) == ["a", "b", "c"]


def test_one_without_an_answer_is_looked_up_when_that_is_due_and_then_goes_on(writes):
    tenants = [Tenant("a", 0.5), Tenant("b")]

    assert writes(*tenants) == [None, None]
    assert writes.looks == [(0.5, ["a"])]
    assert tenants[0].steps == ["write", "complete", "plan", "write"]
    assert writes.finished == ["b", "a"]


def test_several_are_looked_up_together_as_soon_as_one_is_due_and_again_while_they_are_open(writes):
    writes.rounds = [{"a": 8.0, "b": 4.0}, {"a": 8.0}]

    assert writes(Tenant("a", 2.0), Tenant("b", 1.0)) == [None, None]
    assert writes.looks == [(1.0, ["a", "b"]), (4.0, ["a", "b"]), (8.0, ["a"])]
    assert writes.finished == ["b", "a"]


def test_one_that_is_settled_as_failed_is_reported_once_and_stops_others(writes):
    writes.rounds = [{"a": bad(), "b": 2.0}, {"b": bad()}]

    assert writes(Tenant("a", 1.0), Tenant("b", 1.0)) == ["failed", "failed"]
    assert writes.finished == ["a", "b"]
    writes.clock.time, writes.rounds = START, [{"c": bad()}]
    tenants = [Tenant("c", 0.0), Tenant("d"), Tenant("e")]
    assert writes(*tenants, stop_on_error=True) == ["failed", "not_tried", "not_tried"]
    assert writes.finished == ["a", "b", "c", "d", "e"]


def test_one_that_is_created_a_second_time_without_an_answer_is_looked_up_again(writes):
    assert writes(Tenant("a", 1.0, 2.0)) == [None]
    assert [when for when, _labels in writes.looks] == [1.0, 2.0]
    assert writes.finished == ["a"]


@pytest.mark.parametrize(("concurrency", "tenants"), [(2, 4), (4, 3)])
def test_as_many_are_written_side_by_side_as_is_allowed(writes, concurrency, tenants):
    count, running, most, lock = min(concurrency, tenants), [], [], threading.Lock()
    side_by_side = threading.Barrier(count)

    def meet():
        with lock:
            running.append(1)
            most.append(len(running))
            first = len(most) <= count
        if first:
            side_by_side.wait(10)
        with lock:
            running.pop()

    assert writes(*(Tenant(str(n), before=meet) for n in range(tenants)), concurrency=concurrency) == [None] * tenants
    assert max(most) == count
    assert sorted(writes.finished) == [str(number) for number in range(tenants)]


@pytest.mark.parametrize("due", [0.0, 0.1])
def test_a_lookup_does_not_wait_for_others_that_are_being_written(writes, monkeypatch, due):
    looked, seen = threading.Event(), []

    def look(platform, pending):
        looked.set()
        return writes.settle(platform, pending)

    def write_slowly():
        for _step in range(50):
            if looked.wait(0.05):
                break
            writes.clock.sleep(0.01)
        seen.append(looked.is_set())

    monkeypatch.setattr(_writing, "settle", look)

    assert writes(Tenant("a", due), Tenant("b", before=write_slowly), concurrency=2) == [None, None]
    assert seen == [True]
    assert [labels for _when, labels in writes.looks] == [["a"]]


def test_who_waits_is_shown_that_the_run_goes_on(writes):
    shown = threading.Event()
    tenants = [Tenant(label, before=lambda: shown.wait(5)) for label in "ab"]
    writes(*tenants, concurrency=2, idle=shown.set)

    assert shown.is_set()
