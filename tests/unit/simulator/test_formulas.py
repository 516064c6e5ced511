# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Formulas of the simulated platform: templates, their instances, what differs between platforms, and the error counters."""

from __future__ import annotations

import pytest

SOURCE = {"key": "source", "name": "Source", "type": "elementInstance", "required": True}
CRON = {"key": "cron", "name": "Cron", "type": "value"}


@pytest.fixture
def template(one):
    """A template with a required element instance and a value."""
    return one.call("POST", "/formulas", {"name": "sync", "configuration": [SOURCE, CRON]}).json()["id"]


@pytest.fixture
def path(template):
    return f"/formulas/{template}/instances"


def body(name="crm-sync", **more):
    return {"name": name, "active": True, "configuration": {"source": "412345"}, **more}


def create(client, path, name="crm-sync", **more):
    answer = client.call("POST", path, body(name, **more))
    assert answer.status == 200, answer.body
    return answer.json()


# Templates


def test_a_template_answers_with_the_fields_that_the_schema_demands(one):
    made = one.call("POST", "/formulas", {"name": "<b>x</b>"}).json()

    assert {"id", "userId", "accountId", "name", "createdDate", "active"} <= set(made)
    assert (made["name"], made["active"]) == ("x", True)


def test_a_variable_twice_is_a_conflict(one):
    assert one.call("POST", "/formulas", {"name": "sync", "configuration": [SOURCE, SOURCE]}).status == 409


def test_a_template_is_changed_in_part_as_a_whole_and_deleted_without_instances(one, template, path):
    changed = one.call("PATCH", f"/formulas/{template}", {"active": False, "description": "<i>d</i>"}).json()
    assert (changed["active"], changed["description"], len(changed["configuration"])) == (False, "d", 2)
    assert one.call("PUT", f"/formulas/{template}", {"name": "other"}).json()["configuration"] == []

    made = create(one, path, configuration={})
    assert one.call("DELETE", f"/formulas/{template}").status == 409
    assert one.call("DELETE", f"{path}/{made['id']}").status == 200
    assert one.call("DELETE", f"/formulas/{template}").status == 200
    assert one.call("GET", f"/formulas/{template}").status == 404


def test_a_user_sees_his_own_templates_and_those_of_administrators(one, two, admin, template):
    of_admin = admin.call("POST", "/formulas", {"name": "shared"}).json()["id"]
    seen = {
        name: [each["id"] for each in client.call("GET", "/formulas").json()]
        for name, client in (("one", one), ("two", two), ("admin", admin))
    }

    assert seen == {"one": [template, of_admin], "two": [of_admin], "admin": [template, of_admin]}


# Instances


def test_names_are_not_unique(one, path):
    assert create(one, path)["id"] != create(one, path)["id"]


def test_an_answer_has_the_documented_fields_by_either_path(one, template, path):
    made = create(one, path, settings={"notification.email": "ops@example.com"})

    assert {key: made[key] for key in ("name", "active", "configuration", "settings")} == body(
        settings={"notification.email": "ops@example.com"}
    )
    assert made["createdDate"] == "2017-08-07T18:46:38Z"
    assert (made["formula"]["id"], "updatedDate" in made) == (template, False)
    assert one.call("GET", f"{path}/{made['id']}").json() == made
    assert one.call("GET", f"/formulas/instances/{made['id']}").json() == made
    assert one.call("GET", f"/formulas/999/instances/{made['id']}").status == 404


def test_one_that_is_made_without_active_is_active_unless_the_platform_thinks_otherwise(platform, one, path):
    bare = {"name": "crm", "configuration": {"source": "1"}}
    assert one.call("POST", path, bare).json()["active"] is True
    platform.settings({"formula_default_active": False})
    assert one.call("POST", path, bare).json()["active"] is False


def test_a_template_whose_steps_lead_nowhere_is_refused_when_an_instance_is_made(platform, one, template, path):
    platform.formulas.change_template(template, {"triggers": [{"type": "manual", "onSuccess": ["gone"]}]})

    assert one.call("POST", path, body()).status == 400


