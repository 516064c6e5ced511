# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a server: every ending on the wire, the control endpoints, a clean start and end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

TESTS = Path(__file__).resolve().parents[2]
MAKE_CERTIFICATE = TESTS / "integration" / "targets" / "setup_simulator" / "files" / "make_certificate.py"
BODY = {"element": {"key": "freshdeskv2"}, "name": "acme", "configuration": {"subdomain": "acme", "username": "key"}}


def control(server, verb, path, document=None):
    answer = requests.request(verb, f"{server.address}/control{path}", json=document, timeout=5)
    answer.raise_for_status()
    return answer.json()


def create(server, timeout=5.0):
    return requests.post(f"{server.base}/instances", json=BODY, headers=server.headers, timeout=timeout)


def committed(server):
    return len(control(server, "GET", "/instances"))


def wait_for(condition):
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


# Answers


def test_a_create_a_list_and_a_delete_over_http(server):
    created = create(server).json()
    listed = requests.get(f"{server.base}/instances", params={"tags[]": "acme"}, headers=server.headers, timeout=5)
    deleted = requests.delete(f"{server.base}/instances/{created['id']}", headers=server.headers, timeout=5)

    assert [instance["id"] for instance in listed.json()] == [created["id"]]
    assert listed.headers["Elements-Returned-Count"] == "1"
    assert deleted.status_code == 200


def test_an_address_outside_the_api_is_an_html_page_on_the_wire(server):
    answer = requests.get(f"{server.address}/instances", headers=server.headers, timeout=5)

    assert answer.status_code == 404
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(("kind", "count"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_is_closed_without_a_word(server, kind, count):
    control(server, "POST", "/faults", {"fault": kind})

    with pytest.raises(requests.ConnectionError, match="without response"):
        create(server)
    assert committed(server) == count


@pytest.mark.parametrize(("kind", "count"), [("hang_before", 0), ("hang_after", 1)])
def test_a_hanging_answer_never_comes(server, kind, count):
    control(server, "POST", "/faults", {"fault": kind})

    with pytest.raises(requests.ReadTimeout):
        create(server, timeout=0.3)
    assert committed(server) == count


def test_a_hanging_answer_can_end_after_a_while(server):
    control(server, "POST", "/faults", {"fault": "hang_after", "seconds": 0.2})

    with pytest.raises(requests.ConnectionError, match="without response"):
        create(server)


def test_a_truncated_answer_breaks_off(server):
    control(server, "POST", "/faults", {"fault": "truncate"})

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError), match="IncompleteRead"):
        create(server)
    assert committed(server) == 1


def test_a_dripping_answer_comes_a_byte_a_second(server):
    control(server, "POST", "/faults", {"fault": "drip"})
    with requests.post(f"{server.base}/instances", json=BODY, headers=server.headers, timeout=5, stream=True) as answer:
        begun = time.monotonic()
        assert answer.raw.read(2) == b'{"'
        assert 0.9 < time.monotonic() - begun < 2


def test_a_huge_answer_announces_gigabytes_and_goes_on(server):
    control(server, "POST", "/faults", {"fault": "huge"})
    with requests.post(f"{server.base}/instances", json=BODY, headers=server.headers, timeout=5, stream=True) as answer:
        assert int(answer.headers["content-length"]) == 4 * 1024**3
        assert len(answer.raw.read(1 << 20)) == 1 << 20


def test_a_late_commit_comes_after_the_answer_was_lost_on_the_wire(server):
    control(server, "POST", "/faults", {"fault": "late", "commit_after": 0.3})

    with pytest.raises(requests.ConnectionError):
        create(server)
    assert committed(server) == 0
    wait_for(lambda: committed(server) == 1)


def test_a_client_that_leaves_during_the_latency_gets_its_commit(server):
    control(server, "POST", "/settings", {"latency": {"create": 0.4}})

    with pytest.raises(requests.ReadTimeout):
        create(server, timeout=0.1)
    assert committed(server) == 0
    wait_for(lambda: committed(server) == 1)


