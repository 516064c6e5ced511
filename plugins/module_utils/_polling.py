# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The polling options in the platform's configuration, with the vendor's defaults. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ._fields import EVENTS_POLLER, EVENTS_RESOURCES, EVENTS_VENDOR, Events
from ._values import parsed

DEFAULT_RESOURCES = ("incidents", "contacts")
"""The vendor's own defaults (confirmed)."""


def polling_keys(events: Events, known: Mapping[str, Any], *, with_defaults: bool) -> dict[str, Any]:
    """The configuration keys for polling: the names of the resources, and how each is polled."""
    keys: dict[str, Any] = {EVENTS_VENDOR: "polling"} if events.enabled else {}
    if events.poller is not None:
        keys[EVENTS_RESOURCES] = "|".join(str(key) for key in events.poller)
        keys[EVENTS_POLLER] = dict(events.poller)
        return keys
    resources = DEFAULT_RESOURCES if events.resources is None and with_defaults else events.resources
    if resources is not None:
        live = parsed(known.get(EVENTS_POLLER))
        kept = live if isinstance(live, dict) else {}
        keys[EVENTS_RESOURCES] = "|".join(resources)
        keys[EVENTS_POLLER] = {resource: kept.get(resource) or default_poller(resource) for resource in resources}
    return keys


def polled_already(events: Events, known: Mapping[str, Any]) -> Iterator[str]:
    """The polling keys that need not be compared, since only the order differs."""
    wanted = events.resources if events.poller is None else [str(key) for key in events.poller]
    if wanted is None or live_resources(known) != set(wanted):
        return
    yield EVENTS_RESOURCES
    if events.poller is None:
        poller = parsed(known.get(EVENTS_POLLER))
        # A value that is set but unreadable cannot be compared.
        if set(wanted) <= set(poller if isinstance(poller, dict) else wanted if known.get(EVENTS_POLLER) else ()):
            yield EVENTS_POLLER


def live_resources(known: Mapping[str, Any]) -> set[str]:
    names = known.get(EVENTS_RESOURCES)
    return {name.strip() for name in names.split("|")} if isinstance(names, str) else set()


def default_poller(resource: str) -> dict[str, Any]:
    """The vendor's polling defaults for one resource (confirmed for incidents and contacts, the same form for others)."""
    poller: dict[str, Any] = {
        "url": f"/hubs/helpdesk/{resource}?where=updated_since='${{gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}}'",
        "idField": "id",
        "datesConfiguration": {
            "updatedDateField": "updated_at",
            "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
            "createdDateField": "created_at",
            "createdDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
        },
    }
    if resource == "contacts":
        poller["createdCheckTolerance"] = 5
    return poller
