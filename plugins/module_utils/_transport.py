# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only file that does I/O: authorization, TLS, timeouts, retries by safety, the read-only guard. Private to this collection."""

from __future__ import annotations

import email.utils
import http.client
import io
import json
import os
import random
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urlsplit

from ._deps import requests, urllib3
from ._errors import Answered, AnswerLost, AnswerUnusable, NotSent, Refused
from ._options import Connection
from ._version import VERSION

LARGEST_BODY = 8_000_000
"""Bytes: 8 MB, whichever way they are counted. A larger request is answered 429, which no retry cures (confirmed)."""
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes, headers included. A full list page is about 0.5 MB; what is larger than this is not the platform's."""
PIECE = 16 * 1024
"""Bytes of a body that are read at a time. Gzip unpacks to a thousand times as much at most, and that is held at once."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
PASSING_FAILURES = frozenset({500, 502, 503, 504})


class _NotJson:
    """Stands for a body that is not JSON."""

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
        """A factor from 0.5 to 1.5, so that many clients do not come back at once."""
        return 0.5 + random.random()  # nosec: no secret depends on it


@dataclass(frozen=True)
class Call:
    """One request. C(path) stands under the base URL. With C(token) it is an element call, else a platform call."""

    verb: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.verb != "POST"


@dataclass(frozen=True)
class Answer:
    """What the platform answered. C(data) is the parsed JSON, or NOT_JSON."""

    status: int
    data: Any
    headers: Mapping[str, str]
    request_id: str | None
    attempts: int = 1


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


class Stopped(BaseException):
    """Nothing more is to be sent: the task has ended, or the process that started it. No error of a tenant, so none keeps it."""


class Session:
    """The connections to one platform, shared by all workers: one TLS context, one pool. It may be used for several tasks.

    C(parent) is the process that started this one, where it may be gone by now.
    """

    def __init__(self, connection: Connection, workers: int = 1, parent: int | None = None) -> None:
        self._parent = parent or os.getppid()
        self._stopped = False
        self.http = _session(connection, workers, self.check)

    def check(self) -> None:
        """Raises Stopped where nothing may be begun any more. Asked before each request, in every thread."""
        if self._stopped or os.getppid() != self._parent:
            raise Stopped

    def stop(self) -> None:
        """Nothing is begun from here on. What is under way in other threads comes to its end."""
        self._stopped = True
        self.http.close()


class Transport:
    """What sends: with one session, which is shared by all workers.

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
        self._reached = False
        self.session = session or Session(connection, workers)
        self._session = self.session.http
        self._platform_authorization = f"User {connection.user_secret}, Organization {connection.organization_secret}"
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
            "User-Agent": f"cloudelements.freshdesk/{VERSION} python-requests/{requests.__version__}",
        }

    def exchange(self, call: Call, timeout: float) -> Answer:
        """Sends once. Raises NotSent, AnswerLost (the outcome is open) or Refused (it would never work)."""
        if self.read_only and call.verb != "GET":
            raise AssertionError(f"a dry run was about to send {call.verb}")
        body = None
        if call.body is not None:
            # In ASCII, so that broken Unicode of the platform's own goes back to it as it came.
            body = json.dumps(call.body).encode("ascii")
            if len(body) > LARGEST_BODY:
                raise Refused(
                    f"The request would be {len(body)} bytes long and the platform takes at most {LARGEST_BODY}: "
                    "make configuration and events smaller."
                )
        try:
            response = self._session.send(
                self._prepared(call, body), timeout=timeout, allow_redirects=False, stream=True
            )
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            # requests lets some of urllib3's pass, such as that of a host name that cannot be one.
            raise self._failure(error) from None
        self._reached = True
        with response:
            content = self._content(response)
        return Answer(
            status=response.status_code,
            data=_parsed(content),
            headers=response.headers,
            request_id=self._request_id(response.headers),
        )

    def _prepared(self, call: Call, body: bytes | None) -> Any:
        """The request with nothing of the session's, which could replace its Authorization, and whose merging is slow."""
        request = requests.PreparedRequest()
        request.prepare(
            method=call.verb,
            url=self.connection.base_url + call.path + ("?" + urlencode(call.query) if call.query else ""),
            headers={**self._headers, "Authorization": self._authorization(call)},
            data=body,
        )
        return request

    def _authorization(self, call: Call) -> str:
        if call.token is None:
            return self._platform_authorization
        return f"User {self.connection.user_secret}, Element {call.token}"

    def _content(self, response: Any) -> bytes:
        """The whole body, or AnswerLost where it is cut short, too slow or too large."""
        # Another packing may unpack to any size at all, and so does one inside another.
        if response.headers.get("content-encoding", "").strip().lower() not in ("", "identity", "gzip"):
            raise AnswerUnusable("its answer is packed in a way that was not asked for")
        announced = response.headers.get("content-length", "")
        announced_bytes = int(announced) if re.fullmatch(r"[0-9]{1,18}", announced) else None
        if announced_bytes is not None and announced_bytes > LARGEST_ANSWER:
            raise _too_large()
        content = bytearray()
        try:
            while piece := response.raw.read(PIECE, decode_content=True):
                content += piece
                if len(content) > LARGEST_ANSWER:
                    raise _too_large()
            # Old releases of urllib3 take a body that is cut short for a whole one.
            cut_short = announced_bytes is not None and response.raw.tell() < announced_bytes
        except urllib3.exceptions.ReadTimeoutError:
            raise _too_slow() from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            cut_short = True
        if cut_short:
            raise AnswerLost("its answer broke off before it was whole")
        return bytes(content)

    def _request_id(self, headers: Mapping[str, str]) -> str | None:
        """The platform's name for the request, if it is one: a header may echo anything."""
        value = headers.get("elements-request-id", "")
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", value):
            return None
        secrets = (self.connection.user_secret, self.connection.organization_secret)
        return None if any(secret in value for secret in secrets) else value

    def _failure(self, error: Exception) -> Exception:
        """Which of the three failures this is. Never quotes the error, which may hold the URL of a proxy with its password."""
        host = urlsplit(self.connection.base_url).netloc
        causes = list(_causes(error))
        lookup = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
        if lookup is not None and lookup.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            return Refused(f"The host of base_url or of the proxy cannot be found by name ({host}): check base_url.")
        # Of urllib3 before 2, which compares names itself; what is declared of it is that of newer releases.
        of_urllib3 = urllib3.connection.CertificateError  # type: ignore[attr-defined, unused-ignore]
        if any(isinstance(cause, (ssl.SSLCertVerificationError, of_urllib3)) for cause in causes):
            return Refused(
                f"The certificate of {host} is not trusted: set ca_path to the authority that signed it "
                "(do not switch validate_certs off for a platform that holds secrets)."
            )
        if not self._reached and any(isinstance(cause, ssl.SSLError) for cause in causes):
            return Refused(f"{host} does not speak TLS as https:// needs it: check base_url, its port and the proxy.")
        malformed = (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            urllib3.exceptions.LocationValueError,
        )
        if isinstance(error, malformed):
            return Refused(
                "The URL of the platform or of a proxy is malformed, or of a kind that is not supported: "
                "check base_url, HTTPS_PROXY and HTTP_PROXY."
            )
        if isinstance(error, requests.exceptions.ProxyError):
            if any(re.search(r"Tunnel connection failed: 4\d\d", str(cause)) for cause in causes):
                return Refused(
                    f"The proxy refuses to connect to {host}: check its user and password, and what it lets through, "
                    "in HTTPS_PROXY and NO_PROXY."
                )
            return NotSent(
                f"the proxy for {host} let no connection through: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
            )
        never_made = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
        if isinstance(error, requests.exceptions.ConnectTimeout) or any(isinstance(c, never_made) for c in causes):
            return NotSent(f"no connection to {host} could be made: check base_url, the network and the proxy")
        if isinstance(error, requests.exceptions.Timeout):
            return AnswerLost("it did not answer within the timeout")
        if any(map(_is_no_http, causes)):
            return AnswerUnusable("its answer begins in a way that HTTP does not allow")
        return AnswerLost("the connection was lost before its answer")


