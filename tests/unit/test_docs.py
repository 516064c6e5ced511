# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides are held against what they speak of: files, layers, options, results, environment names, sessions, labels."""

from __future__ import annotations

import ast
import importlib
import json
import re

import pytest
import yaml
from support import pages
from support.pages import PAGES, ROOT, literals

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _fields, _options, _plan, _polling

DOCSITE = ROOT / "docs" / "docsite"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
LABEL = "ansible_collections.cloudelements.freshdesk.docsite."
# What core adds to a result.
BY_CORE = {"changed", "failed", "msg", "results", "skipped", "stdout"}
# Files that the guides have their reader write.
OF_THE_READER = {block.file for page in PAGES for block in pages.blocks(page)} | {"collections/requirements.yml"}
A_PATH = re.compile(r"[\w.-]*(/[\w.-]+)+/?|[\w-]+\.(py|yml|rst|toml)")


def blocks(page, language):
    """The texts of a page's code blocks in a language."""
    return [block.text for block in pages.blocks(page) if block.language == language]


def nodes(value):
    """A value of YAML and all that it holds."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from nodes(part)


def tasks(page):
    """Every task of our modules in the page's examples: the module, its options, the name that it registers."""
    for block in blocks(page, "yaml"):
        for node in nodes(yaml.safe_load(block)):
            if isinstance(node, dict):
                for key, options in node.items():
                    if str(key).startswith("cloudelements.freshdesk.") and key.split(".")[-1] in MODULES:
                        yield key.split(".")[-1], options or {}, node.get("register")


def documented(module, what):
    plugin = importlib.import_module(f"ansible_collections.cloudelements.freshdesk.plugins.modules.{module}")
    return yaml.safe_load(getattr(plugin, what)) or {}


def options_of(module):
    return {**documented(module, "DOCUMENTATION")["options"], **_options.CONNECTION_SPEC}


def unknown_options(given, known, prefix=""):
    """The names among the given options that are none, at any depth."""
    wrong = []
    for name, value in given.items():
        if name not in known:
            wrong.append(prefix + name)
            continue
        below = known[name].get("suboptions") or known[name].get("options")
        for entry in value if isinstance(value, list) else [value]:
            if below and isinstance(entry, dict):
                wrong += unknown_options(entry, below, f"{prefix}{name}.")
    return wrong


def layers():
    """The files of the engine in the order of the table in contributing.rst."""
    text = (DOCSITE / "rst" / "contributing.rst").read_text(encoding="utf-8")
    table = text.split(f".. _{LABEL}contributing.layers:")[1].split(".. _")[0]
    return re.findall(r"^   \* - ``(_\w+)\.py``$", table, re.MULTILINE)


