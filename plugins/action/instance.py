# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin: creates, changes or deletes one instance, and seals the token in the result."""

from __future__ import annotations

from typing import Any

from ..module_utils._instance_tasks import INSTANCE
from ..plugin_utils._action import Action
from ..plugin_utils._seal import seal


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instance."""

    definition = INSTANCE

    def finish(self, result: dict[str, Any]) -> None:
        if isinstance(result.get("token"), str):
            result["token"] = seal(result["token"])
