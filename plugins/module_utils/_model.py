# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is desired and what is live, checked, normalised and redacted. Private to this collection."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from ._errors import Refused
from ._options import SHORTEST_SECRET, secret_refusal

MASK = "********"
"""What the platform shows for a secret that it does not give out (confirmed)."""
HIDDEN = "(hidden)"
"""What results and diffs show in the place of a secret."""
PLACEHOLDER_ID = -1
PLACEHOLDER_TOKEN = "check-mode-placeholder"  # nosec: stands for a token that a dry run cannot know

SUBDOMAIN = "subdomain"
API_KEY = "username"
"""Freshdesk's API key sits in C(username) (confirmed)."""
EVENTS_ENABLED = "event.notification.enabled"
EVENTS_VENDOR = "event.vendor.type"
EVENTS_CALLBACK = "event.notification.callback.url"
EVENTS_SIGNATURE = "event.notification.signature.key"
EVENTS_INTERVAL = "event.poller.refresh_interval"
EVENTS_RESOURCES = "event.poller.urls"
EVENTS_POLLER = "event.poller.configuration"

OPTION_OF_KEY = {
    SUBDOMAIN: "subdomain",
    API_KEY: "api_key",
    EVENTS_ENABLED: "events.enabled",
    EVENTS_VENDOR: "events.enabled",
    EVENTS_CALLBACK: "events.callback_url",
    EVENTS_SIGNATURE: "events.signature_key",
    EVENTS_INTERVAL: "events.poll_interval",
    EVENTS_RESOURCES: "events.resources",
    EVENTS_POLLER: "events.poller",
}
"""The configuration keys that have an option of their own."""

DEFAULT_RESOURCES = ("incidents", "contacts")
"""The vendor's own defaults (confirmed)."""
DEEPEST = 50
"""Levels of lists and mappings in each other that a configuration may have."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, those that turn the direction of the text around them, and broken Unicode."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HTML_TAG = re.compile(r"<[A-Za-z/!?]")


@dataclass(frozen=True)
class Events:
    """What the user wants of the events; None is left alone."""

    enabled: bool | None = None
    callback_url: str | None = None
    signature_key: str | None = field(default=None, repr=False)
    poll_interval: int | None = None
    resources: tuple[str, ...] | None = None
    poller: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Desired:
    """What the user wrote of one instance, checked; None is left alone."""

    name: str | None
    id: int | None = None
    present: bool = True
    subdomain: str | None = None
    api_key: str | None = field(default=None, repr=False)
    update_secrets: str = "on_change"
    tags: tuple[str, ...] | None = None
    enabled: bool | None = None
    events: Events = Events()
    configuration: Mapping[str, Any] = field(default_factory=dict, repr=False)
    verify: bool = False
    on_verify_failure: str = "fail"
    on_duplicate: str = "fail"
    key: str | None = field(default=None, compare=False)
    """The caller's, given back in the outcome."""
    problem: str | None = field(default=None, compare=False)
    """Why it cannot be done, where the caller knows that already."""

    @property
    def label(self) -> str:
        """How messages name it."""
        return shown(self.name) if self.name is not None else f"id {self.id}"

    @property
    def awaits_creation(self) -> bool:
        """Whether it is addressed by the placeholder of an instance that an earlier task is about to create."""
        return self.id == PLACEHOLDER_ID


