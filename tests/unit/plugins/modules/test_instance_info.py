# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module instance_info as a task runs it."""

from __future__ import annotations

import os

import pytest
from support.in_process import Simulation
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tasks
from ansible_collections.cloudelements.freshdesk.plugins.modules import instance_info

PLATFORM = {
    "user_secret": "user/secret+of=one",
    "organization_secret": "organization/secret+of=acme",
    "base_url": "https://platform.example",
}


@pytest.fixture
def simulation(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    simulation = Simulation()
    simulation.platform.add_instances([{"name": "acme", "tags": ["crm"], "api_key": "SENTINEL-key"}, {"name": "acme"}])
    monkeypatch.setattr(_tasks, "Transport", simulation.connect)
    return simulation


def run(**options):
    done = run_main(instance_info.main, **{**PLATFORM, **options})
    assert "SENTINEL" not in done.printed
    assert "secret+of" not in done.printed
    return done


@pytest.mark.parametrize("check", [False, True])
def test_it_shows_duplicates_without_tokens_and_changes_nothing(simulation, check):
    done = run(check=check)

    assert done.result["changed"] is False
    assert [one["id"] for one in done.result["instances"]] == [600001, 600002]
    assert not any(instance["token"] in done.printed for instance in simulation.platform.instances())
    assert simulation.writes() == []


def test_filters_and_health_are_handed_on(simulation):
    simulation.platform.accounts({"acme": "another-key"})
    done = run(name="acme", tags=["crm"], verify=True, concurrency=2)

    (one,) = done.result["instances"]
    assert one["health"] == {"ok": False, "status": 401, "reason": "key"}
    assert run(id=5).result["instances"] == []


def test_one_that_a_dry_run_is_about_to_create_is_not_there_yet(simulation):
    assert run(id=-1, check=True).result["instances"] == []
    assert simulation.calls() == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"concurrency": 65}, "concurrency must be from 1 to 64"),
        ({"id": 0}, "positive number"),
        ({"id": True}, "positive number"),  # core takes it for an integer
        ({"id": -1}, "the placeholder of a dry run, and this is not a dry run"),
        ({"user_secret": ""}, "user_secret is not set"),
        ({"user_secret": "a-wrong-secret"}, "check user_secret"),
        ({"element": "freshdeskv3"}, "the platform has no element of that key"),
        ({"base_url": "https://platform.example/elements/api-v2/elements/api-v2"}, "the path /elements/api-v2 twice"),
    ],
)
def test_what_is_wrong_is_reported_in_a_sentence(simulation, options, why):
    done = run(**options)

    assert done.status == 1
    assert why in done.result["msg"]
    assert done.result["changed"] is False
