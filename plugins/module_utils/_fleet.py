# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: gathers, plans and applies many instances, or one. Private to this collection."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ._apply import apply, settle_refusal
from ._errors import AnswerLost, FreshdeskError, Refused, bug
from ._model import API_KEY, SUBDOMAIN, Desired, Live, listed, live_from, name_of, readable, shown
from ._options import checked_concurrency
from ._plan import plan
from ._platform import Health, Platform
from ._tenant import FIRST_LOOK, Parked, Tenant, Unhealthy
from ._transport import Channel, Transport, describe
from ._workers import Workers, each


@dataclass(frozen=True)
class Orders:
    """What holds for the fleet as a whole."""

    check_mode: bool
    concurrency: int = 1
    stop_on_error: bool = False
    max_deletes: int | None = None
    prune_tags: tuple[str, ...] = ()
    expected_plan_id: str | None = None


def orders_from(params: Mapping[str, Any], *, check_mode: bool) -> Orders:
    """The options of the fleet as a whole, checked. Raises Refused."""
    prune_tags = tuple(tag for tag in params["prune_tags"] or () if tag)
    if params["prune_tags"] is not None and not prune_tags:
        raise Refused("prune_tags names no tag, which would prune every instance: name the tags, or leave it out.")
    if prune_tags and not params["instances"]:
        raise Refused(
            "instances is empty and prune_tags is set, which would delete every instance of these tags: nothing was done; "
            "list what is to stay."
        )
    if params["max_deletes"] < 0:
        raise Refused(f"max_deletes must not be negative, and it is {params['max_deletes']}.")
    return Orders(
        check_mode=check_mode,
        concurrency=checked_concurrency(params["concurrency"]),
        stop_on_error=params["on_error"] == "stop",
        max_deletes=params["max_deletes"],
        prune_tags=prune_tags,
        expected_plan_id=params["expected_plan_id"] or None,
    )


