# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token file: what enters and leaves it, who may touch it, and that it is never in clear and never half written."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._errors import FreshdeskError, Refused
from ansible_collections.cloudelements.freshdesk.plugins.module_utils._options import Connection
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils import _token_file
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._seal import seal
from ansible_collections.cloudelements.freshdesk.plugins.plugin_utils._token_file import TokenFile

PASSWORD = "the-password-of-the-vault"
CONNECTION = Connection(
    base_url="https://platform.example/elements/api-v2",
    user_secret="user/secret+of=one",
    organization_secret="organization/secret+of=acme",
    validate_certs=True,
    ca_path=None,
    timeout=60,
    retry_timeout=300,
    element="freshdeskv2",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.yml"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fingerprint's price is not what is tested here, and nothing waits long for a lock."""
    monkeypatch.setattr(_token_file, "ROUNDS", 2)
    monkeypatch.setattr(_token_file, "PATIENCE", 0.0)


def token_file(path: Path, password: str | None = PASSWORD, **changes: Any) -> TokenFile:
    return TokenFile(str(path), password, replace(CONNECTION, **changes))


def outcome(name: str | None, number: int | None, action: str = "created", **more: Any) -> dict[str, Any]:
    gone = action == "deleted" or number is None
    return {"name": name, "id": number, "action": action, "instance": None if gone else {"name": name}, **more}


def result(*outcomes: dict[str, Any], pruned: Any = (), **tokens: str) -> dict[str, Any]:
    """What ``instances`` would register; a token that is not given is made of name and id."""
    there = [one for one in outcomes if one["instance"] is not None]
    return {
        "outcomes": list(outcomes),
        "ids": {one["name"]: one["id"] for one in there},
        "tokens": {one["name"]: seal(tokens.get(one["name"], f"token-of-{one['name']}-{one['id']}")) for one in there},
        "pruned": list(pruned),
    }


def write(path: Path, *outcomes: dict[str, Any], check_mode: bool = False, **more: Any) -> tuple[Any, bool]:
    return token_file(path).update(result(*outcomes, **more), check_mode=check_mode)


def in_clear(path: Path, password: str = PASSWORD) -> Any:
    text = VaultLib([("default", VaultSecret(password.encode()))]).decrypt(path.read_bytes())
    return yaml.load(text, Loader=_token_file._Loader)


def entries(path: Path) -> dict[str, int]:
    """The ids by name; the tokens must be those that ``result`` made."""
    found = in_clear(path)["freshdesk_tokens"]
    assert all(entry["token"] == f"token-of-{name}-{entry['id']}" for name, entry in found.items())
    return {name: entry["id"] for name, entry in found.items()}


def encrypt(path: Path, data: Any, password: str = PASSWORD) -> None:
    text = data if isinstance(data, str) else yaml.safe_dump(data)
    path.write_bytes(VaultLib([("default", VaultSecret(password.encode()))]).encrypt(text))


def refusal_of(call: Any) -> str:
    """The sentence; it is one, and quotes no secret."""
    with pytest.raises(FreshdeskError) as caught:
        call()
    message = caught.value.message
    assert message.endswith(".")
    assert not re.search(r"[.!?] [A-Z]|token-of|\n", message)
    for secret in (PASSWORD, CONNECTION.user_secret, CONNECTION.organization_secret):
        assert secret not in message
    return message


# --- what enters, and what leaves -----------------------------------------------------------------------------------------


def test_a_first_run_writes_ids_and_tokens_that_ansible_can_load(path: Path) -> None:
    change, changed = write(path, outcome("b", 2), outcome("a", 1))
    assert changed
    assert (change.added, change.updated, change.dropped) == (["a", "b"], [], [])
    data = in_clear(path)
    assert list(data) == ["freshdesk_tokens_about", "freshdesk_tokens"]
    assert list(data["freshdesk_tokens"].items()) == [
        ("a", {"id": 1, "token": "token-of-a-1"}),
        ("b", {"id": 2, "token": "token-of-b-2"}),
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_run_with_nothing_to_change_leaves_the_file_untouched(path: Path) -> None:
    write(path, outcome("a", 1))
    before = (path.read_bytes(), path.stat().st_ino)
    _change, changed = write(path, outcome("a", 1, "unchanged"))
    assert not changed
    assert (path.read_bytes(), path.stat().st_ino) == before


def test_a_failed_tenant_whose_instance_does_not_exist_keeps_its_entry_and_never_gets_one(path: Path) -> None:
    write(path, outcome("a", 1), outcome("b", 2))
    write(path, outcome("a", None, "failed"), outcome("new", None, "failed"), outcome("b", 3))
    assert entries(path) == {"a": 1, "b": 3}


def test_the_token_of_an_instance_that_exists_is_kept_although_its_tenant_failed(path: Path) -> None:
    write(path, outcome("replaced", 1), outcome("old", 2))
    write(path, outcome("replaced", 9, "failed"), outcome("new", 8, "failed"), outcome("renamed", 2, "failed"))
    assert entries(path) == {"replaced": 9, "new": 8, "renamed": 2}


def test_deleted_and_pruned_tenants_go_and_those_not_mentioned_stay(path: Path) -> None:
    write(path, *(outcome(name, number) for number, name in enumerate("abcde", 1)))
    change, _changed = write(
        path,
        outcome("a", 1, "deleted"),
        outcome(None, 2, "deleted"),
        outcome("c", None, "unchanged"),
        pruned=[{"id": 4, "name": "d"}],
    )
    assert change.dropped == ["a", "b", "c", "d"]
    assert entries(path) == {"e": 5}


def test_what_another_id_of_the_same_name_loses_is_not_lost_by_the_entry(path: Path) -> None:
    write(path, outcome("a", 1))
    write(path, outcome("a", 7, "deleted"), pruned=[{"id": 8, "name": "a"}])
    assert entries(path) == {"a": 1}


def test_a_renamed_instance_leaves_no_entry_of_its_old_name(path: Path) -> None:
    write(path, outcome("old", 1), outcome("x", 2), outcome("y", 3))
    change, _changed = write(path, outcome("new", 1, "updated"), outcome("y", 2, "updated"), outcome("x", 3, "updated"))
    assert (change.added, change.updated, change.dropped) == (["new"], ["x", "y"], ["old"])
    assert entries(path) == {"new": 1, "x": 3, "y": 2}


def test_instances_of_one_name_have_an_entry_each_by_id_as_in_ids_and_tokens(path: Path) -> None:
    write(path, outcome("a", 1, "unchanged"))
    both = {
        **result(outcome("a", 1, "unchanged"), outcome("a", 2, "updated"), outcome("b", 3)),
        "ids": {"1": 1, "2": 2, "b": 3},
        "tokens": {"1": seal("token-of-1-1"), "2": seal("token-of-2-2"), "b": seal("token-of-b-3")},
    }
    change, _changed = token_file(path).update(both, check_mode=False)
    assert (change.added, change.dropped) == (["1", "2", "b"], ["a"])
    assert entries(path) == {"1": 1, "2": 2, "b": 3}
    write(path, outcome("a", 1, "unchanged"))
    assert entries(path) == {"2": 2, "a": 1, "b": 3}


def test_an_instance_whose_token_the_platform_does_not_show_keeps_its_entry(path: Path) -> None:
    write(path, outcome("a", 1))
    registered = result(outcome("a", 1, "updated"), outcome("b", 2))
    registered["tokens"] = {}
    _change, changed = token_file(path).update(registered, check_mode=False)
    assert not changed
    assert entries(path) == {"a": 1}


@pytest.mark.parametrize(
    "registered",
    [
        {"failed": True, "error": {}, "msg": "no"},
        {"failed": False, "failed_when_result": False, "msg": "no"},
        {"failed": True},
        {"failed": False, "skipped": True},
        {"unreachable": True},
    ],
)
def test_a_result_that_did_nothing_changes_nothing(path: Path, registered: dict[str, Any]) -> None:
    write(path, outcome("a", 1))
    _change, changed = token_file(path).update(registered, check_mode=False)
    assert not changed


@pytest.mark.parametrize(
    "registered",
    [
        {},
        {"outcomes": {}},
        {"outcomes": ["a"]},
        {"failed": False, "skipped": False, "msg": "All items completed", "results": []},
        {"failed": False, "action": "created", "id": 1, "instance": {}},  # of the module instance
        {"failed": False, "instances": []},
    ],
)
def test_what_is_no_result_of_instances_is_refused(path: Path, registered: dict[str, Any]) -> None:
    assert "name the variable that it registered" in refusal_of(
        lambda: token_file(path).update(registered, check_mode=False)
    )
    assert not path.exists()


def test_names_and_tokens_that_look_like_templates_or_yaml_come_back_as_they_were(path: Path) -> None:
    names = ["{{ 1+1 }}", "yes", "1", "null", "a: b", "<script>", "\u202eevil", "ünï «»", "'\"", "- x", "x" * 300]
    tokens = {name: f"{{{{ lookup('pipe', 'id') }}}}{number}" for number, name in enumerate(names)}
    registered = result(*(outcome(name, number) for number, name in enumerate(names, 1)))
    registered["tokens"] = {name: seal(token) for name, token in tokens.items()}
    token_file(path).update(registered, check_mode=False)
    found = in_clear(path)["freshdesk_tokens"]
    assert {name: entry["token"] for name, entry in found.items()} == tokens
    text = VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt(path.read_bytes()).decode()
    assert text.count("token: !unsafe ") == len(names)
    assert not token_file(path).update(registered, check_mode=False)[1]


# --- dry runs -------------------------------------------------------------------------------------------------------------


def test_a_dry_run_predicts_the_names_and_writes_nothing(path: Path) -> None:
    write(path, outcome("stays", 1), outcome("renewed", 2), outcome("goes", 3), outcome("fails", 4))
    before, listing = path.read_bytes(), sorted(os.listdir(path.parent))
    dry = result(
        outcome("stays", 1, "unchanged"),
        outcome("renewed", -1, pending=True),
        outcome("goes", 3, "deleted"),
        outcome("new", -1, pending=True),
        outcome("fails", None, "failed"),
        renewed="check-mode-placeholder",
        new="check-mode-placeholder",
    )
    change, changed = token_file(path).update(dry, check_mode=True)
    assert changed
    assert change.diff("PATH") == {
        "before": {"goes": "(set)", "renewed": "(set)"},
        "after": {"new": "(set)", "renewed": "(changed)"},
        "before_header": "PATH",
        "after_header": "PATH",
    }
    assert path.read_bytes() == before
    assert sorted(os.listdir(path.parent)) == listing


def test_a_dry_run_without_a_file_makes_neither_file_nor_lock(path: Path) -> None:
    _change, changed = write(path, outcome("a", -1, pending=True), check_mode=True)
    assert changed
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("pending", [True, False])
def test_placeholders_never_enter(path: Path, pending: bool) -> None:
    write(path, outcome("a", 1))
    before = path.read_bytes()
    assert "dry run" in refusal_of(lambda: write(path, outcome("b", -1, pending=pending)))
    assert "dry run" in refusal_of(lambda: write(path, outcome("b", 5), b="check-mode-placeholder"))
    assert path.read_bytes() == before


# --- whose file it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"password": "another-password"}, "cannot be decrypted"),
        ({"base_url": "https://other.example/elements/api-v2"}, "another platform"),
        ({"user_secret": "user/secret+of=two"}, "another user"),
    ],
)
def test_the_file_of_others_is_refused_and_left_alone(path: Path, changes: dict[str, str], word: str) -> None:
    write(path, outcome("a", 1))
    before = path.read_bytes()
    other = token_file(path, **changes)  # type: ignore[arg-type]
    assert word in refusal_of(lambda: other.update(result(outcome("b", 2)), check_mode=False))
    assert word in refusal_of(lambda: other.update(result(outcome("b", 2)), check_mode=True))
    assert word in refusal_of(other.check)
    assert path.read_bytes() == before


