# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile bytes over a real socket, in real time: whatever a server sends is an answer or one clear failure, in time."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from functools import partial

import pytest
from fuzz.hostile import SECRETS, is_raw
from hypothesis import given
from hypothesis import strategies as st
from support.in_process import CONNECTION
from support.wire import Wire

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import AnswerLost, FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import (
    NOT_JSON,
    Answer,
    Call,
    Transport,
)

TIMEOUT = 0.5
GRACE = 5.0
"""Seconds that a busy machine may take beyond the timeout."""
CALLS = [Call("GET", "/instances"), Call("POST", "/instances", body={"name": "acme"})]
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\n"


def bomb():
    """A gigabyte of blanks in a megabyte."""
    return gzip.compress(b" " * 2**24) * 64


def sent(sock, data):
    sock.sendall(data)
    sock.close()


def dripping(sock, begin, piece):
    sock.sendall(begin)
    while True:
        sock.sendall(piece)
        time.sleep(0.02)


def flooding(sock, begin, piece):
    sock.sendall(begin)
    while True:
        sock.sendall(piece)


def exchanged(reply, call):
    """What comes of one request that is answered so, checked: its time, and what is said of it."""
    server = Wire(reply)
    transport = Transport(replace(CONNECTION, base_url=f"{server.url}/elements/api-v2"), read_only=False)
    began = time.monotonic()
    try:
        outcome: Answer | FreshdeskError = transport.exchange(call, TIMEOUT)
    except FreshdeskError as failure:
        outcome = failure
    took = time.monotonic() - began
    transport.session.stop()
    server.close()
    assert took < TIMEOUT + GRACE
    if isinstance(outcome, FreshdeskError):
        # All that came after the request is an open outcome, and for a POST it must not be called anything else.
        assert isinstance(outcome, AnswerLost)
        assert not [character for character in outcome.message if is_raw(character)]
        assert not [secret for secret in SECRETS if secret in outcome.message]
    return outcome


