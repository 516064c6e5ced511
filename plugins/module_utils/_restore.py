# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores the previous credentials if Freshdesk refuses the new ones, for C(on_verify_failure=restore). Private to this collection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ._errors import FreshdeskError
from ._fields import API_KEY, OPTION_OF_KEY, SUBDOMAIN
from ._health import Health
from ._model import Live
from ._plan import InstancePlan
from ._platform import Platform
from ._values import readable

CREDENTIALS = (SUBDOMAIN, API_KEY)


def restore_warnings(plan: InstancePlan) -> list[str]:
    """Warnings about a change that could not be undone."""
    if not _may_restore(plan) or plan.outcome is None or not plan.outcome.enabled:
        return []
    return [
        f"the live {option} cannot be read, so it could not be restored if Freshdesk refuses the new one."
        for option in _unread(plan)
    ]


def is_to_restore(plan: InstancePlan, health: Health) -> bool:
    """Whether the plan wrote credentials that Freshdesk refuses, and the old ones must be restored.

    An unknown Freshdesk account is no definite refusal that could justify a deletion, but the old one is restored.
    """
    return _may_restore(plan) and (health.definite or health.reason == "subdomain")


def restore(platform: Platform, plan: InstancePlan, now: Live) -> tuple[Live, str, bool]:
    """Writes the old credentials, and keeps all other changes.

    Returns the instance afterwards, the text for the message, and whether the whole plan was undone.
    """
    old, put = _old(plan), plan.put or {}
    names, unread = " and ".join(OPTION_OF_KEY[key] for key in old), " and ".join(_unread(plan))
    if not old:
        return now, f"the old {unread} could not be read, so it is not put back: correct it and run again", False
    try:
        answer = platform.put(now.id, {**put, "configuration": {**put["configuration"], **old}})
        if answer is None or answer.configuration is None:
            answer = platform.get(now.id)
    except FreshdeskError as error:
        return now, f"putting back the old {names} failed: {error.clause}", False
    if answer is None or any(
        readable(_live_value(answer, key)) and _live_value(answer, key) != old[key] for key in old
    ):
        return now, f"putting back the old {names} failed: the platform did not accept it", False
    but = f", but the old {unread} could not be read, so the new one stays" if unread else ""
    restored = replace(now, configuration=answer.configuration)
    verb = "is" if len(old) == 1 else "are"
    return (
        restored,
        f"the old {names} {verb} put back, as on_verify_failure says{but}",
        not unread and _nothing_else(plan),
    )


def _may_restore(plan: InstancePlan) -> bool:
    return plan.desired.verify and plan.desired.on_verify_failure == "restore" and plan.put is not None


def _old(plan: InstancePlan) -> dict[str, Any]:
    """The old credentials that the plan changes and that are known, by configuration key."""
    sent = (plan.put or {})["configuration"]
    live = {key: _live_value(plan.live, key) for key in CREDENTIALS}
    return {key: value for key, value in live.items() if readable(value) and sent.get(key) != value}


def _unread(plan: InstancePlan) -> list[str]:
    """The options that the plan overwrites and whose old values cannot be read."""
    return [OPTION_OF_KEY[key] for key in CREDENTIALS if not readable(_live_value(plan.live, key))]


def _live_value(live: Live | None, key: str) -> Any:
    return ((live.configuration if live is not None else None) or {}).get(key)


def _nothing_else(plan: InstancePlan) -> bool:
    """Whether the plan changes only credentials."""
    names = {*plan.before, *plan.after} - {OPTION_OF_KEY[key] for key in CREDENTIALS}
    return all(plan.before.get(name) == plan.after.get(name) for name in names)
