# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live state of formula templates and their instances, parsed from the platform's JSON. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ._errors import FreshdeskError
from ._redact import HIDDEN, is_secret_key, printable, redacted
from ._resource import Resource
from ._values import MASK, is_deep, is_id, same, stored

MOST_ERRORS = 100
"""Failed executions in a row after which the platform deactivates a formula instance (confirmed)."""


@dataclass(frozen=True)
class Variable:
    """A variable of a template, which its instances assign."""

    key: str
    required: bool


@dataclass(frozen=True)
class Template:
    """A formula template, with the fields that its instances need."""

    id: int
    name: str
    active: bool
    variables: Mapping[str, Variable] | None
    """None if the answer did not show them."""


@dataclass(frozen=True)
class FormulaLive(Resource):
    """The live state of one formula instance, with the fields that plans and results need.

    C(enabled): whether it is active. C(configuration) and C(settings) are None if the answer did not show them: unknown, not empty.
    """

    formula: int
    settings: Mapping[str, Any] | None = field(repr=False)
    errors: int = 0
    """Failed executions in a row."""

    @property
    def label(self) -> str:
        """How messages about others name it."""
        return f"{printable(self.name)} (id {self.id} of formula {self.formula})"

    @property
    def values(self) -> Mapping[str, Any]:
        """The known values of its variables."""
        return self.configuration or {}

    def uses(self, instance_id: int) -> bool:
        """Whether one of its variables is known to hold the id of that element instance."""
        return str(instance_id) in map(str, self.values.values())

    @property
    def set_values(self) -> Mapping[str, Any]:
        """Its known settings."""
        return self.settings or {}

    @property
    def is_complete(self) -> bool:
        """Whether everything that a plan or a result needs is known."""
        return self.configuration is not None and self.settings is not None

    @property
    def was_switched_off(self) -> bool:
        """Whether the platform deactivated it after too many failed executions."""
        return not self.enabled and self.errors >= MOST_ERRORS

    def filled(self, expected: FormulaLive | None) -> FormulaLive:
        """This, with the expected values for fields that the answer omits."""
        if expected is None:
            return self
        return replace(
            self,
            name=self.name or expected.name,
            created=self.created or expected.created,
            configuration=expected.configuration if self.configuration is None else self.configuration,
            settings=expected.settings if self.settings is None else self.settings,
        )

    def taken(self, plan: Any, body: Mapping[str, Any]) -> FormulaLive:
        """This, as the answer to a change. Raises FreshdeskError if it shows that a change was not accepted."""
        if self.name != body["name"]:
            raise FreshdeskError(
                f"The platform does not keep the name of formula instance {self.id} as it is written: choose a plainer one."
            )
        sent = {**body["configuration"], **body["settings"]}
        visible = {**self.values, **self.set_values}
        left = [key for key, value in sent.items() if visible.get(key) != MASK and not same(value, visible.get(key))]
        left += ["active"] if self.enabled is not body["active"] else []
        if left:
            raise FreshdeskError(
                f"The platform did not accept {', '.join(map(printable, left))} of formula instance {self.id}, "
                "although it reported success: check it on the platform."
            )
        return self


def formula_result(live: FormulaLive) -> dict[str, Any]:
    """The V(formula_instance) of a result: values under keys that look secret are redacted."""
    return {
        "id": live.id,
        "name": live.name,
        "formula": live.formula,
        "active": live.enabled,
        "configuration": printable_values(live.configuration),
        "settings": printable_values(live.settings),
        "created": live.created,
    }


def printable_values(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Values as text, without secrets and unset ones."""
    return {
        key: HIDDEN if is_secret_key(key) else redacted(stored(value), HIDDEN)
        for key, value in sorted((values or {}).items())
        if value is not None
    }


# --- Read from JSON ---------------------------------------------------------------------------------------------------


def template_from(answer: Any) -> Template | None:
    """The template in an answer; None if it is not a template."""
    if not isinstance(answer, dict) or not is_id(answer.get("id")) or not isinstance(answer.get("name"), str):
        return None
    shown = answer.get("configuration")
    variables: dict[str, Variable] | None = None
    if isinstance(shown, list):
        variables = {
            one["key"]: Variable(one["key"], one.get("required") is True)
            for one in shown
            if isinstance(one, dict) and isinstance(one.get("key"), str)
        }
    return Template(answer["id"], answer["name"], answer.get("active") is not False, variables)


def formula_live_from(answer: Any, formula: int | None = None) -> FormulaLive | None:
    """The formula instance in an answer, of a given template or the one that the answer names; None if there is none.

    Raises FreshdeskError if a field has an invalid type.
    """
    if not isinstance(answer, dict) or not is_id(answer.get("id")):
        return None
    template = answer.get("formula")
    number = template.get("id") if isinstance(template, dict) else formula
    if not is_id(number):
        return None
    configuration, settings, active = (answer.get(key) for key in ("configuration", "settings", "active"))
    maps = [part for part in (configuration, settings) if part is not None]
    if any(not isinstance(part, dict) or is_deep(part) for part in maps) or not isinstance(active, (bool, type(None))):
        raise FreshdeskError(
            f"The platform shows formula instance {answer['id']} with a field of an unexpected type, so it cannot be compared: "
            "report it to the platform."
        )
    name, created, errors = (answer.get(key) for key in ("name", "createdDate", "numberConsecutiveErrors"))
    return FormulaLive(
        id=answer["id"],
        name=name if isinstance(name, str) else "",
        created=created if isinstance(created, str) else None,
        formula=int(str(number)),
        enabled=active is not False,
        configuration=configuration,
        settings=settings,
        errors=errors if isinstance(errors, int) else 0,
    )
