# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a case is played: a home, temporary folders, a platform, a foreign host and a proxy of its own; all that is written is searched."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from sentinels import Finding, Search, Sentinel
from simulator.store import FIRST_ID, token_of
from support.platform import control, simulator

HERE = Path(__file__).resolve().parent
SENT = HERE.parent / "integration" / "sent"
"""A connection plugin with which modules are sent that would else run in the controller's process."""
WAYS = ("variables", "vaulted", "single", "environment")
"""How secrets are given: a file of variables, the same encrypted, each value encrypted, or the environment."""
IN_ENVIRONMENT = {
    "user_secret": "CLOUDELEMENTS_USER_SECRET",
    "organization_secret": "CLOUDELEMENTS_ORGANIZATION_SECRET",
}
LONGEST = 1800
"""Seconds that a case may take."""


@dataclass(frozen=True)
class Case:
    """One command that is run, and what must hold.

    ``command`` and the values of ``environment`` may name {given}, {kept}, {playbooks}, {foreign}, {proxy} and, in faults, secrets
    by their kind. With ``sent``, modules are sent that would else run in the controller's process. ``says`` and ``keeps`` prove
    that the case did what it is for: what its output holds, and a file that it writes with what stands in it. ``leaks`` is empty
    where nothing may be found; else it says what must be found: kinds of secrets, and a pattern of the places, which are the only
    ones. Where it is None, others judge by what was said.
    """

    name: str
    command: tuple[str, ...]
    way: str = "variables"
    environment: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Mapping[str, Any], ...] = ()
    says: str = ""
    keeps: Mapping[str, str] = field(default_factory=dict)
    fails: bool = False
    watched: bool = False
    sent: bool = False
    leaks: Mapping[str, str] | None = field(default_factory=dict)


@dataclass
class Played:
    """What came of a case: what is wrong with it, the search with its counts, and what was said."""

    case: Case
    problems: list[str]
    search: Search
    said: str
    seconds: float

    @property
    def ran(self) -> Counter[str]:
        """Where tasks ran, as they say at ``-vv``. What works on a file of the controller is sent nowhere."""
        said = re.findall(
            r"cloudelements\.freshdesk\.(\w+): (sent to the host|ran in the controller's process)", self.said
        )
        return Counter(where for name, where in said if name != "token_file")


