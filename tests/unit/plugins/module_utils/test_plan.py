# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure difference between what is desired and what is live: what is written, what is shown, what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import (
    PLACEHOLDER_ID,
    PLACEHOLDER_TOKEN,
    Desired,
    row,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._model import instance_result
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._plan import plan
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._polling import default_poller
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import MASK, stored
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._wire import live_from

KEY, SIGNATURE = "key-of-acme", "signature-key-of-acme"
SERVER_ADDED = {
    "base.url": "https://acme.freshdesk.com/api/v2",
    "bulk.add_metadata": None,
    "bulk.query.operator": "=",
    "event.metadata": None,
    "event.notification.callback.url": None,
    "event.notification.enabled": "false",
    "event.notification.signature.key": None,
    "event.poller.configuration": None,
    "event.poller.refresh_interval": "15",
    "event.poller.urls": None,
    "event.vendor.type": "polling",
    "filter.response.nulls": "true",
    "pagination.max": "100",
    "pagination.type": "page",
    "password": MASK,
}
CALLBACK = "https://hooks.example.com/x"
POLLED = {
    "event.notification.enabled": "true",
    "event.notification.callback.url": CALLBACK,
    "event.notification.signature.key": MASK,
    "event.poller.urls": "incidents|contacts",
    "event.poller.configuration": json.dumps({name: default_poller(name) for name in ("incidents", "contacts")}),
}


@pytest.fixture
def planned(desired):
    """The plan for options and the live configuration; C(live) are further fields of the live instance."""

    def make(stored=None, /, live=None, element="freshdeskv2", key_refused=False, check_mode=False, **options):
        known = {"subdomain": "acme", "username": KEY, **SERVER_ADDED, **(stored or {})}
        body = {"id": 4711, "name": "acme", "token": "token", "tags": ["acme"], "configuration": known, **(live or {})}
        seen = None if live is False else live_from(body)
        wanted = desired(check_mode=check_mode, **options)
        made = plan(wanted, seen, element, **({"key_refused": True} if key_refused else {}))
        assert (made.desired, made.live) == (wanted, seen)
        for text in (json.dumps([made.before, made.after, made.warnings]), repr(made)):
            assert not any(secret in text for secret in (KEY, SIGNATURE, "another-key", "secret-value", MASK))
        json.dumps([made.create, made.put, made.patch])
        assert sum(bool(part) for part in (made.create, made.put, made.patch, made.delete)) <= 1
        assert made.changed is (made.before != made.after or made.action == "updated")
        return made

    return make


def creation(planned, **options):
    return planned(live=False, subdomain="acme", api_key=KEY, **options)


# Create


def test_a_creation_is_the_body_that_the_vendor_prints(planned):
    made = creation(planned, tags=["crm"], enabled=True, configuration={"filter.response.nulls": True})

    assert made.create == {
        "element": {"key": "freshdeskv2"},
        "configuration": {"subdomain": "acme", "username": KEY, "filter.response.nulls": True},
        "tags": ["crm"],
        "name": "acme",
    }
    assert (made.action, made.changed, made.set_enabled) == ("created", True, None)
    assert made.before == {"state": "absent"}
    assert made.after == {
        "state": "present",
        "name": "acme",
        "subdomain": "acme",
        "api_key": "(set)",
        "tags": ["crm"],
        "enabled": True,
        "configuration": {"filter.response.nulls": "true"},
    }


def test_tags_that_are_not_given_are_not_sent_and_one_tag_is_predicted(planned):
    made = creation(planned)

    assert "tags" not in made.create
    assert made.outcome.tags == ("acme",)
    assert "tags" not in made.after


def test_no_tags_are_sent_as_an_empty_list(planned):
    made = creation(planned, tags=[])

    assert made.create["tags"] == []
    assert made.outcome.tags == ()


@pytest.mark.parametrize(("enabled", "written"), [(False, False), (True, None), (None, None)])
def test_an_instance_is_created_enabled_and_then_disabled_where_that_is_wanted(planned, enabled, written):
    assert creation(planned, enabled=enabled).set_enabled is written


