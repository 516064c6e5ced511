# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask, and what the platform says to requests that it does not take."""

from __future__ import annotations

import pytest

BAD_SECRETS = "Invalid Organization or User secret, or invalid Element token provided."


# Secrets


def test_the_secrets_can_be_checked_alone(one, stranger):
    assert one.call("GET", "/organizations/me").json()["name"] == "acme"
    assert stranger.call("GET", "/organizations/me").status == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic dTpw",
        "User user/secret+of=one",
        "User user/secret+of=one, Organization wrong",
        "User wrong, Organization organization/secret+of=acme",
    ],
)
def test_wrong_secrets_are_a_401_with_the_words_of_the_platform(one, authorization):
    one.authorization = authorization
    answer = one.call("GET", "/instances")

    assert (answer.status, answer.json()["message"]) == (401, BAD_SECRETS)


def test_instances_of_two_users_do_not_mix(one, two):
    number = one.create("acme")["id"]
    two.create("acme")

    assert [seen["id"] for seen in one.call("GET", "/instances").json()] == [number]
    assert two.call("GET", f"/instances/{number}").status == 404
    assert two.call("DELETE", f"/instances/{number}").status == 404


def test_an_administrator_sees_all_and_can_tell_them_apart_by_the_user_id(one, two, admin):
    one.create("a")
    number = two.create("b")["id"]
    seen = {instance["name"]: instance["user"]["id"] for instance in admin.call("GET", "/instances").json()}

    assert seen == {"a": 9001, "b": 9002}
    assert admin.call("DELETE", f"/instances/{number}").status == 200


def test_an_administrator_sees_nothing_of_another_organization(platform, one, admin):
    one.create()
    platform.users([{"id": 1, "user_secret": "user/secret+of=her", "organization_secret": "other", "admin": True}])
    admin.authorization = "User user/secret+of=her, Organization other"

    assert admin.call("GET", "/instances").status == 404


def test_a_user_without_the_privilege_reads_and_does_not_write(platform, reader):
    assert reader.call("GET", "/organizations/me").status == 200
    assert reader.call("POST", "/instances", reader.body()).status == 403
    assert platform.instances() == []


# Requests that it does not take


@pytest.mark.parametrize(
    "path", ["/", "/instances", "/elements/api-v2", "/elements/api-v2/", "/elements/api-v2x/instances"]
)
def test_an_address_outside_the_api_is_an_html_page(platform, one, path):
    answer = platform.handle("GET", path, "", {"Authorization": one.authorization})

    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/unheardof", "/instances/abc", "/instances//"])
def test_an_unknown_path_below_the_base_is_an_html_page(one, path):
    answer = one.call("GET", path)

    assert answer.status == 404
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_a_base_path_that_stands_there_twice_is_taken_for_an_element(one):
    answer = one.call("GET", "/elements/api-v2/instances")

    assert (answer.status, answer.json()["message"]) == (404, "No element found with key api-v2")


@pytest.mark.parametrize("number", [-1, 1])
def test_an_instance_that_is_not_there_is_a_404_in_json(one, number):
    answer = one.call("GET", f"/instances/{number}")

    assert (answer.status, answer.json()["message"]) == (404, f"No instance found with ID {number}")


def test_a_verb_that_a_path_does_not_know_is_a_405(one):
    assert one.call("PATCH", "/instances/count", {}).status == 405


def test_a_body_of_another_content_type_is_a_415(platform, one):
    headers = {"Authorization": one.authorization, "Content-Type": "text/plain"}

    assert platform.handle("POST", "/elements/api-v2/instances", "", headers, b"{}").status == 415


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null"])
def test_a_body_that_is_no_json_object_is_a_400(platform, one, body):
    headers = {"Authorization": one.authorization, "Content-Type": "application/json"}

    assert platform.handle("POST", "/elements/api-v2/instances", "", headers, body).status == 400


def test_a_body_over_8_mb_is_a_429_about_its_size(platform, one):
    answer = one.call("POST", "/instances", one.body(tags=["x" * (8 * 1024 * 1024)]))

    assert answer.status == 429
    assert "8 MB" in answer.json()["message"]
    assert platform.instances() == []


