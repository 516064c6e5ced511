# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes of one plan: what is sent, how its answer is checked, and what is made of one that is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest
from support.in_process import START, Simulation, adapter_of, desired

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _wire
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._apply import apply, settle_refusal
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._fields import Desired, leaves, row
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._health import Health
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._model import is_other
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._plan import plan
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._platform import Platform
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._transport import Channel

ACME = {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}
LIST, GET, ELEMENT, POST = "GET /instances", "GET /instances/{id}", "GET /elements/{key}", "POST /instances"
PATCH, PUT, DELETE = "PATCH /instances/{id}", "PUT /instances/{id}", "DELETE /instances/{id}"
ENABLE, DISABLE = "PUT /instances/{id}/enabled", "DELETE /instances/{id}/enabled"

NO_ANSWERS = [
    {"fault": "drop_after"},
    {"fault": "drop_before"},
    {"fault": "hang_after"},
    {"fault": "hang_before"},
    {"fault": "truncate"},
    {"fault": "status", "status": 502, "commit": True},
    {"fault": "status", "status": 503},
    {"fault": "status", "status": 500, "body": "html"},
    {"fault": "throttle", "retry_after": 1},
]


def kind(fault):
    return "-".join(str(value) for value in fault.values())


@pytest.fixture
def simulation():
    return Simulation()


@pytest.fixture
def acme(simulation):
    (number,) = simulation.platform.add_instances([{"name": "acme", "tags": ["crm"], "api_key": "key-of-acme"}])
    return number


def sent(simulation, **options):
    """The outcome, and the bodies of what was sent beside GET."""
    bodies = []

    def note(request):
        if request.method != "GET":
            bodies.append(json.loads(request.body) if request.body else None)

    return simulation.one(before=note, **options), bodies


# What is reported of it


def applied(simulation, number, **options):
    """What is reported as done of a plan for that instance, and the instance as it was after each write."""
    platform = Platform(Channel(simulation.transport()))
    done, reached = [], []
    made = plan(desired(name="acme", **options), platform.get(number), "freshdeskv2")
    apply(platform, made, done, reached.append)
    return done, reached


def test_each_write_is_reported_and_the_instance_is_handed_over_as_it_is_after_it(simulation, acme):
    done, (changed, disabled) = applied(simulation, acme, tags=["x"], configuration={"a": 1}, enabled=False)
    assert done == ["changed tags, configuration", "disabled"]
    assert (changed.tags, changed.configuration["a"], changed.enabled) == (("x",), "1", True)
    assert (disabled.tags, disabled.enabled) == (("x",), False)

    done, (enabled,) = applied(simulation, acme, enabled=True)
    assert (done, enabled.id, enabled.enabled) == (["enabled"], acme, True)

    done, (changed,) = applied(simulation, acme, api_key="another-key")
    assert (done, changed.configuration["username"]) == (["changed the whole instance"], "another-key")

    assert applied(simulation, acme, state="absent") == (["deleted"], [None])


def test_where_nothing_differs_nothing_is_reported(simulation, acme):
    assert applied(simulation, acme, tags=["crm"], enabled=True) == ([], [])


# What is made of one that does not work


def refused(simulation, number, policy, *, own=True, definite=True):
    """What becomes of an instance that was seen not to work, and what the message says of it."""
    platform = Platform(Channel(simulation.transport()))
    wanted = desired(name="acme", verify=True, on_verify_failure=policy)
    health = Health(ok=False, status=401, reason="key", definite=definite, sentence="It does not work")
    live = platform.get(number)
    return live, settle_refusal(platform, wanted, live, health, own)


def test_one_of_our_own_making_that_does_not_work_is_deleted_where_that_is_wanted(simulation, acme):
    _live, told = refused(simulation, acme, "delete")

    assert told == (None, "it was created just now and is deleted again, as set by on_verify_failure")
    assert simulation.names() == []


def test_one_of_our_own_making_that_does_not_work_is_disabled_where_that_is_wanted(simulation, acme):
    live, told = refused(simulation, acme, "disable")

    assert told == (
        replace(live, enabled=False),
        "it was created just now and is disabled, as set by on_verify_failure",
    )
    assert simulation.the("acme")["disabled"] is True


@pytest.mark.parametrize(
    ("policy", "facts"),
    [
        ("fail", {}),
        ("restore", {}),
        *((policy, facts) for policy in ("disable", "delete") for facts in ({"own": False}, {"definite": False})),
    ],
)
def test_one_that_is_not_our_own_or_may_work_again_is_left_alone(simulation, acme, policy, facts):
    live, told = refused(simulation, acme, policy, **facts)

    assert told == (live, "correct api_key, or the agent's rights at Freshdesk, and run again")
    assert simulation.writes() == []


