# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts values from ansible-core to plain ones: without C(omit), iterators and encrypted objects. Private to this collection."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..module_utils._entries import Unresolved
from ._untemplated import TRUST_IS_ASKED_FOR

_OMIT = re.compile(r"__omit_place_holder__[0-9a-f]{40}")
_TEMPLATE = re.compile(r"\{\{|\{%")


def is_omitted(value: Any) -> bool:
    """Whether it is C(omit): a string on ansible-core 2.18, a special object on newer releases."""
    if isinstance(value, str):
        return _OMIT.fullmatch(value) is not None
    return type(value).__name__ == "_OmitType"


def received(value: Any) -> Any:
    """The value without omitted parts, at any depth; None if the value itself is omitted.

    On ansible-core 2.18, a string with a template that could not be resolved becomes Unresolved.
    """
    if value is None or isinstance(value, (bool, int, float)) or is_omitted(value):
        return None if is_omitted(value) else value
    if isinstance(value, str):
        if TRUST_IS_ASKED_FOR:
            return str.__str__(value)  # without core's tags, each of which costs time wherever the value is copied
        return Unresolved() if _is_unresolved(value) else value
    if isinstance(value, Mapping):
        return {received(key): received(item) for key, item in value.items() if not is_omitted(item)}
    if isinstance(value, (list, tuple, set, frozenset, Iterator)):
        return [received(item) for item in value if not is_omitted(item)]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()  # YAML has dates, JSON has none
    if hasattr(value, "_ciphertext"):
        return str(value)  # a single variable that is encrypted by ansible-vault
    return value


def _is_unresolved(text: str) -> bool:
    """Whether it still is a template and is not marked as data."""
    if not _TEMPLATE.search(text):
        return False
    from ansible.utils.unsafe_proxy import AnsibleUnsafe  # which newer releases deprecate

    return not isinstance(text, AnsibleUnsafe)
