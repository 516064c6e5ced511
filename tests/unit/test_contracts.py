# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several files say of one thing is held against each other: specs, documentation, environment, results, metadata."""

from __future__ import annotations

import ast
import fnmatch
import importlib
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from support import documentation as documentation_of_options
from support.in_process import Simulation
from support.mains import run_main

from ansible_collections.cloudelements.freshdesk.plugins.doc_fragments import platform as fragment
from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _options, _tasks, _version

LICENCE = "SPDX-" + "License-Identifier: GPL-3.0-or-later"
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "ansible_collections.cloudelements.freshdesk.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
PLUGINS = sorted(
    path.relative_to(ROOT / "plugins").with_suffix("").as_posix()
    for kind in ("lookup", "inventory")
    for path in (ROOT / "plugins" / kind).glob("*.py")
)
GENERATED = documentation_of_options.generated()
CONNECTION_FRAGMENT = "cloudelements.freshdesk.platform"
# What playbooks rely on: option, default, environment.
CONNECTION = [
    ("base_url", "https://api.cloud-elements.com", "CLOUDELEMENTS_BASE_URL"),
    ("user_secret", None, "CLOUDELEMENTS_USER_SECRET"),
    ("organization_secret", None, "CLOUDELEMENTS_ORGANIZATION_SECRET"),
    ("validate_certs", True, "CLOUDELEMENTS_VALIDATE_CERTS"),
    ("ca_path", None, "CLOUDELEMENTS_CA_PATH"),
    ("timeout", 60, "CLOUDELEMENTS_TIMEOUT"),
    ("retry_timeout", 300, "CLOUDELEMENTS_RETRY_TIMEOUT"),
    ("element", "freshdeskv2", None),
]
OPTIONS = {
    "instance": "name id state subdomain api_key update_secrets tags enabled events configuration verify on_verify_failure "
    "on_shared_subdomain on_duplicate",
    "instances": "instances concurrency on_error max_deletes prune_tags expected_plan_id progress",
    "instance_info": "name id tags verify",
    "request": "name id method path query body pages status_code",
    "formula_instance": "formula name id state active instances configuration settings on_duplicate",
    "formula_instance_info": "formula name id",
}
RETURNED = {
    "instance": "action id token instance pending secrets http diff",
    "instances": "outcomes ids tokens pruned summary plan_id diff",
    "instance_info": "instances",
    "request": "status json pages request_id http pending",
    "formula_instance": "action id formula_instance pending http diff",
    "formula_instance_info": "formula_instances",
}
BY_CORE = {"changed", "failed", "msg", "invocation", "warnings", "deprecations"}


def imported(plugin):
    return importlib.import_module(f"{PACKAGE}.{plugin.replace('/', '.')}")


def documentation(plugin):
    """The documentation of a plugin, its fragments merged in."""
    merged = yaml.safe_load(imported(plugin).DOCUMENTATION)
    options = dict(merged.get("options") or {})
    for name in merged.get("extends_documentation_fragment", []):
        if name.startswith("cloudelements.freshdesk."):
            _file, _dot, part = name.removeprefix("cloudelements.freshdesk.").partition(".")
            assert _file == "platform", f"{plugin} extends {name}, of which this test knows nothing"
            text = getattr(fragment.ModuleDocFragment, part.upper() or "DOCUMENTATION")
            options.update(yaml.safe_load(text).get("options") or {})
    return {**merged, "options": options}


class _Seen(Exception):
    """Ends a module as soon as its spec is known."""


@pytest.fixture
def spec_of(monkeypatch):
    """The argument spec that a module hands to core."""

    def spec(module):
        def see(argument_spec, **_more):
            raise _Seen(argument_spec)

        monkeypatch.setattr(_tasks, "Module", see)
        with pytest.raises(_Seen) as seen:
            imported(f"modules/{module}").main()
        return seen.value.args[0]

    return spec


@pytest.fixture
def simulation(monkeypatch):
    """A simulated platform that the modules reach."""
    for variable in _options.ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)
    simulation = Simulation()
    monkeypatch.setattr(_tasks, "Transport", simulation.connect)
    return simulation


