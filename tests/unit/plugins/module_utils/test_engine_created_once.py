# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Created at most once: whatever becomes of the answer to a create, and whoever else creates the same name."""

from __future__ import annotations

import random

import pytest
from support.in_process import START, Race, Simulation, adapter_of, every_order, result

ACME = {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}
LIST, POST = "GET /instances", "POST /instances"
DELETE = "DELETE /instances/{id}"
BEFORE = [LIST, LIST, "GET /elements/{key}"]
"""The requests before the first create on an empty platform: a search, the whole list, and whether there is such an element."""

COMMITTED = [
    {"fault": "drop_after"},
    {"fault": "hang_after"},
    {"fault": "hang_after", "seconds": 5},
    {"fault": "truncate"},
    {"fault": "not_json"},
    {"fault": "drip"},
    {"fault": "huge"},
    {"fault": "wrong_shape", "body": ["unexpected"]},
    {"fault": "wrong_shape", "body": {"id": 600001}},
    {"fault": "wrong_shape", "body": {"id": 600001, "token": None}},
    {"fault": "wrong_shape", "body": {"id": 600001, "token": "two words"}},
    {"fault": "wrong_shape", "body": {"id": "600001", "token": "token"}},
    {"fault": "wrong_shape", "body": {"id": True, "token": "token"}},
    {"fault": "wrong_shape", "body": {"token": "token"}},
    *({"fault": "status", "status": status, "commit": True} for status in (500, 501, 502, 503, 504, 507, 599)),
    *({"fault": "status", "status": status, "commit": True} for status in (202, 299, 302, 303, 408, 424, 499, 600)),
    {"fault": "status", "status": 204, "commit": True, "body": "empty"},
    {"fault": "status", "status": 502, "commit": True, "body": "html"},
    {"fault": "status", "status": 500, "commit": True, "body": "empty"},
    {"fault": "echo_headers", "commit": True},
    {"fault": "latency", "seconds": 75},
]
NOT_COMMITTED = [
    {"fault": "drop_before"},
    {"fault": "hang_before"},
    *({"fault": "status", "status": status} for status in (302, 408, 499, 500, 501, 502, 503, 504)),
    {"fault": "status", "status": 503, "retry_after": 1},
]


def lose(simulation, fault, **more):
    simulation.platform.add_faults({"match": {"verb": "POST"}, **fault, **more})


def named(fault):
    return "-".join(str(value) for value in fault.values())


@pytest.fixture
def simulation():
    return Simulation()


# The answer is lost, and the instance is there


@pytest.mark.parametrize("fault", COMMITTED, ids=named)
def test_a_create_whose_answer_was_lost_is_adopted_and_not_repeated(simulation, fault):
    lose(simulation, fault)
    done = simulation.one(**ACME, tags=["crm"])

    assert done["error"] is None
    assert (done["action"], done["changed"], done["pending"]) == ("recovered", True, False)
    assert simulation.names() == ["acme"]
    assert simulation.writes() == [POST]
    assert (done["id"], done["token"]) == (simulation.the("acme")["id"], simulation.the("acme")["token"])


@pytest.mark.parametrize("fault", COMMITTED, ids=named)
def test_many_creates_whose_answers_were_lost_are_all_adopted_by_one_list_a_round(simulation, fault):
    lose(simulation, fault, times=None)
    names = [f"tenant-{number}" for number in range(8)]
    fleet = simulation.run([{**ACME, "name": name} for name in names])

    assert [tenant.action for tenant in fleet.tenants] == ["recovered"] * 8
    assert simulation.names() == names
    assert simulation.writes() == [POST] * 8
    # The two first lists, the closing one, and the rounds between them: one where no create takes longer than a look waits.
    quick = all(r["ended"] == r["begun"] for r in simulation.platform.requests()) and simulation.clock.time < START + 5
    assert simulation.calls().count(LIST) <= (4 if quick else 2 * 8)


