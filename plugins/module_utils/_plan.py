# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure difference between what is desired and what is live: check mode, diff and real runs share it. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ._errors import Refused
from ._model import (
    API_KEY,
    DEFAULT_RESOURCES,
    EVENTS_CALLBACK,
    EVENTS_ENABLED,
    EVENTS_INTERVAL,
    EVENTS_POLLER,
    EVENTS_RESOURCES,
    EVENTS_SIGNATURE,
    EVENTS_VENDOR,
    HIDDEN,
    MASK,
    OPTION_OF_KEY,
    PLACEHOLDER_ID,
    PLACEHOLDER_TOKEN,
    SUBDOMAIN,
    Desired,
    Events,
    Live,
    default_poller,
    hidden,
    is_secret_key,
    is_server_added,
    parsed,
    readable,
    same,
    stored,
)

_CHANGED = "(changed)"
_SET = "(set)"


@dataclass(frozen=True)
class Plan:
    """The writes that make the live instance the desired one, in the order in which they are made.

    At most one of C(create), C(put), C(patch) and C(delete) is set. C(before) and C(after) are the redacted diff.
    """

    action: str
    desired: Desired
    live: Live | None
    before: dict[str, Any]
    after: dict[str, Any]
    outcome: Live | None = field(repr=False)
    """The instance as it will be; with the placeholder's id and token where it is yet to be created."""
    create: dict[str, Any] | None = field(default=None, repr=False)
    put: dict[str, Any] | None = field(default=None, repr=False)
    patch: dict[str, Any] | None = field(default=None, repr=False)
    delete: bool = False
    set_enabled: bool | None = None
    secrets: str = "compared"
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.action != "unchanged"

    @property
    def writes(self) -> list[Any]:
        """What would be changed and all that would be sent for it, secrets included."""
        return [self.before, self.after, self.create, self.put, self.patch, self.delete, self.set_enabled]

    @property
    def touches_credentials(self) -> bool:
        """Whether what an element call says now may be different afterwards."""
        return self.create is not None or self.put is not None


def plan(desired: Desired, live: Live | None, element: str, *, key_refused: bool = False) -> Plan:
    """What has to be written. Raises Refused where it needs a value that nobody has, before anything is written.

    C(live) must be complete. C(key_refused): Freshdesk was seen to refuse the live API key.
    """
    if desired.awaits_creation:
        return _of_placeholder(desired, element)
    if not desired.present:
        return _deletion(desired, live)
    if live is None:
        return _creation(desired, element)
    return _update(desired, live, element, key_refused)


def _deletion(desired: Desired, live: Live | None) -> Plan:
    after = {"state": "absent"}
    if live is None:
        return Plan("unchanged", desired, None, before=dict(after), after=after, outcome=None)
    name = {} if desired.name is None else {"name": live.name}
    return Plan(
        "deleted",
        desired,
        live,
        before={"state": "present", **name},
        after={**after, **name},
        outcome=None,
        delete=True,
    )


def _of_placeholder(desired: Desired, element: str) -> Plan:
    """What a dry run can say of an instance that an earlier task is about to create: that it will be dealt with."""
    if not desired.present:
        return Plan("deleted", desired, None, before={"state": "present"}, after={"state": "absent"}, outcome=None)
    changes = _first_configuration(desired, first_enabling=False)
    after = _shown(desired, desired.tags, desired.enabled, changes, set(changes), _SET)
    outcome = _future(desired, changes, element)
    return Plan("updated", desired, None, before={"state": "present"}, after=after, outcome=outcome)


def _creation(desired: Desired, element: str) -> Plan:
    missing = [
        option
        for option, value in (("name", desired.name), ("subdomain", desired.subdomain), ("api_key", desired.api_key))
        if value is None
    ]
    if missing:
        raise Refused(
            f"{desired.label} does not exist, and creating it needs {' and '.join(missing)} too: "
            "set that, or correct the name if it should exist already."
        )
    events = desired.events
    if events.enabled and events.callback_url is None:
        raise Refused(f"{desired.label} does not exist, and creating it with events needs events.callback_url too.")
    configuration = _first_configuration(desired, first_enabling=bool(events.enabled))
    body: dict[str, Any] = {"element": {"key": element}, "configuration": configuration}
    if desired.tags is not None:
        body["tags"] = list(desired.tags)
    body["name"] = desired.name
    return Plan(
        "created",
        desired,
        None,
        before={"state": "absent"},
        after=_shown(desired, desired.tags, desired.enabled, configuration, set(configuration), _SET),
        outcome=_future(desired, configuration, element),
        create=body,
        set_enabled=False if desired.enabled is False else None,
    )


