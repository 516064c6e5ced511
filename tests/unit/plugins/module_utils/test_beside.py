# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors, the import of requests, the version; that only the transport does input and output, and that the plan is pure."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import sys
from pathlib import Path

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _deps, _errors, _version

FOLDER = Path(_errors.__file__).parent


@pytest.mark.parametrize("kind", ["Refused", "NotSent", "AnswerLost", "AnswerUnusable", "Answered"])
def test_every_error_is_of_the_one_family(kind):
    error = getattr(_errors, kind)("What, why, what to do.", state="partial", status=409, request_id="abc", attempts=2)

    assert isinstance(error, _errors.FreshdeskError)
    assert str(error) == "What, why, what to do."
    assert error.as_dict() == {
        "state": "partial",
        "message": "What, why, what to do.",
        "status": 409,
        "request_id": "abc",
        "attempts": 2,
    }


def test_an_unusable_answer_is_a_lost_one():
    assert issubclass(_errors.AnswerUnusable, _errors.AnswerLost)


def test_an_error_says_that_nothing_was_done_unless_it_is_reported_otherwise():
    assert _errors.FreshdeskError("x").as_dict() == {
        "state": "failed",
        "message": "x",
        "status": None,
        "request_id": None,
        "attempts": None,
    }


def test_requests_is_there():
    assert _deps.REQUESTS_IMPORT_ERROR is None
    assert _deps.requests.__name__ == "requests"
    assert _deps.urllib3.__name__ == "urllib3"


def test_without_requests_everything_can_still_be_imported(monkeypatch):
    original = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] in ("requests", "urllib3"):
            raise ImportError(f"No module named {name}")
        return original(name, *args, **kwargs)

    package = _errors.__name__.rpartition(".")[0]
    for name in [name for name in sys.modules if name.startswith((f"{package}.", "requests", "urllib3"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    deps = importlib.import_module(f"{package}._deps")
    module = importlib.import_module(f"{package}._tasks")

    assert deps.requests is None
    assert "No module named requests" in deps.REQUESTS_IMPORT_ERROR
    assert module.requests is None


def test_the_version_is_a_semantic_one():
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", _version.VERSION)


def test_only_what_the_transport_stands_on_speaks_to_the_network():
    libraries = {"requests", "urllib3", "socket", "ssl", "http"}
    users = {
        path.stem
        for path in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import) and libraries & {alias.name.split(".")[0] for alias in node.names}
    }

    assert users - {"_deps"} == {"_tls", "_response", "_session"}


@pytest.mark.parametrize("layer", ["_plan", "_formula_plan"])
def test_the_plan_is_pure(layer):
    source = (FOLDER / f"{layer}.py").read_text()
    modules = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    ours = {
        "_errors",
        "_fields",
        "_model",
        "_polling",
        "_redact",
        "_resource",
        "_values",
        "_formula_fields",
        "_formula_model",
    }

    assert modules <= {"__future__", "collections.abc", "dataclasses", "typing", *ours}
