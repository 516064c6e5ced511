# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets that are looked for, and the search: every form in which a secret may stand in what was written."""

from __future__ import annotations

import base64
import html
import json
import os
import random
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PART = 20
"""Letters and digits in a row, by which a sentinel is known even where only half of it was written."""
AWKWARD = {"in headers": "/+=\"'\\<&>%", "anywhere": "/+=\"'\\<&>% ü|$"}
"""What URLs, JSON, HTML, YAML and shells write in another way."""
KINDS = {
    "user_secret": "in headers",
    "organization_secret": "in headers",
    "wrong_secret": "in headers",
    "api_key": "anywhere",
    "signature_key": "anywhere",
    "configured_secret": "anywhere",
    "vault_password": "anywhere",
    "proxy_password": "",
    # As Freshdesk makes them.
    "plain_api_key": "",
    # No secret, but the name of tenants of tasks that have no_log.
    "hidden_name": "",
}
"""The secrets of a campaign, and where they must be able to stand. The tokens are the platform's to give."""
AROUND = 60
"""Bytes on each side of a finding that are shown."""


@dataclass(frozen=True)
class Sentinel:
    """One secret: what it is, and its text."""

    kind: str
    text: str

    def forms(self) -> dict[str, bytes]:
        """What is searched for, by the name of the encoding."""
        data = self.text.encode()
        forms = {
            "plain": data,
            "URL-encoded": quote(self.text, safe="").encode(),
            "URL-encoded path": quote(self.text).encode(),
            "JSON-escaped": json.dumps(self.text)[1:-1].encode(),
            "JSON-escaped slash": json.dumps(self.text)[1:-1].replace("/", "\\/").encode(),
            "JSON in JSON": json.dumps(json.dumps(self.text))[3:-3].encode(),
            "HTML-escaped": html.escape(self.text).encode(),
            "Python": repr(self.text)[1:-1].encode(),
            "hexadecimal": data.hex().encode(),
        }
        for number, part in enumerate(re.findall(rf"[A-Za-z0-9]{{{PART},}}", self.text), 1):
            forms[f"part {number}"] = part.encode()
            forms[f"part {number} in hexadecimal"] = part.encode().hex().encode()
            forms.update((f"part {number} in {name}", form) for name, form in in_base64(part.encode()))
        forms.update(in_base64(data))
        forms.update((f"{name} for URLs", form.translate(URL_SAFE)) for name, form in list(in_base64(data)))
        return forms


URL_SAFE = bytes.maketrans(b"+/", b"-_")


def in_base64(data: bytes) -> Iterator[tuple[str, bytes]]:
    """It in base64 at each of the three places that it may have in what was encoded: only what does not depend on the rest."""
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + data).rstrip(b"=")
        begin = (0, 2, 3)[shift]
        end = len(text) - (1 if (shift + len(data)) % 3 else 0)
        yield f"base64, alignment {shift}", text[begin:end]


def sentinels(seed: int) -> list[Sentinel]:
    """The secrets of a campaign, the same for the same seed."""
    chance = random.Random(f"sentinels {seed}")

    def part() -> str:
        return "".join(chance.choices(string.ascii_letters + string.digits, k=PART))

    return [Sentinel(kind, part() + (AWKWARD[where] + part() if where else "")) for kind, where in KINDS.items()]


@dataclass(frozen=True)
class Finding:
    """A secret that stands where it should not."""

    kind: str
    form: str
    place: str
    around: bytes

    def __str__(self) -> str:
        return f"{self.kind} ({self.form}) in {self.place}: {self.around!r}"


class Search:
    """The search for some sentinels; counts what it has read."""

    def __init__(self, wanted: Iterable[Sentinel]) -> None:
        self.sentinels = list(wanted)
        self.forms: dict[tuple[str, bytes], str] = {}
        for one in self.sentinels:
            for name, form in one.forms().items():
                self.forms.setdefault((one.kind, form), name)
        self.places = 0
        self.bytes = 0

    def in_bytes(self, content: bytes, place: str) -> list[Finding]:
        """Each secret once a place, with the first form of it."""
        self.places += 1
        self.bytes += len(content)
        found: dict[str, Finding] = {}
        for (kind, form), name in self.forms.items():
            if kind not in found and form in content:
                at = content.index(form)
                around = content[max(0, at - AROUND) : at + len(form) + AROUND]
                found[kind] = Finding(kind, name, place, around)
        return list(found.values())

    def below(self, folder: Path) -> list[Finding]:
        """In every file below a folder, and in every name."""
        found = []
        for path, folders, files in os.walk(folder):
            for name in [*folders, *files]:
                file = Path(path, name)
                place = str(file.relative_to(folder))
                content = os.fsencode(name)
                if file.is_file() and not file.is_symlink():
                    content += b"\n" + file.read_bytes()
                found += self.in_bytes(content, place)
        return found


def self_test(seed: int) -> int:
    """Plants each sentinel in each encoding, between other bytes, and counts them. Raises AssertionError where one is not found."""
    planted = 0
    for sentinel in sentinels(seed):
        search = Search([sentinel])
        text = sentinel.text
        leaks = {
            "plain": text,
            "half of it": text[: PART + 2],
            "the other half of it": text[-PART - 2 :],
            "URL-encoded": f"?key={quote(text, safe='')}&",
            "JSON": json.dumps({"key": f"User {text}, more"}),
            "JSON in JSON": json.dumps([json.dumps({"key": text})]),
            "JSON that is ASCII": json.dumps(text, ensure_ascii=True),
            "HTML": html.escape(f"<b>{text}</b>"),
            "Python": repr([text]),
            "hexadecimal": f"00{text}00".encode().hex(),
            "a log line": f"x {text!s} y",
        }
        leaks.update(
            (f"base64 {shift}", base64.b64encode(("x" * shift + text + "yz").encode()).decode()) for shift in range(3)
        )
        leaks.update(
            (f"base64 of JSON {shift}", base64.b64encode(("x" * shift + json.dumps({"k": text})).encode()).decode())
            for shift in range(3)
        )
        for name, leak in leaks.items():
            assert search.in_bytes(f"before {leak} after".encode(), name), f"{sentinel.kind} is not found in {name}"
            planted += 1
        assert not search.in_bytes(b"nothing of the kind " * 100, "nothing")
    return planted
