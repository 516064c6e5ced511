# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that users can set: argument specs, environment variables, and the check of the connection. Private to this collection.

The single source of the options: tests compare documentation, README and credential types with it.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from ._errors import Refused
from ._fields import Desired, spec_of
from ._formula_fields import FormulaDesired
from ._redact import SHORTEST_SECRET, secret_refusal

API_PATH = "/elements/api-v2"

# The key is the option's name; core's no_log, the documentation tests and AWX read these entries.
ENVIRONMENT = {
    "base_url": "CLOUDELEMENTS_BASE_URL",
    "user_secret": "CLOUDELEMENTS_USER_SECRET",
    "organization_secret": "CLOUDELEMENTS_ORGANIZATION_SECRET",
    "validate_certs": "CLOUDELEMENTS_VALIDATE_CERTS",
    "ca_path": "CLOUDELEMENTS_CA_PATH",
    "timeout": "CLOUDELEMENTS_TIMEOUT",
    "retry_timeout": "CLOUDELEMENTS_RETRY_TIMEOUT",
}

# Whose environment is read, as the end of a sentence.
CONTROLLER = "the command that runs Ansible; the keyword environment does not reach this plugin"
CONTROLLER_TASK = "the command that runs Ansible, or with the keyword environment"
HOST = "the host that the task ran on, or with the keyword environment; that of the controller does not count here"

_SECRET_VARIABLES = (ENVIRONMENT["user_secret"], ENVIRONMENT["organization_secret"])


def from_environment(variable: str) -> str:
    """The variable's value; an empty one counts as unset, since AWX injects empty values.

    Raises AnsibleFallbackNotFound if there is none, as core expects of a fallback, and for a secret that is too short,
    since core would mask it in all later output.
    """
    value = os.environ.get(variable, "")
    if not value or (variable in _SECRET_VARIABLES and len(value) < SHORTEST_SECRET):
        raise AnsibleFallbackNotFound
    return value


def _connection_option(name: str, **spec: Any) -> dict[str, Any]:
    fallback: tuple[Callable[[str], str], list[str]] = (from_environment, [ENVIRONMENT[name]])
    return dict(spec, fallback=fallback)


CONNECTION_SPEC: dict[str, dict[str, Any]] = {
    "base_url": _connection_option("base_url", type="str", default="https://api.cloud-elements.com"),
    "user_secret": _connection_option("user_secret", type="str", no_log=True),
    "organization_secret": _connection_option("organization_secret", type="str", no_log=True),
    "validate_certs": _connection_option("validate_certs", type="bool", default=True),
    "ca_path": _connection_option("ca_path", type="path"),
    "timeout": _connection_option("timeout", type="int", default=60),
    "retry_timeout": _connection_option("retry_timeout", type="int", default=300),
    "element": {"type": "str", "default": "freshdeskv2"},
}

INSTANCE_SPEC = spec_of(Desired)
INFO_SPEC: dict[str, dict[str, Any]] = {
    **{name: INSTANCE_SPEC[name] for name in ("name", "id", "tags", "verify")},
    "concurrency": {"type": "int", "default": 10},
}
INSTANCE_REQUIRED_ONE_OF = [["name", "id"]]

FORMULA_SPEC = spec_of(FormulaDesired)
ENTRY_SPEC: dict[str, dict[str, Any]] = {
    **spec_of(Desired, of_entries=True),
    "formulas": {
        "type": "list",
        "elements": "dict",
        "options": FORMULA_SPEC,
    },
}
FLEET_SPEC: dict[str, dict[str, Any]] = {
    "instances": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": ENTRY_SPEC,
        "required_one_of": INSTANCE_REQUIRED_ONE_OF,
    },
    "concurrency": {"type": "int", "default": 10},
    "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
    "max_deletes": {"type": "int", "default": 10},
    "prune_tags": {"type": "list", "elements": "str"},
    "expected_plan_id": {"type": "str"},
    "approved_plan_path": {"type": "path"},
    "approved_plan": {"type": "dict"},
    "require_approval": {"type": "bool", "default": False},
    "plan_path": {"type": "path"},
    "checked_files": {
        "type": "dict",
        "options": {
            "tokens_path": {"type": "path"},
            "tokens_vault_password": {"type": "str", "no_log": True},
            "report_path": {"type": "path"},
        },
    },
    "table": {"type": "bool", "default": False},
    "statistics": {"type": "bool", "default": False},
    "progress": {"type": "str", "choices": ["all", "changes", "none"]},
}

TOKEN_FILE_SPEC: dict[str, dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    "vault_password": {"type": "str", "no_log": True},
    "result": {"type": "str"},
}


def checked_concurrency(concurrency: int) -> int:
    """The maximum number of concurrent requests. Raises Refused."""
    if not 1 <= concurrency <= 64:
        raise Refused(f"concurrency must be from 1 to 64, not {concurrency}.")
    return concurrency


