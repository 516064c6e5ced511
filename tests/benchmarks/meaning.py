# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures of a benchmark mean: the targets, the constants of the formula, and the loops scaled up."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any

import one
from fleet import AGAIN, AS_CSV, AS_JSON, AS_YAML, EMPTY, FIRST, INVENTORY, LIMITED, MODULE_LOOP, ROLE, URI_LOOP
from measuring import pages

Row = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A figure that was aimed at: what must hold, if anything must, and what was hoped for."""

    title: str
    measured: float
    bound: float | None
    aim: float | None = None
    at_least: bool = False
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether what must hold does."""
        return self.bound is None or self._reaches(self.bound)

    @property
    def verdict(self) -> str:
        """In words."""
        said = ["holds" if self.holds else "misses"] if self.bound is not None else []
        if self.holds and self.aim is not None:
            said.append(f"aim {'reached' if self._reaches(self.aim) else 'missed'}")
        return ", ".join(said)

    def _reaches(self, figure: float) -> bool:
        return self.measured >= figure if self.at_least else self.measured <= figure

    @property
    def cells(self) -> list[str]:
        """As the columns of a table: what, measured, bound, aim, verdict."""
        sign = "≥" if self.at_least else "≤"
        wanted = [f"{sign} {figure:g}{self.unit}" if figure is not None else "" for figure in (self.bound, self.aim)]
        return [self.title, f"{self.measured:.3g}{self.unit}", *wanted, self.verdict]


class Fleet:
    """The rows of a measured fleet benchmark, found by what they are of."""

    def __init__(self, results: Row) -> None:
        scale = results["scale"]
        self.rows: list[Row] = results["cases"]
        self.sizes: list[int] = scale["tenants"]
        self.most, self.slow = self.sizes[-1], self.sizes[-2]
        self.latency = scale["latencies"][-1]
        self.largest_existing = scale["existing"][-1]
        self.crowd, self.horde, self.quick = scale["crowd"], scale["horde"], scale["quick"]
        self.empty = self.row(EMPTY)

    def row(self, contender: str, tenants: int = 0, **more: Any) -> Row:
        """The first row that fits. A loop that was too slow for so many tenants is scaled up."""
        wanted = {"contender": contender, "tenants": tenants, "existing": 0, "latency": 0, "setting": FIRST, **more}
        for row in self.rows:
            if all(row[name] == value for name, value in wanted.items()):
                return row
        if contender in (MODULE_LOOP, URI_LOOP) and tenants == self.most:
            return self._scaled(self.row(contender, self.slow, **more), tenants)
        raise KeyError(f"nothing was measured for {wanted}")

    def _scaled(self, row: Row, tenants: int) -> Row:
        """The time and requests that so many turns of the loop take, if none takes longer than those measured."""
        factor = tenants / row["tenants"]
        scaled = {**row, "tenants": tenants, "scaled": True, "memory": None}
        for name in ("wall", "cpu"):
            empty = row[f"empty_{name}"]
            scaled[name] = round(empty + factor * (row[name] - empty), 3)
        scaled["sent"] = int(row["lists"] + factor * (row["sent"] - row["lists"]))
        return scaled

    def beyond_empty(self, row: Row, figure: str = "wall") -> float:
        """Seconds that a run takes longer than the empty playbooks before it."""
        return float(row[figure] - row[f"empty_{figure}"])

    def in_empties(self, row: Row, less: float = 0.0) -> float:
        """How many empty playbooks a run takes beyond one and that many seconds, each run by the one right before it."""
        return median((wall - empty - less) / empty for wall, empty in row["pairs"])

    def least(self, tenants: int, workers: int) -> float:
        """Seconds that the platform alone takes: as many rounds of creates as it takes."""
        return ceil(tenants / workers) * self.latency / 1000


def lists(fleet: Fleet) -> list[Row]:
    """The same fleet with its list of tenants in each form, the usual one first."""
    return [fleet.row(ROLE, fleet.most, workers=16, setting=form) for form in (FIRST, AS_JSON, AS_CSV, AS_YAML)]


