# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a value reaches us makes no difference: what is stored is what the plain value stores, or there is one clear sentence."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from fuzz.hostile import check_sentence
from support.platform import control, environment, simulator

HERE = Path(__file__).resolve().parent
PASSWORD = "password-of-the-vault"
PLAIN = {
    "subdomain": "acme",
    "api_key": "key-of-acme-1",
    "tags": ["crm", "two words"],
    "enabled": False,
    "configuration": {"custom.text": "some text", "custom.number": 7, "custom.flag": True, "custom.list": ["a", {"b": 1}]},
    "events": {
        "enabled": True,
        "callback_url": "https://hooks.example.com/x",
        "signature_key": "signature-key-1",
        "poll_interval": 30,
        "resources": ["incidents", "agents"],
    },
    "update_secrets": "always",
    "state": "present",
    "on_duplicate": "oldest",
}  # fmt: skip
"""Every option of a tenant that can be given to one that is created, but its name; the id has a test of its own."""
OPTIONAL = [option for option in PLAIN if option not in ("subdomain", "api_key")]
BY_ID = [
    lambda number: number,
    str,
    lambda number: f"{{{{ {number} }}}}",
    lambda number: f"{{{{ '{number}' }}}}",
    lambda number: f"{{{{ ('[{number}]' | from_json) | first }}}}",
    lambda number: f"{{{{ nope | default({number}) }}}}",
]
"""The ways in which an id can be given."""
LEFTOVERS = re.compile(
    r"__omit_place_holder__|<<Omit>>|\{\{|\{%|\['|\"True\"|\"False\"|\"None\"|<generator|<itertools|object at 0x|Ansible|Undefined"
)
"""What must never be sent: marks of core, templates, and what Python makes of a value that is no text."""


class Vaulted(str):
    """Text that is encrypted as a variable of its own."""


class Dumper(yaml.SafeDumper):
    """Writes it so."""

    def ignore_aliases(self, data):
        return True


Dumper.add_representer(Vaulted, lambda dumper, text: dumper.represent_scalar("!vault", str(text), style="|"))


def as_text(value):
    """The value as somebody types it where only text can be given."""
    if isinstance(value, list):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def ways(option, value):
    """The ways in which an option can be given its value: a name, and what stands in the YAML of the tenant."""
    yield "yaml", value
    yield "variable", f"{{{{ plain.{option} }}}}"
    yield "extra_text", f"{{{{ text_{option} }}}}"
    yield "extra_json", f"{{{{ json_{option} }}}}"
    yield "environment", f"{{{{ lookup('ansible.builtin.env', 'WAY_{option.upper()}') }}}}"
    yield "vaulted", f"{{{{ vaulted_{option} }}}}"
    yield "default", f"{{{{ nope | default(plain.{option}) }}}}"
    yield "from_json", f"{{{{ plain.{option} | to_json | from_json }}}}"
    yield "from_yaml", f"{{{{ plain.{option} | to_yaml | from_yaml }}}}"
    yield "combine", f"{{{{ ({{'x': {{'y': 1}}}} | combine({{'x': plain.{option}}})).x }}}}"
    yield "other_host", f"{{{{ hostvars['other'].of_other.{option} }}}}"
    yield "fact", f"{{{{ fact.{option} }}}}"
    yield "registered", f"{{{{ registered.ansible_facts.fact.{option} }}}}"
    yield "ternary", f"{{{{ true | ternary(plain.{option}, omit) }}}}"
    yield "generator", f"{{{{ [plain.{option}] | map('default', omit) | first }}}}"
    if isinstance(value, str):
        yield "concatenated", f"{{{{ plain.{option}[:3] }}}}{{{{ plain.{option}[3:] }}}}"
        yield "vault_inline", "!vault"
    if isinstance(value, bool):
        for number, word in enumerate(("no", "off", "0", "False", "n", 0)):
            yield f"word_{number}", word
    if isinstance(value, list):
        yield "lines", "\n".join(value) + "\n"
        yield "json_text", json.dumps(value)
        yield "map", f"{{{{ plain.{option} | map('upper') | map('lower') }}}}"
        yield "select", f"{{{{ (plain.{option} + ['']) | select }}}}"
        yield "nested", [[value[0]], [[value[1]]]]
        yield "nested_variable", [f"{{{{ plain.{option}[:1] }}}}", value[1]]
        yield "omitted_element", [value[0], "{{ nope | default(omit) }}", value[1]]
        yield "dict_keys", f"{{{{ dict(plain.{option} | zip([1, 2])).keys() | list }}}}"
    if isinstance(value, dict):
        yield "json_text", json.dumps(value)
        yield "items", f"{{{{ plain.{option} | dict2items | items2dict }}}}"
        yield (
            "omitted_inside",
            {**value, "custom.none" if option == "configuration" else "poller": "{{ nope | default(omit) }}"},
        )
        yield "each_inside", {key: f"{{{{ plain.{option}['{key}'] }}}}" for key in value}


@pytest.fixture(scope="module")
def address():
    with simulator("--setting", "accounts=any") as address:
        yield address