def files_of_the_project():
    """The files that git tracks; in a copy, where git tracks none yet, those that it does not ignore."""
    for which in (["--cached"], ["--others", "--exclude-standard"]):
        try:
            listing = subprocess.run(
                ["git", "ls-files", "-z", *which], cwd=ROOT, capture_output=True, text=True, check=True
            )
        except (FileNotFoundError, subprocess.CalledProcessError):
            return []
        if listing.stdout:
            return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]
    return []


# Options


def without_documentation(options, kind):
    """What documentation and spec both say of options, in one form."""
    nested = {"spec": "options", "documentation": "suboptions"}[kind]
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "required": option.get("required", False),
            "default": option.get("default"),
            "choices": list(option.get("choices") or []),
            "nested": without_documentation(option.get(nested) or {}, kind),
        }
        for name, option in options.items()
    }


@pytest.mark.parametrize("module", MODULES)
def test_the_spec_of_every_module_is_what_its_documentation_says(spec_of, module):
    documented = without_documentation(documentation(f"modules/{module}")["options"], "documentation")

    assert without_documentation(spec_of(module), "spec") == documented


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(("option", "default", "variable"), CONNECTION)
def test_the_connection_is_the_same_in_every_module(spec_of, module, option, default, variable):
    spec = spec_of(module)[option]

    assert spec.get("default") == default
    assert spec.get("fallback", (None, [None]))[1] == [variable]
    assert bool(spec.get("no_log")) is option.endswith("_secret")
    assert not spec.get("required")  # core would refuse it in words of its own


@pytest.mark.parametrize("module", MODULES)
def test_every_module_documents_the_connection_by_the_one_fragment(module):
    assert (
        CONNECTION_FRAGMENT
        in yaml.safe_load(imported(f"modules/{module}").DOCUMENTATION)["extends_documentation_fragment"]
    )


@pytest.mark.parametrize(("option", "default", "variable"), CONNECTION)
def test_the_fragment_names_the_variable_of_every_option(option, default, variable):
    documented = yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"][option]
    named = re.findall(r"E\((CLOUDELEMENTS_\w+)\)", " ".join(documented["description"]))

    assert named == ([variable] if variable else [])
    assert documented.get("default") == default


@pytest.mark.parametrize(("module", "options"), OPTIONS.items())
def test_the_options_that_playbooks_rely_on_are_there(spec_of, module, options):
    assert set(options.split()) <= set(spec_of(module))


def test_an_entry_of_the_fleet_takes_all_options_of_an_instance(spec_of):
    one = {name: option for name, option in spec_of("instance").items() if name not in _options.CONNECTION_SPEC}

    own = {name: spec_of("instances")["instances"]["options"][name] for name in ("key", "problem", "formulas")}
    assert spec_of("instances")["instances"]["options"] == {**one, **own}


def test_the_options_of_events_are_those_that_playbooks_rely_on(spec_of):
    assert set(spec_of("instance")["events"]["options"]) == {
        "enabled",
        "callback_url",
        "signature_key",
        "poll_interval",
        "resources",
        "poller",
    }


@pytest.mark.parametrize("module", MODULES)
def test_every_secret_is_marked_as_one_and_nothing_else_is(spec_of, module):
    def marked(options, prefix=""):
        for name, option in options.items():
            if option.get("no_log"):
                yield prefix + name
            yield from marked(option.get("options") or {}, f"{prefix}{name}.")

    known = {
        "user_secret",
        "organization_secret",
        "api_key",
        "signature_key",
        "vault_password",
        "tokens_vault_password",
    }

    assert {name.rsplit(".", 1)[-1] for name in marked(spec_of(module))} <= known
    assert {"user_secret", "organization_secret"} <= set(marked(spec_of(module)))


@pytest.mark.parametrize("plugin", [plugin for plugin in PLUGINS if plugin != "lookup/tenants_csv"])
@pytest.mark.parametrize(("option", "default", "variable"), CONNECTION)
def test_the_connection_is_the_same_in_every_other_plugin_and_core_reads_its_variables(
    plugin, option, default, variable
):
    documented = documentation(plugin)["options"][option]
    of_modules = yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"][option]

    assert documented.pop("env", []) == ([{"name": variable}] if variable else [])
    assert documented == of_modules
    assert documented.get("default") == default
    assert documented["type"] == _options.CONNECTION_SPEC[option]["type"]


