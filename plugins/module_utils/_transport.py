# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends requests to the platform: authorization, TLS, timeouts, retries by safety, the read-only guard. Private to this collection."""

from __future__ import annotations

import email.utils
import json
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timezone
from typing import Any
from urllib.parse import urlencode, urlsplit

from ._deps import requests, urllib3
from ._errors import Answered, AnswerLost, AnswerUnusable, NotSent, Refused
from ._options import Connection
from ._response import content_of, failure_of
from ._session import Session
from ._version import VERSION

LARGEST_BODY = 8_000_000
"""Bytes: 8 MB, by either definition. A larger request gets a 429 that no retry can cure (confirmed)."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
PASSING_FAILURES = frozenset({408, 500, 502, 503, 504, *range(520, 525)})
"""Statuses that another attempt may cure. 520 to 524 come from a gateway that did not get the platform's answer."""
REFUSALS = frozenset({301, 307, 308, *range(400, 408), *range(409, 418), 421, 422, 423, 425, 426, 428, 429, 431, 451})
"""Statuses that HTTP defines as "not carried out". With any other error status, the request may have been carried out."""


class _NotJson:
    """The value for a body that is not JSON."""

    def __repr__(self) -> str:
        return "NOT_JSON"


NOT_JSON = _NotJson()


class Clock:
    """Time as the engine sees it, in seconds, so that tests can simulate it."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch, for HTTP dates."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def jitter(self) -> float:
        """A factor from 0.5 to 1.5, so that many clients do not retry at once."""
        return 0.5 + random.random()  # nosec: no secret depends on it


@dataclass(frozen=True)
class Call:
    """One request. C(path) is relative to the base URL. With C(token) it is an element call, otherwise a platform call."""

    verb: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | list[Any] | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice has the same effect as sending it once."""
        return self.verb != "POST"


@dataclass(frozen=True)
class Answer:
    """A response of the platform. C(data) is the parsed JSON, or NOT_JSON."""

    status: int
    data: Any
    headers: Mapping[str, str]
    request_id: str | None
    attempts: int = 1
    is_empty: bool = False
    """Whether it has no body."""

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_open(self) -> bool:
        """Whether it leaves open whether a write was carried out."""
        return not self.succeeded and self.status not in REFUSALS


class Budget:
    """The seconds that all retries and waits of one tenant may take together."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self.left = seconds

    def wait(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        self.spend(seconds)

    def spend(self, seconds: float) -> None:
        self.left = max(0.0, self.left - seconds)


class Transport:
    """Sends requests on one session, which all workers share.

    A transport that is C(read_only) refuses every verb but GET, so that a dry run cannot write.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        read_only: bool,
        workers: int = 1,
        clock: Clock | None = None,
        session: Session | None = None,
    ) -> None:
        self.connection = connection
        self.read_only = read_only
        self.clock = clock or Clock()
        self.known_elements: set[str] = set()
        """The elements that are known to exist, for this task only."""
        self.retrying: Callable[[str], None] = lambda message: None
        """Called once, in the main thread, if the platform cannot be reached and the request is sent again."""
        self._reached = False
        self._lost = False
        self._reported = False
        self.session = session or Session(connection, workers)
        self._platform_authorization = f"User {connection.user_secret}, Organization {connection.organization_secret}"
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
            "User-Agent": f"cloudelements.freshdesk/{VERSION} python-requests/{requests.__version__}",
        }

    def exchange(self, call: Call, timeout: float) -> Answer:
        """Sends the request once. Raises NotSent, AnswerLost (the outcome is open) or Refused (it can never work)."""
        if self.read_only and call.verb != "GET":
            raise AssertionError(f"a dry run was about to send {call.verb}")
        body = None
        if call.body is not None:
            # In ASCII, so that broken Unicode from the platform is sent back unchanged.
            body = json.dumps(call.body).encode("ascii")
            if len(body) > LARGEST_BODY:
                raise Refused(
                    f"The request would be {len(body)} bytes long and the platform takes at most {LARGEST_BODY}: "
                    "make configuration, events or body smaller."
                )
        try:
            response, content = self._received(call, body, timeout)
        except AnswerLost:
            self._lost = True
            raise
        return Answer(
            status=response.status_code,
            data=_parsed(content),
            headers=response.headers,
            request_id=self._request_id(response.headers),
            is_empty=not content,
        )

    def report_retry(self, failure: NotSent | AnswerLost, seconds: float) -> None:
        """Reports once that the platform has not answered yet; otherwise nothing would be shown for minutes."""
        if self._reached or self._reported or threading.current_thread() is not threading.main_thread():
            return
        self._reported = True
        began = "could not be asked, because" if isinstance(failure, NotSent) else "was asked, and"
        self.retrying(f"The platform {began} {failure.clause}. Trying again for {seconds:.0f} seconds.")

    def _received(self, call: Call, body: bytes | None, timeout: float) -> tuple[Any, bytes]:
        """The answer and its body."""
        try:
            with self.session.send(self._prepared(call, body), timeout) as response:
                self._reached = True
                return response, content_of(response)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            # requests does not wrap some errors of urllib3, such as that for an invalid host name.
            raise failure_of(error, urlsplit(self.connection.base_url).netloc, reached=self._reached) from None

    def _prepared(self, call: Call, body: bytes | None) -> Any:
        """The request. Authentication and cookies, which requests would add, are left out."""
        headers = {**self._headers, "Authorization": self._authorization(call)}
        # A gateway may reset kept connections on reuse: after a lost answer, none is reused.
        if self._lost:
            headers["Connection"] = "close"
        request = requests.PreparedRequest()
        request.prepare_method(call.verb)
        query = f"?{urlencode(call.query)}" if call.query else ""
        request.prepare_url(self.connection.base_url + call.path + query, "")
        request.prepare_headers(headers)
        request.body = body
        request.prepare_content_length(body)
        return request

    def _authorization(self, call: Call) -> str:
        if call.token is None:
            return self._platform_authorization
        return f"User {self.connection.user_secret}, Element {call.token}"

    def _request_id(self, headers: Mapping[str, str]) -> str | None:
        """The platform's id of the request, if it is well-formed: a header may echo anything."""
        value = headers.get("elements-request-id", "")
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", value):
            return None
        secrets = (self.connection.user_secret, self.connection.organization_secret)
        return None if any(secret in value for secret in secrets) else value


