# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance on its way from desired to done. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ._errors import AnswerLost, FreshdeskError
from ._model import PLACEHOLDER_ID, Desired, Live
from ._plan import Plan
from ._platform import Health, Platform
from ._transport import Channel, Transport

FIRST_LOOK = 0.5
"""Seconds between a lost answer and the first look for what became of it; each further one waits twice as long."""


class Unhealthy(FreshdeskError):
    """The instance is there as it is desired, and does not work."""


class Tenant:
    """One instance on its way from desired to done."""

    def __init__(self, position: int, desired: Desired, transport: Transport) -> None:
        self.position = position
        self.desired = desired
        self.channel = Channel(transport)
        self.platform = Platform(self.channel)
        self.live: Live | None = None
        self.plan: Plan | None = None
        self.health: Health | None = None
        self.error: FreshdeskError | None = None
        self.warnings: list[str] = []
        self.done: list[str] = []
        self.recovered = False
        self.own_id: int | None = None
        """The id that our own POST returned: the only one that may be deleted without being asked to."""
        self.deleted_id: int | None = None
        self.parked: Parked | None = None
        """What is known of its create that was not answered, once there was one."""
        self.first_plan: Plan | None = None

    @property
    def planned(self) -> Plan:
        """Its plan, once there is one."""
        if self.plan is None:
            raise RuntimeError("no plan was made yet")
        return self.plan

    @property
    def action(self) -> str:
        """What became of it, in the words of the results."""
        if self.error is not None:
            return "failed"
        if self.recovered:
            return "recovered"
        return self.first_plan.action if self.first_plan is not None else "unchanged"

    @property
    def pending(self) -> bool:
        """Whether the instance is yet to be created, so that its id and token are placeholders."""
        if self.error is not None or self.first_plan is None:
            return False
        return self.desired.awaits_creation or (self.live is not None and self.live.id == PLACEHOLDER_ID)

    @property
    def changed(self) -> bool:
        """Whether anything was written; in a dry run, whether anything would be."""
        return bool(self.done) or self.recovered


@dataclass(eq=False)
class Parked:
    """A create that was not answered: its tenant waits for what a list of the platform says. All times are those of the clock."""

    tenant: Tenant
    lost: AnswerLost
    at: float
    deadline: float
    """When the budget of the tenant ends: all time since the answer was lost counts, whatever it is spent on."""
    next_look: float
    pause: float = FIRST_LOOK
    settled: bool = False

    def spend(self, now: float) -> float:
        """Makes the tenant's budget what is left of it by now, and answers that."""
        self.tenant.channel.budget.left = max(0.0, self.deadline - now)
        return self.tenant.channel.budget.left
