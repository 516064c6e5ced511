# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin: creates, changes or deletes many instances, shows progress, and seals the tokens in the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._instance_tasks import INSTANCES
from ..plugin_utils._action import Action
from ..plugin_utils._plan_file import approved_plan, checked_plan_path, write_plan
from ..plugin_utils._progress import summary
from ..plugin_utils._seal import seal
from ..plugin_utils._table import table_of


class ActionModule(Action):
    """Controller side of cloudelements.freshdesk.instances."""

    definition = INSTANCES
    _plan_path: str | None = None

    def prepare(self) -> None:
        args = self._task.args
        if self._task.check_mode and args.get("plan_path"):
            self._plan_path = checked_plan_path(args["plan_path"])
        approved = args.pop("approved_plan_path", None)
        if approved is not None:
            args["approved_plan"] = approved_plan(approved)

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
        return [summary(len(result["outcomes"]), counts, pruned, dry_run=dry_run)]

    def _asked_for(self, option: str) -> bool:
        return bool(boolean(self._task.args.get(option, False)))


def _statistics(result: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """What AWX passes to the next jobs of a workflow. After a run, the plan id is reset to null, so that it is not required again."""
    data = {
        "provision_ids": {} if check_mode else result["ids"],
        "provision_expected_plan_id": result["plan_id"] if check_mode else None,
    }
    return {"data": data, "aggregate": False, "per_host": False}
