# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's endpoints, its lists that are whole or an error, and its errors as sentences. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from ._errors import Answered, AnswerLost, AnswerUnusable, FreshdeskError, NotSent, Refused
from ._health import Health, health_of, not_tried
from ._model import Live
from ._reasons import reason
from ._redact import printable
from ._transport import NOT_JSON, Answer, Call, Channel, describe, error_from
from ._values import is_id
from ._wire import element_of, live_from, name_of

PAGE_SIZE = 200
"""Instances. The platform's default and its maximum (confirmed)."""
SEARCHABLE = 200
"""Bytes. A longer name is not handed to C(searchText), whose limit is unknown: the element's instances are searched instead."""
MOST_PAGES = 10_000
"""Of one list: two million instances, unless the platform gives fewer a page. A list that goes on has no end."""
LISTINGS = 3
"""How often a list that changes under way is begun again before it is an error."""


class Platform:
    """The endpoints, spoken to over one channel, for one element."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.element = channel.transport.connection.element

    def instances(self, among: Container[str | int] | None = None) -> list[Live]:
        """The instances of the element, of these names and ids where they are given: the whole list, or an error.

        Only this proves that an instance is not there: the list of all instances is the one for which the vendor declares
        paging. Instances of other elements are skipped.
        """
        pages, proven = self._listed((), among)
        if not proven:
            self._check_count(len(pages.ids))
        self.check_element()
        return pages.found

    def search(self, text: str, among: Container[str | int] | None = None) -> list[Live]:
        """The same of those that C(searchText) finds, by name or by the element's key: it may find, and proves nothing."""
        if not text.isprintable() or len(text.encode()) > SEARCHABLE:
            text = self.element
        return self._listed((("searchText", text),), among)[0].found

    def tagged(self, tag: str) -> list[Live]:
        """The instances of the element that may carry the tag, whose tags are to be compared: whole, or an error."""
        pages, proven = self._listed((("tags[]", tag),), None)
        if not proven:
            return self.instances()
        if not pages.found:
            self.check_element()
        return pages.found

    def _listed(self, filters: tuple[tuple[str, str], ...], among: Container[str | int] | None) -> tuple[_Pages, bool]:
        """One list, and whether its end is proven. A list that changes under way is begun again."""
        for _listing in range(LISTINGS):
            pages = _Pages(self.element, among)
            reached, proven = self._walk(pages, filters)
            if pages.of_element:
                self.channel.transport.element_is_known = True
            if reached:
                return pages, proven
        raise FreshdeskError(
            f"The platform's list of instances does not hold as many as the platform counts, {LISTINGS} times in a row, so "
            "nothing can be said of what is missing: run again when the instances are not being changed."
        )

    def _walk(self, pages: _Pages, filters: tuple[tuple[str, str], ...]) -> tuple[bool, bool]:
        """Reads all pages. It ends where the platform says so, in any of the ways that it is known for.

        Answers whether the list holds as many as the platform counted, and whether its last page proves to be the last: a
        full one without a token and without a count does not (confirmed).
        """
        doing = "list the instances"
        tokens: set[str] = set()
        token: str | None = None
        total: int | None = None
        while True:
            query = [("pageSize", str(PAGE_SIZE)), ("hydrate", "true"), *filters]
            if token is not None:
                query.append(("nextPage", token))
            answer = self._send(Call("GET", "/instances", tuple(query)), doing)
            page = [] if _is_empty_list(answer) else self._expect(answer, doing)
            known = len(pages.ids)
            if not isinstance(page, list) or not pages.add(page):
                raise _wrong_shape(answer, doing)
            counted = _count(answer.headers.get("elements-total-count"))
            if page or total is None:
                total = counted
            if total is not None and total < len(pages.ids):
                total = None  # it contradicts what was seen, so it proves nothing
            reached = total is None or len(pages.ids) >= total
            token = answer.headers.get("elements-next-page-token") or None
            # A short page proves nothing while there is a token: the platform may give fewer a page than were asked for.
            if not page or token is None or (reached and total is not None):
                return reached, total is not None or len(page) < PAGE_SIZE
            # A page without anything new, since a platform that ignores the token may give a new one each time.
            if token in tokens or len(pages.ids) == known:
                raise error_from(
                    answer,
                    "The platform gave the same page of its list twice, so the list cannot be read to its end"
                    f"{describe(answer)}: nothing was written; run again, and report it to the platform if it stays.",
                )
            if len(tokens) + 1 == MOST_PAGES:
                raise error_from(
                    answer,
                    f"The platform's list of instances has no end within {MOST_PAGES} pages{describe(answer)}: "
                    "nothing was written; check base_url, and report it to the platform if that is right.",
                )
            tokens.add(token)

    def _check_count(self, seen: int) -> None:
        """Raises FreshdeskError unless the platform counts as many instances as its list showed.

        For a list that ends with a full page, without a token and without a count. C(totalInstances) may count more than
        instances of elements (inferred), so either count will do.
        """
        answer = self._send(Call("GET", "/instances/count"), "count the instances")
        counts = answer.data if answer.status == 200 and isinstance(answer.data, dict) else {}
        if seen not in (counts.get("elementInstances"), counts.get("totalInstances")):
            raise error_from(
                answer,
                f"The platform's list of instances ends with a full page after {seen}, and nothing proves that it is the last"
                f"{describe(answer)}, so nothing can be said of what is missing: nothing was written; run again, and report "
                "it to the platform if it stays.",
            )

    def check_element(self) -> None:
        """Raises Refused for an element that the platform does not know. Asks once, and only where none of its instances was seen."""
        if self.channel.transport.element_is_known:
            return
        doing = f"read the element {self.element}"
        answer = self._send(Call("GET", f"/elements/{self.element}"), doing)
        if _is_missing(answer):
            raise Refused(
                f"element is {self.element}, and the platform has no element of that key{describe(answer)}: correct it; "
                "Freshdesk's is freshdeskv2."
            )
        data = self._expect(answer, doing)
        key = data.get("key") if isinstance(data, dict) else None
        if not isinstance(key, str):
            raise _wrong_shape(answer, doing)
        if key != self.element:
            raise Refused(
                f"element is {self.element}, which the platform knows as {printable(key)}: set element to that key."
            )
        self.channel.transport.element_is_known = True

    def get(self, instance_id: int) -> Live | None:
        """The instance, or None where there is none of that id. The only answer sure to carry the configuration (confirmed)."""
        doing = f"read instance {instance_id}"
        answer = self._send(Call("GET", f"/instances/{instance_id}"), doing)
        if _is_missing(answer):
            return None
        data = self._expect(answer, doing)
        if not isinstance(data, dict) or not is_id(data.get("id")) or data["id"] != instance_id:
            raise _wrong_shape(answer, doing)
        live = live_from(data)
        # An answer of one instance shows its tags (confirmed), so there are none.
        return live if live.tags is not None else replace(live, tags=())

    def create(self, body: Mapping[str, Any]) -> Live:
        """The instance that one POST made, with its id and token.

        Raises AnswerLost where it is to be looked for: no answer, a success that shows no instance with id and token, or any
        status that is not defined as "not carried out".
        """
        answer = self._send(Call("POST", "/instances", body=body), "create the instance")
        if answer.is_open:
            raise AnswerLost(
                f"the platform's answer (HTTP {answer.status}) leaves open whether it was created",
                status=answer.status,
                request_id=answer.request_id,
                attempts=answer.attempts,
            )
        made = self._expect(answer, "create the instance", json_needed=False)
        live = _instance(made)
        if live is None or not live.token:
            raise AnswerLost(
                "the platform's answer names no id and token",
                status=answer.status,
                request_id=answer.request_id,
                attempts=answer.attempts,
            )
        return live

    def patch(self, instance_id: int, body: Mapping[str, Any]) -> Live | None:
        """The instance as the answer shows it; None where the answer shows none."""
        call = Call("PATCH", f"/instances/{instance_id}", body=body)
        return self._written(instance_id, call, f"change instance {instance_id}")

    def put(self, instance_id: int, body: Mapping[str, Any]) -> Live | None:
        """Provisions the instance again with a whole body; its id and token stay (confirmed)."""
        query = (("reAuthenticate", "true"),)
        call = Call("PUT", f"/instances/{instance_id}", query, body)
        return self._written(instance_id, call, f"change the credentials of instance {instance_id}")

    def set_enabled(self, instance_id: int, enabled: bool) -> None:
        """Enables or disables. A second enable is refused by the platform (unknown), so a 409 is looked into."""
        doing = f"{'enable' if enabled else 'disable'} instance {instance_id}"
        answer = self._send(Call("PUT" if enabled else "DELETE", f"/instances/{instance_id}/enabled"), doing)
        if answer.status == 409:
            live = self.get(instance_id)
            if live is not None and live.enabled is enabled:
                return
        if _is_missing(answer):
            raise _gone(answer, doing)
        self._expect(answer, doing, json_needed=False)

    def delete(self, instance_id: int) -> None:
        """Deletes; one that is gone already counts as deleted (confirmed: 404)."""
        doing = f"delete instance {instance_id}"
        answer = self._send(Call("DELETE", f"/instances/{instance_id}"), doing)
        if _is_missing(answer):
            return
        if answer.status == 409:
            raise error_from(
                answer,
                f"Instance {instance_id} is still in use on the platform, so it was not deleted{describe(answer)}: "
                "take it out of the formulas and jobs that use it, then run again.",
            )
        self._expect(answer, doing, json_needed=False)

    def health(self, instance_id: int, token: str) -> Health:
        """Whether the instance works: one read of one agent, the safest call of the element (confirmed)."""
        call = Call("GET", "/hubs/helpdesk/agents", (("pageSize", "1"),), token=token)
        try:
            answer = self.channel.send(call)
        except (NotSent, AnswerLost) as error:
            return not_tried(instance_id, error)
        return health_of(instance_id, answer, works=answer.succeeded or _is_empty_list(answer))

    def _send(self, call: Call, doing: str) -> Answer:
        """The answer, or the failure to get one as a sentence. Raises NotSent, AnswerLost, Refused."""
        try:
            return self.channel.send(call)
        except AnswerLost as error:
            if call.verb != "GET":
                error.state = "unknown"
            if call.repeatable:
                remedy = "run again, and raise timeout or retry_timeout if it stays"
                if isinstance(error, AnswerUnusable):
                    remedy = "check base_url and the proxy"
                error.message = f"The platform was asked to {doing}, and {error.message}{describe(error)}: {remedy}."
            raise
        except NotSent as error:
            error.message = f"The platform was to be asked to {doing}, and {error.message}{describe(error)}."
            raise

    def _written(self, instance_id: int, call: Call, doing: str) -> Live | None:
        answer = self._send(call, doing)
        if _is_missing(answer):
            raise _gone(answer, doing)
        live = _instance(self._expect(answer, doing, json_needed=False))
        return live if live is not None and live.id == instance_id else None

    def _expect(self, answer: Answer, doing: str, *, json_needed: bool = True) -> Any:
        """The answer's data where it is a success, else the error that a user can act on."""
        if answer.succeeded:
            if answer.data is NOT_JSON and json_needed:
                raise _wrong_shape(answer, doing)
            return answer.data
        error = error_from(answer, f"The platform was asked to {doing} and {reason(answer)}")
        if answer.is_open and not json_needed:  # a write
            error.state = "unknown"
        raise error


