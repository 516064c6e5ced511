# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the figures into the page of the documentation that is about them, and plots them as SVG beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import formulas
import matplotlib as mpl
import requests_needed
from fleet import EMPTY, INVENTORY, MODULE_LOOP, ROLE, THREADS, URI_LOOP
from matplotlib.figure import Figure
from meaning import Fleet, Row, constants, lists, targets

LICENCE = """\
Copyright (c) 2026, the cloudelements.freshdesk contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
"""
BEGIN = ".. Written by nox -s bench -- --write: do not edit from here."
BEGIN_REQUESTS = ".. Written by nox -s bench -- --only requests --write: do not edit from here."
BEGIN_FORMULAS = ".. Written by nox -s bench -- --only formulas --write: do not edit from here."
END = ".. Down to here."
CURVES = [
    (URI_LOOP, 1, "loop over uri", "#c0392b", "o"),
    (MODULE_LOOP, 1, "loop over the module instance", "#d68910", "s"),
    (ROLE, 10, "role, 10 workers", "#1f618d", "^"),
    (ROLE, 16, "role, 16 workers", "#2e86c1", "v"),
    (ROLE, 64, "role, 64 workers", "#148f77", "D"),
    (THREADS, 64, "bare client, 64 threads", "#7f8c8d", "x"),
]


def write(results: Row, folder: Path) -> None:
    """Replace the figures in ``speed.rst``, and write ``speed.svg`` beside it."""
    _replace(folder / "speed.rst", BEGIN, figures(results))
    _plot(Fleet(results["fleet"]), folder / "speed.svg")


