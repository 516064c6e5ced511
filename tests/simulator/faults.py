# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: which requests they hit, whether the work is still done, and what becomes of the answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import orjson

from simulator.answers import Answer, error, page, too_large
from simulator.calls import Call
from simulator.lists import page_token

Shape = Callable[["Fault", Call, Answer], Answer]
GATEWAY_TITLES = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass(slots=True)
class Fault:
    """A fault and when it strikes: after ``skip`` matching requests, ``times`` times (None: for ever), or every n-th
    of them, or each with a probability from a seed. Without either of these it strikes once."""

    kind: str
    commit: bool
    match: dict[str, str]
    parameters: dict[str, Any]
    skip: int = 0
    times: int | None = 1
    every: int = 1
    probability: float = 1.0
    chance: random.Random = field(default_factory=random.Random)
    seen: int = 0
    struck: int = 0

    def strikes(self, call: Call) -> bool:
        """Whether this request is hit. Counts it."""
        if not self._matches(call) or (self.times is not None and self.struck >= self.times):
            return False
        self.seen += 1
        behind = self.seen - self.skip
        if behind < 1 or behind % self.every or (self.probability < 1 and self.chance.random() >= self.probability):
            return False
        self.struck += 1
        return True

    def _matches(self, call: Call) -> bool:
        match = self.match
        return (
            match.get("verb", call.verb) == call.verb
            and ("name" not in match or match["name"] in call.names)
            and ("path" not in match or re.fullmatch(match["path"], call.path) is not None)
        )

    def shape(self, call: Call, answer: Answer, now: float) -> Answer:
        """What becomes of the answer. ``answer`` is empty where the work was not done."""
        answer = KINDS[self.kind].shape(self, call, answer)
        if (seconds := self.parameters.get("retry_after")) is not None:
            answer.headers["retry-after"] = str(seconds)
        if (seconds := self.parameters.get("retry_after_date_in")) is not None:
            answer.headers["retry-after"] = formatdate(now + seconds, usegmt=True)
        answer.headers.update(self.parameters.get("headers", {}))
        return answer

    def shown(self) -> dict[str, Any]:
        """What there is to know about it, as JSON can carry it."""
        return {
            "fault": self.kind,
            "match": self.match,
            "commit": self.commit,
            "skip": self.skip,
            "times": self.times,
            "every": self.every,
            "probability": self.probability,
            "seen": self.seen,
            "struck": self.struck,
            **self.parameters,
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: its usual commit, and how it shapes the answer by which parameters of its own."""

    commit: bool
    shape: Shape
    parameters: tuple[str, ...] = ()


def _as_it_is(_fault: Fault, _call: Call, answer: Answer) -> Answer:
    return answer


def _drop(_fault: Fault, _call: Call, _answer: Answer) -> Answer:
    return Answer(ending="drop")


def _hang(fault: Fault, _call: Call, _answer: Answer) -> Answer:
    return Answer(ending="hang", seconds=fault.parameters.get("seconds"))


def _late(fault: Fault, call: Call, answer: Answer) -> Answer:
    return (_hang if fault.parameters.get("ending") == "hang" else _drop)(fault, call, answer)


def _status(fault: Fault, call: Call, _answer: Answer) -> Answer:
    status, body = fault.parameters["status"], fault.parameters.get("body", "json")
    title = GATEWAY_TITLES.get(status, "Error")
    if body == "empty":
        return Answer(status)
    if body == "html":
        return page(status, title, "<hr><center>gateway</center>")
    return error(status, fault.parameters.get("message", title), call.request_id)


def _throttle(fault: Fault, call: Call, _answer: Answer) -> Answer:
    return error(429, "Too many requests. Please try again later.", call.request_id)


def _too_large(_fault: Fault, call: Call, _answer: Answer) -> Answer:
    refusal = too_large()
    return error(refusal.status, refusal.message, call.request_id)


def _truncate(_fault: Fault, _call: Call, answer: Answer) -> Answer:
    answer.length = max(len(answer.body), 1)
    answer.body = answer.body[: len(answer.body) // 2]
    answer.ending = "truncate"
    return answer


def _not_json(_fault: Fault, _call: Call, answer: Answer) -> Answer:
    answer.body = b'{"id": 1, "token": <!-- upstream said something else -->'
    return answer


def _wrong_shape(fault: Fault, _call: Call, answer: Answer) -> Answer:
    answer.body = orjson.dumps(fault.parameters.get("body", ["unexpected"]))
    return answer


def _repeat_token(_fault: Fault, call: Call, answer: Answer) -> Answer:
    # Where none was asked with, the token that leads to this very page.
    answer.headers["elements-next-page-token"] = call.first("nextPage") or page_token(0)
    return answer


def _echo_headers(fault: Fault, call: Call, _answer: Answer) -> Answer:
    status = fault.parameters.get("status", 500)
    return page(
        status, GATEWAY_TITLES.get(status, "Error"), f"<pre>Authorization: {call.headers.get('authorization')}</pre>"
    )


def _echo_body(_fault: Fault, call: Call, answer: Answer) -> Answer:
    document = answer.json() if answer.body else {}
    if isinstance(document, dict):
        answer.body = orjson.dumps({**document, "rawRequest": call.body.decode(errors="replace")})
    return answer


def _redirect(fault: Fault, _call: Call, _answer: Answer) -> Answer:
    return Answer(fault.parameters.get("status", 302), b"", {"location": fault.parameters["location"]})


def _drip(_fault: Fault, _call: Call, answer: Answer) -> Answer:
    answer.ending = "drip"
    return answer


def _huge(fault: Fault, _call: Call, answer: Answer) -> Answer:
    answer.length = fault.parameters.get("bytes", 4 * 1024**3)
    answer.ending = "huge"
    return answer


KINDS: dict[str, Kind] = {
    # takes so much longer
    "latency": Kind(True, _as_it_is, ("seconds",)),
    # a good answer with further headers
    "header": Kind(True, _as_it_is),
    # nothing done, connection closed
    "drop_before": Kind(False, _drop),
    # done, connection closed
    "drop_after": Kind(True, _drop),
    # nothing done, no answer for so long, or until the client leaves
    "hang_before": Kind(False, _hang, ("seconds",)),
    # done, and the same
    "hang_after": Kind(True, _hang, ("seconds",)),
    # no answer (ending: drop or hang), done so long afterwards
    "late": Kind(True, _late, ("commit_after", "ending", "seconds")),
    # body: json, html or empty
    "status": Kind(False, _status, ("status", "body", "message")),
    # 429, too many requests
    "throttle": Kind(False, _throttle),
    # 429, the other meaning: no retry cures it
    "too_large": Kind(False, _too_large),
    # done, the body cut in half
    "truncate": Kind(True, _truncate),
    # done, 200, a body that only begins like JSON
    "not_json": Kind(True, _not_json),
    # done, 200, this JSON instead
    "wrong_shape": Kind(True, _wrong_shape, ("body",)),
    # a list whose next page is this page
    "repeat_token": Kind(True, _repeat_token),
    # an HTML page with the Authorization header in it
    "echo_headers": Kind(False, _echo_headers, ("status",)),
    # done, the body of the request comes back in a field
    "echo_body": Kind(True, _echo_body),
    # 302, or another status
    "redirect": Kind(False, _redirect, ("location", "status")),
    # done, a byte a second
    "drip": Kind(True, _drip),
    # done, gigabytes announced, and sent to whoever reads on
    "huge": Kind(True, _huge, ("bytes",)),
}
NEEDED = {"status": "status", "redirect": "location", "late": "commit_after", "latency": "seconds"}
COMMON = ("headers", "retry_after", "retry_after_date_in")
MATCHES = ("verb", "path", "name")


def fault_of(spec: dict[str, Any]) -> Fault:
    """A fault as the control endpoint takes it; whatever is unknown or missing is refused."""
    spec = dict(spec)
    name = spec.pop("fault", None)
    if name not in KINDS:
        raise ValueError(f"no fault {name!r}; known: {', '.join(KINDS)}")
    kind = KINDS[name]
    match = spec.pop("match", {})
    if unknown := set(match) - set(MATCHES):
        raise ValueError(f"no match by {sorted(unknown)}; known: {', '.join(MATCHES)}")
    repeats = "every" in spec or "probability" in spec
    fault = Fault(
        kind=name,
        commit=spec.pop("commit", kind.commit),
        match=match,
        parameters={},
        skip=spec.pop("skip", 0),
        times=spec.pop("times", None if repeats else 1),
        every=spec.pop("every", 1),
        probability=spec.pop("probability", 1.0),
        chance=random.Random(spec.pop("seed", 0)),
    )
    if unknown := set(spec) - set(kind.parameters) - set(COMMON):
        raise ValueError(f"{name} takes no {sorted(unknown)}; known: {', '.join(kind.parameters + COMMON)}")
    if name in NEEDED and NEEDED[name] not in spec:
        raise ValueError(f"{name} needs {NEEDED[name]}")
    fault.parameters = spec
    return fault
