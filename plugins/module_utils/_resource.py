# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all kinds of resources have in common: desired state, live state, and the plan. Private to this collection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from ._redact import printable


class Wanted(Protocol):
    """The desired state of one resource, with the fields that all kinds have."""

    @property
    def name(self) -> str | None:
        """The name, if one is given."""

    @property
    def id(self) -> int | None:
        """The id, if one is given."""

    @property
    def present(self) -> bool:
        """Whether it should exist."""

    @property
    def on_duplicate(self) -> str:
        """What to do if several resources have the name."""

    @property
    def key(self) -> str | None:
        """The caller's key, returned in the outcome."""

    @property
    def problem(self) -> str | None:
        """Why it cannot be done, if the caller knows."""

    @property
    def kind(self) -> str:
        """What messages call a resource of this kind."""

    @property
    def label(self) -> str:
        """How messages name it."""

    @property
    def awaits_creation(self) -> bool:
        """Whether an earlier task of a dry run would create it."""


@dataclass(frozen=True)
class Resource(ABC):
    """The live state of one resource, with the fields that all kinds have."""

    id: int
    name: str
    created: str | None
    enabled: bool
    configuration: Mapping[str, Any] | None = field(repr=False)
    """None if the answer did not show it: unknown, not empty."""

    @property
    def age(self) -> tuple[bool, str, int]:
        """Sorts the oldest first: by creation date, then by id."""
        return (self.created is None, self.created or "", self.id)

    @property
    def account(self) -> str | None:
        """Its account at the provider; None if there is none, or if the answer did not show it."""
        return None

    @property
    def origin(self) -> str:
        """Its origin, for a message."""
        return f"created {printable(self.created or 'at an unknown time')}"

    @abstractmethod
    def filled(self, expected: Any) -> Any:
        """This, with the expected values for fields that the answer omits."""

    @abstractmethod
    def taken(self, plan: Any, body: Mapping[str, Any]) -> Any:
        """This, as the answer to a change. Raises FreshdeskError if it shows that a change was not accepted."""


D = TypeVar("D", bound=Wanted)
L = TypeVar("L", bound=Resource)
L_co = TypeVar("L_co", bound=Resource, covariant=True)


def described(resources: Iterable[Resource]) -> str:
    """Resources for a message: ids and origins, oldest first."""
    return ", ".join(f"id {live.id} ({live.origin})" for live in sorted(resources, key=lambda live: live.age))


@dataclass(frozen=True)
class Plan(Generic[D, L]):
    """The writes that bring the live resource to its desired state, in order.

    At most one of C(create), C(put), C(patch) and C(delete) is set. C(before) and C(after) are the redacted diff.
    """

    action: str
    desired: D
    live: L | None
    before: dict[str, Any]
    after: dict[str, Any]
    outcome: L | None = field(repr=False)
    """The resource after the writes; with the placeholder as id if it is yet to be created."""
    create: dict[str, Any] | None = field(default=None, repr=False)
    put: dict[str, Any] | None = field(default=None, repr=False)
    patch: dict[str, Any] | None = field(default=None, repr=False)
    delete: bool = False
    set_enabled: bool | None = None
    secrets: str = "compared"
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.action != "unchanged"

    @property
    def writes(self) -> list[Any]:
        """What would be changed and everything that would be sent, secrets included."""
        return [self.before, self.after, self.create, self.put, self.patch, self.delete, self.set_enabled]

    @property
    def touches_credentials(self) -> bool:
        """Whether the writes may change the result of an element call."""
        return self.create is not None or self.put is not None


def deletion(desired: D, live: L | None) -> Plan[D, L]:
    """The plan for state absent."""
    after = {"state": "absent"}
    if live is None:
        return Plan("unchanged", desired, None, before=dict(after), after=after, outcome=None)
    name = {} if desired.name is None else {"name": live.name}
    before = {"state": "present", **name}
    return Plan("deleted", desired, live, before=before, after={**after, **name}, outcome=None, delete=True)


def placeholder_deletion(desired: D) -> Plan[D, L]:
    """The plan for state absent of a resource that an earlier task of a dry run would create."""
    return Plan("deleted", desired, None, before={"state": "present"}, after={"state": "absent"}, outcome=None)
