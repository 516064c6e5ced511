# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance on its way from desired to done: each step of it, and its own error. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ._apply import apply, settle_refusal
from ._errors import AnswerLost, FreshdeskError, bug
from ._fields import API_KEY, PLACEHOLDER_ID, Desired
from ._health import Health
from ._model import Live
from ._plan import Plan, plan
from ._platform import Platform
from ._redact import printable
from ._transport import Channel, Transport
from ._values import readable

PREDICTED = "predicted"
"""What stands for the writes of a tenant in a dry run."""
FIRST_LOOK = 0.5
"""Seconds between a lost answer and the first look; each further one waits twice as long."""


class Unhealthy(FreshdeskError):
    """The instance is there as it is desired, and does not work."""


class Tenant:
    """One instance on its way from desired to done. What fails is kept with it, and stops no other."""

    def __init__(self, position: int, desired: Desired, transport: Transport) -> None:
        self.position = position
        self.desired = desired
        self.channel = Channel(transport)
        self.platform = Platform(self.channel)
        self.check_mode = transport.read_only
        self.live: Live | None = None
        self.alike: list[Live] = []
        """Instances whose names only look like its own."""
        self.plan: Plan | None = None
        self.health: Health | None = None
        self.error = FreshdeskError(desired.problem) if desired.problem is not None else None
        self.warnings: list[str] = []
        self.done: list[str] = []
        self.recovered = False
        self.own_id: int | None = None
        """The id that our own POST returned: the only one that may be deleted without being asked to."""
        self.deleted_id: int | None = None
        self.pending_create: PendingCreate | None = None
        """What is known of its create that was not answered, once there was one."""
        self.first_plan: Plan | None = None

    # --- its outcome --------------------------------------------------------------------------------------------------

    @property
    def planned(self) -> Plan:
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

    @property
    def has_work(self) -> bool:
        """Whether there is anything to be sent for it."""
        if self.plan is None:
            return False
        return self.plan.changed or (self.desired.verify and self.live is not None and self.live.enabled)

    # --- its steps ----------------------------------------------------------------------------------------------------

    def attempt(self, step: Callable[..., None], *args: object) -> None:
        """Runs a step unless the tenant has failed already, and keeps what the step raises."""
        if self.error is not None:
            return
        try:
            step(*args)
        except FreshdeskError as error:
            self.error = self._half_way(error)
        except Exception as error:  # a bug in one tenant's handling must not lose the outcomes of the others
            self.error = bug(error)

    def _half_way(self, error: FreshdeskError) -> FreshdeskError:
        """The error, saying what was done before it."""
        if self.done and not self.check_mode and not isinstance(error, Unhealthy):
            error.message = f"{error.clause}; done before that: {', '.join(self.done)}."
            error.state = "partial" if error.state == "failed" else error.state
        return error

    @property
    def is_incomplete(self) -> bool:
        """Whether the list left out something that the plan needs."""
        if self.live is None or not self.desired.present:
            return False
        return self.live.lacks(self.desired) or self._is_undecided(self.live)

    def _is_undecided(self, live: Live) -> bool:
        """Whether only an element call can tell if the API key has to be written."""
        desired = self.desired
        undecided = desired.api_key is not None and desired.update_secrets == "on_change"
        return desired.verify and live.enabled and undecided and not readable((live.configuration or {}).get(API_KEY))

    def complete(self) -> None:
        """Asks for what the list left out and the plan needs."""
        if self.live is None:
            return
        if self.live.lacks(self.desired):
            self.live = self._whole(self.live.id)
        if self._is_undecided(self.live):
            self.health = self._checked(self.live)

    def _whole(self, number: int) -> Live:
        whole = self.platform.get(number)
        if whole is None:
            raise FreshdeskError(f"Instance {number} was deleted by somebody else just now: run again.")
        if whole.configuration is None:
            raise FreshdeskError(
                f"The platform does not show the configuration of instance {number}, so it cannot be compared: "
                "look at the instance on the platform."
            )
        return whole

    def _checked(self, live: Live) -> Health:
        if live.token is None:
            raise FreshdeskError(
                f"The platform shows no usable token of instance {live.id}, so it cannot be verified: "
                "look at the instance on the platform, or set verify to false."
            )
        return self.platform.health(live.id, live.token)

    def make_plan(self) -> None:
        refused = self.health is not None and self.health.reason == "key"
        self.plan = plan(self.desired, self.live, self.platform.element, key_refused=refused)
        warnings = [*self.plan.warnings, *self._warnings_of_looks(self.plan)]
        self.warnings += [warning for warning in warnings if warning not in self.warnings]
        if self.first_plan is None:
            self.first_plan = self.plan

    def _warnings_of_looks(self, plan: Plan) -> list[str]:
        """Of a name that is not there, while one is that looks the same: it may be the one that is meant."""
        if not self.alike or (plan.create is None and (self.desired.present or self.live is not None)):
            return []
        others = ", ".join(f"{printable(ascii(live.name))} (id {live.id})" for live in self.alike)
        done = "is created" if plan.create is not None else "is not there"
        return [f"the name {done}, and others look the same: {others}; correct the name if one of these is meant."]

    def predict(self) -> None:
        """What a run would do."""
        current, self.live = self.live, self.planned.outcome
        if self.planned.changed:
            self.done.append(PREDICTED)
        if self.planned.action == "deleted" and current is not None:
            self.deleted_id = current.id

    @property
    def can_be_verified_now(self) -> bool:
        """Whether a dry run can see now what a run would see after its writes: an instance that works or not."""
        if self.error is not None or self.planned.live is None or self.planned.touches_credentials:
            return False
        desired = self.desired
        return desired.verify and desired.present and self.planned.live.enabled and desired.enabled is not False

    def verify_now(self) -> None:
        """Fails a dry run as a run would fail. Raises Unhealthy."""
        if self.planned.live is None:
            return
        health = self.health or self._checked(self.planned.live)
        if not health.ok:
            raise self._unhealthy(health, health.remedy)

    def write(self) -> None:
        """Carries the plan out, and verifies. A create without an answer becomes a C(PendingCreate), which is settled apart."""
        current, creating = self.live, self.planned.create is not None
        wrote, clock, budget = len(self.done), self.channel.clock, self.channel.budget
        began, left = clock.now(), budget.left

        def reached(live: Live | None) -> None:
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
        self._verify(wrote=len(self.done) > wrote)

    def _verify(self, *, wrote: bool) -> None:
        """Proves that the instance works, where that is asked for and it is not disabled."""
        live = self.live
        if not self.desired.verify or live is None or not live.enabled:
            return
        health = self.health if self.health is not None and not wrote else self._checked(live)
        if health.ok:
            return
        try:
            self.live, remedy = settle_refusal(self.platform, self.desired, live, health, live.id == self.own_id)
        except FreshdeskError as error:
            remedy = f"on_verify_failure could not be carried out: {error.clause}"
        if self.live is None:
            self.own_id, self.deleted_id = None, live.id
        raise self._unhealthy(health, remedy)

    def _unhealthy(self, health: Health, remedy: str) -> Unhealthy:
        done = self.done != [PREDICTED] and ", ".join(self.done)
        return Unhealthy(
            f"{self.desired.label}: {health.sentence}: {remedy}{f'; done before that: {done}' if done else ''}.",
            state="partial" if done and self.live is not None else "failed",
            status=health.status,
            request_id=health.request_id,
            attempts=health.attempts,
        )

    def adopt(self, oldest: Live) -> None:
        """Deletes our own, younger instance, and makes the oldest of the name what is desired."""
        own, self.own_id = self.own_id, None
        if own is None:
            return
        self.live = oldest
        self.platform.delete(own)
        self.done.append(f"deleted our own duplicate, id {own}")
        self.recovered, self.error, self.health = True, None, None
        self.complete()
        self.make_plan()
        self.write()


@dataclass(eq=False)
class PendingCreate:
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
