# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tenant in instances is what instance does: the same outcome, the same requests, over the whole space of options."""

from __future__ import annotations

import copy
import random

import pytest
from ansible.module_utils.basic import AnsibleModule
from support.in_process import CONNECTION, NO_AUTHORITIES
from support.mains import run_main
from support.scenes import scene

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tasks
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import INSTANCE_SPEC
from ansible_collections.cloudelements.freshdesk.plugins.modules import instance, instances

PLATFORM = {
    "base_url": CONNECTION.base_url,
    "user_secret": CONNECTION.user_secret,
    "organization_secret": CONNECTION.organization_secret,
    "ca_path": NO_AUTHORITIES,
}
POST = {"verb": "POST"}
FAULTS = [
    # Often, since a create is not.
    *[{"fault": "drop_after", "match": POST}] * 5,
    {"fault": "drop_before", "match": POST},
    {"fault": "hang_after", "match": POST, "times": None},
    {"fault": "late", "commit_after": 20, "match": POST},
    {"fault": "status", "status": 503, "match": POST},
    {"fault": "status", "status": 400, "match": {"verb": "PATCH"}},
    {"fault": "status", "status": 502, "every": 3},
    {"fault": "throttle", "every": 2},
    {"fault": "throttle", "retry_after": 7},
    {"fault": "drop_after", "match": {"verb": "PUT"}},
    {"fault": "hang_before", "match": {"verb": "DELETE"}, "times": None},
    {"fault": "truncate", "match": {"verb": "GET"}},
    {"fault": "wrong_shape", "match": {"verb": "GET"}, "skip": 1},
    {"fault": "not_json", "match": POST},
]
MISTAKES = [
    {"subdomian": "acme"},
    {"id": "seven"},
    {"id": 0},
    {"state": "gone"},
    {"enabled": "perhaps"},
    {"tags": {"a": 1}},
    {"tags": ["<b>x"]},
    {"name": " acme"},
    {"name": None, "id": None},
    {"api_key": "short"},
    {"subdomain": "acme.freshdesk.com"},
    {"events": {"callback": "x"}},
    {"events": {"poll_interval": 0}},
    {"events": {"resources": ["a"], "poller": {"a": {}}}},
    {"configuration": {"username": "SENTINEL-key"}},
]


def as_written(chance, entry):
    """The options as people write them too: numbers and booleans as strings, what is left out as null, one tag alone."""
    written = dict(entry)
    for option, value in entry.items():
        if isinstance(value, bool) and chance.random() < 0.3:
            written[option] = chance.choice(["yes", "true", "on", "1"] if value else ["no", "false", "off", "0"])
        elif isinstance(value, int) and not isinstance(value, bool) and chance.random() < 0.3:
            written[option] = str(value)
        elif option == "tags" and len(value) == 1 and chance.random() < 0.3:
            written[option] = value[0]
    for option in INSTANCE_SPEC:
        if option not in written and chance.random() < 0.1:
            written[option] = None
    return written


class Twin:
    """A scene of its own for each of the two modules, made from one seed."""

    def __init__(self, seed, module, monkeypatch):
        self.simulation, (entry,) = scene(seed, 1)
        chance = random.Random(f"what else there is in {seed}")
        if chance.random() < 0.5:
            self.simulation.platform.add_faults(copy.deepcopy(chance.choice(FAULTS)))
        self.entry = as_written(chance, entry)
        self.mistaken = chance.random() < 0.1
        if self.mistaken:
            self.entry.update(chance.choice(MISTAKES))
        if chance.random() < 0.05:
            self.entry["id"] = -1
        self.module = module
        self.monkeypatch = monkeypatch

    def run(self, check):
        """What is reported of the tenant, what was asked of the platform, and what is there now."""
        warnings = []
        self.monkeypatch.setattr(_tasks, "Transport", self.simulation.connect)
        self.monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: warnings.append(text))
        self.simulation.platform.clear_requests()
        arguments = self.entry if self.module is instance else {"instances": [self.entry]}
        done = run_main(self.module.main, check=check, **PLATFORM, **copy.deepcopy(arguments))
        assert "is a bug" not in done.printed
        return (
            self.told(done.result),
            warnings,
            self.simulation.platform.requests(),
            self.simulation.platform.instances(),
        )

    def told(self, result):
        """The outcome, with its token, in one form for both."""
        if self.module is instance:
            told = {key: value for key, value in result.items() if key not in ("invocation", "failed", "msg")}
            if "action" not in told:
                return {"refused": result["error"]["message"] if "error" in result else "by core"}
            assert result.get("failed", False) == (told["action"] == "failed")
            assert result.get("msg") == told.get("error", {}).get("message")
            return told
        if "outcomes" not in result:
            return {"refused": result["error"]["message"] if "error" in result else "by core"}
        (outcome,) = result["outcomes"]
        assert "token" not in outcome
        name = outcome["instance"]["name"] if outcome["instance"] else None
        assert result["ids"] == ({name: outcome["id"]} if name is not None else {})
        assert result["summary"] == {outcome["action"]: 1}
        assert result["diff"] == ([outcome["diff"]] if outcome["changed"] else [])
        assert result["changed"] == outcome["changed"]
        assert result["pruned"] == []
        assert result["http"] == {key: outcome["http"][key] for key in ("requests", "retries")}
        assert result.get("failed", False) == (outcome["action"] == "failed")
        assert (outcome.pop("key"), outcome.pop("formulas")) == (None, [])
        return {**outcome, "token": result["tokens"].get(name)}


@pytest.mark.parametrize("start", [0, 150])
def test_one_tenant_in_a_fleet_is_what_it_is_alone(monkeypatch, start):
    actions = set()
    for seed in range(start, start + 150):
        alone, fleet = Twin(seed, instance, monkeypatch), Twin(seed, instances, monkeypatch)
        assert alone.entry == fleet.entry
        for check in (True, False, False):
            expected, became = alone.run(check), fleet.run(check)
            told = expected[0]
            actions.add(told.get("action", "refused"))
            if "refused" in told:
                # Said in other words, since the fleet says in which entry; asked for nothing by both.
                assert "refused" in became[0], (seed, alone.entry)
                assert expected[2] == became[2] == [], (seed, alone.entry)
                continue
            assert not alone.mistaken or "refused" not in became[0]
            assert expected[0] == became[0], (seed, alone.entry)
            assert expected[1:] == became[1:], (seed, alone.entry)
    assert {"created", "updated", "unchanged", "failed", "refused", "recovered"} <= actions
