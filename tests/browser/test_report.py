# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's report, made by a real playbook and used in a real Chromium: search, sort, keyboard, both colour schemes, hostile names.

Skipped where there is no Chromium. Screenshots are kept in the folder that REPORT_SCREENSHOTS names, to be looked at.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

PLAYBOOK = Path(__file__).parent / "report" / "render.yml"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,1500",
]

HOSTILE = {
    "<script>document.title='owned'</script>": "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">": "<img src=x onerror=\"document.title='owned'\">",
    "</td></tr></table></style></script>": "</td></tr></table></style></script>",
    "{{ 1+1 }}{% raw %}": "{{ 1+1 }}{% raw %}",
    "a &amp; \"b\" 'c'": "a &amp; \"b\" 'c'",
    "\x1b[31mred\x1b[0m": "\ufffd[31mred\ufffd[0m",
    "\u202egnp.exe\u202c": "\ufffdgnp.exe\ufffd",
    "לקוח": "לקוח",
    "x" * 300: "x" * 300,
}
"""Names, and how they must read."""

pytestmark = pytest.mark.skipif(CHROMIUM is None or CHROMEDRIVER is None, reason="there is no Chromium with its driver")


def outcome(name: str | None, action: str, number: int | None, requests: int, **more: Any) -> dict[str, Any]:
    http = {"requests": requests, "retries": requests // 3, "seconds": requests / 8}
    return {"name": name, "action": action, "id": number, "changed": action != "unchanged", "http": http, **more}


def failed(name: str, state: str = "failed", status: int | None = 401) -> dict[str, Any]:
    error = {"state": state, "message": f"{name}: Freshdesk refuses the key <b>here</b>.", "status": status}
    return outcome(name, "failed", None, 2, error={**error, "request_id": "5f0c-77", "attempts": 1})


def result(outcomes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    actions = [one["action"] for one in outcomes]
    return {
        "changed": True,
        "outcomes": outcomes,
        "pruned": [{"id": 77, "name": "old <i>one</i>"}],
        "summary": {action: actions.count(action) for action in sorted(set(actions))},
        "plan_id": "9b74c9897bac770ffc029102a200c5de",
        "http": {"requests": sum(one["http"]["requests"] for one in outcomes), "retries": 4},
        "base_url": "https://api.cloud-elements.com/elements/api-v2",
        **more,
    }


ODD = [
    *(outcome(name, "created", 100 + number, number) for number, name in enumerate(HOSTILE)),
    failed("refused", status=None),
    failed("<b>bold</b>", state="not_tried"),
    outcome("Tenant-10", "updated", 9, 10),
    outcome("tenant-9", "unchanged", 10, 9),
    outcome(None, "deleted", 11, 1),
    outcome("yet to come", "created", -1, 1),
]


def page(folder: Path, registered: dict[str, Any], *arguments: str) -> Path:
    """The report that the playbook makes of this result."""
    (folder / "result.json").write_text(json.dumps(registered), encoding="utf-8")
    made = folder / "report.html"
    variables = json.dumps({"result_path": str(folder / "result.json"), "page_path": str(made)})
    run = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), "-i", "localhost,", PLAYBOOK, "-e", variables, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return made


@pytest.fixture(scope="module")
def odd_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page(tmp_path_factory.mktemp("odd"), result(ODD))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(CHROMEDRIVER)))
    yield driver
    driver.quit()


