# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine and the simulated platform in one process, in simulated time: nothing waits, every run is repeatable.

``Simulation`` is a platform with a clock, and runs the engine on it. ``Adapter`` stands where the network would be.
``Turns`` lets several controllers work on one platform at a time, in an order that the caller chooses.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from simulator import Answer, Platform

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _session, _transport
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._engine import Engine
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._entries import desired_entries
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import Desired, desired_from
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula import FormulaJob
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_fields import (
    FormulaDesired,
    formula_desired_from,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._job import AnyJob
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import (
    ENTRY_SPEC,
    FORMULA_SPEC,
    Connection,
    RunOptions,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._results import outcome
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import Transport

START = 1_502_131_598.75
"""When simulated time begins: 2017-08-07T18:46:38Z and a bit."""
NO_AUTHORITIES = str(Path(__file__).parent)
"""A folder without certificates. No TLS is spoken here, and reading the usual ones takes 20 ms a transport."""
CONNECTION = Connection(
    base_url="https://platform.example/elements/api-v2",
    user_secret="user/secret+of=one",
    organization_secret="organization/secret+of=acme",
    validate_certs=True,
    ca_path=NO_AUTHORITIES,
    timeout=60,
    retry_timeout=300,
    element="freshdeskv2",
)


class Clock(_transport.Clock):
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = START
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += max(0.0, seconds)

    def jitter(self) -> float:
        return 1.0

    def turn(self) -> None:
        """A point at which another controller may come first; alone there is none."""


class Undeclared(BaseException):
    """A request that the vendor does not declare. No part of the engine may take it for a failure of the platform."""


class Adapter(HTTPAdapter):
    """Hands requests to a platform in this process, and its answers back as the network would, however they end.

    A server that is down (``down``) refuses connections. ``before`` is called with each request before it is sent.
    """

    def __init__(self, platform: Platform, clock: _transport.Clock) -> None:
        super().__init__(max_retries=0)
        self.platform = platform
        self.clock = clock
        self.down = False
        self.before: Callable[[requests.PreparedRequest], None] = lambda request: None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        if isinstance(self.clock, Clock):
            self.clock.turn()
        self.before(request)
        if self.down:
            raise requests.exceptions.ConnectionError(
                urllib3.exceptions.NewConnectionError(None, "Connection refused"),  # type: ignore[arg-type]
                request=request,
            )
        parts = urlsplit(str(request.url))
        body = request.body if isinstance(request.body, bytes) else b""
        pending = self.platform.begin(str(request.method), unquote(parts.path), parts.query, request.headers, body)
        if self.platform.undeclared():
            raise Undeclared(self.platform.undeclared())
        if timeout is not None and pending.delay > timeout:
            self.platform.abandon(pending)
            raise self._silent(request, timeout)
        if pending.delay:
            self.clock.sleep(pending.delay)
        return self._delivered(request, self.platform.finish(pending), timeout)

    def _silent(self, request: requests.PreparedRequest, seconds: float) -> Exception:
        self.clock.sleep(seconds)
        return requests.exceptions.ReadTimeout("Read timed out.", request=request)

    def _delivered(self, request: requests.PreparedRequest, answer: Answer, timeout: float | None) -> requests.Response:
        if answer.ending == "hang" and (answer.seconds is None or (timeout is not None and answer.seconds > timeout)):
            assert timeout is not None, "this would hang for ever"
            raise self._silent(request, timeout)
        if answer.ending in ("hang", "drop"):
            self.clock.sleep(answer.seconds or 0.0)
            closed = RemoteDisconnected("Remote end closed connection without response")
            lost = urllib3.exceptions.ProtocolError("Connection aborted.", closed)
            raise requests.exceptions.ConnectionError(lost, request=request)
        length = len(answer.body) if answer.length is None else answer.length
        source: io.RawIOBase | io.BytesIO = io.BytesIO(answer.body)
        if answer.ending == "drip":
            source = _Dripping(answer.body, self.clock, timeout)
        elif answer.ending == "huge":
            source = _Endless(answer.body, length)
        response = urllib3.HTTPResponse(
            body=source,
            status=answer.status,
            headers={**answer.headers, "content-length": str(length)},
            preload_content=False,
            request_method=request.method,
            enforce_content_length=True,
        )
        return self.build_response(request, response)


class _Dripping(io.RawIOBase):
    """A body of which a byte comes each second, as long as the timeout allows."""

    def __init__(self, body: bytes, clock: _transport.Clock, timeout: float | None) -> None:
        self._rest = io.BytesIO(body)
        self._clock = clock
        self._deadline = math.inf if timeout is None else clock.now() + timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._clock.sleep(1)
        if self._clock.now() > self._deadline:
            raise TimeoutError("timed out")
        return self._rest.readinto(memoryview(buffer)[:1])


class _Endless(io.RawIOBase):
    """A body that is filled up with blanks to the length announced."""

    def __init__(self, body: bytes, length: int) -> None:
        self._rest = io.BytesIO(body)
        self._missing = length - len(body)

    def read(self, size: int | None = -1) -> bytes:
        wanted = 65_536 if size is None or size < 0 else size
        piece = self._rest.read(wanted)
        if not piece:
            piece = b" " * min(wanted, self._missing)
            self._missing -= len(piece)
        return piece


class Simulation:
    """A platform on a clock, and the engine at work on it. ``changes`` are those of the connection."""

    def __init__(self, clock: _transport.Clock | None = None, **changes: Any) -> None:
        self.clock = clock or Clock()
        self.platform = Platform(self.clock.wall)
        self.connection = replace(CONNECTION, **changes)

    def transport(self, *, read_only: bool = False, clock: _transport.Clock | None = None, **changes: Any) -> Transport:
        """A transport whose network is this process."""
        return self.connect(replace(self.connection, **changes), read_only=read_only, clock=clock)

    def connect(
        self,
        connection: Connection,
        *,
        read_only: bool,
        workers: int = 1,
        clock: _transport.Clock | None = None,
        session: _session.Session | None = None,
    ) -> Transport:
        """The same for a connection from elsewhere; can stand for the class Transport."""
        clock = clock or self.clock
        transport = Transport(connection, read_only=read_only, workers=workers, clock=clock, session=session)
        transport.session.adapter = Adapter(self.platform, clock)
        return transport

    def fleet(
        self,
        entries: Sequence[Mapping[str, Any]],
        *,
        check: bool = False,
        clock: _transport.Clock | None = None,
        progress: Callable[[AnyJob], None] = lambda tenant: None,
        idle: Callable[[], None] = lambda: None,
        connection: Mapping[str, Any] | None = None,
        before: Callable[[requests.PreparedRequest], None] | None = None,
        **orders: Any,
    ) -> Engine:
        """A fleet of these entries, not yet run."""
        transport = self.transport(read_only=check, clock=clock, **(connection or {}))
        if before is not None:
            adapter_of(transport).before = before
        wanted = [desired(check=check, **entry) for entry in entries]
        return Engine(transport, wanted, RunOptions(**orders), progress, idle)

    def run(self, entries: Sequence[Mapping[str, Any]], **how: Any) -> Engine:
        """A fleet of these entries, run."""
        fleet = self.fleet(entries, **how)
        fleet.run()
        return fleet

    def one(
        self,
        *,
        check: bool = False,
        clock: _transport.Clock | None = None,
        connection: Mapping[str, Any] | None = None,
        before: Callable[[requests.PreparedRequest], None] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """What C(instance) results in, with the warnings; ``error`` is None where it did not fail."""
        fleet = self.run([options], check=check, clock=clock, connection=connection, before=before)
        return result(fleet.tenants[0])

    def formula(
        self,
        *,
        check: bool = False,
        clock: _transport.Clock | None = None,
        connection: Mapping[str, Any] | None = None,
        before: Callable[[requests.PreparedRequest], None] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """What C(formula_instance) results in, with the warnings; ``error`` is None where it did not fail."""
        transport = self.transport(read_only=check, clock=clock, **(connection or {}))
        if before is not None:
            adapter_of(transport).before = before
        wanted = formula_desired(check=check, **options)
        engine = Engine(transport, [wanted], RunOptions(), kind=FormulaJob)
        engine.run()
        return result_of(engine.tenants[0])

    # What became of the platform

    def names(self) -> list[str]:
        """The names of all instances, sorted: one that is there twice stands there twice."""
        return sorted(instance["name"] for instance in self.platform.instances())

    def the(self, name: str) -> dict[str, Any]:
        """The one instance of that name, as it is stored."""
        (instance,) = (instance for instance in self.platform.instances() if instance["name"] == name)
        return instance

    def calls(self) -> list[str]:
        """All requests so far, such as ``GET /instances/{id}``, in their order."""
        return [f"{record['verb']} {record['template']}" for record in self.platform.requests()]

    def writes(self) -> list[str]:
        """The requests of them that could write."""
        return [call for call in self.calls() if not call.startswith("GET ")]


def adapter_of(transport: Transport) -> Adapter:
    """The network of a transport that a simulation made."""
    adapter = transport.session.adapter
    assert isinstance(adapter, Adapter)
    return adapter


def desired(*, check: bool = False, formulas: Sequence[Mapping[str, Any]] = (), **options: Any) -> Desired:
    """Options as a user writes them, checked as the modules do it."""
    if formulas:
        return desired_entries([{**options, "formulas": formulas}], check_mode=check)[0]
    unknown = set(options) - set(ENTRY_SPEC)
    assert not unknown, f"no such options: {unknown}"
    params = {name: options.get(name, spec.get("default")) for name, spec in ENTRY_SPEC.items()}
    return desired_from(params, check_mode=check)


def formula_desired(*, check: bool = False, **options: Any) -> FormulaDesired:
    """Options of a formula instance as a user writes them, checked as the module does it."""
    unknown = set(options) - set(FORMULA_SPEC)
    assert not unknown, f"no such options: {unknown}"
    params = {name: options.get(name, spec.get("default")) for name, spec in FORMULA_SPEC.items()}
    return formula_desired_from(params, check_mode=check)


def result_of(job: AnyJob) -> dict[str, Any]:
    """What became of a resource, with its error and its warnings."""
    return {
        **outcome(job),
        "error": job.error.as_dict() if job.error is not None else None,
        "warnings": list(job.warnings),
    }


def result(tenant: AnyJob) -> dict[str, Any]:
    """The same of a tenant, with its token."""
    return {**result_of(tenant), "token": tenant.live.token if tenant.live is not None else None}


# --- several controllers ----------------------------------------------------------------------------------------------


class _Controller(Clock):
    """The clock of one controller among several: sleeping, and each request, hands the turn to another."""

    def __init__(self, turns: Turns, number: int) -> None:
        super().__init__()
        self._turns = turns
        self.number = number
        self.wake = START
        self.go = threading.Semaphore(0)
        self.outcome: Any = None
        self.error: BaseException | None = None
        self.finished = False

    def now(self) -> float:
        return self._turns.time

    wall = now

    def sleep(self, seconds: float) -> None:
        self.wake = self._turns.time + max(0.0, seconds)
        self._turns.back.release()
        self.go.acquire()

    def turn(self) -> None:
        self.sleep(0.0)

    def work(self, step: Callable[[Clock], Any]) -> None:
        self.go.acquire()
        try:
            self.outcome = step(self)
        except BaseException as error:
            self.error = error
        self.finished = True
        self._turns.back.release()


class Turns:
    """Several controllers at work at a time, of which one runs at a time; ``choose`` answers which of n goes on.

    It is asked before each request and at each end of a sleep. Time passes only where all sleep.
    """

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.time = START
        self.back = threading.Semaphore(0)
        self._choose = choose

    def wall(self) -> float:
        """The time that all share, for the platform."""
        return self.time

    def run(self, *steps: Callable[[Clock], Any]) -> list[Any]:
        """What the steps answer, each called with a clock of its own. Raises the first error of theirs."""
        controllers = [_Controller(self, number) for number in range(len(steps))]
        for controller, step in zip(controllers, steps, strict=True):
            threading.Thread(target=controller.work, args=(step,), daemon=True).start()
        going = list(controllers)
        while going:
            self.time = max(self.time, min(controller.wake for controller in going))
            ready = [controller for controller in going if controller.wake <= self.time]
            controller = ready[self._choose(len(ready)) if len(ready) > 1 else 0]
            controller.go.release()
            self.back.acquire()
            going = [controller for controller in going if not controller.finished]
        for controller in controllers:
            if controller.error is not None:
                raise controller.error
        return [controller.outcome for controller in controllers]


class Race(Simulation):
    """A simulation whose time is that of several controllers in turns."""

    def __init__(
        self, choose: Callable[[int], int], prepare: Callable[[Simulation], None] | None = None, **changes: Any
    ) -> None:
        self.turns = Turns(choose)
        super().__init__(**changes)
        self.platform = Platform(self.turns.wall)
        if prepare is not None:
            prepare(self)

    def together(self, *steps: Callable[[Clock], Any]) -> list[Any]:
        """Runs the steps side by side; each gets the clock to hand to ``one``, ``run`` or ``transport``."""
        return self.turns.run(*steps)


def _choose(prefix: list[int], taken: list[tuple[int, int]], count: int) -> int:
    index = prefix[len(taken)] if len(taken) < len(prefix) else 0
    taken.append((index, count))
    return index


def every_order() -> Iterator[Callable[[int], int]]:
    """One chooser for each possible order of events, until all have been seen: use each for exactly one race."""
    prefix: list[int] = []
    while True:
        taken: list[tuple[int, int]] = []
        yield partial(_choose, prefix, taken)
        while taken and taken[-1][0] + 1 == taken[-1][1]:
            taken.pop()
        if not taken:
            return
        prefix = [index for index, _count in taken[:-1]] + [taken[-1][0] + 1]
