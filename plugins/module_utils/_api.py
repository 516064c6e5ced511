# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the endpoints of every kind share: lists that are whole or an error, errors as sentences. Private to this collection."""

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
"""Bytes. A longer name is not handed to C(searchText), whose limit is unknown."""
MOST_PAGES = 10_000
"""Of one list: two million items, unless the platform gives fewer a page. A list that goes on has no end."""
LISTINGS = 3
"""How often a list that changes under way is begun again before it is an error."""


class Pages:
    """What is read of the pages of a list, and what was seen on them."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        """Of all items, since the platform's counts are."""
        self.found: list[Any] = []
        self.last: Answer

    def add(self, page: list[Any]) -> bool:
        """False where something on the page is no item of the list."""
        for item in page:
            number = item.get("id") if isinstance(item, dict) else None
            if not isinstance(number, int) or not is_id(number):
                return False
            if number not in self.ids:
                self.ids.add(number)
                self.take(item)
        return True

    def take(self, item: Mapping[str, Any]) -> None:
        """Keeps of an item what is wanted."""
        self.found.append(item)


P = TypeVar("P", bound=Pages)


class Endpoints(Protocol[L]):
    """What is asked of the endpoints of every kind."""

    channel: Channel

    def instances(self, among: Container[str | int] | None = None, accounts: Container[str | None] = ()) -> list[L]:
        """Those of these names, ids and accounts: the whole list, which alone proves that one is not there."""

    def search(self, text: str | None, among: Container[str | int] | None = None, *, hydrate: bool = True) -> list[L]:
        """The same of those that a search finds; None searches for whatever has any of the names.

        Without C(hydrate), all but id, name and date may be missing.
        """

    def delete(self, number: int) -> None:
        """Deletes."""


class Api:
    """Endpoints, spoken to over one channel."""

    to_check: ClassVar[str]
    """What a user is to check where the platform finds a request wrong."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    # --- lists --------------------------------------------------------------------------------------------------------

    def read_list(
        self, what: str, path: str, filters: tuple[tuple[str, str], ...], new: Callable[[], P]
    ) -> tuple[P, bool]:
        """One list, and whether its end is proven. A list that changes under way is begun again."""
        for _listing in range(LISTINGS):
            pages = new()
            reached, proven = self._walk(what, path, filters, pages)
            if reached:
                return pages, proven
        raise FreshdeskError(
            f"The platform's list of {what} does not hold as many as the platform counts, {LISTINGS} times in a row, so "
            f"absence cannot be proven: run again when the {what} are not being changed."
        )

    def _walk(self, what: str, path: str, filters: tuple[tuple[str, str], ...], pages: Pages) -> tuple[bool, bool]:
        """Reads all pages. It ends where the platform says so, in any of the ways that it is known for.

        Answers whether the list holds as many as the platform counted, and whether its last page proves to be the last: a
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
                    f"The platform's list of {what} has no end within {MOST_PAGES} pages{describe(answer)}: "
                    "nothing was written; check base_url, and report it to the platform if that is right.",
                )
            tokens.add(token)

    # --- one resource -------------------------------------------------------------------------------------------------

    def read_one(self, path: str, doing: str) -> Any:
        """What the platform shows of one resource; None where there is none of that id."""
        answer = self.send(Call("GET", path), doing)
        return None if is_missing(answer) else self.expect(answer, doing)

    def created(self, call: Call, doing: str, read: Callable[[Any], L | None], needed: str) -> L:
        """The resource that one POST made.

        Raises AnswerLost where it is to be looked for: no answer, a success in which C(read) finds none, or any status that is
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
        """The resource as the answer to a change shows it; None where it shows none."""
        answer = self.send(call, doing)
        if is_missing(answer):
            raise gone(answer, doing)
        return _if_readable(read, self.expect(answer, doing, json_needed=False))

    def switched(self, call: Call, doing: str, is_so: Callable[[], bool]) -> None:
        """Switches on or off. A second time may be refused (unknown), so a 409 is looked into."""
        answer = self.send(call, doing)
        if answer.status == 409 and is_so():
            return
        if is_missing(answer):
            raise gone(answer, doing)
        self.expect(answer, doing, json_needed=False)

    # --- any request --------------------------------------------------------------------------------------------------

    def send(self, call: Call, doing: str) -> Answer:
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

    def expect(self, answer: Answer, doing: str, *, json_needed: bool = True) -> Any:
        """The answer's data where it is a success, else the error that a user can act on."""
        if answer.succeeded:
            if answer.data is NOT_JSON and json_needed:
                raise wrong_shape(answer, doing)
            return answer.data
        error = error_from(answer, f"The platform was asked to {doing} and {reason(answer, self.to_check)}")
        if answer.is_open and not json_needed:  # a write
            error.state = "unknown"
        raise error


def _if_readable(read: Callable[[Any], L | None], data: Any) -> L | None:
    """What C(read) finds in the answer to a write; None where that cannot be read, since the write is made already."""
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
        "it to the platform if it stays.",
    )


def is_empty_list(answer: Answer) -> bool:
    """An empty list is a 404 whose whole message is C(No ... found) (confirmed); any other 404 is an error."""
    if answer.status != 404 or not isinstance(answer.data, dict) or answer.data.get("providerMessage"):
        return False
    message = answer.data.get("message")
    return isinstance(message, str) and re.fullmatch("No (.*) found", message) is not None


def is_missing(answer: Answer) -> bool:
    """A 404 of the platform itself, for one resource: it is gone, or never was. A page of another server is not that."""
    return answer.status == 404 and isinstance(answer.data, dict)


def gone(answer: Answer, doing: str) -> Answered:
    return error_from(
        answer, f"The platform was asked to {doing} and it is not there any more{describe(answer)}: run again."
    )


def wrong_shape(answer: Answer, doing: str) -> Answered:
    return error_from(
        answer,
        f"The platform was asked to {doing} and its answer is not the JSON that it is known for{describe(answer)}: "
        "check base_url and the proxy, and report it if they are right.",
    )
