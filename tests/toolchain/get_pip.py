# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives ansible-test the pip of its virtual environments from a wheel beside this file, where it would download one."""

import os
import runpy
import sys
from pathlib import Path

folder = Path(os.environ["GET_PIP"]).parent
wheel = next(folder.glob("pip-*.whl"))
# ansible-test speaks to the original get-pip, which knows two options that pip does not.
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]

sys.path.insert(0, str(wheel))
sys.argv = ["pip", "install", "--no-index", "--find-links", str(folder), *arguments]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
