# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the simulated platform's formulas: templates, their instances, and what a test may do to both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from simulator.store import Store, User, date_read, date_text, without_markup

FIRST_TEMPLATE = 3_001
FIRST_INSTANCE = 80_001
MOST_ERRORS = 100
"""Failed executions in a row; one more, and the platform deactivates the instance (confirmed)."""
COUNTERS = ("numberConsecutiveErrors", "firstConsecutiveErrorDate", "numberConsecutiveErrorWarningNotifications")


@dataclass(slots=True)
class Template:
    """A formula template: what its instances have to fill in, what starts it and what it does."""

    id: int
    name: str
    user: User
    created: float
    updated: float
    active: bool = True
    description: str | None = None
    variables: list[dict[str, Any]] = field(default_factory=list)
    triggers: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    """C(engine), C(method), C(uri) and the like, as they were sent."""

    @property
    def missing_step(self) -> str | None:
        """A step that another step or a trigger leads to and that does not exist."""
        steps = {step.get("name") for step in self.steps}
        led_to = [
            name
            for each in [*self.triggers, *self.steps]
            for way in ("onSuccess", "onFailure")
            for name in each.get(way) or ()
        ]
        return next((name for name in led_to if name not in steps), None)

    def element_variables(self) -> set[str]:
        """The variables that take the id of an element instance."""
        return {each["key"] for each in self.variables if each["type"] == "elementInstance"}


@dataclass(slots=True)
class FormulaInstance:
    """An instance of a template, as it is stored."""

    id: int
    name: str
    template: Template
    user: User
    created: float
    active: bool
    configuration: dict[str, Any]
    settings: dict[str, Any]
    updated: float | None = None
    counters: dict[str, Any] = field(default_factory=dict)

    def uses(self, instance: int) -> bool:
        """Whether one of its variables holds the id of this element instance."""
        held = (self.configuration.get(key) for key in self.template.element_variables())
        return str(instance) in {str(value) for value in held}

    def truth(self) -> dict[str, Any]:
        """What a test may know of it."""
        return {
            "id": self.id,
            "name": self.name,
            "formula": self.template.id,
            "user": self.user.id,
            "created": date_text(self.created),
            "active": self.active,
            "configuration": self.configuration,
            "settings": self.settings,
            **self.counters,
        }


class Formulas:
    """All templates and their instances. Ids only grow, so a list in the order of ids is one in the order of creation."""

    def __init__(self) -> None:
        self.templates: dict[int, Template] = {}
        self.instances: dict[int, FormulaInstance] = {}
        self._template_ids = count(FIRST_TEMPLATE)
        self._instance_ids = count(FIRST_INSTANCE)
        self._part_ids = count(1)

    def part_id(self) -> int:
        """An id for a variable, a trigger or a step."""
        return next(self._part_ids)

    def add_template(self, name: str, user: User, now: float) -> Template:
        """Commit a new template. Names need not be unique (inferred)."""
        template = Template(next(self._template_ids), without_markup(name), user, created=now, updated=now)
        self.templates[template.id] = template
        return template

    def add_instance(
        self,
        name: str,
        template: Template,
        user: User,
        now: float,
        active: bool,
        configuration: dict[str, Any],
        settings: dict[str, Any],
    ) -> FormulaInstance:
        """Commit a new instance. Names are not unique (confirmed)."""
        number = next(self._instance_ids)
        made = FormulaInstance(number, without_markup(name), template, user, now, active, configuration, settings)
        self.instances[number] = made
        return made

    def of_template(self, template: Template) -> list[FormulaInstance]:
        """The instances of one template."""
        return [each for each in self.instances.values() if each.template is template]

    def users_of(self, instance: int) -> list[FormulaInstance]:
        """The active instances that use an element instance: it cannot be deleted meanwhile (inferred)."""
        return [each for each in self.instances.values() if each.active and each.uses(instance)]

    def execution_failed(self, instance: FormulaInstance, now: float) -> None:
        """One more failed execution in a row: half way the owner is warned, and in the end it is deactivated (confirmed)."""
        counters = instance.counters
        counters["numberConsecutiveErrors"] = errors = counters.get("numberConsecutiveErrors", 0) + 1
        counters.setdefault("firstConsecutiveErrorDate", date_text(now))
        if errors == MOST_ERRORS // 2:
            counters["numberConsecutiveErrorWarningNotifications"] = 1
        if errors > MOST_ERRORS:
            instance.active = False


