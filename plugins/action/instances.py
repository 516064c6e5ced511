# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the entries, runs the module of the same name, tells how far it is, and seals the tokens in its result."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display

from ..module_utils._entries import desired_entries
from ..module_utils._options import CONNECTION_SPEC, FLEET_SPEC
from ..plugin_utils._action import Action
from ..plugin_utils._seal import seal
from ..plugin_utils._table import table_of

LOOK_AGAIN = 0.1
"""Seconds between two looks at the progress."""


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instances."""

    _supports_diff = True
    _supports_async = True

    spec: ClassVar = {**CONNECTION_SPEC, **FLEET_SPEC}

    def outcome(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        if "instances" in self._task.args:
            # Core would not say which entry is wrong, and might quote its value.
            desired_entries(self._task.args["instances"], check_mode=bool(self._task.check_mode))
        with _progress_shown(local=self._connection.transport == "local") as path:
            arguments = {**self._task.args, "progress_path": path}
            result = self.run_module("cloudelements.freshdesk.instances", task_vars, arguments)
        tokens = result.get("tokens")
        if isinstance(tokens, dict):
            result["tokens"] = {name: seal(token) for name, token in tokens.items()}
        if "summary" in result:
            Display().display("\n".join(self._told_at_the_end(result)), stderr=self._asked_for("table"))
            if self._asked_for("statistics"):
                result["ansible_stats"] = _statistics(result, check_mode=bool(self._task.check_mode))
        return result

    def _asked_for(self, option: str) -> bool:
        return bool(boolean(self._task.args.get(option, False)))

    def _told_at_the_end(self, result: Mapping[str, Any]) -> list[str]:
        if self._asked_for("table"):
            return table_of(result, check_mode=bool(self._task.check_mode))
        return [_summary(result) + (" (dry run)" if self._task.check_mode else "")]


def _statistics(result: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """What AWX gives to the next jobs of a workflow. A run takes back the plan that it was held to: null asks for no approval."""
    data = {
        "provision_ids": {} if check_mode else result["ids"],
        "provision_expected_plan_id": result["plan_id"] if check_mode else None,
    }
    return {"data": data, "aggregate": False, "per_host": False}


def _summary(result: Mapping[str, Any]) -> str:
    """One line for all tenants, and for what was pruned beside them."""
    total = len(result["outcomes"])
    counts = ", ".join(f"{count} {action}" for action, count in result["summary"].items()) or "none"
    pruned = f"; {len(result['pruned'])} pruned" if result.get("pruned") else ""
    return f"{total} tenant{'' if total == 1 else 's'}: {counts}{pruned}"


@contextmanager
def _progress_shown(*, local: bool) -> Iterator[str | None]:
    """Shows each line that the module adds to a file of ours, while it runs; elsewhere than here there is no such file."""
    if not local:
        yield None
        return
    handle, path = tempfile.mkstemp(prefix="freshdesk-progress-", dir=constants.DEFAULT_LOCAL_TMP)
    over = threading.Event()
    with open(handle, encoding="utf-8") as file:
        follower = threading.Thread(target=_follow, args=(file, over), daemon=True)
        follower.start()
        try:
            yield path
        finally:
            over.set()
            follower.join()
            os.unlink(path)


def _follow(file: Any, over: threading.Event) -> None:
    display = Display()
    rest = ""
    while True:
        last = over.is_set()
        lines = (rest + file.read()).split("\n")
        rest = lines.pop()
        if lines:
            display.display("\n".join(lines))
        if last:
            return
        over.wait(LOOK_AGAIN)
