# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells how far a fleet is, a line a tenant, to whoever follows the file. Private to this collection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ._tenant import Tenant


@contextmanager
def progress_to(path: str | None, total: int) -> Iterator[Callable[[Tenant], None] | None]:
    """A function that adds a tenant's line to the file; None where there is no file, or it cannot be opened."""
    if not path:
        yield None
        return
    try:
        # Only one that is there already: it was made for this run, and for nobody else to read.
        file = open(path, "r+b", buffering=0)  # noqa: SIM115 - closed below
    except OSError:
        yield None
        return
    lock = threading.Lock()
    width = len(str(total))
    count = 0

    def tell(tenant: Tenant) -> None:
        nonlocal count
        with lock:
            count += 1
            line = f"[{count:>{width}}/{total}] {tenant.desired.label}: {tenant.action}\n"
            # A disk that is full must not cost the outcomes.
            with suppress(OSError):
                file.write(line.encode())

    with file:
        yield tell
