# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants as people write them, or answer them in a survey, become entries: blanks are left out, defaults lie beneath."""

from __future__ import annotations

import copy

import pytest
import yaml
from support.pages import ROOT

from ansible_collections.cloudelements.freshdesk.plugins.filter.tenants import FilterModule, tenants
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._entries import desired_entries
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._tenants import OTHERS, VARIABLES


def problem(*given):
    """Why there are no entries, as the module says it in one sentence."""
    with pytest.raises(Refused) as caught:
        desired_entries(tenants(*given), check_mode=False)
    return caught.value.message


def test_it_is_the_filter_of_that_name():
    assert FilterModule().filters() == {"tenants": tenants}


@pytest.mark.parametrize("blank", ["", " ", "\t\n", None])
def test_a_blank_answer_counts_as_left_out(blank):
    given = [
        {
            "name": "acme",
            "subdomain": blank,
            "tags": blank,
            "enabled": blank,
            "events": {"callback_url": blank, "poll_interval": 15},
            "configuration": {"a": blank, "b": "c"},
        }
    ]
    assert tenants(given) == [
        {"name": "acme", "events": {"poll_interval": 15}, "configuration": {"b": "c"}},
    ]


def test_what_is_set_to_something_stays_even_if_it_is_false_or_empty():
    given = [{"name": "acme", "enabled": False, "tags": [], "id": 0, "configuration": {"a": False, "b": 0}}]
    assert tenants(given) == given


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ("crm", ["crm"]),
        ("crm, gold ,  eu", ["crm", "gold", "eu"]),
        (",crm,,", ["crm"]),
        (" , ", []),
        ("two words, crm", ["two words", "crm"]),
        ("crm\ngold", ["crm", "gold"]),
        ("crm\r\n\r\n two words \r\n", ["crm", "two words"]),
        ("crm, eu\ngold", ["crm", "eu", "gold"]),
        ('["crm", "two, three"]', ["crm", "two, three"]),
        (' [ "crm" ]\n', ["crm"]),
        ("[]", []),
        ('["crm", ["gold", null, ""]]', ["crm", "gold"]),
        ([["crm", "eu"], "gold"], ["crm", "eu", "gold"]),
        ([[["crm"]], [], [[]]], ["crm"]),
        (("crm", ("eu",)), ["crm", "eu"]),
        (["crm", "", None, " "], ["crm"]),
        ([7, "crm"], [7, "crm"]),
    ],
)
def test_tags_are_read_as_people_mean_them(given, tags):
    assert tenants([{"name": "acme", "tags": given}]) == [{"name": "acme", "tags": tags}]
    assert tenants([{"name": "acme"}], {"tags": given}) == [{"name": "acme", "tags": tags}]


def test_what_is_made_by_map_and_select_is_a_list():
    made = {"name": "acme", "tags": (tag for tag in ("crm", "eu"))}
    assert tenants(one for one in [made]) == [{"name": "acme", "tags": ["crm", "eu"]}]


@pytest.mark.parametrize("text", ["['crm', 'eu']", "[crm, eu]", "[crm"])
def test_a_list_in_the_form_of_another_language_is_left_for_the_module_to_refuse_or_is_one_tag(text):
    assert tenants([{"name": "acme", "tags": text}])[0]["tags"] in (text, [text])


def test_configuration_and_events_may_come_as_json():
    given = [{"name": "acme", "configuration": '{"a": 1, "b": ""}', "events": '{"poll_interval": 5}'}]
    defaults = {"configuration": {"c": 2}, "events": {"enabled": True}}
    assert tenants(given, defaults) == [
        {"name": "acme", "configuration": {"c": 2, "a": 1}, "events": {"enabled": True, "poll_interval": 5}}
    ]


OMITTED = {
    "text": "__omit_place_holder__" + "0123456789" * 4,  # of ansible-core 2.18
    "object": type("_OmitType", (), {})(),  # of newer releases
}


@pytest.mark.parametrize("omit", OMITTED.values(), ids=OMITTED)
def test_omit_counts_as_left_out_wherever_it_stands(omit):
    defaults = {"tags": ["crm"], "enabled": True, "verify": omit, "configuration": {"a": 1, "b": omit}}
    given = [
        omit,
        {"name": "acme", "tags": omit, "enabled": omit, "configuration": {"a": omit, "c": [1, omit, {"d": omit}]}},
        {"name": "beta", "tags": [omit, "own", [omit]], "events": {"poller": {"x": omit}, "enabled": omit}},
    ]
    assert tenants(given, defaults) == [
        {"name": "acme", "tags": ["crm"], "enabled": True, "configuration": {"a": 1, "c": [1, {}]}},
        {"name": "beta", "tags": ["own"], "enabled": True, "configuration": {"a": 1}, "events": {"poller": {}}},
    ]
    assert tenants(given, omit) == tenants(given)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("provision_expected_planid", "perhaps you mean provision_expected_plan_id"),
        ("provision_tenant", "perhaps you mean provision_tenants"),
        ("provision_zzz", "known are provision_tenants, provision_defaults, "),
    ],
)
def test_a_variable_that_looks_like_one_of_the_role_is_refused_with_the_nearest_name(name, hint):
    assert f"{name} is not a variable of the role provision: {hint}" in problem([], {}, ["provision_result", name])


def test_the_variables_are_those_of_the_role_and_what_it_sets_and_no_other_is_looked_at():
    options = yaml.safe_load((ROOT / "roles/provision/meta/argument_specs.yml").read_text())["argument_specs"]["main"]
    assert set(VARIABLES) == set(options["options"])
    assert tenants([], {}, [*VARIABLES, *OTHERS, "my_provision_x", "provisioned"]) == []


