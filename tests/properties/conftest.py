# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many examples the properties are tried with: `short`, the same ones each time, or `long`, new ones each time."""

from __future__ import annotations

import hypothesis

COMMON = {"deadline": None, "database": None, "suppress_health_check": list(hypothesis.HealthCheck)}
hypothesis.settings.register_profile("short", max_examples=100, derandomize=True, **COMMON)
hypothesis.settings.register_profile("long", max_examples=2500, print_blob=True, **COMMON)
hypothesis.settings.load_profile("short")
