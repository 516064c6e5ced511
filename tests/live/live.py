# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settles the open facts about instances on a platform, and deletes what that and the life of an instance have left."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

PREFIX = "freshdesk-live-test-"
ELEMENT = "freshdeskv2"
MASK = "********"
MOST_PAGES = 500


class Platform:
    """Calls of the platform in the open, without the collection's code, so that its assumptions can be held to them."""

    def __init__(self) -> None:
        base = os.environ.get("CLOUDELEMENTS_BASE_URL") or "https://api.cloud-elements.com"
        base = base.rstrip("/")
        self.base = base if base.endswith("/elements/api-v2") else base + "/elements/api-v2"
        self.user = os.environ["CLOUDELEMENTS_USER_SECRET"]
        self.organization = os.environ["CLOUDELEMENTS_ORGANIZATION_SECRET"]
        self.subdomain = os.environ["FRESHDESK_SUBDOMAIN"]
        self.key = os.environ["FRESHDESK_API_KEY"]
        self.session = requests.Session()
        self.made: set[int] = set()

    def call(self, verb: str, path: str, *, token: str | None = None, **arguments: Any) -> requests.Response:
        last = f"Element {token}" if token else f"Organization {self.organization}"
        headers = {"Authorization": f"User {self.user}, {last}"}
        return self.session.request(
            verb, self.base + path, headers=headers, timeout=90, allow_redirects=False, **arguments
        )

    def body(self, name: str, api_key: str, **more: Any) -> dict[str, Any]:
        """An instance, whole."""
        configuration = {"subdomain": self.subdomain, "username": api_key, **more}
        return {"element": {"key": ELEMENT}, "configuration": configuration, "name": name}

    def create(self, name: str, api_key: str, **more: Any) -> dict[str, Any]:
        answer = self.call("POST", "/instances", json=self.body(name, api_key, **more))
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        self.made.add(made["id"])
        return made

    def listed(self, **query: Any) -> requests.Response:
        """One page of the list of all instances."""
        return self.call("GET", "/instances", params=query)

    def walk(self, path: str = "/instances", **query: Any) -> Walk:
        """A list, page by page, until it ends in any of the ways that it may."""
        walk = Walk()
        token: str | None = None
        while walk.pages < MOST_PAGES:
            answer = self.call("GET", path, params={**query, **({"nextPage": token} if token else {})})
            page = _items(answer)
            known = len(walk.instances)
            walk.instances.update({one["id"]: one for one in page})
            walk.pages += 1
            walk.total = answer.headers.get("elements-total-count") or walk.total
            walk.last_token = token = answer.headers.get("elements-next-page-token") if page else walk.last_token
            if not page or not token or len(walk.instances) == known:
                walk.whole = True
                break
        return walk

    def delete(self, number: int) -> bool:
        """Whether it is gone."""
        return self.call("DELETE", f"/instances/{number}").status_code in (200, 404)

    def sweep(self) -> list[int]:
        """Deletes what this test left, earlier runs included, and only that; answers the ids of what would not go.

        The list of all instances is the one for which paging is declared.
        """
        listed = self.walk(pageSize=200).instances.values()
        mine = {one["id"] for one in listed if str(one.get("name")).startswith(PREFIX)} | self.made
        return [number for number in sorted(mine) if not self.delete(number)]


@dataclass
class Walk:
    """What was read of a list."""

    instances: dict[int, dict[str, Any]] = field(default_factory=dict)
    pages: int = 0
    total: str | None = None
    last_token: str | None = None
    whole: bool = False


def settle(platform: Platform) -> Iterator[tuple[str, str]]:
    """Each open fact, and what was seen of it, on two instances that are deleted by the sweep."""
    mark = secrets.token_hex(4)
    name, both, one = f"{PREFIX}{mark}", f"{PREFIX}{mark}-both", f"{PREFIX}{mark}-one"
    first = platform.create(name, platform.key, **{"event.notification.signature.key": "live-test-signature"})
    second = platform.create(f"{name}-b", platform.key)
    url = f"/instances/{first['id']}"
    seen: dict[str, Any] = platform.call("GET", url).json()
    configuration = seen.get("configuration") or {}
    yield "tags that are left out become the name", yes(_tags(seen) == [name])
    yield "the API key in an answer", _shown(configuration, "username")
    yield "the signature key in an answer", _shown(configuration, "event.notification.signature.key")
    yield "a password that nobody sent in an answer", _shown(configuration, "password")
    tagged = platform.call("PATCH", url, json={"tags": [both, one]})
    platform.call("PATCH", f"/instances/{second['id']}", json={"tags": [both]})
    yield "the answer to a PATCH shows the tags", yes(_tags(tagged.json()) == sorted([both, one]))
    yield from _lists(platform, first, second)
    yield "several tags[] in a list", _filtered(platform, [both, one], first["id"], second["id"])
    yield from _element_list(platform, name)
    yield from _counts(platform)
    yield from _element_calls(platform, first["token"])
    yield from _changes(platform, first)
    yield from _switches(platform, first)


