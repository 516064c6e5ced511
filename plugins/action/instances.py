# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes many instances what they should be, says how far it is, and seals the tokens in the result."""

from __future__ import annotations

from typing import Any

from ..module_utils._tasks import INSTANCES
from ..plugin_utils._action import Action
from ..plugin_utils._progress import summary
from ..plugin_utils._seal import seal


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instances."""

    definition = INSTANCES

    def seal(self, result: dict[str, Any]) -> None:
        if isinstance(result.get("tokens"), dict):
            result["tokens"] = {name: seal(token) for name, token in result["tokens"].items()}

    def summary(self, result: dict[str, Any]) -> list[str]:
        if "summary" not in result:
            return []
        counts, pruned = result["summary"], len(result.get("pruned") or [])
        return [summary(len(result["outcomes"]), counts, pruned, dry_run=bool(self._task.check_mode))]
