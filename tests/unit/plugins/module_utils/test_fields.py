# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is desired: each option is checked, and refused in a sentence that names it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _fields, _plan, _values, _wire
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import (
    OPTION_OF_KEY,
    OPTIONS,
    PLACEHOLDER_ID,
    Desired,
    leaves,
    row,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._model import is_other
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._plan import plan
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._redact import is_secret_key
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import MASK


@pytest.fixture
def refusal(desired):
    """The one sentence that options are refused with."""

    def of(**options):
        with pytest.raises(Refused) as caught:
            desired(**options)
        message = caught.value.message
        assert message.endswith(".")
        assert "\n" not in message
        return message

    return of


def nested(levels):
    """Lists in a mapping, so many levels deep in all."""
    value = "x"
    for _level in range(levels - 1):
        value = [value]
    return {"x": value}


# Names and tags


@pytest.mark.parametrize(
    "name", ["acme", "Zoë & Söhne GmbH", "a < b > c", "1 <2", "x" * 500, "日本", "a/b?c#d", "{{ x }}"]
)
def test_a_plain_name_is_taken_as_it_is(desired, name):
    assert desired(name=name).name == name


@pytest.mark.parametrize("name", ["", " ", " acme", "acme ", "\tacme", "acme\n", "\u00a0acme"])
def test_a_name_that_is_empty_or_has_outer_blanks_is_refused(refusal, name):
    assert refusal(name=name) == (
        "name is empty or has blanks around it, which the platform would not keep: remove them."
    )


@pytest.mark.parametrize("name", ["<b>acme</b>", "acme</b>", "a<!-- x -->", "a<?php", "<a", "<A href=x>y"])
def test_a_name_with_html_is_refused_since_it_would_never_match_itself(refusal, name):
    assert refusal(name=name) == (
        "name contains an HTML tag, which the platform strips, so it would never be found again: leave the markup out."
    )


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "a\x1b[31mb", "a\x7fb", "a\x9bb", "a\u2028b", "a\ud800b"])
def test_a_name_with_control_characters_is_refused(refusal, name):
    assert refusal(name=name) == "name contains control characters or broken Unicode: write it in plain text."


@pytest.mark.parametrize("tag", ["", " crm", "<b>crm</b>", "c\nrm"])
def test_a_tag_that_the_platform_would_not_keep_is_refused(refusal, tag):
    assert re.match(r"tags: a tag (is|contains) ", refusal(tags=["ok", tag]))


def test_tags_are_a_set(desired):
    assert desired(tags=["b", "a", "b"]).tags == ("a", "b")


def test_tags_that_are_not_given_are_not_the_same_as_no_tags(desired):
    assert desired().tags is None
    assert desired(tags=[]).tags == ()


# Ids


def test_without_name_and_id_there_is_nothing_to_go_by(refusal):
    assert refusal(name=None) == "neither name nor id is set: set one of them."


@pytest.mark.parametrize("number", [0, -2, -4711, True, 2**63])
def test_an_id_is_positive(refusal, number):
    assert refusal(id=number, check_mode=True) == (
        f"id is {number}, but an instance's id is a positive number: give the id that the platform shows."
    )


def test_the_smallest_id_is_one(desired):
    assert desired(id=1).id == 1


def test_an_id_without_an_end_is_not_quoted_to_its_end(refusal):
    assert len(refusal(id=10**1000)) < 500


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a\ud800b", "contains broken Unicode: write it in plain text."),
        (float("nan"), "contains a number that is infinite or not a number: give another."),
        (float("-inf"), "contains a number that is infinite or not a number: give another."),
    ],
    ids=["surrogate", "nan", "infinite"],
)
def test_what_json_cannot_carry_is_refused_at_any_depth(refusal, value, why):
    assert refusal(configuration={"x": value}) == f"configuration {why}"
    assert refusal(configuration={"x": [{"y": [1, value]}]}) == f"configuration {why}"
    assert refusal(events={"poller": {"incidents": {"url": value}}}) == f"events {why}"


def test_keys_and_secrets_of_broken_unicode_are_refused(refusal):
    assert refusal(configuration={"a\ud800b": 1}).startswith("configuration contains broken Unicode")
    assert refusal(api_key="key-of-\ud800").startswith("api_key contains broken Unicode")


