# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of progress gets a line a tenant as each is done, no secret in it, and its absence is no error."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from support.in_process import Simulation

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._progress import progress_to


def tenant(label="acme", action="created"):
    return SimpleNamespace(desired=SimpleNamespace(label=label), action=action)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "progress"
    path.touch()
    return path


def test_each_line_can_be_read_as_soon_as_its_tenant_is_done(path):
    with progress_to(str(path), 12) as tell:
        for number in range(1, 4):
            tell(tenant(f"tenant-{number}"))
            assert path.read_text().count("\n") == number

    assert path.read_text().splitlines() == [
        "[ 1/12] tenant-1: created",
        "[ 2/12] tenant-2: created",
        "[ 3/12] tenant-3: created",
    ]


@pytest.mark.parametrize("path", [None, "", "/nowhere/at/all"])
def test_where_there_is_no_file_nothing_is_told_and_nothing_fails(path):
    with progress_to(path, 1) as tell:
        assert tell is None


def test_a_file_that_was_not_made_for_this_run_is_not_made_here(tmp_path):
    with progress_to(str(tmp_path / "guessed"), 1) as tell:
        assert tell is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file_of_progress(tmp_path):
    with progress_to(str(tmp_path), 1) as tell:
        assert tell is None


def test_many_workers_write_whole_lines_and_count_each_tenant_once(path):
    with progress_to(str(path), 800) as tell:

        def work(worker):
            for number in range(100):
                tell(tenant(f"tenant-{worker}-{number}"))

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    lines = path.read_text().splitlines()
    assert [line.partition("]")[0] for line in lines] == [f"[{number:>3}/800" for number in range(1, 801)]
    assert {line.partition("] ")[2] for line in lines} == {
        f"tenant-{worker}-{number}: created" for worker in range(8) for number in range(100)
    }


def test_a_file_that_can_no_longer_be_written_loses_no_tenant():
    simulation = Simulation()
    entries = [{"name": f"t{number}", "subdomain": "a", "api_key": "SENTINEL-key"} for number in range(3)]
    with progress_to("/dev/full", len(entries)) as tell:
        fleet = simulation.run(entries, progress=tell)

    assert [tenant.action for tenant in fleet.tenants] == ["created"] * 3
    assert simulation.names() == ["t0", "t1", "t2"]


@pytest.mark.parametrize("check", [True, False])
def test_every_tenant_is_told_once_whatever_became_of_it(path, check):
    simulation = Simulation()
    simulation.platform.accounts({"works": "SENTINEL-key"})
    simulation.platform.add_instances([{"name": "same"}, {"name": "twice"}, {"name": "twice"}, {"name": "leaving"}])
    simulation.platform.add_faults({"fault": "drop_after", "match": {"verb": "POST", "name": "lost"}})
    entries = [
        {"name": "same"},
        {"name": "twice"},
        {"name": "lost", "subdomain": "lost", "api_key": "SENTINEL-key"},
        {"name": "works", "subdomain": "works", "api_key": "SENTINEL-key", "verify": True},
        {"name": "incomplete"},
        {"name": "leaving", "state": "absent"},
        {"name": "nobody", "state": "absent"},
        {"id": 599999},
    ]
    with progress_to(str(path), len(entries)) as tell:
        simulation.run(entries, check=check, progress=tell)

    lines = path.read_text().splitlines()
    assert [line[:6] for line in lines] == [f"[{number}/8] " for number in range(1, 9)]
    assert sorted(line[6:] for line in lines) == [
        "id 599999: failed",
        "incomplete: failed",
        "leaving: deleted",
        f"lost: {'created' if check else 'recovered'}",
        "nobody: unchanged",
        "same: unchanged",
        "twice: failed",
        "works: created",
    ]
    assert "SENTINEL" not in path.read_text()


def test_what_on_error_stop_leaves_is_told_too(path):
    simulation = Simulation()
    simulation.platform.add_faults({"fault": "status", "status": 400, "match": {"verb": "POST", "name": "t1"}})
    entries = [{"name": f"t{number}", "subdomain": "a", "api_key": "SENTINEL-key"} for number in range(4)]
    with progress_to(str(path), len(entries)) as tell:
        simulation.run(entries, stop_on_error=True, progress=tell)

    assert path.read_text().splitlines() == [
        "[1/4] t0: created",
        "[2/4] t1: failed",
        "[3/4] t2: failed",
        "[4/4] t3: failed",
    ]
