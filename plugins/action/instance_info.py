# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name, so that its arguments and what it says when it dies reach nobody."""

from __future__ import annotations

from typing import Any, ClassVar

from ..module_utils._options import CONNECTION_SPEC, INFO_SPEC
from ..plugin_utils._action import Action


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instance_info."""

    _supports_async = True

    spec: ClassVar = {**CONNECTION_SPEC, **INFO_SPEC}

    def outcome(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        return self.run_module("cloudelements.freshdesk.instance_info", task_vars)
