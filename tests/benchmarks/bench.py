# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole benchmark: requests, one instance, then fleets; prints the targets, and writes the figures into the documentation."""

from __future__ import annotations

import argparse
import json
import os
import platform as this_machine
import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import fleet
import formulas
import meaning
import one
import requests_needed
from ansible.release import __version__ as core
from measuring import Runner, SimulatedPlatform


def machine() -> dict[str, Any]:
    """The machine in general terms: nothing that tells whose it is."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return {
        "cpu": model.group(1) if model else this_machine.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "python": this_machine.python_version(),
        "core": core,
        "date": datetime.now(timezone.utc).date().isoformat(),
    }


def main() -> int:
    """Measure or read, print, write; ends with 1 if a figure that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small version, which only shows that all of it works")
    parser.add_argument(
        "--only", choices=["requests", "formulas"], help="count requests, or measure tenants with formulas, and no more"
    )
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the figures there, for the documentation")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the raw figures there, as JSON")
    parser.add_argument("--read", type=Path, metavar="FILE", help="measure nothing, take the raw figures from there")
    options = parser.parse_args()
    if options.only == "formulas":
        with SimulatedPlatform() as platform:
            rows = formulas.measure(Runner(platform), quick=options.quick)
        print("\n".join(formulas.lines(rows)))
        if options.write:
            from documents import write_formulas

            write_formulas(rows, machine(), options.write)
        return 0
    if options.only:
        counted = requests_needed.measure(quick=options.quick)
        print("\n".join(requests_needed.lines(counted)))
        if options.write:
            from documents import write_requests

            write_requests(counted, options.write)
        return 0
    if options.read:
        results = json.loads(options.read.read_text(encoding="utf-8"))
    else:
        with SimulatedPlatform() as platform:
            runner = Runner(platform)
            results = {
                "machine": machine(),
                "requests": requests_needed.measure(quick=options.quick),
                "one": one.measure(runner, quick=options.quick),
                "fleet": fleet.measure(runner, quick=options.quick),
            }
    if options.keep:
        options.keep.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print("\n".join([*requests_needed.lines(results["requests"]), *meaning.lines(results)]))
    if options.write:
        from documents import write, write_requests

        write(results, options.write)
        write_requests(results["requests"], options.write)
    missed = [target.title for target in meaning.targets(results) if not target.holds]
    if missed and results["fleet"]["scale"]["quick"]:
        print("\nA quick run is too small for the targets, so what it misses proves nothing.")
        return 0
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