OURS = {
    "freshdesk_tokens_about": {
        "format": 1,
        "base_url": CONNECTION.base_url,
        "user": {"salt": "00", "fingerprint": "00"},
    },
    "freshdesk_tokens": {},
}


@pytest.mark.parametrize(
    "data",
    [
        "a: [",
        "just text",
        "!vault x",
        "\x00",
        {},
        {"a": 1},
        {**OURS, "mine": 1},
        {**OURS, "freshdesk_tokens": []},
        {**OURS, "freshdesk_tokens": {"a": {"id": "1", "token": "t"}}},
        {**OURS, "freshdesk_tokens": {"a": {"id": True, "token": "t"}}},
        {**OURS, "freshdesk_tokens": {"a": {"id": 1}}},
        {**OURS, "freshdesk_tokens": {1: {"id": 1, "token": "t"}}},
        {**OURS, "freshdesk_tokens_about": None},
        {**OURS, "freshdesk_tokens_about": {**OURS["freshdesk_tokens_about"], "format": 2}},
        {**OURS, "freshdesk_tokens_about": {**OURS["freshdesk_tokens_about"], "base_url": 1}},
        {
            **OURS,
            "freshdesk_tokens_about": {**OURS["freshdesk_tokens_about"], "user": {"salt": "zz", "fingerprint": "0"}},
        },
        {**OURS, "freshdesk_tokens_about": {**OURS["freshdesk_tokens_about"], "user": None}},
    ],
)
def test_an_encrypted_file_that_is_not_ours_is_refused_and_left_alone(path: Path, data: Any) -> None:
    encrypt(path, data)
    before = path.read_bytes()
    assert "not one that this module wrote" in refusal_of(lambda: write(path, outcome("a", 1)))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"plain: text\n", b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", b"$ANSIBLE_VAULT;x\n"]
)
def test_a_file_that_is_no_vault_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refusal_of(lambda: write(path, outcome("a", 1)))
    refusal_of(token_file(path).check)
    assert path.read_bytes() == content


