# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request on its way through the simulated platform, and the line that the log keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from simulator.context import Operation
    from simulator.formula_store import FormulaInstance
    from simulator.store import Instance


@dataclass(slots=True)
class Record:
    """A line of the log. It has no room for a header or a body, so that no secret can get into it."""

    n: int
    verb: str
    path: str
    template: str  # the path with its ids named, "(unknown)" outside the API
    query: dict[str, Any]
    begun: float
    concurrent: int  # requests under way when this one began, itself included
    status: int | None = None  # None where nothing was answered
    committed: bool = False  # whether it changed anything, however it was answered
    undeclared: bool = False  # whether the vendor declares no such request
    fault: str | None = None
    name: str | None = None  # of the instance created or addressed
    id: int | None = None
    ended: float | None = None

    def shown(self) -> dict[str, Any]:
        """The line, as JSON can carry it."""
        return asdict(self)


@dataclass(slots=True)
class Call:
    """A request, parsed once: what it addresses and what it says."""

    verb: str
    path: str  # below the base path
    query: dict[str, list[str]]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    request_id: str
    record: Record
    operation: Operation | None  # None where nothing answers at this path, or not to this verb
    parts: dict[str, str]  # what stands in the path's placeholders
    names: set[str] = field(default_factory=set)  # of the instance addressed, and the one that the body gives
    document: Any = field(init=False)

    def __post_init__(self) -> None:
        try:
            self.document = orjson.loads(self.body) if self.body else None
        except orjson.JSONDecodeError:
            self.document = None

    def addresses(self, instance: Instance | FormulaInstance) -> None:
        """Note which instance it is about."""
        self.record.id, self.record.name = instance.id, instance.name

    def first(self, parameter: str) -> str | None:
        """The first value of a query parameter."""
        values = self.query.get(parameter)
        return values[0] if values else None

    def flag(self, parameter: str, default: bool) -> bool:
        """A query parameter that says true or false."""
        value = self.first(parameter)
        return default if value is None else value.lower() == "true"
