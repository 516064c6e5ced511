# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of errors lists every message that the code can give, letter by letter, and no other."""

from __future__ import annotations

import ast
import functools
import itertools
import re
from collections.abc import Iterator
from typing import Any

import jinja2
import yaml
from support.pages import GAP, ROOT, listed_messages

MAKERS = {
    "error_from",
    "AnsibleActionFail",
    "AnsibleFilterError",
    "AnsibleLookupError",
    "AnsibleParserError",
    "_Reason",
}
"""What makes an error of a text, beside the classes of errors of this collection."""
PARTS = {
    "_check_header_secret", "_failures", "_finding", "_in_use", "_left_alone", "_left_in", "_problem", "_problem_of_texts",
    "_refuse_shared", "_shared", "_with_key", "fleet_result", "not_tried", "unknown_option", "unknown_variable", "refusal_of",
    "remedy", "restore", "restore_warnings", "secret_refusal", "settle_refusal", "shared_subdomains", "tls_problem",
    "warnings_of",
}  # fmt: skip
"""Functions whose texts are parts of messages."""


def family() -> set[str]:
    """The classes of errors."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "plugins").rglob("*.py")]
    classes = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    found = {"FreshdeskError"}
    while more := {one.name for one in classes if found & {ast.unparse(base) for base in one.bases}} - found:
        found |= more
    return found


def template(node: ast.expr) -> str:
    """A text with a gap for all that is only known when it is reported; empty for what is no text."""
    if isinstance(node, ast.Constant):
        text = " ".join(node.value.split()) if isinstance(node.value, str) else ""
        return re.sub(r"(\{\w+\})+", GAP, text)
    if isinstance(node, ast.JoinedStr):
        text = "".join(part.value if isinstance(part, ast.Constant) else GAP for part in node.values)
        return re.sub(f"{GAP}+", GAP, " ".join(text.split()))
    return ""


def told(tree: ast.AST, errors: set[str]) -> Iterator[ast.expr]:
    """The texts in a file that reach a user: of errors, of warnings, and parts of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            warns = called.endswith((".warning", ".warn", "warnings.append"))
            if warns or called.rsplit(".", 1)[-1] in errors | MAKERS:
                yield from node.args
        if isinstance(node, ast.FunctionDef) and node.name in PARTS:
            documentation = [node.body[0].value] if ast.get_docstring(node) else []
            pieces = {id(part) for text in ast.walk(node) if isinstance(text, ast.JoinedStr) for part in text.values}
            texts = (part for part in ast.walk(node) if isinstance(part, (ast.Constant, ast.JoinedStr)))
            yield from (text for text in texts if id(text) not in pieces and text not in documentation)


def readings(node: jinja2.nodes.Node) -> list[str]:
    """What a template can come to, with a gap for what is only known when it is reported: one text for each way through it."""
    if isinstance(node, (jinja2.nodes.Concat, jinja2.nodes.Output)):
        return ["".join(parts) for parts in itertools.product(*map(readings, node.nodes))]
    if isinstance(node, jinja2.nodes.CondExpr):
        return readings(node.expr1) + (readings(node.expr2) if node.expr2 else [])
    if isinstance(node, (jinja2.nodes.Const, jinja2.nodes.TemplateData)):
        return [str(node.value if isinstance(node, jinja2.nodes.Const) else node.data)]
    return [GAP]


def told_by_plays(node: Any) -> Iterator[str]:
    """The texts of the tasks that fail, of a play or of a role, and of what a play calls its refusal."""
    told = []
    if isinstance(node, dict) and {"ansible.builtin.assert", "ansible.builtin.fail"} & set(node):
        told = [node.get("ansible.builtin.assert", {}).get("fail_msg"), node.get("ansible.builtin.fail", {}).get("msg")]
        told += node.get("vars", {}).values()
    elif isinstance(node, dict):
        told = [text for name, text in (node.get("vars") or {}).items() if name.endswith("refusal")]
    for text in told:
        for output in jinja2.Environment().parse(text).body if isinstance(text, str) else ():
            yield from (re.sub(f"{GAP}+", GAP, " ".join(reading.split())) for reading in readings(output))
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from told_by_plays(below)


class Loader(yaml.SafeLoader):
    """Reads what is marked as no template."""


Loader.add_constructor("!unsafe", Loader.construct_scalar)


@functools.cache
def messages() -> dict[str, str]:
    """Every message of three words or more, and the file that it is in."""
    errors = family()
    texts = [
        (template(node), path.name)
        for path in (ROOT / "plugins").rglob("*.py")
        for node in told(ast.parse(path.read_text(encoding="utf-8")), errors)
    ]
    texts += [
        (text, path.name)
        for path in [*(ROOT / "roles").rglob("tasks/*.yml"), *(ROOT / "playbooks").rglob("*.yml")]
        for text in told_by_plays(yaml.load(path.read_text(encoding="utf-8"), Loader))
    ]
    return {text: file for text, file in texts if " " in text and len(re.findall(r"[A-Za-z]+", text)) >= 3}


def test_the_page_of_errors_has_every_message_of_the_code():
    there = listed_messages()
    assert {text: file for text, file in messages().items() if text not in there} == {}


def test_the_page_of_errors_has_no_message_that_the_code_cannot_give():
    code = messages()
    assert [text for text in listed_messages() if text not in code] == []


def test_the_page_of_errors_has_each_message_once():
    assert len(listed_messages()) == len(set(listed_messages())) > 100
