# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processing of one formula instance: how it is found and compared. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from ._errors import FreshdeskError, Refused
from ._fields import PLACEHOLDER_ID
from ._formula_api import FormulaPlatform
from ._formula_fields import FormulaDesired, InstanceRef
from ._formula_model import FormulaLive, Template, formula_result
from ._formula_plan import PENDING, FormulaPlan, formula_plan
from ._job import AnyJob, Job
from ._lookup import Found, by_name, by_names, chosen, in_list
from ._model import Live
from ._planned_instances import PlannedInstances, of_failed_tenant
from ._platform import Platform
from ._redact import printable
from ._resource import described
from ._transport import Channel, Transport


class FormulaJob(Job[FormulaDesired, FormulaLive]):
    """The processing of one formula instance."""

    kind = "formula_instance"
    platform: FormulaPlatform

    def __init__(
        self, position: int, desired: FormulaDesired, transport: Transport, owner: AnyJob | None = None
    ) -> None:
        super().__init__(position, desired, transport)
        self.owner = owner
        self.template: Template | None = None
        self.instances = PlannedInstances()
        """Those of the run."""
        self.used: dict[str, AnyJob] = {}
        """The tenants of the run whose instances it uses, by variable."""
        self.held = {variable: _id_or_name(one) for variable, one in desired.instances.items()}
        """The id of the element instance for each variable, as text."""
        self._by_id: FormulaLive | None = None
        """The formula instance with the desired id."""

    @classmethod
    def open(cls, channel: Channel) -> FormulaPlatform:
        return FormulaPlatform(channel)

    # --- find ---------------------------------------------------------------------------------------------------------

    def find(self) -> None:
        self._read()
        self._find(LookUps(self.channel))

    @classmethod
    def find_all(cls, tenants: Sequence[FormulaJob], platform: FormulaPlatform, each: Callable[..., None]) -> None:
        """The same for many, with one list of instances per template and per element, and what has an id read in parallel."""
        instances = PlannedInstances(tenants[0].beside, tenants[0].pruned)
        for job in tenants:
            job.instances = instances
        shared = SharedLookUps(platform.channel, tenants)
        # The first that refers to an element instance by id asks for it.
        askers = {
            one: job
            for job in reversed(tenants)
            for one in job.desired.instances.values()
            if one.id not in (None, PLACEHOLDER_ID)
        }
        asking = set(askers.values())

        def read(job: FormulaJob) -> None:
            job._read()
            for one in job.desired.instances.values():
                if askers.get(one) is job:
                    shared.read(one, job.channel)

        each([job for job in tenants if job.desired.id is not None or job in asking], read)
        for job in tenants:
            job.attempt(job._find, shared)

    def _read(self) -> None:
        if self.desired.id is not None:
            self._by_id = self.platform.get(self.desired.id)

    def _find(self, look_ups: LookUps) -> None:
        desired, name, found = self.desired, self.desired.name, self._by_id
        self.template = self._template(found, look_ups)
        if found is not None and self.template is not None and found.formula != self.template.id:
            raise Refused(
                f"Formula instance {found.id} belongs to formula {found.formula}, not to {printable(self.template.name)} "
                f"(id {self.template.id}): correct the id, or formula."
            )
        self.platform.formula = found.formula if found is not None else self.template.id if self.template else None
        self.held = {variable: self._held(variable, one, look_ups) for variable, one in desired.instances.items()}
        renaming = found is not None and desired.present and name != found.name
        named: list[FormulaLive] = []
        if name is not None and (desired.id is None or renaming):
            listed = look_ups.named(self.platform.formula, name)
            named, self.alike = listed.meant, listed.like(name)
        self.live = chosen(desired, found, [live for live in named if live.name == name])

    def _template(self, found: FormulaLive | None, look_ups: LookUps) -> Template | None:
        """The template; None if it is not specified or not needed."""
        desired = self.desired
        if desired.formula is not None:
            return look_ups.template(desired.formula)
        return look_ups.template(found.formula) if found is not None and desired.present else None

    def _held(self, variable: str, wanted: InstanceRef, look_ups: LookUps) -> str:
        """The id of the element instance for a variable. Raises Refused if there are none or several."""
        if wanted.id == PLACEHOLDER_ID:
            return PENDING
        tenant = self.tenant_of(wanted)
        if tenant is not None:
            self.used[variable] = tenant
            if not wanted.own and tenant.planned.outcome is not None and not tenant.planned.outcome.enabled:
                self._warn_of_disabled(variable)
            return _id_of(tenant)
        where, found = self._where(variable), look_ups.instances(wanted)
        if not found:
            self.instances.check_not_failed(where, wanted.name)
            raise Refused(
                f"{where}, but no such instance is visible with these secrets: correct it, or create the instance first."
            )
        named = self.instances.staying(where, found, named=wanted.id is None) if self.desired.present else found
        if len(named) > 1:
            raise Refused(f"{where}, which is the name of several instances: {described(named)}; give the id.")
        if not named[0].enabled:
            self._warn_of_disabled(variable)
        return str(named[0].id)

    def tenant_of(self, wanted: InstanceRef) -> AnyJob | None:
        """The tenant of the run that is referred to; None if it is the instance of no tenant."""
        if wanted.own:
            return self.owner
        ours = wanted.element in (None, self.channel.transport.connection.element)
        return self.instances.tenant(wanted.name) if ours else None

    def _where(self, variable: str) -> str:
        return f"instances: {printable(variable)} is {self.desired.instances[variable].label}"

    def _warn_of_disabled(self, variable: str) -> None:
        if self.desired.present:
            self.warn(f"{self._where(variable)}, which is disabled: the formula cannot use it until it is enabled.")

    def check_used(self) -> None:
        """Raises Refused if it would use the instance of a tenant that failed before it was created."""
        for variable, tenant in self.used.items():
            if tenant.error is not None and tenant.live is None and self.desired.present:
                raise of_failed_tenant(self._where(variable))

    @property
    def released(self) -> Collection[str]:
        """The ids of element instances, among other values of its variables."""
        live, outcome = self.planned.live, self.planned.outcome
        if live is None or outcome is None or not live.enabled:
            return ()
        return set(map(str, live.values.values())) - set(map(str, outcome.values.values() if outcome.enabled else ()))

    def write(self) -> None:
        """Writes it, with the current ids of the tenants' instances: those may have been created or replaced since the plan was made."""
        self.check_used()
        current = {variable: _id_of(tenant) for variable, tenant in self.used.items()}
        if {**self.held, **current} != self.held:
            self.held.update(current)
            self.make_plan()
        super().write()

    # --- compare ------------------------------------------------------------------------------------------------------

    @property
    def is_incomplete(self) -> bool:
        live = self.live
        if live is None or not self.desired.present:
            return False
        # A list may not show whether the platform deactivated it.
        return not live.is_complete or (bool(self.desired.active) and not live.enabled)

    def complete(self) -> None:
        if self.live is None or not self.is_incomplete:
            return
        whole = self.platform.get(self.live.id)
        if whole is None:
            raise FreshdeskError(f"Formula instance {self.live.id} was deleted by somebody else just now: run again.")
        if not whole.is_complete:
            raise FreshdeskError(
                f"The platform does not show the configuration and the settings of formula instance {whole.id}, so it cannot be "
                "compared: check it on the platform."
            )
        self.live = whole

    def compare(self) -> FormulaPlan:
        return formula_plan(self.desired, self.live, self.template, self.held)

    def result(self, live: FormulaLive) -> dict[str, Any]:
        return formula_result(live)


