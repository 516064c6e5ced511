# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One round of lookups for creates without an answer, and who keeps a name that two runs created."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support.in_process import Clock
from support.pages import is_listed

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _recovery
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import AnswerLost, FreshdeskError
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._job import PendingCreate
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._wire import live_from

TIMEOUT, BUDGET = 60, 300.0
SEARCH, WHOLE = "search", "whole list"


def live(number, name="acme", year=2020):
    return live_from({"id": number, "name": name, "createdDate": f"{year}-01-01T00:00:00Z"})


class Platform:
    """Endpoints that find the same each time, and note what was looked for, and with how much time left."""

    def __init__(self, clock, found=(), takes=0.0):
        connection = SimpleNamespace(timeout=TIMEOUT)
        self.clock, self.found, self.takes = clock, found, takes
        self.channel = SimpleNamespace(
            clock=clock, budget=SimpleNamespace(left=BUDGET), transport=SimpleNamespace(connection=connection)
        )
        self.hidden = set()
        self.looks = []

    def instances(self, among=None):
        return self._looked(WHOLE, None, among)

    def search(self, text, among=None, *, hydrate=True):
        self.hydrate = hydrate
        return [one for one in self._looked(SEARCH, text, among) if one.id not in self.hidden]

    def _looked(self, how, text, among):
        self.looks.append((how, text, sorted(among), self.channel.budget.left))
        self.clock.sleep(self.takes)
        if isinstance(self.found, FreshdeskError):
            raise self.found
        return [one for one in self.found if one.name in among]


class Tenant(SimpleNamespace):
    """A tenant, which can be a key."""

    __hash__ = object.__hash__


def tenant_of(platform, name="acme", *, ours=None, own=True, recovered=False):
    """A tenant with this instance, which its own POST made if C(own)."""
    return Tenant(
        desired=SimpleNamespace(name=name, label=name),
        platform=platform,
        channel=platform.channel,
        live=ours,
        own_id=ours.id if ours is not None and own else None,
        recovered=recovered,
        done=[],
        warnings=[],
        error=None,
    )


@pytest.fixture
def clock():
    return Clock()


class Round:
    """Tenants whose create was not answered some seconds ago, and a round of lookups for them."""

    def __init__(self, clock, found, *names, ago=0.0, left=BUDGET, pause=0.5, takes=0.0):
        self.clock = clock
        self.shared = Platform(clock, found, takes)
        now = clock.now()
        lost = AnswerLost("the connection was lost", status=503, request_id="4f1c", attempts=3)
        self.pending = [
            PendingCreate(
                tenant_of(Platform(clock, found, takes), name),
                lost,
                at=now - ago,
                deadline=now + left,
                next_look=now,
                pause=pause,
            )
            for name in names
        ]
        self.began = now
        self.going_on = [tenant.desired.name for tenant in _recovery.settle(self.shared, self.pending)]
        self.one = self.pending[0]
        self.tenant = self.one.tenant

    @property
    def next_look(self):
        return self.one.next_look - self.began


# A round


def test_one_that_is_found_is_adopted_at_once(clock):
    done = Round(clock, [live(7), live(8, "acme-2")], "acme")

    assert (done.going_on, done.one.settled) == (["acme"], True)
    assert (done.tenant.live.id, done.tenant.recovered, done.tenant.error) == (7, True, None)
    assert done.tenant.done == ["recovered as id 7"]
    assert done.tenant.platform.looks == [(SEARCH, "acme", ["acme"], BUDGET)]
    assert done.shared.looks == []


def test_several_are_looked_up_in_one_list_whose_time_is_theirs(clock):
    done = Round(clock, [live(7), live(8, "beta")], "acme", "beta", "gamma", left=200.0)

    assert done.going_on == ["acme", "beta"]
    assert done.shared.looks == [(SEARCH, None, ["acme", "beta", "gamma"], 200.0)]
    assert done.shared.channel.budget.left == BUDGET
    assert [one.settled for one in done.pending] == [True, True, False]


