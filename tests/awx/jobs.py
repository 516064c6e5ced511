# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts what is set up in the stand-in of AWX, in the way of AWX: the same injection of credentials, the same files, no root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from awx.controller import PROJECT, Controller
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

HERE = Path(__file__).resolve().parent
NOBODY = 65534
# Root becomes somebody who may write nothing of root's; what may be read stays so, since the Python of the tests may be root's.
WITHOUT_ROOT = [
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
]


class UnsafeDumper(yaml.SafeDumper):
    """Marks every text as no template, as AWX does with what is answered at the launch of a job."""


UnsafeDumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


@dataclass
class Job:
    """How a job ended, and what is left of it."""

    status: str
    folder: Path
    safe_environment: dict[str, str]

    @property
    def events(self) -> list[dict[str, Any]]:
        files = self.folder.glob("artifacts/*/job_events/*.json")
        return sorted((json.loads(file.read_text()) for file in files), key=lambda event: event["counter"])

    @property
    def output(self) -> str:
        return "\n".join(event["stdout"] for event in self.events)

    @property
    def artifacts(self) -> dict[str, Any]:
        """What AWX hands to the next jobs of a workflow."""
        return next(
            (
                event["event_data"].get("artifact_data", {})
                for event in self.events
                if event["event"] == "playbook_on_stats"
            ),
            {},
        )

    @property
    def files(self) -> list[Path]:
        """What the job left, but for the file in which ansible-runner keeps its own environment, which AWX does not keep."""
        left = [file for folder in ("artifacts", "tmp") for file in (self.folder / folder).rglob("*")]
        return [file for file in left if file.is_file() and file.name != "command"]


