# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in front of the real requests on PYTHONPATH, so that it seems not to be installed."""

from __future__ import annotations

raise ImportError("No module named requests")
