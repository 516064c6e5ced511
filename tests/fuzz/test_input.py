# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile input: it is taken as it is, to the letter, or refused in one sentence."""

from __future__ import annotations

import json
import posixpath
from urllib.parse import unquote, urlsplit

import pytest
import requests
from ansible.errors import AnsibleFilterError
from fuzz.hostile import check_result, check_sentence, scalars, seldom, texts, values
from hypothesis import assume, given
from hypothesis import strategies as st
from support.in_process import NO_AUTHORITIES, Simulation
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.filter.tenants import tenants
from ansible_collections.cloudelements.freshdesk.plugins.filter.tenants_file import tenants_file
from ansible_collections.cloudelements.freshdesk.plugins.filter.tenants_in_file import tenants_in_file
from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tasks
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._entries import (
    check_options,
    check_secrets,
    desired_entries,
    refusal_of,
    without_unset,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._info import tokens_found
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import (
    CONNECTION_SPEC,
    INFO_SPEC,
    INSTANCE_SPEC,
    Connection,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._request import checked_path
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import same
from ansible_collections.cloudelements.freshdesk.plugins.modules import instance, instance_info, instances

PLATFORM = {
    "ca_path": NO_AUTHORITIES,
    "base_url": "https://platform.example",
    "user_secret": "user/secret+of=one",
    "organization_secret": "organization/secret+of=acme",
}
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "enabled": seldom(values(), st.booleans()),
        "callback_url": seldom(texts(), st.just("https://hooks.example.com/x")),
        "signature_key": seldom(texts(), st.just("signature-key-of-acme")),
        "poll_interval": seldom(values(), st.just(15)),
        "resources": seldom(values(), st.just(["incidents"])),
        "poller": seldom(
            values(), st.dictionaries(texts(), st.dictionaries(texts(), values(), max_size=2), max_size=2)
        ),
        "unknown": values(),
    },
)
ENTRIES = st.fixed_dictionaries(
    {
        "name": seldom(values(), texts()),
        "subdomain": seldom(texts(), st.just("acme")),
        "api_key": seldom(texts(), st.just("key-of-acme")),
    },
    optional={
        "tags": seldom(values(), st.lists(texts(), max_size=3)),
        "configuration": seldom(values(), st.dictionaries(texts(), values(), max_size=3)),
        "events": seldom(values(), EVENTS),
        "enabled": seldom(values(), st.booleans()),
        "id": values(),
        "state": seldom(texts(), st.just("present")),
        "verify": seldom(values(), st.just(False)),
        "update_secrets": seldom(texts(), st.just("on_change")),
        "unknown": values(),
    },
)


