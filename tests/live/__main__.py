# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/live`` take an instance through its life on a real account, or, with ``simulator``, on the simulator."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The packages of the tests are found from the parent of this folder, which is on the path itself.
sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

import live
from support.platform import SECRETS, simulator


def main() -> int:
    if sys.argv[1:] != ["simulator"]:
        return live.main()
    with simulator("--account", "acme=key-of-acme") as address:
        account = {"FRESHDESK_SUBDOMAIN": "acme", "FRESHDESK_API_KEY": "key-of-acme"}
        os.environ.update(SECRETS | account | {"CLOUDELEMENTS_BASE_URL": address})
        return live.main()


sys.exit(main())