@dataclass(frozen=True)
class Live:
    """What the platform answered of one instance, and of it only what a plan or a result needs.

    C(tags), C(token) and C(configuration) are None where the answer did not show them: unknown, never none (confirmed: a list
    shows tags and configuration only where it honours C(hydrate)).
    """

    id: int
    name: str
    created: str | None
    tags: tuple[str, ...] | None
    enabled: bool
    element: str
    user_id: int | None
    token: str | None = field(repr=False)
    configuration: Mapping[str, Any] | None = field(repr=False)
    events_enabled: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is unknown that a plan or a result needs."""
        return self.tags is not None and self.token is not None and self.configuration is not None

    def carries(self, tags: Collection[str]) -> bool:
        """Whether it is known to carry all of these tags."""
        return set(tags) <= set(self.tags or ())

    @property
    def age(self) -> tuple[bool, str, int]:
        """Sorts the oldest first: by creation date, then by id."""
        return (self.created is None, self.created or "", self.id)


def desired_from(params: Mapping[str, Any], *, check_mode: bool) -> Desired:
    """The options of one instance, checked. Raises Refused with one sentence that names the option and no value of a secret."""
    name, number = params["name"], params["id"]
    present = params["state"] == "present"
    if name is None and number is None:  # core counts an option that is set to null as given
        raise Refused("neither name nor id is set: set one of them.")
    if name is not None:
        _check_name(name)
    if number is not None and not is_id(number) and number != PLACEHOLDER_ID:
        raise Refused(
            f"id is {shown(str(number))}, but an instance's id is a positive number: give the id that the platform shows."
        )
    if number == PLACEHOLDER_ID and not check_mode:
        raise Refused(
            f"id is {PLACEHOLDER_ID}, the placeholder of a dry run, and this is not a dry run: "
            "register the instance's id in the same run, or give its name."
        )
    subdomain = _checked_subdomain(params["subdomain"])
    refusal = secret_refusal("api_key", params["api_key"])
    if refusal is not None:
        raise Refused(refusal + ".")
    for option in ("api_key", "events", "configuration"):
        why = unsendable(params[option])
        if why is not None:
            raise Refused(f"{option} {why}.")
    tags = params["tags"]
    return Desired(
        name=name,
        id=number,
        present=present,
        subdomain=subdomain,
        api_key=params["api_key"],
        update_secrets=params["update_secrets"],
        tags=None if tags is None else tuple(sorted({_checked_tag(tag) for tag in tags})),
        enabled=params["enabled"],
        events=_events_from(params["events"] or {}),
        configuration=_checked_configuration(params["configuration"] or {}),
        verify=params["verify"],
        on_verify_failure=params["on_verify_failure"],
        on_duplicate=params["on_duplicate"],
        key=params.get("key"),
        problem=params.get("problem"),
    )


def is_id(value: object) -> bool:
    """Whether this is the id of an instance as the platform gives them: a positive whole number of at most 64 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def stored(value: Any) -> Any:
    """The value as the platform stores and answers it: scalars as strings (confirmed), JSON kept parsed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return {str(key): stored(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [stored(item) for item in value]
    return None if value is None else str(value)


def plain(value: Any) -> Any:
    """The value, of texts, lists and dicts, without what core marks texts with: where they are from, whether they are templates.

    Core copies what it checks, which costs ten times as much with its marks.
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str.__str__(value) if isinstance(value, str) else value


def same(desired: Any, live: Any) -> bool:
    """Whether the live value of a configuration key is the desired one: strings as stored, JSON parsed."""
    if isinstance(desired, (Mapping, list, tuple)):
        if isinstance(live, str):
            live = parsed(live)
        return bool(stored(desired) == stored(live))
    if isinstance(desired, bool):
        return isinstance(live, (str, bool)) and str(live).lower() == stored(desired)
    if live is None:
        return bool(desired == "")  # the platform shows a key that is unset as null
    return str(stored(live)) == str(stored(desired))


def parsed(value: Any) -> Any:
    """JSON that came as a string, parsed; None where it is none."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return None if is_deep(found) else found


def is_deep(value: Any, levels: int = DEEPEST) -> bool:
    """Whether lists and mappings stand in each other so deeply that it is nobody's wish, and would be too much for Python."""
    if not isinstance(value, (dict, list)):
        return False
    items = value.values() if isinstance(value, dict) else value
    return not levels or any(is_deep(item, levels - 1) for item in items if isinstance(item, (dict, list)))


def readable(value: Any) -> bool:
    """Whether the platform shows the secret, so that it can be compared."""
    return isinstance(value, str) and value != MASK


@lru_cache(maxsize=1024)
def is_secret_key(key: str) -> bool:
    """Whether a configuration key holds a secret by its name, so that its value is never shown."""
    low = key.lower()
    return (
        low in (API_KEY, "password")
        or low.startswith("oauth.")
        or low.endswith((".key", ".secret", ".token", ".password"))
    )