def test_a_recovered_instance_is_planned_again_and_brought_to_what_is_desired(simulation):
    lose(simulation, {"fault": "drop_after"})
    changed = []

    def meddle(request):
        if request.method == "GET" and simulation.names() == ["acme"] and not changed:
            changed.append(simulation.the("acme")["id"])
            simulation.platform.change_instance(changed[0], {"tags": ["other"], "disabled": True})

    done = simulation.one(**ACME, tags=["crm"], enabled=True, before=meddle)

    assert (done["action"], done["error"]) == ("recovered", None)
    assert simulation.the("acme")["tags"] == ["crm"]
    assert simulation.the("acme")["disabled"] is False
    assert done["instance"]["tags"] == ["crm"]
    assert simulation.writes() == [POST, "PATCH /instances/{id}", "PUT /instances/{id}/enabled"]


def test_a_recovered_instance_is_disabled_where_that_is_desired(simulation):
    lose(simulation, {"fault": "drop_after"})
    done = simulation.one(**ACME, enabled=False)

    assert (done["action"], done["instance"]["enabled"]) == ("recovered", False)
    assert simulation.the("acme")["disabled"] is True


def test_a_recovered_instance_of_which_the_list_shows_no_configuration_is_asked_for_it(simulation):
    simulation.platform.settings({"list_configuration": "empty"})
    lose(simulation, {"fault": "drop_after"})
    done = simulation.one(**ACME, configuration={"filter.response.nulls": False})

    assert (done["action"], done["error"]) == ("recovered", None)
    assert done["instance"]["configuration"]["filter.response.nulls"] == "false"


def test_a_recovered_instance_is_verified(simulation):
    simulation.platform.accounts({"acme": "the-right-key"})
    lose(simulation, {"fault": "drop_after"})
    done = simulation.one(**ACME, verify=True, on_verify_failure="delete")

    assert done["action"] == "failed"
    assert "Freshdesk refuses the API key" in done["error"]["message"]
    assert simulation.names() == ["acme"], "only an id that our own POST returned may be deleted"


def test_several_of_the_name_after_a_lost_answer_are_listed_and_none_is_deleted(simulation):
    lose(simulation, {"fault": "drop_after"})

    def meddle(request):
        if request.method == "POST":
            simulation.platform.add_instances([{"name": "acme", "created": START - 5, "user": 9001}])

    done = simulation.one(**ACME, before=meddle)

    assert done["action"] == "failed"
    assert done["error"]["state"] == "partial"
    listed = ", ".join(
        f"id {one['id']} (created {one['created']}, owner 9001)" for one in simulation.platform.instances()
    )
    assert done["error"]["message"] == (
        f"acme is the name of 2 instances now, and the answer to the create of this run was lost: {listed}; nothing was "
        "deleted; delete by id those you do not need, then run again."
    )
    assert simulation.names() == ["acme", "acme"]
    assert simulation.writes() == [POST]


def test_a_second_one_seen_only_by_the_closing_look_after_a_lost_answer_is_listed_too(simulation):
    lose(simulation, {"fault": "drop_after"})
    looks = []

    def meddle(request):
        if request.method == "GET":
            looks.append(request)
            if len(looks) == 4:
                simulation.platform.add_instances([{"name": "acme"}])

    done = simulation.one(**ACME, before=meddle)

    assert (done["action"], done["error"]["state"]) == ("failed", "partial")
    assert simulation.writes() == [POST]
    assert simulation.names() == ["acme", "acme"]


# The answer is lost, and the instance is not there (yet)


@pytest.mark.parametrize("fault", NOT_COMMITTED, ids=named)
def test_a_create_that_came_to_nothing_is_repeated_only_after_its_absence_is_proven(simulation, fault):
    lose(simulation, fault)
    done = simulation.one(**ACME)

    assert (done["action"], done["error"]) == ("created", None)
    assert simulation.names() == ["acme"]
    first, second = (r for r in simulation.platform.requests() if r["verb"] == "POST")
    lost_at = first["begun"] + (60 if fault["fault"] == "hang_before" else 0)
    proof = [r for r in simulation.platform.requests() if r["verb"] == "GET" and first["n"] < r["n"] < second["n"]][-1]
    assert proof["begun"] >= lost_at + 60
    assert "searchText" not in proof["query"], "absence is proven by a whole list"
    assert second["begun"] >= proof["ended"]