# Creating


def test_a_create_sends_what_the_vendor_prints(simulation):
    done, bodies = sent(simulation, **ACME, tags=["crm"], configuration={"filter.response.nulls": True})

    assert done["action"] == "created"
    assert bodies == [
        {
            "element": {"key": "freshdeskv2"},
            "configuration": {"subdomain": "acme", "username": "key-of-acme", "filter.response.nulls": True},
            "tags": ["crm"],
            "name": "acme",
        }
    ]
    assert list(bodies[0]) == ["element", "configuration", "tags", "name"]


def test_tags_that_are_left_out_are_not_sent_and_become_the_name(simulation):
    done, bodies = sent(simulation, **ACME)
    assert "tags" not in bodies[0]
    assert done["instance"]["tags"] == ["acme"]

    done, bodies = sent(simulation, **{**ACME, "name": "beta"}, tags=[])
    assert bodies[0]["tags"] == []
    assert done["instance"]["tags"] == []


def test_events_come_with_the_defaults_of_the_vendor(simulation):
    _done, bodies = sent(simulation, **ACME, events={"enabled": True, "callback_url": "https://a.example/"})
    configuration = bodies[0]["configuration"]
    poller = configuration.pop("event.poller.configuration")

    assert configuration == {
        "subdomain": "acme",
        "username": "key-of-acme",
        "event.notification.enabled": True,
        "event.vendor.type": "polling",
        "event.notification.callback.url": "https://a.example/",
        "event.poller.urls": "incidents|contacts",
    }
    dates = {
        "updatedDateField": "updated_at",
        "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
        "createdDateField": "created_at",
        "createdDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
    }
    query = "where=updated_since='${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'"
    assert poller == {
        "incidents": {"url": f"/hubs/helpdesk/incidents?{query}", "idField": "id", "datesConfiguration": dates},
        "contacts": {
            "url": f"/hubs/helpdesk/contacts?{query}",
            "idField": "id",
            "datesConfiguration": dates,
            "createdCheckTolerance": 5,
        },
    }


def test_events_that_are_overridden_stay_as_the_user_wrote_them(simulation):
    events = {
        "enabled": True,
        "callback_url": "https://a.example/",
        "poll_interval": 5,
        "poller": {"agents": {"url": "/x", "idField": "id"}},
    }
    done, bodies = sent(simulation, **ACME, events=events)

    assert bodies[0]["configuration"]["event.poller.urls"] == "agents"
    assert bodies[0]["configuration"]["event.poller.configuration"] == events["poller"]
    assert bodies[0]["configuration"]["event.poller.refresh_interval"] == "5"
    assert done["instance"]["events_enabled"] is True
    assert simulation.one(**ACME, events=events)["changed"] is False


def test_events_of_other_resources_follow_the_same_form_and_are_compared_as_a_set(simulation):
    base = {"enabled": True, "callback_url": "https://a.example/"}
    simulation.one(**ACME, events={**base, "resources": ["agents", "contacts"]})
    assert simulation.one(**ACME, events={**base, "resources": ["contacts", "agents"]})["changed"] is False
    done = simulation.one(**ACME, events={**base, "resources": ["contacts"]})
    assert done["diff"]["before"]["events"]["resources"] == ["agents", "contacts"]
    assert done["diff"]["after"]["events"]["resources"] == ["contacts"]
    assert simulation.the("acme")["configuration"]["event.poller.urls"] == "contacts"


def test_what_the_answer_to_a_create_leaves_out_is_as_it_was_sent(simulation):
    body = {"id": 600001, "token": "token"}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"verb": "POST"}})
    done = simulation.one(**ACME, configuration={"filter.response.nulls": False})

    assert (done["action"], done["token"], done["instance"]["element"]) == ("created", "token", "freshdeskv2")
    assert (done["instance"]["name"], done["instance"]["tags"]) == ("acme", ["acme"])
    assert done["instance"]["configuration"] == {"subdomain": "acme", "filter.response.nulls": "false"}


def test_a_create_whose_answer_cannot_be_read_is_looked_for(simulation):
    body = {"id": 600001, "token": "token", "tags": "of a wrong shape"}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"verb": "POST"}})
    done = simulation.one(**ACME)

    assert (done["error"], done["changed"], simulation.names()) == (None, True, ["acme"])
    assert done["token"] == simulation.the("acme")["token"]


