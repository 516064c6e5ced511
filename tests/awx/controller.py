# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the API of AWX, as far as the collection awx.awx needs it: it keeps what it is sent, and refuses what AWX refuses."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "awx_project"
"""What a project holds, wherever it comes from."""
ADMINISTRATOR, READER = "token-of-an-administrator", "token-with-scope-read"
API = "/api/v2"
HIDDEN = "$encrypted$"

# Collection -> the fields without which AWX makes none.
NEEDED = {
    "organizations": {"name"},
    "credential_types": {"name", "kind"},
    "credentials": {"name", "credential_type"},
    "execution_environments": {"name", "image"},
    "projects": {"name", "organization", "scm_url"},
    "inventories": {"name", "organization"},
    "inventory_sources": {"name", "inventory", "source_project", "source_path"},
    "job_templates": {"name", "project", "playbook", "inventory"},
    "schedules": {"name", "unified_job_template", "rrule"},
    "workflow_job_templates": {"name"},
    "workflow_job_template_nodes": {"identifier", "workflow_job_template"},
    "workflow_approval_templates": {"name"},
}
STARTABLE = ("job_templates", "workflow_job_templates", "projects", "inventory_sources", "workflow_approval_templates")
# Field -> the collections in which what it refers to may be.
REFERENCES = {
    "organization": ("organizations",),
    "credential_type": ("credential_types",),
    "credential": ("credentials",),
    "execution_environment": ("execution_environments",),
    "project": ("projects",),
    "source_project": ("projects",),
    "inventory": ("inventories",),
    "unified_job_template": STARTABLE,
    "workflow_job_template": ("workflow_job_templates",),
}
VAULT = {
    "fields": [
        {"id": "vault_password", "label": "Vault Password", "type": "string", "secret": True},
        {"id": "vault_id", "label": "Vault Identifier", "type": "string"},
    ],
    "required": ["vault_password"],
}


# What AWX associates with objects of a collection.
ASSOCIATED = {("job_templates", "credentials"), ("workflow_job_template_nodes", "success_nodes")}


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, **body: Any) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


