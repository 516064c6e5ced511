# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback that owns standard output, as those do that write JSON or nothing."""

from __future__ import annotations

DOCUMENTATION = """
name: whole_json
type: stdout
short_description: Writes one JSON document
description: For the tests of this collection.
version_added: 1.0.0
author: The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

import json
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """Says at the end that the play has ended."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "whole_json"

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._display.display(json.dumps({"ended": True}))
