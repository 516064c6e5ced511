# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every code block of the README, the guides and the plugins does what its page says, against a simulator of the platform.

A page is read from its top: a block with a caption is written into the file of that name; C(shell) is typed into one
terminal; tasks and playbooks without a caption are run; any other block is what the step before it must have shown.
What a page takes for granted, such as the instances that are live, stands in C(scenes.yml).
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.pages import PAGES, PLUGINS, ROOT, Block, blocks

EVERY = [ROOT / "README.md", *PAGES, *PLUGINS]
HERE = Path(__file__).parent
SCENES: dict[str, Any] = yaml.safe_load((HERE / "scenes.yml").read_text(encoding="utf-8"))
TREE = ROOT.parents[2]
SECRETS = {
    "CLOUDELEMENTS_USER_SECRET": "user/secret+of=one",
    "CLOUDELEMENTS_ORGANIZATION_SECRET": "organization/secret+of=acme",
}
SIMULATOR = ["--setting", "accounts=any"]

PATIENCE = 600
"""Seconds that a command or the start of a server may take: many times what it takes on a machine that is not busy."""

SUBSTITUTIONS = {
    "https://api.cloud-elements.com": "{address}",  # the platform is the simulator ...
    "https://api.cloud-elements.co.uk": "{address}",
    "https://api.openconnectors.us2.ext.hana.ondemand.com": "{address}",
    "http://127.0.0.1:8099": "{address}",  # ... which has a port of its own for each page
    "CLOUDELEMENTS_USER_SECRET=...": "CLOUDELEMENTS_USER_SECRET='user/secret+of=one'",
    "CLOUDELEMENTS_ORGANIZATION_SECRET=...": "CLOUDELEMENTS_ORGANIZATION_SECRET='organization/secret+of=acme'",
    "the-user-secret": "user/secret+of=one",
    "the-organization-secret": "organization/secret+of=acme",
    ".nox/demo/bin/python tests": "python tests",  # the tools are on the PATH
    ".nox/demo/bin/ansible ": "ansible ",
    " --ask-vault-pass": "",  # nobody is there to type it, so ansible finds it in a file
    "https://vault.example.com": "{vault}",  # the stand-in beside this file
    "/etc/crm/": "{folder}/",  # nothing is written outside the folder of the test
    "/etc/app/": "{folder}/",
    "/run/secrets/": "{folder}/",
    "/srv/freshdesk/": "{folder}/",
    "/srv/": "{folder}/",
    "'MY_": "'CLOUDELEMENTS_",  # variables of the reader's own
    "id: 4711": "id: 600001",  # the first that the simulator gives
}
"""What is put in the place of what a page says, in all that is run."""

NOT_RUN = {
    r"(\S*/)?nox (-|$)": "the sessions themselves: continuous integration runs them, test_docs.py holds their names",
    r"python3 -m venv ": "makes the environment of the sessions",
    r"python3? -m pip install ": "what it installs is here already",
    r"ansible-galaxy collection install --pre cloudelements\.": "the session package installs the archive",
    r"ansible-galaxy collection install awx\.awx|ansible-playbook cloudelements\.freshdesk\.awx_setup ": "needs AWX: the campaign awx",
    r"ansible-rulebook ": "needs Java: the campaign events",
    r"ansible-builder build ": "needs a container engine: the session package makes the context of the image",
}
"""Commands that are left out of shell blocks, and why."""

NOT_COMPARED = {
    ("verification.rst", "text"): "what the campaign model prints, which needs the model checker",
    ("platform.rst", "json"): "held against what the engine sends by test_docs.py",
}
"""Blocks that show no output of a step before them, and why."""


