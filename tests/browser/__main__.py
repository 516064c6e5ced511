# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/browser`` use the role's report in Chromium, which is installed where it is missing and root asks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
sys.path.insert(1, str(FOLDER.parent))

from support.debian import provide  # noqa: E402

provide({"chromium": "chromium", "chromedriver": "chromium-driver"})
sys.exit(pytest.main([str(FOLDER), *sys.argv[1:]]))
