# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory: hosts, groups and variables, what is data and stays data, and what a cache is used for."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import yaml
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from support.in_process import Simulation
from support.plugins import made

from ansible_collections.cloudelements.freshdesk.plugins.inventory import instances
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._model import instance_result
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import ENVIRONMENT
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._wire import live_from
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _token_file

LIST, GET = "GET /instances", "GET /instances/{id}"
CONNECTION = {
    "plugin": "cloudelements.freshdesk.instances",
    "base_url": "https://platform.example",
    "user_secret": "user/secret+of=one",
    "organization_secret": "organization/secret+of=acme",
}


@pytest.fixture
def simulation(monkeypatch):
    for variable in ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(_token_file, "ROUNDS", 2)
    simulation = Simulation()
    monkeypatch.setattr(instances, "Transport", simulation.connect)
    return simulation


class Read:
    """What a file makes of the platform."""

    def __init__(self, folder, *, flush=False, **options):
        path = folder / "all.freshdesk.yml"
        given = {name: value for name, value in {**CONNECTION, **options}.items() if value is not None}
        path.write_text(yaml.safe_dump(given))
        self.inventory = InventoryData()
        self.plugin = made(instances, "inventory")
        self.warnings = []
        self.plugin.display = SimpleNamespace(warning=self.warnings.append, vvv=print)
        assert self.plugin.verify_file(str(path))
        self.plugin.parse(self.inventory, DataLoader(), str(path), not flush)
        if options.get("cache"):
            self.plugin.update_cache_if_changed()

    @property
    def hosts(self):
        return list(self.inventory.hosts)

    def group(self, name):
        return [host.name for host in self.inventory.groups[name].get_hosts()]

    def groups(self):
        return set(self.inventory.groups) - {"all", "ungrouped"}

    def variables(self, host):
        return self.inventory.hosts[host].vars


def refusal(folder, **options):
    with pytest.raises(AnsibleParserError) as refused:
        Read(folder, **options)
    told = str(refused.value)
    assert refused.value.__cause__ is None
    assert not [secret for secret in CONNECTION.values() if "secret" in secret and secret in told]
    return told


def test_a_host_is_made_of_each_instance_with_groups_by_tag_and_state(simulation, tmp_path):
    simulation.platform.add_instances(
        [{"name": "acme", "tags": ["crm", "gold plan"]}, {"name": "beta", "tags": ["crm"], "disabled": True}]
    )
    read = Read(tmp_path)

    assert read.hosts == ["acme", "beta"]
    assert read.group("freshdesk_tag_crm") == ["acme", "beta"]
    assert read.group("freshdesk_tag_gold_plan") == ["acme"]
    assert read.group("freshdesk_state_enabled") == ["acme"]
    assert read.group("freshdesk_state_disabled") == ["beta"]
    assert read.variables("beta")["freshdesk_instance"]["id"] == 600002
    assert read.warnings == []
    assert simulation.calls() == [LIST]


@pytest.mark.parametrize("options", [{}, {"tags": ["crm"]}], ids=str)
@pytest.mark.parametrize("setting", [{"hydrate": "ignored"}, {"list_configuration": "missing"}], ids=str)
def test_what_the_list_leaves_out_is_asked_for(simulation, tmp_path, setting, options):
    simulation.platform.settings(setting)
    simulation.platform.add_instances([{"name": "acme", "tags": ["crm", "eu"]}, {"name": "beta", "tags": ["crm"]}])
    read = Read(tmp_path, **options)

    assert read.group("freshdesk_tag_crm") == ["acme", "beta"]
    assert read.group("freshdesk_tag_eu") == ["acme"]
    assert read.variables("acme")["freshdesk_instance"]["subdomain"] == "acme"
    assert simulation.calls() == [LIST, GET, GET]


def test_an_element_that_does_not_exist_is_an_error_and_no_empty_inventory(simulation, tmp_path):
    simulation.platform.add_instances([{"name": "acme"}])

    assert "element is freshdeskv3, and the platform has no element of that key" in refusal(
        tmp_path, element="freshdeskv3"
    )


def test_variables_hold_what_instance_info_shows_and_no_secret(simulation, tmp_path):
    simulation.platform.add_instances(
        [{"name": "acme", "api_key": "SENTINEL-key", "configuration": {"a.secret": "SENTINEL"}}]
    )
    shown = read_json(Read(tmp_path).variables("acme")["freshdesk_instance"])

    assert set(shown) == set(instance_result(live_from({"id": 1})))
    assert "SENTINEL" not in json.dumps(shown)
    assert simulation.the("acme")["token"] not in json.dumps(shown)


