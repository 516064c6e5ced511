# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is live, beside what is desired. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ._fields import OPTIONS, Desired, Option
from ._redact import printable, printable_configuration


@dataclass(frozen=True)
class Live:
    """What the platform answered of one instance, and of it only what a plan or a result needs.

    C(tags), C(token) and C(configuration) are None where the answer did not show them: unknown, never none (confirmed: a list
    shows tags and configuration only where it honours C(hydrate)).
    """

    id: int
    name: str
    created: str | None
    tags: tuple[str, ...] | None
    enabled: bool
    element: str
    user_id: int | None
    token: str | None = field(repr=False)
    configuration: Mapping[str, Any] | None = field(repr=False)
    events_enabled: bool = False
    others: Mapping[str, Any] = field(default_factory=dict)
    """The other fields of the body that have an option, by its name; one that the answer did not show is missing."""

    def value(self, option: Option) -> Any:
        """What is live of an option; None where it is unset or unknown."""
        if option.key is not None:
            return (self.configuration or {}).get(option.key)
        return self.others.get(option.name) if is_other(option) else getattr(self, option.name)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is unknown that a plan or a result needs."""
        return self.tags is not None and self.token is not None and self.configuration is not None

    def lacks(self, desired: Desired) -> bool:
        """Whether something is unknown that a plan needs for what is desired."""
        unknown = (option.field is not None and self.value(option) is None for option, _value in desired.given())
        return not self.is_complete or any(unknown)

    def carries(self, tags: Collection[str]) -> bool:
        """Whether it is known to carry all of these tags."""
        return set(tags) <= set(self.tags or ())

    @property
    def age(self) -> tuple[bool, str, int]:
        """Sorts the oldest first: by creation date, then by id."""
        return (self.created is None, self.created or "", self.id)


_ATTRIBUTES = {one.name for one in fields(Live)}


def is_other(option: Option) -> bool:
    """Whether the option is a field of the body and nothing more."""
    return option.field is not None and option.name not in _ATTRIBUTES


OTHERS = tuple(option for option in OPTIONS if is_other(option))


def instance_result(live: Live, wanted: Collection[str] = ()) -> dict[str, Any]:
    """The V(instance) of a result: no token, no secret; of keys that the platform adds by itself only what is C(wanted)."""
    return {
        "id": live.id,
        "name": live.name,
        "element": live.element,
        **{option.name: _shown(option, live.value(option)) for option in OPTIONS if option.result},
        "events_enabled": live.events_enabled,
        "created": live.created,
        "configuration": printable_configuration(live.configuration, wanted),
    }


def _shown(option: Option, value: Any) -> Any:
    if option.key is not None:
        return option.read(value)
    return list(value or ()) if option.type == "list" else value


def described(instances: Iterable[Live]) -> str:
    """Instances for a message: ids, creation dates and owners, oldest first."""
    return ", ".join(
        f"id {live.id} (created {printable(live.created or 'at an unknown time')}, owner {live.user_id or 'unknown'})"
        for live in sorted(instances, key=lambda live: live.age)
    )
