# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of a fleet are checked before any request: position, tenant and option are named, and never a value."""

from __future__ import annotations

import re

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._entries import (
    SHOWN_PROBLEMS,
    check_options,
    check_secrets,
    desired_entries,
    refusal_of,
    shared_subdomains,
    texts_in,
    validated,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import (
    CONNECTION_SPEC,
    FLEET_SPEC,
    INSTANCE_SPEC,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._request import REQUEST_SPEC
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import DEEPEST

VALUE = "SENTINEL-value"


def refusal(*entries, check_mode=False):
    """Why these entries are refused; no value that stands in them is reported."""
    with pytest.raises(Refused) as refused:
        desired_entries(list(entries), check_mode=check_mode)
    message = refused.value.message
    assert "SENTINEL" not in message
    assert message.startswith("Nothing was done: ")
    assert message.endswith(".")
    assert "\n" not in message
    assert not message.endswith(("..", "?."))
    return message.removeprefix("Nothing was done: ").removesuffix(".")


def test_entries_become_what_is_desired_in_their_order():
    wanted = desired_entries(
        [{"name": "acme", "tags": ["b", "a"], "enabled": "no", "id": "7"}, {"id": 5, "state": "absent"}],
        check_mode=False,
    )

    assert [(one.name, one.id, one.present) for one in wanted] == [("acme", 7, True), (None, 5, False)]
    assert wanted[0].tags == ("a", "b")
    assert wanted[0].enabled is False
    assert wanted[1].tags is None
    assert wanted[1].update_secrets == "on_change"


def test_no_entries_are_no_mistake():
    assert desired_entries([], check_mode=False) == []
    assert desired_entries((), check_mode=True) == []


@pytest.mark.parametrize("entries", [None, "acme", b"acme", {"name": "acme"}, 7])
def test_what_is_no_list_is_refused(entries):
    with pytest.raises(Refused, match=r"^instances must be a list, with an entry for each instance\.$"):
        desired_entries(entries, check_mode=False)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"subdomian": VALUE}, "subdomian is not an option: perhaps you mean subdomain"),
        (
            {"zzz": VALUE},
            "zzz is not an option: known are api_key, configuration, enabled, events, formulas, id, key, name, ",
        ),
        ({7: VALUE}, "7 is not an option: known are "),
        ({None: VALUE}, "None is not an option: known are "),
        ({"\x1b[2Jx": VALUE}, "\ufffd[2Jx is not an option: known are "),
        (
            {"events": {"callbak_url": VALUE}},
            "events.callbak_url is not an option: perhaps you mean events.callback_url",
        ),
        ({"events": {7: VALUE}}, "events.7 is not an option: known are "),
        ({"events": {"zzz": VALUE}}, "events.zzz is not an option: known are callback_url, enabled, "),
        ({"id": VALUE}, "id must be of type int"),
        ({"id": [VALUE]}, "id must be of type int"),
        ({"id": 0}, "id is 0, but an instance's id is a positive number"),
        ({"id": -1}, "id is -1, the placeholder of a dry run, and this is not a dry run"),
        ({"enabled": VALUE}, "enabled must be of type bool"),
        ({"verify": {}}, "verify must be of type bool"),
        ({"tags": {VALUE: 1}}, "tags must be a list: write"),
        ({"configuration": [VALUE]}, "configuration must be of type dict"),
        ({"configuration": VALUE}, "configuration must be of type dict"),
        ({"events": [VALUE]}, "events must be of type dict"),
        ({"events": {"poll_interval": VALUE}}, "events.poll_interval must be of type int"),
        ({"events": {"poll_interval": 0}}, "events.poll_interval is 0 minutes, but the shortest is 1"),
        ({"events": {"enabled": VALUE}}, "events.enabled must be of type bool"),
        ({"events": {"poller": VALUE}}, "events.poller must be of type dict"),
        (
            {"events": {"resources": ["contacts"], "poller": {"a": VALUE}}},
            "events.resources and events.poller exclude each other: set one of them",
        ),
        ({"state": VALUE}, "state must be one of present, absent"),
        ({"update_secrets": VALUE}, "update_secrets must be one of on_change, always, never"),
        ({"on_verify_failure": [VALUE]}, "on_verify_failure must be one of fail, disable, delete, restore"),
        ({"on_duplicate": ""}, "on_duplicate must be one of fail, oldest"),
        ({"api_key": "SENTINE"}, "api_key is shorter than 8 characters"),
        ({"api_key": "SENTINEL\nvalue"}, "api_key contains a line break"),
        ({"api_key": "********"}, "api_key is only the mask of a hidden secret"),
        ({"events": {"signature_key": "SENTINE"}}, "events.signature_key is shorter than 8 characters"),
        ({"configuration": {"a.secret": "SENTINE"}}, "configuration: a.secret is shorter than 8"),
        ({"configuration": {"username": VALUE}}, "configuration has the key username, which has an option of its own"),
        ({"configuration": {"a.b": None}}, "configuration has the key a.b without a value"),
        ({"subdomain": "https://beta.freshdesk.com/"}, "subdomain must be the bare name"),
        ({"tags": ["<b>SENTINEL"]}, "tags: a tag contains an HTML tag"),
    ],
)
def test_errors_name_position_tenant_and_option_and_never_the_value(wrong, says):
    told = refusal({"name": "acme"}, {"name": "beta", **wrong}, {"name": "gamma"})
    assert told.startswith(f"entry 2 (beta): {says}")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({}, "entry 1: neither name nor id is set: set one of them"),
        ({"name": None, "subdomain": "acme"}, "entry 1: neither name nor id is set: set one of them"),
        ({"name": ""}, "entry 1: name is empty"),
        ({"name": ["SENTINEL"], "id": "SENTINEL"}, "entry 1: name must be a string"),
        ({"name": " acme"}, "entry 1 ( acme): name is empty or has blanks around it"),
        ({"name": "<b>x</b>"}, "entry 1 (<b>x</b>): name contains an HTML tag"),
        ({"name": "a\x1b[31mb"}, "entry 1 (a\ufffd[31mb): name contains control characters"),
        ("SENTINEL", "entry 1: it is not a mapping of options, such as {name: acme, subdomain: acme}"),
        (["SENTINEL"], "entry 1: it is not a mapping of options"),
        (None, "entry 1: it is not a mapping of options"),
        (7, "entry 1: it is not a mapping of options"),
    ],
)
def test_an_entry_without_a_name_is_reported_by_position(entry, says):
    assert refusal(entry).startswith(says)


