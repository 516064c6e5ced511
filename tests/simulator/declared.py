# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the vendor declares: every verb and path with its query parameters, and where each is from.

A request that is not in here is one that nobody ever promised an answer to, however well it is answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Source = Literal["swagger", "suite", "clients"]
"""The platform's own description of its instances API (2019), the vendor's test suite (2018), or what was generated
from the whole description (2018-19) and written by the vendor for its customers (to 2022)."""

# Path -> verb -> query parameter -> source. The source of the verb itself stands under the empty name.
DECLARED: dict[str, dict[str, dict[str, Source]]] = {}


def _declare(source: Source, *lines: str) -> None:
    for line in lines:
        verbs, path, *parameters = line.split()
        for verb in verbs.split("/"):
            known = DECLARED.setdefault(path, {}).setdefault(verb, {"": source})
            known.update((parameter, source) for parameter in parameters)


_declare(
    "swagger",
    "GET /instances tags[] searchText nextPage pageSize hydrate",
    "POST/DELETE/PUT/PATCH /instances",
    "GET /instances/configuration",
    "GET/PATCH /instances/configuration/{configId}",
    "GET /instances/docs operationId version",
    "GET /instances/docs/{operationId} discovery basic version",
    "GET /instances/docs/{operationId}/definitions discovery resolveReferences basic version",
    "PUT/DELETE /instances/enabled",
    "GET /instances/events",
    "GET /instances/events/{eventId}",
    "PUT/DELETE /instances/trace-logging",
    "DELETE/GET/PUT/PATCH /instances/{id}",
    "GET /instances/{id}/configuration",
    "GET/PATCH /instances/{id}/configuration/{configId}",
    "GET /instances/{id}/docs operationId version",
    "GET /instances/{id}/docs/{operationId} discovery basic version",
    "GET /instances/{id}/docs/{operationId}/definitions discovery resolveReferences basic version",
    "PUT/DELETE /instances/{id}/enabled",
    "GET /instances/{id}/events",
    "GET /instances/{id}/events/{eventId}",
    "PUT/DELETE /instances/{id}/trace-logging",
)
_declare(
    "suite",
    "GET /instances/count",
    "GET /instances/{id}/docs baseUrl",
    "GET /elements/keys",
    "GET /organizations/me",
    "GET /hubs/helpdesk/{resource} pageSize nextPage where",
    "POST /hubs/helpdesk/{resource}",
    "GET/PATCH/DELETE /hubs/helpdesk/{resource}/{objectId}",
    "GET /hubs/helpdesk/ping",
    "GET /hubs/helpdesk/objects",
    "GET /ping",
    "GET /objects",
    "DELETE /formulas/instances/{formulaInstanceId}",
)
_declare(
    "clients",
    "PUT /instances/{id} reAuthenticate",
    "GET /elements/{key}",
    "GET/POST /elements/{key}/instances",
    "GET/DELETE /elements/{key}/instances/{id}",
    "PUT /elements/{key}/instances/{id} reAuthenticate",
    "PUT /notifications/subscriptions/deliveries where",
    "GET /formulas includeSystem abridged nextPage pageSize",
    "POST /formulas",
    "GET/PUT/PATCH/DELETE /formulas/{formulaId}",
    "GET /formulas/instances elementInstanceId searchText nextPage pageSize",
    "GET /formulas/instances/{formulaInstanceId}",
    "GET /formulas/{formulaId}/instances nextPage pageSize",
    "POST /formulas/{formulaId}/instances",
    "GET/PUT/DELETE /formulas/{formulaId}/instances/{formulaInstanceId}",
    "PUT/DELETE /formulas/{formulaId}/instances/{formulaInstanceId}/active",
    "GET /jobs",
)
_declare("suite", "GET /formulas/instances includeInactive")


def undeclared(verb: str, template: str, parameters: Iterable[str]) -> list[str] | None:
    """The parameters that are not declared for this request; None where the request itself is not."""
    known = DECLARED.get(template, {}).get(verb)
    return None if known is None else [name for name in parameters if name not in known]
