# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processing of one instance: how it is found, compared and verified. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ._apply import settle_refusal
from ._errors import FreshdeskError
from ._fields import API_KEY, Desired
from ._health import Health
from ._job import PREDICTED, AnyJob, Final, Job
from ._lookup import Found, by_id, by_name, by_names, chosen, grouped_by_name, of_element
from ._model import Live, instance_result
from ._plan import InstancePlan, plan
from ._platform import Platform
from ._restore import is_to_restore, restore, restore_warnings
from ._subdomains import accounts_to_look_for
from ._transport import Channel, Transport
from ._values import readable


class Unhealthy(Final):
    """The instance is in its desired state, but does not work."""


class Tenant(Job[Desired, Live]):
    """The processing of one instance."""

    kind = "instance"
    platform: Platform

    def __init__(self, position: int, desired: Desired, transport: Transport) -> None:
        super().__init__(position, desired, transport)
        self.health: Health | None = None
        self.parts = self._parts(transport) if desired.formulas else []

    def _parts(self, transport: Transport) -> list[AnyJob]:
        # Here, since Ansible compiles what a task imports, and few tenants have formulas.
        from ._formula import FormulaJob

        return [
            FormulaJob(number, one if self.desired.present else one.to_delete, transport, self)
            for number, one in enumerate(self.desired.formulas)
        ]

    @classmethod
    def open(cls, channel: Channel) -> Platform:
        return Platform(channel)

    # --- find ---------------------------------------------------------------------------------------------------------

    def find(self) -> None:
        """Uses the fewest requests: a search first, and the whole list to prove absence."""
        desired, name = self.desired, self.desired.name
        found = by_id(self.platform, desired.id) if desired.id is not None else None
        renaming = found is not None and desired.present and name != found.name
        needs_name = name is not None and (desired.id is None or renaming)
        accounts = accounts_to_look_for([desired])
        named: Found[Live] = (
            by_name(self.platform, name, accounts) if name is not None and needs_name else Found([], [])
        )
        self.alike, self.holders = named.alike, named.holders
        self.live = chosen(desired, of_element(desired, self.platform.element, found), named.meant)

    @classmethod
    def find_all(cls, tenants: Sequence[Tenant], platform: Platform, each: Callable[..., None]) -> None:
        """The same for many, from one list."""
        names = {tenant.desired.name for tenant in tenants if tenant.desired.name is not None}
        ids = {tenant.desired.id for tenant in tenants if tenant.desired.id is not None}
        found = by_names(platform, names, ids, accounts=accounts_to_look_for(tenant.desired for tenant in tenants))
        live_by_id = {live.id: live for live in found.meant}
        named = grouped_by_name(found.meant)

        def ask(tenant: Tenant) -> None:
            # The list is for one element; an id may belong to an instance of another.
            live = by_id(tenant.platform, tenant.desired.id or 0)
            if live is not None:
                live_by_id[live.id] = live

        def choose(tenant: Tenant) -> None:
            desired, name = tenant.desired, tenant.desired.name or ""
            tenant.alike, tenant.holders = found.like(name), found.holders
            by_its_id = of_element(desired, platform.element, live_by_id.get(desired.id or 0))
            tenant.live = chosen(desired, by_its_id, named.get(name, []))

        each([tenant for tenant in tenants if tenant.desired.id not in (None, *live_by_id)], ask)
        for tenant in tenants:
            tenant.attempt(choose, tenant)

    # --- compare ------------------------------------------------------------------------------------------------------

    @property
    def is_incomplete(self) -> bool:
        """Whether the list omitted something that the plan needs."""
        if self.live is None or not self.desired.present:
            return False
        return self.live.lacks(self.desired) or self._is_undecided(self.live)

    def _is_undecided(self, live: Live) -> bool:
        """Whether only an element call can show if the API key has to be written."""
        desired = self.desired
        undecided = desired.api_key is not None and desired.update_secrets == "on_change"
        return desired.verify and live.enabled and undecided and not readable((live.configuration or {}).get(API_KEY))

    def complete(self) -> None:
        """Reads what the list omitted and the plan needs."""
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
                f"The platform does not show the configuration of instance {number}, so it cannot be compared: check "
                "the instance on the platform."
            )
        return whole

    def _checked(self, live: Live) -> Health:
        if live.token is None:
            raise FreshdeskError(
                f"The platform shows no usable token of instance {live.id}, so it cannot be verified: check the "
                "instance on the platform, or set verify to false."
            )
        return self.platform.health(live.id, live.token)

    def compare(self) -> InstancePlan:
        refused = self.health is not None and self.health.reason == "key"
        made = plan(self.desired, self.live, self.platform.element, key_refused=refused)
        return replace(made, warnings=(*made.warnings, *restore_warnings(made)))

    def forget(self) -> None:
        self.health = None

    def check_deletion(self) -> None:
        if self.live is not None:
            self.platform.check_unused(self.live.id, besides=self.freed)

    # --- verify -------------------------------------------------------------------------------------------------------

    @property
    def is_to_be_proven(self) -> bool:
        return self.desired.verify and self.live is not None and self.live.enabled

    @property
    def can_be_verified_now(self) -> bool:
        """Whether a dry run can already tell if the instance would work after the writes."""
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

    def prove(self, *, wrote: bool) -> None:
        """Verifies that the instance works, if requested and if it is not disabled."""
        live = self.live
        if not self.desired.verify or live is None or not live.enabled:
            return
        health = self.health if self.health is not None and not wrote else self._checked(live)
        if health.ok:
            return
        if wrote and is_to_restore(self.planned, health):
            self.live, remedy, undone = restore(self.platform, self.planned, live)
            raise self._unhealthy(health, remedy, undone=undone)
        try:
            self.live, remedy = settle_refusal(self.platform, self.desired, live, health, live.id == self.own_id)
        except FreshdeskError as error:
            remedy = f"on_verify_failure could not be carried out: {error.clause}"
        if self.live is None:
            self.own_id, self.deleted_id = None, live.id
        raise self._unhealthy(health, remedy)

    def _unhealthy(self, health: Health, remedy: str, *, undone: bool = False) -> Unhealthy:
        done = self.done != [PREDICTED] and ", ".join(self.done)
        return Unhealthy(
            f"{self.desired.label}: {health.sentence}: {remedy}{f'; done before that: {done}' if done else ''}.",
            state="partial" if done and self.live is not None and not undone else "failed",
            status=health.status,
            request_id=health.request_id,
            attempts=health.attempts,
        )

    def result(self, live: Live) -> dict[str, Any]:
        keys = {option.key for option in self.desired.given if option.key}
        return instance_result(live, {*self.desired.configuration, *keys})