class Channel:
    """The conversation about one tenant: counts its requests, retries what is safe, spends one budget of time."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.clock = transport.clock
        self.budget = Budget(transport.clock, transport.connection.retry_timeout)
        self.requests = 0
        self.retries = 0
        self.seconds = 0.0
        """What the requests took, waits between them not included."""

    def send(self, call: Call) -> Answer:
        """The platform's answer, errors of its own included.

        What is retried: a connection never made and throttling for every verb; a lost answer and a passing failure
        for every verb but POST. Raises AnswerLost, NotSent, Refused with C(attempts).
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
            self.budget.wait(pause)
        if isinstance(outcome, Answer):
            return replace(outcome, attempts=attempts)
        outcome.attempts = attempts
        raise outcome

    def _timeout(self, call: Call, attempts: int) -> float:
        """Seconds. A retry may not outlive the budget; a POST is never cut short, since its outcome would be open."""
        timeout = float(self.transport.connection.timeout)
        if attempts == 1 or not call.repeatable:
            return timeout
        return min(timeout, max(1.0, self.budget.left))

    def _pause(self, call: Call, outcome: Answer | NotSent | AnswerLost, attempts: int) -> float | None:
        """Seconds until the request may be sent again; None where it must not be."""
        if isinstance(outcome, Answer):
            again = outcome.status == 429 or (outcome.status in PASSING_FAILURES and call.repeatable)
        else:
            again = isinstance(outcome, NotSent) or (call.repeatable and not isinstance(outcome, AnswerUnusable))
        if not again:
            return None
        asked = _retry_after(outcome.headers, self.clock.wall()) if isinstance(outcome, Answer) else None
        if asked:
            return asked
        # Where no wait is asked for, we wait all the same, so as not to hammer.
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts - 1, 10)) * self.clock.jitter()


