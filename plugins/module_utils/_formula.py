# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One formula instance on its way from desired to done: what is particular to its kind. Private to this collection."""

from __future__ import annotations

from typing import Any

from ._errors import FreshdeskError, Refused
from ._fields import PLACEHOLDER_ID
from ._formula_api import FormulaPlatform
from ._formula_fields import FormulaDesired, InstanceRef
from ._formula_model import FormulaLive, Template, formula_result
from ._formula_plan import PENDING, FormulaPlan, formula_plan
from ._job import Job
from ._lookup import Found, by_name, chosen
from ._platform import Platform
from ._redact import printable
from ._resource import described
from ._transport import Channel, Transport


class FormulaJob(Job[FormulaDesired, FormulaLive]):
    """One formula instance on its way from desired to done."""

    kind = "formula_instance"
    platform: FormulaPlatform

    def __init__(self, position: int, desired: FormulaDesired, transport: Transport) -> None:
        super().__init__(position, desired, transport)
        self.template: Template | None = None
        self.held = {variable: _unresolved(one) for variable, one in desired.instances.items()}
        """The id of the element instance of each variable, as text."""

    @classmethod
    def open(cls, channel: Channel) -> FormulaPlatform:
        return FormulaPlatform(channel)

    # --- find ---------------------------------------------------------------------------------------------------------

    def find(self) -> None:
        desired, name = self.desired, self.desired.name
        found = self.platform.get(desired.id) if desired.id is not None else None
        self.template = self._template(found)
        if found is not None and self.template is not None and found.formula != self.template.id:
            raise Refused(
                f"Formula instance {found.id} belongs to formula {found.formula}, not to {printable(self.template.name)} "
                f"(id {self.template.id}): correct the id, or formula."
            )
        self.platform.formula = found.formula if found is not None else self.template.id if self.template else None
        self.held = {variable: self._held(variable, one) for variable, one in desired.instances.items()}
        renaming = found is not None and desired.present and name != found.name
        needs_name = name is not None and (desired.id is None or renaming)
        named: Found[FormulaLive] = by_name(self.platform, name) if name is not None and needs_name else Found([], [])
        self.alike = named.alike
        self.live = chosen(desired, found, named.meant)

    def _template(self, found: FormulaLive | None) -> Template | None:
        """The template that is meant; None where nothing says which, or nothing of it is needed."""
        desired = self.desired
        if desired.formula is not None:
            return self.platform.the_template(desired.formula)
        return self.platform.the_template(found.formula) if found is not None and desired.present else None

    def _held(self, variable: str, wanted: InstanceRef) -> str:
        """The id of the element instance that a variable is to hold. Raises Refused where there is none, or several."""
        if wanted.id == PLACEHOLDER_ID:
            return PENDING
        platform = Platform(self.channel, wanted.element)
        if wanted.id is not None:
            live = platform.get(wanted.id)
            named = [live] if live is not None else []
        else:
            named = by_name(platform, wanted.name or "").meant
        where = f"instances: {printable(variable)} is {wanted.label}"
        if not named:
            raise Refused(
                f"{where}, and these secrets can see no such instance: correct it, or create the instance first."
            )
        if len(named) > 1:
            raise Refused(f"{where}, which is the name of several instances: {described(named)}; give the id.")
        if not named[0].enabled and self.desired.present:
            self.warn(f"{where}, which is disabled: the formula cannot use it until it is enabled.")
        return str(named[0].id)

    # --- compare ------------------------------------------------------------------------------------------------------

    @property
    def is_incomplete(self) -> bool:
        live = self.live
        if live is None or not self.desired.present:
            return False
        # Whether the platform switched it off, a list may not say.
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
                "compared: look at it on the platform."
            )
        self.live = whole

    def compare(self) -> FormulaPlan:
        return formula_plan(self.desired, self.live, self.template, self.held)

    def result(self, live: FormulaLive) -> dict[str, Any]:
        return formula_result(live)


def _unresolved(wanted: InstanceRef) -> str:
    """What stands for an element instance that is not looked up, since its formula instance is yet to be created."""
    if wanted.id == PLACEHOLDER_ID:
        return PENDING
    return str(wanted.id) if wanted.id is not None else wanted.name or ""
