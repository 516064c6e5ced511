# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the simulated platform: users, instances, and the orders in which lists show them."""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from simulator.helpdesk import Helpdesk

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
    updated: float = 0.0
    description: str | None = None
    traced_until: float | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    serialised: dict[Any, tuple[bytes, bytes]] = field(default_factory=dict)  # by view, dropped on every change

    def configure(self, values: dict[str, Any]) -> None:
        """Store these values over what there is."""
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


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to: a text in the name or in the element's key (confirmed), and tags."""

    text: str  # in lower case
    elements: frozenset[str]  # the keys that have the text in them
    tags: frozenset[str]
    every_tag: bool

    def matches(self, instance: Instance) -> bool:
        """Whether the list shows this instance."""
        if instance.element not in self.elements and self.text not in instance.name.lower():
            return False
        if not self.tags:
            return True
        return self.tags.issubset(instance.tags) if self.every_tag else not self.tags.isdisjoint(instance.tags)


class Store:
    """All users and instances, found by secret, by token, by id, and a page at a time.

    Ids only grow, so each order is a sorted list that is appended to, and a page costs its own size. What a filter
    leaves of an order is kept until something changes.
    """

    def __init__(self) -> None:
        self.users: dict[tuple[str, str], User] = {}
        self.instances: dict[int, Instance] = {}
        self.by_token: dict[str, Instance] = {}
        self.accounts: dict[str, str] = {}  # subdomain -> the API key that Freshdesk takes
        self.helpdesks: dict[str, Helpdesk] = {}  # subdomain -> what the account holds
        self._orders: dict[tuple[Any, str | None], list[int]] = {}
        self._filtered: dict[tuple[Any, str | None, Filter], list[int]] = {}
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
            updated=created,
        )
        self.instances[number] = instance
        self.by_token[instance.token] = instance
        for key in _orders_of(instance):
            self._orders.setdefault(key, []).append(number)
        self._filtered.clear()
        return instance

    def changed(self, instance: Instance) -> None:
        """Forget what was worked out from the instance as it was."""
        instance.serialised.clear()
        self._filtered.clear()

    def remove(self, instance: Instance) -> None:
        """Forget an instance and its token."""
        del self.instances[instance.id]
        del self.by_token[instance.token]
        for key in _orders_of(instance):
            order = self._orders[key]
            del order[bisect_left(order, instance.id)]
        self._filtered.clear()

    def move(self, instance: Instance, element: str) -> None:
        """Make it an instance of another element."""
        for key in _orders_of(instance):
            self._orders[key].remove(instance.id)
        instance.element = element
        for key in _orders_of(instance):
            insort(self._orders.setdefault(key, []), instance.id)

    def visible(self, user: User, instance: Instance) -> bool:
        """Whether the user may see it: users see their own instances (inferred), administrators all."""
        if user.admin:
            return instance.user.organization_secret == user.organization_secret
        return instance.user.id == user.id

    def select(
        self,
        user: User,
        element: str | None,
        size: int,
        wanted: Filter | None = None,
        after: int = 0,
        offset: int = 0,
    ) -> tuple[list[Instance], int, bool]:
        """A page of what the user sees, how many there are in all, and whether more follow.

        The page begins behind the id ``after``, and so many places further.
        """
        order = self._order(user, element, wanted)
        start = bisect_right(order, after) + offset
        found = [self.instances[number] for number in islice(order, start, start + size)]
        return found, len(order), start + size < len(order)

    def count(self, user: User) -> int:
        """How many instances the user sees."""
        return len(self._order(user, None, None))

    def _order(self, user: User, element: str | None, wanted: Filter | None) -> list[int]:
        owner = user.organization_secret if user.admin else user.id
        order = self._orders.get((owner, element), [])
        if wanted is None:
            return order
        key = (owner, element, wanted)
        if key not in self._filtered:
            self._filtered[key] = [number for number in order if wanted.matches(self.instances[number])]
        return self._filtered[key]


def _orders_of(instance: Instance) -> list[tuple[Any, str | None]]:
    owners: tuple[Any, Any] = (instance.user.id, instance.user.organization_secret)
    return [(owner, element) for owner in owners for element in (None, instance.element)]


def token_of(number: int) -> str:
    """A token that looks random, never repeats, and holds what has to be encoded in URLs."""
    text = base64.b64encode(hashlib.blake2b(b"token%d" % number, digest_size=24).digest()).decode()
    return f"{text[:12]}/{text[12:]}+{number:x}="
