# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the action plugins run a module, and that what a dying one says reaches nobody."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import ClassVar

import pytest
from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._folding import folded
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _action

NAME = "cloudelements.freshdesk.instance"
GIVEN = {"name": "acme", "api_key": "key-of-acme"}


class Action(_action.Action):
    """An action whose module ends with a given result."""

    _supports_async = True

    def __init__(self, result, async_val=0, diff=False, failed_when=()):
        task = SimpleNamespace(
            async_val=async_val, check_mode=False, args=dict(GIVEN), action=NAME, diff=diff, failed_when=failed_when
        )
        connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir="/tmp"))
        super().__init__(task, connection, SimpleNamespace(), None, None, None)
        self.result = result
        self.executed = []

    def outcome(self, task_vars):
        return self.run_module(NAME, task_vars)

    def _execute_module(self, **how):
        self.executed.append({**how, "given": self._task.args})
        return self.result


def test_the_module_runs_with_the_arguments_of_the_task_unless_others_are_given():
    action = Action({"changed": False})

    assert action.run(task_vars={"a": 1}) == {"changed": False}
    action.run_module(NAME, {}, {"name": "acme"})
    assert [how["module_args"] for how in action.executed] == [None, {"name": "acme"}]
    assert [how["module_name"] for how in action.executed] == [NAME, NAME]
    assert [how["task_vars"] for how in action.executed] == [{"a": 1}, {}]


def test_core_has_no_arguments_to_hand_to_callbacks_once_the_task_is_done_and_a_retry_has_them_again():
    first, second = Action({"changed": False}), Action({"changed": False})
    second._task = first._task

    for attempt in (first, second):
        attempt._task.module_defaults = [{"group/x": {"user_secret": "SENTINEL"}}]
        attempt.run()
        assert (attempt._task.args, attempt._task.module_defaults) == ({}, [])
        assert [how["given"] for how in attempt.executed] == [GIVEN]

    action = Action({}, async_val=60)
    with pytest.raises(AnsibleActionFail):
        action.run()
    assert action._task.args == {}


DIFF = {"before": {"state": "absent"}, "after": {"state": "present"}, "before_header": "acme", "after_header": "acme"}


@pytest.mark.parametrize("changes", [DIFF, [DIFF]])
def test_the_diff_of_a_failure_is_shown_since_core_does_not(monkeypatch, changes):
    shown = []
    monkeypatch.setattr(Display, "display", lambda _display, text, *_args, **_more: shown.append(text))
    result = {"failed": True, "changed": True, "msg": "why", "error": {}, "diff": copy.deepcopy(changes)}

    for how in (copy.deepcopy, folded):
        assert Action(how(result), diff=True).run()["diff"] == changes
        assert "+++ after: acme" in shown.pop()
    Action(result, diff=False).run()
    Action({**result, "failed": False}, diff=True).run()
    Action({**result, "changed": False}, diff=True).run()
    Action({**result, "diff": []}, diff=True).run()
    # The task may yet count as one that did not fail, and then core shows the diff.
    Action(result, diff=True, failed_when=[False]).run()
    assert shown == []


def test_async_is_refused_with_the_reason_before_anything_runs():
    action = Action({}, async_val=60)

    with pytest.raises(AnsibleActionFail, match="would stand in clear in the file that holds the status"):
        action.run()
    assert action.executed == []


def test_the_raw_output_of_a_module_that_died_is_withheld():
    died = {
        "failed": True,
        "module_stdout": "SENTINEL",
        "module_stderr": "SENTINEL",
        "exception": "SENTINEL",
        "msg": "MODULE FAILURE: SENTINEL",
        "rc": 137,
    }
    result = Action(died).run()

    assert "SENTINEL" not in str(result)
    assert result["failed"] is True
    assert "exit status 137" in result["msg"]
    assert "Python interpreter" in result["msg"]


def test_a_module_that_died_without_a_status_says_so():
    result = Action({"failed": True, "module_stdout": ""}).run()
    assert "exit status unknown" in result["msg"]


def test_what_core_refuses_keeps_its_message_and_loses_the_arguments():
    told = {"failed": True, "msg": "missing: name", "exception": "SENTINEL", "invocation": {"api_key": "SENTINEL"}}
    assert Action(told).run() == {"failed": True, "msg": "missing: name"}


def test_a_failure_of_our_own_telling_is_passed_on_whole():
    told = {"failed": True, "msg": "why", "error": {"state": "failed"}, "diff": {"before": {}}, "invocation": {}}
    assert Action(dict(told)).run() == told


def test_a_refusal_on_the_controller_has_the_form_of_one_of_the_module():
    class Refusing(Action):
        def outcome(self, task_vars):
            raise Refused("why.")

    assert Refusing({}).run() == {
        "failed": True,
        "changed": False,
        "msg": "why.",
        "error": {"state": "failed", "message": "why.", "status": None, "request_id": None, "attempts": None},
    }


def test_an_option_of_a_wrong_type_is_refused_before_the_module_runs_and_its_value_is_not_told():
    class Checking(Action):
        spec: ClassVar = {"id": {"type": "int"}, "state": {"type": "str", "choices": ["present", "absent"]}}

    for option, says in (("id", "id must be of type int."), ("state", "state must be one of present, absent.")):
        action = Checking({"changed": False})
        action._task.args = {option: "SENTINEL"}
        result = action.run()
        assert (result["failed"], result["msg"]) == (True, says)
        assert "SENTINEL" not in str(result)
        assert action.executed == []
    action = Checking({"changed": False})
    action._task.args = {"id": "7", "state": None, "left to core": "SENTINEL"}
    assert action.run() == {"changed": False}