class Page:
    """A report in the browser."""

    def __init__(self, driver: webdriver.Chrome, path: Path) -> None:
        self.driver = driver
        driver.get_log("performance")
        driver.get(path.as_uri())

    def find(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def column(self, position: int) -> list[str]:
        """The texts of a column, in the rows that can be seen."""
        script = (
            "return Array.from(document.querySelectorAll('#tenants tbody tr')).filter(row => row.offsetParent !== null)"
            ".map(row => row.cells[arguments[0]].innerText.trim())"
        )
        texts: list[str] = self.driver.execute_script(script, position)
        return texts

    def header(self, name: str) -> Any:
        (button,) = (
            button
            for button in self.driver.find_elements(By.CSS_SELECTOR, "#tenants thead button")
            if button.text.strip() == name
        )
        return button

    def sort_of(self, name: str) -> str:
        return str(self.header(name).find_element(By.XPATH, "..").get_attribute("aria-sort"))

    def search(self, text: str) -> None:
        field = self.find("#search")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(Keys.DELETE, text)

    def until(self, true: Callable[[], bool]) -> None:
        WebDriverWait(self.driver, 60).until(lambda driver: true())

    @property
    def count(self) -> str:
        return str(self.find("#count").text)


@pytest.fixture
def odd(chromium: webdriver.Chrome, odd_page: Path) -> Iterator[Page]:
    opened = Page(chromium, odd_page)
    yield opened
    assert chromium.get_log("browser") == [], "the console has something to say"
    assert chromium.title == f"Run of {chromium.title[7:23]} UTC: {len(ODD)} tenants, 2 failed"


def test_names_are_shown_as_text_whatever_is_in_them(odd: Page) -> None:
    names = odd.column(0)
    assert names[: len(HOSTILE)] == list(HOSTILE.values())
    assert names[len(HOSTILE) :] == [
        "refused",
        "<b>bold</b>",
        "Tenant-10",
        "tenant-9",
        "no name",
        "yet to come",
        "old <i>one</i>",
    ]
    assert len(odd.driver.find_elements(By.CSS_SELECTOR, "img, #tenants b, #tenants script")) == 0
    assert "<b>here</b>" in odd.column(6)[len(HOSTILE)]


def test_a_name_from_right_to_left_leaves_the_rest_of_its_row_alone(odd: Page) -> None:
    assert (
        odd.driver.execute_script("return getComputedStyle(document.querySelector('#tenants bdi')).unicodeBidi")
        == "isolate"
    )


def test_it_says_when_where_and_what(odd: Page) -> None:
    assert odd.find("h1").text.split("\n") == ["Freshdesk tenants", "Run"]
    facts = dict(fact.text.split("\n") for fact in odd.driver.find_elements(By.CSS_SELECTOR, ".facts > div"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", facts.pop("Time"))
    assert facts == {
        "Platform": "api.cloud-elements.com",
        "Tenants": str(len(ODD)),
        "Requests": f"{sum(one['http']['requests'] for one in ODD)} (4 retries)",
        "Plan": "9b74c9897bac770ffc029102a200c5de",
    }
    chart = [row.text.split() for row in odd.driver.find_elements(By.CSS_SELECTOR, ".chart tbody tr")]
    assert chart == [
        ["!", "failed", "2", "12.5", "%"],
        ["+", "created", "10", "62.5", "%"],
        ["~", "updated", "1", "6.2", "%"],
        ["\u2212", "deleted", "1", "6.2", "%"],
        ["\u2212", "pruned", "1", "6.2", "%"],
        ["=", "unchanged", "1", "6.2", "%"],
    ]
    row = odd.driver.find_elements(By.CSS_SELECTOR, "#tenants tbody tr")[len(HOSTILE) + 1]
    assert [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "td")[:5]] == ["!\nfailed", "", "2", "0", "0.25"]
    assert row.text.endswith("not tried · HTTP 401 · request 5f0c-77")


def test_a_search_shows_what_holds_all_its_words_and_says_how_many(odd: Page) -> None:
    everything = odd.column(0)
    assert odd.count == f"{len(everything)} tenants"
    odd.search("TENANT- updated")
    odd.until(lambda: odd.count.startswith("1 of"))
    assert odd.count == f"1 of {len(everything)} tenants"
    assert odd.column(0) == ["Tenant-10"]
    odd.search("no such tenant")
    odd.until(lambda: odd.count.startswith("0 of"))
    assert odd.find("#nothing").is_displayed()
    odd.search("refuses the key")
    odd.until(lambda: odd.count.startswith("2 of"))
    odd.search("")
    odd.until(lambda: odd.count == f"{len(everything)} tenants")
    Select(odd.find("#only")).select_by_value("failed")
    assert odd.column(0) == ["refused", "<b>bold</b>"]
    assert odd.find("#count").get_attribute("role") == "status"


def test_each_column_sorts_up_down_and_back(odd: Page) -> None:
    given = odd.column(0)
    for position, name in enumerate(["Tenant", "Action", "Id", "Requests", "Retries", "Seconds", "Error"]):
        seen = []
        for direction in ("ascending", "descending", "none"):
            odd.header(name).click()
            assert odd.sort_of(name) == direction
            seen.append(odd.column(position))
        up, down, _given = seen
        filled = [text for text in up if text]
        assert up == filled + [""] * (len(up) - len(filled)), "what has no value comes last"
        assert down[len(filled) :] == [""] * (len(up) - len(filled)), "what has no value comes last"
        if name in ("Id", "Requests", "Retries", "Seconds"):
            assert [float(text) for text in filled] == sorted(float(text) for text in filled)
        assert sorted(down) == sorted(up)
        assert down[: len(filled)] != filled
        assert odd.column(0) == given
    odd.header("Tenant").click()
    names = odd.column(0)
    assert names.index("tenant-9") + 1 == names.index("Tenant-10"), (
        "numbers in names count as numbers, case does not count"
    )
    odd.header("Id").click()
    assert (odd.sort_of("Tenant"), odd.sort_of("Id")) == ("none", "ascending")


def test_everything_is_reached_and_used_by_keyboard_and_the_focus_is_seen(odd: Page) -> None:
    stops = []
    for _stop in range(9):
        odd.driver.switch_to.active_element.send_keys(Keys.TAB)
        stop = odd.driver.switch_to.active_element
        outline = odd.driver.execute_script("return getComputedStyle(arguments[0]).outlineStyle", stop)
        assert outline == "solid"
        stops.append(stop.get_attribute("id") or stop.text.strip())
    assert stops == ["search", "only", "Tenant", "Action", "Id", "Requests", "Retries", "Seconds", "Error"]
    odd.header("Requests").send_keys(Keys.ENTER)
    assert odd.sort_of("Requests") == "ascending"
    odd.header("Requests").send_keys(Keys.SPACE)
    assert odd.sort_of("Requests") == "descending"
    assert odd.driver.switch_to.active_element == odd.header("Requests"), "sorting leaves the focus where it was"


def test_each_field_has_a_label_and_each_table_a_name(odd: Page) -> None:
    for selector in ("#search", "#only", "#tenants", ".chart"):
        assert odd.find(selector).accessible_name
    assert [
        header.get_attribute("scope") for header in odd.driver.find_elements(By.CSS_SELECTOR, "#tenants thead th")
    ] == ["col"] * 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 420])
