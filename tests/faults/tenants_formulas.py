# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formulas of tenants in a trial or a race, and the check of a platform against them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support.in_process import Simulation, result_of
from support.scenes import FORMULA_SETTINGS

from faults.figures import Violation
from faults.world import MINE

CREATE, DELETE = "/formulas/{formulaId}/instances", "/formulas/{formulaId}/instances/{formulaInstanceId}"
FAILED = " formula instances failed"
"""What a tenant says whose instance is as desired, or was not touched, and whose formulas are not."""
TEMPLATES = ("sync", "audit", "unused")
VARIABLES = {"source": {"required": True}, "target": {}, "cron": {"type": "value"}}


@dataclass
class Wanted:
    """A formula instance of a tenant: the option, and how to recognize it on the platform."""

    tenant: str
    option: dict[str, Any]
    template: int
    name: str
    present: bool

    def is_meant(self, one: Mapping[str, Any]) -> bool:
        """Whether that formula instance is the one."""
        if "id" in self.option:
            return bool(one["id"] == self.option["id"])
        return bool(one["formula"] == self.template and one["name"] == self.name)


class TenantsFormulas:
    """Gives some tenants formulas, on a platform where some of these exist already: as they should be, or not."""

    def __init__(
        self, chance: random.Random, simulation: Simulation, wishes: Sequence[dict[str, Any]], *, in_one_run: bool
    ) -> None:
        """C(in_one_run): whether all are, so that a formula may use the instance that another of them creates."""
        self.simulation = simulation
        formulas = simulation.platform.formulas
        templates = formulas.add_templates([{"name": name, "variables": VARIABLES} for name in TEMPLATES])
        self.templates = dict(zip(TEMPLATES, templates, strict=True))
        hub, shared = simulation.platform.add_instances([{"name": "hub", "element": "zendesk"}, {"name": "shared"}])
        self.hub = hub
        self.others = [hub, str(hub), {"name": "hub", "element": "zendesk"}, "shared"]
        self.ids_of_others = {str(given): hub for given in self.others} | {"shared": shared}
        self.live = _ids(simulation)
        self.tenants = [entry["name"] for entry in wishes if in_one_run and entry.get("state") != "absent"]
        self.wanted: list[Wanted] = []
        for entry in wishes:
            if chance.random() < 0.75:
                chosen = chance.sample(["sync", "audit"], chance.choice([1, 1, 2]))
                own = [self._wish(chance, entry, template) for template in chosen]
                entry["formulas"] = [one.option for one in own]
                self.wanted += own
        names = [one.name for one in self.wanted]
        formulas.add(
            [{"name": name, "formula": self.templates["unused"]} for name in names if chance.random() < 0.3]
            + [
                {"name": name.upper(), "formula": self.templates["sync"], "configuration": {"source": hub}}
                for name in names
                if chance.random() < 0.3
            ]
        )
        simulation.platform.settings(
            {name: chance.choice(values) for name, values in FORMULA_SETTINGS.items() if chance.random() < 0.4}
        )
        self.before = {one["id"]: one for one in _instances(simulation)}

    def _wish(self, chance: random.Random, entry: Mapping[str, Any], template: str) -> Wanted:
        number, tenant = self.templates[template], entry["name"]
        option: dict[str, Any] = {"formula": chance.choice([template, str(number)])}
        name = tenant
        if chance.random() < 0.3:
            name = option["name"] = f"{tenant}-{template}"
        option["instances"] = {"source": "self" if chance.random() < 0.8 else chance.choice(self.others)}
        if chance.random() < 0.3:
            of_run = chance.choice(self.tenants or self.others)
            option["instances"]["target"] = chance.choice(["self", chance.choice(self.others), of_run])
        option.update(chance.choice([{}, {}, {"configuration": {"cron": 15}}, {"active": False}, {"active": True}]))
        if chance.random() < 0.1:
            option["state"] = "absent"
        present = "absent" not in (entry.get("state"), option.get("state"))
        if chance.random() < (0.7 if not present else 0.35):
            own = self.live.get(tenant)
            source, cron = chance.choice([own, str(own), self.hub]), chance.choice(["15", "30"])
            held = {"source": self.hub if own is None else source, "cron": cron}
            seed = {"name": name, "formula": number, "configuration": held, "active": chance.random() < 0.8}
            [seeded] = self.simulation.platform.formulas.add([seed])
            if chance.random() < 0.3:
                # It keeps its template and its name.
                del option["formula"]
                option.pop("name", None)
                option["id"] = seeded
        return Wanted(tenant, option, number, name, present)

    # --- checks ---------------------------------------------------------------------------------------------------------

    def check_run(self, tenants: Iterable[Any], log: Iterable[Mapping[str, Any]]) -> None:
        """No formula instance was created for a tenant whose instance failed. Raises Violation."""
        posts = {(r["path"], r["name"]) for r in log if r["verb"] == "POST" and r["template"] == CREATE}
        for tenant in tenants:
            if tenant.error is None or (tenant.live is not None and FAILED in tenant.error.message):
                continue
            for one in self.wanted:
                if one.tenant == tenant.desired.name and (f"/formulas/{one.template}/instances", one.name) in posts:
                    raise Violation("others", f"{one.name} was created, whose tenant failed: {tenant.error.message}")

    def check(self) -> int:
        """Each that is wanted is there once and as desired, and nothing else was touched. Raises Violation; returns how many."""
        now, ids = _instances(self.simulation), _ids(self.simulation)
        for wanted in self.wanted:
            found = [one for one in now if wanted.is_meant(one)]
            if len(found) != int(wanted.present):
                kind = "duplicates" if len(found) > 1 else "orphans" if found else "others"
                raise Violation(kind, f"formula instance {wanted.name} of {wanted.tenant} is there {len(found)} times")
            for one in found:
                self._as_desired(wanted, one, ids)
        others = {one["id"]: one for one in now if not self._is_meant(one)}
        if strangers := set(others) - set(self.before):
            raise Violation("orphans", f"nobody wanted the formula instances {sorted(strangers)}")
        if others != {number: one for number, one in self.before.items() if not self._is_meant(one)}:
            raise Violation("others", "a formula instance was touched that was not meant")
        return sum(wanted.present for wanted in self.wanted)

    def _is_meant(self, one: Mapping[str, Any]) -> bool:
        return any(wanted.is_meant(one) for wanted in self.wanted)

    def _as_desired(self, wanted: Wanted, one: Mapping[str, Any], ids: Mapping[str, int]) -> None:
        expected = {key: str(value) for key, value in wanted.option.get("configuration", {}).items()}
        for variable, given in wanted.option["instances"].items():
            number = self.ids_of_others.get(str(given)) or ids[wanted.tenant if given == "self" else given]
            expected[variable] = str(number)
        held = {key: str(value) for key, value in one["configuration"].items() if key in expected}
        if held != expected or one["active"] is not wanted.option.get("active", one["active"]):
            raise Violation("others", f"formula instance {wanted.name} of {wanted.tenant} is not as desired: {one}")

    def registered(self, outcomes: Iterable[Mapping[str, Any]]) -> None:
        """The id of every success that a run reported is that of a formula instance that is there. Raises Violation."""
        now = {one["id"]: one["name"] for one in _instances(self.simulation)}
        for outcome in outcomes:
            for part in outcome["formulas"]:
                gone = part["formula_instance"] is not None and now.get(part["id"]) != part["name"]
                if part["error"] is None and gone:
                    raise Violation(
                        "lost tokens", f"formula instance {part['id']} was {part['action']} and is not there"
                    )

    def check_deletions(self, log: Iterable[Mapping[str, Any]]) -> None:
        """Nothing that was there before was deleted, unless that was wanted. Raises Violation."""
        numbers = {r["id"] for r in log if r["verb"] == "DELETE" and r["template"] == DELETE}
        unwanted = {
            one["id"] for one in self.before.values() for it in self.wanted if it.is_meant(one) and not it.present
        }
        if wrong := numbers & (set(self.before) - unwanted):
            raise Violation("others", f"formula instances {sorted(wrong)} were deleted, which were there before")

    def lines(self) -> list[str]:
        """What there was, a line a formula instance."""
        return [f"formula there: {one}" for one in self.before.values()]


def outcomes_of_parts(tenant: Any) -> list[dict[str, Any]]:
    """The outcomes of a tenant's formula instances."""
    return [result_of(part) for part in tenant.parts]


def _ids(simulation: Simulation) -> dict[str, int]:
    """The ids of the instances that tenants may have, by name."""
    instances = simulation.platform.instances()
    return {one["name"]: one["id"] for one in instances if one["user"] == MINE and one["element"] == "freshdeskv2"}


def _instances(simulation: Simulation) -> list[dict[str, Any]]:
    """The truth, as it was at this moment."""
    return [
        {**one, "configuration": dict(one["configuration"]), "settings": dict(one["settings"])}
        for one in simulation.platform.formulas.instances()
    ]
