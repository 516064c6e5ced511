# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which path and verb is answered by what."""

from __future__ import annotations

import re

from simulator import configuration, docs, elements, events, formulas, instances, lists, resources, templates
from simulator.context import Operation
from simulator.helpdesk import RESOURCES

UNKNOWN = "(unknown)"  # stands for the template of a path where nothing answers

# The calls that the vendor declares with an id in the path and, for the instance of the token, without.
_ONE: dict[str, dict[str, Operation]] = {
    "/configuration": {"GET": Operation("configuration", configuration.items)},
    "/configuration/{configId}": {
        "GET": Operation("configuration", configuration.item),
        "PATCH": Operation("patch_configuration", configuration.patch),
    },
    "/docs": {"GET": Operation("docs", docs.docs)},
    "/docs/{operationId}": {"GET": Operation("docs", docs.operation)},
    "/docs/{operationId}/definitions": {"GET": Operation("docs", docs.definitions)},
    "/enabled": {"PUT": Operation("enable", instances.enable), "DELETE": Operation("disable", instances.disable)},
    "/events": {"GET": Operation("events", instances.events)},
    "/events/{eventId}": {"GET": Operation("events", instances.event)},
    "/trace-logging": {
        "PUT": Operation("trace", instances.trace),
        "DELETE": Operation("trace", instances.trace_no_more),
    },
}
_CHANGES = {
    "PATCH": Operation("patch", instances.patch),
    "PUT": Operation("put", instances.put),
    "DELETE": Operation("delete", instances.delete),
}


def _by_token(operations: dict[str, Operation]) -> dict[str, Operation]:
    return {verb: Operation(each.name, each.answer, "token") for verb, each in operations.items()}


ROUTES: dict[str, dict[str, Operation]] = {
    "/instances": {
        "GET": Operation("list", lists.instances),
        "POST": Operation("create", instances.create),
        **_by_token(_CHANGES),
    },
    "/instances/{id}": {"GET": Operation("get", instances.get), **_CHANGES},
    "/instances/count": {"GET": Operation("count", lists.count)},
    **{f"/instances/{{id}}{below}": operations for below, operations in _ONE.items()},
    **{f"/instances{below}": _by_token(operations) for below, operations in _ONE.items()},
    "/elements/keys": {"GET": Operation("catalogue", elements.keys)},
    "/elements/{key}": {"GET": Operation("catalogue", elements.element)},
    "/elements/{key}/instances": {
        "GET": Operation("list", lists.of_element),
        "POST": Operation("create", instances.create),
    },
    "/elements/{key}/instances/{id}": {
        "GET": Operation("get", instances.get),
        "PUT": Operation("put", instances.put),
        "DELETE": Operation("delete", instances.delete),
    },
    "/hubs/helpdesk/ping": {"GET": Operation("ping", resources.ping, "element")},
    "/hubs/helpdesk/objects": {"GET": Operation("objects", resources.objects, "element")},
    "/hubs/helpdesk/{resource}": {
        "GET": Operation("element", resources.search, "element"),
        "POST": Operation("element_create", resources.create, "element"),
    },
    "/hubs/helpdesk/{resource}/{objectId}": {
        "GET": Operation("element", resources.get, "element"),
        "PATCH": Operation("element_change", resources.patch, "element"),
        "DELETE": Operation("element_change", resources.delete, "element"),
    },
    "/ping": {"GET": Operation("ping", resources.ping, "element")},
    "/objects": {"GET": Operation("objects", resources.objects, "element")},
    "/notifications/subscriptions/deliveries": {"PUT": Operation("deliver", events.resume)},
    "/formulas": {"GET": Operation("templates", templates.listed), "POST": Operation("template", templates.create)},
    "/formulas/{formulaId}": {
        "GET": Operation("template", templates.get),
        "PUT": Operation("template", templates.put),
        "PATCH": Operation("template", templates.patch),
        "DELETE": Operation("template", templates.delete),
    },
    "/formulas/instances": {"GET": Operation("list", formulas.of_user)},
    "/formulas/instances/{formulaInstanceId}": {
        "GET": Operation("get", formulas.get),
        "DELETE": Operation("delete", formulas.delete),
    },
    "/formulas/{formulaId}/instances": {
        "GET": Operation("list", formulas.of_template),
        "POST": Operation("create", formulas.create),
    },
    "/formulas/{formulaId}/instances/{formulaInstanceId}": {
        "GET": Operation("get", formulas.get),
        "PUT": Operation("put", formulas.put),
        "DELETE": Operation("delete", formulas.delete),
    },
    "/formulas/{formulaId}/instances/{formulaInstanceId}/active": {
        "PUT": Operation("enable", formulas.activate),
        "DELETE": Operation("disable", formulas.deactivate),
    },
    "/jobs": {"GET": Operation("jobs", formulas.jobs)},
    "/organizations/me": {"GET": Operation("organization", elements.organization)},
}
_NUMBERS = ("id", "configId", "formulaId", "formulaInstanceId")
_PARTS = {**dict.fromkeys(_NUMBERS, r"-?\d{1,18}"), "resource": "|".join(RESOURCES)}


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(
        re.sub(r"\{(\w+)\}", lambda part: f"(?P<{part[1]}>{_PARTS.get(part[1], '[^/]+')})", template), re.A
    )


_PATTERNS = [(template, _pattern(template)) for template in ROUTES]


def routed(path: str) -> tuple[str, dict[str, str]]:
    """The template that a path below the base fits, and what stands in its placeholders.

    A slash at the end makes no difference: an empty id in front of it leaves the path of the calls by token.
    """
    path = path.removesuffix("/")
    for template, pattern in _PATTERNS:
        if found := pattern.fullmatch(path):
            return template, found.groupdict()
    return UNKNOWN, {}