def _update(desired: Desired, live: Live, element: str, key_refused: bool) -> Plan:
    known = live.configuration or {}
    changes = _plain_changes(desired, known)
    secret_changes, unreadable = _secret_changes(desired, known, key_refused)
    changes.update(secret_changes)
    renamed = desired.name is not None and desired.name != live.name
    live_tags = live.tags or ()
    retagged = desired.tags is not None and set(desired.tags) != set(live_tags)
    name = live.name if desired.name is None else desired.name
    tags = live_tags if desired.tags is None else desired.tags
    put: dict[str, Any] | None = None
    patch: dict[str, Any] | None = None
    if SUBDOMAIN in changes or API_KEY in changes:
        put = {
            "element": {"key": element},
            "configuration": _whole_configuration(desired, known, changes, element),
            "tags": list(tags),
            "name": name,
        }
    elif renamed or retagged or changes:
        patch = {}
        if renamed:
            patch["name"] = name
        if retagged:
            patch["tags"] = list(tags)
        if changes:
            patch["configuration"] = changes
    set_enabled = desired.enabled if desired.enabled is not None and desired.enabled != live.enabled else None
    changed = put is not None or patch is not None or set_enabled is not None
    new_configuration = {**known, **{key: stored(value) for key, value in changes.items()}}
    return Plan(
        "updated" if changed else "unchanged",
        desired,
        live,
        before=_shown(
            replace(desired, name=live.name) if desired.name else desired,
            live.tags,
            live.enabled,
            known,
            set(changes),
            HIDDEN,
        ),
        after=_shown(desired, tags, desired.enabled, new_configuration, set(changes), _CHANGED),
        outcome=replace(
            live,
            name=name,
            tags=tags,
            enabled=live.enabled if desired.enabled is None else desired.enabled,
            configuration=new_configuration,
            events_enabled=live.events_enabled if EVENTS_ENABLED not in changes else bool(desired.events.enabled),
        ),
        put=put,
        patch=patch,
        set_enabled=set_enabled,
        secrets="unreadable" if unreadable else "compared",
        warnings=(_left_alone(desired, unreadable),) if unreadable and put is None else (),
    )


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


