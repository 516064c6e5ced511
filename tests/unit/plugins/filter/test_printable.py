# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the platform's is shown without what could change how the rest of a line is shown."""

from __future__ import annotations

import pytest

from ansible_collections.cloudelements.freshdesk.plugins.filter.printable import FilterModule, printable


def test_it_is_the_filter_of_that_name():
    assert FilterModule().filters() == {"printable": printable}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Müller & Söhne", "Müller & Söhne"),
        ("a\x1b[2Jb\nc\x9bd", "a\ufffd[2Jb\ufffdc\ufffdd"),
        ("a\u202eb\u2066c", "a\ufffdb\ufffdc"),
        ("a\ud800", "a\ufffd"),
        ("{{ 1/0 }}", "{{ 1/0 }}"),
        ("x" * 300, "x" * 197 + "..."),
        (7, "7"),
    ],
)
def test_only_what_harms_is_replaced(text, told):
    assert printable(text) == told
