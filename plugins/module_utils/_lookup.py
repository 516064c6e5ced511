# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds live resources with as few requests as possible. Private to this collection.

A search can find an instance, but only a whole list proves that it does not exist (see C(Platform)). Values missing from a
list are read by id.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic

from ._api import Endpoints
from ._errors import Refused
from ._fields import Desired
from ._model import Live
from ._platform import Platform
from ._redact import printable
from ._resource import L, Wanted, described
from ._transport import Channel
from ._workers import each

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
"""Characters of no width."""


def by_id(platform: Platform, number: int) -> Live | None:
    """The instance with this id, of any element; None if it does not exist."""
    live = platform.get(number)
    if live is None or live.element not in ("", platform.element):
        platform.check_element()
    return live


def by_name(platform: Endpoints[L], name: str, accounts: Container[str | None] = ()) -> Found[L]:
    """All resources of this name: one request if the search finds it, otherwise the whole list."""
    return by_names(platform, {name}, search=name, accounts=accounts)


def by_names(
    platform: Endpoints[L],
    names: Collection[str],
    ids: Collection[int] = (),
    *,
    search: str | None = None,
    accounts: Container[str | None] = (),
) -> Found[L]:
    """All resources with these names, and those with these ids that the lists show.

    A search comes first, for C(search) or for any of the names. The whole list is read only if a name is missing there and
    a resource may be created; it also shows resources of these accounts.
    """
    among = _Alike(names, ids)
    found = platform.search(search, among)
    if not set(names) <= {live.name for live in found}:
        found = platform.instances(among, accounts)
    return _sorted_out(found, among, names, ids, accounts)


def in_list(platform: Endpoints[L], names: Collection[str]) -> Found[L]:
    """All resources with these names, from the whole list without a search first."""
    among = _Alike(names, ())
    return _sorted_out(platform.instances(among), among, names, ())


def _sorted_out(
    found: Sequence[L],
    among: Container[object],
    names: Collection[str],
    ids: Collection[int],
    accounts: Container[str | None] = (),
) -> Found[L]:
    result: Found[L] = Found([], [], [live for live in found if live.account in accounts])
    for live in found:
        if live.name in names or live.id in ids:
            result.meant.append(live)
        elif live.name in among:
            result.alike.append(live)
    return result


@dataclass(frozen=True)
class Found(Generic[L]):
    """The result of a lookup by names."""

    meant: list[L]
    alike: list[L]
    """Resources with a similar-looking name: different case, Unicode form or whitespace."""
    holders: Sequence[L] = ()
    """Resources of the accounts, whether addressed or not."""

    def like(self, name: str) -> list[L]:
        """The resources whose names look like this one."""
        return [live for live in self.alike if _look(live.name) == _look(name)]


class _Alike:
    """The names that look like one of these, and these ids."""

    def __init__(self, names: Collection[str], ids: Collection[int]) -> None:
        self._looks = {_look(name) for name in names}
        self._ids = ids

    def __contains__(self, item: object) -> bool:
        return _look(item) in self._looks if isinstance(item, str) else item in self._ids


def _look(name: str) -> str:
    if not name.isascii():
        name = _UNSEEN.sub("", unicodedata.normalize("NFKC", name))
    return " ".join(name.casefold().split())


def looking_alike(names: Iterable[str]) -> list[list[str]]:
    """Those of these names that look the same but differ."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        groups.setdefault(_look(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def by_tags(
    platform: Platform,
    tags: Collection[str],
    channels: Callable[[], Channel],
    concurrency: int,
    *,
    skip: Callable[[Live], bool] = lambda live: False,
) -> list[Live]:
    """All instances with all of these tags (at least one), except those to skip.

    The request filters by one tag, since it is unknown whether several mean all or any of them.
    """
    found = [live for live in platform.tagged(min(tags)) if not skip(live)]
    candidates = completed(found, channels, concurrency, lacks=lambda live: live.tags is None)
    return [live for live in candidates if live.carries(tags)]


def completed(
    found: Iterable[Live],
    channels: Callable[[], Channel],
    concurrency: int,
    *,
    lacks: Callable[[Live], bool] = lambda live: not live.is_complete,
) -> list[Live]:
    """The instances, incomplete ones read by id, several at a time; without those that no longer exist."""
    by_id: dict[int, Live | None] = {live.id: live for live in found}

    def ask(live: Live) -> None:
        by_id[live.id] = Platform(channels()).get(live.id)

    each([live for live in by_id.values() if live is not None and lacks(live)], ask, concurrency)
    return [live for live in by_id.values() if live is not None]


def of_element(desired: Desired, element: str, live: Live | None) -> Live | None:
    """The instance with this id. Raises Refused if it is of another element."""
    if live is not None and live.element and live.element != element:
        raise Refused(
            f"Instance {desired.id} belongs to the element {printable(live.element)}, not to {element}: "
            "correct the id, or set element."
        )
    return live


def chosen(desired: Wanted, found_by_id: L | None, named: Sequence[L]) -> L | None:
    """The live resource that is addressed; None if there is none. Raises Refused if it is ambiguous.

    C(found_by_id): the one with the desired id, if given. C(named): all with the desired name.
    """
    if desired.id is None:
        if len(named) > 1 and desired.on_duplicate == "fail":
            raise Refused(
                f"{desired.label} is the name of {len(named)} {desired.kind}s: {described(named)}; set id to the one "
                "you mean, or on_duplicate to oldest, and delete the others by id."
            )
        return min(named, key=lambda live: live.age) if named else None
    if found_by_id is None:
        if desired.present:
            raise Refused(
                f"No {desired.kind} with the id {desired.id} is visible with these secrets: correct the id, "
                f"or leave it out to create the {desired.kind} by name."
            )
        return None
    if desired.name is not None and desired.name != found_by_id.name:
        if not desired.present:
            raise Refused(
                f"{desired.kind.capitalize()} {desired.id} is called {printable(found_by_id.name)}, not {desired.label}, "
                "so it is not deleted: correct the id or the name."
            )
        others = [live for live in named if live.id != found_by_id.id]
        if others:
            raise Refused(
                f"{desired.kind.capitalize()} {desired.id} cannot be called {desired.label}, since that name is in use: "
                f"{described(others)}; choose another name, or delete that {desired.kind} first."
            )
    return found_by_id


def grouped_by_name(found: Iterable[L]) -> dict[str, list[L]]:
    """The resources of each name, which need not be unique (confirmed)."""
    groups: dict[str, list[L]] = {}
    for live in found:
        groups.setdefault(live.name, []).append(live)
    return groups