def is_text(value):
    """Whether core can hand it to a module at all."""
    try:
        return bool(json.dumps(value, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return False


@pytest.fixture(scope="module")
def patched():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture
def platform(patched):
    """Makes an empty platform that takes any account, which the modules then talk to."""

    def make():
        simulation = Simulation()
        simulation.platform.settings({"accounts": "any"})
        patched.setattr(_tasks, "Transport", simulation.connect)
        return simulation

    return make


def refused_as(entry):
    """The sentence that the controller refuses it with; None where it takes it."""
    try:
        desired_entries([entry], check_mode=False)
    except Refused as refused:
        check_sentence(refused.message)
        return refused.message
    return None


@given(ENTRIES)
def test_an_entry_is_refused_in_a_sentence_or_made_so_to_the_letter(tried, platform, entry):
    tried()
    refusal = refused_as(entry)
    assert (refusal_of(entry, check_mode=False) is None) == (refusal is None)
    if refusal is not None:
        return
    simulation = platform()
    handed = without_unset(INSTANCE_SPEC, entry)  # as the action plugin does
    result = run_main(instances.main, instances=[handed], **PLATFORM).result
    if "outcomes" not in result:
        check_sentence(result["msg"])
        return
    check_result(result)
    made = simulation.platform.instances()
    if result.get("failed"):
        check_sentence(result["msg"])
        assert made == []
        return
    (one,) = made
    assert one["name"] == str(entry["name"])
    assert result["ids"] == {one["name"]: one["id"]}
    if isinstance(entry.get("tags"), list) and all(isinstance(tag, str) for tag in entry["tags"]):
        assert set(one["tags"]) == set(entry["tags"])
    for key, value in entry["configuration"].items() if isinstance(entry.get("configuration"), dict) else ():
        assert same(value, one["configuration"][key]), key
    again = run_main(instances.main, instances=[handed], **PLATFORM).result
    assert again["changed"] is (entry.get("update_secrets") == "always")


@given(ENTRIES)
def test_the_module_instance_takes_what_it_takes_and_says_why_where_it_does_not(tried, platform, entry):
    tried()
    try:
        check_secrets({**CONNECTION_SPEC, **INSTANCE_SPEC}, entry)  # as the action plugin does
    except Refused as refused:
        check_sentence(refused.message)
        return
    assume(is_text(entry))
    simulation = platform()
    result = run_main(instance.main, **{**PLATFORM, **entry}).result
    if result.get("failed"):
        assert "is a bug in" not in result["msg"], result["msg"]
        assert "Traceback" not in json.dumps(result)
        if "error" in result:
            check_sentence(result["msg"])
        assert simulation.platform.instances() == []
    else:
        check_result(result)


@given(st.lists(texts(), max_size=4), texts(), scalars(), st.lists(texts(), max_size=3))
def test_names_tags_and_ids_to_look_for_are_found_or_refused(tried, platform, names, name, number, tags):
    tried()
    simulation = platform()
    simulation.platform.add_instances([{"name": "acme"}, {"name": "{{ 1+1 }}", "tags": ["\x1b[31m"]}])
    try:
        check_options(INFO_SPEC, {"name": name, "tags": tags})  # as the action plugin does
    except Refused as refused:
        check_sentence(refused.message)
        return
    result = run_main(instance_info.main, name=name, tags=tags, **PLATFORM).result
    if not tags:
        assert [one["name"] for one in result["instances"]] == [one for one in ("acme", "{{ 1+1 }}") if one == name]
    result = run_main(instance_info.main, id=number, **PLATFORM).result
    if "error" in result:
        check_sentence(result["msg"])
    try:
        found = tokens_found(simulation.transport(read_only=True), names, check_mode=False)
    except Refused as refused:
        check_sentence(refused.message)
    else:
        assert set(found) == set(names) <= {"acme", "{{ 1+1 }}"}


@given(st.sampled_from(["base_url", "user_secret", "organization_secret", "element"]), texts())
def test_a_connection_is_checked_or_refused_in_a_sentence(tried, option, value):
    tried()
    params = {**PLATFORM, "validate_certs": True, "timeout": 60, "retry_timeout": 300}
    try:
        Connection.from_params({**params, "element": "freshdeskv2", option: value})
    except Refused as refused:
        check_sentence(refused.message)


# Filters


def filtered(step, *args, **more):
    """What the filter answers; None where it refuses in a sentence."""
    try:
        return step(*args, **more)
    except AnsibleFilterError as refused:
        told = str(refused)
        check_sentence(told)
        return None


def is_blank(value):
    return value is None or (isinstance(value, str) and not value.strip())


@given(st.one_of(values(), st.lists(st.one_of(values(), ENTRIES), max_size=3)), st.one_of(values(), ENTRIES))
def test_a_list_of_tenants_is_read_with_nothing_but_blanks_left_out(tried, given_tenants, defaults):
    tried()
    read = tenants(given_tenants, defaults)
    if isinstance(read, dict):
        check_sentence(read["problem"])
        return
    assert len(read) == len(given_tenants)
    for one, was in zip(read, given_tenants, strict=True):
        if isinstance(was, dict):
            assert {key for key, value in was.items() if not is_blank(value)} <= set(one)
        else:
            assert one == was
        told = refusal_of(one, check_mode=False)
        if told is not None:
            check_sentence(told)


@given(values())
def test_what_is_no_list_of_instances_makes_no_file(tried, given_instances):
    tried()
    filtered(tenants_file, given_instances)


LIVE = st.fixed_dictionaries(
    {
        "id": st.integers(min_value=1, max_value=2**62),
        "name": texts(),
        "subdomain": st.one_of(st.none(), texts(), st.just("acme")),
        "tags": st.lists(texts(), max_size=3),
        "enabled": st.booleans(),
        "configuration": st.dictionaries(texts(), values(), max_size=3),
    }
)


@given(st.lists(LIVE, min_size=1, max_size=3, unique_by=lambda one: one["id"]))
def test_a_file_of_tenants_says_what_is_live_to_the_letter(tried, live):
    tried()
    text = tenants_file(live)
    read = tenants_in_file(text)
    assert len(read) == len(live)
    for tenant, was in zip(read, live, strict=True):
        assert tenant.get("name", was["name"]) == was["name"]
        assert tenant.get("id", was["id"]) == was["id"]
        assert tenant.get("subdomain") in (None, was["subdomain"])
        assert tenant.get("tags") in (None, was["tags"])
        for key, value in tenant.get("configuration", {}).items():
            assert value == was["configuration"][key]
        assert refusal_of({**tenant, "api_key": "key-of-acme"}, check_mode=False) is None


@given(st.one_of(texts(), texts().map(lambda text: f"provision_tenants:\n  - {text}\n")))
def test_a_file_that_is_none_is_refused_in_a_sentence(tried, text):
    tried()
    filtered(tenants_in_file, text)


ONLY_YAML = """
!!int ''|!!float ''|!!timestamp x|!!binary ü|2001-99-99|{[]: 1}|? {a: b}|!x y|!!set {a, b}|!!omap [a: b]|!!pairs [a]|&a [*a]|<<: 1
|{<<: [1]}|\x00|%
""".replace("\n", "").split("|")


@pytest.mark.parametrize("node", [*ONLY_YAML, "[" * 2000, "9" * 5000], ids=lambda node: ascii(node[:20]))
def test_yaml_that_only_its_parser_knows_is_refused_in_a_sentence(tried, node):
    tried()
    filtered(tenants_in_file, f"provision_tenants:\n  - name: {node}\n")


PIECES = [
    "hubs",
    "instances",
    "helpdesk",
    "..",
    ".",
    "",
    "%2e",
    "%2E%2e",
    "%252e",
    "%2f",
    "%5c",
    "\\",
    ";",
    "?",
    "#",
    "%00",
    "%c0%ae",
    "//",
    " ",
]


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), texts()), max_size=6),
    st.sampled_from(["", "/", "/hubs/", "/hubs/helpdesk/"]),
)
def test_a_path_that_is_taken_stays_with_the_element_for_every_server(tried, pieces, beginning):
    tried()
    for path in (beginning + "/".join(pieces), beginning + "".join(pieces)):
        try:
            checked_path(path)
        except Refused as refused:
            check_sentence(refused.message)
            continue
        request = requests.PreparedRequest()
        request.prepare_url(f"https://platform.example/elements/api-v2{path}", None)
        seen = urlsplit(request.url)
        assert (seen.netloc, seen.query, seen.fragment) == ("platform.example", "", "")
        below = seen.path.removeprefix("/elements/api-v2")
        for _server in range(4):
            below = posixpath.normpath(unquote(below)).replace("\\", "/")
            assert below in ("/ping", "/objects") or below.startswith("/hubs/")
