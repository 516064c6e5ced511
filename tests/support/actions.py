# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes action plugins as core does, for a task that is given, without a play around it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.action import ActionBase
from ansible.plugins.shell.sh import ShellModule
from ansible.template import Templar


def made(
    kind: type[ActionBase],
    arguments: dict[str, Any],
    *,
    transport: str = "local",
    become: object = None,
    environment: Any = None,
    check_mode: bool = False,
    **task: Any,
) -> Any:
    """The plugin, whose modules would be sent to nobody. What else is given are keywords of the task."""
    keywords = {"async_val": 0, "diff": False, "failed_when": [], "no_log": False, "delegate_to": None, **task}
    its_task = SimpleNamespace(args=arguments, environment=environment, check_mode=check_mode, action="any", **keywords)
    connection = SimpleNamespace(_shell=ShellModule(), transport=transport, become=become)
    connection._shell.tmpdir = "/tmp"
    loader = DataLoader()
    action = kind(its_task, connection, SimpleNamespace(check_mode=check_mode), loader, Templar(loader), None)

    def execute(**_how: Any) -> None:
        raise AssertionError("a module was sent")

    action._execute_module = execute
    return action


def sent(action: Any, result: dict[str, Any]) -> list[dict[str, Any]]:
    """Has a module that is sent end with this result; gets an entry for each that was, with the arguments of the task."""
    how: list[dict[str, Any]] = []

    def execute(**given: Any) -> dict[str, Any]:
        how.append({**given, "arguments": action._task.args})
        return dict(result)

    action._execute_module = execute
    return how
