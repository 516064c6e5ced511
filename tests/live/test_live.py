# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the session `live` prints of a platform is what that platform does, whichever way the simulator takes an open question."""

from __future__ import annotations

import pytest
from live import formulas, live
from support.platform import SECRETS, control, simulator

ANSWERS = {
    (): {
        "a password that nobody sent in an answer": "is masked",
        "the API key in an answer": "is in clear",
        "a list shows the tags": "no",
        "a list shows the configuration": "no",
        "a list with hydrate=true shows the tags": "yes",
        "a list with hydrate=true shows the configuration": "yes",
        "the words of an empty list": "HTTP 404, 'No instances found'",
        "searchText finds by name": "yes",
        "searchText finds by the element's key": "yes",
        "the last page carries a token": "yes",
        "the list counts its items": "yes",
        "several tags[] in a list": "an instance must have every one",
        "the element's list": "HTTP 200, 3 items",
        "the element's list takes pageSize": "no",
        "the element's list has a next page": "no",
        "the element's list takes searchText": "no",
        "the element's list takes hydrate": "no",
        "totalInstances of /instances/count": "4 = all in the list = those that are enabled = one page",
        "a list of the element names a next page": "yes",
        "the last page of such a list": "HTTP 404, 'No agents found'",
        "an empty list of the element": "HTTP 404, 'No agents found'",
        "a partial configuration is merged": "yes",
        "a key that is left out of a PUT": "is lost",
        "a mask in a PUT": "unchanged",
        "tags can be cleared": "yes",
        "a wrong key is noticed on create": "no; the first call says HTTP 401",
        "a call of a deleted instance": "HTTP 401",
    },
    ("hydrate=ignored", "mask_username=true", "empty_list=array"): {
        "a list with hydrate=true shows the tags": "no",
        "a list with hydrate=true shows the configuration": "no",
        "the API key in an answer": "is masked",
        "the words of an empty list": "HTTP 200, a list of 0",
        "the last page of such a list": "HTTP 200, a list of 0",
        "an empty list of the element": "HTTP 200, a list of 0",
    },
    ("hydrate=always", "token_on_last_page=false", "total_count=false", "tags_filter=any", "instance_count=false"): {
        "a list shows the tags": "yes",
        "the last page carries a token": "no",
        "the list counts its items": "no",
        "several tags[] in a list": "an instance must have any",
        "totalInstances of /instances/count": "HTTP 404",
    },
    ("element_list=paged", "mask_sent=stored", "list_configuration=missing"): {
        "a list with hydrate=true shows the tags": "yes",
        "a list with hydrate=true shows the configuration": "no",
        "the element's list takes pageSize": "yes",
        "the element's list has a next page": "yes",
        "the element's list takes searchText": "yes",
        "a mask in a PUT": "stored to the letter (the element answers HTTP 401)",
    },
    ("element_list=strict", "page_size=1"): {
        "the element's list takes pageSize": "refused with HTTP 400",
        "the element's list takes searchText": "refused with HTTP 400",
        "searchText finds by the element's key": "yes",
    },
}

FORMULA_ANSWERS = {
    (): {
        "a formula instance without active is active": "yes",
        "a variable that the template lacks": "refused with HTTP 400",
        "a required variable without a value": "refused with HTTP 400",
        "an id that is sent as number in an answer": "a number",
        "an id that is sent as text in an answer": "text",
        "the list of all shows inactive formula instances": "no",
        "includeInactive=true shows inactive formula instances": "yes",
        "the order of includeInactive=true": "by id",
        "the template's list shows inactive formula instances": "yes",
        "the template's list shows the configuration": "yes",
        "a setting that is left out of a PUT": "is lost",
        "a variable that is left out of a PUT": "is lost",
        "a second activate": "HTTP 409",
        "a second deactivate": "HTTP 409",
        "a delete of an instance in use": "HTTP 409, 'Instance 600002 cannot be deleted, it is in use: formula instance 80002'",
        "the same while its formula instance is inactive": "HTTP 200",
        "a formula instance of a deleted instance": "HTTP 200",
    },
    ("formula_default_active=false", "formula_variables=stored", "formula_values=strings", "formula_inactive=always"): {
        "a formula instance without active is active": "no",
        "a variable that the template lacks": "stored",
        "a required variable without a value": "accepted",
        "an id that is sent as number in an answer": "text",
        "the list of all shows inactive formula instances": "yes",
        "the order of the list of all": "by id",
    },
    (
        "formula_put=merges",
        "formula_second_active=200",
        "formula_values=numbers",
        "formula_list_configuration=missing",
    ): {
        "an id that is sent as text in an answer": "a number",
        "the template's list shows the configuration": "no",
        "a setting that is left out of a PUT": "stays",
        "a variable that is left out of a PUT": "stays",
        "a second activate": "HTTP 200",
        "a second deactivate": "HTTP 200",
    },
}