def test_there_is_a_lookup_and_an_inventory():
    assert {"lookup/instance_token", "inventory/instances"} <= set(PLUGINS)


def test_the_inventory_filters_as_instance_info_does(spec_of):
    documented = without_documentation(documentation("inventory/instances")["options"], "documentation")
    spec = without_documentation(spec_of("instance_info"), "spec")

    assert {name: documented[name] for name in ("tags", "verify", "concurrency")} == {
        name: spec[name] for name in ("tags", "verify", "concurrency")
    }


def test_the_credential_type_for_awx_injects_exactly_the_options_of_the_connection():
    class Loader(yaml.SafeLoader):
        """Reads what is marked as no template."""

    Loader.add_constructor("!unsafe", Loader.construct_scalar)
    tasks = yaml.load((ROOT / "playbooks" / "tasks" / "awx_setup.yml").read_text(), Loader)
    (kind,) = (task["awx.awx.credential_type"] for task in tasks if "awx.awx.credential_type" in task)
    (inputs,) = (task["vars"]["awx_inputs"] for task in tasks if "awx_inputs" in task.get("vars", {}))
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    secret = {option for option, spec in _options.CONNECTION_SPEC.items() if spec.get("no_log")}

    assert list(fields) == list(_options.ENVIRONMENT) == list(inputs)
    assert {option for option, field in fields.items() if field.get("secret")} == secret
    assert set(kind["inputs"]["required"]) == secret
    assert kind["injectors"] == {
        "env": {variable: f"{{{{ {option} }}}}" for option, variable in _options.ENVIRONMENT.items()}
    }
    for option, variable in _options.ENVIRONMENT.items():
        assert f"lookup('ansible.builtin.env', '{variable}')" in inputs[option]


def test_no_file_names_a_variable_that_there_is_not():
    known = set(_options.ENVIRONMENT.values())
    unknown = {
        (name, variable)
        for name in files_of_the_project()
        if not name.startswith("tests/") and (ROOT / name).suffix != ".png"
        for variable in re.findall(r"CLOUDELEMENTS_[A-Z][A-Z_]*[A-Z]", (ROOT / name).read_text(errors="replace"))
        if variable not in known
    }

    assert unknown == set()


# Results


TYPES = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list, "raw": object, "float": float}


def problems_of(result, documented, where, refused=False):
    """Where a result is not what RETURN says: an unknown key, one that is missing, a value of a wrong type."""
    for key in set(result) - set(documented):
        yield f"{where}{key} is not documented"
    for key, says in documented.items():
        returned = " ".join(says["returned"].split())
        if key not in result:
            if returned.startswith("always") and not refused:
                yield f"{where}{key} is missing, and its documentation says: {returned}"
            continue
        yield from _problems_of_value(result[key], says, f"{where}{key}")


def _problems_of_value(value, says, where):
    kind = says["type"]
    if value is None:
        description = " ".join([says["description"]] if isinstance(says["description"], str) else says["description"])
        if "V(null)" not in description:
            yield f"{where} is null, and its documentation does not say so"
        return
    if not isinstance(value, TYPES[kind]) or (kind == "int" and isinstance(value, bool)):
        yield f"{where} is {type(value).__name__} and not {kind}"
        return
    contained = says.get("contains")
    if kind == "dict" and contained:
        yield from problems_of(value, contained, f"{where}.")
    if kind == "list" and says.get("elements"):
        for position, element in enumerate(value):
            inner = {"type": says["elements"], "description": "", "contains": contained}
            yield from _problems_of_value(element, inner, f"{where}[{position}]")


