# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a stored instance looks in an answer: every field of the real one, about 2.5 KB of JSON."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from simulator.answers import packed
from simulator.settings import Settings
from simulator.store import Instance, date_text

MASK = "********"

# The elements of the catalogue: key -> id and name. All are help desks, as Freshdesk is.
ELEMENTS = {
    "freshdeskv2": (491, "Freshdesk V2"),
    "freshdesk": (168, "Freshdesk"),
    "zendesk": (41, "Zendesk"),
    "servicenow": (151, "ServiceNow"),
}

REQUIRED = ("subdomain", "username")
NUMBERS = {str(number): key for key, (number, _title) in ELEMENTS.items()}

# Keys that the server adds, with the value they show until somebody sends another (confirmed that it does so).
ADDED: dict[str, str | None] = {
    "base.url": "https://{subdomain}.freshdesk.com/api/v2",
    "bulk.add_metadata": None,
    "bulk.attribute.created_time": "created_at",
    "bulk.query.date_mask": "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "bulk.query.download_format": "json",
    "bulk.query.field_name": "updated_since",
    "bulk.query.operator": "=",
    "bulk.relations": None,
    "event.metadata": None,
    "event.notification.basic.password": None,
    "event.notification.basic.username": None,
    "event.notification.callback.url": None,
    "event.notification.enabled": "false",
    "event.notification.signature.key": None,
    "event.objects": None,
    "event.poller.configuration": None,
    "event.poller.refresh_interval": "15",
    "event.poller.urls": None,
    "event.vendor.type": "polling",
    "filter.response.nulls": "true",
    "pagination.max": "100",
    "pagination.page.startindex": "1",
    "pagination.type": "page",
    "password": "X",
    "subdomain": None,
    "username": None,
}


@dataclass(frozen=True, slots=True)
class View:
    """What an answer shows of an instance, by the settings and the kind of the answer."""

    configuration: Literal["full", "empty", "missing"] | str
    tags_form: Literal["strings", "objects", "missing"] | str
    mask_username: bool
    mask_signature_key: bool


def view_of(settings: Settings, configuration: str = "full", tags: bool = True) -> View:
    """The view that the settings ask for."""
    return View(
        configuration, settings.tags_form if tags else "missing", settings.mask_username, settings.mask_signature_key
    )


def body(instance: Instance, view: View, turn: int, now: float) -> bytes:
    """The JSON of one instance."""
    return b"".join(pieces(instance, view, turn, now))


def pieces(instance: Instance, view: View, turn: int, now: float) -> tuple[bytes, bytes, bytes]:
    """The same in three parts: all but the tags is serialised once a change, the tags move in every answer."""
    if instance.traced_until is not None and instance.traced_until <= now:
        instance.traced_until = None
        instance.serialised.clear()
    ends = instance.serialised.get(view)
    if ends is None:
        ends = instance.serialised[view] = _serialise(instance, view)
    if view.tags_form == "missing":
        return ends[0], b"", ends[1]
    return ends[0], packed(_tags(instance.tags, view.tags_form, turn)), ends[1]


def configuration(instance: Instance, view: View) -> dict[str, str | None]:
    """The configuration as answers show it: strings, server-side keys added, unset keys null, secrets masked."""
    values = {**ADDED, **instance.configuration}
    if "base.url" not in instance.configuration:
        values["base.url"] = f"https://{instance.configuration.get('subdomain')}.freshdesk.com/api/v2"
    return {key: MASK if value is not None and _masked(key, view) else value for key, value in values.items()}


def configuration_items(instance: Instance, view: View) -> list[dict[str, Any]]:
    """The same as items, each with an id of its own (confirmed: ``id``, ``key``, ``propertyValue``)."""
    return [
        {
            "id": zlib.crc32(f"{instance.id} {key}".encode()),
            "key": key,
            "name": _title(key),
            "type": "PASSWORD" if _secret(key) else "TEXTFIELD_128",
            "description": None,
            "active": True,
            "required": key in REQUIRED,
            "hideFromConsole": False,
            "propertyValue": value,
            "instanceId": instance.id,
        }
        for key, value in sorted(configuration(instance, view).items())
    ]