def test_the_looks_wait_longer_each_time(simulation):
    lose(simulation, {"fault": "drop_before"})
    simulation.one(**ACME)

    first, second = (r for r in simulation.platform.requests() if r["verb"] == "POST")
    looks = [r["begun"] for r in simulation.platform.requests() if first["n"] < r["n"] < second["n"]]
    waits = [later - earlier for earlier, later in zip([first["begun"], *looks], looks, strict=False)]
    assert waits[:-1] == [0.5, 1, 2, 4, 8, 16]
    assert sum(waits) == 60


def test_the_looks_narrow_until_the_one_that_proves(simulation):
    lose(simulation, {"fault": "drop_before"})
    simulation.one(**ACME)

    first, second = (r for r in simulation.platform.requests() if r["verb"] == "POST")
    looks = [r for r in simulation.platform.requests() if first["n"] < r["n"] < second["n"]]
    assert ["searchText" in look["query"] for look in looks] == [True] * (len(looks) - 1) + [False]


@pytest.mark.parametrize("commit_after", [0, 0.25, 1, 29.5, 30, 59.9, 60])
@pytest.mark.parametrize("ending", ["drop", "hang"])
@pytest.mark.parametrize("tenants", [1, 3])
def test_a_commit_that_comes_within_the_timeout_is_adopted(simulation, commit_after, ending, tenants):
    lose(simulation, {"fault": "late", "commit_after": commit_after, "ending": ending}, times=tenants)
    fleet = simulation.run([{**ACME, "name": f"tenant-{number}"} for number in range(tenants)])

    assert [tenant.action for tenant in fleet.tenants] == ["recovered"] * tenants
    assert simulation.names() == [f"tenant-{number}" for number in range(tenants)]
    assert simulation.writes() == [POST] * tenants


def test_a_commit_beyond_every_bound_is_seen_by_the_closing_look_and_our_own_goes(simulation):
    """Without a bound nothing can be promised; what is seen in time is settled all the same."""
    lose(simulation, {"fault": "late", "commit_after": 61, "ending": "drop"})
    simulation.platform.settings({"latency": {"create": 2}})
    done = simulation.one(**ACME)

    # The late one was committed while the second POST was under way: it is the older one.
    assert (done["action"], done["error"]) == ("recovered", None)
    assert simulation.names() == ["acme"]
    assert done["id"] == simulation.the("acme")["id"]


def test_a_whole_list_that_was_begun_too_early_proves_nothing_however_late_it_ends(simulation):
    """The list takes longer than all waits: what counts is when it was begun."""
    lose(simulation, {"fault": "late", "commit_after": 59.5, "ending": "drop"})
    simulation.platform.settings({"latency": {"list": 45}})
    done = simulation.one(**ACME)

    assert (done["action"], simulation.names()) == ("recovered", ["acme"])
    assert simulation.writes() == [POST]
    looks = [r["begun"] - START for r in simulation.platform.requests() if r["verb"] == "GET"][3:]
    assert looks == [90.5, 136.5, 181.5], "a list that ended too late for the next look is followed by it at once"


def test_a_list_that_was_read_before_the_commit_and_arrives_after_the_timeout_proves_nothing(simulation):
    """The platform reads it at once, and its answer is long under way."""
    lose(simulation, {"fault": "late", "commit_after": 59.5, "ending": "drop"})
    fleet = simulation.fleet([ACME])
    adapter = adapter_of(fleet.transport)
    deliver = adapter._delivered

    def slowly(request, *args):
        response = deliver(request, *args)
        simulation.clock.sleep(45 if request.method == "GET" else 0)
        return response

    adapter._delivered = slowly
    fleet.run()

    assert fleet.tenants[0].action == "recovered"
    assert simulation.names() == ["acme"]
    assert simulation.writes() == [POST]
    looks = [r["begun"] for r in simulation.platform.requests() if r["verb"] == "GET"]
    assert looks[5] - looks[4] == 45, "the next look follows at once on a list that took too long"


@pytest.mark.parametrize("timeout", [2, 6, 60])
@pytest.mark.parametrize("timeouts", [1.5, 2.5])
def test_a_create_is_never_repeated_where_the_budget_could_not_prove_its_absence_once_more(timeout, timeouts):
    simulation = Simulation(timeout=timeout, retry_timeout=int(timeout * timeouts))
    lose(simulation, {"fault": "drop_before"})
    done = simulation.one(**ACME)

    assert done["action"] == "failed"
    assert done["error"]["state"] == "failed"
    assert done["error"]["attempts"] == 1
    assert done["error"]["message"] == (
        "acme was not created: the connection was lost before its answer; the platform's list proves that it is not there, and "
        "retry_timeout leaves no time to try again: run again, or raise retry_timeout."
    )
    assert simulation.writes() == [POST]
    assert not done["changed"]


