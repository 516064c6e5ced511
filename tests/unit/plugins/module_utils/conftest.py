# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the lower layers share: simulated time, a server whose every byte is scripted, the simulated platform."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import simulator
from support.wire import Reply, Wire, http

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _errors, _fields, _options, _transport

USER_SECRET = "user/secret+of=one"
ORGANIZATION_SECRET = "organization/secret+of=acme"


class FakeClock(_transport.Clock):
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return 1_786_000_000.0 + self.time

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds

    def jitter(self) -> float:
        return 1.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def reply() -> Callable[..., bytes]:
    """Makes an answer as it stands on the wire."""
    return http


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    """Starts scripted servers, and ends them after the test."""
    started: list[Wire] = []

    def start(*replies: Reply, tls: ssl.SSLContext | None = None) -> Wire:
        started.append(Wire(*(replies or (http(),)), tls=tls))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def connection() -> Callable[..., _options.Connection]:
    """A checked connection, with some options set differently."""

    def make(**options: Any) -> _options.Connection:
        return _options.Connection.from_params({**connection_params(), **options})

    return make


def connection_params() -> dict[str, Any]:
    """The options of a connection as a module has them where only the secrets are set."""
    params = {name: spec.get("default") for name, spec in _options.CONNECTION_SPEC.items()}
    return {**params, "user_secret": USER_SECRET, "organization_secret": ORGANIZATION_SECRET}


@pytest.fixture
def params() -> dict[str, Any]:
    return connection_params()


class Scripted:
    """Stands for a transport: its n-th exchange ends as the n-th step says, and the last step is repeated for ever.

    A step is an answer, an error, or a pair of the seconds that it takes and one of these.
    """

    def __init__(self, connection: _options.Connection, clock: FakeClock, *steps: Any) -> None:
        self.connection = connection
        self.clock = clock
        self.session = SimpleNamespace(check=lambda: None)
        self.known_elements = {connection.element}
        self.steps = steps
        self.calls: list[_transport.Call] = []
        self.timeouts: list[float] = []

    def exchange(self, call: _transport.Call, timeout: float) -> _transport.Answer:
        step = self.steps[min(len(self.calls), len(self.steps) - 1)]
        self.calls.append(call)
        self.timeouts.append(timeout)
        took, step = step if isinstance(step, tuple) else (0.0, step)
        self.clock.time += min(took, timeout)
        if isinstance(step, type):
            raise step("it broke")
        assert isinstance(step, _transport.Answer)
        return step


def answered(status: int = 200, data: Any = _transport.NOT_JSON, **headers: str) -> _transport.Answer:
    """An answer as the transport hands it up."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return _transport.Answer(status, data, named, named.get("elements-request-id"))


@pytest.fixture
def answer() -> Callable[..., _transport.Answer]:
    return answered


@pytest.fixture
def scripted(connection: Callable[..., _options.Connection], clock: FakeClock) -> Callable[..., Scripted]:
    """Makes a transport whose exchanges are scripted."""

    def make(*steps: Any, **options: Any) -> Scripted:
        return Scripted(connection(**options), clock, *steps)

    return make


class SimulatedTransport(_transport.Transport):
    """Speaks to a simulated platform in this process, on simulated time."""

    def __init__(
        self, connection: _options.Connection, world: simulator.Platform, clock: FakeClock, *, read_only: bool = False
    ) -> None:
        super().__init__(connection, read_only=read_only, clock=clock)
        self.world = world

    def exchange(self, call: _transport.Call, timeout: float) -> _transport.Answer:
        assert not (self.read_only and call.verb != "GET"), "a dry run wrote"
        body = b"" if call.body is None else _transport.json.dumps(call.body).encode()
        headers = {"Authorization": self._authorization(call), "Content-Type": "application/json"}
        path = f"{_options.API_PATH}{call.path}"
        seen = self.world.handle(call.verb, path, urlencode(call.query), headers, body)
        assert not self.world.undeclared()
        self.clock.sleep(seen.latency)
        if seen.ending in ("drop", "hang", "truncate"):
            raise _errors.AnswerLost("the connection was lost before its answer")
        named: Mapping[str, str] = {name.lower(): value for name, value in seen.headers.items()}
        return _transport.Answer(seen.status, _transport._parsed(seen.body), named, named.get("elements-request-id"))


@pytest.fixture
def world(clock: FakeClock) -> simulator.Platform:
    """A simulated platform, empty, on the test's clock."""
    return simulator.Platform(clock.wall)


@pytest.fixture
def simulated(
    connection: Callable[..., _options.Connection], world: simulator.Platform, clock: FakeClock
) -> Callable[..., SimulatedTransport]:
    """Makes transports to the simulated platform."""

    def make(*, read_only: bool = False, **options: Any) -> SimulatedTransport:
        return SimulatedTransport(connection(**options), world, clock, read_only=read_only)

    return make


@pytest.fixture
def desired() -> Callable[..., _fields.Desired]:
    """Checks the options of one instance as a module does."""

    def make(*, check_mode: bool = False, **options: Any) -> _fields.Desired:
        params = {name: spec.get("default") for name, spec in _options.INSTANCE_SPEC.items()}
        return _fields.desired_from({**params, "name": "acme", **options}, check_mode=check_mode)

    return make
