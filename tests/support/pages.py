# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README, the guides and the examples of plugins as tests read them: code blocks, double backquotes, and messages."""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))
ERRORS = ROOT / "docs" / "docsite" / "rst" / "errors.rst"
GAP = "…"
"""What the page of errors shows where a message names something."""
PLUGINS = sorted(
    path for path in (ROOT / "plugins").glob("*/*.py") if "\nEXAMPLES = " in path.read_text(encoding="utf-8")
)
_DIRECTIVE = re.compile(r"^( *)\.\. code-block:: (\w+)$")
_FENCE = re.compile(r"^```(\w+)$")
_NAME = re.compile(r"# ([\w.-]+\.yml)(:.*)?")


@dataclass(frozen=True)
class Block:
    """One code block. C(file) is the file that its reader writes it into, where the page names one."""

    page: Path
    line: int
    language: str
    text: str
    file: str | None = None

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page, in their order, each without its indentation."""
    read = {".md": _fenced, ".py": _examples}.get(page.suffix, _directives)
    return list(read(page, page.read_text(encoding="utf-8").splitlines()))


def literals(page: Path) -> list[str]:
    """What stands in double backquotes, line breaks in it made blanks."""
    return [" ".join(text.split()) for text in re.findall(r"``(.+?)``", page.read_text(encoding="utf-8"), re.DOTALL)]


def listed_messages() -> list[str]:
    """The messages on the page of errors: the entries of its lists."""
    found = re.findall(r"^- ``(.+?)``$", ERRORS.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [" ".join(text.split()) for text in found]


@functools.cache
def _forms() -> list[re.Pattern[str]]:
    return [re.compile(".*".join(map(re.escape, text.split(GAP)))) for text in listed_messages()]


def is_listed(message: str) -> bool:
    """Whether who meets the message finds it on the page of errors."""
    return any(form.fullmatch(" ".join(message.split())) for form in _forms())


def _directives(page: Path, lines: list[str]) -> Iterator[Block]:
    """Blocks of reStructuredText; a caption is the name of the file."""
    for number, line in enumerate(lines):
        found = _DIRECTIVE.match(line)
        if not found:
            continue
        block, inside = [], found[1] + "   "
        for follower in lines[number + 1 :]:
            if follower.strip() and not follower.startswith(inside):
                break
            block.append(follower)
        caption = block[0].strip().removeprefix(":caption: ") if block[0].strip() else None
        text = textwrap.dedent("\n".join(block[1:])).strip("\n") + "\n"
        yield Block(page, number + 1, found[2], text, caption)


def _fenced(page: Path, lines: list[str]) -> Iterator[Block]:
    """Blocks of Markdown, which knows no captions: a comment in the first line is the name of the file."""
    opened = None
    for number, line in enumerate(lines):
        if opened is None:
            found = _FENCE.match(line)
            opened = (number, found[1]) if found else None
        elif line == "```":
            start, language = opened
            name = _NAME.fullmatch(lines[start + 1])
            yield Block(page, start + 1, language, "\n".join(lines[start + 1 : number]) + "\n", name and name[1])
            opened = None


def _examples(page: Path, lines: list[str]) -> Iterator[Block]:
    """The documents in the examples of a plugin. Those of an inventory are its files, each of which is then looked at."""
    start = lines.index('EXAMPLES = r"""') + 1
    text = "\n".join(lines[start : lines.index('"""', start)]) + "\n"
    for document in text.split("\n---\n"):
        name = _NAME.fullmatch(document.splitlines()[0])
        yield Block(page, start, "yaml", document, name and name[1])
        if name:
            yield Block(page, start, "shell", f"ansible-inventory -i {name[1]} --graph\n")
