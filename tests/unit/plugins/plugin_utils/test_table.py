# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet in a screen of text: what failed first, nothing of what was left alone, and never more than a screen."""

from __future__ import annotations

from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._table import table_of


def result(*outcomes, pruned=(), requests=7, **summary):
    return {
        "outcomes": [dict(zip(("action", "id", "name"), outcome)) for outcome in outcomes],
        "pruned": [{"id": number, "name": name} for number, name in pruned],
        "summary": summary,
        "plan_id": "c52909",
        "http": {"requests": requests},
    }


def test_failures_come_first_what_was_pruned_last_and_what_is_unchanged_not_at_all():
    told = result(
        ("created", 7, "acme"),
        ("unchanged", 8, "blueleaf"),
        ("failed", None, None),
        pruned=[(9, "old")],
        failed=1,
        created=1,
        unchanged=1,
    )
    assert table_of(told, check_mode=False) == [
        "failed     -         -",
        "created    7         acme",
        "pruned     9         old",
        "1 failed, 1 created, 1 unchanged; 1 pruned",
        "plan c52909, 7 requests",
    ]


def test_what_was_not_tried_is_told_from_what_failed_and_stands_after_the_changes():
    told = result(("failed", None, "beta"), ("failed", None, "acme"), ("created", 7, "gamma"), failed=2, created=1)
    told["outcomes"][0]["error"] = {"state": "not_tried"}
    assert table_of(told, check_mode=False)[:4] == [
        "failed     -         acme",
        "created    7         gamma",
        "not tried  -         beta",
        "1 failed, 1 not tried, 1 created",
    ]


def test_a_dry_run_says_that_it_is_one():
    told = result(("created", -1, "acme"), requests=1, created=1)
    assert table_of(told, check_mode=True) == [
        "created    -1        acme",
        "1 created (dry run: nothing was written)",
        "plan c52909, 1 request",
    ]


def test_no_tenants_are_reported_as_that():
    assert table_of(result(), check_mode=False)[0] == "no tenants"


def test_it_fits_one_screen_and_says_how_much_it_omits():
    outcomes = [("updated", number, f"tenant-{number}") for number in range(60)]
    pruned = [(number, "old") for number in range(43)]
    lines = table_of(result(*outcomes, ("failed", 99, "bad"), pruned=pruned, updated=60), check_mode=False)
    assert lines[0] == "failed     99        bad"
    assert len(lines) == 40 + 40 + 3
    assert lines[80] == "... and 24 more, in outcomes and pruned"


def test_a_name_cannot_move_the_cursor():
    assert "\x1b" not in table_of(result(("created", 1, "red\x1b[31m"), created=1), check_mode=False)[0]


def test_formula_instances_that_changed_or_failed_stand_below_their_tenant():
    told = result(("updated", 7, "acme"), updated=1)
    told["outcomes"][0]["formulas"] = [
        {"action": action, "id": number, "name": f"acme-{number}"}
        for number, action in enumerate(("created", "unchanged", "failed"), 80001)
    ]
    assert table_of(told, check_mode=False)[:3] == [
        "updated    7         acme",
        "created    80001     acme: acme-80001",
        "failed     80003     acme: acme-80003",
    ]
