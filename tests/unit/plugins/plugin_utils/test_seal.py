# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seal holds on the ansible-core that runs this: whoever prints sees nothing, whoever templates gets the value."""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
from types import SimpleNamespace

import pytest
import yaml
from ansible.executor import task_result
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.yaml.dumper import AnsibleDumper
from ansible.plugins.callback import CallbackBase
from ansible.release import __version__ as core_version
from ansible.template import Templar

from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _seal
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._seal import SealError, seal

TOKEN = "SENTINEL-token/of+acme="

try:  # ansible-core 2.19 and newer take for a template only what is trusted
    from ansible.template import trust_as_template
except ImportError:
    trust_as_template = str


def template(text, **variables):
    return Templar(loader=DataLoader(), variables=variables).template(trust_as_template(text))


def as_callbacks_see_it(result):
    """What core hands to every callback: the display, the log, AWX."""
    task = SimpleNamespace(no_log=False, action="x", _uuid="1", ignore_errors=False)
    host = SimpleNamespace()
    if not hasattr(task_result, "CallbackTaskResult"):  # ansible-core 2.18
        return task_result.TaskResult(host, task, result, {}).clean_copy()._result
    try:  # 2.21 and newer
        from ansible._internal._task import UnifiedTaskResult
    except ImportError:
        return task_result._RawTaskResult(host, task, result, {}).as_callback_task_result().result
    return task_result.CallbackTaskResult(host, task, UnifiedTaskResult.from_action_result_dict(dict(result))).result


def test_a_template_gives_the_plain_value():
    assert template("{{ r.token }}", r={"token": seal(TOKEN)}) == TOKEN
    assert template("Element {{ r.token }}", r={"token": seal(TOKEN)}) == f"Element {TOKEN}"
    assert template("{{ r.token | length }}", r={"token": seal(TOKEN)}) in (len(TOKEN), str(len(TOKEN)))
    assert template("{{ tokens['acme'] }}", tokens={"acme": seal(TOKEN)}) == TOKEN


def test_the_value_itself_is_the_plain_one_for_who_asks_for_it():
    assert str(seal(TOKEN)) == TOKEN
    assert seal(TOKEN) == TOKEN


@pytest.mark.parametrize("verbosity", [0, 4])
def test_no_callback_sees_it(verbosity, monkeypatch):
    result = {"changed": True, "token": seal(TOKEN), "tokens": {"acme": seal(TOKEN)}, "list": [seal(TOKEN)]}
    seen = as_callbacks_see_it(result)
    callback = CallbackBase()
    monkeypatch.setattr(callback._display, "verbosity", verbosity)

    assert TOKEN not in callback._dump_results(seen)
    assert TOKEN not in callback._dump_results(seen, indent=4, keep_invocation=True)


RESTS_ON = {
    "the plain value can be put into an encrypted string": lambda: str(seal(TOKEN)) == TOKEN,
    "a template opens it": lambda: template("Element {{ r.token }}", r={"token": seal(TOKEN)}) == f"Element {TOKEN}",
    "callback plugins get results without the plain value": lambda: (
        TOKEN
        not in CallbackBase()._dump_results(as_callbacks_see_it({"token": seal(TOKEN), "tokens": {"a": seal(TOKEN)}}))
    ),
    "the JSON of it is its ciphertext": lambda: "__ansible_vault" in json.dumps(seal(TOKEN), cls=AnsibleJSONEncoder),
    "it comes sealed, and with its plain value, from the process of a worker": lambda: (
        str(through_a_queue(seal(TOKEN))) == TOKEN
        and TOKEN not in json.dumps(through_a_queue(seal(TOKEN)), cls=AnsibleJSONEncoder)
    ),
    "what is registered as a secret is masked": lambda: mask_secrets(str(seal(TOKEN))) != TOKEN,
}
try:  # ansible-core 2.22 and newer
    from ansible.module_utils.secrets import mask_secrets
except ImportError:
    del RESTS_ON["what is registered as a secret is masked"]


def check_what_sealing_rests_on():
    """Raises AssertionError, naming what this ansible-core no longer does."""
    changed = []
    for what, holds in RESTS_ON.items():
        try:
            kept = holds()
        except Exception as error:
            what, kept = f"{what} ({type(error).__name__})", False
        if not kept:
            changed.append(what)
    assert not changed, (
        f"ansible-core {core_version} has changed what sealing rests on. No longer so: {'; '.join(changed)}. "
        "Mend plugins/plugin_utils/_seal.py, then run nox -s secrets, before this release is called supported."
    )


