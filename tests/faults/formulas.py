# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same trials and races for a formula instance: created at most once whatever becomes of the answers."""

from __future__ import annotations

import random
from typing import Any

from support.in_process import START, Clock, Race, Simulation
from support.scenes import FORMULA_SETTINGS

from faults.figures import Figures, Violation
from faults.race import MEANWHILE
from faults.trial import BOUND, FORMULA_LISTS, SLOWEST_CREATE, count_faults, fault

NAMES = ("sync", "Sync", "sync-eu")
SETTINGS: dict[str, list[Any]] = {**FORMULA_SETTINGS, "total_count": [True, False], "page_size": [200, 2, 3]}


class Wish:
    """A formula instance that is wanted of a platform in some state, both made from a seed."""

    def __init__(self, chance: random.Random, simulation: Simulation) -> None:
        self.simulation = simulation
        formulas = simulation.platform.formulas
        variables = {"source": {"required": True}, "cron": {"type": "value"}}
        self.template, other = formulas.add_templates([{"name": name, "variables": variables} for name in ("a", "b")])
        acme, beta = simulation.platform.add_instances([{"name": "acme"}, {"name": "beta"}])
        self.options: dict[str, Any] = {
            "formula": chance.choice(["a", str(self.template)]),
            "name": "sync",
            "instances": {"source": chance.choice(["acme", acme])},
        }
        self.options.update(chance.choice([{}, {"configuration": {"cron": 15}}, {"active": False}, {"active": True}]))
        seeds = [{"name": name, "formula": self.template} for name in NAMES[1:] if chance.random() < 0.5]
        seeds += [{"name": "sync", "formula": other}] if chance.random() < 0.5 else []
        if chance.random() < 0.3:
            live = {"source": chance.choice([acme, str(beta)]), "cron": chance.choice(["15", "30"])}
            seeds.append(
                {
                    "name": "sync",
                    "formula": self.template,
                    "configuration": live,
                    "active": chance.choice([True, False]),
                }
            )
        formulas.add(seeds)
        simulation.platform.settings(
            {name: chance.choice(values) for name, values in SETTINGS.items() if chance.random() < 0.4}
        )
        self.source = str(acme)
        self.others = [one for one in formulas.instances() if not self._is_meant(one)]
        self.before = {one["id"] for one in formulas.instances()}

    def _is_meant(self, one: dict[str, Any]) -> bool:
        return bool(one["name"] == "sync" and one["formula"] == self.template)

    def check(self) -> int:
        """There is one, as desired, and nothing else was touched. Raises Violation; answers its id."""
        now = self.simulation.platform.formulas.instances()
        if [one for one in now if not self._is_meant(one)] != self.others:
            raise Violation("others", "a formula instance was touched that was not meant")
        found = [one for one in now if self._is_meant(one)]
        if len(found) != 1:
            raise Violation("duplicates" if found else "others", f"the formula instance is there {len(found)} times")
        (one,) = found
        wanted = {"source": self.source, **{key: str(v) for key, v in self.options.get("configuration", {}).items()}}
        held = {key: str(value) for key, value in one["configuration"].items() if key in wanted}
        if held != wanted or one["active"] is not self.options.get("active", one["active"]):
            raise Violation("others", f"the formula instance is not as desired: {one}")
        return int(one["id"])

    def lines(self) -> list[str]:
        """What it is about, a line a thing."""
        return [
            f"wanted: {self.options}",
            *(f"there: {one}" for one in self.simulation.platform.formulas.instances()),
            f"settings: {self.simulation.platform.settings()}",
        ]


