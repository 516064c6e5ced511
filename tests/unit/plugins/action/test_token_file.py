# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task token_file: what it takes, where from, and that neither its arguments nor its result ever hold a token."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from support import actions
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.action.token_file import ActionModule
from ansible_collections.cloudelements.freshdesk.plugins.modules import token_file as module
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _token_file
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._seal import seal

SECRETS = {"user_secret": "user/secret+of=one", "organization_secret": "organization/secret+of=acme"}
PASSWORD = "the-password-of-the-vault"
TOKEN = "token/of+acme="


def fleet(name: str = "acme") -> dict[str, Any]:
    return {
        "outcomes": [{"name": name, "id": 1, "action": "created", "instance": {}, "pending": False}],
        "ids": {name: 1},
        "tokens": {name: seal(TOKEN)},
        "pruned": [],
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    return tmp_path


def run(folder: Path, check_mode: bool = False, variables: Any = None, **arguments: Any) -> dict[str, Any]:
    """The task's result. Relative paths count from the folder."""
    loader = DataLoader()
    loader.set_basedir(str(folder))
    arguments = {"path": "tokens.yml", "vault_password": PASSWORD, **SECRETS, **arguments}
    arguments = {name: value for name, value in arguments.items() if value is not None}
    action = actions.made(ActionModule, arguments, check_mode=check_mode, diff=True)
    action._loader = loader
    result: dict[str, Any] = action.run(task_vars={"fleet": fleet(), "text": "a", **(variables or {})})
    shown = json.dumps(result)
    for secret in (TOKEN, PASSWORD, *SECRETS.values()):
        assert secret not in shown
    return result


def test_without_a_result_it_only_checks(folder: Path) -> None:
    assert run(folder) == {"changed": False, "path": str(folder / "tokens.yml")}
    assert run(folder, result="") == {"changed": False, "path": str(folder / "tokens.yml")}
    assert os.listdir(folder) == []
    assert "does not exist" in run(folder, path="missing/tokens.yml")["msg"]


def test_it_takes_the_result_by_the_name_of_its_variable(folder: Path) -> None:
    predicted = run(folder, result="fleet", check_mode=True)
    assert os.listdir(folder) == []
    first, second = run(folder, result="fleet"), run(folder, result="fleet")
    assert first == predicted
    assert first["changed"]
    assert first["added"] == ["acme"]
    assert first["diff"]["after"] == {"acme": "(set)"}
    assert not second["changed"]
    assert second["diff"]["before"] == second["diff"]["after"] == {}
    assert run(folder) == {"changed": False, "path": str(folder / "tokens.yml")}


def test_a_result_that_is_given_itself_is_refused_since_callbacks_see_the_arguments(folder: Path) -> None:
    assert "the name of the variable" in run(folder, result=fleet())["msg"]


@pytest.mark.parametrize("name", ["nothing", "text"])
def test_a_name_without_a_result_is_refused(folder: Path, name: str) -> None:
    assert "not a registered result" in run(folder, result=name)["msg"]
    assert os.listdir(folder) == []


@pytest.mark.parametrize("option", ["vault_password", *SECRETS])
@pytest.mark.parametrize("value", [None, "", "short"])
def test_a_missing_or_short_secret_is_refused_naming_the_option(folder: Path, option: str, value: str | None) -> None:
    result = run(folder, **{option: value})
    assert result["failed"]
    assert not result["changed"]
    assert result["msg"].startswith(option)
    assert result["error"]["message"] == result["msg"]


def test_the_connection_may_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"CLOUDELEMENTS_{name.upper()}", value)
    none = dict.fromkeys(SECRETS)
    assert run(folder, result="fleet", **none)["changed"]
    monkeypatch.setenv("CLOUDELEMENTS_BASE_URL", "https://other.example")
    assert "another platform" in run(folder, result="fleet", **none)["msg"]


def test_names_are_shown_without_control_characters(folder: Path) -> None:
    shown = run(folder, result="fleet", variables={"fleet": fleet("\x1b[31mred")})
    assert shown["added"] == ["\ufffd[31mred"]
    assert list(shown["diff"]["after"]) == shown["added"]


def test_an_option_that_does_not_exist_is_reported_in_the_words_of_core(folder: Path) -> None:
    assert (
        "Unsupported parameters for (cloudelements.freshdesk.token_file) module: reslut"
        in run(folder, reslut="fleet")["msg"]
    )


def test_a_bug_is_reported_without_what_it_was_working_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any, **more: Any) -> None:
        raise KeyError(TOKEN)

    monkeypatch.setattr(_token_file, "news_of", broken)
    assert "This is a bug in cloudelements.freshdesk (KeyError" in run(folder, result="fleet")["msg"]


def test_the_module_only_says_where_it_is_carried_out() -> None:
    assert "on the controller" in run_main(module.main, path="tokens.yml").result["msg"]
