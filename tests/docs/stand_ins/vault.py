# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for HashiCorp Vault, of which it knows the two calls that the guides show: read and write a secret of KV version 2."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar


class Handler(BaseHTTPRequestHandler):
    """Keeps what is written, each time as a new version."""

    secrets: ClassVar[dict[str, dict[str, object]]] = {}

    def do_GET(self) -> None:
        secret = self.secrets.get(self.path)
        self._answer(404 if secret is None else 200, {"errors": []} if secret is None else {"data": secret})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        version = 1 + self.secrets.get(self.path, {}).get("metadata", {"version": 0})["version"]
        self.secrets[self.path] = {"data": body["data"], "metadata": {"version": version}}
        self._answer(200, {"data": {"version": version}})

    def _answer(self, status: int, content: object) -> None:
        if not self.headers["X-Vault-Token"] or not self.path.startswith("/v1/secret/data/"):
            status, content = 403, {"errors": ["permission denied"]}
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_about: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Path(sys.argv[sys.argv.index("--address-file") + 1]).write_text(f"http://127.0.0.1:{server.server_port}\n")
    server.serve_forever()
