# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job, as a process of its own: hands what it reads to ansible-runner, as AWX does, and says how it ended."""

from __future__ import annotations

import json
import sys

import ansible_runner

ended = ansible_runner.run(**json.load(sys.stdin))
print(json.dumps({"status": ended.status, "rc": ended.rc}))
