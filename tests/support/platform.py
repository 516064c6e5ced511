# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own, and its control endpoints."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

SIMULATOR = Path(__file__).resolve().parent.parent / "simulator"


@contextlib.contextmanager
def simulator() -> Iterator[str]:
    """The platform as a process of its own: yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder, "address")
        with subprocess.Popen([sys.executable, SIMULATOR, "--port", "0", "--address-file", address]) as process:
            try:
                while not address.exists():
                    if process.poll() is not None:
                        raise RuntimeError("the simulator did not start")
                    time.sleep(0.05)
                yield address.read_text(encoding="ascii").strip()
            finally:
                process.terminate()


def control(address: str, path: str, body: object = None, verb: str | None = None) -> Any:
    """Asks the simulator itself, beside the platform that it plays."""
    verb = verb or ("GET" if body is None else "POST")
    answer = requests.request(verb, f"{address}/control/{path}", json=body, timeout=10)
    answer.raise_for_status()
    return answer.json()
