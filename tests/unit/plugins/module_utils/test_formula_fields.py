# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a formula instance: what is desired of what a user writes, and what is refused without any value of a secret."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from support.in_process import formula_desired

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_fields import (
    InstanceRef,
    own_formula_from,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import FORMULA_SPEC

SYNC = {"formula": "sync", "name": "acme-sync"}
OWN, BETA = InstanceRef(own=True), InstanceRef(name="beta")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (4711, InstanceRef(id=4711)),
        ("4711", InstanceRef(id=4711)),
        ("acme", InstanceRef(name="acme")),
        ({"name": "4711"}, InstanceRef(name="4711")),
        ({"name": "acme", "element": "zendesk"}, InstanceRef(name="acme", element="zendesk")),
        ({"name": "acme", "element": None}, InstanceRef(name="acme")),
    ],
)
def test_an_element_instance_is_named_by_id_by_name_or_with_its_element(given, meant):
    assert formula_desired(**SYNC, instances={"source": given}).instances == {"source": meant}


def test_the_placeholder_of_an_instance_is_taken_in_check_mode_alone():
    for given in (-1, "-1"):
        assert formula_desired(**SYNC, instances={"source": given}, check=True).instances["source"].id == -1
        with pytest.raises(Refused, match="this is not a dry run"):
            formula_desired(**SYNC, instances={"source": given})


@pytest.mark.parametrize(("given", "meant"), [("3001", 3001), ("sync", "sync"), ("3001 sync", "3001 sync")])
def test_a_template_is_named_by_id_or_by_name(given, meant):
    assert formula_desired(formula=given, name="x").formula == meant


def test_values_are_texts_and_what_is_null_is_left_alone():
    desired = formula_desired(
        **SYNC,
        configuration={"cron": 15, "on": True, "share": 1.5, "not a: key": "x", "gone": None},
        settings={"notification.email": "a@example.com", "time": 60, "on": True, "share": 1.5, "gone": None},
    )

    assert desired.configuration == {"cron": "15", "on": "true", "share": "1.5", "not a: key": "x"}
    assert desired.settings == {"notification.email": "a@example.com", "time": 60, "on": "true", "share": "1.5"}


REFERENCE = "instances: source must be an id, a name, or {name: ..., element: ...}."
BLANKS = "is empty or has blanks around it, which the platform would not keep: remove them."
KEY = (
    "has a key that is empty, not plain text, or a template, which Ansible does not evaluate in keys: "
    "name the variables of the template."
)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"name": "x"},
            "formula is not set: give the id or the name of the template, or the id of the formula instance.",
        ),
        ({"formula": "sync"}, "neither name nor id is set: set one of them."),
        (
            {"formula": "0", "name": "x"},
            "formula is not the id of a template: give the id that the platform shows, or a name.",
        ),
        ({"formula": " sync", "name": "x"}, f"formula {BLANKS}"),
        (
            {**SYNC, "instances": {"source": 0}},
            "instances: source is 0, but an instance's id is a positive number.",
        ),
        ({**SYNC, "instances": {"source": True}}, REFERENCE),
        ({**SYNC, "instances": {"source": ["acme"]}}, REFERENCE),
        ({**SYNC, "instances": {"source": {"element": "zendesk"}}}, REFERENCE),
        ({**SYNC, "instances": {"source": {"name": "acme", "id": 4711}}}, REFERENCE),
        (
            {**SYNC, "instances": {"source": {"name": "acme", "element": "a/b"}}},
            "instances: source must have the key of an element in element, such as freshdeskv2.",
        ),
        ({**SYNC, "instances": {"source": " acme"}}, f"instances: source {BLANKS}"),
        ({**SYNC, "instances": {"source": {"name": " acme"}}}, f"instances: source {BLANKS}"),
        ({**SYNC, "instances": {" source": "acme"}}, f"instances {KEY}"),
        ({**SYNC, "instances": {"": "acme"}}, f"instances {KEY}"),
        ({**SYNC, "configuration": {1: "x"}}, f"configuration {KEY}"),
        ({**SYNC, "settings": {"a\x07b": "x"}}, f"settings {KEY}"),
        ({**SYNC, "settings": {"{{ the_key }}": "x"}}, f"settings {KEY}"),
        (
            {**SYNC, "configuration": {"b": "1", "a": "1"}, "instances": {"a": "x", "b": "x"}},
            "a, b is in instances and in configuration: keep one of them, which for the id or the name of an instance is "
            "instances.",
        ),
        (
            {**SYNC, "instances": {"source": "-1"}},
            "instances has -1, the placeholder of a dry run, and this is not a dry run: register the instance's id in the same "
            "run, or give its name.",
        ),
        (
            {**SYNC, "configuration": {"a": {"b": 1}}},
            "configuration: a must be a string, a number or a boolean: give JSON as a string.",
        ),
        (
            {**SYNC, "configuration": {"a": "********"}},
            "configuration: a is ********, which only masks a hidden value: give the value itself.",
        ),
        (
            {**SYNC, "configuration": {"apiKey": "sesame"}},
            "configuration: apiKey is shorter than 8 characters, so it cannot be masked in the output without mangling names "
            "and ids: give the whole secret.",
        ),
        (
            {**SYNC, "settings": {"a": []}},
            "settings: a must be a string, a number or a boolean: give JSON as a string.",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_option_and_without_a_secret(options, message):
    with pytest.raises(Refused) as refused:
        formula_desired(**options)

    assert refused.value.message == message


@pytest.mark.parametrize(
    ("given", "name", "instances"),
    [
        ({}, "acme", {}),
        ({"instances": {"source": "self", "target": "beta"}}, "acme", {"source": OWN, "target": BETA}),
        ({"name": "acme-sync", "instances": {"source": "self"}}, "acme-sync", {"source": OWN}),
        ({"id": 815, "instances": {"target": "beta"}}, None, {"target": BETA}),
        ({"id": 815, "name": "acme-sync"}, "acme-sync", {}),
    ],
)
def test_a_formula_of_an_entry_has_the_name_of_the_entry_and_self_is_its_instance(given, name, instances):
    params = {**dict.fromkeys(FORMULA_SPEC), "formula": "sync", **given}
    desired = own_formula_from(params, "acme", check_mode=False)

    assert (desired.name, desired.id, desired.instances) == (name, given.get("id"), instances)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_formula_of_an_entry_takes_the_placeholder_in_check_mode_alone(check_mode):
    params = {**dict.fromkeys(FORMULA_SPEC), "formula": "sync", "instances": {"source": -1}}
    with nullcontext() if check_mode else pytest.raises(Refused, match="this is not a dry run"):
        assert own_formula_from(params, "acme", check_mode=check_mode).instances == {"source": InstanceRef(id=-1)}


def test_what_is_desired_shows_no_value_by_accident():
    assert "a-secret" not in repr(formula_desired(**SYNC, configuration={"token": "a-secret-token"}))
