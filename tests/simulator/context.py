# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every endpoint works with: the store, the settings, the moment, and how requests are read and answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator import bodies
from simulator.answers import JSON, Answer, RefusedError
from simulator.calls import Call
from simulator.formula_store import Formulas
from simulator.settings import Settings
from simulator.store import Instance, Store, User, without_markup

if TYPE_CHECKING:
    from simulator.events import Notifications


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb at one path. ``name`` is what settings call it when they give it a latency.

    ``credentials`` says which secrets it takes and what ``answer`` is handed: ``platform``, the user; ``token``, the
    instance whose token stands beside the two secrets of the platform; ``element``, the instance of the token.
    """

    name: str
    answer: Callable[[Context, Call, Any], Answer]
    credentials: str = "platform"


@dataclass(slots=True)
class Context:
    """Stores, settings and notifications, and the time of the request under way. ``turn`` counts the requests."""

    store: Store
    formulas: Formulas
    settings: Settings
    notifications: Notifications
    now: float = 0.0
    turn: int = 0

    # What the request addresses and says

    def instance(self, call: Call, subject: User | Instance) -> Instance:
        """The instance of the path's id, or the one that the token has chosen already."""
        if isinstance(subject, Instance):
            return subject
        instance = self.store.instances.get(int(call.parts["id"]))
        if instance is None or not self.store.visible(subject, instance):
            raise RefusedError(404, f"No instance found with ID {call.parts['id']}")
        if "key" in call.parts and instance.element != self.element(call.parts["key"]):
            raise RefusedError(404, f"No instance found with ID {call.parts['id']}")
        call.addresses(instance)
        return instance

    def element(self, key: Any) -> str:
        """The key of the element that goes by this key or number."""
        found = bodies.element_key(key)
        if found is None:
            raise RefusedError(404, f"No element found with key {key}")
        return found

    def document(self, call: Call) -> dict[str, Any]:
        """The JSON object that was sent."""
        if not call.headers.get("content-type", "").startswith("application/json"):
            raise RefusedError(415, "Unsupported media type: the content type must be application/json.")
        if not isinstance(call.document, dict):
            raise RefusedError(400, "The request body is not a valid JSON object.")
        return call.document

    def name(self, document: dict[str, Any]) -> str:
        """The name, which must be there; markup is stripped from it."""
        name = document.get("name")
        if not isinstance(name, str) or not without_markup(name).strip():
            raise RefusedError(400, "Missing required parameter: name")
        return without_markup(name)

    def tags(self, document: dict[str, Any]) -> list[str] | None:
        """The tags; None where there are none in it."""
        tags = document.get("tags")
        if tags is None:
            return None
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise RefusedError(400, "Invalid parameter: tags must be a list of strings")
        return [without_markup(tag) for tag in tags]

    def configuration(self, document: dict[str, Any]) -> dict[str, Any]:
        """The configuration, which may be a part of one."""
        configuration = document.get("configuration", {})
        if not isinstance(configuration, dict):
            raise RefusedError(400, "Invalid parameter: configuration must be an object")
        return configuration

    def whole_configuration(self, document: dict[str, Any]) -> dict[str, Any]:
        """A configuration with all that the element needs."""
        configuration = self.configuration(document)
        missing = [key for key in bodies.REQUIRED if not configuration.get(key)]
        if missing:
            raise RefusedError(400, f"Missing required configuration entries: {', '.join(missing)}")
        return configuration

    def page_size(self, call: Call) -> int:
        """How many entries a page holds: what is asked for, up to the platform's own limit."""
        asked = call.first("pageSize")
        if asked is None:
            return self.settings.page_size
        if not asked.isdecimal() or int(asked) < 1:
            raise RefusedError(400, "Invalid parameter: pageSize must be a positive number")
        return min(int(asked), self.settings.page_size)

    # What it gets

    def shown(self, instance: Instance) -> Answer:
        """The instance, as a single answer holds it."""
        body = bodies.body(instance, bodies.view_of(self.settings), self.turn, self.now)
        return Answer(200, body, {"content-type": JSON})

    def changed(self, call: Call, instance: Instance) -> Answer:
        """Note that the instance has been changed, and answer it."""
        instance.updated = self.now
        self.store.changed(instance)
        call.record.committed = True
        return self.shown(instance)
