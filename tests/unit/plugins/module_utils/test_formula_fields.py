# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a formula instance: what is desired of what a user writes, and what is refused without any value of a secret."""

from __future__ import annotations

import pytest
from support.in_process import formula_desired

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_fields import InstanceRef

SYNC = {"formula": "sync", "name": "acme-sync"}


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
        configuration={"cron": 15, "on": True, "share": 1.5, "gone": None},
        settings={"notification.email": "a@example.com", "formula.instance.time.to.live": 60, "gone": None},
    )

    assert desired.configuration == {"cron": "15", "on": "true", "share": "1.5"}
    assert desired.settings == {"notification.email": "a@example.com", "formula.instance.time.to.live": 60}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"name": "x"}, "formula is not set"),
        ({"formula": "sync"}, "neither name nor id"),
        ({"formula": "0", "name": "x"}, "is not the id of a template"),
        ({"formula": "<b>", "name": "x"}, "formula contains an HTML tag"),
        ({**SYNC, "instances": {"source": 0}}, "instances: source is 0, but an instance's id is a positive number"),
        ({**SYNC, "instances": {"source": True}}, "instances: source must be an id, a name"),
        ({**SYNC, "instances": {"source": ["acme"]}}, "instances: source must be an id, a name"),
        ({**SYNC, "instances": {"source": {"nam": "acme"}}}, "instances: source must be an id, a name"),
        ({**SYNC, "instances": {"source": {"name": "acme", "element": "a/b"}}}, "must have the key of an element"),
        ({**SYNC, "instances": {"source": " acme"}}, "instances: source is empty or has blanks"),
        ({**SYNC, "instances": {" source": "acme"}}, "instances has a key that is empty or no plain text"),
        ({**SYNC, "configuration": {"a": "1"}, "instances": {"a": "b"}}, "a is in instances and in configuration"),
        ({**SYNC, "configuration": {"a": {"b": 1}}}, "configuration: a must be a text, a number or a boolean"),
        ({**SYNC, "configuration": {"a": "********"}}, "only masks a hidden value"),
        ({**SYNC, "configuration": {"apiKey": "sesame"}}, "configuration: apiKey is shorter than 8 characters"),
        ({**SYNC, "settings": {"a": []}}, "settings: a must be a text"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_option_and_without_a_secret(options, why):
    with pytest.raises(Refused, match=why) as refused:
        formula_desired(**options)

    assert "sesame" not in refused.value.message


def test_what_is_desired_shows_no_value_by_accident():
    assert "a-secret" not in repr(formula_desired(**SYNC, configuration={"token": "a-secret-token"}))
