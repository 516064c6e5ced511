# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two profiles of the campaign, and its figures."""

from __future__ import annotations

from collections import Counter

import pytest
from support import profiles

profiles.register(short=60, long=400)

EXAMPLES: Counter[str] = Counter()


@pytest.fixture
def tried(request):
    """Counts an example of the test's file."""
    kind = request.path.stem.removeprefix("test_")

    def count(number=1):
        EXAMPLES[kind] += number

    return count


def pytest_terminal_summary(terminalreporter):
    """Prints the figures."""
    found = len(terminalreporter.stats.get("failed", [])) + len(terminalreporter.stats.get("error", []))
    kinds = ", ".join(f"{kind} {count}" for kind, count in EXAMPLES.items())
    terminalreporter.write_line(f"{sum(EXAMPLES.values())} examples ({kinds}), {found} findings")