def _lists(platform: Platform, first: dict[str, Any], second: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name, number = first["name"], first["id"]
    empty = platform.listed(searchText=PREFIX + "none", pageSize=1)
    yield "the words of an empty list", f"HTTP {empty.status_code}, {message(empty)}"
    unknown = platform.call("GET", f"/elements/{PREFIX}none")
    yield "the words of an unknown element", f"HTTP {unknown.status_code}, {message(unknown)}"
    for title, query in (("a list", {}), ("a list with hydrate=true", {"hydrate": "true"})):
        shown = next((each for each in _items(platform.listed(searchText=name, **query)) if each["id"] == number), {})
        for part in ("tags", "configuration"):
            yield f"{title} shows the {part}", yes(bool(shown.get(part)))
    yield "searchText finds by name", yes(number in platform.walk(searchText=name, pageSize=200).instances)
    by_element = platform.walk(searchText=ELEMENT, pageSize=200).instances
    yield "searchText finds by the element's key", yes({number, second["id"]} <= set(by_element))
    yield "a page may be larger than 200", f"HTTP {platform.listed(pageSize=500, searchText=name).status_code}"
    pages = platform.walk(searchText=name, pageSize=1)
    yield "a list of two in pages of one", f"{len(pages.instances)} of 2 in {pages.pages} pages"
    yield "the list counts its items", yes(pages.total is not None)
    yield "the last page carries a token", yes(bool(pages.last_token))


def _filtered(platform: Platform, tags: list[str], has_both: int, has_one: int) -> str:
    """Whether an instance must have every one of them, or any."""
    found = {one["id"] for one in _items(platform.listed(**{"tags[]": tags}, pageSize=200))} & {has_both, has_one}
    alone = {one["id"] for one in _items(platform.listed(**{"tags[]": tags[1:]}, pageSize=200))} & {has_both, has_one}
    if alone != {has_both}:
        return f"a single one already finds {len(alone)} of the 1 that has it"
    return {1: "an instance must have every one", 2: "an instance must have any"}.get(len(found), "find nothing")


def _element_list(platform: Platform, name: str) -> Iterator[tuple[str, str]]:
    """The list of one element, for which no parameter is declared: whether it takes some all the same."""

    def ask(**query: str) -> requests.Response:
        return platform.call("GET", f"/elements/{ELEMENT}/instances", params=query)

    bare, sized, searched = ask(), ask(pageSize="1"), ask(searchText=f"{name}-b")
    hydrated = ask(hydrate="true")
    yield "the element's list", f"HTTP {bare.status_code}, {len(_items(bare))} items"
    yield "the element's list takes pageSize", _taken(sized, len(_items(sized)) == 1)
    yield "the element's list has a next page", yes(bool(sized.headers.get("elements-next-page-token")))
    yield "the element's list takes searchText", _taken(searched, len(_items(searched)) == 1)
    shown = [each for each in _items(hydrated) if each["name"] == name and each.get("configuration")]
    yield "the element's list takes hydrate", _taken(hydrated, bool(shown))


def _counts(platform: Platform) -> Iterator[tuple[str, str]]:
    """What the two numbers of a count are the number of, among those that can be counted in the list."""
    answer = platform.call("GET", "/instances/count")
    counts = answer.json() if answer.ok else {}
    walk = platform.walk(pageSize=200)
    every = list(walk.instances.values())
    numbers = {
        "all in the list": len(every),
        f"those of {ELEMENT}": sum((one.get("element") or {}).get("key") == ELEMENT for one in every),
        "those that are enabled": sum(not one.get("disabled") for one in every),
        "one page": min(len(every), 200),
    }
    for count in ("totalInstances", "elementInstances"):
        number = counts.get(count)
        same = (
            " = ".join(what for what, counted in numbers.items() if counted == number) or "none of what is in the list"
        )
        whole = "" if walk.whole else f" (of {MOST_PAGES} pages)"
        yield (
            f"{count} of /instances/count",
            f"HTTP {answer.status_code}" if number is None else f"{number} = {same}{whole}",
        )


def _element_calls(platform: Platform, token: str) -> Iterator[tuple[str, str]]:
    """How lists of the element end. Nothing is written to Freshdesk."""

    def agents(**query: str) -> requests.Response:
        return platform.call("GET", "/hubs/helpdesk/agents", token=token, params=query)

    following, pages = "elements-next-page-token", 1
    page = agents(pageSize="1")
    yield "a list of the element names a next page", yes(following in page.headers)
    while following in page.headers and page.ok and page.json() and pages < MOST_PAGES:
        page = agents(pageSize="1", nextPage=page.headers[following])
        pages += 1
    yield "the last page of such a list", f"HTTP {page.status_code}, {message(page)}"
    none = agents(where="email='nobody@example.invalid'")
    yield "an empty list of the element", f"HTTP {none.status_code}, {message(none)}"


def _changes(platform: Platform, first: dict[str, Any]) -> Iterator[tuple[str, str]]:
    url, token = f"/instances/{first['id']}", first["token"]

    def configured() -> dict[str, Any]:
        return platform.call("GET", url).json().get("configuration") or {}

    def put(username: str) -> requests.Response:
        body = platform.body(first["name"], username)
        return platform.call("PUT", url, params={"reAuthenticate": "true"}, json=body)

    platform.call("PATCH", url, json={"configuration": {"filter.response.nulls": False}})
    after = configured()
    merged = after.get("subdomain") == platform.subdomain and str(after.get("filter.response.nulls")).lower() == "false"
    yield "a partial configuration is merged", yes(merged)
    put(platform.key)
    lost = str(configured().get("filter.response.nulls")).lower() != "false"
    yield "a key that is left out of a PUT", "is lost" if lost else "stays"
    masked = put(MASK)
    works = platform.call("GET", "/hubs/helpdesk/agents?pageSize=1", token=token).status_code
    meaning = f"refused with HTTP {masked.status_code}"
    if masked.ok:
        meaning = "unchanged" if works == 200 else f"stored to the letter (the element answers HTTP {works})"
    yield "a mask in a PUT", meaning
    put(platform.key)
    yield "tags can be cleared", yes(_tags(platform.call("PATCH", url, json={"tags": []}).json()) == [])


def _switches(platform: Platform, first: dict[str, Any]) -> Iterator[tuple[str, str]]:
    url, token = f"/instances/{first['id']}", first["token"]

    def status(verb: str, path: str, **more: Any) -> str:
        return f"HTTP {platform.call(verb, path, **more).status_code}"

    agents = "/hubs/helpdesk/agents?pageSize=1"
    yield "a second enable", status("PUT", url + "/enabled")
    yield "the element answers", status("GET", agents, token=token)
    yield "a disable", status("DELETE", url + "/enabled")
    yield "a second disable", status("DELETE", url + "/enabled")
    yield "a call of a disabled instance", status("GET", agents, token=token)
    yield "a wrong key is noticed on create", _wrong_key(platform)
    yield "a delete", status("DELETE", url)
    yield "a second delete", status("DELETE", url)
    yield "a call of a deleted instance", status("GET", agents, token=token)


def _wrong_key(platform: Platform) -> str:
    """Makes an instance with a key that is wrong, and deletes it again."""
    try:
        made = platform.create(PREFIX + secrets.token_hex(4), "wrong-" + secrets.token_hex(8))
    except requests.HTTPError as error:
        return f"yes (HTTP {error.response.status_code})"
    called = platform.call("GET", "/hubs/helpdesk/agents?pageSize=1", token=made["token"])
    platform.delete(made["id"])
    return f"no; the first call says HTTP {called.status_code}"


def _items(answer: requests.Response) -> list[dict[str, Any]]:
    """The instances on a page; none where the platform says so, or refuses."""
    if not answer.ok:
        if answer.status_code not in (400, 404):
            answer.raise_for_status()
        return []
    page: list[dict[str, Any]] = answer.json()
    return page


def message(answer: requests.Response) -> str:
    try:
        data = answer.json()
    except ValueError:
        return "no JSON"
    return repr(data.get("message")) if isinstance(data, dict) else f"a list of {len(data)}"


def _tags(instance: dict[str, Any]) -> list[str]:
    return sorted(tag["name"] if isinstance(tag, dict) else tag for tag in instance.get("tags") or [])


def _shown(configuration: dict[str, Any], key: str) -> str:
    value = configuration.get(key)
    return "is not shown" if value is None else "is masked" if value == MASK else "is in clear"


def _taken(answer: requests.Response, effect: bool) -> str:
    return yes(effect) if answer.ok else f"refused with HTTP {answer.status_code}"


def yes(fact: bool) -> str:
    return "yes" if fact else "no"
