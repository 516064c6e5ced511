# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges whether an instance works by the response to an element call. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ._errors import AnswerLost, NotSent
from ._reasons import is_of_platform
from ._transport import NOT_JSON, Answer, describe


@dataclass(frozen=True)
class Health:
    """Whether an instance works, according to an element call.

    C(reason) is None if it works, otherwise V(key) (Freshdesk refuses the API key), V(subdomain) (Freshdesk does not
    know the account), V(disabled) or V(platform) (anything else).
    C(definite): Freshdesk itself refused with 400, 401 or 403, so trying again would not help.
    """

    ok: bool
    status: int | None
    reason: str | None
    definite: bool
    sentence: str
    request_id: str | None = None
    attempts: int | None = None

    @property
    def remedy(self) -> str:
        """The remedy for an instance that does not work, to be appended to C(sentence)."""
        if self.reason == "key":
            return "correct api_key, or the agent's rights at Freshdesk, and run again"
        if self.reason == "subdomain":
            return "correct subdomain, and run again"
        if self.reason == "disabled":
            return "set enabled to true, and run again"
        return "this says nothing about the Freshdesk account; run again"


def not_tried(instance_id: int, error: NotSent | AnswerLost) -> Health:
    """The result if the call was not answered."""
    sentence = f"instance {instance_id} could not be tried: {error.message}{describe(error)}"
    return Health(False, None, "platform", False, sentence, attempts=error.attempts)


def health_of(instance_id: int, answer: Answer, *, works: bool) -> Health:
    """The result from an answer; C(works) if it is a well-formed success."""
    from_provider = isinstance(answer.data, dict) and bool(answer.data.get("providerMessage"))
    reason, sentence = _finding(instance_id, answer, from_provider, works and answer.data is not NOT_JSON)
    return Health(
        ok=reason is None,
        status=answer.status,
        reason=reason,
        definite=from_provider and answer.status in (400, 401, 403),
        sentence=sentence + describe(answer),
        request_id=answer.request_id,
        attempts=answer.attempts,
    )


def _finding(instance_id: int, answer: Answer, from_provider: bool, works: bool) -> tuple[str | None, str]:
    if works:
        return None, f"instance {instance_id} works"
    if from_provider and answer.status in (401, 403):
        return "key", f"Freshdesk refuses the API key of instance {instance_id}"
    if from_provider and answer.status in (400, 404):
        return "subdomain", f"Freshdesk does not know the subdomain of instance {instance_id}"
    if answer.status == 403 and is_of_platform(answer):
        return "disabled", f"instance {instance_id} is disabled"
    if answer.status in (403, 407, 511):
        return "platform", f"instance {instance_id} could not be tried, since a firewall or proxy is in the way"
    return "platform", f"the platform could not try instance {instance_id}"
