# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one entry of all modules: every end is a result, and what core adds to it holds no secret."""

from __future__ import annotations

import pytest
from ansible.module_utils.basic import AnsibleModule
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _module
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Answered, Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import (
    CONNECTION_SPEC,
    ENVIRONMENT,
    FLEET_SPEC,
    INSTANCE_SPEC,
)

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
            _module.run(_module.Module(argument_spec={**CONNECTION_SPEC, **spec}, supports_check_mode=True), work)

        done = run_main(main, **{**SECRETS, **options})
        assert not any(secret in done.printed for secret in SECRETS.values())
        assert done.status == (1 if done.result.get("failed") else 0)
        return done

    return run


def nothing(module, connection):
    return {"changed": False}


def raising(error):
    def work(module, connection):
        raise error

    return work


def test_what_the_work_answers_is_the_result(ended):
    result = ended(lambda module, connection: {"changed": True, "id": 5}, name="acme").result

    assert (result["changed"], result["id"]) == (True, 5)
    assert "failed" not in result


def test_an_answer_that_says_failed_is_a_failure_with_all_of_it(ended):
    def work(module, connection):
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

    assert "This is a bug in cloudelements.freshdesk (KeyError at test_module.py:" in done.result["msg"]
    assert "key-of-acme" not in done.printed
    assert "Traceback" not in done.printed
    assert "exception" not in done.result


def test_a_connection_that_is_refused_never_comes_to_the_work(ended):
    result = ended(raising(AssertionError("it was called")), name="acme", base_url="http://example.com").result

    assert "would send the secrets in clear" in result["msg"]
    assert result["error"]["state"] == "failed"


def test_requests_that_is_not_installed_is_one_sentence_that_names_the_interpreter(ended, monkeypatch):
    monkeypatch.setattr(_module, "requests", None)
    result = ended(raising(AssertionError("it was called")), name="acme").result

    assert "requests" in result["msg"]
    assert "Python" in result["msg"]
    assert result["failed"] is True


def test_the_secrets_come_from_the_environment(monkeypatch):
    for option, secret in SECRETS.items():
        monkeypatch.setenv(ENVIRONMENT[option], secret)
    monkeypatch.setenv("CLOUDELEMENTS_TIMEOUT", "7")
    monkeypatch.setenv("CLOUDELEMENTS_VALIDATE_CERTS", "no")
    monkeypatch.setenv("CLOUDELEMENTS_BASE_URL", "")
    seen = []

    def work(module, connection):
        seen.append(connection)
        return {"changed": False}

    def main():
        _module.run(_module.Module(argument_spec={**CONNECTION_SPEC, **INSTANCE_SPEC}), work)

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
    result = ended(nothing, name="acme-acme", user_secret="acme").result

    assert result["invocation"]["module_args"]["name"] == "acme-acme"
    assert "shorter than 8 characters" in result["msg"]
    assert result["invocation"]["module_args"]["user_secret"] != "acme"


def test_a_harmless_configuration_value_masks_no_other_text(ended):
    def work(module, connection):
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
