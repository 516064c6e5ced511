# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: looks up, plans and applies many instances, or one, phase by phase. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ._approval import check_approval, check_deletions, check_prune, plan_id
from ._approved import check_approved, check_document, plan_document
from ._errors import FreshdeskError, Refused
from ._job import AnyJob, attempt_each
from ._lookup import by_tags
from ._model import Live
from ._options import RunOptions
from ._parts import Parts, is_waiting, settle
from ._recovery import adopt_what_others_created
from ._redact import printable
from ._resource import Resource, Wanted
from ._subdomains import check_subdomains
from ._tenant import Tenant
from ._transport import Channel, Transport
from ._writing import Writing, not_tried


class Engine:
    """Brings many resources of one kind to their desired state, as fast as the platform allows; C(instance) is a run of one.

    C(progress) is called with each finished tenant, and C(idle) from time to time while none finishes: both in the thread that
    calls C(run).
    """

    def __init__(
        self,
        transport: Transport,
        entries: Sequence[Wanted],
        options: RunOptions,
        progress: Callable[[AnyJob], None] = lambda tenant: None,
        idle: Callable[[], None] = lambda: None,
        kind: type[AnyJob] = Tenant,
    ) -> None:
        self.transport = transport
        self.clock = transport.clock
        self.options = options
        self.check_mode = transport.read_only
        self.kind = kind
        self.tenants = [kind(position, desired, transport) for position, desired in enumerate(entries)]
        self.single = len(self.tenants) == 1 and not options.prune_tags
        self.channels: list[Channel] = []
        """Those that belong to no tenant."""
        # A run of one counts the lists among its own requests.
        self.platform = self.tenants[0].platform if self.single else kind.open(self._new_channel())
        self.channel: Channel = self.platform.channel
        self.progress = progress
        self.idle = idle
        self.prune_candidates: list[Live] = []
        self.pruned: list[Live] = []
        self._each = partial(attempt_each, options.concurrency)
        self.parts = Parts(transport, self.tenants, options, idle)
        self._unfinished: list[AnyJob] = []
        """Tenants whose parts are still to be written."""
        self.prune_error: FreshdeskError | None = None
        self.plan_id: str
        self.document: dict[str, Any] | None = None
        """The plan as a document, if requested."""
        self.refusal: Refused | None = None
        """Why a run would be refused; the dry run still shows what it would do."""

    def run(self) -> None:
        """Raises FreshdeskError if nothing could be started; the error of one tenant is stored with that tenant."""
        check_document(self.options.approved_plan, self.transport.connection)
        self._look_up()
        self._each([tenant for tenant in self.tenants if tenant.is_incomplete], self.kind.complete)
        for tenant in self.tenants:
            tenant.attempt(tenant.make_plan)
        holders = next((tenant.holders for tenant in self.tenants if tenant.holders), ())
        if holders:
            channels = (lambda: self.channel) if self.single else self._new_channel
            check_subdomains(self.tenants, holders, channels, self.options.concurrency)
        self.parts.plan(pruned={live.id for live in self.prune_candidates})
        self._approve()
        self.parts.check_deletions()
        if self.check_mode:
            self._predict()
        else:
            self._apply()
        self._prune()

    def cost(self) -> dict[str, int]:
        """The requests of all tenants and of the lists."""
        jobs = [*self.tenants, *self.parts.jobs]
        channels = {
            id(channel): channel for channel in [*self.channels, *self.parts.channels, *(job.channel for job in jobs)]
        }
        return {
            "requests": sum(channel.requests for channel in channels.values()),
            "retries": sum(channel.retries for channel in channels.values()),
        }

    # --- look up ------------------------------------------------------------------------------------------------------

    def _look_up(self) -> None:
        wanted = [tenant for tenant in self.tenants if not tenant.desired.awaits_creation]
        if self.single:
            for tenant in wanted:
                tenant.attempt(tenant.find)
            return
        if wanted:
            self.kind.find_all(wanted, self.platform, self._each)
            _refuse_shared(wanted)
        if self.options.prune_tags:
            self.prune_candidates = self._prunable()

    def _prunable(self) -> list[Live]:
        """Instances with all of prune_tags that match no entry, not even as one of several of a name."""
        names = {tenant.desired.name for tenant in self.tenants}
        meant = {tenant.desired.id for tenant in self.tenants}
        meant |= {tenant.live.id for tenant in self.tenants if tenant.live is not None}
        tags, workers = self.options.prune_tags, self.options.concurrency

        def is_meant(live: Live) -> bool:
            return live.id in meant or live.name in names

        return by_tags(self.platform, tags, self._new_channel, workers, skip=is_meant)

    # --- approve ------------------------------------------------------------------------------------------------------

    def _approve(self) -> None:
        """Raises Refused if the plans must not be applied; nothing is written then."""
        options, tenants, candidates = self.options, self.tenants, self.prune_candidates
        self.plan_id = plan_id(self.transport.connection, options, tenants, candidates)
        check_approval(options, self.plan_id)
        if options.plan or options.approved_plan is not None:
            self.document = plan_document(self.transport.connection, options, tenants, candidates, self.plan_id)
            check_approved(options.approved_plan, self.document)
        try:
            check_deletions(options, tenants, candidates)
        except Refused as refusal:
            if not self.check_mode:
                raise
            self.refusal = refusal
            return
        check_prune(tenants, candidates, self._new_channel, options.concurrency)

    # --- predict ------------------------------------------------------------------------------------------------------

    def _predict(self) -> None:
        """Stops where a run would stop, and marks the rest as not tried."""
        self.parts.predict(self.parts.first)
        late = self.parts.late
        self._predict_each([tenant for tenant in self.tenants if tenant not in late])
        if not self.options.stop_on_error:
            self._each([tenant for tenant in self.tenants if tenant.can_be_verified_now], self.kind.verify_now)
        self.parts.predict(self.parts.last)
        self._predict_each(late)
        for tenant in self.tenants:
            self.progress(tenant)

    def _predict_each(self, tenants: Sequence[AnyJob]) -> None:
        stop, failed = self.options.stop_on_error, self._has_failed()
        for tenant in tenants:
            if stop and failed and tenant.has_work:
                tenant.error = not_tried(tenant)
                continue
            tenant.attempt(tenant.predict)
            if stop and tenant.can_be_verified_now:
                tenant.attempt(tenant.verify_now)
            failed = failed or tenant.error is not None

    # --- apply --------------------------------------------------------------------------------------------------------

    def _apply(self) -> None:
        """Carries out all plans."""
        self.parts.write(self.parts.first, lambda tenant: None)
        late = self.parts.late
        waiting = [tenant for tenant in self.tenants if tenant.has_work and tenant not in late]
        for tenant in self.tenants:
            if not tenant.has_work:
                self._finish(tenant)
        self._write(waiting)
        # Before the id is used elsewhere: of two instances of a name, it must be that of the one that stays.
        adopt_what_others_created(self.platform, self.tenants, self._each)
        self.parts.write(self.parts.last, self._report)
        for tenant in list(self._unfinished):
            self._report(tenant)
        self._write(late)

    def _write(self, tenants: Sequence[AnyJob]) -> None:
        Writing(
            self.platform, tenants, self.options, idle=self.idle, finished=self._finish, failed=self._has_failed()
        ).run()

    def _finish(self, tenant: AnyJob) -> None:
        settle(tenant)
        if is_waiting(tenant):
            self._unfinished.append(tenant)
        else:
            self.progress(tenant)

    def _report(self, tenant: AnyJob) -> None:
        self._unfinished.remove(tenant)
        self.progress(tenant)

    # --- afterwards ---------------------------------------------------------------------------------------------------

    def _prune(self) -> None:
        """Prunes at the end, and only if nothing failed."""
        if not self.prune_candidates or self._has_failed():
            return
        for live in self.prune_candidates:
            try:
                if self.check_mode:
                    self.platform.check_unused(live.id, besides=self.parts.ids, future=self.parts.predicted)
                else:
                    self.platform.delete(live.id)
            except FreshdeskError as error:
                self.prune_error = error
                return
            self.pruned.append(live)

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _has_failed(self) -> bool:
        return any(tenant.error is not None for tenant in self.tenants)

    def _new_channel(self) -> Channel:
        self.channels.append(Channel(self.transport))
        return self.channels[-1]


def _refuse_shared(tenants: Sequence[AnyJob]) -> None:
    """Refuses all entries that address the same resource."""
    claimed: dict[int, AnyJob] = {}
    for tenant in tenants:
        if tenant.live is not None:
            first = claimed.setdefault(tenant.live.id, tenant)
            if first is not tenant:
                _refuse_both(first, tenant, tenant.live)


def _refuse_both(first: AnyJob, second: AnyJob, live: Resource) -> None:
    """Refuses both entries for one instance. Entries with a caller's key fail alone; otherwise raises Refused."""
    if first.desired.key is None or second.desired.key is None:
        raise Refused(
            f"Entries {first.position + 1} and {second.position + 1} both refer to instance "
            f"{live.id} ({printable(live.name)}), so nothing was done: keep one of them."
        )
    for tenant in (first, second):
        tenant.error = Refused(
            f"The entries of {printable(first.desired.key)} and {printable(second.desired.key)} both refer to instance "
            f"{live.id} ({printable(live.name)}), so neither was done: keep one of them."
        )
