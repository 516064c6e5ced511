# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What secrets.rst promises in its tables, read from there, so that the campaign holds the page and not a copy of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "secrets.rst"
LABEL = ".. _ansible_collections.cloudelements.freshdesk.docsite.secrets."


def rows(section: str) -> Iterator[list[str]]:
    """The rows of the table in a section, without the heads of its columns; each cell as one line of plain text."""
    text = PAGE.read_text(encoding="utf-8").split(f"{LABEL}{section}:")[1].split(LABEL)[0]
    table = text.split(".. list-table::", 1)[1]
    for number, row in enumerate(re.split(r"(?m)^   \* - ", table)[1:]):
        cells = re.split(r"(?m)^     - ", re.split(r"\n\n(?=\S)", row)[0])
        if number:
            yield [" ".join(re.sub(r"``|\*\*", "", cell).split()) for cell in cells]


def promised(cell: str, core: tuple[int, int], *, sent: bool = False) -> bool:
    """Whether a cell says that a secret is shown on this core: shown, shown to 2.20, shown from 2.19, shown where sent."""
    words = re.match(r"shown\b(?: from (\d+)\.(\d+))?(?: to (\d+)\.(\d+))?(?P<sent> where sent)?", cell)
    if words is None or (words["sent"] and not sent):
        return False
    begin = (int(words[1]), int(words[2])) if words[1] else (0, 0)
    end = (int(words[3]), int(words[4])) if words[3] else (99, 0)
    return begin <= core <= end
