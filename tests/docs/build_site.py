# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation site into the folder given, without the network; a warning is an error."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TITLE = "cloudelements.freshdesk"
OF_ANSIBLE = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "of_ansible.rst"


def main(site: Path) -> None:
    named = ["--project", TITLE, "--copyright", f"the {TITLE} contributors", "--title", TITLE]
    common = ["--use-current", "--squash-hierarchy", "--fail-on-error", TITLE, "--dest-dir"]
    with tempfile.TemporaryDirectory() as folder:  # antsibull-docs refuses a folder that others can write to
        work = Path(folder)
        run("antsibull-docs", "sphinx-init", *named, *common, folder)
        settings = ["--config-file", str(work / "antsibull-docs.cfg")]
        run("antsibull-docs", *settings, "collection", *common, str(work / "rst"))
        shutil.copy(OF_ANSIBLE, work / "rst")
        shutil.rmtree(site, ignore_errors=True)
        strictly = ["-q", "-W", "--keep-going", "-D", "extensions=sphinx_antsibull_ext"]
        run("sphinx-build", *strictly, "-c", folder, str(work / "rst"), str(site))
    print(f"The site is {site / 'index.html'}")


def run(*command: str) -> None:
    """Runs it quietly; where it fails, what it printed is the error."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}:\n{done.stdout}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
