# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of the connection, and what the environment gives."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _options, _redact
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import (
    CONNECTION_SPEC,
    ENVIRONMENT,
    Connection,
    from_environment,
    normalised_base_url,
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for variable in ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)


def refusal_of(params):
    """The one sentence that the connection is refused with."""
    with pytest.raises(Refused) as caught:
        Connection.from_params(params)
    message = caught.value.message
    assert message.endswith(".")
    assert "\n" not in message
    return message


# base_url


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://api.cloud-elements.com", "https://api.cloud-elements.com/elements/api-v2"),
        ("https://api.cloud-elements.com/", "https://api.cloud-elements.com/elements/api-v2"),
        ("https://api.cloud-elements.com/elements/api-v2", "https://api.cloud-elements.com/elements/api-v2"),
        ("https://api.cloud-elements.com/elements/api-v2/", "https://api.cloud-elements.com/elements/api-v2"),
        ("https://api.cloud-elements.com/elements/api-v2///", "https://api.cloud-elements.com/elements/api-v2"),
        (" https://api.cloud-elements.co.uk\n", "https://api.cloud-elements.co.uk/elements/api-v2"),
        ("HTTPS://API.Cloud-Elements.COM", "https://api.cloud-elements.com/elements/api-v2"),
        ("https://gateway.example.com/ce", "https://gateway.example.com/ce/elements/api-v2"),
        ("https://gateway.example.com/ce/elements/api-v2", "https://gateway.example.com/ce/elements/api-v2"),
        ("https://gateway.example.com:8443", "https://gateway.example.com:8443/elements/api-v2"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/elements/api-v2"),
        ("http://localhost:8080", "http://localhost:8080/elements/api-v2"),
        ("http://LOCALHOST", "http://localhost/elements/api-v2"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/elements/api-v2"),
        ("http://127.8.9.10", "http://127.8.9.10/elements/api-v2"),
        ("http://[::1]:8080", "http://[::1]:8080/elements/api-v2"),
    ],
)
def test_the_base_url_is_taken_with_and_without_the_path_of_the_api(given, base):
    assert normalised_base_url(given) == base


@pytest.mark.parametrize(
    "given",
    [
        "http://api.cloud-elements.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[2001:db8::1]",
        "http://2130706433",
    ],
)
def test_http_is_refused_for_any_host_but_loopback(given):
    with pytest.raises(Refused, match="would send the secrets in clear text: use https://"):
        normalised_base_url(given)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "api.cloud-elements.com",
        "ftp://api.cloud-elements.com",
        "https://",
        "https://:443",
        "https:///elements/api-v2",
        "https://host:port",
        "https://host:99999",
        "https://[::1",
        "https://somebody:secretpassword@host",
        "https://secretpassword@host",
        "https://@host",
        "https://localhost\\@example.com",
        "https://host?token=secretpassword",
        "https://host#secretpassword",
        "javascript:alert(1)",
        "https://host\x1b[31m",
        "https://\u202ehost",
        "//host",
    ],
)
def test_an_invalid_base_url_is_refused_with_an_example_and_without_its_password(given):
    with pytest.raises(Refused) as caught:
        normalised_base_url(given)

    assert caught.value.message.startswith("base_url ")
    assert "https://api.cloud-elements.com" in caught.value.message
    assert "secretpassword" not in caught.value.message


@pytest.mark.parametrize(
    "path", ["/elements/api-v2/elements/api-v2", "/ce/elements/api-v2/elements/api-v2/", "/elements/api-v2/instances"]
)
def test_a_base_url_with_the_path_twice_or_with_more_behind_it_is_refused(path):
    with pytest.raises(Refused) as caught:
        normalised_base_url(f"https://gateway.example.com{path}")

    assert caught.value.message == (
        "base_url has the path /elements/api-v2 twice, or something after it: give it once, at the end, or leave it out."
    )


def test_a_path_that_only_begins_like_that_of_the_api_is_part_of_the_address():
    base = normalised_base_url("https://gateway.example.com/elements/api-v2-test")

    assert base == "https://gateway.example.com/elements/api-v2-test/elements/api-v2"


# Secrets


@pytest.mark.parametrize("option", ["user_secret", "organization_secret"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_secret_names_the_option_and_its_variable(params, option, value):
    message = refusal_of({**params, option: value})

    assert message == (
        f"{option} is not set: give the option, or set {ENVIRONMENT[option]} in the environment of the command that runs "
        "Ansible; the keyword environment does not reach this plugin (an empty value counts as unset)."
    )


@pytest.mark.parametrize("option", ["user_secret", "organization_secret"])
@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("short12", "shorter than 8 characters"),
        ("x", "shorter than 8 characters"),
        ('"in-quotes-1"', "has quotes around it, which are not part of a secret: give it without them"),
        ("'in-quotes-1'", "has quotes around it, which are not part of a secret: give it without them"),
        ('"in-quotes\n-1"', "has quotes around it, which are not part of a secret: give it without them"),
        ("\u201cin-quotes-1\u201d", "has quotes around it, which are not part of a secret: give it without them"),
        ("long-enough\n", "begins or ends with a blank, a line break or an invisible character"),
        ("long\nenough", "line break or another control character"),
        ("long\x00enough", "line break or another control character"),
        ("long enough", "a blank or a comma"),
        ("long,enough", "a blank or a comma"),
        ("long\u00a0enough", "a blank or a comma"),
        ("lóng-enough", "characters outside ASCII"),
    ],
)
def test_a_secret_that_cannot_be_one_is_refused_without_its_value(params, option, value, why):
    message = refusal_of({**params, option: value})

    assert message.startswith(f"{option} ")
    assert why in message
    assert value not in message


