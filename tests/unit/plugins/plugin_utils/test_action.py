# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task runs, what of its result is passed on, and what is displayed: on standard error, and nothing of a no_log task."""

from __future__ import annotations

import copy
import json
import os

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.utils.display import Display
from support import actions
from support.in_process import NO_AUTHORITIES, Simulation

from ansible_collections.cloudelements.freshdesk.plugins.action import instance, instance_info, instances, token_file
from ansible_collections.cloudelements.freshdesk.plugins.module_utils import _tasks
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _action
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._seal import SealError

SECRETS = {"user_secret": "user/secret+of=one", "organization_secret": "organization/secret+of=acme"}
PLATFORM = {**SECRETS, "base_url": "https://platform.example", "ca_path": NO_AUTHORITIES}
ACME = {"name": "acme", "subdomain": "acme", "api_key": "SENTINEL-of-acme"}
KINDS = {
    "instance": (instance.ActionModule, ACME),
    "instances": (instances.ActionModule, {"instances": [ACME], "concurrency": 1}),
    "instance_info": (instance_info.ActionModule, {}),
}
IN_PROCESS, SENT = {}, {"transport": "ssh"}


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """What is displayed: pairs of a text, and whether it goes to standard error."""
    said = []
    monkeypatch.setattr(
        Display, "display", lambda _self, text, *_args, stderr=False, **_more: said.append((text, stderr))
    )
    monkeypatch.setattr(Display(), "verbosity", 0)
    return said


