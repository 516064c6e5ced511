# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the progress of a fleet while it runs. Private to this collection.

Lines go to standard error, since the callback uses standard output. They are sent in batches: each batch is a message to the
process that displays it, and core waits for ever if one cannot be written. Only the thread that runs the task may call this:
core can hang if another thread displays something while the task ends.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display

from ..module_utils._errors import NOT_TRIED
from ..module_utils._job import AnyJob
from ..module_utils._workers import MOMENT

ON_TERMINAL = sys.stderr is not None and sys.stderr.isatty()
"""Determined when core loads this: the processes that run tasks have no terminal."""
COUNT_EVERY = 10.0
"""Seconds without a line after which the count is shown."""
_PREDICTED = {"created": "would create", "updated": "would update", "deleted": "would delete"}


class ProgressLines:
    """One line per tenant: for all, for those that changed or failed, or for none."""

    def __init__(self, which: str | None, *, dry_run: bool) -> None:
        self.which = which or ("all" if ON_TERMINAL else "changes")
        self._dry_run = dry_run
        self._total = 0
        self._count = 0
        self._lines: list[str] = []
        self._shown_at = time.monotonic()

    def begin(self, total: int) -> None:
        self._total = total

    def done(self, tenant: AnyJob) -> None:
        self._count += 1
        now = time.monotonic()
        position = f"[{self._count:>{len(str(self._total))}}/{self._total}]"
        action = tenant.action
        if self.which == "all" or (self.which == "changes" and action != "unchanged"):
            parts = [f"{part.desired.label} {self._said(part)}" for part in tenant.parts if part.action != "unchanged"]
            formulas = f" (formulas: {', '.join(parts)})" if parts else ""
            self._lines.append(f"{position} {tenant.desired.label}: {self._said(tenant)}{formulas}")
        elif self.which == "changes" and now - self._shown_at >= COUNT_EVERY:
            self._lines.append(position)
        if now - self._shown_at >= MOMENT:
            self.idle()

    def _said(self, job: AnyJob) -> str:
        if job.error is not None and job.error.state == NOT_TRIED:
            return "not tried"
        return _PREDICTED.get(job.action, job.action) if self._dry_run else job.action

    def retrying(self, message: str) -> None:
        if self.which != "none":
            say(message)

    def idle(self) -> None:
        """Shows the collected lines."""
        if self._lines:
            say(*self._lines)
            self._lines = []
            self._shown_at = time.monotonic()


def say(*lines: str) -> None:
    """Displays lines, as one message."""
    Display().display("\n".join(lines), stderr=True)


def is_not_tried(outcome: Mapping[str, Any]) -> bool:
    """Whether it failed only since another did."""
    return bool(outcome.get("error", {}).get("state") == NOT_TRIED)


def counted(actions: Mapping[str, int], *, not_tried: int) -> str:
    """How many tenants there are of each action, apart from those that were not tried, which count as failed there."""
    failed = {"failed": actions.get("failed", 0) - not_tried, "not tried": not_tried}
    counts = {**failed, **{action: count for action, count in actions.items() if action != "failed"}}
    return ", ".join(f"{count} {action}" for action, count in counts.items() if count)


def summary(outcomes: int, actions: Mapping[str, int], pruned: int, *, dry_run: bool, not_tried: int = 0) -> str:
    """One line for all tenants and pruned instances."""
    counts = counted(actions, not_tried=not_tried)
    tenants = f"{outcomes} tenant{'' if outcomes == 1 else 's'}: {counts}" if outcomes else "no tenants"
    also = f"; {pruned} pruned" if pruned else ""
    return f"{tenants}{also}{' (dry run)' if dry_run else ''}"
