# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The helpdesk behind an instance: lists in pages, filters, and objects that are created, read, changed and deleted."""

from __future__ import annotations

import pytest

INCIDENTS = "/hubs/helpdesk/incidents"
FIRE = {"subject": "Fire", "description": "It burns", "email": "a@example.com", "priority": 1, "status": 2}
NEXT = "elements-next-page-token"


@pytest.fixture
def acme(platform, one):
    """A client with the token of an instance."""
    platform.accounts({"acme": "key-of-acme"})
    return one.with_token(one.create("acme")["token"])


@pytest.mark.parametrize("resource", ["agents", "contacts", "incidents"])
def test_a_list_comes_in_pages(acme, resource):
    first = acme.call("GET", f"/hubs/helpdesk/{resource}", pageSize=2)
    second = acme.call("GET", f"/hubs/helpdesk/{resource}", pageSize=2, nextPage=first.headers[NEXT])
    third = acme.call("GET", f"/hubs/helpdesk/{resource}", pageSize=2, nextPage=second.headers[NEXT])

    assert [len(page.json()) for page in (first, second)] == [2, 1]
    assert first.headers["elements-returned-count"] == "2"
    assert first.headers[NEXT].startswith("++//"), "it has to be encoded in a URL"
    assert (third.status, third.json()["message"]) == (404, f"No {resource} found")
    assert NEXT not in third.headers


def test_the_last_page_has_no_token_and_an_empty_one_is_an_array_where_that_is_set(platform, acme):
    platform.settings({"token_on_last_page": False, "empty_list": "array"})

    assert NEXT not in acme.call("GET", INCIDENTS).headers
    assert acme.call("GET", INCIDENTS, where="subject='x'").json() == []


def test_an_incident_is_created_read_changed_and_deleted(platform, acme, clock):
    made = acme.call("POST", INCIDENTS, FIRE).json()
    path = f"{INCIDENTS}/{made['id']}"
    clock.now += 60
    changed = acme.call("PATCH", path, {"priority": 4, "id": 1}).json()

    assert changed == {**made, "priority": 4, "updated_at": "2017-08-07T18:47:38Z"}
    assert acme.call("GET", path).json() == changed
    answer = acme.call("DELETE", path)
    assert (answer.status, answer.body) == (200, b"")
    assert acme.call("GET", path).json()["providerMessage"] == "Not found"
    assert [record["committed"] for record in platform.requests()][1:] == [True, True, False, True, False]


@pytest.mark.parametrize(
    ("path", "body", "status", "provider"),
    [
        (INCIDENTS, {"subject": "x"}, 400, "Validation failed: missing_field: description, email, priority, status"),
        ("/hubs/helpdesk/contacts", {}, 400, "Validation failed: missing_field: name"),
        (INCIDENTS, [1], 400, None),
        ("/hubs/helpdesk/agents", {"name": "x"}, 405, None),
    ],
)
def test_what_freshdesk_refuses_is_a_providers_error(acme, path, body, status, provider):
    answer = acme.call("POST", path, body)

    assert answer.status == status
    assert answer.json().get("providerMessage") == provider


@pytest.mark.parametrize("number", ["1", "abc"])
@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE"])
def test_an_unknown_object_is_a_404_of_the_provider(acme, verb, number):
    answer = acme.call(verb, f"{INCIDENTS}/{number}", {} if verb == "PATCH" else None)

    assert (answer.status, answer.json()["providerMessage"]) == (404, "Not found")


def test_lists_are_filtered(acme, clock):
    acme.call("GET", INCIDENTS)
    clock.now += 60
    acme.call("POST", INCIDENTS, {**FIRE, "subject": "it's"})

    def found(where):
        return len(acme.call("GET", INCIDENTS, where=where).json())

    assert found("subject='it''s'") == 1, "two quotes stand for one"
    assert found("updated_since='2017-08-07T18:47:00Z'") == 1
    assert found("priority='1' and status='2'") == 1
    assert acme.call("GET", INCIDENTS, where="nonsense").status == 400
    assert acme.call("GET", INCIDENTS, where="updated_since='x'").status == 400


def test_instances_of_one_account_share_its_helpdesk_and_others_do_not(platform, one, acme):
    platform.settings({"accounts": "any"})
    same = one.with_token(one.create("second", configuration={"subdomain": "acme", "username": "key-of-acme"})["token"])
    other = one.with_token(one.create("other")["token"])
    made = acme.call("POST", INCIDENTS, FIRE).json()["id"]

    assert same.call("GET", f"{INCIDENTS}/{made}").status == 200
    assert other.call("GET", f"{INCIDENTS}/{made}").status == 404
    assert len(platform.helpdesk("acme")["incidents"]) == 4
