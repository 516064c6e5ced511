# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Formula instances: created, read, changed, activated, listed and deleted, with and without the template in the path."""

from __future__ import annotations

import re
from typing import Any

from simulator import templates
from simulator.answers import Answer, RefusedError, in_json
from simulator.calls import Call
from simulator.context import Context
from simulator.formula_store import COUNTERS, FormulaInstance, Template
from simulator.store import User, date_text

_OWN_PATHS = ("/accounts", "/formulas", "/instances", "/elements", "/jobs")


def of_user(context: Context, call: Call, user: User) -> Answer:
    """``GET /formulas/instances``: of all templates; inactive ones only where they are asked for (inferred)."""
    settings = context.settings
    inactive = call.flag("includeInactive", False) or settings.formula_inactive == "always"
    text, used = (call.first("searchText") or "").lower(), call.first("elementInstanceId")
    found = [
        each
        for each in context.formulas.instances.values()
        if _sees(user, each)
        and (inactive or each.active)
        and text in each.name.lower()
        and (used is None or each.uses(int(used)))
    ]
    return templates.page_of(context, call, found, lambda each: _listed(context, each, whole=True), "formula instances")


def of_template(context: Context, call: Call, user: User) -> Answer:
    """``GET /formulas/{id}/instances``: no filter is declared, so inactive ones are in it."""
    template = templates.of_path(context, call, user)
    found = [each for each in context.formulas.of_template(template) if _sees(user, each)]
    return templates.page_of(context, call, found, lambda each: _listed(context, each), "formula instances")


def create(context: Context, call: Call, user: User) -> Answer:
    """``POST``: names are not unique; the template is checked now, and not when it is saved (confirmed)."""
    template = templates.of_path(context, call, user)
    if template.missing_step is not None:
        raise RefusedError(400, f"The formula has no step named {template.missing_step}")
    document = context.document(call)
    name = context.name(document)
    configuration, settings = _configuration(context, template, document, {}), _settings(document)
    active = document.get("active", context.settings.formula_default_active)
    made = context.formulas.add_instance(name, template, user, context.now, active, configuration, settings)
    return _changed(context, call, made)


def get(context: Context, call: Call, user: User) -> Answer:
    """``GET`` of one, by either path."""
    return in_json(_body(context, _instance(context, call, user)))


def put(context: Context, call: Call, user: User) -> Answer:
    """``PUT``: keys that are left out are kept; the counters of errors are taken too (confirmed)."""
    instance = _instance(context, call, user)
    document = context.document(call)
    name = context.name(document) if "name" in document else instance.name
    merges = context.settings.formula_put == "merges"
    if "configuration" in document:
        kept = instance.configuration if merges else {}
        instance.configuration = _configuration(context, instance.template, document, kept)
    if "settings" in document:
        instance.settings = {**(instance.settings if merges else {}), **_settings(document)}
    instance.name, instance.active = name, document.get("active", instance.active)
    instance.counters.update({key: document[key] for key in COUNTERS if key in document})
    instance.updated = context.now
    return _changed(context, call, instance)


def delete(context: Context, call: Call, user: User) -> Answer:
    """``DELETE``, by either path."""
    instance = _instance(context, call, user)
    del context.formulas.instances[instance.id]
    call.record.committed = True
    return Answer(200)


def activate(context: Context, call: Call, user: User) -> Answer:
    """``PUT …/active``."""
    return _switch(context, call, user, active=True)


def deactivate(context: Context, call: Call, user: User) -> Answer:
    """``DELETE …/active``."""
    return _switch(context, call, user, active=False)


def jobs(context: Context, call: Call, user: User) -> Answer:
    """``GET /jobs``: one for each active instance of an active template with a scheduled trigger (confirmed)."""
    found = [
        {
            "id": f"{each.id:x}",
            "name": each.name,
            "description": f"formula {each.template.id}, instance {each.id}",
            "disallowConcurrent": False,
            "data": {"id": each.id, "topic": "formula"},
            "trigger": {"id": f"{each.id:x}", "state": "NORMAL"},
        }
        for each in context.formulas.instances.values()
        if _sees(user, each)
        and each.active
        and each.template.active
        and any(trigger.get("type") == "scheduled" for trigger in each.template.triggers)
    ]
    return in_json(found)