def _plain_changes(desired: Desired, known: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration keys without secrets that differ, with the values they should have."""
    wanted = {key: value for key, value in desired.configuration.items() if not is_secret_key(key)}
    if desired.subdomain is not None:
        wanted[SUBDOMAIN] = desired.subdomain
    events = desired.events
    first_enabling = bool(events.enabled) and not same(True, known.get(EVENTS_ENABLED))
    if first_enabling and events.callback_url is None and not known.get(EVENTS_CALLBACK):
        raise Refused(f"{desired.label} has no events yet, and enabling them needs events.callback_url too.")
    without_poller = not known.get(EVENTS_POLLER) and not known.get(EVENTS_RESOURCES)
    wanted.update(_event_keys(events, known, with_defaults=first_enabling and without_poller))
    if not first_enabling:
        # The server sets it by itself; it matters only when events begin.
        wanted.pop(EVENTS_VENDOR, None)
    if events.resources is not None and _live_resources(known) == set(events.resources):
        del wanted[EVENTS_RESOURCES]
        poller = parsed(known.get(EVENTS_POLLER))
        # One that is set and cannot be read cannot be compared.
        if set(events.resources) <= set(
            poller if isinstance(poller, dict) else events.resources if known.get(EVENTS_POLLER) else ()
        ):
            del wanted[EVENTS_POLLER]
    if events.poller is not None and _live_resources(known) == {str(key) for key in events.poller}:
        del wanted[EVENTS_RESOURCES]
    return {key: value for key, value in wanted.items() if known.get(key) != MASK and not same(value, known.get(key))}


def _secret_changes(desired: Desired, known: Mapping[str, Any], key_refused: bool) -> tuple[dict[str, Any], list[str]]:
    """The secrets to write, and the keys of those that cannot be compared and are left alone."""
    wanted = {key: value for key, value in desired.configuration.items() if is_secret_key(key)}
    if desired.api_key is not None:
        wanted[API_KEY] = desired.api_key
    if desired.events.signature_key is not None:
        wanted[EVENTS_SIGNATURE] = desired.events.signature_key
    if desired.update_secrets == "never":
        return {}, []
    changes: dict[str, Any] = {}
    unreadable: list[str] = []
    for key, value in wanted.items():
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


def _event_keys(events: Events, known: Mapping[str, Any], *, with_defaults: bool) -> dict[str, Any]:
    """The configuration keys that the events options stand for."""
    keys: dict[str, Any] = {}
    if events.enabled is not None:
        keys[EVENTS_ENABLED] = events.enabled
        if events.enabled:
            keys[EVENTS_VENDOR] = "polling"
    if events.callback_url is not None:
        keys[EVENTS_CALLBACK] = events.callback_url
    if events.poll_interval is not None:
        keys[EVENTS_INTERVAL] = str(events.poll_interval)
    if events.poller is not None:
        keys[EVENTS_RESOURCES] = "|".join(str(key) for key in events.poller)
        keys[EVENTS_POLLER] = dict(events.poller)
    resources = events.resources
    if resources is None and events.poller is None and with_defaults:
        resources = DEFAULT_RESOURCES
    if resources is not None:
        live = parsed(known.get(EVENTS_POLLER))
        kept = live if isinstance(live, dict) else {}
        keys[EVENTS_RESOURCES] = "|".join(resources)
        keys[EVENTS_POLLER] = {resource: kept.get(resource) or default_poller(resource) for resource in resources}
    return keys


def _live_resources(known: Mapping[str, Any]) -> set[str]:
    names = known.get(EVENTS_RESOURCES)
    return {name.strip() for name in names.split("|")} if isinstance(names, str) else set()


def _first_configuration(desired: Desired, *, first_enabling: bool) -> dict[str, Any]:
    """The configuration of an instance that is created."""
    configuration: dict[str, Any] = {}
    if desired.subdomain is not None:
        configuration[SUBDOMAIN] = desired.subdomain
    if desired.api_key is not None:
        configuration[API_KEY] = desired.api_key
    configuration.update(desired.configuration)
    configuration.update(_event_keys(desired.events, {}, with_defaults=first_enabling))
    if desired.events.signature_key is not None:
        configuration[EVENTS_SIGNATURE] = desired.events.signature_key
    return configuration


def _whole_configuration(
    desired: Desired, known: Mapping[str, Any], changes: Mapping[str, Any], element: str
) -> dict[str, Any]:
    """What a PUT sends: desired over live, without masked, unset and server-added keys, since a PUT loses what it leaves out.

    Raises Refused where it would lose a value that nobody gave and that the platform does not show.
    """
    given = {**desired.configuration}
    if desired.api_key is not None:
        given[API_KEY] = desired.api_key
    if desired.events.signature_key is not None:
        given[EVENTS_SIGNATURE] = desired.events.signature_key
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
            elif not (key == "password" and _has_no_password(element, str(whole.get(API_KEY, "")))):
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
    """Whether a masked C(password) is only what the platform puts there by itself (confirmed for Freshdesk V2).

    Freshdesk asks for a password where a person's address is the user, and for none where an API key is.
    """
    return element == "freshdeskv2" and "@" not in user


def _shown(
    desired: Desired,
    tags: tuple[str, ...] | None,
    enabled: bool | None,
    configuration: Mapping[str, Any],
    changing: set[str],
    secret: str,
) -> dict[str, Any]:
    """One side of the diff: of a configuration and the rest, only what the user set; a secret only where it changes."""
    side: dict[str, Any] = {"state": "present"}
    if desired.name is not None:
        side["name"] = desired.name
    if desired.subdomain is not None:
        side["subdomain"] = stored(configuration.get(SUBDOMAIN))
    if API_KEY in changing:
        side["api_key"] = secret
    if desired.tags is not None:
        side["tags"] = list(tags or ())
    if desired.enabled is not None:
        side["enabled"] = enabled
    events = _shown_events(desired.events, configuration, changing, secret)
    if events:
        side["events"] = events
    rest: dict[str, Any] = {}
    for key in sorted(desired.configuration):
        if not is_secret_key(key):
            inner = secret if key in changing else HIDDEN
            rest[key] = _comparable(desired.configuration[key], configuration.get(key), inner)
        elif key in changing:
            rest[key] = secret
    if rest:
        side["configuration"] = rest
    return side


def _shown_events(events: Events, configuration: Mapping[str, Any], changing: set[str], secret: str) -> dict[str, Any]:
    side: dict[str, Any] = {}
    if events.enabled is not None:
        side["enabled"] = same(True, configuration.get(EVENTS_ENABLED))
    if events.callback_url is not None:
        side["callback_url"] = stored(configuration.get(EVENTS_CALLBACK))
    if EVENTS_SIGNATURE in changing:
        side["signature_key"] = secret
    if events.poll_interval is not None:
        side["poll_interval"] = stored(configuration.get(EVENTS_INTERVAL))
    if events.poller is not None:
        inner = secret if EVENTS_POLLER in changing else HIDDEN
        side["poller"] = _comparable(events.poller, configuration.get(EVENTS_POLLER), inner)
    elif events.resources is not None or changing & {EVENTS_RESOURCES, EVENTS_POLLER}:
        side["resources"] = sorted(_live_resources(configuration))
    return side


def _comparable(desired: Any, live: Any, secret: str) -> Any:
    """A live value in the form in which it is compared with the desired one, with C(secret) for each secret in it."""
    if isinstance(desired, (Mapping, list, tuple)):
        live = parsed(live)
    return HIDDEN if live == MASK else hidden(stored(live), secret)


def _tags_on_create(desired: Desired) -> tuple[str, ...]:
    """Without tags, the platform gives one that is equal to the name (confirmed)."""
    if desired.tags is not None:
        return desired.tags
    return () if desired.name is None else (desired.name,)


def _future(desired: Desired, configuration: Mapping[str, Any], element: str) -> Live:
    """An instance that is yet to be created, as a dry run can know it."""
    return Live(
        id=PLACEHOLDER_ID,
        name=desired.name or "",
        created=None,
        tags=_tags_on_create(desired),
        enabled=desired.enabled is not False,
        element=element,
        user_id=None,
        token=PLACEHOLDER_TOKEN,
        configuration=dict(configuration),
        events_enabled=bool(desired.events.enabled),
    )
