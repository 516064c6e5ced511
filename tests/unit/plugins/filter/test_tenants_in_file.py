# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter tenants_in_file: what a dry run without keys is given."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudelements.freshdesk.plugins.filter.tenants_in_file import FilterModule

tenants_in_file = FilterModule().filters()["tenants_in_file"]


def test_the_tenants_have_no_keys_and_leave_secrets_alone():
    text = (
        'provision_tenants:\n  - name: !unsafe "{{ 1 }}"\n    api_key: "{{ vault_keys[\'acme\'] }}"\n    tags: [crm]\n'
    )

    assert tenants_in_file(text) == [{"name": "{{ 1 }}", "tags": ["crm"], "update_secrets": "never"}]


def test_another_file_is_refused_in_one_sentence():
    with pytest.raises(AnsibleFilterError, match="not a tenants file as written by the playbook export"):
        tenants_in_file("- x")