class Fleet:
    """Makes many instances what they should be, near the speed that the platform allows; C(instance) is a fleet of one."""

    def __init__(
        self,
        transport: Transport,
        entries: Sequence[Desired],
        orders: Orders,
        progress: Callable[[Tenant], None] | None = None,
        idle: Callable[[], None] = lambda: None,
    ) -> None:
        self.transport = transport
        self.clock = transport.clock
        self.orders = orders
        self.element = transport.connection.element
        self.tenants = [Tenant(position, desired, transport) for position, desired in enumerate(entries)]
        self.narrow = len(self.tenants) == 1 and not orders.prune_tags
        # A fleet of one counts the list among its own requests.
        self.channel = self.tenants[0].channel if self.narrow else Channel(transport)
        self.platform = Platform(self.channel)
        self.progress = progress or (lambda tenant: None)
        self.idle = idle
        self.strays: list[Live] = []
        self.pruned: list[Live] = []
        self.prune_error: FreshdeskError | None = None
        self.plan_id: str

    def run(self) -> None:
        """Raises FreshdeskError where nothing could be begun; what fails for one tenant is kept with it."""
        self._gather()
        self._each([tenant for tenant in self.tenants if self._is_incomplete(tenant)], self._complete)
        for tenant in self.tenants:
            self._guarded(tenant, self._make_plan)
        self.plan_id = self._hash()
        self._check_orders()
        if self.orders.check_mode:
            self._foretell_all()
            for tenant in self.tenants:
                self.progress(tenant)
        else:
            for tenant in self.tenants:
                if not self._has_work(tenant):
                    self.progress(tenant)
            self._carry_out(tenant for tenant in self.tenants if self._has_work(tenant))
            self._look_once_more()
        self._prune()

    def cost(self) -> dict[str, int]:
        """The requests of all tenants and of the lists."""
        channels = {id(channel): channel for channel in [self.channel, *(tenant.channel for tenant in self.tenants)]}
        return {
            "requests": sum(channel.requests for channel in channels.values()),
            "retries": sum(channel.retries for channel in channels.values()),
        }

    # --- what is live ---------------------------------------------------------------------------------------------

    def _gather(self) -> None:
        wanted = [tenant for tenant in self.tenants if not tenant.desired.awaits_creation]
        if not wanted:
            return
        if self.narrow:
            self._guarded(wanted[0], self._gather_one)
            return
        names = {tenant.desired.name for tenant in wanted if tenant.desired.name is not None}
        ids = {tenant.desired.id for tenant in wanted}
        prune = set(self.orders.prune_tags)

        def keep(answer: Mapping[str, Any]) -> Live | None:
            if answer["id"] in ids or name_of(answer) in names:
                return live_from(answer)
            if prune:
                live = live_from(answer)
                if prune <= set(live.tags):
                    known = live.configuration
                    slim = {SUBDOMAIN: known.get(SUBDOMAIN)} if known is not None else None
                    return replace(live, configuration=slim, token=None)
            return None

        found = self.platform.instances(keep)
        by_id = {live.id: live for live in found}
        by_name = _by_name(found)

        def ask(tenant: Tenant) -> None:
            # The list is of one element; an id may be that of an instance of another.
            answer = tenant.platform.get(tenant.desired.id or 0)
            if answer is not None:
                by_id[answer["id"]] = live_from(answer)

        self._each([tenant for tenant in wanted if tenant.desired.id not in (None, *by_id)], ask)
        for tenant in wanted:
            number, name = tenant.desired.id, tenant.desired.name
            named = by_name.get(name, []) if name is not None else []
            self._guarded(tenant, self._choose, by_id.get(number) if number is not None else None, named)
        claimed: dict[int, Tenant] = {}
        for tenant in wanted:
            if tenant.live is None:
                continue
            if tenant.live.id in claimed:
                raise Refused(
                    f"Entries {claimed[tenant.live.id].position + 1} and {tenant.position + 1} both stand for instance "
                    f"{tenant.live.id} ({shown(tenant.live.name)}), so nothing was done: keep one of them."
                )
            claimed[tenant.live.id] = tenant
        self.strays = [
            live
            for live in found
            if prune
            and prune <= set(live.tags)
            and live.id not in claimed
            and live.id not in ids
            and live.name not in names
        ]

    def _gather_one(self, tenant: Tenant) -> None:
        """The fewest requests: a search where the name is likely there, the whole list before it is called absent."""
        desired, name = tenant.desired, tenant.desired.name
        if desired.id is not None:
            answer = self.platform.get(desired.id)
            live = live_from(answer) if answer is not None else None
            renaming = live is not None and desired.present and name is not None and name != live.name
            self._choose(tenant, live, self._named(str(name)) if renaming else [])
            return
        named = self._named(str(name))
        if not named:
            named = self._named(str(name), whole=True)
        self._choose(tenant, None, named)

    def _named(self, name: str, *, whole: bool = False) -> list[Live]:
        """All instances of exactly this name."""
        return self.platform.instances(
            lambda answer: live_from(answer) if name_of(answer) == name else None, search=None if whole else name
        )

    def _choose(self, tenant: Tenant, by_id: Live | None, named: list[Live]) -> None:
        """Which live instance is meant. Raises Refused where that cannot be said."""
        desired = tenant.desired
        if desired.id is None:
            if len(named) > 1 and desired.on_duplicate == "fail":
                raise Refused(
                    f"{desired.label} stands for {len(named)} instances: {listed(named)}; set id to the one that is "
                    "meant, or on_duplicate to oldest, and delete the others by id."
                )
            tenant.live = min(named, key=lambda live: live.age) if named else None
            return
        if by_id is None:
            if desired.present:
                raise Refused(
                    f"There is no instance of id {desired.id} that these secrets can see: correct the id, "
                    "or leave it out to create the instance by name."
                )
            return
        if by_id.element and by_id.element != self.element:
            raise Refused(
                f"Instance {desired.id} belongs to the element {shown(by_id.element)}, not to {self.element}: "
                "correct the id, or set element."
            )
        if desired.name is not None and desired.name != by_id.name:
            if not desired.present:
                raise Refused(
                    f"Instance {desired.id} is called {shown(by_id.name)}, not {desired.label}, so it is not deleted: "
                    "correct the id or the name."
                )
            others = [live for live in named if live.id != by_id.id]
            if others:
                raise Refused(
                    f"Instance {desired.id} cannot be called {desired.label}, since that name is in use: "
                    f"{listed(others)}; choose another name, or delete that instance first."
                )
        tenant.live = by_id

    def _is_incomplete(self, tenant: Tenant) -> bool:
        """Whether the list left out something that the plan needs."""
        live = tenant.live
        if live is None or not tenant.desired.present:
            return False
        return live.configuration is None or live.token is None or self._is_undecided(tenant.desired, live)

    def _is_undecided(self, desired: Desired, live: Live) -> bool:
        """Whether only an element call can tell if the API key has to be written."""
        undecided = desired.api_key is not None and desired.update_secrets == "on_change"
        return desired.verify and live.enabled and undecided and not readable((live.configuration or {}).get(API_KEY))

    def _complete(self, tenant: Tenant) -> None:
        """Asks for what the list left out and the plan needs."""
        live = tenant.live
        if live is None:
            return
        if live.configuration is None or live.token is None:
            answer = tenant.platform.get(live.id)
            if answer is None:
                raise FreshdeskError(f"Instance {live.id} was deleted by somebody else just now: run again.")
            live = live_from(answer)
            if live.configuration is None:
                raise FreshdeskError(
                    f"The platform does not show the configuration of instance {live.id}, so it cannot be compared: "
                    "look at the instance on the platform."
                )
            tenant.live = live
        if self._is_undecided(tenant.desired, live):
            tenant.health = self._health(tenant, live)

    def _health(self, tenant: Tenant, live: Live) -> Health:
        if live.token is None:
            raise FreshdeskError(
                f"The platform shows no usable token of instance {live.id}, so it cannot be verified: "
                "look at the instance on the platform, or set verify to false."
            )
        return tenant.platform.health(live.id, live.token)

    # --- the plan -------------------------------------------------------------------------------------------------

    def _make_plan(self, tenant: Tenant) -> None:
        refused = tenant.health is not None and tenant.health.reason == "key"
        tenant.plan = plan(tenant.desired, tenant.live, self.element, key_refused=refused)
        tenant.warnings += [warning for warning in tenant.plan.warnings if warning not in tenant.warnings]
        if tenant.first_plan is None:
            tenant.first_plan = tenant.plan

    def _hash(self) -> str:
        """Stands for all that would be done, without secrets: the same plan has the same hash."""
        steps = [
            [
                tenant.desired.name,
                tenant.live.id if tenant.live is not None else None,
                tenant.plan.action if tenant.plan is not None else "failed",
                tenant.plan.before if tenant.plan is not None else None,
                tenant.plan.after if tenant.plan is not None else None,
            ]
            for tenant in self.tenants
            if tenant.plan is None or tenant.plan.changed
        ]
        steps += [["prune", live.id] for live in sorted(self.strays, key=lambda live: live.id)]
        text = json.dumps([self.transport.connection.base_url, self.element, steps], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _check_orders(self) -> None:
        """Raises Refused where the plan is not one that may be carried out; nothing is written then."""
        orders = self.orders
        expected = orders.expected_plan_id
        if expected is not None and expected != self.plan_id:
            raise Refused(
                f"What would be done now is not what was approved: the plan is {self.plan_id}, and expected_plan_id is "
                f"{shown(expected)}; nothing was written; make a dry run, and approve what it shows."
            )
        deletions = sum(1 for tenant in self.tenants if tenant.plan is not None and tenant.plan.delete)
        if orders.max_deletes is not None and deletions + len(self.strays) > orders.max_deletes:
            raise Refused(
                f"{deletions + len(self.strays)} of the instances would be deleted ({deletions} set to absent, "
                f"{len(self.strays)} by prune_tags), and max_deletes is {orders.max_deletes}: nothing was written; "
                "look at a dry run, and raise max_deletes if it is meant."
            )
        if not self.strays:
            return
        owners = {live.user_id for live in self.strays}
        if len(owners) > 1:
            raise Refused(
                f"prune_tags would delete instances of {len(owners)} different users, so nothing was written: "
                "use the secrets of a user who sees only the instances that are meant, or delete by id."
            )
        new = {
            tenant.desired.subdomain: tenant
            for tenant in self.tenants
            if tenant.plan is not None and tenant.plan.create is not None
        }
        for live in self.strays if new else []:
            known = live.configuration
            if known is None:
                known = live_from(self.platform.get(live.id) or {"id": live.id}).configuration or {}
            subdomain = known.get(SUBDOMAIN)
            if isinstance(subdomain, str) and subdomain in new:
                raise Refused(
                    f"{new[subdomain].desired.label} would be created and {shown(live.name)} (id {live.id}) of the same "
                    f"subdomain pruned, which looks like a rename, so nothing was written: set id: {live.id} with the new name."
                )

    # --- a dry run ------------------------------------------------------------------------------------------------

    def _foretell_all(self) -> None:
        """Stops where a run would: what that would not try is foretold so."""
        stop = self.orders.stop_on_error
        failed = any(tenant.error is not None for tenant in self.tenants)
        for tenant in self.tenants:
            if stop and failed and self._has_work(tenant):
                tenant.error = _not_tried(tenant)
                continue
            self._guarded(tenant, self._foretell)
            if stop and self._is_to_be_tried(tenant):
                self._guarded(tenant, self._try_out)
            failed = failed or tenant.error is not None
        if not stop:
            self._each([tenant for tenant in self.tenants if self._is_to_be_tried(tenant)], self._try_out)

    def _foretell(self, tenant: Tenant) -> None:
        """What a run would do."""
        current, tenant.live = tenant.live, tenant.planned.outcome
        if tenant.planned.changed:
            tenant.done.append("foretold")
        if tenant.planned.action == "deleted" and current is not None:
            tenant.deleted_id = current.id

    def _is_to_be_tried(self, tenant: Tenant) -> bool:
        """Whether a dry run can see now what a run would see after its writes: an instance that works or not."""
        if tenant.error is not None or tenant.planned.live is None or tenant.planned.touches_credentials:
            return False
        desired = tenant.desired
        return desired.verify and desired.present and tenant.planned.live.enabled and desired.enabled is not False

    def _try_out(self, tenant: Tenant) -> None:
        if tenant.planned.live is None:
            return
        health = tenant.health or self._health(tenant, tenant.planned.live)
        if not health.ok:
            raise _unhealthy(tenant, health, "mend the account, or the option, and run again")

    # --- a run ----------------------------------------------------------------------------------------------------

    def _has_work(self, tenant: Tenant) -> bool:
        """Whether there is anything to be sent for it."""
        if tenant.plan is None:
            return False
        return tenant.plan.changed or (tenant.desired.verify and tenant.live is not None and tenant.live.enabled)

    def _carry_out(self, tenants: Iterable[Tenant]) -> None:
        """Applies all plans. A tenant whose create was not answered holds no worker: it is parked and looked for in rounds."""
        waiting = deque(tenants)
        parked: list[Parked] = []
        running = 0
        failed = any(tenant.error is not None for tenant in self.tenants)
        with Workers[Tenant](min(self.orders.concurrency, len(waiting) or 1), self.idle) as workers:
            while waiting or running or parked:
                if failed and self.orders.stop_on_error:
                    for tenant in waiting:
                        # One that was recovered is there already, and is finished.
                        if not tenant.recovered:
                            tenant.error = _not_tried(tenant)
                            self.progress(tenant)
                    waiting = deque(tenant for tenant in waiting if tenant.recovered)
                while waiting and running < workers.count:
                    workers.start(self._one, waiting.popleft())
                    running += 1
                due = min((one.next_look for one in parked), default=None)
                if due is not None and due <= self.clock.now():
                    ready = self._settle(parked)
                    waiting.extend(ready)
                    for one in [one for one in parked if one.settled]:
                        parked.remove(one)
                        if one.tenant.error is not None:
                            failed = True
                            self.progress(one.tenant)
                    continue
                if not running:
                    if due is not None:
                        self.clock.sleep(max(0.0, due - self.clock.now()))
                    continue
                finished = workers.finished(None if due is None else due - self.clock.now())
                if finished is None:
                    continue
                running -= 1
                failed = failed or finished.error is not None
                if finished.parked is not None and not finished.parked.settled:
                    parked.append(finished.parked)
                else:
                    self.progress(finished)

    def _one(self, tenant: Tenant) -> None:
        """One tenant's writes; its error stays with it."""
        if tenant.recovered:
            self._guarded(tenant, self._complete)
            self._guarded(tenant, self._make_plan)
        self._guarded(tenant, self._write)

    def _write(self, tenant: Tenant) -> None:
        current, creating = tenant.live, tenant.planned.create is not None
        wrote, budget = len(tenant.done), tenant.channel.budget
        began, left = self.clock.now(), budget.left

        def reached(live: Live | None) -> None:
            tenant.live = live
            if creating and live is not None:
                tenant.own_id = live.id

        try:
            apply(tenant.platform, tenant.planned, tenant.done, reached)
        except AnswerLost as lost:
            if not creating or len(tenant.done) > wrote:
                raise
            if tenant.parked is not None:
                # A create that is sent again is a retry; what it spent in the channel is spent already.
                budget.spend(max(0.0, self.clock.now() - began - (left - budget.left)))
            now = self.clock.now()
            tenant.parked = Parked(tenant, lost, at=now, deadline=now + budget.left, next_look=now + FIRST_LOOK)
            return
        if tenant.planned.delete and current is not None:
            tenant.deleted_id = current.id
        self._verify(tenant, wrote=len(tenant.done) > wrote)

    def _verify(self, tenant: Tenant, *, wrote: bool) -> None:
        """Proves that the instance works, where that is asked for and it is not disabled."""
        live = tenant.live
        if not tenant.desired.verify or live is None or not live.enabled:
            return
        health = tenant.health if tenant.health is not None and not wrote else self._health(tenant, live)
        if health.ok:
            return
        try:
            tenant.live, remedy = settle_refusal(
                tenant.platform, tenant.desired, live, health, live.id == tenant.own_id
            )
        except FreshdeskError as error:
            remedy = f"on_verify_failure could not be carried out: {error.clause}"
        if tenant.live is None:
            tenant.own_id, tenant.deleted_id = None, live.id
        raise _unhealthy(tenant, health, remedy)

    def _settle(self, parked: Sequence[Parked]) -> list[Tenant]:
        """One round over all tenants whose create was not answered. Answers those that can go on.

        Absence is proven by a whole list that was begun at least C(timeout) after the answer was lost: until then the
        platform may still be working on it.
        """
        proof = float(self.transport.connection.timeout)
        begun = self.clock.now()
        proving = any(begun >= one.at + proof for one in parked)
        single = parked[0].tenant if len(parked) == 1 else None
        platform = single.platform if single is not None else self.platform
        longest = max(one.spend(begun) for one in parked)
        # A round spends the time of those it is for, and none of what the other lists may take.
        of_the_fleet = self.channel.budget.left
        if single is None:
            self.channel.budget.left = longest
        names = {one.tenant.desired.name for one in parked}
        name = single.desired.name if single is not None else None
        try:
            found = platform.instances(
                lambda answer: live_from(answer) if name_of(answer) in names else None,
                search=None if proving else name,
            )
        except FreshdeskError as error:
            for one in parked:
                if one.spend(self.clock.now()) <= 0 or error.status in (401, 403):
                    self._give_up(one, error)
                else:
                    self._look_later(one, max(FIRST_LOOK, one.pause * 2))
            return []
        finally:
            if single is None:
                self.channel.budget.left = of_the_fleet
        ready = []
        for one in parked:
            tenant = one.tenant
            left = one.spend(self.clock.now())
            named = [live for live in found if live.name == tenant.desired.name]
            proven = begun >= one.at + proof
            one.settled = bool(named) or proven
            if len(named) == 1:
                tenant.live, tenant.recovered = named[0], True
                tenant.done.append(f"recovered as id {named[0].id}")
                ready.append(tenant)
            elif named:
                tenant.error = _ambiguous(tenant, named)
            elif proven and left >= 2 * proof:
                # Enough for another create that is not answered, and for the proof of what became of it.
                ready.append(tenant)
            elif proven:
                tenant.error = FreshdeskError(
                    f"{tenant.desired.label} was not created: {_why(one.lost)}; the platform's list proves that it is not "
                    "there, and retry_timeout leaves no time to try again: run again, or raise retry_timeout.",
                    attempts=one.lost.attempts,
                )
            elif left <= 0:
                self._give_up(one, None)
            else:
                self._look_later(one, min(one.pause * 2, max(0.0, one.at + proof - self.clock.now())))
        return ready

    def _look_later(self, parked: Parked, pause: float) -> None:
        parked.pause = min(pause, parked.tenant.channel.budget.left)
        parked.next_look = self.clock.now() + parked.pause

    def _give_up(self, parked: Parked, error: FreshdeskError | None) -> None:
        """The outcome is unknown: says so, and what to do."""
        parked.settled = True
        looked = f" and it could not be looked up ({error.clause})" if error is not None else ""
        parked.tenant.error = FreshdeskError(
            f"{parked.tenant.desired.label}: the outcome of its creation is unknown: {_why(parked.lost)}{looked}, and "
            "retry_timeout leaves no time to prove that it is absent: run again, which adopts the instance if it is there.",
            state="unknown",
            status=parked.lost.status,
            request_id=parked.lost.request_id,
            attempts=parked.lost.attempts,
        )

    # --- afterwards -----------------------------------------------------------------------------------------------

    def _look_once_more(self) -> None:
        """Whether another run created one of our names meanwhile: the oldest stays, and what is ours and younger goes."""
        made = [
            (tenant, tenant.live)
            for tenant in self.tenants
            if tenant.live is not None and (tenant.own_id is not None or tenant.recovered)
        ]
        if not made:
            return
        try:
            if self.narrow:
                found = self._named(made[0][1].name)
            else:
                names = {live.name for _tenant, live in made}
                found = self.platform.instances(lambda a: live_from(a) if name_of(a) in names else None)
        except FreshdeskError as error:
            for tenant, _live in made:
                tenant.warnings.append(
                    f"whether another run created the same name meanwhile could not be looked up: {error.message}"
                )
            return
        by_name = _by_name(found)
        adopting = []
        for tenant, ours in made:
            named = by_name.get(ours.name, [])
            if ours.id not in {live.id for live in named}:
                named = [*named, ours]
            oldest = min(named, key=lambda live: live.age)
            if len(named) == 1:
                continue
            if tenant.own_id is None:
                tenant.error = _ambiguous(tenant, named)
            elif oldest.id == tenant.own_id:
                others = [live for live in named if live.id != tenant.own_id]
                tenant.warnings.append(
                    f"another run created the same name meanwhile: {listed(others)}; ours is the oldest and stays, and "
                    "that run deletes its own; if it does not, delete it by id."
                )
            else:
                tenant.live = oldest
                adopting.append(tenant)
        self._each(adopting, self._adopt)

    def _adopt(self, tenant: Tenant) -> None:
        """Deletes our own, younger instance, and makes the oldest of the name what is desired."""
        own, tenant.own_id = tenant.own_id, None
        if own is None:
            return
        tenant.platform.delete(own)
        tenant.done.append(f"deleted our own duplicate, id {own}")
        tenant.recovered, tenant.error, tenant.health = True, None, None
        self._complete(tenant)
        self._make_plan(tenant)
        self._write(tenant)

    def _prune(self) -> None:
        """Last of all, and only if nothing failed."""
        if not self.strays or any(tenant.error is not None for tenant in self.tenants):
            return
        if self.orders.check_mode:
            self.pruned = self.strays
            return
        for live in self.strays:
            try:
                self.platform.delete(live.id)
            except FreshdeskError as error:
                self.prune_error = error
                return
            self.pruned.append(live)

    # --- how it is done -------------------------------------------------------------------------------------------

    def _each(self, tenants: Sequence[Tenant], step: Callable[[Tenant], None]) -> None:
        """One step for many tenants side by side, each with its own error."""
        each(tenants, lambda tenant: self._guarded(tenant, step), self.orders.concurrency)

    def _guarded(self, tenant: Tenant, step: Callable[..., None], *args: Any) -> None:
        """Runs the step unless the tenant has failed already, and keeps its error with the tenant."""
        if tenant.error is not None:
            return
        try:
            step(tenant, *args)
        except FreshdeskError as error:
            tenant.error = self._half_way(tenant, error)
        except Exception as error:  # a bug in one tenant's handling must not lose the outcomes of the others
            tenant.error = bug(error)

    def _half_way(self, tenant: Tenant, error: FreshdeskError) -> FreshdeskError:
        """The error, saying what was done before it."""
        if tenant.done and not self.orders.check_mode and not isinstance(error, Unhealthy):
            error.message = f"{error.clause}; done before that: {', '.join(tenant.done)}."
            error.state = "partial" if error.state == "failed" else error.state
        return error


def _by_name(found: Iterable[Live]) -> dict[str, list[Live]]:
    """The instances of each name, which need not be unique (confirmed)."""
    by_name: dict[str, list[Live]] = {}
    for live in found:
        by_name.setdefault(live.name, []).append(live)
    return by_name


def _unhealthy(tenant: Tenant, health: Health, remedy: str) -> Unhealthy:
    done = tenant.done != ["foretold"] and ", ".join(tenant.done)
    return Unhealthy(
        f"{tenant.desired.label}: {health.sentence}: {remedy}{f'; done before that: {done}' if done else ''}.",
        state="partial" if done and tenant.live is not None else "failed",
        status=health.status,
        request_id=health.request_id,
        attempts=health.attempts,
    )


def _ambiguous(tenant: Tenant, named: Sequence[Live]) -> FreshdeskError:
    return FreshdeskError(
        f"{tenant.desired.label}: the answer to its creation was lost and the name stands for {len(named)} "
        f"instances now: {listed(named)}; nothing was deleted; delete by id what is not wanted, then run again.",
        state="partial",
    )


def _not_tried(tenant: Tenant) -> FreshdeskError:
    return FreshdeskError(
        f"{tenant.desired.label} was not tried, since another tenant failed and on_error is stop: run again.",
        state="not_tried",
    )


def _why(lost: AnswerLost) -> str:
    return f"{lost.message}{describe(lost)}"
