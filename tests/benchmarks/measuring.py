# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands against a simulated platform as whole processes, and measures what they cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
SIMULATOR = HERE.parent / "simulator"
FULL_PAGE = 200
BETWEEN_SAMPLES = 0.1
USER_SECRET = "user/secret+of=one"
ORGANIZATION_SECRET = "organization/secret+of=acme"
SETTINGS = {
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_NOCOLOR": "1",
    "CLOUDELEMENTS_USER_SECRET": USER_SECRET,
    "CLOUDELEMENTS_ORGANIZATION_SECRET": ORGANIZATION_SECRET,
}


@dataclass(frozen=True)
class Figures:
    """What one run cost: seconds, bytes, and requests by verb and path template."""

    wall: float
    cpu: float
    memory: int
    requests: dict[str, int]
    most_at_once: int
    refused: int

    @property
    def sent(self) -> int:
        """All requests."""
        return sum(self.requests.values())

    @property
    def writes(self) -> int:
        """All requests but reads."""
        return sum(count for call, count in self.requests.items() if not call.startswith("GET "))

    @property
    def lists(self) -> int:
        """Requests for a page of the list."""
        return sum(count for call, count in self.requests.items() if call.startswith("GET ") and "{id}" not in call)


class SimulatedPlatform:
    """The simulator in a process of its own, for as long as the context lasts."""

    def __enter__(self) -> SimulatedPlatform:
        self._process = subprocess.Popen([sys.executable, str(SIMULATOR)], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def prepare(self, existing: int = 0, latency: float = 0.0, **settings: Any) -> None:
        """An empty platform, then so many instances, each create taking so many seconds."""
        self._control("POST", "/reset")
        self.change(latency={"create": latency}, accounts="any", **settings)
        if existing:
            self._control("POST", "/instances", {"count": existing, "prefix": "existing-"})
            self._look_at_all()

    def change(self, **settings: Any) -> None:
        """Change settings only."""
        self._control("POST", "/settings", settings)

    def add_templates(self, templates: list[dict[str, Any]]) -> list[int]:
        """Formula templates, by their ids."""
        ids: list[int] = self._control("POST", "/formulas", templates)
        return ids

    def forget_requests(self) -> None:
        """Count from here."""
        self._control("DELETE", "/requests")

    def counts(self) -> tuple[dict[str, int], int]:
        """How many requests there were by verb and path template, and how many at once."""
        counts = self._control("GET", "/counts")
        most = counts.pop("max_concurrent_seen")
        return counts, most

    def refused(self) -> int:
        """How many requests were answered 429."""
        return sum(record["status"] == 429 for record in self._control("GET", "/requests"))

    def names(self) -> list[str]:
        """The names of all instances."""
        return [instance["name"] for instance in self._control("GET", "/instances")]

    def _look_at_all(self) -> None:
        """Have every body serialised, which the simulator does once: no run is to pay for it."""
        path = f"{self.address}/elements/api-v2/instances?pageSize={FULL_PAGE}&hydrate=true"
        credentials = {"Authorization": f"User {USER_SECRET}, Organization {ORGANIZATION_SECRET}"}
        seen, next_page = 0, ""
        while True:
            with _open(urllib.request.Request(path + next_page, headers=credentials)) as answer:
                seen += len(json.load(answer))
                if seen >= int(answer.headers["elements-total-count"]):
                    return
                next_page = f"&nextPage={quote(answer.headers['elements-next-page-token'], safe='')}"

    def _control(self, verb: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with _open(urllib.request.Request(f"{self.address}/control{path}", data=data, method=verb)) as answer:
            return json.load(answer)


def _ansible(command: str) -> str:
    return str(Path(sys.executable).with_name(f"ansible-{command}"))


def _open(request: urllib.request.Request) -> Any:
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120)


class Runner:
    """Runs commands one after the other, each in a folder of its own that is gone afterwards."""

    def __init__(self, platform: SimulatedPlatform) -> None:
        self.platform = platform

    def python(self, script: Path, *arguments: str) -> Figures:
        """A script of ours."""
        return self._measured([sys.executable, str(script), *arguments])

    def playbook(self, name: str, variables: Iterable[Path] = (), **more: Any) -> Figures:
        """A playbook, by the name of the collection's or by the path of one of ours."""
        command = [_ansible("playbook"), name]
        for path in variables:
            command += ["--extra-vars", f"@{path}"]
        if more:
            command += ["--extra-vars", json.dumps(more)]
        return self._measured(command)

    def inventory(self, source: Path) -> Figures:
        """All of an inventory, as ``ansible-inventory --list`` gives it."""
        return self._measured([_ansible("inventory"), "--inventory", str(source), "--list"])

    def _measured(self, command: Sequence[str]) -> Figures:
        self.platform.forget_requests()
        environment = {**os.environ, **SETTINGS, "CLOUDELEMENTS_BASE_URL": self.platform.address}
        with tempfile.TemporaryDirectory(prefix="freshdesk-bench-") as folder:
            output = Path(folder, "output")
            with output.open("wb") as file:
                begun = time.perf_counter()
                process = subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT)
                memory = _Memory(process.pid)
                # The usage of this child and of all that it waited for: the whole tree, and nothing else.
                _pid, status, usage = os.wait4(process.pid, 0)
                wall = time.perf_counter() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
            peak = memory.peak()
            if process.returncode:
                end = output.read_text(errors="replace")[-3000:]
                raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}:\n{end}")
        requests, most_at_once = self.platform.counts()
        return Figures(wall, usage.ru_utime + usage.ru_stime, peak, requests, most_at_once, self.platform.refused())


class _Memory:
    """Follows how much memory a process and all below it hold together: the largest sum of their proportional shares."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def peak(self) -> int:
        """Bytes. Ends the following."""
        self._over.set()
        self._thread.join()
        return self._peak

    def _follow(self) -> None:
        pause = BETWEEN_SAMPLES
        while not self._over.wait(pause):
            begun = time.perf_counter()
            self._peak = max(self._peak, sum(_share(process) for process in _tree(self._process)))
            # Looking stops what is looked at for as long: at most a fiftieth of the time goes into it.
            pause = max(BETWEEN_SAMPLES, 50 * (time.perf_counter() - begun))


def _tree(process: int) -> Iterable[int]:
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text(encoding="ascii").split():
                yield from _tree(int(child))


def _share(process: int) -> int:
    with suppress(OSError), open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0


def pages(existing: int) -> int:
    """How many pages so many instances fill; the list of none is a page too."""
    return max(1, -(-existing // FULL_PAGE))