def test_a_predicted_create_has_placeholders_and_no_secret(planned):
    made = creation(planned, events={"enabled": True, "callback_url": CALLBACK, "signature_key": SIGNATURE})

    assert (made.outcome.id, made.outcome.token, made.outcome.created) == (PLACEHOLDER_ID, PLACEHOLDER_TOKEN, None)
    assert (made.outcome.events_enabled, made.outcome.element) == (True, "freshdeskv2")
    assert made.create["configuration"]["event.notification.signature.key"] == SIGNATURE
    assert made.outcome.configuration == made.create["configuration"]
    assert not any(secret in json.dumps(instance_result(made.outcome)) for secret in (KEY, SIGNATURE))
    assert (made.after["api_key"], made.after["events"]["signature_key"]) == ("(set)", "(set)")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "subdomain and api_key"),
        ({"subdomain": "acme"}, "api_key"),
        ({"api_key": KEY}, "subdomain"),
        ({"name": None, "id": 5}, "name and subdomain and api_key"),
    ],
)
def test_a_mistyped_name_creates_nothing(planned, given, missing):
    with pytest.raises(Refused) as caught:
        planned(live=False, **given)

    assert caught.value.message.endswith(
        f" does not exist, and creating it needs {missing} too: set that, or correct the name if it should exist already."
    )


def test_events_need_a_callback_to_be_created_with(planned):
    with pytest.raises(Refused) as caught:
        creation(planned, events={"enabled": True})

    assert caught.value.message == ("acme does not exist, and creating it with events needs events.callback_url too.")


def test_events_are_created_with_the_vendors_polling(planned):
    configuration = creation(planned, events={"enabled": True, "callback_url": CALLBACK, "poll_interval": 15}).create[
        "configuration"
    ]

    assert configuration == {
        "subdomain": "acme",
        "username": KEY,
        "event.notification.enabled": True,
        "event.vendor.type": "polling",
        "event.notification.callback.url": CALLBACK,
        "event.poller.refresh_interval": "15",
        "event.poller.urls": "incidents|contacts",
        "event.poller.configuration": {name: default_poller(name) for name in ("incidents", "contacts")},
    }


def test_other_resources_are_polled_in_the_same_form(planned):
    events = {"enabled": True, "callback_url": CALLBACK, "resources": ["agents", "incidents"]}
    configuration = creation(planned, events=events).create["configuration"]

    assert configuration["event.poller.urls"] == "agents|incidents"
    assert list(configuration["event.poller.configuration"]) == ["agents", "incidents"]
    assert "/hubs/helpdesk/agents?" in configuration["event.poller.configuration"]["agents"]["url"]


def test_a_poller_of_ones_own_takes_the_place_of_the_resources(planned):
    poller = {"tickets": {"url": "/x", "idField": "id"}, "agents": {"url": "/y"}}
    events = {"enabled": True, "callback_url": CALLBACK, "poller": poller}
    made = creation(planned, events=events)

    assert made.create["configuration"]["event.poller.urls"] == "tickets|agents"
    assert made.create["configuration"]["event.poller.configuration"] == poller
    assert made.after["events"]["poller"] == poller


def test_events_that_are_off_need_no_callback_and_no_poller(planned):
    configuration = creation(planned, events={"enabled": False}).create["configuration"]

    assert configuration == {"subdomain": "acme", "username": KEY, "event.notification.enabled": False}


# No difference


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"subdomain": "acme"},
        {"api_key": KEY},
        {"tags": ["acme"]},
        {"enabled": True},
        {"configuration": {"filter.response.nulls": True}},
        {"configuration": {"pagination.max": 100}},
        {"configuration": {"event.metadata": ""}},
        {"events": {"enabled": False}},
        {"events": {"poll_interval": 15}},
        {"id": 4711},
        {"api_key": "another-key", "update_secrets": "never"},
        {"verify": True, "on_verify_failure": "delete", "on_duplicate": "oldest"},
    ],
    ids=str,
)
def test_what_is_already_so_is_not_written(planned, options):
    made = planned(**options)

    assert (made.action, made.changed, made.put, made.patch, made.set_enabled) == ("unchanged", False, None, None, None)
    assert (made.before, made.warnings) == (made.after, ())