PLATFORM = {
    "base_url": "https://platform.example",
    "user_secret": "user/secret+of=one",
    "organization_secret": "organization/secret+of=acme",
}
ACME = {"name": "acme", "subdomain": "acme", "api_key": "key-of-acme"}
EVENTS = {
    "enabled": True,
    "callback_url": "https://hooks.example.com/x",
    "signature_key": "signature-key-of-acme",
    "poll_interval": 15,
}
WRONG = {"name": "other", "subdomain": "other", "api_key": "wrong-key"}
SYNC = {"formula": "sync", "name": "acme-sync", "instances": {"source": "off"}}
RUNS = {
    "instance": [
        {**ACME, "check": True},
        ACME,
        ACME,
        {
            **ACME,
            "tags": ["a", "b"],
            "enabled": False,
            "events": EVENTS,
            "configuration": {"x.list": [1], "a.key": "secret-key"},
        },
        {**ACME, "api_key": "another-key", "check": True},
        {**ACME, "api_key": "another-key", "update_secrets": "always"},
        {"name": "renamed", "id": -1, "check": True},
        {"name": "acme", "state": "absent", "check": True},
        {"name": "acme", "state": "absent"},
        {"name": "acme", "state": "absent"},
        {**WRONG, "verify": True},
        {**WRONG, "name": "third", "verify": True, "on_verify_failure": "delete"},
        {"name": "twice"},
        {"name": "twice", "on_duplicate": "oldest"},
        {"name": "twice", "state": "absent"},
        {"id": 999_999},
        {"name": "nobody"},
        {"name": "<b>x</b>"},
        {**ACME, "user_secret": "short"},
        {**ACME, "user_secret": "user/secret+of=nobody"},
    ],
    "instances": [
        {"instances": [ACME, WRONG], "check": True},
        {"instances": [ACME, {**WRONG, "verify": True}]},
        {"instances": [{**ACME, "tags": ["crm"]}, {"name": "twice"}, {"name": "other", "state": "absent"}]},
        {"instances": [ACME], "prune_tags": ["gone"], "check": True},
        {"instances": [ACME], "prune_tags": ["gone"]},
        {"instances": [{"name": "nobody"}, {**WRONG, "name": "late"}], "on_error": "stop", "concurrency": 1},
        {"instances": [{"name": "acme", "state": "absent"}], "max_deletes": 0},
        {"instances": [{"name": "acme", "state": "absent"}], "max_deletes": 0, "check": True},
        {"instances": [{**ACME, "name": "fourth", "on_shared_subdomain": "ignore"}], "plan_path": "x", "check": True},
        {"instances": [ACME, ACME]},
        {"instances": []},
        {"instances": [ACME], "expected_plan_id": "nonsense"},
        {"instances": [ACME], "user_secret": "user/secret+of=nobody"},
    ],
    "instance_info": [
        {},
        {"verify": True},
        {"name": "twice"},
        {"name": "nobody"},
        {"id": 999_999},
        {"tags": ["gone"], "check": True},
        {"id": 0},
        {"concurrency": 0},
        {"user_secret": "user/secret+of=nobody"},
    ],
    "request": [
        {"name": "there", "path": "/ping"},
        {"name": "there", "path": "/hubs/helpdesk/agents", "query": {"pageSize": 2}, "pages": "all"},
        {"name": "there", "path": "/hubs/helpdesk/contacts", "method": "POST", "body": {"name": "Ann"}},
        {"name": "there", "path": "/hubs/helpdesk/contacts", "method": "POST", "body": {"name": "Ann"}, "check": True},
        {"name": "there", "path": "/hubs/helpdesk/contacts", "method": "POST", "body": {}},
        {"name": "there", "path": "/hubs/helpdesk/contacts/1"},
        {"name": "there", "path": "/hubs/helpdesk/contacts/1", "status_code": [404]},
        {"id": -1, "path": "/ping", "check": True},
        {"name": "nobody", "path": "/ping"},
        {"name": "twice", "path": "/ping"},
        {"name": "off", "path": "/ping"},
        {"name": "there", "path": "/instances"},
    ],
    "formula_instance": [
        {**SYNC, "check": True},
        {**SYNC, "instances": {"source": -1}, "check": True},
        SYNC,
        SYNC,
        {**SYNC, "configuration": {"token": "a-secret-token"}, "settings": {"notification.email": "a@example.com"}},
        {**SYNC, "active": False},
        {"id": -1, "active": True, "check": True},
        {"formula": "sync", "name": "acme-sync", "state": "absent"},
        {"formula": "sync", "name": "acme-sync", "state": "absent"},
        {"id": 999_999},
        {"formula": "nobody", "name": "acme-sync"},
        {"name": "acme-sync"},
        {**SYNC, "user_secret": "user/secret+of=nobody"},
    ],
    "formula_instance_info": [
        {},
        {"formula": "sync"},
        {"id": 80_001},
        {"name": "nobody", "check": True},
        {"id": 0},
        {"formula": "nobody"},
    ],
}