def test_a_configuration_may_be_deep_but_not_too_deep_for_python(desired, refusal):
    assert desired(configuration=nested(_values.DEEPEST)).configuration == nested(_values.DEEPEST)
    for levels in (_values.DEEPEST + 1, 5000):
        told = refusal(configuration=nested(levels))
        assert told == "configuration holds lists and mappings more than 50 levels deep: make it flatter."


def test_the_placeholder_is_refused_outside_check_mode(refusal):
    assert refusal(id=PLACEHOLDER_ID) == (
        "id is -1, the placeholder of a dry run, and this is not a dry run: register the instance's id in the same run, "
        "or give its name."
    )


def test_the_placeholder_is_taken_in_check_mode(desired):
    assert desired(id=PLACEHOLDER_ID, check_mode=True).awaits_creation
    assert not desired(id=5, check_mode=True).awaits_creation


def test_messages_name_an_instance_by_its_name_or_else_by_its_id(desired):
    assert desired(name="acme", id=5).label == "acme"
    assert desired(name=None, id=5).label == "id 5"


def test_the_options_are_taken_over_as_they_are(desired):
    events = {
        "enabled": True,
        "callback_url": "https://a.example/",
        "signature_key": "signature-key",
        "poll_interval": 1,
    }
    poller = {"agents": {"url": "/x"}}
    made = desired(
        id=5,
        state="absent",
        subdomain="acme",
        api_key="key-of-acme",
        update_secrets="never",
        tags=["crm"],
        enabled=False,
        events={**events, "poller": poller},
        configuration={"a": 1},
        verify=True,
        on_verify_failure="delete",
        on_duplicate="oldest",
    )

    assert made == _fields.Desired(
        name="acme",
        id=5,
        present=False,
        subdomain="acme",
        api_key="key-of-acme",
        update_secrets="never",
        tags=("crm",),
        enabled=False,
        events=_fields.Events(**events, resources=None, poller=poller),
        configuration={"a": 1},
        verify=True,
        on_verify_failure="delete",
        on_duplicate="oldest",
    )


def test_options_that_are_left_out_leave_everything_alone(desired):
    assert desired() == _fields.Desired(name="acme")


# The Freshdesk account


@pytest.mark.parametrize("subdomain", ["acme", "Acme-2", "4711", "a", "x" * 63])
def test_a_bare_subdomain_is_taken(desired, subdomain):
    assert desired(subdomain=subdomain).subdomain == subdomain


@pytest.mark.parametrize(
    ("subdomain", "hint"),
    [
        ("https://acme.freshdesk.com", "write acme"),
        ("https://acme.freshdesk.com/a/tickets", "write acme"),
        ("HTTP://acme.freshdesk.com", "write acme"),
        ("Acme.freshdesk.com", "write Acme"),
        ("https://acme/a/tickets", "write acme"),
        ("acme.freshdesk.com/", "write acme"),
        (" acme ", "write acme"),
        ("acme.", "write acme"),
    ],
)
def test_a_subdomain_as_a_url_or_host_name_is_refused_with_the_bare_name(refusal, subdomain, hint):
    assert refusal(subdomain=subdomain) == (
        "subdomain must be the bare name of the Freshdesk account, such as acme for https://acme.freshdesk.com: "
        f"{hint}."
    )


@pytest.mark.parametrize(
    "subdomain",
    ["", " ", "-acme", "ac me", "äcme", "https://", "somebody:password1@acme.freshdesk.com", "a_b", "x" * 64],
)
def test_a_subdomain_that_cannot_be_one_is_refused_without_a_guess(refusal, subdomain):
    assert refusal(subdomain=subdomain) == (
        "subdomain must be the bare name of the Freshdesk account, such as acme for https://acme.freshdesk.com."
    )


@pytest.mark.parametrize("key", ["short12", "with\nline-break", "nul\x00character"])
def test_an_api_key_that_cannot_be_masked_or_sent_is_refused_without_its_value(refusal, key):
    message = refusal(api_key=key)

    assert re.match(r"api_key (is shorter|contains a line break).*[a-z]\.$", message)
    assert key not in message