class Stage:
    """Writes the secrets in every way in which they can be given, once; then plays cases."""

    def __init__(self, folder: Path, wanted: list[Sentinel]) -> None:
        self.folder = folder
        self.sentinels = wanted
        self.secrets = {one.kind: one.text for one in wanted}
        self._numbers = itertools.count(1)
        self.given = folder / "given"
        self.given.mkdir()
        self._give()

    def _give(self) -> None:
        secrets = self.secrets
        vault = VaultLib([("default", VaultSecret(secrets["vault_password"].encode()))])
        connection = {name: secrets[name] for name in IN_ENVIRONMENT}
        others = {name: text for name, text in secrets.items() if name not in connection}
        (self.given / "password").write_text(secrets["vault_password"])
        plain = yaml.safe_dump({"platform_secrets": connection, **others}, allow_unicode=True, width=1000)
        (self.given / "variables.yml").write_text(plain)
        (self.given / "vaulted.yml").write_bytes(vault.encrypt(plain))
        (self.given / "single.yml").write_text(
            "platform_secrets:\n"
            + "".join(f"  {name}: {_tagged(vault, text, 4)}\n" for name, text in connection.items())
            + "".join(f"{name}: {_tagged(vault, text, 2)}\n" for name, text in others.items())
        )
        looked_up = {name: f"{{{{ lookup('ansible.builtin.env', 'SENTINEL_{name.upper()}') }}}}" for name in others}
        (self.given / "environment.yml").write_text(yaml.safe_dump({"platform_secrets": {}, **looked_up}, width=1000))
        wrong = {**connection, "user_secret": secrets["wrong_secret"]}
        (self.given / "wrong.yml").write_text(yaml.safe_dump({"platform_secrets": wrong}, width=1000))
        (self.given / "broken.yml").write_text(f'{plain}broken: "{{{{ acme | nothing_of_the_kind }}}}"\n')
        arguments = {"name": "acme", "subdomain": "acme", "api_key": secrets["api_key"], **connection}
        task = {"name": "Make it", "cloudelements.freshdesk.instance": arguments}
        play = {"name": "Write it down", "hosts": "localhost", "gather_facts": False, "tasks": [task]}
        (self.given / "literal.yml").write_text(yaml.safe_dump([play], allow_unicode=True, width=1000))
        failing = {"name": "Fail", "ansible.builtin.fail": {"msg": "on purpose"}}
        play["tasks"] = [{"tags": ["never"], **task}, failing]
        (self.given / "beside.yml").write_text(yaml.safe_dump([play], allow_unicode=True, width=1000, sort_keys=False))
        plugin = {"plugin": "cloudelements.freshdesk.instances"}
        (self.given / "literal.freshdesk.yml").write_text(yaml.safe_dump({**plugin, **connection}, width=1000))
        self._give_csv(vault)
        tagged = "".join(f"{name}: {_tagged(vault, text, 2)}\n" for name, text in connection.items())
        (self.given / "live.freshdesk.yml").write_text(yaml.safe_dump(plugin) + tagged)

    def _give_csv(self, vault: VaultLib) -> None:
        """A file of tenants with their API keys, of which one stands in a wrong column."""
        text = io.StringIO()
        csv.writer(text).writerows(
            [
                ["name", "subdomain", "api_key", "enabled", "events.signature_key"],
                ["from-file", "acme", self.secrets["api_key"], "", self.secrets["signature_key"]],
                ["mistaken", "beta", "", self.secrets["plain_api_key"], ""],
            ]
        )
        (self.given / "tenants.csv").write_text(text.getvalue())
        (self.given / "vaulted.csv").write_bytes(vault.encrypt(text.getvalue()))

    def play(self, case: Case) -> Played:
        """Plays it and searches all that was written."""
        # A short path: ansible-core 2.22 puts a socket below it, whose path may have 107 characters.
        place = self.folder / f"{next(self._numbers):02d}-{re.sub(r'[^a-z]+', '-', case.name.lower())[:12]}"
        home, temporary, kept = (place / name for name in ("home", "tmp", "kept"))
        for new in (home, temporary, kept, kept / "runner"):
            new.mkdir(parents=True)
        with simulator() as address, _listener(kept / "foreign") as foreign, _listener(None) as proxy:
            names = {"given": str(self.given), "kept": str(kept), "playbooks": str(HERE / "playbooks")}
            names["standins"] = str(HERE / "standins")
            names.update(foreign=foreign, proxy=proxy, address=address, **self.secrets)
            self._prepare(address, case, names)
            begun = time.monotonic()
            command = [_filled(part, names) for part in case.command]
            environment = self._environment(case, address, home, temporary, kept, names)
            with _watched(place) if case.watched else contextlib.nullcontext():
                done = subprocess.run(
                    command,
                    cwd=kept,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    timeout=LONGEST,
                    check=False,
                )
            seconds = time.monotonic() - begun
            (kept / "output").write_bytes(done.stdout)
            [last] = control(address, "instances", [{"name": "the last"}])
            struck = [fault["struck"] for fault in control(address, "faults")]
        said = done.stdout.decode(errors="replace")
        # Those of instances that are gone meanwhile included.
        tokens = [Sentinel("token", token_of(number)) for number in range(FIRST_ID, last + 1)]
        search = Search([*self.sentinels, *tokens])
        problems = [*_problems(case, done.returncode, said, kept, struck), *_judged(case, search.below(place))]
        played = Played(case, problems, search, said, seconds)
        if played.ran["ran in the controller's process" if case.sent else "sent to the host"]:
            problems.append("a task ran where it should not")
        return played

    def _prepare(self, address: str, case: Case, names: Mapping[str, str]) -> None:
        secrets = self.secrets
        user = {"id": 1, "user_secret": secrets["user_secret"], "organization_secret": secrets["organization_secret"]}
        control(address, "users", [user])
        keys = dict.fromkeys(["acme", "beta", "gamma", "delta"], secrets["api_key"])
        control(address, "accounts", keys)
        control(address, "settings", {"mask_signature_key": False})
        # One that was made elsewhere, and shows a key where nobody expects one.
        echo = {"event.metadata": secrets["api_key"], "password": secrets["configured_secret"]}
        stray = {"name": "stray", "user": 1, "api_key": secrets["api_key"], "configuration": echo}
        control(address, "instances", [stray])
        variables = {"source": {}, "apiKey": {"type": "value"}}
        control(address, "formulas", [{"name": "sync", "user": 1, "variables": variables}])
        if case.faults:
            control(address, "faults", [_filled(fault, names) for fault in case.faults])

    def _environment(
        self, case: Case, address: str, home: Path, temporary: Path, kept: Path, names: Mapping[str, str]
    ) -> dict[str, str]:
        """What the command gets. The Python that runs this is the one that has Ansible."""
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "ANSIBLE_REMOTE_TMP": str(home / ".ansible" / "tmp"),
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOG_PATH": str(kept / "log"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "dump,ansible.builtin.tree,ansible.builtin.junit",
            "ANSIBLE_CALLBACK_TREE_DIR": str(kept / "tree"),
            "JUNIT_OUTPUT_DIR": str(kept / "junit"),
            "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true",
            "PYTHONPATH": str(HERE / "standins" / "journal"),
            "SECRETS_DUMP": str(kept / "dump"),
            "SECRETS_JOURNAL": str(kept / "journal"),
            "CLOUDELEMENTS_BASE_URL": address,
            "CLOUDELEMENTS_RETRY_TIMEOUT": "1",
        }
        if case.sent:
            environment["ANSIBLE_CONNECTION_PLUGINS"] = str(SENT)
        if case.way == "environment":
            environment.update({variable: self.secrets[name] for name, variable in IN_ENVIRONMENT.items()})
            environment.update({f"SENTINEL_{name.upper()}": text for name, text in self.secrets.items()})
        environment.update({name: _filled(value, names) for name, value in case.environment.items()})
        return environment