def test_what_the_run_says_of_shared_subdomains_lies_under_the_defaults_and_the_tenants():
    own = {"name": "beta", "on_shared_subdomain": "ignore"}
    assert tenants([{"name": "acme"}, own], {}, (), "fail") == [{"name": "acme", "on_shared_subdomain": "fail"}, own]
    assert tenants([{"name": "acme"}], {"on_shared_subdomain": "warn"}, (), "fail")[0]["on_shared_subdomain"] == "warn"
    assert tenants([{"name": "acme"}], {}, (), None) == [{"name": "acme"}]


def test_defaults_lie_under_each_tenant_and_events_and_configuration_are_merged_key_by_key():
    defaults = {
        "tags": "crm",
        "verify": True,
        "events": {"enabled": True, "poll_interval": 15},
        "configuration": {"a": 1, "b": {"x": 1}},
    }
    given = [
        {"name": "acme"},
        {
            "name": "beta",
            "tags": ["own"],
            "verify": False,
            "events": {"poll_interval": 5},
            "configuration": {"b": {"y": 2}},
        },
        {"name": "gamma", "tags": "", "verify": "", "events": ""},
        {"name": "delta", "tags": None, "verify": None, "events": {"enabled": None}, "configuration": None},
    ]
    acme, beta, gamma, delta = tenants(given, defaults)

    assert acme == {**defaults, "name": "acme", "tags": ["crm"]}
    assert beta == {
        "name": "beta",
        "tags": ["own"],
        "verify": False,
        "events": {"enabled": True, "poll_interval": 5},
        "configuration": {"a": 1, "b": {"y": 2}},
    }
    assert gamma == {**acme, "name": "gamma"}
    assert delta == {**acme, "name": "delta"}


def test_nothing_that_is_given_is_changed_and_nothing_is_shared_between_tenants():
    defaults = {"configuration": {"a": 1}, "tags": "x, y"}
    given = [{"name": "acme", "configuration": {"b": ""}}, {"name": "beta", "configuration": {"c": 3}}]
    before = copy.deepcopy((given, defaults))
    acme, beta = tenants(given, defaults)

    assert (given, defaults) == before
    assert (acme["configuration"], beta["configuration"]) == ({"a": 1}, {"a": 1, "c": 3})


def test_formulas_of_the_defaults_are_those_of_tenants_that_give_none():
    defaults = {"formulas": [{"formula": "sync", "instances": {"source": "self"}}]}
    own = [{"formula": "audit", "name": "x", "instances": {"source": "self"}}]
    given = [{"name": "acme"}, {"name": "beta", "formulas": own}, {"name": "gamma", "formulas": []}]
    first, second, third = desired_entries(tenants(given, defaults), check_mode=False)

    assert [(one.formula, one.name, one.instances["source"].own) for one in first.formulas] == [("sync", "acme", True)]
    assert [(one.formula, one.name) for one in second.formulas] == [("audit", "x")]
    assert third.formulas == ()


def test_formulas_may_come_as_json_and_what_is_blank_in_them_is_left_out():
    text = '[{"formula": "sync", "name": " ", "active": null, "instances": {"source": "self", "target": ""}}]'

    assert tenants([{"name": "acme", "formulas": text}]) == [
        {"name": "acme", "formulas": [{"formula": "sync", "instances": {"source": "self"}}]}
    ]


def test_what_is_blank_inside_of_a_value_is_part_of_it():
    given = {"name": "acme", "configuration": {"a": {"b": "", "c": None}, "d": [""], "e": " "}}
    assert tenants([given]) == [{"name": "acme", "configuration": {"a": {"b": "", "c": None}, "d": [""]}}]


@pytest.mark.parametrize("odd", ["acme", 7, None, ["name", "acme"]])
def test_what_is_no_tenant_keeps_its_position_for_the_module_to_refuse(odd):
    assert tenants([{"name": "acme"}, odd], {"verify": True})[1] == odd


@pytest.mark.parametrize("odd", [{"events": "SENTINEL"}, {"configuration": ["SENTINEL"]}])
def test_an_option_of_a_wrong_type_is_left_for_the_module_to_refuse(odd):
    (one,) = tenants([{"name": "acme", **odd}], {"events": {"enabled": True}, "configuration": {"a": 1}})
    assert {**one, **odd} == one


@pytest.mark.parametrize("given", ["acme", {"name": "acme"}, 7])
def test_what_is_no_list_of_tenants_is_refused(given):
    assert "provision_tenants must be a list" in problem(given)


@pytest.mark.parametrize("defaults", ["acme", ["name"], 7])
def test_defaults_that_are_no_mapping_are_refused(defaults):
    assert "provision_defaults must be a mapping" in problem([], defaults)


def test_an_unknown_option_in_the_defaults_is_named_once_and_not_for_each_tenant():
    given = [{"name": "acme"}, {"name": "beta"}]
    assert problem(given, {"verfy": True}) == "provision_defaults: verfy is not an option: perhaps you mean verify."
    assert problem(given, {"events": {"enabld": True}}).startswith("provision_defaults: events.enabld is not an option")


def test_no_defaults_are_none():
    assert tenants([{"name": "acme"}], None) == tenants([{"name": "acme"}], {}) == [{"name": "acme"}]


def test_no_tenants_at_all_are_asked_for():
    assert "provision_tenants is not set" in problem(None)