@pytest.mark.parametrize(
    "events",
    [
        {"enabled": True},
        {"enabled": True, "callback_url": CALLBACK},
        {"resources": ["contacts", "incidents"]},
        {"poller": {name: default_poller(name) for name in ("contacts", "incidents")}},
        {"enabled": True, "poll_interval": 15, "resources": ["incidents", "contacts"]},
    ],
    ids=str,
)
def test_events_that_are_already_so_are_not_written(planned, events):
    made = planned(POLLED, events=events)

    assert made.action == "unchanged"


def test_the_vendors_type_is_left_alone_once_events_have_begun(planned):
    assert planned({**POLLED, "event.vendor.type": None}, events={"enabled": True}).action == "unchanged"


def test_a_poller_that_cannot_be_read_is_not_compared(planned):
    made = planned(
        {**POLLED, "event.poller.configuration": "${secret}"}, events={"resources": ["incidents", "contacts"]}
    )

    assert made.action == "unchanged"


def test_a_value_that_is_masked_is_not_reported_as_changed(planned):
    made = planned({"vendor.setting": MASK}, configuration={"vendor.setting": "x"})

    assert made.action == "unchanged"
    assert made.before["configuration"] == {"vendor.setting": "(hidden)"} == made.after["configuration"]


def test_tags_are_compared_as_sets(planned):
    assert planned(live={"tags": ["b", "a"]}, tags=["a", "b", "a"]).action == "unchanged"


# PATCH


def test_a_name_and_tags_are_patched_and_nothing_else_is_sent(planned):
    made = planned(id=4711, name="renamed", tags=["b", "a"])

    assert made.patch == {"name": "renamed", "tags": ["a", "b"]}
    assert (made.before["name"], made.after["name"]) == ("acme", "renamed")
    assert (made.before["tags"], made.after["tags"]) == (["acme"], ["a", "b"])
    assert (made.outcome.name, made.outcome.tags) == ("renamed", ("a", "b"))


@pytest.mark.parametrize("disabled", [False, True])
def test_what_is_addressed_by_id_keeps_its_name_and_what_else_is_not_given(planned, disabled):
    made = planned(id=4711, name=None, live={"disabled": disabled}, configuration={"filter.response.nulls": False})

    assert made.before == {"state": "present", "configuration": {"filter.response.nulls": "true"}}
    assert made.after == {"state": "present", "configuration": {"filter.response.nulls": "false"}}
    assert (made.outcome.name, made.outcome.tags, made.outcome.enabled) == ("acme", ("acme",), not disabled)
    assert made.outcome.configuration == {**made.live.configuration, "filter.response.nulls": "false"}
    assert planned(id=4711, name=None, subdomain="b").put["name"] == "acme"


def test_an_empty_list_of_tags_clears_them(planned):
    assert planned(tags=[]).patch == {"tags": []}


def test_of_a_configuration_only_what_differs_is_patched(planned):
    made = planned(configuration={"filter.response.nulls": False, "pagination.max": 100, "new.setting": {"a": [1]}})

    assert made.patch == {"configuration": {"filter.response.nulls": False, "new.setting": {"a": [1]}}}
    assert made.before["configuration"] == {
        "filter.response.nulls": "true",
        "new.setting": None,
        "pagination.max": "100",
    }
    assert made.after["configuration"] == {
        "filter.response.nulls": "false",
        "new.setting": {"a": ["1"]},
        "pagination.max": "100",
    }


@pytest.mark.parametrize(("disabled", "enabled"), [(True, True), (False, False)])
def test_enabling_alone_needs_no_other_write(planned, disabled, enabled):
    made = planned(live={"disabled": disabled}, enabled=enabled)

    assert (made.action, made.patch, made.put, made.set_enabled) == ("updated", None, None, enabled)
    assert (made.before["enabled"], made.after["enabled"]) == (not enabled, enabled)
    assert made.outcome.enabled is enabled


def test_events_are_first_enabled_with_the_vendors_defaults(planned):
    made = planned(events={"enabled": True, "callback_url": CALLBACK})

    assert set(made.patch["configuration"]) == {
        "event.notification.enabled",
        "event.notification.callback.url",
        "event.poller.urls",
        "event.poller.configuration",
    }
    assert made.after["events"] == {"enabled": True, "callback_url": CALLBACK, "resources": ["contacts", "incidents"]}
    assert made.before["events"] == {"enabled": False, "callback_url": None, "resources": []}
    assert made.outcome.events_enabled is True


