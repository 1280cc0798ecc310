"""A checklist on a phone: answered in one hand, kept over a reload and a lost network, recorded once."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import log_in
from tests.browser.watching import Enter

REST = "其余全部合格"


def _checklist_of(file: str) -> str:
    return f"/inspections/check/?enterprise={file.strip('/').rpartition('/')[2]}&list=key"


def _item(page: Page, code: str) -> Locator:
    return page.locator(f"[data-item][data-code={code}]")


@pytest.mark.drill
def test_a_checklist_is_answered_kept_and_recorded(visit: Enter) -> None:
    watch = visit(language="zh", width=360)
    page = watch.page
    log_in(page, "chief")
    page.goto("/enterprises/?q=铭洲")
    file = page.locator("#results tbody a").first.get_attribute("href") or ""
    address = _checklist_of(file)
    page.goto("/enterprises/")
    files = [each.get_attribute("href") or "" for each in page.locator("#results .cell-title a").all()]
    other = next(each for each in files if each != file)
    page.goto(address)

    _item(page, "A02").locator(".check-fail").click()
    _item(page, "A02").locator("[name^=note]").fill("预案过期")
    section = page.locator("[data-section]").first
    page.locator("[data-search]").fill("A03")
    section.get_by_text(REST).click()
    expect(page.locator("[data-count]")).to_have_text("2 / 30")  # what is hidden did not pass
    section.get_by_text("撤销").click()
    expect(page.locator("[data-count]")).to_have_text("1 / 30")
    page.locator("[data-search]").fill("")
    section.get_by_text(REST).click()
    expect(_item(page, "A01").locator(".check-options")).to_be_hidden()  # folded to its answer
    page.locator("[data-next]").click()
    expect(_item(page, "B01").locator("input").first).to_be_focused()

    expect(page.locator("[data-draft-line]")).to_contain_text("已暂存在本设备")
    page.reload()
    expect(page.locator("[data-count]")).to_have_text("8 / 30")
    expect(_item(page, "A02").locator("[name^=note]")).to_have_value("预案过期")
    page.goto(_checklist_of(other))  # what was answered here is not what is seen there
    _item(page, "A01").locator(".check-pass").click()
    expect(page.locator("[data-draft-line]")).to_contain_text("已暂存在本设备")
    expect(page.locator("[data-draft-box]")).to_have_count(0)
    page.goto(address)
    page.locator("[data-draft-box] button").first.click()
    expect(page.locator("[data-count]")).to_have_text("8 / 30")
    for each in page.locator("[data-pass-all]:visible").all():
        each.click()
    expect(page.locator("[data-count]")).to_have_text("30 / 30")
    expect(page.locator("[data-verdict-words]")).to_have_text("限期整改")
    for number in (0, 1):  # the chief and a second officer, both with police numbers
        page.locator(".checking-person:not(:has-text('辅警')) input").nth(number).check()

    page.context.set_offline(True)
    page.locator("[data-record]").click()
    expect(page.locator("[data-send-note]")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_url("**/inspections/*/", timeout=30_000)
    expect(page.locator("#answers")).to_contain_text("治安保卫重点单位，第 1 版")
    expect(page.locator(".fact-list a", has_text="未制定突发事件处置预案")).to_have_count(1)
