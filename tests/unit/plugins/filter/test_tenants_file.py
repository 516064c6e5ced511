# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenants_file: its arguments as playbooks and surveys give them, and its refusals as core wants them."""

from __future__ import annotations

import re

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudelements.freshdesk.plugins.filter.tenants_file import FilterModule

INSTANCES = [
    {
        "id": 600001 + number,
        "name": name,
        "subdomain": name,
        "tags": ["crm", name],
        "enabled": True,
        "configuration": {},
    }
    for number, name in enumerate(("acme", "beta"))
]
tenants_file = FilterModule().filters()["tenants_file"]


@pytest.mark.parametrize(
    ("names", "tags", "expected"),
    [
        (None, None, ["acme", "beta"]),
        ("", "", ["acme", "beta"]),
        ([], [], ["acme", "beta"]),
        ("acme", None, ["acme"]),
        (" acme , beta,", None, ["acme", "beta"]),
        (["beta"], ["crm"], ["beta"]),
        (None, "crm, acme", ["acme"]),
    ],
)
def test_names_and_tags_may_be_lists_or_texts_and_blank(names, tags, expected):
    assert re.findall(r"- name: (\w+)", tenants_file(INSTANCES, names, tags)) == expected


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nonsense",), "takes the list that instance_info returns"),
        ((7,), "takes the list that instance_info returns"),
        (([{"id": 1}],), "takes instances as instance_info returns them"),
        ((["x"],), "takes instances as instance_info returns them"),
        ((INSTANCES, "nobody"), "No instance with the name nobody"),
        ((INSTANCES, None, None, "a b"), "cannot be the name of a variable"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments, says):
    with pytest.raises(AnsibleFilterError, match=says) as refused:
        tenants_file(*arguments)

    assert refused.value.__cause__ is None