@pytest.mark.parametrize("retry_timeout", [0, 1, 10, 59])
def test_no_time_to_prove_absence_is_an_unknown_outcome_that_says_so_and_the_next_run_heals(retry_timeout):
    simulation = Simulation(retry_timeout=retry_timeout)
    lose(simulation, {"fault": "late", "commit_after": 59.5, "ending": "drop"})
    done = simulation.one(**ACME)

    assert done["action"] == "failed"
    assert done["error"]["state"] == "unknown"
    assert done["error"]["message"] == (
        "acme: the outcome of its creation is unknown: the connection was lost before its answer, and retry_timeout leaves no time "
        "to prove that it is absent: run again, which adopts the instance if it is there."
    )
    assert simulation.clock.time == START + max(retry_timeout, 0.5)
    assert simulation.writes() == [POST]
    assert done["id"] is None

    simulation.clock.sleep(60)
    assert simulation.one(**ACME)["action"] == "unchanged"
    assert simulation.names() == ["acme"]


def test_a_create_is_given_up_within_the_budget(simulation):
    lose(simulation, {"fault": "hang_before"}, times=None)
    done = simulation.one(**ACME)

    assert done["error"]["state"] in ("failed", "unknown")
    # The first request is no retry, so it does not count.
    assert simulation.clock.time - START == 60 + 300
    assert simulation.writes() == [POST] * 3
    assert simulation.names() == []


@pytest.mark.parametrize(
    ("faults", "creates", "ends"),
    [
        ([{"fault": "drop_before", "times": None}], 4, 240),
        ([{"fault": "drop_before"}, {"fault": "hang_before", "times": None}], 3, 300),
        (
            [
                {"fault": "drop_before"},
                {"fault": "throttle", "retry_after": 50},
                {"fault": "drop_before", "times": None},
            ],
            4,
            230,
        ),
    ],
    ids=["at once", "after a timeout", "after a throttling"],
)
def test_a_create_that_is_sent_again_spends_what_it_takes_once(simulation, faults, creates, ends):
    for fault in faults:
        lose(simulation, fault)
    done = simulation.one(**ACME)

    assert done["error"]["message"].startswith("acme was not created: ")
    assert simulation.clock.time == START + ends
    assert simulation.writes() == [POST] * creates


def test_the_attempts_the_status_and_the_request_are_reported(simulation):
    lose(simulation, {"fault": "status", "status": 503}, times=None)
    done = simulation.one(**ACME, connection={"retry_timeout": 20})

    (post,) = (r for r in simulation.platform.requests() if r["verb"] == "POST")
    assert done["error"]["status"] == 503
    assert done["error"]["request_id"] == f"{post['n']:024x}"
    assert done["error"]["attempts"] == 1


# Looking is difficult, too


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "status", "status": 502},
        {"fault": "status", "status": 404, "body": "html"},
        {"fault": "drop_after"},
        {"fault": "truncate"},
        {"fault": "not_json"},
        {"fault": "wrong_shape"},
        {"fault": "throttle", "retry_after": 2},
        {"fault": "hang_after"},
        {"fault": "huge"},
        {"fault": "redirect", "location": "https://elsewhere.example/"},
    ],
    ids=named,
)
@pytest.mark.parametrize("tenants", [1, 3])
@pytest.mark.parametrize("commit", [True, False])
def test_a_look_that_fails_is_made_again_while_there_is_time(simulation, fault, tenants, commit):
    lose(simulation, {"fault": "drop_after" if commit else "drop_before"}, times=tenants)
    entries = [{**ACME, "name": f"tenant-{number}"} for number in range(tenants)]
    fleet = simulation.fleet(entries)
    simulation.platform.add_faults({**fault, "match": {"verb": "GET"}, "skip": len(BEFORE), "times": 2})
    fleet.run()

    assert [tenant.error and tenant.error.message for tenant in fleet.tenants] == [None] * tenants
    assert [tenant.action for tenant in fleet.tenants] == ["recovered" if commit else "created"] * tenants
    assert simulation.names() == [entry["name"] for entry in entries]


