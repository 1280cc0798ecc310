"""Once round in a bureau of its own: facts → quarter → colour → push → feedback → portal, each by its own person."""

import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from foundation.periods import Period
from tests.browser.conftest import log_in
from tests.browser.test_journeys import PASSWORD, choose_enterprise, today
from tests.browser.watching import Enter, Watch, pick
from tests.deliveries.receivers import Receiver, receiving
from tests.ground.processes import run
from tests.waiting import patience, wait_until

FEEDBACK = "已约谈企业负责人,十日内复查。"


@pytest.fixture
def code(data_dir: Path, site: str, fresh_number: str) -> str:
    """A new bureau with people and a standard, without facts and subscriptions."""
    if data_dir == Path():
        pytest.skip("ANQI_URL_DATA does not name the data folder of the demo")
    code = f"YZ{fresh_number}"
    done = run([sys.executable, "-m", "tests.browser.new_bureau", code, PASSWORD], DATA_DIR=str(data_dir))
    assert done.returncode == 0, done.stderr
    return code


@pytest.mark.drill
def test_once_round(visit: Enter, enter: Enter, code: str) -> None:
    quarter = Period.parse(last_quarter())
    watches = {name: visit() for name in ("officer", "chief", "bureau", "department")}
    for name, watch in watches.items():
        log_in(watch.page, f"{code}-{name}", PASSWORD)
    officer, bureau, department = (watches[name].page for name in ("officer", "bureau", "department"))
    name = f"星火铸造厂{code}"
    with receiving() as receiver:
        subscribe(bureau, code)
        set_address(enter("operator"), code, receiver)
        receiver.secret = take_secret(department)

        record_facts(officer, name, f"{quarter.start.year}-{quarter.start.month + 1:02}-15")
        evaluate(bureau)
        officer.goto("/enterprises/")
        row = officer.locator("#results tbody tr", has_text=name)
        colour = re.search("Green|Yellow|Red|Not rated", row.inner_text())
        assert colour, row.inner_text()

        wait_until(lambda: receiver.kept)
        assert receiver.invalid == 0
        (message,) = receiver.kept
        (told,) = message["data"]["ratings"]
        assert (told["name"], message["data"]["period"]) == (name, quarter.code)
        assert {"grey": "Not rated"}.get(told["colour"], told["colour"].title()) == colour[0]

    answer(department, name)
    bureau.goto("/deliveries/departments/receipts/")
    expect(bureau.locator("main")).to_contain_text(FEEDBACK)
    expect(bureau.locator("main")).to_contain_text(f"{code} department")

    manager = visit(width=360, language="zh")
    see_colour(watches["chief"].page, manager, code, name)
    words = {"Green": "绿", "Yellow": "黄", "Red": "红", "Not rated": "未评"}
    expect(manager.page.locator("main")).to_contain_text(words[colour[0]])
    assert not [fault for watch in (*watches.values(), manager) for fault in watch.look()]


def last_quarter() -> str:
    year, month, _day = map(int, today().split("-"))
    return Period(year, (month + 2) // 3).shift(-1).code


def subscribe(page: Page, code: str) -> None:
    """The bureau decides who is told what: here everything, to its one department."""
    page.goto("/deliveries/departments/")
    page.get_by_role("link", name=re.compile("ubscri")).first.click()
    page.locator("select[name=department]").select_option(label=f"{code} 应急管理局")
    page.locator("input[name=title]").fill(f"全部企业 {code}")
    page.locator("input[name=whole_bureau][value=true]").check()
    page.locator(".save-bar button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text(code)


def set_address(watch: Watch, code: str, receiver: Receiver) -> None:
    """The operator says where to, and approves it."""
    page = watch.page
    page.goto("/deliveries/board/")
    page.get_by_role("link", name=f"全部企业 {code}").click()
    page.locator("a[href$='/address/']").first.click()
    page.locator("[name=url]").fill(receiver.url)
    page.locator("[name=allowed_hosts]").fill("127.0.0.0/8")
    page.locator(".save-bar button[type=submit]").click()
    expect(page.locator("#toasts")).to_contain_text("The address was set.")
    assert not watch.look()


def take_secret(page: Page) -> str:
    """The department confirms the address and makes the secret of its receiver, which is shown once."""
    page.goto("/deliveries/mine/")
    page.locator("main a[href*='/deliveries/mine/']").first.click()
    page.get_by_role("link", name="Check and confirm the address").click()
    page.get_by_role("button", name="Confirm the address").click()
    page.get_by_role("link", name="Create the secret").first.click()
    page.get_by_role("button", name="Create a new secret").click()
    secret = page.locator(".secret-shown").input_value()
    assert secret.startswith("whsec_")
    return secret


def record_facts(page: Page, name: str, day: str) -> None:
    """A new enterprise, inspected in the quarter, with a hazard that is still open."""
    page.goto("/enterprises/new/")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=since][value=always]").check()
    page.locator(".save-bar button[type=submit], main form button[type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text(name)
    page.goto("/inspections/new/")
    choose_enterprise(page, name)
    page.locator("input[name=inspected_on]").fill(day)
    page.locator("select[name=conclusion]").select_option("rectify")
    page.locator("input[name=inspectors]").fill("周志远，李明")
    page.locator("input[name='hazards-0-item']").fill("配电箱未上锁")
    page.locator("input[name='hazards-0-place']").fill("一号车间")
    page.locator("input[name='hazards-0-due_on']").fill(day[:-2] + "28")
    page.locator(".save-bar button[type=submit]").click()
    expect(page.locator(".fact-list")).to_contain_text("配电箱未上锁")


def evaluate(page: Page) -> None:
    """The supervisor starts the official evaluation of the last quarter; workers do it."""
    page.goto("/warning/runs/new/")
    page.locator(".save-bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/warning/runs/\d+/"))
    expect(page.locator(".facts").first).to_contain_text("Complete", timeout=1_000 * patience(60))


def answer(page: Page, name: str) -> None:
    """Read, acknowledge, say what was done."""
    page.goto("/")
    expect(page).to_have_url(re.compile("/deliveries/inbox/"))
    page.locator("#results a[href*='/deliveries/inbox/']").first.click()
    expect(page.locator(".told-list")).to_contain_text(name)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#toasts")).to_contain_text("Acknowledged")
    page.locator("#answer textarea[name=text]").fill(FEEDBACK)
    page.get_by_role("button", name="Send feedback").click()
    expect(page.locator("#answer")).to_contain_text(FEEDBACK)


def see_colour(chief: Page, manager: Watch, code: str, name: str) -> None:
    """The chief invites the enterprise's security manager, who finds the colour on the first page."""
    chief.goto("/people/new/")
    chief.locator("[name=username]").fill(f"{code}-manager")
    chief.locator("[name=full_name]").fill("秦素梅")
    with chief.expect_response(lambda answered: "/role-fields/" in answered.url):
        chief.locator("[name=role]").select_option("security_manager")
    expect(chief.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    pick(chief, "enterprise", name)
    chief.locator(".save-bar button[type=submit]").click()
    page = manager.page
    page.goto(chief.locator("#link").input_value())
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("button[type=submit]").last.click()
    log_in(page, f"{code}-manager", PASSWORD)
    expect(page.locator("main")).to_contain_text(name)
