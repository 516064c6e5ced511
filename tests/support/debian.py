# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that no Python package brings: installed with apt where they are missing and root asks."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping


def provide(packages: Mapping[str, str]) -> None:
    """Sees that each program is there, given the Debian package of each, or ends with a sentence that says what to install."""
    missing = [package for program, package in packages.items() if not shutil.which(program)]
    if not missing:
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"Missing here: install {' and '.join(missing)}, then run this again.")
    for command in (["update", "-qq"], ["install", "-y", "-qq", *missing]):
        subprocess.run(["apt-get", *command], check=True, stdout=subprocess.DEVNULL)