def constants(fleet: Fleet) -> dict[str, float]:
    """Seconds: the start-up, a page of the list (G), and a tenant at no latency."""
    start = fleet.row(ROLE, 1)["wall"]
    far = fleet.row(ROLE, 1, existing=fleet.largest_existing)
    few, many = fleet.row(ROLE, fleet.slow, workers=10), fleet.row(ROLE, fleet.most, workers=10)
    return {
        "start-up": start,
        "empty playbook": fleet.empty["wall"],
        # A single tenant that is not there costs a search, the whole list, and a search again.
        "page": (far["wall"] - start) / max(1, far["lists"] - fleet.row(ROLE, 1)["lists"]),
        "tenant": (many["wall"] - few["wall"]) / (fleet.most - fleet.slow),
    }


def targets(results: Row) -> list[Target]:
    """All that were set, in the order of the documentation."""
    ratios, cpu = one.ratios(results["one"]), one.beyond_empty(results["one"])
    return [
        Target("One instance, no-op: CPU beyond an empty playbook / that of ping", cpu["ping"], 0.6, 0.3),
        Target("One instance, no-op: CPU beyond an empty playbook / that of a GET with uri", cpu["uri_get"], 0.5, 0.25),
        Target("One instance: whole time of a no-op / of a trivial module", ratios["trivial"], None, 1.25),
        Target("One instance: whole time of a no-op / of a GET with uri", ratios["uri_get"], None, 1.0),
        *_fleet_targets(Fleet(results["fleet"])),
    ]


