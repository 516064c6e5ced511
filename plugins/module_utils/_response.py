# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of a request: an answer, limited in size and time, or the reason why there is none. Private to this collection."""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

from ._deps import requests, urllib3
from ._errors import AnswerLost, AnswerUnusable, NotSent, Refused
from ._tls import tls_problem

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes, headers included. A full list page is about 0.5 MB; anything larger than this is not from the platform."""
PIECE = 16 * 1024
"""Bytes of a body that are read at a time. Gzip expands them to at most a thousand times as much in memory."""

FIRST_MOMENT = 0.1
"""Seconds of an answer in which a read may take the whole timeout."""


class Response(http.client.HTTPResponse):
    """An HTTP response that is limited as a whole, headers included, and whose headers are all well-formed."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp: Any = io.BufferedReader(_Bounded(self.fp.detach(), sock))  # type: ignore[has-type, unused-ignore]

    def begin(self) -> None:
        """Reads the status and the headers. Raises AnswerUnusable if a line is not a header: those below it would be lost."""
        super().begin()
        try:
            urllib3.util.response.assert_header_parsing(self.msg)
        except (urllib3.exceptions.HeaderParsingError, TypeError):
            raise AnswerUnusable("the headers of its answer are malformed") from None

    def _read_status(self) -> tuple[str, int, str]:
        """The status line. Every interim answer is treated as a 100, the only one that http.client skips."""
        version, status, reason = super()._read_status()  # type: ignore[misc, unused-ignore]
        return version, http.client.CONTINUE if 100 <= status < 200 else status, reason


class _Bounded(io.RawIOBase):
    """Limits what is read from a connection for one answer: to the time of one read timeout in total, and to LARGEST_ANSWER.

    Otherwise a slow server would have that time for each byte. In the first moment the socket's own timeout will do: to change
    it takes two system calls for each read, for which many threads would wait.
    """

    def __init__(self, source: Any, connected: Any) -> None:
        self._source = source
        self._connected = connected
        self._timeout = connected.gettimeout()
        self._begun = time.monotonic()
        self._left = LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        elapsed = time.monotonic() - self._begun
        if elapsed >= self._timeout:
            raise socket.timeout("timed out")
        if elapsed > FIRST_MOMENT:
            self._connected.settimeout(self._timeout - elapsed)
        count: int | None = self._source.readinto(buffer)
        if elapsed > FIRST_MOMENT:
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
    return AnswerLost("its answer was not complete within the timeout")


def content_of(response: Any) -> bytes:
    """The whole body, or AnswerLost if it is cut short, too slow or too large."""
    # Other encodings, and nested ones, may expand to any size.
    if response.headers.get("content-encoding", "").strip().lower() not in ("", "identity", "gzip"):
        raise AnswerUnusable("its answer has an encoding that was not requested")
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
        # Old releases of urllib3 accept a body that is cut short.
        cut_short = announced_bytes is not None and response.raw.tell() < announced_bytes
    except urllib3.exceptions.ReadTimeoutError:
        raise _too_slow() from None
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        cut_short = True
    if cut_short:
        raise AnswerLost("its answer ended early")
    return bytes(content)


def failure_of(error: Exception, host: str, *, reached: bool) -> Exception:
    """NotSent, AnswerLost or Refused. Never quotes the error, which may hold the URL of a proxy with its password.

    C(reached): the platform has answered before.
    """
    causes = list(_causes(error))
    connected = not isinstance(error, requests.exceptions.ConnectTimeout) and not any(
        isinstance(cause, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError))
        for cause in causes
    )
    return (
        _of_name(causes, host)
        or _of_tls(causes, host, may_be_refused=not reached, connected=connected)
        or _of_url(error)
        or _of_proxy(error, causes, host)
        or _of_connection(error, causes, host, connected=connected)
    )


def _of_name(causes: list[BaseException], host: str) -> Exception | None:
    """The host is not found by its name."""
    lookup = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
    if lookup is None or lookup.errno not in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
        return None
    return Refused(f"The host of base_url or of the proxy cannot be found by name ({host}): check base_url.")


def _of_tls(causes: list[BaseException], host: str, *, may_be_refused: bool, connected: bool) -> Exception | None:
    """TLS cannot be established, for a permanent reason."""
    # For urllib3 before 2, which compares names itself; the type stubs are those of newer releases.
    of_urllib3 = urllib3.connection.CertificateError  # type: ignore[attr-defined, unused-ignore]
    if any(isinstance(cause, (ssl.SSLCertVerificationError, of_urllib3)) for cause in causes):
        return Refused(
            f"The certificate of {host} is not trusted: set ca_path to the authority that signed it "
            "(do not switch validate_certs off for a platform that holds secrets)."
        )
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    # TLS 1.3 asks for a client certificate only after the handshake, and then reads no request.
    if tls is not None and may_be_refused and (not connected or "CERTIFICATE_REQUIRED" in str(tls.reason)):
        return Refused(f"{host} {tls_problem(tls.reason or '')}")
    return None


def _of_url(error: Exception) -> Exception | None:
    """The URL itself cannot be used."""
    malformed = (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        urllib3.exceptions.LocationValueError,
    )
    if not isinstance(error, malformed):
        return None
    return Refused(
        "The URL of the platform or of a proxy is malformed, or of a kind that is not supported: "
        "check base_url, HTTPS_PROXY and HTTP_PROXY."
    )


def _of_proxy(error: Exception, causes: list[BaseException], host: str) -> Exception | None:
    """The proxy refuses the request."""
    if not isinstance(error, requests.exceptions.ProxyError):
        return None
    refusals = [re.search(r"Tunnel connection failed: (4\d\d)", str(cause)) for cause in causes]
    status = next((refusal[1] for refusal in refusals if refusal), None)
    if status == "407":
        return Refused(
            f"The proxy refuses to connect to {host} without a login: set its user and password in HTTPS_PROXY, "
            "such as http://user:password@proxy:3128."
        )
    if status is not None:
        return Refused(
            f"The proxy refuses to connect to {host} (HTTP {status}): ask whoever runs it to allow that host, "
            "or list the host in NO_PROXY if it can be reached directly."
        )
    return NotSent(f"the proxy for {host} let no connection through: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY")


def _of_connection(error: Exception, causes: list[BaseException], host: str, *, connected: bool) -> Exception:
    """The connection was not made, or broke."""
    if not connected:
        return NotSent(f"no connection to {host} could be made: check base_url, the network and the proxy")
    if isinstance(error, requests.exceptions.Timeout):
        return AnswerLost("it did not answer within the timeout")
    if any(map(_is_no_http, causes)):
        return AnswerUnusable("its answer is not valid HTTP")
    return AnswerLost("the connection was lost before its answer")


def _is_no_http(error: BaseException) -> bool:
    """Whether http.client rejected the content, rather than reporting the end of the connection."""
    broken_off = (http.client.BadStatusLine, http.client.IncompleteRead)
    complaints = (http.client.HTTPException, urllib3.exceptions.InvalidHeader)
    return isinstance(error, complaints) and not isinstance(error, broken_off)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes: urllib3 and requests wrap errors in three different ways."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
