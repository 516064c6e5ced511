# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures tenants that are put to work: the role with two formulas for each, against a loop over uri that posts the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from measuring import Figures, Runner

URI = Path(__file__).resolve().parent / "playbooks" / "uri_formulas.yml"
ROLE = "cloudelements.freshdesk.provision"
EMPTY = Path(__file__).resolve().parent / "playbooks" / "empty.yml"
FORMULAS = ("sync", "report")
TENANTS, REPEATS = 100, 3


def measure(runner: Runner, *, quick: bool) -> list[dict[str, Any]]:
    """The medians of each contender, in runs in turns."""
    count, repeats = (5, 1) if quick else (TENANTS, REPEATS)
    names = [f"tenant-{number:03d}" for number in range(1, count + 1)]
    tenants = [{"name": name, "subdomain": name, "api_key": f"key-of-{name}"} for name in names]
    wanted = [{"formula": formula, "instances": {"source": "self"}} for formula in FORMULAS]
    runs: dict[str, list[Figures]] = {}
    with TemporaryDirectory(prefix="freshdesk-bench-") as folder:
        file = Path(folder, "tenants.json")
        for _repeat in range(repeats):
            for title, formulas, playbook in (
                ("empty playbook", [], str(EMPTY)),
                ("role", wanted, ROLE),
                ("role, run again", wanted, ROLE),
                ("loop over uri", [], str(URI)),
            ):
                if title != "role, run again":
                    runner.platform.prepare()
                    variables = {"source": {"required": True}}
                    made = [{"name": formula, "variables": variables} for formula in FORMULAS]
                    templates = runner.platform.add_templates(made)
                file.write_text(
                    json.dumps(
                        {"provision_tenants": tenants, "provision_defaults": {"tags": ["crm"], "formulas": formulas}}
                    ),
                    encoding="utf-8",
                )
                more = {"platform_url": runner.platform.address, "templates": templates} if playbook == str(URI) else {}
                runs.setdefault(title, []).append(runner.playbook(playbook, [file], **more))
    return [
        {
            "contender": title,
            "tenants": count,
            "wall": median(run.wall for run in figures),
            "cpu": median(run.cpu for run in figures),
            "sent": max(run.sent for run in figures),
        }
        for title, figures in runs.items()
    ]


def table(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of the table, in seconds."""
    header = ["Contender", "Wall time", "CPU", "Requests"]
    return header, [
        [row["contender"], f"{row['wall']:.1f} s", f"{row['cpu']:.1f} s", f"{row['sent']:,}"] for row in rows
    ]


def lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The table for a terminal."""
    header, cells = table(rows)
    title = f"{rows[0]['tenants']} tenants with {len(FORMULAS)} formulas each, L = 0:"
    return [title, *("".join(f"{cell:<20}" for cell in row).rstrip() for row in [header, *cells])]
