# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cause of and remedy for each error status of the platform or a server in front of it. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple
from urllib.parse import urlsplit

from ._transport import Answer, describe


class _Reason(NamedTuple):
    """A row: what these statuses mean, if the answer is the platform's own or not (None: either)."""

    statuses: Container[int]
    of_platform: bool | None
    sentence: str


_REASONS = (
    _Reason(
        range(300, 400),
        None,
        "answered with a redirect{target}{where}, which is not followed since it would expose the secrets: set base_url "
        "to the right host.",
    ),
    _Reason(
        {401},
        True,
        "refused the secrets{where}: "
        "check user_secret and organization_secret, and that base_url is the region they belong to.",
    ),
    _Reason(
        {401},
        False,
        "a server in front of it asks for a login of its own{where}: "
        "check base_url, user_secret and organization_secret.",
    ),
    _Reason(
        {403}, True, "the user lacks the privilege for it{where}: ask an administrator of the organization to grant it."
    ),
    _Reason(
        {403},
        False,
        "a firewall or proxy in front of it blocked the request{where}: "
        "ask whoever runs that to allow it, and check base_url.",
    ),
    _Reason({407}, None, "the proxy asks for a login{where}: set its user and password in HTTPS_PROXY."),
    _Reason(
        {406},
        None,
        "cannot answer in JSON{where}: check base_url, and whether a proxy changes the request's headers.",
    ),
    _Reason(
        {408},
        None,
        "did not receive the whole request in time{where}: check the network and the proxy, then run again.",
    ),
    _Reason(
        {413},
        None,
        "does not accept a request of this size{where}: make configuration and events smaller, or raise the limit of the proxy.",
    ),
    _Reason(
        {425},
        None,
        "a server in front of it refuses TLS early data{where}: switch that off in the proxy, or run again later.",
    ),
    _Reason(
        {400, 404},
        False,
        "answered with a page that is not the platform's API{where}: "
        "check base_url and the proxy, and whether the server asks for a client certificate, which cannot be sent.",
    ),
    _Reason({404}, True, "did not find what was requested{where}: check element and base_url."),
    _Reason(
        {400},
        True,
        "found the request invalid or incomplete{where}: check {to_check}.",
    ),
    _Reason({409}, None, "it conflicts with the instance's state{where}: check the instance, then run again."),
    _Reason(
        {429},
        None,
        "is throttling beyond what retry_timeout allows{where}: "
        "raise retry_timeout, lower the concurrency, or run again later.",
    ),
    _Reason(
        {511},
        None,
        "the network asks for a login before it lets anything through{where}: log in to it, or use another network.",
    ),
    _Reason(
        range(520, 525),
        None,
        "the server in front of it got no usable answer{where}: run again later, and report it to the platform if it "
        "persists.",
    ),
    _Reason(
        range(500, 600), None, "failed{where}: run again later, and report the request to the platform if it persists."
    ),
)
_UNKNOWN = _Reason((), None, "answered with an unexpected status{where}: report it with the request's id.")


def reason(answer: Answer, to_check: str) -> str:
    """The meaning of an error answer and its remedy, as the end of a sentence that starts with the request.

    C(to_check): what the user should check if the platform rejects the request as invalid.
    """
    of_platform = is_of_platform(answer)
    rows = (row for row in _REASONS if answer.status in row.statuses and row.of_platform in (None, of_platform))
    sentence = next(rows, _UNKNOWN).sentence
    return sentence.format(where=describe(answer), to_check=to_check, target=_host(answer.headers.get("location", "")))


def is_of_platform(answer: Answer) -> bool:
    """Whether the error comes from the platform, which sends JSON, and not from a firewall or proxy in front of it."""
    return isinstance(answer.data, dict)


def _host(location: str) -> str:
    """The host that a redirect points to, if it can be printed."""
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        host = ""
    return f" to {host}" if re.fullmatch(r"[A-Za-z0-9.-]{1,253}", host) else ""
