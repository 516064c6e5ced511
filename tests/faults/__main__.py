# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/faults`` run the campaign; ``--help`` tells the options."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

TESTS = Path(__file__).resolve().parent.parent
# A directory that is run puts itself on the path; the packages are found from its parent, the collection where Ansible
# looks for it.
sys.path[:1] = [str(TESTS), *os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)]

from faults.figures import Figures, Violation  # noqa: E402
from faults.formulas import FormulaRivals, FormulaTrial  # noqa: E402
from faults.kills import kill_runs  # noqa: E402
from faults.race import Rivals  # noqa: E402
from faults.trial import Trial  # noqa: E402


class Attempt(Protocol):
    """A trial or a race."""

    def run(self, figures: Figures) -> None:
        """Runs it, and adds to the figures."""

    def schedule(self) -> list[str]:
        """What happened, step by step."""


def main() -> int:
    """Runs what was asked for; ends with 0 if nothing was found."""
    options = arguments()
    figures, violations = Figures(), []
    begun = time.monotonic()
    seeds = [options.only] if options.only is not None else range(options.seed, options.seed + options.trials)
    races = [options.only] if options.only is not None else range(options.seed, options.seed + options.races)
    kinds: tuple[tuple[str, Callable[[int], Attempt], Sequence[int]], ...] = (
        ("trial", Trial, seeds),
        ("race", Rivals, races),
        ("formula", FormulaTrial, races),
        ("formula-race", FormulaRivals, races),
    )
    for kind, make, numbers in kinds:
        if options.what in (None, kind):
            for number in numbers:
                violations += attempt(kind, make, number, figures, verbose=options.only is not None)
    if options.kills and options.only is None:
        violations += kill_runs(options.kills, options.seed, figures)
    print(f"\nSeed {options.seed if options.only is None else options.only}")
    print("\n".join(figures.lines(time.monotonic() - begun)))
    print(f"\n{len(violations)} violations" + "".join(f"\n- {violation}" for violation in violations))
    return 1 if violations else 0


def attempt(kind: str, make: Callable[[int], Attempt], seed: int, figures: Figures, *, verbose: bool) -> list[str]:
    """One trial or race; what it found, told with its schedule."""
    one = make(seed)
    found = []
    try:
        one.run(figures)
    except Violation as violation:
        figures.violations[violation.kind] += 1
        found = [f"{kind} {seed}: {violation}"]
    except Exception as error:  # what is not even known as a violation is one
        figures.violations["others"] += 1
        found = [f"{kind} {seed}: {type(error).__name__}: {error}"]
        if verbose:
            raise
    if found or verbose:
        print("\n  ".join([found[0] if found else f"{kind} {seed}: nothing found", *one.schedule()]))
        print(f"  Repeat it with: --only {seed} --what {kind}", flush=True)
    return found


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python tests/faults", description="Tries to break: created at most once.")
    parser.add_argument("--trials", type=int, default=10_000, help="trials with faults (default: %(default)s)")
    parser.add_argument(
        "--races",
        type=int,
        help="races of controllers, trials and races of formula instances (default: a fifth of the trials)",
    )
    parser.add_argument(
        "--kills", type=int, help="killed runs of a real playbook (default: 20, or 0 below 1000 trials)"
    )
    parser.add_argument("--seed", type=int, default=1, help="the first trial's seed; each further one is one more")
    parser.add_argument(
        "--only", type=int, metavar="SEED", help="repeat the one trial or race of this seed, and tell it"
    )
    parser.add_argument("--what", choices=["trial", "race", "formula", "formula-race"], help="only these")
    options = parser.parse_args()
    if options.races is None:
        options.races = options.trials // 5
    if options.kills is None:
        options.kills = 20 if options.trials >= 1000 and options.what is None else 0
    return options


sys.exit(main())
