# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own, its control endpoints, and what Ansible needs to work on it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

SIMULATOR = Path(__file__).resolve().parent.parent / "simulator"
SECRETS = {
    "CLOUDELEMENTS_USER_SECRET": "user/secret+of=one",
    "CLOUDELEMENTS_ORGANIZATION_SECRET": "organization/secret+of=acme",
}


@contextlib.contextmanager
def simulator(*options: str) -> Iterator[str]:
    """The platform as a process of its own, started with these options: yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder, "address")
        command = [sys.executable, SIMULATOR, "--port", "0", "--address-file", address, *options]
        with subprocess.Popen(command) as process:
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


def environment(address: str) -> dict[str, str]:
    """What a command of Ansible needs to work on it. The Python that runs this is the one that has Ansible."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    return {**os.environ, **quiet, **SECRETS, "PATH": path, "CLOUDELEMENTS_BASE_URL": address}
