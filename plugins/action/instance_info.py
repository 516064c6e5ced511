# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin: lists instances."""

from __future__ import annotations

from ..module_utils._instance_tasks import INSTANCE_INFO
from ..plugin_utils._action import Action


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instance_info."""

    definition = INSTANCE_INFO
