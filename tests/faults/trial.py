# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One trial: a random live state, random wishes and a random schedule of faults; then at most two clean runs more."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from support.in_process import START, Simulation, adapter_of, result

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._engine import Engine
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from faults.figures import Figures, Violation
from faults.tenants_formulas import FAILED, TenantsFormulas, outcomes_of_parts
from faults.world import NAMES, Before, populate, registered, settings, wish

BOUND = 30
"""Seconds after which a commit never comes, counted from the loss of the answer. No timeout of a trial is shorter."""
SLOWEST_CREATE = 15
"""Seconds that a create may take by itself, before what a fault adds to it. Both together keep to BOUND."""
LIST = "/instances"
FORMULA_LISTS = "/formulas/.*instances"


def fault(chance: random.Random, timeout: int, path: str = LIST) -> dict[str, Any]:
    """One fault of a random kind, more often on a create than elsewhere, for a while or now and then."""
    late = {
        "drop": lambda: {"fault": "late", "ending": "drop", "commit_after": chance.uniform(0, BOUND)},
        "hang": lambda: {
            "fault": "late",
            "ending": "hang",
            "commit_after": chance.uniform(0, timeout + BOUND - SLOWEST_CREATE),
        },
    }
    kinds = [
        lambda: {"fault": "drop_before"},
        lambda: {"fault": "drop_after"},
        lambda: {"fault": "hang_before"},
        lambda: {"fault": "hang_after", **chance.choice([{}, {"seconds": 5}])},
        lambda: {"fault": "latency", "seconds": chance.uniform(1, timeout + BOUND - SLOWEST_CREATE)},
        late["drop"],
        late["drop"],
        late["hang"],
        lambda: {
            "fault": "status",
            "status": chance.choice([500, 502, 503, 504, 507]),
            "commit": chance.random() < 0.5,
            "body": chance.choice(["json", "html", "empty"]),
            **chance.choice([{}, {}, {"retry_after": 3}]),
        },
        lambda: {"fault": "throttle", **chance.choice([{}, {"retry_after": 7}, {"retry_after_date_in": 20}])},
        lambda: {"fault": "too_large"},
        lambda: {"fault": "truncate"},
        lambda: {"fault": "not_json"},
        lambda: {"fault": "wrong_shape", "body": chance.choice([["x"], {"id": 600001}, {"token": "t"}, None, 7])},
    ]
    pages = [
        lambda: {"fault": "repeat_token"},
        lambda: {"fault": "not_json"},
        lambda: {"fault": "status", "status": chance.choice([500, 502, 503, 504])},
    ]
    where = chance.choice(["POST", "POST", "POST", "page", "GET", "PATCH", "PUT", "DELETE", None])
    spec: dict[str, Any] = chance.choice(pages if where == "page" else kinds)()
    if where is not None:
        spec["match"] = {"verb": "GET" if where == "page" else where}
    if where == "page":
        spec["match"]["path"] = path
    if spec["fault"] in ("late", "latency") and where is None:
        spec["match"] = {"verb": "POST"}
    spec["skip"] = chance.choice([0, 0, 1, 2, 3])
    how = chance.random()
    if how < 0.7:
        spec["times"] = chance.choice([1, 1, 1, 2, 4, 40])
    else:
        spec.update(probability=chance.choice([0.2, 0.5, 0.9]), seed=chance.randrange(1000))
    return spec


def fault_of_formulas(chance: random.Random, timeout: int) -> dict[str, Any]:
    """The same for requests about formulas alone."""
    spec = fault(chance, timeout, FORMULA_LISTS)
    spec["match"] = {"path": "/formulas.*", **spec.get("match", {})}
    return spec