@pytest.fixture(autouse=True)
def simulation(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CLOUDELEMENTS_")]:
        monkeypatch.delenv(name)
    simulation = Simulation()
    monkeypatch.setattr(_tasks, "Transport", simulation.connect)
    return simulation


def made(kind="instance", how=None, **options):
    """A plugin of ours for a task with these options of its module; C(how) are keywords."""
    plugin, given = KINDS[kind]
    return actions.made(plugin, {**PLATFORM, **given, **options}, **(how or IN_PROCESS))


# Where it runs


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_runs_in_the_process_where_the_connection_is_local(kind, simulation):
    result = made(kind).run(task_vars={})

    assert not result.get("failed"), result["msg"]
    assert simulation.calls() != []


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"transport": "ssh"}, "its connection is ssh"),
        ({"become": object()}, "it uses become"),
        ({}, "the Python that runs Ansible has no requests"),
    ],
    ids=["ssh", "become", "no requests"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_elsewhere_with_become_and_without_requests_the_module_is_sent(monkeypatch, shown, simulation, kind, how, why):
    monkeypatch.setattr(Display(), "verbosity", 2)
    if not how:
        monkeypatch.setattr(_action, "requests", None)
    action = made(kind, how)
    modules = actions.sent(action, {"changed": False})

    assert action.run(task_vars={"a": 1}) == {"changed": False}
    assert [(one["module_name"], one["task_vars"]) for one in modules] == [
        (f"cloudelements.freshdesk.{kind}", {"a": 1})
    ]
    assert simulation.calls() == []
    assert shown == [(f"cloudelements.freshdesk.{kind}: sent to the host because {why}", True)]


def test_that_a_task_ran_in_the_process_is_said_from_vv_on(monkeypatch, shown):
    made().run()
    assert shown == []
    monkeypatch.setattr(Display(), "verbosity", 2)
    made().run()
    assert shown == [("cloudelements.freshdesk.instance: ran in the controller's process", True)]


def test_a_module_is_not_sent_with_an_environment_that_core_would_quote():
    action = made(how={**SENT, "environment": ["SENTINEL"]})

    message = action.run()["msg"]
    assert message.startswith("environment of the task ")
    assert "SENTINEL" not in message


def test_a_token_file_is_written_on_the_controller_for_any_host():
    action = actions.made(token_file.ActionModule, {**PLATFORM, "path": "x"}, transport="ssh", become=object())
    assert action.why_sent() is None


@pytest.mark.parametrize("how", [IN_PROCESS, SENT], ids=["in process", "sent"])
@pytest.mark.parametrize("kind", [*KINDS, "token_file"])
def test_async_is_refused_with_the_reason_before_anything_runs(kind, how, simulation):
    plugin, given = KINDS.get(kind, (token_file.ActionModule, {"path": "x"}))
    action = actions.made(plugin, {**PLATFORM, **given}, **how, async_val=60)

    with pytest.raises(AnsibleActionFail, match=r"would contain the token in clear text.*remove async"):
        action.run()
    assert simulation.calls() == []
    assert action._task.args == {}


# Arguments


def test_core_has_no_arguments_to_hand_to_callbacks_once_the_task_is_done_and_a_retry_has_them_again(simulation):
    first, second = made(), made()
    second._task = first._task

    for attempt in (first, second):
        attempt._task.module_defaults = [{"group/x": {"user_secret": "SENTINEL"}}]
        assert attempt.run()["name"] == "acme"
        assert (attempt._task.args, attempt._task.module_defaults) == ({}, [])


@pytest.mark.parametrize("how", [IN_PROCESS, SENT], ids=["in process", "sent"])
@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("instance", {"api_key": "SENTINE"}, "api_key is shorter than 8 characters"),
        ("instance", {"user_secret": "SENTINE"}, "user_secret is shorter than 8 characters"),
        ("instance", {"organization_secret": "SENTINEL\n2"}, "organization_secret contains a line break"),
        ("instance", {"events": {"signature_key": "SENTINE"}}, "events.signature_key is shorter than 8"),
        ("instance", {"id": "SENTINEL"}, "id must be of type int."),
        ("instance", {"state": "SENTINEL"}, "state must be one of present, absent."),
        ("instance_info", {"concurrency": "SENTINEL"}, "concurrency must be of type int."),
        ("instances", {"on_error": "SENTINEL"}, "on_error must be one of continue, stop."),
        ("instances", {"progress": "SENTINEL"}, "progress must be one of all, changes, none."),
        (
            "instances",
            {"instances": [ACME, {"name": "b", "subdomian": "SENTINEL"}]},
            "entry 2 (b): subdomian is not an option",
        ),
        ("instances", {"instances": [{"name": "a", "api_key": "SENTINE"}]}, "entry 1 (a): api_key is shorter than 8"),
        ("instances", {"instances": ["SENTINEL"]}, "entry 1: it is not a mapping of options"),
        ("instances", {"instances": "SENTINEL"}, "instances must be a list"),
        ("instances", {"instances": [ACME, ACME]}, "entry 1 and entry 2 have the same name (acme)"),
        ("instances", {"instances": [{"id": -1}]}, "the placeholder of a dry run"),
    ],
    ids=str,
)
def test_what_is_wrong_is_reported_without_the_value_before_anything_is_sent(
    simulation, shown, how, kind, options, says
):
    result = made(kind, how, **options).run()

    assert says in result["msg"]
    assert (result["failed"], result["changed"], result["error"]["state"]) == (True, False, "failed")
    assert "SENTINEL" not in json.dumps(result)
    assert simulation.calls() == []
    assert shown == []


@pytest.mark.parametrize("how", [IN_PROCESS, SENT], ids=["in process", "sent"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_option_that_does_not_exist_is_answered_with_the_nearest_one(simulation, kind, how):
    result = made(kind, how, timout=5).run()

    assert result["msg"] == (
        f"Unsupported parameters for (cloudelements.freshdesk.{kind}) module: timout is not an option: perhaps you "
        "mean timeout."
    )
    assert simulation.calls() == []


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("instance", {"name": None}, "one of the following is required: name, id"),
        ("instances", {"instances": None}, "missing required arguments: instances"),
    ],
)
def test_what_core_refuses_is_reported_in_its_words(simulation, kind, options, says):
    result = made(kind, **options).run()

    assert result["msg"].startswith(says)
    assert result["error"]["message"] == result["msg"]
    assert simulation.calls() == []


