# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the session `live` prints of a platform is what that platform does, whichever way the simulator takes an open question."""

from __future__ import annotations

import pytest
from live import live
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


@pytest.mark.parametrize("settings", ANSWERS, ids=lambda settings: ",".join(settings) or "defaults")
def test_it_prints_what_the_platform_does_and_leaves_nothing(settings, monkeypatch):
    options = [part for setting in settings for part in ("--setting", setting)]
    with simulator("--account", "acme=key-of-acme", *options) as address:
        environment = {"FRESHDESK_SUBDOMAIN": "acme", "FRESHDESK_API_KEY": "key-of-acme"}
        for name, value in {**SECRETS, **environment, "CLOUDELEMENTS_BASE_URL": address}.items():
            monkeypatch.setenv(name, value)
        theirs = [{"name": "theirs"}, {"name": "other", "element": "zendesk"}]
        ids = control(address, "instances", theirs)
        platform = live.Platform()
        seen = dict(live.settle(platform))
        assert {fact: seen.get(fact) for fact in ANSWERS[settings]} == ANSWERS[settings]
        platform.create(live.PREFIX + "left", "key-of-acme")
        assert live.Platform().sweep() == []
        assert [instance["id"] for instance in control(address, "instances")] == ids