@dataclass(frozen=True)
class Connection:
    """The checked connection options. Times are in seconds."""

    base_url: str
    user_secret: str
    organization_secret: str
    validate_certs: bool
    ca_path: str | None
    timeout: int
    retry_timeout: int
    element: str

    @classmethod
    def from_params(cls, params: Mapping[str, Any], where: str = CONTROLLER) -> Connection:
        """The connection options of a module, a lookup or an inventory. Raises Refused, naming the option.

        C(where) says whose environment is read, for messages.
        """
        for option in ("user_secret", "organization_secret"):
            if not params.get(option):
                _check_header_secret(ENVIRONMENT[option], os.environ.get(ENVIRONMENT[option]) or None)
                raise Refused(
                    f"{option} is not set: give the option, or set {ENVIRONMENT[option]} in the environment of {where} "
                    "(an empty value counts as unset)."
                )
            _check_header_secret(option, params[option])
        for option in ("timeout", "retry_timeout"):
            lowest = 1 if option == "timeout" else 0
            if not lowest <= params[option] <= 86400:
                raise Refused(f"{option} must be from {lowest} to 86400 seconds, not {params[option]}.")
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", params["element"]):
            raise Refused("element must be the key of an element, such as freshdeskv2 (letters, digits, _ . -).")
        ca_path = params.get("ca_path") or None
        if ca_path is not None and not os.path.exists(ca_path):
            raise Refused(f"ca_path names {ca_path}, which is not there: give a PEM file or a folder of them.")
        return cls(
            base_url=normalised_base_url(params["base_url"]),
            user_secret=params["user_secret"],
            organization_secret=params["organization_secret"],
            validate_certs=params["validate_certs"],
            ca_path=ca_path,
            timeout=params["timeout"],
            retry_timeout=params["retry_timeout"],
            element=params["element"],
        )


def _check_header_secret(option: str, value: str | None) -> None:
    refusal = secret_refusal(option, value)
    if value is None:
        return
    if refusal is None and re.search(r"[\s,]", value):
        refusal = f"{option} contains a blank or a comma, which no secret of the platform has: give only the secret"
    if refusal is None and not value.isascii():
        refusal = f"{option} contains characters outside ASCII, which no secret of the platform has: copy it again"
    if refusal is not None:
        raise Refused(refusal + ".")


def normalised_base_url(given: str) -> str:
    """The base of all paths, with C(/elements/api-v2) and without a trailing slash.

    Hosts: https://HOST, with or without that path (platform facts, section Hosts). Raises Refused.
    """
    remedy = "give a URL such as https://api.cloud-elements.com"
    try:
        parts = urlsplit(given.strip())
        port = parts.port
    except ValueError:
        raise Refused(f"base_url is not a URL: {remedy}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not given.strip().isprintable():
        raise Refused(f"base_url must begin with https:// and name a host: {remedy}.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise Refused(f"base_url must not contain a user, password, query or fragment: {remedy}.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise Refused(
            "base_url uses http://, which would send the secrets in clear text: use https:// (http:// is for loopback "
            "only)."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = parts.path.rstrip("/")
    if path.endswith(API_PATH):
        path = path[: -len(API_PATH)]
    if f"{path}/".count(f"{API_PATH}/"):
        raise Refused(
            f"base_url has the path {API_PATH} twice, or something after it: give it once, at the end, or leave it out."
        )
    return f"{parts.scheme}://{host}{f':{port}' if port is not None else ''}{path}{API_PATH}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@dataclass(frozen=True)
class RunOptions:
    """The checked options of a whole run."""

    concurrency: int = 1
    stop_on_error: bool = False
    max_deletes: int | None = None
    prune_tags: tuple[str, ...] = ()
    expected_plan_id: str | None = None
    approved_plan: Mapping[str, Any] | None = None
    plan: bool = False
    """Whether a dry run returns its plan as a document."""


def run_options_from(params: Mapping[str, Any], *, check_mode: bool) -> RunOptions:
    """The options of C(instances) for the whole run. Raises Refused."""
    prune_tags = tuple(tag for tag in params["prune_tags"] or () if tag)
    if params["prune_tags"] is not None and not prune_tags:
        raise Refused("prune_tags names no tag, which would prune every instance: name the tags, or leave it out.")
    if prune_tags and not params["instances"]:
        raise Refused(
            "instances is empty and prune_tags is set, which would delete every instance of these tags: nothing was done; "
            "list the instances to keep."
        )
    if params["expected_plan_id"] is not None and not params["expected_plan_id"].strip():
        raise Refused(
            "expected_plan_id is empty, as after a lookup that found nothing, so nothing was done: give the plan_id of the dry run "
            "that was approved, or leave the option out if no approval is needed."
        )
    approved = params["expected_plan_id"] is not None or params.get("approved_plan") is not None
    if params["require_approval"] and not approved and not check_mode:
        raise Refused(
            "require_approval is true and neither expected_plan_id nor approved_plan_path is set, so nothing was done: make a dry run, "
            "and give its plan_id, or the file of its plan, once it is approved."
        )
    if params["max_deletes"] < 0:
        raise Refused(f"max_deletes must not be negative, and it is {params['max_deletes']}.")
    return RunOptions(
        concurrency=checked_concurrency(params["concurrency"]),
        stop_on_error=params["on_error"] == "stop",
        max_deletes=params["max_deletes"],
        prune_tags=prune_tags,
        expected_plan_id=params["expected_plan_id"],
        approved_plan=params.get("approved_plan"),
        plan=params.get("plan_path") is not None,
    )
