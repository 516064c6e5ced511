# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of the platform below ``/elements/api-v2``: what each checks, changes and answers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import bodies
from simulator.answers import JSON, Answer, RefusedError, error, in_json, page
from simulator.calls import Call
from simulator.settings import Settings
from simulator.store import Instance, Store, User, without_markup

BAD_SECRETS = "Invalid Organization or User secret, or invalid Element token provided."  # confirmed, to the letter
LARGEST_BODY = 8 * 1024 * 1024
REQUIRED = ("subdomain", "username")
UNKNOWN = "(unknown)"  # stands for the template of a path where nothing answers
PAGE_TOKEN = b"\xfb\xef\xff"  # makes the base64 of every next-page token begin with ++//, which URLs must encode


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb at one path. ``name`` is what settings call it when they give it a latency."""

    name: str
    answer: Callable[[Endpoints, Call, Any], Answer]
    credentials: str = "platform"  # or "element": the instance is chosen by its token; or "both"


def too_large() -> RefusedError:
    """A body over 8 MB: a 429 that no waiting cures (confirmed; the words are unknown)."""
    return RefusedError(429, "The request body is larger than the maximum size of 8 MB.")


class Endpoints:
    """Answers calls from a store, under settings."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self._now = 0.0
        self._turn = 0

    def perform(self, call: Call, now: float) -> Answer:
        """Do what the call asks for at this moment, and answer it."""
        self._now = now
        self._turn += 1
        try:
            if call.operation is None:
                if call.record.template == UNKNOWN:
                    return not_found_page()
                raise RefusedError(405, f"Method {call.verb} is not allowed for this resource.")
            if len(call.body) > LARGEST_BODY:
                raise too_large()
            subject = self._admitted(call, call.operation)
            return call.operation.answer(self, call, subject)
        except RefusedError as refusal:
            return error(refusal.status, refusal.message, call.request_id, refusal.provider)

    # Who asks

    def _admitted(self, call: Call, operation: Operation) -> User | Instance:
        """The user of a platform call, or the instance of an element call."""
        secrets = dict(part.strip().partition(" ")[::2] for part in call.headers.get("authorization", "").split(","))
        if operation.credentials == "element":
            return self._instance_of_token(secrets)
        if "Element" in secrets and operation.credentials == "platform":
            # Confirmed: the router takes the call for one to the element's own API, where no such resource exists.
            self._instance_of_token(secrets)
            raise RefusedError(
                404, "Request failed", provider=f"This API is not supported for this element: {call.verb} {call.path}"
            )
        user = self.store.users.get((secrets.get("User", ""), secrets.get("Organization", "")))
        if user is None:
            raise RefusedError(401, BAD_SECRETS)
        privilege = "read" if call.verb == "GET" else "write"
        if privilege not in user.privileges:
            raise RefusedError(403, f"Insufficient privileges: the user may not {privilege} instances.")
        if operation.credentials == "both":
            instance = self._instance_of_token(secrets)
            self._addressed(call, instance)
            return instance
        return user

    def _instance_of_token(self, secrets: dict[str, str]) -> Instance:
        instance = self.store.by_token.get(secrets.get("Element", ""))
        if instance is None or not any(
            user.user_secret == secrets.get("User") and self.store.visible(user, instance)
            for user in self.store.users.values()
        ):
            raise RefusedError(401, BAD_SECRETS)
        return instance

    def _addressed(self, call: Call, instance: Instance) -> None:
        call.record.id = instance.id
        call.record.name = instance.name

    def _instance(self, call: Call, user: User) -> Instance:
        instance = self.store.instances.get(int(call.parts[0]))
        if instance is None or not self.store.visible(user, instance):
            raise RefusedError(404, f"No instance found with ID {call.parts[0]}")
        self._addressed(call, instance)
        return instance

    # What it says

    def _document(self, call: Call) -> dict[str, Any]:
        if not call.headers.get("content-type", "").startswith("application/json"):
            raise RefusedError(415, "Unsupported media type: the content type must be application/json.")
        if not isinstance(call.document, dict):
            raise RefusedError(400, "The request body is not a valid JSON object.")
        return call.document

    def _name(self, document: dict[str, Any]) -> str:
        name = document.get("name")
        if not isinstance(name, str) or not without_markup(name).strip():
            raise RefusedError(400, "Missing required parameter: name")
        return without_markup(name)

    def _tags(self, document: dict[str, Any]) -> list[str] | None:
        tags = document.get("tags")
        if tags is None:
            return None
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise RefusedError(400, "Invalid parameter: tags must be a list of strings")
        return [without_markup(tag) for tag in tags]

    def _configuration(self, document: dict[str, Any]) -> dict[str, Any]:
        configuration = document.get("configuration", {})
        if not isinstance(configuration, dict):
            raise RefusedError(400, "Invalid parameter: configuration must be an object")
        return configuration

    def _whole_configuration(self, document: dict[str, Any]) -> dict[str, Any]:
        configuration = self._configuration(document)
        missing = [key for key in REQUIRED if not configuration.get(key)]
        if missing:
            raise RefusedError(400, f"Missing required configuration entries: {', '.join(missing)}")
        return configuration

    # What it gets

    def _shown(self, instance: Instance) -> Answer:
        body = bodies.body(instance, bodies.view_of(self.settings), self._turn)
        return Answer(200, body, {"content-type": JSON})

    def _changed(self, call: Call, instance: Instance) -> Answer:
        instance.serialised.clear()
        call.record.committed = True
        return self._shown(instance)

    def organization(self, _call: Call, user: User) -> Answer:
        """``GET /organizations/me``: the check of the two secrets alone."""
        return in_json({"id": 701, "name": "acme", "createdDate": "2016-02-01T09:00:00Z", "ownerId": user.id})

    def instances(self, call: Call, user: User) -> Answer:
        """``GET /instances`` and ``GET /elements/{key}/instances``."""
        element = call.parts[0] if call.parts else None
        if element is not None and element not in bodies.ELEMENTS:
            raise RefusedError(404, f"The element {element} does not exist")
        size = self._page_size(call)
        asked = call.first("nextPage")
        after = _read_page_token(asked) if asked else 0
        found, total, more = self.store.select(user, element, after, size, self._filter(call))
        if not found:
            raise RefusedError(404, "No instances found")
        form = self.settings.list_configuration if call.flag("hydrate", True) else "missing"
        view = bodies.view_of(self.settings, form)
        parts = [part for instance in found for part in (b",", *bodies.pieces(instance, view, self._turn))]
        parts[0] = b"["
        parts.append(b"]")
        headers = {"content-type": JSON, "elements-returned-count": str(len(found))}
        if self.settings.total_count:
            headers["elements-total-count"] = str(total)
        if more or self.settings.token_on_last_page:
            headers["elements-next-page-token"] = page_token(found[-1].id)
        return Answer(200, b"".join(parts), headers)

    def _page_size(self, call: Call) -> int:
        asked = call.first("pageSize")
        if asked is None:
            return self.settings.page_size
        if not asked.isdecimal() or int(asked) < 1:
            raise RefusedError(400, "Invalid parameter: pageSize must be a positive number")
        return min(int(asked), self.settings.page_size)

    def _filter(self, call: Call) -> Callable[[Instance], bool] | None:
        text = (call.first("searchText") or "").lower()
        tags = set(call.query.get("tags[]", ()))
        if not text and not tags:
            return None
        return lambda instance: text in instance.name.lower() and tags.issubset(instance.tags)

    def create(self, call: Call, user: User) -> Answer:
        """``POST /instances``: neither the name nor the Freshdesk credentials are checked (confirmed)."""
        document = self._document(call)
        element = document.get("element")
        key = element.get("key") if isinstance(element, dict) else None
        if not key:
            raise RefusedError(400, "Missing required parameter: element.key")
        if key not in bodies.ELEMENTS:
            raise RefusedError(404, f"The element {key} does not exist")
        name, tags = self._name(document), self._tags(document)
        instance = self.store.add(name, key, user, self._whole_configuration(document), self._now, tags)
        self._addressed(call, instance)
        return self._changed(call, instance)

    def instance(self, call: Call, user: User) -> Answer:
        """``GET /instances/{id}``."""
        return self._shown(self._instance(call, user))

    def patch(self, call: Call, user: User) -> Answer:
        """``PATCH /instances/{id}``: what is sent, and of the configuration only the keys that are sent."""
        instance = self._instance(call, user)
        document = self._document(call)
        name = self._name(document) if "name" in document else instance.name
        tags = self._tags(document)
        configuration = self._configuration(document)
        instance.name = name
        instance.tags = instance.tags if tags is None else tags
        if self.settings.partial_configuration == "merge":
            instance.configure(configuration)
        return self._changed(call, instance)

    def put(self, call: Call, user: User) -> Answer:
        """``PUT /instances/{id}``: provisions anew; id and token stay, a key that is left out is lost.

        Element calls use the new credentials only after ``reAuthenticate=true`` (inferred; the default is unknown, so
        here it is the one that catches a client which leaves it out).
        """
        instance = self._instance(call, user)
        document = self._document(call)
        name, tags = self._name(document), self._tags(document)
        configuration = self._whole_configuration(document)
        instance.name = name
        instance.tags = [name] if tags is None else tags
        instance.configuration = {}
        instance.configure(configuration)
        if call.flag("reAuthenticate", False):
            instance.authenticate()
        return self._changed(call, instance)

    def delete(self, call: Call, user: User) -> Answer:
        """``DELETE /instances/{id}``: 200 with an empty body, 409 with the reason while it is in use."""
        instance = self._instance(call, user)
        if instance.in_use:
            raise RefusedError(409, f"Instance {instance.id} cannot be deleted, it is in use: {instance.in_use}")
        self.store.remove(instance)
        call.record.committed = True
        return Answer(200)

    def enable(self, call: Call, subject: User | Instance) -> Answer:
        """``PUT /instances/{id}/enabled`` and, with the instance's token, ``PUT /instances/enabled``."""
        return self._switch(call, subject, disabled=False)

    def disable(self, call: Call, subject: User | Instance) -> Answer:
        """``DELETE`` of the same."""
        return self._switch(call, subject, disabled=True)

    def _switch(self, call: Call, subject: User | Instance, disabled: bool) -> Answer:
        instance = subject if isinstance(subject, Instance) else self._instance(call, subject)
        if instance.disabled == disabled:
            # Unknown what the platform says to a second one; a conflict is the answer that hurts most.
            raise RefusedError(409, f"Instance {instance.id} is already {'disabled' if disabled else 'enabled'}.")
        instance.disabled = disabled
        return self._changed(call, instance)

    def configuration(self, call: Call, user: User) -> Answer:
        """``GET /instances/{id}/configuration``."""
        return in_json(bodies.configuration_items(self._instance(call, user), bodies.view_of(self.settings)))

    def patch_configuration(self, call: Call, user: User) -> Answer:
        """``PATCH /instances/{id}/configuration/{configId}``: takes a string (confirmed), nothing else."""
        instance = self._instance(call, user)
        value = self._document(call).get("propertyValue")
        view = bodies.view_of(self.settings)
        wanted = int(call.parts[1])
        key = next((item["key"] for item in bodies.configuration_items(instance, view) if item["id"] == wanted), None)
        if key is None:
            raise RefusedError(404, f"No configuration found with ID {wanted}")
        if not isinstance(value, str):
            raise RefusedError(400, "Invalid parameter: propertyValue must be a string")
        instance.configure({key: value})
        self._changed(call, instance)
        return in_json(next(item for item in bodies.configuration_items(instance, view) if item["id"] == wanted))

    def docs(self, call: Call, user: User) -> Answer:
        """``GET /instances/{id}/docs``: the API of the instance."""
        instance = self._instance(call, user)
        resources = ("agents", "contacts", "incidents")
        return in_json(
            {
                "swagger": "2.0",
                "info": {"title": bodies.ELEMENTS[instance.element][1], "version": "api-v2"},
                "basePath": "/elements/api-v2",
                "paths": {
                    f"/hubs/helpdesk/{name}": {
                        "get": {"operationId": name, "responses": {"200": {"description": "OK"}}}
                    }
                    for name in resources
                },
            }
        )

    def resource(self, call: Call, instance: Instance) -> Answer:
        """``GET /hubs/helpdesk/…``: the platform passes the call on to Freshdesk."""
        self._addressed(call, instance)
        if instance.disabled:
            raise RefusedError(403, "The element instance is disabled.")
        subdomain, key = instance.credentials
        right = self.store.accounts.get(subdomain or "")
        if right is None and self.settings.accounts == "listed":
            raise RefusedError(404, "Request failed", provider="There is no helpdesk at this address.")
        if right not in (None, key):
            raise RefusedError(401, "Request failed", provider="You have to be logged in to perform this action.")
        size = min(self._page_size(call), 3)
        kind = call.parts[0]
        return in_json([{"id": 43_000_000_001 + number, "name": f"{kind[:-1]} {number}"} for number in range(size)])