def test_what_is_null_counts_as_left_out_and_is_not_sent():
    entry = {"name": "acme", "state": None, "events": {"poller": None, "enabled": True}, "configuration": {"a.b": "c"}}
    action = made("instances", SENT, instances=[entry], max_deletes=None, concurrency=None)
    modules = actions.sent(action, {"changed": False})
    action.run()

    assert modules[0]["arguments"] == {
        **PLATFORM,
        "instances": [{"name": "acme", "events": {"enabled": True}, "configuration": {"a.b": "c"}}],
    }


def test_a_dry_run_may_use_the_placeholder_of_an_earlier_one(simulation):
    result = made("instances", {"check_mode": True}, instances=[{"id": -1, "tags": []}]).run()
    assert result["summary"] == {"updated": 1}


# Results


@pytest.mark.parametrize("how", [IN_PROCESS, SENT], ids=["in process", "sent"])
def test_every_token_is_sealed_whether_the_task_fails_or_not(simulation, how):
    for kind in ("instance", "instances"):
        action = made(kind, how)
        token = "SENTINEL-token/of+acme="
        if how:
            result = {
                "failed": True,
                "changed": True,
                "msg": "why",
                "error": {},
                "token": token,
                "tokens": {"acme": token},
            }
            actions.sent(action, result)
            registered = action.run()
        else:
            registered = action.run()
            token = simulation.the("acme")["token"]
        sealed = registered["token"] if kind == "instance" else registered["tokens"]["acme"]

        assert str(sealed) == token
        assert token not in json.dumps(sealed, cls=AnsibleJSONEncoder)


@pytest.mark.parametrize("kind", ["instance", "instances"])
def test_a_seal_that_does_not_hold_hides_the_whole_result(monkeypatch, shown, kind):
    def broken(_plain):
        raise SealError("withheld")

    monkeypatch.setattr({"instance": instance, "instances": instances}[kind], "seal", broken)
    with pytest.raises(SealError, match="withheld"):
        made(kind).run()
    assert "SENTINEL" not in str(shown)


def test_the_raw_output_of_a_module_that_died_is_withheld():
    died = {
        "failed": True,
        "module_stdout": "SENTINEL",
        "module_stderr": "SENTINEL",
        "exception": "SENTINEL",
        "msg": "SENTINEL",
    }
    for rc, says in ((137, "exit status 137"), (None, "exit status unknown")):
        action = made(how=SENT)
        actions.sent(action, {**died, **({"rc": rc} if rc else {})})
        result = action.run()

        assert "SENTINEL" not in str(result)
        assert (result["failed"], result["error"]["state"]) == (True, "unknown")
        assert says in result["msg"]
        assert "Python interpreter" in result["msg"]


def test_what_core_refuses_on_the_host_keeps_its_message_and_loses_the_arguments():
    action = made(how=SENT)
    actions.sent(
        action, {"failed": True, "msg": "missing: name", "exception": "SENTINEL", "invocation": {"x": "SENTINEL"}}
    )
    result = action.run()

    assert (result["failed"], result["msg"], result["error"]["state"]) == (True, "missing: name", "failed")
    assert "SENTINEL" not in str(result)


def test_a_failure_of_our_own_telling_is_passed_on_whole():
    told = {"failed": True, "changed": False, "msg": "why", "error": {"state": "failed"}, "diff": {"before": {}}}
    action = made(how=SENT)
    actions.sent(action, {**told, "invocation": {"module_args": {}}})
    assert action.run() == told


# What is displayed


DIFF = {"before": {"state": "absent"}, "after": {"state": "present"}, "before_header": "acme", "after_header": "acme"}
FAILED = {"failed": True, "changed": True, "msg": "why", "error": {}, "diff": DIFF}