def read_json(value):
    return json.loads(json.dumps(value))


def test_no_instance_makes_an_empty_inventory(simulation, tmp_path):
    assert Read(tmp_path).hosts == []


def test_names_that_are_not_unique_or_mean_something_else_get_the_id_and_a_warning(simulation, tmp_path):
    names = ["acme", "acme", "acme-600002", "localhost", "all", "x\ny", "{{ 1 }}", "{%", "", "instance-600008"]
    simulation.platform.add_instances([{"name": name, "subdomain": "acme", "tags": []} for name in names])
    read = Read(tmp_path)
    hosts = {host.vars["freshdesk_instance"]["id"]: name for name, host in read.inventory.hosts.items()}

    assert [hosts[600001 + number] for number in range(len(names))] == [
        "acme",
        "acme-600002-600002",
        "acme-600002",
        "localhost-600004",
        "all-600005",
        "x\ufffdy",
        "instance-600007",
        "instance-600008-600008",
        "instance-600009",
        "instance-600008",
    ]
    (warning,) = read.warnings
    assert "acme-600002-600002 (id 600002)" in warning
    assert "localhost-600004 (id 600004)" in warning


@pytest.mark.parametrize(
    ("hostnames", "hosts"),
    [
        (None, ["Acme, Inc.", "Ça & Là", "日本"]),
        (["slug"], ["acme-inc", "ca-la", "instance-600003"]),
        (["slug", "name"], ["acme-inc", "ca-la", "日本"]),
        (["id"], ["600001", "600002", "600003"]),
        (["freshdesk_instance.subdomain", "id"], ["acme", "600002", "jp"]),
        (["nothing.of.the.kind", "freshdesk_instance.tags", "freshdesk_instance.enabled", "slug", "id"],
         ["acme-inc", "ca-la", "600003"]),
        (["'c-' ~ freshdesk_instance.id"], ["c-600001", "c-600002", "c-600003"]),
    ],
    ids=str,
)  # fmt: skip
def test_hosts_are_named_by_the_first_preference_that_gives_something(simulation, tmp_path, hostnames, hosts):
    simulation.platform.add_instances(
        [{"name": "Acme, Inc.", "subdomain": "acme"}, {"name": "Ça & Là"}, {"name": "日本", "subdomain": "jp"}]
    )
    simulation.platform.change_instance(600002, {"configuration": {"subdomain": ""}})
    read = Read(tmp_path, hostnames=hostnames)

    by_id = {host.vars["freshdesk_instance"]["id"]: name for name, host in read.inventory.hosts.items()}
    assert [by_id[600001 + number] for number in range(3)] == hosts
    assert len(read.warnings) == any(host.startswith("instance-") for host in hosts)
    assert all("hostnames gives none" in warning for warning in read.warnings)


def test_the_oldest_of_several_has_the_name_that_they_all_want(simulation, tmp_path):
    simulation.platform.add_instances(
        [
            {"name": "ACME inc", "created": "2026-02-01T00:00:00Z"},
            {"name": "Acme, Inc.", "created": "2026-01-01T00:00:00Z"},
        ]
    )
    read = Read(tmp_path, hostnames=["slug"])

    assert read.variables("acme-inc")["freshdesk_instance"]["name"] == "Acme, Inc."
    assert read.variables("acme-inc-600001")["freshdesk_instance"]["name"] == "ACME inc"


GROUPS = [
    "freshdesk_state_enabled",
    "freshdesk_state_disabled",
    "freshdesk_tag_x",
    "tx",
    "enabled_ones",
    "of_another_source",
]


def test_an_instance_called_as_a_group_is_another_host_and_nothing_else_suffers(simulation, tmp_path, monkeypatch):
    simulation.platform.add_instances([{"name": name, "tags": [], "disabled": name == "tx"} for name in GROUPS])
    simulation.platform.add_instances([{"name": "acme", "tags": ["x"]}])
    made_inventory = InventoryData()
    made_inventory.add_group("of_another_source")
    monkeypatch.setitem(Read.__init__.__globals__, "InventoryData", lambda: made_inventory)
    read = Read(
        tmp_path,
        strict=True,
        groups={"enabled_ones": "freshdesk_instance.enabled"},
        keyed_groups=[{"key": "freshdesk_instance.tags", "prefix": "t", "separator": ""}],
    )
    named = {name: f"{name}-{600001 + number}" for number, name in enumerate(GROUPS)}
    enabled = sorted([*(host for name, host in named.items() if name != "tx"), "acme"])

    # A state that no instance has makes no group.
    assert sorted(read.hosts) == sorted([*named.values(), "acme"])
    assert sorted(read.group("freshdesk_state_enabled")) == sorted(read.group("enabled_ones")) == enabled
    assert read.group("freshdesk_state_disabled") == [named["tx"]]
    assert read.group("freshdesk_tag_x") == read.group("tx") == ["acme"]
    assert read.group("of_another_source") == []
    (warning,) = read.warnings
    assert all(host in warning for host in named.values())


