# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task in the controller's process: its environment, the session of a loop, and that nothing is sent once it has ended."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import subprocess
import sys
import threading
import warnings
from types import SimpleNamespace

import pytest
from ansible.errors import AnsibleUndefinedVariable
from support import actions
from support.in_process import NO_AUTHORITIES

from ansible_collections.cloudelements.freshdesk.plugins.action.instance import ActionModule
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._session import Session, Stopped
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._tasks import Task
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._workers import Workers
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _in_process
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._in_process import environment_of, run_in_process

PLATFORM = {
    "user_secret": "user/secret+of=one",
    "organization_secret": "organization/secret+of=acme",
    "base_url": "https://platform.example",
    "ca_path": NO_AUTHORITIES,
}
OPTIONS = {"name": {"type": "str"}}


class Timeout(BaseException):
    """What core ends a task with that takes too long."""


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """The sessions that are kept, none at first."""
    kept = {}
    monkeypatch.setattr(_in_process, "_kept", kept)
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    return kept


def run(work, environment=None, **options):
    """The result of a task that does this."""
    task = Task("any", OPTIONS, work)
    return run_in_process(task, {**PLATFORM, **options}, environment or {}, check_mode=False, progress=None)


def session_of(environment=None, workers=1, **options):
    """The session that a task gets."""
    seen = []

    def work(params, context):
        seen.append(context.transport(params, workers=workers).session)
        return {"changed": False}

    assert run(work, environment, **options) == {"changed": False}
    return seen[0]


# The keyword environment


def test_the_environment_counts_for_the_options_and_is_undone_afterwards(monkeypatch):
    monkeypatch.setenv("CLOUDELEMENTS_TIMEOUT", "7")
    seen = []

    def work(params, context):
        seen.append((params["timeout"], params["element"], os.environ.get("OF_THE_TASK")))
        return {"changed": False}

    run(work, {"CLOUDELEMENTS_TIMEOUT": "9", "OF_THE_TASK": "x"})
    run(work)
    assert seen == [(9, "freshdeskv2", "x"), (7, "freshdeskv2", None)]
    assert os.environ["CLOUDELEMENTS_TIMEOUT"] == "7"


@pytest.mark.parametrize("error", [Timeout, ValueError, Refused("why.")])
def test_the_environment_is_restored_however_the_task_ends(error):
    def work(params, context):
        raise error

    with contextlib.suppress(Timeout):
        run(work, {"OF_THE_TASK": "x"})
    assert "OF_THE_TASK" not in os.environ


def test_what_an_interrupted_task_could_not_undo_the_next_one_undoes(monkeypatch):
    monkeypatch.setenv("OF_ANOTHER", "as it was")
    monkeypatch.setattr(_in_process, "_replaced", {"OF_ANOTHER": "as it was", "OF_THE_TASK": None})
    monkeypatch.setenv("OF_THE_TASK", "left")
    os.environ["OF_ANOTHER"] = "left"
    run(lambda params, context: {"changed": False})
    assert (os.environ.get("OF_ANOTHER"), os.environ.get("OF_THE_TASK")) == ("as it was", None)


def of(environment):
    return environment_of(actions.made(ActionModule, {}, environment=environment))


def test_the_environment_is_what_core_would_hand_to_a_shell():
    assert of(None) == of([]) == of([{}]) == {}
    assert of([{"A": "of the play", "B": 1}, {"A": "of the task", "C": True, "D": ""}]) == {
        "A": "of the task",
        "B": "1",
        "C": "True",
        "D": "",
    }


@pytest.mark.parametrize(
    "environment",
    [
        [{"A": "SENTINEL\0"}],
        [{"A": "SENTINEL\ud800"}],
        [{"A=B": "SENTINEL"}],
        [{"": "SENTINEL"}],
        [{"A B": "SENTINEL"}],
        [{1: "SENTINEL"}],
        ["SENTINEL"],
        [["SENTINEL"]],
    ],
    ids=repr,
)
def test_an_environment_that_no_shell_can_be_handed_is_refused_without_its_value(environment):
    with pytest.raises(Refused, match=r"^environment of the task ") as refused:
        of(environment)
    assert "SENTINEL" not in refused.value.message


def test_an_undefined_variable_is_left_to_core_to_name():
    from ansible.template import Templar

    try:
        from ansible.template import trust_as_template
    except ImportError:
        trust_as_template = str
    action = actions.made(ActionModule, {}, environment=[{"A": trust_as_template("{{ nowhere }}")}])
    assert isinstance(action._templar, Templar)
    with pytest.raises(AnsibleUndefinedVariable, match="nowhere"):
        environment_of(action)


def test_a_missing_secret_says_whose_environment_was_looked_at():
    result = run(lambda params, context: context.transport(params), user_secret="")
    assert "in the environment of the command that runs Ansible, or with the keyword environment" in result["msg"]


# The session of a loop


def test_the_items_of_a_loop_share_a_session():
    assert session_of() is session_of()


@pytest.mark.parametrize(
    "other",
    [
        {"environment": {"HTTPS_PROXY": "http://proxy.example:1"}},
        {"environment": {"REQUESTS_CA_BUNDLE": NO_AUTHORITIES}},
        {"user_secret": "user/secret+of=two"},
        {"base_url": "https://other.example"},
        {"timeout": 5},
        {"workers": 7},
    ],
    ids=str,
)
def test_another_connection_or_environment_has_another_session(other):
    first = session_of()

    assert session_of(**other) is not first
    assert session_of() is first


