# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the requests of each change, of one instance and of a fleet of ten, over what is there already.

The engine and the simulator run in one process, so the counts are exact, the same on every machine, and take a minute.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[4])]

from support.in_process import Simulation  # noqa: E402

FLEET = 10
OF_ELEMENT = (1, 250, 10_000)
OF_OTHERS = (0, 10_000)
LISTS = ("asked", "ignored")
"""How the platform takes hydrate=true: whether lists show tags and configuration."""
# In this order each finds what the one before it left: title, what is wanted.
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("create", {}),
    ("no-op", {}),
    ("change of a tag", {"tags": ["crm"]}),
    ("change of the API key", {"api_key": "another-key-of-acme"}),
    ("delete", {"state": "absent"}),
]
Row = dict[str, Any]


def measure(*, quick: bool) -> list[Row]:
    """The requests of each change: a row for each change, size of the fleet, and state of the platform."""
    of_element, of_others = ((1, 250), (0, 250)) if quick else (OF_ELEMENT, OF_OTHERS)
    return [
        {"tenants": tenants, "existing": max(existing, tenants), "others": others, "lists": lists, **counted}
        for tenants in (1, FLEET)
        for existing in of_element
        for others in of_others
        for lists in LISTS
        for counted in _counted(tenants, max(existing, tenants), others, lists)
    ]


def _counted(tenants: int, existing: int, others: int, lists: str) -> list[Row]:
    """The changed instances are among the existing ones; they are created last, as the newest of the list."""
    simulation = Simulation()
    simulation.platform.settings({"accounts": "any", "hydrate": lists})
    simulation.platform.add_instances({"count": others, "prefix": "other-", "element": "zendesk"})
    simulation.platform.add_instances({"count": existing - tenants, "prefix": "existing-"})
    names = [f"acme-{number}" for number in range(tenants)]
    rows = []
    for change, wanted in CHANGES:
        simulation.platform.clear_requests()
        run = simulation.run([{"name": name, "subdomain": name, "api_key": "key-of-acme", **wanted} for name in names])
        if any(tenant.error for tenant in run.tenants):
            raise SystemExit(f"{change} failed: {[tenant.error for tenant in run.tenants]}")
        rows.append({"change": change, "sent": len(simulation.calls())})
    return rows


def table(rows: list[Row], tenants: int) -> tuple[list[str], list[list[str]]]:
    """The header and the lines for one size of the fleet; in brackets what differs where hydrate is ignored."""
    mine = [row for row in rows if row["tenants"] == tenants]
    states = sorted({(row["others"], row["existing"]) for row in mine})
    header = ["change", *(f"{existing:,} beside {others:,}" for others, existing in states)]
    sent = {(row["change"], row["others"], row["existing"], row["lists"]): row["sent"] for row in mine}
    lines = []
    for change, _wanted in CHANGES:
        pairs = [[sent[(change, *state, lists)] for lists in LISTS] for state in states]
        lines.append([change, *(f"{asked:,}" + (f" ({bare:,})" if bare != asked else "") for asked, bare in pairs)])
    return header, lines


def lines(rows: list[Row]) -> list[str]:
    """The summary."""
    said = []
    for tenants in sorted({row["tenants"] for row in rows}):
        header, body = table(rows, tenants)
        said.append(f"Requests for {tenants} of the instances of the element, beside those of other elements:")
        widths = [max(len(line[column]) for line in [header, *body]) for column in range(len(header))]
        said += ["  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in [header, *body]]
    return said


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few instances")
    print("\n".join(lines(measure(quick=parser.parse_args().quick))))


if __name__ == "__main__":
    main()
