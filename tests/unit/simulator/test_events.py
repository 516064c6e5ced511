# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callbacks: what polling finds is sent in parts of ten, signed, tried again, and given up in the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

EVENTS = {
    "event.notification.enabled": True,
    "event.notification.callback.url": "http://127.0.0.1:1/",
    "event.notification.signature.key": "signature-key",
    "event.poller.urls": "incidents|contacts",
}
QUEUED = "channel='webhook' and status='queued'"


@pytest.fixture
def acme(one):
    return one.create("acme", configuration=EVENTS)


def bodies(platform):
    return [json.loads(delivery.body) for delivery in platform.due()]


def test_a_poll_is_sent_in_parts_of_ten_each_with_all_that_was_found(platform, acme):
    ids = platform.add_incidents("acme", 12)
    parts = bodies(platform)

    sent = [event["objectId"] for part in parts for event in part["message"]["events"]]
    assert sent == [str(number) for number in ids]
    assert [len(part["message"]["events"]) for part in parts] == [10, 2]
    assert [len(part["message"]["raw"]["incidents"]) for part in parts] == [12, 12]


def test_a_callback_has_the_shape_of_the_platforms(platform, acme, clock):
    platform.add_incidents("acme", [{"subject": "Fire"}])
    (body,) = bodies(platform)
    (event,) = body["message"]["events"]

    assert list(body) == ["severity", "createdDate", "topic", "action", "id", "message", "user"]
    assert body["createdDate"] == "Mon Aug 07 18:46:38 UTC 2017"
    assert body["topic"] == f"instance-{acme['id']}-freshdeskv2-events"
    assert body["message"]["instance_id"] == body["message"]["instanceId"] == acme["id"]
    assert {key: event[key] for key in ("hubKey", "eventType", "objectType", "date")} == {
        "hubKey": "helpdesk", "eventType": "CREATED", "objectType": "incidents", "date": "2017-08-07T18:46:38Z",
    }  # fmt: skip


def test_the_signature_is_that_of_the_body_alone_and_missing_without_a_key(platform, one, acme):
    one.create("unsigned", configuration={**EVENTS, "subdomain": "acme", "event.notification.signature.key": None})
    platform.add_incidents("acme", 1)
    signed, unsigned = platform.due()

    wanted = base64.b64encode(hmac.new(b"signature-key", signed.body, hashlib.sha256).digest()).decode()
    assert signed.headers["elements-webhook-signature"] == f"sha256={wanted}"
    assert "elements-webhook-signature" not in unsigned.headers
    assert signed.headers["elements-webhook-id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"disabled": True},
        {"configuration": {"event.notification.enabled": "false"}},
        {"configuration": {"event.notification.callback.url": None}},
        {"configuration": {"event.poller.urls": "contacts"}},
        {"subdomain": "other"},
    ],
    ids=str,
)
def test_nothing_is_sent_to_an_instance_that_asks_for_nothing(platform, acme, changes):
    platform.change_instance(acme["id"], changes)
    platform.add_incidents("acme", 1)

    assert platform.due() == []


def test_an_incident_that_is_found_again_is_sent_again_and_as_updated_once_it_was_touched(platform, one, acme, clock):
    platform.accounts({"acme": "key-of-acme"})
    (number,) = platform.add_incidents("acme", 1)
    clock.now += 5
    one.with_token(acme["token"]).call("PATCH", f"/hubs/helpdesk/incidents/{number}", {"priority": 2})
    platform.add_incidents("acme", [{"id": number}])

    types = [body["message"]["events"][0]["eventType"] for body in bodies(platform)]
    assert types == ["CREATED", "UPDATED"]


def fail(platform, clock, status=500):
    """Answers what is due with a failure until nothing is."""
    while platform.deliveries()[0]["state"] == "waiting":
        for delivery in platform.due():
            platform.delivered(delivery, status)
        clock.now += 60


def test_a_failed_callback_is_tried_again_until_its_subscription_is_deactivated(platform, acme, clock):
    platform.settings({"event_attempts": 3})
    platform.add_incidents("acme", 1)
    platform.delivered(platform.due()[0], None)
    assert platform.due() == [], "it is not tried again at once"
    clock.now += 60
    fail(platform, clock)
    platform.add_incidents("acme", 1)

    assert [(one["state"], one["statuses"]) for one in platform.deliveries()] == [
        ("queued", [None, 500, 500]), ("queued", []),
    ]  # fmt: skip
    assert platform.due() == []


def test_what_has_queued_is_sent_once_the_subscription_is_resumed(platform, one, two, acme, clock):
    platform.add_incidents("acme", 1)
    fail(platform, clock, 401)
    path = "/notifications/subscriptions/deliveries"
    assert two.call("PUT", path, where=QUEUED).json() == {"count": 0}
    assert one.call("PUT", path, where=QUEUED).json() == {"count": 1}

    platform.delivered(platform.due()[0], 200)
    assert platform.deliveries()[0]["state"] == "delivered"
    assert platform.due() == []


class Receiver(BaseHTTPRequestHandler):
    """Takes callbacks, and refuses the first."""

    def do_POST(self):
        self.server.got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(500 if len(self.server.got) == 1 else 200)
        self.end_headers()

    def log_message(self, *_about):
        pass


def test_the_server_sends_callbacks_until_they_are_taken(server):
    with HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        receiver.got = []
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{receiver.server_port}/"
        seed = {"name": "acme", "configuration": {**EVENTS, "event.notification.callback.url": url}}
        requests.post(f"{server.address}/control/instances", json=[seed], timeout=5).raise_for_status()
        requests.post(f"{server.address}/control/helpdesks/acme/incidents", json=3, timeout=5).raise_for_status()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            (delivery,) = requests.get(f"{server.address}/control/deliveries", timeout=5).json()
            if delivery["state"] == "delivered":
                break
            time.sleep(0.05)
        receiver.shutdown()

    assert delivery["statuses"] == [500, 200]
    (_headers, first), (headers, second) = receiver.got
    assert first == second
    assert len(json.loads(second)["message"]["events"]) == 3
    assert "elements-webhook-signature" in {name.lower() for name in headers}
