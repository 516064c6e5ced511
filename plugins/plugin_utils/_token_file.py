# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores id and token of each instance in one vault-encrypted file, never in plain text. Private to this collection.

The file is read, changed and replaced under one lock, so that concurrent runs lose nothing. The new content is encrypted in
memory, written beside the file with mode 0600, and renamed over it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import yaml
from ansible.errors import AnsibleError
from ansible.module_utils.common.yaml import SafeDumper, SafeLoader
from ansible.parsing.vault import VaultLib, VaultSecret, is_encrypted

from ..module_utils._errors import FreshdeskError, Refused
from ..module_utils._options import Connection
from ..module_utils._redact import printable, secret_refusal
from ._token_news import Entries, merged, news_of

ENTRIES = "freshdesk_tokens"
ABOUT = "freshdesk_tokens_about"
FORMAT = 1
ROUNDS = 100_000
"""Iterations of PBKDF2, for the fingerprint of the user secret."""
PATIENCE = 120.0
"""Seconds to wait for another run that has locked the file."""


def fingerprint(connection: Connection, salt: str) -> str:
    """Identifies the user secret without revealing it. The salt is in hexadecimal digits."""
    return hashlib.pbkdf2_hmac("sha256", connection.user_secret.encode(), bytes.fromhex(salt), ROUNDS).hex()


class _Unsafe(str):
    """Text that must not be templated when the file is loaded."""


class _Loader(SafeLoader):  # type: ignore[misc, valid-type, unused-ignore]
    """A YAML loader that accepts Ansible's tag for untrusted text."""


class _Dumper(SafeDumper):  # type: ignore[misc, valid-type, unused-ignore]
    """A YAML dumper that writes Ansible's tag for untrusted text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
_Dumper.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str.__str__(text), style="'"))


@dataclass(frozen=True)
class Change:
    """The changes to the file for a fleet's result, by the names of the instances."""

    before: Entries
    after: Entries

    @property
    def added(self) -> list[str]:
        return sorted(name for name in self.after if name not in self.before)

    @property
    def updated(self) -> list[str]:
        return sorted(name for name, entry in self.after.items() if name in self.before and self.before[name] != entry)

    @property
    def dropped(self) -> list[str]:
        return sorted(name for name in self.before if name not in self.after)

    def diff(self, path: str) -> dict[str, Any]:
        """The names that change, without values."""
        return {
            "before": {printable(name): "(set)" for name in sorted([*self.updated, *self.dropped])},
            "after": {
                **{printable(name): "(set)" for name in self.added},
                **{printable(name): "(changed)" for name in self.updated},
            },
            "before_header": path,
            "after_header": path,
        }


