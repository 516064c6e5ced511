# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a campaign counts, and how a violation is reported so that its trial can be repeated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


class Violation(Exception):
    """Something happened that never may. ``kind`` is what it counts as: duplicates, orphans, lost tokens or others."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(f"{kind}: {sentence}")
        self.kind = kind


@dataclass
class Figures:
    """The sums of all trials so far."""

    trials: int = 0
    races: int = 0
    kills: int = 0
    requests: int = 0
    with_formulas: int = 0
    formula_trials: int = 0
    formula_races: int = 0
    instances: int = 0
    formula_instances: int = 0
    hours: float = 0.0
    unknown: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)

    def lines(self, seconds: float) -> list[str]:
        """The figures as they are printed."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        outcomes = ", ".join(f"{action} {count}" for action, count in sorted(self.outcomes.items()))
        rows = [
            ("trials with faults", self.trials),
            ("races of controllers", self.races),
            ("tenants with formulas", f"in {self.with_formulas} of these"),
            ("formula trials", self.formula_trials),
            ("formula races", self.formula_races),
            ("killed runs", self.kills),
            ("faults injected", f"{sum(self.faults.values())} ({kinds or 'none'})"),
            ("requests", self.requests),
            ("outcomes of the runs", outcomes or "none"),
            ("instances at the end", self.instances),
            ("formula instances", self.formula_instances),
            ("duplicates", self.violations["duplicates"]),
            ("orphans", self.violations["orphans"]),
            ("lost tokens", self.violations["lost tokens"]),
            ("other violations", self.violations["others"]),
            ("unknown outcomes", self.unknown),
            ("simulated hours", f"{self.hours:.1f}"),
            ("seconds", f"{seconds:.0f}"),
        ]
        return [f"{name:<22} {value}" for name, value in rows]
