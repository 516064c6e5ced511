# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Formula templates: created, read, changed, listed and deleted."""

from __future__ import annotations

from typing import Any

from simulator.answers import Answer, RefusedError, in_json
from simulator.calls import Call
from simulator.context import Context
from simulator.formula_store import Template
from simulator.lists import page_position, page_token
from simulator.store import User, date_text, without_markup

_PLAIN = ("active", "singleThreaded", "engine", "debugLoggingEnabled", "method", "uri")
_PATCHED = ("name", "description", "active", "engine", "debugLoggingEnabled", "method", "uri")


def listed(context: Context, call: Call, user: User) -> Answer:
    """``GET /formulas``: the user's own and those of administrators; ``abridged=true`` leaves out the steps."""
    found = [template for template in context.formulas.templates.values() if _sees(user, template)]
    left_out = {"steps"} if call.flag("abridged", False) else set()
    return page_of(context, call, found, lambda template: _without(body(template), left_out), "formulas")


def page_of(context: Context, call: Call, found: list[Any], shown: Any, kind: str) -> Answer:
    """A page of these things, in the order of their ids. A token comes only while more is left (confirmed)."""
    size, position = context.page_size(call), page_position(call)
    by_offset = context.settings.paging == "offset"
    rest = found[position:] if by_offset else [each for each in found if each.id > position]
    if not rest and context.settings.formula_empty_list == "not_found":
        raise RefusedError(404, f"No {kind} found")
    page = rest[:size]
    answer = in_json([shown(each) for each in page])
    answer.headers["elements-returned-count"] = str(len(page))
    if context.settings.total_count:
        answer.headers["elements-total-count"] = str(len(found))
    if len(rest) > size and context.settings.page_tokens:
        answer.headers["elements-next-page-token"] = page_token(position + size if by_offset else page[-1].id)
    return answer


def create(context: Context, call: Call, user: User) -> Answer:
    """``POST /formulas``: a name is enough. A variable twice is a conflict (confirmed)."""
    document = context.document(call)
    _checked(document)
    template = context.formulas.add_template(context.name(document), user, context.now)
    _take(context, template, document)
    return _changed(context, call, template)


def get(context: Context, call: Call, user: User) -> Answer:
    """``GET /formulas/{id}``."""
    return in_json(body(of_path(context, call, user)))


def put(context: Context, call: Call, user: User) -> Answer:
    """``PUT``: the whole template, which may be what a GET answered."""
    template = of_path(context, call, user)
    document = context.document(call)
    name = context.name(document)
    _checked(document)
    template.name, template.description, template.more = name, None, {}
    template.variables, template.triggers, template.steps = [], [], []
    _take(context, template, document)
    return _changed(context, call, template)


def patch(context: Context, call: Call, user: User) -> Answer:
    """``PATCH``: what is sent of the fields that it takes."""
    template = of_path(context, call, user)
    document = context.document(call)
    template.name = context.name(document) if "name" in document else template.name
    _take(context, template, {key: document[key] for key in _PATCHED if key in document})
    return _changed(context, call, template)


def delete(context: Context, call: Call, user: User) -> Answer:
    """``DELETE``. What happens while it has instances is unknown: a conflict is the answer that hurts most."""
    template = of_path(context, call, user)
    if context.formulas.of_template(template):
        raise RefusedError(409, f"Formula {template.id} cannot be deleted, it has instances.")
    del context.formulas.templates[template.id]
    call.record.committed = True
    return Answer(200)


def of_path(context: Context, call: Call, user: User) -> Template:
    """The template of the path's id."""
    template = context.formulas.templates.get(int(call.parts["formulaId"]))
    if template is None or not _sees(user, template):
        raise RefusedError(404, f"No formula found with ID {call.parts['formulaId']}")
    return template


def body(template: Template) -> dict[str, Any]:
    """A template as answers show it."""
    return {
        **brief(template),
        "description": template.description,
        "singleThreaded": False,
        "engine": "v3",
        "debugLoggingEnabled": True,
        **template.more,
        "configuration": template.variables,
        "triggers": template.triggers,
        "steps": template.steps,
    }


def brief(template: Template) -> dict[str, Any]:
    """A template as the lists of its instances show it."""
    return {
        "id": template.id,
        "name": template.name,
        "active": template.active,
        "userId": template.user.id,
        "accountId": 701,
        "createdDate": date_text(template.created),
        "updatedDate": date_text(template.updated),
    }


def _sees(user: User, template: Template) -> bool:
    """A user sees his own templates and those of administrators, an administrator those of all (confirmed)."""
    owner = template.user
    if owner.organization_secret != user.organization_secret:
        return False
    return user.admin or owner.admin or owner.id == user.id


def _checked(document: dict[str, Any]) -> None:
    keys = [each.get("key") for each in document.get("configuration") or ()]
    double = next((key for key in keys if keys.count(key) > 1), None)
    if double is not None:
        raise RefusedError(409, f"A configuration with the key {double} already exists")
    manual = all(trigger.get("type") == "manual" for trigger in document.get("triggers") or ())
    if (document.get("method") or document.get("uri")) and not manual:
        raise RefusedError(400, "Only a formula with a manual trigger can be used as a resource")


def _take(context: Context, template: Template, document: dict[str, Any]) -> None:
    template.active = document.get("active", template.active)
    if isinstance(document.get("description"), str):
        template.description = without_markup(document["description"])
    template.more.update({key: document[key] for key in _PLAIN if key in document and key != "active"})
    for field, key in (("variables", "configuration"), ("triggers", "triggers"), ("steps", "steps")):
        if key in document:
            setattr(template, field, [{"id": context.formulas.part_id(), **part} for part in document[key]])
    template.updated = context.now


def _changed(context: Context, call: Call, template: Template) -> Answer:
    call.record.id, call.record.name, call.record.committed = template.id, template.name, True
    return in_json(body(template))


def _without(shown: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in shown.items() if key not in keys}
