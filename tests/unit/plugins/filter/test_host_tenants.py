# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants of hosts: each host's own is checked, and what is wrong with one keeps no other from its work."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleError

from ansible_collections.cloudelements.freshdesk.plugins.filter import host_outcome as outcome_filter
from ansible_collections.cloudelements.freshdesk.plugins.filter import host_tenants as tenants_filter

host_tenants, host_outcome = tenants_filter.host_tenants, outcome_filter.host_outcome


class Failing(dict):
    """Variables of a host in which a template fails."""

    def __getitem__(self, name):
        raise AnsibleError(f"'{name}_of_old' is undefined")


def tenant(name, **more):
    return {"name": name, "subdomain": "acme", "api_key": "SENTINEL-key", **more}


def host_refusal(host, hosts, variables, *more):
    """Why a host is left out, of a batch whose other tenants were done; empty where nothing is wrong with it."""
    outcome = host_outcome({"outcomes": []}, host, hosts, variables, *more)
    assert (outcome["action"], outcome["changed"]) == ("failed", False)
    message = outcome["error"]["message"]
    return "" if message == "There is no outcome for this host." else message


def hostvars(**tenants):
    return {host: {"freshdesk_tenant": one} for host, one in tenants.items()}


def test_they_are_the_filters_of_that_name():
    assert tenants_filter.FilterModule().filters() == {"host_tenants": host_tenants}
    assert outcome_filter.FilterModule().filters() == {"host_outcome": host_outcome}


@pytest.mark.parametrize("host", ["acme", "Acme, Inc.", "a:b c", '"', "{{ x }}", "日本"])
def test_the_key_of_an_entry_is_the_name_of_its_host(host):
    variables = {host: {"freshdesk_tenant": tenant("acme", tags="crm, eu")}}
    assert host_tenants([host], variables) == [tenant("acme", tags=["crm", "eu"], key=host)]
    assert host_refusal(host, [host], variables) == ""


def test_a_host_fails_where_a_run_would_be_refused_as_a_whole():
    refusal = {"state": "failed", "message": "Too many deletions: raise max_deletes."}
    result = {"outcomes": [{"key": "a", "action": "deleted", "changed": True}], "error": refusal}
    outcome = host_outcome(result, "a", ["a"], {})
    assert (outcome["action"], outcome["changed"]) == ("failed", False)
    assert outcome["error"]["message"] == "Too many deletions: raise provision_max_deletes."


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("a was not tried, since on_error is stop.", "a was not tried, since provision_on_error is stop."),
        (
            "neither expected_plan_id nor approved_plan_path is set",
            "neither provision_expected_plan_id nor provision_approved_plan_path is set",
        ),
        ("1 by prune_tags", "1 by provision_prune_tags"),
    ],
)
def test_the_reason_of_a_host_names_variables_and_not_options(message, shown):
    error = {"state": "not_tried", "message": message}
    outcome = {"key": "a", "action": "failed", "changed": False, "error": error}

    assert host_outcome({"outcomes": [outcome], "msg": "1 of 1 tenants failed."}, "a", ["a"], {}) == {
        **outcome,
        "error": {**error, "message": shown},
    }


def test_the_defaults_are_those_of_the_host():
    variables = hostvars(a=tenant("a"), b=tenant("b"))
    variables["b"]["provision_defaults"] = {"tags": "own"}
    variables["a"]["provision_on_shared_subdomain"] = "fail"
    assert host_tenants(["a", "b"], variables) == [
        tenant("a", key="a", on_shared_subdomain="fail"),
        tenant("b", key="b", tags=["own"]),
    ]


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        (
            {"freshdesk_tenant": {"name": "acme", "subdomian": "SENTINEL"}},
            "The tenant (acme) is refused: subdomian is not an option: perhaps you mean subdomain.",
        ),
        (
            {"freshdesk_tenant": {"name": "acme", "id": "SENTINEL"}},
            "The tenant (acme) is refused: id must be of type int.",
        ),
        (
            {"freshdesk_tenant": {"subdomain": "acme"}},
            "The tenant is refused: neither name nor id is set: set one of them.",
        ),
        (
            {"freshdesk_tenant": {"name": "acme", "api_key": "SENTINE"}},
            "The tenant (acme) is refused: api_key is shorter than 8 characters",
        ),
        (
            {"freshdesk_tenant": "SENTINEL"},
            "The tenant is refused: it is not a mapping of options, such as {name: acme, subdomain: acme}.",
        ),
        ({}, "The host has no variable freshdesk_tenant: set it in the inventory."),
        ({"freshdesk_tenant": None}, "The host has no variable freshdesk_tenant: set it in the inventory."),
        (
            {"freshdesk_tenant": tenant("acme"), "provision_defaults": ["SENTINEL"]},
            "provision_defaults must be a mapping of options.",
        ),
        (
            Failing(freshdesk_tenant=1),
            "freshdesk_tenant of this host cannot be read: 'freshdesk_tenant_of_old' is undefined.",
        ),
    ],
)
def test_a_host_whose_tenant_is_wrong_is_left_out_with_one_sentence_that_holds_no_value(variables, says):
    everything = {**hostvars(good=tenant("good")), "bad": variables}

    assert [one["key"] for one in host_tenants(["bad", "good"], everything)] == ["good"]
    assert host_refusal("good", ["bad", "good"], everything) == ""
    told = host_refusal("bad", ["bad", "good"], everything)
    assert told.startswith(says)
    assert told.endswith(".")
    assert "SENTINE" not in told