def test_events_that_were_enabled_before_keep_their_poller(planned):
    made = planned({**POLLED, "event.notification.enabled": "false"}, events={"enabled": True})

    assert made.patch == {"configuration": {"event.notification.enabled": True}}


@pytest.mark.parametrize("there", [{"event.poller.urls": "agents"}, {"event.poller.configuration": "{}"}])
def test_what_was_to_be_polled_before_is_kept_when_events_are_first_enabled(planned, there):
    made = planned(there, events={"enabled": True, "callback_url": CALLBACK})

    assert set(made.patch["configuration"]) == {"event.notification.enabled", "event.notification.callback.url"}


def test_the_vendors_type_is_set_where_the_server_has_not_when_events_begin(planned):
    made = planned({"event.vendor.type": None}, events={"enabled": True, "callback_url": CALLBACK})

    assert made.patch["configuration"]["event.vendor.type"] == "polling"


def test_events_need_a_callback_to_be_first_enabled(planned):
    with pytest.raises(Refused, match=r"has no events yet, and enabling them needs events\.callback_url too"):
        planned(events={"enabled": True})


def test_a_resource_that_is_added_keeps_the_polling_of_the_others(planned):
    special = {"url": "/special"}
    live = {
        **POLLED,
        "event.poller.urls": "incidents",
        "event.poller.configuration": json.dumps({"incidents": special}),
    }
    made = planned(live, events={"resources": ["incidents", "agents"]})

    assert made.patch["configuration"] == {
        "event.poller.urls": "incidents|agents",
        "event.poller.configuration": {"incidents": special, "agents": default_poller("agents")},
    }


def test_another_poll_interval_shows_no_resources(planned):
    made = planned(POLLED, events={"poll_interval": 30})

    assert made.after["events"] == {"poll_interval": "30"}
    assert made.outcome.events_enabled is True


def test_a_resource_without_a_polling_configuration_gets_the_default_one(planned):
    live = {**POLLED, "event.poller.configuration": json.dumps({"incidents": default_poller("incidents")})}
    made = planned(live, events={"resources": ["incidents", "contacts"]})

    assert list(made.patch["configuration"]) == ["event.poller.configuration"]


def test_a_missing_poller_of_live_resources_is_written(planned):
    live = {**POLLED, "event.poller.configuration": None}
    made = planned(live, events={"resources": ["incidents", "contacts"]})

    assert list(made.patch["configuration"]) == ["event.poller.configuration"]


def test_events_are_switched_off_by_one_key(planned):
    made = planned(POLLED, events={"enabled": False})

    assert made.patch == {"configuration": {"event.notification.enabled": False}}
    assert made.outcome.events_enabled is False


# Secrets and PUT


def test_another_api_key_is_a_put_of_the_whole_without_masked_unset_and_server_added_keys(planned):
    made = planned(POLLED, api_key="another-key", events={"signature_key": SIGNATURE})

    assert made.put == {
        "element": {"key": "freshdeskv2"},
        "configuration": {
            "subdomain": "acme",
            "username": "another-key",
            "event.notification.callback.url": CALLBACK,
            "event.notification.enabled": "true",
            "event.notification.signature.key": SIGNATURE,
            "event.poller.configuration": POLLED["event.poller.configuration"],
            "event.poller.refresh_interval": "15",
            "event.poller.urls": "incidents|contacts",
            "event.vendor.type": "polling",
            "filter.response.nulls": "true",
            "pagination.type": "page",
        },
        "tags": ["acme"],
        "name": "acme",
    }
    assert made.after["api_key"] == "(changed)"
    assert made.before["api_key"] == "(hidden)"
    assert made.touches_credentials


def test_another_subdomain_is_a_put_that_keeps_the_live_key(planned):
    made = planned(subdomain="acme-2")

    assert made.put["configuration"]["username"] == KEY
    assert made.put["configuration"]["subdomain"] == "acme-2"
    assert "api_key" not in made.after


def test_a_put_writes_a_key_that_cannot_be_read_so_that_nothing_is_left_alone(planned):
    made = planned({"username": MASK}, subdomain="b", api_key=KEY)

    assert made.put["configuration"]["username"] == KEY
    assert (made.secrets, made.warnings) == ("unreadable", ())


