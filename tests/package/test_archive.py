# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive for Galaxy: what is in it, what Galaxy says of it, and that it works where nothing else of the project is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml
from support.platform import simulator

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = Path("ansible_collections", "cloudelements", "freshdesk")
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
EXAMPLE = ROOT / "examples" / "execution-environment.yml"
# What a user needs, and what Galaxy and readers look at.
USED = {"extensions", "meta", "playbooks", "plugins", "roles"}
READ = {"CHANGELOG.rst", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "SECURITY.md", "changelogs", "docs"}


def run(*command, folder=ROOT, **environment):
    """What a command said; a failure is shown whole."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def archive():
    """What the session built."""
    (built,) = Path(os.environ["ARCHIVES"]).iterdir()
    return built


@pytest.fixture(scope="session")
def installed(archive, tmp_path_factory):
    """An empty folder into which the archive was installed."""
    folder = tmp_path_factory.mktemp("installed")
    run("ansible-galaxy", "collection", "install", archive, "-p", folder, ANSIBLE_COLLECTIONS_PATH=str(folder))
    return folder


@pytest.fixture
def platform():
    """The address of a simulator that runs."""
    with simulator() as address:
        yield address


def test_the_archive_holds_what_users_and_readers_need_and_nothing_else(archive):
    assert archive.name == f"cloudelements-freshdesk-{GALAXY['version']}.tar.gz"
    with tarfile.open(archive) as packed:
        names = packed.getnames()
    assert {name.split("/")[0] for name in names} - {"."} == USED | READ
    assert [name for name in names if "__pycache__" in name or "/fragments" in name or "of_ansible" in name] == []


def test_galaxy_finds_nothing_to_say(archive, tmp_path):
    said = run(sys.executable, "-m", "galaxy_importer.main", archive, folder=tmp_path)
    assert "Importer processing completed successfully" in said
    assert re.findall(r"^(?:WARNING|ERROR).*", said, re.MULTILINE) == []


def test_the_demo_runs_from_the_installed_archive_with_nothing_in_it_but_what_users_need(installed, platform, tmp_path):
    shutil.copytree(installed, tmp_path / "bare")
    for path in (tmp_path / "bare" / COLLECTION).iterdir():
        if path.name not in USED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    said = run(sys.executable, ROOT / "tests/demo/demo.py", platform, ANSIBLE_COLLECTIONS_PATH=str(tmp_path / "bare"))
    assert said.count("Writes, as the platform counted them") == 3


def test_an_execution_environment_gets_the_collection_and_the_packages_that_it_needs(installed, tmp_path):
    context = tmp_path / "context"
    run("ansible-builder", "create", "--file", EXAMPLE, "--context", context, "--output-filename", "Containerfile")
    wanted = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert wanted["collections"] == [{"name": "cloudelements.freshdesk", "version": GALAXY["version"]}]
    assert "almalinux" in (context / "Containerfile").read_text(encoding="utf-8")
    # What the build asks the collections for, once they are installed in it.
    run("ansible-builder", "introspect", "--sanitize", "--write-pip", tmp_path / "needed.txt", installed)
    needed = (tmp_path / "needed.txt").read_text(encoding="utf-8")
    assert re.fullmatch(r"requests>=[\d.]+ *# from collection cloudelements\.freshdesk\n", needed)
