# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives tests ids that can be given to pytest again, as mutmut does: it does not find those with characters that it escapes."""

from __future__ import annotations

import re


def pytest_make_parametrize_id(val: object) -> str | None:
    """A text without such characters; None leaves it to pytest."""
    return re.sub(r"[^ -\[\]-~]", "?", val) if isinstance(val, str) else None