def is_server_added(key: str) -> bool:
    """Whether the platform adds the configuration key by itself (confirmed), so that it is nobody's wish."""
    return key in ("base.url", "pagination.max", EVENTS_VENDOR) or key.startswith("bulk.")


def hidden(value: Any, instead: str, found: set[str] | None = None, levels: int = DEEPEST) -> Any:
    """The value with C(instead) in the place of each secret in it, and in JSON that is kept as a string.

    What is too deep to be looked through is hidden as a whole. Adds the secrets to C(found).
    """
    if not levels and isinstance(value, (Mapping, list, tuple)):
        return instead
    if isinstance(value, Mapping):
        secrets = {key for key, item in value.items() if item is not None and is_secret_key(str(key))}
        if found is not None:
            found.update(str(value[key]) for key in secrets)
        return {
            key: instead if key in secrets else hidden(item, instead, found, levels - 1) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [hidden(item, instead, found, levels - 1) for item in value]
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            inner = json.loads(value)
        except ValueError:
            return value
        except RecursionError:
            return instead
        without = hidden(inner, instead, found, levels)
        return value if without == inner else json.dumps(without, ensure_ascii=False)
    return value


def shown_configuration(configuration: Mapping[str, Any] | None, wanted: Collection[str] = ()) -> dict[str, Any]:
    """What a result shows of a configuration: no secret, no key that is unset, none that the platform added unless wanted.

    A value that holds one of its secrets, as it is or as JSON has it, wherever the platform repeats it, is none to show either.
    """
    secrets = {
        form
        for key, value in (configuration or {}).items()
        if is_secret_key(str(key)) and readable(value) and len(value) >= SHORTEST_SECRET
        for form in (value, json.dumps(value, ensure_ascii=False)[1:-1])
    }
    return {
        str(key): HIDDEN if _holds(stored(value), secrets) else hidden(stored(value), HIDDEN)
        for key, value in sorted((configuration or {}).items())
        if value is not None
        and value != MASK
        and not is_secret_key(str(key))
        and (key in wanted or not is_server_added(str(key)))
    }


def _holds(value: Any, secrets: Collection[str]) -> bool:
    """Whether one of the secrets stands in it."""
    text = str(value)
    return any(secret in text for secret in secrets)


def shown_instance(live: Live, wanted: Collection[str] = ()) -> dict[str, Any]:
    """The V(instance) of a result: no token, no secret; of keys that the platform adds by itself only what is C(wanted)."""
    configuration = live.configuration or {}
    subdomain = configuration.get(SUBDOMAIN)
    return {
        "id": live.id,
        "name": live.name,
        "element": live.element,
        "subdomain": subdomain if isinstance(subdomain, str) else None,
        "tags": list(live.tags or ()),
        "enabled": live.enabled,
        "events_enabled": live.events_enabled,
        "created": live.created,
        "configuration": shown_configuration(configuration, wanted),
    }


def clean(text: str) -> str:
    """Text without anything that could change how the rest of a line is shown."""
    return _UNSHOWN.sub("\ufffd", text)


def shown(text: str) -> str:
    """Text for a message: clean, and not endless."""
    cleaned = clean(text)
    return cleaned if len(cleaned) <= 200 else cleaned[:197] + "..."


def listed(instances: Iterable[Live]) -> str:
    """Instances for a message: ids, creation dates and owners, oldest first."""
    return ", ".join(
        f"id {live.id} (created {shown(live.created or 'at an unknown time')}, owner {live.user_id or 'unknown'})"
        for live in sorted(instances, key=lambda live: live.age)
    )


def default_poller(resource: str) -> dict[str, Any]:
    """The vendor's polling defaults for one resource (confirmed for incidents and contacts, the same form for others)."""
    poller: dict[str, Any] = {
        "url": f"/hubs/helpdesk/{resource}?where=updated_since='${{gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}}'",
        "idField": "id",
        "datesConfiguration": {
            "updatedDateField": "updated_at",
            "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
            "createdDateField": "created_at",
            "createdDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
        },
    }
    if resource == "contacts":
        poller["createdCheckTolerance"] = 5
    return poller


def unsendable(value: Any) -> str | None:
    """Why neither a module nor the platform can be told this, at any depth; None where they can."""
    if is_deep(value):
        return f"holds lists and mappings more than {DEEPEST} levels deep: make it flatter"
    if isinstance(value, str) and _SURROGATE.search(value):
        return "contains broken Unicode: write it in plain text"
    if isinstance(value, float) and not math.isfinite(value):
        return "contains a number that is none, or endless: give another"
    inner = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
    return next(filter(None, map(unsendable, inner)), None) if isinstance(inner, list) else None


def _check_text(option: str, text: str) -> None:
    if not text or text != text.strip():
        raise Refused(f"{option} is empty or has blanks around it, which the platform would not keep: take them out.")
    if _CONTROL.search(text) or _SURROGATE.search(text):
        raise Refused(f"{option} contains control characters or broken Unicode: write it in plain text.")
    if _HTML_TAG.search(text):
        raise Refused(
            f"{option} contains an HTML tag, which the platform strips, so it would never be found again: "
            "leave the markup out."
        )


def _check_name(name: str) -> None:
    _check_text("name", name)


def _checked_tag(tag: Any) -> str:
    _check_text("tags: a tag", tag)
    return str(tag)


def _checked_subdomain(given: str | None) -> str | None:
    """The bare name, such as acme for https://acme.freshdesk.com."""
    if given is None or re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", given):
        return given
    host = re.sub(r"^\w+://", "", given.strip()).split("/")[0]
    bare = host.split(".")[0]
    hint = f": write {bare}" if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}", bare) else ""
    raise Refused(
        f"subdomain must be the bare name of the Freshdesk account, such as acme for https://acme.freshdesk.com{hint}."
    )


