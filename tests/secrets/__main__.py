# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/secrets`` run the campaign; ``--help`` tells the options."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
# What this folder shares with other tests is found from its parent. It is no package, since one of its name is Python's own.
sys.path.insert(1, str(TESTS))

from ansible.release import __version__ as core_version  # noqa: E402
from cases import both_ways, clean, ends, held  # noqa: E402
from sentinels import self_test, sentinels  # noqa: E402
from stage import Case, Played, Stage  # noqa: E402
from tables import promised, rows  # noqa: E402

CORE = tuple(int(part) for part in core_version.split(".")[:2])
MASKING = (2, 22)
"""From this core on, what is registered as a secret is masked in all that is displayed."""


def main() -> int:
    """Plays all cases; ends with 0 if nothing was found but what the documentation says."""
    options = arguments()
    begun = time.monotonic()
    planted = self_test(options.seed)
    cases = [*clean(options.seed, short=options.short), *ends(short=options.short)]
    if not options.short:
        cases += held_as_promised()
    cases = [case for case in cases if re.search(options.only, case.name)]
    with tempfile.TemporaryDirectory(prefix="secrets-") as folder, ThreadPoolExecutor(options.jobs) as pool:
        stage = Stage(options.keep or Path(folder), sentinels(options.seed))
        problems: list[str] = []
        places, size, wanted, ran = 0, 0, Counter[str](), Counter[str]()
        for played in pool.map(stage.play, cases):
            found = [*played.problems, *(at_the_ends(played) if played.case.leaks is None else ())]
            problems += found
            places, size = places + played.search.places, size + played.search.bytes
            ran += played.ran
            wanted |= Counter(secrets=len(played.search.sentinels), forms=len(played.search.forms))
            print(f"{'FOUND' if found else 'ok':<6}{played.seconds:5.1f} s  {played.case.name}", flush=True)
            print("".join(f"       - {problem}\n" for problem in found), end="", flush=True)
    lines = {
        "ansible-core": core_version,
        "seed": options.seed,
        "planted and found": planted,
        "runs": len(cases),
        "of them with modules sent": sum(case.sent for case in cases),
        "of them proofs of what core shows": sum(case.leaks != {} for case in cases),
        "tasks": ", ".join(f"{count} {where}" for where, count in sorted(ran.items())),
        "secrets looked for": f"{wanted['secrets']}, in {wanted['forms']} forms",
        "places searched": places,
        "bytes searched": size,
        "seconds": round(time.monotonic() - begun),
        "findings": len(problems),
    }
    print("\n" + "\n".join(f"{name:<36} {value}" for name, value in lines.items()))
    return 1 if problems else 0


def held_as_promised() -> Iterator[Case]:
    """Two cases for each row of what ansible-core holds: they expect the finding where the row says so, and none elsewhere."""
    cases = held()
    promises = {row[0]: row[1] for row in rows("held")}
    if list(cases) != list(promises):
        raise SystemExit(f"The rows of secrets.rst and the cases are not the same: {set(cases) ^ set(promises)}")
    for row, case in cases.items():
        for one in both_ways(case):
            yield one if promised(promises[row], CORE, sent=one.sent) else replace(one, leaks={})


def at_the_ends(played: Played) -> Iterator[str]:
    """Where the output of a task is not what its row in secrets.rst says; no other task may show anything."""
    column = {"as it is": 1, "-vvvv": 2, "no_log": 3}[played.case.name.split(", ")[1]]
    parts = re.split(r"(?m)^(?:TASK \[(.*)\]|(CUSTOM STATS:)) \*+$", played.said)
    sections: Counter[str] = Counter()
    for task, statistics, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        name = "set_stats of the token" if statistics else task.lower()
        sections[name] += bool(played.search.in_bytes(text.encode(), name))
    for row in rows("ends"):
        name = row[0].lower()
        if name not in sections:
            yield f"no task has the name of the row {row[0]}"
        elif bool(sections[name]) != (promised(row[column], CORE) and CORE < MASKING):
            yield f"{row[0]} ({played.case.name}): the page says {row[column]}, and it is {'shown' if sections[name] else 'not'}"
        sections[name] = 0
    for name, count in sections.items():
        if count:
            yield f"a secret is shown by {name}"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python tests/secrets", description="Looks for secrets in all that is written."
    )
    parser.add_argument("--short", action="store_true", help="a few cases of each kind")
    parser.add_argument("--seed", type=int, default=1, help="of the secrets, and of what is not tried in all ways")
    parser.add_argument("--only", default="", metavar="PATTERN", help="only cases whose name it matches")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="an empty folder, to leave all that was written in")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="cases at a time (default: %(default)s)")
    return parser.parse_args()


sys.exit(main())
