# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dry run of a whole play reaches its last task on an empty platform, with real Ansible and a real simulator."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

HERE = Path(__file__).resolve().parent
SECRETS = {
    "CLOUDELEMENTS_USER_SECRET": "user/secret+of=one",
    "CLOUDELEMENTS_ORGANIZATION_SECRET": "organization/secret+of=acme",
}


@pytest.fixture
def address(tmp_path):
    """The platform as a process of its own."""
    file = tmp_path / "address"
    command = [sys.executable, HERE.parent / "simulator", "--port", "0", "--address-file", file]
    with subprocess.Popen([*command, "--setting", "accounts=any"]) as process:
        while not file.exists():
            assert process.poll() is None, "the simulator did not start"
            time.sleep(0.05)
        yield file.read_text(encoding="ascii").strip()
        process.terminate()


@pytest.fixture
def play(address, tmp_path):
    """Runs a playbook as a user would, and answers what it said."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    (tmp_path / "home").mkdir()
    own = {"PATH": path, "HOME": str(tmp_path / "home"), "CLOUDELEMENTS_BASE_URL": address, "ANSIBLE_NOCOLOR": "1"}

    def run(name, *options):
        command = ["ansible-playbook", HERE / "playbooks" / name, "-e", f"folder={tmp_path}", *options]
        done = subprocess.run(
            command, env={**os.environ, **SECRETS, **own}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def writes(address):
    return [r for r in requests.get(f"{address}/control/requests", timeout=10).json() if r["verb"] != "GET"]


def instances(address):
    return requests.get(f"{address}/control/instances", timeout=10).json()


def test_a_dry_run_of_a_whole_play_reaches_its_last_task_and_the_run_after_it_does_what_it_said(
    play, address, tmp_path
):
    said = play("whole.yml", "--check", "--diff")

    assert "the end: acme created, beta created, then updated and updated, ids 1, there 0" in said
    assert writes(address) == []
    assert not (tmp_path / "token").exists()

    said = play("whole.yml")
    assert "the end: acme created, beta created, then updated and updated, ids 3, there 3" in said
    tokens = {instance["name"]: instance["token"] for instance in instances(address)}
    assert (tmp_path / "token").read_text().startswith(f"{tokens['acme']} of ")
    assert all(token in (tmp_path / "tokens").read_text() for token in tokens.values())
    assert "check-mode-placeholder" not in (tmp_path / "tokens").read_text()


def test_a_placeholder_outside_a_dry_run_is_refused_and_nothing_is_written(play, address):
    play("placeholders.yml")

    assert writes(address) == []
