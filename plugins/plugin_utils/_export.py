# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes live instances as a tenants file, and reads it back without its keys. Private to this collection.

The file describes each instance as the platform does, so a run of the role changes nothing.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from ..module_utils._entries import desired_entries
from ..module_utils._errors import Refused
from ..module_utils._fields import (
    EVENTS_CALLBACK,
    EVENTS_ENABLED,
    EVENTS_POLLER,
    EVENTS_RESOURCES,
    OPTION_OF_KEY,
    OPTIONS,
    Option,
)
from ..module_utils._polling import DEFAULT_RESOURCES, default_poller
from ..module_utils._redact import HIDDEN, without_controls
from ..module_utils._values import parsed, plain, same
from ._untemplated import untemplated

VAULT_VARIABLE = "vault_freshdesk_api_keys"
_OF_THE_PLATFORM = ("base.url", "bulk.", "event.", "pagination.")
"""Prefixes of configuration keys that the platform sets (confirmed), or that belong to an option."""
_WITHOUT_ESCAPES = re.compile(r"[^'\"\\{}%#]+")
_TEMPLATE = re.compile(r"\{[{%#]")


def tenants_file(instances: Sequence[Mapping[str, Any]], names: Sequence[str], tags: Sequence[str], vault: str) -> str:
    """The text of the file, for the instances that match C(names) and C(tags), if given. Raises Refused."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", vault):
        raise Refused(
            f"{without_controls(vault)} cannot be the name of a variable: use letters, digits and underscores."
        )
    instances = plain(instances)
    live = Counter(instance["name"] for instance in instances)
    missing = [without_controls(name) for name in dict.fromkeys(names) if name not in live]
    if missing:
        raise Refused(f"No instance with the name {' or '.join(missing)} is visible with these secrets: correct it.")
    chosen = [
        instance
        for instance in instances
        if (not names or instance["name"] in names) and set(tags) <= set(instance["tags"])
    ]
    if not chosen:
        raise Refused(
            "No instance to export is visible with these secrets: correct the names, the tags or the secrets."
        )
    written = [_Written(instance, live[instance["name"]] == 1, vault) for instance in chosen]
    keys = [one.key for one in written]
    lines = [
        "---",
        "# The Freshdesk instances as they were, written by the playbook cloudelements.freshdesk.export for the role",
        "# cloudelements.freshdesk.provision. Anything omitted is the platform's default or left alone.",
        f"# It contains no API keys: put them into a vault as {vault}, under these {len(keys)} names.",
        *(f"#   {_commented(key)}" for key in keys[:10]),
        *([f"#   and {len(keys) - 10} more, as below"] if len(keys) > 10 else []),
        "provision_tenants:",
    ]
    for one in written:
        lines += one.lines()
    return "\n".join(lines) + "\n"


def tenants_in_file(text: str) -> list[Any]:
    """The tenants of such a file, for a dry run that has no keys. Raises Refused."""
    try:
        content = yaml.load(text, Loader=_Loader)
    except Exception:  # for example, PyYAML raises a ValueError for the text 2001-99-99
        content = None
    tenants = content.get("provision_tenants") if isinstance(content, Mapping) else None
    if not isinstance(tenants, list) or not all(isinstance(tenant, Mapping) for tenant in tenants):
        raise Refused("The file is not a tenants file as written by the playbook export.")
    keyless = [{key: value for key, value in tenant.items() if key != "api_key"} for tenant in tenants]
    result: list[Any] = untemplated([{**tenant, "update_secrets": "never"} for tenant in keyless])
    return result


class _Written:
    """One instance as a tenant, with comments about values that could not be written."""

    def __init__(self, instance: Mapping[str, Any], unique: bool, vault: str) -> None:
        self.instance = instance
        self.remarks: list[str] = []
        name = instance["name"]
        named = unique and _refusal({"name": name}) is None
        plain = named and name.isprintable() and _WITHOUT_ESCAPES.fullmatch(name) is not None
        # By id, if the name would need escapes that ansible-core releases parse differently.
        self.key = name if plain and not re.fullmatch("id [0-9]+", name) else f"id {instance['id']}"
        self.tenant: dict[str, Any] = {"name": name} if named else {"id": instance["id"]}
        if not named:
            why = "several instances have this name" if not unique else "no task can be given this name"
            self.remarks.append(f"{_commented(name)}: by id, since {why}")
        for option in OPTIONS:
            if option.path == "api_key":
                self.tenant["api_key"] = _Template(f"{{{{ {vault}['{self.key}'] }}}}")
            elif not option.secret and option.special != "_polling":
                self._add(option.path, self._live(option))
        self._add_polling()
        configuration = instance["configuration"]
        rest = {
            key: value
            for key, value in configuration.items()
            if key not in OPTION_OF_KEY and not key.startswith(_OF_THE_PLATFORM)
        }
        rest = {
            key: value
            for key, value in rest.items()
            if self._fits(f"configuration: {key}", {"configuration": {key: value}})
        }
        if rest:
            self.tenant["configuration"] = rest

    def lines(self) -> Iterator[str]:
        for remark in self.remarks:
            yield f"  # {remark}"
        text = yaml.dump([_marked(self.tenant)], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=sys.maxsize)
        for line in text.splitlines():
            yield f"  {line}"

    def _live(self, option: Option) -> Any:
        """The live value of an option, as a user would write it; None if it need not be written, or is not shown."""
        configuration = self.instance["configuration"]
        if option.path.startswith("events.") and not _has_events(configuration):
            return None
        if not option.result:
            value = option.read(configuration.get(option.key))
            return None if value == "" else value
        value = self.instance.get(option.name)
        # By default, the platform gives an instance one tag: its name.
        by_itself = [self.instance["name"]] if option.name == "tags" else option.by_itself
        return None if value == by_itself else value

    def _add(self, path: str, value: Any) -> None:
        """Writes an option that can be written."""
        *within, name = path.split(".")
        given = {name: value}
        if value is None or not self._fits(path, {within[0]: given} if within else given):
            return
        place = self.tenant.setdefault(within[0], {}) if within else self.tenant
        place[name] = value

    def _fits(self, what: str, options: Mapping[str, Any]) -> bool:
        """Whether a task accepts this value; if not, a comment says that it is left unchanged."""
        fits = not _is_lost(options) and _refusal({"id": 1, **options}) is None
        if not fits:
            self.remarks.append(f"{_commented(what)} is left alone, since its value cannot be written here")
        return fits

    def _add_polling(self) -> None:
        """Writes the polling options, if they describe exactly the live configuration."""
        known = self.instance["configuration"]
        if not _has_events(known):
            return
        poller = parsed(known.get(EVENTS_POLLER))
        names = known.get(EVENTS_RESOURCES)
        resources = names.split("|") if isinstance(names, str) else []
        if isinstance(poller, Mapping) and poller and set(poller) == set(resources):
            if any(not same(default_poller(resource), poller[resource]) for resource in poller):
                self._add("events.poller", dict(poller))
            elif set(resources) != set(DEFAULT_RESOURCES):
                self._add("events.resources", resources)
        elif names or known.get(EVENTS_POLLER):
            self.remarks.append("events.resources is left alone, since it and the poller's configuration do not match")


def _has_events(known: Mapping[str, Any]) -> bool:
    return same(True, known.get(EVENTS_ENABLED)) or bool(known.get(EVENTS_CALLBACK))


def _refusal(options: Mapping[str, Any]) -> str | None:
    """Why a task does not accept these options; None if it does."""
    try:
        desired_entries([options], check_mode=True)
    except Refused as refusal:
        return refusal.message
    return None


def _is_lost(value: Any) -> bool:
    """Whether a value in it is hidden, blank (which the role treats as not set), or a text that YAML cannot contain."""
    if isinstance(value, Mapping):
        return any(_is_lost(item) for pair in value.items() for item in pair)
    if isinstance(value, (list, tuple)):
        return any(_is_lost(item) for item in value)
    return isinstance(value, str) and (
        not value.strip() or HIDDEN in value or re.search(r"[\ud800-\udfff]", value) is not None
    )


def _commented(text: str) -> str:
    """Text for a comment: one line, without characters that a YAML parser would reject."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


class _Unsafe(str):
    """Text that must not be templated when the file is loaded."""


class _Template(str):
    """Text that is a template."""


def _marked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_marked(key): _marked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(item) for item in value]
    if isinstance(value, str) and not isinstance(value, _Template):
        return _Unsafe(value) if _TEMPLATE.search(value) else value
    return value


class _Dumper(yaml.SafeDumper):
    """A YAML dumper with indented lists and without aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> Any:
    one_line = all(character.isprintable() for character in text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=None if one_line else '"')


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style='"'))
_Dumper.add_representer(
    _Template, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


class _Loader(yaml.SafeLoader):
    """A YAML loader for the output of _Dumper."""


def _plain_text(loader: _Loader, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


_Loader.add_constructor("!unsafe", _plain_text)
