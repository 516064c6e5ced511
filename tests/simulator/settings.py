# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches of the simulated platform: one for each fact that is unknown or differs between sources."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

CHOICES: dict[str, tuple[Any, ...]] = {
    "tags_form": ("strings", "objects"),
    "list_configuration": ("full", "empty", "missing"),
    "partial_configuration": ("merge", "ignore"),
    "accounts": ("listed", "any"),
    "token_on_last_page": (True, False),
    "total_count": (True, False),
    "mask_username": (True, False),
    "mask_signature_key": (True, False),
    "record_bodies": (True, False),
}


@dataclass
class Settings:
    """How the platform behaves where a client must survive either way."""

    tags_form: str = "strings"  # or "objects": the {id, name} of very old answers
    list_configuration: str = "full"  # what list answers hold: or "empty", or "missing"
    partial_configuration: str = "merge"  # a PATCH of an instance: or "ignore" its configuration, still with 200
    accounts: str = "listed"  # Freshdesk accounts that exist: those registered, or "any" with any key
    token_on_last_page: bool = True  # a next-page token even where nothing follows
    total_count: bool = True  # the header elements-total-count
    mask_username: bool = False  # the Freshdesk API key sits there, and comes back in clear
    mask_signature_key: bool = True  # event.notification.signature.key
    page_size: int = 200  # default and largest page
    max_concurrent: int | None = None  # more requests at once are answered 429 ...
    retry_after: float | None = None  # ... with this Retry-After
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
