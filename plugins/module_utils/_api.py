# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the endpoints of all kinds of resources share: complete lists, and errors as messages. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from typing import Any, ClassVar, Protocol, TypeVar

from ._errors import Answered, AnswerLost, AnswerUnusable, FreshdeskError, NotSent
from ._reasons import reason
from ._resource import L
from ._transport import NOT_JSON, Answer, Call, Channel, describe, error_from
from ._values import is_id

PAGE_SIZE = 200
"""Items. The platform's default and its maximum (confirmed)."""
SEARCHABLE = 200
"""Bytes. A longer name is not sent as C(searchText), whose limit is unknown."""
MOST_PAGES = 10_000
"""Pages of one list: two million items at full pages. A longer list is treated as endless."""
LISTINGS = 3
"""How often a list that changes while it is read is started again before it is an error."""


class Pages:
    """Collects the items from the pages of a list."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        """Of all items, like the platform's counts."""
        self.found: list[Any] = []
        self.last: Answer

    def add(self, page: list[Any]) -> bool:
        """Adds a page. False if something on it is not an item of the list."""
        for item in page:
            number = item.get("id") if isinstance(item, dict) else None
            if not isinstance(number, int) or not is_id(number):
                return False
            if number not in self.ids:
                self.ids.add(number)
                self.take(item)
        return True

    def take(self, item: Mapping[str, Any]) -> None:
        """Keeps the item if it is wanted."""
        self.found.append(item)


P = TypeVar("P", bound=Pages)
T = TypeVar("T")


class Endpoints(Protocol[L]):
    """What the endpoints of every kind of resource must provide."""

    channel: Channel

    def instances(self, among: Container[str | int] | None = None, accounts: Container[str | None] = ()) -> list[L]:
        """Resources with these names, ids and accounts, from the whole list: only that proves that one does not exist."""

    def search(self, text: str | None, among: Container[str | int] | None = None, *, hydrate: bool = True) -> list[L]:
        """The same, from a search; None searches for resources with any of the names.

        Without C(hydrate), all but id, name and date may be missing.
        """

    def delete(self, number: int) -> None:
        """Deletes."""


