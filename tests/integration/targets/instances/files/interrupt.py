# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a run of ansible-playbook in the middle, runs it again, and tells what became of it in JSON.

interrupt.py SIGNAL WHOM SIMULATOR CREATES PLAYBOOK: sends the signal once so many creates have come in; to the playbook
alone, as AWX does and so that its module may go on as an orphan, or to all of its processes.
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


def start(playbook: str) -> subprocess.Popen[str]:
    """A run in a session of its own, whose output ends when the last of its processes has ended."""
    command = ["ansible-playbook", "--inventory", "localhost,", playbook]
    command += ["--extra-vars", f"ansible_python_interpreter={sys.executable}"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def main(name: str, whom: str, simulator: str, wanted: str, playbook: str) -> None:
    number = getattr(signal, name)
    first = start(playbook)
    while creates(simulator) < int(wanted):
        if first.poll() is not None:
            sys.exit(f"It ended before {wanted} creates came in:\n{first.communicate()[0]}")
        time.sleep(0.05)
    (os.kill if whom == "alone" else os.killpg)(first.pid, number)
    first.wait()
    before = creates(simulator)
    second = start(playbook)
    output, _nothing = second.communicate()
    rest, _nothing = first.communicate()
    print(
        json.dumps(
            {"first": first.returncode, "before": before, "second": second.returncode, "output": output, "rest": rest}
        )
    )


main(*sys.argv[1:])
