# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name and seals the token in its result."""

from __future__ import annotations

from typing import Any, ClassVar

from ..module_utils._options import CONNECTION_SPEC, INSTANCE_SPEC
from ..plugin_utils._action import Action
from ..plugin_utils._seal import seal


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instance."""

    _supports_diff = True
    _supports_async = True

    spec: ClassVar = {**CONNECTION_SPEC, **INSTANCE_SPEC}

    def outcome(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        result = self.run_module("cloudelements.freshdesk.instance", task_vars)
        if isinstance(result.get("token"), str):
            result["token"] = seal(result["token"])
        return result
