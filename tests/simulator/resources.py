# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Element calls: what an instance answers of its own, and what the platform passes on to Freshdesk."""

from __future__ import annotations

from simulator.answers import Answer, RefusedError, in_json
from simulator.calls import Call
from simulator.context import Context
from simulator.store import Instance, date_text

RESOURCES = ("agents", "contacts", "incidents")


def resource(context: Context, call: Call, instance: Instance) -> Answer:
    """``GET /hubs/helpdesk/…``: asks Freshdesk."""
    _reach_provider(context, instance)
    size = min(context.page_size(call), 3)
    kind = call.parts["resource"]
    return in_json([{"id": 43_000_000_001 + number, "name": f"{kind[:-1]} {number}"} for number in range(size)])


def ping(context: Context, call: Call, instance: Instance) -> Answer:
    """``GET /hubs/helpdesk/ping`` and ``GET /ping``: reads no data. Whether it asks Freshdesk is unknown."""
    if context.settings.ping == "asks":
        _reach_provider(context, instance)
    else:
        _require_enabled(instance)
    return in_json({"dateTime": date_text(context.now), "endpoint": instance.element})


def objects(_context: Context, _call: Call, _instance: Instance) -> Answer:
    """``GET /hubs/helpdesk/objects`` and ``GET /objects``: answered while the instance is disabled, too (confirmed)."""
    return in_json(list(RESOURCES))


def _require_enabled(instance: Instance) -> None:
    if instance.disabled:
        raise RefusedError(403, "The element instance is disabled.")


def _reach_provider(context: Context, instance: Instance) -> None:
    _require_enabled(instance)
    subdomain, key = instance.credentials
    right = context.store.accounts.get(subdomain or "")
    if right is None and context.settings.accounts == "listed":
        raise RefusedError(404, "Request failed", provider="There is no helpdesk at this address.")
    if right not in (None, key):
        raise RefusedError(401, "Request failed", provider="You have to be logged in to perform this action.")