def test_a_put_carries_all_other_changes_in_one_write(planned):
    made = planned(id=4711, name="b", tags=["x"], subdomain="b", configuration={"pagination.max": 50}, enabled=False)

    assert (made.put["name"], made.put["tags"]) == ("b", ["x"])
    assert made.put["configuration"]["pagination.max"] == 50
    assert (made.patch, made.set_enabled) == (None, False)


def test_a_server_added_key_that_the_user_sets_is_kept_in_a_put(planned):
    made = planned(subdomain="b", configuration={"pagination.max": 100})

    assert made.put["configuration"]["pagination.max"] == "100"


@pytest.mark.parametrize(
    ("live", "options", "named"),
    [
        ({"username": MASK}, {"subdomain": "b"}, "api_key"),
        ({"username": None}, {"subdomain": "b"}, "api_key"),
        (POLLED, {"subdomain": "b"}, "events.signature_key"),
        ({**POLLED, "username": MASK}, {"subdomain": "b"}, "api_key and events.signature_key"),
        ({"username": MASK}, {"subdomain": "b", "api_key": KEY, "update_secrets": "never"}, "api_key"),
        (
            {"event.notification.basic.password": MASK},
            {"api_key": "another-key"},
            "configuration: event.notification.basic.password",
        ),
        (
            {"custom.kept": MASK},
            {"subdomain": "b", "configuration": {"custom.other": 1}},
            "configuration: custom.kept",
        ),
        ({"username": "me@example.com"}, {"subdomain": "b"}, "configuration: password"),
        ({}, {"subdomain": "b", "element": "zendesk"}, "configuration: password"),
    ],
)
def test_a_put_that_would_lose_a_secret_is_refused_naming_the_option(planned, live, options, named):
    with pytest.raises(Refused) as caught:
        planned(live, **options)

    never = " and update_secrets other than never" if "update_secrets" in options else ""
    assert caught.value.message == (
        "acme needs a change that sends the whole configuration again, and the platform does not show the live "
        f"{named}, which would be lost: set {named}{never}; nothing was written."
    )


def test_a_masked_key_that_is_given_is_sent_with_a_put_and_the_mask_never(planned):
    keys = {"event.notification.basic.password": "secret-value", "custom.kept": "kept"}
    live = {**POLLED, "username": MASK, **dict.fromkeys(keys, MASK)}
    made = planned(live, subdomain="b", api_key=KEY, events={"signature_key": SIGNATURE}, configuration=keys)

    secrets = {**keys, "username": KEY, "event.notification.signature.key": SIGNATURE}
    assert made.put["configuration"].items() >= secrets.items()
    assert MASK not in json.dumps(made.put)


def test_an_option_that_the_platform_masks_is_sent_with_a_put_where_it_is_given(planned):
    live = {"event.notification.callback.url": MASK}

    made = planned(live, api_key="another-key", events={"callback_url": CALLBACK})
    assert made.put["configuration"]["event.notification.callback.url"] == CALLBACK
    with pytest.raises(Refused, match=r"set events.callback_url; nothing was written"):
        planned(live, api_key="another-key")


def test_a_password_that_the_platform_puts_there_by_itself_is_not_asked_for(planned):
    """Freshdesk takes an API key without one."""
    assert "password" not in planned({"password": MASK}, subdomain="b").put["configuration"]


def test_a_key_that_cannot_be_read_is_left_alone_with_a_warning(planned):
    made = planned({"username": MASK}, api_key="another-key")

    assert (made.action, made.secrets) == ("unchanged", "unreadable")
    assert made.warnings == (
        "the platform does not show the live api_key, so it could not be compared and was left alone; set update_secrets "
        "to always to write it every time, or verify to true to notice a key that no longer works.",
    )


def test_the_warning_does_not_advise_what_is_done_already(planned):
    assert planned({"username": MASK}, api_key="another-key", verify=True).warnings == (
        "the platform does not show the live api_key, so it could not be compared and was left alone; set update_secrets "
        "to always to write it every time.",
    )


