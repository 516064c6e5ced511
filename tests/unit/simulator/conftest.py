# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the simulated platform share: a platform on a clock of their own, and clients of its users."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from simulator import Answer, Pending, Platform

SIMULATOR = Path(__file__).resolve().parents[2] / "simulator"
ORGANIZATION = "organization/secret+of=acme"


class Clock:
    """A clock that stands still until it is reported to move."""

    def __init__(self) -> None:
        self.now = 1_502_131_598.75  # 2017-08-07T18:46:38Z and a bit

    def __call__(self) -> float:
        return self.now


class Client:
    """Speaks to a platform in this process as one of its users."""

    def __init__(self, platform: Platform, user_secret: str, organization_secret: str = ORGANIZATION) -> None:
        self.platform = platform
        self.user_secret = user_secret
        self.authorization = f"User {user_secret}, Organization {organization_secret}"

    def call(self, verb: str, path: str, document: Any = None, **query: Any) -> Answer:
        """One request, answered."""
        return self.platform.finish(self.begin(verb, path, document, **query))

    def begin(self, verb: str, path: str, document: Any = None, **query: Any) -> Pending:
        """One request, taken in by the platform but not yet worked off."""
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        body = b"" if document is None else json.dumps(document).encode()
        return self.platform.begin(verb, f"/elements/api-v2{path}", urlencode(query, doseq=True), headers, body)

    def with_token(self, token: str) -> Client:
        """The same user, for element calls with the token of an instance."""
        client = Client(self.platform, self.user_secret)
        client.authorization = f"User {self.user_secret}, Element {token}"
        return client

    @staticmethod
    def body(name: str = "acme", configuration: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """The body of a create."""
        wanted = {"subdomain": name, "username": f"key-of-{name}", **(configuration or {})}
        return {"element": {"key": "freshdeskv2"}, "name": name, "configuration": wanted, **more}

    def create(self, name: str = "acme", **more: Any) -> dict[str, Any]:
        """An instance, created as the vendor's page says."""
        answer = self.call("POST", "/instances", self.body(name, **more))
        assert answer.status == 200, answer.body
        return dict(answer.json())


class Server:
    """A simulator in a process of its own, which prints its address when it is ready."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, str(SIMULATOR), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.base = f"{self.address}/elements/api-v2"
        self.headers = {"Authorization": f"User user/secret+of=one, Organization {ORGANIZATION}"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(clock: Clock) -> Platform:
    return Platform(clock)


@pytest.fixture
def one(platform: Platform) -> Client:
    return Client(platform, "user/secret+of=one")


@pytest.fixture
def two(platform: Platform) -> Client:
    return Client(platform, "user/secret+of=two")


@pytest.fixture
def admin(platform: Platform) -> Client:
    return Client(platform, "user/secret+of=admin")


@pytest.fixture
def stranger(platform: Platform) -> Client:
    """A client whose secrets nobody knows."""
    return Client(platform, "user/secret+of=nobody")


@pytest.fixture
def reader(platform: Platform) -> Client:
    """A user who may read and nothing else."""
    user = {"id": 9100, "user_secret": "user/secret+of=reader", "organization_secret": ORGANIZATION}
    platform.users([{**user, "privileges": ["read"]}])
    return Client(platform, "user/secret+of=reader")


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    server = Server()
    yield server
    server.process.terminate()
    assert server.process.wait(5) == 0


@pytest.fixture
def server(running: Server) -> Server:
    """The running simulator, as new."""
    requests.post(f"{running.address}/control/reset", timeout=5).raise_for_status()
    return running


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A simulator that the test may end."""
    server = Server()
    yield server
    server.process.kill()
    server.process.wait()
