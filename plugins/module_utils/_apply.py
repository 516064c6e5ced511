# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Performs the writes of one plan, and checks each response. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from ._errors import FreshdeskError
from ._fields import Desired
from ._health import Health
from ._model import Live
from ._platform import Platform
from ._redact import printable
from ._resource import D, L, L_co, Plan


class Writes(Protocol[L_co]):
    """The writes that the endpoints of every kind of resource must provide."""

    def create(self, body: Mapping[str, Any]) -> L_co:
        """Creates it."""

    def get(self, number: int) -> L_co | None:
        """Reads it; None if there is none."""

    def put(self, number: int, body: Mapping[str, Any]) -> L_co | None:
        """Replaces it; None if the answer does not show it."""

    def patch(self, number: int, body: Mapping[str, Any]) -> L_co | None:
        """Changes it; None if the answer does not show it."""

    def set_enabled(self, number: int, enabled: bool) -> None:
        """Switches it on or off."""

    def delete(self, number: int) -> None:
        """Deletes it."""


def apply(
    platform: Writes[L],
    plan: Plan[D, L],
    done: list[str],
    reached: Callable[[L | None], None],
) -> None:
    """Carries the plan out.

    Appends what was written to C(done), and passes the instance to C(reached) after each write (None once it is
    deleted), so that a failure half way can be reported and loses neither id nor token.
    """
    live = plan.live
    if plan.delete and live is not None:
        platform.delete(live.id)
        done.append("deleted")
        reached(None)
        return
    if plan.create is not None:
        live = _create(platform, plan, done, reached)
    elif live is not None and (plan.put is not None or plan.patch is not None):
        live = _change(platform, plan, live, done)
        reached(live)
    if live is not None and plan.set_enabled is not None:
        platform.set_enabled(live.id, plan.set_enabled)
        done.append("enabled" if plan.set_enabled else "disabled")
        reached(replace(live, enabled=plan.set_enabled))


def settle_refusal(
    platform: Platform, desired: Desired, live: Live, health: Health, own: bool
) -> tuple[Live | None, str]:
    """Does what C(on_verify_failure) requests, and returns the text for the message: only for an instance that this task created.

    C(own): this task's own POST returned the instance's id.
    """
    if desired.on_verify_failure in ("fail", "restore") or not own or not health.definite:
        return live, health.remedy
    if desired.on_verify_failure == "delete":
        platform.delete(live.id)
        return None, "it was created just now and is deleted again, as set by on_verify_failure"
    platform.set_enabled(live.id, False)
    return replace(live, enabled=False), "it was created just now and is disabled, as set by on_verify_failure"


def _create(platform: Writes[L], plan: Plan[D, L], done: list[str], reached: Callable[[L | None], None]) -> L:
    live: L = platform.create(plan.create or {}).filled(plan.outcome)
    done.append(f"created as id {live.id}")
    reached(live)
    if live.name != plan.desired.name:
        platform.delete(live.id)
        done.pop()
        reached(None)
        raise FreshdeskError(
            f"The platform stored this name as {printable(live.name)!r}, so the instance would "
            "never be found again and has been deleted: choose a plainer name."
        )
    return live


def _change(platform: Writes[L], plan: Plan[D, L], live: L, done: list[str]) -> L:
    body = plan.put if plan.put is not None else plan.patch or {}
    answer = (platform.put if plan.put is not None else platform.patch)(live.id, body)
    done.append("changed " + ("the whole instance" if plan.put is not None else ", ".join(body)))
    if answer is None or ("configuration" in body and answer.configuration is None):
        # The only response that always contains the configuration (confirmed).
        answer = platform.get(live.id)
    if answer is None:
        raise FreshdeskError(f"Instance {live.id} was deleted by somebody else while it was changed: run again.")
    now: L = answer.filled(plan.outcome).taken(plan, body)
    return now