def test_a_signature_key_that_cannot_be_read_is_left_alone_with_a_warning(planned):
    made = planned(POLLED, events={"signature_key": SIGNATURE}, configuration={"a.secret": "secret-value"})

    assert made.secrets == "unreadable"
    assert made.warnings == (
        "the platform does not show the live configuration: a.secret and events.signature_key, so it could not be "
        "compared and was left alone; set update_secrets to always to write it every time.",
    )


def test_a_key_that_freshdesk_refuses_counts_as_different(planned):
    made = planned({"username": MASK}, api_key="another-key", verify=True, key_refused=True)

    assert made.put["configuration"]["username"] == "another-key"
    assert (made.secrets, made.warnings) == ("compared", ())


def test_never_means_never_even_for_a_key_that_freshdesk_refuses(planned):
    assert planned(api_key="another-key", update_secrets="never", key_refused=True).action == "unchanged"


def test_always_writes_the_same_key_again(planned):
    made = planned(api_key=KEY, update_secrets="always")

    assert made.put["configuration"]["username"] == KEY
    assert made.action == "updated"


def test_a_secret_that_is_unset_is_written_without_a_put(planned):
    made = planned(events={"signature_key": SIGNATURE})

    assert made.patch == {"configuration": {"event.notification.signature.key": SIGNATURE}}
    assert made.after["events"] == {"signature_key": "(changed)"}


def test_a_readable_signature_key_is_compared(planned):
    live = {**POLLED, "event.notification.signature.key": SIGNATURE}

    assert planned(live, events={"signature_key": SIGNATURE}).action == "unchanged"
    assert planned(live, events={"signature_key": "another-key"}).patch == {
        "configuration": {"event.notification.signature.key": "another-key"}
    }


def test_a_secret_of_the_configuration_shows_only_as_changed(planned):
    made = planned({"a.token": "old"}, configuration={"a.token": "secret-value"})

    assert made.patch == {"configuration": {"a.token": "secret-value"}}
    assert made.before["configuration"] == {"a.token": "(hidden)"}
    assert made.after["configuration"] == {"a.token": "(changed)"}


def test_resources_that_are_given_and_polled_already_are_shown(planned):
    made = planned(POLLED, events={"resources": ["contacts", "incidents"]})

    assert made.before["events"] == made.after["events"] == {"resources": ["contacts", "incidents"]}


def test_tags_that_the_platform_does_not_show_are_written(planned):
    made = planned(live={"tags": None}, tags=["eu"])

    assert (made.before["tags"], made.patch) == ([], {"tags": ["eu"]})


@dataclass(frozen=True)
class Wider(Desired):
    """The table with a row for another field of the body."""

    cached: bool | None = row("bool", field="cachingEnabled")


@pytest.mark.parametrize(
    ("shown", "patch", "after"),
    [({"cached": False}, {"cachingEnabled": True}, True), ({"cached": True}, None, True), ({}, None, None)],
)
def test_a_field_with_an_option_is_changed_where_it_is_shown_and_differs(shown, patch, after):
    live = replace(live_from({"id": 4711, "name": "acme", "tags": [], "token": "t", "configuration": {}}), others=shown)
    made = plan(Wider(name="acme", cached=True), live, "freshdeskv2")

    assert (made.patch, made.after["cached"]) == (patch, after)


def test_a_field_with_an_option_is_created_as_given():
    made = plan(Wider(name="acme", subdomain="acme", api_key=KEY, cached=True), None, "freshdeskv2")

    assert (made.create["cachingEnabled"], made.after["cached"]) == (True, True)


# Absent and placeholders


def test_a_deletion_shows_the_state_and_the_name_that_the_user_gave(planned):
    made = planned(state="absent")

    assert (made.action, made.delete, made.outcome) == ("deleted", True, None)
    assert (made.before, made.after) == ({"state": "present", "name": "acme"}, {"state": "absent", "name": "acme"})


def test_a_deletion_by_id_shows_no_name(planned):
    assert planned(state="absent", name=None, id=4711).before == {"state": "present"}


def test_what_is_absent_already_is_unchanged(planned):
    made = planned(live=False, state="absent")

    assert (made.action, made.delete, made.before) == ("unchanged", False, made.after)