def test_a_typo_in_the_217th_of_300_is_found():
    entries = [{"name": f"tenant-{number}", "subdomain": "a", "api_key": "SENTINEL-key"} for number in range(1, 301)]
    entries[216]["api_kay"] = entries[216].pop("api_key")

    assert refusal(*entries) == "entry 217 (tenant-217): api_kay is not an option: perhaps you mean api_key"


def test_all_that_is_wrong_is_reported_at_once_and_no_more_than_a_screen_of_it():
    few = refusal({"name": "acme", "id": "x"}, {"name": "beta"}, {"name": "gamma", "state": "gone"})
    assert few == "entry 1 (acme): id must be of type int; entry 3 (gamma): state must be one of present, absent"

    many = refusal(*[{"name": f"tenant-{number}", "typo": 1} for number in range(300)])
    assert many.count("is not an option") == SHOWN_PROBLEMS
    assert many.endswith(f"; and {300 - SHOWN_PROBLEMS} more")


def test_two_entries_of_one_name_or_one_id_are_refused_naming_the_positions():
    acme, other = {"name": "acme"}, {"name": "other"}

    assert refusal(acme, other, acme) == "entry 1 and entry 3 have the same name (acme): keep one of them"
    assert refusal(acme, acme, acme) == "entry 1 and entry 2 and entry 3 have the same name (acme): keep one of them"
    assert (
        refusal({"id": 7}, {"id": "7", "state": "absent"})
        == "entry 1 and entry 2 have the same id (7): keep one of them"
    )
    assert "the same name (acme)" in refusal(acme, {"name": "acme", "state": "absent"})
    assert len(desired_entries([acme, {"name": "Acme"}, {"id": 7}, {"id": 8}], check_mode=False)) == 4


def test_placeholders_of_a_dry_run_stand_for_several_instances():
    both = [{"id": -1, "name": "acme"}, {"id": -1, "name": "beta"}]
    assert len(desired_entries(both, check_mode=True)) == 2
    assert "the placeholder of a dry run" in refusal(*both)


def test_an_option_that_is_null_counts_as_left_out():
    wanted = desired_entries(
        [
            {
                "name": "acme",
                "id": None,
                "api_key": None,
                "tags": None,
                "state": None,
                "verify": None,
                "events": {"resources": None, "poller": {"a": {}}, "signature_key": None},
                "configuration": None,
            },
            {"name": "beta", "events": None},
        ],
        check_mode=False,
    )
    assert wanted[0].id is wanted[0].tags is wanted[0].api_key is None
    assert wanted[0].present is True
    assert wanted[0].events.resources is None
    assert wanted[0].events.poller == {"a": {}}
    assert wanted[1].events.enabled is None