def _session(connection: Connection, workers: int, check: Callable[[], None]) -> Any:
    """A requests session that takes nothing from the user's surroundings but the proxies and the trusted authorities.

    .netrc in particular would replace the Authorization header.
    """
    session = requests.Session()
    # http:// is for loopback only, since it shows the secrets: a proxy may not see them either.
    plain = connection.base_url.startswith("http://")
    session.proxies = {} if plain else requests.utils.get_environ_proxies(connection.base_url)
    session.trust_env = False
    # Redirects are not followed, and even a look at their target fails where it is nonsense.
    session.get_redirect_target = lambda resp: None  # type: ignore[assignment, method-assign, unused-ignore]
    session.verify = connection.validate_certs
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # A context costs more than a request does, and nothing but https:// uses it.
    session.mount("http://", _adapter_class()(None if plain else _tls_context(connection), workers, check))
    session.mount("https://", session.adapters["http://"])
    return session


def _tls_context(connection: Connection) -> ssl.SSLContext:
    """Made once and shared: one for each connection costs about 20 ms of CPU."""
    if not connection.validate_certs:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context = _trusting_context(connection)
    # urllib3 before 2 tells OpenSSL no address to compare the certificate with, and compares it itself where that is left to it.
    if urllib3.__version__.startswith("1."):  # type: ignore[attr-defined, unused-ignore]
        context.check_hostname = False
    return context


def _trusting_context(connection: Connection) -> ssl.SSLContext:
    """Trusts C(ca_path), what the environment names, or what requests brings along. Raises Refused where that cannot be read."""
    authorities = connection.ca_path or next(
        (os.environ[name] for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)),
        requests.utils.DEFAULT_CA_BUNDLE_PATH,
    )
    try:
        if os.path.isdir(authorities):
            return ssl.create_default_context(capath=authorities)
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ssl.SSLError):
        raise Refused(
            f"The trusted certificates in {authorities} cannot be read: set ca_path to a readable file in PEM format."
        ) from None


