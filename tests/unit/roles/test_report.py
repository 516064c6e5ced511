# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's policy lets a browser use exactly the style and the script that lie beside it, and no text comes out unescaped."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[3] / "roles" / "provision" / "templates"
PAGE = (TEMPLATES / "report.html.j2").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "name"), [("style", "report.css.j2"), ("script", "report.js.j2")])
def test_the_policy_names_the_hash_of_each_part(kind: str, name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    shown = re.sub(r"\A\{#.*?#\}\n", "", text, flags=re.DOTALL).removesuffix("\n")
    assert not re.search(r"\{\{|\{%|\{#", shown), "it must come out as it is"
    digest = base64.b64encode(hashlib.sha256(shown.encode()).digest()).decode()
    assert f"{kind}-src 'sha256-{digest}'" in PAGE, f"write sha256-{digest} as {kind}-src into report.html.j2"


def test_every_text_of_the_result_is_escaped() -> None:
    printed = [expression.strip() for expression in re.findall(r"\{\{(.*?)\}\}", PAGE)]
    results = [expression for expression in printed if re.search(r"\b(one|provision_result|base_url)\b", expression)]
    unescaped = [
        expression
        for expression in results
        if not re.search(r"\| e( if base_url else '[a-z ]+')?$", expression)
        and not re.match(r"'%(d|\.2f)' % ", expression)
        and expression != "marks[one.action]"
    ]
    assert len(results) > 10
    assert unescaped == []


def test_every_text_of_a_diff_is_escaped() -> None:
    text = (TEMPLATES / "report_changes.html.j2").read_text(encoding="utf-8")
    printed = [expression.strip() for expression in re.findall(r"\{\{(.*?)\}\}", text)]
    assert [one for one in printed if not one.endswith("| e")] == ["'minus' if sign == '-' else 'plus'", "sign"]


def test_a_plan_in_the_page_cannot_end_its_element() -> None:
    assert "{{ plan | to_json | replace('<', '\\\\u003c') }}" in PAGE
    assert PAGE.count("to_json") == 1
