# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One resource of any kind on its way from desired to done: its steps, and its own error. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from ._apply import apply
from ._errors import AnswerLost, FreshdeskError, bug
from ._fields import PLACEHOLDER_ID
from ._redact import printable
from ._resource import D, L, Plan
from ._transport import Channel, Transport

PREDICTED = "predicted"
"""What stands for the writes of a job in a dry run."""
FIRST_LOOK = 0.5
"""Seconds between a lost answer and the first look; each further one waits twice as long."""


class Final(FreshdeskError):
    """The resource is there as it is desired, and all the same the job has failed."""


class Job(Generic[D, L]):
    """One resource on its way from desired to done. What fails is kept with it, and stops no other.

    A kind of resource is a class derived from this. It says which endpoints it has (C(open)), what is live (C(find), C(complete)),
    what differs (C(compare)), whether it works (C(prove)), and what results show of it (C(result)).
    """

    kind: ClassVar[str]
    """The key under which results show the resource."""

    def __init__(self, position: int, desired: D, transport: Transport) -> None:
        self.position = position
        self.desired = desired
        self.channel = Channel(transport)
        self.platform = self.open(self.channel)
        self.check_mode = transport.read_only
        self.live: L | None = None
        self.alike: list[L] = []
        """Resources whose names only look like its own."""
        self.holders: Sequence[L] = ()
        """Resources that hold an account that it may be created for."""
        self.plan: Plan[D, L] | None = None
        self.error = FreshdeskError(desired.problem) if desired.problem is not None else None
        self.warnings: list[str] = []
        self.done: list[str] = []
        self.recovered = False
        self.own_id: int | None = None
        """The id that our own POST returned: the only one that may be deleted without being asked to."""
        self.deleted_id: int | None = None
        self.pending_create: PendingCreate | None = None
        """What is known of its create that was not answered, once there was one."""
        self.first_plan: Plan[D, L] | None = None
        self.parts: list[AnyJob] = []
        """The jobs of other resources that are reported with its own."""
        self.owner: AnyJob | None = None
        """The job whose part it is."""
        self.freed: Collection[int] = ()
        """The resources that use others, and that the run deletes before it."""

    # --- what a kind says ---------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, channel: Channel) -> Any:
        """Its C(Endpoints)."""
        raise NotImplementedError

    def find(self) -> None:
        """Looks up what is live, in the fewest requests. Raises Refused where it cannot be said what is meant."""
        raise NotImplementedError

    @classmethod
    def find_all(cls, tenants: Sequence[Any], platform: Any, each: Callable[..., None]) -> None:
        """The same for many. C(each) takes a step for many side by side, each with its own error."""
        each(tenants, cls.find)

    @property
    def is_incomplete(self) -> bool:
        """Whether the list left out something that the plan needs."""
        raise NotImplementedError

    def complete(self) -> None:
        """Asks for what the list left out and the plan needs."""
        raise NotImplementedError

    def compare(self) -> Plan[D, L]:
        """The plan. Raises Refused where it needs what nobody has."""
        raise NotImplementedError

    def result(self, live: L) -> dict[str, Any]:
        """What results show of it."""
        raise NotImplementedError

    @property
    def is_to_be_proven(self) -> bool:
        """Whether it is to be proven that it works, even where nothing is written."""
        return False

    def prove(self, *, wrote: bool) -> None:
        """Proves after the writes that it works, where that is asked for. Raises Final."""

    @property
    def can_be_verified_now(self) -> bool:
        """Whether a dry run can see now what a run would see after its writes: that it works or not."""
        return False

    def verify_now(self) -> None:
        """Fails a dry run as a run would fail. Raises Final."""

    def check_deletion(self) -> None:
        """Raises FreshdeskError where the platform would refuse the deletion that a dry run predicts."""

    # --- its outcome --------------------------------------------------------------------------------------------------

    @property
    def planned(self) -> Plan[D, L]:
        """Its plan, once there is one."""
        if self.plan is None:
            raise RuntimeError("no plan was made yet")
        return self.plan

    @property
    def action(self) -> str:
        """Its outcome, in the words of the results."""
        if self.error is not None:
            return "failed"
        if self.recovered:
            return "recovered"
        action = self.first_plan.action if self.first_plan is not None else "unchanged"
        return "updated" if action == "unchanged" and any(part.changed for part in self.parts) else action

    @property
    def pending(self) -> bool:
        """Whether the resource is yet to be created, so that its id is a placeholder."""
        if self.error is not None or self.first_plan is None:
            return False
        return self.desired.awaits_creation or (self.live is not None and self.live.id == PLACEHOLDER_ID)

    @property
    def wrote(self) -> bool:
        """Whether anything was written for itself; in a dry run, whether anything would be."""
        return bool(self.done) or self.recovered

    @property
    def changed(self) -> bool:
        """The same with its parts."""
        return self.wrote or any(part.changed for part in self.parts)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to be sent for it, which there is not once it has failed."""
        return self.error is None and self.plan is not None and (self.plan.changed or self.is_to_be_proven)

    # --- its steps ----------------------------------------------------------------------------------------------------

    def attempt(self, step: Callable[..., None], *args: object) -> None:
        """Runs a step unless the job has failed already, and keeps what the step raises."""
        if self.error is not None:
            return
        try:
            step(*args)
        except FreshdeskError as error:
            self.error = self._half_way(error)
        except Exception as error:  # a bug in the handling of one must not lose the outcomes of the others
            self.error = bug(error)

    def _half_way(self, error: FreshdeskError) -> FreshdeskError:
        """The error, saying what was done before it."""
        if self.done and not self.check_mode and not isinstance(error, Final):
            error.message = f"{error.clause}; done before that: {', '.join(self.done)}."
            error.state = "partial" if error.state == "failed" else error.state
        return error

    def make_plan(self) -> None:
        self.plan = self.compare()
        self.warn(*self.plan.warnings, *self._warnings_of_looks(self.plan))
        if self.first_plan is None:
            self.first_plan = self.plan

    def warn(self, *warnings: str) -> None:
        self.warnings += [warning for warning in warnings if warning not in self.warnings]

    def _warnings_of_looks(self, plan: Plan[D, L]) -> list[str]:
        """Of a name that is not there, while one is that looks the same: it may be the one that is meant."""
        if not self.alike or (plan.create is None and (self.desired.present or self.live is not None)):
            return []
        others = ", ".join(f"{printable(ascii(live.name))} (id {live.id})" for live in self.alike)
        done = "is created" if plan.create is not None else "is not there"
        return [f"the name {done}, and others look the same: {others}; correct the name if one of these is meant."]

    def predict(self) -> None:
        """What a run would do."""
        current = self.live
        if self.planned.delete:
            self.check_deletion()
        self.live = self.planned.outcome
        if self.planned.changed:
            self.done.append(PREDICTED)
        if self.planned.action == "deleted" and current is not None:
            self.deleted_id = current.id

    def write(self) -> None:
        """Carries the plan out, and proves it. A create without an answer becomes a C(PendingCreate), which is settled apart."""
        current, creating = self.live, self.planned.create is not None
        wrote, clock, budget = len(self.done), self.channel.clock, self.channel.budget
        began, left = clock.now(), budget.left

        def reached(live: L | None) -> None:
            self.live = live
            if creating and live is not None:
                self.own_id = live.id

        try:
            apply(self.platform, self.planned, self.done, reached)
        except AnswerLost as lost:
            if not creating or len(self.done) > wrote:
                raise
            if self.pending_create is not None:
                # A create that is sent again is a retry; what it spent in the channel is spent already.
                budget.spend(max(0.0, clock.now() - began - (left - budget.left)))
            now = clock.now()
            self.pending_create = PendingCreate(
                self, lost, at=now, deadline=now + budget.left, next_look=now + FIRST_LOOK
            )
            return
        if self.planned.delete and current is not None:
            self.deleted_id = current.id
        self.prove(wrote=len(self.done) > wrote)

    def adopt(self, oldest: L) -> None:
        """Deletes our own, younger resource, and makes the oldest of the name what is desired."""
        own, self.own_id = self.own_id, None
        if own is None:
            return
        self.live = oldest
        self.platform.delete(own)
        self.done.append(f"deleted our own duplicate, id {own}")
        self.recovered, self.error = True, None
        self.forget()
        self.complete()
        self.make_plan()
        self.write()

    def forget(self) -> None:
        """Forgets what was seen of our own, deleted resource."""


@dataclass(eq=False)
class PendingCreate:
    """A create that was not answered: its job waits for what a list of the platform says. All times are those of the clock."""

    tenant: Job[Any, Any]
    lost: AnswerLost
    at: float
    deadline: float
    """When the budget of the job ends: all time since the answer was lost counts, whatever it is spent on."""
    next_look: float
    pause: float = FIRST_LOOK
    settled: bool = False

    def spend(self, now: float) -> float:
        """Makes the job's budget what is left of it by now, and answers that."""
        self.tenant.channel.budget.left = max(0.0, self.deadline - now)
        return self.tenant.channel.budget.left


AnyJob = Job[Any, Any]
