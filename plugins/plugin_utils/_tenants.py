# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns tenants from variables or hosts into entries for the module instances. Private to this collection."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.template import Templar

from ..module_utils._entries import refusal_of, texts_in, unknown_option
from ..module_utils._errors import Refused
from ..module_utils._options import ENTRY_SPEC
from ..module_utils._redact import printable
from ._given import received
from ._untemplated import untemplated

MERGED = ("events", "configuration")
"""The options whose keys are options too: blank ones are omitted, and defaults are merged key by key."""
PREFIX = "provision_"
VARIABLES = (
    "provision_tenants",
    "provision_defaults",
    "provision_concurrency",
    "provision_on_error",
    "provision_max_deletes",
    "provision_prune_tags",
    "provision_expected_plan_id",
    "provision_approved_plan_path",
    "provision_require_approval",
    "provision_on_shared_subdomain",
    "provision_progress",
    "provision_tokens_path",
    "provision_tokens_vault_password",
    "provision_report_path",
    "provision_plan_path",
)
"""The variables of the role."""
OTHERS = ("provision_result", "provision_ids", "provision_serial")
"""Variables that the role registers or passes on, and those of the playbook for hosts."""
_OPTIONS = re.compile(r"\b(approved_plan_path|expected_plan_id|max_deletes|on_error|prune_tags|require_approval)\b")
"""Options that messages name, and that are variables in playbooks."""


def entries(given: Any, defaults: Any = None, on_shared_subdomain: Any = None) -> list[Any]:
    """The entries. An invalid tenant is passed on, and the module rejects it by its position. Raises Refused.

    C(on_shared_subdomain) is that of the run; the defaults override it.
    """
    given, defaults = received(given), received(defaults)
    if given is None:
        raise Refused("provision_tenants is not set: give the list of the tenants, each of them a mapping of options.")
    if not isinstance(given, list):
        raise Refused("provision_tenants must be a list, each of them a mapping of options.")
    if defaults is not None and not isinstance(defaults, Mapping):
        raise Refused("provision_defaults must be a mapping of options.")
    unknown = unknown_option(ENTRY_SPEC, defaults or {})
    if unknown is not None:  # named once, and not for each tenant
        raise Refused(f"provision_defaults: {unknown}.")
    base = _read({"on_shared_subdomain": received(on_shared_subdomain), **(defaults or {})})
    return [_merged(base, _read(tenant)) if isinstance(tenant, Mapping) else tenant for tenant in given]


def unknown_variable(names: Iterable[str]) -> str | None:
    """Why one of these variables is refused: its name looks like a variable of the role, but is not one."""
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in VARIABLES + OTHERS:
            known = [variable.removeprefix(PREFIX) for variable in VARIABLES]
            near = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1)
            hint = f"perhaps you mean {PREFIX}{near[0]}" if near else f"known are {', '.join(VARIABLES)}"
            return f"{printable(name)} is not a variable of the role provision: {hint}."
    return None


def with_variables(message: str) -> str:
    """A message of the module, with the variables that the user of the playbook for hosts can set in place of options."""
    return _OPTIONS.sub(rf"{PREFIX}\1", message)


class Hosts:
    """The tenants of the hosts of a batch. An error in one does not affect the others."""

    def __init__(self, hosts: Iterable[str], variables: Mapping[str, Any], *, check_mode: bool) -> None:
        """C(variables) are C(hostvars)."""
        self.refusals: dict[str, str] = {}
        read: dict[str, dict[str, Any]] = {}
        for host in hosts:
            try:
                entry = _entry_of(_Variables(variables, host))
                refusal = refusal_of(entry, check_mode=check_mode)
            except Refused as refused:
                refusal = refused.message
            except Exception as error:  # core may raise anything if a template of this host fails
                refusal = f"freshdesk_tenant of this host cannot be read: {printable(' '.join(str(error).split())).rstrip('.')}."
            if refusal is None:
                read[host] = {**entry, "key": host}
            else:
                self.refusals[host] = refusal
        for option in ("name", "id"):
            self._refuse_shared(read, option)
        self.entries = [entry for host, entry in read.items() if host not in self.refusals]

    def _refuse_shared(self, read: Mapping[str, Mapping[str, Any]], option: str) -> None:
        sharing: dict[str, list[str]] = {}
        for host, entry in read.items():
            if entry.get(option) not in (None, -1):
                sharing.setdefault(str(entry[option]), []).append(host)
        for value, hosts in sharing.items():
            for host in hosts if len(hosts) > 1 else ():
                others = ", ".join(printable(other) for other in hosts if other != host)
                self.refusals[host] = (
                    f"The tenant of this host has the {option} {printable(value)}, and so has that of {others}: keep one of them."
                )


class _Variables:
    """The variables of one host, as a task of that host sees them; in core's C(hostvars) they cannot refer to other hosts."""

    def __init__(self, hostvars: Any, host: str) -> None:
        self._loader = getattr(hostvars, "_loader", None)
        self._variables = {**hostvars.raw_get(host), "hostvars": hostvars} if self._loader else hostvars[host]

    def get(self, name: str) -> Any:
        """The value; None if it is not set or omitted."""
        if name not in self._variables:
            return None
        # In a list, since core raises an error for an omitted value on its own.
        values = [self._variables[name]]
        if self._loader:
            values = Templar(loader=self._loader, variables=self._variables).template(values)
        return next(iter(received(values)), None)


def _entry_of(variables: _Variables) -> Any:
    """The tenant of one host. Raises Refused if it has none."""
    tenant = variables.get("freshdesk_tenant")
    if tenant is None:
        raise Refused("The host has no variable freshdesk_tenant: set it in the inventory.")
    return entries([tenant], variables.get("provision_defaults"), variables.get("provision_on_shared_subdomain"))[0]


def _read(options: Mapping[Any, Any]) -> dict[Any, Any]:
    """The options without blank ones."""
    read: dict[Any, Any] = {}
    for option, value in options.items():
        if _is_blank(value):
            continue
        if option == "tags":
            tags = texts_in(value)
            if isinstance(tags, list):
                tags = [tag for tag in tags if not _is_blank(tag)]
            value = untemplated(tags) if isinstance(value, str) else tags
        elif option in MERGED:
            if isinstance(value, str):
                value = _parsed(value)
            if isinstance(value, Mapping):
                value = _without_blanks(value)
        elif option == "formulas":
            if isinstance(value, str):
                value = _parsed(value)
            if isinstance(value, list):
                value = [_read_formula(one) if isinstance(one, Mapping) else one for one in value]
        read[option] = value
    return read


def _read_formula(options: Mapping[Any, Any]) -> dict[Any, Any]:
    """The options of a formula instance and their values, without blank ones."""
    return _without_blanks(
        {option: _without_blanks(value) if isinstance(value, Mapping) else value for option, value in options.items()}
    )


def _without_blanks(given: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in given.items() if not _is_blank(value)}


def _parsed(text: str) -> Any:
    """A mapping or a list from JSON; the text itself if it is not JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return untemplated(found) if isinstance(found, (dict, list)) else text


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _merged(defaults: Mapping[Any, Any], tenant: Mapping[Any, Any]) -> dict[Any, Any]:
    merged = {**defaults, **tenant}
    for option in MERGED:
        below, above = defaults.get(option), tenant.get(option)
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            merged[option] = {**below, **above}
    return merged
