# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line a tenant while a fleet runs: on standard error, whole, several at a time, none of them late."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from ansible.utils.display import Display
from support.in_process import Simulation

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _progress
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._progress import ProgressLines, summary


@pytest.fixture
def shown(monkeypatch):
    """The messages that are displayed."""
    said = []

    def display(_self, text, *_args, stderr=False, **_more):
        assert stderr
        assert threading.current_thread() is threading.main_thread()
        said.append(text)

    monkeypatch.setattr(Display, "display", display)
    return said


@pytest.fixture
def clock(monkeypatch):
    """The time, in a list."""
    time = [100.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: time[0])
    return time


def tenant(label="acme", action="created", error=None):
    return SimpleNamespace(desired=SimpleNamespace(label=label), action=action, parts=[], error=error)


def test_lines_that_come_close_together_are_one_message_and_none_waits_for_the_next_tenant(shown, clock):
    progress = ProgressLines("all", dry_run=False)
    progress.begin(12)
    for number in range(3):
        progress.done(tenant(f"t{number}"))
    assert shown == []
    progress.idle()
    progress.idle()
    assert shown == ["[ 1/12] t0: created\n[ 2/12] t1: created\n[ 3/12] t2: created"]
    clock[0] += 1
    progress.done(tenant("t3"))
    assert shown[1:] == ["[ 4/12] t3: created"]


def test_formula_instances_that_changed_or_failed_are_named_with_their_tenant(shown, clock):
    progress = ProgressLines("changes", dry_run=True)
    progress.begin(1)
    one = tenant(action="updated")
    one.parts = [tenant("acme-sync"), tenant("acme-audit", "unchanged"), tenant("acme-jobs", "failed")]
    progress.done(one)
    progress.idle()
    assert shown == ["[1/1] acme: would update (formulas: acme-sync would create, acme-jobs failed)"]


def test_a_tenant_that_was_not_tried_is_told_from_one_that_failed(shown, clock):
    progress = ProgressLines("changes", dry_run=False)
    progress.begin(2)
    for label, state in (("acme", "failed"), ("beta", "not_tried")):
        progress.done(tenant(label, "failed", FreshdeskError("It failed.", state=state)))
    progress.idle()
    assert shown == ["[1/2] acme: failed\n[2/2] beta: not tried"]
    assert summary(3, {"failed": 2, "created": 1}, 0, dry_run=False, not_tried=1) == (
        "3 tenants: 1 failed, 1 not tried, 1 created"
    )


def test_of_a_long_run_without_changes_the_count_is_shown_now_and_then(shown, clock):
    progress = ProgressLines("changes", dry_run=False)
    progress.begin(100)
    for _number in range(100):
        clock[0] += 0.25
        progress.done(tenant(action="unchanged"))
    assert shown == ["[ 40/100]", "[ 80/100]"]


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("created", "would create"),
        ("updated", "would update"),
        ("deleted", "would delete"),
        ("unchanged", "unchanged"),
        ("failed", "failed"),
    ],
)
def test_a_dry_run_says_what_would_be_done(shown, action, says):
    progress = ProgressLines("all", dry_run=True)
    progress.begin(1)
    progress.done(tenant(action=action))
    progress.idle()
    assert shown == [f"[1/1] acme: {says}"]


@pytest.mark.parametrize(("which", "lines"), [("changes", ["The platform was asked."]), ("none", [])])
def test_a_platform_that_is_asked_again_is_shown_unless_progress_is_none(shown, which, lines):
    ProgressLines(which, dry_run=False).retrying("The platform was asked.")

    assert shown == lines


@pytest.mark.parametrize(
    ("which", "on_terminal", "taken"), [(None, True, "all"), (None, False, "changes"), ("none", True, "none")]
)
def test_a_terminal_gets_all_and_a_file_what_changes_unless_it_is_said(monkeypatch, which, on_terminal, taken):
    monkeypatch.setattr(_progress, "ON_TERMINAL", on_terminal)
    assert ProgressLines(which, dry_run=False).which == taken


@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize("check", [True, False])
def test_every_tenant_is_reported_once_by_the_main_thread_whatever_its_outcome(shown, check, workers):
    simulation = Simulation()
    simulation.platform.accounts({"works": "SENTINEL-key"})
    simulation.platform.add_instances([{"name": "same"}, {"name": "twice"}, {"name": "twice"}, {"name": "leaving"}])
    entries = [
        {"name": "same"},
        {"name": "twice"},
        {"name": "works", "subdomain": "works", "api_key": "SENTINEL-key", "verify": True},
        {"name": "incomplete"},
        {"name": "leaving", "state": "absent"},
        {"id": 599999},
    ]
    progress = ProgressLines("all", dry_run=check)
    progress.begin(len(entries))
    simulation.run(entries, check=check, progress=progress.done, concurrency=workers)
    progress.idle()

    lines = "\n".join(shown).split("\n")
    assert [line[:6] for line in lines] == [f"[{number}/6] " for number in range(1, 7)]
    assert sorted(line[6:] for line in lines) == [
        "id 599999: failed",
        "incomplete: failed",
        f"leaving: {'would delete' if check else 'deleted'}",
        "same: unchanged",
        "twice: failed",
        f"works: {'would create' if check else 'created'}",
    ]
    assert "SENTINEL" not in str(shown)


@pytest.mark.parametrize(
    ("outcomes", "actions", "pruned", "dry_run", "says"),
    [
        (2, {"created": 1, "unchanged": 1}, 0, True, "2 tenants: 1 created, 1 unchanged (dry run)"),
        (0, {}, 0, False, "no tenants"),
        (1, {"deleted": 1}, 0, False, "1 tenant: 1 deleted"),
        (2, {"created": 2}, 1, False, "2 tenants: 2 created; 1 pruned"),
    ],
)
def test_the_last_line_counts_each_action(outcomes, actions, pruned, dry_run, says):
    assert summary(outcomes, actions, pruned, dry_run=dry_run) == says