def test_the_placeholder_predicts_an_update_and_requires_nothing_that_a_create_needs(planned):
    made = planned(
        live=False,
        check_mode=True,
        id=-1,
        name="renamed",
        tags=["x"],
        api_key=KEY,
        enabled=False,
        events={"enabled": True},
    )

    assert (made.action, made.create, made.put, made.patch) == ("updated", None, None, None)
    assert (made.outcome.id, made.outcome.token, made.outcome.name) == (-1, PLACEHOLDER_TOKEN, "renamed")
    assert (made.outcome.enabled, made.outcome.element, made.outcome.tags) == (False, "freshdeskv2", ("x",))
    assert made.before == {"state": "present"}
    assert made.after == {
        "state": "present",
        "name": "renamed",
        "api_key": "(set)",
        "tags": ["x"],
        "enabled": False,
        "events": {"enabled": True},
    }


def test_what_the_placeholder_will_poll_is_predicted(planned):
    made = planned(live=False, check_mode=True, id=-1, name=None, events={"resources": ["contacts"]})

    assert made.after["events"] == {"resources": ["contacts"]}


def test_of_a_placeholder_without_a_name_no_name_is_predicted(planned):
    made = planned(live=False, check_mode=True, id=-1, name=None, enabled=True)

    assert (made.outcome.name, made.outcome.tags) == ("", ())


def test_the_placeholder_predicts_a_deletion(planned):
    made = planned(live=False, check_mode=True, id=-1, name=None, state="absent")

    assert (made.action, made.changed, made.delete, made.outcome) == ("deleted", True, False, None)
    assert (made.before, made.after) == ({"state": "present"}, {"state": "absent"})


def test_the_diff_shows_only_what_the_user_set(planned):
    made = planned(tags=["x"])

    assert made.after == {"state": "present", "name": "acme", "tags": ["x"]}


def test_a_plan_leaves_what_it_was_given_as_it_was(desired):
    poller = {"tickets": {"url": "/x"}}
    wanted = desired(events={"poller": poller}, configuration={"a": {"b": 1}})
    live = live_from({"id": 1, "name": "acme", "configuration": {"subdomain": "acme", **POLLED}})
    before = (repr(wanted), repr(live), json.dumps(poller), dict(live.configuration))
    plan(wanted, live, "freshdeskv2")

    assert (repr(wanted), repr(live), json.dumps(poller), dict(live.configuration)) == before


def test_a_secret_deep_in_a_configuration_shows_only_as_changed(planned):
    options = {"configuration": {"x": {"list": [{"password": "secret-value", "size": 1}]}}}
    made = planned({"x": '{"list": [{"password": "another-key", "size": 1}]}'}, **options)

    assert made.patch == options
    assert made.before["configuration"] == {"x": {"list": [{"password": "(hidden)", "size": "1"}]}}
    assert made.after["configuration"] == {"x": {"list": [{"password": "(changed)", "size": "1"}]}}
    assert "secret-value" not in json.dumps(instance_result(made.outcome))


def test_a_secret_deep_in_a_configuration_is_shown_as_hidden_on_both_sides_where_it_is_the_same(planned):
    made = planned({"x": '{"password": "secret-value"}'}, configuration={"x": {"password": "secret-value"}})

    assert made.action == "unchanged"
    assert made.before == made.after
    assert made.after["configuration"] == {"x": {"password": "(hidden)"}}


def test_a_secret_deep_in_a_poller_is_not_shown(planned):
    poller = {"tickets": {"url": "/x", "headers": {"webhook.token": "secret-value"}}}
    made = planned(POLLED, events={"poller": poller})

    assert made.patch["configuration"]["event.poller.configuration"] == poller
    assert made.before["events"]["poller"] == stored({name: default_poller(name) for name in ("incidents", "contacts")})
    assert made.after["events"]["poller"] == {"tickets": {"url": "/x", "headers": {"webhook.token": "(changed)"}}}
    same = planned(
        {**POLLED, "event.poller.urls": "tickets", "event.poller.configuration": poller}, events={"poller": poller}
    )
    assert same.action == "unchanged"
    assert same.after["events"]["poller"] == {"tickets": {"url": "/x", "headers": {"webhook.token": "(hidden)"}}}


def test_a_configuration_given_as_json_in_a_string_hides_its_secrets_too(planned):
    made = planned(configuration={"x": '{"password": "secret-value"}'})

    assert made.after["configuration"] == {"x": '{"password": "(changed)"}'}