class Controller:
    """What there is in AWX, and what was written into it."""

    def __init__(self) -> None:
        self.objects: dict[int, dict[str, Any]] = {}
        self.associated: dict[tuple[int, str], list[int]] = {}
        self.surveys: dict[int, Any] = {}
        self.writes: list[str] = []
        self._add("organizations", {"name": "Default"})
        self._add("credential_types", {"name": "Vault", "kind": "vault", "inputs": VAULT, "injectors": {}})

    # --- for tests

    def all(self, collection: str) -> list[dict[str, Any]]:
        return [one for one in self.objects.values() if one["collection"] == collection]

    def one(self, collection: str, name: str) -> dict[str, Any]:
        (found,) = (one for one in self.all(collection) if one.get("name", one.get("identifier")) == name)
        return found

    def related(self, one: dict[str, Any], what: str) -> list[dict[str, Any]]:
        return [self.objects[number] for number in self.associated.get((one["id"], what), [])]

    # --- for clients

    def answer(self, verb: str, path: str, query: dict[str, str], body: Any, token: str | None) -> tuple[int, Any]:
        if token not in (ADMINISTRATOR, READER):
            raise Refusal(401, detail="Authentication credentials were not provided.")
        if verb != "GET":
            if token != ADMINISTRATOR:
                raise Refusal(403, detail="You do not have permission to perform this action.")
            self.writes.append(f"{verb} {path}")
        parts = path.removeprefix(API).strip("/").split("/")
        if parts == ["me"]:
            return 200, listed([{"id": 1, "username": "admin", "is_superuser": True}])
        collection = parts[0]
        if len(parts) == 1:
            return self._of_collection(verb, collection, query, body)
        one = self.objects.get(int(parts[1]))
        if one is None or one["collection"] != collection:
            raise Refusal(404, detail="Not found.")
        if len(parts) == 2:
            if verb == "PATCH":
                self._check(collection, {**one, **body})
                one.update(self._kept(collection, body, one))
            return 200, self._shown(one)
        return self._of_part(verb, one, parts[2], body)

    def _of_collection(self, verb: str, collection: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if verb == "POST":
            self._check(collection, body)
            return 201, self._shown(self._add(collection, body))
        if collection != "unified_job_templates" and collection not in NEEDED:
            raise Refusal(404, detail="Not found.")
        among = STARTABLE if collection == "unified_job_templates" else (collection,)
        found = [
            self._shown(one)
            for one in self.objects.values()
            if one["collection"] in among and all(str(one.get(field)) == value for field, value in query.items())
        ]
        return 200, listed(found)

    def _of_part(self, verb: str, one: dict[str, Any], part: str, body: Any) -> tuple[int, Any]:
        if (one["collection"], part) == ("job_templates", "survey_spec"):
            if verb == "POST":
                self.surveys[one["id"]] = body
            return 200, self.surveys.get(one["id"], {})
        if (one["collection"], part) == ("workflow_job_template_nodes", "create_approval_template"):
            made = self._add("workflow_approval_templates", body)
            one["unified_job_template"] = made["id"]
            return 201, self._shown(made)
        if (one["collection"], part) not in ASSOCIATED:
            raise Refusal(404, detail="Not found.")
        associated = self.associated.setdefault((one["id"], part), [])
        if verb == "GET":
            return 200, listed([self._shown(self.objects[number]) for number in associated])
        if body.get("disassociate"):
            associated.remove(body["id"])
        else:
            self._check_credential(one, part, body["id"])
            associated.append(body["id"])
        return 204, None

    # --- what AWX refuses

    def _check(self, collection: str, body: dict[str, Any]) -> None:
        missing = {field for field in NEEDED[collection] if body.get(field) in (None, "")}
        if missing:
            raise Refusal(400, **{field: ["This field is required."] for field in missing})
        for field, among in REFERENCES.items():
            number = body.get(field)
            if number not in (None, "") and self.objects.get(number, {}).get("collection") not in among:
                raise Refusal(400, **{field: [f'Invalid pk "{number}" - object does not exist.']})
        for field in ("playbook", "source_path"):
            if field in body and not (PROJECT / body[field]).is_file():
                raise Refusal(400, **{field: ["Playbook not found for project."]})
        if collection == "credentials":
            inputs = self.objects[body["credential_type"]]["inputs"]
            unknown = set(body["inputs"]) - {field["id"] for field in inputs["fields"]}
            lacking = {field for field in inputs["required"] if not body["inputs"].get(field)}
            chosen = {field["id"]: field["choices"] for field in inputs["fields"] if "choices" in field}
            wrong = {field for field, choices in chosen.items() if body["inputs"].get(field, choices[0]) not in choices}
            if unknown or lacking or wrong:
                raise Refusal(400, inputs=[f"unknown {unknown}, required {lacking}, no choice {wrong}"])
        if collection == "inventory_sources" and body.get("credential"):
            kind = self.objects[self.objects[body["credential"]]["credential_type"]]["kind"]
            if kind == "vault":
                raise Refusal(400, credential=["Credentials of type vault are disallowed for scm inventory sources."])

    def _check_credential(self, one: dict[str, Any], part: str, number: int) -> None:
        if part == "credentials":
            kinds = [self.objects[other]["credential_type"] for other in self.associated[one["id"], part]]
            if self.objects[number]["credential_type"] in kinds:
                raise Refusal(400, error="Cannot assign multiple credentials of one type.")

    # --- what it keeps, and what it shows

    def _add(self, collection: str, body: dict[str, Any]) -> dict[str, Any]:
        number = len(self.objects) + 1
        self.objects[number] = {"id": number, "collection": collection, **self._kept(collection, body, {})}
        return self.objects[number]

    def _kept(self, collection: str, body: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in body.items() if key != "type"}
        if collection == "credentials" and "inputs" in kept:
            old = before.get("inputs", {})
            kept["inputs"] = {key: old.get(key) if value == HIDDEN else value for key, value in kept["inputs"].items()}
        return kept

    def _shown(self, one: dict[str, Any]) -> dict[str, Any]:
        url = f"{API}/{one['collection']}/{one['id']}/"
        related = {"survey_spec": f"{url}survey_spec/"}
        target = self.objects.get(one.get("unified_job_template") or 0)
        if target is not None:
            related["unified_job_template"] = f"{API}/{target['collection']}/{target['id']}/"
        shown = {**one, "type": one["collection"].removesuffix("s"), "url": url, "related": related}
        if one["collection"] == "inventories":
            shown["type"] = "inventory"
        if one["collection"] == "projects":
            shown.update(scm_revision="", summary_fields={})
        if one["collection"] == "credentials":
            fields = self.objects[one["credential_type"]]["inputs"]["fields"]
            secret = {field["id"] for field in fields if field.get("secret")}
            shown["inputs"] = {key: HIDDEN if key in secret else value for key, value in one["inputs"].items()}
        return shown


def listed(results: list[Any]) -> dict[str, Any]:
    return {"count": len(results), "next": None, "previous": None, "results": results}


@contextmanager
def serving(controller: Controller) -> Iterator[str]:
    """The stand-in on a socket: yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            url = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = re.fullmatch(r"Bearer (.+)", self.headers.get("Authorization") or "")
            try:
                status, body = controller.answer(
                    self.command,
                    url.path,
                    dict(parse_qsl(url.query)),
                    json.loads(text) if text else None,
                    found.group(1) if found else None,
                )
            except Refusal as refusal:
                status, body = refusal.status, refusal.body
            answer = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 (as http.server calls them)

        def log_message(self, *_arguments: Any) -> None:
            """The tests look at what was written instead."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
