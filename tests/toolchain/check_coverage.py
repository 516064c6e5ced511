# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints how much of plugins/ the unit tests ran, and fails where lines or branches are below their bounds."""

from __future__ import annotations

import json
import subprocess
import sys

BOUNDS = {"lines": 95, "branches": 90}


def main() -> int:
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "report"], check=True)
    measured = subprocess.run(
        [*coverage, "json", "--quiet", "-o", "/dev/stdout"], check=True, stdout=subprocess.PIPE
    ).stdout
    totals = json.loads(measured)["totals"]
    reached = {
        "lines": 100 * totals["covered_lines"] / (totals["num_statements"] or 1),
        "branches": 100 * totals["covered_branches"] / (totals["num_branches"] or 1),
    }
    for what, bound in BOUNDS.items():
        print(f"{what}: {reached[what]:.1f} % covered, at least {bound} % required")
    return 1 if any(reached[what] < bound for what, bound in BOUNDS.items()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
