# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processing of one resource of any kind, from desired state to result. Private to this collection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from ._apply import apply
from ._errors import AnswerLost, FreshdeskError, bug
from ._fields import PLACEHOLDER_ID
from ._redact import printable
from ._resource import D, L, Plan
from ._transport import Channel, Transport
from ._workers import each

PREDICTED = "predicted"
"""Recorded for the writes of a job in a dry run."""
FIRST_LOOK = 0.5
"""Seconds between a lost answer and the first lookup; the wait doubles each time."""


class Final(FreshdeskError):
    """The resource is in its desired state, but the job has failed."""


class Job(ABC, Generic[D, L]):
    """The processing of one resource. Its error is stored with it, and does not stop others.

    A kind of resource is a class derived from this. It defines its endpoints (C(open)), what is live (C(find), C(complete)),
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
        """Resources with similar-looking names."""
        self.holders: Sequence[L] = ()
        """Resources of the same account as the one that it may be created for."""
        self.plan: Plan[D, L] | None = None
        self.error = FreshdeskError(desired.problem) if desired.problem is not None else None
        self.warnings: list[str] = []
        self.done: list[str] = []
        self.recovered = False
        self.own_id: int | None = None
        """The id that the run's own POST returned: the only one that may be deleted without an explicit request."""
        self.deleted_id: int | None = None
        self.pending_create: PendingCreate | None = None
        """Its create that was not answered, if there was one."""
        self.first_plan: Plan[D, L] | None = None
        self.parts: list[AnyJob] = []
        """The jobs of other resources that are reported with its own."""
        self.owner: AnyJob | None = None
        """The job that it belongs to."""
        self.beside: Sequence[AnyJob]
        """The run's jobs whose resources it may use."""
        self.pruned: Collection[int]
        """The resources that the run prunes, so that it may not use them."""
        self.freed: Collection[int] = ()
        """The resources that use it, and that the run deletes or changes before it is deleted."""

    # --- defined by kind ----------------------------------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def open(cls, channel: Channel) -> Any:
        """Its C(Endpoints)."""

    @abstractmethod
    def find(self) -> None:
        """Finds the live resource with the fewest requests. Raises Refused if it is ambiguous."""

    @classmethod
    def find_all(cls, tenants: Sequence[Any], platform: Any, each: Callable[..., None]) -> None:
        """The same for many. C(each) runs a step for many in parallel and keeps their errors apart."""
        each(tenants, cls.find)

    @property
    @abstractmethod
    def is_incomplete(self) -> bool:
        """Whether the list omitted something that the plan needs."""

    @abstractmethod
    def complete(self) -> None:
        """Reads what the list omitted and the plan needs."""

    @abstractmethod
    def compare(self) -> Plan[D, L]:
        """The plan. Raises Refused if it needs a value that is not available."""

    @abstractmethod
    def result(self, live: L) -> dict[str, Any]:
        """What results show of the resource."""

    @property
    def is_to_be_proven(self) -> bool:
        """Whether to verify that it works, even if nothing is written."""
        return False

    def prove(self, *, wrote: bool) -> None:
        """Verifies after the writes that it works, if requested. Raises Final."""

    @property
    def can_be_verified_now(self) -> bool:
        """Whether a dry run can already tell what a run would see after its writes."""
        return False

    def verify_now(self) -> None:
        """Fails a dry run as a run would fail. Raises Final."""

    @property
    def released(self) -> Collection[str]:
        """The ids of resources that it uses before its writes and not after them."""
        return ()

    def check_deletion(self) -> None:
        """Raises FreshdeskError if the platform would refuse its deletion."""

    def check_used(self) -> None:
        """Raises FreshdeskError if it uses a resource of the run that will not exist."""

    # --- its outcome --------------------------------------------------------------------------------------------------

    @property
    def planned(self) -> Plan[D, L]:
        """Its plan; there must be one."""
        if self.plan is None:
            raise RuntimeError("no plan was made yet")
        return self.plan

    @property
    def action(self) -> str:
        """Its C(action) in the result."""
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
        """Whether anything was, or in a dry run would be, written for the resource itself."""
        return bool(self.done) or self.recovered

    @property
    def changed(self) -> bool:
        """The same with its parts."""
        return self.wrote or any(part.changed for part in self.parts)

    @property
    def has_work(self) -> bool:
        """Whether anything has to be sent for it; never after it has failed."""
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
        except Exception as error:  # a bug in processing one job must not lose the outcomes of the others
            self.error = bug(error)

    def _half_way(self, error: FreshdeskError) -> FreshdeskError:
        """The error, with what was done before it."""
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
        """Warns if the name does not exist but a similar-looking one does, which may be the intended one."""
        if not self.alike or (plan.create is None and (self.desired.present or self.live is not None)):
            return []
        others = ", ".join(f"{printable(ascii(live.name))} (id {live.id})" for live in self.alike)
        done = "is created" if plan.create is not None else "is not there"
        return [f"the name {done}, and others look the same: {others}; correct the name if one of these is meant."]

    def predict(self) -> None:
        """Records what a run would do."""
        current = self.live
        self.live = self.planned.outcome
        if self.planned.changed:
            self.done.append(PREDICTED)
        if self.planned.action == "deleted" and current is not None:
            self.deleted_id = current.id

    def write(self) -> None:
        """Applies the plan and verifies it. A create without an answer becomes a C(PendingCreate), which is settled separately."""
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
                # A repeated create is a retry; the channel has already charged its time.
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
        """Deletes the run's own, younger resource, and brings the oldest of the name to the desired state."""
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
        """Resets the state of the run's own, deleted resource."""


def attempt_each(count: int, jobs: Sequence[AnyJob], step: Callable[[AnyJob], None]) -> None:
    """One step for many jobs, at most C(count) at a time; an error is stored with its job."""
    each(jobs, lambda job: job.attempt(step, job), count)


@dataclass(eq=False)
class PendingCreate:
    """A create that was not answered: its job waits until a list shows the outcome. Times are those of the clock."""

    tenant: Job[Any, Any]
    lost: AnswerLost
    at: float
    deadline: float
    """When the job's budget ends; all time since the answer was lost counts."""
    next_look: float
    pause: float = FIRST_LOOK
    settled: bool = False

    @property
    def name(self) -> str:
        """The name that is created."""
        return self.tenant.desired.name or ""

    def spend(self, now: float) -> float:
        """Sets the job's budget to what is left of it, and returns that."""
        self.tenant.channel.budget.left = max(0.0, self.deadline - now)
        return self.tenant.channel.budget.left


AnyJob = Job[Any, Any]