def test_a_process_that_was_forked_meanwhile_has_its_own(monkeypatch):
    first = session_of()
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert session_of() is not first


def test_at_most_four_are_kept_and_the_oldest_is_closed(kept):
    sessions = [session_of(timeout=number) for number in range(1, 7)]

    assert list(kept.values()) == sessions[2:]
    for session in sessions[:2]:
        with pytest.raises(Stopped):
            session.check()


def test_one_that_was_just_used_is_not_the_oldest(kept):
    first = session_of(timeout=1)
    for number in (2, 3, 4, 1, 5):
        session_of(timeout=number)
    assert first in kept.values()


def test_no_session_is_made_where_core_loads_the_plugin():
    """That process is the one that all tasks are forked from."""
    program = (
        "import gc, ssl, warnings\n"
        "filters = list(warnings.filters)\n"
        "from ansible_collections.cloudelements.freshdesk.plugins.action import instances, token_file\n"
        "from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _in_process\n"
        "import requests\n"
        "contexts = [one for one in gc.get_objects() if isinstance(one, (ssl.SSLContext, requests.Session))]\n"
        "print(_in_process._kept, gc.get_freeze_count(), gc.isenabled(), len(contexts))\n"
    )
    # urllib3 itself makes a context when it is imported, as for everybody who imports requests.
    before = subprocess.run(
        [
            sys.executable,
            "-c",
            "import gc, ssl, requests\nprint(len([o for o in gc.get_objects() if isinstance(o, ssl.SSLContext)]))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.strip() == f"{{}} 0 True {before}"


# The end of a task


def test_nothing_is_sent_once_core_has_ended_the_task_not_by_threads_either(kept):
    under_way, go_on, sent = threading.Semaphore(0), threading.Event(), []
    ended = []

    def work(params, context):
        session = context.transport(params, workers=3).session

        def step(number):
            try:
                session.check()
                sent.append(number)
                under_way.release()
                go_on.wait(10)
                session.check()
                sent.append("too late")
            except Stopped:
                ended.append(number)
                raise

        with Workers(3) as workers:
            for number in range(3):
                workers.start(step, number)
            for _thread in range(3):
                under_way.acquire()
            raise Timeout

    with pytest.raises(Timeout):
        run(work)
    go_on.set()
    for _attempt in range(500):
        if len(ended) == 3:
            break
        threading.Event().wait(0.01)
    assert sorted(ended) == [0, 1, 2]
    assert len(sent) == 3
    assert kept == {}


def test_a_connection_that_took_until_after_the_end_is_not_used(monkeypatch):
    session = Session(_connection("http://127.0.0.1:1"))
    pool = session.adapter.poolmanager.connection_from_url("http://127.0.0.1:1")
    connection = pool.ConnectionCls("127.0.0.1", 1)
    base = type(connection).__mro__[1]
    monkeypatch.setattr(base, "connect", lambda self: session.stop())
    with pytest.raises(Stopped):
        connection.connect()


def test_where_ansible_playbook_is_gone_the_task_fails_and_nothing_is_begun(monkeypatch, kept):
    def work(params, context):
        session = context.transport(params).session
        monkeypatch.setattr(os, "getppid", lambda: 1)
        session.check()

    monkeypatch.setattr(os, "getppid", lambda: 7)
    result = run(work)
    assert (result["failed"], result["msg"]) == (True, "ansible-playbook has ended, so nothing more was started.")
    assert kept == {}


def test_that_ansible_playbook_was_gone_before_the_first_request_is_seen_too(monkeypatch):
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: SimpleNamespace(pid=os.getppid() + 1))
    result = run(lambda params, context: context.transport(params).session.check())
    assert result["msg"] == "ansible-playbook has ended, so nothing more was started."


def test_an_unexpected_error_is_a_sentence_as_in_a_module():
    result = run(lambda params, context: 1 / 0)

    assert result["failed"]
    assert "This is a bug in cloudelements.freshdesk (ZeroDivisionError at test_in_process.py:" in result["msg"]


def test_what_a_library_warns_of_does_not_reach_standard_error_and_the_filters_stay(capsys):
    filters = list(warnings.filters)

    def work(params, context):
        warnings.warn("Unverified HTTPS request", stacklevel=1)
        return {"changed": False}

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(work)
    assert caught == []
    assert capsys.readouterr().err == ""
    assert warnings.filters == filters


@pytest.mark.parametrize("collecting", [True, False])
@pytest.mark.parametrize("error", [None, Timeout])
def test_the_garbage_collector_rests_during_the_task_and_is_as_it_was_afterwards(collecting, error):
    seen = []

    def work(params, context):
        seen.append(gc.isenabled())
        if error is not None:
            raise error
        return {"changed": False}

    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        with contextlib.suppress(Timeout):
            run(work)
        assert (seen, gc.isenabled()) == ([False], collecting)
    finally:
        (gc.enable if before else gc.disable)()


def test_no_tls_context_is_made_for_a_platform_without_tls(monkeypatch):
    import ssl

    monkeypatch.setattr(ssl, "create_default_context", lambda *_args, **_more: pytest.fail("a context was made"))
    Session(_connection("http://127.0.0.1:1"))


def _connection(base_url):
    from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import CONNECTION_SPEC, Connection

    defaults = {name: spec.get("default") for name, spec in CONNECTION_SPEC.items()}
    return Connection.from_params({**defaults, **PLATFORM, "base_url": base_url})
