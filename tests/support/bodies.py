# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance as the platform writes it in JSON, for tests of what is read from it."""

from __future__ import annotations

from typing import Any

BODY: dict[str, Any] = {
    "id": 4711,
    "name": "acme",
    "createdDate": "2017-08-07T18:46:38Z",
    "token": "token/of+acme=",
    "element": {"id": 491, "key": "freshdeskv2"},
    "tags": ["crm", "acme"],
    "disabled": False,
    "valid": True,
    "eventsEnabled": False,
    "user": {"id": 9001, "emailAddress": "one@example.com"},
    "configuration": {"subdomain": "acme", "username": "key-of-acme", "password": "********", "event.metadata": None},
}
"""Most of what an answer may hold, with the secrets in clear that results must not show."""
