# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport over real sockets, and its retries on simulated time."""

from __future__ import annotations

import email.utils
import gzip
import hashlib
import json
import socket
import ssl
import struct
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
import trustme
import urllib3
from cryptography import x509

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _response, _transport
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import (
    AnswerLost,
    AnswerUnusable,
    FreshdeskError,
    NotSent,
    Refused,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import (
    NOT_JSON,
    Answer,
    Budget,
    Call,
    Channel,
    Clock,
    Transport,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._version import VERSION

GET = Call("GET", "/instances")
POST = Call("POST", "/instances", body={"name": "acme"})
WRITES = [Call(verb, "/instances/1", body={"name": "acme"}) for verb in ("PUT", "PATCH", "DELETE")]
SECRETS = ("user/secret+of=one", "organization/secret+of=acme", "token/of+instance=1")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    """Nothing of the machine that runs the tests, neither its proxies nor its authorities."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def transport(connection):
    """Makes a transport to a server."""
    made = []

    def make(url, *, read_only=False, workers=1, clock=None, **options):
        if url.startswith("http:"):
            options.setdefault("ca_path", str(Path(__file__).parent))  # reading the usual authorities takes its time
        made.append(Transport(connection(base_url=url, **options), read_only=read_only, workers=workers, clock=clock))
        return made[-1]

    yield make
    for one in made:
        one.session.stop()


def failure_of(transport, call=GET, timeout=5.0):
    """What an exchange raises; checked to be a sentence without a secret."""
    with pytest.raises(FreshdeskError) as caught:
        transport.exchange(call, timeout)
    assert not any(secret in caught.value.message for secret in SECRETS)
    assert caught.value.__cause__ is None
    return caught.value


# What is sent


def test_the_url_is_base_path_and_an_encoded_query(wire, transport):
    server = wire()
    token = "++//+/a=="
    transport(server.url).exchange(Call("GET", "/instances", (("nextPage", token), ("searchText", "a b&c"))), 5)

    line = server.requests[0].split(b"\r\n")[0]
    assert line == b"GET /elements/api-v2/instances?nextPage=%2B%2B%2F%2F%2B%2Fa%3D%3D&searchText=a+b%26c HTTP/1.1"


def test_a_platform_call_carries_user_and_organization(wire, transport):
    server = wire()
    transport(server.url).exchange(GET, 5)

    assert server.header("Authorization") == f"User {SECRETS[0]}, Organization {SECRETS[1]}"


def test_an_element_call_carries_user_and_element_and_no_organization(wire, transport):
    server = wire()
    transport(server.url).exchange(Call("GET", "/hubs/helpdesk/agents", token=SECRETS[2]), 5)

    assert server.header("Authorization") == f"User {SECRETS[0]}, Element {SECRETS[2]}"


def test_an_element_call_leaves_nothing_behind_for_the_next_platform_call(wire, transport):
    server = wire()
    used = transport(server.url)
    used.exchange(Call("GET", "/hubs/helpdesk/agents", token=SECRETS[2]), 5)
    used.exchange(GET, 5)

    assert server.header("Authorization") == f"User {SECRETS[0]}, Organization {SECRETS[1]}"


@pytest.mark.parametrize("name", ["Zoë & Söhne", "\U0001f600", "\ud800"], ids=ascii)
def test_a_body_is_json_that_every_server_can_read(wire, transport, name):
    server = wire()
    transport(server.url).exchange(Call("POST", "/instances", body={"name": name}), 5)

    body = server.requests[0].split(b"\r\n\r\n")[1]
    assert server.header("Content-Type") == "application/json"
    assert json.loads(body) == {"name": name}
    assert body.isascii()


def test_the_user_agent_names_the_collection_and_its_version(wire, transport):
    server = wire()
    transport(server.url).exchange(GET, 5)

    assert server.header("User-Agent").startswith(f"cloudelements.freshdesk/{VERSION} ")


def test_netrc_is_ignored(wire, transport, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login somebody password elses\ndefault login somebody password elses\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = wire()
    transport(server.url).exchange(GET, 5)

    assert server.header("Authorization").startswith("User ")


def test_cookies_are_ignored(wire, transport, reply):
    server = wire(reply(set_cookie="session=1; Path=/"))
    used = transport(server.url)
    used.exchange(GET, 5)
    used.exchange(GET, 5)

    assert server.header("Cookie") is None


def test_kept_connections_are_reused(wire, transport):
    server = wire()
    used = transport(server.url)
    for _call in range(5):
        used.exchange(GET, 5)

    assert (server.connections, len(server.requests)) == (1, 5)


def test_many_workers_keep_no_more_connections_than_there_are_workers(wire, transport):
    server = wire()
    used = transport(server.url, workers=4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: used.exchange(GET, 5), range(40)))

    assert server.connections <= 4
    assert len(server.requests) == 40


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE", "get", "OPTIONS"])
def test_a_read_only_transport_sends_nothing_but_get(wire, transport, verb):
    server = wire()
    with pytest.raises(AssertionError, match="a dry run was about to send"):
        transport(server.url, read_only=True).exchange(Call(verb, "/instances"), 5)

    assert server.connections == 0


def test_a_read_only_transport_reads(wire, transport):
    assert transport(wire().url, read_only=True).exchange(GET, 5).data == []


def test_a_body_over_8_mb_is_refused_before_it_is_sent(wire, transport):
    server = wire()
    failure = failure_of(transport(server.url), Call("POST", "/instances", body={"name": "x" * 8_000_000}))

    assert isinstance(failure, Refused)
    assert "8000000" in failure.message
    assert "make configuration, events or body smaller" in failure.message
    assert server.connections == 0


def test_a_body_over_8_mb_is_not_retried(scripted, connection, clock):
    transport = Transport(connection(base_url="http://localhost:1"), read_only=False, clock=clock)
    channel = Channel(transport)
    with pytest.raises(Refused):
        channel.send(Call("PATCH", "/instances/1", body={"name": "x" * 8_000_000}))

    assert (channel.requests, channel.retries, clock.sleeps) == (1, 0, [])


def test_the_size_of_a_body_is_counted_in_bytes_and_not_in_characters(transport):
    failure = failure_of(transport("http://localhost:1"), Call("PUT", "/instances/1", body={"name": "ö" * 4_000_000}))

    assert isinstance(failure, Refused)


def test_a_call_does_not_show_its_token(connection):
    assert SECRETS[2] not in repr(Call("GET", "/hubs/helpdesk/agents", token=SECRETS[2]))


# What comes back


def test_an_answer_has_status_data_headers_and_request_id(wire, transport, reply):
    server = wire(reply(b'{"id": 1}', "404 Not Found", Elements_Request_Id="5f-A.b_c", Elements_Total_Count="7"))
    answer = transport(server.url).exchange(GET, 5)

    assert (answer.status, answer.data, answer.request_id, answer.attempts) == (404, {"id": 1}, "5f-A.b_c", 1)
    assert answer.headers["ELEMENTS-TOTAL-COUNT"] == "7"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"id": 1', b"\xff\xfe", b"[" * 100_000, b"\xef\xbb\xbf{}", b"[NaN]", b"-Infinity", b"9" * 5000],
    ids=["empty", "html", "half", "bytes", "deep", "mark", "no number", "endless", "long"],
)
def test_a_body_that_is_not_json_is_recognised(wire, transport, reply, body):
    assert transport(wire(reply(body)).url).exchange(GET, 5).data is NOT_JSON


def test_json_null_is_not_mistaken_for_a_body_that_is_not_json(wire, transport, reply):
    assert transport(wire(reply(b"null")).url).exchange(GET, 5).data is None
    assert repr(NOT_JSON) == "NOT_JSON"


@pytest.mark.parametrize(
    "value", ["", "x" * 65, "has blank", "User-user/secret", "a\tb", "<b>"], ids=lambda value: repr(value)[:12]
)
def test_a_request_id_of_another_form_is_not_shown(wire, transport, reply, value):
    assert transport(wire(reply(elements_request_id=value)).url).exchange(GET, 5).request_id is None


def test_a_request_id_that_echoes_a_secret_is_not_shown(wire, transport, reply):
    server = wire(reply(elements_request_id="id-plainsecret-1"))

    assert transport(server.url, user_secret="plainsecret").exchange(GET, 5).request_id is None


def test_a_chunked_body_is_read_whole(wire, transport):
    server = wire(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n")

    assert transport(server.url).exchange(GET, 5).data == [1, 2]


def test_a_gzip_body_is_unpacked(wire, transport, reply):
    items = list(range(50_000))
    server = wire(reply(gzip.compress(json.dumps(items).encode()), content_encoding="gzip"))

    assert transport(server.url).exchange(GET, 5).data == items


def test_a_chunked_gzip_body_whose_first_piece_unpacks_to_nothing_is_read_whole(wire, transport):
    packed = gzip.compress(b'{"id": 1}')
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (packed[:5], packed[5:12], packed[12:]))
    server = wire(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
    )

    assert transport(server.url).exchange(GET, 5).data == {"id": 1}


def test_a_body_that_is_not_the_gzip_it_says_is_a_lost_answer(wire, transport, reply):
    failure = failure_of(transport(wire(reply(b"no gzip at all", content_encoding="gzip")).url))

    assert isinstance(failure, AnswerLost)


def test_a_truncated_body_is_a_lost_answer(wire, transport, reply):
    failure = failure_of(transport(wire(lambda sock: _send_and_close(sock, reply(b'[{"id"', length=500))).url))

    assert isinstance(failure, AnswerLost)
    assert failure.message == "its answer ended early"


def test_a_body_that_is_whole_json_but_shorter_than_announced_is_a_lost_answer(wire, transport, reply):
    failure = failure_of(transport(wire(lambda sock: _send_and_close(sock, reply(b"[]", length=500))).url))

    assert isinstance(failure, AnswerLost)


def test_a_truncated_body_is_noticed_by_releases_of_urllib3_that_take_it_for_whole():
    raw = SimpleNamespace(read=lambda amount, decode_content: b"", tell=lambda: 2)
    response = SimpleNamespace(headers={"content-length": "500"}, raw=raw)

    with pytest.raises(AnswerLost, match="ended early"):
        _response.content_of(response)


def test_a_chunked_body_that_breaks_off_is_a_lost_answer(wire, transport):
    server = wire(
        lambda sock: _send_and_close(sock, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n")
    )

    assert isinstance(failure_of(transport(server.url)), AnswerLost)


def test_a_body_that_falls_silent_is_a_lost_answer(wire, transport, reply):
    server = wire(lambda sock: sock.sendall(reply(b"[", length=500)))

    assert isinstance(failure_of(transport(server.url), timeout=0.05), AnswerLost)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_slow_drip_within_the_timeout_is_read(wire, transport):
    def drip(sock):
        sock.sendall(CHUNKED)
        for piece in (b"[", b"1", b"]"):
            time.sleep(0.02)  # so that no piece comes together with another
            sock.sendall(b"1\r\n%s\r\n" % piece)
        sock.sendall(b"0\r\n\r\n")

    assert transport(wire(drip).url).exchange(GET, 10).data == [1]


def test_a_huge_announced_body_is_not_read(wire, transport, reply):
    failure = failure_of(transport(wire(reply(b"[]", length=4 * 1024**3)).url))

    assert isinstance(failure, AnswerUnusable)
    assert "larger than 67108864 bytes" in failure.message


def test_a_huge_body_that_is_not_announced_is_not_read_to_its_end(wire, transport, monkeypatch):
    monkeypatch.setattr(_response, "LARGEST_ANSWER", 100)
    server = wire(CHUNKED + b"1\r\n \r\n" * 200 + b"0\r\n\r\n")

    assert isinstance(failure_of(transport(server.url)), AnswerUnusable)


def test_a_small_body_that_unpacks_to_a_huge_one_is_not_kept(wire, transport, reply, monkeypatch):
    monkeypatch.setattr(_response, "LARGEST_ANSWER", 200_000)
    server = wire(reply(gzip.compress(b" " * 10_000_000), content_encoding="gzip"))

    assert isinstance(failure_of(transport(server.url)), AnswerUnusable)


@pytest.mark.parametrize("length", ["12, 12", "-5", "many", "9" * 30])
def test_an_announced_length_that_is_no_number_says_nothing(wire, transport, length):
    server = wire(
        lambda sock: _send_and_close(sock, f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n[{' ' * 10}]".encode())
    )

    assert _data_or_lost(transport(server.url)) in ([], AnswerLost)


def test_no_packing_is_asked_for_but_gzip(wire, transport):
    server = wire()
    transport(server.url).exchange(GET, 5)

    assert server.header("Accept-Encoding") == "gzip"


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd", "deflate", "x", "identity, gzip"])
def test_another_packing_is_not_unpacked_since_it_may_hold_any_size(wire, transport, reply, packing):
    failure = failure_of(transport(wire(reply(gzip.compress(gzip.compress(b"[]")), content_encoding=packing)).url))

    assert isinstance(failure, AnswerUnusable)
    assert failure.message == "its answer has an encoding that was not requested"


# Answers without an end


def _for_ever(sock, piece, pause=0.0):
    while True:  # until the other side has had enough
        sock.sendall(piece)
        time.sleep(pause)


@pytest.mark.parametrize("call", [GET, POST], ids=["GET", "POST"])
@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nA: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b" "),
        (CHUNKED, b"1\r\n \r\n"),
        (CHUNKED, b"0"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED + b"0\r\n", b"A: b\r\n"),
    ],
    ids=["status", "header", "body", "chunk", "size", "extension", "trailer"],
)
def test_an_answer_that_drips_is_a_lost_answer_when_the_timeout_is_over(wire, transport, call, begin, piece):
    def drip(sock):
        sock.sendall(begin)
        _for_ever(sock, piece, pause=0.05)

    began = time.monotonic()
    failure = failure_of(transport(wire(drip).url), call, timeout=0.4)

    assert failure.__class__ is AnswerLost
    assert failure.message in (
        "it did not answer within the timeout",
        "its answer was not complete within the timeout",
    )
    assert 0.3 < time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        (CHUNKED + b"0\r\n", b"A: b\r\n" * 10_000),
    ],
    ids=["interim", "trailer"],
)
def test_an_answer_that_does_not_end_is_unusable_when_it_is_too_large(wire, transport, monkeypatch, begin, piece):
    monkeypatch.setattr(_response, "LARGEST_ANSWER", 200_000)

    def flood(sock):
        sock.sendall(begin)
        _for_ever(sock, piece)

    failure = failure_of(transport(wire(flood).url))

    assert isinstance(failure, AnswerUnusable)
    assert "larger than 200000 bytes" in failure.message


@pytest.mark.parametrize(
    "head",
    [b"A: b\r\n" * 200, b"A: " + b"b" * 100_000 + b"\r\n", b"Content-Length: 1\r\nContent-Length: 2\r\n"],
    ids=["many", "long", "two lengths"],
)
def test_headers_that_http_does_not_allow_are_unusable(wire, transport, head):
    server = wire(lambda sock: _send_and_close(sock, b"HTTP/1.1 200 OK\r\n" + head + b"\r\n[]"))
    failure = failure_of(transport(server.url), POST)

    assert isinstance(failure, AnswerUnusable)
    assert failure.message == "its answer is not valid HTTP"


def test_a_malformed_header_does_not_hide_those_below_it(wire, transport, caplog):
    head = b"HTTP/1.1 200 OK\r\nuser/secret+of=one\r\nElements-Next-Page-Token: abc\r\nContent-Length: 2\r\n\r\n[]"
    failure = failure_of(transport(wire(lambda sock: _send_and_close(sock, head)).url))

    assert isinstance(failure, AnswerUnusable)
    assert failure.message == "the headers of its answer are malformed"
    assert caplog.records == []


def test_the_time_of_one_answer_is_not_taken_from_the_next(wire, transport, reply):
    server = wire(lambda sock: (time.sleep(0.4), sock.sendall(reply())))
    used = transport(server.url)
    for _call in range(3):
        used.exchange(GET, 1.0)

    assert server.connections == 1


def test_an_answer_through_a_proxy_is_bounded_too(wire, transport, monkeypatch):
    proxy = wire(lambda sock: _for_ever(sock, b"H", pause=0.05))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    used = transport("https://platform.example", ca_path=str(Path(__file__).parent))
    for _attempt in range(2):
        began = time.monotonic()
        failure_of(used, timeout=0.4)
        assert time.monotonic() - began < 5


def _data_or_lost(transport):
    try:
        return transport.exchange(GET, 5).data
    except AnswerLost as lost:
        return type(lost)


def _send_and_close(sock, data):
    sock.sendall(data)
    sock.close()


# Interim answers


INTERIM = b"HTTP/1.1 %d Interim\r\nElements-Next-Page-Token: of the interim answer\r\n\r\n"


@pytest.mark.parametrize("call", [GET, POST], ids=["GET", "POST"])
@pytest.mark.parametrize("statuses", [(100,), (101,), (102,), (103,), (199,), (103, 100, 103)], ids=str)
def test_an_interim_answer_is_skipped_and_the_next_request_gets_its_own_answer(wire, transport, reply, call, statuses):
    before = b"".join(INTERIM % status for status in statuses)
    used = transport(wire(before + reply(b"[1]"), reply(b"[2]")).url)
    first = used.exchange(call, 5)

    assert (first.status, first.data, first.headers.get("elements-next-page-token")) == (200, [1], None)
    assert used.exchange(GET, 5).data == [2]


@pytest.mark.parametrize("status", [100, 103, 199])
def test_an_interim_answer_alone_is_a_lost_answer(wire, transport, status):
    server = wire(lambda sock: _send_and_close(sock, INTERIM % status))

    assert failure_of(transport(server.url), POST).__class__ is AnswerLost


# Redirects


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(wire, transport, reply, status):
    other = wire()
    server = wire(reply(b"", status, location=f"{other.url}/elements/api-v2/instances"))
    answer = transport(server.url).exchange(POST, 5)

    assert answer.status == int(status[:3])
    assert (len(server.requests), other.connections) == (1, 0)


@pytest.mark.parametrize(
    "location", ["http://[broken", "http://\xff\xfe/", "//", "\xe9", "https://a:99999999/"], ids=repr
)
def test_a_redirect_to_nonsense_is_an_answer_like_any_other(wire, transport, reply, location):
    assert transport(wire(reply(b"", "302 Found", location=location)).url).exchange(GET, 5).status == 302


def test_the_body_of_a_redirect_is_no_larger_than_any_other(wire, transport, reply, monkeypatch):
    monkeypatch.setattr(_response, "LARGEST_ANSWER", 100)
    server = wire(reply(b" " * 200, "302 Found", location="https://example.com/"))

    assert isinstance(failure_of(transport(server.url)), AnswerUnusable)


# Connections that fail


def test_a_refused_connection_was_not_sent(transport):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    failure = failure_of(transport(f"http://127.0.0.1:{port}"), POST)

    assert isinstance(failure, NotSent)
    assert failure.message == (
        f"no connection to 127.0.0.1:{port} could be made: check base_url, the network and the proxy"
    )


def test_a_connection_that_takes_too_long_was_not_sent(transport, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", _raise(socket.timeout("timed out")))

    assert isinstance(failure_of(transport("http://127.0.0.1:9"), POST), NotSent)


def test_a_read_timeout_is_a_lost_answer(wire, transport):
    failure = failure_of(transport(wire(lambda sock: None).url), POST, timeout=0.05)

    assert failure.__class__ is AnswerLost
    assert failure.message == "it did not answer within the timeout"


def test_a_connection_that_is_dropped_after_the_request_is_a_lost_answer(wire, transport):
    failure = failure_of(transport(wire(b"").url), POST)

    assert failure.__class__ is AnswerLost
    assert failure.message == "the connection was lost before its answer"


def test_an_answer_that_is_not_http_is_a_lost_answer(wire, transport):
    server = wire(lambda sock: _send_and_close(sock, b"220 mail.example.com ESMTP user/secret+of=one\r\n"))

    assert isinstance(failure_of(transport(server.url), POST), AnswerLost)


def test_an_answer_with_endless_headers_is_a_lost_answer(wire, transport):
    server = wire(lambda sock: _send_and_close(sock, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"))

    assert isinstance(failure_of(transport(server.url), POST), AnswerLost)


def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(wire, transport, reply):
    closed = threading.Event()

    def answer_and_close(sock):
        sock.sendall(reply())
        sock.shutdown(socket.SHUT_RDWR)
        sock.close()
        closed.set()

    server = wire(answer_and_close, reply())
    used = transport(server.url)
    used.exchange(GET, 5)
    assert closed.wait(5)

    assert used.exchange(POST, 5).status == 200
    assert server.connections == 2


def _raise(error):
    def fail(*_args, **_kwargs):
        raise error

    return fail


@pytest.mark.parametrize("number", [socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)])
def test_a_host_without_an_address_is_refused_at_once(transport, monkeypatch, number):
    monkeypatch.setattr(socket, "getaddrinfo", _raise(socket.gaierror(number, "Name or service not known")))
    failure = failure_of(transport("https://api.example.com"))

    assert isinstance(failure, Refused)
    assert failure.message == (
        "The host of base_url or of the proxy cannot be found by name (api.example.com): check base_url."
    )


def test_a_name_service_that_does_not_answer_is_worth_another_try(transport, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", _raise(socket.gaierror(socket.EAI_AGAIN, "Try again")))

    assert isinstance(failure_of(transport("https://api.example.com")), NotSent)


@pytest.mark.parametrize("host", ["a..example.com", "x" * 70 + ".example.com", "*.example.com", "a b.example.com"])
def test_a_host_that_cannot_be_one_is_refused(transport, host):
    failure = failure_of(transport(f"https://{host}"))

    assert isinstance(failure, Refused)
    assert "check base_url" in failure.message


# A front that resets a connection when it is used again


def once_each(reply):
    """Answers the first request of each connection, and resets the connection on its second."""
    used = set()

    def answer_or_reset(sock):
        if sock in used:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
        else:
            used.add(sock)
            sock.sendall(reply())

    return answer_or_reset


def test_a_connection_is_kept_for_creates_too_as_long_as_no_answer_was_lost(wire, transport, reply):
    server = wire(reply())
    used = transport(server.url)

    assert [used.exchange(call, 5).status for call in (GET, POST, POST)] == [200] * 3
    assert server.connections == 1


@pytest.mark.parametrize("call", [GET, *WRITES], ids=lambda call: call.verb)
def test_a_lost_answer_is_followed_by_a_fresh_connection(wire, transport, reply, clock, call):
    asked = []

    def once_four_have_asked():
        asked.append(call)
        while len(asked) < 4:
            time.sleep(0.001)
        return reply()

    used = transport(wire(once_each(once_four_have_asked)).url, workers=4, clock=clock)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: used.exchange(GET, 5), range(4)))
    # Four connections are kept now, each used once.
    channel = Channel(used)

    assert channel.send(call).attempts == 2
    assert [channel.send(GET).attempts for _call in range(5)] == [1] * 5


# TLS


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def server_context(authority):
    """Makes the context of a server that the authority vouches for."""
    certificate = authority.issue_cert("localhost", "platform.example.com")

    def make():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    return make


@pytest.fixture(scope="module")
def server_tls(server_context):
    return server_context()


@pytest.fixture(scope="module")
def authority_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


def test_a_private_authority_is_trusted_by_ca_path(wire, transport, server_tls, authority_file):
    server = wire(tls=server_tls)

    assert transport(server.url, ca_path=str(authority_file)).exchange(GET, 5).data == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_private_authority_is_trusted_by_the_usual_environment(
    wire, transport, server_tls, authority_file, monkeypatch, variable
):
    monkeypatch.setenv(variable, str(authority_file))

    assert transport(wire(tls=server_tls).url).exchange(GET, 5).data == []


def test_an_untrusted_certificate_is_one_clear_sentence(wire, transport, server_tls):
    server = wire(tls=server_tls)
    failure = failure_of(transport(server.url))

    assert isinstance(failure, Refused)
    assert failure.message == (
        f"The certificate of localhost:{server.port} is not trusted: set ca_path to the authority that signed it "
        "(do not switch validate_certs off for a platform that holds secrets)."
    )
    assert server.requests == []


def test_the_certificate_of_another_host_is_not_trusted(wire, transport, authority, authority_file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example.com").configure_cert(context)
    failure = failure_of(transport(wire(tls=context).url, ca_path=str(authority_file)))

    assert isinstance(failure, Refused)
    assert "is not trusted" in failure.message


@pytest.mark.parametrize(("certified", "trusted"), [("127.0.0.1", True), ("127.0.0.2", False), ("localhost", False)])
def test_the_certificate_of_an_address_is_compared_with_the_address(
    wire, transport, authority, authority_file, certified, trusted
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(context)
    platform = transport(f"https://127.0.0.1:{wire(tls=context).port}", ca_path=str(authority_file))

    if trusted:
        assert platform.exchange(GET, 5).data == []
    else:
        assert "is not trusted" in failure_of(platform).message


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_without_validate_certs_any_certificate_does(wire, transport, server_tls):
    server = wire(tls=server_tls)
    used = transport(server.url.replace("localhost", "127.0.0.1"), validate_certs=False)

    assert used.exchange(GET, 5).data == []


def test_tls_spoken_to_a_plain_port_is_one_clear_sentence(wire, transport, reply):
    server = wire(lambda sock: _send_and_close(sock, reply(b"", "400 Bad Request")))
    server._request = lambda sock: sock.recv(10)
    failure = failure_of(transport(f"https://localhost:{server.port}"))

    assert isinstance(failure, Refused)
    assert failure.message == (
        f"localhost:{server.port} does not speak TLS as https:// needs it: check base_url, its port and the proxy."
    )


def test_tls_older_than_1_2_is_one_clear_sentence(wire, transport, server_context, authority_file):
    context = server_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    failure = failure_of(transport(wire(tls=context).url, ca_path=str(authority_file)))

    assert isinstance(failure, Refused)
    assert "offers no version of TLS that is safe to use: enable TLS 1.2 or newer there" in failure.message


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_asks_for_a_client_certificate_is_one_clear_sentence(
    wire, transport, server_context, authority, authority_file, version, clock
):
    context = server_context()
    context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    used = transport(wire(tls=context).url, ca_path=str(authority_file), clock=clock)
    # TLS 1.3 refuses while the request is on its way, and what it says is lost now and then: then it is tried again.
    with pytest.raises(Refused) as caught:
        Channel(used).send(GET)

    assert "for a client certificate, which this collection cannot send" in caught.value.message


def test_a_handshake_that_fails_once_the_platform_was_reached_was_not_sent(wire, transport, server_tls, authority_file):
    used = transport(wire(lambda sock: None).url.replace("http:", "https:"), ca_path=str(authority_file))
    used._reached = True

    assert isinstance(failure_of(used, POST, timeout=0.2), NotSent)


def test_tls_that_breaks_once_the_platform_was_reached_is_a_lost_answer(transport, monkeypatch):
    used = transport("https://localhost:9")
    used._reached = True
    monkeypatch.setattr(used.session, "send", _raise(requests.exceptions.SSLError(ssl.SSLError("bad record"))))

    assert isinstance(failure_of(used), AnswerLost)


def test_all_connections_share_one_tls_context(wire, transport, server_tls, authority_file, monkeypatch):
    made = []
    original = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda *a, **k: made.append("one") or original(*a, **k))
    for module in (urllib3.util.ssl_, urllib3.connection):
        if hasattr(module, "create_urllib3_context"):
            monkeypatch.setattr(module, "create_urllib3_context", lambda *a, **k: made.append("urllib3's"))
    server = wire(lambda sock: _send_and_close(sock, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[]"), tls=server_tls)
    used = transport(server.url, ca_path=str(authority_file), workers=4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: used.exchange(GET, 5), range(12)))

    assert server.connections == 12
    assert made == ["one"]


def test_a_folder_of_authorities_is_taken(transport, tmp_path, authority):
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")

    assert transport("https://localhost:9", ca_path=str(tmp_path))


def test_a_folder_that_openssl_has_hashed_is_trusted(wire, transport, server_tls, authority, tmp_path):
    # c_rehash names each file by a hash of its subject.
    der = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    authority.cert_pem.write_to_path(tmp_path / f"{_subject_hash(der)}.0")

    assert transport(wire(tls=server_tls).url, ca_path=str(tmp_path)).exchange(GET, 5).data == []


def _subject_hash(der):
    """The name that OpenSSL looks a certificate up by."""
    parts = b""
    for attribute in x509.load_der_x509_certificate(der).subject:
        oid = x509.Name([attribute]).public_bytes()
        # Canonical form: the value as a lower-case UTF8String with single blanks.
        value = " ".join(attribute.value.lower().split()).encode()
        start = oid.index(b"\x06")
        end = start + 2 + oid[start + 1]
        inner = oid[start:end] + b"\x0c" + bytes([len(value)]) + value
        pair = b"\x30" + bytes([len(inner)]) + inner
        parts += b"\x31" + bytes([len(pair)]) + pair
    digest = hashlib.sha1(parts).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def test_a_ca_path_that_holds_no_certificate_is_refused(transport, tmp_path):
    path = tmp_path / "authority.pem"
    path.write_text("no certificate")
    with pytest.raises(Refused, match="cannot be read: set ca_path to a readable file in PEM format"):
        transport("https://localhost:9", ca_path=str(path))


def test_authorities_of_the_environment_that_are_not_there_are_refused(transport, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/authorities.pem")
    with pytest.raises(Refused, match=r"/nowhere/authorities\.pem cannot be read"):
        transport("https://localhost:9")


# Proxies


class Proxy:
    """A proxy that lets connections through to one server."""

    def __init__(self, wire, target=None, refusal=None):
        self.target, self.refusal = target, refusal
        self.server = wire(self._connect)
        self.url = f"http://proxyuser:proxypassword@127.0.0.1:{self.server.port}"

    def _connect(self, sock):
        if self.refusal:
            sock.sendall(self.refusal)
            sock.close()
            return
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        other = socket.create_connection(("127.0.0.1", self.target.port))
        threading.Thread(target=self._relay, args=(other, sock), daemon=True).start()
        self._relay(sock, other)

    def _relay(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_used(wire, transport, server_tls, authority_file, monkeypatch, variable):
    platform = wire(tls=server_tls)
    proxy = Proxy(wire, platform)
    monkeypatch.setenv(variable, proxy.url)
    used = transport("https://platform.example.com", ca_path=str(authority_file))
    used.exchange(GET, 5)
    used.exchange(GET, 5)

    assert [request.split(b" HTTP")[0] for request in proxy.server.requests] == [b"CONNECT platform.example.com:443"]
    assert proxy.server.header("Proxy-Authorization", 0).startswith("Basic ")
    assert proxy.server.header("Authorization", 0) is None
    assert len(platform.requests) == 2
    assert platform.header("Proxy-Authorization") is None


@pytest.mark.parametrize("exempt", ["localhost", "*", "example.com,localhost"])
def test_a_host_that_no_proxy_names_is_reached_directly(
    wire, transport, server_tls, authority_file, monkeypatch, exempt
):
    platform = wire(tls=server_tls)
    proxy = Proxy(wire, platform)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", exempt)
    transport(platform.url, ca_path=str(authority_file)).exchange(GET, 5)

    assert (proxy.server.connections, len(platform.requests)) == (0, 1)


def test_plain_http_to_loopback_goes_through_no_proxy_since_it_would_hand_it_the_secrets(wire, transport, monkeypatch):
    platform, proxy = wire(), wire()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    transport(platform.url).exchange(GET, 5)

    assert (proxy.connections, len(platform.requests)) == (0, 1)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (
            "407 Proxy Authentication Required",
            "The proxy refuses to connect to platform.example.com without a login: set its user and password in "
            "HTTPS_PROXY, such as http://user:password@proxy:3128.",
        ),
        (
            "403 Forbidden",
            "The proxy refuses to connect to platform.example.com (HTTP 403): ask whoever runs it to allow that host, "
            "or list the host in NO_PROXY if it can be reached directly.",
        ),
    ],
    ids=["login", "forbidden"],
)
def test_a_proxy_that_refuses_is_named_without_its_password_and_not_asked_again(
    wire, transport, monkeypatch, reply, status, says
):
    monkeypatch.setenv("HTTPS_PROXY", Proxy(wire, refusal=reply(b"", status)).url)
    failure = failure_of(transport("https://platform.example.com"), POST)

    assert isinstance(failure, Refused)
    assert failure.message == says


def test_a_proxy_that_fails_is_named_without_its_password(wire, transport, monkeypatch, reply):
    monkeypatch.setenv("HTTPS_PROXY", Proxy(wire, refusal=reply(b"", "502 Bad Gateway")).url)
    failure = failure_of(transport("https://platform.example.com"), POST)

    assert isinstance(failure, NotSent)
    assert failure.message == (
        "the proxy for platform.example.com let no connection through: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
    )


def test_a_proxy_that_is_down_is_named_without_its_password(transport, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://proxyuser:proxypassword@127.0.0.1:{port}")
    failure = failure_of(transport("https://platform.example.com"), POST)

    assert isinstance(failure, NotSent)
    assert "check HTTPS_PROXY" in failure.message
    assert "proxypassword" not in failure.message


@pytest.mark.parametrize(
    "proxy",
    ["http://proxyuser:proxypassword@host:99999999", "http://", "gopher://proxyhost:1", "socks9://127.0.0.1:9"],
)
def test_a_proxy_that_cannot_be_one_is_refused_without_its_password(transport, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    failure = failure_of(transport("https://platform.example.com"), POST)

    assert isinstance(failure, Refused)
    assert "proxypassword" not in failure.message
    assert "HTTPS_PROXY" in failure.message


def test_an_untrusted_certificate_behind_a_proxy_is_reported_as_one(wire, transport, server_tls, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", Proxy(wire, wire(tls=server_tls)).url)
    failure = failure_of(transport("https://platform.example.com"))

    assert isinstance(failure, Refused)
    assert "is not trusted" in failure.message


# Retries


@pytest.mark.parametrize("call", [GET, *WRITES, POST], ids=lambda call: call.verb)
def test_a_connection_never_made_is_tried_again_for_every_verb(scripted, answer, call):
    channel = Channel(scripted(NotSent, NotSent, answer(200)))

    assert channel.send(call).attempts == 3
    assert (channel.requests, channel.retries) == (3, 2)


@pytest.mark.parametrize("call", [GET, *WRITES, POST], ids=lambda call: call.verb)
def test_throttling_is_waited_out_for_every_verb(scripted, answer, call):
    assert Channel(scripted(answer(429), answer(200))).send(call).status == 200


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 521, 522, 523, 524])
@pytest.mark.parametrize("call", [GET, *WRITES], ids=lambda call: call.verb)
def test_a_passing_failure_is_tried_again_where_repeating_is_safe(scripted, answer, call, status):
    assert Channel(scripted(answer(status), answer(200))).send(call).status == 200


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 524])
def test_a_post_that_failed_is_never_repeated(scripted, answer, status):
    transport = scripted(answer(status, retry_after="1"), answer(200))

    assert Channel(transport).send(POST).status == status
    assert len(transport.calls) == 1


@pytest.mark.parametrize("call", [GET, *WRITES], ids=lambda call: call.verb)
def test_a_lost_answer_is_asked_for_again_where_repeating_is_safe(scripted, answer, call):
    assert Channel(scripted(AnswerLost, answer(200))).send(call).status == 200


def test_a_post_whose_answer_was_lost_is_never_repeated(scripted, answer):
    transport = scripted(AnswerLost, answer(200))
    with pytest.raises(AnswerLost) as caught:
        Channel(transport).send(POST)

    assert (len(transport.calls), caught.value.attempts) == (1, 1)


def test_a_post_that_was_throttled_and_then_lost_is_not_repeated(scripted, answer):
    transport = scripted(answer(429), AnswerLost, answer(200))
    with pytest.raises(AnswerLost) as caught:
        Channel(transport).send(POST)

    assert caught.value.attempts == 2


@pytest.mark.parametrize("call", [GET, *WRITES, POST], ids=lambda call: call.verb)
def test_an_answer_that_would_come_again_is_not_asked_for_again(scripted, answer, call):
    transport = scripted(AnswerUnusable, answer(200))
    with pytest.raises(AnswerUnusable):
        Channel(transport).send(call)

    assert len(transport.calls) == 1


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 403, 404, 405, 406, 409, 413, 415, 425, 501, 505, 525])
def test_any_other_answer_is_final(scripted, answer, status):
    transport = scripted(answer(status), answer(200))

    assert Channel(transport).send(GET).status == status
    assert len(transport.calls) == 1


def test_what_is_refused_is_not_tried_again(scripted, answer):
    transport = scripted(Refused, answer(200))
    with pytest.raises(Refused):
        Channel(transport).send(GET)

    assert len(transport.calls) == 1


def test_pauses_grow_and_have_an_upper_limit(scripted, answer, clock):
    with pytest.raises(NotSent):
        Channel(scripted(NotSent, retry_timeout=1000)).send(GET)

    assert clock.sleeps[:8] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert sum(clock.sleeps) <= 1000


def test_the_jitter_of_the_clock_spreads_the_pauses(scripted, answer, clock):
    clock.jitter = lambda: 1.5
    Channel(scripted(answer(503), answer(200))).send(GET)

    assert clock.sleeps == [0.75]


def test_real_jitter_stays_between_half_and_one_and_a_half():
    assert all(0.5 <= Clock().jitter() <= 1.5 for _draw in range(200))


def test_real_time_passes():
    clock = Clock()
    before = clock.now()
    clock.sleep(0.001)

    assert clock.now() > before
    assert clock.wall() > 1_700_000_000


@pytest.mark.parametrize(
    ("failure", "says"),
    [(NotSent, "The platform could not be asked, because "), (AnswerLost, "The platform was asked, and ")],
)
def test_a_platform_that_has_not_answered_yet_is_reported_once(scripted, answer, failure, says):
    transport, reported = scripted(failure, failure, answer(200)), []
    transport.retrying = reported.append
    Channel(transport).send(GET)

    assert len(reported) == 1
    assert reported[0].startswith(says)
    assert reported[0].endswith(". Trying again for 300 seconds.")


def test_a_platform_that_answers_is_retried_in_silence(scripted, answer):
    transport, reported = scripted(answer(503), answer(200)), []
    transport.retrying = reported.append
    Channel(transport).send(GET)

    assert reported == []


def test_retry_after_in_seconds_is_honoured(scripted, answer, clock):
    Channel(scripted(answer(429, retry_after="7"), answer(200))).send(GET)

    assert clock.sleeps == [7.0]


def test_retry_after_as_an_http_date_is_honoured(scripted, answer, clock):
    date = email.utils.formatdate(clock.wall() + 12, usegmt=True)
    Channel(scripted(answer(503, retry_after=date), answer(200))).send(GET)

    assert clock.sleeps == [12.0]


@pytest.mark.parametrize("ahead", [-3600, 3600], ids=["behind", "ahead"])
@pytest.mark.parametrize("usegmt", [True, False], ids=["GMT", "-0000"])
def test_retry_after_as_a_date_is_relative_to_the_date_of_the_answer(scripted, answer, clock, ahead, usegmt):
    sent, until = (email.utils.formatdate(clock.wall() + ahead + wait, usegmt=usegmt) for wait in (0, 12))
    Channel(scripted(answer(503, retry_after=until, date=sent), answer(200))).send(GET)

    assert clock.sleeps == [12.0]


@pytest.mark.parametrize("date", ["", "soon", "Fri, 31 Feb 2026 99:00:00 GMT"])
def test_retry_after_as_a_date_counts_from_our_clock_where_the_answer_has_no_date(scripted, answer, clock, date):
    until = email.utils.formatdate(clock.wall() + 12, usegmt=True)
    Channel(scripted(answer(503, retry_after=until, date=date), answer(200))).send(GET)

    assert clock.sleeps == [12.0]


@pytest.mark.parametrize(
    "value", ["soon", "", "-3", "1.5", "9999999999", "Fri, 31 Feb 2026 99:00:00 GMT", "\u0663", "1e3"]
)
def test_retry_after_that_is_garbage_says_nothing(scripted, answer, clock, value):
    Channel(scripted(answer(429, retry_after=value), answer(200))).send(GET)

    assert clock.sleeps == [0.5]


def test_retry_after_beyond_the_budget_ends_the_waiting_at_once(scripted, answer, clock):
    channel = Channel(scripted(answer(429, retry_after="301")))

    assert channel.send(GET).status == 429
    assert (channel.requests, clock.sleeps) == (1, [])


def test_retry_after_in_the_far_future_ends_the_waiting_at_once(scripted, answer, clock):
    assert Channel(scripted(answer(429, retry_after="Fri, 31 Dec 9999 23:59:59 GMT"))).send(GET).status == 429
    assert clock.sleeps == []


@pytest.mark.parametrize("value", ["0", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_retry_after_that_asks_for_no_wait_does_not_make_us_hammer(scripted, answer, clock, value):
    channel = Channel(scripted(answer(429, retry_after=value)))

    assert channel.send(GET).status == 429
    assert clock.sleeps[:3] == [0.5, 1.0, 2.0]
    assert channel.requests < 20


def test_without_a_retry_timeout_nothing_is_tried_again(scripted, answer, clock):
    channel = Channel(scripted(answer(429, retry_after="0"), retry_timeout=0))

    assert channel.send(GET).status == 429
    assert channel.requests == 1


def test_retries_and_waits_together_stay_within_the_budget(scripted, answer, clock):
    channel = Channel(scripted((20.0, answer(503)), retry_timeout=100))
    before = clock.time
    channel.send(GET)

    assert clock.time - before - 20.0 <= 100


def test_the_first_attempt_costs_no_budget(scripted, answer):
    channel = Channel(scripted((59.0, answer(200))))
    channel.send(GET)

    assert channel.budget.left == 300


def test_the_budget_is_shared_by_all_calls_of_a_tenant(scripted, answer, clock):
    channel = Channel(
        scripted(answer(429, retry_after="200"), answer(200), answer(429, retry_after="150"), answer(200))
    )

    assert channel.send(GET).status == 200
    assert channel.send(GET).status == 429
    assert channel.budget.left == 100


def test_a_retry_does_not_outlive_the_budget(scripted, answer):
    transport = scripted((60.0, AnswerLost), retry_timeout=10, timeout=60)
    with pytest.raises(AnswerLost):
        Channel(transport).send(GET)

    assert transport.timeouts[:2] == [60.0, 9.5]
    assert all(timeout >= 1 for timeout in transport.timeouts)


def test_a_repeated_post_keeps_its_whole_timeout_since_its_outcome_would_be_open(scripted, answer):
    transport = scripted(NotSent, NotSent, answer(200), retry_timeout=10, timeout=60)
    Channel(transport).send(POST)

    assert transport.timeouts == [60.0, 60.0, 60.0]


def test_a_lost_answer_says_how_often_it_was_asked_for(scripted):
    channel = Channel(scripted(AnswerLost, retry_timeout=5))
    with pytest.raises(AnswerLost) as caught:
        channel.send(GET)

    assert caught.value.attempts == channel.requests > 2


def test_a_budget_never_goes_below_nothing(clock):
    budget = Budget(clock, 10)
    budget.wait(4)
    budget.spend(100)

    assert (budget.left, clock.sleeps) == (0.0, [4.0])


# Sentences


def test_an_answer_is_described_by_status_request_and_attempts(answer):
    seen = replace(answer(500, elements_request_id="abc"), attempts=3)

    assert _transport.describe(seen) == " (HTTP 500, request abc, 3 attempts)"


def test_a_lost_answer_is_described_by_its_attempts_alone():
    assert _transport.describe(AnswerLost("x", attempts=2)) == " (2 attempts)"
    assert _transport.describe(AnswerLost("x", attempts=1)) == ""
    assert _transport.describe(NotSent("x")) == ""


def test_the_error_of_an_answer_carries_what_identifies_it():
    error = _transport.error_from(Answer(409, None, {}, "abc", 2), "It is in use.")

    assert error.as_dict() == {
        "state": "failed",
        "message": "It is in use.",
        "status": 409,
        "request_id": "abc",
        "attempts": 2,
    }


def test_causes_that_go_in_a_circle_are_looked_at_once():
    first, second = ValueError("a"), OSError("b")
    first.__cause__, second.__context__ = second, first

    assert list(_response._causes(first)) == [first, second]