def test_texts_stand_out_in_both_schemes_and_nothing_is_wider_than_the_page(odd: Page, scheme: str, width: int) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    odd.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    metrics = {"width": width, "height": 1400, "deviceScaleFactor": 1, "mobile": False}
    odd.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    kept = os.environ.get("REPORT_SCREENSHOTS")
    if kept:
        odd.driver.save_screenshot(str(Path(kept, f"report-{scheme}-{width}.png")))
    script = """
        const light = (color) => {
          const [r, g, b] = color.match(/[\\d.]+/g).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (element) => {
          for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if (color !== "rgba(0, 0, 0, 0)") return color;
          }
        };
        const faint = [];
        for (const element of document.querySelectorAll("body *")) {
          const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
          if (!own || element.tagName === "SCRIPT" || !element.checkVisibility()) continue;
          const [one, two] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
          const contrast = (one + 0.05) / (two + 0.05);
          if (contrast < 4.5) faint.push([element.tagName, element.textContent.slice(0, 40), contrast]);
        }
        return [faint, document.documentElement.scrollWidth - document.documentElement.clientWidth,
                getComputedStyle(document.documentElement).backgroundColor];
    """
    faint, too_wide, background = odd.driver.execute_script(script)
    odd.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    odd.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert faint == []
    assert too_wide <= 0
    assert (background == "rgb(245, 246, 248)") == (scheme == "light")