def test_many_names_make_one_warning_of_bounded_length(simulation, tmp_path):
    simulation.platform.add_instances([{"name": "acme", "subdomain": "acme"}] * 14)

    assert Read(tmp_path).warnings[0].endswith(" and 3 more.")


def test_verify_adds_health_and_groups_by_it(simulation, tmp_path):
    simulation.platform.accounts({"acme": "key-of-acme"})
    simulation.platform.add_instances(
        [{"name": "acme", "api_key": "key-of-acme"}, {"name": "old", "subdomain": "acme", "api_key": "another-key"}]
    )
    read = Read(tmp_path, verify=True, concurrency=1)

    assert read.group("freshdesk_health_ok") == ["acme"]
    assert read.group("freshdesk_health_key") == ["old"]
    assert read.variables("old")["freshdesk_instance"]["health"]["reason"] == "key"


def test_tags_filter(simulation, tmp_path):
    simulation.platform.add_instances([{"name": "acme", "tags": ["crm"]}, {"name": "beta", "tags": ["b"]}])

    assert Read(tmp_path, tags=["crm"]).hosts == ["acme"]


def test_variables_and_groups_can_be_constructed(simulation, tmp_path):
    simulation.platform.add_instances([{"name": "acme", "tags": ["crm"]}])
    read = Read(
        tmp_path,
        strict=True,
        compose={"label": "'n' ~ freshdesk_instance.id"},
        groups={"mine": "freshdesk_instance.enabled and inventory_hostname == 'acme'"},
        keyed_groups=[{"key": "freshdesk_instance.element", "prefix": "of"}],
    )

    assert read.variables("acme")["label"] == "n600001"
    assert read.groups() == {"freshdesk_state_enabled", "freshdesk_tag_crm", "mine", "of_freshdeskv2"}


def test_an_invalid_expression_is_an_error_only_where_that_is_asked_for(simulation, tmp_path):
    simulation.platform.add_instances([{"name": "acme"}])

    assert Read(tmp_path, compose={"x": "nowhere.y"}).hosts == ["acme"]
    assert "Could not set x for host acme" in refusal(tmp_path, compose={"x": "nowhere.y"}, strict=True)


@pytest.mark.parametrize("name", ["all.yml", "freshdesk.yml", "all.freshdesk.json", "missing.freshdesk.yml"])
def test_other_files_are_not_taken(simulation, tmp_path, name):
    if "missing" not in name:
        (tmp_path / name).write_text("plugin: cloudelements.freshdesk.instances")

    plugin = made(instances, "inventory")
    plugin.display = SimpleNamespace(vvv=print)
    assert not plugin.verify_file(str(tmp_path / name))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"user_secret": None}, "user_secret is not set: give the option, or set CLOUDELEMENTS_USER_SECRET"),
        ({"organization_secret": "short"}, "organization_secret is shorter than 8 characters"),
        ({"verfy": True}, "verfy is not an option: perhaps you mean verify."),
        ({"nonsense": True}, "nonsense is not an option: known are "),
        ({"timeout": "soon"}, "timeout must be of type int"),
        ({"concurrency": 0}, "concurrency must be from 1 to 64"),
        ({"user_secret": "user/secret+of=nobody"}, "refused the secrets"),
        ({"plugin": "cloudelements.freshdesk.others"}, "Incorrect plugin name"),
    ],
)
def test_what_is_wrong_is_one_sentence(simulation, tmp_path, options, says):
    assert says in refusal(tmp_path, **options)


def test_an_error_of_our_own_shows_no_traceback_and_no_value(simulation, tmp_path, monkeypatch):
    def broken(*_arguments, **_more):
        raise ZeroDivisionError(CONNECTION["user_secret"])

    monkeypatch.setattr(instances, "Transport", broken)

    assert "This is a bug in cloudelements.freshdesk (ZeroDivisionError" in refusal(tmp_path)


