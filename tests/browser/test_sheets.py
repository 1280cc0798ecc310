"""A messy list taken over in the browser: columns, faults mended, written, undone and written again."""

from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.browser.looking import closely, our_words
from tests.browser.watching import Enter
from tests.waiting import patience

pytestmark = pytest.mark.drill
FIRST, BAD = 20, 40  # rows without a fault, and with one


def messy(path: Path, mark: str) -> None:
    """A workbook with a title, two rows of header, merged cells, a total and 40 bad cells."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("重点单位")
        page.merge_range(0, 0, 0, 5, "企业登记表")
        page.write_row(1, 0, ["单位名称", "地址", "联系人", "", "登记日期", "从业人数"])
        page.write_row(2, 0, ["", "", "责任人", "联系电话", "", ""])
        page.merge_range(1, 2, 1, 3, "联系人")
        for number in range(FIRST + BAD):
            day = "2021-05-03" if number < FIRST else "2022年7月"
            page.write_row(
                number + 3,
                0,
                [f"{mark}商户{number}", f"南街{number}号", "刘洋", f"1380000{number:04d}", day, 5],
            )
        page.write_row(FIRST + BAD + 3, 0, ["合计", FIRST + BAD])
        page.write(FIRST + BAD + 4, 0, "制表人：王姐")


def wait(page: Page, selector: str) -> None:
    """Wait for a step that a worker does; the page asks for it by itself."""
    expect(page.locator(selector).first).to_be_visible(timeout=1_000 * patience(60))


def count(page: Page, state: str) -> str:
    return page.locator(f".sheet-tab.is-{state} .sheet-tab-count").inner_text()


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh", 360)])
def test_a_messy_list(language: str, width: int, enter: Enter, tmp_path: Path, fresh_number: str) -> None:
    watch = enter("chief", width=width, language=language)
    page, ours, faults = watch.page, our_words(), []
    theme = ("light",) if language == "en" else ("dark",)

    def look() -> None:
        """Look at the page closely, which spoils its texts, and load it again."""
        faults.extend(watch.look() + closely(page, ours, theme))
        page.reload()

    path = tmp_path / "list.xlsx"
    messy(path, fresh_number)

    page.goto("/imports/sheets/")
    look()
    page.set_input_files("input[type=file]", path)
    page.locator(".anqi-form button[type=submit]").click()
    wait(page, ".sheet-columns")
    look()
    for name in ("单位名称", "登记日期"):
        expect(page.locator(".sheet-column-name", has_text=name)).to_be_visible()
    page.locator(".sheet-foot .btn-primary").click()
    wait(page, ".sheet-tabs")
    assert (count(page, "new"), count(page, "refused")) == (str(FIRST), str(BAD))
    look()

    page.locator("button[name=proposals]").click()
    expect(page.locator(".sheet-tab.is-refused .sheet-tab-count")).to_have_text("0")
    page.locator(".sheet-foot .btn-primary").click()
    wait(page, ".sheet-tab.is-written")
    assert count(page, "written") == str(FIRST + BAD)

    page.locator(".sheet-foot .btn-ghost-danger").click()
    wait(page, ".sheet-tab.is-unchecked")
    page.locator(
        ".sheet-foot button", has_text="Check all again" if language == "en" else "全部重新核对"
    ).click()
    wait(page, ".sheet-foot .btn-primary")
    assert count(page, "new") == str(FIRST + BAD)
    page.locator(".sheet-foot .btn-primary").click()
    wait(page, ".sheet-tab.is-written")
    page.goto(f"/enterprises/?q={fresh_number}商户7号")
    assert not faults, faults
