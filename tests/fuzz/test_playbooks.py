# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nastiest values through real playbooks: they arrive to the letter, and nothing of them is templated, executed or shown raw."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import markupsafe
import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from fuzz.hostile import is_raw
from support.platform import control, environment, simulator

HERE = Path(__file__).resolve().parent
PRODUCT = "1111111101"
NASTY = [
    "{{ 123456789*9 }}",
    "{% if true %}{{ 123456789*9 }}{% endif %}",
    "{# gone #}",
    "{{ lookup('pipe', 'touch pwned') }}",
    "{{ undefined_by_anyone }}",
    "{{123456789*9",
    "!unsafe x",
    "!!python/object/apply:os.system ['touch pwned']",
    "*alias",
    "a: b",
    "- item",
    "yes",
    "null",
    "0x10",
    "2024-01-01",
    "'\"`\\",
    "$(touch pwned)",
    "a < b & c",
    "../../pwned",
    "e\u0301",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u202egnp.exe",
    "\U0001f600",
    "\ufeffmark",
    "x" * 10_000,
]
"""What a task takes as a name."""
LIVE = ["\x1b[31mred", "\x9b31m", "two\nlines", "<script>alert(1)</script>", " padded ", "\u2028", "\x7f", "localhost"]
"""What only the platform could have as one."""


class Unsafe(str):
    """Text that would be a template without its mark. Core reads a marked null as nothing, so no other is marked."""


def marked(text):
    return Unsafe(text) if "{" in text else text


class Dumper(yaml.SafeDumper):
    """Writes it so."""


Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style='"'))


class Loader(yaml.SafeLoader):
    """Reads it so."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@pytest.fixture
def address():
    """The platform as a process of its own."""
    with simulator("--setting", "accounts=any") as address:
        yield address


@pytest.fixture
def said(address, tmp_path):
    """Runs a command of Ansible as a user would, and answers what it said, checked."""
    (tmp_path / "home").mkdir()
    own = {"HOME": str(tmp_path / "home"), "PYTHONUTF8": "1", "ANSIBLE_NOCOLOR": "1"}

    def run(*command):
        done = subprocess.run(
            [command[0], *map(str, command[1:])],
            cwd=tmp_path,
            env={**environment(address), **own},
            capture_output=True,
            check=False,
        )
        told = (done.stdout + done.stderr).decode("utf-8")
        assert done.returncode == 0, re.sub("x{99,}", "x...", told)
        check_output(told)
        return told

    return run


def check_output(told):
    """What is shown is no more than text."""
    assert [character for character in told if is_raw(character) and character not in "\n\r"] == []
    for sign in (PRODUCT, "Traceback", "is a bug in", "secret+of="):
        assert sign not in told


def test_the_nastiest_values_arrive_to_the_letter(tried, address, said, tmp_path):
    tried(len(NASTY) + len(LIVE))
    names = ["acme", *NASTY]
    wanted = [
        {
            "name": marked(name),
            "subdomain": f"tenant-{number}",
            "api_key": f"key-of-tenant-{number}",
            "tags": [marked(name), "crm"],
            "configuration": {"custom.text": marked(f"{name}\n\x1b[31m\u202e")},
        }
        for number, name in enumerate(names)
    ]
    text = yaml.dump({"provision_tenants": wanted}, Dumper=Dumper, allow_unicode=False)
    (tmp_path / "wanted.yml").write_text(text, encoding="utf-8")
    seeds = [(name, [name]) for name in LIVE] + [(f"pruned {name}", ["pruned"]) for name in LIVE]
    control(address, "instances", {"count": len(seeds)})
    for one, (name, tags) in zip(control(address, "instances"), seeds, strict=True):
        # Changed behind its back, since nobody could make such a name with the platform.
        control(address, f"instances/{one['id']}", {"name": name, "tags": tags}, "PATCH")
    body = {"id": 0, "name": "acme", "token": "{{123456789*9}}", "tags": ["crm"], "configuration": {"a": "b"}}
    body["id"] = control(address, "instances")[-1]["id"] + 1
    fault = {"fault": "wrong_shape", "match": {"verb": "GET", "path": r"/instances/\d+"}, "body": body}
    control(address, "faults", fault)

    said("ansible-playbook", HERE / "playbooks" / "through_all.yml", "--diff", "-e", f"folder={tmp_path}")

    stored = {one["name"]: one for one in control(address, "instances")}
    assert set(stored) == {*names, *LIVE}
    assert all(stored[name]["configuration"]["custom.text"] == f"{name}\n\x1b[31m\u202e" for name in names)
    arrived = json.loads((tmp_path / "arrived.json").read_text(encoding="utf-8"))
    assert arrived["names"] == names
    assert arrived["ids"] == {name: stored[name]["id"] for name in names}
    assert arrived["tokens"] == {name: stored[name]["token"] for name in names}
    assert arrived["looked_up"] == [stored[name]["token"] for name in names]
    assert {one["name"]: set(one["tags"]) for one in arrived["instances"]} == {
        name: set(one["tags"]) for name, one in stored.items()
    }
    assert arrived["token"] == "{{123456789*9}}"
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(str(markupsafe.escape(name)) in page for name in names if not any(map(is_raw, name)))
    assert PRODUCT not in page
    assert [character for character in page if is_raw(character) and character not in "\n\t"] == []
    vault = VaultLib([("default", VaultSecret(b"password-of-the-vault"))])
    kept = yaml.load(vault.decrypt((tmp_path / "tokens.yml").read_bytes()), Loader=Loader)["freshdesk_tokens"]
    assert {name: entry["token"] for name, entry in kept.items()} == {name: stored[name]["token"] for name in names}

    said("ansible-playbook", "cloudelements.freshdesk.export", "-e", f"export_path={tmp_path}/exported.yml")
    keys = dict.fromkeys([*stored, *(f"id {one['id']}" for one in stored.values())], "key-of-this-one")
    (tmp_path / "keys.yml").write_text(json.dumps({"vault_freshdesk_api_keys": keys}), encoding="utf-8")
    (tmp_path / "all.freshdesk.yml").write_text("plugin: cloudelements.freshdesk.instances\n")
    look = HERE / "playbooks" / "look.yml"
    said("ansible-playbook", look, "-i", tmp_path / "all.freshdesk.yml", "-e", f"folder={tmp_path}")
    looked = json.loads((tmp_path / "looked.json").read_text(encoding="utf-8"))
    assert sorted(one["name"] for one in looked["hosts"]) == sorted(stored)
    exported = {tenant.get("name", tenant.get("id")): tenant for tenant in looked["exported"]}
    by_id = {one["id"] for one in stored.values() if one["name"] in LIVE}
    assert set(exported) == {*names, "localhost", *by_id - {stored["localhost"]["id"]}}
    assert all(exported[name]["configuration"]["custom.text"] == f"{name}\n\x1b[31m\u202e" for name in names)
    assert not list(tmp_path.rglob("pwned"))
    assert not (HERE.parents[1] / "pwned").exists()