def _id_of(tenant: AnyJob) -> str:
    """The id of its instance as text, or a placeholder if that is yet to be created."""
    return PENDING if tenant.live is None or tenant.live.id == PLACEHOLDER_ID else str(tenant.live.id)


def _id_or_name(wanted: InstanceRef) -> str:
    """What is known of an element instance without a lookup."""
    if wanted.own or wanted.id == PLACEHOLDER_ID:
        return PENDING
    return wanted.name or str(wanted.id)


class LookUps:
    """Looks up what a formula instance refers to, with the fewest requests for one."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def template(self, given: int | str) -> Template:
        """The template with this id or name. Raises Refused if there are none or several."""
        return FormulaPlatform(self.channel).the_template(given)

    def named(self, formula: int | None, name: str) -> Found[FormulaLive]:
        """The instances of a template that have this name, or one that looks like it."""
        platform = FormulaPlatform(self.channel)
        platform.formula = formula
        return by_name(platform, name)

    def instances(self, wanted: InstanceRef) -> list[Live]:
        """The element instances that are referred to."""
        platform = Platform(self.channel, wanted.element)
        if wanted.id is None:
            return by_name(platform, wanted.name or "").meant
        live = platform.get(wanted.id)
        return [live] if live is not None else []


class SharedLookUps(LookUps):
    """The same for many: nothing is requested twice, and names are looked up in whole lists."""

    def __init__(self, channel: Channel, jobs: Iterable[FormulaJob]) -> None:
        super().__init__(channel)
        self._answers: dict[Any, Any] = {}
        self._names: set[str] = set()
        self._instances: dict[str | None, set[str]] = {}
        """The names of the element instances to look up, by element."""
        for job in jobs:
            self._names |= {job.desired.name} if job.desired.name is not None else set()
            for wanted in job.desired.instances.values():
                if wanted.name is not None and job.tenant_of(wanted) is None:
                    self._instances.setdefault(wanted.element, set()).add(wanted.name)

    def template(self, given: int | str) -> Template:
        template: Template = self._once((Template, given), lambda: super(SharedLookUps, self).template(given))
        return template

    def named(self, formula: int | None, name: str) -> Found[FormulaLive]:
        def listed() -> Found[FormulaLive]:
            platform = FormulaPlatform(self.channel)
            platform.formula = formula
            return in_list(platform, self._names)

        found: Found[FormulaLive] = self._once((FormulaLive, formula), listed)
        return found

    def read(self, wanted: InstanceRef, channel: Channel) -> list[Live]:
        """The element instance with an id, or none, requested on that channel."""
        found: list[Live] = self._once(wanted, lambda: LookUps(channel).instances(wanted))
        return found

    def instances(self, wanted: InstanceRef) -> list[Live]:
        if wanted.name is None:
            return self.read(wanted, self.channel)
        names = self._instances[wanted.element]
        platform = Platform(self.channel, wanted.element)
        search = wanted.name if len(names) == 1 else None
        listed: Found[Live] = self._once((Live, wanted.element), lambda: by_names(platform, names, search=search))
        return [live for live in listed.meant if live.name == wanted.name]

    def _once(self, question: Any, ask: Callable[[], Any]) -> Any:
        """The result, or the error, of the first call."""
        if question not in self._answers:
            try:
                self._answers[question] = ask()
            except FreshdeskError as error:
                self._answers[question] = error
        if isinstance(self._answers[question], FreshdeskError):
            raise self._answers[question]
        return self._answers[question]
