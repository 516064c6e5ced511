# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin: creates, changes or deletes many instances, shows progress, and seals the tokens in the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._errors import Refused
from ..module_utils._instance_tasks import INSTANCES
from ..module_utils._options import CONTROLLER_TASK, Connection
from ..module_utils._tasks import Context
from ..plugin_utils._action import Action
from ..plugin_utils._in_process import environment_of, run_in_process
from ..plugin_utils._plan_file import approved_plan, check_distinct, checked_path, json_beside, path_of, write_plan
from ..plugin_utils._progress import is_not_tried, summary
from ..plugin_utils._seal import seal
from ..plugin_utils._table import table_of


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instances."""

    definition = INSTANCES
    _plan_path: str | None = None

    def prepare(self) -> None:
        args = self._task.args
        if self._task.check_mode and args.get("plan_path"):
            self._plan_path = json_beside(checked_path("plan_path", args["plan_path"]))
        if args.get("checked_files"):
            self._check_files()
        args.pop("checked_files", None)
        approved = args.pop("approved_plan_path", None)
        if approved is not None:
            args["approved_plan"] = approved_plan(approved)

    def _check_files(self) -> None:
        """Raises Refused if a file that a later task writes could not be written."""
        options = {name: INSTANCES.options[name] for name in ("checked_files", "plan_path")}
        task = replace(INSTANCES, options=options, work=_files_checked)
        arguments = {name: value for name, value in self._task.args.items() if name in task.spec}
        result = run_in_process(task, arguments, environment_of(self), check_mode=True, progress=None)
        if result.get("failed"):
            raise Refused(result["msg"])

    def finish(self, result: dict[str, Any]) -> None:
        if isinstance(result.get("tokens"), dict):
            result["tokens"] = {name: seal(token) for name, token in result["tokens"].items()}
        write_plan(result, self._plan_path)
        # If a run would be refused, its dry run must not be approved.
        if "summary" in result and "error" not in result and self._asked_for("statistics"):
            result["ansible_stats"] = _statistics(result, check_mode=bool(self._task.check_mode))

    def summary(self, result: dict[str, Any]) -> list[str]:
        if "summary" not in result:
            return []
        dry_run = bool(self._task.check_mode)
        if self._asked_for("table"):
            return table_of(result, check_mode=dry_run)
        counts, pruned = result["summary"], len(result.get("pruned") or [])
        outcomes = result["outcomes"]
        return [summary(len(outcomes), counts, pruned, dry_run=dry_run, not_tried=sum(map(is_not_tried, outcomes)))]

    def _asked_for(self, option: str) -> bool:
        return bool(boolean(self._task.args.get(option, False)))


def _files_checked(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    from ..plugin_utils._token_file import TokenFile  # most runs write none

    files = params["checked_files"]
    paths = []
    if params["plan_path"]:
        page = path_of("plan_path", params["plan_path"])
        paths += {page, json_beside(page)}
    if files["report_path"]:
        paths.append(checked_path("report_path", files["report_path"]))
    if files["tokens_path"]:
        path = path_of("tokens_path", files["tokens_path"])
        connection = Connection.from_params(params, CONTROLLER_TASK)
        TokenFile(path, files["tokens_vault_password"], connection, prefix="tokens_").check()
        paths.append(path)
    check_distinct(*paths)
    return {}


def _statistics(result: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """What AWX passes to the next jobs of a workflow. After a run, the plan id is reset to null, so that it is not required again."""
    data = {
        "provision_ids": {} if check_mode else result["ids"],
        "provision_expected_plan_id": result["plan_id"] if check_mode else None,
    }
    return {"data": data, "aggregate": False, "per_host": False}
