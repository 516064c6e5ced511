# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module is: every end of its work is a result, and what core adds to that of a module holds no secret."""

from __future__ import annotations

import os

import pytest
from ansible.module_utils.basic import AnsibleModule
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tasks
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Answered, Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import (
    CONNECTION_SPEC,
    ENVIRONMENT,
    FLEET_SPEC,
    INSTANCE_SPEC,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._session import Stopped

SECRETS = {"user_secret": "user/secret+of=one", "organization_secret": "organization/secret+of=acme"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for variable in ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def ended():
    """What a module ends with whose work is C(work)."""

    def run(work, spec=None, **options):
        spec = INSTANCE_SPEC if spec is None else spec

        def main():
            _tasks.run_as_module(_tasks.Task("any", spec, work))

        done = run_main(main, **{**SECRETS, **options})
        assert not any(secret in done.printed for secret in SECRETS.values())
        assert done.status == (1 if done.result.get("failed") else 0)
        return done

    return run


def nothing(params, context):
    return {"changed": False}


def connecting(params, context):
    context.transport(params)
    raise AssertionError("there is a way to the platform")


def raising(error):
    def work(params, context):
        raise error

    return work


def test_what_the_work_returns_is_the_result(ended):
    result = ended(lambda params, context: {"changed": True, "id": 5}, name="acme").result

    assert (result["changed"], result["id"]) == (True, 5)
    assert "failed" not in result


def test_an_answer_that_says_failed_is_a_failure_with_all_of_it(ended):
    def work(params, context):
        return {"changed": True, "failed": True, "msg": "It broke.", "id": 5}

    result = ended(work, name="acme").result

    assert (result["failed"], result["changed"], result["msg"], result["id"]) == (True, True, "It broke.", 5)


def test_an_error_is_a_failure_with_its_facts(ended):
    error = Answered("It is in use.", state="partial", status=409, request_id="abc", attempts=2)
    result = ended(raising(error), name="acme").result

    assert (result["failed"], result["changed"], result["msg"]) == (True, False, "It is in use.")
    assert result["error"] == error.as_dict()


def test_a_bug_is_one_sentence_that_says_where_and_nothing_of_what(ended):
    done = ended(raising(KeyError("key-of-acme")), name="acme", api_key="key-of-acme")

    assert "This is a bug in cloudelements.freshdesk (KeyError at test_tasks.py:" in done.result["msg"]
    assert "key-of-acme" not in done.printed
    assert "Traceback" not in done.printed
    assert "exception" not in done.result


def test_a_connection_that_is_refused_is_reported_so(ended):
    result = ended(connecting, name="acme", base_url="http://example.com").result

    assert "would send the secrets in clear text" in result["msg"]
    assert result["error"]["state"] == "failed"


def test_requests_that_is_not_installed_is_one_sentence_that_names_the_interpreter(ended, monkeypatch):
    monkeypatch.setattr(_tasks, "requests", None)
    result = ended(connecting, name="acme").result

    assert "requests" in result["msg"]
    assert "Python" in result["msg"]
    assert result["failed"] is True


def test_a_missing_secret_says_that_it_is_the_environment_of_the_host_that_counts(ended):
    done = run_main(lambda: _tasks.run_as_module(_tasks.Task("any", INSTANCE_SPEC, connecting)), name="acme")

    assert "set CLOUDELEMENTS_USER_SECRET in the environment of the host that the task ran on" in done.result["msg"]


def test_a_warning_is_reported_once(ended, monkeypatch):
    said = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda self, text: said.append(text))

    def work(params, context):
        context.warn("one", "two")
        context.warn("one")
        return {"changed": False}

    ended(work, name="acme")
    assert said == ["one", "two"]


def test_that_the_process_which_started_it_is_gone_ends_the_work(monkeypatch):
    def work(params, context):
        session = context.transport(params).session
        session.check()
        monkeypatch.setattr(os, "getppid", lambda: 1)
        session.check()

    monkeypatch.setattr(os, "getppid", lambda: 7)
    params = {**{name: spec.get("default") for name, spec in CONNECTION_SPEC.items()}, **SECRETS}
    with pytest.raises(Stopped):
        _tasks.Task("any", {}, work).run(params, _tasks.Context(check_mode=False))


def test_the_secrets_come_from_the_environment(monkeypatch):
    for option, secret in SECRETS.items():
        monkeypatch.setenv(ENVIRONMENT[option], secret)
    monkeypatch.setenv("CLOUDELEMENTS_TIMEOUT", "7")
    monkeypatch.setenv("CLOUDELEMENTS_VALIDATE_CERTS", "no")
    monkeypatch.setenv("CLOUDELEMENTS_BASE_URL", "")
    seen = []

    def work(params, context):
        seen.append(context.transport(params).connection)
        return {"changed": False}

    def main():
        _tasks.run_as_module(_tasks.Task("any", INSTANCE_SPEC, work))

    done = run_main(main, name="acme")

    assert not any(secret in done.printed for secret in SECRETS.values())
    assert (seen[0].user_secret, seen[0].timeout, seen[0].validate_certs) == (SECRETS["user_secret"], 7, False)
    assert seen[0].base_url == "https://api.cloud-elements.com/elements/api-v2"


# What core adds


def test_the_invocation_shows_what_is_harmless_and_hides_secrets_by_field(ended):
    options = {
        "name": "acme",
        "api_key": "key-of-acme",
        "tags": ["crm"],
        "events": {"enabled": True, "signature_key": "signature-key"},
        "configuration": {
            "filter.response.nulls": True,
            "oauth.api.secret": "secret-value",
            "nested": {"password": "nested-secret", "list": [{"a.token": "another-secret", "b": 1}]},
        },
    }
    done = ended(nothing, **options)
    shown = done.result["invocation"]["module_args"]

    assert (shown["name"], shown["tags"], shown["events"]["enabled"]) == ("acme", ["crm"], True)
    assert shown["configuration"]["filter.response.nulls"] is True
    assert shown["configuration"]["nested"]["list"][0]["b"] == 1
    for secret in ("key-of-acme", "signature-key", "secret-value", "nested-secret", "another-secret"):
        assert secret not in done.printed


def test_a_short_secret_that_is_refused_mangles_no_other_text(ended):
    result = ended(connecting, name="acme-acme", user_secret="acme").result

    assert result["invocation"]["module_args"]["name"] == "acme-acme"
    assert "shorter than 8 characters" in result["msg"]
    assert result["invocation"]["module_args"]["user_secret"] != "acme"


def test_a_harmless_configuration_value_masks_no_other_text(ended):
    def work(params, context):
        return {"changed": False, "id": 15, "message": "15 of 15"}

    result = ended(work, name="acme15", configuration={"pagination.max": 15}).result

    assert (result["message"], result["invocation"]["module_args"]["name"]) == ("15 of 15", "acme15")


def test_the_entries_of_a_fleet_are_counted_and_not_shown(ended):
    entries = [
        {"name": "a", "api_key": "key-of-a-tenant"},
        {"name": "b", "configuration": {"password": "secret-value"}},
    ]
    done = ended(nothing, spec=FLEET_SPEC, instances=entries)

    assert done.result["invocation"]["module_args"]["instances"] == "2 entries"
    assert "key-of-a-tenant" not in done.printed
    assert "secret-value" not in done.printed


def test_a_failure_hides_secrets_just_as_well(ended):
    done = ended(
        raising(Refused("No.")), name="acme", configuration={"password": "secret-value"}, api_key="key-of-acme"
    )

    assert "secret-value" not in done.printed
    assert "key-of-acme" not in done.printed


def test_the_log_of_the_target_names_options_and_no_value(ended, monkeypatch):
    logged = []
    monkeypatch.setattr(AnsibleModule, "log", lambda self, message, *args, **kwargs: logged.append(message))
    ended(nothing, name="acme", configuration={"any": "hidden-value"})

    assert any("configuration" in line and "name" in line for line in logged)
    assert not any(value in line for line in logged for value in ("acme", "hidden-value", *SECRETS.values()))
