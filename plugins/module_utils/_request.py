# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the module request: sends the user's request with the instance's token. Private to this collection."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from ._api import MOST_PAGES, is_empty_list
from ._errors import Answered, AnswerLost, AnswerUnusable, FreshdeskError, NotSent, Refused
from ._fields import Desired, desired_from
from ._info import token_of
from ._lookup import by_id, by_name, chosen, of_element
from ._model import Live
from ._options import INSTANCE_REQUIRED_ONE_OF, INSTANCE_SPEC
from ._platform import Platform
from ._redact import HIDDEN, SHORTEST_SECRET, is_secret_key, printable
from ._tasks import Context, Task
from ._transport import NOT_JSON, Answer, Call, Channel, Transport, describe, error_from
from ._values import SURROGATE, is_deep, readable, stored

REQUEST_SPEC: dict[str, dict[str, Any]] = {
    **{name: INSTANCE_SPEC[name] for name in ("name", "id", "on_duplicate")},
    "method": {"type": "str", "choices": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
    "path": {"type": "str", "required": True},
    "query": {"type": "dict"},
    "body": {"type": "raw"},
    "pages": {"type": "str", "default": "1"},
    "status_code": {"type": "list", "elements": "int", "default": [200]},
}
NEXT_PAGE = "elements-next-page-token"
UNKNOWN = "it is unknown whether it was carried out, so look at Freshdesk before you run again"
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$'()*+,=:@-]|%[0-9A-Fa-f]{2})+")
"""A part of a path: the characters that a URL allows there, except the semicolon, after which servers look for parameters."""


@dataclass(frozen=True)
class Request:
    """The checked options of a request."""

    instance: Desired
    call: Call
    pages: int | None
    """The maximum number of pages to read; None for all."""
    statuses: frozenset[int]

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.call.verb} {printable(self.call.path)} through {self.instance.label}"

    @property
    def writes(self) -> bool:
        return self.call.verb != "GET"


def request_from(params: Mapping[str, Any], *, check_mode: bool) -> Request:
    """The options of a request, checked. Raises Refused."""
    addressed = {name: params[name] for name in ("name", "id", "on_duplicate")}
    method, body = params["method"], params["body"]
    if body is not None and not isinstance(body, (dict, list)):
        raise Refused("body must be a mapping or a list, which is sent as JSON: remove quotes and to_json.")
    if body is not None and method == "GET":
        raise Refused("body is set, and a GET has none: put parameters into query, or set method.")
    pages = _pages(params["pages"])
    if pages != 1 and method != "GET":
        raise Refused("pages is set, and only a GET has several: leave it out, or set method to GET.")
    statuses = frozenset(params["status_code"])
    if not statuses or not all(100 <= status <= 599 for status in statuses):
        raise Refused("status_code must list one or more HTTP statuses, from 100 to 599.")
    path = checked_path(params["path"])
    return Request(
        instance=desired_from(addressed, check_mode=check_mode),
        call=Call(method, path, _parameters(params["query"] or {}), body),
        pages=pages,
        statuses=statuses,
    )


def checked_path(path: str) -> str:
    """The path of an element call, below the base URL. Raises Refused for a path that could reach anything else."""
    if "://" in path or path.startswith("//"):
        raise Refused("path is a whole URL: give what follows /elements/api-v2, such as /hubs/helpdesk/agents.")
    if "?" in path or "#" in path:
        raise Refused("path contains parameters or a fragment: put parameters into query.")
    if path not in ("/ping", "/objects") and not path.startswith("/hubs/"):
        raise Refused(
            "path must begin with /hubs/, or be /ping or /objects: others are the platform's own, and would be misrouted "
            "with the token of an instance."
        )
    if not all(map(_is_plain, path.split("/")[1:])):
        raise Refused(
            "path has a part that is empty, that is .., or that contains a character with a special meaning in URLs, "
            "encoded or not: write the plain path, such as /hubs/helpdesk/incidents/42, and use the filter "
            "urlencode for blanks and the like."
        )
    return path


