# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live state of instances, and what results show of it. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ._errors import FreshdeskError
from ._fields import OPTIONS, SUBDOMAIN, Desired, Option
from ._redact import printable, printable_configuration
from ._resource import Plan, Resource
from ._values import MASK, same


@dataclass(frozen=True)
class Live(Resource):
    """The live state of one instance, with the fields that plans and results need.

    C(tags), C(token) and C(configuration) are None if the answer did not show them: unknown, not empty (confirmed: a list
    shows tags and configuration only if it honours C(hydrate)).
    """

    tags: tuple[str, ...] | None
    element: str
    user_id: int | None
    token: str | None = field(repr=False)
    events_enabled: bool = False
    others: Mapping[str, Any] = field(default_factory=dict)
    """The other fields of the body that have an option, by option name; without those that the answer did not show."""

    def value(self, option: Option) -> Any:
        """The live value of an option; None if it is unset or unknown."""
        if option.key is not None:
            return (self.configuration or {}).get(option.key)
        return self.others.get(option.name) if is_other(option) else getattr(self, option.name)

    @property
    def is_complete(self) -> bool:
        """Whether everything that a plan or a result needs is known."""
        return self.tags is not None and self.token is not None and self.configuration is not None

    def lacks(self, desired: Desired) -> bool:
        """Whether something that the plan for this desired state needs is unknown."""
        unknown = (option.field is not None and self.value(option) is None for option in desired.given)
        return not self.is_complete or any(unknown)

    @property
    def account(self) -> str | None:
        """Its Freshdesk account in lower case, since host names ignore case; None if unknown."""
        return account_in(self.configuration)

    def carries(self, tags: Collection[str]) -> bool:
        """Whether it is known to have all of these tags."""
        return set(tags) <= set(self.tags or ())

    @property
    def origin(self) -> str:
        return f"{super().origin}, owner {self.user_id or 'unknown'}"

    def filled(self, expected: Live | None) -> Live:
        """This, with the expected values for fields that the answer omits."""
        if expected is None:
            return self
        return replace(
            self,
            name=self.name or expected.name,
            tags=expected.tags if self.tags is None else self.tags,
            element=self.element or expected.element,
            others={**expected.others, **self.others},
            token=self.token or expected.token,
            configuration=self.configuration or expected.configuration,
        )

    def taken(self, plan: Plan[Desired, Live], body: Mapping[str, Any]) -> Live:
        """This, as the answer to a change. Raises FreshdeskError if it shows that a change was not accepted."""
        other_tags = "tags" in body and set(self.tags or ()) != set(body["tags"])
        if other_tags or ("name" in body and self.name != body["name"]):
            raise FreshdeskError(
                f"The platform does not keep the name or the tags of instance {self.id} as they are written: choose plainer ones."
            )
        visible = {key: value for key, value in (self.configuration or {}).items() if value != MASK}
        left = [
            key
            for key, value in body.get("configuration", {}).items()
            if key in visible and not same(value, visible[key])
        ]
        left += [
            option.name
            for option, value in plan.desired.given.items()
            if is_other(option) and option.field in body and not same(value, self.value(option))
        ]
        if left:
            raise FreshdeskError(
                f"The platform did not accept {', '.join(map(printable, left))} of instance {self.id}, although it "
                "reported success: check the instance on the platform."
            )
        return replace(self, events_enabled=plan.outcome.events_enabled if plan.outcome else self.events_enabled)


def account_in(configuration: Any) -> str | None:
    """The Freshdesk account that a configuration names, in lower case."""
    subdomain = configuration.get(SUBDOMAIN) if isinstance(configuration, dict) else None
    return subdomain.lower() if isinstance(subdomain, str) else None


_ATTRIBUTES = {one.name for one in fields(Live)}


def is_other(option: Option) -> bool:
    """Whether the option is only a field of the body."""
    return option.field is not None and option.name not in _ATTRIBUTES


OTHERS = tuple(option for option in OPTIONS if is_other(option))


def instance_result(live: Live, wanted: Collection[str] = ()) -> dict[str, Any]:
    """The V(instance) of a result: no token, no secret, and no keys that the platform adds, unless C(wanted)."""
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
