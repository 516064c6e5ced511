# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook awx_setup makes all that is needed, makes it once, and says in one sentence what keeps it from that."""

from __future__ import annotations

import copy
import json
import re

import pytest
from awx.controller import ADMINISTRATOR, READER, Controller, Refusal
from support.platform import SECRETS

DIFFERENT = {"awx_slices": 5, "awx_vault_password": ""}
"""Variables of the playbook that are not those that AWX was set up with."""


def names(controller, collection):
    return {one.get("name", one.get("identifier")) for one in controller.all(collection)}


def test_everything_is_made_in_the_organization(controller):
    (organization,) = controller.all("organizations")
    for collection in ("projects", "inventories", "credentials", "job_templates", "workflow_job_templates"):
        assert {one["organization"] for one in controller.all(collection)} == {organization["id"]}
    assert names(controller, "credentials") == {"Freshdesk platform", "Freshdesk API keys"}
    assert names(controller, "inventory_sources") == {"Freshdesk tenants", "Freshdesk instances"}
    assert names(controller, "schedules") == {"Freshdesk health, daily"}
    assert {
        (one["name"], one["playbook"], one["job_type"], one["job_slice_count"])
        for one in controller.all("job_templates")
    } == {
        ("Freshdesk plan", "provision.yml", "check", 1),
        ("Freshdesk apply", "provision.yml", "run", 1),
        ("Freshdesk apply in slices", "provision_hosts.yml", "run", 3),
        ("Freshdesk apply with limit", "provision_hosts.yml", "run", 1),
        ("Freshdesk onboard", "onboard.yml", "run", 1),
        ("Freshdesk health", "health.yml", "run", 1),
    }


def test_only_jobs_that_read_the_tenants_get_the_password_of_the_api_keys(controller):
    for template in controller.all("job_templates"):
        given = {credential["name"] for credential in controller.related(template, "credentials")}
        wants = controller.objects[template["inventory"]]["name"] == "Freshdesk tenants"
        assert given == {"Freshdesk platform", *(["Freshdesk API keys"] if wants else [])}, template["name"]


def test_the_workflow_plans_then_asks_then_applies(controller):
    step = controller.one("workflow_job_template_nodes", "plan")
    path = []
    while step:
        path.append(controller.objects[step["unified_job_template"]]["name"])
        following = controller.related(step, "success_nodes")
        assert len(following) <= 1
        step = following[0] if following else None
    assert path == ["Freshdesk plan", "Approve the plan", "Freshdesk apply"]


def test_a_dry_run_before_the_first_run_says_how_far_it_goes(setup):
    controller = Controller()

    status, said = setup(controller, "--check", "--diff")

    assert status != 0
    assert (
        '"msg": "The dry run stops here (create the credential of the platform), since this needs an object that is not in AWX yet: '
        'run without --check; from then on a dry run shows all that would change."'
    ) in last_task(said)
    assert controller.writes == []


def test_a_dry_run_later_shows_what_would_be_changed(setup, controller):
    written = len(controller.writes)

    status, said = setup(controller, "--check", "--diff", awx_slices=5)

    assert status == 0, said
    assert re.search(r"changed=1 .* failed=0", said)
    assert controller.writes[written:] == []


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (
            READER,
            "AWX does not let this token do it (create the credential type): set CONTROLLER_OAUTH_TOKEN to one with the scope write, of "
            "a system administrator, since nobody else may create a credential type.",
        ),
        ("no-such-token", "AWX does not know the token, or it has expired: set CONTROLLER_OAUTH_TOKEN to another."),
    ],
)
def test_a_token_without_rights_is_reported_in_one_sentence(setup, token, sentence):
    controller = Controller()

    status, said = setup(controller, token=token)

    assert status != 0
    assert f'"msg": "{sentence}"' in last_task(said)
    assert controller.writes == []


