"""One hazard from the moment it is found to its closing, at the station and on the enterprise's phone."""

import io
import re

import pytest
from docx import Document
from playwright.sync_api import Locator, Page, expect

from tests.attachments.pictures import drawn
from tests.browser.test_journeys import confirm, record_inspection_with_hazard, today
from tests.browser.watching import Enter


def save(page: Page) -> None:
    page.locator(".save-bar button[type=submit]").click()


def act(page: Page, name: str) -> None:
    """What a button of the record says, in the dialog or on the page that it leads to."""
    page.get_by_role("link", name=name, exact=True).first.click()


def photographed(page: Page, seed: int) -> None:
    page.set_input_files(
        "input[type=file]", [{"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": drawn(seed, 900)}]
    )


def submit(page: Page, hazard: str, words: str, seed: int | None = None) -> None:
    """The enterprise submits it with words, and with a photo if there is none yet."""
    page.goto(hazard)
    act(page, "Submit as rectified")
    page.locator("[name=reason]").fill(words)
    if seed is not None:
        photographed(page, seed)
    save(page)
    expect(page.locator(".receipt")).to_contain_text(words)


def points(page: Page) -> str:
    """What the running quarter would give the enterprise now, as its own page says."""
    page.goto("/")
    return page.locator("#now, .portal-now, main").first.inner_text()


@pytest.mark.drill
def test_a_hazard_from_finding_to_closing(enter: Enter, fresh_number: str) -> None:
    officer, chief = enter("officer"), enter("chief")
    phone = enter("manager", width=360)
    item = f"Exit locked {fresh_number}"
    hazard = record_inspection_with_hazard(officer.page, item)
    page = officer.page
    page.goto(hazard)
    page.locator("#files").get_by_role("link", name="Add").click()
    photographed(page, 1)
    save(page)
    expect(page.locator("a[data-view]")).to_have_count(1)

    number = issue(page, hazard, item)
    receive(phone.page, hazard, number)
    before = points(phone.page)

    # submitted with words and photo, taken back, submitted again
    submit(phone.page, hazard, "The exit is open again", 2)
    act(phone.page, "Withdraw the submission")
    phone.page.locator("#modal [name=reason]").fill("The second door is missing")
    confirm(phone.page)
    expect(phone.page.locator(".receipt")).to_have_count(0)
    submit(phone.page, hazard, "The lock was taken off")

    # sent back; the enterprise reads why
    boss = chief.page
    boss.goto(hazard)
    expect(boss.locator("main")).to_contain_text("The lock was taken off")
    expect(boss.locator("a[data-view]")).to_have_count(2)
    act(boss, "Send back")
    boss.locator("#modal [name=reason]").fill("The inner door is still locked")
    confirm(boss)
    expect(boss.locator("#toasts")).to_be_visible()
    phone.page.goto(hazard)
    expect(phone.page.locator("main")).to_contain_text("The inner door is still locked")

    # an extension is asked for and refused
    act(phone.page, "Ask for an extension")
    phone.page.locator("[name=extension_wanted_on]").fill(today(days=25))
    phone.page.locator("[name=reason]").fill("The locksmith comes in two weeks")
    save(phone.page)
    expect(phone.page).to_have_url(re.compile(re.escape(hazard) + "$"))
    boss.goto(hazard)
    expect(boss.locator("main")).to_contain_text("The locksmith comes in two weeks")
    act(boss, "Refuse the extension")
    boss.locator("#modal [name=reason]").fill("A key can be left in the door today")
    confirm(boss)
    expect(boss.locator("#toasts")).to_be_visible()
    phone.page.goto(hazard)
    expect(phone.page.locator("main")).to_contain_text("A key can be left in the door today")

    # accepted by another than found it, closed, and the points of the running quarter follow
    submit(phone.page, hazard, "Both doors are open")
    page.goto(hazard)
    expect(page.get_by_role("link", name="Accept and close", exact=True)).to_have_count(0)
    boss.goto(hazard)
    act(boss, "Accept and close")
    confirm(boss)
    expect(boss.locator(".fact-state")).to_contain_text("Closed")
    assert points(phone.page) != before
    assert not officer.look() + chief.look() + phone.look()


def issue(page: Page, hazard: str, item: str) -> str:
    """Issue the order, read its Word file, record its service. Return its number."""
    page.goto(hazard)
    page.locator("#papers").get_by_role("link", name=re.compile("order", re.IGNORECASE)).first.click()
    page.locator("[name=number_1]").fill("041234")
    save(page)
    expect(page).to_have_url(re.compile(r"/papers/\d+/$"))
    heading: Locator = page.locator("h1")
    number = re.search(r"〔\d{4}〕\d+号", heading.inner_text() + page.locator("main").inner_text())
    assert number
    document = Document(io.BytesIO(page.request.get(page.url + "word/").body()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(each.text for each in document.paragraphs), *cells])
    assert number[0] in text
    assert item in text
    return number[0]


def receive(page: Page, hazard: str, number: str) -> None:
    """The enterprise confirms on the phone that it has received the paper."""
    page.goto(hazard)
    page.locator("#papers a", has_text=number).click()
    page.get_by_role("button", name="Confirm receipt").click()
    expect(page.locator("main")).to_contain_text("Receipt confirmed in the portal")