@pytest.mark.parametrize("names", [["acme"], ["acme", "beta"]])
@pytest.mark.parametrize(("ago", "how"), [(59.9, SEARCH), (60.0, WHOLE)])
def test_absence_is_proven_by_a_whole_list_after_the_timeout(clock, names, ago, how):
    done = Round(clock, [], *names, ago=ago)
    [look] = done.shared.looks or done.tenant.platform.looks

    assert (look[0], done.going_on) == (how, names if how == WHOLE else [])
    assert (done.one.settled, done.tenant.error, done.tenant.recovered) == (how == WHOLE, None, False)


def test_time_that_passes_while_a_list_is_read_proves_nothing(clock):
    done = Round(clock, [], "acme", ago=50.0, takes=20.0)

    assert (done.going_on, done.one.settled) == ([], False)
    assert done.next_look == 20.0


@pytest.mark.parametrize(("left", "goes_on"), [(120.0, True), (119.9, False)])
def test_an_absent_one_is_created_again_only_if_that_could_be_looked_up_too(clock, left, goes_on):
    done = Round(clock, [], "acme", ago=60.0, left=left)

    assert (done.going_on == ["acme"], done.tenant.error is None, done.one.settled) == (goes_on, goes_on, True)
    if not goes_on:
        assert (done.tenant.error.state, done.tenant.error.attempts) == ("failed", 3)
        assert is_listed(done.tenant.error.message)
        assert "the connection was lost (3 attempts)" in done.tenant.error.message


@pytest.mark.parametrize(
    ("ago", "pause", "left", "later"), [(0.0, 0.5, BUDGET, 1.0), (58.0, 8.0, BUDGET, 2.0), (0.0, 8.0, 3.0, 3.0)]
)
def test_the_next_look_is_after_twice_the_pause_and_no_later_than_proof_or_the_end(clock, ago, pause, left, later):
    done = Round(clock, [], "acme", ago=ago, pause=pause, left=left)

    assert (done.next_look, done.one.pause, done.one.settled, done.tenant.error) == (later, later, False, None)


@pytest.mark.parametrize("ago", [0.0, 60.0])
def test_two_of_the_name_are_an_error_and_stay(clock, ago):
    done = Round(clock, [live(7), live(8)], "acme", ago=ago)

    assert (done.going_on, done.one.settled, done.tenant.recovered) == ([], True, False)
    assert done.tenant.error.state == "partial"
    assert is_listed(done.tenant.error.message)
    assert "2 instances" in done.tenant.error.message


def test_one_whose_time_is_over_ends_with_an_unknown_outcome(clock):
    done = Round(clock, [], "acme", left=0.0)
    error = done.tenant.error

    assert (done.going_on, done.one.settled) == ([], True)
    assert (error.state, error.status, error.request_id, error.attempts) == ("unknown", 503, "4f1c", 3)
    assert "the connection was lost (3 attempts), and retry_timeout" in error.message
    assert is_listed(error.message)


def test_one_that_has_time_left_is_looked_up_again(clock):
    assert Round(clock, [], "acme", left=0.5).next_look == 0.5


def failure(status=None):
    return FreshdeskError("The list was not answered.", status=status)


@pytest.mark.parametrize("pause", [0.5, 0.0, 4.0])
def test_a_lookup_that_fails_is_repeated_while_there_is_time(clock, pause):
    done = Round(clock, failure(502), "acme", "beta", pause=pause)

    assert (done.going_on, done.tenant.error) == ([], None)
    assert [one.settled for one in done.pending] == [False, False]
    assert done.next_look == max(0.5, 2 * pause)


@pytest.mark.parametrize(
    ("status", "left", "takes", "given_up"),
    [
        (502, 0.0, 0.0, True),
        (502, 10.0, 10.0, True),
        (502, 10.0, 9.0, False),
        (401, BUDGET, 0.0, True),
        (403, BUDGET, 0.0, True),
    ],
)
def test_a_lookup_that_fails_is_given_up_at_the_end_or_if_it_is_refused(clock, status, left, takes, given_up):
    done = Round(clock, failure(status), "acme", left=left, takes=takes)

    assert (done.tenant.error is not None, done.one.settled) == (given_up, given_up)
    if given_up:
        assert done.tenant.error.state == "unknown"
        assert "(The list was not answered)" in done.tenant.error.message
        assert is_listed(done.tenant.error.message)


