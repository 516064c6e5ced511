# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""That nothing was sent but what the vendor declares, of a simulator in this process or behind an address."""

from __future__ import annotations

from typing import Any

from simulator import Platform

from support.platform import control


def assert_only_declared(simulator: Platform | str) -> None:
    """Fail with each request since the last clearing of the log that the vendor does not declare."""
    sent: list[dict[str, Any]] = (
        simulator.undeclared() if isinstance(simulator, Platform) else control(simulator, "undeclared")
    )
    lines = {f"{each['verb']} {each['path']} {' '.join(each['parameters'])}".rstrip() for each in sent}
    assert not lines, "not declared by the vendor: " + "; ".join(sorted(lines))