def test_on_paper_all_rows_are_there_and_the_tools_are_not(odd: Page) -> None:
    odd.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not odd.find("#tools").is_displayed()
    assert len(odd.column(0)) == len(ODD) + 1
    odd.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_it_asks_nothing_of_anybody_and_its_policy_fits(odd: Page, odd_page: Path) -> None:
    messages = [json.loads(entry["message"])["message"] for entry in odd.driver.get_log("performance")]
    asked = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith(("file:///", "data:"))] == []
    text = odd_page.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.group(1).split(";"))
    hashes = {
        kind: base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        for kind, body in re.findall(r"<(style|script)>(.*?)</\1>", text, re.DOTALL)
    }
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{hashes['style']}'",
        "script-src": f"'sha256-{hashes['script']}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_ten_thousand_tenants_stay_usable(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    count = 10_000
    outcomes = [outcome(f"tenant-{number:05}", "created", number + 1, number % 7) for number in range(count)]
    outcomes[7_777] = failed("tenant-07777")
    opened = Page(chromium, page(tmp_path, result(outcomes)))
    assert opened.count == "10,001 tenants, the first 500 shown"
    assert len(opened.column(0)) == 500
    opened.find("#more").click()
    assert opened.count == "10,001 tenants, the first 1,000 shown"
    opened.header("Tenant").click()
    opened.header("Tenant").click()
    assert opened.column(0)[:2] == ["tenant-09999", "tenant-09998"]
    assert len(opened.column(0)) == 500
    opened.search("07777")
    opened.until(lambda: opened.count == "1 of 10,001 tenants")
    assert opened.column(0) == ["tenant-07777"]
    assert not opened.find("#more").is_displayed()
    assert chromium.get_log("browser") == []


def test_a_dry_run_says_so(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    opened = Page(chromium, page(tmp_path, result([outcome("acme", "created", -1, 0)]), "--check"))
    assert opened.find("h1").text.split("\n") == ["Freshdesk tenants", "Dry run"]
    assert "Nothing was written" in opened.find(".banner").text
    assert opened.column(2) == ["", "77"], "a placeholder is no id"


def test_input_that_was_refused_makes_a_page_that_says_why(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    refused = {
        "changed": False,
        "msg": "Entry 217 (<b>x</b>): subdomian is not an option.",
        "error": {"state": "failed"},
    }
    opened = Page(chromium, page(tmp_path, refused))
    assert opened.find(".banner").text.endswith("Entry 217 (<b>x</b>): subdomian is not an option.")
    assert opened.driver.find_elements(By.CSS_SELECTOR, "table, script") == []
    assert chromium.get_log("browser") == []


def test_a_result_without_times_has_no_column_of_them(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    plain = outcome("acme", "unchanged", 1, 1)
    del plain["http"]["seconds"]
    opened = Page(chromium, page(tmp_path, result([plain], pruned=[])))
    names = [button.text.strip() for button in opened.driver.find_elements(By.CSS_SELECTOR, "thead button")]
    assert names == ["Tenant", "Action", "Id", "Requests", "Retries", "Error"]


def test_what_changes_of_a_tenant_is_folded_under_it(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    diff = {"before": {"state": "present", "tags": ["a"]}, "after": {"state": "present", "tags": ["<b>"]}}
    shown = outcome("acme", "updated", 1, 1, instance={"subdomain": "acme-inc", "tags": ["crm", "eu"]}, diff=diff)
    opened = Page(chromium, page(tmp_path, result([shown])))
    changes = opened.find("#tenants details pre")
    assert opened.find("#tenants th[scope=row] small").text == "acme-inc · crm · eu"
    assert not changes.is_displayed()
    opened.find("#tenants details summary").click()
    assert changes.text.splitlines() == ['- tags: ["a"]', '+ tags: ["<b>"]']
