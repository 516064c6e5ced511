# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of an instance, item by item, each with an id of its own."""

from __future__ import annotations

from typing import Any

from simulator import bodies
from simulator.answers import Answer, RefusedError, in_json
from simulator.calls import Call
from simulator.context import Context
from simulator.store import Instance, User


def items(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``GET …/configuration``."""
    instance = context.instance(call, subject)
    return in_json(bodies.configuration_items(instance, bodies.view_of(context.settings)))


def item(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``GET …/configuration/{configId}``."""
    return in_json(_item(context, call, context.instance(call, subject)))


def patch(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``PATCH …/configuration/{configId}``: takes a string (confirmed), nothing else."""
    instance = context.instance(call, subject)
    value = context.document(call).get("propertyValue")
    key = _item(context, call, instance)["key"]
    if not isinstance(value, str):
        raise RefusedError(400, "Invalid parameter: propertyValue must be a string")
    instance.configure({key: value})
    instance.authenticate()
    context.changed(call, instance)
    return in_json(_item(context, call, instance))


def _item(context: Context, call: Call, instance: Instance) -> dict[str, Any]:
    wanted = int(call.parts["configId"])
    for each in bodies.configuration_items(instance, bodies.view_of(context.settings)):
        if each["id"] == wanted:
            return each
    raise RefusedError(404, f"No configuration found with ID {wanted}")
