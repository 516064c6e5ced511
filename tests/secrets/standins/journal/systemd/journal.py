# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what would go to the journal into the file that SECRETS_JOURNAL names."""

from __future__ import annotations

import os


def send(MESSAGE: str, **fields: object) -> None:  # noqa: N803 (as ansible-core calls it)
    with open(os.environ["SECRETS_JOURNAL"], "a", encoding="utf-8") as file:
        file.write(f"{MESSAGE} {fields}\n")


sendv = send