def test_a_body_over_8_mb_can_be_a_413(platform, one):
    platform.settings({"large_body": 413})

    assert one.call("POST", "/instances", one.body(tags=["x" * (8 * 1024 * 1024)])).status == 413


def test_every_answer_carries_its_request_id(one):
    missing = one.call("GET", "/instances/1")
    ids = [answer.headers["elements-request-id"] for answer in (missing, one.call("GET", "/unheardof"))]

    assert missing.json()["requestId"] == ids[0]
    assert len(set(ids)) == 2


def test_a_refusal_of_too_many_requests_says_when_to_retry_only_if_it_is_reported_to(platform, one):
    platform.settings({"max_concurrent": 0})

    assert "retry-after" not in one.call("GET", "/organizations/me").headers


def test_more_requests_at_once_than_the_platform_takes_are_refused(platform, one):
    platform.settings({"max_concurrent": 1, "retry_after": 2})
    first, second = one.begin("GET", "/organizations/me"), one.begin("GET", "/organizations/me")
    refused = platform.finish(second)

    assert platform.finish(first).status == 200
    assert (refused.status, refused.headers["retry-after"]) == (429, "2")
    assert one.call("GET", "/organizations/me").status == 200


# Element calls


@pytest.fixture
def acme(platform, one):
    """An instance with the right key of its account."""
    platform.accounts({"acme": "key-of-acme"})
    return one.create("acme")


@pytest.mark.parametrize("resource", ["agents", "contacts", "incidents"])
def test_an_instance_with_the_right_key_works(one, acme, resource):
    answer = one.with_token(acme["token"]).call("GET", f"/hubs/helpdesk/{resource}", pageSize=1)

    assert answer.status == 200
    assert len(answer.json()) == 1


def test_a_wrong_key_is_a_401_of_the_provider(platform, one, acme):
    platform.accounts({"acme": "another-key"})
    answer = one.with_token(acme["token"]).call("GET", "/hubs/helpdesk/agents")

    assert answer.status == 401
    assert answer.json()["providerMessage"] == "You have to be logged in to perform this action."


def test_an_unknown_subdomain_is_a_404_of_the_provider(one):
    answer = one.with_token(one.create("unheardof")["token"]).call("GET", "/hubs/helpdesk/agents")

    assert answer.status == 404
    assert answer.json()["providerMessage"]


def test_any_account_can_be_made_to_exist(platform, one):
    platform.settings({"accounts": "any"})

    assert one.with_token(one.create("unheardof")["token"]).call("GET", "/hubs/helpdesk/agents").status == 200


def test_a_disabled_instance_returns_403_without_asking_the_provider(one, acme):
    one.call("DELETE", f"/instances/{acme['id']}/enabled")
    answer = one.with_token(acme["token"]).call("GET", "/hubs/helpdesk/agents")

    assert answer.status == 403
    assert "providerMessage" not in answer.json()


def test_the_token_of_a_deleted_instance_is_a_401(one, acme):
    one.call("DELETE", f"/instances/{acme['id']}")
    answer = one.with_token(acme["token"]).call("GET", "/hubs/helpdesk/agents")

    assert (answer.status, answer.json()["message"]) == (401, BAD_SECRETS)


def test_a_token_works_only_for_its_own_user(one, two, acme):
    assert two.with_token(acme["token"]).call("GET", "/hubs/helpdesk/agents").status == 401


def test_an_element_call_with_platform_secrets_is_a_401(one):
    assert one.call("GET", "/hubs/helpdesk/agents").status == 401


@pytest.mark.parametrize(
    ("query", "status"), [({"reAuthenticate": "true"}, 200), ({}, 200), ({"reAuthenticate": "false"}, 401)]
)
def test_new_credentials_are_used_after_a_put_unless_it_asks_not_to_reauthenticate(platform, one, acme, query, status):
    platform.accounts({"acme": "rotated"})
    one.call("PUT", f"/instances/{acme['id']}", one.body("acme", {"username": "rotated"}), **query)

    assert one.with_token(acme["token"]).call("GET", "/hubs/helpdesk/agents").status == status