def _tagged(vault: VaultLib, text: str, indent: int) -> str:
    """A value of YAML that is encrypted by itself."""
    return "!vault |\n" + textwrap.indent(vault.encrypt(text).decode(), " " * indent)


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    """The value with what stands in braces replaced, at any depth."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], found[0]), value)
    if isinstance(value, Mapping):
        return {key: _filled(item, names) for key, item in value.items()}
    return [_filled(item, names) for item in value] if isinstance(value, (list, tuple)) else value


def _problems(case: Case, status: int, said: str, kept: Path, struck: list[int]) -> Iterator[str]:
    """Where the case did not do what it is for."""
    if (status != 0) != case.fails:
        yield f"ended with {status}: {_why(said)}"
    if not re.search(case.says, said):
        yield f"did not say {case.says}: {_why(said)}"
    for name, pattern in case.keeps.items():
        text = "".join(file.read_text(errors="replace") for file in kept.glob(name) if file.is_file())
        if not re.search(pattern, text):
            yield f"{name} does not hold {pattern}"
    if 0 in struck:
        yield "one of the faults did not strike"


def _why(said: str) -> str:
    """What was said of errors, which may stand before what was said earlier, and the end."""
    return "\n".join([*re.findall(r"(?m)^\[?ERROR.*(?:\n.+)*", said)[:3], said[-1500:]])


def _judged(case: Case, findings: list[Finding]) -> Iterator[str]:
    """Each secret that stands where it should not, and each that must stand somewhere and does not."""
    if case.leaks is None:
        return
    for finding in findings:
        allowed = case.leaks.get(finding.kind)
        if allowed is None or not re.fullmatch(allowed, finding.place):
            yield str(finding)
    for kind, places in case.leaks.items():
        if not any(finding.kind == kind and re.fullmatch(places, finding.place) for finding in findings):
            yield f"{kind} is not found in {places}: ansible-core has changed, so change the row of secrets.rst"


@contextlib.contextmanager
def _listener(keep: Path | None) -> Iterator[str]:
    """A host beside the platform: keeps what it is sent, or, where it keeps nothing, is a proxy that refuses and echoes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _address = server.accept()
                    with connection:
                        connection.settimeout(5)
                        content = connection.recv(65536)
                        if keep is not None:
                            with keep.open("ab") as file:
                                file.write(content)
                            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")
                            continue
                        found = re.search(rb"(?i)proxy-authorization: *(.*)\r\n", content)
                        echo = found[1] if found else b"no password"
                        connection.sendall(b"HTTP/1.1 407 Not " + echo + b"\r\nX-Echo: " + echo + b"\r\n\r\n" + echo)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


@contextlib.contextmanager
def _watched(place: Path) -> Iterator[None]:
    """Keeps every file that comes and goes below the home and the temporary folder, by a second link to it."""
    over = threading.Event()
    seen = place / "seen"
    seen.mkdir()

    def watch() -> None:
        known: set[int] = set()
        while not over.wait(0.005):
            for folder in (place / "home", place / "tmp"):
                for path, _folders, files in os.walk(folder):
                    for name in files:
                        with contextlib.suppress(OSError):
                            number = os.stat(os.path.join(path, name)).st_ino
                            if number not in known:
                                os.link(os.path.join(path, name), seen / f"{len(known):04d}-{name}")
                                known.add(number)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
