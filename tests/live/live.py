# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goes through the life of an instance on a real account, and prints which open facts about the platform that settled.

Needs in the environment: CLOUDELEMENTS_USER_SECRET, CLOUDELEMENTS_ORGANIZATION_SECRET, FRESHDESK_SUBDOMAIN, FRESHDESK_API_KEY;
optional: CLOUDELEMENTS_BASE_URL, FRESHDESK_OTHER_API_KEY (a second key that is right too). Everything it makes has a name that
begins with `freshdesk-live-test-`, and is deleted at the end. Ends with 0 if the life went as it should and nothing is left.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

PREFIX = "freshdesk-live-test-"
ELEMENT = "freshdeskv2"
NEEDED = ("CLOUDELEMENTS_USER_SECRET", "CLOUDELEMENTS_ORGANIZATION_SECRET", "FRESHDESK_SUBDOMAIN", "FRESHDESK_API_KEY")


class Platform:
    """Calls of the platform in the open, without the collection's code, so that its assumptions can be held to them."""

    def __init__(self) -> None:
        base = os.environ.get("CLOUDELEMENTS_BASE_URL") or "https://api.cloud-elements.com"
        base = base.rstrip("/")
        self.base = base if base.endswith("/elements/api-v2") else base + "/elements/api-v2"
        self.user = os.environ["CLOUDELEMENTS_USER_SECRET"]
        self.organization = os.environ["CLOUDELEMENTS_ORGANIZATION_SECRET"]
        self.session = requests.Session()

    def call(self, verb: str, path: str, *, token: str | None = None, **arguments: Any) -> requests.Response:
        last = f"Element {token}" if token else f"Organization {self.organization}"
        headers = {"Authorization": f"User {self.user}, {last}"}
        return self.session.request(
            verb, self.base + path, headers=headers, timeout=90, allow_redirects=False, **arguments
        )

    def create(self, name: str, api_key: str, **more: Any) -> dict[str, Any]:
        body = {
            "element": {"key": ELEMENT},
            "configuration": {"subdomain": os.environ["FRESHDESK_SUBDOMAIN"], "username": api_key, **more},
            "name": name,
        }
        answer = self.call("POST", "/instances", json=body)
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made

    def listed(self, **query: Any) -> requests.Response:
        return self.call("GET", f"/elements/{ELEMENT}/instances", params=query)

    def sweep(self) -> list[int]:
        """Deletes what this test left, and only that; answers the ids of what would not go."""
        answer = self.listed(searchText=PREFIX, pageSize=200)
        mine = [one for one in answer.json() if str(one["name"]).startswith(PREFIX)] if answer.ok else []
        return [one["id"] for one in mine if not self.call("DELETE", f"/instances/{one['id']}").ok]


