# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of elements, as far as it is asked for."""

from __future__ import annotations

from simulator import bodies
from simulator.answers import Answer, in_json
from simulator.calls import Call
from simulator.context import Context
from simulator.store import User


def element(context: Context, call: Call, _user: User) -> Answer:
    """``GET /elements/{key}``, by key or number."""
    return in_json(bodies.element(context.element(call.parts["key"]), with_configuration=True))


def keys(_context: Context, _call: Call, _user: User) -> Answer:
    """``GET /elements/keys``. That it is a list of strings is inferred."""
    return in_json(sorted(bodies.ELEMENTS))


def organization(_context: Context, _call: Call, user: User) -> Answer:
    """``GET /organizations/me``: the check of the two secrets alone."""
    return in_json({"id": 701, "name": "acme", "createdDate": "2016-02-01T09:00:00Z", "ownerId": user.id})
