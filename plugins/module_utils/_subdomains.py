# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detects a second instance of one Freshdesk account before it is created, most likely after a rename. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from ._errors import FreshdeskError, Refused
from ._fields import Desired
from ._job import AnyJob
from ._lookup import completed
from ._model import Live
from ._redact import printable
from ._transport import Channel

LISTED = 3
"""How many instances a message lists."""


def accounts_to_look_for(entries: Iterable[Desired]) -> frozenset[str | None]:
    """The accounts that an instance may be created for, in lower case.

    With None if on_shared_subdomain is fail: then instances whose account a list omits are included.
    """
    new = [one for one in entries if one.present and one.id is None]
    accounts: set[str | None] = {one.subdomain.lower() for one in new if one.subdomain is not None}
    if any(one.on_shared_subdomain == "fail" for one in new):
        accounts.add(None)
    return frozenset(accounts)


def check_subdomains(
    tenants: Sequence[AnyJob], holders: Sequence[Live], channels: Callable[[], Channel], concurrency: int
) -> None:
    """Warns, or fails a tenant, if its instance would be created beside one of another name and the same account.

    C(holders): the live instances of these accounts, and those whose account the list omitted, which are read by id.
    """
    new = [tenant for tenant in tenants if _is_new(tenant)]
    if not new:
        return
    try:
        holders = completed(holders, channels, concurrency, lacks=lambda live: live.configuration is None)
    except FreshdeskError as error:
        for tenant in new:
            if tenant.desired.on_shared_subdomain == "fail":
                tenant.error = error
        return
    kept = {
        tenant.live.id: tenant.desired.subdomain.lower()
        for tenant in tenants
        if tenant.live is not None and tenant.desired.present and tenant.desired.subdomain is not None
    }
    by_account: dict[str | None, list[Live]] = {}
    for live in holders:
        by_account.setdefault(kept.get(live.id, live.account), []).append(live)
    for tenant in new:
        _check(tenant, by_account.get((tenant.desired.subdomain or "").lower(), []), kept)


def _is_new(tenant: AnyJob) -> bool:
    creates = tenant.error is None and tenant.plan is not None and tenant.plan.create is not None
    return creates and tenant.desired.on_shared_subdomain != "ignore"


def _check(tenant: AnyJob, holders: Sequence[Live], kept: Container[int]) -> None:
    desired = tenant.desired
    if desired.on_shared_subdomain == "warn":
        # Entries that share a subdomain, and names that look the same, get another warning.
        named = {live.id for live in tenant.alike}
        holders = [live for live in holders if live.id not in kept and live.id not in named]
    if not holders:
        return
    more = [f"{len(holders) - LISTED} more"] if len(holders) > LISTED else []
    there = " and ".join([*(f"{printable(live.name)} (id {live.id})" for live in holders[:LISTED]), *more])
    has = "has" if len(holders) == 1 else "have"
    remedy = (
        f"set id: {holders[0].id} to rename that one, or on_shared_subdomain to ignore if a second instance is meant"
    )
    if desired.on_shared_subdomain == "fail":
        tenant.error = Refused(
            f"{desired.label} was not created, since {there} {has} its subdomain ({desired.subdomain}) already, which looks like a "
            f"rename: {remedy}."
        )
    else:
        tenant.warnings.append(
            f"a new instance is created, and {there} {has} its subdomain ({desired.subdomain}) already, which looks like a rename: "
            f"{remedy}."
        )
