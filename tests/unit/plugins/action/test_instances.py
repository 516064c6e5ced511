# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of instances: entries are checked first, progress is shown while the module runs, tokens are sealed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.utils.display import Display

from ansible_collections.cloudelements.freshdesk.plugins.action import instances
from ansible_collections.cloudelements.freshdesk.plugins.action.instances import ActionModule
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._seal import SealError

TOKEN = "SENTINEL-token/of+"
ENTRIES = [{"name": "acme", "subdomain": "acme", "api_key": "SENTINEL-key"}, {"name": "beta", "state": "absent"}]
RESULT = {
    "changed": True,
    "outcomes": [{"name": "acme", "action": "created"}, {"name": "beta", "action": "unchanged"}],
    "ids": {"acme": 7},
    "tokens": {"acme": f"{TOKEN}acme"},
    "summary": {"created": 1, "unchanged": 1},
}
FAILED = {**RESULT, "failed": True, "msg": "1 of 2 tenants failed. beta: why.", "summary": {"created": 1, "failed": 1}}


@pytest.fixture
def shown(monkeypatch):
    """The lines that the user sees."""
    lines = []
    monkeypatch.setattr(Display, "display", lambda _display, text, *_args, **_more: lines.extend(text.split("\n")))
    return lines


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """Where files of the run are made."""
    monkeypatch.setattr(instances.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def run(result, *, work=None, transport="local", async_val=0, check_mode=False, **arguments):
    """What the task registers, and how the module was called."""
    given = {"instances": ENTRIES, **arguments}
    task = SimpleNamespace(async_val=async_val, check_mode=check_mode, args=given, action="instances", diff=False)
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir="/tmp"), transport=transport)
    action = ActionModule(task, connection, SimpleNamespace(), None, None, None)
    ran = []

    def execute(**how):
        ran.append(how)
        if work is not None:
            work(how["module_args"])
        return dict(result)

    action._execute_module = execute
    return action.run(task_vars={}), ran


def until(condition):
    """Waits for it, as long as a slow machine may take."""
    for _attempt in range(3000):
        if condition():
            return True
        time.sleep(0.01)
    return False


# Tokens


@pytest.mark.parametrize("result", [RESULT, {**RESULT, "failed": True, "msg": "why", "error": {"state": "failed"}}])
def test_every_token_is_sealed_in_success_and_in_failure_and_all_else_stays(shown, result):
    result = {**result, "tokens": {name: f"{TOKEN}{name}" for name in ("acme", "beta")}}
    registered, _ran = run(result)

    assert "SENTINEL" not in json.dumps(registered, cls=AnsibleJSONEncoder)
    assert {name: str(token) for name, token in registered.pop("tokens").items()} == result.pop("tokens")
    assert registered == result
    assert "SENTINEL" not in "".join(shown)


def test_a_failed_run_keeps_all_that_was_done(shown):
    """The engine's failures bring no error of the task as a whole, but every outcome."""
    registered, _ran = run(FAILED)

    assert registered["failed"] is True
    assert registered["msg"] == FAILED["msg"]
    assert registered["outcomes"] == FAILED["outcomes"]
    assert str(registered["tokens"]["acme"]) == f"{TOKEN}acme"
    assert shown == ["2 tenants: 1 created, 1 failed"]


def test_a_seal_that_does_not_hold_hides_the_whole_result(shown, monkeypatch):
    def broken(_plain):
        raise SealError("withheld")

    monkeypatch.setattr(instances, "seal", broken)
    with pytest.raises(SealError, match="withheld"):
        run(RESULT)
    assert "SENTINEL" not in "".join(shown)


# What is refused before the module runs


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"instances": [*ENTRIES, {"name": "gamma", "subdomian": "SENTINEL"}]},
            "entry 3 (gamma): subdomian is no option",
        ),
        ({"instances": [{"name": "a", "api_key": "SENTINE"}]}, "entry 1 (a): api_key is shorter than 8 characters"),
        ({"instances": ["SENTINEL"]}, "entry 1: it is no mapping of options"),
        ({"instances": "SENTINEL"}, "instances must be a list"),
        ({"instances": [*ENTRIES, *ENTRIES]}, "entry 1 and entry 3 have one name (acme)"),
        ({"instances": [{"id": -1}]}, "the placeholder of a dry run"),
        ({"user_secret": "SENTINE"}, "user_secret is shorter than 8 characters"),
        ({"organization_secret": "SENTINEL\n2"}, "organization_secret contains a line break"),
    ],
    ids=str,
)
def test_what_is_wrong_with_the_input_is_told_before_the_module_runs(shown, arguments, says):
    registered, ran = run(RESULT, **arguments)

    assert says in registered["msg"]
    assert registered["failed"] is True
    assert registered["changed"] is False
    assert registered["error"]["state"] == "failed"
    assert "SENTINEL" not in json.dumps(registered)
    assert ran == []
    assert shown == []