def test_secrets_are_not_in_what_python_shows_of_it(desired):
    made = desired(
        api_key="key-of-acme",
        events={"signature_key": "signature-key"},
        configuration={"password": "secret-password"},
    )

    assert not any(secret in repr(made) for secret in ("key-of-acme", "signature-key", "secret-password"))


# Events


@pytest.mark.parametrize("url", ["https://hooks.example.com/x?y=z", "http://10.0.0.1:8080/"])
def test_a_callback_url_is_taken(desired, url):
    assert desired(events={"callback_url": url}).events.callback_url == url


@pytest.mark.parametrize(
    "url", ["", "hooks.example.com", "ftp://example.com", "https://", "https://[broken", "https://a\x1bb/", "/path"]
)
def test_an_invalid_callback_url_is_refused(refusal, url):
    assert refusal(events={"callback_url": url}) == (
        "events.callback_url must be a URL that begins with https:// or http:// and names a host."
    )


@pytest.mark.parametrize("interval", [0, -15])
def test_the_shortest_poll_interval_is_one_minute(refusal, interval):
    assert refusal(events={"poll_interval": interval}) == (
        f"events.poll_interval is {interval} minutes, but the shortest is 1."
    )


@pytest.mark.parametrize("key", ["sh0rt", "with\nline-break"])
def test_a_signature_key_that_cannot_be_one_is_refused(refusal, key):
    message = refusal(events={"signature_key": key})

    assert re.match(r"events\.signature_key (is shorter|contains a line break).*[a-z]\.$", message)
    assert key not in message


@pytest.mark.parametrize("resources", [[], [""], ["a|b"], ["a b"], ["incidents", "ö"]])
def test_resources_that_the_platform_could_not_join_are_refused(refusal, resources):
    assert refusal(events={"resources": resources}) == (
        "events.resources must name at least one resource, each in letters, digits, _ and -, such as incidents; "
        "to stop events set events.enabled to false."
    )


def test_resources_named_twice_are_polled_once_in_their_order(desired):
    assert desired(events={"resources": ["b", "A_1-x", "b"]}).events.resources == ("b", "A_1-x")


@pytest.mark.parametrize("poller", [{}, {"incidents": "x"}, {"a|b": {}}, {"incidents": None}])
def test_a_poller_that_maps_no_resource_to_a_configuration_is_refused(refusal, poller):
    assert refusal(events={"poller": poller}) == (
        "events.poller must map the name of each resource to its polling configuration."
    )


# Configuration


@pytest.mark.parametrize(("key", "option"), OPTION_OF_KEY.items())
def test_a_configuration_key_that_has_an_option_of_its_own_is_refused_naming_it(refusal, key, option):
    assert refusal(configuration={key: "x" * 10}) == (
        f"configuration has the key {key}, which has an option of its own: use {option}."
    )


@pytest.mark.parametrize("key", ["", " a", "a ", "a\nb", 5, "{{ the_key }}", "a.{% raw %}"])
def test_a_configuration_key_that_is_no_plain_text_is_refused(refusal, key):
    assert refusal(configuration={key: "x"}) == (
        "configuration has a key that is empty, not plain text, or a template, which Ansible does not evaluate in keys: "
        "name the platform's configuration keys."
    )


def test_a_configuration_key_without_a_value_is_refused(refusal):
    assert refusal(configuration={"a.b": None}) == (
        "configuration has the key a.b without a value: give one, or leave the key out."
    )


def test_the_mask_is_no_configuration_value(refusal):
    assert refusal(configuration={"password": MASK}) == (
        f"configuration has {MASK} for password, which only masks a hidden value: give the value itself, "
        "or leave the key out."
    )


def test_a_short_secret_in_the_configuration_is_refused_without_its_value(refusal):
    message = refusal(configuration={"oauth.api.secret": "k3y"})

    assert re.match(r"configuration: oauth\.api\.secret is shorter than 8 characters.*[a-z]\.$", message)
    assert "k3y" not in message


# A row is all that an option needs


@dataclass(frozen=True)
class Wider(Desired):
    """The table with further rows: a field of the body, a key of the configuration, and a secret one."""

    cached: bool | None = row("bool", field="cachingEnabled")
    items: int | None = row("int", key="pagination.items", send=str)
    hook: str | None = row("str", key="hook.token", secret=True)


