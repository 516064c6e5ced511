# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance: created, read, changed, provisioned again, switched off and on, deleted.

Each of these answers the path with an id and, where the vendor declares one, the path without, which the token completes.
"""

from __future__ import annotations

from typing import Any

from simulator.answers import Answer, RefusedError, in_json
from simulator.bodies import MASK
from simulator.calls import Call
from simulator.context import Context
from simulator.store import Instance, User, text_of

TRACE_MINUTES = 30


def create(context: Context, call: Call, user: User) -> Answer:
    """``POST``: neither the name nor the Freshdesk credentials are checked (confirmed)."""
    document = context.document(call)
    key = call.parts.get("key") or _element(document)
    if not key:
        raise RefusedError(400, "Missing required parameter: element.key")
    element = context.element(key)
    name, tags = context.name(document), context.tags(document)
    configuration = context.whole_configuration(document)
    instance = context.store.add(name, element, user, configuration, context.now, tags)
    instance.description = document.get("description")
    call.addresses(instance)
    return context.changed(call, instance)


def _element(document: dict[str, Any]) -> Any:
    element = document.get("element")
    return (element.get("key") or element.get("id")) if isinstance(element, dict) else None


def get(context: Context, call: Call, user: User) -> Answer:
    """``GET``: one instance, whole."""
    return context.shown(context.instance(call, user))


def patch(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``PATCH``: what is sent, and of the configuration only the keys that are sent; these take effect (confirmed)."""
    instance = context.instance(call, subject)
    document = context.document(call)
    name = context.name(document) if "name" in document else instance.name
    tags = context.tags(document)
    configuration = context.configuration(document)
    element = context.element(_element(document)) if document.get("element") else instance.element
    instance.name = name
    instance.tags = instance.tags if tags is None else tags
    instance.description = document.get("description", instance.description)
    if configuration:
        instance.configuration = _configured(context, instance, configuration, instance.configuration)
        instance.authenticate()
    if element != instance.element:
        context.store.move(instance, element)
    return context.changed(call, instance)


def put(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``PUT``: provisions again; id and token stay, a key that is left out is lost (confirmed).

    Element calls use the new credentials from then on, unless ``reAuthenticate=false`` says otherwise (inferred).
    """
    instance = context.instance(call, subject)
    document = context.document(call)
    name, tags = context.name(document), context.tags(document)
    configuration = context.whole_configuration(document)
    instance.name = name
    instance.tags = [name] if tags is None else tags
    instance.description = document.get("description")
    instance.configuration = _configured(context, instance, configuration, {})
    if call.flag("reAuthenticate", True):
        instance.authenticate()
    return context.changed(call, instance)


def _configured(
    context: Context, instance: Instance, sent: dict[str, Any], kept: dict[str, str | None]
) -> dict[str, str | None]:
    """What is kept, and over it what was sent; a mask stands for the value that is there already (inferred)."""
    if context.settings.mask_sent == "unchanged":
        live = instance.configuration
        same = {key: live[key] for key in sent if sent[key] == MASK and key in live}
        sent = {key: value for key, value in sent.items() if value != MASK} | same
    return kept | {key: text_of(value) for key, value in sent.items()}


def delete(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``DELETE``: 200 with an empty body, 409 with the reason while it is in use, as by an active formula instance."""
    instance = context.instance(call, subject)
    used_by = [f"formula instance {each.id}" for each in context.formulas.users_of(instance.id)]
    in_use = instance.in_use or ", ".join(used_by)
    if in_use:
        raise RefusedError(409, f"Instance {instance.id} cannot be deleted, it is in use: {in_use}")
    context.store.remove(instance)
    call.record.committed = True
    return Answer(200)


def enable(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``PUT …/enabled``."""
    return _switch(context, call, subject, disabled=False)


def disable(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``DELETE …/enabled``."""
    return _switch(context, call, subject, disabled=True)


def _switch(context: Context, call: Call, subject: User | Instance, disabled: bool) -> Answer:
    instance = context.instance(call, subject)
    if instance.disabled == disabled:
        # Unknown what the platform says to a second one; a conflict is the answer that hurts most.
        raise RefusedError(409, f"Instance {instance.id} is already {'disabled' if disabled else 'enabled'}.")
    instance.disabled = disabled
    return context.changed(call, instance)


def trace(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``PUT …/trace-logging``: for so many minutes, 30 where none are given (confirmed)."""
    instance = context.instance(call, subject)
    minutes = context.document(call).get("duration", TRACE_MINUTES) if call.body else TRACE_MINUTES
    if isinstance(minutes, bool) or not isinstance(minutes, int) or minutes < 1:
        raise RefusedError(400, "Invalid parameter: duration must be a number of minutes")
    instance.traced_until = context.now + 60 * minutes
    return context.changed(call, instance)


def trace_no_more(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``DELETE …/trace-logging``."""
    instance = context.instance(call, subject)
    instance.traced_until = None
    return context.changed(call, instance)


def events(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``GET …/events``: what was received for the instance."""
    return in_json(context.instance(call, subject).events)


def event(context: Context, call: Call, subject: User | Instance) -> Answer:
    """``GET …/events/{eventId}``."""
    wanted = call.parts["eventId"]
    for each in context.instance(call, subject).events:
        if str(each["id"]) == wanted:
            return in_json(each)
    raise RefusedError(404, f"No event found with ID {wanted}")