def test_slow_requests_do_not_block_others(server):
    control(server, "POST", "/settings", {"latency": {"create": 1.5}})
    threads = [threading.Thread(target=create, args=(server,)) for _time in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert control(server, "GET", "/counts")["max_concurrent_seen"] == 10


# Control endpoints


def test_the_control_endpoints_do_what_the_methods_do(server):
    create(server)
    number = control(server, "GET", "/instances")[0]["id"]

    assert control(server, "POST", "/accounts", {"acme": "key"}) == control(server, "GET", "/accounts")
    assert control(server, "PATCH", f"/instances/{number}", {"in_use": "formula 1"})["in_use"] == "formula 1"
    assert control(server, "DELETE", f"/instances/{number}") is None
    assert control(server, "POST", "/users", [{"id": 5, "user_secret": "s"}]) == control(server, "GET", "/users")
    assert control(server, "POST", "/settings", {"page_size": 9}) == control(server, "GET", "/settings")
    assert control(server, "POST", "/faults", {"fault": "throttle"}) == control(server, "GET", "/faults")
    assert control(server, "DELETE", "/faults") is None
    assert control(server, "GET", "/requests")[0]["verb"] == "POST"
    assert control(server, "DELETE", "/requests") is None
    assert control(server, "GET", "/requests") == []


def test_a_control_request_that_makes_no_sense_says_why(server):
    def status(verb, path, body):
        return requests.request(verb, f"{server.address}/control{path}", data=body, timeout=5).status_code

    assert status("POST", "/settings", b'{"unheardof": 1}') == 400
    assert status("POST", "/settings", b"{") == 400
    assert status("DELETE", "/instances/1", b"") == 400
    assert status("GET", "/unheardof", b"") == 404


def test_ten_thousand_instances_are_seeded_in_one_request(server):
    answer = requests.post(f"{server.address}/control/instances", json={"count": 10_000}, timeout=60)

    assert len(answer.json()) == 10_000


# Start and end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_although_requests_are_open(own_server, number):
    control(own_server, "POST", "/faults", {"fault": "hang_after"})
    control(own_server, "POST", "/settings", {"latency": {"list": 60}})
    with (
        socket.create_connection(own_server.address.removeprefix("http://").split(":")) as hanging,
        socket.create_connection(own_server.address.removeprefix("http://").split(":")) as slow,
    ):
        for connection in (hanging, slow):
            connection.sendall(b"GET /elements/api-v2/instances HTTP/1.1\r\nHost: simulator\r\n\r\n")
        wait_for(lambda: len(control(own_server, "GET", "/requests")) == 2)
        begun = time.monotonic()
        own_server.process.send_signal(number)

        assert own_server.process.wait(5) == 0
        assert time.monotonic() - begun < 2


def test_the_address_file_is_written_once_connections_are_accepted(tmp_path, running):
    file = tmp_path / "a folder" / "address"
    file.parent.mkdir()
    command = [sys.executable, running.process.args[1], "--address-file", str(file), "--setting", "accounts=any"]
    command += ["--latency", "create=0.01", "--account", "acme=key"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        wait_for(file.exists)
        address = file.read_text(encoding="ascii").strip()
        settings = requests.get(f"{address}/control/settings", timeout=5).json()
        process.terminate()

        assert process.stdout.read() == ""
        assert (settings["accounts"], settings["latency"]) == ("any", {"create": 0.01})
        assert list(file.parent.iterdir()) == [file]


def test_an_unknown_setting_on_the_command_line_is_refused(running):
    command = [sys.executable, running.process.args[1], "--setting", "unheardof=1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)

    assert ended.returncode == 2
    assert "no setting 'unheardof'" in ended.stderr


def test_a_certificate_makes_it_serve_https(running, tmp_path):
    certificate, both = tmp_path / "certificate.pem", tmp_path / "both.pem"
    subprocess.run([sys.executable, str(MAKE_CERTIFICATE), str(certificate), str(both)], check=True)
    server = type(running)("--certificate", str(both))
    try:
        answer = requests.get(
            f"{server.base}/organizations/me", headers=server.headers, verify=str(certificate), timeout=5
        )
    finally:
        server.process.terminate()
        server.process.wait()

    assert server.address.startswith("https://")
    assert answer.json()["name"] == "acme"


def test_the_help_names_the_default_secrets_and_settings(running):
    command = [sys.executable, running.process.args[1], "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout

    assert "user/secret+of=one" in shown
    assert "organization/secret+of=acme" in shown
    assert "element_list" in shown
