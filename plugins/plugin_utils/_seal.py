# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seals secrets in registered results: templates can use them, callbacks cannot show them. Private to this collection.

A sealed value is an encrypted string of ansible-core whose plain value is known already, so nothing has to be decrypted
and no vault password is needed. Its ciphertext is a constant without any secret, so serialising it reveals nothing.
"""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.yaml import objects

# The constant is not a valid vault: no password can decrypt it, and there is no need to.
_CIPHERTEXT = "$ANSIBLE_VAULT;1.1;AES256\n7365616c6564"

try:  # ansible-core 2.19 and newer
    from ansible.parsing.vault import EncryptedString
except ImportError:
    EncryptedString = None

try:  # ansible-core 2.22 and newer masks registered secrets, even if a template unseals them
    from ansible.module_utils.secrets import register_secret
except ImportError:

    def register_secret(value: str, /) -> str:
        return value


_ENCRYPTED = EncryptedString or objects.AnsibleVaultEncryptedUnicode


class SealError(AnsibleError):
    """Sealing does not work on this ansible-core, so the secret is withheld."""


class _Opened:
    """The vault object of a value that is already known (ansible-core 2.18)."""

    def __init__(self, plain: str) -> None:
        self._plain = plain.encode()

    def decrypt(self, vaulttext: bytes, filename: str | None = None, obj: Any = None) -> bytes:
        return self._plain

    def is_encrypted(self, vaulttext: bytes) -> bool:
        return True


def seal(plain: str) -> Any:
    """The sealed form of a secret. Raises SealError if sealing does not work."""
    register_secret(plain)
    if EncryptedString is None:
        sealed = objects.AnsibleVaultEncryptedUnicode(_CIPHERTEXT)
        sealed.vault = _Opened(plain)
    else:
        sealed = EncryptedString(ciphertext=_CIPHERTEXT)
        object.__setattr__(sealed, "_plaintext", plain)
    try:
        holds = str(sealed) == plain
    except Exception:
        holds = False
    if not holds:
        raise SealError(
            "This release of ansible-core cannot seal secrets in a result, so the token is withheld: "
            "report it to the maintainers of cloudelements.freshdesk, and use a release that its README names."
        )
    return sealed
