# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is live, for those who only look. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._errors import Refused
from ._model import Live, live_from, shown_instance
from ._options import checked_concurrency
from ._platform import Health, Platform
from ._transport import Channel, Transport
from ._workers import each

DISABLED = Health(False, None, "disabled", False, "disabled")


def instances_shown(transport: Transport, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The instances that C(name), C(id) and C(tags) leave, by name and age, with C(health) where C(verify) is set."""
    concurrency = checked_concurrency(params["concurrency"])
    if params["id"] is not None and params["id"] < 1:
        raise Refused(f"id is {params['id']}, but an instance's id is a positive number.")
    shown = [(live, shown_instance(live)) for live in _found(transport, params)]
    if params["verify"]:
        each(shown, lambda pair: pair[1].update(health=_health(transport, pair[0])), concurrency)
    return [instance for _live, instance in shown]


def _found(transport: Transport, params: Mapping[str, Any]) -> list[Live]:
    platform = Platform(Channel(transport))
    name, number, tags = params["name"], params["id"], set(params["tags"] or [])

    def keep(answer: Mapping[str, Any]) -> Live | None:
        if (name is not None and answer.get("name") != name) or (number is not None and answer["id"] != number):
            return None
        live = live_from(answer)
        return live if tags <= set(live.tags) else None

    if number is None:
        found = platform.instances(keep, search=name)
    else:
        answer = platform.get(number)
        live = keep(answer) if answer is not None else None
        found = [live] if live is not None and live.element in ("", platform.element) else []
    return sorted(found, key=lambda live: (live.name, live.age))


def _health(transport: Transport, live: Live) -> dict[str, Any]:
    if not live.enabled:
        health = DISABLED
    elif live.token is None:
        health = Health(False, None, "platform", False, "no token")
    else:
        health = Platform(Channel(transport)).health(live.id, live.token)
    return {"ok": health.ok, "status": health.status, "reason": health.reason}
