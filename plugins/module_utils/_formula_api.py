# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of formula templates and of their instances. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from ._api import SEARCHABLE, Api, Pages, is_missing, unproven
from ._errors import Refused
from ._formula_model import FormulaLive, Template, formula_live_from, template_from
from ._redact import printable
from ._transport import Call, Channel

_INACTIVE_TOO = ("includeInactive", "true")
"""Without it the list of all may omit inactive ones (inferred), which would be created a second time."""


class FormulaPlatform(Api):
    """The endpoints of formulas on one channel; for the instances of one template once C(formula) is set."""

    to_check = "instances, configuration and settings, and the triggers and steps of the template"

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.formula: int | None = None

    # --- templates ----------------------------------------------------------------------------------------------------

    def templates(self, name: str) -> list[Template]:
        """All templates of this name, which need not be unique (inferred): from the whole list, or an error."""
        found: list[Template] = []

        def take(item: Mapping[str, Any]) -> None:
            template = template_from(item)
            if template is not None and template.name == name:
                found.append(template)

        self._whole("formulas", "/formulas", (("abridged", "true"),), take)
        return found

    def template(self, number: int) -> Template | None:
        """The template with this id; None if it does not exist."""

        def read(data: Any) -> Template | None:
            template = template_from(data)
            if template is None or template.id != number or template.variables is None:
                return None
            return template

        return self.read_one(f"/formulas/{number}", f"read formula {number}", read)

    def the_template(self, given: int | str) -> Template:
        """The one template of this id or name, with its variables. Raises Refused if there are none or several."""
        if isinstance(given, int):
            template = self.template(given)
            if template is None:
                raise Refused(
                    f"formula is {given}, but no template with that id is visible with these secrets: correct it."
                )
            return template
        named = self.templates(given)
        if len(named) > 1:
            ids = ", ".join(map(str, sorted(template.id for template in named)))
            raise Refused(
                f"formula is {printable(given)}, which is the name of several templates (ids {ids}): give the id."
            )
        if not named:
            raise Refused(
                f"formula is {printable(given)}, but no template with that name is visible with these secrets: "
                "correct it, or create the template on the platform."
            )
        # A list may omit the variables.
        return named[0] if named[0].variables is not None else self.the_template(named[0].id)

    # --- their instances ----------------------------------------------------------------------------------------------

    def instances(
        self, among: Container[str | int] | None = None, accounts: Container[str | None] = ()
    ) -> list[FormulaLive]:
        """The instances of the template, or of all if none is set, with these names if given: the whole list, or an error.

        They have no account.
        """
        if self.formula is None:
            return self._listed("/formulas/instances", (_INACTIVE_TOO,), among)
        # For this list, no filter for inactive ones is declared.
        return self._listed(f"/formulas/{self.formula}/instances", (), among)

    def search(
        self, text: str | None, among: Container[str | int] | None = None, *, hydrate: bool = True
    ) -> list[FormulaLive]:
        """The same, from a search for a part of the name with C(searchText); it does not prove absence.

        Without a text, the whole list.
        """
        if text is None or not text.isprintable() or len(text.encode()) > SEARCHABLE:
            return self.instances(among)
        return self._listed("/formulas/instances", (("searchText", text), _INACTIVE_TOO), among)

    def using(self, instance_id: int) -> list[FormulaLive]:
        """The formula instances that use an element instance."""
        found = self._listed(
            "/formulas/instances", (("elementInstanceId", str(instance_id)), _INACTIVE_TOO), among=None
        )
        # If the list shows no configuration, rely on the platform's filter.
        return [live for live in found if live.configuration is None or live.uses(instance_id)]

    def get(self, number: int) -> FormulaLive | None:
        """The formula instance with this id; None if it does not exist."""

        def read(data: Any) -> FormulaLive | None:
            live = self._read(data)
            return live if live is not None and live.id == number else None

        return self.read_one(f"/formulas/instances/{number}", f"read formula instance {number}", read)

    def create(self, body: Mapping[str, Any]) -> FormulaLive:
        """Creates a formula instance with one POST. Raises AnswerLost if it has to be looked up."""

        def with_name(data: Any) -> FormulaLive | None:
            # Every answer has it (confirmed): without it, the id may be that of anything else.
            live = self._read(data)
            return live if live is not None and live.name else None

        call = Call("POST", f"/formulas/{self.formula}/instances", body=body)
        return self.created(call, "create the formula instance", with_name, "id and name")

    def put(self, number: int, body: Mapping[str, Any]) -> FormulaLive | None:
        """Changes name, active, configuration and settings; returns None if the answer shows no instance."""
        live = self.written(Call("PUT", self._path(number), body=body), f"change formula instance {number}", self._read)
        return live if live is not None and live.id == number else None

    def set_enabled(self, number: int, enabled: bool) -> None:
        """Activates or deactivates."""

        def is_so() -> bool:
            live = self.get(number)
            return live is not None and live.enabled is enabled

        call = Call("PUT" if enabled else "DELETE", f"{self._path(number)}/active")
        self.switched(call, f"{'activate' if enabled else 'deactivate'} formula instance {number}", is_so)

    def delete(self, number: int) -> None:
        """Deletes it; one that is already gone counts as deleted (confirmed: 404)."""
        doing = f"delete formula instance {number}"
        answer = self.send(Call("DELETE", self._path(number)), doing)
        if not is_missing(answer):
            self.expect(answer, doing, json_needed=False)

    def _path(self, number: int) -> str:
        return f"/formulas/{self.formula}/instances/{number}"

    def _read(self, data: Any) -> FormulaLive | None:
        return formula_live_from(data, self.formula)

    def _listed(
        self, path: str, filters: tuple[tuple[str, str], ...], among: Container[str | int] | None
    ) -> list[FormulaLive]:
        found: list[FormulaLive] = []

        def take(item: Mapping[str, Any]) -> None:
            wanted = among is None or item.get("name") in among or item["id"] in among
            live = self._read(item) if wanted else None
            if live is not None and self.formula in (None, live.formula):
                found.append(live)

        self._whole("formula instances", path, filters, take)
        return found

    def _whole(
        self, what: str, path: str, filters: tuple[tuple[str, str], ...], take: Callable[[Mapping[str, Any]], None]
    ) -> None:
        pages, proven = self.read_list(what, path, filters, Pages)
        if not proven:
            raise unproven(pages.last, what, len(pages.ids))
        for item in pages.found:
            take(item)