class Reader:
    """Somebody who reads a page and does what it says, in a copy of the checkout and one terminal."""

    def __init__(self, folder: Path, page: Path) -> None:
        self.folder = folder / "freshdesk"
        ignored = shutil.ignore_patterns(".*", "__pycache__", "output")
        shutil.copytree(ROOT, self.folder, ignore=ignored)
        self.scene = SCENES.get(name_of(page), {})
        self.output: str | None = None
        self.tasks: list[Block] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.variables = self.folder / ".scene.yml"
        self.environment = {
            **{
                name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "CLOUDELEMENTS_"))
            },
            **SECRETS,
            "PATH": os.pathsep.join([str(HERE / "stand_ins"), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(folder),
            "ANSIBLE_REMOTE_TMP": str(folder / ".ansible" / "tmp"),
            "ANSIBLE_COLLECTIONS_PATH": str(TREE),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            "ANSIBLE_DEPRECATION_WARNINGS": "false",
        }

    def __enter__(self) -> Reader:
        self.address = self._served("simulator", ROOT / "tests" / "simulator", "--port", "0", *SIMULATOR)
        self.vault = self._served("vault", HERE / "stand_ins" / "vault.py")
        self.environment["CLOUDELEMENTS_BASE_URL"] = self.address
        password = self.folder / ".password"
        password.write_text("the password of the vault\n", encoding="utf-8")
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(password)
        self.variables.write_text(self._told(json.dumps(self.scene.get("variables", {}))), encoding="utf-8")
        for name, text in self.scene.get("files", {}).items():
            (self.folder / name).write_text(self._told(text), encoding="utf-8")
        self._control("accounts", self.scene.get("accounts", {}))
        for what, scene in (("instances", "live"), ("formulas", "formulas")):
            if self.scene.get(scene):
                self._control(what, self.scene[scene])
        return self

    def __exit__(self, *_about: object) -> None:
        for process in self.processes:
            process.terminate()
            process.wait(10)

    def read(self, block: Block) -> None:
        """Does what the block says."""
        is_tasks = block.language == "yaml" and block.file is None and "hosts" not in yaml.safe_load(block.text)[0]
        if is_tasks:
            self.tasks.append(block)
            return
        self.finish()
        if block.file is not None:
            (self.folder / block.file).write_text(self._told(block.text), encoding="utf-8")
        elif block.language == "shell":
            self._typed(block, block.text)
        elif block.language == "yaml":
            self._played(block, yaml.safe_load(self._told(block.text)))
        elif (block.page.name, block.language) not in NOT_COMPARED:
            assert self.output is not None, f"{block} shows an output, and nothing was run before it"
            problem = difference(self._told(block.text), self.output, str(self.folder))
            assert not problem, f"{block} is not what comes out:\n{problem}"

    def finish(self) -> None:
        """Runs the tasks that were read one after the other as the one play that they are part of."""
        if self.tasks:
            tasks = [task for block in self.tasks for task in yaml.safe_load(self._told(block.text))]
            play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
            self.tasks, first = [], self.tasks[0]
            self._played(first, [play])

    def _played(self, block: Block, plays: list[Any]) -> None:
        (self.folder / ".example.yml").write_text(json.dumps(plays), encoding="utf-8")
        self._typed(block, f"ansible-playbook .example.yml -e @{self.variables.name}")

    def _typed(self, block: Block, text: str) -> None:
        commands = [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if not left_out(line)]
        if not commands:
            return
        # What one block exports is there in the next, as in a terminal.
        script = ["test ! -e .exported || . ./.exported", "set -euo pipefail", self._told("\n".join(commands))]
        done = subprocess.run(
            ["bash", "-c", "\n".join([*script, "export -p > .exported"])],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        self.output = done.stdout
        fails = any(part in text for part in self.scene.get("fails", ()))
        assert (done.returncode != 0) is fails, f"{block} ended with {done.returncode}:\n{done.stdout}"

    def _told(self, text: str) -> str:
        values = {"address": self.address, "vault": self.vault, "folder": str(self.folder)}
        for what, instead in SUBSTITUTIONS.items():
            text = text.replace(what, re.sub(r"\{(\w+)\}", lambda found: values[found[1]], instead))
        return text

    def _served(self, name: str, *command: object) -> str:
        """Starts a server that writes its address into a file, and answers that."""
        file = self.folder / f".{name}"
        command = (sys.executable, *command, "--address-file", file)
        self.processes.append(subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL))
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.processes[-1].poll() is None:
            told = file.read_text(encoding="ascii") if file.exists() else ""
            if told.endswith("\n"):  # or it is still being written
                return told.strip()
            time.sleep(0.05)
        raise AssertionError(f"{name} did not start")

    def _control(self, what: str, body: object) -> None:
        request = urllib.request.Request(f"{self.address}/control/{what}", json.dumps(body).encode())
        urllib.request.urlopen(request, timeout=10).close()


def name_of(page: Path) -> str:
    """How a page is called here: a guide by its name, a plugin with its kind."""
    return page.stem if page.suffix != ".py" else f"{page.parent.name}/{page.stem}"


def left_out(command: str) -> bool:
    """Whether a command is not run, since it is an exception or starts the simulator that is running already."""
    started = re.fullmatch(r"\S*python tests/simulator --port \d+ (.*)", command)
    if started:
        assert started[1].split() == SIMULATOR
    return bool(started) or any(re.match(pattern, command) for pattern in NOT_RUN)


def difference(wanted: str, output: str, folder: str) -> str:
    """Why an output is not the one wanted; empty where it is. A line C(...) stands for any lines."""
    wanted, output = comparable(wanted, folder), comparable(output, folder)
    pattern = "".join("(?s:.*?)" if line == "..." else re.escape(line) + r"\n" for line in wanted.splitlines())
    if re.search(pattern, output):
        return ""
    return "\n".join(
        difflib.unified_diff(wanted.splitlines(), output.splitlines(), "the page", "the run", "", "", 99, "")
    )


def comparable(text: str, folder: str) -> str:
    """The text without what is another in each run: ids, dates, plan ids, ports, the folder, the stars of a headline;
    nor how deep a part of an output stands."""
    for pattern, instead in (
        (re.escape(folder), "/srv"),
        (r"\b6\d{5}\b", "600001"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-01-12T09:30:00Z"),
        (r"\b[0-9a-f]{32}\b", "c52909746c345bd59773ca58e9fa8ddc"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:8099"),
        (r"\*{3,}", "***"),
        (r"^[ \t]+|[ \t]+$", ""),
    ):
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text.strip("\n") + "\n"


@pytest.mark.parametrize("page", [page for page in EVERY if blocks(page)], ids=name_of)
def test_what_a_page_says_is_what_happens(page, tmp_path):
    with Reader(tmp_path, page) as reader:
        for block in blocks(page):
            reader.read(block)
        reader.finish()


def test_every_file_that_a_page_has_its_reader_write_is_used_there():
    for page in EVERY:
        text = page.read_text(encoding="utf-8")
        for block in blocks(page):
            assert block.file is None or text.count(block.file) > 1 or page in PLUGINS, block


def test_every_scene_and_every_exception_is_needed():
    every = [block for page in EVERY for block in blocks(page)]
    lines = [line for block in every if block.language == "shell" for line in block.text.splitlines()]
    assert set(SCENES) <= {name_of(page) for page in EVERY}
    assert set(NOT_COMPARED) <= {(block.page.name, block.language) for block in every}
    assert all(any(re.match(pattern, line) for line in lines) for pattern in NOT_RUN)
    assert all(any(what in block.text for block in every) for what in SUBSTITUTIONS)


def test_the_examples_are_clean_to_ansible_lint(tmp_path):
    for number, block in enumerate(block for page in EVERY for block in blocks(page)):
        content = yaml.safe_load(block.text) if block.language == "yaml" else None
        if isinstance(content, list):
            kind = "playbooks" if "hosts" in content[0] else "tasks"
            (tmp_path / kind).mkdir(exist_ok=True)
            (tmp_path / kind / f"{block.page.stem}_{number}.yml").write_text(f"---\n{block.text}", encoding="utf-8")
    command = [Path(sys.executable).with_name("ansible-lint"), "--offline", "--profile", "production", "--strict"]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(TREE), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
