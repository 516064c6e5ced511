# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures one instance: the whole time of a one-task playbook against other modules'."""

from __future__ import annotations

import argparse
from statistics import median
from typing import Any

from measuring import HERE, Runner, SimulatedPlatform

PLAYBOOKS = HERE / "playbooks"


def measure(runner: Runner, *, quick: bool) -> dict[str, Any]:
    """The seconds of each playbook."""
    return {"seconds": _whole_times(runner, 3 if quick else 12)}


def _whole_times(runner: Runner, times: int) -> dict[str, list[float]]:
    """In turns, so that whatever else the machine does hits all alike."""
    runner.platform.prepare()
    runner.playbook(str(PLAYBOOKS / "instance.yml"))
    seconds: dict[str, list[float]] = {"trivial": [], "uri_get": [], "instance": []}
    for turn in range(times + 1):
        for name, measured in seconds.items():
            more = {"platform_url": runner.platform.address} if name == "uri_get" else {}
            wall = runner.playbook(str(PLAYBOOKS / f"{name}.yml"), **more).wall
            if turn:  # the first fills caches
                measured.append(wall)
    return seconds


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """The whole time of the no-op with the module instance, as a multiple of each other playbook's."""
    medians = {name: median(seconds) for name, seconds in results["seconds"].items()}
    return {name: medians["instance"] / medians[name] for name in ("trivial", "uri_get")}


def lines(results: dict[str, Any]) -> list[str]:
    """The summary."""
    said = ["Whole time of a one-task playbook, medians of runs in turns:"]
    said += [
        f"  {name:<9} {median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f})"
        for name, seconds in results["seconds"].items()
    ]
    return said


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 turns instead of 12")
    options = parser.parse_args()
    with SimulatedPlatform() as platform:
        results = measure(Runner(platform), quick=options.quick)
    print("\n".join(lines(results)))
    for name, ratio in ratios(results).items():
        print(f"  instance / {name}: {ratio:.2f}")


if __name__ == "__main__":
    main()
