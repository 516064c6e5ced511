# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the model of "created at most once" exhaustively with spin: what is proven, and where a duplicate must be found."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from support.debian import provide

MODEL = Path(__file__).with_name("created_once.pml").resolve()


class Case(NamedTuple):
    """One combination: what it is, how it is defined, and whether the checker must find a duplicate."""

    title: str
    defines: tuple[str, ...]
    duplicate: bool = False


CASES = [
    Case("two controllers at once, no lost answer, each runs twice", ("CONTROLLERS=2", "RUNS=2")),
    Case("three controllers at once, no lost answer", ("CONTROLLERS=3",)),
    Case(
        "one controller, three lost answers, three runs, late within the bound", ("CONTROLLERS=1", "LOSSES=3", "RUNS=3")
    ),
    Case(
        "two controllers, two lost answers, no bound: only own ids are deleted",
        ("CONTROLLERS=2", "LOSSES=2", "RUNS=2", "UNBOUNDED", "DELETIONS_ONLY"),
    ),
    Case("one controller, a lost answer, no bound", ("CONTROLLERS=1", "LOSSES=1", "UNBOUNDED"), True),
    Case("two controllers at once, a lost answer within the bound", ("CONTROLLERS=2", "LOSSES=1"), True),
]


def main() -> int:
    """Prints a line a case, and the trace of each duplicate; ends with 0 if every case ended as it should."""
    provide({"spin": "spin", "gcc": "gcc"})
    surprised = False
    for case in CASES:
        errors, states, trace = check(case)
        found = "a duplicate is found" if errors else "holds in every end state"
        right = bool(errors) == case.duplicate
        surprised |= not right
        print(f"{'' if right else 'WRONG: '}{case.title}: {found} ({states} states)", flush=True)
        print("".join(f"    {line}\n" for line in trace), end="")
    return 1 if surprised else 0


def check(case: Case) -> tuple[int, int, list[str]]:
    """How many errors there are, how many states were seen, and the shortest way to the first error."""
    with tempfile.TemporaryDirectory() as folder:
        defines = [f"-D{define}" for define in case.defines]
        run(folder, "spin", "-a", *defines, str(MODEL))
        run(folder, "gcc", "-O2", "-w", "-DSAFETY", *(["-DREACH"] if case.duplicate else []), "-o", "pan", "pan.c")
        said = run(folder, "./pan", "-m1000000", *(["-i"] if case.duplicate else []))
        if ("Search not completed" in said and not case.duplicate) or "max search depth too small" in said:
            raise RuntimeError(f"{case.title}: the search was not exhaustive:\n{said}")
        errors = int(re.search(r"errors: (\d+)", said).group(1))
        states = int(re.search(r"(\d+) states, stored", said).group(1))
        trace = []
        if errors:
            # Which trace it is, spin finds by the name of the model in the folder that it runs in.
            trail = next(Path(folder).glob("*.trail"))
            told = run(folder, "spin", "-T", "-k", str(trail), *defines, str(MODEL))
            trace = [line.strip() for line in told.splitlines() if re.match(r"\s*(controller|platform|the end)", line)]
        return errors, states, trace


def run(folder: str, *command: str) -> str:
    """What the command printed."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode and "./pan" not in command and "-T" not in command:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}")
    return done.stdout


sys.exit(main())
