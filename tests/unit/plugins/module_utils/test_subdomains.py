# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A customer who is renamed in the sheet does not silently become a second instance of the same Freshdesk account."""

from __future__ import annotations

import pytest
from support.in_process import Simulation
from support.pages import is_listed

ACME = {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}
RENAMED = {**ACME, "name": "acme-gmbh"}
OTHER = {"name": "other", "subdomain": "other", "api_key": "key-of-other"}
LOOKS_RENAMED = (
    "acme (id 600001) has its subdomain (acme) already, which looks like a rename: set id: 600001 to rename that one, or "
    "on_shared_subdomain to ignore if a second instance is meant."
)
WARNING = f"a new instance is created, and {LOOKS_RENAMED}"
REFUSAL = f"acme-gmbh was not created, since {LOOKS_RENAMED}"


@pytest.fixture
def simulation():
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any"})
    simulation.platform.add_instances([{"name": "acme", "subdomain": "acme"}])
    return simulation


def run_of(kind, simulation, renamed, check=False):
    """The tenant that is renamed, by a task of one or among others."""
    entries = [renamed] if kind == "one" else [OTHER, renamed]
    return simulation.run(entries, check=check).tenants[-1]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("kind", ["one", "many"])
def test_a_second_instance_of_an_account_is_created_with_a_warning_that_names_the_first(simulation, kind, check):
    tenant = run_of(kind, simulation, RENAMED, check)

    assert (tenant.action, tenant.warnings) == ("created", [WARNING])
    assert simulation.names() == (["acme"] if check else sorted(["acme", "acme-gmbh", *["other"] * (kind == "many")]))


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("kind", ["one", "many"])
def test_it_is_not_created_where_that_is_an_error(simulation, kind, check):
    tenant = run_of(kind, simulation, {**RENAMED, "on_shared_subdomain": "fail"}, check)

    assert (tenant.action, tenant.error.message) == ("failed", REFUSAL)
    assert "acme-gmbh" not in simulation.names()


@pytest.mark.parametrize("check", [True, False])
def test_on_error_stop_keeps_the_reason_and_writes_nothing(simulation, check):
    renamed = {**RENAMED, "on_shared_subdomain": "fail"}
    for entries in ([renamed, OTHER], [OTHER, renamed]):
        run = simulation.run(entries, check=check, stop_on_error=True)
        told = [tenant.error and tenant.error.message for tenant in run.tenants]

        assert REFUSAL in told
        assert simulation.names() == ["acme"]


def test_nothing_is_said_where_two_are_meant(simulation):
    assert run_of("many", simulation, {**RENAMED, "on_shared_subdomain": "ignore"}).warnings == []


def test_one_that_may_share_is_passed_over_where_another_may_not(simulation):
    meant = {**ACME, "name": "acme-test", "on_shared_subdomain": "ignore"}
    fleet = simulation.run([meant, RENAMED])

    assert [tenant.warnings for tenant in fleet.tenants] == [[], [WARNING]]


def test_only_what_is_created_is_warned_about(simulation):
    simulation.platform.add_instances([{"name": "beta", "subdomain": "acme"}, *[{"name": "twice"}] * 2])
    fleet = simulation.run([ACME, {**OTHER, "name": "twice"}, RENAMED])

    assert [tenant.action for tenant in fleet.tenants] == ["unchanged", "failed", "created"]
    assert [len(tenant.warnings) for tenant in fleet.tenants] == [0, 0, 1]


@pytest.mark.parametrize(
    ("more", "there"),
    [
        (["beta"], "acme (id 600001) and beta (id 600002) have its subdomain"),
        (["beta", "gamma"], "acme (id 600001) and beta (id 600002) and gamma (id 600003) have its subdomain"),
        (
            ["beta", "gamma", "delta", "omega"],
            "acme (id 600001) and beta (id 600002) and gamma (id 600003) and 2 more have its subdomain",
        ),
    ],
)
def test_of_many_that_have_the_account_three_are_named_and_the_others_counted(simulation, more, there):
    simulation.platform.add_instances([{"name": name, "subdomain": "acme"} for name in more])
    (warning,) = run_of("one", simulation, RENAMED).warnings

    assert there in warning
    assert is_listed(warning)


