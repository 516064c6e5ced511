# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session of a task: its connections with proxies and TLS, and how it is stopped. Private to this collection."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from typing import Any

from ._deps import requests, urllib3
from ._options import Connection
from ._response import Response
from ._tls import tls_context


class Stopped(BaseException):
    """Nothing may be sent any more: the task, or the process that started it, has ended. It is not stored as a tenant's error."""


class Session:
    """The connections to one platform, shared by all workers: one TLS context, one pool. It may be used for several tasks.

    C(parent) is the process that started this one, if that may have ended.
    """

    def __init__(self, connection: Connection, workers: int = 1, parent: int | None = None) -> None:
        self._parent = parent or os.getppid()
        self._stopped = False
        self.instances: dict[Any, Any] = {}
        """Instances that a request was sent through, by what they were looked up by."""
        # http:// is for loopback only, since it shows the secrets: a proxy may not see them either.
        plain = connection.base_url.startswith("http://")
        # Of the user's environment, only proxies and trusted authorities count: .netrc would replace the Authorization header.
        self._proxies = {} if plain else requests.utils.get_environ_proxies(connection.base_url)
        self._verify = connection.validate_certs
        # Creating a context costs more than a request, and only https:// uses it.
        self.adapter = _adapter_class()(None if plain else tls_context(connection), workers, self.check)

    def send(self, request: Any, timeout: float) -> Any:
        """The answer, without its body. Unlike in a session of requests, no redirect is followed and no cookie is kept."""
        return self.adapter.send(request, stream=True, timeout=timeout, verify=self._verify, proxies=self._proxies)

    def check(self) -> None:
        """Raises Stopped if nothing may be started any more. Called before each request, in every thread."""
        if self._stopped or os.getppid() != self._parent:
            raise Stopped

    def stop(self) -> None:
        """Prevents new requests. Those in progress in other threads are completed."""
        self._stopped = True
        self.adapter.close()


def _adapter_class() -> Any:
    """The adapter, created on demand so that this file can be imported without requests."""

    class Adapter(requests.adapters.HTTPAdapter):  # type: ignore[misc, unused-ignore]
        """Uses one TLS context for every connection, direct or through a proxy, and limits their answers."""

        def __init__(self, context: ssl.SSLContext | None, workers: int, check: Callable[[], None]) -> None:
            self._context = context
            self._check = check
            super().__init__(pool_connections=1, pool_maxsize=workers, max_retries=0)

        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            # A request that asks to close its connection afterwards gets a new connection, too.
            pools = Adapter(self._context, 1, self._check) if request.headers.get("Connection") == "close" else self
            return super(Adapter, pools).send(request, *args, **kwargs)

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
            _bound(self.poolmanager, self._check)

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            return _bound(super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs), self._check)

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            # The original would load all authorities again for each connection.
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"

    return Adapter


def _bound(manager: Any, check: Callable[[], None]) -> Any:
    """The same pool manager, with connections that limit every answer and are refused once C(check) raises."""
    for scheme, pool in list(manager.pool_classes_by_scheme.items()):
        if pool.ConnectionCls.response_class is not Response:
            bounded = type("Pool", (pool,), {"ConnectionCls": _connection_class(pool.ConnectionCls, check)})
            manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, scheme: bounded}
    return manager


def _connection_class(base: Any, check: Callable[[], None]) -> Any:
    class Connection(base):  # type: ignore[misc, unused-ignore]
        response_class = Response

        def connect(self) -> None:
            try:
                super().connect()
            except (ConnectionError, socket.timeout, ssl.SSLError) as error:
                # For the TLS handshake: urllib3 itself distinguishes a failed connection only for TCP.
                raise urllib3.exceptions.NewConnectionError(self, "no TLS handshake") from error
            # Connecting may take long, and the task may have ended meanwhile.
            check()

    return Connection
