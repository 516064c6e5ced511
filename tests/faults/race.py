# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One race: two or three controllers at work on the same tenants, with random delays and no lost answers."""

from __future__ import annotations

import random
from typing import Any

from support.in_process import START, Clock, Race, Simulation, result

from faults.figures import Figures, Violation
from faults.tenants_formulas import TenantsFormulas, outcomes_of_parts
from faults.world import NAMES, Before, populate, registered, settings, wish

MEANWHILE = " is the name of "
"""What a controller says that came just while two of the name were there; nothing was done then."""


class Rivals:
    """Made from a seed alone, as a trial is."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(f"race {seed}")
        names = chance.sample(NAMES, chance.choice([1, 1, 2, 3]))
        self.wishes = [wish(chance, name) for name in names]
        latencies = {"create": [0, 0.3, 9, 15], "list": [0, 0.1, 2], "DELETE": [0, 1], "PATCH": [0, 1], "PUT": [0, 1]}
        self.latency = {name: chance.choice(values) for name, values in latencies.items()}

        # With a chance of their own, so that a race without formulas stays the one that it is.
        of_formulas = random.Random(f"race for the formulas of tenants {seed}")
        self.formulas: TenantsFormulas | None = None

        def prepare(simulation: Simulation) -> None:
            populate(chance, simulation, self.wishes)
            simulation.platform.settings({**settings(chance), "latency": self.latency})
            if of_formulas.random() < 0.5:
                self.formulas = TenantsFormulas(of_formulas, simulation, self.wishes, in_one_run=False)

        self.race = Race(chance.randrange, prepare)
        self.before = Before(self.race, self.wishes)
        # Some have all tenants, some only one; each comes when it likes.
        self.controllers: list[tuple[float, list[dict[str, Any]]]] = []
        for _controller in range(chance.choice([2, 2, 3])):
            mine = (
                chance.sample(self.wishes, len(self.wishes)) if chance.random() < 0.7 else [chance.choice(self.wishes)]
            )
            self.controllers.append((chance.choice([0, 0, 0.05, 0.3, 3, 9.5]), mine))
        missing = [entry for entry in self.wishes if not any(entry in mine for _delay, mine in self.controllers)]
        if missing:
            self.controllers[0] = (self.controllers[0][0], list(self.wishes))

    def schedule(self) -> list[str]:
        """The whole race, a line a thing."""
        return [
            *(f"wanted: {entry}" for entry in self.wishes),
            *(self.formulas.lines() if self.formulas is not None else []),
            *(
                f"there: {it['name']} id {it['id']} user {it['user']} {it['element']}"
                for it in self.before.all.values()
            ),
            f"settings: {self.race.platform.settings()}",
            *(f"controller after {delay} s: {[e['name'] for e in mine]}" for delay, mine in self.controllers),
            *(
                f"request: {r['begun'] - START:8.3f} {r['verb']} {r['path']} {r['id']} {r['name']} {r['status']}"
                for r in self.race.platform.requests()
            ),
        ]

    def run(self, figures: Figures) -> None:
        """The race, and all checks. Raises Violation."""
        figures.races += 1
        figures.with_formulas += self.formulas is not None
        try:
            self._run(figures)
        finally:
            figures.requests += len(self.race.platform.requests())
            figures.hours += (self.race.turns.time - START) / 3600

    def _run(self, figures: Figures) -> None:
        steps = [self._step(delay, mine) for delay, mine in self.controllers]
        told = [outcome for outcomes in self.race.together(*steps) for outcome in outcomes]
        self._check_told(told, figures)
        kept = self.before.check(self.race)
        registered(self.race, told)
        self._check_deletions()
        if self.formulas is not None:
            figures.formula_instances += self.formulas.check()
            self.formulas.registered(told)
            self.formulas.check_deletions(self.race.platform.requests())
        # Whoever came while two were there runs again, as its message says; and nobody has anything left to do.
        writes = len(self.race.writes())
        again = [
            outcome
            for outcomes in self.race.together(*(self._step(0, mine) for _delay, mine in self.controllers))
            for outcome in outcomes
        ]
        if any(outcome["error"] or outcome["changed"] for outcome in again) or len(self.race.writes()) != writes:
            raise Violation("others", f"a run after the race changes something, or fails: {again}")
        registered(self.race, again)
        figures.instances += len(kept)

    def _step(self, delay: float, mine: list[dict[str, Any]]) -> Any:
        def step(clock: Clock) -> list[dict[str, Any]]:
            clock.sleep(delay)
            tenants = self.race.run(mine, clock=clock).tenants
            return [{**result(tenant), "formulas": outcomes_of_parts(tenant)} for tenant in tenants]

        return step

    def _check_told(self, told: list[dict[str, Any]], figures: Figures) -> None:
        for outcome in told:
            figures.outcomes[outcome["action"]] += 1
            error = outcome["error"]
            if error is not None and (outcome["changed"] or MEANWHILE not in error["message"]):
                raise Violation("others", f"a race without a lost answer failed: {error['message']}")

    def _check_deletions(self) -> None:
        """Nothing was deleted but what the race itself created."""
        for record in self.race.platform.requests():
            if (
                record["verb"] == "DELETE"
                and record["template"] == "/instances/{id}"
                and record["id"] in self.before.all
            ):
                raise Violation("others", f"instance {record['id']} was deleted, which was there before the race")
