# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures fleets: the role against loops, a bare client and an empty playbook, over tenants, existing ones and latency."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from measuring import HERE, Figures, Runner, SimulatedPlatform

PLAYBOOKS = HERE / "playbooks"
EMPTY, ROLE, THREADS, INVENTORY = "empty playbook", "role", "bare client with threads", "inventory"
MODULE_LOOP, URI_LOOP = "loop over the module instance", "loop over uri"
FIRST, AGAIN, LIMITED = "", "run again", "server refuses more than 10 at once"
AS_YAML, AS_JSON, AS_CSV = "list as YAML with -e", "list as JSON with -e", "list as CSV by lookup"
"""Other forms of the list of tenants; in all other cases it is JSON, read by a lookup."""
RETRY_AFTER = 1


@dataclass(frozen=True)
class Case:
    """One thing to measure. The latency of a create is in milliseconds."""

    contender: str
    workers: int = 1
    tenants: int = 0
    existing: int = 0
    latency: int = 0
    setting: str = FIRST


@dataclass(frozen=True)
class Scale:
    """How large all is: the whole, or a small version of it that only shows that the benchmark works."""

    quick: bool
    tenants: tuple[int, ...]
    existing: tuple[int, ...]
    latencies: tuple[int, ...]
    repeats: int
    crowd: int
    """Existing instances for the question of memory."""
    horde: int
    """The most tenants, for memory and time; and hosts of an inventory."""

    @property
    def most(self) -> int:
        """The tenants that the targets speak of."""
        return self.tenants[-1]

    @property
    def slow(self) -> int:
        """The most tenants that the loops are run with; beyond, they are scaled up."""
        return self.tenants[-2]

    @property
    def latency(self) -> int:
        """Milliseconds: those that the targets speak of."""
        return self.latencies[-1]


@dataclass(frozen=True)
class Run:
    """The figures of one run, and of the empty playbook right before it: what else the machine does hits both alike."""

    figures: Figures
    empty: Figures


WHOLE = Scale(False, (1, 10, 100, 1000), (0, 1_000, 10_000), (0, 50, 200), 3, 100_000, 10_000)
QUICK = Scale(True, (1, 4, 40), (0, 400), (0, 200), 1, 4_000, 200)


def grid(scale: Scale) -> Iterator[Case]:
    """All cases of the table, and those that are measured several times as often as that."""
    for existing in scale.existing:
        for latency in scale.latencies:
            for tenants in scale.tenants:
                common = {"tenants": tenants, "existing": existing, "latency": latency}
                for workers in (10, 16, 64) if tenants > 10 else (10,):
                    yield Case(ROLE, workers, **common)
                for workers in (16, 64) if tenants > 10 else (16,):
                    yield Case(THREADS, workers, **common)
                # Most of what a loop takes does not depend on what there is already: looked at once, with few tenants.
                few = (
                    tenants <= scale.slow if existing == 0 else (tenants, latency) == (scale.tenants[1], scale.latency)
                )
                if few:
                    yield Case(MODULE_LOOP, **common)
                    yield Case(URI_LOOP, **common)
    for _turn in range(4 * scale.repeats):
        yield Case(ROLE, 10)
    for _turn in range(scale.repeats - 1):
        for workers in (16, 64):
            yield Case(ROLE, workers, scale.most, latency=scale.latency)
        yield Case(ROLE, 10, scale.slow, latency=scale.latency)
        for tenants in (scale.most, scale.slow):
            yield Case(ROLE, 10, tenants)
    for _turn in range(scale.repeats):
        for latency in (0, scale.latency):
            yield Case(ROLE, 16, scale.most, latency=latency)
            yield Case(ROLE, 16, scale.most, latency=latency, setting=AS_YAML)
        for form in (AS_JSON, AS_CSV):
            yield Case(ROLE, 16, scale.most, setting=form)


