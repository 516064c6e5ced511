# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module is: its options and its work, for the action plugin and the module alike. Private to this collection."""

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
    """Who wants to know how far a fleet is. Called by the thread that runs the work, and by no other."""

    def begin(self, total: int) -> None:
        """There are so many tenants."""

    def done(self, tenant: AnyJob) -> None:
        """This one is finished."""

    def idle(self) -> None:
        """Nothing was finished for a moment."""


class Context:
    """What a task is carried out in."""

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
        """The way to the platform; it refuses to write in check mode. Raises FreshdeskError."""
        if requests is None:
            raise FreshdeskError(missing_required_lib("requests"))
        connection = Connection.from_params(params, self._where)
        session = self._open_session(connection, workers)
        return Transport(connection, read_only=read_only or self.check_mode, workers=workers, session=session)

    def warn(self, *warnings: str) -> None:
        self.warnings += [warning for warning in warnings if warning not in self.warnings]


@dataclass(frozen=True)
class Task:
    """What a module is."""

    name: str
    options: Mapping[str, Mapping[str, Any]]
    """Its options beside those of the connection."""
    work: Callable[[Mapping[str, Any], Context], dict[str, Any]]
    """From options that were validated to a result, with C(failed) in it where it failed. Raises FreshdeskError."""
    required_one_of: Sequence[Sequence[str]] = ()

    @property
    def full_name(self) -> str:
        return f"cloudelements.freshdesk.{self.name}"

    @property
    def spec(self) -> dict[str, Any]:
        """The spec of all its options."""
        return {**CONNECTION_SPEC, **self.options}

    def run(self, params: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """The result, whatever becomes of the work."""
        try:
            return self.work(params, context)
        except FreshdeskError as error:
            return failure(error)
        except Exception as error:  # no traceback reaches a user: it could show what it was working on
            return failure(bug(error))


def run_one(
    params: Mapping[str, Any], context: Context, desired: Wanted, kind: type[AnyJob]
) -> tuple[AnyJob, dict[str, Any]]:
    """One resource and its result."""
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
        "cloudelements.freshdesk.token_file is carried out on the controller by its action plugin, which was not found: "
        "call it by its full name, from a playbook, with the collection installed where ansible-playbook runs."
    )


TOKEN_FILE = Task("token_file", TOKEN_FILE_SPEC, _token_file)


class Module(AnsibleModule):
    """An AnsibleModule that logs which options were given and no value: C(configuration) may hold a secret under any key."""

    def _log_invocation(self) -> None:
        self.log(f"Invoked with {', '.join(sorted(name for name, value in self.params.items() if value is not None))}")


def run_as_module(task: Task) -> NoReturn:
    """Runs it where it was sent to, and ends the process."""
    module = Module(argument_spec=task.spec, required_one_of=task.required_one_of, supports_check_mode=True)
    context = Context(check_mode=module.check_mode)
    result = task.run(module.params, context)
    # Core displays the warnings of a task that has no_log too.
    for warning in [] if module.no_log else context.warnings:
        module.warn(warning)
    _redact_invocation(module)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
    raise AssertionError("exit_json returned")


def _redact_invocation(module: AnsibleModule) -> None:
    """Hides secrets by field in what core adds to the result, and leaves to its search and replace only what is a secret.

    With a secret that is refused for being short, core would else mask half the text; with those of thousands of tenants,
    it would search all outcomes for each.
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
