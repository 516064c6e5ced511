# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses the platform's JSON for instances; the only file that does. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ._errors import FreshdeskError
from ._fields import EVENTS_ENABLED
from ._model import OTHERS, Live, account_in
from ._values import is_deep, is_id


def live_from(answer: Mapping[str, Any]) -> Live:
    """The instance in an answer, which must contain a usable id.

    Raises FreshdeskError if a field has an invalid type.
    """
    configuration = answer.get("configuration")
    disabled = answer.get("disabled")
    tags = _tags(answer.get("tags"))
    wrong = [] if tags is not None or answer.get("tags") is None else ["tags"]
    if not isinstance(configuration, (dict, type(None))) or is_deep(configuration):
        wrong.append("a configuration")
    if not isinstance(disabled, (bool, type(None))) and disabled not in ("true", "false"):
        wrong.append("a switch named disabled")
    if wrong:
        raise FreshdeskError(
            f"The platform shows instance {answer['id']} with {' and '.join(wrong)} of an unexpected type, "
            "so it cannot be compared: report it to the platform."
        )
    created = answer.get("createdDate")
    token = answer.get("token")
    user_id = _inner(answer, "user", "id")
    return Live(
        id=answer["id"],
        name=name_of(answer) or "",
        created=created if isinstance(created, str) else None,
        tags=tags,
        enabled=not _is_true(disabled),
        element=element_of(answer) or "",
        user_id=user_id if isinstance(user_id, int) and is_id(user_id) else None,
        token=token if is_token(token) else None,
        # An empty one means unknown (confirmed): a list that does not honour hydrate shows it like that.
        configuration=configuration or None,
        others={
            option.name: option.read(answer[option.field])
            for option in OTHERS
            if option.field is not None and answer.get(option.field) is not None
        },
        events_enabled=_is_true((configuration or {}).get(EVENTS_ENABLED, answer.get("eventsEnabled"))),
    )


def name_of(answer: Mapping[str, Any]) -> str | None:
    """The name of an instance; None if it is missing or not a string."""
    name = answer.get("name")
    return name if isinstance(name, str) else None


def element_of(answer: Mapping[str, Any]) -> str | None:
    """The key of an instance's element; None if the answer does not show it."""
    key = _inner(answer, "element", "key")
    return key if isinstance(key, str) else None


def account_of(answer: Mapping[str, Any]) -> str | None:
    """The Freshdesk account of an instance, in lower case; None if the answer does not show it."""
    return account_in(answer.get("configuration"))


def is_token(value: object) -> bool:
    """Whether this can be sent in a header as an instance's token."""
    return isinstance(value, str) and bool(re.fullmatch(r"[\x21-\x2b\x2d-\x7e]+", value))


def _inner(answer: Mapping[str, Any], field: str, key: str) -> Any:
    inner = answer.get(field)
    return inner.get(key) if isinstance(inner, dict) else None


def _tags(tags: Any) -> tuple[str, ...] | None:
    """The tags, sorted; None if this is not a list of tags. Very old answers have them as objects (confirmed)."""
    if not isinstance(tags, list):
        return None
    names = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags]
    texts = [name for name in names if isinstance(name, str)]
    return tuple(sorted(set(texts))) if len(texts) == len(names) else None


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