def tenants(prefix):
    """A tenant for each option and way, and what its plain twin is."""
    for option, value in PLAIN.items():
        for way, given in ways(option, value):
            tenant = {"name": f"{prefix} {option} {way}", **{name: PLAIN[name] for name in PLAIN if name != option}}
            yield {**tenant, option: encrypted(value) if given == "!vault" else given}


def left_out(prefix):
    """A tenant for each option that is omitted, in each of the forms of it."""
    for option in OPTIONAL:
        for way, given in {"omit": "{{ omit }}", "default": "{{ nope | default(omit) }}", "null": None}.items():
            yield {"name": f"{prefix} {option} left out by {way}", **PLAIN, option: given}


def encrypted(value):
    vault = VaultLib([("default", VaultSecret(PASSWORD.encode()))])
    return Vaulted(vault.encrypt(value).decode())


def write(path, content):
    path.write_text(yaml.dump(content, Dumper=Dumper, allow_unicode=True, width=10_000), encoding="utf-8")


def run(folder, address, *command):
    """What a command of Ansible says; it gets each plain value as text in the environment."""
    (folder / "password").write_text(PASSWORD)
    (folder / "home").mkdir(exist_ok=True)
    own = {
        "HOME": str(folder / "home"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_VAULT_PASSWORD_FILE": str(folder / "password"),
    }
    own.update({f"WAY_{option.upper()}": as_text(value) for option, value in PLAIN.items()})
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**environment(address), **own},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    for sign in ("Traceback", "is a bug in", *(PLAIN[secret] for secret in ("api_key",)), "signature-key-1"):
        assert sign not in told
    return done.returncode, told


def stored(address):
    """What the platform holds of each instance, by name, without what differs from one to the next."""
    found = {}
    for one in control(address, "instances"):
        tags = sorted(tag for tag in one["tags"] if tag != one["name"])
        found[one["name"]] = {"tags": tags, "disabled": one["disabled"], "configuration": one["configuration"]}
    return found


def test_a_value_is_the_same_in_whatever_way_it_comes(tried, address, tmp_path):
    control(address, "reset", {})
    control(address, "instances", [{"name": "an only one", "tags": ["only", "plain"]}])
    ids = control(address, "instances", [{"name": f"by id {number}"} for number in range(len(BY_ID))])
    of_role, of_module = [*tenants("role")], [*tenants("module")]
    kept = [
        {"name": f"kept without {option}", **{k: v for k, v in PLAIN.items() if k != option}} for option in OPTIONAL
    ]
    omitted = [*left_out("role"), *left_out("module")]
    tried(len(of_role) + len(of_module) + len(omitted))
    write(
        tmp_path / "values.yml",
        {
            "plain": PLAIN,
            **{f"vaulted_{option}": encrypted(as_text(value)) for option, value in PLAIN.items()},
            "defaults_of_tenants": {"verify": "{{ nope | default(omit) }}"},
            "tenants_by_way": [
                {"name": "plain", **PLAIN},
                *of_role,
                *[one for one in omitted if one["name"].startswith("role")],
                "{{ nope | default(omit) }}",
                *({"id": way(number), "tags": ["by id"]} for way, number in zip(BY_ID, ids, strict=True)),
            ],
            "entries_by_way": [*of_module, *kept, *[one for one in omitted if one["name"].startswith("module")]],
            "connections": [
                {"tags": "only, plain"},
                {"tags": ["{{ ['only'] }}", "{{ nope | default(omit) }}", ["plain"]]},
                {"tags": '["only", "plain"]', "timeout": "5"},
                {"tags": "only\nplain", "user_secret": encrypted("user/secret+of=one")},
                {"tags": "{{ ['only', 'plain'] | select }}", "organization_secret": "{{ nope | default(omit) }}"},
            ],
        },
    )
    write(tmp_path / "inventory.yml", {"all": {"hosts": {"other": {"of_other": PLAIN}}}})
    texts = [part for option, value in PLAIN.items() for part in ("-e", json.dumps({f"json_{option}": value}))]
    texts += [part for option, value in PLAIN.items() for part in ("-e", f"text_{option}={json.dumps(as_text(value))}")]

    status, told = run(
        tmp_path,
        address,
        "ansible-playbook",
        HERE / "playbooks" / "ways.yml",
        "-i",
        "inventory.yml",
        "-e",
        "@values.yml",
        *texts,
    )

    assert status == 0, re.findall(r'"msg": ".*?(?<!\\)"|ERROR.*', told)
    found = stored(address)
    wrong = {
        one["name"]: found.get(one["name"])
        for one in [*of_role, *of_module]
        if found.get(one["name"]) != found["plain"]
    }
    assert wrong == {}
    assert [found[f"by id {number}"]["tags"] for number in range(len(BY_ID))] == [["by id"]] * len(BY_ID)
    for one in omitted:
        option = re.match(r"\w+ (\w+)", one["name"]).group(1)
        assert found[one["name"]] == found[f"kept without {option}"], one["name"]
    assert not LEFTOVERS.search(json.dumps(control(address, "bodies")))


