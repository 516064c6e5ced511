# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of instances. Private to this collection."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ._api import SEARCHABLE, Api, Pages, is_empty_list, is_missing, unproven, wrong_shape
from ._errors import AnswerLost, FreshdeskError, NotSent, Refused
from ._health import Health, health_of, not_tried
from ._model import Live
from ._redact import printable
from ._transport import Call, Channel, describe, error_from
from ._values import is_id
from ._wire import account_of, element_of, live_from, name_of

if TYPE_CHECKING:
    from ._formula_model import FormulaLive


class Platform(Api):
    """The endpoints of instances on one channel, for one element: by default that of the connection."""

    to_check = "subdomain, api_key, events and configuration against the element's documentation"

    def __init__(self, channel: Channel, element: str | None = None) -> None:
        super().__init__(channel)
        self.element = element or channel.transport.connection.element

    def instances(self, among: Container[str | int] | None = None, accounts: Container[str | None] = ()) -> list[Live]:
        """The instances of the element, with these names, ids and accounts if given: the whole list, or an error.

        Only this proves that an instance does not exist: the list of all instances is the only one for which the vendor declares
        paging. Instances of other elements are skipped.
        """
        pages, proven = self._listed((("hydrate", "true"),), among, accounts)
        if not proven:
            self._check_count(len(pages.ids))
        self.check_element()
        return pages.found

    def search(
        self, text: str | None, among: Container[str | int] | None = None, *, hydrate: bool = True
    ) -> list[Live]:
        """The same, from a search with C(searchText) by name or by the element's key; it does not prove absence.

        Without a text, those of the element. Without C(hydrate) they lack configuration and tags, and their pages are a fraction of
        the size.
        """
        if text is None or not text.isprintable() or len(text.encode()) > SEARCHABLE:
            text = self.element
        filters = (("hydrate", "true"),) if hydrate else ()
        return self._listed((*filters, ("searchText", text)), among)[0].found

    def tagged(self, tag: str) -> list[Live]:
        """The instances of the element that may have the tag, for their tags to be compared: the whole list, or an error."""
        pages, proven = self._listed((("hydrate", "true"), ("tags[]", tag)), None)
        if not proven:
            return self.instances()
        if not pages.found:
            self.check_element()
        return pages.found

    def _listed(
        self,
        filters: tuple[tuple[str, str], ...],
        among: Container[str | int] | None,
        accounts: Container[str | None] = (),
    ) -> tuple[_Pages, bool]:
        """One list, and whether its end is proven."""
        pages, proven = self.read_list(
            "instances", "/instances", filters, lambda: _Pages(self.element, among, accounts)
        )
        if pages.of_element:
            self._known.add(self.element)
        return pages, proven

    def _check_count(self, seen: int) -> None:
        """Raises FreshdeskError unless the platform counts as many instances as its list showed.

        For a list that ends with a full page, without a token and without a count. C(totalInstances) may count more than
        instances of elements (inferred), so either count will do.
        """
        answer = self.send(Call("GET", "/instances/count"), "count the instances")
        counts = answer.data if answer.status == 200 and isinstance(answer.data, dict) else {}
        if seen not in (counts.get("elementInstances"), counts.get("totalInstances")):
            raise unproven(answer, "instances", seen)

    @property
    def _known(self) -> set[str]:
        return self.channel.transport.known_elements

    def check_element(self) -> None:
        """Raises Refused for an element that the platform does not know. Sends one request, only if no instance of it was seen."""
        if self.element in self._known:
            return
        doing = f"read the element {self.element}"
        answer = self.send(Call("GET", f"/elements/{self.element}"), doing)
        if is_missing(answer):
            raise Refused(
                f"element is {self.element}, and the platform has no element of that key{describe(answer)}: correct it; "
                "Freshdesk's is freshdeskv2."
            )
        data = self.expect(answer, doing)
        key = data.get("key") if isinstance(data, dict) else None
        if not isinstance(key, str):
            raise wrong_shape(answer, doing)
        if key != self.element:
            raise Refused(
                f"element is {self.element}, which the platform knows as {printable(key)}: set element to that key."
            )
        self._known.add(self.element)

    def get(self, instance_id: int) -> Live | None:
        """The instance, or None if that id does not exist. The only response that always contains the configuration (confirmed)."""

        def read(data: Any) -> Live | None:
            known = isinstance(data, dict) and is_id(data.get("id")) and data["id"] == instance_id
            return live_from(data) if known else None

        live = self.read_one(f"/instances/{instance_id}", f"read instance {instance_id}", read)
        # The answer for one instance shows its tags (confirmed), so it has none.
        return live if live is None or live.tags is not None else replace(live, tags=())

    def create(self, body: Mapping[str, Any]) -> Live:
        """Creates an instance with one POST, and returns it with id and token. Raises AnswerLost if it has to be looked up."""

        def with_token(data: Any) -> Live | None:
            live = _instance(data)
            return live if live is not None and live.token else None

        call = Call("POST", "/instances", body=body)
        return self.created(call, "create the instance", with_token, "id and token")

    def patch(self, instance_id: int, body: Mapping[str, Any]) -> Live | None:
        """Changes the instance, and returns it as the answer shows it; None if the answer shows none."""
        call = Call("PATCH", f"/instances/{instance_id}", body=body)
        return self._changed(instance_id, call, f"change instance {instance_id}")

    def put(self, instance_id: int, body: Mapping[str, Any]) -> Live | None:
        """Provisions the instance again with a whole body; its id and token do not change (confirmed)."""
        query = (("reAuthenticate", "true"),)
        call = Call("PUT", f"/instances/{instance_id}", query, body)
        return self._changed(instance_id, call, f"change the credentials of instance {instance_id}")

    def _changed(self, instance_id: int, call: Call, doing: str) -> Live | None:
        live = self.written(call, doing, _instance)
        return live if live is not None and live.id == instance_id else None

    def set_enabled(self, instance_id: int, enabled: bool) -> None:
        """Enables or disables."""

        def is_so() -> bool:
            live = self.get(instance_id)
            return live is not None and live.enabled is enabled

        call = Call("PUT" if enabled else "DELETE", f"/instances/{instance_id}/enabled")
        self.switched(call, f"{'enable' if enabled else 'disable'} instance {instance_id}", is_so)

    def delete(self, instance_id: int) -> None:
        """Deletes it; one that is already gone counts as deleted (confirmed: 404)."""
        doing = f"delete instance {instance_id}"
        answer = self.send(Call("DELETE", f"/instances/{instance_id}"), doing)
        if is_missing(answer):
            return
        if answer.status == 409:
            users = self._used_by(instance_id)
            active = [live for live in users if live.enabled]  # inactive ones do not prevent it (inferred)
            raise error_from(answer, _in_use(instance_id, active or users, describe(answer)))
        self.expect(answer, doing, json_needed=False)

    def check_unused(self, instance_id: int, besides: Container[int] = (), future: Iterable[FormulaLive] = ()) -> None:
        """Raises Refused if the platform would refuse to delete the instance, since a formula instance uses it (inferred).

        C(besides): formula instances that are deleted or changed first; C(future): these as they are then.
        """
        users = [live for live in self._used_by(instance_id) if live.id not in besides]
        users += [live for live in future if live.uses(instance_id)]
        users = [live for live in users if live.enabled]
        if users:
            raise Refused(_in_use(instance_id, users, ""))

    def _used_by(self, instance_id: int) -> list[FormulaLive]:
        """The formula instances that use it; none if the user may not see them."""
        # Imported here, since Ansible compiles everything a task imports, and few tasks delete an instance in use.
        from ._formula_api import FormulaPlatform

        try:
            return FormulaPlatform(self.channel).using(instance_id)
        except FreshdeskError:
            return []

    def health(self, instance_id: int, token: str) -> Health:
        """Whether the instance works: one read of one agent, the safest call of the element (confirmed)."""
        call = Call("GET", "/hubs/helpdesk/agents", (("pageSize", "1"),), token=token)
        try:
            answer = self.channel.send(call)
        except (NotSent, AnswerLost) as error:
            return not_tried(instance_id, error)
        return health_of(instance_id, answer, works=answer.succeeded or is_empty_list(answer))