class TokenFile:
    """The file at one path, for one platform and one of its users."""

    def __init__(self, path: str, password: str | None, connection: Connection, *, prefix: str = "") -> None:
        """Raises Refused for an unsuitable password. C(prefix) is that of the options C(path) and C(vault_password)."""
        self.path = path
        self._prefix = prefix
        self.folder, self.name = os.path.split(path)
        self._password = _checked_password(f"{prefix}vault_password", password)
        self._connection = connection
        self._lock_path = os.path.join(self.folder, f".{self.name}.lock")
        self._new_path = os.path.join(self.folder, f".{self.name}.new")

    def check(self) -> None:
        """Raises FreshdeskError if the file cannot or must not be written. Writes nothing."""
        self._check_place()
        self._read()

    def update(self, result: Mapping[str, Any], *, check_mode: bool) -> tuple[Change, bool]:
        """Updates the file from the result of a fleet, and returns what changed and whether it was written.

        In check mode nothing is written, not even a lock. If it raises FreshdeskError, the file is unchanged.
        """
        self._check_place()
        news = news_of(result, check_mode=check_mode)
        # Before the lock too, so that no lock file is left beside a foreign file.
        _about, before, loose = self._read()
        if check_mode:
            change = Change(before, merged(before, news))
            return change, loose or change.before != change.after
        with self._locked():
            about, before, loose = self._read()
            change = Change(before, merged(before, news))
            changed = loose or change.before != change.after
            if changed:
                self._replace(about or self._new_about(), change.after)
        return change, changed

    # --- the path -------------------------------------------------------------------------------------------------

    def _check_place(self) -> None:
        if not self.name:
            raise Refused(
                f"{self._prefix}path names no file ({printable(self.path)}): give the path of the file, its name included."
            )
        if not os.path.isdir(self.folder):
            raise Refused(
                f"The folder of {self._prefix}path does not exist ({printable(self.folder)}): create it, or correct the path."
            )
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise Refused(
                f"The folder of {self._prefix}path cannot be written to by this user ({printable(self.folder)}): "
                "change its permissions, or choose another path."
            )
        if os.path.lexists(self._lock_path) and not os.access(self._lock_path, os.R_OK | os.W_OK):
            raise Refused(
                f"The lock {printable(self._lock_path)} cannot be opened by this user: run as its owner, or remove it "
                "while no other run is in progress."
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Locks the file. The lock is a separate file, since the token file is replaced; it ends with the process."""
        try:
            handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refused(
                f"The lock {printable(self._lock_path)} cannot be opened ({error.strerror}): remove what is at that path."
            ) from None
        try:
            # The owner of the token file must be able to lock it after a run by root.
            with suppress(OSError):
                owner = os.lstat(self.path)
                if os.fstat(handle).st_uid != owner.st_uid:
                    os.fchown(handle, owner.st_uid, owner.st_gid)
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    pass
                except OSError as error:
                    raise Refused(
                        f"{printable(self._lock_path)} cannot be locked ({error.strerror}): choose a path on a file "
                        "system that supports locks."
                    ) from None
                if time.monotonic() > deadline:
                    raise FreshdeskError(
                        f"Another run has held {printable(self.path)} for {PATIENCE:.0f} seconds: "
                        "wait for it to end, or end it, then run again."
                    )
                time.sleep(0.05)
            yield
        finally:
            os.close(handle)

    # --- reading --------------------------------------------------------------------------------------------------

    def _read(self) -> tuple[dict[str, Any] | None, Entries, bool]:
        """The file's header (None if there is no file), its entries, and whether others may read it.

        Raises Refused if the file must not be replaced.
        """
        path = printable(self.path)
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None, {}, False
        except OSError as error:
            if os.path.islink(self.path):
                raise Refused(
                    f"{path} is a symbolic link, which would be replaced by a file: give the path that it points to."
                ) from None
            raise Refused(f"{path} cannot be read ({error.strerror}): change its permissions, or path.") from None
        try:
            mode = os.fstat(handle).st_mode
            if not stat.S_ISREG(mode):
                what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
                raise Refused(f"{path} is {what}: give the path of the token file.")
            with open(handle, "rb", closefd=False) as file:
                content = file.read()
        finally:
            os.close(handle)
        about, entries = self._opened(content)
        return about, entries, stat.S_IMODE(mode) != 0o600

    def _opened(self, content: bytes) -> tuple[dict[str, Any], Entries]:
        """The file's header and its entries. Raises Refused if it is not a token file of this platform and user."""
        path = printable(self.path)
        left_alone = "it was left alone"
        if not is_encrypted(content):
            raise Refused(
                f"{path} is not encrypted with Ansible Vault, so it is not a token file and {left_alone}: "
                "choose another path, or move it away."
            )
        try:
            text = VaultLib([("default", VaultSecret(self._password))]).decrypt(content)
        except (AnsibleError, ValueError):
            raise Refused(
                f"{path} cannot be decrypted with {self._prefix}vault_password, and {left_alone}: "
                "give the password that it was made with, or move it away."
            ) from None
        try:
            data = yaml.load(text, Loader=_Loader)  # nosec: a safe loader with one tag for text
        except (yaml.YAMLError, UnicodeDecodeError):
            data = None
        if not _is_ours(data):
            raise Refused(
                f"{path} is an encrypted file, but not one that this module wrote (or more than that was added to it), "
                f"and {left_alone}: choose another path, or move it away."
            )
        about = data[ABOUT]
        if about["base_url"] != self._connection.base_url:
            raise Refused(
                f"{path} belongs to another platform ({printable(about['base_url'])}, not {self._connection.base_url}), and "
                f"{left_alone}: correct base_url, or keep a file for each platform."
            )
        if not hmac.compare_digest(self._fingerprint(about["user"]["salt"]), about["user"]["fingerprint"]):
            raise Refused(
                f"{path} belongs to another user of the platform, and {left_alone}: correct user_secret, keep a file for "
                "each user, or, if the user secret was changed, move the file away and run again."
            )
        return about, data[ENTRIES]

    def _new_about(self) -> dict[str, Any]:
        salt = os.urandom(16).hex()
        return {
            "format": FORMAT,
            "base_url": self._connection.base_url,
            "user": {"salt": salt, "fingerprint": self._fingerprint(salt)},
        }

    def _fingerprint(self, salt: str) -> str:
        return fingerprint(self._connection, salt)

    # --- writing --------------------------------------------------------------------------------------------------

    def _replace(self, about: dict[str, Any], entries: Entries) -> None:
        content = self._encrypted(about, entries)
        try:
            owner = os.lstat(self.path)
        except FileNotFoundError:
            owner = None
        with suppress(FileNotFoundError):  # left by a run that was killed; this run has the lock
            os.unlink(self._new_path)
        try:
            handle = os.open(self._new_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with open(handle, "wb") as file:
                os.fchmod(handle, 0o600)  # the umask may have removed the owner's rights
                if owner is not None and owner.st_uid != os.fstat(handle).st_uid:
                    os.fchown(handle, owner.st_uid, owner.st_gid)
                file.write(content)
                file.flush()
                os.fsync(handle)
            os.rename(self._new_path, self.path)
        except OSError as error:
            with suppress(OSError):
                os.unlink(self._new_path)
            raise Refused(
                f"{printable(self.path)} could not be replaced ({error.strerror}), and was left alone: check its "
                "folder and its owner, then run again, which changes nothing on the platform."
            ) from None
        with suppress(OSError):  # the rename is done; not every file system can guarantee that it survives a power cut
            folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _encrypted(self, about: dict[str, Any], entries: Entries) -> bytes:
        data = {
            ABOUT: about,
            ENTRIES: {
                name: {"id": entry["id"], "token": _untemplated(entry["token"])}
                for name, entry in sorted(entries.items())
            },
        }
        text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
        vault = VaultLib([("default", VaultSecret(self._password))])
        # An explicit salt, since Ansible can be configured to use the same one for everything.
        encrypted: bytes = vault.encrypt(text, salt=os.urandom(32))
        return encrypted


def _checked_password(option: str, password: str | None) -> bytes:
    """Raises Refused for a password that is missing, too short, or unusable with ansible-vault."""
    if not password:
        raise Refused(f"{option} is not set, and tokens are never written in clear text: set it.")
    refusal = secret_refusal(option, password)
    if refusal is not None:
        raise Refused(refusal + ".")
    try:
        return password.encode()
    except UnicodeEncodeError:
        raise Refused(f"{option} contains characters that cannot be written as UTF-8: choose another.") from None


def _is_ours(data: Any) -> bool:
    """Whether it has exactly the form that this module writes."""
    if not isinstance(data, dict) or set(data) != {ABOUT, ENTRIES}:
        return False
    about, entries = data[ABOUT], data[ENTRIES]
    if not isinstance(about, dict) or set(about) != {"format", "base_url", "user"} or about["format"] != FORMAT:
        return False
    user = about["user"]
    if not isinstance(user, dict) or set(user) != {"salt", "fingerprint"} or not isinstance(about["base_url"], str):
        return False
    if not all(isinstance(value, str) and re.fullmatch(r"([0-9a-f]{2})+", value) for value in user.values()):
        return False
    return isinstance(entries, dict) and all(
        isinstance(name, str)
        and isinstance(entry, dict)
        and set(entry) == {"id", "token"}
        and isinstance(entry["id"], int)
        and not isinstance(entry["id"], bool)
        and isinstance(entry["token"], str)
        for name, entry in entries.items()
    )


def _untemplated(token: str) -> str:
    """Remote text is data: the tag prevents Ansible from templating it."""
    return _Unsafe(token) if re.search(r"\{[{%#]", token) else token
