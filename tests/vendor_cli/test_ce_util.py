# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own command line, ``doctor`` of the npm package ce-util, works against the simulator.

Its commands know instances only to delete them, which lists them first. What else it can ask for, it asks with the
functions below its commands; these are called here as the commands call them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.declared import assert_only_declared
from support.platform import SECRETS, control, simulator

PACKAGE = "ce-util@2.1.5"
GET = """
require("ce-util/src/util/loadAccount")("simulated")
    .then(() => require("ce-util/src/util/get")(process.argv[1]))
    .then(answer => console.log(JSON.stringify(answer)), error => { console.error(error.message); process.exit(1) })
"""

Run = Callable[..., str]


@pytest.fixture(scope="session")
def ce_util(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the package is installed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm and node are needed to run the vendor's command line, and are not on PATH")
    folder = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not fetch {PACKAGE} within 5 minutes")
    if done.returncode:
        codes = [line for line in done.stderr.splitlines() if " code " in line]
        pytest.skip(f"npm cannot install {PACKAGE}: {codes[0] if codes else 'no reason given'}")
    return folder


@pytest.fixture
def address() -> Iterator[str]:
    """A simulator to which nothing may be sent that the vendor does not declare: not by his own client either."""
    with simulator("--setting", "undeclared=refused") as where:
        yield where
        assert_only_declared(where)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a user who has just run ``doctor init``."""
    (tmp_path / ".doctor").mkdir()
    (tmp_path / ".doctor" / "config.json").write_text("[]", encoding="ascii")
    return tmp_path


@pytest.fixture
def node(ce_util: Path, home: Path) -> Run:
    """Runs node with these arguments, and answers what it prints."""

    def run(*arguments: str | Path) -> str:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home)}
        done = subprocess.run(
            ["node", *arguments], cwd=ce_util, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def doctor(node: Run, ce_util: Path, address: str) -> Run:
    """The command line, with the simulator among its accounts."""

    def run(*arguments: str) -> str:
        return node(ce_util / "node_modules" / "ce-util" / "src" / "cli" / "doctor.js", *arguments)

    secrets = ["-u", SECRETS["CLOUDELEMENTS_USER_SECRET"], "-o", SECRETS["CLOUDELEMENTS_ORGANIZATION_SECRET"]]
    run("accounts", "add", "-n", "simulated", "-b", address, *secrets)
    return run


@pytest.fixture
def get(doctor: Run, node: Run) -> Callable[[str], Any]:
    """The function with which all of its commands read."""
    return lambda path: json.loads(node("-e", GET, path))


def test_its_account_is_the_simulator(doctor, address):
    assert address in doctor("accounts", "list")


def test_it_deletes_instances_by_the_list_of_all(doctor, address):
    control(address, "instances", [{"name": "acme"}, {"name": "beta", "element": "zendesk"}])
    doctor("delete", "instances", "simulated")

    assert control(address, "instances") == []
    sent = [(each["verb"], each["path"], each["status"]) for each in control(address, "requests")]
    assert sent[0] == ("GET", "/instances", 200)
    assert sorted(sent[1:]) == [("DELETE", "/instances/600001", 200), ("DELETE", "/instances/600002", 200)]


def test_it_deletes_nothing_but_the_200_instances_that_one_page_shows(doctor, address):
    control(address, "instances", {"count": 202})
    doctor("delete", "instances", "simulated")

    assert len(control(address, "instances")) == 2


def test_it_takes_the_404_of_an_empty_list_for_an_empty_list(doctor, get, address):
    doctor("delete", "instances", "simulated")

    assert get("instances") == {}


def test_it_lists_instances_and_reads_one(get, address):
    [number] = control(address, "instances", [{"name": "acme"}])

    assert [instance["name"] for instance in get("instances")] == ["acme"]
    assert get(f"instances/{number}")["configuration"]["subdomain"] == "acme"


def test_it_reads_the_documentation_of_an_instance(get, address):
    [number] = control(address, "instances", [{"name": "acme"}])

    assert get(f"instances/{number}/docs")["swagger"] == "2.0"


def test_it_pings_an_instance_where_the_token_stands_behind_its_two_secrets(get, home, address):
    """It writes a header of two secrets, so the token is given to it as a part of the second."""
    control(address, "accounts", {"acme": "key-of-acme"})
    control(address, "instances", [{"name": "acme"}])
    accounts = home / ".doctor" / "config.json"
    [account] = json.loads(accounts.read_text(encoding="utf-8"))
    account["orgSecret"] += f", Element {control(address, 'instances')[0]['token']}"
    accounts.write_text(json.dumps([account]), encoding="utf-8")

    assert get("hubs/helpdesk/ping")["endpoint"] == "freshdeskv2"
