# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/simulator`` start the simulated platform."""

from __future__ import annotations

import sys
from pathlib import Path

# A directory that is run puts itself on the path; the package is found from its parent.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from simulator.server import main  # noqa: E402

sys.exit(main())
