# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance: created, read, changed, provisioned again, switched off and on, deleted."""

from __future__ import annotations

import json

import pytest

MASK = "********"
POLLER = {"contacts": {"url": "/hubs/helpdesk/contacts", "idField": "id"}}


def configuration(one, number):
    return one.call("GET", f"/instances/{number}").json()["configuration"]


# Create


def test_a_create_returns_200_with_id_and_token(one):
    answer = one.call("POST", "/instances", one.body())

    assert answer.status == 200
    assert answer.json()["id"] > 0
    assert {"+", "/", "="} < set(answer.json()["token"])


def test_every_answer_satisfies_the_schema_of_the_vendor(one):
    instance = one.create(tags=["crm"])

    changed = [one.call(verb, f"/instances/{instance['id']}", one.body()).json() for verb in ("PATCH", "PUT")]
    read = one.call("GET", f"/instances/{instance['id']}").json()

    for answer in (instance, read, *changed):
        assert {"id", "name", "token", "valid", "tags", "user"} <= set(answer)
    assert {"id", "emailAddress", "firstName", "lastName"} == set(instance["user"])
    assert instance["element"]["key"] == "freshdeskv2"
    assert instance["element"]["id"] == instance["elementId"] == 491
    assert instance["element"]["hub"] == "helpdesk"


def test_an_answer_has_all_the_fields_that_are_declared(one):
    """But for those of the description that say nothing of an instance of ours."""
    shown = one.create(description="the CRM")
    declared = (
        "cacheTimeToLive cachingEnabled channelName configuration createdDate description disabled element id "
        "maxCacheSize name providerData tags token traceLoggingEnabled updatedDate user valid"
    )

    assert set(declared.split()) <= set(shown)
    assert (shown["description"], shown["updatedDate"]) == ("the CRM", 1_502_131_598_750)


def test_a_body_is_about_as_large_as_a_real_one(one):
    assert 2000 < len(json.dumps(one.create())) < 3000


def test_names_are_not_unique(one):
    first, second = one.create("acme"), one.create("acme")

    assert first["id"] != second["id"]
    assert first["token"] != second["token"]


def test_the_date_of_creation_is_a_whole_second(one):
    assert one.create()["createdDate"] == "2017-08-07T18:46:38Z"


def test_tags_that_are_left_out_become_one_tag_equal_to_the_name(one):
    assert one.create("acme")["tags"] == ["acme"]
    assert one.create("acme", tags=[])["tags"] == []


def test_html_is_stripped_from_names_and_tags(one):
    instance = one.create("<a>x</a>", tags=["<b class='y'>z</b>"])

    assert (instance["name"], instance["tags"]) == ("x", ["z"])


@pytest.mark.parametrize("verb", ["PATCH", "PUT"])
def test_html_is_stripped_where_names_and_tags_are_changed_too(one, verb):
    path = f"/instances/{one.create()['id']}"
    changed = one.call(verb, path, {**one.body(tags=["<b>z</b>"]), "name": "<a>x</a>"}).json()

    assert (changed["name"], changed["tags"]) == ("x", ["z"])


def test_tags_come_back_in_another_order_each_time_and_never_as_they_were_sent(one):
    sent = ["a", "b", "c", "d"]
    number = one.create(tags=sent)["id"]
    seen = [one.call("GET", f"/instances/{number}").json()["tags"] for _time in range(6)]

    assert all(sorted(tags) == sent and tags != sent for tags in seen)
    assert len({tuple(tags) for tags in seen}) > 1


def test_tags_can_have_the_form_of_very_old_answers(platform, one):
    platform.settings({"tags_form": "objects"})

    [tag] = one.create(tags=["crm"])["tags"]

    assert set(tag) == {"id", "name"}
    assert tag["name"] == "crm"


def test_wrong_freshdesk_credentials_are_not_noticed_on_create(platform, one):
    platform.accounts({"acme": "the-right-key"})

    assert one.call("POST", "/instances", one.body("acme", {"username": "a-wrong-key"})).status == 200


@pytest.mark.parametrize("value", [None, ""])
def test_missing_configuration_is_refused_by_name(one, value):
    answer = one.call("POST", "/instances", one.body("acme", {"subdomain": value, "username": value}))

    assert answer.status == 400
    assert answer.json()["message"] == "Missing required configuration entries: subdomain, username"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"element": {"key": "unheardof"}}, 404),
        ({"element": None}, 400),
        ({"name": ""}, 400),
        ({"name": 5}, 400),
        ({"name": "<b></b>"}, 400),
        ({"tags": "crm"}, 400),
        ({"tags": [1]}, 400),
        ({"configuration": "subdomain"}, 400),
    ],
)
def test_a_create_that_makes_no_sense_is_refused_and_makes_nothing(platform, one, change, status):
    assert one.call("POST", "/instances", {**one.body(), **change}).status == status
    assert platform.instances() == []