@pytest.mark.parametrize("tenants", [1, 3])
def test_a_platform_that_stays_silent_to_the_end_leaves_an_unknown_outcome_and_why_it_could_not_be_looked_up(
    simulation, tenants
):
    lose(simulation, {"fault": "drop_after"}, times=tenants)
    entries = [{**ACME, "name": f"tenant-{number}"} for number in range(tenants)]
    fleet = simulation.fleet(entries)
    simulation.platform.add_faults(
        {"fault": "hang_before", "match": {"verb": "GET"}, "skip": len(BEFORE), "times": None}
    )
    fleet.run()

    for tenant in fleet.tenants:
        assert tenant.error.state == "unknown"
        assert tenant.error.message == (
            f"{tenant.desired.label}: the outcome of its creation is unknown: the connection was lost before its "
            "answer and it could not be looked up (The platform was asked to list the instances, and it did not "
            "answer within the timeout (6 attempts): run again, and raise timeout or retry_timeout if it persists), "
            "and retry_timeout leaves no time to prove that it is absent: run again, which adopts the instance if it "
            "is there."
        )
    assert simulation.writes() == [POST] * tenants
    # The last request was begun within the budget, and what the lists may take otherwise is not spent.
    assert simulation.clock.time == START + 300 + 60
    assert tenants == 1 or fleet.channel.budget.left == 300
    simulation.platform.clear_faults()
    assert [tenant.action for tenant in simulation.run(entries).tenants] == ["unchanged"] * tenants


def test_looks_that_fail_wait_longer_each_time_and_use_all_the_time_there_is():
    simulation = Simulation(retry_timeout=16)
    lose(simulation, {"fault": "drop_before"})
    page = {"fault": "status", "status": 404, "body": "html"}
    simulation.platform.add_faults({**page, "match": {"verb": "GET"}, "skip": len(BEFORE), "times": None})
    done = simulation.one(**ACME)

    looks = [r["begun"] - START for r in simulation.platform.requests()][4:]
    assert looks == [0.5, 1.5, 3.5, 7.5, 15.5, 16]
    assert done["error"]["state"] == "unknown"


def test_a_look_for_one_of_a_fleet_is_counted_as_its_own(simulation):
    lose(simulation, {"fault": "drop_after"})
    fleet = simulation.run([{**ACME, "name": f"tenant-{number}"} for number in range(3)])

    assert sorted(tenant.channel.requests for tenant in fleet.tenants) == [1, 1, 2]
    assert fleet.channel.requests == len(BEFORE) + 1


def test_a_look_is_not_disturbed_by_others_that_cannot_be_read(simulation):
    simulation.platform.add_instances([{"name": "acme-2"}])
    lose(simulation, {"fault": "drop_before"})
    made = {
        "id": 600077,
        "name": "acme",
        "token": "a-token",
        "element": {"key": "freshdeskv2"},
        "configuration": {"a": "b"},
    }
    answer = {"fault": "wrong_shape", "body": [{"id": 5, "name": "stray", "tags": 7}, made]}
    simulation.platform.add_faults({**answer, "match": {"verb": "GET"}, "skip": 2})

    assert simulation.one(**ACME)["id"] == 600077


def test_secrets_that_are_refused_meanwhile_end_the_looks_at_once(simulation):
    lose(simulation, {"fault": "drop_after"})
    simulation.platform.add_faults(
        {"fault": "status", "status": 401, "match": {"verb": "GET"}, "skip": len(BEFORE), "times": None}
    )
    done = simulation.one(**ACME)

    assert done["error"]["state"] == "unknown"
    assert simulation.clock.time - START < 5


def test_a_closing_look_that_fails_is_a_warning_and_not_a_failure(simulation):
    simulation.platform.add_faults(
        {"fault": "status", "status": 403, "match": {"verb": "GET"}, "skip": len(BEFORE), "times": None}
    )
    done = simulation.one(**ACME)

    assert (done["action"], done["error"]) == ("created", None)
    (warning,) = done["warnings"]
    assert warning.startswith("whether another run created the same name meanwhile could not be looked up: ")
    assert "403" in warning


# What is answered is not lost


