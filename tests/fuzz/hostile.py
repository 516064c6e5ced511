# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody should write and no platform should answer, and what must be true of whatever is said of it."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import strategies as st

TEXTS = [
    "",
    " ",
    " padded ",
    "a\x00b",
    "two\nlines",
    "a\r\nX-Injected: yes",
    "tab\there",
    "e\u0301",
    "\u0301",
    "z" + "\u0300\u0489" * 200,
    "\u202egnp.exe",
    "\u2066left\u2069",
    "\u05e9\u05dc\u05d5\u05dd \u061c x",
    "\U0001f600",
    "\U0010ffff",
    "\ud800",
    "x\udfff",
    "x" * 10_000,
    "\u00e9" * 10_000,
    "{{ 1+1 }}",
    "{{1+1}}",
    "{% for x in y %}",
    "{# gone #}",
    "{{ lookup('pipe', 'touch pwned') }}",
    "!vault |",
    "!unsafe x",
    "!!python/object/apply:os.system ['touch pwned']",
    "*alias",
    "- item",
    "a: b",
    "yes",
    "null",
    "~",
    "1e3",
    "0x10",
    "2024-01-01",
    "---",
    "# comment",
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "a < b > c",
    "&lt;b&gt;",
    "\x1b[31mred",
    "\x9b31m",
    "\x1b]0;title\x07",
    "\x7f",
    "\x85",
    "\u2028",
    "\u200b",
    "\ufeffmark",
    "\ufffe",
    "../../etc/passwd",
    "$(touch pwned)",
    "%s%n%00",
    "a,b;c|d",
    "'\"`\\",
    "(hidden)",
    "********",
    "check-mode-placeholder",
    "localhost",
    "None",
    "{" * 500,
    "[" * 5000,
    '{"a": ' * 600 + "1" + "}" * 600,
]
NUMBERS = [0, 1, -1, True, 2**31, 2**63, -(2**63), 10**30, 1.0, 1.5, -0.0, 1e308]


def texts():
    """A text, mostly a nasty one."""
    return st.one_of(st.sampled_from(TEXTS), st.text(max_size=30), st.text(st.characters(codec=None), max_size=5))


def deep(levels, inner="x"):
    """Lists and mappings in each other."""
    value = inner
    for level in range(levels):
        value = [value] if level % 2 else {"in": value}
    return value


def scalars():
    return st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.integers(), texts())


def values():
    """Anything that JSON has."""
    return st.one_of(
        scalars(),
        st.sampled_from([[], {}, [[]], [None], {"": None}, deep(30), deep(60), deep(200)]),
        st.recursive(
            scalars(),
            lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts(), inner, max_size=3)),
            max_leaves=6,
        ),
    )


def seldom(value, usual):
    """One of the usual values, four times in five."""
    return st.one_of(usual, usual, usual, usual, value)


# What must be true of what is said

SECRETS = ("user/secret+of=one", "organization/secret+of=acme", "SENTINEL")


def is_raw(character):
    """Whether it could change how the rest of a line is shown: control and direction; or cannot be written at all."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in (
        "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI",
    )  # fmt: skip


def check_sentence(told):
    """One clear sentence: of our own telling, whole, and fit to be shown."""
    assert isinstance(told, str)
    assert told.strip()
    assert told.endswith((".", "?")), told[-200:]
    assert "is a bug in" not in told, told
    assert "Traceback" not in told
    assert not [character for character in told if is_raw(character)], ascii(told)
    assert not [secret for secret in SECRETS if secret in told]
    assert len(told) < 6000


def check_result(result):
    """A result of the types that playbooks rely on, that can be written as JSON."""
    json.dumps(result, allow_nan=False)
    for one in result.get("outcomes", [result]):
        assert isinstance(one["changed"], bool)
        assert one["id"] is None or (isinstance(one["id"], int) and not isinstance(one["id"], bool))
        assert one["name"] is None or isinstance(one["name"], str)
        if one.get("instance") is not None:
            check_shown(one["instance"])
        if one.get("formula_instance") is not None:
            check_formula(one["formula_instance"])
        if one.get("error") is not None:
            check_sentence(one["error"]["message"])


def check_shown(instance):
    """An instance as it is shown."""
    assert isinstance(instance["id"], int)
    assert isinstance(instance["name"], str)
    assert instance["subdomain"] is None or isinstance(instance["subdomain"], str)
    assert all(isinstance(tag, str) for tag in instance["tags"])
    assert isinstance(instance["enabled"], bool)
    assert isinstance(instance["events_enabled"], bool)
    assert "token" not in instance


def check_formula(instance):
    """A formula instance as it is shown."""
    assert isinstance(instance["id"], int)
    assert isinstance(instance["name"], str)
    assert isinstance(instance["formula"], int)
    assert isinstance(instance["active"], bool)
    assert isinstance(instance["configuration"], dict)
    assert isinstance(instance["settings"], dict)
