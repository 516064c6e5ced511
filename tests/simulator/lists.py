# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of instances: the paged one of all elements, the bare one of a single element, and the count."""

from __future__ import annotations

import base64
import binascii

from simulator import bodies
from simulator.answers import JSON, Answer, RefusedError, in_json, not_found_page
from simulator.calls import Call
from simulator.context import Context
from simulator.store import Filter, Instance, User

PAGE_TOKEN = b"\xfb\xef\xff"  # makes the base64 of every next-page token begin with ++//, which URLs must encode


def instances(context: Context, call: Call, user: User, element: str | None = None) -> Answer:
    """``GET /instances``: the user's instances of all elements, a page at a time."""
    settings = context.settings
    size, position = context.page_size(call), page_position(call)
    begin = {"offset": position} if settings.paging == "offset" else {"after": position}
    found, total, more = context.store.select(user, element, size, _filter(context, call), **begin)
    hydrate = call.flag("hydrate", False)
    if settings.hydrate != "asked":
        hydrate = settings.hydrate == "always"
    answer = _list(context, found, hydrate)
    answer.headers["elements-returned-count"] = str(len(found))
    if settings.total_count:
        answer.headers["elements-total-count"] = str(total)
    if found and settings.page_tokens and (more or settings.token_on_last_page):
        end = position + len(found) if settings.paging == "offset" else found[-1].id
        answer.headers["elements-next-page-token"] = page_token(end)
    return answer


def of_element(context: Context, call: Call, user: User) -> Answer:
    """``GET /elements/{key}/instances``: no parameter is declared, so there is no second page and no filter."""
    element = context.element(call.parts["key"])
    if context.settings.element_list == "paged":
        return instances(context, call, user, element)
    if context.settings.element_list == "strict" and call.query:
        raise RefusedError(400, f"Unknown query parameters: {', '.join(sorted(call.query))}")
    found, _total, _more = context.store.select(user, element, context.settings.page_size)
    return _list(context, found, hydrate=False)


def count(context: Context, _call: Call, user: User) -> Answer:
    """``GET /instances/count``: known from the vendor's suite alone, so it can be switched off."""
    if not context.settings.instance_count:
        return not_found_page()
    total = context.store.count(user)
    return in_json({"totalInstances": total, "elementInstances": total})


def _list(context: Context, found: list[Instance], hydrate: bool) -> Answer:
    if not found and context.settings.empty_list == "not_found":
        raise RefusedError(404, "No instances found")
    view = bodies.view_of(context.settings, context.settings.list_configuration if hydrate else "missing", hydrate)
    parts = [part for instance in found for part in (b",", *bodies.pieces(instance, view, context.turn, context.now))]
    return Answer(200, b"[" + b"".join(parts[1:]) + b"]", {"content-type": JSON})


def _filter(context: Context, call: Call) -> Filter | None:
    text = (call.first("searchText") or "").lower()
    tags = frozenset(call.query.get("tags[]", ()))
    if not text and not tags:
        return None
    elements = frozenset(key for key in bodies.ELEMENTS if text in key)
    return Filter(text, elements, tags, every_tag=context.settings.tags_filter == "every")


def page_token(after: int) -> str:
    """The opaque token of the page that begins behind an id, or at an offset."""
    return base64.b64encode(PAGE_TOKEN + b"%010d" % after).decode()


def page_position(call: Call) -> int:
    """The id or the offset behind which the page begins that is asked for."""
    token = call.first("nextPage")
    if not token:
        return 0
    try:
        text = base64.b64decode(token, validate=True)
    except binascii.Error:
        text = b""
    if not text.startswith(PAGE_TOKEN):
        raise RefusedError(400, "Invalid parameter: nextPage")
    return int(text[len(PAGE_TOKEN) :])