@pytest.mark.parametrize("status", [301, 307, 308, 400, 401, 403, 404, 405, 406, 407, 409, 413, 415, 425])
def test_a_create_that_is_refused_is_neither_looked_for_nor_repeated(simulation, status):
    lose(simulation, {"fault": "status", "status": status}, times=None)
    done = simulation.one(**ACME)

    assert done["action"] == "failed"
    assert (done["error"]["state"], done["error"]["status"]) == ("failed", status)
    assert simulation.calls() == [*BEFORE, POST]
    assert not done["changed"]


@pytest.mark.parametrize("fault", [{}, {"retry_after": 7}, {"retry_after_date_in": 7}])
def test_a_create_that_is_throttled_is_sent_again_since_nothing_was_done(simulation, fault):
    lose(simulation, {"fault": "throttle", **fault}, times=3)
    done = simulation.one(**ACME)

    assert (done["action"], done["http"]["retries"]) == ("created", 3)
    assert simulation.names() == ["acme"]
    assert simulation.calls() == [*BEFORE, POST, POST, POST, POST, LIST]


def test_a_connection_that_was_never_made_is_made_again_for_a_create_too(simulation):
    fleet = simulation.fleet([ACME])
    adapter = adapter_of(fleet.transport)
    tries = []

    def flap(request):
        if request.method == "POST":
            tries.append(request)
        adapter.down = request.method == "POST" and len(tries) < 4

    adapter.before = flap
    fleet.run()

    assert fleet.tenants[0].action == "created"
    assert fleet.tenants[0].channel.retries == 3
    assert simulation.names() == ["acme"]


# Another run creates the same name


def intruder(simulation, *, at, created, **seed):
    """Another run's instance, which appears just before the n-th request."""
    seen = []

    def meddle(_request):
        seen.append(None)
        if len(seen) == at:
            simulation.platform.add_instances([{"name": "acme", "created": created, **seed}])

    return meddle


@pytest.mark.parametrize("at", [3, 4])
def test_an_older_one_of_another_run_stays_is_adopted_and_ours_is_deleted(simulation, at):
    done = simulation.one(**ACME, tags=["crm"], before=intruder(simulation, at=at, created=START - 1))

    assert (done["action"], done["changed"], done["error"]) == ("recovered", True, None)
    assert simulation.names() == ["acme"]
    kept = simulation.the("acme")
    assert (done["id"], done["token"]) == (kept["id"], kept["token"])
    assert kept["created"] < "2017-08-07T18:46:38Z"
    assert kept["tags"] == ["crm"], "what is adopted is brought to what is desired"


def test_a_younger_one_of_another_run_is_left_to_that_run_and_reported(simulation):
    done = simulation.one(**ACME, before=intruder(simulation, at=4, created=START + 1))

    assert (done["action"], done["error"]) == ("created", None)
    assert simulation.names() == ["acme", "acme"]
    assert DELETE not in simulation.calls()
    theirs = next(one for one in simulation.platform.instances() if one["id"] != done["id"])
    assert done["warnings"] == [
        f"another run created the same name meanwhile: id {theirs['id']} (created {theirs['created']}, owner 9001); "
        "the one of this run is the oldest and stays, and the other run deletes its own; if it does not, delete that one by id."
    ]


def test_of_two_of_one_second_the_smaller_id_is_the_older(simulation):
    done = simulation.one(**ACME, before=intruder(simulation, at=5, created=START))

    assert done["action"] == "created"
    assert simulation.names() == ["acme", "acme"]

    simulation = Simulation()
    done = simulation.one(**ACME, before=intruder(simulation, at=4, created=START))
    assert done["action"] == "recovered"
    assert simulation.names() == ["acme"]
    assert done["id"] == 600001


def test_an_adopted_one_is_verified_and_never_deleted(simulation):
    simulation.platform.accounts({"acme": "the-right-key"})
    done = simulation.one(
        **ACME,
        verify=True,
        on_verify_failure="delete",
        update_secrets="never",
        before=intruder(simulation, at=3, created=START - 1),
    )

    assert done["action"] == "failed"
    assert len(simulation.names()) == 1
    assert simulation.the("acme")["id"] == 600001