def test_one_subdomain_twice_is_a_warning_that_names_the_tenants():
    wanted = desired_entries(
        [
            {"name": "acme", "subdomain": "one"},
            {"name": "beta", "subdomain": "two"},
            {"id": 7, "subdomain": "one"},
            {"name": "gone", "subdomain": "two", "state": "absent"},
            {"name": "gamma"},
            {"name": "delta"},
        ],
        check_mode=False,
    )
    assert shared_subdomains(wanted) == [
        "acme, id 7 have the same subdomain (one): two instances of one Freshdesk account."
    ]


@pytest.mark.parametrize("levels", [60, 2000])
def test_an_entry_that_is_too_deep_is_refused(levels):
    value = "x"
    for _level in range(levels):
        value = [value]

    with pytest.raises(Refused, match=r"entry 1 \(acme\): it holds lists and mappings more than 50 levels deep"):
        desired_entries([{"name": "acme", "tags": value}], check_mode=False)


def test_what_no_module_can_be_handed_is_refused():
    deep: object = "x"
    for _level in range(60):
        deep = [deep]
    for value, says in (
        (["crm", "\ud800"], "tags contains broken Unicode: write it in plain text."),
        (deep, "tags holds lists and mappings more than 50 levels deep: make it flatter."),
    ):
        with pytest.raises(Refused, match=f"^{re.escape(says)}$"):
            check_options(INSTANCE_SPEC, {"name": "acme", "tags": value})


@pytest.mark.parametrize("value", [["SENTINEL-key"], {"SENTINEL": "key"}, True])
@pytest.mark.parametrize("option", ["name", "subdomain", "api_key"])
def test_other_types_are_not_converted_to_text(option, value):
    with pytest.raises(Refused, match=f"^{option} must be a string: put true, false and the like in quotes.$"):
        validated(INSTANCE_SPEC, {"name": "acme", option: value}, (), "instance")


@pytest.mark.parametrize(
    ("variable", "wanted"), [("CLOUDELEMENTS_TIMEOUT", "int"), ("CLOUDELEMENTS_VALIDATE_CERTS", "bool")]
)
def test_a_variable_of_a_wrong_type_is_named_without_its_value(monkeypatch, variable, wanted):
    monkeypatch.setenv(variable, VALUE)
    with pytest.raises(Refused, match=f"^{variable} in the environment must be of type {wanted}.$"):
        validated(CONNECTION_SPEC, {}, (), "instance")


def test_a_variable_is_not_blamed_where_its_option_is_given(monkeypatch):
    monkeypatch.setenv("CLOUDELEMENTS_TIMEOUT", VALUE)
    with pytest.raises(Refused, match=r"^one of the following is required: name, id"):
        validated({**CONNECTION_SPEC, **INSTANCE_SPEC}, {"timeout": 5}, [["name", "id"]], "instance")


@pytest.mark.parametrize(
    ("spec", "given", "says"),
    [
        (INSTANCE_SPEC, {"id": None, "enabled": VALUE}, "enabled must be of type bool."),
        (INSTANCE_SPEC, {"name": True}, "name must be a string: put true, false and the like in quotes."),
        (REQUEST_SPEC, {"status_code": VALUE}, "status_code must be of type list of int."),
    ],
)
def test_what_core_would_quote_is_refused_without_the_value(spec, given, says):
    with pytest.raises(Refused, match=f"^{re.escape(says)}$"):
        check_options(spec, given)
    with pytest.raises(Refused, match=f"^{re.escape(says)}$"):
        validated({**spec, "path": {"type": "str"}}, given, (), "request")


def test_entries_are_left_to_their_own_checks_and_all_other_options_are_validated():
    entries = [{"name": 7, "typo": 1}]
    params = validated(FLEET_SPEC, {"instances": entries, "on_error": "stop", "max_deletes": "5"}, (), "instances")

    assert params["instances"] is entries
    assert (params["on_error"], params["max_deletes"], params["concurrency"]) == ("stop", 5, 10)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"on_error": "stop"}, "missing required arguments: instances"),
        ({"instances": [], "typo": 1}, "Unsupported parameters for (instances) module: typo."),
    ],
    ids=str,
)
def test_what_quotes_no_value_is_refused_in_the_words_of_core(given, says):
    with pytest.raises(Refused, match=f"^{re.escape(says)}"):
        validated(FLEET_SPEC, given, (), "instances")


