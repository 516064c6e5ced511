# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dry run tells the truth: for any live and desired state the run after it does just that, and a third one nothing."""

from __future__ import annotations

import re

import hypothesis
import hypothesis.stateful
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from support.in_process import Simulation, result
from support.scenes import NAMES, SECRETS, SETTINGS, live, some, unforeseeable, unhealthy, wanted

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError

CHANCE = st.randoms(use_true_random=False)
"""A source of random choices that Hypothesis makes, and makes simpler where a property fails."""


# What may differ, and why


def told(one):
    """What the dry run and the run must say alike."""
    return {key: one[key] for key in ("changed", "action", "diff", "secrets")}


def reason(one):
    """Why it failed, without what is new in every run: the request's id, and what was written before."""
    if one["error"] is None:
        return None
    message = re.sub(r", request [0-9a-f]{24}", "", one["error"]["message"])
    message = re.sub(r"; done before that: .*?(?=[.:;])", "", message)
    return message, one["error"]["status"]


def writes_again(entry):
    """What is written every time (update_secrets: always), or finds another each time (the oldest of several)."""
    secrets = [entry.get("api_key"), (entry.get("events") or {}).get("signature_key")]
    secrets += [value for key, value in (entry.get("configuration") or {}).items() if "secret" in key]
    always = entry.get("update_secrets") == "always" and any(secrets)
    return always or (entry.get("state") == "absent" and entry.get("on_duplicate") == "oldest")


# A platform, and what is wanted of it


def platform(chance):
    """A platform in some state."""
    simulation = Simulation()
    simulation.platform.settings(some(chance, SETTINGS, 0.4))
    if chance.random() < 0.3:
        simulation.platform.settings({"accounts": "any"})
    simulation.platform.accounts(some(chance, {"acme": SECRETS[:2], "beta": SECRETS[:2]}, 0.7))
    names = [name for name in NAMES for _time in range(chance.choice([0, 0, 0, 1, 1, 1, 1, 1, 2]))]
    simulation.platform.add_instances([live(chance, name) for name in names])
    if chance.random() < 0.2:
        simulation.platform.add_instances([{**live(chance, "acme"), "element": "freshdesk"}])
    if chance.random() < 0.2:
        simulation.platform.add_instances([{**live(chance, "beta"), "user": 9002}])
    return simulation


def wishes(chance, simulation, count):
    """What is wanted of as many tenants, some of them addressed by the id of what is there."""
    ids = [instance["id"] for instance in simulation.platform.instances()]
    return [wanted(chance, name, ids) for name in chance.sample(NAMES, count)]


def orders(chance):
    """What is ordered for a fleet as a whole."""
    choices = {"prune_tags": [("crm",), ("old",)], "stop_on_error": [True], "max_deletes": [1, 10]}
    return some(chance, choices, 0.4)


def tried(simulation, entries, check, **how):
    """The fleet, run, or the sentence of a refusal to begin."""
    try:
        return simulation.run(entries, check=check, **how)
    except FreshdeskError as refusal:
        return refusal.message


def agree(simulation, entries, **how):
    """The property itself: a dry run, the run, and the run after that, on whatever the platform holds."""
    before, writes = simulation.platform.instances(), len(simulation.writes())
    dry = tried(simulation, entries, check=True, **how)
    assert len(simulation.writes()) == writes, "a dry run wrote"
    assert simulation.platform.instances() == before, "a dry run changed something"
    refusal = dry if isinstance(dry, str) else dry.refusal and dry.refusal.message
    if refusal is not None:
        assert tried(simulation, entries, check=False, **how) == refusal
        assert len(simulation.writes()) == writes, "a run that refused to begin wrote"
        return
    run = tried(simulation, entries, check=False, **{**how, "expected_plan_id": dry.plan_id})
    assert not isinstance(run, str), run
    assert run.plan_id == dry.plan_id
    surprised = False
    for expected, became in zip(map(result, dry.tenants), map(result, run.tenants), strict=True):
        assert "This is a bug" not in str((expected["error"], became["error"]))
        if (unhealthy(became) and not unhealthy(expected)) or unforeseeable(became):
            assert expected["diff"] == became["diff"]
            surprised = True
        elif not (surprised and "not tried" in str(became["error"])):
            assert (told(expected), reason(expected)) == (told(became), reason(became))
    if not surprised:
        assert [live.id for live in dry.pruned] == [live.id for live in run.pruned]
    failed = any(tenant.error for tenant in run.tenants) or run.prune_error
    if failed or any(writes_again(entry) for entry in entries):
        return
    writes = len(simulation.writes())
    again = tried(simulation, entries, check=False, **how)
    assert len(simulation.writes()) == writes, "a third run wrote"
    assert [(tenant.action, tenant.changed) for tenant in again.tenants] == [("unchanged", False)] * len(entries)


@given(CHANCE)
def test_a_dry_run_of_one_instance_tells_the_truth(chance):
    simulation = platform(chance)
    agree(simulation, wishes(chance, simulation, 1))


@given(CHANCE, st.integers(min_value=1, max_value=len(NAMES)))
def test_a_dry_run_of_a_fleet_tells_the_truth(chance, count):
    simulation = platform(chance)
    agree(simulation, wishes(chance, simulation, count), **orders(chance))


class Life(RuleBasedStateMachine):
    """A platform on which tasks follow one another, dry and real, while others work on it behind our back."""

    def __init__(self):
        super().__init__()
        self.simulation = Simulation()
        self.simulation.platform.settings({"accounts": "any"})

    def ids(self):
        return [instance["id"] for instance in self.simulation.platform.instances()]

    @rule(chance=CHANCE)
    def one(self, chance):
        agree(self.simulation, wishes(chance, self.simulation, 1))

    @rule(chance=CHANCE, count=st.integers(min_value=2, max_value=len(NAMES)))
    def fleet(self, chance, count):
        agree(self.simulation, wishes(chance, self.simulation, count), **orders(chance))

    @rule(chance=CHANCE, name=st.sampled_from(NAMES))
    def appear(self, chance, name):
        self.simulation.platform.add_instances([live(chance, name)])

    @rule(chance=CHANCE)
    def vanish(self, chance):
        if self.ids():
            self.simulation.platform.remove_instance(chance.choice(self.ids()))

    @rule(chance=CHANCE)
    def meddle(self, chance):
        if self.ids():
            changes = some(chance, {"tags": [[], ["crm"]], "disabled": [True, False], "subdomain": ["acme", "x"]}, 0.5)
            self.simulation.platform.change_instance(chance.choice(self.ids()), changes)

    @rule(chance=CHANCE)
    def platform_differs(self, chance):
        self.simulation.platform.settings(some(chance, SETTINGS, 0.4))

    @rule(seconds=st.integers(min_value=1, max_value=100_000))
    def wait(self, seconds):
        self.simulation.clock.sleep(seconds)

    @invariant()
    def nobody_shares_a_token(self):
        tokens = [instance["token"] for instance in self.simulation.platform.instances()]
        assert len(tokens) == len(set(tokens))


def test_dry_runs_tell_the_truth_all_life_long():
    few = max(20, hypothesis.settings.default.max_examples // 10)
    hypothesis.stateful.run_state_machine_as_test(
        Life, settings=hypothesis.settings(max_examples=few, stateful_step_count=12)
    )