def test_one_that_is_created_disabled_is_disabled_after_the_create(simulation):
    done = simulation.one(**ACME, enabled=False)

    assert simulation.calls() == [LIST, LIST, ELEMENT, POST, DISABLE, LIST]
    assert (done["action"], done["instance"]["enabled"]) == ("created", False)


@pytest.mark.parametrize("delete", [None, {"fault": "status", "status": 403, "match": {"verb": "DELETE"}}])
def test_an_instance_whose_name_the_platform_changes_is_deleted_again_and_reported(simulation, delete):
    """It can strip more than we know of; then the name would never be found again."""

    def rename(request):
        if request.method == "POST":
            request.body = request.body.replace(b'"acme"', b'"<b/>acme-other"')

    if delete:
        simulation.platform.add_faults(delete)
    done = simulation.one(**ACME, before=rename)

    assert done["action"] == "failed"
    if delete is None:
        assert done["error"]["message"] == (
            "The platform stored this name as 'acme-other', so the instance would never be found "
            "again and has been deleted: choose a plainer name."
        )
        assert (done["changed"], done["error"]["state"], done["id"], simulation.names()) == (False, "failed", None, [])
    else:
        assert "done before that: created" in done["error"]["message"]
        assert (done["changed"], done["error"]["state"], done["id"]) == (True, "partial", 600001)


# Changing


def test_a_put_sends_what_is_desired_over_what_is_live_and_nothing_masked_unset_or_added(simulation, acme):
    simulation.platform.change_instance(
        acme,
        {
            "configuration": {
                "password": "stored-password",
                "custom.kept": "kept",
                "custom.unset": None,
                "filter.response.nulls": "false",
            }
        },
    )
    done, bodies = sent(simulation, **{**ACME, "api_key": "another-key"}, configuration={"custom.new": [1]})

    assert done["action"] == "updated"
    assert bodies[0]["element"] == {"key": "freshdeskv2"}
    assert (bodies[0]["name"], bodies[0]["tags"]) == ("acme", ["crm"])
    configuration = bodies[0]["configuration"]
    assert "********" not in json.dumps(bodies)
    assert None not in configuration.values()
    assert not [key for key in configuration if key.startswith("bulk.") or key in ("base.url", "pagination.max")]
    assert "event.vendor.type" not in configuration
    wanted = {"username": "another-key", "custom.kept": "kept", "custom.new": [1], "filter.response.nulls": "false"}
    assert wanted.items() <= configuration.items()
    (put,) = (r for r in simulation.platform.requests() if r["verb"] == "PUT")
    assert put["query"] == {"reAuthenticate": "true"}


def test_a_put_keeps_the_vendor_type_of_live_events(simulation, acme):
    simulation.platform.change_instance(acme, {"configuration": {"event.notification.enabled": "true"}})
    _done, bodies = sent(simulation, **{**ACME, "api_key": "another-key"})

    assert bodies[0]["configuration"]["event.vendor.type"] == "polling"


def test_a_put_keeps_id_and_token(simulation, acme):
    before = simulation.the("acme")
    done = simulation.one(**{**ACME, "api_key": "another-key"})
    assert (done["id"], done["token"]) == (before["id"], before["token"])


def test_a_patch_sends_only_what_differs(simulation, acme):
    done, bodies = sent(simulation, id=acme, name="acme-2", tags=["b", "a"], configuration={"custom.a": True})

    assert bodies == [{"name": "acme-2", "tags": ["a", "b"], "configuration": {"custom.a": True}}]
    assert done["instance"]["configuration"]["custom.a"] == "true"


@pytest.mark.parametrize(
    ("options", "verb", "left", "done_before"),
    [
        ({**ACME, "api_key": "SENTINEL-key"}, "PUT", "username, custom.a", "the whole instance"),
        ({"name": "acme"}, "PATCH", "custom.a", "configuration"),
    ],
)
def test_a_change_that_is_answered_and_not_taken_is_an_error_that_names_the_key(
    simulation, acme, options, verb, left, done_before
):
    configuration = {"subdomain": "acme", "username": "other", "custom.a": "1"}
    body = {"id": acme, "name": "acme", "tags": ["crm"], "configuration": configuration}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"verb": verb}})
    done = simulation.one(**options, configuration={"custom.a": "SENTINEL"})

    assert done["error"]["state"] == "partial"
    assert done["error"]["message"] == (
        f"The platform did not accept {left} of instance {acme}, although it reported success: check the instance on "
        f"the platform; done before that: changed {done_before}."
    )


