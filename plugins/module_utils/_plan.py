# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference between desired and live state, without I/O, for check mode, diff and real runs. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ._errors import Refused
from ._fields import (
    API_KEY,
    EVENTS_CALLBACK,
    EVENTS_ENABLED,
    EVENTS_POLLER,
    EVENTS_RESOURCES,
    EVENTS_VENDOR,
    OPTION_OF_KEY,
    PLACEHOLDER_ID,
    PLACEHOLDER_TOKEN,
    SUBDOMAIN,
    Desired,
    Option,
    leaves,
)
from ._model import Live, is_other
from ._polling import live_resources, polled_already, polling_keys
from ._redact import HIDDEN, is_secret_key, is_server_added, redacted
from ._resource import Plan, deletion, placeholder_deletion
from ._values import MASK, parsed, readable, same, stored

_CHANGED = "(changed)"
_SET = "(set)"


InstancePlan = Plan[Desired, Live]


def plan(desired: Desired, live: Live | None, element: str, *, key_refused: bool = False) -> InstancePlan:
    """The plan of the writes. Raises Refused if it needs a value that is not known, before anything is written.

    C(live) must be complete. C(key_refused): Freshdesk is known to refuse the live API key.
    """
    if desired.awaits_creation:
        return _of_placeholder(desired, element)
    if not desired.present:
        return deletion(desired, live)
    if live is None:
        return _creation(desired, element)
    return _update(desired, live, element, key_refused)


def _of_placeholder(desired: Desired, element: str) -> InstancePlan:
    """The plan of a dry run for an instance that an earlier task would create."""
    if not desired.present:
        return placeholder_deletion(desired)
    configuration = {**_configuration(desired), **polling_keys(desired.events, {}, with_defaults=False)}
    outcome = _future(desired, configuration, element)
    after = _side(desired, outcome, configuration, _SET)
    return Plan("updated", desired, None, before={"state": "present"}, after=after, outcome=outcome)


def _creation(desired: Desired, element: str) -> InstancePlan:
    given = desired.given
    missing = [option.path for option in leaves(type(desired)) if option.needed and option not in given]
    if missing:
        raise Refused(
            f"{desired.label} does not exist, and creating it needs {' and '.join(missing)} too: "
            "set that, or correct the name if it should exist already."
        )
    events = desired.events
    if events.enabled and events.callback_url is None:
        raise Refused(f"{desired.label} does not exist, and creating it with events needs events.callback_url too.")
    configuration = {**_configuration(desired), **polling_keys(events, {}, with_defaults=bool(events.enabled))}
    outcome = _future(desired, configuration, element)
    return Plan(
        "created",
        desired,
        None,
        before={"state": "absent"},
        after=_side(desired, outcome, configuration, _SET),
        outcome=outcome,
        create={
            "element": {"key": element},
            "configuration": configuration,
            **{option.field: option.sent(value) for option, value in reversed(given.items()) if option.field},
        },
        set_enabled=False if desired.enabled is False else None,
    )


def _update(desired: Desired, live: Live, element: str, key_refused: bool) -> InstancePlan:
    before = replace(live, tags=live.tags or ())
    changes, unreadable = _changes(desired, before.configuration or {}, key_refused)
    outcome = _changed(before, desired, changes)
    put, patch = _bodies(desired, before, outcome, changes, element)
    set_enabled = None if desired.enabled in (None, live.enabled) else desired.enabled
    return Plan(
        "unchanged" if put is None and patch is None and set_enabled is None else "updated",
        desired,
        live,
        before=_side(desired, before, changes, HIDDEN),
        after=_side(desired, outcome, changes, _CHANGED),
        outcome=outcome,
        put=put,
        patch=patch,
        set_enabled=set_enabled,
        secrets="unreadable" if unreadable else "compared",
        warnings=(_left_alone(desired, unreadable),) if unreadable and put is None else (),
    )


def _changed(live: Live, desired: Desired, changes: Mapping[str, Any]) -> Live:
    """The instance as it will be."""
    return replace(
        live,
        name=live.name if desired.name is None else desired.name,
        tags=live.tags if desired.tags is None else desired.tags,
        enabled=live.enabled if desired.enabled is None else desired.enabled,
        configuration={**(live.configuration or {}), **{key: stored(value) for key, value in changes.items()}},
        events_enabled=bool(desired.events.enabled) if EVENTS_ENABLED in changes else live.events_enabled,
        # Values that are not shown cannot be compared.
        others={**live.others, **{name: value for name, value in _others(desired).items() if name in live.others}},
    )


