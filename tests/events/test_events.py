# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the role to the event: a tenant is provisioned, incidents are opened, and the real ansible-rulebook runs a playbook for each."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.platform import SECRETS, control, environment, simulator

PATIENCE = 120
"""Seconds that something may take: many times what it takes on a machine that is not busy."""
KEY = "31415926535897932384"
"""Of digits, which a rulebook would take for a number."""
TASKS = """
- name: Leave a note of the incident
  ansible.builtin.copy:
    dest: "NOTES/{{ freshdesk_event.objectId }}-{{ 99999 | random }}"
    content: "{{ freshdesk_incident.subject }} of {{ freshdesk_event.instanceName }}"
    mode: "0600"
"""


@dataclass
class Stage:
    """A simulated platform with a tenant that reports to a port of this machine, and a folder of its own."""

    address: str
    folder: Path
    port: int
    said: Path

    def notes(self) -> list[str]:
        """What the playbook noted, a line a run."""
        return sorted(note.read_text(encoding="utf-8") for note in (self.folder / "notes").iterdir())

    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = control(self.address, "deliveries")
        return found

    def open(self, *incidents: dict[str, Any]) -> list[int]:
        """Has customers open incidents, and the platform find them; those with an id are found again."""
        ids: list[int] = control(self.address, "helpdesks/acme/incidents", list(incidents))
        return ids


def until(what: str, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.2)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (tmp_path / "notes").mkdir()
    (tmp_path / "tasks.yml").write_text(TASKS.replace("NOTES", str(tmp_path / "notes")), encoding="utf-8")
    with simulator("--account", "acme=key-of-acme") as address:
        yield Stage(address, tmp_path, port, tmp_path / "said")


def provision(stage: Stage) -> None:
    """Connects the tenant by the role, with events."""
    events = {"enabled": True, "callback_url": f"http://127.0.0.1:{stage.port}/endpoint", "signature_key": KEY}
    tenants = {
        "provision_defaults": {"events": {**events, "resources": ["incidents"]}, "verify": True},
        "provision_tenants": [{"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}],
    }
    (stage.folder / "tenants.yml").write_text(yaml.safe_dump(tenants), encoding="utf-8")
    command = ["ansible-playbook", "cloudelements.freshdesk.provision", "-e", f"@{stage.folder / 'tenants.yml'}"]
    done = subprocess.run(
        command, env=environment(stage.address), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def listening(stage: Stage, key: str = KEY) -> Iterator[None]:
    """The rulebook of the collection, by its name, as long as the block lasts. What it said is in C(stage.said)."""
    receiver = {
        "freshdesk_signature_key": key,
        "freshdesk_host": "127.0.0.1",
        "freshdesk_port": stage.port,
        "freshdesk_incident_tasks": str(stage.folder / "tasks.yml"),
    }
    here = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {"all": {"hosts": {"localhost": here}}}
    for name, content in (("receiver.yml", receiver), ("hosts.yml", hosts)):
        (stage.folder / name).write_text(json.dumps(content), encoding="utf-8")
    command = [
        "ansible-rulebook",
        "-r",
        "cloudelements.freshdesk.new_incidents",
        "-i",
        "hosts.yml",
        "--vars",
        "receiver.yml",
        "-vv",
    ]
    with (
        stage.said.open("w") as said,
        subprocess.Popen(
            command, cwd=stage.folder, env=environment(stage.address), stdout=said, stderr=said
        ) as process,
    ):

        def ready() -> bool:
            assert process.poll() is None, stage.said.read_text(encoding="utf-8")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", stage.port), 1):
                return True
            return False

        try:
            until("the rulebook listens", ready)
            yield
        finally:
            process.terminate()
            process.wait(30)
    text = stage.said.read_text(encoding="utf-8")
    tokens = [instance["token"] for instance in control(stage.address, "instances")]
    assert not [secret for secret in (*SECRETS.values(), *tokens, key) if secret in text]


def test_the_playbook_runs_once_for_each_incident(stage):
    provision(stage)
    with listening(stage):
        ids = stage.open({"subject": "Fire"}, {"subject": "Water"}, {"subject": "{{ 6 * 111 }}"})
        until("three playbooks", lambda: len(stage.notes()) >= 3)
        # Polls overlap, and deliveries are repeated: what is reported again is not run again.
        stage.open({"id": ids[0]}, {"id": ids[1]}, {"subject": "Wind"})
        until("one playbook more", lambda: len(stage.notes()) >= 4)

    assert stage.notes() == ["Fire of acme", "Water of acme", "Wind of acme", "{{ 6 * 111 }} of acme"]
    assert [(one["state"], one["statuses"]) for one in stage.deliveries()] == [("delivered", [200])] * 2


def test_incidents_of_a_poll_of_many_parts_run_once_each(stage):
    provision(stage)
    with listening(stage):
        stage.open(*({"subject": f"{number:02}"} for number in range(12)))
        until("twelve playbooks", lambda: len(stage.notes()) >= 12)

    assert stage.notes() == [f"{number:02} of acme" for number in range(12)]
    assert len(stage.deliveries()) == 2


def test_with_a_wrong_key_no_playbook_runs_and_the_subscription_ends(stage):
    provision(stage)
    control(stage.address, "settings", {"event_attempts": 3})
    with listening(stage, key="another-key-of-ours"):
        stage.open({"subject": "Fire"}, {"subject": "Water"}, {"subject": "Wind"})
        until("the platform gives up", lambda: stage.deliveries()[0]["state"] == "queued")

    assert stage.notes() == []
    assert stage.deliveries()[0]["statuses"] == [401, 401, 401]
