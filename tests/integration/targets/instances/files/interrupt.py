# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a run of ansible-playbook in the middle, runs it again, and tells what became of it in JSON.

interrupt.py SIGNAL WHOM SIMULATOR CREATES PLAYBOOK: sends the signal once so many creates have come in; to the playbook
alone, as AWX does and so that its worker may go on as an orphan, or to all of its processes. With TIMEOUT, core ends the task.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request


def creates(simulator: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{simulator}/control/requests", timeout=10) as answer:
        return sum(request["verb"] == "POST" for request in json.load(answer))


def start(playbook: str, limit: int = 0) -> subprocess.Popen[str]:
    """A run in a session of its own, whose output ends when the last of its processes has ended."""
    command = ["ansible-playbook", "--inventory", "localhost,", playbook]
    command += ["--extra-vars", f"ansible_python_interpreter={sys.executable} limit={limit}"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def main(name: str, whom: str, simulator: str, wanted: str, playbook: str) -> None:
    # A shell that starts this in the background has SIGINT ignored, which the playbook would inherit.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    first = start(playbook, limit=1 if name == "TIMEOUT" else 0)
    while creates(simulator) < int(wanted) and name != "TIMEOUT":
        if first.poll() is not None:
            sys.exit(f"It ended before {wanted} creates came in:\n{first.communicate()[0]}")
        time.sleep(0.05)
    if name != "TIMEOUT":
        (os.kill if whom == "alone" else os.killpg)(first.pid, getattr(signal, name))
    first.wait()
    ended = creates(simulator)
    time.sleep(1)  # longer than a few creates take
    before = creates(simulator)
    second = start(playbook)
    output, _nothing = second.communicate()
    rest, _nothing = first.communicate()
    print(
        json.dumps(
            {
                "first": first.returncode,
                "ended": ended,
                "before": before,
                "second": second.returncode,
                "output": output,
                "rest": rest,
            }
        )
    )


main(*sys.argv[1:])
