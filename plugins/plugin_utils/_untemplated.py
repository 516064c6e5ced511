# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks text from the platform as data, so that no ansible-core templates it. Private to this collection."""

from __future__ import annotations

from typing import Any

from ansible import template

TRUST_IS_ASKED_FOR = hasattr(template, "trust_as_template")
"""Whether ansible-core (2.19 and newer) treats only marked strings as templates."""


def untemplated(value: Any) -> Any:
    """The value (strings, lists and dicts), with every string in it marked as neither template nor expression."""
    if TRUST_IS_ASKED_FOR:
        return value
    from ansible.utils.unsafe_proxy import wrap_var  # which newer releases deprecate

    return wrap_var(value)
