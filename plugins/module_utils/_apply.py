# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that one plan needs, each checked against its answer. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ._errors import FreshdeskError
from ._fields import Desired
from ._health import Health
from ._model import Live, is_other
from ._plan import Plan
from ._platform import Platform
from ._redact import printable
from ._values import MASK, same


def apply(platform: Platform, plan: Plan, done: list[str], reached: Callable[[Live | None], None]) -> None:
    """Carries the plan out.

    Appends to C(done) what was written, and hands the instance to C(reached) as it is after each write (None once it is
    deleted), so that a failure half way can say so and loses neither id nor token.
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
    """What C(on_verify_failure) asks for, and how the message tells it: only for an instance of our own making.

    C(own): this task's own POST returned the instance's id.
    """
    if desired.on_verify_failure == "fail" or not own or not health.definite:
        return live, health.remedy
    if desired.on_verify_failure == "delete":
        platform.delete(live.id)
        return None, "it was created just now and is deleted again, as on_verify_failure says"
    platform.set_enabled(live.id, False)
    return replace(live, enabled=False), "it was created just now and is disabled, as on_verify_failure says"


def _create(platform: Platform, plan: Plan, done: list[str], reached: Callable[[Live | None], None]) -> Live:
    live = _filled(platform.create(plan.create or {}), plan.outcome)
    done.append(f"created as id {live.id}")
    reached(live)
    if live.name != plan.desired.name:
        platform.delete(live.id)
        done.pop()
        reached(None)
        raise FreshdeskError(
            f"The platform does not keep this name as it is written: it made {printable(live.name)!r} of it, so it would "
            "never be found again and has been deleted: choose a plainer name."
        )
    return live


def _change(platform: Platform, plan: Plan, live: Live, done: list[str]) -> Live:
    body = plan.put if plan.put is not None else plan.patch or {}
    send = platform.put if plan.put is not None else platform.patch
    answer = send(live.id, body)
    done.append("changed " + ", ".join(_parts(plan)))
    if answer is None or ("configuration" in body and answer.configuration is None):
        # The only answer that is sure to carry the configuration (confirmed).
        answer = platform.get(live.id)
    if answer is None:
        raise FreshdeskError(f"Instance {live.id} was deleted by somebody else while it was changed: run again.")
    now = _filled(answer, plan.outcome)
    _check_taken(plan.desired, body, now)
    return replace(now, events_enabled=plan.outcome.events_enabled if plan.outcome else now.events_enabled)


def _check_taken(desired: Desired, body: Mapping[str, Any], now: Live) -> None:
    """Raises FreshdeskError where the answer shows that something was not taken."""
    if ("name" in body and now.name != body["name"]) or ("tags" in body and set(now.tags or ()) != set(body["tags"])):
        raise FreshdeskError(
            f"The platform does not keep the name or the tags of instance {now.id} as they are written: choose plainer ones."
        )
    visible = {key: value for key, value in (now.configuration or {}).items() if value != MASK}
    left = [
        key for key, value in body.get("configuration", {}).items() if key in visible and not same(value, visible[key])
    ]
    left += [
        option.name
        for option, value in desired.given()
        if is_other(option) and option.field in body and not same(value, now.value(option))
    ]
    if left:
        raise FreshdeskError(
            f"The platform did not take {', '.join(map(printable, left))} of instance {now.id}, though it answered success: "
            "look at the instance on the platform."
        )


def _parts(plan: Plan) -> list[str]:
    if plan.put is not None:
        return ["the whole instance"]
    return list(plan.patch or {})


def _filled(live: Live, expected: Live | None) -> Live:
    """The instance that an answer shows, with what is expected where the answer leaves something out."""
    if expected is None:
        return live
    return replace(
        live,
        name=live.name or expected.name,
        tags=expected.tags if live.tags is None else live.tags,
        element=live.element or expected.element,
        others={**expected.others, **live.others},
        token=live.token or expected.token,
        configuration=live.configuration or expected.configuration,
    )