def test_a_single_entry_is_refused_by_its_name():
    told = refusal_of({"name": "acme", "id": -1}, check_mode=False)
    assert told.startswith("The tenant (acme) is refused: id is -1, the placeholder of a dry run")
    assert refusal_of({"name": "acme", "id": -1}, check_mode=True) is None


@pytest.mark.parametrize("text", ["[crm", "crm]"])
def test_a_bracket_alone_makes_no_list(text):
    assert texts_in(text) == [text]


def test_lists_in_lists_are_one_list_unless_they_are_too_deep():
    for levels, texts in ((DEEPEST, ["x"]), (DEEPEST + 1, [["x"]])):
        assert texts_in("[" * levels + '["x"]' + "]" * levels) == texts


# Secrets


@pytest.mark.parametrize("events", [False, True, 5, 1.5, [], [1]])
def test_options_that_are_no_mapping_are_refused_since_core_would_trip_over_them(events):
    with pytest.raises(Refused, match=r"^events must be of type dict"):
        check_secrets(INSTANCE_SPEC, {"name": "x", "events": events})


def test_a_nested_secret_that_is_short_is_refused_and_named_in_full():
    with pytest.raises(Refused) as caught:
        check_secrets(INSTANCE_SPEC, {"name": "x", "events": {"enabled": True, "signature_key": "k3y"}})

    assert caught.value.message.startswith("events.signature_key is shorter than 8 characters")
    assert "k3y" not in caught.value.message


@pytest.mark.parametrize(
    "params", [{}, {"api_key": None}, {"api_key": ""}, {"api_key": 5}, {"api_key": "long-enough"}, {"unknown": "x"}]
)
def test_what_is_no_short_secret_passes(params):
    check_secrets(INSTANCE_SPEC, params)


@pytest.mark.parametrize(
    ("formulas", "why"),
    [
        ("sync", "formulas must be a list"),
        ({"formula": "sync"}, "formulas must be a list"),
        (["sync"], r"formulas\[0\]: it is not a mapping of options"),
        (
            [{"formula": "sync"}, {"formulae": "sync"}],
            r"formulas\[1\]: formulae is not an option: perhaps you mean formula",
        ),
        (
            [{"formula": "sync", "configuration": ["SENTINEL-value"]}],
            r"formulas\[0\]: configuration must be of type dict",
        ),
        ([{"formula": "sync", "state": "SENTINEL-value"}], r"formulas\[0\]: state must be one of present, absent"),
        ([{"formula": "sync", "key": "SENTINEL-value"}], r"formulas\[0\]: key is not an option"),
        ([{"name": "x"}], r"formulas\[0\]: formula is not set"),
        (
            [{"formula": "sync", "configuration": {"apiKey": "SENTINE"}}],
            r"formulas\[0\]: configuration: apiKey is shorter than",
        ),
        ([{"formula": "sync", "instances": {"source": -1}}], r"formulas\[0\]: instances has -1, the placeholder"),
        ([{"formula": True}], r"formulas\[0\]: formula must be a string"),
    ],
)
def test_errors_in_a_formula_name_position_tenant_and_option_and_never_the_value(formulas, why):
    with pytest.raises(Refused, match=rf"entry 2 \(acme\): {why}") as refused:
        desired_entries([{"name": "beta"}, {"name": "acme", "formulas": formulas}], check_mode=False)

    assert "SENTINE" not in refused.value.message


def test_a_formula_of_an_entry_without_a_name_needs_one_of_its_own():
    with pytest.raises(Refused, match=r"entry 1: formulas\[0\]: neither name nor id is set"):
        desired_entries([{"id": 7, "formulas": [{"formula": "sync"}]}], check_mode=False)


def test_formulas_of_an_entry_become_what_is_desired_and_a_dry_run_may_use_the_placeholder():
    formulas = [{"formula": "sync", "instances": {"source": "self", "target": -1}}, {"formula": "report", "name": "x"}]
    (acme,) = desired_entries([{"name": "acme", "formulas": formulas}], check_mode=True)

    assert [(one.formula, one.name) for one in acme.formulas] == [("sync", "acme"), ("report", "x")]
    assert acme.formulas[0].instances["source"].own
    assert acme.formulas[0].instances["target"].id == -1