def write_requests(counted: list[Row], folder: Path) -> None:
    """Replace the counts of requests in ``speed.rst``."""
    titles = {1: "Requests of the module instance", requests_needed.FLEET: "Requests of instances, with 10 entries"}
    tables = []
    for tenants, title in titles.items():
        header, rows = requests_needed.table(counted, tenants)
        tables.append(_table(title, header, [28, *(72 // len(header[1:]) for _column in header[1:])], rows))
    _replace(folder / "speed.rst", BEGIN_REQUESTS, "\n".join(tables))


def write_formulas(rows: list[Row], machine: Row, folder: Path) -> None:
    """Replace the figures of tenants with formulas in ``speed.rst``."""
    header, cells = formulas.table(rows)
    title = (
        f"{rows[0]['tenants']} tenants with {len(formulas.FORMULAS)} formulas each, L = 0, "
        f"ansible-core {machine['core']} on {machine['cores']} cores, {machine['date']}"
    )
    _replace(folder / "speed.rst", BEGIN_FORMULAS, _table(title, header, [40, 20, 20, 20], cells))


def _replace(page: Path, beginning: str, text: str) -> None:
    """Replace what stands in the page between two comments."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(beginning)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page.name} lacks the comments that the figures stand between:\n{beginning}\n{END}")
    page.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", encoding="utf-8")


def figures(results: Row) -> str:
    """The tables, as reStructuredText."""
    fleet = Fleet(results["fleet"])
    machine = results["machine"]
    seconds = constants(fleet)
    measured = (
        f"Measured on {machine['date']} on {machine['cores']} cores of {machine['cpu']}, Python {machine['python']}, "
        f"ansible-core {machine['core']}, against the simulator on the same machine."
    )
    if fleet.most < 1000:
        measured += " A quick run, of small fleets: it proves nothing."
    parts = [
        f"{measured}\n",
        _table("Targets", ["target", "measured", "must be", "aim", ""], [52, 12, 12, 8, 16], _targets(results)),
        _table(
            "The constants of the formula",
            ["constant", "milliseconds"],
            [70, 30],
            [
                ["start-up: the role with one tenant", f"{1000 * seconds['start-up']:.0f}"],
                ["of that, an empty playbook", f"{1000 * seconds['empty playbook']:.0f}"],
                ["G: a page of the list, here with no latency", f"{1000 * seconds['page']:.1f}"],
                ["a tenant, where creating takes no time", f"{1000 * seconds['tenant']:.2f}"],
            ],
        ),
        _table("Seconds of a whole run", *_wall_table(fleet)),
        _table(
            f"The form of the list: {fleet.most:,} tenants to create, L = 0, 16 workers",
            ["form", "wall (s)", "CPU (s)"],
            [60, 20, 20],
            [
                [row["setting"] or "list as JSON by lookup", f"{row['wall']:.2f}", f"{row['cpu']:.2f}"]
                for row in lists(fleet)
            ],
        ),
        _table(
            "Everything that was measured",
            ["contender", "C", "N", "M", "L (ms)", "wall (s)", "CPU (s)", "memory (MB)", "requests", "note"],
            [20, 5, 8, 8, 7, 9, 9, 9, 9, 16],
            _all_rows(fleet),
        ),
    ]
    return "\n".join(parts)


def _targets(results: Row) -> Iterable[Sequence[str]]:
    return [target.cells for target in targets(results)]


def _wall_table(fleet: Fleet) -> tuple[list[str], list[int], list[list[str]]]:
    rows = [
        [label, *(_wall(fleet, contender, workers, size) for size in fleet.sizes)]
        for contender, workers, label, *_style in CURVES
    ]
    header = [f"L = {fleet.latency} ms, M = 0", *(f"N = {size:,}" for size in fleet.sizes)]
    return header, [40, *(60 // len(fleet.sizes) for _size in fleet.sizes)], rows


def _wall(fleet: Fleet, contender: str, workers: int, tenants: int) -> str:
    try:
        row = fleet.row(contender, tenants, workers=workers, latency=fleet.latency)
    except KeyError:
        return ""
    return f"{row['wall']:.1f}" + (" (scaled)" if row["scaled"] else "")


def _all_rows(fleet: Fleet) -> list[list[str]]:
    loops = [
        fleet.row(loop, fleet.most, latency=row["latency"])
        for loop in (MODULE_LOOP, URI_LOOP)
        for row in fleet.rows
        if row["contender"] == loop and row["tenants"] == fleet.slow and not row["existing"] and not row["setting"]
    ]
    order = [EMPTY, INVENTORY, THREADS, ROLE, MODULE_LOOP, URI_LOOP]

    def place(row: Row) -> tuple[Any, ...]:
        names = ("setting", "existing", "latency", "tenants")
        return (*(row[name] for name in names), order.index(row["contender"]), row["workers"])

    return [
        [
            row["contender"],
            str(row["workers"]),
            f"{row['tenants']:,}",
            f"{row['existing']:,}",
            str(row["latency"]),
            f"{row['wall']:.2f}",
            f"{row['cpu']:.2f}",
            f"{row['memory'] / 1e6:.0f}" if row["memory"] else "",
            f"{row['sent']:,}",
            "scaled" if row["scaled"] else row["setting"],
        ]
        for row in sorted([*fleet.rows, *loops], key=place)
    ]


def _table(title: str, header: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    options = f"   :header-rows: 1\n   :widths: {' '.join(map(str, widths))}\n"
    body = "".join(f"   {line}\n" for line in text.getvalue().splitlines())
    return f".. csv-table:: {title}\n{options}\n{body}"


def _plot(fleet: Fleet, path: Path) -> None:
    """Time over tenants, both in powers of ten; what was scaled up is dashed. The same figures make the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "speed", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10})
    figure = Figure(figsize=(7.5, 4.6), facecolor="white", layout="tight")
    axes = figure.subplots()
    for contender, workers, label, colour, marker in CURVES:
        rows = []
        for size in fleet.sizes:
            try:
                rows.append(fleet.row(contender, size, workers=workers, latency=fleet.latency))
            except KeyError:
                continue
        measured = [row for row in rows if not row["scaled"]]
        style = {"color": colour, "marker": marker, "markersize": 5}
        axes.plot([row["tenants"] for row in measured], [row["wall"] for row in measured], label=label, **style)
        if len(rows) > len(measured):
            dashed = rows[len(measured) - 1 :]
            axes.plot([row["tenants"] for row in dashed], [row["wall"] for row in dashed], linestyle="--", **style)
    axes.axhline(fleet.empty["wall"], color="#555555", linewidth=0.8, linestyle=":")
    axes.annotate("empty playbook", (1, fleet.empty["wall"]), (0, 3), textcoords="offset points", fontsize=8)
    axes.set(xscale="log", yscale="log", xlabel="tenants to create", ylabel="seconds, whole run")
    axes.set_title(f"{fleet.latency} ms a create, nothing there before; dashed: scaled up", fontsize=10)
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.legend(fontsize=8, framealpha=1)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    head, declaration, rest = text.getvalue().partition("?>\n")
    lines = [line.rstrip() for line in rest.splitlines()]
    notice = "<!--\n" + LICENCE + "-->"
    path.write_text("\n".join([head + declaration.rstrip(), notice, *lines, ""]), encoding="utf-8")