@pytest.mark.parametrize("arguments", [{}, {"instances": None}, {"tenants": ENTRIES}], ids=str)
def test_that_no_instances_are_given_is_left_to_core_which_says_so(shown, arguments):
    _registered, ran = run(RESULT, **{"instances": None, **arguments})

    assert len(ran) == 1
    assert "instances" not in ran[0]["module_args"]


def test_a_dry_run_may_use_the_placeholder_of_an_earlier_one(shown):
    _registered, ran = run(RESULT, instances=[{"id": -1, "tags": []}], check_mode=True)
    assert len(ran) == 1


def test_async_is_refused(shown):
    with pytest.raises(AnsibleActionFail, match="take async away"):
        run(RESULT, async_val=10)


def test_what_core_refuses_is_told_in_its_words_without_the_arguments(shown):
    by_core = {
        "failed": True,
        "msg": "Unsupported parameters for the module: on_eror",
        "invocation": {"x": "SENTINEL"},
    }
    registered, _ran = run(by_core, on_eror="never")

    assert registered == {"failed": True, "msg": by_core["msg"]}
    assert shown == []


# Progress


def test_each_line_is_shown_while_the_module_runs(shown):
    def work(arguments):
        with Path(arguments["progress_path"]).open("r+", encoding="utf-8", buffering=1) as file:
            for line in ("[1/2] acme: created", "[2/2] beta: unchanged"):
                file.write(f"{line}\n")
                assert until(lambda line=line: line in shown)

    run(RESULT, work=work)
    assert shown == ["[1/2] acme: created", "[2/2] beta: unchanged", "2 tenants: 1 created, 1 unchanged"]


def test_a_line_is_shown_whole_and_one_at_the_very_end_too(shown):
    def work(arguments):
        with Path(arguments["progress_path"]).open("r+", encoding="utf-8") as file:
            file.write("[1/2] ac")
            file.flush()
            time.sleep(2 * instances.LOOK_AGAIN)
            file.write("me: created\n[2/2] beta: unchanged\n")

    run(RESULT, work=work)
    assert shown[:2] == ["[1/2] acme: created", "[2/2] beta: unchanged"]


def test_the_file_is_for_nobody_else_and_gone_afterwards_whatever_happens(shown, folder):
    modes = []

    def work(arguments):
        modes.append(Path(arguments["progress_path"]).stat().st_mode & 0o777)

    def broken(_arguments):
        raise RuntimeError("gone wrong")

    run(RESULT, work=work)
    with pytest.raises(RuntimeError):
        run(RESULT, work=broken)
    assert modes == [0o600]
    assert list(folder.iterdir()) == []


def test_where_the_module_runs_elsewhere_there_is_no_file_but_a_summary(shown, folder):
    files = []
    _registered, ran = run(RESULT, work=lambda _arguments: files.extend(folder.iterdir()), transport="ssh")

    assert ran[0]["module_args"]["progress_path"] is None
    assert files == []
    assert shown == ["2 tenants: 1 created, 1 unchanged"]


@pytest.mark.parametrize(
    ("result", "check_mode", "summary"),
    [
        (RESULT, True, "2 tenants: 1 created, 1 unchanged (dry run)"),
        ({**RESULT, "outcomes": [], "summary": {}}, False, "0 tenants: none"),
        ({**RESULT, "outcomes": [{}], "summary": {"deleted": 1}}, False, "1 tenant: 1 deleted"),
        ({**RESULT, "pruned": [{"id": 1, "name": "x"}]}, False, "2 tenants: 1 created, 1 unchanged; 1 pruned"),
    ],
)
def test_the_summary_counts_each_action(shown, result, check_mode, summary):
    run(result, check_mode=check_mode)
    assert shown == [summary]


def test_the_options_of_the_task_reach_the_module_as_they_are(shown):
    _registered, ran = run(RESULT, concurrency=4, prune_tags=["x"])

    assert {key: value for key, value in ran[0]["module_args"].items() if key != "progress_path"} == {
        "instances": ENTRIES,
        "concurrency": 4,
        "prune_tags": ["x"],
    }
    assert ran[0]["module_name"] == "cloudelements.freshdesk.instances"


def test_what_is_null_counts_as_left_out(shown):
    given = [
        {"name": "acme", "state": None, "events": {"poller": None, "enabled": True}, "configuration": {"a.b": "c"}}
    ]
    _registered, ran = run(RESULT, instances=given, max_deletes=None, prune_tags=None)

    assert {key: value for key, value in ran[0]["module_args"].items() if key != "progress_path"} == {
        "instances": [{"name": "acme", "events": {"enabled": True}, "configuration": {"a.b": "c"}}],
    }
