# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module's main() in this process, with core's own parsing of arguments and its own printing of results."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS


class Run(NamedTuple):
    """What a module ended with: its result, its exit status, and the text of the result as it was printed.

    What core tells itself in keys of its own (on 2.22, which secrets to mask) is not part of it.
    """

    result: dict[str, Any]
    status: int
    printed: str


@contextlib.contextmanager
def _arguments(given: Mapping[str, Any]) -> Iterator[None]:
    """The arguments as core hands them to a module."""
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # ansible-core 2.18
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
            yield
    else:
        with patch_module_args(dict(given)):
            yield


def run_main(main: Callable[[], None], *, check: bool = False, diff: bool = True, **arguments: Any) -> Run:
    """Runs it as a task would."""
    given = {**arguments, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    if (
        "inject_invocation" in PASS_VARS
    ):  # ansible-core 2.21 and newer leave the arguments out unless they are asked for
        given["_ansible_inject_invocation"] = True
    printed = io.StringIO()
    with _arguments(given), contextlib.redirect_stdout(printed), pytest.raises(SystemExit) as ended:
        main()
    result = {key: value for key, value in json.loads(printed.getvalue()).items() if not key.startswith("_")}
    return Run(result, int(str(ended.value.code)), json.dumps(result, ensure_ascii=False))
