# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of an instance: beside the secrets of the platform, in their place, and on calls of the element."""

from __future__ import annotations

import pytest

HEADER = "elements-element-instance-id"


@pytest.fixture
def acme(platform, one):
    """An instance with the right key of its account, beside another."""
    platform.accounts({"acme": "key-of-acme"})
    one.create("other")
    return one.create("acme")


@pytest.fixture
def three(one, acme):
    """A client that sends all three secrets, the token of acme among them."""
    one.authorization += f", Element {acme['token']}"
    return one


# All three secrets


def test_platform_calls_with_all_three_secrets_work(three):
    assert three.call("GET", "/instances").status == 200
    assert three.call("POST", "/instances", three.body("third")).status == 200
    assert three.call("GET", "/organizations/me").status == 200


def test_the_token_is_ignored_where_the_path_has_an_id(platform, three, acme):
    other = platform.instances()[0]["id"]

    assert three.call("GET", f"/instances/{other}").json()["id"] == other
    assert three.call("DELETE", f"/instances/{other}").status == 200
    assert [truth["id"] for truth in platform.instances()] == [acme["id"]]


def test_an_unknown_token_is_ignored_if_the_path_has_an_id(one, acme):
    one.authorization += ", Element nobody"

    assert one.call("GET", f"/instances/{acme['id']}").status == 200


@pytest.mark.parametrize("path", ["/instances", "/instances/"])
def test_a_delete_without_an_id_deletes_the_instance_of_the_token(platform, three, acme, path):
    """An empty id in a URL does that."""
    assert three.call("DELETE", path).status == 200
    assert [truth["name"] for truth in platform.instances()] == ["other"]


def test_a_patch_and_a_put_without_an_id_change_the_instance_of_the_token(three, acme):
    assert three.call("PATCH", "/instances", {"name": "renamed"}).json()["id"] == acme["id"]
    assert three.call("PUT", "/instances", three.body("again")).json()["name"] == "again"


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE"])
def test_a_change_without_an_id_and_without_a_token_is_a_401(platform, one, acme, verb):
    before = platform.instances()

    assert one.call(verb, "/instances", one.body()).status == 401
    assert platform.instances() == before


def test_an_instance_is_enabled_and_disabled_by_its_token(platform, three):
    assert three.call("DELETE", "/instances/enabled").status == 200
    assert [truth["disabled"] for truth in platform.instances()] == [False, True]
    assert three.call("PUT", "/instances/enabled").status == 200


def test_configuration_is_read_and_changed_by_the_token(platform, three):
    items = {item["key"]: item for item in three.call("GET", "/instances/configuration").json()}
    path = f"/instances/configuration/{items['filter.response.nulls']['id']}"

    assert three.call("GET", path).json() == items["filter.response.nulls"]
    assert three.call("PATCH", path, {"propertyValue": "false"}).json()["propertyValue"] == "false"
    assert platform.instances()[1]["configuration"]["filter.response.nulls"] == "false"


@pytest.mark.parametrize("below", ["docs", "docs/GET-agents", "docs/GET-agents/definitions", "events"])
def test_what_is_read_with_an_id_is_read_by_the_token_too(three, acme, below):
    by_id, by_token = (three.call("GET", f"{path}/{below}") for path in (f"/instances/{acme['id']}", "/instances"))

    assert (by_id.status, by_id.json()) == (by_token.status, by_token.json()) == (200, by_id.json())


# Without Organization


@pytest.mark.parametrize(
    ("verb", "path"),
    [("DELETE", "/instances/{id}"), ("GET", "/instances/{id}"), ("DELETE", "/instances"), ("GET", "/instances")],
)
def test_a_token_without_the_organization_is_misrouted_and_does_nothing(platform, one, acme, verb, path):
    answer = one.with_token(acme["token"]).call(verb, path.format(id=acme["id"]))

    assert answer.status == 404
    assert answer.json()["providerMessage"].startswith("This API is not supported")
    assert len(platform.instances()) == 2


# Element calls


@pytest.mark.parametrize("path", ["/hubs/helpdesk/ping", "/ping"])
def test_a_ping_reads_no_data(platform, one, acme, path):
    assert one.with_token(acme["token"]).call("GET", path).json() == {
        "dateTime": "2017-08-07T18:46:38Z",
        "endpoint": "freshdeskv2",
    }


@pytest.mark.parametrize(("ping", "status"), [("asks", 401), ("answers", 200)])
def test_a_ping_notices_a_wrong_key_or_not_as_the_setting_says(platform, one, acme, ping, status):
    platform.accounts({"acme": "rotated"})
    platform.settings({"ping": ping})

    assert one.with_token(acme["token"]).call("GET", "/ping").status == status


def test_names_of_objects_are_answered_while_the_instance_is_disabled(platform, one, acme):
    platform.change_instance(acme["id"], {"disabled": True})
    element = one.with_token(acme["token"])

    assert "incidents" in element.call("GET", "/hubs/helpdesk/objects").json()
    assert element.call("GET", "/objects").status == 200
    assert element.call("GET", "/hubs/helpdesk/ping").status == 403
    assert element.call("GET", "/hubs/helpdesk/agents").status == 403


@pytest.mark.parametrize("path", ["agents", "ping", "objects"])
def test_every_element_answer_names_its_instance_in_a_header(platform, one, acme, path):
    element = one.with_token(acme["token"])
    assert element.call("GET", f"/hubs/helpdesk/{path}").headers[HEADER] == str(acme["id"])
    platform.change_instance(acme["id"], {"disabled": True})

    assert element.call("GET", f"/hubs/helpdesk/{path}").headers[HEADER] == str(acme["id"])
    assert HEADER not in one.call("GET", "/instances").headers


def test_element_calls_work_with_all_three_secrets(three):
    assert three.call("GET", "/hubs/helpdesk/agents").status == 200
