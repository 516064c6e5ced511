# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates whose answer was lost, and names that another run created meanwhile. Private to this collection.

No create is repeated unless a whole list proved that it came to nothing; and of two of a name the oldest stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from ._errors import AnswerLost, FreshdeskError
from ._lookup import grouped_by_name
from ._model import Live, listed
from ._platform import Platform
from ._tenant import FIRST_LOOK, PendingCreate, Tenant
from ._transport import describe


def settle(platform: Platform, pending: Sequence[PendingCreate]) -> list[Tenant]:
    """One round over all tenants whose create was not answered. Answers those that can go on.

    Absence is proven by a whole list that was begun at least C(timeout) after the answer was lost: until then the
    platform may still be working on it.
    """
    proof = float(platform.channel.transport.connection.timeout)
    begun = platform.channel.clock.now()
    proving = any(begun >= one.at + proof for one in pending)
    single = pending[0].tenant if len(pending) == 1 else None
    lists = single.platform if single is not None else platform
    longest = max(one.spend(begun) for one in pending)
    # A round spends the time of those it is for, and none of what the other lists may take.
    of_the_fleet = platform.channel.budget.left
    if single is None:
        platform.channel.budget.left = longest
    names = {one.tenant.desired.name or "" for one in pending}
    narrow = single.desired.name or "" if single is not None else platform.element
    try:
        found = lists.instances(names) if proving else lists.search(narrow, names)
    except FreshdeskError as error:
        for one in pending:
            if one.spend(platform.channel.clock.now()) <= 0 or error.status in (401, 403):
                _give_up(one, error)
            else:
                _look_later(one, max(FIRST_LOOK, one.pause * 2))
        return []
    finally:
        if single is None:
            platform.channel.budget.left = of_the_fleet
    ready = []
    for one in pending:
        tenant = one.tenant
        left = one.spend(platform.channel.clock.now())
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
            _give_up(one, None)
        else:
            _look_later(one, min(one.pause * 2, max(0.0, one.at + proof - platform.channel.clock.now())))
    return ready


def _look_later(one: PendingCreate, pause: float) -> None:
    one.pause = min(pause, one.tenant.channel.budget.left)
    one.next_look = one.tenant.channel.clock.now() + one.pause


def _give_up(one: PendingCreate, error: FreshdeskError | None) -> None:
    """The outcome is unknown: says so, and what to do."""
    one.settled = True
    looked = f" and it could not be looked up ({error.clause})" if error is not None else ""
    one.tenant.error = FreshdeskError(
        f"{one.tenant.desired.label}: the outcome of its creation is unknown: {_why(one.lost)}{looked}, and "
        "retry_timeout leaves no time to prove that it is absent: run again, which adopts the instance if it is there.",
        state="unknown",
        status=one.lost.status,
        request_id=one.lost.request_id,
        attempts=one.lost.attempts,
    )


def look_for_others(platform: Platform, tenants: Sequence[Tenant]) -> list[tuple[Tenant, Live]]:
    """Whether another run created one of our names meanwhile: the oldest stays.

    Answers the tenants whose own instance is younger, with the one that they are to adopt.
    """
    made = [
        (tenant, tenant.live)
        for tenant in tenants
        if tenant.live is not None and (tenant.own_id is not None or tenant.recovered)
    ]
    if not made:
        return []
    names = {live.name for _tenant, live in made}
    try:
        found = platform.search(made[0][1].name if len(made) == 1 else platform.element, names)
        if not {live.id for _tenant, live in made} <= {live.id for live in found}:
            # A search that does not show what is there would not show what another run made either.
            found = platform.instances(names)
    except FreshdeskError as error:
        for tenant, _live in made:
            tenant.warnings.append(
                f"whether another run created the same name meanwhile could not be looked up: {error.message}"
            )
        return []
    named_alike = grouped_by_name(found)
    adopting = []
    for tenant, ours in made:
        named = named_alike.get(ours.name, [])
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
            adopting.append((tenant, oldest))
    return adopting


def _ambiguous(tenant: Tenant, named: Sequence[Live]) -> FreshdeskError:
    return FreshdeskError(
        f"{tenant.desired.label}: the answer to its creation was lost and the name stands for {len(named)} "
        f"instances now: {listed(named)}; nothing was deleted; delete by id what is not wanted, then run again.",
        state="partial",
    )


def _why(lost: AnswerLost) -> str:
    return f"{lost.message}{describe(lost)}"