def not_found_page() -> Answer:
    """What stands at an address that is not the platform's API."""
    return page(404, "Not Found", "<p>The requested URL was not found on this server.</p>")


def page_token(after: int) -> str:
    """The opaque token of the page that begins behind an id."""
    return base64.b64encode(PAGE_TOKEN + b"%010d" % after).decode()


def _read_page_token(token: str) -> int:
    try:
        text = base64.b64decode(token, validate=True)
    except binascii.Error:
        text = b""
    if not text.startswith(PAGE_TOKEN):
        raise RefusedError(400, "Invalid parameter: nextPage")
    return int(text[len(PAGE_TOKEN) :])


ROUTES: dict[str, dict[str, Operation]] = {
    "/instances": {
        "GET": Operation("list", Endpoints.instances),
        "POST": Operation("create", Endpoints.create),
    },
    "/instances/{id}": {
        "GET": Operation("get", Endpoints.instance),
        "PATCH": Operation("patch", Endpoints.patch),
        "PUT": Operation("put", Endpoints.put),
        "DELETE": Operation("delete", Endpoints.delete),
    },
    "/elements/{key}/instances": {"GET": Operation("list", Endpoints.instances)},
    "/hubs/helpdesk/{resource}": {"GET": Operation("element", Endpoints.resource, "element")},
    "/instances/{id}/enabled": {
        "PUT": Operation("enable", Endpoints.enable),
        "DELETE": Operation("disable", Endpoints.disable),
    },
    "/instances/enabled": {
        "PUT": Operation("enable", Endpoints.enable, "both"),
        "DELETE": Operation("disable", Endpoints.disable, "both"),
    },
    "/instances/{id}/configuration": {"GET": Operation("configuration", Endpoints.configuration)},
    "/instances/{id}/configuration/{id}": {"PATCH": Operation("patch_configuration", Endpoints.patch_configuration)},
    "/instances/{id}/docs": {"GET": Operation("docs", Endpoints.docs)},
    "/organizations/me": {"GET": Operation("organization", Endpoints.organization)},
}
PLACEHOLDERS = {"{id}": r"(-?\d{1,18})", "{key}": r"([^/]+)", "{resource}": "(agents|contacts|incidents)"}


def _pattern(template: str) -> re.Pattern[str]:
    for placeholder, pattern in PLACEHOLDERS.items():
        template = template.replace(placeholder, pattern)
    return re.compile(template, re.ASCII)


PATTERNS = [(template, _pattern(template)) for template in ROUTES]


def routed(path: str) -> tuple[str, tuple[str, ...]]:
    """The template that a path below the base fits, and what stands in its placeholders."""
    for template, pattern in PATTERNS:
        if found := pattern.fullmatch(path):
            return template, found.groups()
    return UNKNOWN, ()
