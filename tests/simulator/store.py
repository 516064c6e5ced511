# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the simulated platform: users, instances, and the orders in which lists show them."""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice
from typing import Any

import orjson

FIRST_ID = 600_001
MARKUP = re.compile(r"<[^>]*>")

# What exists after a start or a reset. Secrets hold the characters that have to survive headers and URLs.
DEFAULT_USERS: list[dict[str, Any]] = [
    {"id": 9001, "email": "one@acme.example", "user_secret": "user/secret+of=one"},
    {"id": 9002, "email": "two@acme.example", "user_secret": "user/secret+of=two"},
    {"id": 9003, "email": "admin@acme.example", "user_secret": "user/secret+of=admin", "admin": True},
]
DEFAULT_ORGANIZATION = "organization/secret+of=acme"
PRIVILEGES = ("read", "write")


@dataclass(slots=True)
class User:
    """One user of an organization; an administrator sees the instances of all its users (confirmed)."""

    id: int
    user_secret: str
    organization_secret: str = DEFAULT_ORGANIZATION
    email: str = "someone@acme.example"
    admin: bool = False
    privileges: list[str] = field(default_factory=lambda: list(PRIVILEGES))


@dataclass(slots=True)
class Instance:
    """One instance as it is stored: configuration in clear, and only what somebody sent."""

    id: int
    name: str
    token: str
    created: float
    element: str
    user: User
    tags: list[str]
    configuration: dict[str, str | None]
    credentials: tuple[str | None, str | None]  # subdomain and key that element calls use: taken over on authentication
    disabled: bool = False
    in_use: str | None = None
    serialised: dict[Any, tuple[bytes, bytes]] = field(default_factory=dict)  # by view, dropped on every change

    def configure(self, values: dict[str, Any]) -> None:
        """Store these values over what there is. Nothing is interpreted: a mask that is sent is stored as a mask."""
        self.configuration.update((key, text_of(value)) for key, value in values.items())

    def authenticate(self) -> None:
        """Use the stored credentials from now on. Whether they are right is not checked (confirmed)."""
        self.credentials = (self.configuration.get("subdomain"), self.configuration.get("username"))


def text_of(value: Any) -> str | None:
    """A configuration value as the platform stores it: a string (confirmed), an object as JSON text (inferred)."""
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def without_markup(text: str) -> str:
    """Names and tags are stored without HTML (confirmed)."""
    return MARKUP.sub("", text)


def date_text(moment: float) -> str:
    """A time as the platform writes it, whole seconds in UTC."""
    return datetime.fromtimestamp(int(moment), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def date_read(value: str | float) -> float:
    """Seconds since the epoch, from such a text or from a number."""
    return (
        value if isinstance(value, (int, float)) else datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    )


class Store:
    """All users and instances, found by secret, by token, by id, and a page at a time.

    Ids only grow, so each order is a sorted list that is appended to, and a page costs its own size.
    """

    def __init__(self) -> None:
        self.users: dict[tuple[str, str], User] = {}
        self.instances: dict[int, Instance] = {}
        self.by_token: dict[str, Instance] = {}
        self.accounts: dict[str, str] = {}  # subdomain -> the API key that Freshdesk takes
        self._orders: dict[tuple[Any, str | None], list[int]] = {}
        self._next_id = FIRST_ID
        self.add_users(DEFAULT_USERS)

    def add_users(self, users: Iterable[dict[str, Any]]) -> None:
        """Add users, or replace those with the same secrets."""
        for entry in users:
            user = User(**entry)
            self.users[(user.user_secret, user.organization_secret)] = user

    def user_by_id(self, user_id: int) -> User:
        """The user with this id; KeyError where there is none."""
        for user in self.users.values():
            if user.id == user_id:
                return user
        raise KeyError(f"no user {user_id}")

    def add(
        self,
        name: str,
        element: str,
        user: User,
        configuration: dict[str, Any],
        created: float,
        tags: list[str] | None = None,
    ) -> Instance:
        """Commit a new instance: here it gets its id, its date and its token. Names need not be unique (confirmed)."""
        number = self._next_id
        self._next_id += 1
        name = without_markup(name)
        stored = {key: text_of(value) for key, value in configuration.items()}
        instance = Instance(
            id=number,
            name=name,
            token=token_of(number),
            created=created,
            element=element,
            user=user,
            # Confirmed: tags that are left out become one tag, the name.
            tags=[name] if tags is None else [without_markup(tag) for tag in tags],
            configuration=stored,
            credentials=(stored.get("subdomain"), stored.get("username")),
        )
        self.instances[number] = instance
        self.by_token[instance.token] = instance
        for key in _orders_of(instance):
            self._orders.setdefault(key, []).append(number)
        return instance

    def remove(self, instance: Instance) -> None:
        """Forget an instance and its token."""
        del self.instances[instance.id]
        del self.by_token[instance.token]
        for key in _orders_of(instance):
            order = self._orders[key]
            del order[bisect_left(order, instance.id)]

    def visible(self, user: User, instance: Instance) -> bool:
        """Whether the user may see it: users see their own instances (inferred), administrators all."""
        if user.admin:
            return instance.user.organization_secret == user.organization_secret
        return instance.user.id == user.id

    def select(
        self, user: User, element: str | None, after: int, size: int, wanted: Callable[[Instance], bool] | None
    ) -> tuple[list[Instance], int, bool]:
        """A page of what the user sees behind the id ``after``, how many there are in all, and whether more follow."""
        owner = user.organization_secret if user.admin else user.id
        order = self._orders.get((owner, element), [])
        if wanted is not None:
            order = [number for number in order if wanted(self.instances[number])]
        start = bisect_right(order, after)
        found = [self.instances[number] for number in islice(order, start, start + size)]
        return found, len(order), start + size < len(order)


def _orders_of(instance: Instance) -> list[tuple[Any, str | None]]:
    owners: tuple[Any, Any] = (instance.user.id, instance.user.organization_secret)
    return [(owner, element) for owner in owners for element in (None, instance.element)]


def token_of(number: int) -> str:
    """A token that looks random, never repeats, and holds what has to be encoded in URLs."""
    text = base64.b64encode(hashlib.blake2b(b"token%d" % number, digest_size=24).digest()).decode()
    return f"{text[:12]}/{text[12:]}+{number:x}="