def test_variables_are_checked_or_stored_as_they_come(platform, one, path):
    odd = {"name": "crm", "configuration": {"other": "1"}}
    assert one.call("POST", path, odd).status == 400
    platform.settings({"formula_variables": "stored"})
    assert one.call("POST", path, odd).json()["configuration"] == {"other": "1"}


@pytest.mark.parametrize(("form", "shown"), [("sent", 412345), ("strings", "412345"), ("numbers", 412345)])
def test_values_come_back_in_one_of_three_forms(platform, one, path, form, shown):
    platform.settings({"formula_values": form})

    assert create(one, path, configuration={"source": 412345})["configuration"] == {"source": shown}


@pytest.mark.parametrize("api", ["/path", "GET", "GET path", "GET /accounts", "GET /formulas/instances"])
def test_an_unknown_resource_or_one_of_the_platform_is_refused(one, path, api):
    assert one.call("POST", path, body(settings={"api": api})).status == 400
    assert one.call("POST", path, body(settings={"api": "GET /sync"})).status == 200


def test_a_put_keeps_what_it_leaves_out_and_replaces_or_merges_the_rest(platform, one, path):
    number = create(one, path, settings={"a": "1"}, configuration={"source": "1", "cron": "x"})["id"]
    kept = one.call("PUT", f"{path}/{number}", {"numberConsecutiveErrors": 3}).json()
    assert (kept["name"], kept["configuration"], kept["numberConsecutiveErrors"]) == (
        "crm-sync",
        {"source": "1", "cron": "x"},
        3,
    )
    change = {"name": "new", "active": False, "configuration": {"source": "2"}, "settings": {"b": "2"}}
    changed = one.call("PUT", f"{path}/{number}", change).json()
    assert {key: changed[key] for key in change} == change
    platform.settings({"formula_put": "merges"})
    merged = one.call("PUT", f"{path}/{number}", {"settings": {"c": "3"}, "configuration": {"cron": "y"}}).json()
    assert (merged["settings"], merged["configuration"]) == ({"b": "2", "c": "3"}, {"source": "2", "cron": "y"})


def test_a_second_activation_is_refused_or_not(platform, one, path):
    number = create(one, path)["id"]
    assert one.call("PUT", f"{path}/{number}/active").status == 409
    platform.settings({"formula_second_active": 200})
    assert one.call("PUT", f"{path}/{number}/active").status == 200
    assert one.call("DELETE", f"{path}/{number}/active").body == b""
    assert one.call("GET", f"{path}/{number}").json()["active"] is False


# Lists


def test_the_list_of_all_leaves_out_inactive_ones_unless_it_is_asked_or_always_shows_them(platform, one, path):
    on, off = create(one, path)["id"], create(one, path, active=False)["id"]

    def listed(at="/formulas/instances", **query):
        return [each["id"] for each in one.call("GET", at, **query).json()]

    assert listed() == [on]
    assert listed(includeInactive="true") == listed(path) == [on, off]
    platform.settings({"formula_inactive": "always"})
    assert listed() == [on, off]


def test_the_list_of_all_finds_by_a_part_of_the_name_and_by_the_element_instance(one, path):
    create(one, path, "other", configuration={"source": 7})
    number = create(one, path)["id"]

    assert [each["id"] for each in one.call("GET", "/formulas/instances", searchText="CRM").json()] == [number]
    assert [each["id"] for each in one.call("GET", "/formulas/instances", elementInstanceId=412345).json()] == [number]


@pytest.mark.parametrize("paging", ["id", "offset"])
def test_lists_are_paged_with_a_token_while_more_is_left(platform, one, template, path, paging):
    platform.settings({"page_size": 2, "paging": paging})
    numbers = platform.formulas.add({"count": 4, "formula": template})
    first = one.call("GET", path)
    second = one.call("GET", path, nextPage=first.headers["elements-next-page-token"])

    assert [each["id"] for answer in (first, second) for each in answer.json()] == numbers
    assert first.headers["elements-total-count"] == "4"
    assert "elements-next-page-token" not in second.headers


