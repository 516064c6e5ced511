# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles creates whose answer was lost, and names that another run created at the same time. Private to this collection.

A create is repeated only if a whole list proved that it failed; of two instances of a name, the oldest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ._api import Endpoints
from ._errors import AnswerLost, FreshdeskError
from ._job import FIRST_LOOK, AnyJob, PendingCreate
from ._lookup import grouped_by_name
from ._resource import Resource, described
from ._transport import describe


def settle(platform: Endpoints[Any], pending: Sequence[PendingCreate]) -> list[AnyJob]:
    """One round over all tenants whose create was not answered. Returns those that can go on.

    Absence is proven by a whole list that was started at least C(timeout) after the answer was lost: until then the
    platform may still be working on it.
    """
    timeout = float(platform.channel.transport.connection.timeout)
    begun = platform.channel.clock.now()
    try:
        found = _look(platform, pending, begun, whole=any(begun >= one.at + timeout for one in pending))
    except FreshdeskError as error:
        for one in pending:
            if one.spend(platform.channel.clock.now()) <= 0 or error.status in (401, 403):
                _give_up(one, error)
            else:
                _look_later(one, max(FIRST_LOOK, one.pause * 2))
        return []
    named = grouped_by_name(found)
    return [
        one.tenant for one in pending if _settle_one(one, named.get(one.name, []), proven=begun >= one.at + timeout)
    ]


def _look(platform: Endpoints[Any], pending: Sequence[PendingCreate], begun: float, *, whole: bool) -> list[Resource]:
    """The live instances of the names, from the whole list or a search. A lookup for one tenant counts against its budget.

    A round for several counts against the budgets of those tenants, and not against that of the other lists.
    """
    names = {one.name for one in pending}
    longest = max(one.spend(begun) for one in pending)
    if len(pending) == 1:
        own: Endpoints[Any] = pending[0].tenant.platform
        return own.instances(names) if whole else own.search(pending[0].name, names)
    budget = platform.channel.budget
    kept, budget.left = budget.left, longest
    try:
        return platform.instances(names) if whole else platform.search(None, names)
    finally:
        budget.left = kept


def _settle_one(one: PendingCreate, named: Sequence[Resource], *, proven: bool) -> bool:
    """Whether its tenant can continue: with the instance that was found, or with another create.

    C(proven): the list proves the absence of missing instances.
    """
    tenant, timeout = one.tenant, float(one.tenant.channel.transport.connection.timeout)
    now = tenant.channel.clock.now()
    left = one.spend(now)
    one.settled = bool(named) or proven
    if len(named) == 1:
        tenant.live, tenant.recovered = named[0], True
        tenant.done.append(f"recovered as id {named[0].id}")
        return True
    if named:
        tenant.error = _ambiguous(tenant, named)
    elif proven and left >= 2 * timeout:
        # Enough time for another create without an answer, and for proving its absence.
        return True
    elif proven:
        tenant.error = FreshdeskError(
            f"{tenant.desired.label} was not created: {_why(one.lost)}; the platform's list proves that it is not "
            "there, and retry_timeout leaves no time to try again: run again, or raise retry_timeout.",
            attempts=one.lost.attempts,
        )
    elif left <= 0:
        _give_up(one, None)
    else:
        _look_later(one, min(one.pause * 2, max(0.0, one.at + timeout - now)))
    return False


def _look_later(one: PendingCreate, pause: float) -> None:
    one.pause = min(pause, one.tenant.channel.budget.left)
    one.next_look = one.tenant.channel.clock.now() + one.pause


def _give_up(one: PendingCreate, error: FreshdeskError | None) -> None:
    """Fails the tenant with an unknown outcome and a remedy."""
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


def adopt_what_others_created(
    platform: Endpoints[Any],
    tenants: Sequence[AnyJob],
    each: Callable[[Sequence[AnyJob], Callable[[AnyJob], None]], None],
) -> None:
    """Adopts the oldest instance of each name that another run created at the same time, in place of the run's own.

    C(each) runs a step for many tenants in parallel, and stores an error with its tenant.
    """
    oldest = dict(look_for_others(platform, tenants))
    each(list(oldest), lambda tenant: tenant.adopt(oldest[tenant]))


def look_for_others(platform: Endpoints[Any], tenants: Sequence[AnyJob]) -> list[tuple[AnyJob, Resource]]:
    """Checks whether another run created one of the names at the same time: the oldest is kept.

    Returns the tenants whose own instance is younger, with the one to adopt.
    """
    made = [
        (tenant, tenant.live)
        for tenant in tenants
        if tenant.live is not None and (tenant.own_id is not None or tenant.recovered)
    ]
    if not made:
        return []
    try:
        named = grouped_by_name(_look_again(platform, [live for _tenant, live in made]))
    except FreshdeskError as error:
        for tenant, _live in made:
            tenant.warnings.append(
                f"whether another run created the same name meanwhile could not be looked up: {error.message}"
            )
        return []
    oldest = [(tenant, _oldest(tenant, ours, named.get(ours.name, []))) for tenant, ours in made]
    return [(tenant, live) for tenant, live in oldest if live is not None]


def _look_again(platform: Endpoints[Any], ours: Sequence[Resource]) -> list[Resource]:
    """All instances with these names."""
    names = {live.name for live in ours}
    found = platform.search(ours[0].name if len(ours) == 1 else None, names, hydrate=False)
    if {live.id for live in ours} <= {live.id for live in found}:
        return found
    # A search that does not show this run's instance would not show that of another run either.
    return platform.instances(names)


def _oldest(tenant: AnyJob, ours: Resource, named: Sequence[Resource]) -> Resource | None:
    """The instance that the tenant must adopt in place of its own; None if it keeps its own."""
    # For the run's own instance, the list takes precedence over the answer to the create.
    by_id = {live.id: live for live in (ours, *named)}
    first, *others = sorted(by_id.values(), key=lambda live: live.age)
    if not others:
        return None
    if tenant.own_id is None:
        tenant.error = _ambiguous(tenant, [first, *others])
    elif first.id == tenant.own_id:
        tenant.warnings.append(
            f"another run created the same name meanwhile: {described(others)}; the one of this run is the oldest and "
            "stays, and the other run deletes its own; if it does not, delete that one by id."
        )
    else:
        return first
    return None


def _ambiguous(tenant: AnyJob, named: Sequence[Resource]) -> FreshdeskError:
    return FreshdeskError(
        f"{tenant.desired.label} is the name of {len(named)} instances now, and the answer to the create of this run "
        f"was lost: {described(named)}; nothing was deleted; delete by id those you do not need, then run again.",
        state="partial",
    )


def _why(lost: AnswerLost) -> str:
    return f"{lost.message}{describe(lost)}"
