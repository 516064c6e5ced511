# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin token_file: opens sealed tokens, writes the file, and returns names only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..module_utils._errors import Refused
from ..module_utils._options import CONTROLLER_TASK, Connection
from ..module_utils._redact import printable
from ..module_utils._tasks import TOKEN_FILE, Context, Task
from ..plugin_utils._action import Action
from ..plugin_utils._token_file import TokenFile


class ActionModule(Action):
    """All of cloudelements.freshdesk.token_file."""

    definition = TOKEN_FILE

    def why_sent(self) -> str | None:
        return None  # the file is always on the controller

    def task_in_process(self, task_vars: dict[str, Any]) -> Task:
        if not isinstance(self._task.args.get("result", ""), str):
            # Core passes a task's arguments to every callback, so they must not contain the tokens.
            raise Refused(
                "result must be the name of the variable that instances registered, without {{ }}: "
                "a template would reveal the sealed tokens."
            )
        return replace(self.definition, work=lambda params, context: self._update(params, context, task_vars))

    def _update(self, params: Mapping[str, Any], context: Context, variables: Mapping[str, Any]) -> dict[str, Any]:
        path = self._loader.path_dwim(params["path"])
        file = TokenFile(path, params["vault_password"], Connection.from_params(params, CONTROLLER_TASK))
        name = params["result"]
        if not name:
            file.check()
            return {"changed": False, "path": path}
        registered = variables.get(name)
        if not isinstance(registered, Mapping):
            raise Refused(
                f"result names {name}, which is not a registered result: name the variable that instances registered."
            )
        change, changed = file.update(registered, check_mode=context.check_mode)
        return {
            "changed": changed,
            "path": path,
            "added": [printable(name) for name in change.added],
            "updated": [printable(name) for name in change.updated],
            "dropped": [printable(name) for name in change.dropped],
            "diff": change.diff(path),
        }