def test_an_empty_list_has_either_form(platform, one, path):
    assert (one.call("GET", path).status, one.call("GET", path).json()) == (200, [])
    platform.settings({"formula_empty_list": "not_found"})
    assert (one.call("GET", path).status, one.call("GET", path).json()["message"]) == (
        404,
        "No formula instances found",
    )


def test_a_list_may_leave_out_configuration_and_settings(platform, one, path):
    create(one, path)
    assert one.call("GET", path).json()[0]["configuration"] == {"source": "412345"}
    platform.settings({"formula_list_configuration": "missing"})
    assert not {"configuration", "settings"} & set(one.call("GET", path).json()[0])


def test_users_see_their_own_and_administrators_all(one, two, admin, path):
    create(one, path)

    assert one.call("GET", "/formulas/instances").json() == admin.call("GET", "/formulas/instances").json() != []
    assert two.call("GET", "/formulas/instances").json() == []


# What they have to do with the rest


def test_an_element_instance_in_use_by_an_active_one_cannot_be_deleted(one, path):
    instance = one.create()["id"]
    number = create(one, path, configuration={"source": instance})["id"]
    refusal = one.call("DELETE", f"/instances/{instance}")

    assert (refusal.status, str(number) in refusal.json()["message"]) == (409, True)
    one.call("DELETE", f"{path}/{number}/active")
    assert one.call("DELETE", f"/instances/{instance}").status == 200


def test_a_scheduled_one_has_a_job_while_it_and_its_template_are_active(platform, one, template, path):
    number = create(one, path)["id"]
    assert one.call("GET", "/jobs").json() == []
    platform.formulas.change_template(template, {"triggers": [{"type": "scheduled", "properties": {"cron": "x"}}]})
    [job] = one.call("GET", "/jobs").json()
    assert f"formula {template}, instance {number}" in job["description"]

    one.call("DELETE", f"{path}/{number}/active")
    assert one.call("GET", "/jobs").json() == []


def test_the_platform_warns_of_failures_in_a_row_and_deactivates_in_the_end(platform, one, path):
    number = create(one, path)["id"]
    assert platform.formulas.fail(number, 50)["numberConsecutiveErrorWarningNotifications"] == 1
    assert one.call("GET", f"{path}/{number}").json()["active"] is True
    platform.formulas.fail(number, 51)
    shown = one.call("GET", f"{path}/{number}").json()

    assert (shown["active"], shown["numberConsecutiveErrors"]) == (False, 101)


def test_a_lost_answer_to_a_post_leaves_the_instance_behind(platform, one, path):
    platform.add_faults({"fault": "drop_after", "match": {"verb": "POST", "name": "crm-sync"}})

    assert one.call("POST", path, body()).ending == "drop"
    assert [each["name"] for each in platform.formulas.instances()] == ["crm-sync"]


def test_what_is_made_and_changed_behind_the_platforms_back_is_what_it_shows(platform, one):
    [template] = platform.formulas.add_templates([{"name": "sync", "variables": {"source": {"required": True}}}])
    [number] = platform.formulas.add([{"name": "acme", "formula": template, "configuration": {"source": 1}}])
    truth = platform.formulas.change(number, {"name": "beta", "active": False, "created": "2020-01-01T00:00:00Z"})

    assert {key: truth[key] for key in ("name", "active", "created")} == {
        "name": "beta",
        "active": False,
        "created": "2020-01-01T00:00:00Z",
    }
    platform.formulas.remove(number)
    assert one.call("GET", f"/formulas/{template}/instances").json() == []
    with pytest.raises(ValueError, match="no \\['nam'\\]"):
        platform.formulas.change_template(template, {"nam": "x"})
