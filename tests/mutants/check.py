# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes the heart of the engine in small ways with mutmut, file by file, and holds what no test noticed to equal.toml.

Works in the root of the tree of collections, since mutmut finds a mutant by the full name of its module. Arguments name files.
"""

from __future__ import annotations

import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tomllib

VALUES = ("_fields", "_values", "_redact", "_model", "_wire", "_polling", "_plan", "_apply")
SHARED = ("_lookup", "_api", "_reasons", "_resource", "_entries", "_request")
ENGINE = ("_engine", "_job", "_tenant", "_approval", "_recovery", "_writing", "_parts", "_results")
AROUND = ("_approved", "_restore", "_subdomains", "_health", "_workers")
FORMULAS = ("_planned_instances", "_formula", "_formula_api", "_formula_fields", "_formula_model", "_formula_plan")
MODULES = (*VALUES, *SHARED, *ENGINE, *AROUND, *FORMULAS)
TESTS = {
    **dict.fromkeys(ENGINE, ("engine", "approved", "parts", "planned_instances")),
    **dict.fromkeys(FORMULAS, ("formula",)),
    "_engine": ("engine", "approved", "parts", "planned_instances", "subdomains"),
    # What formulas of many tenants share is tested with their tenants.
    "_formula": ("formula", "parts", "planned_instances"),
    "_planned_instances": ("planned_instances", "parts"),
    "_parts": ("parts", "planned_instances"),
    "_recovery": ("recovery",),
    "_writing": ("writing",),
    "_approved": ("approved", "parts"),
    # Beside those of the engine, those of the modules, whose results these are.
    "_results": ("engine", "approved", "parts", "instances"),
    "_tenant": ("engine", "restore", "subdomains", "formula.py", "parts"),
    # The values below the options are tested with what plans, shows, and compares them.
    "_values": ("values", "plan", "wire", "model", "fields", "formula_plan", "redact"),
    "_redact": ("redact", "options", "fields", "plan", "model", "info"),
    "_wire": ("wire", "fields"),
    "_polling": ("polling", "plan"),
    "_health": ("platform",),
    "_entries": ("entries", "plugin_utils/given", "filter/tenants.py"),
    "_fields": ("fields", "formula_fields", "entries", "options"),
    "_lookup": ("lookup", "engine", "subdomains", "formula", "parts_lookup"),
    "_api": ("platform", "formula_api"),
    "_reasons": ("platform",),
    "_resource": ("model", "engine", "formula"),
}
"""How the names of the tests of a file begin, or one in full, where that is not with its own name.

A folder stands before those that are not beside the tests of the engine and the modules.
"""
BOUND = 95
"""How many of a hundred mutants must be killed; each of the others must be listed."""
SLOW = (
    "race",
    "controllers",
    "weather",
    "every_order",
    "what_it_is_alone",
    "becomes_alone",
    "predicts_the_run",
    "five_hundred",
)
QUICK = " and ".join(f"not {name}" for name in SLOW)
COLLECTION = "ansible_collections/cloudelements/freshdesk"
EQUAL = Path(__file__).resolve().with_name("equal.toml")


class Mutant(NamedTuple):
    """One change of one function: the lines that it takes away, and those that it puts in their place."""

    function: str
    was: str
    now: str


def main() -> int:
    """Prints the score of each file, and what is wrong; ends with 0 if nothing is."""
    os.chdir(Path(__file__).resolve().parents[5])
    # A file that has no tests is said at once, not after hours.
    selections = {module: tests_of(module) for module in sys.argv[1:] or MODULES}
    listed = tomllib.loads(EQUAL.read_text(encoding="utf-8"))
    wrong = False
    for module, tests in selections.items():
        statuses = tried(module, tests)
        alive = [name for name, status in statuses.items() if status not in ("killed", "timeout")]
        killed = len(statuses) - len(alive)
        print(f"{module}: {killed} of {len(statuses)} mutants killed, {100 * killed / len(statuses):.1f} %", flush=True)
        survivors = set(told(module, alive))
        equal = {Mutant(one["function"], one["was"], one["now"]) for one in listed.get(module, [])}
        for title, mutants in (
            ("No test notices it, and equal.toml does not list it", survivors - equal),
            ("equal.toml lists it, and it does not survive", equal - survivors),
        ):
            for mutant in sorted(mutants):
                print(f"{title}: {mutant.function}\n  - {mutant.was}\n  + {mutant.now}", flush=True)
        wrong |= 100 * killed < BOUND * len(statuses) or survivors != equal
    return 1 if wrong else 0


def tests_of(module: str) -> list[str]:
    """The files of the unit tests of the file."""
    found: set[Path] = set()
    for name in TESTS.get(module, (module[1:],)):
        # Beside those of the file, those of the module of its name.
        folder, _slash, begin = name.rpartition("/")
        pattern = f"{folder or 'module*'}/test_{begin}{'' if begin.endswith('.py') else '*.py'}"
        named = set(Path(COLLECTION, "tests/unit/plugins").glob(pattern))
        if not named:
            raise RuntimeError(f"{module} has no tests named {pattern}")
        found |= named
    return [str(path) for path in sorted(found)]


def tried(module: str, tests: list[str]) -> dict[str, str]:
    """What became of each mutant of the file."""
    shutil.rmtree("mutants", ignore_errors=True)
    settings = {
        "source_paths": ["ansible_collections"],
        "only_mutate": [f"{COLLECTION}/plugins/module_utils/{module}.py"],
        "pytest_add_cli_args_test_selection": tests,
        # The plugins collect garbage after every run, which takes longer than most runs. Tests that try many orders or chances
        # take seconds each, and what others notice at once need not wait for them.
        "pytest_add_cli_args": ["-pno:unraisableexception", "-pno:threadexception", f"-k{QUICK}"],
        # What takes three times as long as all its tests and ten seconds does not end, which is noticed too.
        "timeout_constant": 10.0,
        "timeout_multiplier": 3.0,
        "track_dependencies": False,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    Path("pyproject.toml").write_text("\n".join(["[tool.mutmut]", *lines, ""]), encoding="utf-8")
    mutmut("run")
    found = re.findall(r"^ *(\S+__mutmut_\d+): (.+)$", mutmut("results", "--all", "true"), re.MULTILINE)
    if not found:
        raise RuntimeError(f"mutmut made no mutant of {module}")
    return dict(found)


def told(module: str, names: list[str]) -> Iterator[Mutant]:
    """The mutants of these names, from the file that holds the original of each function and all its mutants."""
    source = Path("mutants", COLLECTION, "plugins", "module_utils", f"{module}.py").read_text(encoding="utf-8")
    lines = source.splitlines()
    functions = {
        node.name: [line.replace(node.name, "") for line in lines[node.lineno - 1 : node.end_lineno]]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }
    for name in (name.rpartition(".")[2] for name in names):
        mangled = name.rpartition("__mutmut_")[0]
        changes = list(difflib.unified_diff(functions[f"{mangled}__mutmut_orig"], functions[name], n=0))[2:]
        was, now = (" ".join(line[1:].strip() for line in changes if line[0] == sign) for sign in "-+")
        yield Mutant(mangled[2:].replace("ǁ", "."), was, now)


def mutmut(*arguments: str) -> str:
    """What mutmut said."""
    done = subprocess.run(["mutmut", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        said = re.sub(r"[^\n]*\r", "", done.stdout + done.stderr)  # without what its progress overwrites
        raise RuntimeError(f"mutmut {' '.join(arguments)}:\n{said}")
    return done.stdout


sys.exit(main())
