# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances of a run's tenants as formulas may refer to them: by the names that they have after the run. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ._errors import Refused
from ._job import AnyJob
from ._redact import printable
from ._resource import L


class PlannedInstances:
    """The tenants of a run by name, and the instances that it deletes or renames."""

    def __init__(self, tenants: Iterable[AnyJob] = (), pruned: Iterable[int] = ()) -> None:
        self._tenants: dict[str | None, AnyJob] = {}
        self._failed: set[str | None] = set()
        self._deleted = set(pruned)
        self._renamed: dict[int, str] = {}
        for tenant in tenants:
            self._add(tenant)

    def _add(self, tenant: AnyJob) -> None:
        name, live = tenant.desired.name, tenant.live
        if tenant.error is not None:
            self._failed.add(name)
        elif not tenant.desired.present:
            self._deleted.update([live.id] if live is not None else [])
        elif name is not None:
            self._tenants[name] = tenant
            if live is not None and live.name != name:
                self._renamed[live.id] = name

    def tenant(self, name: str | None) -> AnyJob | None:
        """The tenant whose instance will have the name; None if it is of no tenant, or of one that has failed."""
        return self._tenants.get(name)

    def staying(self, where: str, found: Sequence[L], *, named: bool) -> list[L]:
        """Those that the run neither deletes nor, if they are referred to by name, renames. Raises Refused if there are none."""
        staying = [live for live in found if live.id not in self._deleted and not (named and live.id in self._renamed)]
        if staying:
            return staying
        live = found[0]
        if live.id in self._deleted:
            raise Refused(f"{where}, which this run deletes: take it out of the formula, or keep the instance.")
        raise Refused(f"{where}, which this run renames to {printable(self._renamed[live.id])}: give that name.")

    def check_not_failed(self, where: str, name: str | None) -> None:
        """Raises Refused if only a tenant that has failed would have the name."""
        if name in self._failed:
            raise of_failed_tenant(where)


def of_failed_tenant(where: str) -> Refused:
    """The error of a formula that would use the instance of a tenant that failed."""
    return Refused(
        f"{where}, whose tenant failed, so its instance cannot be used: correct that tenant, then run again."
    )
