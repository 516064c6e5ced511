# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory plugin with one host per instance."""

from __future__ import annotations

DOCUMENTATION = r"""
name: instances
short_description: Freshdesk instances on Cloud Elements or SAP Open Connectors as an inventory
version_added: 1.0.0
description:
  - Creates a host for each visible instance of the element. The name of the inventory file must end in
    C(.freshdesk.yml) or C(.freshdesk.yaml).
  - A host has the name of its instance, unless O(hostnames) is set. If several instances have the same name, only the
    oldest one gets it. The others are called the name, C(-) and the id, and so are instances whose name has another
    meaning in Ansible, such as C(localhost) or a group. An instance whose name could be mistaken for a template is
    called C(instance-) and the id. A warning lists all of these.
  - The variable C(freshdesk_instance) of a host contains the instance as in
    RV(cloudelements.freshdesk.instance_info#module:instances), without a token or any other secret.
  - The groups C(freshdesk_state_enabled) and C(freshdesk_state_disabled) contain the hosts by state, and
    C(freshdesk_tag_TAG) the hosts with a tag, for example C(freshdesk_tag_crm). In group names, all characters except
    letters, digits and underscores are replaced by underscores. With O(verify), the groups C(freshdesk_health_ok),
    C(freshdesk_health_key), C(freshdesk_health_subdomain), C(freshdesk_health_disabled) and
    C(freshdesk_health_platform) contain the hosts by finding.
  - Names, tags and all other texts from the platform are treated as data, never as templates. This is why
    C(ansible-inventory --list) shows strings in variables as C(__ansible_unsafe).
options:
  plugin:
    description:
      - Marks the file as an inventory of this plugin.
    type: str
    required: true
    choices:
      - cloudelements.freshdesk.instances
  hostnames:
    description:
      - How to name the hosts, in order of preference. The first one that results in a non-empty string is used. If
        there is none, the host is called C(instance-) and the id.
      - V(name) is the name of the instance. V(slug) is that name in lower-case letters and digits of ASCII with C(-) between
        them, for example C(acme-inc) for C(Acme, Inc.), and V(id) its id. Everything else is a Jinja2 expression over
        C(freshdesk_instance), for example V(freshdesk_instance.subdomain).
      - C(--limit) and other patterns of Ansible are split at blanks, commas and colons, so they cannot select a host
        with one of these in its name. Use V(slug) if names contain them.
    type: list
    elements: str
    default: [name]
  tags:
    description:
      - Only instances that have all of these tags.
    type: list
    elements: str
  verify:
    description:
      - Add C(health) to C(freshdesk_instance), by reading one agent through each instance. The same as
        RV(cloudelements.freshdesk.instance_info#module:instances[].health).
    type: bool
    default: false
  concurrency:
    description:
      - How many instances are read at a time, from 1 to 64.
    type: int
    default: 10
extends_documentation_fragment:
  - cloudelements.freshdesk.platform.plugin
  - constructed
  - inventory_cache
notes:
  - The connection options, O(tags), O(verify) and O(concurrency) may be templates with lookups. Secrets may also be
    encrypted with C(ansible-vault).
  - A cache contains the hosts' variables, the platform, the element, and a salted fingerprint of the user secret. A
    cache that is damaged or belongs to another user is not used.
  - The hosts are not machines. Delegate their tasks to C(localhost), or set C(ansible_connection) with O(compose).
seealso:
  - module: cloudelements.freshdesk.instance_info
author:
  - The cloudelements.freshdesk contributors (@cloudelements-freshdesk)
"""

EXAMPLES = r"""
# all.freshdesk.yml: all instances, with connection options from the environment
plugin: cloudelements.freshdesk.instances

---
# crm.freshdesk.yml: instances with the tag crm, and custom groups
plugin: cloudelements.freshdesk.instances
tags: [crm]
user_secret: "{{ lookup('ansible.builtin.env', 'MY_USER_SECRET') }}"
organization_secret: "{{ lookup('ansible.builtin.file', '/run/secrets/organization') }}"
hostnames: [slug] # a customer called Acme, Inc. is the host acme-inc, which --limit takes
compose:
  ansible_connection: "'local'"
  freshdesk_tenant: "{'id': freshdesk_instance.id, 'enabled': true}"
groups:
  without_events: not freshdesk_instance.events_enabled
keyed_groups:
  - key: freshdesk_instance.created[:4]
    prefix: since

---
# health.freshdesk.yml: a check for revoked keys, listed by ansible-inventory --graph freshdesk_health_key
plugin: cloudelements.freshdesk.instances
verify: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/freshdesk
cache_timeout: 3600
"""

