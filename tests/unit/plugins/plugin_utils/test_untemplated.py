# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks on text: what is of the platform is no template on any core, and what core marks can be taken away."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._values import plain
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._untemplated import untemplated

VALUE = {"{{ 1 + 1 }}": ["{{ 1 + 1 }}", {"x": "{% raw %}"}, 1, None, True]}


def test_no_text_in_it_is_templated_and_the_value_stays_the_same():
    marked = untemplated(VALUE)

    assert marked == VALUE
    assert Templar(loader=DataLoader(), variables={"x": marked}).template(marked) == VALUE


def test_a_text_that_is_marked_is_no_expression_either():
    templar = Templar(loader=DataLoader(), variables={"text": untemplated("1 + 1")})

    assert templar.template(untemplated("{{ text }}")) == "{{ text }}"


@pytest.mark.parametrize("value", [VALUE, "x", 7, None, ["{{ x }}", ("a",)]])
def test_plain_text_has_no_marks(value):
    def texts(of):
        if isinstance(of, dict):
            return [one for pair in of.items() for item in pair for one in texts(item)]
        return [one for item in of for one in texts(item)] if isinstance(of, (list, tuple)) else [of]

    assert all(one.__class__ in (str, int, bool, None.__class__) for one in texts(plain(untemplated(value))))
