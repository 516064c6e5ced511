# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup: tokens in the order of the names, in few requests, and one sentence for all that goes wrong."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleLookupError
from support.in_process import Simulation
from support.plugins import made

from ansible_collections.cloudelements.freshdesk.plugins.lookup import instance_token
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import ENVIRONMENT
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _connection

LIST = "GET /instances"
SECRETS = {"user_secret": "user/secret+of=one", "organization_secret": "organization/secret+of=acme"}


@pytest.fixture
def simulation(monkeypatch):
    for variable in ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)
    simulation = Simulation()
    simulation.platform.add_instances([{"name": name} for name in ("acme", "beta", "twice", "twice")])
    monkeypatch.setattr(instance_token, "Transport", simulation.connect)
    return simulation


def look_up(*names, check=False, **options):
    given = {"base_url": "https://platform.example", **SECRETS, **options}
    given = {name: value for name, value in given.items() if value is not None}
    return made(instance_token, "lookup").run(list(names), {"ansible_check_mode": check}, **given)


def refusal(*names, **options):
    with pytest.raises(AnsibleLookupError) as refused:
        look_up(*names, **options)
    told = str(refused.value)
    assert told.endswith((".", "?"))
    assert "\n" not in told
    assert refused.value.__cause__ is None
    assert not [secret for secret in SECRETS.values() if secret in told]
    return told


def test_one_name_is_searched_for(simulation):
    assert look_up("beta") == [simulation.the("beta")["token"]]
    assert simulation.calls() == [LIST]
    assert simulation.platform.requests()[0]["query"]["searchText"] == "beta"


def test_several_names_need_one_list_and_come_in_their_order(simulation):
    acme, beta = simulation.the("acme")["token"], simulation.the("beta")["token"]

    assert look_up("beta", ["acme", "beta"]) == [beta, acme, beta]
    assert simulation.calls() == [LIST]


def test_the_tokens_are_registered_as_secrets_and_the_placeholder_is_not(simulation, monkeypatch):
    registered = []
    monkeypatch.setattr(instance_token, "register_secret", registered.append)

    look_up("acme", "nobody", check=True)

    assert registered == [simulation.the("acme")["token"]]


def test_a_dry_run_gives_the_placeholder_for_a_name_that_is_not_there(simulation):
    assert look_up("nobody", "acme", check=True) == ["check-mode-placeholder", simulation.the("acme")["token"]]


@pytest.mark.parametrize(
    ("names", "options", "says"),
    [
        (["nobody"], {}, "No instance with the name nobody"),
        (["acme", "x", "y"], {}, "No instance with the name x or y"),
        (
            ["twice"],
            {},
            "Several instances have the name twice (id 600003 (created 2017-08-07T18:46:38Z, owner 9001), id 600004",
        ),
        ([], {}, "There is no name to look up"),
        (["acme", 7], {}, "Name 2 to look up is empty or not a string"),
        ([""], {}, "Name 1 to look up is empty or not a string"),
        (["acme"], {"user_secret": None}, "user_secret is not set"),
        (["acme"], {"user_secret": ""}, "user_secret is not set"),
        (["acme"], {"organization_secret": "short"}, "organization_secret is shorter than 8 characters"),
        (["acme"], {"timeout": "soon"}, "timeout must be of type int"),
        (["acme"], {"user_secret": ["SENTINEL-secret"]}, "user_secret must be of type str"),
        (["acme"], {"organization_secret": {"SENTINEL-secret": 1}}, "organization_secret must be of type str"),
        (["acme"], {"validate_certs": "perhaps"}, "validate_certs must be of type bool"),
        (["acme"], {"ca_path": "/nowhere.pem"}, "ca_path names /nowhere.pem, which is not there"),
        (["acme"], {"user_secrt": "x"}, "user_secrt is not an option: perhaps you mean user_secret."),
        (["acme"], {"base_url": "http://platform.example"}, "base_url uses http://"),
        (["acme"], {"user_secret": "user/secret+of=nobody"}, "refused the secrets"),
        (["acme"], {"element": "freshdeskv3"}, "the platform has no element of that key"),
        (["acme"], {"element": "freshdeskv3", "check": True}, "the platform has no element of that key"),
        (["acme"], {"element": "491"}, "which the platform knows as freshdeskv2: set element to that key"),
    ],
)
def test_what_is_wrong_is_one_sentence(simulation, names, options, says):
    assert says in refusal(*names, **options)


def test_an_error_of_our_own_shows_no_traceback_and_no_value(simulation, monkeypatch):
    def broken(*_arguments, **_more):
        raise ZeroDivisionError(SECRETS["user_secret"])

    monkeypatch.setattr(instance_token, "Transport", broken)

    assert "This is a bug in cloudelements.freshdesk (ZeroDivisionError" in refusal("acme")


def test_without_requests_it_is_named_what_is_missing(simulation, monkeypatch):
    monkeypatch.setattr(_connection, "requests", None)

    assert "requests" in refusal("acme")


def test_the_connection_comes_from_the_environment_where_what_is_empty_counts_as_unset(simulation, monkeypatch):
    for option, variable in ENVIRONMENT.items():
        monkeypatch.setenv(variable, SECRETS.get(option, ""))

    assert look_up("acme", user_secret=None, organization_secret=None) == [simulation.the("acme")["token"]]


def test_a_secret_in_the_environment_that_is_short_is_refused(simulation, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT["user_secret"], "short")

    assert "user_secret is shorter than 8 characters" in refusal("acme", user_secret=None)


def test_a_value_in_the_environment_that_cannot_be_read_names_the_variable(simulation, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT["timeout"], "soon")

    assert "CLOUDELEMENTS_TIMEOUT in the environment must be of type int" in refusal("acme")


def test_an_empty_variable_does_not_switch_the_trust_in_certificates_off(simulation, monkeypatch):
    seen = []
    monkeypatch.setenv(ENVIRONMENT["validate_certs"], "")
    monkeypatch.setenv(ENVIRONMENT["ca_path"], "")

    def connect(connection, **more):
        seen.append(connection)
        return simulation.connect(connection, **more)

    monkeypatch.setattr(instance_token, "Transport", connect)
    look_up("acme")

    assert seen[0].validate_certs is True
    assert seen[0].ca_path is None
