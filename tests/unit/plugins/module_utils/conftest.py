# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the lower layers share: simulated time, a server whose every byte is scripted, the simulated platform."""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import simulator
from support.in_process import NO_AUTHORITIES, Clock, Simulation
from support.wire import Reply, Wire, http

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _fields, _options, _transport

USER_SECRET = "user/secret+of=one"
ORGANIZATION_SECRET = "organization/secret+of=acme"


@pytest.fixture
def simulation() -> Simulation:
    """The simulated platform, empty, and its clock."""
    return Simulation()


@pytest.fixture
def clock(simulation: Simulation) -> Clock:
    """Time that passes only where somebody sleeps."""
    assert isinstance(simulation.clock, Clock)
    simulation.clock.time = math.ceil(simulation.clock.time)  # dates in headers have whole seconds
    return simulation.clock


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


class Scripted(_transport.Transport):
    """A transport without a network: its n-th exchange ends as the n-th step says, and the last step is repeated for ever.

    A step is an answer, an error, or a pair of the seconds that it takes and one of these.
    """

    def __init__(self, connection: _options.Connection, clock: Clock, *steps: Any) -> None:
        session: Any = SimpleNamespace(check=lambda: None)
        super().__init__(connection, read_only=False, clock=clock, session=session)
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
def scripted(connection: Callable[..., _options.Connection], clock: Clock) -> Callable[..., Scripted]:
    """Makes a transport whose exchanges are scripted."""

    def make(*steps: Any, **options: Any) -> Scripted:
        return Scripted(connection(**options), clock, *steps)

    return make


@pytest.fixture
def world(simulation: Simulation) -> simulator.Platform:
    """The simulated platform, empty, on the test's clock."""
    return simulation.platform


@pytest.fixture
def simulated(
    connection: Callable[..., _options.Connection], simulation: Simulation
) -> Callable[..., _transport.Transport]:
    """Makes transports to the simulated platform."""

    def make(*, read_only: bool = False, **options: Any) -> _transport.Transport:
        return simulation.connect(connection(ca_path=NO_AUTHORITIES, **options), read_only=read_only)

    return make


@pytest.fixture
def desired() -> Callable[..., _fields.Desired]:
    """Checks the options of one instance as a module does."""

    def make(*, check_mode: bool = False, **options: Any) -> _fields.Desired:
        params = {name: spec.get("default") for name, spec in _options.INSTANCE_SPEC.items()}
        return _fields.desired_from({**params, "name": "acme", **options}, check_mode=check_mode)

    return make