class Trial:
    """Made from a seed alone, so that it can be repeated. ``schedule`` tells what it does, for who has to find out why."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.timeout = chance.choice([30, 45, 60])
        self.simulation = Simulation(timeout=self.timeout, retry_timeout=chance.choice([20, 60, 180, 180, 300, 300]))
        names = chance.sample(NAMES, chance.choice([1, 1, 1, 2, 3, 5]))
        self.wishes = [self._wish(chance, name) for name in names]
        # A fleet of one by the module for fleets has orders; by the module for one it has none.
        self.orders: dict[str, Any] = {}
        if len(names) > 1 or chance.random() < 0.3:
            self.orders = {"stop_on_error": chance.random() < 0.15, "max_deletes": 10}
        populate(chance, self.simulation, self.wishes)
        self.simulation.platform.settings(settings(chance))
        # With a chance of their own, so that a trial without formulas stays the one that it is.
        of_formulas = random.Random(f"formulas of tenants {seed}")
        self.formulas = None
        if self.orders and of_formulas.random() < 0.6:
            self.formulas = TenantsFormulas(of_formulas, self.simulation, self.wishes, in_one_run=True)
        self.dry_first = self.formulas is not None and of_formulas.random() < 0.3
        self.before = Before(self.simulation, self.wishes)
        self.faults = [fault(chance, self.timeout) for _fault in range(chance.choice([1, 2, 3, 4, 6, 9]))]
        if self.formulas is not None:
            self.faults[:0] = [
                fault_of_formulas(of_formulas, self.timeout) for _fault in range(of_formulas.choice([0, 1, 2, 4]))
            ]
        self.restarts = [
            (begin, begin + chance.choice([0.4, 5, 25, 90]))
            for begin in [START + chance.uniform(0, 150) for _restart in range(chance.choice([0, 0, 0, 1, 2]))]
        ]
        if chance.random() < 0.1:
            self.restarts.append((START, START + chance.choice([2, 40])))
        if chance.random() < 0.3:
            operations = {
                "create": [0.2, 9, SLOWEST_CREATE],
                "list": [0.1, 3, 20],
                "PATCH": [1],
                "PUT": [2],
                "DELETE": [1],
            }
            self.simulation.platform.settings(
                {"latency": {name: chance.choice(values) for name, values in operations.items()}}
            )
        self.simulation.platform.add_faults(self.faults)
        self.refused = 0

    def _wish(self, chance: random.Random, name: str) -> dict[str, Any]:
        if chance.random() < 0.12:
            return {"name": name, "state": "absent"}
        return wish(chance, name)

    def schedule(self) -> list[str]:
        """The whole trial, a line a thing."""
        connection = self.simulation.connection
        return [
            f"timeout {connection.timeout}, retry_timeout {connection.retry_timeout}, orders {self.orders or 'of instance'}",
            *(["a dry run first"] if self.dry_first else []),
            *(f"wanted: {entry}" for entry in self.wishes),
            *(self.formulas.lines() if self.formulas is not None else []),
            *(
                f"there: {it['name']} id {it['id']} user {it['user']} {it['element']}"
                for it in self.before.all.values()
            ),
            f"settings: {self.simulation.platform.settings()}",
            *(f"fault: {fault}" for fault in self.faults),
            *(f"down from {begin - START:.2f} to {end - START:.2f}" for begin, end in self.restarts),
        ]

    def run(self, figures: Figures) -> None:
        """The run with faults, the clean ones after it, and all checks. Raises Violation."""
        figures.trials += 1
        figures.with_formulas += self.formulas is not None
        try:
            if self.dry_first:
                self._dry_run()
            told = self._once(figures)
            count_faults(figures, self.simulation)
            figures.faults["connection refused"] += self.refused
            self.simulation.platform.clear_faults()
            self.restarts = []
            clean = self._clean_runs(figures, told)
            failed = [outcome["error"]["message"] for outcome in clean if outcome["error"]]
            self.simulation.clock.sleep(self.timeout + BOUND)
            kept = self.before.check(self.simulation)
            if not clean or failed:
                raise Violation("others", f"a second clean run still fails: {failed}")
            registered(self.simulation, told)
            if self.formulas is not None:
                figures.formula_instances += self._check_formulas(self.formulas, told)
            writes = len(self.simulation.writes())
            again = [outcome for outcome in self._once(figures) if outcome["changed"] or outcome["error"]]
            if again or len(self.simulation.writes()) != writes:
                raise Violation("others", f"a run after all is as desired changes something, or fails: {again}")
            figures.instances += len(kept)
        finally:
            figures.requests += len(self.simulation.platform.requests()) + self.refused
            figures.hours += (self.simulation.clock.now() - START) / 3600

    def _clean_runs(self, figures: Figures, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """At most two runs without faults, added to what was told; returns the outcomes of the last one."""
        clean: list[dict[str, Any]] = []
        for _run in range(2):
            # As the documentation says after a failure: the platform may still be at work for as long as that.
            self.simulation.clock.sleep(self.timeout)
            clean = self._once(figures)
            told += clean
            if clean and not any(outcome["error"] for outcome in clean):
                break
        return clean

    def _check_formulas(self, formulas: TenantsFormulas, told: Sequence[Mapping[str, Any]]) -> int:
        """All checks of formulas after the clean runs, and a dry run. Raises Violation; returns how many there are."""
        count = formulas.check()
        formulas.registered(told)
        formulas.check_deletions(self.simulation.platform.requests())
        predicted = [result(tenant) for tenant in self._dry_run()]
        wrong = [one for one in predicted if one["error"] or one["changed"]]
        if wrong or not predicted:
            raise Violation("others", f"a dry run after all is as desired predicts a change, or fails: {wrong}")
        return count

    def _fleet(self, *, check: bool = False) -> Engine:
        """The task, not yet run, on a platform that goes up and down."""
        simulation = self.simulation
        fleet = simulation.fleet(self.wishes, check=check, **self.orders)
        adapter = adapter_of(fleet.transport)

        def go_up_and_down(_request: object) -> None:
            adapter.down = any(begin <= simulation.clock.now() < end for begin, end in self.restarts)
            self.refused += adapter.down

        adapter.before = go_up_and_down
        return fleet

    def _dry_run(self) -> list[Any]:
        """The tenants after a dry run, which wrote nothing; none where it refused to begin."""
        writes, fleet = len(self.simulation.writes()), self._fleet(check=True)
        try:
            fleet.run()
        except FreshdeskError:
            return []
        finally:
            if len(self.simulation.writes()) != writes:
                raise Violation("others", "a dry run wrote")
        return fleet.tenants

    def _once(self, figures: Figures) -> list[dict[str, Any]]:
        """One run of the task; empty where it refused to begin."""
        simulation, fleet = self.simulation, self._fleet()
        writes, begun = len(simulation.writes()), len(simulation.platform.requests())
        try:
            fleet.run()
        except FreshdeskError as error:
            if len(simulation.writes()) != writes:
                raise Violation("others", f"it wrote, and then said that nothing was begun: {error.message}") from error
            figures.outcomes["not begun"] += 1
            return []
        outcomes = [{**result(tenant), "formulas": outcomes_of_parts(tenant)} for tenant in fleet.tenants]
        log = simulation.platform.requests()[begun:]
        if self.formulas is not None:
            self.formulas.check_run(fleet.tenants, log)
        for tenant, outcome in zip(fleet.tenants, outcomes, strict=True):
            figures.outcomes[outcome["action"]] += 1
            if outcome["error"] is None:
                continue
            if "This is a bug" in outcome["error"]["message"]:
                raise Violation("others", outcome["error"]["message"])
            if outcome["error"]["state"] == "unknown":
                figures.unknown += 1
                self._is_allowed(fleet, tenant, outcome, log)
        return outcomes

    def _is_allowed(
        self, fleet: Engine, tenant: Any, outcome: Mapping[str, Any], log: Sequence[Mapping[str, Any]]
    ) -> None:
        """An unknown outcome may end a run only where the platform was silent to the end of the time, and it says so."""
        message = outcome["error"]["message"]
        if outcome["action"] != "failed" or "run again" not in message:
            raise Violation("others", f"an unknown outcome does not say what to do: {message}")
        if FAILED in message or tenant.pending_create is None or "outcome of its creation is unknown" not in message:
            return  # of a change or a deletion, which is safe to repeat, or of a formula instance
        posts = [r for r in log if (r["verb"], r["template"], r["name"]) == ("POST", LIST, tenant.desired.name)]
        if not posts:
            raise Violation("others", f"the outcome of a creation is unknown that was never sent: {message}")
        if fleet.clock.now() < tenant.pending_create.deadline:
            raise Violation(
                "others", f"given up {tenant.pending_create.deadline - fleet.clock.now():.1f} s before the time is over"
            )
        # The answer was lost no later than a timeout after the request, and a timeout later a whole list is a proof.
        provable = max(record["begun"] for record in posts) + 2 * self.timeout
        if self._was_proven(log, provable, tenant.pending_create.deadline):
            raise Violation("others", f"a list proved the outcome that is called unknown: {message}")

    def _was_proven(self, log: Sequence[Mapping[str, Any]], provable: float, deadline: float) -> bool:
        """Whether a whole list from that moment on was read before the deadline."""
        switches = self.simulation.platform.settings()
        one_page = switches["page_size"] == 200 and switches["total_count"]
        for record in log if one_page else ():
            narrowed = "searchText" in record["query"] or "nextPage" in record["query"]
            whole = record["template"] == LIST and record["fault"] is None and not narrowed
            if not whole or record["status"] not in (200, 404) or record["begun"] < provable:
                continue
            if record["ended"] <= deadline and record["ended"] - record["begun"] <= self.timeout:
                return True
        return False


def count_faults(figures: Figures, simulation: Simulation) -> None:
    """Counts the faults that struck, by their kind."""
    for struck in simulation.platform.faults():
        kind = struck["fault"]
        if kind == "status":
            kind = f"5xx {'after' if struck['commit'] else 'before'} commit"
        figures.faults[kind] += struck["struck"]
