# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback plugin that keeps all that ansible-core hands to callback plugins, as those do that fill a database."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: dump
type: aggregate
short_description: Keeps everything that callback plugins are given
description: Writes results, fields and arguments of tasks, plays and statistics into the file that SECRETS_DUMP names.
"""


class CallbackModule(CallbackBase):
    """Writes a line for each event."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "dump"
    CALLBACK_NEEDS_ENABLED = True

    def v2_on_any(self, *args, **kwargs):
        with open(os.environ["SECRETS_DUMP"], "a", encoding="utf-8") as file:
            for value in [*args, *kwargs.values()]:
                for what, held in self._held(value):
                    file.write(f"{type(value).__name__} {what}: {_text(held)}\n")

    def _held(self, value):
        """What such a value gives to a callback plugin, and how it is called."""
        if hasattr(value, "_result"):
            yield "result", value._result
            yield "dumped", self._dump_results(value._result, indent=2, keep_invocation=True)
            yield "fields", value._task_fields
            if "SECRETS_DUMP_REPR" in os.environ:
                yield "representation", repr(value._result)
            yield from self._held(value._task)
        for name in ("args", "vars", "custom", "_args", "_vars", "_filename", "_file_name"):
            if hasattr(value, name):
                yield name, getattr(value, name)
        if hasattr(value, "dump_attrs"):
            yield "attributes", value.dump_attrs()


def _text(value):
    """It as text, sealed values by ansible-core's own encoder."""
    return json.dumps(_plain(value), cls=AnsibleJSONEncoder, ensure_ascii=False)


def _plain(value):
    """It of types that the encoder takes, the rest as what it says of itself."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    try:
        json.dumps(value, cls=AnsibleJSONEncoder)
    except Exception:
        return repr(value)
    return value
