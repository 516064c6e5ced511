# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settles the open facts about formula instances on a template of the account, of which only formula instances are changed."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from typing import Any

import requests
from live.live import PREFIX, Platform, message, yes

EMAIL, WEBHOOK = "notification.email", "notification.webhook.url"
SETTINGS = {EMAIL: "live-test@example.invalid", WEBHOOK: "https://example.invalid/live-test"}


class FormulaPlatform(Platform):
    """The platform with the template of FRESHDESK_FORMULA_ID, whose values FRESHDESK_FORMULA_VALUES holds."""

    def __init__(self) -> None:
        super().__init__()
        self.template = f"/formulas/{int(os.environ['FRESHDESK_FORMULA_ID'])}"
        self.values: dict[str, Any] = json.loads(os.environ.get("FRESHDESK_FORMULA_VALUES") or "{}")
        self.made_formulas: set[int] = set()

    def variables(self) -> list[dict[str, Any]]:
        """The template's variables."""
        answer = self.call("GET", self.template)
        answer.raise_for_status()
        variables: list[dict[str, Any]] = answer.json().get("configuration") or []
        return variables

    def instance_variables(self) -> list[str]:
        """Those that take the id of an instance."""
        return [one["key"] for one in self.variables() if one["type"] == "elementInstance"]

    def missing_values(self) -> list[str]:
        """Required variables that FRESHDESK_FORMULA_VALUES has to give and does not."""
        given = {*self.values, *self.instance_variables()}
        return [one["key"] for one in self.variables() if one.get("required") and one["key"] not in given]

    def create_formula(self, name: str, configuration: dict[str, Any], **more: Any) -> requests.Response:
        """Creates a formula instance, unless the platform refuses it. It stays inactive."""
        body = {"name": name, "configuration": configuration, "active": False, **more}
        # What is left out is for the platform to fill in.
        body = {key: value for key, value in body.items() if value is not None}
        answer = self.call("POST", f"{self.template}/instances", json=body)
        if answer.status_code not in (200, 400, 409):
            answer.raise_for_status()
        if answer.ok:
            self.made_formulas.add(answer.json()["id"])
        return answer

    def formula(self, number: int) -> dict[str, Any]:
        """A formula instance, as it is."""
        found: dict[str, Any] = self.call("GET", f"{self.template}/instances/{number}").json()
        return found

    def sweep(self) -> list[int]:
        """Deletes the formula instances first, since those that are active keep an instance from being deleted."""
        left = []
        try:
            listed = self.walk(f"{self.template}/instances", pageSize=200).instances.values()
            mine = {one["id"] for one in listed if str(one.get("name")).startswith(PREFIX)} | self.made_formulas
            for number in sorted(mine):
                if self.call("DELETE", f"{self.template}/instances/{number}").status_code not in (200, 404):
                    left.append(number)
        finally:
            left += super().sweep()
        return left


def settle(platform: FormulaPlatform) -> Iterator[tuple[str, str]]:
    """Each open fact, and what was seen of it, on formula instances and an instance that are deleted by the sweep."""
    mark = PREFIX + secrets.token_hex(4)
    instance = platform.create(f"{mark}-used", platform.key)["id"]
    variables = platform.variables()
    using = platform.instance_variables()
    values = {**platform.values, **dict.fromkeys(using, instance)}
    made = platform.create_formula(f"{mark}-default", values, active=None)
    made.raise_for_status()
    first: int = made.json()["id"]
    active = platform.formula(first).get("active")
    url = f"{platform.template}/instances/{first}"
    platform.call("DELETE", url + "/active")
    yield "a formula instance without active is active", yes(bool(active))
    required = [one["key"] for one in variables if one.get("required") and one["key"] in values]
    yield from _variables(platform, mark, required, values)
    yield from _forms(platform, mark, first, using, values)
    yield from _lists(platform, mark)
    yield from _changes(platform, first, required, values)
    for title, verb in (("activate", "PUT"), ("deactivate", "DELETE")):
        platform.call(verb, url + "/active")
        yield f"a second {title}", f"HTTP {platform.call(verb, url + '/active').status_code}"
    if using:
        yield from _in_use(platform, first, instance)


