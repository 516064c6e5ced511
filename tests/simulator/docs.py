# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of an instance: swagger 2.0 of its own API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from simulator import bodies
from simulator.answers import Answer, RefusedError, in_json
from simulator.calls import Call
from simulator.context import Context
from simulator.helpdesk import RESOURCES
from simulator.store import Instance, User

HOST = "api.cloud-elements.com"


def docs(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``GET …/docs``: all of it, or one operation. The host and scheme of ``baseUrl`` take the place of its own."""
    instance = context.instance(call, subject)
    return in_json(_document(instance, call.first("baseUrl"), call.first("operationId")))


def operation(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``GET …/docs/{operationId}``."""
    return in_json(_document(context.instance(call, subject), None, call.parts["operationId"]))


def definitions(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``GET …/docs/{operationId}/definitions``."""
    return in_json(_document(context.instance(call, subject), None, call.parts["operationId"])["definitions"])


def _document(instance: Instance, base_url: str | None, operation_id: str | None) -> dict[str, Any]:
    wanted = [name for name in RESOURCES if operation_id in (None, f"GET-{name}")]
    if not wanted:
        raise RefusedError(404, f"No operation found with ID {operation_id}")
    base = urlsplit(base_url or f"https://{HOST}")
    return {
        "swagger": "2.0",
        "info": {"title": bodies.ELEMENTS[instance.element][1], "version": "api-v2"},
        "host": base.netloc,
        "schemes": [base.scheme],
        "basePath": "/elements/api-v2",
        "paths": {
            f"/hubs/helpdesk/{name}": {
                "get": {
                    "operationId": f"GET-{name}",
                    "responses": {
                        "200": {
                            "description": "OK",
                            "schema": {"type": "array", "items": {"$ref": f"#/definitions/{name}"}},
                        }
                    },
                }
            }
            for name in wanted
        },
        "definitions": {name: {"type": "object", "properties": {"id": {"type": "integer"}}} for name in wanted},
    }