def _masked(key: str, view: View) -> bool:
    if key == "username":
        return view.mask_username
    if key == "event.notification.signature.key":
        return view.mask_signature_key
    return _secret(key)


def _title(key: str) -> str:
    return key.replace(".", " ").title()


def _secret(key: str) -> bool:
    return key.endswith("password") or (key.startswith("oauth.") and ("secret" in key or "token" in key))


def _tags(tags: list[str], form: str, turn: int) -> list[Any]:
    """The tags in another order than they were sent in, and another one from answer to answer."""
    if len(tags) > 1:
        cut = 1 + turn % (len(tags) - 1)
        tags = tags[cut:] + tags[:cut]
    return tags if form == "strings" else [{"id": zlib.crc32(tag.encode()), "name": tag} for tag in tags]


def _serialise(instance: Instance, view: View) -> tuple[bytes, bytes]:
    head = {
        "id": instance.id,
        "name": instance.name,
        "createdDate": date_text(instance.created),
        "updatedDate": int(instance.updated * 1000),
        "token": instance.token,
        "element": element(instance.element),
        "elementId": ELEMENTS[instance.element][0],
    }
    tail: dict[str, Any] = {
        "description": instance.description,
        "channelName": None,
        "providerData": None,
        "provisionInteractions": [],
        "valid": True,
        "disabled": instance.disabled,
        "maxCacheSize": 0,
        "cacheTimeToLive": 0,
        "eventsEnabled": instance.configuration.get("event.notification.enabled") == "true",
        "traceLoggingEnabled": instance.traced_until is not None,
        "cachingEnabled": False,
        "externalAuthentication": "none",
        "user": {
            "id": instance.user.id,
            "emailAddress": instance.user.email,
            "firstName": instance.user.email.partition("@")[0].title(),
            "lastName": "Example",
        },
    }
    if view.configuration == "full":
        tail["configuration"] = configuration(instance, view)
    elif view.configuration == "empty":
        tail["configuration"] = {}
    return packed(head)[:-1] + (b"" if view.tags_form == "missing" else b',"tags":'), b"," + packed(tail)[1:]


def element_key(key: Any) -> str | None:
    """The key of the element that goes by this key or number; None where there is none."""
    return str(key) if str(key) in ELEMENTS else NUMBERS.get(str(key))


@cache
def element(key: str, with_configuration: bool = False) -> dict[str, Any]:
    """An element of the catalogue; with what an instance of it can be given, where it is asked for by itself."""
    number, title = ELEMENTS[key]
    shown = _element(number, key, title)
    if with_configuration:
        shown["configuration"] = [
            {
                "id": zlib.crc32(f"{key} {each}".encode()),
                "key": each,
                "name": _title(each),
                "type": "PASSWORD" if _secret(each) else "TEXTFIELD_128",
                "defaultValue": default,
                "required": each in REQUIRED,
                "hideFromConsole": False,
                "active": True,
            }
            for each, default in ADDED.items()
        ]
    return shown


def _element(number: int, key: str, title: str) -> dict[str, Any]:
    return {
        "id": number,
        "name": title,
        "hookName": title,
        "configDescription": f"If you do not have a {title} account, create one first. The subdomain is the part of "
        "the address in front of the vendor's domain, and the API key stands in the profile settings of an agent.",
        "key": key,
        "description": f"Add a {title} instance to connect your existing account to the helpdesk hub, allowing you to "
        "manage agents, contacts, incidents and more across multiple helpdesk elements.",
        "image": "elements/custom-element-default-logo.png",
        "active": True,
        "deleted": False,
        "typeOauth": False,
        "trialAccount": False,
        "trialAccountDescription": None,
        "existingAccountDescription": "Give your application access to your account: enter its subdomain and API key.",
        "signupURL": "https://freshdesk.com/signup",
        "resources": [],
        "transformationsEnabled": True,
        "bulkDownloadEnabled": True,
        "bulkUploadEnabled": True,
        "cloneable": True,
        "extendable": True,
        "beta": False,
        "authentication": {"type": "basic"},
        "extended": False,
        "hub": "helpdesk",
        "protocolType": "http",
        "parameters": [],
        "private": False,
    }