def _switch(context: Context, call: Call, user: User, active: bool) -> Answer:
    instance = _instance(context, call, user)
    if instance.active == active:
        # Unknown what the platform says to a second one.
        if context.settings.formula_second_active == 409:
            raise RefusedError(409, f"Formula instance {instance.id} is already {'' if active else 'in'}active.")
        return Answer(200)
    instance.active, instance.updated = active, context.now
    _changed(context, call, instance)
    return Answer(200)  # no body is declared


def _instance(context: Context, call: Call, user: User) -> FormulaInstance:
    """The instance of the path's id, which must be one of the template where the path names that too."""
    instance = context.formulas.instances.get(int(call.parts["formulaInstanceId"]))
    of_it = instance is not None and call.parts.get("formulaId", str(instance.template.id)) == str(instance.template.id)
    if instance is None or not of_it or not _sees(user, instance):
        raise RefusedError(404, f"No formula instance found with ID {call.parts['formulaInstanceId']}")
    return instance


def _sees(user: User, instance: FormulaInstance) -> bool:
    """Users see their own, administrators those of all (as with element instances: inferred)."""
    if user.admin:
        return instance.user.organization_secret == user.organization_secret
    return instance.user.id == user.id


def _configuration(
    context: Context, template: Template, document: dict[str, Any], kept: dict[str, Any]
) -> dict[str, Any]:
    """The variables' values. What one does that is unknown, or required and left out, is unknown."""
    sent = context.configuration(document)
    configuration = {**kept, **sent}
    if context.settings.formula_variables == "checked":
        known = {each["key"]: each for each in template.variables}
        unknown = sorted(set(sent) - set(known))
        missing = [key for key, each in known.items() if each.get("required") and configuration.get(key) in (None, "")]
        if unknown or missing:
            raise RefusedError(400, f"Invalid configuration: unknown {unknown}, missing {missing}")
    return configuration


def _settings(document: dict[str, Any]) -> dict[str, Any]:
    settings = document.get("settings") or {}
    if not isinstance(settings, dict):
        raise RefusedError(400, "Invalid parameter: settings must be an object")
    api = settings.get("api")
    if api is not None:
        found = re.fullmatch(r"[A-Z]+ (/\S+)", str(api))
        if found is None or found[1].startswith(_OWN_PATHS):
            raise RefusedError(400, "Invalid parameter: settings.api must be METHOD /path, and a path of its own")
    return settings


def _body(context: Context, instance: FormulaInstance) -> dict[str, Any]:
    """An instance as a single answer shows it."""
    shown: dict[str, Any] = {
        "id": instance.id,
        "name": instance.name,
        "active": instance.active,
        "configuration": {key: _value(context, value) for key, value in instance.configuration.items()},
        "settings": instance.settings,
        "createdDate": date_text(instance.created),
        **instance.counters,
        "formula": {"id": instance.template.id, "active": instance.template.active},
    }
    if instance.updated is not None:  # it may be missing until the first change (inferred)
        shown["updatedDate"] = date_text(instance.updated)
    return shown


def _listed(context: Context, instance: FormulaInstance, whole: bool = False) -> dict[str, Any]:
    """The same in a list: with its template's variables in the list of all, without them in that of one."""
    shown = _body(context, instance)
    if context.settings.formula_list_configuration == "missing":
        del shown["configuration"], shown["settings"]
    shown["formula"] = templates.brief(instance.template)
    if whole:
        shown["formula"]["configuration"] = instance.template.variables
    return shown


def _value(context: Context, value: Any) -> Any:
    form = context.settings.formula_values
    if form == "strings" and value is not None:
        return value if isinstance(value, str) else str(value)
    return int(value) if form == "numbers" and str(value).isdecimal() else value


def _changed(context: Context, call: Call, instance: FormulaInstance) -> Answer:
    call.addresses(instance)
    call.record.committed = True
    return in_json(_body(context, instance))
