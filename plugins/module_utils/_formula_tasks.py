# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the modules formula_instance and formula_instance_info. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._fields import check_is_id, is_placeholder
from ._formula import FormulaJob
from ._formula_api import FormulaPlatform
from ._formula_fields import formula_desired_from, formula_of
from ._formula_model import FormulaLive, formula_result
from ._lookup import by_name
from ._options import FORMULA_SPEC, INSTANCE_REQUIRED_ONE_OF
from ._tasks import Context, Task, run_one
from ._transport import Channel, Transport
from ._workers import each

CONCURRENCY = 10
"""Formula instances that are read concurrently."""


def _formula_instance(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Processes one formula instance."""
    desired = formula_desired_from(params, check_mode=context.check_mode)
    return run_one(params, context, desired, FormulaJob)[1]


def _formula_instance_info(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Only reads, also outside check mode."""
    if is_placeholder(params["id"], check_mode=context.check_mode):
        return {"changed": False, "formula_instances": []}
    transport = context.transport(params, read_only=True, workers=CONCURRENCY)
    return {"changed": False, "formula_instances": read_formula_instances(transport, params)}


def read_formula_instances(transport: Transport, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The formula instances that match C(formula), C(name) and C(id), sorted by name and age."""
    formulas = FormulaPlatform(Channel(transport))
    name, number = params["name"], params["id"]
    if number is not None:
        check_is_id("id", number)
    if params["formula"] is not None:
        formulas.formula = formulas.the_template(formula_of(params["formula"])).id
    if number is not None:
        live = formulas.get(number)
        mine = live is not None and formulas.formula in (None, live.formula) and name in (None, live.name)
        found = [live] if live is not None and mine else []
    else:
        found = by_name(formulas, name).meant if name is not None else formulas.instances()
    whole = {live.id: live for live in found}

    def ask(live: FormulaLive) -> None:
        whole[live.id] = FormulaPlatform(Channel(transport)).get(live.id) or live

    each([live for live in found if not live.is_complete], ask, CONCURRENCY)
    return [formula_result(live) for live in sorted(whole.values(), key=lambda live: (live.name, live.age))]


FORMULA_INSTANCE = Task("formula_instance", FORMULA_SPEC, _formula_instance, INSTANCE_REQUIRED_ONE_OF)
FORMULA_INSTANCE_INFO = Task(
    "formula_instance_info", {name: FORMULA_SPEC[name] for name in ("formula", "name", "id")}, _formula_instance_info
)
