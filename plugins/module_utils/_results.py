# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What results say of one tenant and of a fleet. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ._errors import FreshdeskError
from ._fleet import Fleet
from ._model import shown, shown_instance
from ._tenant import Tenant


def failure(error: FreshdeskError) -> dict[str, Any]:
    """The result of a task that failed as a whole."""
    return {"failed": True, "changed": False, "msg": error.message, "error": error.as_dict()}


def outcome(tenant: Tenant) -> dict[str, Any]:
    """What a result says of one tenant, always with the same keys; the token stands apart."""
    first = tenant.first_plan
    live = tenant.live
    return {
        "name": live.name if live is not None else tenant.desired.name,
        "changed": tenant.changed,
        "action": tenant.action,
        "id": live.id if live is not None else tenant.deleted_id,
        "instance": shown_instance(live, tenant.desired.configuration) if live is not None else None,
        "pending": tenant.pending,
        "secrets": tenant.plan.secrets if tenant.plan is not None else "compared",
        "http": {
            "requests": tenant.channel.requests,
            "retries": tenant.channel.retries,
            "seconds": round(tenant.channel.seconds, 3),
        },
        "diff": {
            "before": first.before if first is not None else {},
            "after": first.after if first is not None else {},
            "before_header": tenant.desired.label,
            "after_header": tenant.desired.label,
        },
    }


def warnings_of(tenants: Iterable[Tenant]) -> list[str]:
    """The warnings of all tenants, one sentence for all that it holds for."""
    labels: dict[str, list[str]] = {}
    for tenant in tenants:
        for warning in tenant.warnings:
            labels.setdefault(warning, []).append(tenant.desired.label)
    return [
        f"{', '.join(named[:5])}{f' and {len(named) - 5} more' if len(named) > 5 else ''}: {warning}"
        for warning, named in labels.items()
    ]


def fleet_result(fleet: Fleet) -> dict[str, Any]:
    """What a result says of the whole fleet; with C(failed) and C(msg) where a tenant failed."""
    outcomes = []
    for tenant in fleet.tenants:
        one = outcome(tenant)
        if tenant.error is not None:
            one["error"] = tenant.error.as_dict()
        outcomes.append(one)
    there = [tenant.live for tenant in fleet.tenants if tenant.live is not None]
    pruned = [{"id": live.id, "name": live.name} for live in fleet.pruned]
    result: dict[str, Any] = {
        "changed": bool(pruned) or any(one["changed"] for one in outcomes),
        "outcomes": outcomes,
        "ids": {live.name: live.id for live in there},
        "tokens": {live.name: live.token for live in there if live.token is not None},
        "pruned": pruned,
        "summary": summary(fleet.tenants),
        "plan_id": fleet.plan_id,
        "base_url": fleet.transport.connection.base_url,
        "http": fleet.cost(),
        "diff": [one["diff"] for one in outcomes if one["changed"]]
        + [
            {
                "before": {"state": "present", "name": live.name},
                "after": {"state": "absent", "name": live.name},
                "before_header": shown(live.name),
                "after_header": shown(live.name),
            }
            for live in fleet.pruned
        ],
    }
    failures = [_labelled(tenant) for tenant in fleet.tenants if tenant.error is not None]
    if failures:
        result.update(failed=True, msg=f"{len(failures)} of {len(outcomes)} tenants failed. {' '.join(failures)}")
    elif fleet.prune_error is not None:
        result.update(
            failed=True, msg=f"Pruning ended early, after {len(pruned)} deletions. {fleet.prune_error.message}"
        )
    return result


def summary(tenants: Iterable[Tenant]) -> dict[str, int]:
    """How many tenants saw which action."""
    return dict(sorted(Counter(tenant.action for tenant in tenants).items()))


def _labelled(tenant: Tenant) -> str:
    """A tenant's error, naming the tenant first."""
    message = tenant.error.message if tenant.error is not None else ""
    label = tenant.desired.label
    return message if message.startswith(label) else f"{label}: {message}"