def _adapter_class() -> Any:
    """The adapter, made on demand so that this file can be imported where requests is missing."""

    class Adapter(requests.adapters.HTTPAdapter):  # type: ignore[misc, unused-ignore]
        """Hands one TLS context to every connection, direct or through a proxy, and bounds the answers of each."""

        def __init__(self, context: ssl.SSLContext | None, workers: int, check: Callable[[], None]) -> None:
            self._context = context
            self._check = check
            super().__init__(pool_connections=1, pool_maxsize=workers, max_retries=0)

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
            _bound(self.poolmanager, self._check)

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            return _bound(super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs), self._check)

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            # The original would load all authorities again for each connection.
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"

    return Adapter


def _bound(manager: Any, check: Callable[[], None]) -> Any:
    """The same manager of pools, on whose connections every answer is bounded, and which are not used once C(check) says so."""
    for scheme, pool in list(manager.pool_classes_by_scheme.items()):
        if pool.ConnectionCls.response_class is not _Response:
            bounded = type("Pool", (pool,), {"ConnectionCls": _connection_class(pool.ConnectionCls, check)})
            manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, scheme: bounded}
    return manager


def _connection_class(base: Any, check: Callable[[], None]) -> Any:
    class Connection(base):  # type: ignore[misc, unused-ignore]
        response_class = _Response

        def connect(self) -> None:
            super().connect()
            # To connect may take long, and the task may have ended meanwhile.
            check()

    return Connection


class _Response(http.client.HTTPResponse):
    """An answer that is bounded as a whole, headers included, and whose headers are all headers."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp: Any = io.BufferedReader(_Bounded(self.fp.detach(), sock))  # type: ignore[has-type, unused-ignore]

    def begin(self) -> None:
        """Reads the status and the headers. Raises AnswerUnusable where a line is none: those below it would be lost."""
        super().begin()
        try:
            urllib3.util.response.assert_header_parsing(self.msg)
        except (urllib3.exceptions.HeaderParsingError, TypeError):
            raise AnswerUnusable("the headers of its answer are broken") from None


class _Bounded(io.RawIOBase):
    """What comes over a connection for one answer, in the time that its timeout gives each read, and no more than LARGEST_ANSWER.

    A server that drips would else have that time for each byte.
    """

    def __init__(self, source: Any, connected: Any) -> None:
        self._source = source
        self._connected = connected
        self._timeout = connected.gettimeout()
        self._deadline = time.monotonic() + self._timeout
        self._left = LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._connected.settimeout(left)
        count: int | None = self._source.readinto(buffer)
        self._connected.settimeout(self._timeout)
        self._left -= count or 0
        if self._left < 0:
            raise _too_large()
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


def _too_large() -> AnswerUnusable:
    return AnswerUnusable(f"its answer is larger than {LARGEST_ANSWER} bytes, so it is not the platform's")


def _too_slow() -> AnswerLost:
    return AnswerLost("its answer came too slowly to be whole within the timeout")


def _is_no_http(error: BaseException) -> bool:
    """Whether what http.client complains of is what was said, and not that it ended."""
    broken_off = (http.client.BadStatusLine, http.client.IncompleteRead)
    complaints = (http.client.HTTPException, urllib3.exceptions.InvalidHeader)
    return isinstance(error, complaints) and not isinstance(error, broken_off)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return NOT_JSON


def _no_number(name: str) -> Any:
    """NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(f"{name} is no JSON")


def _retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Seconds that the header Retry-After asks for, given as seconds or as an HTTP date; None where it says nothing."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - wall)
    except (TypeError, ValueError, OverflowError):
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it stands for: urllib3 and requests wrap in three different ways."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]


def describe(answer: Answer | AnswerLost | NotSent) -> str:
    """The facts of a failure that help to find it, in brackets; never a body."""
    facts = []
    if isinstance(answer, Answer):
        facts.append(f"HTTP {answer.status}")
        if answer.request_id:
            facts.append(f"request {answer.request_id}")
    if answer.attempts and answer.attempts > 1:
        facts.append(f"{answer.attempts} attempts")
    return f" ({', '.join(facts)})" if facts else ""


def error_from(answer: Answer, message: str) -> Answered:
    """The error of an answer, with what identifies it."""
    return Answered(message, status=answer.status, request_id=answer.request_id, attempts=answer.attempts)
