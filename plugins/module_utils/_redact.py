# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values are secrets, which values can be used as one, and what is shown instead. Private to this collection."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from ._values import DEEPEST, MASK, readable, stored

HIDDEN = "(hidden)"
"""Shown in results and diffs instead of a secret."""
SHORTEST_SECRET = 8
"""Minimum number of characters. Core masks secrets by search and replace, so a short one would corrupt ids and names."""
_AROUND = r"[\s\ufeff\u200b-\u200f\u2060]"
TEMPLATE = re.compile(r"\{\{.*\}\}|\{%.*%\}", re.DOTALL)
_MASK = re.compile(
    r"\*{8,}|[\u2022\u25cf]{8,}|\$encrypted\$|VALUE_SPECIFIED_IN_NO_LOG_PARAMETER|NOT_LOGGING_(PARAMETER|PASSWORD)"
    r"|[<(\[$]?(redacted|hidden|changed|masked|sensitive( value)?)[>)\]$]?",
    re.IGNORECASE,
)
"""Shown by tools and the platform instead of a secret."""
_SECRET_KEY = re.compile(r"(?i:^oauth\.|(?:^|[._-])(?:password|secret|token|key)$)|(?:Password|Secret|Token|Key)$")
"""A word for a secret: the whole name, or its last word after a separator or in camel case."""
_WITHOUT_EVENTS = {"event.notification.enabled": "false", "event.poller.refresh_interval": "15"}
"""The values that the platform shows if events were never set up."""
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, characters that change the text direction, and broken Unicode."""


@lru_cache(maxsize=1024)
def is_secret_key(key: str) -> bool:
    """Whether the name of a configuration key or variable indicates a secret, so that its value is never shown."""
    return key.lower() == "username" or _SECRET_KEY.search(key) is not None


def is_server_added(key: str) -> bool:
    """Whether the platform adds the configuration key (confirmed), so that the user did not set it."""
    return key in ("base.url", "pagination.max", "event.vendor.type") or key.startswith("bulk.")


def secret_refusal(option: str, value: str | None) -> str | None:
    """Why this secret cannot be used, without its value; None if it can."""
    if value is None:
        return None
    if value.startswith("$ANSIBLE_VAULT;"):
        return f"{option} is still encrypted with Ansible Vault: mark it with !vault, or give the secret itself"
    if TEMPLATE.search(value):
        return (
            f"{option} is still a template, which was read as plain text (as from_yaml and from_json do): "
            "give the value of the variable"
        )
    if _MASK.fullmatch(value.strip()):
        return f"{option} is only the mask of a hidden secret: give the secret itself"
    if re.fullmatch(r"""(["'`]).*\1|[\u2018\u201c\u201e].*[\u2019\u201d\u201c]""", value.strip(), re.DOTALL):
        return f"{option} has quotes around it, which are not part of a secret: give it without them"
    if re.match(_AROUND, value) or re.search(f"{_AROUND}$", value):
        return f"{option} begins or ends with a blank, a line break or an invisible character: give only the secret"
    if len(value) < SHORTEST_SECRET:
        return (
            f"{option} is shorter than {SHORTEST_SECRET} characters, so it cannot be masked in the output without "
            "mangling names and ids: give the whole secret"
        )
    if re.search(r"[\x00-\x1f\x7f]", value):
        return f"{option} contains a line break or another control character: give only the secret"
    return None


def redacted(value: Any, instead: str, found: set[str] | None = None, levels: int = DEEPEST) -> Any:
    """The value with each secret replaced by C(instead), also in JSON strings.

    A value that is nested too deeply to be searched is replaced as a whole. Adds the secrets to C(found).
    """
    if not levels and isinstance(value, (Mapping, list, tuple)):
        return instead
    if isinstance(value, Mapping):
        secrets = {key for key, item in value.items() if item is not None and is_secret_key(str(key))}
        if found is not None:
            found.update(str(value[key]) for key in secrets)
        return {
            key: instead if key in secrets else redacted(item, instead, found, levels - 1)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [redacted(item, instead, found, levels - 1) for item in value]
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            inner = json.loads(value)
        except ValueError:
            return value
        except RecursionError:
            return instead
        without = redacted(inner, instead, found, levels)
        return value if without == inner else json.dumps(without, ensure_ascii=False)
    return value


def printable_configuration(configuration: Mapping[str, Any] | None, wanted: Collection[str] = ()) -> dict[str, Any]:
    """The configuration for a result: without secrets, unset keys, and keys that the platform added unless wanted.

    Values that contain one of its secrets, plain or escaped as in JSON, are not shown either.
    """
    secrets = {
        form
        for key, value in (configuration or {}).items()
        if is_secret_key(str(key)) and readable(value) and len(value) >= SHORTEST_SECRET
        for form in (value, json.dumps(value, ensure_ascii=False)[1:-1])
    }
    return {
        str(key): HIDDEN if _holds(stored(value), secrets) else redacted(stored(value), HIDDEN)
        for key, value in sorted((configuration or {}).items())
        if value is not None
        and value != MASK
        and not is_secret_key(str(key))
        and (key in wanted or not (is_server_added(str(key)) or _is_default(str(key), value, configuration or {})))
    }


def _is_default(key: str, value: Any, configuration: Mapping[str, Any]) -> bool:
    """Whether this is the platform's default for a key that was not set."""
    if key.startswith("pagination."):
        return True
    return not configuration.get("event.notification.callback.url") and _WITHOUT_EVENTS.get(key) == stored(value)


def _holds(value: Any, secrets: Collection[str]) -> bool:
    """Whether the value contains one of the secrets."""
    text = str(value)
    return any(secret in text for secret in secrets)


def without_controls(text: str) -> str:
    """Text without anything that could change how the rest of a line is shown."""
    return _UNSHOWN.sub("\ufffd", text)


def printable(text: str) -> str:
    """Text for a message: without control characters, and shortened."""
    cleaned = without_controls(text)
    return cleaned if len(cleaned) <= 200 else cleaned[:197] + "..."
