# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the options of an instance, one row per option. Private to this collection.

Argument specs, checks, bodies, comparison, diff, results, the export and the tests over all options read the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from ._errors import Refused
from ._redact import TEMPLATE, is_secret_key, printable, secret_refusal
from ._values import MASK, SURROGATE, is_id, parsed, same, unsendable

PLACEHOLDER_ID = -1
PLACEHOLDER_TOKEN = "check-mode-placeholder"  # nosec: the value of a token that a dry run cannot know

SUBDOMAIN = "subdomain"
API_KEY = "username"
"""Freshdesk's API key is stored in C(username) (confirmed)."""
EVENTS_ENABLED = "event.notification.enabled"
EVENTS_VENDOR = "event.vendor.type"
EVENTS_CALLBACK = "event.notification.callback.url"
EVENTS_RESOURCES = "event.poller.urls"
EVENTS_POLLER = "event.poller.configuration"

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HTML_TAG = re.compile(r"<[A-Za-z/!?]")
_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Option:
    """A row of the table. Values are compared by type: text as stored, true and false, lists and dicts as JSON."""

    type: str
    elements: str | None = None
    choices: list[str] | None = None
    default: Any = None
    secret: bool = False
    check: Callable[[Any], Any] | None = None
    """Converts the user's value to the desired one. Raises Refused."""
    key: str | None = None
    """Its key in the platform's configuration."""
    field: str | None = None
    """Its field in the body of POST, PUT and PATCH."""
    send: Callable[[Any], Any] | None = None
    """Converts the desired value to the one that is sent, if they differ."""
    special: str | None = None
    """The file, or the part of the plan, that handles it, if key and field are not enough."""
    needed: bool = False
    """Whether it is required to create an instance."""
    put: bool = False
    """Whether a change of it needs a PUT: the platform logs in again."""
    result: bool = False
    """Whether results show it under its name."""
    by_itself: Any = None
    """The platform's default, which an export can omit."""
    of_entries: bool = False
    """Whether it exists only in entries of C(instances)."""
    options: Any = None
    """The table of its suboptions."""
    exclusive: Sequence[Sequence[str]] = ()
    """Which of its suboptions are mutually exclusive."""
    name: str = ""
    path: str = ""
    """Its full name for messages, with the names of its parent options."""
    attribute: str = ""
    """Its path in the desired state."""

    @cached_property
    def of(self) -> Callable[[Any], Any]:
        """Reads its value from a desired state."""
        return attrgetter(self.attribute)

    @property
    def spec(self) -> dict[str, Any]:
        """Its argument spec."""
        spec: dict[str, Any] = {"type": self.type}
        spec.update(
            {
                part: getattr(self, part)
                for part in ("elements", "choices", "default")
                if getattr(self, part) is not None
            }
        )
        if self.options is not None:
            return {**spec, "mutually_exclusive": self.exclusive, "options": spec_of(self.options)}
        # Set on each option, since core takes update_secrets for a secret because of its name.
        return {**spec, "no_log": self.secret}

    def checked(self, value: Any) -> Any:
        """The desired value. Raises Refused with a message that names the option and no secret."""
        why = unsendable(value) if self.check is None or self.type == "dict" else None
        if why is not None:
            raise Refused(f"{self.path} {why}.")
        refusal = secret_refusal(self.path, value) if self.secret else None
        if refusal is not None:
            raise Refused(refusal + ".")
        if self.options is not None:
            return self.options(**checked(self.options, value, f"{self.path}."))
        return value if self.check is None else self.check(value)

    def sent(self, desired: Any) -> Any:
        """What is sent of it."""
        return desired if self.send is None else self.send(desired)

    def read(self, live: Any) -> Any:
        """The live value, as a user would write it; None if there is none."""
        if self.type == "bool":
            return None if live is None else same(True, live)
        if self.type == "int":
            return int(live) if re.fullmatch("[1-9][0-9]{0,8}", str(live)) else None
        return (live if isinstance(live, str) else None) if self.type == "str" else parsed(live)


def row(type_: str, /, *, initial: Any = None, **said: Any) -> Any:
    """A field of a dataclass with its row; C(initial) is the value if the option is not set."""
    option = Option(type_, **said)
    default = {"default_factory": initial} if callable(initial) else {"default": initial}
    concealed = option.secret or (option.type == "dict" and option.options is None)
    # Called in a dataclass only, which pylint of ansible-core 2.18 cannot see.
    return field(  # pylint: disable=invalid-field-call
        **default, repr=not concealed, compare=not option.of_entries, metadata={"option": option}
    )


def _choice(first: str, *others: str) -> Any:
    """The row of a policy with a few choices; the first is the default."""
    return row("str", choices=[first, *others], default=first, initial=first)


def _cached(function: _F) -> _F:
    return cast("_F", cache(function))  # which does not regard classes as hashable


