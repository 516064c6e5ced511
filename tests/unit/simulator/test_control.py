# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control: the log and its counts, seeds, and what is changed behind the platform's back."""

from __future__ import annotations

import json

import pytest

# The log


def test_the_log_has_verb_path_query_and_outcome_of_each_request(platform, one):
    one.create("acme")
    one.call("GET", "/instances", searchText="acme", **{"tags[]": ["a", "b"]})
    created, listed = platform.requests()

    assert [created[key] for key in ("verb", "path", "status", "committed", "name")] == [
        "POST",
        "/instances",
        200,
        True,
        "acme",
    ]
    assert created["id"] == platform.instances()[0]["id"]
    assert listed["query"] == {"searchText": "acme", "tags[]": ["a", "b"]}
    assert (listed["status"], listed["committed"]) == (404, False)


def test_the_log_holds_no_secret_wherever_a_client_puts_one(platform, one):
    platform.accounts({"acme": "key-of-acme"})
    token = one.create("acme")["token"]
    secrets = [token, "key-of-acme", "user/secret+of=one", "organization/secret+of=acme"]
    for secret in secrets:
        one.call("GET", "/instances", token=secret)
        one.call("GET", f"/lost/{secret}/behind")

    assert not [secret for secret in secrets if secret in json.dumps(platform.requests())]


def test_requests_are_counted_by_verb_and_template_and_at_once(platform, one):
    numbers = [one.create(name)["id"] for name in ("a", "b")]
    pending = [one.begin("GET", f"/instances/{number}") for number in numbers]
    for each in pending:
        platform.finish(each)

    assert platform.counts() == {"POST /instances": 2, "GET /instances/{id}": 2, "max_concurrent_seen": 2}
    platform.clear_requests()
    assert platform.counts() == {"max_concurrent_seen": 0}


def test_what_was_sent_is_kept_to_the_letter_only_where_that_is_switched_on(platform, one):
    one.create()
    platform.settings({"record_bodies": True})
    one.create("b")
    one.call("GET", "/instances")

    assert [(kept["n"], kept["verb"], kept["path"]) for kept in platform.bodies()] == [(2, "POST", "/instances")]
    assert platform.bodies()[0]["body"] == json.dumps(one.body("b"))
    platform.clear_requests()
    assert platform.bodies() == []


def test_an_answer_that_never_came_has_no_status_in_the_log(platform, one):
    platform.add_faults({"fault": "drop_after"})
    one.call("GET", "/organizations/me")

    assert platform.requests()[0]["status"] is None


# Seeds and changes


def test_instances_are_seeded_one_by_one(platform, one):
    seed = {
        "name": "acme",
        "subdomain": "acme-eu",
        "api_key": "a-key",
        "tags": ["crm"],
        "disabled": True,
        "created": "2020-01-02T03:04:05Z",
        "in_use": "formula 1",
        "configuration": {"filter.response.nulls": False},
        "element": "zendesk",
        "user": 9002,
    }
    [number] = platform.add_instances([seed])
    [truth] = platform.instances()

    assert truth["id"] == number
    assert truth["configuration"] == {"subdomain": "acme-eu", "username": "a-key", "filter.response.nulls": "false"}
    assert {key: truth[key] for key in ("tags", "disabled", "created", "in_use", "element", "user")} == {
        key: seed[key] for key in ("tags", "disabled", "created", "in_use", "element", "user")
    }


def test_many_instances_are_seeded_at_once(platform, one):
    numbers = platform.add_instances({"count": 10_000, "prefix": "many-", "tags": ["bulk"]})

    assert len(set(numbers)) == 10_000
    assert one.call("GET", "/instances", searchText="many-010000", hydrate="true").json()[0]["tags"] == ["bulk"]


def test_an_instance_changes_behind_the_platforms_back(platform, one):
    number = one.create("acme")["id"]
    platform.accounts({"acme": "rotated"})
    platform.change_instance(number, {"username": "rotated", "created": "2020-01-01T00:00:00Z", "tags": ["x"]})
    shown = one.call("GET", f"/instances/{number}").json()

    assert (shown["createdDate"], shown["tags"]) == ("2020-01-01T00:00:00Z", ["x"])
    assert one.with_token(shown["token"]).call("GET", "/hubs/helpdesk/agents").status == 200


def test_an_instance_vanishes_behind_the_platforms_back(platform, one):
    number = one.create("acme")["id"]
    platform.remove_instance(number)

    assert one.call("GET", f"/instances/{number}").status == 404


def test_a_mistyped_seed_or_setting_is_refused(platform):
    with pytest.raises(ValueError, match="tag_list"):
        platform.add_instances([{"name": "acme", "tag_list": []}])
    with pytest.raises(ValueError, match="no element 'freshdesk3'"):
        platform.add_instances([{"name": "acme", "element": "freshdesk3"}])
    with pytest.raises(KeyError, match="no user 5"):
        platform.add_instances([{"name": "acme", "user": 5}])
    with pytest.raises(ValueError, match="page_sise"):
        platform.settings({"page_sise": 1})
    with pytest.raises(ValueError, match="asked"):
        platform.settings({"hydrate": "perhaps"})


def test_a_reset_leaves_default_users_and_settings_and_nothing_else(platform, one):
    one.create()
    platform.settings({"page_size": 5})
    platform.users([{"id": 5, "user_secret": "s", "organization_secret": "o"}])
    platform.reset()

    assert platform.instances() == platform.requests() == platform.faults() == []
    assert platform.settings()["page_size"] == 200
    assert [user["id"] for user in platform.users()] == [9001, 9002, 9003]
