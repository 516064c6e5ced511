# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform answers, before it is put on a wire: status, headers, body, and how the answer ends."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

Ending = Literal["complete", "drop", "hang", "truncate", "drip", "huge"]

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"


@dataclass(slots=True)
class Answer:
    """One answer and its ending.

    ``drop``: the connection is closed without a word. ``hang``: nothing comes, for ``seconds`` or until the client
    gives up. ``truncate``: ``length`` is announced, ``body`` is all that is sent. ``drip``: a byte a second.
    ``huge``: ``length`` is announced and filled up behind the body. ``latency`` is the time that passed before it.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    ending: Ending = "complete"
    seconds: float | None = None
    length: int | None = None
    latency: float = 0.0

    def json(self) -> Any:
        """The body, read as JSON."""
        return orjson.loads(self.body)


class RefusedError(Exception):
    """Ends the work on a request with an error answer; nothing has been changed."""

    def __init__(self, status: int, message: str, provider: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.provider = provider


def too_large(status: int = 429) -> RefusedError:
    """A body over 8 MB: a 429 that no waiting cures (confirmed; the words are unknown)."""
    return RefusedError(status, "The request body is larger than the maximum size of 8 MB.")


def packed(value: Any) -> bytes:
    """The value as JSON; one with broken Unicode in escapes, as a server does that knows no better."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def in_json(value: Any, status: int = 200) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, packed(value), {"content-type": JSON})


def error(status: int, message: str, request_id: str, provider: str | None = None) -> Answer:
    """An error as the platform words it (confirmed: ``requestId``, ``message``, ``providerMessage``)."""
    body = {"requestId": request_id, "message": message}
    if provider is not None:
        body["providerMessage"] = provider
    return in_json(body, status)


def page(status: int, title: str, text: str = "") -> Answer:
    """An HTML page, as routers and gateways in front of the platform answer."""
    html = (
        f"<!DOCTYPE html><html><head><title>{status} {title}</title></head><body><h1>{title}</h1>{text}</body></html>"
    )
    return Answer(status, html.encode(), {"content-type": HTML})


def not_found_page() -> Answer:
    """What stands at an address that is not the platform's API."""
    return page(404, "Not Found", "<p>The requested URL was not found on this server.</p>")
