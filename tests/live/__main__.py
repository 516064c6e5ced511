# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets ``python tests/live`` take instances through their life on a real account, or, with ``simulator``, on the simulator.

Needs in the environment: CLOUDELEMENTS_USER_SECRET, CLOUDELEMENTS_ORGANIZATION_SECRET, FRESHDESK_SUBDOMAIN, FRESHDESK_API_KEY;
optional: CLOUDELEMENTS_BASE_URL, FRESHDESK_OTHER_API_KEY (a second key that is right too), FRESHDESK_FORMULA_ID (a template, for
formula instances), FRESHDESK_FORMULA_VALUES (those of its variables that take no instance, as JSON). Everything it makes has a name
that begins with `freshdesk-live-test-`, and is deleted at the end. Ends with 0 if all went as it should and nothing is left.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

# The packages of the tests are found from the parent of this folder, which is one of them.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from live import formulas, live
from support.platform import SECRETS, control, simulator

NEEDED = ("CLOUDELEMENTS_USER_SECRET", "CLOUDELEMENTS_ORGANIZATION_SECRET", "FRESHDESK_SUBDOMAIN", "FRESHDESK_API_KEY")


def main() -> int:
    if sys.argv[1:] != ["simulator"]:
        return run()
    with simulator("--account", "acme=key-of-acme") as address:
        variables = {"source": {"required": True}, "greeting": {"type": "value"}}
        [template] = control(address, "formulas", [{"name": "sync", "variables": variables}])
        account = {"FRESHDESK_SUBDOMAIN": "acme", "FRESHDESK_API_KEY": "key-of-acme"}
        formula = {"FRESHDESK_FORMULA_ID": str(template), "FRESHDESK_FORMULA_VALUES": '{"greeting": "Hello"}'}
        os.environ.update(SECRETS | account | formula | {"CLOUDELEMENTS_BASE_URL": address})
        return run()


def run() -> int:
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        print(f"Set {', '.join(missing)} in the environment: this test needs a real account.", file=sys.stderr)
        return 2
    given = {"live_name": live.PREFIX + secrets.token_hex(4), "instance_variables": []}
    platform = live.Platform()
    if os.environ.get("FRESHDESK_FORMULA_ID"):
        platform = formulas.FormulaPlatform()
        given["instance_variables"] = platform.instance_variables()
        if missing := platform.missing_values():
            print(f"Set {', '.join(missing)} in FRESHDESK_FORMULA_VALUES: the template requires them.", file=sys.stderr)
            return 2
    life = ["ansible-playbook", str(Path(__file__).with_name("life.yml")), "-e", json.dumps(given)]
    quiet = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    try:
        lived = subprocess.run(life, check=False, env={**os.environ, **quiet}).returncode
        facts = list(live.settle(platform))
        if isinstance(platform, formulas.FormulaPlatform):
            facts += formulas.settle(platform)
    finally:
        left = platform.sweep()
    print(f"\nWhat was settled on {platform.base}:")
    for fact, seen in facts:
        print(f"  {fact + ':':<55} {seen}")
    if left:
        print(f"Instances that could not be deleted: {', '.join(map(str, left))}", file=sys.stderr)
    return 1 if lived or left else 0


sys.exit(main())