def _others(desired: Desired) -> dict[str, Any]:
    return {option.name: value for option, value in desired.given.items() if is_other(option)}


def _bodies(
    desired: Desired, live: Live, outcome: Live, changes: Mapping[str, Any], element: str
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The bodies of PUT and PATCH; at most one is needed."""
    options = leaves(type(desired))
    body = {
        option.field: option.sent(outcome.value(option))
        for option in options
        if option.field is not None and outcome.value(option) is not None
    }
    if any(option.put and option.key in changes for option in options):
        known = live.configuration or {}
        whole = _whole_configuration(desired, known, changes, element)
        return {"element": {"key": element}, "configuration": whole, **body}, None
    patch = {
        option.field: body[option.field]
        for option in options
        if option.field in body and live.value(option) is not None and live.value(option) != outcome.value(option)
    }
    if changes:
        patch["configuration"] = dict(changes)
    return None, patch or None


def _left_alone(desired: Desired, unreadable: list[str]) -> str:
    hint = (
        ""
        if desired.verify or API_KEY not in unreadable
        else ", or verify to true to notice a key that no longer works"
    )
    return (
        f"the platform does not show the live {_options(unreadable)}, so it could not be compared and was left alone; "
        f"set update_secrets to always to write it every time{hint}."
    )


def _options(keys: list[str]) -> str:
    """The options that configuration keys belong to, for a message."""
    return " and ".join(OPTION_OF_KEY.get(key, f"configuration: {key}") for key in keys)


def _changes(desired: Desired, known: Mapping[str, Any], key_refused: bool) -> tuple[dict[str, Any], list[str]]:
    """The configuration keys to write, with their values, and the keys that are left unchanged since they cannot be compared."""
    wanted = _wanted(desired, known)
    plain = {
        key: value
        for key, value in wanted.items()
        if not is_secret_key(key) and known.get(key) != MASK and not same(value, known.get(key))
    }
    secrets, unreadable = _secret_changes(desired, wanted, known, key_refused)
    return {**plain, **secrets}, unreadable


def _secret_changes(
    desired: Desired, wanted: Mapping[str, Any], known: Mapping[str, Any], key_refused: bool
) -> tuple[dict[str, Any], list[str]]:
    """The secrets to write, and the keys of those that are left unchanged since they cannot be compared."""
    if desired.update_secrets == "never":
        return {}, []
    changes: dict[str, Any] = {}
    unreadable: list[str] = []
    for key, value in wanted.items():
        if not is_secret_key(key):
            continue
        # An unset key is null (confirmed), which can be compared; an instance without an API key cannot be.
        unset = key != API_KEY and key in known and known[key] is None
        if desired.update_secrets == "always" or (key == API_KEY and key_refused):
            changes[key] = value
        elif unset or readable(known.get(key)):
            if unset or not same(value, known[key]):
                changes[key] = value
        else:
            unreadable.append(key)
    return changes, unreadable


def _wanted(desired: Desired, known: Mapping[str, Any]) -> dict[str, Any]:
    """The desired configuration keys of an existing instance, with their values."""
    events = desired.events
    first_enabling = bool(events.enabled) and not same(True, known.get(EVENTS_ENABLED))
    if first_enabling and events.callback_url is None and not known.get(EVENTS_CALLBACK):
        raise Refused(f"{desired.label} has no events yet, and enabling them needs events.callback_url too.")
    without_poller = not known.get(EVENTS_POLLER) and not known.get(EVENTS_RESOURCES)
    polling = polling_keys(events, known, with_defaults=first_enabling and without_poller)
    if not first_enabling:
        # The server sets it; it has to be sent only when events are enabled.
        polling.pop(EVENTS_VENDOR, None)
    for key in polled_already(events, known):
        del polling[key]
    return {**_configuration(desired), **polling}


def _configuration(desired: Desired) -> dict[str, Any]:
    """The given configuration keys with the values to send, without those for polling."""
    keys = {
        option.key: option.sent(value) for option, value in desired.given.items() if option.key and not option.special
    }
    # In the order of the vendor's own examples.
    account = {key: keys.pop(key) for key in (SUBDOMAIN, API_KEY) if key in keys}
    return {**account, **desired.configuration, **keys}


def _whole_configuration(
    desired: Desired, known: Mapping[str, Any], changes: Mapping[str, Any], element: str
) -> dict[str, Any]:
    """The configuration for a PUT, which loses omitted keys: desired over live, without masked, unset and server-added keys.

    Raises Refused if it would lose a value that was not given and that the platform does not show.
    """
    given = _configuration(desired)
    events_live = same(True, known.get(EVENTS_ENABLED)) or desired.events.enabled
    whole: dict[str, Any] = {}
    needed = []
    for key in dict.fromkeys([SUBDOMAIN, API_KEY, *known, *changes]):
        live = known.get(key)
        if key in changes:
            whole[key] = changes[key]
        elif key == API_KEY or live == MASK:
            if readable(live):
                whole[key] = live
            elif key in given and desired.update_secrets != "never":
                whole[key] = given[key]
            elif not (key == "password" and _has_no_password(element, str(whole.get(API_KEY)))):
                needed.append(key)
        elif live is not None and (
            not is_server_added(key) or key in desired.configuration or (key == EVENTS_VENDOR and events_live)
        ):
            whole[key] = live
    if needed:
        options = _options(needed)
        never = " and update_secrets other than never" if desired.update_secrets == "never" else ""
        raise Refused(
            f"{desired.label} needs a change that sends the whole configuration again, and the platform does not show "
            f"the live {options}, which would be lost: set {options}{never}; nothing was written."
        )
    return whole


def _has_no_password(element: str, user: str) -> bool:
    """Whether a masked C(password) was added by the platform (confirmed for Freshdesk V2).

    Freshdesk requires a password if the user name is an e-mail address, but not if it is an API key.
    """
    return element == "freshdeskv2" and "@" not in user


def _side(desired: Desired, live: Live, changing: Collection[str], secret: str) -> dict[str, Any]:
    """One side of the diff: only the options that the user set, and secrets only if they change."""
    side: dict[str, Any] = {"state": "present"}
    given = desired.given
    for option in leaves(type(desired)):
        if option.secret:
            shows = option.key in changing
        elif option.key == EVENTS_RESOURCES:
            shows = desired.events.poller is None and (option in given or EVENTS_POLLER in changing)
        else:
            shows = option in given and bool(option.key or option.field or option.special)
        if shows:
            *within, name = option.path.split(".")
            place = side.setdefault(within[0], {}) if within else side
            place[name] = _shown(option, given.get(option), live, option.key in changing, secret)
    rest = _rest(desired, live.configuration or {}, changing, secret)
    return {**side, "configuration": rest} if rest else side


def _shown(option: Option, desired: Any, live: Live, changing: bool, secret: str) -> Any:
    """The value of an option on one side of the diff."""
    if option.secret:
        return secret
    value = live.value(option)
    if option.key == EVENTS_RESOURCES:
        return sorted(live_resources(live.configuration or {}))
    if option.key is None:
        return list(value) if option.type == "list" else value
    return same(True, value) if option.type == "bool" else _comparable(desired, value, secret if changing else HIDDEN)


def _rest(desired: Desired, known: Mapping[str, Any], changing: Collection[str], secret: str) -> dict[str, Any]:
    """The configuration keys without an option on one side of the diff."""
    rest: dict[str, Any] = {}
    for key in sorted(desired.configuration):
        if not is_secret_key(key):
            inner = secret if key in changing else HIDDEN
            rest[key] = _comparable(desired.configuration[key], known.get(key), inner)
        elif key in changing:
            rest[key] = secret
    return rest


def _comparable(desired: Any, live: Any, secret: str) -> Any:
    """A live value in the form for comparison with the desired one, with C(secret) for each secret in it."""
    if isinstance(desired, (Mapping, list, tuple)):
        live = parsed(live)
    return HIDDEN if live == MASK else redacted(stored(live), secret)


def _future(desired: Desired, configuration: Mapping[str, Any], element: str) -> Live:
    """An instance that is yet to be created, as far as a dry run can know it."""
    # Without tags, the platform adds one that equals the name (confirmed).
    by_itself = () if desired.name is None else (desired.name,)
    return Live(
        id=PLACEHOLDER_ID,
        name=desired.name or "",
        created=None,
        tags=by_itself if desired.tags is None else desired.tags,
        enabled=desired.enabled is not False,
        element=element,
        user_id=None,
        token=PLACEHOLDER_TOKEN,
        configuration=dict(configuration),
        events_enabled=bool(desired.events.enabled),
        others=_others(desired),
    )