@pytest.mark.parametrize("options", [(), ("--check",)], ids=["run", "dry run"])
@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"awx_organization": "Nowhere"},
            "AWX has no organization Nowhere that this token can see: create it, or correct awx_organization; "
            "nothing was changed.",
        ),
        (
            {"awx_approvers": "alice,Approvers"},
            "AWX has no such user, and the organization Default no such team: alice, Approvers. Correct awx_approvers; nothing was "
            "changed.",
        ),
        (
            {"awx_project_credential": "git"},
            "The organization Default has no credential git of the type Source Control that this token can see: create it, or correct "
            "awx_project_credential; nothing was changed.",
        ),
    ],
)
def test_what_must_be_there_and_is_not_is_refused_first(setup, variables, sentence, options):
    controller = Controller()

    status, said = setup(controller, *options, **variables)

    assert status != 0
    assert f'"msg": "{sentence}"' in last_task(said)
    assert controller.writes == []


def rights(controller, username):
    """The statuses of reading the plan and of approving it."""
    for verb, path in (
        ("GET", f"jobs/{controller.all('jobs')[-1]['id']}/stdout"),
        ("POST", f"workflow_approvals/{controller.all('workflow_approvals')[-1]['id']}/approve"),
    ):
        try:
            yield controller.answer(verb, f"/api/v2/{path}/", {}, None, f"token-of-{username}")[0]
        except Refusal as refusal:
            yield refusal.status


@pytest.fixture(scope="module")
def with_approvers(setup, controller):
    """AWX with a plan to approve and three users, and what the playbook wrote then: two of them may approve it, there is another
    number of slices, no password any more, and the secrets once more."""
    controller = copy.deepcopy(controller)
    (organization,) = controller.all("organizations")
    controller.add("users", username="alice")
    bob = controller.add("users", username="bob")
    controller.add("users", username="carol")
    controller.add("teams", name="Approvers", organization=organization["id"], members=[bob["id"]])
    plan = controller.one("job_templates", "Freshdesk plan")
    workflow = controller.one("workflow_job_templates", "Freshdesk plan and apply")
    controller.add("jobs", job_template=plan["id"], output="the diff")
    controller.add("workflow_approvals", workflow_job_template=workflow["id"])
    assert [list(rights(controller, username)) for username in ("alice", "bob", "carol")] == [[403, 403]] * 3

    written = len(controller.writes)

    status, said = setup(controller, awx_approvers="alice,Approvers", awx_update_secrets="true", **DIFFERENT)

    assert status == 0, said
    return controller, controller.writes[written:]


def test_what_differs_is_changed_and_nothing_else(with_approvers):
    controller, writes = with_approvers
    platform = controller.one("credentials", "Freshdesk platform")
    sliced = controller.one("job_templates", "Freshdesk apply in slices")
    readers = [
        controller.one("job_templates", f"Freshdesk {name}")
        for name in ("plan", "apply", "apply in slices", "apply with limit")
    ]
    assert sliced["job_slice_count"] == 5
    assert sorted(re.sub(r"/roles/\d+/", "/roles/ID/", write) for write in writes) == sorted(
        [
            # Who approves: the plan to read, and the workflow to approve.
            *["POST /api/v2/roles/ID/teams/", "POST /api/v2/roles/ID/users/"] * 2,
            f"PATCH /api/v2/credentials/{platform['id']}/",
            f"PATCH /api/v2/job_templates/{sliced['id']}/",
            *(f"POST /api/v2/job_templates/{reader['id']}/credentials/" for reader in readers),
        ]
    )
    assert [[one["name"] for one in controller.related(reader, "credentials")] for reader in readers] == [
        ["Freshdesk platform"]
    ] * 4


def test_an_approver_can_read_the_plan_and_approve_it_and_nobody_else_can(with_approvers):
    controller, _writes = with_approvers
    assert [list(rights(controller, username)) for username in ("alice", "bob", "carol")] == [
        [200, 204],
        [200, 204],
        [403, 403],
    ]


