# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of one tenant and of a fleet. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ._approved import plan_of_dry_run
from ._engine import Engine
from ._errors import NOT_TRIED, FreshdeskError, not_tried_too
from ._job import AnyJob
from ._lookup import looking_alike
from ._model import Live
from ._redact import printable

ACTIONS = ("failed", "created", "recovered", "updated", "deleted", "unchanged")
"""Every action, in the order in which a reader wants to know of it."""


def failure(error: FreshdeskError) -> dict[str, Any]:
    """The result of a task that failed as a whole."""
    return {"failed": True, "changed": False, "msg": error.message, "error": error.as_dict()}


def outcome(tenant: AnyJob) -> dict[str, Any]:
    """The result of one tenant, always with the same keys; the token is added separately."""
    live = tenant.live
    return {
        "name": live.name if live is not None else tenant.desired.name,
        "changed": tenant.changed,
        "action": tenant.action,
        "id": live.id if live is not None else tenant.deleted_id,
        tenant.kind: tenant.result(live) if live is not None else None,
        "pending": tenant.pending,
        "secrets": tenant.plan.secrets if tenant.plan is not None else "compared",
        "http": tenant.channel.cost,
        "diff": _diff(tenant),
    }


def _with_parts(tenants: Iterable[AnyJob]) -> list[AnyJob]:
    """The tenants, each followed by its formula instances."""
    return [job for tenant in tenants for job in (tenant, *tenant.parts)]


def _outcome_of_entry(tenant: AnyJob) -> dict[str, Any]:
    formulas = [_outcome_with_error(part) for part in tenant.parts]
    return {**_outcome_with_error(tenant), "key": tenant.desired.key, "formulas": formulas}


def _outcome_with_error(job: AnyJob) -> dict[str, Any]:
    return outcome(job) if job.error is None else {**outcome(job), "error": job.error.as_dict()}


def _diff(job: AnyJob) -> dict[str, Any]:
    label = job.desired.label if job.owner is None else f"{job.owner.desired.label}: {job.desired.label}"
    return {
        "before": job.first_plan.before if job.first_plan is not None else {},
        "after": job.first_plan.after if job.first_plan is not None else {},
        "before_header": label,
        "after_header": label,
    }


def warnings_of(tenants: Iterable[AnyJob]) -> list[str]:
    """The warnings of all tenants, each warning once for all tenants that have it."""
    tenants = list(tenants)
    labels: dict[str, list[str]] = {}
    for job in _with_parts(tenants):
        for warning in job.warnings:
            labels.setdefault(warning, []).append(job.desired.label)
    return (
        [
            f"{', '.join(named[:5])}{f' and {len(named) - 5} more' if len(named) > 5 else ''}: {warning}"
            for warning, named in labels.items()
        ]
        + [
            f"{printable(name)} is the name of {len(ids)} instances: ids and tokens list these by id "
            f"({', '.join(map(str, ids))})."
            for name, ids in _shared_names(tenants).items()
        ]
        + [
            f"{' and '.join(printable(ascii(name)) for name in names)} look the same, and are the names of different entries: correct "
            "one of them if the same tenant is meant."
            for names in _names_alike(tenants)
        ]
    )


def _names_alike(tenants: Iterable[AnyJob]) -> list[list[str]]:
    """Warns about names of entries that look the same, if an instance is created for one of them."""
    tenants = [tenant for tenant in tenants if tenant.desired.present]
    new = {
        tenant.desired.name
        for tenant in tenants
        if tenant.first_plan is not None and tenant.first_plan.create is not None
    }
    names = (tenant.desired.name for tenant in tenants if tenant.desired.name is not None)
    return [group for group in looking_alike(names) if new.intersection(group)] if new else []


def _shared_names(tenants: Iterable[AnyJob]) -> dict[str, list[int]]:
    """The names that several live instances have, which the platform allows, with the ids of these instances."""
    ids: dict[str, set[int]] = {}
    for tenant in tenants:
        if tenant.live is not None:
            ids.setdefault(tenant.live.name, set()).add(tenant.live.id)
    return {name: sorted(found) for name, found in ids.items() if len(found) > 1}


def _handles(tenants: Sequence[AnyJob]) -> dict[str, Live]:
    """The live instances by name; by id if several have the name, or if the name equals the id of one of those."""
    there = [tenant.live for tenant in tenants if tenant.live is not None]
    shared = _shared_names(tenants)
    numbers = {str(number) for ids in shared.values() for number in ids}
    return {str(live.id) if live.name in shared or live.name in numbers else live.name: live for live in there}


def fleet_result(fleet: Engine) -> dict[str, Any]:
    """The result of the whole fleet; with C(failed) and C(msg) if a tenant failed."""
    outcomes = [_outcome_of_entry(tenant) for tenant in fleet.tenants]
    there = _handles(fleet.tenants)
    pruned = [{"id": live.id, "name": live.name} for live in fleet.pruned]
    result: dict[str, Any] = {
        "changed": bool(pruned) or any(one["changed"] for one in outcomes),
        "outcomes": outcomes,
        "ids": {handle: live.id for handle, live in there.items()},
        "tokens": {handle: live.token for handle, live in there.items() if live.token is not None},
        "pruned": pruned,
        "summary": summary(fleet.tenants),
        "plan_id": fleet.plan_id,
        "base_url": fleet.transport.connection.base_url,
        "http": fleet.cost(),
        "diff": [_diff(job) for job in _with_parts(fleet.tenants) if job.wrote]
        + [
            {
                "before": {"state": "present", "name": live.name},
                "after": {"state": "absent", "name": live.name},
                "before_header": printable(live.name),
                "after_header": printable(live.name),
            }
            for live in fleet.pruned
        ],
    }
    if fleet.refusal is not None:
        return {**result, **failure(fleet.refusal), "changed": result["changed"]}
    if fleet.check_mode and fleet.document is not None and fleet.options.plan:
        result["plan"] = plan_of_dry_run(fleet.document, fleet.tenants, result["summary"], fleet.clock.wall())
    kept = ["Nothing was pruned by prune_tags, since not every tenant succeeded."] if fleet.prune_candidates else []
    failures = _failures(fleet.tenants)
    if failures:
        result.update(failed=True, msg=" ".join([*failures, *kept]))
    elif fleet.prune_error is not None:
        result.update(
            failed=True, msg=f"Pruning ended early, after {len(pruned)} deletions. {fleet.prune_error.message}"
        )
    return result


def summary(tenants: Iterable[AnyJob]) -> dict[str, int]:
    """The number of tenants per action, in the order of ACTIONS."""
    counts = Counter(tenant.action for tenant in tenants)
    return {action: counts[action] for action in ACTIONS if counts[action]}


def _failures(tenants: Sequence[AnyJob]) -> list[str]:
    """A sentence for all, one for each tenant that failed, and one for those that were not tried."""
    errors = [(tenant.desired.label, tenant.error) for tenant in tenants if tenant.error is not None]
    if not errors:
        return []
    failed = [_labelled(label, error.message) for label, error in errors if error.state != NOT_TRIED]
    left = ", ".join(label for label, error in errors if error.state == NOT_TRIED)
    count = f"{len(failed)} of {len(tenants)} tenants failed{not_tried_too(error for _label, error in errors)}."
    return [count, *failed, *([f"Not tried, since on_error is stop: {left}; run again."] if left else [])]


def _labelled(label: str, message: str) -> str:
    """A tenant's error, naming the tenant first."""
    return message if message.startswith(label) else f"{label}: {message}"
