# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exactly what was approved: two inputs whose runs write something different never have the same plan id.

What a run writes is taken from the platform, which keeps the verb, path and body of every write, and not from the plan: a plan id
that leaves out a secret or a policy is noticed.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.in_process import Simulation
from support.scenes import BY_HAND, NAMES, POLLER, SECRETS, SETTINGS, live, some, values, wanted

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import OPTIONS

CHANCE = st.builds(random.Random, st.integers(0, 2**64 - 1))
"""By a seed: where Hypothesis makes every choice itself, many examples are nearly the same, and too few make a difference."""
PHASES = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
"""Making an example of four runs simpler takes minutes."""
ELEMENT = "freshdeskv2"
NEW = {"name": "epsilon", "id": None, "state": "present", "subdomain": "acme", "api_key": SECRETS[0]}
REFUSED = {**NEW, "api_key": "SENTINEL-refused", "verify": True, "on_verify_failure": "delete"}
HERE = {"name": "here", "id": None, "state": "present"}
FAILING = {"name": "failing", "update_secrets": "never"}


class Difference(NamedTuple):
    """The values that something has in two inputs, and what both have so that this often matters."""

    values: Sequence[Any]
    first: Mapping[str, Any] = {}
    fleet: Mapping[str, Any] = {}
    bare: bool = False
    """Whether the first entry has no other options."""


NO_DIFFERENCE = Difference(())
# Of the first entry, or of the fleet.
DIFFERENCES = {
    **{
        option.path: Difference(tuple(values(option)))
        for option in OPTIONS
        if option.path not in BY_HAND and not option.of_entries
    },
    "state": Difference(("present", "absent"), HERE),
    "name": Difference(("here", "acme", "epsilon"), NEW),
    "api_key": Difference((*SECRETS[:2], "SENTINEL-third")),
    "update_secrets": Difference(("on_change", "always", "never"), {"api_key": "SENTINEL-third"}),
    "tags": Difference(([], ["crm"], ["crm", "new"])),
    "events.resources": Difference((["contacts"], ["incidents", "agents"])),
    "events.poller": Difference((POLLER, {"contacts": {"url": "/hubs/helpdesk/contacts"}})),
    "configuration.custom:secret": Difference((SECRETS[3], "SENTINEL-new-secret"), HERE),
    "configuration.password": Difference((SECRETS[3], "SENTINEL-new-secret"), {**NEW, "update_secrets": "always"}),
    "configuration.filter:response:nulls": Difference((True, False)),
    "verify": Difference((True, False), REFUSED),
    "verify of one that is as it should be": Difference((True, False), FAILING, {"prune_tags": ("old",)}, bare=True),
    "on_verify_failure": Difference(("fail", "disable", "delete", "restore"), REFUSED),
    "on_shared_subdomain": Difference(("warn", "fail", "ignore"), {**NEW, "subdomain": "acme"}),
    "on_duplicate": Difference(("fail", "oldest"), {"name": "twice", "id": None, "state": "absent"}),
    "prune_tags": Difference(((), ("crm",), ("old",), ("old", "crm"))),
    "max_deletes": Difference((0, 1, 10), {**HERE, "state": "absent"}),
    "stop_on_error": Difference((True, False), {"name": "nobody", "id": 599999}),
    "element": Difference((ELEMENT, "freshdesk")),
}
OF_THE_FLEET = ("prune_tags", "max_deletes", "stop_on_error", "element")


class State:
    """A platform in some state, which can be had as often as needed."""

    def __init__(self, chance):
        self.settings = {**some(chance, SETTINGS, 0.4), "record_bodies": True}
        self.accounts = {"acme": SECRETS[0], **some(chance, {"beta": SECRETS[:2]}, 0.7)}
        self.instances = [live(chance, name) for name in NAMES for _time in range(chance.choice([0, 0, 1, 1, 1, 2]))]
        self.instances += [live(chance, name) for name in ("here", "twice", "twice")]
        self.instances += [{**live(chance, "failing"), "subdomain": "acme", "api_key": "bad", "disabled": False}]
        self.instances += [{**live(chance, name), "element": "freshdesk"} for name in NAMES[:2]]

    def simulation(self):
        simulation = Simulation()
        simulation.platform.settings(self.settings)
        simulation.platform.accounts(self.accounts)
        simulation.platform.add_instances(self.instances)
        return simulation

    def ids(self):
        return [instance["id"] for instance in self.simulation().platform.instances()]


def run(simulation, entries, options, check):
    """The fleet, also where it was refused as a whole; None where its entries were."""
    options = dict(options)
    element, fleet = options.pop("element", ELEMENT), None
    with suppress(FreshdeskError):
        fleet = simulation.fleet(entries, check=check, connection={"element": element}, **options)
        fleet.run()
    return fleet


