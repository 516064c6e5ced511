# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defines a module by its options and its work, for the action plugin and the module. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._deps import requests
from ._engine import Engine
from ._errors import FreshdeskError, Refused, bug
from ._job import AnyJob
from ._options import (
    CONNECTION_SPEC,
    HOST,
    TOKEN_FILE_SPEC,
    Connection,
    RunOptions,
)
from ._redact import SHORTEST_SECRET, redacted
from ._resource import Wanted
from ._results import failure, outcome, warnings_of
from ._session import Session
from ._transport import Transport

_REDACTED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class Progress(Protocol):
    """Receives the progress of a fleet. Called only by the thread that runs the work."""

    def begin(self, total: int) -> None:
        """Starts with the number of tenants."""

    def done(self, tenant: AnyJob) -> None:
        """One tenant is finished."""

    def idle(self) -> None:
        """Called from time to time while no tenant finishes."""

    def retrying(self, message: str) -> None:
        """The platform cannot be reached, and the request is sent again."""


class Context:
    """The context in which a task runs."""

    def __init__(
        self,
        *,
        check_mode: bool,
        where: str = HOST,
        open_session: Callable[[Connection, int], Session] = Session,
        progress: Progress | None = None,
    ) -> None:
        self.check_mode = check_mode
        self.progress = progress
        self.warnings: list[str] = []
        self._where = where
        self._open_session = open_session

    def transport(self, params: Mapping[str, Any], *, read_only: bool = False, workers: int = 1) -> Transport:
        """The transport to the platform, read-only in check mode. Raises FreshdeskError."""
        if requests is None:
            raise FreshdeskError(missing_required_lib("requests"))
        connection = Connection.from_params(params, self._where)
        session = self._open_session(connection, workers)
        transport = Transport(connection, read_only=read_only or self.check_mode, workers=workers, session=session)
        if self.progress is not None:
            transport.retrying = self.progress.retrying
        return transport

    def warn(self, *warnings: str) -> None:
        self.warnings += [warning for warning in warnings if warning not in self.warnings]


@dataclass(frozen=True)
class Task:
    """The definition of a module."""

    name: str
    options: Mapping[str, Mapping[str, Any]]
    """Its options without those of the connection."""
    work: Callable[[Mapping[str, Any], Context], dict[str, Any]]
    """Turns validated options into a result, with C(failed) if it failed. Raises FreshdeskError."""
    required_one_of: Sequence[Sequence[str]] = ()

    @property
    def full_name(self) -> str:
        return f"cloudelements.freshdesk.{self.name}"

    @property
    def spec(self) -> dict[str, Any]:
        """The argument spec of all its options."""
        return {**CONNECTION_SPEC, **self.options}

    def run(self, params: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """The result, also if the work fails."""
        try:
            return self.work(params, context)
        except FreshdeskError as error:
            return failure(error)
        except Exception as error:  # no traceback reaches a user: it could show what it was working on
            return failure(bug(error))


def run_one(
    params: Mapping[str, Any], context: Context, desired: Wanted, kind: type[AnyJob]
) -> tuple[AnyJob, dict[str, Any]]:
    """Processes one resource, and returns its result."""
    engine = Engine(context.transport(params), [desired], RunOptions(), kind=kind)
    engine.run()
    (job,) = engine.tenants
    context.warn(*warnings_of(engine.tenants))
    result = outcome(job)
    if job.error is not None:
        result.update(failed=True, msg=job.error.message, error=job.error.as_dict())
    return job, result


def _token_file(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    raise Refused(
        "cloudelements.freshdesk.token_file runs on the controller, in its action plugin, which was not found: "
        "call it by its full name, from a playbook, with the collection installed where ansible-playbook runs."
    )


TOKEN_FILE = Task("token_file", TOKEN_FILE_SPEC, _token_file)


class Module(AnsibleModule):
    """An AnsibleModule that logs only the names of options, since C(configuration) may hold a secret under any key."""

    def _log_invocation(self) -> None:
        self.log(f"Invoked with {', '.join(sorted(name for name, value in self.params.items() if value is not None))}")


def run_as_module(task: Task) -> NoReturn:
    """Runs the module on the host, and ends the process."""
    module = Module(argument_spec=task.spec, required_one_of=task.required_one_of, supports_check_mode=True)
    context = Context(check_mode=module.check_mode)
    result = task.run(module.params, context)
    # Core displays warnings even for a task with no_log.
    for warning in [] if module.no_log else context.warnings:
        module.warn(warning)
    _redact_invocation(module)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
    raise AssertionError("exit_json returned")


def _redact_invocation(module: AnsibleModule) -> None:
    """Hides secrets by field in what core adds to the result, and leaves only real secrets to core's search and replace.

    Otherwise, core would mask half the text for a rejected short secret, and would search all outcomes for each secret of
    thousands of tenants.
    """
    secrets: set[str] = set()
    module.params = _redacted(module.argument_spec, module.params, secrets)
    module.no_log_values = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}


def _redacted(spec: Mapping[str, Any], params: Mapping[str, Any], secrets: set[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in params.items():
        option = spec.get(name, {})
        if option.get("no_log") and value is not None:
            secrets.add(value)
            shown[name] = _REDACTED
        elif "options" in option and isinstance(value, Mapping):
            shown[name] = _redacted(option["options"], value, secrets)
        elif "options" in option and value is not None:
            shown[name] = f"{len(value)} entries"
        else:
            shown[name] = redacted(value, _REDACTED, secrets)  # of a dict such as configuration
    return shown