@pytest.mark.parametrize("changes", [DIFF, [DIFF]])
def test_the_diff_of_a_failure_is_shown_since_core_does_not(shown, changes):
    action = made(how={**SENT, "diff": True})
    actions.sent(action, {**FAILED, "diff": copy.deepcopy(changes)})

    assert action.run()["diff"] == changes
    ((text, stderr),) = shown
    assert "+++ after: acme" in text
    assert stderr


@pytest.mark.parametrize(
    ("result", "how"),
    [
        (FAILED, {}),
        ({**FAILED, "failed": False}, {"diff": True}),
        ({**FAILED, "changed": False}, {"diff": True}),
        ({**FAILED, "diff": []}, {"diff": True}),
        # The task may yet count as one that did not fail, and then core shows the diff.
        (FAILED, {"diff": True, "failed_when": [False]}),
    ],
)
def test_any_other_diff_is_left_to_core(shown, result, how):
    action = made(how={**SENT, **how})
    actions.sent(action, result)
    action.run()
    assert shown == []


@pytest.mark.parametrize(
    ("options", "how", "lines"),
    [
        ({"progress": "all"}, {}, ["[1/3] same: unchanged", "[2/3] poor: failed", "[3/3] acme: created"]),
        ({"progress": "changes"}, {}, ["[2/3] poor: failed", "[3/3] acme: created"]),
        ({}, {}, ["[2/3] poor: failed", "[3/3] acme: created"]),
        (
            {"progress": "all"},
            {"check_mode": True},
            ["[1/3] acme: would create", "[2/3] same: unchanged", "[3/3] poor: failed"],
        ),
    ],
    ids=str,
)
def test_a_fleet_has_a_line_a_tenant_and_a_last_one_on_standard_error(shown, simulation, options, how, lines):
    simulation.platform.add_instances([{"name": "same"}])
    made("instances", how, instances=[ACME, {"name": "same"}, {"name": "poor"}], **options).run()

    dry = " (dry run)" if how else ""
    assert "\n".join(text for text, _stderr in shown).split("\n") == [
        *lines,
        f"3 tenants: 1 failed, 1 created, 1 unchanged{dry}",
    ]
    assert all(stderr for _text, stderr in shown)


def test_with_progress_none_nothing_is_displayed(shown):
    assert made("instances", progress="none").run()["changed"]
    assert shown == []


def test_all_tenants_have_a_line_on_a_terminal(shown, simulation, monkeypatch):
    from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _progress

    monkeypatch.setattr(_progress, "ON_TERMINAL", True)
    simulation.platform.add_instances([{"name": "same"}])
    made("instances", instances=[{"name": "same"}]).run()
    assert shown[0] == ("[1/1] same: unchanged", True)


@pytest.mark.parametrize("how", [IN_PROCESS, SENT], ids=["in process", "sent"])
def test_nothing_of_a_no_log_task_is_displayed(monkeypatch, shown, simulation, how):
    monkeypatch.setattr(Display(), "verbosity", 5)
    entries = [ACME, {**ACME, "name": "beta", "verify": True}]
    action = made("instances", {**how, "no_log": True, "diff": True}, instances=entries, progress="all")
    if how:
        module = {**FAILED, "outcomes": [{}], "summary": {"failed": 1}, "warnings": ["acme"], "exception": "acme"}
        actions.sent(action, module)
    result = action.run()

    # Core displays these three of any task.
    assert result["msg"].startswith("The task failed, and no_log hides why")
    assert not {"warnings", "exception"} & set(result)
    assert result["outcomes"]
    assert shown == []


def test_warnings_are_part_of_the_result(simulation):
    result = made("instances", instances=[ACME, {**ACME, "name": "beta"}]).run()
    assert result["warnings"] == ["acme, beta have the same subdomain (acme): two instances of one Freshdesk account."]
