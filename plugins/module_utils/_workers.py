# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes many items, several at a time. Private to this collection."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item")
MOMENT = 0.2
"""Seconds."""


class Workers(Generic[Item]):
    """Runs steps in C(count) threads; a single worker runs them in the calling thread, so that time can be simulated.

    An exception in a step ends the run: it is raised in the thread that waits for the item, and the worker survives.
    C(idle) is called in the waiting thread from time to time while nothing finishes.
    """

    def __init__(self, count: int, idle: Callable[[], None] = lambda: None) -> None:
        self.count = count
        self.most = 1 if count == 1 else 2 * count
        """How many items may be started and not taken: a thread then finds its next one without waiting for the caller."""
        self._idle = idle
        self._finished: queue.SimpleQueue[tuple[Item, BaseException | None]] = queue.SimpleQueue()
        self._jobs: queue.SimpleQueue[tuple[Callable[[Item], None], Item] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Workers[Item]:
        return self

    def __exit__(self, *exc_info: object) -> None:
        # If the run ended early, steps that no thread has begun are not begun any more.
        with contextlib.suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()
        for _thread in self._threads:
            self._jobs.put(None)

    def start(self, step: Callable[[Item], None], item: Item) -> None:
        if self.count == 1:
            step(item)
            self._finished.put((item, None))
            return
        if len(self._threads) < self.count:
            # A daemon, so that an interrupted run does not wait for an answer.
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._jobs.put((step, item))

    def finished(self, seconds: float | None = None) -> Item | None:
        """The next finished item; None if none finished within that many seconds (None: no limit).

        Raises what its step raised.
        """
        try:
            item, error = self._next(seconds)
        except queue.Empty:
            return None
        if error is not None:
            raise error
        return item

    def _next(self, seconds: float | None) -> tuple[Item, BaseException | None]:
        if seconds is None or seconds > MOMENT:
            try:
                return self._finished.get(timeout=MOMENT)
            except queue.Empty:
                self._idle()
                seconds = None if seconds is None else seconds - MOMENT
        return self._finished.get(timeout=None if seconds is None else max(0.0, seconds))

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            step, item = job
            error: BaseException | None = None
            try:
                step(item)
            except BaseException as failure:  # without it, the waiting thread would wait for ever
                error = failure
            self._finished.put((item, error))


def each(items: Iterable[Item], step: Callable[[Item], None], count: int) -> None:
    """Runs the step for every item, at most C(count) at a time; returns when all are done."""
    waiting = list(items)
    with Workers[Item](min(count, len(waiting)) or 1) as workers:
        running = 0
        for item in waiting:
            if running == workers.most:
                workers.finished()
                running -= 1
            workers.start(step, item)
            running += 1
        for _item in range(running):
            workers.finished()