class FormulaTrial:
    """One formula instance, and faults on the way. Made from a seed alone."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(f"formula {seed}")
        self.timeout = chance.choice([30, 45, 60])
        retry_timeout = chance.choice([20, 60, 180, 300])
        self.simulation = Simulation(timeout=self.timeout, retry_timeout=retry_timeout)
        self.wish = Wish(chance, self.simulation)
        self.faults = [fault(chance, self.timeout, FORMULA_LISTS) for _fault in range(chance.choice([1, 2, 3, 4, 6]))]
        if chance.random() < 0.3:
            self.simulation.platform.settings({"latency": {"create": chance.choice([0.2, 9, SLOWEST_CREATE])}})
        self.simulation.platform.add_faults(self.faults)

    def schedule(self) -> list[str]:
        """The whole trial, a line a thing."""
        return [f"timeout {self.timeout}", *self.wish.lines(), *(f"fault: {one}" for one in self.faults)]

    def run(self, figures: Figures) -> None:
        """The run with faults, the clean ones after it, and all checks. Raises Violation."""
        figures.formula_trials += 1
        platform, clock = self.simulation.platform, self.simulation.clock
        try:
            told = [self._once(figures)]
            count_faults(figures, self.simulation)
            platform.clear_faults()
            for _run in range(2):
                clock.sleep(self.timeout)
                told.append(self._once(figures))
                if told[-1]["error"] is None:
                    break
            clock.sleep(self.timeout + BOUND)
            if told[-1]["error"] is not None:
                raise Violation("others", f"a second clean run still fails: {told[-1]['error']['message']}")
            number = self.wish.check()
            if any(one["error"] is None and one["id"] != number for one in told):
                raise Violation("lost tokens", "a run told the id of a formula instance that is not there")
            if self._once(figures)["changed"]:
                raise Violation("others", "a run after all is as desired changes something")
            figures.formula_instances += 1
        finally:
            figures.requests += len(platform.requests())
            figures.hours += (clock.now() - START) / 3600

    def _once(self, figures: Figures) -> dict[str, Any]:
        outcome = self.simulation.formula(**self.wish.options)
        figures.outcomes[outcome["action"]] += 1
        error = outcome["error"]
        if error is not None and "This is a bug" in error["message"]:
            raise Violation("others", error["message"])
        figures.unknown += error is not None and error["state"] == "unknown"
        return outcome


class FormulaRivals:
    """Two or three controllers that want the same formula instance at a time. Made from a seed alone."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(f"formula race {seed}")

        def prepare(simulation: Simulation) -> None:
            self.wish = Wish(chance, simulation)
            latencies = {"create": [0, 0.3, 9, 15], "list": [0, 0.1, 2], "DELETE": [0, 1], "PUT": [0, 1]}
            chosen = {name: chance.choice(values) for name, values in latencies.items()}
            simulation.platform.settings({"latency": chosen})

        self.race = Race(chance.randrange, prepare)
        self.delays = [chance.choice([0, 0, 0.05, 0.3, 3, 9.5]) for _controller in range(chance.choice([2, 2, 3]))]

    def schedule(self) -> list[str]:
        """The whole race, a line a thing."""
        requests = [
            f"{r['begun'] - START:8.3f} {r['verb']} {r['path']} {r['status']}" for r in self.race.platform.requests()
        ]
        return [*self.wish.lines(), f"controllers after {self.delays} s", *requests]

    def run(self, figures: Figures) -> None:
        """The race, and all checks. Raises Violation."""
        figures.formula_races += 1
        try:
            for outcome in self.race.together(*map(self._step, self.delays)):
                figures.outcomes[outcome["action"]] += 1
                error = outcome["error"]
                if error is not None and (outcome["changed"] or MEANWHILE not in error["message"]):
                    raise Violation("others", f"a race without a lost answer failed: {error['message']}")
            self.wish.check()
            if any(one["error"] or one["changed"] for one in self.race.together(*[self._step(0)] * len(self.delays))):
                raise Violation("others", "a run after the race changes something, or fails")
            deleted = {
                r["id"] for r in self.race.platform.requests() if r["verb"] == "DELETE" and r["path"][-7:] != "/active"
            }
            if deleted & self.wish.before:
                raise Violation("others", "a formula instance was deleted that was there before the race")
            figures.formula_instances += 1
        finally:
            figures.requests += len(self.race.platform.requests())
            figures.hours += (self.race.turns.time - START) / 3600

    def _step(self, delay: float) -> Any:
        def step(clock: Clock) -> dict[str, Any]:
            clock.sleep(delay)
            return self.race.formula(clock=clock, **self.wish.options)

        return step
