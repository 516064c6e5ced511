# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup of tenants in CSV: what spreadsheets write is read, and what is wrong is told by the line of the file."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from support.plugins import made

from ansible_collections.cloudelements.freshdesk.plugins.lookup import tenants_csv

KEYS = {"Acme": "key-of-acme", "Blueleaf": "key-of-blueleaf"}
ACME = {"name": "Acme", "subdomain": "acme", "tags": ["gold", "eu"]}
COLUMNS = {"name": "Customer", "subdomain": "Sub Domain", "tags": "Plan"}


def look_up(*files, loader=None, **options):
    plugin = made(tenants_csv, "lookup")
    plugin._loader = loader or DataLoader()
    (tenants,) = plugin.run(list(files), {}, **options)
    return tenants


def read(content, **options):
    return look_up(content=content, **options)


def refusal(content, **options):
    with pytest.raises(AnsibleLookupError) as refused:
        read(content, **options)
    told = str(refused.value)
    assert told.endswith(".")
    assert "\n" not in told
    assert "SENTINEL" not in told
    return told


@pytest.mark.parametrize(
    "content",
    [
        'Customer,Sub Domain,Plan\nAcme,acme,"gold, eu"\n',
        'Customer;Sub Domain;Plan\r\nAcme;acme;"gold, eu"\r\n',
        "Customer\tSub Domain\tPlan\nAcme\tacme\tgold, eu\n",
        'sep=;\r\nCustomer;Sub Domain;Plan\r\nAcme;acme;"gold, eu"\r\n',
        '\ufeff"CUSTOMER ";" sub  domain";pLAN\nAcme;acme;gold, eu\n',
        "\n;;;\ncustomer;SUB_DOMAIN;Plan;\n\n;;\n  Acme ; acme\u00a0;gold,eu;\n;;;;;\n",
        'Plan;Remark;Customer;Sub-Domain\n"gold\neu";"a ""quoted"" remark";Acme;acme\n',
        'Customer;Sub Domain;Plan\nAcme;acme;"[""gold"", ""eu""]"\n',
        "Customer;Sub Domain;Plan\nAcme;acme;gold, eu;;;\n",
    ],
)
def test_what_spreadsheets_write_is_read(content):
    assert read(content, columns=COLUMNS) == [ACME]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_names_the_encoding(tmp_path, encoding):
    path = tmp_path / "customers.csv"
    path.write_bytes("Name;Subdomain\nÇa & Là;ca-la\n".encode(encoding))
    assert look_up(str(path)) == [{"name": "Ça & Là", "subdomain": "ca-la"}]


def test_another_encoding_can_be_given_and_is_asked_for(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_bytes("name;subdomain\nÇa;ca\n".encode("cp1252"))
    assert look_up(str(path), encoding="cp1252") == [{"name": "Ça", "subdomain": "ca"}]
    with pytest.raises(AnsibleLookupError, match="cannot be read as utf-8: save it as CSV UTF-8, or set encoding"):
        look_up(str(path))


def test_a_relative_path_counts_from_the_folder_of_the_command_and_a_vault_is_opened(tmp_path, monkeypatch):
    secret = VaultSecret(b"password-of-the-vault")
    loader = DataLoader()
    loader.set_vault_secrets([("default", secret)])
    (tmp_path / "customers.csv").write_bytes(VaultLib([("default", secret)]).encrypt("name,id\nAcme,7\n"))
    monkeypatch.chdir(tmp_path)
    assert look_up("customers.csv", loader=loader) == [{"name": "Acme", "id": "7"}]


def test_without_columns_those_that_are_called_as_options_are_read():
    content = "ID,Name,Sub domain,API key,Remark,Enabled,Update secrets,Events.Callback URL\n7,Acme,acme,key-of-acme,x,no,never,https://x.example/\n"
    assert read(content) == [
        {
            "id": "7",
            "name": "Acme",
            "subdomain": "acme",
            "api_key": "key-of-acme",
            "enabled": "no",
            "update_secrets": "never",
            "events": {"callback_url": "https://x.example/"},
        }
    ]


def test_several_columns_can_make_the_tags_and_a_dot_leads_into_an_option():
    columns = {
        "name": "n",
        "tags": ["plan", "region"],
        "configuration.filter.response.nulls": "nulls",
        "events.resources": "r",
    }
    assert read("n,plan,region,nulls,r\na,gold,eu,true,incidents\nb,,eu,,\n", columns=columns) == [
        {
            "name": "a",
            "tags": ["gold", "eu"],
            "configuration": {"filter.response.nulls": "true"},
            "events": {"resources": ["incidents"]},
        },
        {"name": "b", "tags": ["eu"]},
    ]


def test_the_keys_are_found_by_name_or_by_another_option():
    assert read("name,subdomain\nAcme,acme\n", keys=KEYS)[0]["api_key"] == "key-of-acme"
    assert read("name,id\nAcme,7\n", keys={7: "key-of-seven"}, keys_by="id")[0]["api_key"] == "key-of-seven"
    assert read("name,subdomain\nA,acme\n", keys={"acme": "key-of-acme"}, keys_by="subdomain")[0]["api_key"]
    assert "api_key" not in read("name,state\nGone,absent\n", keys=KEYS)[0]
    assert read("name,api_key\nOther,key-of-other\n", keys=KEYS)[0]["api_key"] == "key-of-other"


@pytest.mark.parametrize("keys", [KEYS, {**KEYS, "Newcomer": ""}, {**KEYS, "Newcomer": None}])
def test_a_tenant_without_a_key_says_so_by_its_line_and_keeps_the_others(keys):
    acme, newcomer, blueleaf = read(
        'name,subdomain\n"Acme",acme\n\n"Newcomer",n\nBlueleaf,blueleaf\n', keys=keys
    )  # fmt: skip
    assert (acme["api_key"], blueleaf["api_key"]) == ("key-of-acme", "key-of-blueleaf")
    assert newcomer == {"name": "Newcomer", "problem": "line 4 (Newcomer): no API key under its name in keys."}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Bad,https://bad.freshdesk.com,", "line 4 (Bad): subdomain must be the bare name of the Freshdesk account"),
        ("Bad,bad,maybe", "line 4 (Bad): enabled must be of type bool."),
        ("Bad,bad,,SENTINEL", "line 4 (Bad): it has 4 cells and the header line has 3: put cells"),
    ],
)
def test_a_line_that_is_wrong_says_so_by_its_number_and_without_its_value(line, says):
    bad, acme = read(f"name,subdomain,enabled\n,,\n\n{line}\nAcme,acme,\n")
    assert bad["problem"].startswith(says)
    assert bad == {"name": "Bad", "problem": bad["problem"]}
    assert "SENTINEL" not in bad["problem"]
    assert acme == {"name": "Acme", "subdomain": "acme"}