def test_the_user_is_identified_by_a_salted_fingerprint_that_differs_between_files(tmp_path: Path) -> None:
    abouts = []
    for name in ("one", "two"):
        write(tmp_path / name, outcome("a", 1))
        abouts.append(in_clear(tmp_path / name)["freshdesk_tokens_about"])
        assert CONNECTION.user_secret not in str(abouts[-1])
    assert abouts[0]["user"]["salt"] != abouts[1]["user"]["salt"]
    assert abouts[0]["user"]["fingerprint"] != abouts[1]["user"]["fingerprint"]


# --- the password ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password", [None, "", "short", " a blank before it", "a-blank-after-it\n", "line\nbreak", "\ud800" * 9]
)
def test_a_password_that_would_not_do_is_refused_before_anything_is_written(path: Path, password: str | None) -> None:
    assert "vault_password" in refusal_of(lambda: token_file(path, password))
    assert os.listdir(path.parent) == []


def test_each_write_has_a_salt_of_its_own_even_where_ansible_is_reported_to_use_one_for_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    encrypt_with = VaultLib.encrypt

    def spy(self: Any, plaintext: Any, secret: Any = None, vault_id: Any = None, salt: Any = None) -> Any:
        asked.append(salt)
        return encrypt_with(self, plaintext, secret, vault_id, salt)

    monkeypatch.setattr(VaultLib, "encrypt", spy)
    for number in range(5):
        write(path, outcome("a", number + 1))
    assert len(set(asked)) == 5
    assert {len(salt) for salt in asked} == {32}


