# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets the stage on the simulated platform: state, faults and settings in one task, and the log is empty afterwards.

Fails where something was sent before that the vendor does not declare.
"""

from __future__ import annotations

import json
import ssl
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# Worked off in this order, so that one task can say all of it: argument -> verb and path of the control endpoint.
STEPS = {
    "reset": ("POST", "/reset"),
    "settings": ("POST", "/settings"),
    "accounts": ("POST", "/accounts"),
    "users": ("POST", "/users"),
    "instances": ("POST", "/instances"),
    "formulas": ("POST", "/formulas"),
    "formula_instances": ("POST", "/formula-instances"),
    "faults": ("POST", "/faults"),
    "clear_faults": ("DELETE", "/faults"),
}


NOT_THE_PLATFORM = "/nowhere/"
"""Where a base_url that a test gives wrongly leads to."""


class ActionModule(ActionBase):
    """In the controller's process, since the tests need it often and a module costs ten times as much."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        self._address = self._templar.template((task_vars or {})["simulator_url"])
        undeclared = [one for one in self._ask("GET", "/undeclared") if not one["path"].startswith(NOT_THE_PLATFORM)]
        if undeclared:
            raise AnsibleActionFail(f"The vendor does not declare these requests: {undeclared}")
        for number, change in (arguments.pop("change", None) or {}).items():
            self._ask("PATCH", f"/instances/{number}", change)
        for name, (verb, path) in STEPS.items():
            if name in arguments:
                value = arguments.pop(name)
                result[name] = self._ask(verb, path, None if value is True else value)
        if arguments:
            raise AnsibleActionFail(f"The simulator does not know {', '.join(arguments)}.")
        self._ask("DELETE", "/requests")
        return result

    def _ask(self, verb: str, path: str, body: Any = None) -> Any:
        request = Request(
            f"{self._address}/control{path}", method=verb, data=None if body is None else json.dumps(body).encode()
        )
        try:
            # Of a simulator that speaks TLS the certificate is nobody's.
            https = HTTPSHandler(context=ssl._create_unverified_context())
            with build_opener(ProxyHandler({}), https).open(request, timeout=10) as answer:
                return json.loads(answer.read())
        except HTTPError as refusal:
            raise AnsibleActionFail(f"The simulator refuses this: {refusal.read().decode()}") from None
