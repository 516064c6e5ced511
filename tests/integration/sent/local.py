# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for core's connection local where this folder is named as one of connection plugins, and says that it is another.

So a test can have every module sent that would run in the controller's process, nested playbooks included.
"""

from __future__ import annotations

DOCUMENTATION = """
name: local
short_description: Core's connection local under another name
description: For the tests of this collection.
version_added: 1.0.0
author: The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
extends_documentation_fragment: [connection_pipelining]
"""

import importlib.util
from pathlib import Path

from ansible.plugins import connection

# By its file: this one has its name.
_spec = importlib.util.spec_from_file_location("connection_local_of_core", Path(connection.__path__[0], "local.py"))
assert _spec is not None
assert _spec.loader is not None
_local = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_local)


class Connection(_local.Connection):  # type: ignore[misc, name-defined]
    """The same."""

    transport = "another"