# What stands where a secret should, since a tool or a person put it there. (No mark of a test's: messages must not hold any of it.)
AROUND = "begins or ends with a blank, a line break or an invisible character"
STAND_INS = [
    ("{{ vault_acme_key }}", "is still a template"),
    ("prefix-{{vault_acme_key}}", "is still a template"),
    ("{% if x %}key-of-acme{% endif %}", "is still a template"),
    ("$ANSIBLE_VAULT;1.1;AES256\n6162636465", "is still encrypted with Ansible Vault"),
    *((mask, "is only the mask of a hidden secret") for mask in (
        "********", "**************", "$encrypted$", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "<redacted>", "$REDACTED$",
        "[REDACTED]", "(sensitive value)", "\u2022" * 12, "NOT_LOGGING_PASSWORD", " ******** ",
    )),
    *((f"{blank}key-of-acme", AROUND) for blank in (" ", "\t", "\u00a0", "\ufeff", "\u200b", "\u2060", "\u3000")),
    *((f"key-of-acme{blank}", AROUND) for blank in (" ", "\r\n", "\u00a0", "\ufeff", "\u200b")),
]  # fmt: skip


@pytest.mark.parametrize(("value", "why"), STAND_INS)
def test_a_masked_secret_is_refused_naming_the_option_and_never_the_value(params, value, why):
    for told in (
        _redact.secret_refusal("api_key", value),
        refusal_of({**params, "user_secret": value}),
        refusal_of({**params, "organization_secret": value}),
    ):
        assert why in told
        assert value.strip() not in told
        assert is_listed(told.removesuffix("."))


@pytest.mark.parametrize(
    "secret", ["a{b}c}d{e", "pass{{word", "x*********", "redacted-1", "$ANSIBLE_VAULT-key", "two words"]
)
def test_a_secret_that_only_looks_a_little_like_that_is_taken(secret):
    assert _redact.secret_refusal("api_key", secret) is None


def test_a_secret_may_hold_all_that_the_platforms_secrets_hold(connection):
    assert connection(user_secret="aB/+=-_.").user_secret == "aB/+=-_."


# The rest


@pytest.mark.parametrize(
    ("option", "value"), [("timeout", 0), ("timeout", -1), ("timeout", 86401), ("retry_timeout", -1)]
)
def test_times_beyond_reason_are_refused(params, option, value):
    assert refusal_of({**params, option: value}).startswith(f"{option} must be from ")


def test_retries_can_be_switched_off(connection):
    assert connection(retry_timeout=0).retry_timeout == 0


@pytest.mark.parametrize("element", ["", "a b", "a/b", "..", ".", "../instances", "a?b", "ö", "a\n"])
def test_an_element_that_cannot_be_one_is_refused(params, element):
    assert refusal_of({**params, "element": element}).startswith("element must be the key of an element")


@pytest.mark.parametrize("element", ["freshdeskv2", "sap-crm", "my_element.v2"])
def test_other_elements_are_taken(connection, element):
    assert connection(element=element).element == element


def test_a_ca_path_that_is_not_there_is_refused(params, tmp_path):
    assert "which is not there: give a PEM file or a folder" in refusal_of({**params, "ca_path": str(tmp_path / "x")})


def test_an_empty_ca_path_counts_as_unset(connection):
    assert connection(ca_path="").ca_path is None


def test_the_defaults_are_those_of_the_interface(connection):
    made = connection()

    assert (made.base_url, made.validate_certs, made.ca_path) == (
        "https://api.cloud-elements.com/elements/api-v2",
        True,
        None,
    )
    assert (made.timeout, made.retry_timeout, made.element) == (60, 300, "freshdeskv2")


@pytest.mark.parametrize("concurrency", [0, -1, 65])
def test_concurrency_is_from_1_to_64(concurrency):
    with pytest.raises(Refused, match=rf"^concurrency must be from 1 to 64, not {concurrency}\.$"):
        _options.checked_concurrency(concurrency)
    assert [_options.checked_concurrency(number) for number in (1, 64)] == [1, 64]


# The environment


def test_a_variable_gives_its_value(monkeypatch):
    monkeypatch.setenv("CLOUDELEMENTS_BASE_URL", "https://example.com")

    assert from_environment("CLOUDELEMENTS_BASE_URL") == "https://example.com"


@pytest.mark.parametrize("variable", ENVIRONMENT.values())
def test_an_empty_variable_counts_as_unset(monkeypatch, variable):
    monkeypatch.setenv(variable, "")
    with pytest.raises(AnsibleFallbackNotFound):
        from_environment(variable)


@pytest.mark.parametrize("option", ["user_secret", "organization_secret"])
def test_a_short_secret_of_the_environment_never_reaches_core_and_is_refused_all_the_same(params, monkeypatch, option):
    monkeypatch.setenv(ENVIRONMENT[option], "abc")
    with pytest.raises(AnsibleFallbackNotFound):
        from_environment(ENVIRONMENT[option])
    message = refusal_of({**params, option: None})

    assert message.startswith(f"{ENVIRONMENT[option]} is shorter than 8 characters")
    assert "abc" not in message


def test_a_short_value_that_is_no_secret_is_taken_from_the_environment(monkeypatch):
    monkeypatch.setenv("CLOUDELEMENTS_TIMEOUT", "5")

    assert from_environment("CLOUDELEMENTS_TIMEOUT") == "5"


def test_every_variable_is_the_options_name_in_capitals():
    assert {f"CLOUDELEMENTS_{option.upper()}": option for option in ENVIRONMENT} == {
        variable: option for option, variable in ENVIRONMENT.items()
    }
    for option, variable in ENVIRONMENT.items():
        assert CONNECTION_SPEC[option]["fallback"] == (from_environment, [variable])
