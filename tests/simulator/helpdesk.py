# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Freshdesk account: its agents, contacts and incidents, found, created, changed and deleted by Freshdesk's own rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from simulator.answers import RefusedError
from simulator.store import Store, date_read, date_text

RESOURCES = ("agents", "contacts", "incidents")
FIRST_ID = 43_000_000_001
REQUIRED = {"contacts": ("name",), "incidents": ("subject", "description", "email", "priority", "status")}
"""What Freshdesk needs to create one; it has no call that creates agents."""
SERVER_SIDE = ("id", "created_at", "updated_at")
_CONDITION = re.compile(r"(\w+) *= *'((?:[^']|'')*)'")


class Helpdesk:
    """What an account holds. Three of each kind are there from the start."""

    def __init__(self, now: float) -> None:
        self._numbers = count(FIRST_ID)
        self._objects: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in RESOURCES}
        for kind in RESOURCES:
            for number in range(3):
                self._add(kind, {"name": f"{kind[:-1]} {number}"}, now)

    def found(self, kind: str, where: str | None) -> list[dict[str, Any]]:
        """All of a kind, in the order in which they were made; with C(where), those that fit (confirmed: ``field='value'``, in which
        two quotes stand for one).
        """
        return [one for one in self._objects[kind].values() if all(fits(one) for fits in _conditions(where))]

    def get(self, kind: str, number: str) -> dict[str, Any]:
        """The one of this id."""
        found = self._objects[kind].get(int(number)) if number.isdecimal() else None
        if found is None:
            raise RefusedError(404, "Request failed", provider="Not found")
        return found

    def create(self, kind: str, document: dict[str, Any], now: float) -> dict[str, Any]:
        """A new one, with what Freshdesk adds."""
        missing = [name for name in REQUIRED[kind] if document.get(name) in (None, "")]
        if missing:
            raise RefusedError(
                400, "Request failed", provider=f"Validation failed: missing_field: {', '.join(sorted(missing))}"
            )
        return self._add(kind, document, now)

    def change(self, kind: str, number: str, document: dict[str, Any], now: float) -> dict[str, Any]:
        """The one of this id, changed where it is said."""
        found = self.get(kind, number)
        found.update({key: value for key, value in document.items() if key not in SERVER_SIDE})
        found["updated_at"] = date_text(now)
        return found

    def delete(self, kind: str, number: str) -> None:
        """Forgets the one of this id."""
        del self._objects[kind][self.get(kind, number)["id"]]

    def opened(self, incident: dict[str, Any], now: float) -> dict[str, Any]:
        """An incident of a customer's: the one of its ``id``, or a new one."""
        if "id" in incident:
            return self.get("incidents", str(incident["id"]))
        usual = {"subject": "The printer is on fire", "email": "customer@example.com", "priority": 1, "status": 2}
        return self._add("incidents", {**usual, **incident}, now)

    def shown(self) -> dict[str, list[dict[str, Any]]]:
        """All that it holds, by kind."""
        return {kind: list(objects.values()) for kind, objects in self._objects.items()}

    def _add(self, kind: str, values: dict[str, Any], now: float) -> dict[str, Any]:
        number = next(self._numbers)
        dates = {"created_at": date_text(now), "updated_at": date_text(now)}
        made = {**{key: value for key, value in values.items() if key not in SERVER_SIDE}, "id": number, **dates}
        self._objects[kind][number] = made
        return made


def account(store: Store, subdomain: str, now: float) -> Helpdesk:
    """The helpdesk of this subdomain, as new where nobody has asked for it yet."""
    if subdomain not in store.helpdesks:
        store.helpdesks[subdomain] = Helpdesk(now)
    return store.helpdesks[subdomain]


def _conditions(where: str | None) -> list[Callable[[dict[str, Any]], bool]]:
    """What an object must fulfil. Several conditions are joined by ``and``."""
    return [_condition(part) for part in re.split(r"\s+and\s+", where.strip())] if where else []


def _condition(text: str) -> Callable[[dict[str, Any]], bool]:
    read = _CONDITION.fullmatch(text)
    if read is None:
        raise RefusedError(400, f"Error parsing query: {text}")
    field, value = read[1], read[2].replace("''", "'")
    if field == "updated_since":
        try:
            since = date_read(value)
        except ValueError:
            raise RefusedError(
                400, "Request failed", provider="Validation failed: updated_since: datatype_mismatch"
            ) from None
        return lambda one: date_read(one["updated_at"]) >= since
    return lambda one: str(one.get(field)) == value
