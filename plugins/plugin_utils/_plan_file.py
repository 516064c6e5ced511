# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan file, which a dry run writes and a run is compared with, and the paths of all files of a run.

Private to this collection.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..module_utils._errors import FreshdeskError, Refused
from ..module_utils._redact import printable
from ..module_utils._results import failure

_IN_PAGE = re.compile(r'<script type="application/json" id="plan">(.*?)</script>', re.DOTALL)
MODE = 0o644
"""The mode of the file: approvers must be able to read it, and it contains no secret."""


def checked_path(option: str, given: Any) -> str:
    """The path of a file to write. Raises Refused if it cannot be written, before any request."""
    path = path_of(option, given)
    if os.path.isdir(path) or not os.path.isdir(os.path.dirname(path)) or not os.access(os.path.dirname(path), os.W_OK):
        raise Refused(
            f"{option} is {printable(path)}, which is a folder, or is not in a writable folder: name a file in a "
            "folder that exists; nothing was done."
        )
    return path


def json_beside(path: str) -> str:
    """The file of the plan, from which the role creates the page at the path."""
    return re.sub("[.]html?$", ".json", path)


def check_distinct(*paths: str) -> None:
    """Raises Refused if two of the files are the same."""
    if len({os.path.realpath(path) for path in paths}) < len(paths):
        raise Refused(
            "Two of tokens_path, report_path and plan_path name the same file, so one would overwrite the other: give each "
            "a file of its own; nothing was done."
        )


def approved_plan(given: Any) -> dict[str, Any]:
    """The approved plan in a file, as JSON or in a page. Raises Refused."""
    path = path_of("approved_plan_path", given)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Refused(
            f"approved_plan_path is {printable(path)}, which cannot be read ({why}), so nothing was done: give the file that a dry run "
            "wrote with plan_path."
        ) from None
    page = _IN_PAGE.search(text)
    try:
        plan = json.loads(page[1] if page else text)
    except (ValueError, RecursionError):
        plan = None
    if not isinstance(plan, dict):
        raise Refused(
            f"approved_plan_path is {printable(path)}, which contains no plan, so nothing was done: give the file "
            "that a dry run wrote with plan_path."
        )
    return plan


def write_plan(result: dict[str, Any], path: str | None) -> None:
    """Writes the plan of a dry run atomically. If that fails, the result says so."""
    if path is None or not isinstance(result.get("plan"), Mapping):
        return
    text = json.dumps(result["plan"], indent=2, ensure_ascii=False) + "\n"
    try:
        number, new = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".plan-")
        try:
            with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            os.chmod(new, MODE)
            os.replace(new, path)
        except OSError:
            os.unlink(new)
            raise
    except OSError as error:
        result.update(
            failure(
                FreshdeskError(
                    f"The plan cannot be written to {printable(path)} ({error.strerror}): name another file as plan_path."
                )
            )
        )


def path_of(option: str, given: Any) -> str:
    """The file; a relative one counts from the folder in which the command was started. Raises Refused."""
    if not isinstance(given, str) or not given.strip():
        raise Refused(f"{option} is empty, so nothing was done: name a file, or leave the option out.")
    return os.path.abspath(os.path.expanduser(os.path.expandvars(str.__str__(given))))