def plan_id(state, entries, options):
    """Of a dry run; None where there is no plan."""
    return getattr(run(state.simulation(), entries, options, check=True), "plan_id", None)


def written(state, entries, options):
    """What a run writes, as the platform keeps it."""
    simulation = state.simulation()
    run(simulation, entries, options, check=False)
    bodies = {body["n"]: json.loads(body["body"]) for body in simulation.platform.bodies()}
    return [
        (record["verb"], record["path"], record["query"], bodies.get(record["n"]))
        for record in simulation.platform.requests()
        if record["verb"] != "GET"
    ]


def wishes(chance, state, difference=NO_DIFFERENCE):
    """A few entries, of which the first holds what makes the difference likely to matter."""
    ids = state.ids()
    entries = [wanted(chance, name, ids) for name in chance.sample(NAMES, chance.randint(1, 3))]
    entries[0] = {**({} if difference.bare else entries[0]), **difference.first}
    return [{name: value for name, value in entry.items() if value is not None} for entry in entries]


def of_the_fleet(chance):
    """Options of the fleet."""
    return some(chance, {"prune_tags": [("crm",), ("old",)], "stop_on_error": [True], "max_deletes": [1, 10]}, 0.3)


def with_value(entry, option, value):
    """The entry with another value at an option; a colon stands for a dot in a configuration key."""
    outer, _dot, inner = option.partition(".")
    if not inner:
        return {**entry, outer: value}
    other = {"resources": "poller", "poller": "resources"}.get(inner)
    kept = {name: kept for name, kept in (entry.get(outer) or {}).items() if name != other}
    return {**entry, outer: {**kept, inner.replace(":", "."): value}}


def inputs(chance, state, what):
    """Two inputs that differ in one thing."""
    difference = DIFFERENCES[what]
    entries = wishes(chance, state, difference)
    fleet = {**of_the_fleet(chance), **difference.fleet}
    for value in chance.sample(list(difference.values), 2):
        option = what.split()[0]
        if option in OF_THE_FLEET:
            yield entries, {**fleet, option: value}
        else:
            yield [with_value(entries[0], option, value), *entries[1:]], fleet


def often(test):
    """Runs a property which answers whether its example made a difference. One that never does proves nothing."""
    differed = 0

    @hypothesis.settings(max_examples=max(60, hypothesis.settings.default.max_examples // 10), phases=PHASES)
    @given(CHANCE)
    def one(chance):
        nonlocal differed
        differed += test(chance)

    one()
    assert differed, "no example made a difference"


@pytest.mark.parametrize("what", DIFFERENCES)
def test_inputs_that_lead_to_different_writes_have_different_plan_ids(what):
    def differ(chance):
        state = State(chance)
        one, other = inputs(chance, state, what)
        if written(state, *one) == written(state, *other):
            return False
        assert plan_id(state, *one) != plan_id(state, *other)
        return True

    often(differ)


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("tags", (["changed"], ["old"], [])),
        ("disabled", (True, False)),
        ("name", ("acme", "epsilon")),
        ("configuration", ({"filter.response.nulls": "true"}, {"filter.response.nulls": "false"})),
    ],
)
def test_states_that_lead_to_different_writes_have_different_plan_ids(what, values):
    def differ(chance):
        state = State(chance)
        entries, fleet = wishes(chance, state, Difference((), {**HERE, "enabled": True})), of_the_fleet(chance)
        later = copy.deepcopy(state)
        here = next(one for one in later.instances if one["name"] == "here")
        changed = chance.choice([here, here, chance.choice(later.instances)])
        changed[what] = chance.choice([value for value in values if value != changed.get(what)])
        if written(state, entries, fleet) == written(later, entries, fleet):
            return False
        assert plan_id(state, entries, fleet) != plan_id(later, entries, fleet)
        return True

    often(differ)


def turned(value):
    """The same with every mapping in another order."""
    if isinstance(value, dict):
        return {name: turned(inner) for name, inner in reversed(value.items())}
    return [turned(inner) for inner in value] if isinstance(value, list) else value


@given(CHANCE)
def test_the_same_input_has_the_same_plan_id_however_it_is_written_and_the_platform_lists_it(chance):
    state = State(chance)
    entries, fleet = wishes(chance, state), of_the_fleet(chance)
    approved = plan_id(state, entries, fleet)
    lists = {name: values for name, values in SETTINGS.items() if not name.startswith("mask")}
    state.settings.update(some(chance, lists, 0.6))
    assert plan_id(state, turned(entries), fleet) == approved