# Configuration in answers


def test_configuration_values_come_back_as_strings(one):
    instance = one.create(configuration={"filter.response.nulls": True, "event.poller.refresh_interval": 15})

    assert instance["configuration"]["filter.response.nulls"] == "true"
    assert instance["configuration"]["event.poller.refresh_interval"] == "15"


def test_the_server_adds_keys_and_shows_unset_ones_as_null(one):
    shown = one.create()["configuration"]

    assert {"base.url", "pagination.max", "event.vendor.type", "bulk.query.field_name"} <= set(shown)
    assert shown["base.url"] == "https://acme.freshdesk.com/api/v2"
    assert shown["event.notification.callback.url"] is None


def test_passwords_and_oauth_secrets_are_masked(one):
    sent = {"password": "p", "oauth.user.token": "t", "oauth.api.secret": "s", "oauth.scope": "read"}
    shown = one.create(configuration=sent)["configuration"]

    assert [shown[key] for key in sent] == [MASK, MASK, MASK, "read"]


@pytest.mark.parametrize(
    "key", ["password", "oauth.api.secret", "oauth.user.token", "event.notification.basic.password"]
)
def test_secrets_come_back_as_eight_stars(one, key):
    assert one.create(configuration={key: "s3cret"})["configuration"][key] == MASK


def test_the_username_comes_back_in_clear_unless_it_is_switched_to_masked(platform, one):
    number = one.create()["id"]

    assert configuration(one, number)["username"] == "key-of-acme"
    platform.settings({"mask_username": True})
    assert configuration(one, number)["username"] == MASK


def test_the_signature_key_is_masked_unless_it_is_switched_to_clear(platform, one):
    key = "event.notification.signature.key"
    number = one.create(configuration={key: "signed"})["id"]

    assert configuration(one, number)[key] == MASK
    platform.settings({"mask_signature_key": False})
    assert configuration(one, number)[key] == "signed"


@pytest.mark.parametrize("sent", [POLLER, json.dumps(POLLER)])
def test_a_poller_configuration_is_taken_as_object_or_text_and_comes_back_as_text(one, sent):
    shown = one.create(configuration={"event.poller.configuration": sent})["configuration"]

    assert isinstance(shown["event.poller.configuration"], str)
    assert json.loads(shown["event.poller.configuration"]) == POLLER


@pytest.mark.parametrize(("sent", "shown"), [(True, True), ("true", True), (False, False)])
def test_events_are_enabled_by_their_configuration_key(one, sent, shown):
    assert one.create(configuration={"event.notification.enabled": sent})["eventsEnabled"] is shown


# Change


def test_a_patch_changes_what_it_is_sent_and_nothing_else(one):
    before = one.create(tags=["crm"])
    after = one.call("PATCH", f"/instances/{before['id']}", {"name": "renamed"}).json()

    assert after == {**before, "name": "renamed"}


def test_a_patch_replaces_the_tags_and_an_empty_list_clears_them(one):
    number = one.create(tags=["a", "b"])["id"]

    assert one.call("PATCH", f"/instances/{number}", {"tags": ["c"]}).json()["tags"] == ["c"]
    assert one.call("PATCH", f"/instances/{number}", {"tags": []}).json()["tags"] == []


def test_a_patch_merges_a_partial_configuration(one):
    number = one.create(configuration={"filter.response.nulls": True})["id"]
    one.call("PATCH", f"/instances/{number}", {"configuration": {"filter.response.nulls": False}})

    assert configuration(one, number)["filter.response.nulls"] == "false"
    assert configuration(one, number)["subdomain"] == "acme"


def test_a_configuration_that_is_patched_takes_effect(platform, one):
    platform.accounts({"acme": "rotated"})
    instance = one.create("acme")
    one.call("PATCH", f"/instances/{instance['id']}", {"configuration": {"username": "rotated"}})

    assert one.with_token(instance["token"]).call("GET", "/hubs/helpdesk/agents").status == 200