@dataclass(frozen=True)
class Wider(Desired):
    """The table with a row for a field that the simulator does not take in a PATCH."""

    cached: bool | None = row("bool", field="cachingEnabled")


def test_a_field_that_is_answered_and_not_taken_is_an_error_that_names_the_option(simulation, acme, monkeypatch):
    monkeypatch.setattr(_wire, "OTHERS", [option for option in leaves(Wider) if is_other(option)])
    platform = Platform(Channel(simulation.transport()))
    made = plan(Wider(name="acme", cached=True), platform.get(acme), "freshdeskv2")

    with pytest.raises(FreshdeskError, match=f"The platform did not accept cached of instance {acme}, although"):
        apply(platform, made, [], lambda live: None)


def test_a_masked_key_is_written_and_nothing_of_it_can_be_compared(simulation, acme):
    simulation.platform.change_instance(acme, {"configuration": {"oauth.client.secret": "old-secret"}})
    done = simulation.one(name="acme", configuration={"oauth.client.secret": "new-secret"}, update_secrets="always")

    assert (done["action"], done["error"]) == ("updated", None)
    assert simulation.calls() == [LIST, PATCH]
    assert simulation.the("acme")["configuration"]["oauth.client.secret"] == "new-secret"


def test_events_that_are_enabled_are_reported_as_enabled(simulation, acme):
    done = simulation.one(name="acme", events={"enabled": True, "callback_url": "https://a.example/"})

    assert (done["action"], done["instance"]["events_enabled"]) == ("updated", True)
    assert simulation.calls() == [LIST, PATCH]


@pytest.mark.parametrize("body", [{"tags": ["other"], "name": "acme-2"}, {"tags": ["eu"], "name": "acme"}])
def test_a_name_or_tags_that_the_platform_changes_are_reported(simulation, acme, body):
    answer = {"id": acme, "configuration": {"subdomain": "acme"}, **body}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": answer, "match": {"verb": "PATCH"}})
    done = simulation.one(id=acme, name="acme-2", tags=["eu"])

    assert done["error"]["state"] == "partial"
    assert done["error"]["message"] == (
        f"The platform does not keep the name or the tags of instance {acme} as they are written: choose plainer ones; "
        "done before that: changed name, tags."
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "not_json"},
        {"fault": "wrong_shape"},
        {"fault": "wrong_shape", "body": {"id": "x"}},
        {"fault": "wrong_shape", "body": {"id": 600001, "name": "acme", "tags": ["crm"]}},
        {"fault": "wrong_shape", "body": {"id": 600001, "name": "acme", "tags": 5}},
    ],
    ids=kind,
)
@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_a_success_that_does_not_show_the_instance_is_read_again(simulation, acme, fault, verb):
    simulation.platform.add_faults({**fault, "match": {"verb": verb}})
    change = {"api_key": "another-key"} if verb == "PUT" else {"configuration": {"filter.response.nulls": False}}
    done = simulation.one(**{**ACME, **change})

    assert (done["action"], done["error"]) == ("updated", None)
    assert simulation.calls() == [LIST, f"{verb} /instances/{{id}}", GET]


def test_what_the_answer_to_a_change_leaves_out_is_as_it_was(simulation, acme):
    known = simulation.the("acme")
    body = {"id": acme, "tags": ["other"]}
    simulation.platform.add_faults({"fault": "wrong_shape", "body": body, "match": {"verb": "PATCH"}})
    done = simulation.one(name="acme", tags=["other"])

    assert (done["action"], done["token"]) == ("updated", known["token"])
    assert (done["instance"]["name"], done["instance"]["element"]) == ("acme", "freshdeskv2")
    assert done["instance"]["subdomain"] == "acme"


def test_one_that_is_deleted_while_it_is_changed_is_reported(simulation, acme):
    simulation.platform.add_faults({"fault": "not_json", "match": {"verb": "PATCH"}})
    reads = []

    def meddle(request):
        reads.append(request.method)
        if reads == ["GET", "PATCH", "GET"]:
            simulation.platform.remove_instance(acme)

    done = simulation.one(name="acme", tags=["other"], before=meddle, configuration={"a": "b"})
    assert done["error"]["message"] == (
        f"Instance {acme} was deleted by somebody else while it was changed: run again; "
        "done before that: changed tags, configuration."
    )


# Answers that are lost, and sent again since that is safe