def test_the_name_of_both_a_user_and_a_team_needs_a_mapping(setup, with_approvers):
    controller = copy.deepcopy(with_approvers[0])
    controller.add("users", username="Approvers")

    status, said = setup(controller, awx_approvers="alice,Approvers")

    assert status != 0
    assert (
        "Both a user and a team have this name: Approvers. Write awx_approvers as a mapping of users and teams"
        in last_task(said)
    )


def test_a_second_run_writes_nothing_shows_no_secret_and_needs_no_more_than_a_token_that_may_read(
    setup, with_approvers
):
    controller = copy.deepcopy(with_approvers[0])
    # What is granted to the team of this name is not granted to the user.
    controller.add("users", username="Approvers")
    approvers = '{"awx_approvers": {"users": ["alice"], "teams": ["Approvers"]}}'
    written = len(controller.writes)

    status, said = setup(controller, "-vvvv", "--diff", "-e", approvers, token=READER, **DIFFERENT)

    assert status == 0, said
    assert re.search(r"changed=0 .* failed=0", said)
    assert controller.writes[written:] == []
    assert [secret for secret in (*SECRETS.values(), ADMINISTRATOR) if secret in said] == []
    assert list(rights(controller, "Approvers")) == [403, 403]


@pytest.mark.long
def test_two_organizations_have_the_same_names_and_each_keeps_its_own(setup, controller):
    controller = copy.deepcopy(controller)
    second = controller.add("organizations", name="Second")
    vault = controller.one("credential_types", "Vault")
    git = controller.one("credential_types", "Source Control")
    # What look-ups by name alone would find too.
    controller.add(
        "credentials", name="Freshdesk platform", credential_type=vault["id"], inputs={"vault_password": "x"}
    )
    for organization in (*controller.all("organizations"), None):
        number = organization and organization["id"]
        controller.add("credentials", name="git", credential_type=git["id"], organization=number, inputs={})
    first = {number: copy.deepcopy(one) for number, one in controller.objects.items()}

    variables = {
        "awx_organization": "Second",
        "awx_image": "registry.example.com/other-ee:1",
        "awx_project_credential": "git",
    }
    status, said = setup(controller, **variables)

    assert status == 0, said
    assert {number: one for number, one in controller.objects.items() if number in first} == first
    made = [one for number, one in controller.objects.items() if number not in first]
    used = {field: {one[field] for one in made if one.get(field)} for field in ("credential", "inventory", "project")}
    assert {controller.objects[number]["organization"] for numbers in used.values() for number in numbers} == {
        second["id"]
    }
    assert {one["image"] for one in made if "image" in one} == {"registry.example.com/other-ee:1"}
    templates = [one for one in made if one["collection"] == "job_templates"]
    assert len(templates) == 6
    for template in templates:
        credentials = controller.related(template, "credentials")
        assert {credential["organization"] for credential in credentials} == {second["id"]}

    for again in (variables, {}):
        written = len(controller.writes)
        status, said = setup(controller, token=READER, **again)

        assert status == 0, said
        assert controller.writes[written:] == []


@pytest.mark.parametrize("kind", ["smart", "constructed"])
def test_an_inventory_of_another_kind_is_left_as_it_is(setup, kind):
    controller = Controller()
    (organization,) = controller.all("organizations")
    inventory = controller.add("inventories", name="Freshdesk instances", organization=organization["id"])
    inventory["kind"] = kind

    status, said = setup(controller)

    assert status != 0
    assert (
        f"The inventory Freshdesk instances exists and is {kind}: rename it in AWX, or set awx_name to another name"
        in said
    )
    assert controller.writes == []


def test_every_item_that_failed_is_named_with_its_reason(setup, controller):
    controller = copy.deepcopy(controller)
    for name in ("plan", "health"):
        template = controller.one("job_templates", f"Freshdesk {name}")
        # What somebody has made by hand, and AWX refuses to have changed.
        template["locked"] = f"{name} is locked"
        template["description"] = "by hand"

    status, said = setup(controller)

    assert status != 0
    assert "One or more items failed" not in last_task(said)
    for name in ("plan", "health"):
        assert (
            f"Unable to update job_template Freshdesk {name}, see response: {{'__locked__': ['{name} is locked']}}"
            in last_task(said)
        )