def _events_from(params: Mapping[str, Any]) -> Events:
    interval, resources, poller = params.get("poll_interval"), params.get("resources"), params.get("poller")
    callback_url = params.get("callback_url")
    if interval is not None and interval < 1:
        raise Refused(f"events.poll_interval is {interval} minutes, but the shortest is 1.")
    if callback_url is not None:
        try:
            parts = urlsplit(callback_url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not _CONTROL.search(callback_url)
        except ValueError:
            usable = False
        if not usable:
            raise Refused("events.callback_url must be a URL that begins with https:// or http:// and names a host.")
    refusal = secret_refusal("events.signature_key", params.get("signature_key"))
    if refusal is not None:
        raise Refused(refusal + ".")
    if resources is not None:
        wrong = not resources or not all(re.fullmatch(r"[A-Za-z0-9_-]+", resource) for resource in resources)
        if wrong:
            raise Refused(
                "events.resources must name at least one resource, each in letters, digits, _ and -, such as incidents; "
                "to stop events set events.enabled to false."
            )
        resources = tuple(dict.fromkeys(resources))
    if poller is not None and (
        not poller or not all(isinstance(item, Mapping) and "|" not in str(key) for key, item in poller.items())
    ):
        raise Refused("events.poller must map the name of each resource to its polling configuration.")
    return Events(
        enabled=params.get("enabled"),
        callback_url=callback_url,
        signature_key=params.get("signature_key"),
        poll_interval=interval,
        resources=resources,
        poller=poller,
    )


def _checked_configuration(given: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in given.items():
        if not isinstance(key, str) or not key or key != key.strip() or _CONTROL.search(key):
            raise Refused(
                "configuration has a key that is empty or no plain text: name the platform's configuration keys."
            )
        if key in OPTION_OF_KEY:
            raise Refused(f"configuration has the key {key}, which has an option of its own: use {OPTION_OF_KEY[key]}.")
        if value is None:
            raise Refused(f"configuration has the key {shown(key)} without a value: give one, or leave the key out.")
        if value == MASK:
            raise Refused(
                f"configuration has {MASK} for {shown(key)}, which only stands for a value that is hidden: "
                "give the value itself, or leave the key out."
            )
        if is_secret_key(key):
            refusal = secret_refusal(f"configuration: {shown(key)}", str(value))
            if refusal is not None:
                raise Refused(refusal + ".")
    return dict(given)
