# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies the plans of many tenants in parallel. Private to this collection."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from ._api import Endpoints
from ._errors import NOT_TRIED, FreshdeskError
from ._job import AnyJob, PendingCreate
from ._options import RunOptions
from ._recovery import settle
from ._workers import Workers


class Writing:
    """The writes of all tenants: waiting ones, those in progress, and creates that were not answered.

    The last occupy no worker: they are looked up in rounds, with one list for all.
    """

    def __init__(
        self,
        platform: Endpoints[Any],
        tenants: Sequence[AnyJob],
        options: RunOptions,
        *,
        idle: Callable[[], None],
        finished: Callable[[AnyJob], None],
        failed: bool,
    ) -> None:
        self._platform = platform
        self._clock = platform.channel.clock
        self._workers = Workers[AnyJob](min(options.concurrency, len(tenants) or 1), idle)
        # With on_error=stop, no tenant may be begun after a failure.
        self._most = self._workers.count if options.stop_on_error else self._workers.most
        self._waiting = deque(tenants)
        self._pending: list[PendingCreate] = []
        self._running = 0
        self._finished = finished
        self._stop_on_error = options.stop_on_error
        self._failed = failed

    def run(self) -> None:
        """Returns when all tenants are finished."""
        with self._workers:
            self._run()

    def _run(self) -> None:
        while self._waiting or self._running or self._pending:
            if self._failed and self._stop_on_error:
                self._give_up_waiting()
            due = min((one.next_look for one in self._pending), default=None)
            if due is not None and due <= self._clock.now() and self._running < self._workers.count:
                self._settle_pending()
                continue
            self._start()
            left = None if due is None else due - self._clock.now()
            if self._running:
                self._take(left if left is None or left > 0 else None)
            elif left is not None:
                self._clock.sleep(max(0.0, left))

    def _start(self) -> None:
        """Starts tenants; while creates are pending, one fewer than are allowed at a time, since this thread looks them up."""
        most = max(1, self._workers.count - 1) if self._pending else self._most
        while self._waiting and self._running < most:
            self._workers.start(_write, self._waiting.popleft())
            self._running += 1

    def _take(self, seconds: float | None) -> bool:
        """Takes a finished tenant from a worker, waiting up to the given time. Returns whether there was one."""
        tenant = self._workers.finished(seconds)
        if tenant is None:
            return False
        self._running -= 1
        if tenant.pending_create is not None and not tenant.pending_create.settled:
            self._pending.append(tenant.pending_create)
        else:
            self._finish(tenant)
        return True

    def _settle_pending(self) -> None:
        # A tenant that has finished by now may be pending too, and the same list may settle it.
        while self._running and self._take(0.0):
            pass
        self._waiting.extend(settle(self._platform, self._pending))
        for one in self._pending:
            if one.settled and one.tenant.error is not None:
                self._finish(one.tenant)
        self._pending = [one for one in self._pending if not one.settled]

    def _give_up_waiting(self) -> None:
        """Marks tenants that were not started. One that was recovered exists already, and is finished."""
        for tenant in self._waiting:
            if not tenant.recovered:
                tenant.error = not_tried(tenant)
                self._finish(tenant)
        self._waiting = deque(tenant for tenant in self._waiting if tenant.recovered)

    def _finish(self, tenant: AnyJob) -> None:
        self._failed = self._failed or tenant.error is not None
        self._finished(tenant)


def _write(tenant: AnyJob) -> None:
    """Performs one tenant's writes; its error is stored with it."""
    if tenant.recovered:
        tenant.attempt(tenant.complete)
        tenant.attempt(tenant.make_plan)
    tenant.attempt(tenant.write)


def not_tried(tenant: AnyJob) -> FreshdeskError:
    """The error of a tenant that was not tried after another failed."""
    return FreshdeskError(
        f"{tenant.desired.label} was not tried, since another tenant failed and on_error is stop: run again.",
        state=NOT_TRIED,
    )
