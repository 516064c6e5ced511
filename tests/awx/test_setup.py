# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook awx_setup makes all that is needed, makes it once, and says in one sentence what keeps it from that."""

from __future__ import annotations

import copy
import re

import pytest
from awx.controller import ADMINISTRATOR, READER, Controller
from support.platform import SECRETS


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


def test_a_second_run_writes_nothing_and_shows_no_secret(setup, controller):
    written = len(controller.writes)

    status, said = setup(controller, "-vvvv", "--diff")

    assert status == 0, said
    assert re.search(r"changed=0 .* failed=0", said)
    assert controller.writes[written:] == []
    assert [secret for secret in (*SECRETS.values(), ADMINISTRATOR) if secret in said] == []


def test_a_dry_run_before_the_first_run_says_how_far_it_goes(setup):
    controller = Controller()

    status, said = setup(controller, "--check", "--diff")

    assert status != 0
    assert (
        '"msg": "A dry run goes no further than this (make the credential of the platform), which needs what is not in AWX yet: '
        'run without --check; from then on a dry run shows all that would change."'
    ) in last_task(said)
    assert controller.writes == []


def test_a_dry_run_later_shows_what_would_be_changed(setup, controller):
    written = len(controller.writes)

    for slices, changed in ((3, 0), (5, 1)):
        status, said = setup(controller, "--check", "--diff", awx_slices=slices)

        assert status == 0, said
        assert re.search(rf"changed={changed} .* failed=0", said)
    assert controller.writes[written:] == []


def test_what_differs_is_changed_and_nothing_else(setup, controller):
    """Another number of slices, no password any more, and the secrets once more."""
    controller = copy.deepcopy(controller)
    written = len(controller.writes)

    status, said = setup(controller, awx_slices=5, awx_vault_password="", awx_update_secrets="true")

    assert status == 0, said
    platform = controller.one("credentials", "Freshdesk platform")
    sliced = controller.one("job_templates", "Freshdesk apply in slices")
    readers = [controller.one("job_templates", f"Freshdesk {name}") for name in ("plan", "apply", "apply in slices")]
    assert sliced["job_slice_count"] == 5
    assert sorted(controller.writes[written:]) == sorted(
        [
            f"PATCH /api/v2/credentials/{platform['id']}/",
            f"PATCH /api/v2/job_templates/{sliced['id']}/",
            *(f"POST /api/v2/job_templates/{reader['id']}/credentials/" for reader in readers),
        ]
    )
    assert [[one["name"] for one in controller.related(reader, "credentials")] for reader in readers] == [
        ["Freshdesk platform"]
    ] * 3


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (
            READER,
            "AWX does not let this token do it (make the credential type): set CONTROLLER_OAUTH_TOKEN to one with the scope write, of "
            "a system administrator, since nobody else may make a credential type.",
        ),
        ("no-such-token", "AWX does not know the token, or it has expired: set CONTROLLER_OAUTH_TOKEN to another."),
    ],
)
def test_a_token_without_rights_is_told_in_one_sentence(setup, token, sentence):
    controller = Controller()

    status, said = setup(controller, token=token)

    assert status != 0
    assert f'"msg": "{sentence}"' in last_task(said)
    assert controller.writes == []


def test_what_is_not_set_is_named(setup):
    status, said = setup(Controller(), environment={"CLOUDELEMENTS_ORGANIZATION_SECRET": ""}, awx_image="")

    assert status != 0
    assert "Not set: awx_image, CLOUDELEMENTS_ORGANIZATION_SECRET. The playbook awx_setup says at its top" in last_task(
        said
    )


def test_without_awx_awx_it_says_how_to_install_it(setup):
    status, said = setup(Controller(), environment={"ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"})

    assert status != 0
    assert "The collection awx.awx is missing: install it with ansible-galaxy collection install awx.awx." in last_task(
        said
    )


def last_task(said):
    return said.rpartition("TASK [")[2]
