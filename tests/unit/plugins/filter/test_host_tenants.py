# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tenant is checked as each entry of a fleet is: a sentence that names the option and no value, or nothing."""

from __future__ import annotations

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.filter.tenant_refusal import FilterModule, tenant_refusal


def test_it_is_the_filter_of_that_name():
    assert FilterModule().filters() == {"tenant_refusal": tenant_refusal}


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_tenant_that_is_right_gets_no_sentence(check_mode):
    assert tenant_refusal({"name": "acme", "subdomain": "acme", "api_key": "SENTINEL-key"}, check_mode) == ""


@pytest.mark.parametrize(
    ("tenant", "says"),
    [
        (
            {"name": "acme", "subdomian": "SENTINEL"},
            "The tenant (acme) is refused: subdomian is no option: perhaps subdomain is meant.",
        ),
        ({"name": "acme", "id": "SENTINEL"}, "The tenant (acme) is refused: id must be of type int."),
        ({"subdomain": "acme"}, "The tenant is refused: neither name nor id is set: set one of them."),
        ({"name": "acme", "api_key": "SENTINE"}, "The tenant (acme) is refused: api_key is shorter than 8 characters"),
        (None, "The tenant is refused: it is no mapping of options, such as {name: acme, subdomain: acme}."),
        ("SENTINEL", "The tenant is refused: it is no mapping of options, such as {name: acme, subdomain: acme}."),
    ],
)
def test_what_is_wrong_is_one_sentence_without_a_value(tenant, says):
    told = tenant_refusal(tenant)
    assert told.startswith(says)
    assert told.endswith(".")
    assert "SENTINE" not in told


def test_the_placeholder_of_a_dry_run_is_right_in_one():
    assert tenant_refusal({"id": -1}, True) == ""
    assert "the placeholder of a dry run" in tenant_refusal({"id": -1})