def test_ours_that_cannot_be_deleted_is_a_failure_that_names_it(simulation):
    simulation.platform.add_faults(
        {"fault": "status", "status": 409, "match": {"verb": "DELETE", "path": r"/instances/\d+"}}
    )
    done = simulation.one(**ACME, enabled=False, before=intruder(simulation, at=3, created=START - 1))

    assert done["action"] == "failed"
    assert done["error"]["state"] == "partial"
    assert done["error"]["message"].endswith("; done before that: created as id 600002, disabled.")
    assert simulation.names() == ["acme", "acme"]


def test_an_adopted_one_that_needs_a_value_we_do_not_have_is_a_failure_that_says_what_was_done(simulation):
    """It needs events.callback_url only for the update, so that the create itself was no mistake."""
    simulation.platform.settings({"mask_username": True})
    done = simulation.one(
        **{**ACME, "subdomain": "acme-new"},
        update_secrets="never",
        before=intruder(simulation, at=3, created=START - 1),
    )

    assert done["action"] == "failed"
    assert done["error"]["state"] == "partial"
    assert done["error"]["message"].endswith(
        "; done before that: created as id 600002, deleted our own duplicate, id 600002."
    )
    assert simulation.names() == ["acme"]


OTHER = {"name": "other"}
"""An instance that nobody touches: where there is one, no run asks whether the element exists, so there are fewer orders."""


def settled(race, outcomes, names=("acme",)):
    """Each name is there once, and whoever did not fail knows it. Who came just while two were there may say so."""
    assert [name for name in race.names() if name != OTHER["name"]] == sorted(names)
    for outcome in outcomes:
        if outcome["error"] is not None:
            assert f"{outcome['name']} is the name of 2 instances" in outcome["error"]["message"]
            assert (outcome["changed"], outcome["error"]["state"]) == (False, "failed")
            continue
        kept = race.the(outcome["name"])
        assert (outcome["id"], outcome["token"]) == (kept["id"], kept["token"])
        assert outcome["action"] in ("created", "recovered", "unchanged")
    made = [call for call in race.calls() if call == POST]
    assert race.calls().count(DELETE) == len(made) - len(names)
    assert any(outcome["action"] == "created" for outcome in outcomes)


def test_two_controllers_in_every_order_of_their_requests_leave_one_and_both_know_it():
    orders = 0
    for choose in every_order():
        orders += 1
        race = Race(choose, lambda race: race.platform.add_instances([OTHER]))

        def step(clock, race=race):
            return race.one(clock=clock, **ACME, tags=["crm"])

        outcomes = race.together(step, step)
        settled(race, outcomes)
        assert not any(outcome["error"] for outcome in outcomes)
    assert orders > 100


def test_three_controllers_in_many_orders_with_delays_leave_one_and_all_know_it():
    for seed in range(60):
        chance = random.Random(seed)
        latency = {"create": chance.choice([0, 0.5, 9]), "list": chance.choice([0, 0.1, 1]), "delete": 0.2}
        race = Race(chance.randrange, lambda race, latency=latency: race.platform.settings({"latency": latency}))

        def step(clock, race=race, chance=chance):
            clock.sleep(chance.choice([0, 0, 0.3, 5]))
            return race.one(clock=clock, **ACME, tags=["crm"])

        settled(race, race.together(step, step, step))


def test_a_fleet_and_an_instance_race_and_settle_each_name_once():
    names = ("acme", "beta", "gamma")
    for seed in range(60):
        chance = random.Random(seed)
        race = Race(chance.randrange)

        def fleet(clock, race=race):
            tenants = race.run([{**ACME, "name": name} for name in names], clock=clock).tenants
            return [result(tenant) for tenant in tenants]

        def one(clock, race=race):
            return [race.one(clock=clock, **{**ACME, "name": "beta"})]

        outcomes = [outcome for outcomes in race.together(fleet, fleet, one) for outcome in outcomes]
        settled(race, outcomes, names)


def test_controllers_that_race_with_different_wishes_leave_one_as_the_last_of_them_wanted():
    for seed in range(60):
        chance = random.Random(seed)
        race = Race(chance.randrange)
        steps = [lambda clock, tag=tag, race=race: race.one(clock=clock, **ACME, tags=[tag]) for tag in ("a", "b")]
        race.together(*steps)

        assert race.names() == ["acme"]
        assert race.the("acme")["tags"] in (["a"], ["b"])
