# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/events`` receive events with ansible-rulebook, for which Java is installed where it is missing and root asks."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
sys.path.insert(1, str(FOLDER.parent))

from support.debian import provide  # noqa: E402

provide({"java": "openjdk-17-jre-headless"})
os.environ["JAVA_HOME"] = str(Path(str(shutil.which("java"))).resolve().parents[1])
sys.exit(pytest.main([str(FOLDER), *sys.argv[1:]]))
