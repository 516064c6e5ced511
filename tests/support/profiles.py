# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many examples properties are tried with: `short`, the same ones each time, or `long`, new ones each time."""

from __future__ import annotations

import hypothesis


def register(short: int, long: int) -> None:
    """Makes the two profiles known, with so many examples a property, and chooses the short one."""
    common = {"deadline": None, "database": None, "suppress_health_check": list(hypothesis.HealthCheck)}
    hypothesis.settings.register_profile("short", max_examples=short, derandomize=True, **common)
    hypothesis.settings.register_profile("long", max_examples=long, print_blob=True, **common)
    hypothesis.settings.load_profile("short")
