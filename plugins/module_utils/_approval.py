# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan ids, approval and deletion limits: a plan that is not allowed is refused before any write. Private to this collection."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from functools import cache
from typing import Any

from ._errors import Refused
from ._fields import SUBDOMAIN
from ._job import AnyJob
from ._lookup import completed
from ._model import Live
from ._options import Connection, RunOptions
from ._redact import printable
from ._transport import Channel

MAX_NAMED_DELETIONS = 20


def plan_id(
    connection: Connection, options: RunOptions, tenants: Sequence[AnyJob], prune_candidates: Sequence[Live]
) -> str:
    """Identifies everything that the run would or might do: the same input and live state give the same plan id.

    It covers everything that is written, secrets included. It is keyed with the platform's secrets, so that readers of the
    plan id cannot guess values. A tenant counts if something would be written for it, or if its check could stop the
    writes of others.
    """
    approved = {
        "platform": [connection.base_url, connection.element],
        "policies": [options.max_deletes, sorted(options.prune_tags), options.stop_on_error],
        "steps": [step(tenant) for tenant in tenants if counts(tenant)],
        "pruned": sorted(live.id for live in prune_candidates),
    }
    parts = [[tenant.desired.label, step(part)] for tenant in tenants for part in tenant.parts if counts(part)]
    if parts:
        approved["parts"] = parts
    return keyed_hash(connection, approved)


def counts(tenant: AnyJob) -> bool:
    """Whether something would be written for the tenant, or its failure could stop the writes of others."""
    return tenant.plan is None or tenant.error is not None or tenant.has_work


def step(tenant: AnyJob) -> list[Any]:
    """Everything that would be written for a tenant, secrets included."""
    return [
        _given(tenant.desired),
        tenant.live.id if tenant.live is not None else None,
        tenant.plan.writes if tenant.plan is not None and tenant.error is None else "failed",
    ]


def keyed_hash(connection: Connection, data: Any) -> str:
    """A hash of data that may contain secrets, keyed so that values cannot be guessed without the platform's secrets."""
    # Twice: the first makes keys strings as in the request, so that they can be sorted as such.
    text = json.dumps(json.loads(json.dumps(data, default=asdict)), sort_keys=True)
    key = f"{connection.user_secret},{connection.organization_secret}".encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


@cache
def _compared(table: Any) -> list[tuple[str, Any]]:
    return [(option.name, option.default) for option in fields(table) if option.compare]


def _given(desired: Any) -> dict[str, Any]:
    """The options that are set, by name, so that adding an option to the collection does not change existing plan ids."""
    table: Any = type(desired)
    compared = _compared(table)
    return {name: value for name, default in compared if (value := getattr(desired, name)) != default}


def check_approval(options: RunOptions, current: str) -> None:
    """Raises Refused if the approved plan differs from the current one."""
    expected = options.expected_plan_id
    if expected is not None and expected != current:
        raise Refused(
            f"The plan has changed since it was approved: it is now {current}, and expected_plan_id is "
            f"{printable(expected)}; nothing was written; make a dry run, and approve what it shows."
        )


def check_deletions(options: RunOptions, tenants: Sequence[AnyJob], prune_candidates: Sequence[Live]) -> None:
    """Raises Refused if more would be deleted than C(max_deletes) allows."""
    absent = [
        tenant.live for tenant in tenants if tenant.plan is not None and tenant.plan.delete and tenant.live is not None
    ]
    deleted = [*absent, *prune_candidates]
    if options.max_deletes is not None and len(deleted) > options.max_deletes:
        raise Refused(
            f"max_deletes is {options.max_deletes}, but {len(deleted)} would be deleted ({len(absent)} set to absent, "
            f"{len(prune_candidates)} by prune_tags): {_names(deleted)}. Nothing was written: raise max_deletes if this is "
            "intended."
        )


def _names(lives: Sequence[Live]) -> str:
    more = f" and {len(lives) - MAX_NAMED_DELETIONS} more" if len(lives) > MAX_NAMED_DELETIONS else ""
    return ", ".join(f"{printable(live.name)} (id {live.id})" for live in lives[:MAX_NAMED_DELETIONS]) + more


def check_prune(
    tenants: Sequence[AnyJob], prune_candidates: Sequence[Live], channels: Callable[[], Channel], concurrency: int
) -> None:
    """Raises Refused if instances of several users would be pruned, or instances that seem to have been renamed."""
    if not prune_candidates:
        return
    owners = {live.user_id for live in prune_candidates}
    if len(owners) > 1:
        raise Refused(
            f"prune_tags would delete instances of {len(owners)} different users, so nothing was written: "
            "use the secrets of a user who sees only the intended instances, or delete by id."
        )
    new = {
        tenant.desired.subdomain: tenant
        for tenant in tenants
        if tenant.plan is not None and tenant.plan.create is not None
    }
    if not new:
        return
    for live in completed(prune_candidates, channels, concurrency):
        subdomain = (live.configuration or {}).get(SUBDOMAIN)
        if isinstance(subdomain, str) and subdomain in new:
            raise Refused(
                f"{new[subdomain].desired.label} would be created and {printable(live.name)} (id {live.id}) of the same "
                f"subdomain pruned, which looks like a rename, so nothing was written: set id: {live.id} with the new name."
            )