def _variables(
    platform: FormulaPlatform, mark: str, required: list[str], values: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    unknown = "live.test.unknown"
    made = platform.create_formula(f"{mark}-unknown", {**values, unknown: "x"})
    meaning = f"refused with HTTP {made.status_code}"
    if made.ok:
        kept = platform.formula(made.json()["id"]).get("configuration") or {}
        meaning = "stored" if unknown in kept else "ignored"
    yield "a variable that the template lacks", meaning
    if required:
        less = {key: value for key, value in values.items() if key != required[0]}
        made = platform.create_formula(f"{mark}-missing", less)
        yield "a required variable without a value", "accepted" if made.ok else f"refused with HTTP {made.status_code}"


def _forms(
    platform: FormulaPlatform, mark: str, number: int, using: list[str], values: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """The id of an instance in an answer, as it was sent in either form."""
    if not using:
        return
    text = platform.create_formula(f"{mark}-text", {**values, **{key: str(values[key]) for key in using}})
    for form, each in (("number", number), ("text", text.json().get("id") if text.ok else None)):
        meaning = f"refused with HTTP {text.status_code}"
        if each is not None:
            shown = (platform.formula(each).get("configuration") or {}).get(using[0])
            meaning = {int: "a number", str: "text"}.get(type(shown), "not shown")
        yield f"an id that is sent as {form} in an answer", meaning


def _lists(platform: FormulaPlatform, mark: str) -> Iterator[tuple[str, str]]:
    """Of formula instances that are all inactive."""
    mine = sorted(platform.made_formulas)
    every, of_template = "/formulas/instances", f"{platform.template}/instances"
    for title, path, query in (
        ("the list of all", every, {"searchText": mark}),
        ("includeInactive=true", every, {"searchText": mark, "includeInactive": "true"}),
        ("the template's list", of_template, {}),
    ):
        listed = [one for one in platform.walk(path, pageSize=200, **query).instances.values() if one["id"] in mine]
        yield f"{title} shows inactive formula instances", yes(len(listed) == len(mine))
        if len(listed) > 1:
            order = [one["id"] for one in listed]
            meaning = "by id" if order == mine else "by id, last first" if order == mine[::-1] else "another"
            yield f"the order of {title}", meaning
            yield f"{title} shows the configuration", yes(all("configuration" in one for one in listed))


def _changes(
    platform: FormulaPlatform, number: int, required: list[str], values: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Keys that are left out of a PUT; of the variables one that is not required, if any."""
    url = f"{platform.template}/instances/{number}"
    name = platform.formula(number)["name"]

    def put(**parts: dict[str, Any]) -> tuple[requests.Response, dict[str, Any]]:
        answer = platform.call("PUT", url, json={"name": name, "active": False, "configuration": values, **parts})
        return answer, platform.formula(number)

    put(settings=SETTINGS)
    answer, after = put(settings={EMAIL: SETTINGS[EMAIL]})
    yield "a setting that is left out of a PUT", _fate(answer, after.get("settings"), WEBHOOK)
    for key in sorted(values, key=required.count)[:1]:
        answer, after = put(configuration={other: value for other, value in values.items() if other != key})
        yield "a variable that is left out of a PUT", _fate(answer, after.get("configuration"), key)
        put()


def _in_use(platform: FormulaPlatform, number: int, instance: int) -> Iterator[tuple[str, str]]:
    """An instance that a formula instance uses, which is inactive in the end."""
    url = f"{platform.template}/instances/{number}/active"
    platform.call("PUT", url)
    answer = platform.call("DELETE", f"/instances/{instance}")
    platform.call("DELETE", url)
    yield "a delete of an instance in use", f"HTTP {answer.status_code}, {message(answer)}"
    answer = platform.call("DELETE", f"/instances/{instance}")
    yield "the same while its formula instance is inactive", f"HTTP {answer.status_code}"
    answer = platform.call("GET", url.removesuffix("/active"))
    yield "a formula instance of a deleted instance", f"HTTP {answer.status_code}"


def _fate(answer: requests.Response, after: dict[str, Any] | None, key: str) -> str:
    if not answer.ok:
        return f"is refused with HTTP {answer.status_code}"
    return "stays" if key in (after or {}) else "is lost"