class Jobs:
    """Starts jobs of what one controller holds."""

    def __init__(self, controller: Controller, folder: Path, collections: str) -> None:
        self.controller = controller
        self.folder = folder
        self.collections = collections
        self.count = 0
        self.secrets: dict[str, dict[str, Any]] = {}
        self.inventories: dict[str, Any] = {}

    def launch(
        self,
        name: str,
        *,
        answers: dict[str, Any] | None = None,
        job_type: str | None = None,
        limit: str = "",
        part: tuple[int, int] = (1, 1),
        workflow: str = "",
        meanwhile: Callable[[subprocess.Popen[str]], None] = lambda process: None,
    ) -> Job:
        """Runs the job template, with the answers of its survey or what a workflow hands on; part is a slice, of how many.

        In a workflow, the workflow's own variables win over what its steps hand on, and no step has to ask for any of them.
        """
        template = self.controller.one("job_templates", name)
        if (job_type is not None and not template["ask_job_type_on_launch"]) or (
            limit and not template["ask_limit_on_launch"]
        ):
            raise ValueError(f"{name} does not ask for this")
        folder = self._folder()
        environment, safe, passwords = self._injected(self.controller.related(template, "credentials"), folder)
        arguments = ["--check"] * ((job_type or template["job_type"]) == "check") + ["-u", "root"]
        arguments += ["--diff"] * template["diff_mode"] + ["--ask-vault-pass"] * bool(passwords)
        arguments += ["-l", limit] * bool(limit)
        # Who makes a job template may write templates into its variables; who launches it may not.
        own = yaml.safe_dump({**json.loads(template.get("extra_vars") or "{}"), "awx_job_id": self.count})
        if workflow:
            of_workflow = self.controller.one("workflow_job_templates", workflow)
            answers = {**(answers or {}), **json.loads(of_workflow["extra_vars"])}
        given = yaml.dump(answers, Dumper=UnsafeDumper, allow_unicode=True) if answers else ""
        (folder / "env" / "extravars").write_text(own + given)
        (folder / "env" / "cmdline").write_text(" ".join(arguments))
        # The last one, in seconds, only so that the tests need not wait: ansible-runner looks that often whether to end.
        settings = {"suppress_ansible_output": True, "suppress_output_file": True, "pexpect_timeout": 0.5}
        (folder / "env" / "settings").write_text(json.dumps(settings))
        inventory = self.inventory(self.controller.objects[template["inventory"]]["name"])
        script = folder / "inventory" / "hosts"
        script.write_text(f"#! /usr/bin/env python3\nprint({json.dumps(sliced(inventory, *part))!r})\n")
        script.chmod(0o700)
        parameters = {
            "ident": str(self.count),
            "private_data_dir": str(folder),
            "playbook": template["playbook"],
            "inventory": str(script),
            "passwords": passwords,
            "suppress_env_files": True,
            "envvars": environment,
        }
        process = self._start([sys.executable, str(HERE / "run_job.py")], environment, folder)
        if process.stdin is not None:
            process.stdin.write(json.dumps(parameters))
            process.stdin.close()
            process.stdin = None
        meanwhile(process)
        said, wrong = process.communicate(timeout=120)
        if process.returncode:
            raise RuntimeError(wrong)
        return Job(json.loads(said.splitlines()[-1])["status"], folder, safe)

    def inventory(self, name: str) -> Any:
        """What AWX has imported from the inventory's source, or what a test put in its place."""
        if name not in self.inventories:
            done = self.update(name)
            if done.returncode:
                raise RuntimeError(done.stderr)
            self.inventories[name] = json.loads(done.stdout)
        return self.inventories[name]

    def update(self, name: str) -> subprocess.CompletedProcess[str]:
        """Reads the inventory's source as AWX does."""
        source = self.controller.one("inventory_sources", name)
        folder = self._folder()
        credentials = [self.controller.objects[source["credential"]]] if source.get("credential") else []
        environment, _safe, _passwords = self._injected(credentials, folder, INVENTORY_UPDATE_ID="1")
        command = ["ansible-inventory", "-i", str(folder / "project" / source["source_path"]), "--list", "--export"]
        process = self._start(command, environment, folder)
        said, wrong = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, said, wrong)

    # --- what AWX does before a job

    def _folder(self) -> Path:
        """A private data directory with the project in it, that belongs to whom the job runs as."""
        self.count += 1
        folder = self.folder / f"job-{self.count}"
        for name in ("env", "inventory", "artifacts", "tmp"):
            (folder / name).mkdir(parents=True)
        shutil.copytree(PROJECT, folder / "project")
        return folder

    def _injected(
        self, credentials: list[dict[str, Any]], folder: Path, **more: str
    ) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """The environment of a job, what AWX stores of it, and the answers to prompts."""
        home = self.folder / "home"
        home.mkdir(mode=0o555, exist_ok=True)
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(home),
            "TMPDIR": str(folder / "tmp"),
            "ANSIBLE_COLLECTIONS_PATH": self.collections,
            # What an administrator of AWX sets where the home is read-only.
            "ANSIBLE_HOME": str(folder / "tmp" / "ansible"),
            "ANSIBLE_REMOTE_TMP": str(folder / "tmp" / "ansible" / "tmp"),
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "LANG": "C.UTF-8",
            "JOB_ID": "1",
            **more,
        }
        safe: dict[str, str] = {}
        passwords = {}
        for credential in credentials:
            kind = self.controller.objects[credential["credential_type"]]
            if kind["kind"] == "vault":
                passwords[r"Vault password:\s*?$"] = credential["inputs"]["vault_password"]
                continue
            inject_credential(
                SimpleNamespace(managed=False, inputs=kind["inputs"], injectors=kind["injectors"]),
                SimpleNamespace(
                    get_input_keys=lambda one=credential: list(one["inputs"]), get_input=credential["inputs"].get
                ),
                environment,
                safe,
                [],
                str(folder),
            )
        return environment, safe, passwords

    def _start(self, command: list[str], environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
            command = WITHOUT_ROOT + command
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(command, env=environment, cwd=folder / "project", text=True, **pipes)


def sliced(inventory: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    """The part of an inventory that AWX gives to one of several jobs: every so manieth host."""
    hosts = sorted({host for name, group in inventory.items() if name != "_meta" for host in group.get("hosts", [])})
    kept = set(hosts[number - 1 :: count])
    return {
        name: {"hostvars": {host: of for host, of in group["hostvars"].items() if host in kept}}
        if name == "_meta"
        else {**group, "hosts": [host for host in group.get("hosts", []) if host in kept]}
        for name, group in inventory.items()
    }
