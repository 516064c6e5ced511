# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base class of the action plugins: decides where a task runs, and what of its result is passed on. Private to this collection."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase
from ansible.utils.display import Display

from ..module_utils._deps import requests
from ..module_utils._entries import check_options, desired_entries, unknown_option, without_unset
from ..module_utils._errors import FreshdeskError, Refused
from ..module_utils._results import failure
from ..module_utils._tasks import Task
from ._given import received
from ._in_process import environment_of, run_in_process
from ._progress import ProgressLines, say

VERBOSITY = 2
"""The verbosity from which the place where a task ran is shown."""


class Action(ActionBase):
    """An action plugin that runs its task in its own process if possible, and otherwise sends the module.

    It hides its arguments, since core passes those of a finished task to every callback. They contain secrets, and for
    thousands of tenants they are larger than the result.
    """

    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True  # so that it is rejected here, with a reason

    definition: ClassVar[Task]

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        # With C(until), the same task runs again with the same arguments, in a new object of this class.
        given = self._task.__dict__.setdefault("_arguments_given", self._task.args)
        try:
            self._task.args = without_unset(self.definition.spec, received(given))
            return {**super().run(tmp, task_vars), **self._outcome(task_vars or {})}
        finally:
            self._task.args = {}
            self._task.module_defaults = []  # which are the same, and are templated on ansible-core 2.18

    def _outcome(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """The result of the task. Raises AnsibleActionFail for C(async), whose status file could contain secrets in plain text."""
        name = self.definition.full_name
        if self._task.async_val:
            raise AnsibleActionFail(
                f"{name} cannot be run with async: the job's status file would contain the token in clear text; "
                "remove async (many instances are handled in parallel without it)."
            )
        why = self.why_sent()
        progress = (
            None if self._task.no_log else ProgressLines(self._task.args.get("progress"), dry_run=self._task.check_mode)
        )
        try:
            problem = unknown_option(self.definition.spec, self._task.args)
            if problem is not None:
                raise Refused(f"Unsupported parameters for ({name}) module: {problem}.")
            self.prepare()
            environment = environment_of(self)  # core would quote a value that it rejects
            if why is None:
                arguments = self._task.args
                task, check_mode = self.task_in_process(task_vars), bool(self._task.check_mode)
                result = run_in_process(task, arguments, environment, check_mode=check_mode, progress=progress)
            else:
                result = self._sent(task_vars)
        except Refused as refusal:
            result = failure(refusal)
        self.finish(result)
        if progress is not None:
            progress.idle()
            lines = self._displayed(result, why) + ([] if progress.which == "none" else self.summary(result))
            if lines:
                say(*lines)
        else:
            _hide(result)
        return result

    def why_sent(self) -> str | None:
        """Why the module is sent; None if the task runs in this process."""
        if self._connection.transport != "local":
            return f"its connection is {self._connection.transport}"
        if self._connection.become is not None:  # the keyword alone is not enough: variables set it too
            return "it uses become"
        return "the Python that runs Ansible has no requests" if requests is None else None

    def task_in_process(self, task_vars: dict[str, Any]) -> Task:
        """The task to run in this process."""
        return self.definition

    def prepare(self) -> None:
        """Reads and checks what is available only on the controller. Raises Refused."""

    def finish(self, result: dict[str, Any]) -> None:
        """Seals secrets in the result, and adds what is available only on the controller."""

    def summary(self, result: dict[str, Any]) -> list[str]:
        """The text that is displayed when the task is done."""
        return []

    def _sent(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """The result of the module on the host. Raises Refused for values that core would quote there."""
        check_options(self.definition.spec, self._task.args)
        if "instances" in self._task.args and self.definition.spec["instances"]["type"] == "list":
            desired_entries(self._task.args["instances"], check_mode=bool(self._task.check_mode))
        self._task.args = without_unset(self.definition.spec, self._task.args, in_entries=True)
        name = self.definition.full_name
        result: dict[str, Any] = self._execute_module(module_name=name, task_vars=task_vars)
        result.pop("invocation", None)  # the arguments
        if not result.get("failed") or "error" in result or "outcomes" in result:
            return result
        return failure(_of_core(name, result))

    def _displayed(self, result: dict[str, Any], why: str | None) -> list[str]:
        lines = []
        if Display().verbosity >= VERBOSITY:
            way = "ran in the controller's process" if why is None else f"sent to the host because {why}"
            lines.append(f"{self.definition.full_name}: {way}")
        # Core shows no diff of a failed task, unless failed_when turns the failure into a success.
        hidden = self._task.diff and not self._task.failed_when and result.get("failed")
        if hidden and result.get("changed") and result.get("diff"):
            # A copy, since core converts it to text in place.
            lines.append(CallbackBase()._get_diff(copy.deepcopy(result["diff"])))
        return lines


def _hide(result: dict[str, Any]) -> None:
    """Removes what core displays even for a task with no_log: warnings, and on 2.19 and newer the message of a failure."""
    for key in ("warnings", "exception"):
        result.pop(key, None)
    if result.get("failed"):
        result["msg"] = (
            "The task failed, and no_log hides why: error.message of the registered result says it, or that of the outcomes."
        )


def _of_core(name: str, result: dict[str, Any]) -> FreshdeskError:
    """The result for a failure in core: options that core refuses, or a module that crashed.

    The output of a crashed module may contain secrets, so none of it is passed on.
    """
    if "module_stdout" not in result:
        return Refused(str(result.get("msg")))
    return FreshdeskError(
        f"{name} ended without a result (exit status {result.get('rc', 'unknown')}); its raw output is withheld, since it "
        "may hold secrets: check the Python interpreter of the host it ran on, and report this if that is right.",
        state="unknown",
    )
