# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan as a document, and its comparison with an approved plan. Private to this collection."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from ._approval import counts, keyed_hash, step
from ._errors import Refused
from ._job import AnyJob
from ._model import Live
from ._options import Connection, RunOptions
from ._redact import printable

FORMAT = "cloudelements.freshdesk plan 1"
"""Marks a file as a plan, with its version."""
POLICIES = ("update_secrets", "verify", "on_verify_failure", "on_shared_subdomain", "on_duplicate")
LISTED = 10
"""How many differences a message lists."""


def plan_document(
    connection: Connection,
    options: RunOptions,
    tenants: Sequence[AnyJob],
    prune_candidates: Sequence[Live],
    plan_id: str,
) -> dict[str, Any]:
    """What the run will do, the same for a dry run and the run that follows it. Contains no secret.

    Each tenant with planned changes has a keyed hash of them, secrets included.
    """
    return {
        "format": FORMAT,
        "plan_id": plan_id,
        "platform": connection.base_url,
        "element": connection.element,
        "user": keyed_hash(connection, "user"),
        "policies": {
            "max_deletes": options.max_deletes,
            "on_error": "stop" if options.stop_on_error else "continue",
            "prune_tags": sorted(options.prune_tags),
        },
        "tenants": [_described(connection, tenant) for tenant in tenants],
        "pruned": [{"id": live.id, "name": live.name} for live in prune_candidates],
    }


def _described(connection: Connection, tenant: AnyJob) -> dict[str, Any]:
    plan, live = tenant.plan, tenant.live
    failed = plan is None or tenant.error is not None
    described: dict[str, Any] = {
        "name": tenant.desired.name if tenant.desired.name is not None or live is None else live.name,
        "id": live.id if live is not None else tenant.desired.id,
        "action": "failed" if plan is None or failed else plan.action,
    }
    if plan is not None and plan.changed and not failed:
        described["diff"] = {"before": plan.before, "after": plan.after}
    defaults = {one.name: one.default for one in fields(tenant.desired)}
    policies = {name: getattr(tenant.desired, name) for name in POLICIES if name in defaults}
    described["policies"] = {name: value for name, value in policies.items() if value != defaults[name]}
    if counts(tenant):
        described["digest"] = keyed_hash(connection, step(tenant))
    if tenant.parts:
        described["formulas"] = [
            {"formula": part.desired.formula, **_described(connection, part)} for part in tenant.parts
        ]
    return described


def plan_of_dry_run(
    document: Mapping[str, Any], tenants: Sequence[AnyJob], summary: Mapping[str, int], now: float
) -> dict[str, Any]:
    """The document for the file, with information for the reader: the time, counts and errors."""
    described = []
    for one, tenant in zip(document["tenants"], tenants):
        said = {"error": tenant.error.message} if tenant.error is not None else {}
        described.append({**one, **said, **({"warnings": tenant.warnings} if tenant.warnings else {})})
    pruned = {"pruned": len(document["pruned"])} if document["pruned"] else {}
    head = {name: value for name, value in document.items() if name not in ("tenants", "pruned")}
    return {
        **head,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "counts": {**summary, **pruned},
        "tenants": described,
        "pruned": document["pruned"],
    }


def check_document(document: Mapping[str, Any] | None, connection: Connection) -> None:
    """Raises Refused if this is not a comparable plan, before any request."""
    if document is None:
        return
    if isinstance(document.get("problem"), str):
        raise Refused(document["problem"])
    if document.get("format") != FORMAT or not _is_whole(document):
        raise Refused(
            "The approved plan is not a plan of this collection, so nothing was done: give a file that a dry run wrote."
        )
    for what, live in (("platform", connection.base_url), ("element", connection.element)):
        if document[what] != live:
            raise Refused(
                f"The approved plan is for the {what} {printable(str(document[what]))}, and this run is for {live}, so nothing was "
                "done: approve a plan for this one, or correct base_url and element."
            )
    if document["user"] != keyed_hash(connection, "user"):
        raise Refused(
            "The approved plan was made with other secrets of the platform, so it cannot be compared and nothing was done: make the "
            "dry run and the run with the same user_secret and organization_secret."
        )


def _is_whole(document: Mapping[str, Any]) -> bool:
    """Whether all fields that are compared exist with the right types."""
    types = {
        "plan_id": str,
        "platform": str,
        "element": str,
        "user": str,
        "policies": dict,
        "tenants": list,
        "pruned": list,
    }
    return all(isinstance(document.get(name), kind) for name, kind in types.items()) and all(
        map(_is_described, document["tenants"] + document["pruned"])
    )


