# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed formula instance means for its tenant, and a failed tenant for its formula instances."""

from __future__ import annotations

from copy import copy
from types import SimpleNamespace

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._parts import settle

REFUSED = FreshdeskError("a lacks source, which the template requires.")
BUSY = FreshdeskError("The platform is busy: run again.", status=503, request_id="4f1c", attempts=5)
PARTIAL = FreshdeskError("It was changed, but not activated.", state="partial", attempts=2)
STOPPED = FreshdeskError(
    "b was not tried, since another tenant failed and on_error is stop: run again.", state="not_tried"
)
UNKNOWN = FreshdeskError("The platform did not answer.", state="unknown")
WRITE = object()


def part(label, error=None, *, plan=WRITE, wrote=False):
    """A formula instance: C(plan) is None if it has none yet."""
    return SimpleNamespace(
        desired=SimpleNamespace(label=label),
        error=error,
        wrote=wrote,
        plan=plan,
        has_work=plan is WRITE and error is None,
    )


def settled(*parts, error=None, done=(), changed=False, check_mode=False):
    """A tenant with these formula instances, after the failed ones have been taken into account."""
    tenant = SimpleNamespace(
        desired=SimpleNamespace(label="acme"),
        parts=list(parts),
        error=error,
        done=list(done),
        changed=changed or bool(done),
        check_mode=check_mode,
    )
    settle(tenant)
    return tenant


@pytest.mark.parametrize(
    ("parts", "options", "message", "state"),
    [
        (
            [part("a", REFUSED)],
            {},
            "acme: 1 of 1 formula instances failed: a lacks source, which the template requires.",
            "failed",
        ),
        (
            [part("a", BUSY), part("b", REFUSED), part("c")],
            {"done": ["created as id 4711", "enabled"]},
            "acme: 2 of 3 formula instances failed: a: The platform is busy: run again; b: a lacks source, which the template "
            "requires; done before that: created as id 4711, enabled.",
            "partial",
        ),
        (
            [part("a", REFUSED), part("b", wrote=True)],
            {"changed": True},
            "acme: 1 of 2 formula instances failed: a lacks source, which the template requires.",
            "partial",
        ),
        (
            [part("a", REFUSED)],
            {"done": ["created"], "check_mode": True},
            "acme: 1 of 1 formula instances failed: a lacks source, which the template requires.",
            "failed",
        ),
        (
            [part("a", REFUSED), part("b", PARTIAL)],
            {},
            "acme: 2 of 2 formula instances failed: a lacks source, which the template requires; b: It was changed, but not "
            "activated.",
            "partial",
        ),
        (
            [part("a", REFUSED), part("b", STOPPED)],
            {},
            "acme: 1 of 2 formula instances failed, 1 was not tried: a lacks source, which the template requires; "
            "b was not tried, since another tenant failed and on_error is stop: run again.",
            "failed",
        ),
        (
            [part("b", STOPPED)],
            {},
            "acme: 0 of 1 formula instances failed, 1 was not tried: b was not tried, since another tenant failed and on_error "
            "is stop: run again.",
            "not_tried",
        ),
        (
            [part("a", PARTIAL), part("b", UNKNOWN)],
            {"done": ["created"]},
            "acme: 2 of 2 formula instances failed: a: It was changed, but not activated; b: The platform did not answer; "
            "done before that: created.",
            "unknown",
        ),
    ],
)
def test_a_tenant_fails_with_its_formula_instances_and_says_what_was_done(parts, options, message, state):
    first = parts[0].error

    assert settled(*map(copy, parts), **options).error.as_dict() == {
        "message": message,
        "state": state,
        "status": first.status,
        "request_id": first.request_id,
        "attempts": first.attempts,
    }


def test_of_a_failed_tenant_what_is_still_to_be_done_is_not_tried():
    parts = [
        part("todo"),
        part("unplanned", plan=None),
        part("refused", REFUSED),
        part("written", wrote=True),
        part("unchanged", plan=object()),
    ]
    tenant = settled(*parts, error=BUSY)

    assert tenant.error is BUSY
    assert {one.desired.label: one.error and one.error.as_dict()["message"] for one in parts} == {
        "todo": "todo was not tried, since its tenant acme failed: run again.",
        "unplanned": "unplanned was not tried, since its tenant acme failed: run again.",
        "refused": REFUSED.message,
        "written": None,
        "unchanged": None,
    }
    assert {one.error.state for one in parts[:2]} == {"not_tried"}


def test_a_tenant_whose_formula_instances_are_all_well_is_left_alone():
    tenant = settled(part("a"), part("b", plan=None))

    assert (tenant.error, [one.error for one in tenant.parts]) == (None, [None, None])
