# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is exported says what is live: over random estates, a dry run with the file changes nothing, and names stay names."""

from __future__ import annotations

import json
import random
import re

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from support.in_process import Simulation

from ansible_collections.cloudelements.freshdesk.plugins.filter.tenants import tenants
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._info import read_instances
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._polling import default_poller
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._export import (
    VAULT_VARIABLE,
    tenants_file,
    tenants_in_file,
)

SEEDS = range(40)
TEXTS = [
    "acme", "true", "null", "1e3", "0x1f", "~", "- x", "a: b", "# no comment", "größe", "漢字", "it's", 'say "x"', "back\\slash",
    "{{ 1 + 1 }}", "{% raw %}", "{# x", "}}", "%}", "{'a': 1}", "[1]", "@home", "&anchor", "*alias", "!tag", "a\u00a0b",
    "\U0001f600", "id 600001", "2026-01-01", "=", "<<", "|", ">", "?", "a\ufeffb", "x" * 300, "a, b",
]  # fmt: skip
# What no task can be given, and what the role takes for left out.
ODD = [" padded ", "two\nlines", "", "tab\there", "\ufffe", "\u2028", " "]


def estate(chance):
    """Instances as a vendor's page may have left them, all at once awkward."""
    names = [chance.choice([*TEXTS, *ODD, "twice"]) for _draw in range(chance.randint(1, 12))]
    return [_instance(chance, name) for name in names]


def _instance(chance, name):
    configuration = {
        f"{chance.choice(['custom', 'a.b', 'ümlaut', '{{ 2 }}', 'a.secret'])}": chance.choice(
            [*TEXTS, *ODD, "(hidden)"]
        )
        for _draw in range(chance.randint(0, 3))
    }
    if chance.random() < 0.6:
        resources = chance.sample(["incidents", "contacts", "agents", "a b"], chance.randint(1, 3))
        pollers = {resource: default_poller(resource) for resource in resources}
        if chance.random() < 0.5:
            pollers[resources[0]] = {
                "url": chance.choice([*TEXTS, *ODD]),
                "n": chance.choice([1, 1.5, True, None, 10**30, [{}]]),
            }
        configuration.update(
            {
                "event.notification.enabled": chance.choice(["true", "false", None]),
                "event.notification.callback.url": chance.choice(["https://x.example/{{ 1 }}", "nonsense", None]),
                "event.poller.refresh_interval": chance.choice(["15", "015", "0", "soon", None]),
                "event.poller.urls": chance.choice(
                    ["|".join(resources), "|".join(reversed(resources)), "incidents", None]
                ),
                "event.poller.configuration": chance.choice([json.dumps(pollers), "no json", None]),
                "event.notification.signature.key": "SENTINEL-signature",
            }
        )
    tags = [chance.choice([*TEXTS, *ODD]) for _draw in range(chance.randint(0, 3))]
    return {
        "name": name,
        "subdomain": chance.choice(["acme", "a-b", "{{ x }}", "https://acme.freshdesk.com"]),
        "api_key": "SENTINEL-key",
        "tags": chance.choice([tags, [name]]),
        "disabled": chance.random() < 0.3,
        "configuration": configuration,
    }


def shown(simulation, **params):
    given = {"name": None, "id": None, "tags": None, "verify": False, "concurrency": 1, **params}
    return read_instances(simulation.transport(read_only=True), given)


def written(instances, names=(), tags=(), vault=VAULT_VARIABLE):
    return tenants_file(instances, names, tags, vault)


def loaded(text, folder):
    """The tenants as core reads them from a file, templates not resolved."""
    path = folder / "tenants.yml"
    path.write_text(text, encoding="utf-8")
    return DataLoader().load_from_file(str(path))["provision_tenants"]


