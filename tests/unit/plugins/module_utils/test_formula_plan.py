# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of one formula instance as a whole: what is shown, what is sent, what is expected, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.in_process import formula_desired

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_model import (
    FormulaLive,
    Template,
    Variable,
)
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_plan import formula_plan
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._resource import Plan
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import MASK

KEYS = ("source", "target", "cron", "apiKey")
TEMPLATE = Template(
    id=3001,
    name="sync",
    active=True,
    variables={key: Variable(key, required=key in ("source", "cron")) for key in KEYS},
)
INACTIVE = replace(TEMPLATE, active=False)
LIVE = FormulaLive(
    id=4711,
    name="acme-sync",
    created="2017-08-07T18:46:38Z",
    formula=3001,
    enabled=True,
    configuration={"source": 11, "cron": "15", "apiKey": "key-of-acme"},
    settings={"notification.email": "a@example.com", "unset": None},
)
BY_NAME = {"formula": "sync", "name": "acme-sync"}


def planned(live=LIVE, /, template=TEMPLATE, held=None, **options):
    """The plan for these options, and what they mean; C(held) are the ids of the element instances."""
    desired = formula_desired(**options, check=True)
    return formula_plan(desired, live, template, held or {}), desired


# Create


def test_a_creation_sends_everything_and_shows_no_secret():
    configuration = {"cron": "15", "apiKey": "key-of-acme", "target": '{"password": "password-of-acme"}'}
    settings = {"notification.email": "a@example.com", "token": "token-of-acme"}
    made, desired = planned(
        None,
        held={"source": "11"},
        **BY_NAME,
        active=False,
        instances={"source": 11},
        configuration=configuration,
        settings=settings,
    )
    values = {"source": "11", **configuration}

    assert made == Plan(
        "created",
        desired,
        None,
        before={"state": "absent"},
        after={
            "state": "present",
            "name": "acme-sync",
            "active": False,
            "instances": {"source": "11"},
            "configuration": {"apiKey": "(set)", "cron": "15", "target": '{"password": "(hidden)"}'},
            "settings": {"notification.email": "a@example.com", "token": "(set)"},
        },
        outcome=FormulaLive(
            id=-1,
            name="acme-sync",
            created=None,
            formula=3001,
            enabled=False,
            configuration=values,
            settings=settings,
        ),
        create={"name": "acme-sync", "active": False, "configuration": values, "settings": settings},
    )


@pytest.mark.parametrize("options", [{"name": "later", "formula": "sync"}, {}])
def test_one_that_an_earlier_task_would_create_is_expected_with_what_is_known_of_it(options):
    known = TEMPLATE if options else None
    made, desired = planned(
        None,
        template=known,
        held={"source": "(pending)"},
        id=-1,
        instances={"source": -1},
        configuration={"apiKey": "key-of-acme"},
        settings={"time": 60},
        **options,
    )

    assert made == Plan(
        "updated",
        desired,
        None,
        before={"state": "present"},
        after={
            "state": "present",
            **({"name": "later"} if options else {}),
            "instances": {"source": "(pending)"},
            "configuration": {"apiKey": "(set)"},
            "settings": {"time": "60"},
        },
        outcome=FormulaLive(
            id=-1,
            name="later" if options else "",
            created=None,
            formula=3001 if options else -1,
            enabled=True,
            configuration={"source": "(pending)", "apiKey": "key-of-acme"},
            settings={"time": 60},
        ),
    )


# Update


def test_a_change_of_values_sends_the_whole_instance_and_shows_what_the_user_set():
    made, desired = planned(
        held={"target": "12"},
        id=4711,
        active=False,
        instances={"target": 12},
        configuration={"cron": "15", "apiKey": "another-key"},
        settings={"time": 60},
    )
    configuration = {"source": 11, "cron": "15", "apiKey": "another-key", "target": "12"}

    assert made == Plan(
        "updated",
        desired,
        LIVE,
        before={
            "state": "present",
            "active": True,
            "instances": {"target": None},
            "configuration": {"apiKey": "(hidden)", "cron": "15"},
            "settings": {"time": None},
        },
        after={
            "state": "present",
            "active": False,
            "instances": {"target": "12"},
            "configuration": {"apiKey": "(changed)", "cron": "15"},
            "settings": {"time": "60"},
        },
        outcome=replace(LIVE, enabled=False, configuration=configuration, settings={**LIVE.settings, "time": 60}),
        put={
            "name": "acme-sync",
            "active": False,
            "configuration": configuration,
            "settings": {"notification.email": "a@example.com", "time": 60},
        },
    )


