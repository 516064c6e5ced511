# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches of the simulated platform: one for each fact that is unknown or differs between sources."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

CHOICES: dict[str, tuple[Any, ...]] = {
    "tags_form": ("strings", "objects"),
    "hydrate": ("asked", "ignored", "always"),
    "list_configuration": ("full", "empty", "missing"),
    "element_list": ("bare", "paged", "strict"),
    "empty_list": ("not_found", "array"),
    "paging": ("id", "offset"),
    "large_body": (429, 413),
    "tags_filter": ("every", "any"),
    "instance_count": (True, False),
    "page_tokens": (True, False),
    "accounts": ("listed", "any"),
    "token_on_last_page": (True, False),
    "total_count": (True, False),
    "mask_sent": ("unchanged", "stored"),
    "ping": ("asks", "answers"),
    "mask_username": (True, False),
    "mask_signature_key": (True, False),
    "formula_empty_list": ("array", "not_found"),
    "formula_inactive": ("asked", "always"),
    "formula_list_configuration": ("full", "missing"),
    "formula_values": ("sent", "strings", "numbers"),
    "formula_variables": ("checked", "stored"),
    "formula_default_active": (True, False),
    "formula_second_active": (409, 200),
    "formula_put": ("replaces", "merges"),
    "undeclared": ("answered", "refused"),
    "record_bodies": (True, False),
}


@dataclass
class Settings:
    """How the platform behaves where a client must survive either way."""

    tags_form: str = "strings"  # or "objects": the {id, name} of very old answers
    hydrate: str = "asked"  # tags and configuration in lists: where hydrate=true asks for them; or "ignored", "always"
    list_configuration: str = "full"  # what a hydrated list holds of the configuration: or "empty", or "missing"
    element_list: str = "bare"  # the list of one element: or "paged" like the other, or "strict" with any parameter
    empty_list: str = "not_found"  # 404 "No instances found": or an empty "array" with 200
    paging: str = "id"  # what a token stands for: the instance before the page, or an "offset", which deletions shift
    tags_filter: str = "every"  # of several tags[] an instance must have every one, or "any"
    instance_count: bool = True  # GET /instances/count, which the vendor's suite alone knows
    accounts: str = "listed"  # Freshdesk accounts that exist: those registered, or "any" with any key
    page_tokens: bool = True  # a next-page token at all: without, what is behind the first page is out of reach
    token_on_last_page: bool = True  # a next-page token even where nothing follows
    total_count: bool = True  # the header elements-total-count
    mask_sent: str = "unchanged"  # ******** in a PUT or PATCH leaves the value as it is: or is "stored" to the letter
    ping: str = "asks"  # whether a ping asks Freshdesk: or "answers" by itself
    mask_username: bool = False  # the Freshdesk API key sits there, and comes back in clear
    mask_signature_key: bool = True  # event.notification.signature.key
    formula_empty_list: str = "array"  # of formulas, their instances and jobs: or a 404 "not_found" as for instances
    formula_inactive: str = "asked"  # in GET /formulas/instances with includeInactive=true alone: or "always"
    formula_list_configuration: str = "full"  # of formula instances, with their settings, in lists: or "missing"
    formula_values: str = "sent"  # the type of a variable's value in answers: as sent, or all "strings" or "numbers"
    formula_variables: str = "checked"  # one unknown or required and left out is refused with 400: or "stored" as sent
    formula_default_active: bool = True  # of a formula instance that is created without active
    formula_second_active: int = 409  # the answer to activate or deactivate one that is so already: or 200
    formula_put: str = "replaces"  # configuration and settings of a PUT, as a whole: or it "merges" their keys
    undeclared: str = "answered"  # requests that the vendor does not declare: or "refused" with 418
    large_body: int = 429  # the status of a body over 8 MB: or 413, which a newer page names, too
    page_size: int = 200  # default and largest page
    max_concurrent: int | None = None  # more requests at once are answered 429 ...
    retry_after: float | None = None  # ... with this Retry-After
    event_attempts: int = 6  # how often a callback is tried before the subscription is deactivated; sources disagree
    event_pause: float = (
        0.1  # seconds before the second attempt, doubled for each further one; the platform's own are 8**n
    )
    record_bodies: bool = False  # keep what is sent, for GET /control/bodies: the log itself holds no secret
    latency: dict[str, float] = field(default_factory=dict)  # seconds, by operation ("create") or verb ("GET")

    def change(self, changes: dict[str, Any]) -> None:
        """Take over some settings; an unknown name or value is refused, so that a test cannot mistype one."""
        known = asdict(self)
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"no setting {name!r}; known: {', '.join(known)}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} must be one of {CHOICES[name]}")
            setattr(self, name, {**self.latency, **value} if name == "latency" else value)

    def shown(self) -> dict[str, Any]:
        """All settings, as JSON can carry them."""
        return asdict(self)
