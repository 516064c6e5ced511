# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform, simulated: stateful, as awkward as the real one, and failing on demand.

It rests on the facts of docs/docsite/rst/platform.rst alone and shares no code and no constant with the plugins, so
that a misreading there is not repeated here. ``Platform`` is the whole of it, without I/O; ``server`` puts it on a
socket.
"""

from __future__ import annotations

from simulator.answers import Answer
from simulator.service import Pending, Platform

__all__ = ["Answer", "Pending", "Platform"]