def _is_described(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("name"), (str, type(None)))
        and all(isinstance(one.get(part, {}), dict) for part in ("diff", "policies"))
        and isinstance(one.get("formulas", []), list)
        and all(map(_is_described, one.get("formulas", [])))
    )


def check_approved(approved: Mapping[str, Any] | None, current: Mapping[str, Any]) -> None:
    """Raises Refused if the approved plan differs from the current one, naming the differences."""
    if approved is None:
        return
    # As in a file: lists for tuples, strings as keys.
    found = list(_differences(approved, json.loads(json.dumps(current))))
    if not found:
        before, now = _digests(approved["tenants"]), _digests(current["tenants"])
        found = [f"the order of the {what}" for what in now if before[what] != now[what]]
    if found:
        more = f"; and {len(found) - LISTED} more" if len(found) > LISTED else ""
        raise Refused(
            f"The plan differs from the approved one, so nothing was written: {'; '.join(found[:LISTED])}{more}. "
            "Make a dry run, and approve what it shows."
        )
    if approved["plan_id"] != current["plan_id"]:
        raise Refused(
            "The plan_id of the approved plan does not belong to the rest of it, so nothing was written: give the file as a dry run "
            "wrote it."
        )


def _digests(described: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What is written for the tenants and for their formula instances, each in order."""
    formulas = [formula for tenant in described for formula in tenant.get("formulas", [])]
    kinds = {"tenants": described, "formula instances": formulas}
    return {what: [one["digest"] for one in kind if "digest" in one] for what, kind in kinds.items()}


def _differences(approved: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[str]:
    yield from _changed_values(approved["policies"], current["policies"])
    before, now = _with_formulas(approved["tenants"]), _with_formulas(current["tenants"])
    for name in dict.fromkeys([*before, *now]):
        difference = _difference(before.get(name), now.get(name))
        if difference is not None:
            yield f"{printable(name)}: {difference}"
    pruned, prunes = _by_name(approved["pruned"]), _by_name(current["pruned"])
    yield from (f"{printable(name)}: would be pruned, and is not in the plan" for name in prunes if name not in pruned)
    yield from (f"{printable(name)}: pruned in the plan, and not now" for name in pruned if name not in prunes)
    both = [name for name in prunes if name in pruned]
    yield from (f"{printable(name)}: differs in id" for name in both if pruned[name].get("id") != prunes[name]["id"])


def _difference(approved: Mapping[str, Any] | None, current: Mapping[str, Any] | None) -> str | None:
    """The difference for one tenant; None if there is none. A tenant without planned changes may be missing on one side."""
    old, new = (one if one is not None and "digest" in one else None for one in (approved, current))
    if old is None and new is None:
        return None
    if approved is None or current is None:
        return (
            f"would be {current['action']}, and is not in the plan"
            if current
            else "in the plan, and not among the tenants now"
        )
    if approved.get("action") != current.get("action"):
        return f"{printable(str(approved.get('action')))} in the plan, and {current['action']} now"
    old_options, new_options = _options(approved), _options(current)
    options = sorted(name for name in {**old_options, **new_options} if old_options.get(name) != new_options.get(name))
    if options:
        return f"differs in {', '.join(map(printable, options))}"
    return "differs in a secret" if approved.get("digest") != current.get("digest") else None


def _options(described: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The options by path: their values before and after, and the policies."""
    options: dict[str, list[Any]] = {"id": [described.get("id")]}
    for part in (*(described.get("diff") or {}).values(), described.get("policies") or {}):
        for path, value in _leaves(part):
            options.setdefault(path, []).append(value)
    return options


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _with_formulas(described: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The tenants by name, each followed by its formula instances by template and name."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, tenant in _by_name(described).items():
        found[name] = tenant
        templates: dict[str, list[Mapping[str, Any]]] = {}
        for one in tenant.get("formulas", []):
            templates.setdefault(str(one.get("formula")), []).append(one)
        for template, formulas in templates.items():
            found.update(
                {f"{name}, {one} of formula {template}": formula for one, formula in _by_name(formulas).items()}
            )
    return found


def _changed_values(approved: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[str]:
    for name, value in current.items():
        if approved.get(name) != value:
            yield f"{name} was {printable(str(approved.get(name)))}, and is {printable(str(value))} now"


def _by_name(described: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """By name; by name and id if several share the name or it is missing."""
    times = Counter(one.get("name") for one in described)
    return {
        str(one["name"])
        if one.get("name") and times[one["name"]] == 1
        else f"{one.get('name')} (id {one.get('id')})": one
        for one in described
    }