class _Pages:
    """What is read of the pages of a list, and what was seen on them."""

    def __init__(self, element: str, among: Container[str | int] | None) -> None:
        self.ids: set[int] = set()
        """Of all elements, since the platform's counts are."""
        self.found: list[Live] = []
        self.of_element = False
        self._element = element
        self._among = among

    def add(self, page: list[Any]) -> bool:
        """False where something on the page is no instance."""
        for item in page:
            number = item.get("id") if isinstance(item, dict) else None
            if not isinstance(number, int) or not is_id(number):
                return False
            if number in self.ids:
                continue
            self.ids.add(number)
            if element_of(item) not in (None, self._element):
                continue
            self.of_element = True
            if self._among is None or number in self._among or name_of(item) in self._among:
                live = live_from(item)
                # Without hydrate a list shows no tags, which says nothing of them.
                bare = live.configuration is None and not live.tags
                self.found.append(replace(live, tags=None) if bare else live)
        return True


def _instance(data: Any) -> Live | None:
    """The instance that the answer to a write shows; None where it shows none that can be read, since the write is made already."""
    if not isinstance(data, dict) or not is_id(data.get("id")):
        return None
    try:
        return live_from(data)
    except FreshdeskError:
        return None


def _count(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,15}", value) else None


def _is_empty_list(answer: Answer) -> bool:
    """An empty list is a 404 whose whole message is C(No ... found) (confirmed); any other 404 is an error."""
    if answer.status != 404 or not isinstance(answer.data, dict) or answer.data.get("providerMessage"):
        return False
    message = answer.data.get("message")
    return isinstance(message, str) and re.fullmatch("No (.*) found", message) is not None


def _is_missing(answer: Answer) -> bool:
    """A 404 of the platform itself, for one instance: it is gone, or never was. A page of another server is not that."""
    return answer.status == 404 and isinstance(answer.data, dict)


def _gone(answer: Answer, doing: str) -> Answered:
    return error_from(
        answer, f"The platform was asked to {doing} and it is not there any more{describe(answer)}: run again."
    )


def _wrong_shape(answer: Answer, doing: str) -> Answered:
    return error_from(
        answer,
        f"The platform was asked to {doing} and its answer is not the JSON that it is known for{describe(answer)}: "
        "check base_url and the proxy, and report it if they are right.",
    )