@pytest.mark.parametrize("fault", NO_ANSWERS, ids=kind)
@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("PATCH", {"tags": ["other"], "configuration": {"filter.response.nulls": False}}),
        ("PUT", {"api_key": "another-key"}),
        ("DELETE", {"state": "absent"}),
        ("DELETE", {"enabled": False}),
    ],
)
def test_a_write_whose_answer_was_lost_is_sent_again(simulation, acme, fault, verb, options):
    simulation.platform.add_faults({**fault, "match": {"verb": verb}})
    done = simulation.one(**{**ACME, **options})

    assert done["error"] is None
    assert done["action"] == ("deleted" if options == {"state": "absent"} else "updated")
    assert done["http"]["retries"] == 1
    again = simulation.one(**{**ACME, **options})
    assert (again["changed"], again["error"]) == (False, None)


@pytest.mark.parametrize("verb", ["PATCH", "PUT", "DELETE"])
def test_a_write_that_is_never_answered_is_given_up_in_time_and_unknown(simulation, acme, verb):
    simulation.platform.add_faults({"fault": "hang_before", "match": {"verb": verb}, "times": None})
    options = {"PATCH": {"tags": []}, "PUT": {"api_key": "another-key"}, "DELETE": {"state": "absent"}}[verb]
    done = simulation.one(**{**ACME, **options})

    assert done["error"]["state"] == "unknown"
    assert "did not answer within the timeout" in done["error"]["message"]
    assert "run again" in done["error"]["message"]
    assert simulation.clock.time - START <= 60 + 300 + 1


@pytest.mark.parametrize("check", [False, True])
def test_one_that_is_enabled_already_when_we_come_is_no_conflict(simulation, acme, check):
    simulation.platform.change_instance(acme, {"disabled": True})

    def meddle(request):
        if request.method == "PUT":
            simulation.platform.change_instance(acme, {"disabled": False})

    done = simulation.one(name="acme", enabled=True, before=meddle, check=check)
    assert (done["action"], done["error"]) == ("updated", None)


def test_a_conflict_for_another_reason_is_an_error(simulation, acme):
    simulation.platform.add_faults({"fault": "status", "status": 409, "match": {"verb": "DELETE"}})
    done = simulation.one(name="acme", enabled=False)
    assert "conflicts with the instance's state" in done["error"]["message"]


def test_one_that_is_gone_already_counts_as_deleted(simulation, acme):
    def meddle(request):
        if request.method == "DELETE":
            simulation.platform.remove_instance(acme)

    done = simulation.one(name="acme", state="absent", before=meddle)
    assert (done["action"], done["id"], done["error"]) == ("deleted", acme, None)


def test_one_that_is_in_use_is_not_deleted_and_the_remedy_is_reported(simulation, acme):
    simulation.platform.change_instance(acme, {"in_use": "SENTINEL formula"})
    done = simulation.one(name="acme", state="absent")

    assert "still in use" in done["error"]["message"]
    assert "formulas" in done["error"]["message"]
    assert "SENTINEL" not in done["error"]["message"], "messages never quote a body"
    assert (done["error"]["status"], done["changed"]) == (409, False)


@pytest.mark.parametrize("fault", [{"fault": "echo_headers", "status": 400}, {"fault": "echo_body"}], ids=kind)
def test_what_the_platform_echoes_is_in_no_message_and_no_result(simulation, fault):
    simulation.platform.add_faults({**fault, "times": None})
    done = simulation.one(**{**ACME, "api_key": "SENTINEL-key"}, configuration={"a.secret": "SENTINEL-other"})

    token = done.pop("token")
    assert "SENTINEL" not in str(done)
    assert "secret+of" not in str(done)
    assert token is None or token not in str(done)


def test_a_platform_that_cannot_be_reached_is_reported_with_a_remedy(simulation):
    fleet = simulation.fleet([ACME], connection={"retry_timeout": 5})
    adapter_of(fleet.transport).down = True
    fleet.run()

    message = fleet.tenants[0].error.message
    assert "no connection to platform.example could be made: check base_url" in message


def test_an_answer_with_another_instance_is_ignored(simulation, acme):
    (other,) = simulation.platform.add_instances([{"name": "other"}])
    simulation.platform.add_faults({"fault": "wrong_shape", "body": {"id": other}, "match": {"verb": "PATCH"}})
    done = simulation.one(name="acme", tags=["new"])

    assert (done["action"], done["id"], done["instance"]["tags"]) == ("updated", acme, ["new"])