def sessions():
    """The names of nox's sessions, and what may follow in brackets: an ansible-core or a campaign."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    names, variants = set(), set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any("session" in ast.unparse(one) for one in node.decorator_list):
            names.add(node.name)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("CORES", "CAMPAIGNS"):
            assert isinstance(node.value, ast.Dict)
            variants |= {ast.literal_eval(key) for key in node.value.keys if key is not None}
    return names, variants


def test_the_page_on_contributing_names_each_session_and_campaign():
    table = (DOCSITE / "rst" / "contributing.rst").read_text(encoding="utf-8")
    names, variants = sessions()
    assert sorted(re.findall(r"(?m)^   \* - ``nox -s \"?(\w+)", table)) == sorted(names)
    page = (DOCSITE / "rst" / "verification.rst").read_text(encoding="utf-8")
    table = page.split(f".. _{LABEL}verification.campaigns:")[1].split(".. _")[0]
    assert set(re.findall(r"(?m)^   \* - ``(\w+)``$", table)) == {name for name in variants if name.isalpha()}


def test_the_table_of_contents_names_every_page_and_no_other():
    sections = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in sections for name in section["toctree"]) == [page.stem for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
class TestEveryPage:
    def test_its_examples_are_well_formed(self, page):
        for block in blocks(page, "yaml"):
            yaml.safe_load(block)
        for block in blocks(page, "json"):
            json.loads(block)

    def test_its_examples_use_options_that_exist(self, page):
        for module, options, _register in tasks(page):
            assert unknown_options(options, options_of(module)) == [], f"{page.name}: {module}"

    def test_its_examples_use_results_that_are_returned(self, page):
        registered = {register: module for module, _options_given, register in tasks(page) if register}
        for register, module in registered.items():
            used = set(re.findall(rf"\b{register}\.(\w+)", "\n".join(blocks(page, "yaml")) + " ".join(literals(page))))
            assert used <= set(documented(module, "RETURN")) | BY_CORE, f"{page.name}: {register} of {module}"

    def test_its_labels_are_its_own_and_what_it_refers_to_exists(self, page):
        text = page.read_text(encoding="utf-8")
        labels = re.findall(r"^\.\. _(\S+):$", text, re.MULTILINE)
        assert labels
        assert all(label == LABEL + page.stem or label.startswith(f"{LABEL}{page.stem}.") for label in labels)
        known = set(re.findall(r"(?m)^\.\. _(\S+):$", "\n".join(page.read_text(encoding="utf-8") for page in PAGES)))
        assert set(re.findall(r":ref:`[^<`]*<(\S+)>`", text)) <= known

    def test_the_tenants_of_its_examples_have_options_that_exist(self, page):
        for block in blocks(page, "yaml"):
            for node in nodes(yaml.safe_load(block)):
                for name in ("provision_tenants", "provision_defaults", "freshdesk_tenant"):
                    given = node.get(name) if isinstance(node, dict) else None
                    for tenant in given if isinstance(given, list) else [given]:
                        if isinstance(tenant, dict):
                            assert unknown_options(tenant, _options.ENTRY_SPEC) == []

    def test_the_variables_of_the_role_that_it_names_exist(self, page):
        role = yaml.safe_load((ROOT / "roles" / "provision" / "meta" / "argument_specs.yml").read_text("utf-8"))
        known = set(role["argument_specs"]["main"]["options"]) | {"provision_hosts", "provision_result"}
        files = [*(ROOT / "playbooks").glob("*.yml"), *(ROOT / "roles" / "provision" / "tasks").glob("*.yml")]
        files.append(ROOT / "plugins" / "plugin_utils" / "_tenants.py")
        playbooks = "".join(path.read_text(encoding="utf-8") for path in files)
        for name in set(re.findall(r"\bprovision_\w+", page.read_text(encoding="utf-8"))) - known:
            assert name in playbooks, name

    def test_the_environment_variables_it_names_are_read(self, page):
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"\bCLOUDELEMENTS_[A-Z_]+", text)) <= set(_options.ENVIRONMENT.values())
        live = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "live").glob("*.py"))
        assert all(name in live for name in re.findall(r"\bFRESHDESK_[A-Z_]+", text))

    def test_the_sessions_it_names_exist(self, page):
        names, variants = sessions()
        called = re.findall(r'\bnox (?:-R )?-s "?(\w+)(\(([\w.]+)(?:-oldest)?\))?', page.read_text("utf-8"))
        for name, _call, variant in called:
            assert name in names
            assert not variant or variant in variants

    def test_the_files_it_names_exist(self, page):
        for name in filter(A_PATH.fullmatch, literals(page)):
            if name.startswith(("/", "ansible_collections/", ".nox/")) or name in OF_THE_READER:
                continue  # an endpoint of the platform, the place of the checkout in a tree, what a session leaves
            assert (ROOT / name).exists() or (ROOT / "plugins" / "module_utils" / name).exists(), name


def test_the_examples_register_results_of_ours():
    """So that the test of what they use of them looks at something."""
    assert {module for page in PAGES for module, _options_given, register in tasks(page) if register} >= {
        "instance",
        "instances",
    }


def test_contributing_names_every_file_of_the_engine():
    files = [path.stem for path in (ROOT / "plugins" / "module_utils").glob("*.py") if path.stem != "__init__"]
    assert sorted(layers()) == sorted(files)


def test_a_layer_imports_only_layers_that_stand_above_it():
    seen: set[str] = set()
    for layer in layers():
        source = (ROOT / "plugins" / "module_utils" / f"{layer}.py").read_text(encoding="utf-8")
        imported = {
            node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.level
        }
        assert imported <= seen, layer
        seen.add(layer)


def test_contributing_names_every_room():
    named = set(literals(DOCSITE / "rst" / "contributing.rst"))
    rooms = {path for path in (ROOT / "plugins").iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert sorted(path.name for path in rooms if f"plugins/{path.name}/" not in named) == []


def test_contributing_names_functions_that_exist():
    """The walk of a request, and what a kind of resource is, name classes and functions of the engine; each is defined there."""
    text = (DOCSITE / "rst" / "contributing.rst").read_text(encoding="utf-8")
    parts = re.split(rf"\.\. _{re.escape(LABEL)}contributing\.(\w+):", text)
    walk = "".join(part for name, part in zip(parts[1::2], parts[2::2]) if name in ("walk", "kind"))
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugins").rglob("*.py"))
    names = [name.split(".")[-1] for name in re.findall(r"``([A-Za-z_][\w.]*)``", walk) if not name.endswith(".py")]
    defined = set(re.findall(r"\b(?:def|class) (\w+)", sources)) | set(re.findall(r"(?m)^    (\w+): ", sources))
    assert set(names) - defined - {"acme", "async", "instance", "instances", "verify"} == set()


def test_the_readme_names_every_part():
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("| part |")[1].split("\n\n")[0]
    named = {
        (kind.rstrip("s"), name)
        for kind, names in re.findall(r"^\| (\w+) (`[^|]*`) \|", table, flags=re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    there = {
        (kind, path.stem)
        for kind, folder in (
            ("module", "plugins/modules"),
            ("lookup", "plugins/lookup"),
            ("inventory", "plugins/inventory"),
            ("filter", "plugins/filter"),
            ("playbook", "playbooks"),
            ("rulebook", "extensions/eda/rulebooks"),
            ("role", "roles"),
        )
        for path in (ROOT / folder).iterdir()
        if path.suffix in (".py", ".yml") or (kind == "role" and path.is_dir())
    }
    assert named == there


def test_the_readme_links_to_every_guide():
    linked = set(re.findall(r"\(docs/docsite/rst/(\w+)\.rst\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert linked == {page.stem for page in PAGES}


def test_the_page_of_the_platform_shows_what_a_creation_and_a_poller_are():
    body, poller = (json.loads(text) for text in blocks(DOCSITE / "rst" / "platform.rst", "json"))
    given = {"name": "acme", "subdomain": "acme", "api_key": "THE-FRESHDESK-API-KEY", "tags": ["crm"]}
    options = {
        **dict.fromkeys(_options.INSTANCE_SPEC),
        **given,
        "state": "present",
        "configuration": {"filter.response.nulls": True},
    }
    assert _plan.plan(_fields.desired_from(options, check_mode=False), None, "freshdeskv2").create == body
    assert _polling.default_poller("incidents") == poller["incidents"]