def test_a_new_name_is_sent_with_everything_and_a_new_switch_alone():
    renamed, by_id = planned(id=4711, name="new")
    switched, by_name = planned(**BY_NAME, active=False)

    assert renamed == Plan(
        "updated",
        by_id,
        LIVE,
        before={"state": "present", "name": "acme-sync"},
        after={"state": "present", "name": "new"},
        outcome=replace(LIVE, name="new"),
        put={
            "name": "new",
            "active": True,
            "configuration": LIVE.configuration,
            "settings": {"notification.email": "a@example.com"},
        },
    )
    assert switched == Plan(
        "updated",
        by_name,
        LIVE,
        before={"state": "present", "name": "acme-sync", "active": True},
        after={"state": "present", "name": "acme-sync", "active": False},
        outcome=replace(LIVE, enabled=False),
        set_enabled=False,
    )


def test_a_masked_value_is_hidden_and_not_compared():
    live = replace(LIVE, configuration={**LIVE.configuration, "cron": MASK, "apiKey": MASK})
    made, desired = planned(live, **BY_NAME, configuration={"cron": "30", "apiKey": "another-key"})
    side = {"state": "present", "name": "acme-sync", "configuration": {"cron": "(hidden)"}}

    assert made == Plan("unchanged", desired, live, before=side, after=side, outcome=live, secrets="unreadable")


def test_a_warning_says_why_a_formula_instance_does_not_run():
    stopped = replace(LIVE, enabled=False, errors=101)

    assert planned(stopped, template=INACTIVE, **BY_NAME, active=True)[0].warnings == (
        "the platform deactivated it after 101 failed executions in a row, and active: true activates it again: look "
        "for the reason in its executions.",
        "its template is inactive, so it does not run: activate the template on the platform.",
    )
    assert planned(stopped, **BY_NAME)[0].warnings == ()


# Delete


@pytest.mark.parametrize(
    ("live", "options", "expected"),
    [
        (None, BY_NAME, {"action": "unchanged", "before": {"state": "absent"}, "after": {"state": "absent"}}),
        (
            LIVE,
            {"id": 4711},
            {"action": "deleted", "before": {"state": "present"}, "after": {"state": "absent"}, "delete": True},
        ),
        (None, {"id": -1}, {"action": "deleted", "before": {"state": "present"}, "after": {"state": "absent"}}),
    ],
)
def test_a_deletion_sends_no_values_and_expects_nothing(live, options, expected):
    made, desired = planned(live, template=None, **options, state="absent")

    assert made == Plan(desired=desired, live=live, outcome=None, **expected)


# Refused


@pytest.mark.parametrize(
    ("live", "template", "options", "message"),
    [
        (
            None,
            TEMPLATE,
            {"configuration": {"b": "1", "a": "1"}},
            "The template sync (id 3001) has no variable a, b: correct it; its variables are: apiKey, cron, source, target.",
        ),
        (
            LIVE,
            replace(TEMPLATE, variables={}),
            {"instances": {"a": 11}},
            "The template sync (id 3001) has no variable a: correct it; its variables are: none.",
        ),
        (
            None,
            TEMPLATE,
            {"configuration": {"source": ""}},
            "acme-sync lacks source, cron, which the template requires: set it in instances, where it is an element instance, "
            "or in configuration.",
        ),
        (
            replace(LIVE, configuration={"source": 11, "cron": None}),
            TEMPLATE,
            {},
            "acme-sync lacks cron, which the template requires: set it in instances, where it is an element instance, "
            "or in configuration.",
        ),
        (
            None,
            INACTIVE,
            {"configuration": {"source": "11", "cron": "15"}},
            "acme-sync was not created, since its template sync (id 3001) is inactive: "
            "activate the template on the platform, then run again.",
        ),
        (
            replace(LIVE, configuration={**LIVE.configuration, "apiKey": MASK}, settings={"token": MASK}),
            TEMPLATE,
            {"configuration": {"cron": "30"}},
            "acme-sync needs a change that sends its whole configuration again, and the platform does not show the live "
            "apiKey, token, which would be lost: set that too; nothing was written.",
        ),
    ],
)
def test_what_does_not_fit_the_template_or_would_lose_a_value_is_refused(live, template, options, message):
    with pytest.raises(Refused) as refused:
        planned(live, template=template, **BY_NAME, **options)

    assert refused.value.message == message


def test_nothing_is_planned_without_the_template_whose_variables_would_be_lost():
    with pytest.raises(RuntimeError, match=r"^a formula instance is compared without its template$"):
        planned(template=None, **BY_NAME)