import hmac
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils._info import read_instances
from ..module_utils._options import CONNECTION_SPEC, Connection
from ..module_utils._redact import printable, without_controls
from ..module_utils._transport import Transport
from ..module_utils._values import plain
from ..plugin_utils._connection import WithConnection, sentence
from ..plugin_utils._token_file import fingerprint
from ..plugin_utils._untemplated import untemplated

FORMAT = 1
"""Of the cache."""
FILTERS = ("tags", "verify")
SHOWN_NAMES = 10
RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1", "::1"})
"""Names that Ansible would not treat as an ordinary host."""


class InventoryModule(WithConnection, BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory cloudelements.freshdesk.instances."""

    NAME = "cloudelements.freshdesk.instances"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith((".freshdesk.yml", ".freshdesk.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        try:
            self._read_config_data(path)
            instances = untemplated(self._instances(path, cache))
            wanted = [self._wanted_name(instance) for instance in instances]
            hosts = _named(instances, wanted, self._groups_of(instances, wanted))
            self._warn_of_names(hosts, wanted)
            for host, instance in hosts:
                self._add(host, instance)
            return
        except Exception as failure:  # no traceback reaches a user: it could show what it was working on
            message = sentence(failure)
        raise AnsibleParserError(message)

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Core calls this with the contents of the file: resolves templates in it, and checks the options."""
        if getattr(self, "_taken", False) or direct is None:
            super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
            return
        self._taken = True
        try:
            templates = (*CONNECTION_SPEC, *FILTERS, "concurrency")
            given = {key: self._resolved(key, value) if key in templates else value for key, value in direct.items()}
            self.take_options(given, var_options)
        finally:
            self._taken = False

    def _resolved(self, option: str, value: Any) -> Any:
        try:
            return self.templar.template(value)
        except AnsibleError as failure:
            # Core's message names the variable or the lookup that failed; no secret is known yet.
            raise AnsibleParserError(f"{option} is a template that cannot be resolved: {failure}") from None

    # --- live instances, from the platform or from the cache -----------------------------------------------------------

    def _instances(self, path: str, cache: bool) -> list[dict[str, Any]]:
        connection = self.connection()
        params = {"name": None, "id": None, "concurrency": self.get_option("concurrency")}
        params.update({name: plain(self.get_option(name)) for name in FILTERS})
        if not self.get_option("cache"):
            return _fetched(connection, params)
        key = self.get_cache_key(path)
        cached = self._cached(key, connection, params) if cache else None
        if cached is None:
            cached = _fetched(connection, params)
            self._cache[key] = {"about": _about(connection, params, os.urandom(16).hex()), "instances": cached}
        return cached

    def _cached(self, key: str, connection: Connection, params: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """The cached entries; None if there are none, if they belong to another source, or, with a warning, if they are damaged."""
        try:
            entry = self._cache[key]
        except KeyError:
            return None
        except Exception as failure:  # a cache plugin may raise anything for a file that it cannot read
            self.display.warning(
                f"The cache of the instances cannot be read ({type(failure).__name__}): they are read again."
            )
            return None
        if not _is_entry(entry):
            self.display.warning(
                "The cache of the instances is damaged or not a cache of this plugin: they are read again."
            )
            return None
        about = _about(connection, params, entry["about"]["salt"])
        if not hmac.compare_digest(about.pop("fingerprint"), entry["about"]["fingerprint"]):
            return None
        found: list[dict[str, Any]] = entry["instances"]
        return found if all(entry["about"].get(name) == value for name, value in about.items()) else None

    # --- hosts --------------------------------------------------------------------------------------------------------

    def _wanted_name(self, instance: Mapping[str, Any]) -> str:
        """The first of the preferences that yields a text; empty if none does."""
        for preference in self.get_option("hostnames"):
            made = NAMES.get(preference, lambda one, expression=preference: self._composed(expression, one))(instance)
            if isinstance(made, (str, int)) and not isinstance(made, bool) and str(made).strip():
                return str(made)
        return ""

    def _composed(self, expression: str, instance: Mapping[str, Any]) -> Any:
        try:
            return self._compose(expression, {"freshdesk_instance": instance})
        except AnsibleError as failure:
            if self.get_option("strict"):
                raise AnsibleParserError(f"hostnames has an expression that fails: {failure}") from None
            return None

    def _groups_of(self, instances: Sequence[dict[str, Any]], wanted: Sequence[str]) -> set[str]:
        """The names of all existing and future groups, which no host may have."""
        known = set(self.inventory.groups)
        if self.get_option("groups") or self.get_option("keyed_groups"):
            # Only core knows which groups its options create, so they are tried on a separate inventory.
            real, self.inventory = self.inventory, InventoryData()
            try:
                for number, (name, instance) in enumerate(zip(wanted, instances, strict=True)):
                    self.inventory.add_host(f"instance {number}")
                    self._construct(f"instance {number}", name, instance)
                known |= set(self.inventory.groups)
            finally:
                self.inventory = real
        return known.union(*map(_groups, instances))

    def _add(self, host: str, instance: dict[str, Any]) -> None:
        self.inventory.add_host(host)
        self.inventory.set_variable(host, "freshdesk_instance", instance)
        for group in _groups(instance):
            self.inventory.add_group(group)
            self.inventory.add_child(group, host)
        self._construct(host, host, instance)

    def _construct(self, host: str, name: str, instance: dict[str, Any]) -> None:
        strict = self.get_option("strict")
        variables = {"freshdesk_instance": instance, "inventory_hostname": name}
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)

    def _warn_of_names(self, hosts: Sequence[tuple[str, dict[str, Any]]], wanted: Sequence[str]) -> None:
        other = [
            f"{printable(host)} (id {instance['id']})"
            for (host, instance), name in zip(hosts, wanted, strict=True)
            if host != name
        ]
        if other:
            more = f" and {len(other) - SHOWN_NAMES} more" if len(other) > SHOWN_NAMES else ""
            self.display.warning(
                "These hosts are not named after their instances, since an older instance has the name, hostnames gives none, or it "
                f"has another meaning in Ansible, such as a group or a template: {', '.join(other[:SHOWN_NAMES])}{more}."
            )


def _fetched(connection: Connection, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    return read_instances(Transport(connection, read_only=True, workers=params["concurrency"]), params)


def _about(connection: Connection, params: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """Identifies the source of a cache, which is used only for the same source. Contains no secret."""
    return {
        "format": FORMAT,
        "base_url": connection.base_url,
        "element": connection.element,
        **{name: params[name] for name in FILTERS},
        "salt": salt,
        "fingerprint": fingerprint(connection, salt),
    }


def _is_entry(entry: Any) -> bool:
    """Whether this has the form of a cache entry of this plugin."""
    about = entry.get("about") if isinstance(entry, Mapping) else None
    if not isinstance(about, Mapping) or not isinstance(entry.get("instances"), list):
        return False
    digits = (about.get("salt"), about.get("fingerprint"))
    if not all(isinstance(text, str) and re.fullmatch(r"([0-9a-f]{2})+", text) for text in digits):
        return False
    return all(
        isinstance(instance, Mapping)
        and isinstance(instance.get("id"), int)
        and isinstance(instance.get("name"), str)
        and isinstance(instance.get("tags"), list)
        and all(isinstance(tag, str) for tag in instance["tags"])
        and isinstance(instance.get("enabled"), bool)
        and isinstance(instance.get("health"), (Mapping, type(None)))
        for instance in entry["instances"]
    )


def _slug(text: str) -> str:
    """The text in lower-case letters and digits of ASCII, with dashes between them."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


NAMES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "name": lambda instance: instance["name"],
    "slug": lambda instance: _slug(instance["name"]),
    "id": lambda instance: instance["id"],
}
"""Keywords that hosts can be named after."""


def _named(
    instances: Sequence[dict[str, Any]], wanted: Sequence[str], groups: Collection[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Each instance with a host name that no other host or group has; of several instances of a name, the oldest gets the plain name."""
    taken = set(wanted)
    used: set[str] = set()
    named: dict[int, str] = {}
    for name, instance in sorted(zip(wanted, instances, strict=True), key=lambda pair: _age(pair[1])):
        host = without_controls(name)
        if not host or re.search(r"\{[{%#]", host):
            host = f"instance-{instance['id']}"
        while host in used or host in RESERVED or host in groups or (host in taken and host != name):
            host = f"{host}-{instance['id']}"
        used.add(host)
        named[instance["id"]] = host
    return [(named[instance["id"]], instance) for instance in instances]


def _age(instance: Mapping[str, Any]) -> tuple[bool, str, int]:
    created = instance.get("created")
    return (created is None, str(created), instance["id"])


def _groups(instance: Mapping[str, Any]) -> list[str]:
    groups = [f"freshdesk_state_{'enabled' if instance['enabled'] else 'disabled'}"]
    groups += sorted({"freshdesk_tag_" + re.sub(r"\W", "_", tag) for tag in instance["tags"]})
    health = instance.get("health")
    if health is not None:
        groups.append(f"freshdesk_health_{health.get('reason') or 'ok'}")
    return groups