def test_the_connection_comes_from_the_environment_where_what_is_empty_counts_as_unset(
    simulation, tmp_path, monkeypatch
):
    for option, variable in ENVIRONMENT.items():
        monkeypatch.setenv(variable, CONNECTION.get(option, ""))
    simulation.platform.add_instances([{"name": "acme"}])

    assert Read(tmp_path, user_secret=None, organization_secret=None, base_url=None).hosts == ["acme"]


def cached(folder, **options):
    return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder / "cache"), **options}


def the_cache(folder):
    (path,) = (folder / "cache").iterdir()
    return path


@pytest.fixture
def filled(simulation, tmp_path):
    simulation.platform.add_instances([{"name": "acme", "api_key": "SENTINEL-key", "tags": ["{{ 1 }}"]}])
    Read(tmp_path, **cached(tmp_path))
    simulation.platform.add_instances([{"name": "beta"}])
    return simulation


def test_the_cache_is_used_again_and_makes_the_same(filled, tmp_path):
    read = Read(tmp_path, **cached(tmp_path))

    assert read.hosts == ["acme"]
    assert read.variables("acme")["freshdesk_instance"]["tags"] == ["{{ 1 }}"]
    assert filled.calls() == [LIST]


def test_the_cache_holds_no_secret_and_nothing_but_json(filled, tmp_path):
    text = the_cache(tmp_path).read_text()
    content = json.loads(text)

    assert "SENTINEL" not in text
    assert filled.the("acme")["token"] not in text
    assert not [secret for secret in CONNECTION.values() if "secret" in secret and secret in text]
    assert "__ansible" not in text
    assert json.loads(content.get("__payload__", text))["about"]["format"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"user_secret": "user/secret+of=admin"},
        {"base_url": "https://other.example"},
        {"tags": []},
        {"verify": True},
    ],
)
def test_the_cache_of_something_else_is_not_used(filled, tmp_path, change):
    filled.platform.accounts({"acme": "SENTINEL-key"})
    read = Read(tmp_path, **cached(tmp_path, **change))

    assert filled.calls().count(LIST) == 2
    assert read.warnings == []


def test_a_flush_reads_again_and_fills_the_cache(filled, tmp_path):
    assert Read(tmp_path, flush=True, **cached(tmp_path)).hosts == ["acme", "beta"]
    assert Read(tmp_path, **cached(tmp_path)).hosts == ["acme", "beta"]


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {"about": {}},
        {"about": {"salt": "zz", "fingerprint": "ab"}, "instances": []},
        {"about": {"salt": "ab", "fingerprint": "ab"}, "instances": {}},
        {
            "about": {"salt": "ab", "fingerprint": "ab"},
            "instances": [{"id": 1, "name": "x", "tags": [1], "enabled": True}],
        },
        {"about": {"salt": "ab", "fingerprint": "ab"}, "instances": [{"id": 1, "name": None}]},
        {"about": {"salt": "ab", "fingerprint": "ab"}, "instances": ["x"]},
    ],
)
def test_a_damaged_cache_is_read_again_with_a_warning(filled, tmp_path, monkeypatch, wrong):
    key = "the-key"
    monkeypatch.setattr(instances.InventoryModule, "get_cache_key", lambda self, path: key)
    read = made(instances, "inventory")
    read.display = SimpleNamespace(warning=(warnings := []).append)
    monkeypatch.setattr(instances.InventoryModule, "_read_config_data", lambda self, path: _given(self, key, wrong))
    inventory = InventoryData()
    read.parse(inventory, DataLoader(), "x", cache=True)

    assert list(inventory.hosts) == ["acme", "beta"]
    assert "they are read again" in warnings[0]
    assert read._cache[key]["about"]["format"] == 1


def _given(plugin, key, content):
    plugin.set_options(direct={**CONNECTION, "cache": True, "cache_plugin": "memory"})
    plugin._cache = {key: content}


def test_a_cache_that_cannot_be_read_is_read_again_with_a_warning(filled, tmp_path, monkeypatch):
    class Broken(dict):
        def __getitem__(self, key):
            raise AnsibleError("The cache file was corrupt.")

    read = made(instances, "inventory")
    read.display = SimpleNamespace(warning=(warnings := []).append)

    def given(self, path):
        _given(self, "x", None)
        self._cache = Broken()

    monkeypatch.setattr(instances.InventoryModule, "_read_config_data", given)
    inventory = InventoryData()
    read.parse(inventory, DataLoader(), "x", cache=True)

    assert list(inventory.hosts) == ["acme", "beta"]
    assert "cannot be read (AnsibleError): they are read again" in warnings[0]
