# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out cloudelements.freshdesk.token_file, on the controller: opens the seals, and answers with names only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleError

from ..module_utils._errors import FreshdeskError, Refused, bug
from ..module_utils._model import shown
from ..module_utils._options import CONNECTION_SPEC, TOKEN_FILE_SPEC, Connection
from ..plugin_utils._action import Action
from ..plugin_utils._token_file import TokenFile


class ActionModule(Action):
    """All of cloudelements.freshdesk.token_file."""

    _supports_diff = True

    # Where C(result) is given itself and not by its name, that has a sentence of its own.
    spec: ClassVar = {**CONNECTION_SPEC, **TOKEN_FILE_SPEC, "result": {"type": "raw"}}

    def outcome(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        error: FreshdeskError
        try:
            return self._update(task_vars)
        except AnsibleError:
            raise
        except FreshdeskError as failure:
            error = failure
        except Exception as failure:  # no traceback reaches a user: it could show what it was working on
            error = bug(failure)
        return {"failed": True, "changed": False, "msg": error.message, "error": error.as_dict()}

    def _update(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(self._task.args.get("result", ""), str):
            # Core hands the arguments of a task to every callback, so they must not hold the tokens.
            raise Refused(
                "result must be the name of the variable that instances registered, without {{ }}: "
                "a template would open the seals of the tokens."
            )
        _validation, options = self.validate_argument_spec({**CONNECTION_SPEC, **TOKEN_FILE_SPEC})
        path = self._loader.path_dwim(options["path"])
        file = TokenFile(path, options["vault_password"], Connection.from_params(options))
        name = options["result"]
        if not name:
            file.check()
            return {"changed": False, "path": path}
        registered = variables.get(name)
        if not isinstance(registered, Mapping):
            raise Refused(
                f"result names {name}, which is no registered result: name the variable that instances registered."
            )
        change, changed = file.update(registered, check_mode=bool(self._task.check_mode))
        return {
            "changed": changed,
            "path": path,
            "added": [shown(name) for name in change.added],
            "updated": [shown(name) for name in change.updated],
            "dropped": [shown(name) for name in change.dropped],
            "diff": change.diff(path),
        }
