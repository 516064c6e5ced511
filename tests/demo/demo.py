# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the playbook cloudelements.freshdesk.provision at work on a dozen tenants: dry run, run, run again.

Takes the address of a running simulator, or starts one. Ends with 0 if each run did what it should.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from support.platform import control, environment, simulator

TENANTS = Path(__file__).with_name("tenants.yml")
NAMES = re.findall(r"name: (\w+)", TENANTS.read_text())


def main(address: str) -> int:
    control(address, "accounts", {name: f"{name}-freshdesk-key" for name in NAMES})
    runs: list[tuple[str, list[str], int]] = [
        ("A dry run: what would be done. Nothing is written.", ["--check"], 0),
        # Twelve are created, and one of them is disabled.
        ("The run: the same, done.", [], 13),
        ("The run again: nothing to do, and the tenant whose key is wrong is reported again.", [], 0),
    ]
    surprised = False
    for title, options, expected in runs:
        say(title)
        before = writes(address)
        playbook(address, options)
        written = writes(address) - before
        print(f"Writes, as the platform counted them: {written} ({expected} expected)")
        surprised |= written != expected
    say("What is on the platform now.")
    show(control(address, "instances"))
    return 1 if surprised else 0


def playbook(address: str, options: list[str]) -> None:
    """Runs it as a user would; the wrong key of one tenant makes it fail, which is what it should do."""
    command = ["ansible-playbook", "cloudelements.freshdesk.provision", "-e", f"@{TENANTS}", *options]
    print(f"$ {' '.join(command[:3])} @{TENANTS.name} {' '.join(options)}".rstrip(), flush=True)
    subprocess.run(command, check=False, env=environment(address))


def writes(address: str) -> int:
    """How many requests other than reads the platform has seen."""
    counts = control(address, "counts")
    return sum(count for call, count in counts.items() if " " in call and not call.startswith("GET "))


def show(instances: list[dict[str, Any]]) -> None:
    row = "{:<8} {:<12} {:<10} {:<8} {:<13} {}"
    print(row.format("id", "name", "state", "events", "tags", "polled"))
    for instance in sorted(instances, key=lambda one: str(one["name"])):
        configuration = instance["configuration"]
        events = str(configuration.get("event.notification.enabled")).lower() == "true"
        print(
            row.format(
                instance["id"],
                instance["name"],
                "disabled" if instance["disabled"] else "enabled",
                "on" if events else "off",
                ", ".join(sorted(instance["tags"])),
                (configuration.get("event.poller.urls") or "") if events else "",
            ).rstrip()
        )


def say(title: str) -> None:
    print(f"\n=== {title}\n", flush=True)


if __name__ == "__main__":
    with contextlib.nullcontext(sys.argv[1]) if sys.argv[1:] else simulator() as platform:
        raise SystemExit(main(platform))
