# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted in a trial, and the check of a platform against it: each name once, as desired, nothing else touched."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from support.in_process import Simulation

from faults.figures import Violation

NAMES = ("acme", "beta", "gamma", "delta", "acme-eu", "Acme")
OTHERS = ("zeta", "theta", "acme-old", "eta")
MINE, ELSEWHERE = 9001, 9002
SETTINGS: dict[str, list[Any]] = {
    "list_configuration": ["full", "empty", "missing"],
    "hydrate": ["asked", "ignored", "always"],
    "tags_filter": ["every", "any"],
    "instance_count": [True, False],
    "tags_form": ["strings", "objects"],
    "mask_username": [False, True],
    "token_on_last_page": [True, False],
    "total_count": [True, False],
    "page_size": [200, 2, 3],
}


def settings(chance: random.Random) -> dict[str, Any]:
    """Some of the switches for what nobody knows of the platform, each in some position."""
    chosen = {name: chance.choice(values) for name, values in SETTINGS.items() if chance.random() < 0.4}
    return {"accounts": "any", **chosen}


def wish(chance: random.Random, name: str) -> dict[str, Any]:
    """One tenant as a user may want it; what is created from it can be told from what anybody else made."""
    entry: dict[str, Any] = {"name": name, "subdomain": f"sub-{name}", "api_key": f"key-of-{name}"}
    if chance.random() < 0.6:
        entry["tags"] = chance.choice([[], ["crm"], ["crm", "eu"]])
    if chance.random() < 0.3:
        entry["enabled"] = chance.choice([True, True, False])
    if chance.random() < 0.3:
        entry["configuration"] = {"pagination.max": chance.choice([7, "50"])}
    if chance.random() < 0.15:
        entry["verify"] = True
    if chance.random() < 0.2:
        entry["on_duplicate"] = "oldest"
    return entry


def populate(chance: random.Random, simulation: Simulation, wishes: Sequence[Mapping[str, Any]]) -> None:
    """A live state: of what is wanted, some is there, as it should be or not; and a crowd that is nobody's business."""
    seeds: list[dict[str, Any]] = []
    for entry in wishes:
        if chance.random() < (0.85 if entry.get("state") == "absent" else 0.35):
            seeds.append(
                {
                    "name": entry["name"],
                    "subdomain": chance.choice([entry.get("subdomain", "s"), "sub-of-before"]),
                    "api_key": chance.choice([entry.get("api_key", "k"), "key-of-before"]),
                    "tags": chance.choice([["crm"], [], ["old"]]),
                    "disabled": chance.random() < 0.2,
                }
            )
        if chance.random() < 0.15:
            seeds.append({"name": entry["name"], "user": ELSEWHERE})
        if chance.random() < 0.15:
            seeds.append({"name": entry["name"], "element": "freshdesk"})
    for name in OTHERS:
        seeds += [
            {"name": name, "tags": chance.choice([["crm"], ["x"]])} for _time in range(chance.choice([0, 0, 1, 2]))
        ]
    chance.shuffle(seeds)
    simulation.platform.add_instances(seeds)


class Before:
    """The platform as it was before anybody did anything."""

    def __init__(self, simulation: Simulation, wishes: Iterable[Mapping[str, Any]]) -> None:
        self.wishes = {entry["name"]: entry for entry in wishes}
        self.all = {instance["id"]: _copied(instance) for instance in simulation.platform.instances()}
        self.bystanders = {number: it for number, it in self.all.items() if not self.is_meant(it)}

    def is_meant(self, instance: Mapping[str, Any]) -> bool:
        """Whether it is one of those that the wishes are about."""
        return instance["user"] == MINE and instance["element"] == "freshdeskv2" and instance["name"] in self.wishes

    def check(self, simulation: Simulation) -> list[dict[str, Any]]:
        """Each wanted name once and as desired, nothing else touched. Raises Violation; answers the wanted ones."""
        now = {instance["id"]: instance for instance in simulation.platform.instances()}
        for number, instance in self.bystanders.items():
            if now.get(number) != instance:
                raise Violation("others", f"instance {number} was touched, and it was nobody's business")
        kept = []
        for name, entry in self.wishes.items():
            found = [instance for instance in now.values() if self.is_meant(instance) and instance["name"] == name]
            wanted = 0 if entry.get("state") == "absent" else 1
            if len(found) > wanted:
                raise Violation("duplicates", f"{name} is there {len(found)} times, and wanted {wanted} times")
            if len(found) < wanted:
                raise Violation("others", f"{name} is not there")
            kept += found
            for instance in found:
                self._as_desired(simulation, instance, entry)
        strangers = [number for number in now if number not in self.all and not self.is_meant(now[number])]
        if strangers:
            raise Violation("orphans", f"nobody wanted {strangers}")
        return kept

    def _as_desired(self, simulation: Simulation, instance: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
        configuration = instance["configuration"]
        wrong = []
        if configuration["subdomain"] != entry["subdomain"]:
            wrong.append("subdomain")
        readable = not simulation.platform.settings()["mask_username"]
        if configuration["username"] != entry["api_key"] and (readable or instance["id"] not in self.all):
            wrong.append("api_key")
        if "tags" in entry and set(instance["tags"]) != set(entry["tags"]):
            wrong.append("tags")
        if "enabled" in entry and instance["disabled"] is entry["enabled"]:
            wrong.append("enabled")
        for key, value in entry.get("configuration", {}).items():
            if configuration.get(key) != str(value):
                wrong.append(key)
        if wrong:
            raise Violation("others", f"{entry['name']} is not as desired in {', '.join(wrong)}")


def registered(simulation: Simulation, outcomes: Iterable[Mapping[str, Any]]) -> None:
    """The id and the token of every success that a run told are alive and belong together. Raises Violation.

    So are those of a tenant that failed and still is there, since they are kept.
    """
    now = {instance["id"]: instance for instance in simulation.platform.instances()}
    for outcome in outcomes:
        if outcome["instance"] is None or outcome["diff"]["after"].get("state") == "absent":
            continue
        instance = now.get(outcome["id"])
        if instance is None or instance["token"] != outcome["token"] or instance["name"] != outcome["name"]:
            raise Violation(
                "lost tokens",
                f"{outcome['name']} was {outcome['action']} as id {outcome['id']}, which is not what is there",
            )


def _copied(instance: Mapping[str, Any]) -> dict[str, Any]:
    return {**instance, "tags": list(instance["tags"]), "configuration": dict(instance["configuration"])}
