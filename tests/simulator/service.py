# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated platform as one object without I/O: calls in, answers out, on a clock of the caller's choice."""

from __future__ import annotations

import heapq
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from simulator.answers import Answer, error
from simulator.bodies import ELEMENTS
from simulator.calls import Call, Record
from simulator.declared import undeclared
from simulator.endpoints import Endpoints
from simulator.events import Delivery, Notifications
from simulator.faults import Fault, fault_of
from simulator.formula_store import FormulaControl, FormulaInstance, Formulas
from simulator.helpdesk import account
from simulator.routes import ROUTES, UNKNOWN, routed
from simulator.settings import Settings
from simulator.store import Instance, Store, date_read, date_text

BASE = "/elements/api-v2"


@dataclass(eq=False, slots=True)
class Pending:
    """A request that the platform has begun with. It will be worked off ``delay`` seconds later, at ``due``."""

    call: Call
    fault: Fault | None
    refusal: Answer | None
    delay: float
    due: float


class Platform:
    """The platform. ``handle`` answers a request at once; what waits in between uses ``begin`` and ``finish``.

    The work is done in ``finish``, at the end of the latency, as on a real server: a client that gave up meanwhile
    gets its commit all the same. A caller without a loop of its own says so with ``abandon``.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._most_underway = 0
        self.reset()

    # Requests

    def handle(
        self, verb: str, path: str, query_string: str = "", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Work a request off. The answer says what latency it should have had."""
        return self.finish(self.begin(verb, path, query_string, headers, body))

    def begin(
        self, verb: str, path: str, query_string: str = "", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Pending:
        """Take a request in: log it, and settle which fault it meets and how long it takes."""
        with self._lock:
            now = self._settle()
            call = self._call(verb, path, query_string, headers or {}, body, now)
            limit = self._settings.max_concurrent
            if limit is not None and call.record.concurrent > limit:
                refusal = error(429, "Too many concurrent requests. Please try again later.", call.request_id)
                if self._settings.retry_after is not None:
                    refusal.headers["retry-after"] = str(self._settings.retry_after)
                return self._pending(call, now, refusal=refusal)
            fault = next((fault for fault in self._faults if fault.strikes(call)), None)
            call.record.fault = fault.kind if fault else None
            return self._pending(call, now, fault, self._latency(call, fault))

    def _pending(
        self, call: Call, now: float, fault: Fault | None = None, delay: float = 0.0, refusal: Answer | None = None
    ) -> Pending:
        pending = Pending(call, fault, refusal, delay, now + delay)
        self._underway.add(pending)
        return pending

    def finish(self, pending: Pending) -> Answer:
        """Work it off now."""
        with self._lock:
            return self._finish(pending, self._settle())

    def abandon(self, pending: Pending) -> None:
        """The client has gone: work it off when it is due, as far as the clock gets there."""
        with self._lock:
            self._schedule(pending.due, lambda now: self._finish(pending, now))

    def _call(
        self, verb: str, path: str, query_string: str, headers: Mapping[str, str], body: bytes, now: float
    ) -> Call:
        below = path[len(BASE) :] if path.startswith(f"{BASE}/") else ""
        template, parts = routed(below)
        query = parse_qs(query_string, keep_blank_values=True)
        concurrent = len(self._underway) + 1
        self._most_underway = max(self._most_underway, concurrent)
        number = next(self._numbers)
        record = Record(
            n=number,
            verb=verb,
            path=self._without_secrets(path if template == UNKNOWN else below, thorough=template == UNKNOWN),
            template=template,
            query={self._without_secrets(key): self._shown(values) for key, values in query.items()},
            begun=now,
            concurrent=concurrent,
        )
        self._log.append(record)
        self._compare(record, slash=below.endswith("/"))
        if body and self._settings.record_bodies:
            self._bodies.append({"n": number, "verb": verb, "path": below, "body": body.decode(errors="replace")})
        operation = ROUTES.get(template, {}).get(verb)
        headers = {name.lower(): value for name, value in headers.items()}
        call = Call(verb, below, query, headers, body, f"{number:024x}", record, operation, parts)
        self._name(call)
        return call

    def _compare(self, record: Record, slash: bool) -> None:
        """Note a request that the vendor does not declare: its path and verb, or a parameter. A slash too many is one."""
        parameters = undeclared(record.verb, record.template, record.query)
        record.undeclared = slash or parameters is None or bool(parameters)
        if record.undeclared:
            line = {"n": record.n, "verb": record.verb, "path": record.path, "parameters": parameters or []}
            self._undeclared.append(line)

    def _name(self, call: Call) -> None:
        """Note which instance it is about: the one addressed, or the one that the body names."""
        record = call.record
        instance: Instance | FormulaInstance | None = None
        if "formulaInstanceId" in call.parts:
            record.id = int(call.parts["formulaInstanceId"])
            instance = self._formulas.instances.get(record.id)
        elif "id" in call.parts:
            record.id = int(call.parts["id"])
            instance = self._store.instances.get(record.id)
        elif call.operation is not None and call.operation.credentials != "platform":
            token = call.headers.get("authorization", "").partition("Element ")[2].strip()
            instance = self._store.by_token.get(token)
        if isinstance(call.document, dict) and isinstance(call.document.get("name"), str):
            record.name = call.document["name"]
            call.names.add(call.document["name"])
        if instance is not None:
            call.addresses(instance)
            call.names.add(instance.name)

    def _shown(self, values: list[str]) -> str | list[str]:
        """The values of a query parameter as the log keeps them: a list only where there are several."""
        shown = [self._without_secrets(value) for value in values]
        return shown if len(shown) > 1 else shown[0]

    def _without_secrets(self, text: str, thorough: bool = False) -> str:
        """A piece of a URL as the log may keep it: whole, or not at all where a secret stands in it."""
        store = self._store
        users = {secret for pair in store.users for secret in pair}
        found = text in store.by_token or text in store.accounts.values() or any(secret in text for secret in users)
        if thorough:  # too slow for every request
            found = found or any(secret in text for secret in (*store.by_token, *store.accounts.values()))
        return "(secret)" if found else text

    def _latency(self, call: Call, fault: Fault | None) -> float:
        if fault is not None and not fault.commit:
            return 0.0  # it never got as far as the platform
        latency = self._settings.latency
        name = call.operation.name if call.operation else ""
        extra = fault.parameters["seconds"] if fault is not None and fault.kind == "latency" else 0.0
        return float(latency.get(name, latency.get(call.verb, 0.0)) + extra)

    def _finish(self, pending: Pending, now: float) -> Answer:
        call, fault = pending.call, pending.fault
        if pending not in self._underway:  # a reset came in between: the platform it was meant for is gone
            return Answer(ending="drop")
        self._underway.remove(pending)
        if pending.refusal is not None:
            answer = pending.refusal
        elif fault is None:
            answer = self._endpoints.perform(call, now)
        elif fault.kind == "late":
            due = now + fault.parameters["commit_after"]
            self._schedule(due, lambda later: self._endpoints.perform(call, later))
            answer = fault.shape(call, Answer(), now)
        else:
            answer = self._endpoints.perform(call, now) if fault.commit else Answer()
            answer = fault.shape(call, answer, now)
        answer.latency = pending.delay
        answer.headers["elements-request-id"] = call.request_id
        call.record.ended = now
        call.record.status = None if answer.ending in ("drop", "hang") else answer.status
        return answer

    # The clock

    def _schedule(self, due: float, work: Callable[[float], object]) -> None:
        heapq.heappush(self._scheduled, (due, next(self._ties), work))

    def _settle(self) -> float:
        """Do what has fallen due, each at its own time, before anybody can look; answers the time."""
        now = self._clock()
        while self._scheduled and self._scheduled[0][0] <= now:
            due, _tie, work = heapq.heappop(self._scheduled)
            work(due)
        return now

    @contextmanager
    def _moment(self) -> Iterator[float]:
        """The platform for itself, all done that is due; gives the time."""
        with self._lock:
            yield self._settle()

    # Control: what a test may do and see behind the platform's back

    def reset(self) -> None:
        """An empty platform with default settings and users, no faults and no log."""
        with self._lock:
            self._store = Store()
            self._settings = Settings()
            self._formulas = Formulas()
            self.formulas = FormulaControl(self._store, self._formulas, self._moment)
            self._notifications = Notifications(self._store, self._settings)
            self._endpoints = Endpoints(self._store, self._formulas, self._settings, self._notifications)
            self._faults: list[Fault] = []
            self._scheduled: list[tuple[float, int, Callable[[float], object]]] = []
            self._ties = count()
            self._underway: set[Pending] = set()
            self.clear_requests()

    def settings(self, changes: dict[str, Any] | None = None) -> dict[str, Any]:
        """Change settings, and answer all of them."""
        with self._lock:
            self._settings.change(changes or {})
            return self._settings.shown()

    def accounts(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """Register Freshdesk accounts (subdomain -> the right API key), and answer all of them."""
        with self._lock:
            self._store.accounts.update(more or {})
            return dict(self._store.accounts)

    def users(self, more: Iterable[dict[str, Any]] = ()) -> list[dict[str, Any]]:
        """Add users, and answer all of them."""
        with self._lock:
            self._store.add_users(more)
            return [
                {
                    "id": user.id,
                    "email": user.email,
                    "user_secret": user.user_secret,
                    "organization_secret": user.organization_secret,
                    "admin": user.admin,
                    "privileges": user.privileges,
                }
                for user in self._store.users.values()
            ]

    def add_instances(self, seeds: list[dict[str, Any]] | dict[str, Any]) -> list[int]:
        """Make instances without asking the API: described one by one, or ``{"count": n, "prefix": text}``."""
        with self._lock:
            now = self._settle()
            if isinstance(seeds, dict):
                common = dict(seeds)
                number, prefix = common.pop("count"), common.pop("prefix", "tenant-")
                return [self._seed({"name": f"{prefix}{index:06d}", **common}, now) for index in range(1, number + 1)]
            return [self._seed(seed, now) for seed in seeds]

    def _seed(self, seed: dict[str, Any], now: float) -> int:
        seed = dict(seed)
        name = seed.pop("name")
        configuration = {
            "subdomain": seed.pop("subdomain", name),
            "username": seed.pop("api_key", f"key-of-{name}"),
            **seed.pop("configuration", {}),
        }
        user = self._store.user_by_id(seed.pop("user", 9001))
        created = date_read(seed.pop("created", now))
        element = seed.pop("element", "freshdeskv2")
        if element not in ELEMENTS:
            raise ValueError(f"no element {element!r}; known: {', '.join(ELEMENTS)}")
        instance = self._store.add(name, element, user, configuration, created, seed.pop("tags", None))
        self._change(instance, seed)
        return instance.id

    def change_instance(self, number: int, changes: dict[str, Any]) -> dict[str, Any]:
        """Change an instance behind the platform's back: ``name``, ``tags``, ``disabled``, ``in_use``, ``created``,
        ``events``, ``configuration`` (merged), ``subdomain``, ``username``."""
        with self._lock:
            self._settle()
            instance = self._store.instances[number]
            self._change(instance, dict(changes))
            return _truth(instance)

    def _change(self, instance: Instance, changes: dict[str, Any]) -> None:
        instance.configure(changes.pop("configuration", {}))
        account: dict[str, Any] = {key: changes.pop(key) for key in ("subdomain", "username") if key in changes}
        if account:
            instance.configure(account)
            instance.authenticate()
        if "created" in changes:
            instance.created = date_read(changes.pop("created"))
        for key in ("name", "tags", "disabled", "in_use", "events"):
            if key in changes:
                setattr(instance, key, changes.pop(key))
        if changes:
            raise ValueError(f"an instance has no {sorted(changes)}")
        self._store.changed(instance)

    def remove_instance(self, number: int) -> None:
        """Delete an instance behind the platform's back."""
        with self._lock:
            self._settle()
            self._store.remove(self._store.instances[number])

    def instances(self) -> list[dict[str, Any]]:
        """The truth: every instance as it is stored, secrets in clear."""
        with self._lock:
            self._settle()
            return [_truth(instance) for instance in self._store.instances.values()]

    def helpdesk(self, subdomain: str) -> dict[str, Any]:
        """What the Freshdesk account holds, by kind."""
        with self._lock:
            return account(self._store, subdomain, self._settle()).shown()

    def add_incidents(self, subdomain: str, incidents: list[dict[str, Any]] | int) -> list[int]:
        """Have customers open these incidents, or so many, and poll the account; those that have an ``id`` are only found again."""
        with self._lock:
            now = self._settle()
            helpdesk = account(self._store, subdomain, now)
            wanted = [{}] * incidents if isinstance(incidents, int) else incidents
            found = [helpdesk.opened(incident, now) for incident in wanted]
            self._notifications.poll(subdomain, {"incidents": found}, now)
            return [one["id"] for one in found]

    def due(self) -> list[Delivery]:
        """The callbacks that are to be sent now, for whoever has a network."""
        with self._lock:
            return self._notifications.due(self._settle())

    def delivered(self, delivery: Delivery, status: int | None) -> None:
        """What became of one: the status that answered it, None where nobody did."""
        with self._lock:
            self._notifications.delivered(delivery, status, self._settle())

    def deliveries(self) -> list[dict[str, Any]]:
        """All callbacks so far, with what became of each."""
        with self._lock:
            return [delivery.shown() for delivery in self._notifications.deliveries]

    def add_faults(self, specs: list[dict[str, Any]] | dict[str, Any]) -> list[dict[str, Any]]:
        """Add a fault, or several, and answer all. A request meets the first one that strikes it."""
        with self._lock:
            self._faults += [fault_of(spec) for spec in (specs if isinstance(specs, list) else [specs])]
            return self.faults()

    def faults(self) -> list[dict[str, Any]]:
        """All faults, and how often each has struck."""
        with self._lock:
            return [fault.shown() for fault in self._faults]

    def clear_faults(self) -> None:
        """Forget all faults; commits that are under way still come."""
        with self._lock:
            self._faults.clear()

    def requests(self) -> list[dict[str, Any]]:
        """The log of all requests to the API since the last clearing."""
        with self._lock:
            self._settle()
            return [record.shown() for record in self._log]

    def clear_requests(self) -> None:
        """Forget the log, and with it the counts."""
        with self._lock:
            self._log: list[Record] = []
            self._undeclared: list[dict[str, Any]] = []
            self._bodies: list[dict[str, Any]] = []
            self._numbers = count(1)
            self._most_underway = 0

    def bodies(self) -> list[dict[str, Any]]:
        """What was sent since the last clearing, to the letter and so with its secrets; under ``record_bodies`` only."""
        with self._lock:
            return list(self._bodies)

    def undeclared(self) -> list[dict[str, Any]]:
        """The requests since the last clearing that the vendor does not declare; without parameters where it is the
        path or the verb."""
        with self._lock:
            return list(self._undeclared)

    def counts(self) -> dict[str, int]:
        """How many requests there were by verb and path template, and how many at once."""
        with self._lock:
            counts = Counter(f"{record.verb} {record.template}" for record in self._log)
            return {**counts, "max_concurrent_seen": self._most_underway}


def _truth(instance: Instance) -> dict[str, Any]:
    return {
        "id": instance.id,
        "name": instance.name,
        "token": instance.token,
        "created": date_text(instance.created),
        "element": instance.element,
        "user": instance.user.id,
        "tags": instance.tags,
        "configuration": instance.configuration,
        "disabled": instance.disabled,
        "in_use": instance.in_use,
    }
