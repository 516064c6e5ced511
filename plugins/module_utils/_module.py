# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one entry of all modules: from options to a result, with one place for errors. Private to this collection."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._deps import requests
from ._errors import FreshdeskError, bug
from ._model import hidden
from ._options import SHORTEST_SECRET, Connection

_REDACTED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class Module(AnsibleModule):
    """An AnsibleModule that logs which options were given and no value: C(configuration) may hold a secret under any key."""

    def _log_invocation(self) -> None:
        self.log(f"Invoked with {', '.join(sorted(name for name, value in self.params.items() if value is not None))}")


def run(module: AnsibleModule, work: Callable[[AnsibleModule, Connection], dict[str, Any]]) -> NoReturn:
    """Ends the module with what C(work) answers; with C(failed) in it, or an error raised, as a failure."""
    # What is there by now stays until the process ends: no use in looking through it for garbage with every thousand objects more.
    gc.freeze()
    error: FreshdeskError | None = None
    result: dict[str, Any] = {}
    if requests is None:
        error = FreshdeskError(missing_required_lib("requests"))
    else:
        try:
            result = work(module, Connection.from_params(module.params))
        except FreshdeskError as failure:
            error = failure
        except Exception as failure:  # no traceback reaches a user: it could show what it was working on
            error = bug(failure)
    if error is not None:
        result = {"failed": True, "msg": error.message, "changed": False, "error": error.as_dict()}
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
            shown[name] = hidden(value, _REDACTED, secrets)  # of a dict such as configuration
    return shown
