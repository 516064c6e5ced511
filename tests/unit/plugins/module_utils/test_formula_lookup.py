# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a formula instance and the element instances that it uses are found, and with which requests."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from support.in_process import Simulation, formula_desired

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula import FormulaJob
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._formula_model import FormulaLive

GET, TEMPLATE = "GET /formulas/instances/{formulaInstanceId}", "GET /formulas/{formulaId}"
DELETE = "DELETE /formulas/{formulaId}/instances/{formulaInstanceId}"


@pytest.fixture
def simulation():
    simulation = Simulation()
    [template] = simulation.platform.formulas.add_templates([{"name": "sync", "variables": {"source": {}}}])
    [simulation.acme] = simulation.platform.add_instances([{"name": "acme"}])
    [simulation.live] = simulation.platform.formulas.add([{"name": "acme-sync", "formula": template}])
    simulation.platform.clear_requests()
    return simulation


def test_an_id_with_the_name_that_it_has_needs_no_search(simulation):
    assert simulation.formula(id=simulation.live, name="acme-sync")["action"] == "unchanged"
    assert simulation.calls() == [GET, TEMPLATE]


def test_an_id_alone_is_enough_for_a_deletion(simulation):
    assert simulation.formula(id=simulation.live, state="absent")["action"] == "deleted"
    assert simulation.calls()[0] == GET
    assert simulation.writes() == [DELETE]
    assert simulation.platform.formulas.instances() == []


def test_a_name_that_only_looks_like_one_that_exists_is_created_with_a_warning(simulation):
    done = simulation.formula(formula="sync", name="Acme-Sync")

    assert (done["action"], done["warnings"]) == (
        "created",
        [
            f"the name is created, and others look the same: 'acme-sync' (id {simulation.live}); correct the name if one of these "
            "is meant."
        ],
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "nobody",
            "is nobody, but no such instance is visible with these secrets: correct it, or create the instance first.",
        ),
        (
            815,
            "is id 815, but no such instance is visible with these secrets: correct it, or create the instance first.",
        ),
        ("twins", "is twins, which is the name of several instances: id "),
    ],
)
def test_an_element_instance_that_is_missing_or_ambiguous_is_named_with_its_variable(simulation, source, message):
    simulation.platform.add_instances([{"name": "twins"}, {"name": "twins"}])
    done = simulation.formula(formula="sync", name="new", instances={"source": source})

    assert done["error"]["message"].startswith(f"instances: source {message}")


def test_an_element_instance_that_is_disabled_is_named_in_a_warning(simulation):
    simulation.platform.add_instances([{"name": "off", "disabled": True}])
    done = simulation.formula(formula="sync", name="new", instances={"source": "off"})

    assert done["warnings"] == [
        "instances: source is off, which is disabled: the formula cannot use it until it is enabled."
    ]


def test_the_diff_of_one_that_is_yet_to_be_created_has_the_references_as_the_user_wrote_them(simulation):
    instances = {"source": "acme", "target": 4711, "third": -1}
    done = simulation.formula(id=-1, instances=instances, check=True)

    assert done["diff"]["after"]["instances"] == {"source": "acme", "target": "4711", "third": "(pending)"}
    assert simulation.calls() == []


SHOWN = FormulaLive(id=4711, name="acme-sync", created=None, formula=3001, enabled=True, configuration={}, settings={})


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        (None, "Formula instance 4711 was deleted by somebody else just now: run again."),
        (
            replace(SHOWN, settings=None),
            "The platform does not show the configuration and the settings of formula instance 4711, so it cannot be "
            "compared: check it on the platform.",
        ),
    ],
)
def test_one_that_is_not_shown_whole_is_not_compared(simulation, whole, message):
    job = FormulaJob(0, formula_desired(id=4711), simulation.transport())
    job.platform = SimpleNamespace(get=lambda number: whole)
    job.live = replace(SHOWN, configuration=None)
    with pytest.raises(FreshdeskError) as error:
        job.complete()

    assert error.value.message == message


def test_one_that_is_shown_whole_is_not_read_again(simulation):
    job = FormulaJob(0, formula_desired(id=4711), simulation.transport())
    for live in (SHOWN, None):
        job.live = live
        job.complete()

    assert simulation.calls() == []
