# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the simulated platform can serve, so that no benchmark of the collection measures the simulator.

The client shares the machine with the server, so the figure that counts is requests per second of the server's own CPU
time: what one core would serve that had nothing else to do.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

SIMULATOR = Path(__file__).resolve().parent.parent / "simulator"
AUTHORIZATION = "User user/secret+of=one, Organization organization/secret+of=acme"
FULL_PAGE = 200


def request(verb: str, path: str, body: str = "") -> bytes:
    """The bytes of one request."""
    lines = [f"{verb} {path} HTTP/1.1", "Host: simulator", f"Authorization: {AUTHORIZATION}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body]).encode()


def create(number: int) -> bytes:
    """A create as the collection sends it."""
    body = (
        f'{{"element":{{"key":"freshdeskv2"}},"name":"tenant-{number}","tags":["crm"],'
        f'"configuration":{{"subdomain":"tenant-{number}","username":"key-of-{number}","filter.response.nulls":true}}}}'
    )
    return request("POST", "/elements/api-v2/instances", body)


def page(_number: int) -> bytes:
    """The first page of the list, full."""
    return request("GET", f"/elements/api-v2/instances?pageSize={FULL_PAGE}&hydrate=true")


def exchange(connection: socket.socket, sent: bytes) -> int:
    """Send a request, read the whole answer, and say how many bytes its body had."""
    connection.sendall(sent)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1 << 20)
    head, _blank, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"unexpected answer: {head[:80]!r}")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    missing = length - len(body)
    while missing:
        missing -= len(connection.recv(1 << 20))
    return length


def cpu_seconds(process: int) -> float:
    """The CPU time that a process has used, in user and system mode."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(title: str, process: int, port: int, total: int, workers: int, make: Callable[[int], bytes]) -> None:
    """Send requests over several connections at once and print the rates."""

    def work(first: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            sizes.extend(exchange(connection, make(number)) for number in range(first, total, workers))

    sizes: list[int] = []
    threads = [threading.Thread(target=work, args=(first,)) for first in range(workers)]
    cpu, wall = cpu_seconds(process), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu, wall = cpu_seconds(process) - cpu, time.perf_counter() - wall
    print(
        f"{title:<34} {len(sizes):>6} requests of {sum(sizes) / len(sizes):>9,.0f} bytes: "
        f"{len(sizes) / wall:>8,.0f} a second here, {len(sizes) / cpu:>8,.0f} a second of server CPU"
    )


def main() -> None:
    """Start a simulator, measure it, end it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--creates", type=int, default=20_000)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    with subprocess.Popen([sys.executable, str(SIMULATOR)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(":")[2])
        try:
            measure("create", server.pid, port, options.creates, options.workers, create)
            measure(f"full page of {options.creates}", server.pid, port, options.pages, options.workers, page)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
