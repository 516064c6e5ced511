# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The defaults of the role's variables, against its argument spec."""

from __future__ import annotations

import re

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from support.pages import ROOT

from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._tenants import VARIABLES

ROLE = ROOT / "roles" / "provision"
DEFAULTS = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
SPEC = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]["main"][
    "options"
]


def test_the_role_takes_what_its_spec_says_and_each_variable_has_a_default():
    assert sorted(DEFAULTS) == sorted(SPEC) == sorted(VARIABLES)


def test_core_accepts_the_defaults():
    assert ArgumentSpecValidator(SPEC).validate(DEFAULTS).error_messages == []


def test_the_defaults_are_those_of_the_spec():
    assert {name: rule["default"] for name, rule in SPEC.items() if "default" in rule}.items() <= DEFAULTS.items()


def test_a_failure_names_the_variable_for_each_option_that_the_role_passes_on_under_its_name():
    role = yaml.safe_load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"))
    tasks = yaml.safe_load((ROLE / "tasks" / "main.yml").read_text(encoding="utf-8"))
    (options,) = (
        one["cloudelements.freshdesk.instances"] for one in tasks if "cloudelements.freshdesk.instances" in one
    )
    passed = {name for name, value in options.items() if f"provision_{name}" in str(value) and "_" in name}
    message = " ".join([*passed, "on_error_of_mine", "provision_plan_path", "instances", "on_duplicate"])
    assert set(re.findall(role["__provision_options"], message)) == passed