def account(address, monkeypatch, **more):
    environment = {"FRESHDESK_SUBDOMAIN": "acme", "FRESHDESK_API_KEY": "key-of-acme", "CLOUDELEMENTS_BASE_URL": address}
    for name, value in {**SECRETS, **environment, **more}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("settings", ANSWERS, ids=lambda settings: ",".join(settings) or "defaults")
def test_it_prints_what_the_platform_does_and_leaves_nothing(settings, monkeypatch):
    options = [part for setting in settings for part in ("--setting", setting)]
    with simulator("--account", "acme=key-of-acme", *options) as address:
        account(address, monkeypatch)
        theirs = [{"name": "theirs"}, {"name": "other", "element": "zendesk"}]
        ids = control(address, "instances", theirs)
        platform = live.Platform()
        seen = dict(live.settle(platform))
        assert {fact: seen.get(fact) for fact in ANSWERS[settings]} == ANSWERS[settings]
        platform.create(live.PREFIX + "left", "key-of-acme")
        assert live.Platform().sweep() == []
        assert [instance["id"] for instance in control(address, "instances")] == ids
        assert not [request for request in control(address, "requests") if "/formulas" in request["path"]]


@pytest.mark.parametrize("settings", FORMULA_ANSWERS, ids=lambda settings: ",".join(settings) or "defaults")
def test_with_a_template_it_prints_what_formula_instances_do_and_leaves_none(settings, monkeypatch):
    options = [part for setting in settings for part in ("--setting", setting)]
    with simulator("--account", "acme=key-of-acme", *options) as address:
        variables = {"source": {"required": True}, "greeting": {"type": "value"}}
        [template] = control(address, "formulas", [{"name": "sync", "variables": variables}])
        [source] = control(address, "instances", [{"name": "theirs"}])
        theirs = [{"name": "theirs", "formula": template, "configuration": {"source": source}}]
        ids = control(address, "formula-instances", theirs)
        values = {"FRESHDESK_FORMULA_ID": str(template), "FRESHDESK_FORMULA_VALUES": '{"greeting": "Hello"}'}
        account(address, monkeypatch, **values)
        platform = formulas.FormulaPlatform()
        before = platform.call("GET", platform.template).json()
        seen = dict(formulas.settle(platform))
        assert {fact: seen.get(fact) for fact in FORMULA_ANSWERS[settings]} == FORMULA_ANSWERS[settings]
        platform.create_formula(live.PREFIX + "left", {"source": source}, active=True)
        assert formulas.FormulaPlatform().sweep() == []
        assert [instance["id"] for instance in control(address, "formula-instances")] == ids
        assert [instance["id"] for instance in control(address, "instances")] == [source]
        assert platform.call("GET", platform.template).json() == before


def test_it_names_the_values_that_the_template_requires_and_that_are_not_given(monkeypatch):
    with simulator("--account", "acme=key-of-acme") as address:
        variables = {
            "source": {"required": True},
            "greeting": {"type": "value", "required": True},
            "note": {"type": "value"},
        }
        [template] = control(address, "formulas", [{"name": "sync", "variables": variables}])
        account(address, monkeypatch, FRESHDESK_FORMULA_ID=str(template), FRESHDESK_FORMULA_VALUES="")
        assert formulas.FormulaPlatform().missing_values() == ["greeting"]
