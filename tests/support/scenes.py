# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes for property tests: a platform in some state, and wishes over the whole table of options, from a seed."""

from __future__ import annotations

import json
import random

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import OPTIONS
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._model import is_other
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import stored
from support.in_process import Simulation

NAMES = ["acme", "beta", "gamma", "delta"]
SECRETS = ["SENTINEL-key-one", "SENTINEL-key-two", "SENTINEL-signature", "SENTINEL-other-secret"]
CALLBACKS = ["https://hooks.example.com/a", "https://hooks.example.com/b"]
POLLER = {"incidents": {"url": "/hubs/helpdesk/incidents", "idField": "id"}}
VALUES = {
    "subdomain": ["acme", "beta"],
    "api_key": SECRETS[:2],
    "tags": [[], ["crm"], ["eu", "crm"], ["crm", "crm", "new"]],
    "verify": [True],
    "events.enabled": [True, True, False],
    "events.callback_url": CALLBACKS,
    "events.signature_key": [SECRETS[2], "SENTINEL-signature-new"],
    "events.poll_interval": [15, 30, 1],
    "events.resources": [["contacts", "agents"], ["incidents"]],
    "events.poller": [POLLER],
}
"""What a user might give an option, where its type and choices do not say all."""
BY_TYPE = {"bool": [True, False], "int": [15, 30], "str": ["one", "two"], "list": [["one"], ["two", "one"]]}
BY_HAND = {"name", "id", "state", "events.resources", "events.poller", "configuration"}
"""The options that are more than a value of their own."""
LIVE = {
    "filter.response.nulls": ["true", "false", True],
    "custom.number": ["7", 7],
    "custom.list": [[1, 2], "[1, 2]", '["1", "2"]'],
    "custom.secret": [SECRETS[3]],
    "event.notification.enabled": ["true", "true", "false"],
    "event.notification.callback.url": CALLBACKS,
    "event.notification.signature.key": [SECRETS[2]],
    "event.poller.refresh_interval": ["15", "30"],
    "event.poller.urls": ["incidents|contacts", "contacts", "agents | contacts"],
    "event.poller.configuration": [json.dumps(POLLER), POLLER, "broken"],
}
"""What the platform might hold in the configuration, beside the account."""
SETTINGS = {
    "list_configuration": ["full", "empty", "missing"],
    "hydrate": ["asked", "asked", "ignored", "always"],
    "tags_filter": ["every", "any"],
    "tags_form": ["strings", "objects"],
    "mask_username": [False, True],
    "mask_signature_key": [True, False],
    "token_on_last_page": [True, False],
    "total_count": [True, False],
    "page_size": [200, 2],
}
FORMULA_SETTINGS = {
    "formula_inactive": ["asked", "always"],
    "formula_list_configuration": ["full", "missing"],
    "formula_values": ["sent", "strings", "numbers"],
    "formula_empty_list": ["array", "not_found"],
    "formula_default_active": [True, False],
    "formula_second_active": [409, 200],
    "formula_put": ["replaces", "merges"],
}
"""Switches of the simulator for what nobody knows of formulas, and their positions."""


def values(option):
    """What a user might give an option."""
    return VALUES.get(option.path) or option.choices or BY_TYPE[option.type]


def choices(prefix):
    """The options at the top of the table, or of events, with what a user might give each."""
    return {
        option.name: values(option)
        for option in OPTIONS
        if option.path == prefix + option.name and option.path not in BY_HAND and not option.of_entries
    }


def some(chance, choices, of):
    """Each option with an even chance, its value from the choices."""
    return {name: chance.choice(values) for name, values in choices.items() if chance.random() < of}


def live(chance, name):
    """An instance as the platform might hold it."""
    seed = {"name": name, **some(chance, {"disabled": [True]}, 0.2)}
    seed.update(
        some(
            chance,
            {
                "subdomain": ["acme", "beta"],
                "api_key": SECRETS[:2],
                "tags": [[], ["crm"], ["crm", "eu"], ["eu", "crm", "old"]],
                "user": [9001],
            },
            0.8,
        )
    )
    account = ("subdomain", "username")
    stored_keys = {option.key: [stored(value) for value in values(option)] for option in OPTIONS if option.key}
    seed["configuration"] = some(
        chance, {key: held for key, held in {**stored_keys, **LIVE}.items() if key not in account}, 0.4
    )
    seed.update(some(chance, {option.field: values(option) for option in OPTIONS if is_other(option)}, 0.5))
    return seed


def wanted(chance, name, ids):
    """An instance as a user might want it."""
    entry = some(chance, choices(""), 0.6)
    if chance.random() < 0.5:
        entry["events"] = some(chance, choices("events."), 0.6)
        polled = [{"resources": names} for names in VALUES["events.resources"]]
        entry["events"].update(chance.choice([{}, *polled, {"poller": POLLER}]))
    if chance.random() < 0.5:
        entry["configuration"] = some(
            chance,
            {
                "filter.response.nulls": [True, False, "false"],
                "custom.number": [7, "8", 9.5],
                "custom.list": [[1, 2], [], {"a": [True]}],
                "custom.secret": [SECRETS[3], "SENTINEL-new-secret"],
                "oauth.client.secret": [SECRETS[3]],
                "custom.new": ["x", 1, False],
            },
            0.5,
        )
    if chance.random() < 0.15:
        entry["state"] = "absent"
    if chance.random() < 0.4:
        entry.update(subdomain=chance.choice(["acme", "beta"]), api_key=chance.choice(SECRETS[:2]))
    addressed = chance.choices(["name", "id", "rename", "fresh", "nobody"], [60, 15, 5, 15, 2])[0]
    if addressed in ("id", "rename", "fresh") and ids:
        entry["id"] = chance.choice(ids)
    elif addressed == "nobody":
        entry["id"] = 599999
    if addressed in ("name", "rename") or "id" not in entry:
        entry["name"] = name
    elif addressed == "fresh":
        entry["name"] = f"new-{name}"
    return entry


def scene(seed, entries):
    """A platform in some state, and as many wishes."""
    chance = random.Random(seed)
    simulation = Simulation()
    platform = simulation.platform
    platform.settings(some(chance, SETTINGS, 0.4))
    if chance.random() < 0.3:
        platform.settings({"accounts": "any"})
    platform.accounts(some(chance, {"acme": SECRETS[:2], "beta": SECRETS[:2]}, 0.7))
    names = [name for name in NAMES for _time in range(chance.choice([0, 0, 0, 1, 1, 1, 1, 1, 2]))]
    ids = platform.add_instances([live(chance, name) for name in names])
    if chance.random() < 0.2:
        platform.add_instances([{**live(chance, "acme"), "element": "freshdesk"}])
    if chance.random() < 0.2:
        platform.add_instances([{**live(chance, "beta"), "user": 9002}])
    chosen = chance.sample(NAMES, entries)
    wishes = [wanted(chance, name, ids) for name in chosen]
    return simulation, wishes


def unhealthy(one):
    """Whether the instance works can only be seen after the writes."""
    return one["error"] is not None and "Freshdesk" in one["error"]["message"]


def unforeseeable(one):
    """A platform that ignores a partial configuration is told by its answers alone, and then it may lack the key."""
    return one["error"] is not None and "neither takes a partial configuration" in one["error"]["message"]
