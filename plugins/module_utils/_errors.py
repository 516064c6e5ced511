# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All error classes: each error is a sentence with a remedy. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NOT_TRIED = "not_tried"
"""The state of what was left alone since something else failed."""


class FreshdeskError(Exception):
    """An error as the user reads it, in one sentence: what, why, what to do.

    C(state) says how far the work got: V(failed) (nothing of this change was done), V(partial) (some of it was),
    V(unknown) (the platform did not answer), V(not_tried).
    C(status) is the HTTP status, C(request_id) the platform's id of the request, C(attempts) how often it was
    sent; each is None if there is none.
    """

    def __init__(
        self,
        message: str,
        *,
        state: str = "failed",
        status: int | None = None,
        request_id: str | None = None,
        attempts: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.state = state
        self.status = status
        self.request_id = request_id
        self.attempts = attempts

    @property
    def clause(self) -> str:
        """The sentence without its full stop, so that it can be continued."""
        return self.message.rstrip(".")

    def as_dict(self) -> dict[str, Any]:
        """The V(error) of a result."""
        return {
            "state": self.state,
            "message": self.message,
            "status": self.status,
            "request_id": self.request_id,
            "attempts": self.attempts,
        }


def not_tried_too(errors: Iterable[FreshdeskError]) -> str:
    """Continues a count of failures: how many of these were not tried; empty if there are none."""
    count = sum(error.state == NOT_TRIED for error in errors)
    return f", {count} {'was' if count == 1 else 'were'} not tried" if count else ""


class Refused(FreshdeskError):
    """Input or a plan that is refused before anything is written."""


class NotSent(FreshdeskError):
    """The connection was never made, so the platform received nothing: safe to repeat for every verb."""


class AnswerLost(FreshdeskError):
    """The request may have been carried out, but no usable answer came: an open outcome."""


class AnswerUnusable(AnswerLost):
    """An answer came, and the same would come again: an open outcome for a POST, an error for the rest."""


class Answered(FreshdeskError):
    """The platform answered with an error."""


def bug(error: Exception) -> FreshdeskError:
    """The message for a bug in this collection: where it is, and never the data."""
    place = "an unknown place"
    trace = error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return FreshdeskError(
        f"This is a bug in cloudelements.freshdesk ({type(error).__name__} at {place}), not in your playbook: "
        "please report this message and what the task was meant to do.",
        state="unknown",
    )