def _fleet_targets(fleet: Fleet) -> list[Target]:
    most, slow, latency = fleet.most, fleet.slow, fleet.latency
    delayed = {workers: fleet.row(ROLE, most, workers=workers, latency=latency) for workers in (16, 64)}
    uri = fleet.row(URI_LOOP, most, latency=latency)
    again = {name: fleet.row(name, most, existing=most, setting=AGAIN) for name in (ROLE, URI_LOOP)}
    limited = {
        10: fleet.row(ROLE, most, workers=10, latency=latency, setting=LIMITED),
        64: fleet.row(ROLE, most // 2, workers=64, latency=latency, setting=LIMITED),
    }
    crowd = [fleet.row(ROLE, slow, existing=existing, workers=10) for existing in (1_000, fleet.crowd)]
    growth = [fleet.beyond_empty(fleet.row(ROLE, tenants, workers=10)) for tenants in (most, slow)]
    loops = {name: fleet.row(name, slow) for name in (MODULE_LOOP, URI_LOOP)}
    slow_loops = {name: fleet.row(name, slow, latency=latency)["wall"] for name in (MODULE_LOOP, URI_LOOP)}
    nobody, horde = fleet.row(ROLE, workers=10), fleet.row(ROLE, fleet.horde, workers=16)
    as_yaml = fleet.row(ROLE, most, workers=16, latency=latency, setting=AS_YAML)
    horde_as_yaml = fleet.row(ROLE, fleet.horde, workers=16, setting=AS_YAML)
    said = f"N = {most:,}, L = {latency} ms"
    faster = "times as fast as the loop over uri"
    return [
        Target(
            f"Loop over instance, N = {slow}, L = 0: CPU beyond empty, the loop over uri takes so many times as much",
            fleet.beyond_empty(loops[URI_LOOP], "cpu") / fleet.beyond_empty(loops[MODULE_LOOP], "cpu"),
            12,
            25,
            at_least=True,
        ),
        Target(
            f"Loop over instance, N = {slow}, L = {latency} ms: time / that of the loop over uri",
            slow_loops[MODULE_LOOP] / slow_loops[URI_LOOP],
            1,
        ),
        Target(
            "Role without tenants: (time - empty) / empty",
            fleet.in_empties(nobody),
            0.45,
            0.3,
        ),
        *(
            Target(f"{said}, {workers} workers: (time - empty - N/C · L) / empty", ratio, 2, 1.3)
            for workers in (16, 64)
            for ratio in [fleet.in_empties(delayed[workers], fleet.least(most, workers))]
        ),
        Target(
            f"The same, 16 workers, {AS_YAML}",
            fleet.in_empties(as_yaml, fleet.least(most, 16)),
            None,
        ),
        *(
            Target(f"{said}, {workers} workers: (time - empty) / (N/C · L)", ratio, bound, aim)
            for workers, bound, aim in ((16, 1.2, 1.1), (64, 1.6, 1.35))
            for ratio in [fleet.beyond_empty(delayed[workers]) / fleet.least(most, workers)]
        ),
        Target(
            f"N = {slow:,}, L = {latency} ms, 10 workers: {faster}",
            fleet.row(URI_LOOP, slow, latency=latency)["wall"]
            / fleet.row(ROLE, slow, workers=10, latency=latency)["wall"],
            12,
            15,
            at_least=True,
        ),
        Target(f"{said}, 16 workers: {faster} (scaled)", uri["wall"] / delayed[16]["wall"], 28, 30, at_least=True),
        Target(f"{said}, 64 workers: {faster} (scaled)", uri["wall"] / delayed[64]["wall"], 65, 85, at_least=True),
        Target(f"Run again, N = {most:,}, L = 0: writes", again[ROLE]["writes"], 0),
        Target(f"Run again, N = {most:,}, L = 0: requests beyond M/200 pages", again[ROLE]["sent"] - pages(most), 0),
        Target(
            f"Run again, N = {most:,}, L = 0: time / that of the loop over uri",
            again[ROLE]["wall"] / again[URI_LOOP]["wall"],
            0.3,
            0.2,
        ),
        Target(
            f"{said}, 16 workers: CPU of the loop over uri (scaled) / of the role",
            uri["cpu"] / delayed[16]["cpu"],
            120,
            150,
            at_least=True,
        ),
        Target(
            f"{said}, 16 workers: memory of the process tree / of an empty playbook",
            delayed[16]["memory"] / fleet.empty["memory"],
            2.2,
            1.8,
        ),
        Target(
            f"{fleet.horde:,} tenants, L = 0, 16 workers: time / empty",
            1 + fleet.in_empties(horde),
            16 / 0.6 if not fleet.quick else None,
        ),
        Target(f"The same, {AS_YAML}", 1 + fleet.in_empties(horde_as_yaml), None),
        Target(
            f"Memory at M = {fleet.crowd:,} beyond that at M = 1,000",
            (crowd[1]["memory"] - crowd[0]["memory"]) / 1e6,
            60,
            unit=" MB",
        ),
        Target(
            f"L = 0: (time at {most:,} - empty) / (time at {slow:,} - empty)", growth[0] / growth[1], 1.2 * most / slow
        ),
        Target(
            f"{said}, no more than 10 at once, 10 workers: (time - empty) / (N/C · L)",
            fleet.beyond_empty(limited[10]) / fleet.least(most, 10),
            1.1,
        ),
        Target("The same: requests that were refused", limited[10]["refused"], 0),
        # The benchmark ends where a tenant failed or a name is there twice.
        Target(
            f"N = {most // 2:,}, no more than 10 at once, 64 workers: tenants failed or there twice",
            0,
            0,
        ),
    ]


def lines(results: Row) -> list[str]:
    """The summary."""
    fleet = Fleet(results["fleet"])
    limited = fleet.row(ROLE, fleet.most // 2, workers=64, latency=fleet.latency, setting=LIMITED)
    horde = fleet.row(ROLE, fleet.horde, workers=16)
    hosts = fleet.row(INVENTORY, existing=fleet.horde)
    seconds = constants(fleet)
    said = ["", *one.lines(results["one"]), ""]
    said += [f"{what}: {1000 * value:.1f} ms" for what, value in seconds.items()]
    said += [
        f"64 workers on a server that takes 10: {limited['wall']:.1f} s for {limited['tenants']} tenants, at least "
        f"{fleet.least(limited['tenants'], 10):.1f} s, {limited['refused']} of {limited['sent']} requests refused",
        f"{horde['tenants']:,} tenants at once: {horde['wall']:.1f} s, CPU {horde['cpu']:.1f} s, "
        f"{horde['memory'] / 1e6:.0f} MB, {horde['sent']:,} requests",
        f"an inventory of {hosts['existing']:,} hosts: {hosts['wall']:.1f} s, CPU {hosts['cpu']:.1f} s, "
        f"{hosts['memory'] / 1e6:.0f} MB, {hosts['sent']:,} requests",
        "",
    ]
    table = [["target", "measured", "must be", "aim", ""], *(target.cells for target in targets(results))]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    said += ["  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0])).rstrip() for row in table]
    return said