# --- the place ------------------------------------------------------------------------------------------------------------


def test_each_place_where_the_file_cannot_be_is_reported_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "fifo")
    words = {
        "folder": "is a folder",
        "link": "is a symbolic link",
        "missing/tokens.yml": "does not exist",
        "file/tokens.yml": "does not exist",
        "fifo": "no regular file",
        "folder/": "names no file",
    }
    for name, word in words.items():
        file = TokenFile(os.path.join(tmp_path, name), PASSWORD, CONNECTION)
        assert word in refusal_of(file.check)
        assert word in refusal_of(lambda file=file: file.update(result(outcome("a", 1)), check_mode=False))
        assert word in refusal_of(lambda file=file: file.update(result(outcome("a", 1)), check_mode=True))
    assert not (tmp_path / "target").exists()


def test_a_folder_or_a_lock_that_is_not_to_be_written_to_is_found_by_the_check(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write everywhere, so the answer of the system is changed.
    refused = {str(path.parent)}
    monkeypatch.setattr(os, "access", lambda name, mode: name not in refused)
    assert "cannot be written to" in refusal_of(token_file(path).check)
    refused.clear()
    refused.add(str(path.parent / ".tokens.yml.lock"))
    token_file(path).check()
    (path.parent / ".tokens.yml.lock").write_text("")
    assert "cannot be opened by this user" in refusal_of(token_file(path).check)


def test_a_lock_that_is_a_link_is_not_followed(path: Path) -> None:
    lock, elsewhere = path.parent / ".tokens.yml.lock", path.parent / "elsewhere"
    lock.symlink_to(elsewhere)
    assert "cannot be opened" in refusal_of(lambda: write(path, outcome("a", 1)))
    assert not elsewhere.exists()
    elsewhere.write_text("another's")
    assert "cannot be opened" in refusal_of(lambda: write(path, outcome("a", 1)))
    assert not path.exists()


def test_a_file_system_without_locks_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert "cannot be locked (No locks available)" in refusal_of(lambda: write(path, outcome("a", 1)))


def test_a_file_that_others_could_read_is_closed_to_them_even_with_nothing_else_to_change(path: Path) -> None:
    write(path, outcome("a", 1))
    path.chmod(0o644)
    assert write(path, outcome("a", 1), check_mode=True)[1]
    assert write(path, outcome("a", 1))[1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_root_leaves_file_and_lock_to_their_owner(path: Path) -> None:
    write(path, outcome("a", 1))
    (path.parent / ".tokens.yml.lock").unlink()
    os.chown(path, 12345, 54321)
    write(path, outcome("b", 2))
    for name in (path, path.parent / ".tokens.yml.lock"):
        assert (name.stat().st_uid, name.stat().st_gid) == (12345, 54321)
    assert entries(path) == {"a": 1, "b": 2}


# --- never in clear, never half ---------------------------------------------------------------------------------------------

_opened: list[tuple[str, int]] | None = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], (str, bytes)):
        _opened.append((os.fsdecode(arguments[0]), arguments[2]))


