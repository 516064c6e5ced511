# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a large result from a module to its action plugin as one text. Private to this collection."""

from __future__ import annotations

import json
from typing import Any


def folded(result: dict[str, Any]) -> dict[str, Any]:
    """A large result as one text: core goes through every string of a result on both sides, a second for a thousand tenants."""
    told: dict[str, Any] = {key: value for key, value in result.items() if key in ("changed", "failed", "msg")}
    return {**told, "folded": json.dumps({key: value for key, value in result.items() if key not in told})}


def unfolded(result: dict[str, Any]) -> dict[str, Any]:
    """The result as it was before C(folded); any other as it is."""
    if not isinstance(result.get("folded"), str):
        return result
    inner: dict[str, Any] = json.loads(result["folded"])
    return {**{key: value for key, value in result.items() if key != "folded"}, **inner}
