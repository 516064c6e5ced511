# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Element calls: what an instance answers of its own, and what the platform passes on to Freshdesk."""

from __future__ import annotations

from simulator.answers import Answer, RefusedError, in_json
from simulator.calls import Call
from simulator.context import Context
from simulator.helpdesk import RESOURCES, Helpdesk, account
from simulator.lists import page_position, page_token
from simulator.store import Instance, date_text


def search(context: Context, call: Call, instance: Instance) -> Answer:
    """``GET /hubs/helpdesk/…``: a list, a page at a time."""
    kind, settings = call.parts["resource"], context.settings
    found = _helpdesk(context, instance).found(kind, call.first("where"))
    start = page_position(call)
    page = found[start : start + context.page_size(call)]
    if not page and settings.empty_list == "not_found":
        raise RefusedError(404, f"No {kind} found")
    answer = in_json(page)
    answer.headers["elements-returned-count"] = str(len(page))
    end = start + len(page)
    if page and settings.page_tokens and (end < len(found) or settings.token_on_last_page):
        answer.headers["elements-next-page-token"] = page_token(end)
    return answer


def create(context: Context, call: Call, instance: Instance) -> Answer:
    """``POST /hubs/helpdesk/…``."""
    kind, helpdesk = call.parts["resource"], _helpdesk(context, instance)
    if kind == "agents":
        raise RefusedError(405, "Method POST is not allowed for this resource.")
    made = helpdesk.create(kind, context.document(call), context.now)
    call.record.committed = True
    return in_json(made)


def get(context: Context, call: Call, instance: Instance) -> Answer:
    """``GET /hubs/helpdesk/…/{objectId}``."""
    return in_json(_helpdesk(context, instance).get(call.parts["resource"], call.parts["objectId"]))


def patch(context: Context, call: Call, instance: Instance) -> Answer:
    """``PATCH /hubs/helpdesk/…/{objectId}``: what is sent is changed."""
    helpdesk = _helpdesk(context, instance)
    changed = helpdesk.change(call.parts["resource"], call.parts["objectId"], context.document(call), context.now)
    call.record.committed = True
    return in_json(changed)


def delete(context: Context, call: Call, instance: Instance) -> Answer:
    """``DELETE /hubs/helpdesk/…/{objectId}``: 200 with an empty body."""
    _helpdesk(context, instance).delete(call.parts["resource"], call.parts["objectId"])
    call.record.committed = True
    return Answer(200)


def ping(context: Context, call: Call, instance: Instance) -> Answer:
    """``GET /hubs/helpdesk/ping`` and ``GET /ping``: reads no data. Whether it asks Freshdesk is unknown."""
    if context.settings.ping == "asks":
        _reach_provider(context, instance)
    else:
        _require_enabled(instance)
    return in_json({"dateTime": date_text(context.now), "endpoint": instance.element})


def objects(_context: Context, _call: Call, _instance: Instance) -> Answer:
    """``GET /hubs/helpdesk/objects`` and ``GET /objects``: answered while the instance is disabled, too (confirmed)."""
    return in_json(list(RESOURCES))


def _helpdesk(context: Context, instance: Instance) -> Helpdesk:
    """The account of the instance, where Freshdesk lets it in."""
    _reach_provider(context, instance)
    return account(context.store, instance.credentials[0] or "", context.now)


def _require_enabled(instance: Instance) -> None:
    if instance.disabled:
        raise RefusedError(403, "The element instance is disabled.")


def _reach_provider(context: Context, instance: Instance) -> None:
    _require_enabled(instance)
    subdomain, key = instance.credentials
    right = context.store.accounts.get(subdomain or "")
    if right is None and context.settings.accounts == "listed":
        raise RefusedError(404, "Request failed", provider="There is no helpdesk at this address.")
    if right not in (None, key):
        raise RefusedError(401, "Request failed", provider="You have to be logged in to perform this action.")