def settle(platform: Platform) -> list[tuple[str, str]]:
    """Each open fact, and what was seen of it."""
    key = os.environ["FRESHDESK_API_KEY"]
    name = PREFIX + secrets.token_hex(4)
    one = platform.create(name, key, **{"event.notification.signature.key": "live-test-signature"})
    number, token = one["id"], one["token"]
    url = f"/instances/{number}"
    seen: dict[str, Any] = platform.call("GET", url).json()
    configuration = seen.get("configuration") or {}
    facts: list[tuple[str, Callable[[], str]]] = [
        ("the words of an empty list", lambda: _empty(platform.listed(searchText=PREFIX + "none"))),
        ("the API key comes back in clear", lambda: _yes(configuration.get("username") == key)),
        ("the signature key comes back", lambda: _shown(configuration, "event.notification.signature.key")),
        ("tags that are left out become the name", lambda: _yes(_tags(seen) == [name])),
        ("a list carries the configuration", lambda: _yes(bool(_own(platform, name).get("configuration")))),
        ("searchText narrows the element's list", lambda: _yes(_own(platform, name).get("id") == number)),
        ("the list counts its items", lambda: _headers(platform.listed(searchText=name), "elements-total-count")),
        (
            "the last page carries a token",
            lambda: _headers(platform.listed(searchText=name), "elements-next-page-token"),
        ),
        ("a page may be larger than 200", lambda: _status(platform.listed(pageSize=500, searchText=name))),
        ("a partial configuration is merged", lambda: _merged(platform, url)),
        ("tags can be cleared", lambda: _yes(_tags(platform.call("PATCH", url, json={"tags": []}).json()) == [])),
        ("a second enable", lambda: _status(platform.call("PUT", url + "/enabled"))),
        ("the element answers", lambda: _status(platform.call("GET", "/hubs/helpdesk/agents?pageSize=1", token=token))),
        ("a disable", lambda: _status(platform.call("DELETE", url + "/enabled"))),
        ("a second disable", lambda: _status(platform.call("DELETE", url + "/enabled"))),
        ("a call of a disabled instance", lambda: _status(platform.call("GET", "/hubs/helpdesk/agents", token=token))),
        ("a wrong key is noticed on create", lambda: _wrong_key(platform)),
        ("a delete", lambda: _status(platform.call("DELETE", url))),
        ("a second delete", lambda: _status(platform.call("DELETE", url))),
        ("a call of a deleted instance", lambda: _status(platform.call("GET", "/hubs/helpdesk/agents", token=token))),
    ]
    return [(fact, look()) for fact, look in facts]


def main() -> int:
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        print(f"Set {', '.join(missing)} in the environment: this test needs a real account.", file=sys.stderr)
        return 2
    platform = Platform()
    life = [
        "ansible-playbook",
        str(Path(__file__).with_name("life.yml")),
        "-e",
        f"live_name={PREFIX}{secrets.token_hex(4)}",
    ]
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    try:
        lived = subprocess.run(life, check=False, env={**os.environ, **quiet}).returncode
        facts = settle(platform)
    finally:
        left = platform.sweep()
    print(f"\nWhat was settled on {platform.base}:")
    for fact, seen in facts:
        print(f"  {fact + ':':<42} {seen}")
    if left:
        print(f"Instances that could not be deleted: {', '.join(map(str, left))}", file=sys.stderr)
    return 1 if lived or left else 0


def _own(platform: Platform, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = platform.listed(searchText=name).json()
    return next((one for one in found if one["name"] == name), {})


def _merged(platform: Platform, url: str) -> str:
    platform.call("PATCH", url, json={"configuration": {"filter.response.nulls": True}})
    after = platform.call("GET", url).json().get("configuration") or {}
    kept = after.get("subdomain") == os.environ["FRESHDESK_SUBDOMAIN"]
    return _yes(kept and str(after.get("filter.response.nulls")).lower() == "true")


def _wrong_key(platform: Platform) -> str:
    """Makes an instance with a key that is wrong, and deletes it again."""
    try:
        made = platform.create(PREFIX + secrets.token_hex(4), "wrong-" + secrets.token_hex(8))
    except requests.HTTPError as error:
        return f"yes ({_status(error.response)})"
    called = platform.call("GET", "/hubs/helpdesk/agents?pageSize=1", token=made["token"])
    platform.call("DELETE", f"/instances/{made['id']}")
    return f"no; the first call says {_status(called)}"


def _empty(answer: requests.Response) -> str:
    try:
        message = answer.json().get("message") if answer.status_code == 404 else answer.text[:40]
    except ValueError:
        message = "no JSON"
    return f"HTTP {answer.status_code}, {message!r}"


def _tags(instance: dict[str, Any]) -> list[str]:
    return sorted(tag["name"] if isinstance(tag, dict) else tag for tag in instance.get("tags") or [])


def _shown(configuration: dict[str, Any], key: str) -> str:
    value = configuration.get(key)
    return "not at all" if value is None else "masked" if set(value) == {"*"} else "in clear"


def _headers(answer: requests.Response, header: str) -> str:
    return _yes(bool(answer.headers.get(header)))


def _status(answer: requests.Response) -> str:
    return f"HTTP {answer.status_code}"


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


if __name__ == "__main__":
    raise SystemExit(main())
