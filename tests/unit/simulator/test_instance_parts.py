# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hangs on an instance: its configuration item by item, trace logging, events, documentation."""

from __future__ import annotations

import pytest

MASK = "********"


# Configuration items


def test_configuration_items_have_an_id_a_key_and_a_text(one):
    number = one.create(configuration={"filter.response.nulls": True})["id"]
    items = {item["key"]: item for item in one.call("GET", f"/instances/{number}/configuration").json()}

    assert items["filter.response.nulls"]["propertyValue"] == "true"
    assert items["password"]["propertyValue"] == MASK
    assert len({item["id"] for item in items.values()}) == len(items)
    assert {
        "id",
        "key",
        "name",
        "type",
        "description",
        "active",
        "required",
        "hideFromConsole",
        "propertyValue",
    } <= set(items["password"])


def test_one_configuration_item_can_be_asked_for_alone(one):
    number = one.create()["id"]
    item = one.call("GET", f"/instances/{number}/configuration").json()[0]

    assert one.call("GET", f"/instances/{number}/configuration/{item['id']}").json() == item
    assert one.call("GET", f"/instances/{number}/configuration/1").status == 404


def test_one_configuration_item_can_be_changed_alone(platform, one):
    number = one.create()["id"]
    items = {item["key"]: item for item in one.call("GET", f"/instances/{number}/configuration").json()}
    path = f"/instances/{number}/configuration/{items['filter.response.nulls']['id']}"

    answer = one.call("PATCH", path, {"propertyValue": "false"})

    assert (answer.status, answer.json()["propertyValue"]) == (200, "false")
    assert platform.instances()[0]["configuration"]["filter.response.nulls"] == "false"
    assert one.call("PATCH", path, {"propertyValue": False}).status == 400
    assert one.call("PATCH", f"/instances/{number}/configuration/1", {"propertyValue": "x"}).status == 404


# Trace logging and events


@pytest.mark.parametrize(("body", "minutes"), [(None, 30), ({}, 30), ({"duration": 5}, 5)])
def test_trace_logging_ends_after_its_duration_of_30_minutes_if_none_is_given(clock, one, body, minutes):
    path = f"/instances/{one.create()['id']}"

    assert one.call("PUT", f"{path}/trace-logging", body).json()["traceLoggingEnabled"] is True
    clock.now += 60 * minutes - 1
    assert one.call("GET", path).json()["traceLoggingEnabled"] is True
    clock.now += 1
    assert one.call("GET", path).json()["traceLoggingEnabled"] is False


def test_trace_logging_is_switched_off(one):
    path = f"/instances/{one.create()['id']}"
    one.call("PUT", f"{path}/trace-logging")

    assert one.call("DELETE", f"{path}/trace-logging").json()["traceLoggingEnabled"] is False
    assert one.call("PUT", f"{path}/trace-logging", {"duration": "long"}).status == 400


def test_the_events_of_an_instance_are_listed_and_asked_for_one_by_one(platform, one):
    number = one.create()["id"]
    assert one.call("GET", f"/instances/{number}/events").json() == []
    platform.change_instance(number, {"events": [{"id": 7, "status": "NOTIFIED"}]})

    assert one.call("GET", f"/instances/{number}/events/7").json()["status"] == "NOTIFIED"
    assert one.call("GET", f"/instances/{number}/events/8").status == 404


# Docs


def test_an_instance_describes_its_own_api(one):
    docs = one.call("GET", f"/instances/{one.create()['id']}/docs", version="-1").json()

    assert docs["swagger"] == "2.0"
    assert docs["paths"]["/hubs/helpdesk/agents"]["get"]["operationId"] == "GET-agents"
    assert (docs["host"], docs["schemes"]) == ("api.cloud-elements.com", ["https"])


def test_the_base_url_that_docs_are_asked_with_replaces_their_host_and_scheme(one):
    docs = one.call("GET", f"/instances/{one.create()['id']}/docs", baseUrl="http://foo.example").json()

    assert (docs["host"], docs["schemes"]) == ("foo.example", ["http"])


def test_docs_can_be_of_one_operation_alone(one):
    path = f"/instances/{one.create()['id']}/docs"

    assert list(one.call("GET", path, operationId="GET-agents").json()["paths"]) == ["/hubs/helpdesk/agents"]
    assert list(one.call("GET", f"{path}/GET-agents").json()["paths"]) == ["/hubs/helpdesk/agents"]
    assert list(one.call("GET", f"{path}/GET-agents/definitions").json()) == ["agents"]
    assert one.call("GET", f"{path}/unheardof").status == 404