@_cached
def options_of(table: type[Any], prefix: str = "", within: str = "") -> tuple[Option, ...]:
    """The rows of a table, in their order."""
    return tuple(
        replace(option, name=name, path=prefix + name, attribute=within + one.name)
        for one in fields(table)
        for option in [one.metadata["option"]]
        for name in [option.name or one.name]
    )


@_cached
def leaves(table: type[Any], prefix: str = "", within: str = "") -> tuple[Option, ...]:
    """The rows of a table and its nested tables, without options that only contain others."""
    return tuple(
        leaf
        for option in options_of(table, prefix, within)
        for leaf in (
            (option,) if option.options is None else leaves(option.options, f"{option.path}.", f"{option.attribute}.")
        )
    )


def spec_of(table: type[Any], *, of_entries: bool = False) -> dict[str, dict[str, Any]]:
    """The argument specs of a table."""
    return {option.name: option.spec for option in options_of(table) if of_entries or not option.of_entries}


def checked(table: type[Any], params: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The desired values of the options that are set. Raises Refused."""
    return {
        option.attribute: option.checked(params[option.name])
        for option in options_of(table, prefix)
        if params.get(option.name) is not None
    }


# --- The checks -------------------------------------------------------------------------------------------------------


def checked_text(option: str, text: str) -> str:
    """A text that the platform stores unchanged. Raises Refused."""
    if not text or text != text.strip():
        raise Refused(f"{option} is empty or has blanks around it, which the platform would not keep: remove them.")
    if CONTROL.search(text) or SURROGATE.search(text):
        raise Refused(f"{option} contains control characters or broken Unicode: write it in plain text.")
    if _HTML_TAG.search(text):
        raise Refused(
            f"{option} contains an HTML tag, which the platform strips, so it would never be found again: "
            "leave the markup out."
        )
    return text


def is_key(key: Any) -> bool:
    """Whether the platform can have a configuration key or a variable of this name."""
    plain = isinstance(key, str) and key != "" and key == key.strip() and not CONTROL.search(key)
    return plain and not TEMPLATE.search(key)


def checked_name(name: str) -> str:
    """The option C(name). Raises Refused."""
    return checked_text("name", name)


def is_present(state: str) -> bool:
    """Whether the option C(state) asks for the resource to exist."""
    return state == "present"


def check_is_id(option: str, given: int | str) -> None:
    """Raises Refused unless it is the id of an instance that exists."""
    if not is_id(int(given) if isinstance(given, str) else given):
        raise Refused(f"{option} is {printable(str(given))}, but an instance's id is a positive number.")


def checked_id(number: int) -> int:
    """The option C(id). Raises Refused."""
    if not is_id(number) and number != PLACEHOLDER_ID:
        raise Refused(
            f"id is {printable(str(number))}, but an instance's id is a positive number: give the id that the platform shows."
        )
    return number


def _subdomain(given: str) -> str:
    """The bare name, such as acme for https://acme.freshdesk.com."""
    if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", given):
        return given
    host = re.sub(r"^\w+://", "", given.strip()).split("/")[0]
    bare = host.split(".")[0]
    hint = f": write {bare}" if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}", bare) else ""
    raise Refused(
        f"subdomain must be the bare name of the Freshdesk account, such as acme for https://acme.freshdesk.com{hint}."
    )


def _tags(tags: Sequence[Any]) -> tuple[str, ...]:
    return tuple(sorted({checked_text("tags: a tag", tag) for tag in tags}))


def _callback_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not CONTROL.search(url)
    except ValueError:
        usable = False
    if not usable:
        raise Refused("events.callback_url must be a URL that begins with https:// or http:// and names a host.")
    return url


def _poll_interval(minutes: int) -> int:
    if minutes < 1:
        raise Refused(f"events.poll_interval is {minutes} minutes, but the shortest is 1.")
    return minutes


def _resources(names: Sequence[str]) -> tuple[str, ...]:
    if not names or not all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in names):
        raise Refused(
            "events.resources must name at least one resource, each in letters, digits, _ and -, such as incidents; "
            "to stop events set events.enabled to false."
        )
    return tuple(dict.fromkeys(names))


def _poller(poller: Mapping[str, Any]) -> Mapping[str, Any]:
    if not poller or not all(isinstance(item, Mapping) and "|" not in str(key) for key, item in poller.items()):
        raise Refused("events.poller must map the name of each resource to its polling configuration.")
    return poller