class Api:
    """Base class of the endpoints, on one channel."""

    to_check: ClassVar[str]
    """What a user should check if the platform rejects a request."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    # --- lists --------------------------------------------------------------------------------------------------------

    def read_list(
        self, what: str, path: str, filters: tuple[tuple[str, str], ...], new: Callable[[], P]
    ) -> tuple[P, bool]:
        """One list, and whether its end is proven. A list that changes while it is read is started again."""
        for _listing in range(LISTINGS):
            pages = new()
            reached, proven = self._walk(what, path, filters, pages)
            if reached:
                return pages, proven
        raise FreshdeskError(
            f"The platform's list of {what} has fewer entries than the platform counts, {LISTINGS} times in a row, so "
            f"absence cannot be proven: run again when the {what} are not being changed."
        )

    def _walk(self, what: str, path: str, filters: tuple[tuple[str, str], ...], pages: Pages) -> tuple[bool, bool]:
        """Reads all pages, up to any of the platform's known signs of the last one.

        Returns whether the list holds as many as the platform counted, and whether its last page is proven to be the last: a
        full one without a token and without a count does not (confirmed).
        """
        doing = f"list the {what}"
        tokens: set[str] = set()
        token: str | None = None
        total: int | None = None
        while True:
            query = [("pageSize", str(PAGE_SIZE)), *filters]
            if token is not None:
                query.append(("nextPage", token))
            answer = pages.last = self.send(Call("GET", path, tuple(query)), doing)
            page = [] if is_empty_list(answer) else self.expect(answer, doing)
            known = len(pages.ids)
            if not isinstance(page, list) or not pages.add(page):
                raise wrong_shape(answer, doing)
            counted = _count(answer.headers.get("elements-total-count"))
            if page or total is None:
                total = counted
            if total is not None and total < len(pages.ids):
                total = None  # it contradicts the items read, so it proves nothing
            reached = total is None or len(pages.ids) >= total
            token = answer.headers.get("elements-next-page-token") or None
            # A short page with a token proves nothing: the platform may return smaller pages than requested.
            if not page or token is None or (reached and total is not None):
                return reached, total is not None or len(page) < PAGE_SIZE
            # A page without new items: a platform that ignores the token may return a new one each time.
            if token in tokens or len(pages.ids) == known:
                raise error_from(
                    answer,
                    "The platform gave the same page of its list twice, so the list cannot be read to its end"
                    f"{describe(answer)}: nothing was written; run again, and report it to the platform if it persists.",
                )
            if len(tokens) + 1 == MOST_PAGES:
                raise error_from(
                    answer,
                    f"The platform's list of {what} has no end within {MOST_PAGES} pages{describe(answer)}: "
                    "nothing was written; check base_url, and report it to the platform if that is right.",
                )
            tokens.add(token)

    # --- one resource -------------------------------------------------------------------------------------------------

    def read_one(self, path: str, doing: str, read: Callable[[Any], T | None]) -> T | None:
        """One resource, as C(read) finds it in the answer; None if that id does not exist."""
        answer = self.send(Call("GET", path), doing)
        if is_missing(answer):
            return None
        found = read(self.expect(answer, doing))
        if found is None:
            raise wrong_shape(answer, doing)
        return found

    def created(self, call: Call, doing: str, read: Callable[[Any], L | None], needed: str) -> L:
        """The resource that one POST made.

        Raises AnswerLost if it has to be looked up: no answer, a success in which C(read) finds none, or any status that is
        not defined as "not carried out".
        """
        answer = self.send(call, doing)
        if answer.is_open:
            raise AnswerLost(
                f"the platform's answer (HTTP {answer.status}) leaves open whether it was created",
                status=answer.status,
                request_id=answer.request_id,
                attempts=answer.attempts,
            )
        live = _if_readable(read, self.expect(answer, doing, json_needed=False))
        if live is None:
            raise AnswerLost(
                f"the platform's answer names no {needed}",
                status=answer.status,
                request_id=answer.request_id,
                attempts=answer.attempts,
            )
        return live

    def written(self, call: Call, doing: str, read: Callable[[Any], L | None]) -> L | None:
        """The resource in the answer to a change; None if there is none."""
        answer = self.send(call, doing)
        if is_missing(answer):
            raise gone(answer, doing)
        return _if_readable(read, self.expect(answer, doing, json_needed=False))

    def switched(self, call: Call, doing: str, is_so: Callable[[], bool]) -> None:
        """Enables or disables. Repeating it may be refused (unknown), so after a 409 the resource is read."""
        answer = self.send(call, doing)
        if answer.status == 409 and is_so():
            return
        if is_missing(answer):
            raise gone(answer, doing)
        self.expect(answer, doing, json_needed=False)

    # --- any request --------------------------------------------------------------------------------------------------

    def send(self, call: Call, doing: str) -> Answer:
        """The answer; errors get a message that says what was attempted. Raises NotSent, AnswerLost, Refused."""
        try:
            return self.channel.send(call)
        except AnswerLost as error:
            if call.verb != "GET":
                error.state = "unknown"
            if call.repeatable:
                remedy = "run again, and raise timeout or retry_timeout if it persists"
                if isinstance(error, AnswerUnusable):
                    remedy = "check base_url and the proxy"
                error.message = f"The platform was asked to {doing}, and {error.message}{describe(error)}: {remedy}."
            raise
        except NotSent as error:
            error.message = f"The platform could not be asked to {doing}, because {error.message}{describe(error)}."
            raise

    def expect(self, answer: Answer, doing: str, *, json_needed: bool = True) -> Any:
        """The answer's data if it is a success; otherwise raises an error that a user can act on."""
        if answer.succeeded:
            if answer.data is NOT_JSON and json_needed:
                raise wrong_shape(answer, doing)
            return answer.data
        error = error_from(answer, f"The platform was asked to {doing} and {reason(answer, self.to_check)}")
        if answer.is_open and not json_needed:  # a write
            error.state = "unknown"
        raise error


def _if_readable(read: Callable[[Any], L | None], data: Any) -> L | None:
    """What C(read) finds in the answer to a write; None if that is unreadable, since the write was already made."""
    try:
        return read(data)
    except FreshdeskError:
        return None


def _count(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,15}", value) else None


def unproven(answer: Answer, what: str, seen: int) -> Answered:
    """A list that ends with a full page, without a token and without a count."""
    return error_from(
        answer,
        f"The platform's list of {what} ends with a full page after {seen}, and nothing proves that it is the last"
        f"{describe(answer)}, so absence cannot be proven: nothing was written; run again, and report "
        "it to the platform if it persists.",
    )


def is_empty_list(answer: Answer) -> bool:
    """An empty list is a 404 whose whole message is C(No ... found) (confirmed); any other 404 is an error."""
    if answer.status != 404 or not isinstance(answer.data, dict) or answer.data.get("providerMessage"):
        return False
    message = answer.data.get("message")
    return isinstance(message, str) and re.fullmatch("No (.*) found", message) is not None


def is_missing(answer: Answer) -> bool:
    """A 404 of the platform itself: the resource does not exist. A page of another server is not proof of that."""
    return answer.status == 404 and isinstance(answer.data, dict)


def gone(answer: Answer, doing: str) -> Answered:
    return error_from(
        answer, f"The platform was asked to {doing} and it no longer exists{describe(answer)}: run again."
    )


def wrong_shape(answer: Answer, doing: str) -> Answered:
    return error_from(
        answer,
        f"The platform was asked to {doing} and its answer is not the JSON that it is known for{describe(answer)}: "
        "check base_url and the proxy, and report it if they are right.",
    )
