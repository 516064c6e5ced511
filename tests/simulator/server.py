# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated platform on a socket: turns requests into calls, and answers, however they end, into bytes."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.answers import Answer
from simulator.control import PREFIX, control
from simulator.events import Delivery
from simulator.service import BASE, Platform
from simulator.settings import Settings
from simulator.store import DEFAULT_ORGANIZATION, DEFAULT_USERS

FILLER = b" " * 65_536
KEEP_ALIVE = 75  # seconds; the short default would drop pooled connections where a test wants no fault


class Protocol(HttpToolsProtocol):
    """Hands each request its transport, so that an answer can end by closing it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class Server(uvicorn.Server):
    """Tells its address once it accepts connections, and sends the platform's callbacks."""

    def __init__(self, config: uvicorn.Config, platform: Platform, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._platform = platform
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._callbacks = asyncio.create_task(self._call_back())
        self._ready()

    async def _call_back(self) -> None:
        while True:
            for delivery in self._platform.due():
                self._platform.delivered(delivery, await asyncio.to_thread(_posted, delivery))
            await asyncio.sleep(0.1)


def _posted(delivery: Delivery) -> int | None:
    """The status that answers a callback; None where nobody does. No proxy is asked: receivers are on this machine."""
    request = urllib.request.Request(delivery.url, delivery.body, delivery.headers, method="POST")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except (OSError, ValueError, http.client.HTTPException):
        return None


def application(platform: Platform) -> ASGIApp:
    """The platform, and its control endpoints beside it."""

    async def serve_platform(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        query = scope["query_string"].decode("latin-1")
        pending = platform.begin(scope["method"], scope["path"], query, request.headers, body)
        # A client that leaves meanwhile cancels nothing: the work is done in finish().
        if pending.delay:
            await asyncio.sleep(pending.delay)
        await _deliver(platform.finish(pending), scope, receive, send)

    async def serve_control(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await _deliver(control(platform, scope["method"], scope["path"], body), scope, receive, send)

    return Starlette(routes=[Mount(PREFIX, app=serve_control), Mount("", app=serve_platform)])


async def _deliver(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Put an answer on the wire, to whichever end it has."""
    transport: asyncio.Transport = scope["state"]["transport"]
    if answer.ending in ("drop", "hang"):
        if answer.ending == "hang":
            await _until_gone(receive, answer.seconds)
        transport.close()
        await _until_gone(receive)
        return
    length = len(answer.body) if answer.length is None else answer.length
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    headers.append((b"content-length", b"%d" % length))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.ending == "complete":
        await send({"type": "http.response.body", "body": answer.body})
    elif answer.ending == "drip":
        await _drip(answer.body, transport, send)
        await send({"type": "http.response.body"})
    else:
        await send({"type": "http.response.body", "body": answer.body, "more_body": True})
        if answer.ending == "huge":
            await _fill(length - len(answer.body), transport, send)
        transport.close()
        await _until_gone(receive)


async def _until_gone(receive: Receive, seconds: float | None = None) -> None:
    """Wait until the connection is closed, by either side, or until the time is over."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(gone(), seconds)


async def _drip(body: bytes, transport: asyncio.Transport, send: Send) -> None:
    for index in range(len(body)):
        if transport.is_closing():
            return
        await send({"type": "http.response.body", "body": body[index : index + 1], "more_body": True})
        await asyncio.sleep(1)


async def _fill(missing: int, transport: asyncio.Transport, send: Send) -> None:
    while missing > 0 and not transport.is_closing():
        await send({"type": "http.response.body", "body": FILLER[:missing], "more_body": True})
        missing -= len(FILLER)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    users = "\n".join(f"  {user['user_secret']:<24} {user['email']}" for user in DEFAULT_USERS)
    switches = "\n".join(f"  {name:<24} {orjson.dumps(value).decode()}" for name, value in Settings().shown().items())
    parser = argparse.ArgumentParser(
        prog="python tests/simulator",
        description="Simulates the Cloud Elements platform until it is sent SIGTERM or SIGINT.",
        epilog=f"API below {BASE}, control endpoints below {PREFIX}.\n\n"
        f"organization secret:\n  {DEFAULT_ORGANIZATION}\nuser secrets:\n{users}\n\n"
        f"settings and their defaults:\n{switches}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument(
        "--address-file", type=Path, help="write the address there, not on stdout, once connections are accepted"
    )
    parser.add_argument(
        "--setting", action="append", default=[], metavar="NAME=VALUE", help="a setting, its value as JSON or text"
    )
    parser.add_argument(
        "--latency", action="append", default=[], metavar="OPERATION=SECONDS", help="for example create=0.2"
    )
    parser.add_argument(
        "--account",
        action="append",
        default=[],
        metavar="SUBDOMAIN=KEY",
        help="a Freshdesk account and its right API key",
    )
    parser.add_argument(
        "--certificate", type=Path, help="serve https:// with the certificate and the key in this PEM file"
    )
    return parser


def prepared(options: argparse.Namespace) -> Platform:
    """A platform with the settings and accounts of the command line."""
    platform = Platform()
    for name, _equals, value in (text.partition("=") for text in options.setting):
        platform.settings({name: _value(value)})
    platform.settings(
        {"latency": {name: float(value) for name, _equals, value in (text.partition("=") for text in options.latency)}}
    )
    platform.accounts({name: key for name, _equals, key in (text.partition("=") for text in options.account)})
    return platform


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _announce(address: str, file: Path | None) -> None:
    if file is None:
        print(address, flush=True)
        return
    # Who waits for the file must never read half an address.
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(f"{address}\n", encoding="ascii")
    unfinished.replace(file)


def main() -> int:
    """Serve until a signal ends it."""
    parser = arguments()
    options = parser.parse_args()
    try:
        platform = prepared(options)
    except ValueError as problem:
        parser.error(str(problem))
    # uvicorn hands a signal back to the handler that was there before: this one makes it a clean end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with socket.create_server((options.host, options.port), backlog=2048) as listener:
        address = f"{'https' if options.certificate else 'http'}://{options.host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            application(platform),
            http=Protocol,
            ws="none",
            loop="uvloop",
            lifespan="off",
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            ssl_certfile=options.certificate,
            timeout_graceful_shutdown=0,  # requests that hang on purpose must not hold up the end
        )
        Server(config, platform, lambda: _announce(address, options.address_file)).run([listener])
    return 0
