# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test in the copy of a session: without containers, without a download of its own, and never with no test at all.

Arguments are those of ansible-test. For integration there are two more: `--sent` sends every module that would run in the
controller's process, `--oldest-target` runs them on the oldest Python and requests that a target may have. Where no target is
named, all run. Several run in two halves at the same time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import ansible_test

OLDEST_TARGET = "3.9"
# The others follow these, and every second one of all goes into the same half, so that both end at about the same time.
LONGEST = ("story", "provisioning", "where_it_runs", "instances", "instance", "export")
FOLDER = Path(__file__).resolve().parent


def main(command: str, *arguments: str) -> int:
    """Ends as ansible-test does."""
    where = ["--local"]
    own = {"--sent", "--oldest-target"} & set(arguments) if command == "integration" else set()
    if "--sent" in own:
        with Path("tests/integration/integration.cfg").open("a") as settings:
            settings.write(f"connection_plugins = {Path('tests/integration/sent').resolve()}\n")
    if "--oldest-target" in own:
        where = ["--target", f"controller:python={OLDEST_TARGET}@{oldest_target()}", "--requirements"]
    # Otherwise the session has installed all that the targets need.
    if command != "integration" or "--requirements" in where:
        provide_pip()
    given = [argument for argument in arguments if argument not in own]
    run = ["ansible-test", command, *where, "--color", "no"]
    options = [argument for argument in given if argument.startswith("-")]
    if command == "integration" and len(given) != 1 and not options and "--oldest-target" not in own:
        compares_both = {"where_it_runs"} if "--sent" in own else set()
        return in_halves(run, given or sorted(all_targets() - compares_both))
    ended = subprocess.run([*run, *given], check=False).returncode
    if command == "integration" and not ended:
        check_that_targets_ran(Path.cwd())
    return ended


def all_targets() -> set[str]:
    folders = Path("tests/integration/targets").iterdir()
    return {folder.name for folder in folders if not folder.name.startswith("setup_")}


def in_halves(run: list[str], targets: list[str]) -> int:
    """Runs these targets: one half here, at the same time the other half in a copy of the tree, and shows its output at the end.

    A target mostly waits for one process, so a second core would be idle. The copy has a home of its own, since both would write
    the same files there.
    """
    here = Path.cwd()
    root, home = here.parents[2], Path(os.environ["HOME"])
    copied, other_home = root.with_name(f"{root.name}-2"), home.with_name(f"{home.name}-2")
    there = copied / here.relative_to(root)
    shutil.copytree(here, there, symlinks=True)
    shutil.copytree(home, other_home, symlinks=True)
    environment = {
        **os.environ,
        "HOME": str(other_home),
        "ANSIBLE_REMOTE_TMP": str(other_home / ".ansible" / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(copied),
    }
    ordered = [name for name in LONGEST if name in targets] + [name for name in targets if name not in LONGEST]
    first, second = ordered[::2], ordered[1::2]
    print(f"At the same time, shown afterwards: {', '.join(second)}", flush=True)
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen([*run, *second], cwd=there, env=environment, stdout=output, stderr=output) as other:
            ended = subprocess.run([*run, *first], check=False).returncode
        output.seek(0)
        print(f"\n{output.read().decode(errors='replace')}", flush=True)
    if not (ended or other.returncode):
        check_that_targets_ran(here)
        check_that_targets_ran(there)
    return ended or other.returncode


def check_that_targets_ran(tree: Path) -> None:
    """Fails where ansible-test succeeded without a single result: it skips what it cannot place."""
    if not list((tree / "tests/output/junit").glob("*.xml")):
        raise SystemExit("ansible-test ran no integration target at all")


def provide_pip() -> None:
    """Fills ansible-test's cache with the pip that it would otherwise download from a host of its own."""
    wanted = Path(ansible_test.__file__).with_name("_internal") / "python_requirements.py"
    found = re.search(r"\bpip='([\d.]+)'", wanted.read_text())
    assert found, f"{wanted} names no version of pip"
    cache = Path(os.environ["HOME"], ".ansible", "test", "cache")
    cache.mkdir(parents=True, exist_ok=True)
    shutil.copy(FOLDER / "get_pip.py", cache / f"get_pip_{found[1].replace('.', '_')}.py")
    pip("download", "--no-deps", "-d", str(cache), f"pip=={found[1]}")


def oldest_target() -> Path:
    """A Python of the oldest version with the oldest requests, which the controller gets too."""
    interpreter = shutil.which(f"python{OLDEST_TARGET}")
    if not interpreter:
        raise SystemExit(f"There is no Python {OLDEST_TARGET} here: install it, or leave out --oldest-target.")
    needed = Path("meta/ee-requirements.txt").read_text().splitlines()
    oldest = [line.replace(">=", "==") for line in needed if ">=" in line]
    print(f"The modules run on Python {OLDEST_TARGET}, and all with {', '.join(oldest)}", flush=True)
    target = Path(os.environ["HOME"], "target")
    subprocess.run([interpreter, "-m", "venv", target], check=True)
    pip("install", *oldest)
    pip("install", *oldest, python=target / "bin" / "python")
    return target / "bin" / "python"


def pip(*arguments: str, python: Path = Path(sys.executable)) -> None:
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