CONFIGURATION = {
    "subdomain": "acme",
    "username": "key-of-acme",
    "pagination.items": "50",
    "hook.token": "token-of-hook",
}


@pytest.fixture
def live(monkeypatch):
    """A live instance whose answer shows these further fields."""
    monkeypatch.setattr(_wire, "OTHERS", [option for option in leaves(Wider) if is_other(option)])

    def make(**fields):
        body = {"id": 5, "name": "acme", "token": "token", "tags": [], "configuration": CONFIGURATION}
        return _wire.live_from({**body, **fields})

    return make


def wider(**options):
    return Wider(name="acme", **options)


def test_a_row_makes_the_spec():
    spec = _fields.spec_of(Wider)

    assert (spec["cached"], spec["items"]) == ({"type": "bool", "no_log": False}, {"type": "int", "no_log": False})
    assert spec["hook"] == {"type": "str", "no_log": True}


def test_a_row_makes_what_a_creation_sends_and_shows():
    options = {"cached": False, "items": 50, "hook": "token-of-hook"}
    made = plan(wider(subdomain="acme", api_key="key-of-acme", **options), None, "freshdeskv2")

    assert made.create["cachingEnabled"] is False
    assert made.create["configuration"] == CONFIGURATION
    assert {name: made.after[name] for name in options} == {"cached": False, "items": "50", "hook": "(set)"}
    assert made.outcome.others == {"cached": False}


def test_a_row_makes_what_is_compared_and_patched(live):
    wanted = wider(cached=True, items=20, hook="another-token")
    made = plan(wanted, live(cachingEnabled="false"), "freshdeskv2")

    changed = {"pagination.items": "20", "hook.token": "another-token"}
    assert (made.put, made.patch) == (None, {"cachingEnabled": True, "configuration": changed})
    assert made.before == {"state": "present", "name": "acme", "cached": False, "items": "50", "hook": "(hidden)"}
    assert made.after == {"state": "present", "name": "acme", "cached": True, "items": "20", "hook": "(changed)"}
    assert plan(wanted, made.outcome, "freshdeskv2").action == "unchanged"


def test_a_put_keeps_the_option_of_each_row(live):
    made = plan(wider(api_key="another-key"), live(cachingEnabled=True), "freshdeskv2")

    assert made.put["cachingEnabled"] is True
    assert made.put["configuration"] == {**CONFIGURATION, "username": "another-key"}
    assert set(made.after) == {"state", "name", "api_key"}


def test_a_field_that_a_list_leaves_out_is_asked_for_and_not_compared_where_it_stays_unknown(live):
    assert live().lacks(wider(cached=True))
    assert not live(cachingEnabled=False).lacks(wider(cached=True))
    assert not live().lacks(wider())
    made = plan(wider(cached=True), live(), "freshdeskv2")
    assert (made.action, made.before) == ("unchanged", made.after)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.path)
def test_the_key_of_a_secret_is_known_as_one_and_no_other_is(option):
    """Results and diffs of the configuration go by the key."""
    assert option.key is None or is_secret_key(option.key) is option.secret


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.special], ids=lambda option: option.path)
def test_what_a_row_names_is_there(option):
    files = {path.stem for path in Path(_fields.__file__).parent.glob("*.py")}

    assert option.special in files | {one.name for one in fields(_plan.Plan)}


@pytest.mark.parametrize(
    ("path", "live", "value"),
    [
        ("events.enabled", "true", True),
        ("events.enabled", "True", True),
        ("events.enabled", False, False),
        ("events.enabled", None, None),
        ("events.poll_interval", "15", 15),
        ("events.poll_interval", "0", None),
        ("events.poll_interval", None, None),
        ("subdomain", "acme", "acme"),
        ("subdomain", 5, None),
        ("events.poller", '{"a": {}}', {"a": {}}),
        ("events.poller", "broken", None),
    ],
)
def test_what_the_platform_shows_is_read_as_a_user_would_write_it(path, live, value):
    (option,) = (option for option in OPTIONS if option.path == path)

    assert option.read(live) == value
