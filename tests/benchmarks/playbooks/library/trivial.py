# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that a module can be: what any module costs, for one.py to compare with."""

from ansible.module_utils.basic import AnsibleModule

AnsibleModule({}).exit_json()
