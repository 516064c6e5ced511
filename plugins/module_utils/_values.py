# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as the platform stores and shows them, and how they are compared. Private to this collection."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

MASK = "********"
"""What the platform shows for a secret that it does not reveal (confirmed)."""
DEEPEST = 50
"""Maximum nesting depth of lists and mappings in a configuration."""
SURROGATE = re.compile(r"[\ud800-\udfff]")


def stored(value: Any) -> Any:
    """The value as the platform stores and returns it: scalars as strings (confirmed), JSON kept parsed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return {str(key): stored(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [stored(item) for item in value]
    return None if value is None else str(value)


def same(desired: Any, live: Any) -> bool:
    """Whether the live value of a configuration key equals the desired one: strings as stored, JSON parsed."""
    if isinstance(desired, (Mapping, list, tuple)):
        if isinstance(live, str):
            live = parsed(live)
        return bool(stored(desired) == stored(live))
    if isinstance(desired, bool):
        return isinstance(live, (str, bool)) and str(live).lower() == stored(desired)
    if live is None:
        return bool(desired == "")  # the platform shows an unset key as null
    return str(stored(live)) == str(stored(desired))


def parsed(value: Any) -> Any:
    """A JSON string, parsed; None if it is not JSON."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return None if is_deep(found) else found


def plain(value: Any) -> Any:
    """The value (strings, lists and dicts) without core's tags for the origin of strings and whether they are templates.

    Core copies what it checks, which takes ten times as long with tags.
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str.__str__(value) if isinstance(value, str) else value


def readable(value: Any) -> bool:
    """Whether the platform shows the secret, so that it can be compared."""
    return isinstance(value, str) and value != MASK


def is_id(value: object) -> bool:
    """Whether this is a valid id of an instance: a positive integer of at most 64 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def is_deep(value: Any, levels: int = DEEPEST) -> bool:
    """Whether lists and mappings are nested too deeply."""
    if not isinstance(value, (dict, list)):
        return False
    items = value.values() if isinstance(value, dict) else value
    return not levels or any(is_deep(item, levels - 1) for item in items if isinstance(item, (dict, list)))


def unsendable(value: Any) -> str | None:
    """Why this value, at any depth, cannot be sent to a module or to the platform; None if it can."""
    if is_deep(value):
        return f"holds lists and mappings more than {DEEPEST} levels deep: make it flatter"
    if isinstance(value, str) and SURROGATE.search(value):
        return "contains broken Unicode: write it in plain text"
    if isinstance(value, float) and not math.isfinite(value):
        return "contains a number that is infinite or not a number: give another"
    inner = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
    return next(filter(None, map(unsendable, inner)), None) if isinstance(inner, list) else None
