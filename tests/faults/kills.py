# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills real runs of a playbook at a random moment, then runs it again: each tenant and its formula must be there exactly once."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

from support.platform import control, environment, simulator

from faults.figures import Figures, Violation

HERE = Path(__file__).resolve().parent
PLAYBOOK = HERE / "playbooks" / "killed.yml"
NAMES = [f"tenant-{number}" for number in range(6)]
LATENCY = {"create": 0.4, "list": 0.1}


def start(address: str) -> subprocess.Popen[str]:
    """The playbook on its way."""
    return subprocess.Popen(
        ["ansible-playbook", str(PLAYBOOK)],
        env=environment(address),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def family(parent: int) -> set[int]:
    """A process and all that descend from it: workers of Ansible leave the session of their parent."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = set(), [parent]
    while waiting:
        number = waiting.pop()
        found.add(number)
        waiting += children.get(number, [])
    return found


def alive(number: int) -> bool:
    """Whether the process still runs; one that only waits for its parent to take notice does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def whole_run(address: str) -> tuple[int, str]:
    """The playbook from begin to end: its status and what it said."""
    process = start(address)
    said, _nothing = process.communicate()
    return process.returncode, said


def settled(address: str, members: set[int]) -> None:
    """Waits until nothing of the killed run is left, and the platform is done with its last request."""
    while living := {number for number in members if alive(number)}:
        # What survives may start more.
        members = members.union(*map(family, living))
        time.sleep(0.05)
    while any(record["ended"] is None for record in control(address, "requests")):
        time.sleep(0.05)


def kill_runs(count: int, seed: int, figures: Figures) -> list[str]:
    """That many runs, each on an empty platform and killed; answers the violations as sentences."""
    violations = []
    with simulator() as address:
        reset(address)
        begun = time.monotonic()
        status, said = whole_run(address)
        length = time.monotonic() - begun
        if status:
            raise RuntimeError(f"the playbook fails even if nobody kills it:\n{said}")
        for number in range(seed, seed + count):
            try:
                kill_one(address, number, length, figures)
            except Violation as violation:
                figures.violations[violation.kind] += 1
                violations.append(f"kill {number}: {violation}")
    return violations


def reset(address: str) -> None:
    control(address, "reset", verb="POST")
    control(address, "settings", {"accounts": "any", "latency": LATENCY})
    control(address, "formulas", [{"name": "sync", "variables": ["source"]}])


def kill_one(address: str, seed: int, length: float, figures: Figures) -> None:
    """One run that is killed, and the run after it. Raises Violation."""
    chance = random.Random(f"kill {seed}")
    reset(address)
    process = start(address)
    # Most of a run is the start of Ansible; the moments that count are those with a request under way.
    if chance.random() < 0.75:
        wanted = chance.choice([1, 1, 2, 3, 4, 6, 9, 12, 14, 16])
        while process.poll() is None and len(control(address, "requests")) < wanted:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, LATENCY["create"]))
    else:
        time.sleep(chance.uniform(0, length))
    members = family(process.pid)
    number = chance.choice([signal.SIGKILL, signal.SIGTERM])
    alone = chance.random() < 0.5
    for member in [process.pid] if alone else members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, number)
    process.communicate()
    settled(address, members)
    figures.kills += 1
    figures.faults[f"{signal.Signals(number).name} to {'the playbook' if alone else 'all its processes'}"] += 1
    left = len(control(address, "instances")) + len(control(address, "formula-instances"))
    figures.outcomes[f"{'none' if not left else 'all' if left == 2 * len(NAMES) else 'some'} there after the kill"] += 1
    status, said = whole_run(address)
    instances, formulas = control(address, "instances"), control(address, "formula-instances")
    figures.requests += len(control(address, "requests"))
    figures.instances += len(instances)
    figures.formula_instances += len(formulas)
    for what, found in (("instances", instances), ("formula instances", formulas)):
        names = sorted(one["name"] for one in found)
        left_over = f"after {signal.Signals(number).name} the next run left the {what} {names}"
        if len(names) > len(set(names)):
            raise Violation("duplicates", left_over)
        if set(names) - set(NAMES):
            raise Violation("orphans", left_over)
        if status or names != NAMES:
            raise Violation("others", f"{left_over} and said:\n{said}")
    ids = {one["name"]: str(one["id"]) for one in instances}
    if {one["name"]: str(one["configuration"].get("source")) for one in formulas} != ids:
        raise Violation("others", f"formula instances do not use the instances of their tenants: {formulas}")
