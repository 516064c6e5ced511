# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints under ``/control``: the methods of ``Platform`` that tests use, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from simulator.answers import Answer, in_json
from simulator.service import Platform

PREFIX = "/control"
_FORMULA = r"/formula-instances/(\d+)"

# Verb and path -> what it does with the platform, the ids in the path, and the JSON body.
ROUTES: dict[tuple[str, str], Callable[..., Any]] = {
    ("POST", "/reset"): lambda platform, _body: platform.reset(),
    ("GET", "/settings"): lambda platform, _body: platform.settings(),
    ("POST", "/settings"): lambda platform, body: platform.settings(body),
    ("GET", "/accounts"): lambda platform, _body: platform.accounts(),
    ("POST", "/accounts"): lambda platform, body: platform.accounts(body),
    ("GET", "/users"): lambda platform, _body: platform.users(),
    ("POST", "/users"): lambda platform, body: platform.users(body),
    ("GET", "/instances"): lambda platform, _body: platform.instances(),
    ("POST", "/instances"): lambda platform, body: platform.add_instances(body),
    ("PATCH", r"/instances/(\d+)"): lambda platform, body, number: platform.change_instance(int(number), body),
    ("DELETE", r"/instances/(\d+)"): lambda platform, _body, number: platform.remove_instance(int(number)),
    ("GET", r"/helpdesks/([\w-]+)"): lambda platform, _body, subdomain: platform.helpdesk(subdomain),
    ("POST", r"/helpdesks/([\w-]+)/incidents"): lambda platform, body, subdomain: platform.add_incidents(
        subdomain, body
    ),
    ("GET", "/deliveries"): lambda platform, _body: platform.deliveries(),
    ("POST", "/formulas"): lambda platform, body: platform.formulas.add_templates(body),
    ("PATCH", r"/formulas/(\d+)"): lambda platform, body, number: platform.formulas.change_template(int(number), body),
    ("GET", "/formula-instances"): lambda platform, _body: platform.formulas.instances(),
    ("POST", "/formula-instances"): lambda platform, body: platform.formulas.add(body),
    ("PATCH", _FORMULA): lambda platform, body, number: platform.formulas.change(int(number), body),
    ("DELETE", _FORMULA): lambda platform, _body, number: platform.formulas.remove(int(number)),
    ("POST", f"{_FORMULA}/failures"): lambda platform, body, number: platform.formulas.fail(int(number), **body or {}),
    ("GET", "/faults"): lambda platform, _body: platform.faults(),
    ("POST", "/faults"): lambda platform, body: platform.add_faults(body),
    ("DELETE", "/faults"): lambda platform, _body: platform.clear_faults(),
    ("GET", "/requests"): lambda platform, _body: platform.requests(),
    ("DELETE", "/requests"): lambda platform, _body: platform.clear_requests(),
    ("GET", "/undeclared"): lambda platform, _body: platform.undeclared(),
    ("GET", "/bodies"): lambda platform, _body: platform.bodies(),
    ("GET", "/counts"): lambda platform, _body: platform.counts(),
}


def control(platform: Platform, verb: str, path: str, body: bytes) -> Answer:
    """Answer a control request; what it refuses, it explains."""
    for (wanted, pattern), work in ROUTES.items():
        found = re.fullmatch(PREFIX + pattern, path)
        if found and wanted == verb:
            try:
                return in_json(work(platform, orjson.loads(body) if body else None, *found.groups()))
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                return in_json({"error": f"{type(problem).__name__}: {problem}"}, 400)
    return in_json({"error": f"no control endpoint {verb} {path}"}, 404)