sys.addaudithook(_note)


def test_nothing_is_ever_on_disk_in_clear_or_open_to_others(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    global _opened
    seen: list[tuple[bytes, int, int]] = []
    rename, modes = os.rename, []
    open_file = os.open

    def renaming(source: str, target: str) -> None:
        status = os.stat(source)
        seen.append((Path(source).read_bytes(), stat.S_IMODE(status.st_mode), os.path.exists(target)))
        rename(source, target)

    def opening(name: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        handle = open_file(name, flags, mode, **more)
        if flags & os.O_CREAT:
            modes.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    monkeypatch.setattr(os, "rename", renaming)
    monkeypatch.setattr(os, "open", opening)
    old = os.umask(0)
    _opened = []
    try:
        write(path, outcome("a", 1))
        write(path, outcome("b", 2))
        written = {name for name, flags in _opened if flags & (os.O_WRONLY | os.O_RDWR)}
    finally:
        _opened = None
        os.umask(old)
    assert written == {str(path.parent / ".tokens.yml.lock"), str(path.parent / ".tokens.yml.new")}
    assert modes == [0o600] * 4
    assert [(content.startswith(b"$ANSIBLE_VAULT;1.1;AES256\n"), mode) for content, mode, _there in seen] == [
        (True, 0o600)
    ] * 2
    assert not any(b"token-of" in content for content, _mode, _there in seen)
    assert sorted(os.listdir(path.parent)) == [".tokens.yml.lock", "tokens.yml"]


@pytest.mark.parametrize("step", ["fsync", "rename", "fchmod"])
def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write(path, outcome("a", 1))
    before = path.read_bytes()

    def fail(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    assert "could not be replaced (No space left on device)" in refusal_of(lambda: write(path, outcome("b", 2)))
    assert path.read_bytes() == before
    assert sorted(os.listdir(path.parent)) == [".tokens.yml.lock", "tokens.yml"]


def test_what_a_killed_run_left_is_cleared_away(path: Path) -> None:
    (path.parent / ".tokens.yml.new").write_text("half a file")
    write(path, outcome("a", 1))
    assert entries(path) == {"a": 1}
    assert sorted(os.listdir(path.parent)) == [".tokens.yml.lock", "tokens.yml"]


def test_a_seal_that_does_not_open_is_refused(path: Path) -> None:
    class Shut:
        def __str__(self) -> str:
            raise AnsibleError("no")

    registered = result(outcome("a", 1))
    registered["tokens"] = {"a": Shut()}
    assert "is sealed and cannot be opened here" in refusal_of(
        lambda: token_file(path).update(registered, check_mode=False)
    )
    assert not path.exists()


# --- several at once --------------------------------------------------------------------------------------------------------


def _start(path: Path, code: str) -> subprocess.Popen[str]:
    """A process of its own that has this file as ``tests`` and the path as ``path``."""
    prelude = (
        "import sys, importlib.util, pathlib\n"
        f"sys.path[:0] = {sys.path!r}\n"
        f"spec = importlib.util.spec_from_file_location('tests', {__file__!r})\n"
        "tests = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(tests)\n"
        "tests._token_file.ROUNDS = 2\n"
        f"path = pathlib.Path({str(path)!r})\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", prelude + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_runs_side_by_side_lose_nothing(path: Path) -> None:
    code = (
        "print('ready', flush=True); input()\n"
        "for number in range(10):\n"
        "    tests.write(path, tests.outcome(f'{me}-{number}', me * 100 + number + 1))\n"
    )
    writers = [_start(path, f"me = {me}\n{code}") for me in range(3)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:  # all begin before the first is waited for
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0] * 3
    assert entries(path) == {f"{me}-{number}": me * 100 + number + 1 for me in range(3) for number in range(10)}


def test_a_run_waits_no_longer_than_it_should_and_a_killed_one_holds_nothing(path: Path) -> None:
    holder = _start(
        path,
        "with tests.token_file(path)._locked():\n    print('held', flush=True)\n    input()\n",
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert "Another run has held" in refusal_of(lambda: write(path, outcome("a", 1)))
    assert not path.exists()
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    write(path, outcome("a", 1))
    assert entries(path) == {"a": 1}


def test_the_check_says_nothing_where_all_is_well_and_writes_nothing(path: Path) -> None:
    token_file(path).check()
    assert os.listdir(path.parent) == []
    write(path, outcome("a", 1))
    token_file(path).check()


def test_refusals_are_refusals() -> None:
    with pytest.raises(Refused):
        TokenFile("/nowhere/at/all", PASSWORD, CONNECTION).check()
