# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action plugins share: how a module is run and what of its result is passed on. Private to this collection."""

from __future__ import annotations

import copy
import gc
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase
from ansible.utils.display import Display

from ..module_utils._entries import check_options, without_unset
from ..module_utils._errors import Refused
from ..module_utils._folding import unfolded
from ._given import received

# Core imports this in the process that all tasks are forked from. What is there by now, variables and inventory, stays to the end:
# looking through it for garbage, again and again, finds none, and copies its pages in each fork.
gc.freeze()

_RAW = ("module_stdout", "module_stderr", "exception")


class Action(ActionBase):
    """An action plugin that keeps its arguments to itself: core hands those of a task that is done to every callback.

    They hold the secrets, and those of thousands of tenants are more to carry about than all that came of them.
    """

    _supports_check_mode = True

    spec: ClassVar[Mapping[str, Any]] = {}
    """The spec of the options: they are checked here, since core would quote the value of one that is wrong."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        # With C(until), the same task is run again, by another object of this class and with the same arguments.
        given = self._task.__dict__.setdefault("_arguments_given", self._task.args)
        self._task.args = without_unset(self.spec, received(given))
        try:
            return {**super().run(tmp, task_vars), **self._checked_outcome(task_vars or {})}
        finally:
            self._task.args = {}
            self._task.module_defaults = []  # which hold the same, and are templated on ansible-core 2.18

    def _checked_outcome(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        try:
            check_options(self.spec, self._task.args)
            return self.outcome(task_vars)
        except Refused as refusal:
            return {"failed": True, "changed": False, "msg": refusal.message, "error": refusal.as_dict()}

    def outcome(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """The result of the task. Raises Refused before the module runs."""
        raise NotImplementedError

    def run_module(
        self, name: str, task_vars: dict[str, Any], arguments: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The module's result, with the task's arguments or others.

        Raises AnsibleActionFail for C(async), whose status file could hold secrets in clear.
        """
        if self._task.async_val:
            raise AnsibleActionFail(
                f"{name} cannot be run with async: the token would stand in clear in the file that holds the status of the "
                "job; take async away (many instances are handled side by side without it)."
            )
        result = unfolded(self._execute_module(module_name=name, module_args=arguments, task_vars=task_vars))
        if not result.get("failed"):
            return result
        # With failed_when, the task may yet count as one that did not fail, and then core shows the diff itself.
        if self._task.diff and not self._task.failed_when:
            _show_diff(result)
        return result if "error" in result else _as_told_by_core(name, result)


def _show_diff(result: dict[str, Any]) -> None:
    """Shows what was done before the failure, as C(--diff) would: core shows no diff of a task that fails."""
    changes = result.get("diff") or []
    if result.get("changed") and changes:
        # A copy, since core turns what it shows into text in its place.
        Display().display(CallbackBase()._get_diff(copy.deepcopy(changes)))


def _as_told_by_core(name: str, result: dict[str, Any]) -> dict[str, Any]:
    """A failure that is not of our telling: options that core refuses, or a module that died.

    Core shows the options as they were given, and a module that dies says whatever it was about to say: secrets included,
    so none of that is passed on.
    """
    kept = {key: value for key, value in result.items() if key not in (*_RAW, "invocation")}
    if "module_stdout" in result:
        kept["msg"] = (
            f"{name} ended without a result (exit status {result.get('rc', 'unknown')}); its raw output is withheld, since it "
            "may hold secrets: check the Python interpreter of the host it ran on, and report this if that is right."
        )
    return kept
