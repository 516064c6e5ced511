# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a task in the process of the action plugin, instead of sending a module. Private to this collection."""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible.errors import AnsibleUndefinedVariable
from ansible.plugins.action import ActionBase

from ..module_utils._entries import validated
from ..module_utils._errors import FreshdeskError, Refused
from ..module_utils._options import CONTROLLER_TASK, Connection
from ..module_utils._redact import printable
from ..module_utils._results import failure
from ..module_utils._session import Session, Stopped
from ..module_utils._tasks import Context, Progress, Task

MOST_KEPT = 4
"""Maximum number of sessions. A loop usually needs one."""

# Both belong to the process that core forks for a task and all items of its loop, and are empty before that.
_kept: dict[Any, Session] = {}
_replaced: dict[str, str | None] = {}


def run_in_process(
    task: Task,
    arguments: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    check_mode: bool,
    progress: Progress | None,
) -> dict[str, Any]:
    """The result of the task, including its warnings. Raises Refused for wrong options.

    Core ends a task that exceeds its timeout with an exception that may be raised anywhere in here. Nothing is sent after that.
    """
    sessions: dict[Any, Session] = {}
    parent = multiprocessing.parent_process()  # as it was when this process was forked

    def open_session(connection: Connection, workers: int) -> Session:
        # Proxies and authorities come from the environment.
        key = (os.getpid(), connection, workers, frozenset(environment.items()))
        sessions[key] = _kept.pop(key) if key in _kept else Session(connection, workers, parent.pid if parent else None)
        return sessions[key]

    context = Context(check_mode=check_mode, where=CONTROLLER_TASK, open_session=open_session, progress=progress)
    try:
        _set(environment)
        # Core reports output of a library to standard error as an error of this collection.
        with warnings.catch_warnings(), _without_collection():
            warnings.simplefilter("ignore")
            result = task.run(validated(task.spec, arguments, task.required_one_of, task.full_name), context)
    except Stopped:
        return failure(FreshdeskError("ansible-playbook has ended, so nothing more was started.", state="unknown"))
    except BaseException:
        for session in sessions.values():
            session.stop()
        raise
    finally:
        _restore()
    _kept.update(sessions)
    while len(_kept) > MOST_KEPT:
        _kept.pop(next(iter(_kept))).stop()
    if context.warnings:
        result["warnings"] = context.warnings
    return result


@contextmanager
def _without_collection() -> Iterator[None]:
    """Disables cyclic garbage collection during the task, which would scan thousands of tenants again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def environment_of(action: ActionBase) -> dict[str, str]:
    """The variables that the keyword environment sets, as a shell would. Raises Refused, without the values, if a shell could not."""
    given: dict[Any, Any] = {}
    try:
        action._compute_environment_string(raw_environment_out=given)
    except AnsibleUndefinedVariable:
        raise
    except Exception:  # core's messages quote the value
        raise Refused("environment of the task must be a mapping of names to strings: correct it.") from None
    environment = {}
    for name, value in given.items():
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise Refused(
                f"environment of the task sets {printable(str(name))}, which cannot be the name of a variable: "
                "use letters, digits and underscores."
            )
        text = str(value)
        try:
            unfit = b"\0" in os.fsencode(text)
        except UnicodeEncodeError:
            unfit = True
        if unfit:
            raise Refused(
                f"environment of the task sets {name} to a value that no environment variable can have: correct it."
            )
        environment[name] = text
    return environment


def _set(environment: Mapping[str, str]) -> None:
    _restore()  # changes of a task that was interrupted here
    for name, value in environment.items():
        _replaced[name] = os.environ.get(name)
        os.environ[name] = value


def _restore() -> None:
    """Undoes C(_set). May be interrupted, and called again."""
    for name, value in list(_replaced.items()):
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
        del _replaced[name]