def test_a_patch_of_the_element_switches_the_element(one):
    number = one.create("acme")["id"]
    switched = one.call("PATCH", f"/instances/{number}", {"element": {"key": "zendesk"}}).json()

    assert (switched["id"], switched["element"]["key"], switched["elementId"]) == (number, "zendesk", 41)
    assert one.call("GET", "/elements/freshdeskv2/instances").status == 404
    assert [seen["id"] for seen in one.call("GET", "/elements/zendesk/instances").json()] == [number]
    assert one.call("PATCH", f"/instances/{number}", {"element": {"key": "unheardof"}}).status == 404
    assert one.call("DELETE", f"/instances/{number}").status == 200


def test_a_patch_that_is_refused_changes_nothing(platform, one):
    number = one.create(tags=["crm"])["id"]
    before = platform.instances()

    assert one.call("PATCH", f"/instances/{number}", {"name": "new", "tags": "crm"}).status == 400
    assert platform.instances() == before


@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
@pytest.mark.parametrize(("setting", "stored"), [("unchanged", "key-of-acme"), ("stored", MASK)])
def test_a_mask_that_is_sent_counts_as_unchanged_or_is_stored_as_the_setting_says(platform, one, verb, setting, stored):
    number = one.create()["id"]
    platform.settings({"mask_sent": setting})
    one.call(verb, f"/instances/{number}", one.body("acme", {"username": MASK}))

    assert platform.instances()[0]["configuration"]["username"] == stored


def test_a_put_loses_the_keys_that_it_leaves_out(platform, one):
    number = one.create(configuration={"event.notification.signature.key": "signed"})["id"]
    one.call("PUT", f"/instances/{number}", one.body())

    assert "event.notification.signature.key" not in platform.instances()[0]["configuration"]


def test_a_put_without_required_configuration_is_refused(one):
    number = one.create()["id"]

    assert one.call("PUT", f"/instances/{number}", {**one.body(), "configuration": {}}).status == 400


@pytest.mark.parametrize("verb", ["PATCH", "PUT"])
def test_id_token_and_date_survive_a_change(clock, one, verb):
    before = one.create()
    clock.now += 100
    after = one.call(verb, f"/instances/{before['id']}", one.body("renamed")).json()

    assert after["name"] == "renamed"
    assert [after[key] for key in ("id", "token", "createdDate")] == [
        before[key] for key in ("id", "token", "createdDate")
    ]


# Enabled


def test_an_instance_is_disabled_and_enabled(one):
    number = one.create()["id"]

    assert one.call("DELETE", f"/instances/{number}/enabled").json()["disabled"] is True
    assert one.call("PUT", f"/instances/{number}/enabled").json()["disabled"] is False


def test_a_second_disable_or_enable_is_a_conflict(one):
    number = one.create()["id"]

    assert one.call("PUT", f"/instances/{number}/enabled").status == 409
    one.call("DELETE", f"/instances/{number}/enabled")
    assert one.call("DELETE", f"/instances/{number}/enabled").status == 409


def test_neither_the_token_nor_the_secrets_of_the_platform_enable_alone(platform, one):
    token = one.create()["token"]

    assert one.with_token(token).call("DELETE", "/instances/enabled").status == 404
    assert one.call("DELETE", "/instances/enabled").status == 401
    assert platform.instances()[0]["disabled"] is False


# Delete


def test_a_delete_returns_200_and_a_second_one_404(platform, one):
    number = one.create()["id"]

    assert one.call("DELETE", f"/instances/{number}").status == 200
    assert one.call("DELETE", f"/instances/{number}").status == 404
    assert platform.instances() == []


def test_an_instance_in_use_is_not_deleted_and_the_answer_says_why(platform, one):
    number = one.create()["id"]
    platform.change_instance(number, {"in_use": "formula 7 'nightly export'"})

    answer = one.call("DELETE", f"/instances/{number}")

    assert answer.status == 409
    assert "formula 7 'nightly export'" in answer.json()["message"]
    assert len(platform.instances()) == 1


# Under the path of the element


@pytest.mark.parametrize("key", ["freshdeskv2", "491"])
def test_an_instance_is_created_read_changed_and_deleted_under_its_element(platform, one, key):
    created = one.call("POST", f"/elements/{key}/instances", {**one.body(), "element": None}).json()
    path = f"/elements/{key}/instances/{created['id']}"

    assert created["element"]["key"] == "freshdeskv2"
    assert one.call("GET", path).json() == one.call("GET", f"/instances/{created['id']}").json()
    assert one.call("PUT", path, one.body("renamed"), reAuthenticate="false").json()["name"] == "renamed"
    assert one.call("GET", f"/elements/zendesk/instances/{created['id']}").status == 404
    assert one.call("DELETE", path).status == 200
    assert platform.instances() == []