class Channel:
    """The requests of one tenant: counts them, retries what is safe, within one time budget."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.clock = transport.clock
        self.budget = Budget(transport.clock, transport.connection.retry_timeout)
        self.requests = 0
        self.retries = 0
        self.seconds = 0.0
        """The seconds spent on requests, without the waits between them."""

    @property
    def cost(self) -> dict[str, Any]:
        """The V(http) of a result."""
        return {"requests": self.requests, "retries": self.retries, "seconds": round(self.seconds, 3)}

    def send(self, call: Call) -> Answer:
        """The platform's answer, including its errors.

        Retries after a failed connection and throttling for every verb; after a lost answer and a temporary failure for
        every verb except POST. Raises AnswerLost, NotSent, Refused with C(attempts).
        """
        attempts = 0
        while True:
            self.transport.session.check()
            attempts += 1
            self.requests += 1
            began = self.clock.now()
            outcome: Answer | NotSent | AnswerLost
            try:
                outcome = self.transport.exchange(call, self._timeout(call, attempts))
            except (NotSent, AnswerLost) as error:
                outcome = error
            took = self.clock.now() - began
            self.seconds += took
            if attempts > 1:
                self.budget.spend(took)
            pause = self._pause(call, outcome, attempts)
            if pause is None or pause >= self.budget.left:
                break
            self.retries += 1
            if not isinstance(outcome, Answer):
                self.transport.report_retry(outcome, self.budget.left)
            self.budget.wait(pause)
        if isinstance(outcome, Answer):
            return replace(outcome, attempts=attempts)
        outcome.attempts = attempts
        raise outcome

    def _timeout(self, call: Call, attempts: int) -> float:
        """Seconds. A retry must end within the budget; a POST is never cut short, since its outcome would be open."""
        timeout = float(self.transport.connection.timeout)
        if attempts == 1 or not call.repeatable:
            return timeout
        return min(timeout, max(1.0, self.budget.left))

    def _pause(self, call: Call, outcome: Answer | NotSent | AnswerLost, attempts: int) -> float | None:
        """Seconds until the request may be sent again; None if it must not be."""
        if isinstance(outcome, Answer):
            again = outcome.status == 429 or (outcome.status in PASSING_FAILURES and call.repeatable)
        else:
            again = isinstance(outcome, NotSent) or (call.repeatable and not isinstance(outcome, AnswerUnusable))
        if not again:
            return None
        asked = _retry_after(outcome.headers, self.clock.wall()) if isinstance(outcome, Answer) else None
        if asked:
            return asked
        # Wait even if the answer does not ask for it, so as not to overload the platform.
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts - 1, 10)) * self.clock.jitter()


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return NOT_JSON


def _no_number(name: str) -> Any:
    """Rejects NaN and Infinity, which Python accepts but JSON does not have."""
    raise ValueError(f"{name} is no JSON")


def _retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Seconds that the header Retry-After asks for, given as seconds or as an HTTP date; None if it is unusable.

    A date is relative to the answer's Date header, since the clocks of the two machines may differ.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    sent = _http_date(headers.get("date", ""))
    return max(0.0, until - (wall if sent is None else sent))


def _http_date(value: str) -> float | None:
    """Seconds since the epoch. An HTTP date is always in UTC."""
    try:
        return email.utils.parsedate_to_datetime(value).replace(tzinfo=timezone.utc).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def describe(answer: Answer | AnswerLost | NotSent) -> str:
    """Details that identify a failure, in brackets; never a body."""
    facts = []
    if isinstance(answer, Answer):
        facts.append(f"HTTP {answer.status}")
        if answer.request_id:
            facts.append(f"request {answer.request_id}")
    if answer.attempts and answer.attempts > 1:
        facts.append(f"{answer.attempts} attempts")
    return f" ({', '.join(facts)})" if facts else ""


def error_from(answer: Answer, message: str) -> Answered:
    """The error for an answer, with details that identify it."""
    return Answered(message, status=answer.status, request_id=answer.request_id, attempts=answer.attempts)
