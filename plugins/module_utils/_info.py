# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads live instances and their tokens, for modules and plugins that do not write. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._errors import FreshdeskError, Refused
from ._fields import PLACEHOLDER_TOKEN, check_is_id
from ._health import Health
from ._lookup import by_id, by_name, by_names, by_tags, completed, grouped_by_name
from ._model import Live, instance_result
from ._options import checked_concurrency
from ._platform import Platform
from ._redact import printable
from ._resource import described
from ._transport import Channel, Transport
from ._workers import each

DISABLED = Health(False, None, "disabled", False, "disabled")


def read_instances(transport: Transport, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The instances that match C(name), C(id) and C(tags), sorted by name and age, with C(health) if C(verify) is set."""
    concurrency = checked_concurrency(params["concurrency"])
    if params["id"] is not None:
        check_is_id("id", params["id"])
    found = sorted(_found(transport, params, concurrency), key=lambda live: (live.name, live.age))
    instances = [(live, instance_result(live)) for live in found]
    if params["verify"]:
        each(instances, lambda pair: pair[1].update(health=_health(transport, pair[0])), concurrency)
    return [instance for _live, instance in instances]


def tokens_found(transport: Transport, names: Sequence[str], *, check_mode: bool) -> dict[str, str]:
    """The token of the instance with each name. Raises Refused, listing the names that no or several instances have.

    In check mode, an earlier task may be about to create a missing instance, so its token is the placeholder.
    """
    platform = Platform(Channel(transport))
    wanted = set(names)
    found = (by_name(platform, names[0]) if len(wanted) == 1 else by_names(platform, wanted)).meant
    named = {**{name: [] for name in names}, **grouped_by_name(found)}
    none = [printable(name) for name, lives in named.items() if not lives]
    if none and not check_mode:
        raise Refused(
            f"No instance with the name {' or '.join(none)} is visible with these secrets: "
            "correct the name, or create the instance first."
        )
    several = [f"{printable(name)} ({described(lives)})" for name, lives in named.items() if len(lives) > 1]
    if several:
        raise Refused(
            f"Several instances have the name {' and '.join(several)}, so it is not clear whose token is meant: "
            "delete by id those you do not need, or rename them."
        )
    return {name: token_of(platform, lives[0]) if lives else PLACEHOLDER_TOKEN for name, lives in named.items()}


def token_of(platform: Platform, live: Live) -> str:
    """The token; read by id if the list does not show it."""
    if live.token is None:
        live = platform.get(live.id) or live
    if live.token is None:
        raise FreshdeskError(
            f"The platform shows no usable token of instance {live.id} ({printable(live.name)}): check the instance "
            "on the platform."
        )
    return live.token


def _found(transport: Transport, params: Mapping[str, Any], concurrency: int) -> list[Live]:
    platform = Platform(Channel(transport))
    name, number, tags = params["name"], params["id"], params["tags"] or ()

    def channels() -> Channel:
        return Channel(transport)

    if number is not None:
        live = by_id(platform, number)
        mine = live is not None and live.element in ("", platform.element) and name in (None, live.name)
        found = [live] if live is not None and mine else []
    else:
        if name is not None:
            found = by_name(platform, name).meant
        elif tags:
            found = by_tags(platform, tags, channels, concurrency)
        else:
            found = platform.instances()
        found = completed(found, channels, concurrency)
    return [live for live in found if live.carries(tags)]


def _health(transport: Transport, live: Live) -> dict[str, Any]:
    if not live.enabled:
        health = DISABLED
    elif live.token is None:
        health = Health(False, None, "platform", False, "no token")
    else:
        health = Platform(Channel(transport)).health(live.id, live.token)
    return {"ok": health.ok, "status": health.status, "reason": health.reason}