KEY = "key-of-refused"
COMMON = {
    "tags": ["{{ hostvars['common'].common_tag }}"],
    "subdomain": "{{ lookup('ansible.builtin.env', 'WAY_SUBDOMAIN') }}",
}
REFUSED = {
    "key left a template by from_yaml": (
        {"api_key": "{{ (yaml_with_template | from_yaml).key }}"}, "api_key is still a template|not be res"),
    "key with a template in the middle": ({"api_key": "{{ text_with_template ~ 'x' }}"}, "api_key is still a template|not be res"),
    "signature key left a template": (
        {"events": {"signature_key": "{{ (yaml_with_template | from_yaml).key }}"}}, "signature_key is still a template|not be res"
    ),
    "secret of the configuration left a template": (
        {"configuration": {"custom.secret": "{{ text_with_template }}"}}, "custom.secret is still a template|not be res"
    ),
    "mask of AWX": ({"api_key": "$encrypted$"}, "api_key is only the mask of a hidden secret"),
    "mask of a vault": ({"api_key": "<redacted>"}, "api_key is only the mask of a hidden secret"),
    "mask of core": ({"events": {"signature_key": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}}, "events.signature_key is only the mask"),
    "blank after it": ({"api_key": f"{KEY} "}, "api_key begins or ends with a blank"),
    "hard blank before it": ({"api_key": f"\u00a0{KEY}"}, "api_key begins or ends with a blank"),
    "mark before it": ({"api_key": f"\ufeff{KEY}"}, "api_key begins or ends with a blank"),
    "file read whole": ({"api_key": f"{KEY}\n"}, "api_key begins or ends with a blank"),
    "vault as a text": ({"api_key": "$ANSIBLE_VAULT;1.1;AES256\n61626364"}, "api_key is still encrypted"),
    "variable that is not there": ({"tags": ["{{ nope }}"]}, "nope|could not be resolved"),
    "other host without it": ({"tags": ["{{ hostvars['refused 0'].nope }}"]}, "nope|could not be resolved|no attribute"),
    "omit in a text": ({"tags": ["crm-{{ omit }}"]}, "tags has omit as a part of a longer text|^created$"),  # left out on 2.19 and newer
    "omit in a key": ({"configuration": {"custom.text": "x{{ nope | default(omit) }}"}}, "configuration has omit as a part|^created$"),
    "list as a text": ({"subdomain": ["acme"]}, "subdomain must be a string"),
    "list in the form of Python": ({"tags": "{{ ['a', 'b'] | string }}"}, "tags must be a list|^created$"),
    "mapping as a tag": ({"tags": [{"a": "b"}]}, "tags must contain only strings"),
    "true as a name": ({"name": True}, "name must be a string"),
    "true as a tag": ({"tags": ["crm", True]}, "tags must contain only strings"),
    "mapping as a key": ({"api_key": {"acme": KEY}}, "api_key must be a string"),
    "number as events": ({"events": 7}, "events must be of type dict"),
    "text as a number": ({"events": {"poll_interval": "soon"}}, "events.poll_interval must be of type int"),
    "text as a choice": ({"update_secrets": "{{ ['always'] }}"}, "update_secrets must be one of"),
}  # fmt: skip
"""What a host says of its tenant, and what its verdict is."""


def test_what_cannot_be_meant_is_one_clear_sentence_of_that_host_and_the_others_are_done(tried, address, tmp_path):
    tried(len(REFUSED))
    control(address, "reset", {})
    plain = {"subdomain": "acme", "api_key": KEY}
    hosts = {
        f"refused {number}": {"freshdesk_tenant": {"name": f"{number}", **plain, **given}}
        for number, (given, _says) in enumerate(REFUSED.values())
    }
    hosts["omitted"] = {"freshdesk_tenant": "{{ nope | default(omit) }}"}
    hosts.update(
        {f"good {number}": {"freshdesk_tenant": {"name": f"good {number}", **plain, **COMMON}} for number in range(3)}
    )
    template = "{{ '{{' }} vault_acme_key {{ '}}' }}"
    variables = {"text_with_template": template, "yaml_with_template": f"key: '{template}'"}
    groups = {
        "hosts": {"common": {"common_tag": "crm"}},
        "children": {"freshdesk_tenants": {"hosts": hosts, "vars": variables}},
    }
    write(tmp_path / "inventory.yml", {"all": groups})

    _status, told = run(
        tmp_path, address, "ansible-playbook", "cloudelements.freshdesk.provision_hosts", "-i", "inventory.yml"
    )

    verdicts = dict(re.findall(r'^(?:fatal|changed): \[([^]]+)\][^"]+"msg": (".*")$', told, re.MULTILINE))
    assert set(verdicts) == set(hosts), told[-3000:]
    for number, (what, (_given, says)) in enumerate(REFUSED.items()):
        verdict = json.loads(verdicts[f"refused {number}"])
        assert re.search(says, verdict), (what, verdict)
        if verdict != "created":
            check_sentence(verdict)
    assert "has no variable freshdesk_tenant" in verdicts["omitted"]
    assert [stored(address)[f"good {number}"]["tags"] for number in range(3)] == [["crm"]] * 3
    assert not LEFTOVERS.search(json.dumps(control(address, "bodies")))
