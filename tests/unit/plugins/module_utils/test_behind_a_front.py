# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine over real sockets in simulated time, with a front between it and the simulated platform that does as fronts do."""

from __future__ import annotations

import socket
import struct
from dataclasses import replace

import pytest
import simulator
from support.in_process import CONNECTION, Clock, desired, result
from support.wire import Wire, http

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._engine import Engine
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import RunOptions
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import Transport


class Front:
    """Hands requests on to a simulated platform, and its answers back."""

    def __init__(self):
        self.platform = simulator.Platform()
        self.wire = Wire(self.answer)

    def answer(self, sock):
        sock.sendall(self.handed_on())

    def handed_on(self):
        head, _blank, body = self.wire.requests[-1].partition(b"\r\n\r\n")
        request, *lines = head.decode().split("\r\n")
        verb, target, _version = request.split(" ")
        path, _mark, query = target.partition("?")
        headers = dict(line.split(": ", 1) for line in lines)
        seen = self.platform.handle(verb, path, query, headers, body)
        return http(seen.body, f"{seen.status} Answered", **seen.headers)

    def one(self, **options):
        connection = replace(CONNECTION, base_url=f"{self.wire.url}/elements/api-v2", timeout=1, retry_timeout=3)
        fleet = Engine(Transport(connection, read_only=False, clock=Clock()), [desired(**options)], RunOptions())
        fleet.run()
        return result(fleet.tenants[0])

    def writes(self):
        return [record["verb"] for record in self.platform.requests() if record["verb"] != "GET"]


class ResetsOnSecondUse(Front):
    def __init__(self):
        super().__init__()
        self.used = set()

    def answer(self, sock):
        if sock in self.used:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
            return
        self.used.add(sock)
        super().answer(sock)


class LosesTheFirst(ResetsOnSecondUse):
    """Loses the answer to the first creation, too."""

    def answer(self, sock):
        if self.wire.requests[-1].startswith(b"POST") and "POST" not in self.writes():
            self.handed_on()
            self.used.add(sock)
        super().answer(sock)


class AnswersTheFirst(Front):
    """Answers the first creation with this, and carries it out all the same."""

    def __init__(self, answer):
        super().__init__()
        self.instead = answer

    def answer(self, sock):
        first = self.wire.requests[-1].startswith(b"POST") and "POST" not in self.writes()
        answer = self.handed_on()
        sock.sendall(self.instead(answer) if first else answer)


class BreaksOnTheProof(Front):
    """Lets nothing through to the element."""

    def answer(self, sock):
        if b"/hubs/" in self.wire.requests[-1]:
            sock.close()
        else:
            super().answer(sock)


@pytest.fixture
def front():
    started = []

    def start(kind, *args):
        started.append(kind(*args))
        return started[-1]

    yield start
    for one in started:
        one.wire.close()


ACME = {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}


def test_behind_a_front_that_resets_each_connection_on_its_second_use_all_goes_well(front):
    behind = front(ResetsOnSecondUse)

    assert [behind.one(**ACME, tags=tags)["action"] for tags in (["crm"], ["eu"])] == ["created", "updated"]
    assert behind.one(name="acme", state="absent")["action"] == "deleted"
    assert behind.writes() == ["POST", "PATCH", "DELETE"]


def test_what_a_lost_creation_made_is_looked_up_over_a_fresh_connection(front):
    behind = front(LosesTheFirst)

    assert behind.one(**ACME)["action"] == "recovered"
    assert behind.writes() == ["POST"]


@pytest.mark.parametrize("status", ["100 Continue", "102 Processing", "103 Early Hints", "199 Wait"])
def test_an_interim_answer_before_that_to_a_creation_changes_nothing(front, status):
    interim = f"HTTP/1.1 {status}\r\nLink: </style.css>\r\n\r\n".encode()
    behind = front(AnswersTheFirst, lambda answer: interim + answer)

    assert behind.one(**ACME)["action"] == "created"
    assert behind.writes() == ["POST"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("202 Accepted", b""),
        ("299 Odd", b'{"message": "odd"}'),
        ("303 See Other", b"<html>"),
        ("408 Request Timeout", b"<html>"),
        ("499 Closed", b""),
        ("522 Odd", b"<html>"),
        ("600 Odd", b'{"message": "odd"}'),
    ],
)
def test_a_create_that_was_carried_out_is_recovered_after_any_odd_status(front, status, body):
    behind = front(AnswersTheFirst, lambda answer: http(body, status))

    assert behind.one(**ACME)["action"] == "recovered"
    assert behind.writes() == ["POST"]


def test_a_network_that_is_lost_while_verifying_is_not_blamed_on_the_account(front):
    failed = front(BreaksOnTheProof).one(**ACME, verify=True, on_verify_failure="delete")

    assert failed["error"]["state"] == "partial"
    assert "could not be tried: the connection was lost before its answer" in failed["error"]["message"]
    assert (
        "this says nothing about the Freshdesk account; run again; done before that: created"
        in failed["error"]["message"]
    )
