# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events: what polling finds is sent to the callback URL of each instance, signed, tried again, and given up in the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from simulator.answers import Answer, in_json, packed
from simulator.settings import Settings
from simulator.store import Instance, Store, User, date_text

if TYPE_CHECKING:
    from simulator.calls import Call
    from simulator.context import Context

OBJECTS_IN_A_PART = 10  # confirmed
QUEUED = "channel='webhook' and status='queued'"
State = Literal["waiting", "delivered", "queued"]


@dataclass(eq=False, slots=True)
class Delivery:
    """One callback. ``queued``: its subscription is deactivated, and it waits for somebody to resume it."""

    instance: Instance
    url: str
    body: bytes
    headers: dict[str, str]
    due: float
    state: State = "waiting"
    statuses: list[int | None] = field(default_factory=list)  # of each attempt; None where nobody answered

    def shown(self) -> dict[str, Any]:
        """What there is to know about it, as JSON can carry it."""
        return {"instance": self.instance.id, "state": self.state, "statuses": self.statuses, "bytes": len(self.body)}


class Notifications:
    """The callbacks of all instances, and which subscriptions are deactivated."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.deliveries: list[Delivery] = []
        self._store = store
        self._settings = settings
        self._deactivated: set[int] = set()
        self._numbers = count(7_000_001)

    def poll(self, subdomain: str, found: dict[str, list[dict[str, Any]]], now: float) -> None:
        """Tell every instance of the account what polling found, by kind: those that have events enabled and ask for that kind."""
        for instance in self._store.instances.values():
            asked = (instance.configuration.get("event.poller.urls") or "").split("|")
            raw = {kind: objects for kind, objects in found.items() if kind in [name.strip() for name in asked]}
            if instance.credentials[0] == subdomain and _polled(instance) and any(raw.values()):
                self._notify(instance, raw, now)

    def due(self, now: float) -> list[Delivery]:
        """Those that are to be sent now."""
        return [one for one in self.deliveries if one.state == "waiting" and one.due <= now]

    def delivered(self, delivery: Delivery, status: int | None, now: float) -> None:
        """Note what answered a callback. After its last attempt the subscription is deactivated, and its events queue."""
        delivery.statuses.append(status)
        if status is not None and 200 <= status < 300:
            delivery.state = "delivered"
        elif len(delivery.statuses) < self._settings.event_attempts:
            delivery.due = now + self._settings.event_pause * 2 ** (len(delivery.statuses) - 1)
        else:
            self._deactivated.add(delivery.instance.id)
            for one in self.deliveries:
                if one.instance is delivery.instance and one.state == "waiting":
                    one.state = "queued"

    def resume(self, instances: list[Instance], now: float) -> int:
        """Activate the subscriptions of these instances again, and send what has queued; answers how many that are."""
        queued = [one for one in self.deliveries if one.state == "queued" and one.instance in instances]
        self._deactivated.difference_update(instance.id for instance in instances)
        for delivery in queued:
            delivery.state, delivery.due, delivery.statuses = "waiting", now, []
        return len(queued)

    def _notify(self, instance: Instance, raw: dict[str, list[dict[str, Any]]], now: float) -> None:
        events = [_event(instance, kind, one, now) for kind, objects in raw.items() for one in objects]
        for start in range(0, len(events), OBJECTS_IN_A_PART):
            number = str(next(self._numbers))
            body = packed(_callback(instance, number, events[start : start + OBJECTS_IN_A_PART], raw, now))
            headers = {"Content-Type": "application/json", "elements-webhook-id": number}
            key = instance.configuration.get("event.notification.signature.key")
            if key:
                headers["elements-webhook-signature"] = signature(key, body)
            state: State = "queued" if instance.id in self._deactivated else "waiting"
            url = instance.configuration.get("event.notification.callback.url") or ""
            self.deliveries.append(Delivery(instance, url, body, headers, now, state))
            instance.events.append(
                {"id": number, "eventDate": date_text(now), "status": "NOTIFIED", "notifiedData": []}
            )


def resume(context: Context, call: Call, user: User) -> Answer:
    """``PUT /notifications/subscriptions/deliveries``: what has queued for the user's instances is sent again."""
    mine = [one for one in context.store.instances.values() if context.store.visible(user, one)]
    resumed = context.notifications.resume(mine, context.now) if call.first("where") == QUEUED else 0
    call.record.committed = bool(resumed)
    return in_json({"count": resumed})


def signature(key: str, body: bytes) -> str:
    """The signature of a body (confirmed): of the body alone."""
    return "sha256=" + base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def _polled(instance: Instance) -> bool:
    enabled = instance.configuration.get("event.notification.enabled") == "true"
    return enabled and not instance.disabled and bool(instance.configuration.get("event.notification.callback.url"))


def _event(instance: Instance, kind: str, one: dict[str, Any], now: float) -> dict[str, Any]:
    """One object that was found. Its dates say whether it is new (confirmed)."""
    return {
        "elementKey": instance.element,
        "hubKey": "helpdesk",
        "eventType": "CREATED" if one["created_at"] == one["updated_at"] else "UPDATED",
        "objectId": str(one["id"]),
        "objectType": kind,
        "date": one["updated_at"],
        "pollDate": date_text(now),
    }


def _callback(
    instance: Instance, number: str, events: list[dict[str, Any]], raw: dict[str, Any], now: float
) -> dict[str, Any]:
    """The body of one part: its own events, and all that the poll found (confirmed)."""
    return {
        "severity": "low",
        "createdDate": datetime.fromtimestamp(int(now), timezone.utc).strftime("%a %b %d %H:%M:%S UTC %Y"),
        "topic": f"instance-{instance.id}-{instance.element}-events",
        "action": "create",
        "id": number,
        "message": {
            "elementKey": instance.element,
            "accountId": 701,
            "companyId": 702,
            "userId": instance.user.id,
            "instanceId": instance.id,
            "instance_id": instance.id,
            "eventId": number,
            "instanceName": instance.name,
            "instanceTags": instance.tags,
            "raw": raw,
            "events": events,
        },
        "user": "system",
    }
