# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports requests, or records why that failed. Private to this collection."""

from __future__ import annotations

import traceback

REQUESTS_IMPORT_ERROR: str | None = None

try:
    import requests
    import requests.adapters
    import urllib3
except ImportError:
    requests = None  # type: ignore[assignment, unused-ignore]
    urllib3 = None  # type: ignore[assignment, unused-ignore]
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

__all__ = ["REQUESTS_IMPORT_ERROR", "requests", "urllib3"]
