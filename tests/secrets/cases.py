# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is played: cases in which no secret may be found, and cases in which ansible-core itself shows or holds one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sentinels import KINDS
from stage import WAYS, Case

LOUD = ("-vvvv", "--diff")
CACHED = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": "{kept}/facts"}
QUIET = {"ANSIBLE_NO_LOG": "true"}
WITHOUT_DUMP = {"ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.tree,ansible.builtin.junit"}
STATISTICS = {"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
TABLE = r"plan [0-9a-f]{32}, \d+ requests"
"""The end of a table."""
GIVEN = Path(__file__).resolve().parent / "given"
ALL = {"times": None}


def both_ways(*cases: Case) -> Iterator[Case]:
    """Each case in the controller's process, and with its modules sent."""
    for case in cases:
        yield case
        yield replace(case, name=f"{case.name}, sent", sent=True)


def playing(*arguments: str, way: str = "variables", loud: bool = True) -> tuple[str, ...]:
    """The command that plays a playbook, with the secrets and the password that opens them."""
    password = ("--vault-password-file", "{given}/password") if way in ("vaulted", "single") else ()
    return ("ansible-playbook", *arguments, *variables(way), *password, *(LOUD if loud else ()))


def variables(way: str) -> tuple[str, ...]:
    file = "vaulted" if way in ("vaulted", "single") else "tenants"
    return ("-e", f"@{{given}}/{way}.yml", "-e", "kept={kept}", "-e", f"csv={{given}}/{file}.csv")


def running(name: str, way: str) -> tuple[str, ...]:
    """The command that plays a playbook as AWX does."""
    line = " ".join([*variables(way), "--vault-password-file", "{given}/password", *LOUD])
    place = ("--project-dir", "{playbooks}", "--artifact-dir", "{kept}/artifacts", "--ident", "job")
    return ("ansible-runner", "run", "{kept}/runner", "-p", name, *place, "--cmdline", line)


# --- Nothing may be found ---------------------------------------------------------------------------------------------

BAD_DAYS: dict[str, dict[str, Any]] = {
    "a good day": {},
    "an error page that echoes the Authorization header": {"faults": ({"fault": "echo_headers", **ALL},)},
    "a refusal in HTML that echoes the Authorization header": {
        "faults": ({"fault": "echo_headers", "status": 401, **ALL},)
    },
    "a refusal that quotes the key": {
        "faults": (
            {"fault": "status", "status": 400, "message": "no {api_key} {plain_api_key} {signature_key}", **ALL},
        )
    },
    "a conflict that quotes the secrets of the platform": {
        "faults": (
            {"fault": "status", "status": 409, "message": "{user_secret} {organization_secret} {api_key}", **ALL},
        )
    },
    "an answer that echoes the request": {"faults": ({"fault": "echo_body", "match": {"verb": "POST"}, **ALL},)},
    "an answer with the key in every field": {
        "faults": (
            {
                "fault": "wrong_shape",
                "body": {
                    "id": "{api_key}",
                    "token": "{api_key}",
                    "message": "{api_key}",
                    "providerMessage": "{signature_key}",
                    "requestId": "{plain_api_key}",
                    "configuration": {"username": "{api_key}", "{api_key}": "{api_key}"},
                },
                **ALL,
            },
        )
    },
    "a request id that is the key": {
        "faults": ({"fault": "status", "status": 403, "headers": {"elements-request-id": "{plain_api_key}"}, **ALL},)
    },
    "an answer that is no JSON": {"faults": ({"fault": "not_json", **ALL},)},
    "an answer that is cut in half": {"faults": ({"fault": "truncate", **ALL},)},
    "a lost answer to each creation": {"faults": ({"fault": "drop_after", "match": {"verb": "POST"}, **ALL},)},
    "a redirect to another host": {"faults": ({"fault": "redirect", "location": "http://{foreign}/elsewhere", **ALL},)},
    "a redirect that keeps the verb": {
        "faults": ({"fault": "redirect", "location": "http://{foreign}/elsewhere", "status": 307, **ALL},)
    },
    "no answer in time": {
        "faults": ({"fault": "hang_before", **ALL},),
        "environment": {"CLOUDELEMENTS_TIMEOUT": "1", "CLOUDELEMENTS_RETRY_TIMEOUT": "0"},
        "keeps": {"output": "did not answer within the timeout"},
    },
    "tasks that take too long": {
        "faults": ({"fault": "hang_before", **ALL},),
        "environment": {"ANSIBLE_TASK_TIMEOUT": "2"},
        "keeps": {"output": "Timed out after 2 second|expected time frame"},
    },
    "secrets that are wrong": {"wrong": True},
    "a defect that raises what it knows": {
        "environment": {"PYTHONPATH": "{standins}/crash:{standins}/journal", "SECRETS_CRASH": "raise"},
        "keeps": {"output": "This is a bug in cloudelements.freshdesk"},
    },
    "a defect that says what it knows and ends": {
        "environment": {"PYTHONPATH": "{standins}/crash:{standins}/journal", "SECRETS_CRASH": "die"},
        "keeps": {"output": "its raw output is withheld"},
        # One that ends the controller's process ends the play.
        "sent": True,
    },
    "a proxy that refuses and echoes the password": {
        "environment": {
            "CLOUDELEMENTS_BASE_URL": "https://platform.invalid",
            "HTTPS_PROXY": "http://somebody:{proxy_password}@{proxy}",
        },
        "keeps": {"output": "The proxy refuses to connect"},
    },
    "a proxy that is not there": {
        "environment": {
            "CLOUDELEMENTS_BASE_URL": "https://platform.invalid",
            "HTTPS_PROXY": "http://somebody:{proxy_password}@127.0.0.1:9",
        },
        "keeps": {"output": "let no connection through"},
    },
    "a proxy whose URL is malformed": {
        "environment": {
            "CLOUDELEMENTS_BASE_URL": "https://platform.invalid",
            "HTTPS_PROXY": "htp://some body:{proxy_password}@[",
        },
        "keeps": {"output": "of a proxy is malformed"},
    },
}
"""What happens to the playbook touch.yml, by the name of it, and where it needs one, the proof that it happened."""


def clean(seed: int, *, short: bool) -> Iterator[Case]:
    """Cases in which no secret may be found anywhere. The seed chooses how the secrets are given where it is not all ways."""
    chance = random.Random(f"cases {seed}")
    for way in ["environment"] if short else WAYS:
        yield work(way, cached=True)
    yield sent_work(work(chance.choice(WAYS), cached=True))
    if not short:
        hushed = work(chance.choice(WAYS), cached=False, hushed=True)
        yield from (hushed, sent_work(hushed))
    runner = Case(
        "work by ansible-runner",
        running("work.yml", "vaulted"),
        says="it went well to the end",
        keeps={"artifacts/job/job_events/*.json": "Make a fleet", "artifacts/job/fact_cache/*": "freshdesk_ids"},
    )
    yield from [runner] if short else both_ways(runner)
    days = list(BAD_DAYS)
    for day in chance.sample(days[1:], 3) if short else days:
        case = bad_day(day, chance)
        yield from [case] if short or case.sent else both_ways(case)
    watched = Case(
        "touch, every file watched that comes and goes",
        playing("{playbooks}/touch.yml"),
        says="it came to the end",
        watched=True,
    )
    yield watched
    yield replace(watched, name=f"{watched.name}, sent", sent=True, environment={"ANSIBLE_PIPELINING": "true"})
    # Modules that are sent get the environment on a command line that is shown.
    yield Case(
        "environment of tasks",
        (*playing("{playbooks}/environment.yml"), "-e", "proxy={proxy}"),
        environment=WITHOUT_DUMP,
        says="it went well to the end",
    )
    yield from playbooks(chance, short=short)
    yield from inventories(short=short)


def work(way: str, *, cached: bool, hushed: bool = False) -> Case:
    return Case(
        f"work, secrets by {way}{', fact cache' if cached else ''}{', no_log' if hushed else ''}",
        playing("{playbooks}/work.yml", way=way),
        way=way,
        environment={**(CACHED if cached else {}), **(QUIET if hushed else {}), **STATISTICS},
        # Progress and table of the fleet, and its statistics.
        says="it went well to the end" if hushed else rf"(?s){TABLE}.*it went well to the end.*provision_ids",
        keeps={
            "dump": "Make a fleet",
            "tokens.yml": "ANSIBLE_VAULT",
            **({"facts/*": "freshdesk_ids"} if cached else {}),
        },
    )


def sent_work(case: Case) -> Case:
    """With its modules sent, which log what they are given. With no_log they log nothing."""
    journal = {} if QUIET.items() <= case.environment.items() else {"journal": "Invoked with .*api_key"}
    return replace(case, name=f"{case.name}, sent", sent=True, keeps={**case.keeps, **journal})


def bad_day(day: str, chance: random.Random) -> Case:
    what = dict(BAD_DAYS[day])
    way = chance.choice(WAYS)
    command = playing("{playbooks}/touch.yml", way=way)
    environment = {**what.pop("environment", {}), **chance.choice([{}, {"ANSIBLE_DISPLAY_TRACEBACK": "always"}])}
    if what.pop("wrong", False):
        command += ("-e", "@{given}/wrong.yml")
    return Case(
        f"touch, {day}",
        command,
        way=way,
        environment=environment,
        says="it came to the end",
        keeps={"dump": "Touch one", **what.pop("keeps", {})},
        **what,
    )


def playbooks(chance: random.Random, *, short: bool) -> Iterator[Case]:
    """The collection's own playbooks, whose connection comes from the environment."""
    keep = ("-e", "provision_tokens_path={kept}/tokens.yml", "-e", "provision_report_path={kept}/report.html")
    provision = playing("cloudelements.freshdesk.provision", "-e", f"@{GIVEN}/tenants.yml", *keep, way="environment")
    fails = {"fails": True, "way": "environment"}
    whole = Case(
        "provision",
        provision,
        says=TABLE,
        keeps={"report.html": "acme", "tokens.yml": "ANSIBLE_VAULT"},
        environment={**CACHED, **STATISTICS},
        **fails,
    )
    if short:
        yield whole
        return
    planned = (*provision, "-e", "provision_plan_path={kept}/plan.html", "--check")
    keeps = {"plan.html": "acme", "plan.json": "acme"}
    yield from both_ways(whole, Case("provision, dry", planned, says=TABLE, keeps=keeps, way="environment"))
    for day in (
        "a refusal that quotes the key",
        "an error page that echoes the Authorization header",
        "no answer in time",
    ):
        environment = {**BAD_DAYS[day].get("environment", {}), "ANSIBLE_DISPLAY_TRACEBACK": "always"}
        yield from both_ways(
            Case(f"provision, {day}", provision, faults=BAD_DAYS[day]["faults"], environment=environment, **fails)
        )
    quoted = ({"fault": "status", "status": 400, "message": "{api_key}", "match": {"verb": "POST"}, **ALL},)
    hosts = playing("cloudelements.freshdesk.provision_hosts", "-i", f"{GIVEN}/hosts.yml", way="environment")
    yield from both_ways(
        Case("provision_hosts", hosts, says="api_kay", environment=CACHED, **fails),
        Case("provision_hosts, refused", hosts, says="api_kay", faults=quoted, **fails),
    )
    export = playing("cloudelements.freshdesk.export", "-e", "export_path={kept}/tenants.yml", way="environment")
    yield from both_ways(Case("export", export, says="matches all", way="environment", keeps={"tenants.yml": "stray"}))


def inventories(*, short: bool) -> Iterator[Case]:
    """The inventory, on its own and in a playbook, its connection from its file or from the environment."""
    cached = {
        "ANSIBLE_INVENTORY_CACHE": "true",
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": "{kept}/inventory",
    }
    file = ("-i", "{given}/live.freshdesk.yml", "--vault-password-file", "{given}/password")
    bare = ("-i", f"{GIVEN}/bare.freshdesk.yml")
    yield Case(
        "inventory in a playbook",
        ("ansible-playbook", "{playbooks}/show.yml", *file, *LOUD),
        environment=cached,
        says="freshdesk_instance",
        keeps={"inventory/*": "stray"},
    )
    if short:
        return
    listing = ("ansible-inventory", "--list", "-vvvv")
    yield Case("inventory", (*listing, *bare), way="environment", says="freshdesk_instance")
    for day in (
        "an error page that echoes the Authorization header",
        "an answer that is cut in half",
        "a defect that raises what it knows",
        "a proxy that refuses and echoes the password",
    ):
        environment = {**BAD_DAYS[day].get("environment", {}), "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        faults = BAD_DAYS[day].get("faults", ())
        yield Case(
            f"inventory, {day}", (*listing, *file), environment=environment, faults=faults, says="parse", fails=True
        )


def ends(*, short: bool) -> Iterator[Case]:
    """Where the seal ends: judged task by task, by the table of secrets.rst."""
    for name, loud, quiet in (("as it is", False, False), ("-vvvv", True, False), ("no_log", True, True)):
        command = playing(
            "{playbooks}/ends.yml", "-e", f'{{"quiet": {str(quiet).lower()}}}', *(["-vvvv"] if loud else []), loud=False
        )
        if not short or name == "-vvvv":
            case = Case(f"ends, {name}", command, environment=STATISTICS, says="it came to the end", leaks=None)
            yield from [case] if short else both_ways(case)


# --- What ansible-core itself shows or holds --------------------------------------------------------------------------


def held() -> Mapping[str, Case]:
    """The rows of the table "What ansible-core exposes" in secrets.rst, by their first cell, each with the case that proves it."""
    shown = r"kept/(output|log|dump|tree/.*|junit/.*)"
    written = {"api_key": shown, "user_secret": shown, "organization_secret": shown}

    def one(*tags: str, way: str = "variables") -> tuple[str, ...]:
        return (*playing("{playbooks}/held.yml", way=way), "--tags", ",".join(tags))

    debug = r"kept/(output|log)"
    environment = dict.fromkeys(KINDS, r"kept/(output|log|dump|tree/.*|junit/.*|facts/.*)")
    cases = {
        "ANSIBLE_DEBUG=1": Case(
            "",
            one("one"),
            environment={"ANSIBLE_DEBUG": "1"},
            leaks=dict.fromkeys(("api_key", "user_secret", "organization_secret", "token"), debug),
        ),
        "ANSIBLE_KEEP_REMOTE_FILES=1": Case(
            "",
            one("one"),
            environment={"ANSIBLE_KEEP_REMOTE_FILES": "1"},
            leaks=dict.fromkeys(written, r"home/\.ansible/tmp/.*/AnsiballZ_instance\.py"),
        ),
        "The arguments of a module in transit": Case(
            "", one("one"), watched=True, leaks=dict.fromkeys(written, r"seen/\d+-(AnsiballZ_instance\.py|tmp\w+)")
        ),
        "A secret written into a task": Case("", ("ansible-playbook", "{given}/literal.yml", *LOUD), leaks=written),
        "A secret written near a task that fails": Case(
            "",
            ("ansible-playbook", "{given}/beside.yml"),
            fails=True,
            leaks=dict.fromkeys(("user_secret", "organization_secret"), "kept/(output|log)"),
        ),
        "A secret written into an inventory file": Case(
            "",
            ("ansible-inventory", "--list", "-i", "{given}/literal.freshdesk.yml"),
            faults=({"fault": "status", "status": 401, **ALL},),
            environment={"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"},
            fails=True,
            leaks={"organization_secret": shown},
        ),
        "A loop over secrets": Case("", one("loop"), leaks={"api_key": shown}),
        "environment of a task": Case(
            "",
            one("environment", "mistaken"),
            environment=WITHOUT_DUMP,
            leaks=dict.fromkeys(("user_secret", "organization_secret"), debug),
        ),
        "environment of a task, to callback plugins": Case(
            "", one("environment"), leaks=dict.fromkeys(("user_secret", "organization_secret"), shown)
        ),
        "Facts of a host whose environment contains the secrets": Case(
            "", one("facts", way="environment"), way="environment", environment=CACHED, leaks=environment
        ),
        "module_defaults with secrets": Case(
            "", one("defaults"), leaks=dict.fromkeys(("user_secret", "organization_secret"), "kept/dump")
        ),
        "set_fact with cacheable": Case(
            "",
            one("one", "cacheable"),
            environment={**CACHED, "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.tree"},
            leaks={"token": "kept/facts/.*"},
        ),
        "A variable that cannot be resolved": Case(
            "", (*one("broken"), "-e", "@{given}/broken.yml"), leaks={"vault_password": shown, "wrong_secret": shown}
        ),
        "The arguments of your own tasks, to callback plugins": Case(
            "", one("one", "arguments"), leaks=dict.fromkeys(("token", "user_secret"), "kept/dump")
        ),
        "The file command of ansible-runner": Case(
            "", running("touch.yml", "environment"), way="environment", leaks=dict.fromkeys(KINDS, ".*/command")
        ),
        "A callback plugin that takes repr of a result": Case(
            "", one("one"), environment={"SECRETS_DUMP_REPR": "1"}, leaks={"token": "kept/dump"}
        ),
    }
    return {row: replace(case, name=f"held: {row}") for row, case in cases.items()}