@pytest.mark.parametrize(("list_configuration", "mask_username"), [("full", False), ("empty", True), ("missing", True)])
@pytest.mark.parametrize("module", RUNS)
def test_what_runs_result_in_is_what_return_says(simulation, module, list_configuration, mask_username):
    plugin = imported(f"modules/{module}")
    documented = yaml.safe_load(plugin.RETURN)
    common = {"changed", "failed", "msg"} - set(documented)
    simulation.platform.settings({"list_configuration": list_configuration, "mask_username": mask_username})
    simulation.platform.accounts({"acme": "key-of-acme", "other": "key-of-other", "there": "key-of-there"})
    simulation.platform.add_instances(
        [
            {"name": "there"},
            {"name": "twice"},
            {"name": "twice"},
            {"name": "stray", "tags": ["gone"]},
            {"name": "off", "disabled": True},
        ]
    )
    variables = {"source": {"required": True}, "token": {"type": "value"}}
    [template] = simulation.platform.formulas.add_templates([{"name": "sync", "variables": variables}])
    simulation.platform.formulas.add([{"name": "other", "formula": template, "active": False}])
    problems, ends = [], set()
    for options in RUNS[module]:
        options = dict(options)
        check = options.pop("check", False)
        result = run_main(plugin.main, check=check, **{**PLATFORM, **options}).result
        assert common <= {*result, "failed", "msg"}
        ends.add(bool(result.get("failed")))
        shown = {key: value for key, value in result.items() if key in documented or key not in BY_CORE}
        refused = bool(result.get("failed")) and not {"action", "outcomes"} & set(result)
        problems += [f"{options}: {problem}" for problem in problems_of(shown, documented, "", refused)]
        assert result.get("failed") or "msg" not in result

    assert problems == []
    assert ends == {True, False}


@pytest.mark.parametrize(("module", "keys"), RETURNED.items())
def test_the_results_that_playbooks_rely_on_are_documented(module, keys):
    assert set(keys.split()) <= set(yaml.safe_load(imported(f"modules/{module}").RETURN))


@pytest.mark.parametrize("module", MODULES)
def test_every_returned_key_says_when_of_what_type_and_what_it_is(module):
    def check(documented, where):
        for key, says in documented.items():
            assert {"description", "returned", "type"} <= set(says), f"{where}{key}"
            assert says["type"] in TYPES, f"{where}{key}"
            assert (says["type"] == "list") is ("elements" in says), f"{where}{key}"
            check(says.get("contains") or {}, f"{where}{key}.")

    check(yaml.safe_load(imported(f"modules/{module}").RETURN), "")


# Examples and documentation


@pytest.mark.parametrize("plugin", [*(f"modules/{module}" for module in MODULES), *PLUGINS])
def test_every_description_of_an_option_is_text(plugin):
    """A colon in an item that is not quoted makes a mapping of it, which ansible-doc refuses."""

    def items(options):
        for option in options.values():
            yield from [option["description"]] if isinstance(option["description"], str) else option["description"]
            yield from items(option.get("suboptions") or {})

    assert [item for item in items(documentation(plugin)["options"]) if not isinstance(item, str)] == []


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.stem)
def test_what_is_generated_from_the_documentation_of_instance_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == GENERATED[path], "run: nox -s docs -- --generate"


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_are_named_tasks_with_existing_options(spec_of, module):
    spec = spec_of(module)
    mine = f"cloudelements.freshdesk.{module}"
    used = 0

    def check(tasks):
        nonlocal used
        for task in tasks:
            assert task["name"][0].isupper(), task
            assert "." in next(iter(set(task) - KEYWORDS), "block."), task["name"]
            check(task.get("block", []))
            if mine in task:
                used += 1
                assert set(task[mine] or {}) <= set(spec), task["name"]

    check(yaml.safe_load(imported(f"modules/{module}").EXAMPLES))
    assert used


KEYWORDS = {
    "name", "register", "when", "loop", "loop_control", "vars", "no_log", "check_mode", "diff", "block", "module_defaults",
    "delegate_to", "run_once", "until", "retries", "failed_when", "changed_when", "environment", "rescue", "always",
    "ignore_errors", "become", "tags", "hosts", "gather_facts", "tasks", "throttle", "delay",
}  # fmt: skip