def actions(simulation, entries):
    fleet = simulation.run(tenants(entries), check=True)
    return [(tenant.desired.label, tenant.action, tenant.error and tenant.error.message) for tenant in fleet.tenants]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dry_run_with_what_was_exported_changes_nothing(seed, tmp_path):
    chance = random.Random(seed)
    simulation = Simulation()
    simulation.platform.settings(
        {
            "list_configuration": chance.choice(["full", "empty", "missing"]),
            "mask_username": chance.choice([True, False]),
            "tags_form": chance.choice(["strings", "objects"]),
        }
    )
    simulation.platform.add_instances(estate(chance))
    instances = shown(simulation)
    text = written(instances)

    assert "SENTINEL" not in text
    assert {action for _label, action, _error in actions(simulation, tenants_in_file(text))} == {"unchanged"}
    assert simulation.writes() == []
    # Core reads the same, and with the live keys in the place of the references nothing changes either.
    from_file = loaded(text, tmp_path)
    assert [str(tenant.get("name", tenant.get("id"))) for tenant in from_file] == [
        str(tenant.get("name", tenant.get("id"))) for tenant in tenants_in_file(text)
    ]
    with_keys = [{**tenant, "api_key": "SENTINEL-key"} for tenant in from_file]
    assert {action for _label, action, _error in actions(simulation, with_keys)} == {"unchanged"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_key_is_a_reference_to_an_entry_of_its_own(seed, tmp_path):
    chance = random.Random(seed)
    simulation = Simulation()
    simulation.platform.add_instances(estate(chance))
    references = [tenant["api_key"] for tenant in loaded(written(shown(simulation)), tmp_path)]

    assert len(references) == len(set(references)) == len(simulation.names())
    assert all(re.fullmatch(r"\{\{ vault_freshdesk_api_keys\['[^'\"\\{}%#]+'\] \}\}", one) for one in references)


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.add_instances(
        [
            {"name": "acme", "tags": ["crm"]},
            {"name": "beta", "disabled": True},
            {"name": "twice", "subdomain": "acme", "tags": []},
            {"name": "twice", "tags": ["crm"]},
        ]
    )
    return simulation


def test_only_what_differs_from_the_defaults_is_written(simulation):
    (acme, beta, *_twice) = yaml.safe_load(written(shown(simulation)))["provision_tenants"]
    for tenant in (acme, beta):
        tenant.pop("configuration", None)

    assert acme == {
        "name": "acme",
        "subdomain": "acme",
        "api_key": "{{ vault_freshdesk_api_keys['acme'] }}",
        "tags": ["crm"],
    }
    # Its one tag is the name, as the platform makes it.
    assert beta == {
        "name": "beta",
        "subdomain": "beta",
        "api_key": "{{ vault_freshdesk_api_keys['beta'] }}",
        "enabled": False,
    }


def test_several_of_a_name_are_written_by_id_even_where_only_one_of_them_is_chosen(simulation):
    (acme, twice) = yaml.safe_load(written(shown(simulation), tags=["crm"]))["provision_tenants"]

    assert acme["name"] == "acme"
    assert "name" not in twice
    assert twice["id"] == 600004
    assert twice["api_key"] == "{{ vault_freshdesk_api_keys['id 600004'] }}"


def test_events_are_written_as_options_and_only_as_far_as_they_differ():
    simulation = Simulation()
    events = {
        "event.notification.enabled": "true",
        "event.notification.callback.url": "https://x.example",
        "event.poller.refresh_interval": "7",
    }

    def of(names, pollers):
        return {**events, "event.poller.urls": "|".join(names), "event.poller.configuration": json.dumps(pollers)}

    both = ["contacts", "incidents"]
    simulation.platform.add_instances(
        [
            {"name": "a", "configuration": of(both, {name: default_poller(name) for name in both})},
            {"name": "b", "configuration": of(["agents"], {"agents": default_poller("agents")})},
            {"name": "c", "configuration": of(["agents"], {"agents": {"url": "/x"}})},
            {"name": "d", "configuration": of(["agents"], {"incidents": {"url": "/x"}})},
            {"name": "e", "configuration": of(["agents"], {"agents": {"a.key": "SENTINEL-key"}})},
            {
                "name": "f",
                "configuration": {"event.notification.enabled": "false", "event.poller.refresh_interval": "15"},
            },
        ]
    )
    text = written(shown(simulation))
    common = {"enabled": True, "callback_url": "https://x.example", "poll_interval": 7}

    assert [tenant.get("events") for tenant in yaml.safe_load(text)["provision_tenants"]] == [
        common,
        {**common, "resources": ["agents"]},
        {**common, "poller": {"agents": {"url": "/x"}}},
        common,
        common,
        None,
    ]
    assert text.count("# events.resources is left alone") == 1
    assert text.count("# events.poller is left alone") == 1
    assert "SENTINEL" not in text


def test_the_head_names_the_entries_that_the_vault_needs_but_not_endlessly():
    simulation = Simulation()
    simulation.platform.add_instances([{"name": f"tenant-{number:02}"} for number in range(12)])
    head = written(shown(simulation)).split("provision_tenants:", maxsplit=1)[0]

    assert "vault_freshdesk_api_keys, under these 12 names" in head
    assert "#   tenant-09" in head
    assert "tenant-10" not in head
    assert "#   and 2 more" in head


def test_the_same_estate_makes_the_same_file(simulation):
    assert written(shown(simulation)) == written(shown(simulation))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"names": ["nobody", "acme"]}, "No instance with the name nobody"),
        ({"tags": ["none"]}, "No instance to export"),
        ({"vault": "a b"}, "a b cannot be the name of a variable"),
        ({"vault": "x }} {{ y"}, "cannot be the name of a variable"),
    ],
)
def test_what_cannot_be_exported_is_refused(simulation, arguments, says):
    with pytest.raises(Refused, match=re.escape(says)):
        written(shown(simulation), **arguments)


@pytest.mark.parametrize(
    "text",
    ["", "a: [", "a: 1", "- a", "provision_tenants: {{ x }}", "provision_tenants: 7"]
    + [f"provision_tenants: [{{name: {node}}}]" for node in ("2001-99-99", "!!int ''", "!!timestamp x", "[" * 1000)],
)
def test_another_file_is_refused(text):
    with pytest.raises(Refused, match="not a tenants file"):
        tenants_in_file(text)
