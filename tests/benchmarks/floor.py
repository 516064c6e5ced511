# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor of the benchmark: creates what is missing with threads and nothing else, no plan, no check, no recovery.

Takes the address of the platform, a JSON file of tenants and the number of threads.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from measuring import FULL_PAGE, ORGANIZATION_SECRET, USER_SECRET
from requests.adapters import HTTPAdapter


def main(address: str, file: str, workers: int) -> None:
    """List all pages, then post what is missing, over one adapter that keeps a connection for each thread."""
    tenants = json.loads(Path(file).read_text(encoding="utf-8"))
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"User {USER_SECRET}, Organization {ORGANIZATION_SECRET}"
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=workers))
    base = f"{address}/elements/api-v2"

    names: set[str] = set()
    query: dict[str, Any] = {"pageSize": FULL_PAGE, "hydrate": "true"}
    while True:
        answer = session.get(f"{base}/instances", params=query)
        if answer.status_code == 404:  # the list of none
            break
        answer.raise_for_status()
        names.update(instance["name"] for instance in answer.json())
        if len(names) >= int(answer.headers["elements-total-count"]):
            break
        query["nextPage"] = answer.headers["elements-next-page-token"]

    def create(tenant: dict[str, str]) -> None:
        configuration = {"subdomain": tenant["subdomain"], "username": tenant["api_key"]}
        body = {
            "element": {"key": "freshdeskv2"},
            "name": tenant["name"],
            "tags": ["crm"],
            "configuration": configuration,
        }
        session.post(f"{base}/instances", json=body).raise_for_status()

    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(create, (tenant for tenant in tenants if tenant["name"] not in names)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
