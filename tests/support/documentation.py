# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates what other files say of options and results from the one source, the modules for one instance and for one formula instance.

Run as a script, by the session ``docs`` after ``-- --generate``, it writes the files.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "plugins" / "modules"
BEGIN, END = "# Generated from plugins/modules/{module}.py by nox -s docs -- --generate", "# End of what is generated"
WIDTH = 120


def generated() -> dict[Path, str]:
    """The files with generated parts, as they should be."""
    source, formula = (
        (MODULES / f"{name}.py").read_text(encoding="utf-8") for name in ("instance", "formula_instance")
    )
    results = below(source.split('RETURN = r"""')[1], "instance:", "  contains:")
    entry = within(source, "instances[].", "outcomes[].")
    formula_entry = within(formula, "instances[].formulas[].", "outcomes[].formulas[].")
    formula_results = below(formula.split('RETURN = r"""')[1], "formula_instance:", "  contains:")
    parts = {
        MODULES / "instances.py": [entry, formula_entry, results, formula_results],
        MODULES / "instance_info.py": [results],
        ROOT / "roles" / "provision" / "meta" / "argument_specs.yml": [
            list(items(documented(source))),
            list(items(documented(formula), "formulas[].")),
        ],
    }
    return {path: filled(path.read_text(encoding="utf-8"), lines) for path, lines in parts.items()}


def documented(source: str) -> dict[str, Any]:
    """The options that a module documents."""
    options: dict[str, Any] = yaml.safe_load(source.split('DOCUMENTATION = r"""')[1].split('"""')[0])["options"]
    return options


def within(source: str, options: str, results: str) -> list[str]:
    """What a module says of its own options, with the names of options and results as entries have them."""
    own = re.compile(rf"\bO\((?=(?:{'|'.join(documented(source))})\b)")
    return [re.sub(r"\bRV\(", f"RV({results}", own.sub(f"O({options}", line)) for line in below(source, "options:")]


def below(text: str, *heads: str) -> list[str]:
    """The lines below the last of these lines, one after the other, each item of a description in one line."""
    lines = text.splitlines()
    for head in heads:
        lines = lines[lines.index(head) + 1 :]
    depth = indent(heads[-1])
    end = next(number for number, line in enumerate(lines) if indent(line) <= depth)
    found: list[str] = []
    for line in lines[:end]:
        continues = found and found[-1].lstrip().startswith("- ") and indent(line) == indent(found[-1]) + 2
        if continues:
            found[-1] += " " + line.strip()
        else:
            found.append(line)
    return textwrap.dedent("\n".join(found)).splitlines()


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def items(options: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """An item for each option of a tenant, for the role, whose spec cannot hold them."""
    for name, option in options.items():
        said = option["description"]
        text = " ".join(said if isinstance(said, list) else [said])
        choices = " or ".join(f"V({choice})" for choice in option.get("choices", []))
        kind = choices or {"list": "list of str"}.get(option["type"], option["type"])
        default = f", by default V({str(option['default']).lower()})" if "default" in option else ""
        yield f"- C({prefix}{name}) ({kind}{default}) - {re.sub(r'(O|RV)[(]', 'C(', text)}"
        yield from items(option.get("suboptions", {}), f"{prefix}{name}.")


def filled(text: str, parts: list[list[str]]) -> str:
    """The text with these lines in the place of its generated parts, in their order."""
    begin = re.escape(BEGIN).replace(re.escape("{module}"), r"\w+")
    marked = re.compile(rf"^( *)({begin})\n.*?^ *{END}\n", re.MULTILINE | re.DOTALL)
    remaining = iter(parts)

    def part(match: re.Match[str]) -> str:
        margin = match[1]
        return "".join(f"{line}\n" for line in [margin + match[2], *wrapped(next(remaining), margin), margin + END])

    new = marked.sub(part, text)
    assert next(remaining, None) is None, "a mark is missing"
    return new


def wrapped(lines: list[str], margin: str) -> Iterator[str]:
    for line in lines:
        if not line.lstrip().startswith("- "):
            yield margin + line
            continue
        deeper = " " * (indent(line) + 2)
        yield from textwrap.wrap(
            margin + line,
            WIDTH,
            subsequent_indent=margin + deeper,
            break_long_words=False,
            break_on_hyphens=False,
        )


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
