# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workers: as many at a time as are allowed, none lost to a step that fails, time simulated with one."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._workers import Workers, each


def never(seconds):
    raise AssertionError("slept")


def test_each_item_is_seen_to_once_and_all_are_done_at_the_end():
    done = []
    each(range(100), done.append, 7)

    assert sorted(done) == list(range(100))


@pytest.mark.parametrize("count", [1, 4])
def test_nothing_to_do_ends_at_once(count):
    each([], never, count)


def test_a_single_worker_works_in_the_calling_thread_and_in_order():
    seen = []
    each(range(5), lambda item: seen.append((item, threading.current_thread())), 1)

    assert seen == [(item, threading.main_thread()) for item in range(5)]


def test_a_single_item_needs_no_thread():
    seen = []
    each(["only"], lambda item: seen.append(threading.current_thread()), 64)

    assert seen == [threading.main_thread()]


def test_no_more_are_under_way_than_are_allowed_and_that_many_are():
    lock, together = threading.Lock(), threading.Barrier(3, timeout=5)
    under_way, most = set(), []

    def step(item):
        with lock:
            under_way.add(item)
            most.append(len(under_way))
        together.wait()
        with lock:
            under_way.discard(item)

    each(range(30), step, 3)

    assert max(most) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_what_a_step_raises_is_raised_and_the_caller_does_not_hang(count):
    def step(item):
        if item == 5:
            raise ValueError("it broke")

    with pytest.raises(ValueError, match="it broke"):
        each(range(10), step, count)


def test_what_was_not_begun_when_a_step_raises_is_not_begun_any_more():
    begun, go_on, others = [], threading.Event(), set(threading.enumerate())

    def step(item):
        begun.append(item)
        if item == 0:
            raise ValueError("it broke")
        go_on.wait(5)

    with pytest.raises(ValueError, match="it broke"):
        each(range(10), step, 2)
    go_on.set()
    for thread in set(threading.enumerate()) - others:
        thread.join(0.05)

    assert set(begun) <= {0, 1, 2}


def test_a_worker_goes_on_after_a_step_that_failed():
    with Workers(2) as workers:
        workers.start(lambda item: 1 / item, 0)
        with pytest.raises(ZeroDivisionError):
            workers.finished(5)
        workers.start(lambda item: 1 / item, 1)

        assert workers.finished(5) == 1


def test_a_single_worker_hands_out_what_is_finished_without_sleeping():
    with Workers(1) as workers:
        workers.start(lambda item: None, "acme")

        assert workers.finished(7.5) == "acme"


def test_waiting_ends_where_nothing_is_finished_in_time():
    go_on = threading.Event()
    with Workers(2) as workers:
        workers.start(lambda item: go_on.wait(5), "acme")

        assert workers.finished(0.01) is None
        assert workers.finished(-1) is None
        go_on.set()
        assert workers.finished() == "acme"


def test_threads_are_made_only_as_they_are_needed_and_end_with_the_work():
    with Workers(64) as workers:
        workers.start(lambda item: None, "acme")
        workers.finished(5)
        threads = list(workers._threads)
    for thread in threads:
        thread.join(5)

    assert len(threads) == 1
    assert not threads[0].is_alive()


def test_threads_do_not_keep_an_interrupted_run_alive():
    with Workers(2) as workers:
        workers.start(lambda item: None, "acme")

        assert all(thread.daemon for thread in workers._threads)


def test_who_waits_is_reported_once_that_nothing_is_finished_for_a_moment():
    go_on, told = threading.Event(), []

    def idle():
        told.append(threading.current_thread())
        go_on.set()

    with Workers(2, idle) as workers:
        workers.start(lambda item: go_on.wait(5), "acme")

        assert workers.finished() == "acme"
    assert told == [threading.main_thread()]