class FormulaControl:
    """What a test may do and see of formulas behind the platform's back."""

    def __init__(self, store: Store, formulas: Formulas, moment: Callable[[], AbstractContextManager[float]]) -> None:
        self._store = store
        self._formulas = formulas
        self._moment = moment

    def add_templates(self, seeds: list[dict[str, Any]]) -> list[int]:
        """Make templates: ``name``, and where they differ ``user``, ``active``, ``created``, ``triggers``, ``steps`` and
        ``variables``: a list of keys, or key -> ``{type, required}``; a key alone is an element instance."""
        with self._moment() as now:
            return [self._template(dict(seed), now) for seed in seeds]

    def _template(self, seed: dict[str, Any], now: float) -> int:
        formulas = self._formulas
        user = self._store.user_by_id(seed.pop("user", 9001))
        template = formulas.add_template(seed.pop("name"), user, date_read(seed.pop("created", now)))
        variables = seed.pop("variables", {})
        if isinstance(variables, list):
            variables = {key: {} for key in variables}
        template.variables = [
            {"id": formulas.part_id(), "key": key, "name": key.title(), "type": "elementInstance", **said}
            for key, said in variables.items()
        ]
        _set(template, seed, ("active", "description", "triggers", "steps"))
        return template.id

    def change_template(self, number: int, changes: dict[str, Any]) -> None:
        """Change ``active``, ``name``, ``description``, ``triggers`` or ``steps``."""
        with self._moment():
            _set(
                self._formulas.templates[number],
                dict(changes),
                ("active", "name", "description", "triggers", "steps"),
            )

    def add(self, seeds: list[dict[str, Any]] | dict[str, Any]) -> list[int]:
        """Make formula instances: described one by one, or ``{"count": n, "prefix": text, "formula": id}``."""
        with self._moment() as now:
            if isinstance(seeds, dict):
                common = dict(seeds)
                number, prefix = common.pop("count"), common.pop("prefix", "formula-")
                seeds = [{"name": f"{prefix}{index:06d}", **common} for index in range(1, number + 1)]
            return [self._instance(dict(seed), now) for seed in seeds]

    def _instance(self, seed: dict[str, Any], now: float) -> int:
        formulas = self._formulas
        made = formulas.add_instance(
            name=seed.pop("name"),
            template=formulas.templates[seed.pop("formula")],
            user=self._store.user_by_id(seed.pop("user", 9001)),
            now=date_read(seed.pop("created", now)),
            active=seed.pop("active", True),
            configuration=dict(seed.pop("configuration", {})),
            settings=dict(seed.pop("settings", {})),
        )
        if seed:
            raise ValueError(f"a formula instance has no {sorted(seed)}")
        return made.id

    def change(self, number: int, changes: dict[str, Any]) -> dict[str, Any]:
        """Change ``name``, ``active``, ``configuration``, ``settings``, ``created`` or a counter of errors."""
        with self._moment():
            made = self._formulas.instances[number]
            changes = dict(changes)
            made.counters.update({key: changes.pop(key) for key in COUNTERS if key in changes})
            if "created" in changes:
                made.created = date_read(changes.pop("created"))
            _set(made, changes, ("name", "active", "configuration", "settings"))
            return made.truth()

    def fail(self, number: int, times: int = MOST_ERRORS + 1) -> dict[str, Any]:
        """Let so many executions fail, by default as many as make the platform deactivate the instance."""
        with self._moment() as now:
            made = self._formulas.instances[number]
            for _execution in range(times):
                self._formulas.execution_failed(made, now)
            return made.truth()

    def remove(self, number: int) -> None:
        """Delete one."""
        with self._moment():
            del self._formulas.instances[number]

    def instances(self) -> list[dict[str, Any]]:
        """The truth: every formula instance as it is stored."""
        with self._moment():
            return [each.truth() for each in self._formulas.instances.values()]


def _set(thing: Any, changes: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in known:
        if key in changes:
            setattr(thing, key, changes.pop(key))
    if changes:
        raise ValueError(f"no {sorted(changes)}; known: {', '.join(known)}")
