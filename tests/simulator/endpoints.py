# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door of the platform: who asks, whether he may, and what then answers."""

from __future__ import annotations

from simulator.answers import Answer, RefusedError, error, not_found_page, too_large
from simulator.calls import Call
from simulator.context import Context, Operation
from simulator.events import Notifications
from simulator.formula_store import Formulas
from simulator.routes import UNKNOWN
from simulator.settings import Settings
from simulator.store import Instance, Store, User

BAD_SECRETS = "Invalid Organization or User secret, or invalid Element token provided."  # confirmed, to the letter
UNDECLARED = 418  # no answer of the real platform: it cannot be mistaken for one
LARGEST_BODY = 8 * 1024 * 1024


class Endpoints:
    """Answers calls from a store, under settings."""

    def __init__(self, store: Store, formulas: Formulas, settings: Settings, notifications: Notifications) -> None:
        self._context = Context(store, formulas, settings, notifications)

    def perform(self, call: Call, now: float) -> Answer:
        """Do what the call asks for at this moment, and answer it."""
        self._context.now = now
        self._context.turn += 1
        subject: User | Instance | None = None
        try:
            if call.record.undeclared and self._context.settings.undeclared == "refused":
                raise RefusedError(UNDECLARED, f"The vendor does not declare this: {call.verb} {call.record.template}")
            if call.operation is None:
                if call.record.template == UNKNOWN:
                    return not_found_page()
                raise RefusedError(405, f"Method {call.verb} is not allowed for this resource.")
            if len(call.body) > LARGEST_BODY:
                raise too_large(self._context.settings.large_body)
            subject = self._admitted(call, call.operation)
            answer = call.operation.answer(self._context, call, subject)
        except RefusedError as refusal:
            answer = error(refusal.status, refusal.message, call.request_id, refusal.provider)
        if isinstance(subject, Instance) and call.operation is not None and call.operation.credentials == "element":
            answer.headers["elements-element-instance-id"] = str(subject.id)
        return answer

    def _admitted(self, call: Call, operation: Operation) -> User | Instance:
        """The user of a platform call, or the instance that a token chooses."""
        secrets = dict(part.strip().partition(" ")[::2] for part in call.headers.get("authorization", "").split(","))
        if operation.credentials == "element":
            return self._instance_of_token(call, secrets)
        if "Element" in secrets and "Organization" not in secrets:
            # Confirmed: the router takes the call for one to the element's own API, where no such resource exists.
            self._instance_of_token(call, secrets)
            raise RefusedError(
                404, "Request failed", provider=f"This API is not supported for this element: {call.verb} {call.path}"
            )
        user = self._context.store.users.get((secrets.get("User", ""), secrets.get("Organization", "")))
        if user is None:
            raise RefusedError(401, BAD_SECRETS)
        privilege = "read" if call.verb == "GET" else "write"
        if privilege not in user.privileges:
            raise RefusedError(403, f"Insufficient privileges: the user may not {privilege} instances.")
        return self._instance_of_token(call, secrets) if operation.credentials == "token" else user

    def _instance_of_token(self, call: Call, secrets: dict[str, str]) -> Instance:
        store = self._context.store
        instance = store.by_token.get(secrets.get("Element", ""))
        if instance is None or not any(
            user.user_secret == secrets.get("User") and store.visible(user, instance) for user in store.users.values()
        ):
            raise RefusedError(401, BAD_SECRETS)
        call.addresses(instance)
        return instance
