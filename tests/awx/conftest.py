# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform, the stand-in of AWX, and the playbook that sets AWX up."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from awx.controller import ADMINISTRATOR, Controller, serving
from awx.jobs import Jobs
from support.platform import SECRETS, control, simulator

COLLECTIONS = str(Path(__file__).resolve().parents[5])
VARIABLES = {
    "awx_project_url": "https://git.example.com/freshdesk.git",
    "awx_image": "registry.example.com/freshdesk-ee:1",
    "awx_vault_password": "example-vault-password",
}


class Setup:
    """Runs the playbook awx_setup against a stand-in."""

    def __init__(self, platform: str, home: Path) -> None:
        self.platform = platform
        self.home = home

    def __call__(
        self,
        controller: Controller,
        *options: str,
        token: str = ADMINISTRATOR,
        environment: dict[str, str] | None = None,
        **more: Any,
    ) -> tuple[int, str]:
        variables = [part for name, value in {**VARIABLES, **more}.items() for part in ("-e", f"{name}={value}")]
        with serving(controller) as address:
            done = subprocess.run(
                ["ansible-playbook", "cloudelements.freshdesk.awx_setup", *variables, *options],
                env={
                    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
                    "HOME": str(self.home),
                    "ANSIBLE_REMOTE_TMP": str(self.home / ".ansible" / "tmp"),
                    "LANG": "C.UTF-8",
                    "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
                    "ANSIBLE_LOCALHOST_WARNING": "false",
                    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
                    "CONTROLLER_HOST": address,
                    "CONTROLLER_OAUTH_TOKEN": token,
                    "CLOUDELEMENTS_BASE_URL": self.platform,
                    **SECRETS,
                    **(environment or {}),
                },
                capture_output=True,
                text=True,
                check=False,
            )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def platform():
    """The address of a platform that knows the two tenants of the example project."""
    with simulator() as address:
        yield address


@pytest.fixture(scope="session")
def setup(platform, tmp_path_factory):
    return Setup(platform, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def controller(setup):
    """AWX as the playbook has set it up."""
    controller = Controller()
    status, said = setup(controller)
    assert status == 0, said
    return controller


@pytest.fixture
def jobs(controller, platform):
    """Starts jobs, on an empty platform."""
    control(platform, "reset", verb="POST")
    control(platform, "accounts", {name: f"{name}-freshdesk-key" for name in ("acme", "blueleaf")})
    with tempfile.TemporaryDirectory() as folder:
        # Where jobs run as somebody else, that user must get there, as it must not into the folders of pytest.
        Path(folder).chmod(0o755)
        yield Jobs(controller, Path(folder), COLLECTIONS)
