/*
 * Copyright (c) 2026, the cloudelements.freshdesk contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Created at most once" as a model for the checker spin: controllers that each make one and the same name.
 *
 * One process a controller follows Fleet.run of plugins/module_utils/_fleet.py for a fleet of one, step by step; each step
 * names the function that it follows. Requests take effect at one moment, in every order that is possible. Time is a
 * count of ticks that passes only where a controller waits (Fleet._settle) or in between (TICKS).
 *
 *   CONTROLLERS  how many
 *   LOSSES       how many answers to a create may be lost, by all together
 *   LATE         ticks after the loss within which a lost create is committed, if it ever is
 *   TIMEOUT      ticks after the loss from which on a list proves absence (the option timeout)
 *   RUNS         how often a controller runs its task, one run after the other
 *   DELETIONS_ONLY  check only that nobody deletes what another made
 *   UNBOUNDED    a lost create may be committed at any time: there is no bound, and so no promise
 *
 * The bound that the promise rests on is LATE <= TIMEOUT. What is proven in which combination stands in check.py.
 */

#ifndef CONTROLLERS
#define CONTROLLERS 2
#endif
#ifndef LOSSES
#define LOSSES 0
#endif
#ifndef LATE
#define LATE 2
#endif
#ifndef TIMEOUT
#define TIMEOUT 2
#endif
#ifndef RUNS
#define RUNS 1
#endif

#define MOST (CONTROLLERS * RUNS + LOSSES + 1)
#define NOBODY 255

#ifdef UNBOUNDED
#define WITHIN_THE_BOUND true
#else
/* Time does not pass the bound while a lost create is under way: by then it is committed, or never will be. */
#define WITHIN_THE_BOUND (!underway || now < LATE)
#endif

bool there[MOST];        /* by id; ids grow in the order of commits, so the smallest is the oldest (assumed, API: U) */
byte maker[MOST];        /* whose POST made it */
byte next_id = 0;
byte losses = LOSSES;
byte finished = 0;

bool underway = false;   /* a lost create that the platform may still commit */
byte underway_for = NOBODY;
byte now = 0;            /* ticks since the loss that is under way, or was last */

byte registered[CONTROLLERS];
bool failed[CONTROLLERS];

inline count_named(number, oldest) {
    atomic {
        number = 0; oldest = NOBODY; scan = 0;
        do
        :: scan < next_id ->
            if
            :: there[scan] ->
                number++;
                if
                :: oldest == NOBODY -> oldest = scan
                :: else
                fi
            :: else
            fi;
            scan++
        :: else -> break
        od
    }
}

inline commit(whose) {
    assert(next_id < MOST);
    there[next_id] = true;
    maker[next_id] = whose;
    next_id++
}

/* The platform, working on a request whose answer is lost: it commits it at some moment, or never. */
active proctype Platform() {
end:
    do
    :: atomic { underway -> commit(underway_for); underway = false; printf("platform: commits, late, id %d\n", next_id - 1) }
    :: atomic { underway -> underway = false }
    od
}

proctype Controller(byte me) {
    byte number, oldest, scan, turn = 0;
    byte own;
    bool recovered;

    do
    :: turn == RUNS -> break
    :: turn < RUNS ->
        turn++;
        /* Whoever runs again after a failure waits as long as a lost create may take, as the documentation says. */
        (turn == 1 || !underway);
        own = NOBODY; recovered = false; failed[me] = false; registered[me] = NOBODY;

        /* Fleet._gather_one and Fleet._choose: one list, several of the name are refused. */
        count_named(number, oldest);
        if
        :: number == 1 -> registered[me] = oldest; goto done
        :: number > 1 -> failed[me] = true; goto done
        :: number == 0
        fi;

create:
        /* _apply._create: one POST. Its answer comes, or is lost before or after the commit, or the commit is late. */
        if
        :: atomic { commit(me); own = next_id - 1; printf("controller %d: created as id %d\n", me, own) }
        :: atomic { losses > 0 && !underway -> losses--; now = 0; printf("controller %d: answer lost, nothing done\n", me) }
        :: atomic { losses > 0 && !underway -> losses--; now = 0; commit(me); printf("controller %d: answer lost, done as id %d\n", me, next_id - 1) }
        :: atomic { losses > 0 && !underway -> losses--; now = 0; underway = true; underway_for = me; printf("controller %d: answer lost, under way\n", me) }
        fi;
        if
        :: own != NOBODY -> registered[me] = own; goto look
        :: else
        fi;

settle:
        /* Fleet._settle: looks until it is found, or a list begun TIMEOUT after the loss proves that it is absent. */
        do
        :: atomic {
                WITHIN_THE_BOUND;
                count_named(number, oldest);
                if
                :: number == 1 -> recovered = true; registered[me] = oldest; printf("controller %d: recovered id %d\n", me, oldest); break
                :: number > 1 -> failed[me] = true; break
                :: number == 0 && now >= TIMEOUT -> printf("controller %d: absence proven\n", me); goto create
                :: number == 0 && now < TIMEOUT -> now++; printf("controller %d: not there after %d\n", me, now)
                fi
            }
        /* Fleet._give_up: retry_timeout may end at any moment. */
        :: atomic { failed[me] = true; printf("controller %d: outcome unknown\n", me); break }
        od;
        if
        :: failed[me] -> goto done
        :: else
        fi;

look:
        /* Fleet._look_once_more: the oldest of the name stays. */
        count_named(number, oldest);
        if
        :: number == 1 && oldest == registered[me]
        :: number == 1 && oldest != registered[me] && recovered -> failed[me] = true
        :: number > 1 && recovered -> failed[me] = true    /* nothing is deleted that no POST of ours returned */
        :: number > 1 && !recovered && oldest == own
        :: number >= 1 && !recovered && oldest != own ->
            /* Fleet._adopt: our own, younger one goes. Only an id from our own POST is deleted. */
            assert(own != NOBODY && maker[own] == me);
            there[own] = false;
            printf("controller %d: deleted its own id %d, adopted id %d\n", me, own, oldest);
            registered[me] = oldest
        :: number == 0 -> failed[me] = true
        fi;
done:
        skip
    od;
    finished++
}

init {
    byte each = 0;
    atomic {
        do
        :: each < CONTROLLERS -> registered[each] = NOBODY; run Controller(each); each++
        :: else -> break
        od
    }
    /* The end: all have finished, and the platform has nothing under way any more. */
    (finished == CONTROLLERS && !underway);
    atomic {
        byte number = 0, oldest = NOBODY, scan = 0;
        count_named(number, oldest);
        each = 0;
#ifndef DELETIONS_ONLY
        assert(number <= 1);
        do
        :: each < CONTROLLERS ->
            assert(failed[each] || (registered[each] != NOBODY && there[registered[each]]));
            assert(failed[each] || number == 1);
#if LOSSES == 0
            assert(number == 1);
#endif
            each++
        :: else -> break
        od
#endif
    }
}