def _is_plain(segment: str) -> bool:
    """Whether it is a single part of a path for every server on the way, even after repeated decoding and normalising."""
    if not _SEGMENT.fullmatch(segment):
        return False
    try:
        text = unicodedata.normalize("NFKC", unquote_to_bytes(segment).decode())
    except UnicodeDecodeError:
        return False
    return text.strip(". ") != "" and text.isprintable() and not re.search(r"[/\\%?#;]", text)


def _pages(given: str) -> int | None:
    if given == "all":
        return None
    if not re.fullmatch(r"[0-9]{1,9}", given) or not 1 <= int(given) <= MOST_PAGES:
        raise Refused(f"pages must be a number from 1 to {MOST_PAGES}, or all.")
    return int(given)


def _parameters(query: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The parameters to send, without nulls."""
    pairs = [
        (str(name), value)
        for name, values in query.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    for name, value in pairs:
        if isinstance(value, (dict, list)):
            raise Refused(f"query.{printable(name)} must be a string, a number, true or false, or a list of these.")
    return tuple((name, stored(value)) for name, value in pairs if value is not None)


def perform(transport: Transport, request: Request, *, check_mode: bool) -> dict[str, Any]:
    """The result, always with the same keys; with C(failed), C(msg) and C(error) if it failed."""
    exchange = _Exchange(transport, request)
    try:
        exchange.run(check_mode=check_mode)
    except FreshdeskError as error:
        return {**exchange.result(), "failed": True, "msg": error.message, "error": error.as_dict()}
    return exchange.result()


class _Exchange:
    """One request and its outcome."""

    def __init__(self, transport: Transport, request: Request) -> None:
        self._request = request
        self._transport = transport
        self._platform = Platform(Channel(transport))
        self._live: Live | None = None
        self._changed = self._pending = False
        self._last: Answer | None = None
        self._json: Any = None
        self._read = 0

    def run(self, *, check_mode: bool) -> None:
        """Sends the request, except a write in a dry run. Raises FreshdeskError."""
        self._pending = self._request.instance.awaits_creation
        if not self._pending:
            live = self._instance(check_mode=check_mode)
            self._pending = live is None
        if self._pending or (check_mode and self._request.writes):
            self._changed = self._request.writes
        elif self._request.writes:
            answer = self._sent(self._request.call, is_list=False)
            self._changed = answer.succeeded
            self._json = self._data(answer)
            self._read = 1
        else:
            self._read_pages()

    def result(self) -> dict[str, Any]:
        last = self._last
        return {
            "changed": self._changed,
            "status": last.status if last is not None else None,
            "json": _without(self._json, self._secrets()),
            "pages": self._read,
            "request_id": last.request_id if last is not None else None,
            "pending": self._pending,
            "http": self._platform.channel.cost,
        }

    def _instance(self, *, check_mode: bool) -> Live | None:
        """The instance, after storing its token; None for one that an earlier task of a dry run may be about to create.

        Tasks that share a session, such as the items of a loop, look it up once.
        """
        known, desired = self._transport.session.instances, self._request.instance
        key = (self._platform.element, desired.id, desired.name, desired.on_duplicate)
        live = known.get(key)
        if live is None:
            live = _found(self._platform, desired, check_mode=check_mode)
            if live is None:
                return None
            live = replace(live, token=token_of(self._platform, live))
            if live.enabled:  # one that does not exist may exist at the next attempt of the same task
                known[key] = live
        self._live = live
        # A disabled instance returns the names of objects, too (confirmed).
        answers = live.enabled or self._request.call.path.endswith("/objects") or 403 in self._request.statuses
        if not answers:
            raise Refused(
                f"Instance {live.id} ({printable(live.name)}) is disabled, so the platform passes no request on: set enabled to true "
                "with cloudelements.freshdesk.instance, and run again."
            )
        return live

    def _read_pages(self) -> None:
        """Reads all pages, or as many as requested."""
        items: list[Any] = []
        tokens: set[str] = set()
        query = tuple(pair for pair in self._request.call.query if pair[0] != "nextPage")
        call, previous = self._request.call, None
        is_list = self._request.pages != 1
        while True:
            answer = self._sent(call, is_list=is_list)
            if is_list and is_empty_list(answer):
                break
            page = self._data(answer)
            self._read += 1
            token = answer.headers.get(NEXT_PAGE)
            if self._read == 1 and (not token or self._request.pages == 1):
                self._json = page
                return
            if not isinstance(page, list):
                raise error_from(
                    answer,
                    f"{self._request.label} was answered with no list{describe(answer)}, so there are no pages to join: leave pages out.",
                )
            if token in tokens or (page and page == previous):
                raise error_from(
                    answer,
                    f"{self._request.label} was given the same page twice{describe(answer)}, so the list cannot be read to its end: run "
                    "again, and report it to the platform if it persists.",
                )
            items += page
            if not token or not page or self._read == self._request.pages:
                break
            if self._read == MOST_PAGES:
                raise error_from(
                    answer,
                    f"{self._request.label} has no end within {MOST_PAGES} pages{describe(answer)}: narrow it by query.",
                )
            tokens.add(token)
            call, previous = replace(self._request.call, query=(*query, ("nextPage", token))), page
        self._json = items

    def _sent(self, call: Call, *, is_list: bool) -> Answer:
        """The answer, with one of the accepted statuses, or with the 404 of an empty list if C(is_list).

        A cached token may belong to an instance that was deleted: if the platform refuses it, the instance is looked up again.
        """
        requests = self._platform.channel.requests
        answer = self._answer(call)
        if answer.status == 401 and not _from_provider(answer) and not requests:
            self._transport.session.instances.clear()
            self._instance(check_mode=False)
            answer = self._answer(call)
        if is_list and is_empty_list(answer):
            self._last = self._last or answer
            return answer
        self._last = answer
        if answer.status in self._request.statuses:
            return answer
        self._json = None if answer.data is NOT_JSON or is_deep(answer.data) else answer.data
        self._changed = self._request.writes and answer.succeeded
        state = self._state(answer)
        error = error_from(
            answer,
            f"{self._request.label} was answered with a status that status_code does not list{describe(answer)}: "
            f"{remedy(answer, is_unknown=state == 'unknown')}.",
        )
        error.state = state
        raise error

    def _state(self, answer: Answer) -> str:
        """How far a request with an unexpected status got."""
        if not self._request.writes:
            return "failed"
        if answer.succeeded:
            return "partial"
        # An earlier attempt, whose answer was lost, may have deleted it.
        gone = self._request.call.verb == "DELETE" and answer.status == 404 and answer.attempts > 1
        return "unknown" if answer.is_open or gone else "failed"

    def _answer(self, call: Call) -> Answer:
        """The answer with any status. Raises NotSent, AnswerLost and Refused."""
        try:
            return self._platform.channel.send(
                replace(call, token=self._live.token if self._live is not None else None)
            )
        except AnswerLost as error:
            facts = f"{error.message}{describe(error)}"
            if self._request.writes:
                error.state = "unknown"
                error.message = f"{self._request.label} was sent, and {facts}; {UNKNOWN}."
            elif isinstance(error, AnswerUnusable):
                error.message = f"{self._request.label} was sent, and {facts}: check base_url and the proxy."
            else:
                error.message = (
                    f"{self._request.label} was sent, and {facts}: run again, and raise timeout or retry_timeout if it "
                    "persists."
                )
            raise
        except NotSent as error:
            error.message = f"{self._request.label} was to be sent, and {error.message}{describe(error)}."
            raise

    def _data(self, answer: Answer) -> Any:
        """The JSON of the answer; None if there is no body and none is required."""
        if answer.data is not NOT_JSON and not is_deep(answer.data):
            return answer.data
        if answer.is_empty and (self._request.writes or answer.status in (204, 205)):
            return None
        error: Answered = error_from(
            answer,
            f"{self._request.label} was answered with a body that is not JSON or is nested too deeply{describe(answer)}: "
            "check base_url and the proxy, and whether the path gives JSON.",
        )
        if self._request.writes:
            error.state, error.message = "unknown", f"{error.message[:-1]}; {UNKNOWN}."
        raise error

    def _secrets(self) -> list[str]:
        """All secrets of the request, in every form."""
        connection, live = self._transport.connection, self._live
        secrets = [connection.user_secret, connection.organization_secret]
        if live is not None:
            kept = (live.configuration or {}).items()
            secrets += [live.token or ""]
            secrets += [
                value
                for key, value in kept
                if is_secret_key(str(key)) and readable(value) and len(value) >= SHORTEST_SECRET
            ]
        return [form for secret in secrets if secret for form in _forms(secret)]


def _found(platform: Platform, desired: Desired, *, check_mode: bool) -> Live | None:
    """The addressed instance; None in a dry run if no instance has the name yet. Raises Refused."""
    live = by_id(platform, desired.id) if desired.id is not None else None
    named = by_name(platform, desired.name).meant if desired.id is None and desired.name is not None else []
    if live is None and not named:
        if check_mode and desired.id is None:
            return None
        raise Refused(
            f"No instance with the {f'id {desired.id}' if desired.id is not None else f'name {desired.label}'} is "
            "visible with these secrets: correct it, or create the instance first."
        )
    live = chosen(desired, of_element(desired, platform.element, live), named)
    if live is not None and desired.name not in (None, live.name):
        raise Refused(
            f"Instance {live.id} is called {printable(live.name)}, not {desired.label}, so nothing was sent: correct the id or the name."
        )
    return live


def remedy(answer: Answer, *, is_unknown: bool = False) -> str:
    """The likely cause of the status and a remedy; C(is_unknown): a write may have been carried out and must not be repeated."""
    status = answer.status
    if is_unknown:
        return f"the platform failed; {UNKNOWN}" if status >= 500 else f"{remedy(answer)}; {UNKNOWN}"
    if answer.succeeded:
        return "it was carried out; add the status to status_code if that is right"
    if 300 <= status < 400:
        return "a redirect is not followed, since it would expose the secrets; set base_url to the right host"
    if status == 429:
        return "the platform or Freshdesk is throttling beyond what retry_timeout allows; raise it, or run again later"
    if status >= 500:
        return "the platform failed; run again later, and report the request to the platform if it persists"
    if _from_provider(answer):
        if status in (401, 403):
            return "Freshdesk refuses the API key of the instance, or its agent lacks the right; correct api_key or the rights"
        if status == 404:
            return "Freshdesk did not find what was requested; check path, and the subdomain of the instance"
        return "Freshdesk refuses what was sent; json of the result holds its answer, so correct query and body"
    if is_empty_list(answer):
        return "nothing was found; check path and query, or set pages to all for a list that may be empty"
    if status == 404:  # with any body: that for a mistyped path is a page of the platform's web server
        return "the element does not know what was asked for; check path"
    if not isinstance(answer.data, dict):
        return "the answer is not JSON, so another server may have sent it; check path, base_url and the proxy"
    if status == 401:
        return "the platform does not take the user secret or the token; check user_secret, and run again"
    if status == 403:
        return "the instance was disabled, or the user lacks the privilege; enable it, or ask an administrator"
    return "the platform refuses what was sent; json of the result holds its answer, so correct path, query and body"


def _from_provider(answer: Answer) -> bool:
    """Whether the platform passed on an answer of Freshdesk."""
    return isinstance(answer.data, dict) and bool(answer.data.get("providerMessage"))


def _forms(secret: str) -> set[str]:
    """The forms in which a secret may appear in a text."""
    quoted = json.dumps(secret)[1:-1]
    return {secret, quoted, quoted.replace("/", "\\/"), quote(secret, safe=""), quote(secret)}


def _without(value: Any, secrets: Collection[str]) -> Any:
    """The data without any value that contains one of the secrets, plain or escaped as in JSON."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str):
        return HIDDEN if any(secret in value for secret in secrets) else SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_without(key, secrets): _without(item, secrets) for key, item in value.items()}
    return [_without(item, secrets) for item in value] if isinstance(value, list) else value


def _request(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Sends the user's request with the token of the instance."""
    request = request_from(params, check_mode=context.check_mode)
    return perform(context.transport(params), request, check_mode=context.check_mode)


REQUEST = Task("request", REQUEST_SPEC, _request, INSTANCE_REQUIRED_ONE_OF)