CASES = {
    "nothing": b"",
    "half a status": b"HTTP/1.1 2",
    "no HTTP": b"\x16\x03\x01\x02\x00SENTINEL",
    "another protocol": b"SSH-2.0-SENTINEL\r\n",
    "a status that is none": b"HTTP/1.1 \x1b[31m SENTINEL\r\n\r\n",
    "a status beyond all": b"HTTP/1.1 99999 SENTINEL\r\n\r\n",
    "HTTP 0.9": b"[]",
    "HTTP 3": b"HTTP/3.0 200 OK\r\n\r\n[]",
    "only a status": OK,
    "half the headers": OK + b"Content-Type: applic",
    "a header without a colon": OK + b"SENTINEL\r\nContent-Length: 2\r\n\r\n[]",
    "a header that goes on": OK + b"A: b\r\n c: d\r\nContent-Length: 2\r\n\r\n[]",
    "a first header that goes on": OK + b" SENTINEL: d\r\nContent-Length: 2\r\n\r\n[]",
    "NUL in a header": OK + b"A: \x00\x1b[31m\r\nContent-Length: 2\r\n\r\n[]",
    "a gigantic header": OK + b"A: " + b"a" * 10_000_000 + b"\r\n\r\n",
    "many headers": OK + b"A: b\r\n" * 100_000 + b"\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
    "a length and chunks": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
    "a length that is none": OK + b"Content-Length: -2\r\n\r\n[]",
    "gigabytes announced": OK + b"Content-Length: 4294967296\r\n\r\n[]",
    "exabytes announced": OK + b"Content-Length: 9999999999999999999999\r\n\r\n[]",
    "less than announced": OK + b"Content-Length: 10\r\n\r\n[]",
    "more than announced": OK + b"Content-Length: 2\r\n\r\n[]SENTINEL",
    "a chunk that is none": CHUNKED + b"SENTINEL\r\n",
    "a chunk of less than nothing": CHUNKED + b"-1\r\n[]\r\n",
    "a chunk of exabytes": CHUNKED + b"fffffffffffffffff\r\n[]\r\n",
    "chunks that break off": CHUNKED + b"2\r\n[",
    "another coding": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
    "no gzip": GZIP + b"\r\nSENTINEL",
    "half a gzip": GZIP + b"\r\n" + gzip.compress(b"[]" * 1000)[:-30],
    "a bomb": GZIP + b"\r\n" + bomb(),
    "a bomb in a bomb": OK + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(bomb()),
    "a mail": OK + b"Content-Type: message/rfc822\r\nContent-Length: 2\r\n\r\n[]",
    "parts": OK + b"Content-Type: multipart/mixed\r\nContent-Length: 2\r\n\r\n[]",
    "parts of something": OK + b"Content-Type: multipart/mixed; boundary=SENTINEL\r\nContent-Length: 2\r\n\r\n[]",
    "a redirect to nonsense": b"HTTP/1.1 302 Found\r\nLocation: http://[\xff\r\nContent-Length: 0\r\n\r\n",
    "no body": b"HTTP/1.1 204 No Content\r\n\r\n",
    "another protocol from here on": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nSENTINEL",
    "a dripping status": partial(dripping, begin=b"", piece=b"H"),
    "a dripping header": partial(dripping, begin=OK + b"A: ", piece=b"a"),
    "dripping headers": partial(dripping, begin=OK, piece=b"A: b\r\n"),
    "a dripping body": partial(dripping, begin=OK + b"Content-Length: 1000\r\n\r\n", piece=b" "),
    "a dripping body without a length": partial(dripping, begin=OK + b"\r\n", piece=b" "),
    "dripping chunks": partial(dripping, begin=CHUNKED, piece=b"1\r\n \r\n"),
    "a dripping chunk size": partial(dripping, begin=CHUNKED, piece=b"0"),
    "dripping trailers": partial(dripping, begin=CHUNKED + b"0\r\n", piece=b"A: b\r\n"),
    "interim answers without end": partial(flooding, begin=b"", piece=b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a status without end": partial(flooding, begin=b"HTTP/1.1 200 ", piece=b"O" * 65536),
    "a body without end": partial(flooding, begin=OK + b"\r\n", piece=b" " * 65536),
    "chunks without end": partial(flooding, begin=CHUNKED, piece=b"ffff\r\n" + b" " * 65535 + b"\r\n"),
    "a chunk's name without end": partial(flooding, begin=CHUNKED + b"1;", piece=b"x" * 65536),
    "trailers without end": partial(flooding, begin=CHUNKED + b"0\r\n", piece=b"A: b\r\n" * 10_000),
}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.verb)
@pytest.mark.parametrize("case", CASES)
def test_a_hostile_server(tried, caplog, case, call):
    tried()
    reply = CASES[case] if callable(CASES[case]) else partial(sent, data=CASES[case])
    outcome = exchanged(reply, call)
    if isinstance(outcome, Answer):
        assert outcome.data in (NOT_JSON, []) or outcome.status != 200
    # Nothing of it goes to whoever reads what libraries log.
    assert not [record for record in caplog.records if "SENTINEL" in record.getMessage() or record.exc_info]


FRAGMENTS = [
    *(OK, CHUNKED, GZIP, b"HTTP/1.1 404 Not Found\r\n", b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    *(b"Content-Length: 2\r\n", b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n"),
    *(b"Elements-Next-Page-Token: x\r\n", b"Content-Encoding: gzip\r\n", b"\r\n", b"\n", b"\r", b":", b" "),
    *(b"[]", b"{}", b"2\r\n[]\r\n", b"0\r\n\r\n", gzip.compress(b"[]"), b"\x00", b"\xff" * 10),
]


@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=8)), max_size=10), st.sampled_from(CALLS))
def test_any_bytes(tried, fragments, call):
    tried()
    exchanged(partial(sent, data=b"".join(fragments)), call)