def test_lines_are_counted_as_editors_do_though_a_cell_has_several(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text('name,tags\nA,"x\ny\nz"\nNewcomer,\n')
    assert look_up(str(path), keys={"A": "key-of-aaa"})[1]["problem"] == (
        "customers.csv, line 5 (Newcomer): no API key under its name in keys."
    )


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("", {}, "content: it is empty: it needs a header line that names the columns."),
        ("\n ; \n", {}, "it is empty"),
        ("tags,b\n1,2\n", {}, "no column is called name or id: set columns to map options to the columns (tags, b)."),
        ("name,Plan\n", {"columns": {"name": "name", "tags": "Plans"}}, "it has no column Plans for tags: its columns are name, Plan."),
        ("name,a,A\n", {"columns": {"tags": "a"}}, "it has 2 columns a for tags: its columns are name, a, A."),
        ("name\n", {"columns": {"nme": "name"}}, "columns has nme, which is not an option of a tenant: perhaps you mean name."),
        ("name,tags\n,x\nA,\n", {}, "content: line 2 has neither name nor id: correct these lines."),
        ("name\nA\nB\nA\n", {}, "line 4 (A) has the name of line 2: correct"),
        ("name,id\nA,1\nB,1\n", {}, "line 3 (B) has the id of line 2"),
        ("name\n<b>bold\n", {}, "name contains an HTML tag"),
        ('name,tags\nA,"x\nB,y\n', {}, "line 2 cannot be read (unexpected end of data): check its quotes."),
        ("name\nA\n", {"clumns": {}}, "clumns is not an option: perhaps you mean columns."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_file_is_one_sentence(content, options, says):
    assert says in refusal(content, **options)


@pytest.mark.parametrize("columns", [None, {"name": "Customer", "api_key": "Key"}])
def test_the_first_line_of_a_file_without_a_head_line_is_not_shown(columns):
    assert "the line may hold API keys" in refusal("acme,acme,SENTINEL\nbeta,beta,key-of-beta\n", columns=columns)


def test_a_file_that_is_not_there_is_one_sentence():
    with pytest.raises(
        AnsibleLookupError, match=r"^nowhere\.csv: it is not there, cannot be read or cannot be decrypted"
    ):
        look_up("nowhere.csv")
    with pytest.raises(AnsibleLookupError, match=r"either files to read or content: give one of them\.$"):
        look_up()


@pytest.mark.parametrize("keys", [["SENTINEL-key"], "SENTINEL-key", "Acme=SENTINEL-key"])
def test_keys_that_are_no_mapping_are_refused_and_not_shown(keys):
    assert "keys must be of type dict" in refusal("name\nAcme\n", keys=keys)


def test_content_that_is_no_text_is_refused_and_not_shown():
    assert "content must be of type str" in refusal(["name,api_key", "Acme,SENTINEL-key"])