def test_with_its_id_it_is_renamed(simulation):
    tenant = run_of("many", simulation, {**RENAMED, "id": 600001, "on_shared_subdomain": "fail"})

    assert (tenant.action, tenant.warnings) == ("updated", [])
    assert simulation.names() == ["acme-gmbh", "other"]


def test_a_subdomain_is_the_same_in_capitals(simulation):
    assert run_of("one", simulation, {**RENAMED, "subdomain": "ACME", "on_shared_subdomain": "fail"}).error is not None


def test_one_that_moves_to_another_account_in_the_same_run_shares_none(simulation):
    moving = {**ACME, "subdomain": "acme-new"}
    fleet = simulation.run([moving, {**RENAMED, "on_shared_subdomain": "fail"}])

    assert [(tenant.action, tenant.warnings) for tenant in fleet.tenants] == [("updated", []), ("created", [])]


def test_entries_that_share_an_account_get_one_warning_and_not_two(simulation):
    assert simulation.run([ACME, RENAMED]).tenants[1].warnings == []


def test_the_lists_that_are_read_anyway_tell_it_without_another_request(simulation):
    simulation.one(**RENAMED)
    with_warning = simulation.calls()
    plain = Simulation()
    plain.platform.settings({"accounts": "any"})
    plain.platform.add_instances([{"name": "acme", "subdomain": "elsewhere"}])
    plain.one(**RENAMED)

    assert with_warning == plain.calls()


def test_one_that_keeps_its_account_in_the_same_run_is_a_reason_to_fail(simulation):
    fleet = simulation.run([ACME, {**RENAMED, "on_shared_subdomain": "fail"}])

    assert fleet.tenants[1].error.message == REFUSAL


def test_an_instance_with_an_id_is_not_created_so_its_account_is_not_looked_for(simulation):
    simulation.platform.settings({"hydrate": "ignored"})
    (number,) = simulation.platform.add_instances([{"name": "beta", "subdomain": "beta"}])
    simulation.run([{**RENAMED, "id": 600001, "on_shared_subdomain": "fail"}, OTHER], check=True)

    assert f"/instances/{number}" not in str(simulation.platform.requests())


@pytest.mark.parametrize("kind", ["one", "many"])
def test_where_lists_leave_configurations_out_they_are_asked_for_only_if_it_is_an_error(simulation, kind):
    simulation.platform.settings({"hydrate": "ignored"})

    assert run_of(kind, simulation, {**RENAMED, "on_shared_subdomain": "fail"}, True).error.message == REFUSAL
    assert simulation.calls().count("GET /instances/{id}") == 1
    assert run_of(kind, simulation, RENAMED, True).warnings == []
    assert simulation.calls().count("GET /instances/{id}") == 1


def test_one_whose_account_a_list_shows_is_not_read_though_the_list_lacks_its_token(simulation):
    shown = {"id": 600001, "name": "acme", "configuration": {"subdomain": "acme"}}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": [shown], "match": {"verb": "GET"}, "times": None})

    assert run_of("many", simulation, {**RENAMED, "on_shared_subdomain": "fail"}, True).error.message == REFUSAL
    assert "GET /instances/{id}" not in simulation.calls()


def test_what_cannot_be_asked_for_creates_nothing_where_it_must_be_known(simulation):
    simulation.platform.settings({"hydrate": "ignored"})
    simulation.platform.add_faults({"fault": "status", "status": 403, "match": {"path": "/instances/600001"}})
    fleet = simulation.run([OTHER, {**RENAMED, "on_shared_subdomain": "fail"}])

    assert [tenant.action for tenant in fleet.tenants] == ["created", "failed"]
    assert simulation.names() == ["acme", "other"]


def test_a_run_of_one_counts_what_it_reads_about_others(simulation):
    simulation.platform.settings({"hydrate": "ignored"})
    done = simulation.one(**RENAMED, on_shared_subdomain="fail", check=True)

    assert done["http"]["requests"] == len(simulation.calls()) > 1


def test_of_many_each_that_is_read_has_a_time_budget_of_its_own(simulation):
    simulation.platform.settings({"hydrate": "ignored"})
    for number in (600001, *simulation.platform.add_instances([{"name": "beta", "subdomain": "beta"}])):
        busy = {"fault": "throttle", "retry_after": 100, "times": 2, "match": {"path": f"/instances/{number}"}}
        simulation.platform.add_faults(busy)

    assert run_of("many", simulation, {**RENAMED, "on_shared_subdomain": "fail"}).error.message == REFUSAL