@pytest.mark.parametrize("plugin", [*(f"modules/{module}" for module in MODULES), *PLUGINS])
def test_every_plugin_says_its_name_and_since_when(plugin):
    documented = documentation(plugin)

    assert documented.get("module", documented.get("name")).rsplit(".", 1)[-1] == plugin.rsplit("/", 1)[-1]
    assert _numbers(str(documented["version_added"])) <= _numbers(_version.VERSION)


def _numbers(version):
    return [int(part) for part in version.split("-")[0].split(".")]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_supports(module):
    documented = yaml.safe_load(imported(f"modules/{module}").DOCUMENTATION)
    shared = yaml.safe_load(fragment.ModuleDocFragment.ATTRIBUTES)["attributes"]

    assert {"check_mode", "diff_mode", "idempotent", "platform", "action_group"} <= {*documented["attributes"], *shared}
    assert f"{CONNECTION_FRAGMENT}.attributes" in documented["extends_documentation_fragment"]


# Metadata


def test_the_version_is_the_same_everywhere():
    released = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text())["releases"]
    image = yaml.safe_load((ROOT / "examples" / "execution-environment.yml").read_text())
    project = yaml.safe_load((ROOT / "examples" / "awx_requirements.yml").read_text())

    assert yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"] == _version.VERSION
    assert list(released)[-1] == _version.VERSION
    assert re.findall(r"(?m)^v(\S+)\n=+$", (ROOT / "CHANGELOG.rst").read_text())[0] == _version.VERSION
    assert [one["version"] for one in image["dependencies"]["galaxy"]["collections"]] == [_version.VERSION]
    assert [one["version"] for one in project["collections"]] == [_version.VERSION]


@pytest.mark.parametrize("page", ["README.md", "docs/docsite/rst/getting_started.rst"])
def test_the_line_that_installs_the_collection_asks_for_pre_releases_as_long_as_the_version_is_one(page):
    (line,) = re.findall(
        r"(?m)^ *ansible-galaxy collection install (.*\bcloudelements\.freshdesk)$", (ROOT / page).read_text()
    )
    assert line == ("--pre " if "-" in _version.VERSION else "") + "cloudelements.freshdesk"


def test_the_action_group_holds_the_modules_that_document_the_connection():
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    connected = [
        module
        for module in MODULES
        if CONNECTION_FRAGMENT
        in yaml.safe_load(imported(f"modules/{module}").DOCUMENTATION)["extends_documentation_fragment"]
    ]

    assert sorted(groups["platform"]) == connected


def test_the_oldest_core_is_the_same_everywhere():
    assert yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["requires_ansible"] == ">=2.18.0"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_integration_target(module):
    assert (ROOT / "tests" / "integration" / "targets" / module).is_dir()


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_action_plugin_that_keeps_its_arguments_from_callbacks_and_checks_them(spec_of, module):
    action = imported(f"action/{module}").ActionModule

    assert issubclass(action, imported("plugin_utils/_action").Action)
    assert action.definition.full_name == f"cloudelements.freshdesk.{module}"
    assert action.definition.spec == spec_of(module)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "plugins" / "module_utils").glob("*.py")) + sorted((ROOT / "plugins" / "modules").glob("*.py")),
    ids=lambda path: path.stem,
)
def test_what_runs_on_the_target_is_in_the_language_of_python_3_9(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]

    assert [alias.name for node in future for alias in node.names] == ["annotations"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Match)]


SOURCES = (".py", ".yml", ".yaml", ".toml", ".cfg", ".sh", ".js", ".css", ".j2", ".rst", ".md", ".txt", ".in")


def test_every_source_file_says_its_licence():
    listed = re.search(r"^path = (\[.*?\])", (ROOT / "REUSE.toml").read_text(), re.MULTILINE | re.DOTALL)
    covered = ast.literal_eval(listed.group(1)) if listed else []
    covered += ["LICENSE", "LICENSES/*"]
    without = [
        name
        for name in files_of_the_project()
        if (name.endswith(SOURCES) or "." not in Path(name).name)
        and not any(fnmatch.fnmatch(name, pattern) for pattern in covered)
        and LICENCE not in (ROOT / name).read_text(errors="replace")[:2000]
    ]

    assert without == []
