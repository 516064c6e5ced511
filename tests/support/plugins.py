# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes plugins that are no modules as core's loader makes them: with a name, and with the options of their documentation."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import yaml
from ansible import constants
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import add_fragments

from ansible_collections.cloudelements.freshdesk.plugins.doc_fragments.platform import ModuleDocFragment

OURS = "cloudelements.freshdesk.platform.plugin"


def made(module: ModuleType, kind: str) -> Any:
    """The plugin of a file in plugins/lookup or plugins/inventory."""
    documented = yaml.safe_load(module.DOCUMENTATION)
    ours = documented.get("extends_documentation_fragment", [])[:1] == [OURS]
    if ours:
        documented["extends_documentation_fragment"].remove(OURS)
        add_fragments(documented, str(module.__file__), fragment_loader)  # those of core
    options = {**(yaml.safe_load(ModuleDocFragment.PLUGIN)["options"] if ours else {}), **documented["options"]}
    name = f"cloudelements.freshdesk.{documented['name']}"
    constants.config.initialize_plugin_configuration_definitions(kind, name, options)
    plugin = getattr(module, f"{kind.capitalize()}Module")()
    plugin._load_name = plugin.ansible_name = name
    plugin._redirected_names, plugin.ansible_aliases = [name], [name]
    return plugin
