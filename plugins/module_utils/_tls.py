# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS: trusted authorities, and the meaning of failed handshakes. Private to this collection."""

from __future__ import annotations

import os
import ssl

from ._deps import requests, urllib3
from ._errors import Refused
from ._options import Connection


def tls_context(connection: Connection) -> ssl.SSLContext:
    """The TLS context, created once and shared: creating one takes about 20 ms of CPU."""
    if not connection.validate_certs:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context = _trusting_context(connection)
    # urllib3 before 2 passes no address to OpenSSL for the comparison with the certificate, and compares it itself if allowed to.
    if urllib3.__version__.startswith("1."):  # type: ignore[attr-defined, unused-ignore]
        context.check_hostname = False
    return context


def _trusting_context(connection: Connection) -> ssl.SSLContext:
    """Trusts C(ca_path), the file that the environment names, or the bundle of requests. Raises Refused if it cannot be read."""
    authorities = connection.ca_path or next(
        (os.environ[name] for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)),
        requests.utils.DEFAULT_CA_BUNDLE_PATH,
    )
    try:
        if os.path.isdir(authorities):
            return ssl.create_default_context(capath=authorities)
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ssl.SSLError):
        raise Refused(
            f"The trusted certificates in {authorities} cannot be read: set ca_path to a readable file in PEM format."
        ) from None


def tls_problem(reason: str) -> str:
    """The meaning of OpenSSL's reason for a failed handshake."""
    if reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"):
        return "offers no version of TLS that is safe to use: enable TLS 1.2 or newer there, or check base_url and the proxy."
    if "CERTIFICATE_REQUIRED" in reason:
        return "asks for a client certificate, which this collection cannot send: use a base_url or a proxy that needs none."
    if reason.endswith("_ALERT_HANDSHAKE_FAILURE") or "ALERT_BAD_CERTIFICATE" in reason:
        return (
            "refuses the TLS handshake: it may ask for a client certificate, which this collection cannot send, or have "
            "no cipher in common with this machine; check base_url and the proxy."
        )
    return "does not speak TLS as https:// needs it: check base_url, its port and the proxy."
