# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures one instance: what one no-op costs against other modules."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from statistics import median
from typing import Any

from measuring import HERE, Runner, SimulatedPlatform

PLAYBOOKS = HERE / "playbooks"


def measure(runner: Runner, *, quick: bool) -> dict[str, Any]:
    """The seconds of each playbook, and those of CPU."""
    runner.platform.prepare()
    runner.playbook(str(PLAYBOOKS / "instance.yml"))
    names = ("empty", "trivial", "ping", "uri_get", "instance")
    seconds, cpu = _in_turns(runner, names, 3 if quick else 12)
    return {"seconds": seconds, "cpu": cpu}


def _of(runner: Runner, more: dict[str, Any]) -> dict[str, Any]:
    return {"platform_url": runner.platform.address, **more}


def _in_turns(
    runner: Runner, names: Sequence[str], times: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """The seconds of each playbook, and those of CPU. In turns, so that whatever else the machine does hits all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in names}
    cpu: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(times + 1):
        for name in names:
            figures = runner.playbook(str(PLAYBOOKS / f"{name}.yml"), **_of(runner, {}))
            if turn:  # the first fills caches
                seconds[name].append(figures.wall)
                cpu[name].append(figures.cpu)
    return seconds, cpu


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """The whole time of the no-op with the module instance, as a multiple of each other playbook's."""
    medians = {name: median(seconds) for name, seconds in results["seconds"].items()}
    return {name: medians["instance"] / medians[name] for name in ("trivial", "uri_get")}


def beyond_empty(results: dict[str, Any]) -> dict[str, float]:
    """The CPU of the no-op beyond an empty playbook, as a multiple of each other module's."""
    medians = {name: median(seconds) for name, seconds in results["cpu"].items()}
    empty = medians["empty"]
    return {name: (medians["instance"] - empty) / (medians[name] - empty) for name in ("ping", "uri_get")}


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
    print("CPU beyond an empty playbook:")
    for name, ratio in beyond_empty(results).items():
        print(f"  instance / {name}: {ratio:.2f}")


if __name__ == "__main__":
    main()
