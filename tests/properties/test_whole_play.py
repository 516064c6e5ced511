# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dry run of a whole play reaches its last task on an empty platform, with real Ansible and a real simulator."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support.platform import control, environment, simulator

HERE = Path(__file__).resolve().parent


@pytest.fixture
def address():
    """The platform as a process of its own."""
    with simulator("--setting", "accounts=any") as address:
        yield address


@pytest.fixture
def play(address, tmp_path):
    """Runs a playbook as a user would, and answers what it said."""
    (tmp_path / "home").mkdir()
    own = {"HOME": str(tmp_path / "home"), "ANSIBLE_NOCOLOR": "1"}

    def run(name, *options):
        command = ["ansible-playbook", HERE / "playbooks" / name, "-e", f"folder={tmp_path}", *options]
        done = subprocess.run(command, env={**environment(address), **own}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def writes(address):
    return [r for r in control(address, "requests") if r["verb"] != "GET"]


def test_a_dry_run_of_a_whole_play_reaches_its_last_task_and_the_run_after_it_does_what_it_said(
    play, address, tmp_path
):
    said = play("whole.yml", "--check", "--diff")

    assert "the end: acme created, beta created, then updated and updated, ids 1, there 0" in said
    assert writes(address) == []
    assert not (tmp_path / "token").exists()

    said = play("whole.yml")
    assert "the end: acme created, beta created, then updated and updated, ids 3, there 3" in said
    tokens = {instance["name"]: instance["token"] for instance in control(address, "instances")}
    assert (tmp_path / "token").read_text().startswith(f"{tokens['acme']} of ")
    assert all(token in (tmp_path / "tokens").read_text() for token in tokens.values())
    assert "check-mode-placeholder" not in (tmp_path / "tokens").read_text()


def test_a_placeholder_outside_a_dry_run_is_refused_and_nothing_is_written(play, address):
    play("placeholders.yml")

    assert writes(address) == []
