# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin of instance: the token is sealed whatever became of the task."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.ajson import AnsibleJSONEncoder

from ansible_collections.cloudelements.freshdesk.plugins.action import instance
from ansible_collections.cloudelements.freshdesk.plugins.action.instance import ActionModule
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._seal import SealError

TOKEN = "SENTINEL-token/of+acme="


def run(result, async_val=0, check_mode=False, **arguments):
    """What the task registers, and how often the module ran."""
    task = SimpleNamespace(async_val=async_val, check_mode=check_mode, args=arguments, action="instance", diff=False)
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir="/tmp"))
    action = ActionModule(task, connection, SimpleNamespace(), None, None, None)
    ran = []

    def execute(**how):
        ran.append(how)
        return dict(result)

    action._execute_module = execute
    return action.run(task_vars={}), ran


@pytest.mark.parametrize(
    "result",
    [
        {"changed": True, "action": "created", "token": TOKEN},
        {"changed": True, "failed": True, "msg": "why", "error": {"state": "partial"}, "token": TOKEN},
    ],
)
def test_a_token_is_sealed_in_success_and_in_failure_and_all_else_stays(result):
    registered, ran = run(result, name="acme")

    assert TOKEN not in json.dumps(registered, cls=AnsibleJSONEncoder)
    assert str(registered.pop("token")) == TOKEN
    assert registered == {key: value for key, value in result.items() if key != "token"}
    assert ran == [{"module_name": "cloudelements.freshdesk.instance", "module_args": None, "task_vars": {}}]


@pytest.mark.parametrize("result", [{"changed": False, "token": None}, {"failed": True, "msg": "why", "error": {}}])
def test_where_there_is_no_token_nothing_is_sealed(result):
    assert run(result)[0] == result


def test_a_placeholder_is_sealed_too_so_that_a_dry_run_is_like_the_run():
    registered, _ran = run({"changed": True, "token": "check-mode-placeholder"}, check_mode=True)
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(registered["token"])
    assert str(registered["token"]) == "check-mode-placeholder"


def test_a_seal_that_does_not_hold_hides_the_whole_result(monkeypatch):
    def broken(_plain):
        raise SealError("withheld")

    monkeypatch.setattr(instance, "seal", broken)
    with pytest.raises(SealError, match="withheld"):
        run({"changed": True, "token": TOKEN})


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ({"api_key": "short"}, "api_key"),
        ({"user_secret": "short"}, "user_secret"),
        ({"organization_secret": "a\nlonger\nsecret"}, "organization_secret"),
        ({"events": {"signature_key": "short"}}, "events.signature_key"),
    ],
)
def test_a_secret_that_core_would_mask_all_text_with_is_refused_before_the_module_runs(arguments, option):
    registered, ran = run({}, name="acme", **arguments)

    assert registered["msg"].startswith(f"{option} ")
    assert (registered["failed"], registered["error"]["state"], ran) == (True, "failed", [])


def test_async_is_refused():
    with pytest.raises(AnsibleActionFail, match="take async away"):
        run({}, async_val=10)