def _configuration(given: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in given.items():
        if not is_key(key):
            raise Refused(
                "configuration has a key that is empty, not plain text, or a template, which Ansible does not evaluate in keys: "
                "name the platform's configuration keys."
            )
        if key in OPTION_OF_KEY:
            raise Refused(f"configuration has the key {key}, which has an option of its own: use {OPTION_OF_KEY[key]}.")
        if value is None:
            raise Refused(
                f"configuration has the key {printable(key)} without a value: give one, or leave the key out."
            )
        if value == MASK:
            raise Refused(
                f"configuration has {MASK} for {printable(key)}, which only masks a hidden value: "
                "give the value itself, or leave the key out."
            )
        if is_secret_key(key):
            refusal = secret_refusal(f"configuration: {printable(key)}", str(value))
            if refusal is not None:
                raise Refused(refusal + ".")
    return dict(given)


# --- The table --------------------------------------------------------------------------------------------------------


class Addressed:
    """A resource that is addressed by name, by id, or by both."""

    name: str | None
    id: int | None

    @property
    def kind(self) -> str:
        """The name of its kind in messages."""
        return "instance"

    @property
    def label(self) -> str:
        """How messages name it."""
        return printable(self.name) if self.name is not None else f"id {self.id}"

    @property
    def awaits_creation(self) -> bool:
        """Whether its id is the placeholder of an instance that an earlier task would create."""
        return self.id == PLACEHOLDER_ID


@dataclass(frozen=True)
class Events:
    """The desired state of events; None means unchanged."""

    enabled: bool | None = row("bool", key=EVENTS_ENABLED)
    callback_url: str | None = row("str", key=EVENTS_CALLBACK, check=_callback_url)
    signature_key: str | None = row("str", key="event.notification.signature.key", secret=True)
    poll_interval: int | None = row("int", key="event.poller.refresh_interval", check=_poll_interval, send=str)
    resources: tuple[str, ...] | None = row(
        "list", elements="str", key=EVENTS_RESOURCES, check=_resources, special="_polling"
    )
    poller: Mapping[str, Any] | None = row("dict", key=EVENTS_POLLER, check=_poller, special="_polling")


@dataclass(frozen=True)
class Desired(Addressed):
    """The desired state of one instance, checked; None means unchanged."""

    name: str | None = row("str", initial=MISSING, field="name", check=checked_name, needed=True)
    id: int | None = row("int", check=checked_id)
    present: bool = row(
        "str", name="state", choices=["present", "absent"], default="present", initial=True, check=is_present
    )
    subdomain: str | None = row("str", key=SUBDOMAIN, check=_subdomain, needed=True, put=True, result=True)
    api_key: str | None = row("str", key=API_KEY, secret=True, needed=True, put=True)
    update_secrets: str = _choice("on_change", "always", "never")
    tags: tuple[str, ...] | None = row("list", elements="str", field="tags", check=_tags, send=list, result=True)
    enabled: bool | None = row("bool", special="set_enabled", result=True, by_itself=True)
    events: Events = row("dict", initial=Events(), options=Events, exclusive=[["resources", "poller"]])  # noqa: RUF009
    configuration: Mapping[str, Any] = row("dict", initial=dict, check=_configuration)
    verify: bool = row("bool", default=False, initial=False)
    on_verify_failure: str = _choice("fail", "disable", "delete", "restore")
    on_shared_subdomain: str = _choice("warn", "fail", "ignore")
    on_duplicate: str = _choice("fail", "oldest")
    key: str | None = row("str", of_entries=True)
    """The caller's key, returned in the outcome."""
    problem: str | None = row("str", of_entries=True)
    """Why it cannot be processed, if the caller already knows that."""
    formulas: tuple[Any, ...] = row("list", elements="dict", initial=(), of_entries=True)
    """The desired state of its formula instances (C(FormulaDesired)), whose options have a table of their own."""

    @cached_property
    def given(self) -> dict[Option, Any]:
        """The options that are set, with their values, in the order of the table."""
        values = ((option, option.of(self)) for option in leaves(type(self)))
        return {option: value for option, value in values if value is not None}


OPTIONS = leaves(Desired)
OPTION_OF_KEY = {**{option.key: option.path for option in OPTIONS if option.key}, EVENTS_VENDOR: "events.enabled"}
"""The configuration keys that have an option."""


def check_address(params: Mapping[str, Any], *, check_mode: bool) -> None:
    """Raises Refused if neither C(name) nor C(id) is set, or if C(id) is the placeholder outside check mode."""
    name, number = params["name"], params["id"]
    if name is None and number is None:  # core treats an option that is set to null as given
        raise Refused("neither name nor id is set: set one of them.")
    is_placeholder(number, check_mode=check_mode)


def is_placeholder(number: int | None, *, check_mode: bool) -> bool:
    """Whether the id is the placeholder of a resource that an earlier task would create. Raises Refused outside a dry run."""
    if number == PLACEHOLDER_ID and not check_mode:
        raise Refused(
            f"id is {PLACEHOLDER_ID}, the placeholder of a dry run, and this is not a dry run: "
            "register the instance's id in the same run, or give its name."
        )
    return number == PLACEHOLDER_ID


def desired_from(params: Mapping[str, Any], *, check_mode: bool) -> Desired:
    """The desired state from the options of one instance. Raises Refused with a message that names the option and no secret."""
    check_address(params, check_mode=check_mode)
    return Desired(**{"name": None, **checked(Desired, params)})
