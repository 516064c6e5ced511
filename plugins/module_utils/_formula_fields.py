# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the options of a formula instance, one row per option. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._errors import Refused
from ._fields import (
    PLACEHOLDER_ID,
    Addressed,
    check_address,
    check_is_id,
    checked,
    checked_id,
    checked_name,
    checked_text,
    is_key,
    is_present,
    row,
)
from ._redact import is_secret_key, printable, secret_refusal
from ._values import MASK, is_id, stored

SELF = "self"
"""The name for the entry's own instance in the formulas of an entry of C(instances)."""
_ELEMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class InstanceRef:
    """The element instance for a variable: by id, or by name and element."""

    id: int | None = None
    name: str | None = None
    element: str | None = None
    """None means the element of the connection."""
    own: bool = False
    """Whether it is the instance of the entry that contains the formula instance."""

    @property
    def label(self) -> str:
        """How messages name it."""
        if self.own:
            return SELF
        return f"id {self.id}" if self.id is not None else printable(self.name or "")


# --- The checks -------------------------------------------------------------------------------------------------------


def formula_of(given: str) -> int | str:
    """A template's id, or its name."""
    if re.fullmatch(r"[0-9]+", given):
        if not is_id(int(given)):
            raise Refused("formula is not the id of a template: give the id that the platform shows, or a name.")
        return int(given)
    return checked_text("formula", given)


def _variables(option: str, given: Mapping[Any, Any], value_of: Callable[[str, Any], Any]) -> dict[str, Any]:
    """A mapping of plain strings. Null values are left unchanged."""
    for key in given:
        if not is_key(key):
            raise Refused(
                f"{option} has a key that is empty, not plain text, or a template, which Ansible does not evaluate in keys: "
                "name the variables of the template."
            )
    return {key: value_of(f"{option}: {printable(key)}", value) for key, value in given.items() if value is not None}


def _reference(path: str, given: Any) -> InstanceRef:
    if isinstance(given, Mapping):
        element = given.get("element")
        if set(given) - {"name", "element"} or not isinstance(given.get("name"), str):
            raise Refused(f"{path} must be an id, a name, or {{name: ..., element: ...}}.")
        if element is not None and not (isinstance(element, str) and _ELEMENT.fullmatch(element)):
            raise Refused(f"{path} must have the key of an element in element, such as freshdeskv2.")
        return InstanceRef(name=checked_text(path, given["name"]), element=element)
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        raise Refused(f"{path} must be an id, a name, or {{name: ..., element: ...}}.")
    if re.fullmatch(r"-?[0-9]+", str(given)):
        if int(given) != PLACEHOLDER_ID:
            check_is_id(path, given)
        return InstanceRef(id=int(given))
    return InstanceRef(name=checked_text(path, str(given)))


def _value(path: str, given: Any) -> str:
    """The value of a variable as text, as the platform declares it."""
    if isinstance(given, (Mapping, list, tuple)):
        raise Refused(f"{path} must be a string, a number or a boolean: give JSON as a string.")
    value = str(stored(given))
    if value == MASK:
        raise Refused(f"{path} is {MASK}, which only masks a hidden value: give the value itself.")
    if is_secret_key(path.partition(": ")[2]) and value:
        refusal = secret_refusal(path, value)
        if refusal is not None:
            raise Refused(refusal + ".")
    return value


def _setting(path: str, given: Any) -> int | str:
    """The value of a setting: text, except for settings that are numbers on the platform."""
    value = _value(path, given)
    return given if isinstance(given, int) and not isinstance(given, bool) else value


def _instances(given: Mapping[Any, Any]) -> dict[str, InstanceRef]:
    return _variables("instances", given, _reference)


def _configuration(given: Mapping[Any, Any]) -> dict[str, str]:
    return _variables("configuration", given, _value)


def _settings(given: Mapping[Any, Any]) -> dict[str, int | str]:
    return _variables("settings", given, _setting)


# --- The table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormulaDesired(Addressed):
    """The desired state of one formula instance, checked; None means unchanged."""

    formula: int | str | None = row("str", check=formula_of)
    """The template's id or name; None if the id of the instance determines it."""
    name: str | None = row("str", check=checked_name)
    id: int | None = row("int", check=checked_id)
    present: bool = row(
        "str", name="state", choices=["present", "absent"], default="present", initial=True, check=is_present
    )
    active: bool | None = row("bool")
    instances: Mapping[str, InstanceRef] = row("dict", initial=dict, check=_instances)
    configuration: Mapping[str, str] = row("dict", initial=dict, check=_configuration)
    settings: Mapping[str, int | str] = row("dict", initial=dict, check=_settings)
    on_duplicate: str = row("str", choices=["fail", "oldest"], default="fail", initial="fail")
    key: str | None = row("str", of_entries=True)
    problem: str | None = row("str", of_entries=True)

    @property
    def kind(self) -> str:
        return "formula instance"

    @property
    def to_delete(self) -> FormulaDesired:
        """The same with state absent, for when its element instance is to be deleted."""
        return replace(self, present=False, active=None, instances={}, configuration={}, settings={})


def formula_desired_from(params: Mapping[str, Any], *, check_mode: bool) -> FormulaDesired:
    """The desired state from the options of one formula instance. Raises Refused with a message that names the option and no secret."""
    check_address(params, check_mode=check_mode)
    if params["formula"] is None and params["id"] is None:
        raise Refused("formula is not set: give the id or the name of the template, or the id of the formula instance.")
    desired = FormulaDesired(**checked(FormulaDesired, params))
    both = sorted(set(desired.instances) & set(desired.configuration))
    if both:
        raise Refused(
            f"{', '.join(map(printable, both))} is in instances and in configuration: keep one of them, which for the id or "
            "the name of an instance is instances."
        )
    if not check_mode and any(one.id == PLACEHOLDER_ID for one in desired.instances.values()):
        raise Refused(
            f"instances has {PLACEHOLDER_ID}, the placeholder of a dry run, and this is not a dry run: "
            "register the instance's id in the same run, or give its name."
        )
    return desired


def own_formula_from(params: Mapping[str, Any], owner: str | None, *, check_mode: bool) -> FormulaDesired:
    """The same for a formula in an entry of C(instances): C(self) is the entry's own instance, whose name is the default.

    Raises Refused.
    """
    name = owner if params["name"] is None and params["id"] is None else params["name"]
    desired = formula_desired_from({**params, "name": name}, check_mode=check_mode)
    own = {variable: InstanceRef(own=True) for variable, one in (params["instances"] or {}).items() if one == SELF}
    return replace(desired, instances={**desired.instances, **own})