def test_this_ansible_core_keeps_all_that_sealing_rests_on():
    check_what_sealing_rests_on()


@pytest.mark.parametrize(
    ("instead", "says"), [(str, "the JSON of it is its ciphertext"), (lambda _plain: 1 / 0, "ZeroDivisionError")]
)
def test_an_unsupported_core_is_named_in_the_error(monkeypatch, instead, says):
    monkeypatch.setitem(globals(), "seal", instead)

    with pytest.raises(AssertionError, match=r"ansible-core [\d.]+.* has changed what sealing rests on") as told:
        check_what_sealing_rests_on()
    assert says in str(told.value)


@pytest.mark.parametrize("options", [{}, {"preprocess_unsafe": True}])
def test_the_json_of_core_shows_a_ciphertext_that_holds_nothing(options):
    text = json.dumps({"token": seal(TOKEN)}, cls=AnsibleJSONEncoder, **options)

    assert TOKEN not in text
    assert json.loads(text)["token"]["__ansible_vault"].startswith("$ANSIBLE_VAULT;1.1;AES256")


def test_plain_json_refuses_it_rather_than_showing_it():
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(seal(TOKEN))


def test_the_yaml_of_core_shows_the_ciphertext():
    text = yaml.dump({"token": seal(TOKEN)}, Dumper=AnsibleDumper)

    assert TOKEN not in text
    assert "!vault" in text


@pytest.mark.skipif(_seal.EncryptedString is None, reason="before 2.19 the plain value is its repr")
def test_its_repr_shows_nothing():
    assert "SENTINEL" not in repr({"token": seal(TOKEN)})


def through_a_queue(value):
    """From the process of a worker to that of the play, as core sends results."""
    queue = multiprocessing.get_context("fork").SimpleQueue()
    queue.put(value)
    return queue.get()


@pytest.mark.parametrize(
    "carry",
    [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value)), through_a_queue],
    ids=["copy", "deepcopy", "pickle", "queue"],
)
def test_it_is_sealed_still_and_opens_still_where_core_carries_it(carry):
    carried = carry({"token": seal(TOKEN)})

    assert template("{{ r.token }}", r=carried) == TOKEN
    assert TOKEN not in json.dumps(carried, cls=AnsibleJSONEncoder)
    assert TOKEN not in CallbackBase()._dump_results(as_callbacks_see_it(carried))


def test_each_value_keeps_its_own_plain_text_under_the_one_ciphertext():
    first, second = seal("SENTINEL-first"), seal("SENTINEL-second")

    assert (str(first), str(second)) == ("SENTINEL-first", "SENTINEL-second")
    assert json.dumps(first, cls=AnsibleJSONEncoder) == json.dumps(second, cls=AnsibleJSONEncoder)


@pytest.mark.parametrize("plain", ["", "check-mode-placeholder", "a b\n{{ 1 + 1 }}", "töken", "\U0001f511" * 3])
def test_any_text_comes_back_as_it_was_and_is_never_a_template(plain):
    assert str(seal(plain)) == plain
    assert template("{{ token }}", token=seal(plain)) == plain


def test_it_is_registered_where_core_masks_what_is_registered(monkeypatch):
    seen = []
    monkeypatch.setattr(_seal, "register_secret", seen.append)
    seal(TOKEN)
    assert seen == [TOKEN]


@pytest.mark.parametrize("says", ["another", None])
def test_a_core_that_no_longer_keeps_what_the_seal_rests_on_gets_no_token_at_all(monkeypatch, says):
    class Forgetful:
        def __init__(self, ciphertext):
            pass

        def __str__(self):
            if says is None:
                raise ValueError("no vault password")
            return says

    if _seal.EncryptedString is None:
        monkeypatch.setattr(_seal.objects, "AnsibleVaultEncryptedUnicode", Forgetful)
    else:
        monkeypatch.setattr(_seal, "EncryptedString", Forgetful)
    with pytest.raises(SealError, match="the token is withheld") as refused:
        seal(TOKEN)
    assert TOKEN not in str(refused.value)
