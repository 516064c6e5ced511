# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a plan: written by a dry run whole or not at all, read as JSON or from a page, and refused in one sentence."""

from __future__ import annotations

import json
import os

import pytest
from support import actions
from support.in_process import NO_AUTHORITIES, Simulation

from ansible_collections.cloudelements.freshdesk.plugins.action import instances
from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tasks
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _plan_file

PLATFORM = {
    "user_secret": "user/secret+of=one",
    "organization_secret": "organization/secret+of=acme",
    "base_url": "https://platform.example",
    "ca_path": NO_AUTHORITIES,
}
ACME = {"name": "acme", "subdomain": "acme", "api_key": "SENTINEL-of-acme"}


@pytest.fixture(autouse=True)
def simulation(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any"})
    monkeypatch.setattr(_tasks, "Transport", simulation.connect)
    return simulation


def ran(*entries, check_mode=False, **options):
    """What the task results in."""
    arguments = {**PLATFORM, "instances": list(entries or [ACME]), "concurrency": 1, **options}
    return actions.made(instances.ActionModule, arguments, check_mode=check_mode).run(task_vars={})


def test_a_dry_run_writes_its_plan_where_the_command_was_started_and_the_run_is_held_to_it(simulation, tmp_path):
    dry = ran(check_mode=True, plan_path="plan.json")
    text = (tmp_path / "plan.json").read_text(encoding="utf-8")

    assert json.loads(text)["plan_id"] == dry["plan_id"] == dry["plan"]["plan_id"]
    assert "SENTINEL" not in text
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
    assert ran({**ACME, "tags": ["b"]}, approved_plan_path="plan.json")["msg"].endswith(
        "acme: differs in tags. Make a dry run, and approve what it shows."
    )
    assert ran(approved_plan_path="plan.json", require_approval=True)["summary"] == {"created": 1}
    assert simulation.names() == ["acme"]


def test_a_run_writes_no_plan(tmp_path):
    assert "plan" not in ran(plan_path="plan.json")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_can_be_given_without_a_file(simulation):
    plan = ran(check_mode=True, plan_path="plan.json")["plan"]
    assert ran(approved_plan=plan)["summary"] == {"created": 1}


def test_a_page_holds_the_plan_too(tmp_path):
    plan = ran(check_mode=True, plan_path="plan.json")["plan"]
    held = json.dumps(plan).replace("<", "\\u003c")
    page = f'<!DOCTYPE html>\n<body><script type="application/json" id="plan">{held}</script><script>1</script></body>'
    (tmp_path / "plan.html").write_text(page, encoding="utf-8")

    assert ran(approved_plan_path="plan.html")["summary"] == {"created": 1}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "which cannot be read (No such file or directory), so nothing was done: give the file that a dry run"),
        (b"\xff\xfe\x00", "which cannot be read (it is not text), so nothing was done"),
        (b"", "which contains no plan, so nothing was done"),
        (b"[1]", "which contains no plan, so nothing was done"),
        (b"[" * 100_000, "which contains no plan, so nothing was done"),
        (b"<html>a page</html>", "which contains no plan, so nothing was done"),
        (b'{"plan_id": "x"}', "The approved plan is not a plan of this collection, so nothing was done"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_plan_is_refused_in_one_sentence(simulation, tmp_path, content, says):
    if content is not None:
        (tmp_path / "plan.json").write_bytes(content)
    message = ran(approved_plan_path="plan.json")["msg"]

    assert says in message
    assert message.count(". ") == 0
    assert simulation.calls() == []


@pytest.mark.parametrize("path", ["", " "])
def test_an_empty_path_asks_for_no_approval_by_mistake_and_is_refused(simulation, path):
    assert ran(approved_plan_path=path)["msg"] == (
        "approved_plan_path is empty, so nothing was done: name a file, or leave the option out."
    )
    assert simulation.calls() == []


@pytest.mark.parametrize("path", [".", "missing/plan.json"])
def test_where_no_plan_can_be_written_nothing_is_done(simulation, path):
    assert "which is a folder, or is not in a writable folder" in ran(check_mode=True, plan_path=path)["msg"]
    assert simulation.calls() == []


def test_a_plan_that_cannot_be_written_after_all_is_an_error_and_leaves_nothing_behind(monkeypatch, tmp_path):
    def full(*_paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_plan_file.os, "replace", full)
    result = ran(check_mode=True, plan_path="plan.json")

    assert result["msg"] == (
        f"The plan cannot be written to {tmp_path}/plan.json (No space left on device): name another file as plan_path."
    )
    assert result["summary"] == {"created": 1}
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_detected_before_the_run(monkeypatch, tmp_path):
    monkeypatch.setattr(_plan_file.os, "access", lambda *_how: False)
    with pytest.raises(Refused, match="is not in a writable folder"):
        _plan_file.checked_path("plan_path", str(tmp_path / "plan.json"))


def test_a_dry_run_above_max_deletes_hands_no_plan_on(simulation):
    simulation.platform.add_instances([{"name": "acme"}])
    result = ran(
        {"name": "acme", "state": "absent"}, check_mode=True, plan_path="plan.json", max_deletes=0, statistics=True
    )

    assert (result["failed"], result["summary"]) == (True, {"deleted": 1})
    assert "ansible_stats" not in result
    assert not os.path.exists("plan.json")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"tokens_path": "tokens.yml"}, "tokens_vault_password is not set"),
        ({"tokens_path": "tokens.yml", "tokens_vault_password": "short"}, "tokens_vault_password is shorter than 8"),
        ({"tokens_path": "missing/tokens.yml", "tokens_vault_password": "long-enough"}, "The folder of tokens_path"),
        ({"tokens_path": "foreign.yml", "tokens_vault_password": "long-enough"}, "is not encrypted with Ansible Vault"),
        ({"report_path": "missing/report.html"}, "report_path is "),
        ({"report_path": "./plan.json"}, "name the same file"),
        ({"tokens_path": "a", "tokens_vault_password": "long-enough", "report_path": "./a"}, "name the same file"),
        ({"token_path": "tokens.yml"}, "checked_files.token_path is not an option: perhaps you mean"),
        ("tokens.yml", "checked_files"),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_if_a_file_of_a_later_task_cannot_be_written_nothing_is_done(simulation, tmp_path, files, why, check_mode):
    (tmp_path / "foreign.yml").write_text("of somebody else")
    result = ran(checked_files=files, plan_path="plan.html", check_mode=check_mode)

    assert result["failed"]
    assert why in result["msg"]
    assert simulation.calls() == []
    assert [path.name for path in tmp_path.iterdir()] == ["foreign.yml"]


def test_files_that_can_be_written_are_not_written_by_the_check(simulation, tmp_path):
    files = {"tokens_path": "t.yml", "tokens_vault_password": "long-enough", "report_path": "r.html"}

    assert ran(checked_files=files)["summary"] == {"created": 1}
    assert list(tmp_path.iterdir()) == []