# Names that another run created


class Others:
    """What a run finds after its creates."""

    def __init__(self, clock, found, *tenants, hidden=()):
        self.platform = Platform(clock, found)
        self.platform.hidden = set(hidden)
        self.tenants = [tenant_of(self.platform, **tenant) for tenant in tenants]
        self.adopted = _recovery.look_for_others(self.platform, self.tenants)

    @property
    def adoptions(self):
        return [(tenant.desired.name, one.id) for tenant, one in self.adopted]


def test_what_was_not_created_now_needs_no_lookup(clock):
    done = Others(clock, [live(7)], {"ours": live(7), "own": False}, {"ours": None})

    assert (done.adopted, done.platform.looks) == ([], [])


def test_an_older_one_is_adopted_and_a_younger_one_stays_with_a_warning(clock):
    found = [live(7), live(6, year=2019), live(8, "beta"), live(9, "beta", 2021), live(10, "gamma")]
    done = Others(
        clock,
        found,
        {"ours": live(7)},
        {"name": "beta", "ours": live(8, "beta")},
        {"name": "gamma", "ours": live(10, "gamma")},
    )
    acme, beta, gamma = done.tenants

    assert done.adoptions == [("acme", 6)]
    assert (acme.warnings, gamma.warnings) == ([], [])
    [warning] = beta.warnings
    assert is_listed(warning)
    assert "id 9" in warning
    assert "id 8" not in warning
    assert done.platform.looks == [(SEARCH, None, ["acme", "beta", "gamma"], BUDGET)]
    assert done.platform.hydrate is False


def test_one_is_searched_for_by_its_name(clock):
    done = Others(clock, [live(7)], {"ours": live(7)})

    assert [look[:3] for look in done.platform.looks] == [(SEARCH, "acme", ["acme"])]


def test_a_search_that_does_not_show_our_own_is_followed_by_the_whole_list(clock):
    done = Others(clock, [live(7), live(6, year=2019)], {"ours": live(7)}, hidden={7})

    assert [look[:1] + look[2:3] for look in done.platform.looks] == [(SEARCH, ["acme"]), (WHOLE, ["acme"])]
    assert done.adoptions == [("acme", 6)]


def test_one_that_no_list_shows_yet_is_kept(clock):
    done = Others(clock, [], {"ours": live(7)})

    assert (done.adopted, done.tenants[0].error, done.tenants[0].warnings) == ([], None, [])


def test_the_date_in_the_list_counts_and_not_that_in_the_answer_to_the_create(clock):
    assert Others(clock, [live(7, year=2018), live(6, year=2019)], {"ours": live(7)}).adopted == []


def test_one_that_was_recovered_is_kept_only_if_it_is_the_only_one(clock):
    alone = Others(clock, [live(7)], {"ours": live(7), "own": False, "recovered": True})
    two = Others(clock, [live(7), live(6, year=2019)], {"ours": live(7), "own": False, "recovered": True})

    assert (alone.adopted, alone.tenants[0].error) == ([], None)
    assert (two.adopted, two.tenants[0].error.state) == ([], "partial")
    assert is_listed(two.tenants[0].error.message)
    assert "this run was lost: id 6" in two.tenants[0].error.message


def test_a_lookup_that_fails_is_a_warning_for_each_that_was_created(clock):
    done = Others(clock, failure(), {"ours": live(7)}, {"name": "beta", "ours": live(8, "beta"), "own": False})

    assert done.adopted == []
    assert [len(tenant.warnings) for tenant in done.tenants] == [1, 0]
    assert is_listed(done.tenants[0].warnings[0])


def test_each_adopts_its_own(clock):
    platform = Platform(clock, [live(7), live(6, year=2019), live(9, "beta"), live(8, "beta", 2019)])
    tenants = [tenant_of(platform, ours=live(7)), tenant_of(platform, "beta", ours=live(9, "beta"))]
    adopted = []
    for tenant in tenants:
        tenant.adopt = lambda oldest, name=tenant.desired.name: adopted.append((name, oldest.id))
    _recovery.adopt_what_others_created(platform, tenants, lambda some, step: [step(one) for one in some])

    assert adopted == [("acme", 6), ("beta", 8)]
