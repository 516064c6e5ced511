# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in front of the real requests on PYTHONPATH: each request ends in a defect that knows all secrets.

With ``SECRETS_CRASH=raise`` it raises an exception that says them; with ``die`` a module says them on both outputs and ends.
"""

from __future__ import annotations

import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def crash(_adapter, request, *_less, **_more):
    """Instead of HTTPAdapter.send."""
    said = f"{request.method} {request.url} {request.headers['Authorization']} {(request.body or b'').decode()}"
    if os.environ["SECRETS_CRASH"] == "die" and "ansible.cli" not in sys.modules:
        print(said, flush=True)
        print(said, file=sys.stderr, flush=True)
        os._exit(3)
    raise RuntimeError(said)


sys.path.remove(HERE)
del sys.modules["requests"]
# From here on the name stands for the real one, which who imports this gets.
importlib.import_module("requests").adapters.HTTPAdapter.send = crash
sys.path.insert(0, HERE)