class Fleets:
    """Runs cases, each on a platform prepared for it, and keeps the figures of every run."""

    def __init__(self, runner: Runner, folder: Path, scale: Scale) -> None:
        self._runner = runner
        self._folder = folder
        self._scale = scale
        self.runs: dict[Case, list[Run]] = {}

    def measure(self) -> None:
        """All cases."""
        for contender in (EMPTY, ROLE, MODULE_LOOP, URI_LOOP, THREADS):
            case = Case(contender, tenants=0 if contender == EMPTY else 1)
            self._prepare(case)
            self._start(case)  # fills caches, and does not count
        for case in grid(self._scale):
            self.run(case)
        self._run_again()
        self._memory()
        self._limited_server()
        for _turn in range(self._scale.repeats):
            self.run(Case(ROLE, 16, self._scale.horde))
        self.run(Case(ROLE, 16, self._scale.horde, setting=AS_YAML))
        self.run(Case(INVENTORY, existing=self._scale.horde))

    def _run_again(self) -> None:
        """Nothing to change: everything is there, as the first run made it."""
        case = Case(ROLE, 10, self._scale.most, existing=self._scale.most, setting=AGAIN)
        for _turn in range(self._scale.repeats):
            self._prepare(replace(case, existing=0))
            self._start(replace(case, contender=THREADS, workers=16))
            self.run(case, prepared=True)
            self.run(replace(case, contender=URI_LOOP, workers=1), prepared=True)

    def _memory(self) -> None:
        for existing in (1_000, self._scale.crowd):
            self.run(Case(ROLE, 10, self._scale.slow, existing))

    def _limited_server(self) -> None:
        case = Case(ROLE, 10, self._scale.most, latency=self._scale.latency, setting=LIMITED)
        for _turn in range(min(2, self._scale.repeats)):
            self.run(case)
        self.run(replace(case, workers=64, tenants=self._scale.most // 2))

    def run(self, case: Case, *, prepared: bool = False) -> None:
        """Run one case, and say what it cost."""
        if not prepared:
            self._prepare(case)
        empty = self._start(Case(EMPTY))
        self.runs.setdefault(Case(EMPTY), []).append(Run(empty, empty))
        figures = self._start(case)
        names = self._runner.platform.names()
        wanted = case.existing if case.setting == AGAIN else case.existing + case.tenants
        if len(set(names)) != len(names) or len(names) != wanted:
            raise SystemExit(f"{case} left {len(names)} instances of {len(set(names))} names, and not {wanted}")
        self.runs.setdefault(case, []).append(Run(figures, empty))
        print(
            f"{case.contender:<30} {case.workers:>2} workers {case.tenants:>6} tenants {case.existing:>7} existing "
            f"{case.latency:>4} ms: {figures.wall:>7.2f} s (empty {empty.wall:.2f} s), CPU {figures.cpu:>6.2f} s, "
            f"{figures.memory / 1e6:>5.0f} MB, {figures.sent:>6} requests  {case.setting}".rstrip(),
            flush=True,
        )

    def _prepare(self, case: Case) -> None:
        limits = {"max_concurrent": 10, "retry_after": RETRY_AFTER} if case.setting == LIMITED else {}
        self._runner.platform.prepare(case.existing, case.latency / 1000, **limits)

    def _start(self, case: Case) -> Figures:
        if case.contender == EMPTY:
            return self._runner.playbook(str(PLAYBOOKS / "empty.yml"))
        if case.contender == INVENTORY:
            source = self._folder / "all.freshdesk.yml"
            source.write_text("plugin: cloudelements.freshdesk.instances\n", encoding="utf-8")
            return self._runner.inventory(source)
        lists = self._lists(case.tenants)
        address = self._runner.platform.address
        if case.contender == THREADS:
            return self._runner.python(HERE / "floor.py", address, str(lists["plain"]), str(case.workers))
        files = [lists[case.setting if case.setting in lists else FIRST]]
        if case.contender == ROLE:
            return self._runner.playbook("cloudelements.freshdesk.provision", files, provision_concurrency=case.workers)
        name = {MODULE_LOOP: "instance_loop.yml", URI_LOOP: "uri_loop.yml"}[case.contender]
        return self._runner.playbook(str(PLAYBOOKS / name), files, platform_url=address)

    def _lists(self, count: int) -> dict[str, Path]:
        """The files of so many tenants: variables for playbooks, by the form of the list, and a plain list."""
        stems = {
            "plain": "json",
            "csv": "csv",
            FIRST: "lookup.yml",
            AS_YAML: "yml",
            AS_JSON: "e.json",
            AS_CSV: "csv.yml",
        }
        files = {form: self._folder / f"tenants-{count}.{stem}" for form, stem in stems.items()}
        if files["plain"].exists():
            return files
        names = [f"tenant-{number:05d}" for number in range(1, count + 1)]
        tenants = [{"name": name, "subdomain": name, "api_key": f"key-of-{name}"} for name in names]
        defaults = {"provision_defaults": {"tags": ["crm"]}}
        rows = [f"  - {{name: {name}, subdomain: {name}, api_key: key-of-{name}}}" for name in names] or ["  []"]
        json_by_lookup = f"{{{{ lookup('ansible.builtin.file', '{files['plain']}') | from_json }}}}"
        csv_by_lookup = f"{{{{ lookup('cloudelements.freshdesk.tenants_csv', '{files['csv']}') }}}}"
        content = {
            "plain": json.dumps(tenants),
            "csv": "\n".join(["name,subdomain,api_key", *(",".join(tenant.values()) for tenant in tenants)]),
            FIRST: json.dumps({**defaults, "provision_tenants": json_by_lookup if tenants else []}),
            AS_YAML: "\n".join(["provision_defaults:", "  tags: [crm]", "provision_tenants:", *rows]),
            AS_JSON: json.dumps({**defaults, "provision_tenants": tenants}),
            AS_CSV: json.dumps({**defaults, "provision_tenants": csv_by_lookup}),
        }
        for form, file in files.items():
            file.write_text(content[form] + "\n", encoding="utf-8")
        return files


def measure(runner: Runner, *, quick: bool) -> dict[str, Any]:
    """The medians of every case, in a form that JSON can carry."""
    scale = QUICK if quick else WHOLE
    with TemporaryDirectory(prefix="freshdesk-bench-") as folder:
        fleets = Fleets(runner, Path(folder), scale)
        fleets.measure()
    return {"scale": asdict(scale), "cases": [_row(case, runs) for case, runs in fleets.runs.items()]}


def _row(case: Case, runs: list[Run]) -> dict[str, Any]:
    figures = [run.figures for run in runs]
    return {
        **asdict(case),
        "runs": len(runs),
        "wall": round(median(run.wall for run in figures), 3),
        "cpu": round(median(run.cpu for run in figures), 3),
        "empty_wall": round(median(run.empty.wall for run in runs), 3),
        "empty_cpu": round(median(run.empty.cpu for run in runs), 3),
        "pairs": [[round(run.figures.wall, 3), round(run.empty.wall, 3)] for run in runs],
        "memory": int(median(run.memory for run in figures)),
        "sent": max(run.sent for run in figures),
        "writes": max(run.writes for run in figures),
        "lists": max(run.lists for run in figures),
        "most_at_once": max(run.most_at_once for run in figures),
        "refused": max(run.refused for run in figures),
        "scaled": False,
    }


def main() -> None:
    """Measure, printing each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small version of all")
    options = parser.parse_args()
    with SimulatedPlatform() as platform:
        measure(Runner(platform), quick=options.quick)


if __name__ == "__main__":
    main()