def test_hosts_that_share_a_name_or_an_id_are_left_out_and_no_other():
    variables = hostvars(
        a=tenant("dup"), b=tenant("dup"), c={"id": 7}, d={"id": "7"}, e=tenant("e"), f={"id": -1}, g={"id": -1}
    )
    assert [one["key"] for one in host_tenants(list(variables), variables, True)] == ["e", "f", "g"]
    assert host_refusal("a", list(variables), variables, True) == (
        "The tenant of this host has the name dup, and so has that of b: keep one of them."
    )
    assert "the id 7, and so has that of c" in host_refusal("d", list(variables), variables, True)


def test_the_placeholder_of_a_dry_run_is_right_in_one():
    variables = hostvars(a={"id": -1})
    assert host_refusal("a", ["a"], variables, True) == ""
    assert "the placeholder of a dry run" in host_refusal("a", ["a"], variables)


def test_with_a_mistyped_variable_of_the_role_every_host_is_refused():
    variables, names = hostvars(a=tenant("a")), ["provision_serial", "provision_on_eror"]
    assert host_tenants(["a"], variables, False, names) == []
    assert host_refusal("a", ["a"], variables, False, names) == (
        "provision_on_eror is not a variable of the role provision: perhaps you mean provision_on_error."
    )


def test_a_host_ends_by_the_outcome_of_its_key_and_no_variable_is_read_for_it():
    outcomes = [{"key": "a", "action": "created"}, {"key": "b", "action": "deleted"}]
    assert host_outcome({"outcomes": outcomes, "msg": "1 of 2 tenants failed."}, "b", ["a", "b"], None) == outcomes[1]


def test_of_a_host_that_changed_each_option_before_and_after_is_a_line():
    formula = {"name": "sync", "action": "created", "changed": True}
    formula["diff"] = {"before": {"state": "absent"}, "after": {"state": "present", "settings": {"n": 60}}}
    outcome = {
        "key": "a",
        "action": "updated",
        "changed": True,
        "diff": {
            "before": {"state": "present", "name": "acme", "tags": ["old"], "events": {"enabled": False}},
            "after": {
                "state": "present",
                "name": "acme",
                "tags": [],
                "events": {"enabled": True},
                "api_key": "(changed)",
            },
        },
        "formulas": [formula, {**formula, "name": "audit", "changed": False}],
    }
    assert host_outcome({"outcomes": [outcome]}, "a", ["a"], {})["changes"] == [
        "updated",
        "- tags: [old]",
        "+ tags: []",
        "- events.enabled: false",
        "+ events.enabled: true",
        "+ api_key: (changed)",
        "formula instance sync: created",
        "  + settings.n: 60",
    ]


def test_what_a_host_shows_of_its_changes_cannot_move_the_cursor():
    diff = {"before": {"tags": [{"red\x1b[31m": 1}]}, "after": {"to\x1b": "a\nb"}}
    outcome = {"key": "a", "action": "updated", "changed": True, "diff": diff, "formulas": []}
    shown = host_outcome({"outcomes": [outcome]}, "a", ["a"], {})["changes"]

    assert all(line.isprintable() for line in shown)


def test_where_nothing_was_done_each_host_says_why_and_the_others_are_not_looked_at():
    variables = {**hostvars(a=tenant("dup"), bad={"name": "bad", "api_key": "short"}), "b": Failing(freshdesk_tenant=1)}

    def told(host):
        return host_outcome({"msg": "max_deletes must not be negative."}, host, None, variables)["error"]["message"]

    assert told("a") == "provision_max_deletes must not be negative."
    assert told("bad").startswith("The tenant (bad) is refused: api_key is shorter than 8 characters")