class _Pages(Pages):
    """Collects the instances of one element from the pages of the list."""

    def __init__(self, element: str, among: Container[str | int] | None, accounts: Container[str | None]) -> None:
        super().__init__()
        self.found: list[Live] = []
        self.of_element = False
        self._element = element
        self._among = among
        self._accounts = accounts

    def take(self, item: Mapping[str, Any]) -> None:
        if element_of(item) not in (None, self._element):
            return
        self.of_element = True
        named = self._among is None or item["id"] in self._among or name_of(item) in self._among
        if named or account_of(item) in self._accounts:
            live = live_from(item)
            # Without hydrate a list shows no tags, even if there are some.
            bare = live.configuration is None and not live.tags
            self.found.append(replace(live, tags=None) if bare else live)


def _instance(data: Any) -> Live | None:
    """The instance in the answer to a write; None if it is unreadable, since the write was already made."""
    if not isinstance(data, dict) or not is_id(data.get("id")):
        return None
    try:
        return live_from(data)
    except FreshdeskError:
        return None


def _in_use(instance_id: int, users: Sequence[FormulaLive], where: str) -> str:
    if not users:
        return (
            f"Instance {instance_id} is still in use on the platform, so it was not deleted{where}: "
            "take it out of the formulas and jobs that use it, then run again."
        )
    named = ", ".join(live.label for live in users)
    return (
        f"Instance {instance_id} is used by formula instances: {named}, so it was not deleted{where}: delete or deactivate these first, "
        "by formula_instance."
    )
