# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the modules instance, instances and instance_info. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._engine import Engine
from ._entries import desired_entries, shared_subdomains
from ._fields import desired_from, is_placeholder
from ._info import read_instances
from ._options import FLEET_SPEC, INFO_SPEC, INSTANCE_REQUIRED_ONE_OF, INSTANCE_SPEC, run_options_from
from ._results import fleet_result, warnings_of
from ._tasks import Context, Task, run_one
from ._tenant import Tenant


def _instance(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Processes one instance."""
    tenant, result = run_one(params, context, desired_from(params, check_mode=context.check_mode), Tenant)
    return {**result, "token": tenant.live.token if tenant.live is not None else None}


def _instances(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Plans all instances, then applies the plans."""
    desired = desired_entries(params["instances"], check_mode=context.check_mode)
    options = run_options_from(params, check_mode=context.check_mode)
    transport = context.transport(params, workers=options.concurrency)
    progress = context.progress
    if progress is not None:
        progress.begin(len(desired))
        engine = Engine(transport, desired, options, progress.done, progress.idle)
    else:
        engine = Engine(transport, desired, options)
    engine.run()
    context.warn(*shared_subdomains(desired), *warnings_of(engine.tenants))
    return fleet_result(engine)


def _instance_info(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Only reads, also outside check mode."""
    if is_placeholder(params["id"], check_mode=context.check_mode):
        return {"changed": False, "instances": []}
    transport = context.transport(params, read_only=True, workers=params["concurrency"])
    return {"changed": False, "instances": read_instances(transport, params)}


INSTANCE = Task("instance", INSTANCE_SPEC, _instance, INSTANCE_REQUIRED_ONE_OF)
INSTANCES = Task("instances", FLEET_SPEC, _instances)
INSTANCE_INFO = Task("instance_info", INFO_SPEC, _instance_info)