@pytest.mark.long
def test_a_project_that_is_not_synced_is_reported_with_its_reason_and_synced_again_by_the_next_run(setup):
    controller = Controller()
    controller.sync_ends = "failed"
    controller.sync_reason = "Failed to download remote objects and refs: fatal: repository not found"

    for syncs in (1, 2):
        status, said = setup(controller)

        assert status != 0
        assert (
            "AWX could not sync the project Freshdesk (failed): Failed to download remote objects and refs: fatal: repository not "
            "found. Correct it, then run this again."
        ) in last_task(said)
        assert len(controller.all("project_updates")) == syncs
        assert controller.all("job_templates") == []

    controller.sync_ends = "successful"
    status, said = setup(controller)

    assert status == 0, said
    assert len(controller.all("project_updates")) == 3


@pytest.mark.long
def test_a_sync_that_never_ends_is_waited_for_within_a_limit(setup):
    controller = Controller()
    controller.sync_ends = "pending"

    for _run in range(2):
        status, said = setup(controller, awx_sync_timeout=2)

        assert status != 0
        assert (
            "The project Freshdesk was not synced within 2 seconds: look in AWX, under Jobs, whether jobs are started at all, then run "
            "this again; awx_sync_timeout sets how long to wait."
        ) in last_task(said)
        assert len(controller.all("project_updates")) == 1


@pytest.mark.long
def test_a_credential_type_in_use_keeps_its_older_fields_and_the_remedy_gives_it_the_new_ones(setup, controller):
    controller = copy.deepcopy(controller)
    kind = controller.one("credential_types", "Cloud Elements")
    older = {
        **kind["inputs"],
        "fields": [field for field in kind["inputs"]["fields"] if field["id"] != "retry_timeout"],
    }
    kind["inputs"] = older
    written = len(controller.writes)

    status, said = setup(controller)

    assert status == 0, said
    assert "It works as before. To have its new fields, rename it in AWX" in said
    assert re.search(r"changed=0 .* failed=0", said)

    status, said = setup(controller, environment={"CLOUDELEMENTS_RETRY_TIMEOUT": "60"})

    assert status != 0
    assert (
        "The credential type Cloud Elements has no field retry_timeout, and AWX refuses to change the fields"
        in last_task(said)
    )
    assert controller.writes[written:] == []

    kind["name"] = "Cloud Elements (old)"
    status, said = setup(controller, environment={"CLOUDELEMENTS_RETRY_TIMEOUT": "60"})

    assert status == 0, said
    newer = controller.one("credential_types", "Cloud Elements")
    used = [controller.related(template, "credentials") for template in controller.all("job_templates")]
    used.append([controller.objects[controller.one("inventory_sources", "Freshdesk instances")["credential"]]])
    assert kind["id"] not in {credential["credential_type"] for credentials in used for credential in credentials}
    (credential,) = (one for one in controller.all("credentials") if one["credential_type"] == newer["id"])
    assert credential["inputs"]["retry_timeout"] == "60"


def test_the_workflow_requires_what_was_approved(controller):
    workflow = controller.one("workflow_job_templates", "Freshdesk plan and apply")
    assert json.loads(workflow["extra_vars"]) == {"provision_require_approval": True}


def test_what_is_not_set_is_named(setup):
    status, said = setup(Controller(), environment={"CLOUDELEMENTS_ORGANIZATION_SECRET": ""}, awx_image="")

    assert status != 0
    assert (
        "Not set: awx_image, CLOUDELEMENTS_ORGANIZATION_SECRET. The comments at the top of the playbook awx_setup"
        in last_task(said)
    )


def test_without_awx_awx_it_says_how_to_install_it(setup):
    status, said = setup(Controller(), environment={"ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"})

    assert status != 0
    assert "The collection awx.awx is missing: install it with ansible-galaxy collection install awx.awx." in last_task(
        said
    )


def last_task(said):
    return said.rpartition("TASK [")[2]
