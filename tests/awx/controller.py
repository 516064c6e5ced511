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
    "users": {"username"},
    "teams": {"name", "organization"},
    "credential_types": {"name", "kind"},
    "credentials": {"name", "credential_type"},
    "execution_environments": {"name", "image"},
    "projects": {"name", "organization", "scm_url"},
    "project_updates": {"project"},
    "inventories": {"name", "organization"},
    "inventory_sources": {"name", "inventory", "source_project", "source_path"},
    "job_templates": {"name", "project", "playbook", "inventory"},
    "schedules": {"name", "unified_job_template", "rrule"},
    "workflow_job_templates": {"name"},
    "workflow_job_template_nodes": {"identifier", "workflow_job_template"},
    "workflow_approval_templates": {"name"},
    "jobs": {"job_template"},
    "workflow_approvals": {"workflow_job_template"},
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
SOURCE_CONTROL = {"fields": [{"id": "username", "label": "Username", "type": "string"}], "required": []}
VAULT = {
    "fields": [
        {"id": "vault_password", "label": "Vault Password", "type": "string", "secret": True},
        {"id": "vault_id", "label": "Vault Identifier", "type": "string"},
    ],
    "required": ["vault_password"],
}


# What AWX associates with objects of a collection.
ASSOCIATED = {("job_templates", "credentials"), ("workflow_job_template_nodes", "success_nodes")}
# Collection -> the fields that no two of its objects share.
UNIQUE = {
    "credential_types": ("name", "kind"),
    "credentials": ("name", "organization", "credential_type"),
    "execution_environments": ("name",),
    "inventory_sources": ("name", "inventory"),
    "schedules": ("name", "unified_job_template"),
    "workflow_job_template_nodes": ("identifier", "workflow_job_template"),
    **dict.fromkeys(("projects", "inventories", "job_templates", "workflow_job_templates"), ("name", "organization")),
}
# Collection -> the roles that can be given on each of its objects.
ROLES = {
    "job_templates": ("admin_role", "execute_role", "read_role"),
    "workflow_job_templates": ("admin_role", "execute_role", "read_role", "approval_role"),
}
ROLES_OF_ONE = 10
"""How many ids of roles there are for one object."""


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
        self.granted: dict[int, dict[str, list[int]]] = {}
        self.sync_ends = "successful"
        """How the syncs of projects end; where it is "pending", they do not."""
        self.sync_reason = ""
        self.add("organizations", name="Default")
        self.add("credential_types", name="Vault", kind="vault", inputs=VAULT, injectors={})
        self.add("credential_types", name="Source Control", kind="scm", inputs=SOURCE_CONTROL, injectors={})

    # --- for tests

    def add(self, collection: str, **body: Any) -> dict[str, Any]:
        """What somebody else has made in AWX."""
        return self._add(collection, body)

    def all(self, collection: str) -> list[dict[str, Any]]:
        return [one for one in self.objects.values() if one["collection"] == collection]

    def one(self, collection: str, name: str) -> dict[str, Any]:
        (found,) = (one for one in self.all(collection) if one.get("name", one.get("identifier")) == name)
        return found

    def related(self, one: dict[str, Any], what: str) -> list[dict[str, Any]]:
        return [self.objects[number] for number in self.associated.get((one["id"], what), [])]

    # --- for clients

    def answer(self, verb: str, path: str, query: dict[str, str], body: Any, token: str | None) -> tuple[int, Any]:
        parts = path.removeprefix(API).strip("/").split("/")
        user = next((one for one in self.all("users") if token == f"token-of-{one['username']}"), None)
        if user is not None:
            return self._of_user(user, verb, parts)
        if token not in (ADMINISTRATOR, READER):
            raise Refusal(401, detail="Authentication credentials were not provided.")
        if verb != "GET":
            if token != ADMINISTRATOR:
                raise Refusal(403, detail="You do not have permission to perform this action.")
            self.writes.append(f"{verb} {path}")
        if parts == ["me"]:
            return 200, listed([{"id": 1, "username": "admin", "is_superuser": True}])
        if parts[0] == "roles":
            return self._of_role(verb, int(parts[1]), parts[2], body)
        collection = parts[0]
        if len(parts) == 1:
            return self._of_collection(verb, collection, query, body)
        one = self.objects.get(int(parts[1]))
        if one is None or one["collection"] != collection:
            raise Refusal(404, detail="Not found.")
        if len(parts) == 2:
            if verb == "PATCH":
                self._check(collection, {**one, **body}, one)
                self._check_change(collection, one, body)
                before = dict(one)
                one.update(self._kept(collection, body, one))
                if collection == "projects" and any(
                    before.get(key) != one.get(key) for key in ("scm_url", "scm_branch")
                ):
                    self._sync(one)
            return 200, self._shown(one)
        return self._of_part(verb, one, parts[2], body)

    def _of_collection(self, verb: str, collection: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if verb == "POST":
            self._check(collection, body, {})
            made = self._add(collection, body)
            if collection == "projects":
                self._sync(made)
            return 201, self._shown(made)
        if collection != "unified_job_templates" and collection not in NEEDED:
            raise Refusal(404, detail="Not found.")
        among = STARTABLE if collection == "unified_job_templates" else (collection,)
        found = [
            self._shown(one) for one in self.objects.values() if one["collection"] in among and matches(one, query)
        ]
        return 200, listed(found)

    def _of_part(self, verb: str, one: dict[str, Any], part: str, body: Any) -> tuple[int, Any]:
        if (one["collection"], part) == ("job_templates", "survey_spec"):
            if verb == "POST":
                self.surveys[one["id"]] = body
            return 200, self.surveys.get(one["id"], {})
        if (one["collection"], part) == ("projects", "update") and verb == "POST":
            return 202, self._shown(self._sync(one))
        if (one["collection"], part) == ("project_updates", "events"):
            event = {"event": "runner_on_failed", "failed": True, "event_data": {"res": {"msg": self.sync_reason}}}
            return 200, listed([event] if self.sync_reason else [])
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

    # --- roles, and those who have no other rights

    def _of_role(self, verb: str, number: int, whom: str, body: Any) -> tuple[int, Any]:
        given = self.granted.setdefault(number, {"users": [], "teams": []})[whom]
        if verb == "GET":
            return 200, listed([self._shown(self.objects[one]) for one in given])
        given.append(body["id"])
        return 204, None

    def _of_user(self, user: dict[str, Any], verb: str, parts: list[str]) -> tuple[int, Any]:
        """What AWX answers to a user who is no administrator: the output of a job, and the approval of a step."""
        one = self.objects[int(parts[1])]
        asked = (verb, parts[0], *parts[2:])
        if asked == ("GET", "jobs", "stdout") and self._may(user, "read", one["job_template"]):
            return 200, {"content": one["output"]}
        approves = asked == ("POST", "workflow_approvals", "approve")
        if approves and self._may(user, "approval", one["workflow_job_template"]):
            return 204, None
        raise Refusal(403, detail="You do not have permission to perform this action.")

    def _may(self, user: dict[str, Any], role: str, number: int) -> bool:
        given = self.granted.get(self._roles(self.objects[number])[f"{role}_role"]["id"], {"users": [], "teams": []})
        return user["id"] in given["users"] or any(
            user["id"] in self.objects[team]["members"] for team in given["teams"]
        )

    def _roles(self, one: dict[str, Any]) -> dict[str, dict[str, int]]:
        names = ROLES.get(one["collection"], ())
        return {name: {"id": one["id"] * ROLES_OF_ONE + place} for place, name in enumerate(names)}

    # --- syncs of projects

    def _sync(self, project: dict[str, Any]) -> dict[str, Any]:
        update = self._add("project_updates", {"project": project["id"], "status": "pending"})
        project["last_update"] = update["id"]
        return update

    def _synced(self, project: dict[str, Any]) -> dict[str, Any]:
        """Its last sync, which ends while it is looked at: not when it is started, and not at the first look after that."""
        update = self.objects[project["last_update"]]
        update["looks"] = update.get("looks", 0) + 1
        if update["status"] == "pending" and update["looks"] > 2:
            update["status"] = self.sync_ends
        return update

    # --- what AWX refuses

    def _check(self, collection: str, body: dict[str, Any], before: dict[str, Any]) -> None:
        unique = UNIQUE.get(collection, ())
        for other in self.all(collection) if unique else ():
            if other is not before and all(other.get(field) == body.get(field) for field in unique):
                raise Refusal(400, __all__=[f"{collection} with this {', '.join(unique)} already exists."])
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
        if collection == "job_templates" and self._synced(self.objects[body["project"]])["status"] != "successful":
            raise Refusal(400, playbook=["Playbook not found for project."])
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

    def _check_change(self, collection: str, one: dict[str, Any], body: dict[str, Any]) -> None:
        if "locked" in one:
            raise Refusal(400, __locked__=[one["locked"]])
        used = {credential["credential_type"] for credential in self.all("credentials")}
        changes = body.get("inputs", one.get("inputs")) != one.get("inputs")
        if collection == "credential_types" and changes and one["id"] in used:
            raise Refusal(403, detail="Modifications to inputs are not allowed for credential types that are in use")
        # AWX takes an empty kind for none given, here only.
        if collection == "inventories" and body.get("kind") and body["kind"] != one["kind"]:
            raise Refusal(405, error='You cannot turn a regular inventory into a "smart" or "constructed" inventory.')

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
        if collection == "inventories":
            kept["kind"] = kept.get("kind") or ""
        if collection == "job_templates" and "project" in kept:
            kept["organization"] = self.objects[kept["project"]]["organization"]
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
        if one["collection"] == "users":
            shown["name"] = one["username"]
        if one["collection"] in ROLES:
            shown["summary_fields"] = {"object_roles": self._roles(one)}
        if one["collection"] == "project_updates":
            status = self._synced(self.objects[one["project"]])["status"]
            ended = status not in ("pending", "running")
            shown.update(status=status, finished=ended, failed=ended and status != "successful", job_explanation="")
        if one["collection"] == "projects" and one.get("last_update"):
            update = self._synced(one)
            now = {"current_update": {"id": update["id"]}} if update["status"] == "pending" else {}
            shown.update(scm_revision="", summary_fields=now, status=update["status"])
            related["update"] = f"{url}update/"
        if one["collection"] == "credentials":
            fields = self.objects[one["credential_type"]]["inputs"]["fields"]
            secret = {field["id"] for field in fields if field.get("secret")}
            shown["inputs"] = {key: HIDDEN if key in secret else value for key, value in one["inputs"].items()}
        return shown


def matches(one: dict[str, Any], query: dict[str, str]) -> bool:
    """Whether an object has all that a query asks for, and where there are any, one of its fields with or__."""
    either = {field.removeprefix("or__"): value for field, value in query.items() if field.startswith("or__")}
    every = {field: value for field, value in query.items() if not field.startswith("or__")}
    return all(str(one.get(field)) == value for field, value in every.items()) and (
        not either or any(str(one.get(field)) == value for field, value in either.items())
    )


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
