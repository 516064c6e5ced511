# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formula instances of a run's tenants: planned with them, deleted before and written after them. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from ._errors import NOT_TRIED, FreshdeskError, Refused, not_tried_too
from ._job import AnyJob, attempt_each
from ._options import RunOptions
from ._recovery import adopt_what_others_created
from ._redact import printable
from ._transport import Channel, Transport
from ._writing import Writing, not_tried


class Parts:
    """The formula instances of all tenants. They are written template by template, since names are compared within one."""

    def __init__(
        self,
        transport: Transport,
        tenants: Sequence[AnyJob],
        options: RunOptions,
        idle: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._tenants = tenants
        self._with_parts = [tenant for tenant in tenants if tenant.parts]
        self._options = options
        self._each = partial(attempt_each, options.concurrency)
        self._idle = idle
        self.jobs = [part for tenant in self._with_parts for part in tenant.parts]
        # The platform does not delete an element instance that is in use.
        self.first = [part for part in self.jobs if not part.desired.present]
        self.last = [part for part in self.jobs if part.desired.present]
        self._deleted: set[int]
        """Those that are deleted before the instances."""
        self._released: dict[str, set[int]]
        """Those that use an element instance until they are changed, by its id."""
        self.channels: list[Channel] = []
        """Those that belong to no job."""

    def plan(self, pruned: Collection[int]) -> None:
        """Plans those of all tenants that have not failed. If one is refused, nothing of its tenant is changed.

        C(pruned): the instances that the run prunes.
        """
        jobs = [part for tenant in self._with_parts if tenant.error is None for part in tenant.parts]
        for job in jobs:
            job.beside, job.pruned = self._tenants, pruned
        wanted = [job for job in jobs if not job.desired.awaits_creation]
        if wanted:
            kind = type(wanted[0])
            kind.find_all(wanted, self._new_platform(kind), self._each)
            self._each([job for job in wanted if job.is_incomplete], kind.complete)
        for job in jobs:
            job.attempt(job.make_plan)
        _refuse_shared([job for job in wanted if job.error is None])
        self._settle()
        while _refuse_dependent(jobs):
            self._settle()
        self._free()

    def check_deletions(self) -> None:
        """Refuses to delete tenants whose instances are in use, before any of their formula instances is deleted.

        Those of a refused tenant stay, and may use the instance of another. A run leaves tenants without formula instances to
        the platform, unless a refusal stops it: workers would have begun others by then, which no dry run could predict.
        """
        every = self._options.stop_on_error or self._transport.read_only
        tenants = self._tenants if every else self._with_parts
        while True:
            freed = self._deleted, self._released
            leaving = [tenant for tenant in tenants if tenant.has_work and tenant.planned.delete]
            self._each(leaving, lambda tenant: tenant.check_deletion())
            self._settle()
            self._free()
            if freed == (self._deleted, self._released):
                return

    def _free(self) -> None:
        """Determines the formula instances that do not prevent the deletion of an element instance."""
        self._deleted = {part.live.id for part in self.first if _is_to_be_tried(part) and part.live is not None}
        self._released = {}
        for part in filter(_is_to_be_tried, self.last):
            if part.live is not None:
                for instance in part.released:
                    self._released.setdefault(instance, set()).add(part.live.id)
        for tenant in self._tenants:
            if tenant.live is not None:
                tenant.freed = self._deleted | self._released.get(str(tenant.live.id), set())

    @property
    def late(self) -> list[AnyJob]:
        """The tenants that are deleted last, since formula instances use their instances until the run changes them."""
        return [
            tenant
            for tenant in self._tenants
            if tenant.has_work
            and tenant.planned.delete
            and tenant.live is not None
            and str(tenant.live.id) in self._released
        ]

    @property
    def ids(self) -> set[int]:
        """Those that exist before the run."""
        return {part.plan.live.id for part in self.jobs if part.plan is not None and part.plan.live is not None}

    @property
    def predicted(self) -> list[Any]:
        """All as they would be after the run."""
        return [part.live for part in self.jobs if part.live is not None]

    def predict(self, jobs: Iterable[AnyJob]) -> None:
        """What C(write) would do."""
        stopped = self._options.stop_on_error and self._has_failed()
        for job in filter(_is_to_be_tried, jobs):
            if stopped:
                job.error = not_tried(job)
            else:
                job.attempt(job.predict)
        self._settle()

    def write(self, jobs: Iterable[AnyJob], finished: Callable[[AnyJob], None]) -> None:
        """Applies their plans. C(finished) is called with each tenant whose last formula instance is done."""
        waiting = [job for job in jobs if _is_to_be_tried(job)]
        left = Counter(job.owner for job in waiting)
        templates: dict[int | None, list[AnyJob]] = {}
        for job in waiting:
            templates.setdefault(job.platform.formula, []).append(job)

        def done(job: AnyJob) -> None:
            left[job.owner] -= 1
            if job.owner is not None and not left[job.owner]:
                settle(job.owner)
                finished(job.owner)

        for formula, group in templates.items():
            platform = self._new_platform(type(group[0]), formula)
            Writing(platform, group, self._options, idle=self._idle, finished=done, failed=self._has_failed()).run()
            adopt_what_others_created(platform, group, self._each)
        self._settle()

    def _settle(self) -> None:
        for tenant in self._with_parts:
            settle(tenant)

    def _has_failed(self) -> bool:
        return any(job.error is not None for job in (*self._tenants, *self.jobs))

    def _new_platform(self, kind: type[AnyJob], formula: int | None = None) -> Any:
        self.channels.append(Channel(self._transport))
        platform = kind.open(self.channels[-1])
        platform.formula = formula
        return platform


def is_waiting(tenant: AnyJob) -> bool:
    """Whether a tenant is finished only when its formula instances are."""
    return any(part.desired.present and _is_to_be_tried(part) for part in tenant.parts)


def settle(tenant: AnyJob) -> None:
    """Fails a tenant if one of its formula instances failed; the remaining ones of a failed tenant are not tried."""
    failed = [part for part in tenant.parts if part.error is not None]
    if failed and tenant.error is None:
        tenant.error = _error_of(tenant, failed)
    if tenant.error is None:
        return
    for part in tenant.parts:
        if part.error is None and not part.wrote and (part.plan is None or part.has_work):
            part.error = FreshdeskError(
                f"{part.desired.label} was not tried, since its tenant {tenant.desired.label} failed: run again.",
                state=NOT_TRIED,
            )


def _is_to_be_tried(part: AnyJob) -> bool:
    return part.error is None and part.has_work and part.owner is not None and part.owner.error is None


def _error_of(tenant: AnyJob, failed: Sequence[AnyJob]) -> FreshdeskError:
    errors = [part.error for part in failed if part.error is not None]
    named = []
    for part, error in zip(failed, errors):
        label = part.desired.label
        named.append(error.clause if error.clause.startswith(label) else f"{label}: {error.clause}")
    first, states = errors[0], {error.state for error in errors}
    wrote = tenant.changed and not tenant.check_mode
    state = "unknown" if "unknown" in states else "partial" if wrote or "partial" in states else first.state
    done = f"; done before that: {', '.join(tenant.done)}" if tenant.done and not tenant.check_mode else ""
    count = sum(error.state != NOT_TRIED for error in errors)
    return FreshdeskError(
        f"{tenant.desired.label}: {count} of {len(tenant.parts)} formula instances failed{not_tried_too(errors)}: "
        f"{'; '.join(named)}{done}.",
        state=state,
        status=first.status,
        request_id=first.request_id,
        attempts=first.attempts,
    )


def _refuse_dependent(jobs: Iterable[AnyJob]) -> bool:
    """Refuses those that use the instance of a tenant that has failed. Returns whether there were any."""
    sound = [job for job in jobs if job.error is None]
    for job in sound:
        job.attempt(job.check_used)
    return any(job.error is not None for job in sound)


def _refuse_shared(jobs: Sequence[AnyJob]) -> None:
    """Refuses both entries for one formula instance."""
    claimed: dict[object, AnyJob] = {}
    for job in jobs:
        for claim in _claims(job):
            first = claimed.setdefault(claim, job)
            if first is not job:
                _refuse_both(first, job)


def _claims(job: AnyJob) -> Iterator[object]:
    """The formula instance that it addresses, and the name that it gives to it."""
    name, live = job.desired.name, job.live
    if live is not None:
        yield live.id
    if name is not None and (job.desired.id is None if live is None else name != live.name):
        yield job.platform.formula, name


def _refuse_both(first: AnyJob, second: AnyJob) -> None:
    """Refuses both entries."""
    owners = " and ".join(
        dict.fromkeys(printable(one.owner.desired.label) for one in (first, second) if one.owner is not None)
    )
    for one in (first, second):
        one.error = Refused(
            f"The formulas of {owners} have {second.desired.label} of formula {second.platform.formula} twice, so neither was done: "
            "give each formula instance a name of its own."
        )
