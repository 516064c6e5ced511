# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the simulated platform as a process of its own that listens on a free port, and ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """In the controller's process: each target starts it, and five modules in its place cost seconds."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        folder = Path(self._task.args["folder"])
        if self._task.args["state"] == "ended":
            os.kill(int((folder / "pid").read_text()), signal.SIGTERM)
        else:
            _start(folder, self._task.args["source"], self._task.args["arguments"])
        return result


def _start(folder: Path, source: str, arguments: list[str]) -> None:
    """Starts it, writes down its process and its address, and returns once it takes connections."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "address").unlink(missing_ok=True)
    # It ends itself, should nobody end it.
    command = ["timeout", "1h", sys.executable, source, "--port", "0", "--address-file", "address", *arguments]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    (folder / "pid").write_text(str(process.pid))
    end = time.monotonic() + 60
    while not (folder / "address").exists():
        if process.poll() is not None or time.monotonic() > end:
            raise AnsibleActionFail(f"The simulator did not start: {(folder / 'log').read_text()}")
        time.sleep(0.05)
