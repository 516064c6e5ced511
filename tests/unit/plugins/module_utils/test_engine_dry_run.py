# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dry run is accurate: the run after it does just that, the run after that nothing, and no secret is shown.

The campaign dryrun tries the same in thousands of states.
"""

from __future__ import annotations

import json
import random
import re

import pytest
from support.in_process import CONNECTION, result
from support.scenes import scene, some, unforeseeable, unhealthy

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import fleet_result


def told(one):
    return {key: one[key] for key in ("changed", "action", "diff", "secrets")}


def secret_free(*things):
    text = "\n".join([json.dumps(things, default=repr), repr(things)])
    assert "SENTINEL" not in text
    assert CONNECTION.user_secret not in text
    assert CONNECTION.organization_secret not in text
    return text


def refused(step, *args, **kwargs):
    """Why nothing was begun; None where it was."""
    try:
        step(*args, **kwargs)
    except FreshdeskError as refusal:
        return refusal.message
    return None


def tokens_of(simulation):
    return [instance["token"] for instance in simulation.platform.instances()]


def writes_secrets(entry):
    given = entry.get("api_key") or (entry.get("events") or {}).get("signature_key")
    secret = any("secret" in key for key in entry.get("configuration") or {})
    return entry.get("update_secrets") == "always" and (given or secret)


def reason(one):
    """Why it failed, without what is new in every run: the request's id, and what was written before it."""
    if one["error"] is None:
        return None
    message = re.sub(r", request [0-9a-f]{24}", "", one["error"]["message"])
    return re.sub(r"; done before that: .*?\.$", ".", message), one["error"]["status"], one["error"]["attempts"]


def deletes_one_of_several(entry):
    """With on_duplicate: oldest, the second run finds the next oldest."""
    return entry.get("state") == "absent" and entry.get("on_duplicate") == "oldest"


@pytest.mark.parametrize("start", range(0, 200, 100))
def test_a_dry_run_predicts_the_run_after_it_and_the_one_after_that_changes_nothing(start):
    for seed in range(start, start + 100):
        simulation, (entry,) = scene(seed, 1)
        before = simulation.platform.instances()
        predicted = simulation.one(check=True, **entry)
        assert simulation.writes() == [], seed
        assert simulation.platform.instances() == before, seed

        known = tokens_of(simulation)
        done = simulation.one(**entry)
        again = simulation.one(**entry)
        for one in (predicted, done, again):
            token = one.pop("token")
            text = secret_free(one)
            assert not any(shown in text for shown in [*known, *tokens_of(simulation)]), seed
            if one["action"] in ("created", "updated", "unchanged") and one["instance"] is not None:
                assert token, seed
        assert "bug" not in str((predicted["error"], done["error"], again["error"])), (seed, entry)

        if (unhealthy(done) and not unhealthy(predicted)) or unforeseeable(done):
            # Only after the writes could anybody know; what was to be written is reported all the same.
            assert predicted["diff"] == done["diff"], seed
            continue
        assert told(predicted) == told(done), (seed, entry)
        if done["error"] is not None:
            assert reason(predicted) == reason(done), (seed, entry)
            if not unhealthy(done):
                assert simulation.writes() == [], seed
            continue
        if not writes_secrets(entry) and not deletes_one_of_several(entry):
            assert (again["changed"], again["action"], again["error"]) == (False, "unchanged", None), (seed, entry)
            assert again["diff"]["before"] == again["diff"]["after"], (seed, entry)


def test_a_dry_run_of_a_fleet_predicts_the_run_after_it_and_its_plan_is_the_same():
    for seed in range(100):
        simulation, entries = scene(seed, 3)
        chance = random.Random(seed)
        orders = some(
            chance, {"prune_tags": [("crm",), ("old",)], "stop_on_error": [True], "max_deletes": [1, 10]}, 0.4
        )
        refusal = refused(simulation.run, entries, check=True, **orders)
        if refusal is not None:
            assert refused(simulation.run, entries, **orders) == refusal, seed
            assert simulation.writes() == [], seed
            secret_free(refusal)
            continue
        dry = simulation.run(entries, check=True, **orders)
        assert simulation.writes() == [], seed
        predicted = fleet_result(dry)
        if dry.refusal is not None:  # it showed what would be done all the same
            assert refused(simulation.run, entries, **orders) == predicted["msg"], seed
            assert simulation.writes() == [], seed
            continue
        run = simulation.run(entries, expected_plan_id=dry.plan_id, **orders)
        done = fleet_result(run)

        assert predicted["plan_id"] == done["plan_id"]
        secret_free({**predicted, "tokens": None}, {**done, "tokens": None}, dry.tenants, [t.plan for t in run.tenants])
        assert "bug" not in str(done.get("msg")), (seed, entries)
        surprised = False
        for expected, became in zip(map(result, dry.tenants), map(result, run.tenants), strict=True):
            if (unhealthy(became) and not unhealthy(expected)) or unforeseeable(became):
                assert expected["diff"] == became["diff"], seed
                surprised = True
            elif not (surprised and "not_tried" in str(became["error"])):
                assert (told(expected), reason(expected)) == (told(became), reason(became)), (seed, entries)
        if not surprised:
            assert (predicted["pruned"], predicted["summary"]) == (done["pruned"], done["summary"]), seed
            assert predicted["changed"] == done["changed"]
        if "failed" not in done and not any(writes_secrets(e) or deletes_one_of_several(e) for e in entries):
            again = fleet_result(simulation.run(entries, **orders))
            assert again["changed"] is False, (seed, entries)
            assert again["diff"] == []
