# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the connection options of lookup and inventory plugins, as strictly as modules do. Private to this collection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._deps import requests
from ..module_utils._entries import unknown_option
from ..module_utils._errors import FreshdeskError, Refused, bug
from ..module_utils._options import CONNECTION_SPEC, ENVIRONMENT, Connection
from ..module_utils._values import plain
from ._given import is_omitted

_NO_TEXT = (bool, list, tuple, set, Mapping)


class WithConnection:
    """A mixin for plugins whose documentation extends C(cloudelements.freshdesk.platform.plugin). It must precede core's class."""

    def take_options(self, given: Mapping[str, Any], variables: Any = None) -> None:
        """Sets the options of the plugin. Raises Refused for an unknown one, and for a connection option of the wrong type."""
        given = {option: value for option, value in given.items() if not is_omitted(value)}
        known = getattr(self, "option_definitions")  # noqa: B009 (of core's class)
        problem = unknown_option(known, given)
        if problem is not None:
            raise Refused(f"{problem}.")
        blank = [option for option, variable in ENVIRONMENT.items() if os.environ.get(variable) == ""]
        self._blank = [option for option in blank if given.get(option) is None]
        # Core treats an empty variable as false for a bool, and as the current folder for a path.
        filled = {option: CONNECTION_SPEC[option].get("default", "") for option in self._blank}
        for option, spec in CONNECTION_SPEC.items():
            check_type(option, spec["type"], given.get(option))
        self.set_options(var_options=variables, direct={**given, **filled})  # type: ignore[attr-defined]

    def connection(self) -> Connection:
        """The connection, checked. Raises FreshdeskError."""
        if requests is None:
            raise FreshdeskError(f"{missing_required_lib('requests').rstrip('.')}.")
        params = {option: plain(self.get_option(option)) for option in CONNECTION_SPEC}  # type: ignore[attr-defined]
        if "ca_path" in self._blank:
            params["ca_path"] = None
        return Connection.from_params(params)


def sentence(error: Exception) -> str:
    """The message for an error: errors of the collection and of core have one, anything else is a bug in this collection."""
    if isinstance(error, FreshdeskError):
        return error.message
    return str(error) if isinstance(error, AnsibleError) else bug(error).message


def check_type(option: str, wanted: str, value: Any) -> None:
    """Raises Refused, without the value, if core would quote or misinterpret it."""
    where = option
    if value is None and ENVIRONMENT.get(option) and os.environ.get(ENVIRONMENT[option]):
        where = f"{ENVIRONMENT[option]} in the environment"
        value = os.environ[ENVIRONMENT[option]]
    if value is None:
        return
    # The validator converts any value to a string, and many strings to mappings.
    mistaken = isinstance(value, _NO_TEXT) if wanted in ("str", "path") else isinstance(value, str) and wanted == "dict"
    if mistaken or ArgumentSpecValidator({option: {"type": wanted}}).validate({option: value}).error_messages:
        raise Refused(f"{where} must be of type {wanted}, and the value cannot be converted.")
