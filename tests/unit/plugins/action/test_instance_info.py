# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of instance_info: nothing of its arguments and of a module that dies is handed on."""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.cloudelements.freshdesk.plugins.action.instance_info import ActionModule


def run(result, **arguments):
    """What the task registers, and the task after it."""
    task = SimpleNamespace(async_val=0, check_mode=False, args=arguments, action="instance_info", diff=False)
    action = ActionModule(
        task, SimpleNamespace(_shell=SimpleNamespace(tmpdir="/tmp")), SimpleNamespace(), None, None, None
    )
    action._execute_module = lambda **_how: dict(result)
    return action.run(task_vars={}), task


def test_the_result_is_passed_on_and_the_arguments_are_not():
    result = {"changed": False, "instances": []}

    registered, task = run(result, user_secret="SENTINEL-user-secret")
    assert registered == result
    assert task.args == {}


def test_what_a_dying_module_says_is_withheld():
    registered, _task = run({"failed": True, "module_stdout": "SENTINEL", "rc": 1}, name="acme")

    assert registered["failed"]
    assert "SENTINEL" not in str(registered)


def test_a_secret_in_the_place_of_a_number_is_not_told():
    registered, _task = run({}, id="SENTINEL-in-the-wrong-place")

    assert registered["msg"] == "id must be of type int."
