"""From an empty bureau to the first trial colours: every list comes in by page, shaped as people have them."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.test_journeys import PASSWORD
from tests.browser.test_once_round import last_quarter
from tests.browser.test_sheets import wait
from tests.browser.watching import Enter, Watch
from tests.ground.processes import run
from tests.waiting import patience

pytestmark = pytest.mark.drill


def book(path: Path, title: str, header: list[str], rows: list[list[Any]]) -> Path:
    """A workbook as a station keeps it: a merged title, two rows of header, a total, and who made it."""
    width = len(header)
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet(title)
        page.merge_range(0, 0, 0, width - 1, title)
        for place, name in enumerate(header):
            above, _bar, below = name.partition("｜")
            page.write_row(1, place, [above])
            page.write_row(2, place, [below])
        for line, row in enumerate(rows, start=3):
            page.write_row(line, 0, row)
        page.write_row(len(rows) + 3, 0, ["合计", len(rows)])
        page.write(len(rows) + 4, 0, "制表人：王姐")
    return path


def bring(watch: Watch, kind: str, path: Path, count: int) -> list[str]:
    """Upload a list, confirm its columns as they are proposed, write it. Return what is wrong with the pages."""
    page = watch.page
    page.goto("/imports/sheets/")
    page.select_option("select[name=kind]", kind)
    page.set_input_files("input[type=file]", path)
    page.locator(".anqi-form button[type=submit]").click()
    wait(page, ".sheet-columns")
    page.locator(".sheet-foot .btn-primary").click()
    wait(page, ".sheet-tabs")
    expect(page.locator(".sheet-tab.is-new .sheet-tab-count")).to_have_text(str(count))
    page.locator(".sheet-foot .btn-primary").click()
    wait(page, ".sheet-tab.is-written")
    expect(page.locator(".sheet-tab.is-written .sheet-tab-count")).to_have_text(str(count))
    return watch.look()


def next_step(page: Page) -> str:
    """Return which step the page calls the next."""
    page.goto("/imports/sheets/")
    return page.locator(".sheet-order [aria-current=step] strong").inner_text()


def test_a_first_morning(visit: Enter, data_dir: Path, site: str, fresh_number: str, tmp_path: Path) -> None:
    if data_dir == Path():
        pytest.skip("ANQI_URL_DATA does not name the data folder of the demo")
    code = f"CK{fresh_number}"
    done = run(
        [sys.executable, "-m", "tests.browser.new_bureau", code, PASSWORD, "empty"], DATA_DIR=str(data_dir)
    )
    assert done.returncode == 0, done.stderr
    station, firms = f"{code} 派出所", [f"{code}商户{number}" for number in range(6)]
    quarter = last_quarter()
    day = f"{quarter[:4]}年{3 * int(quarter[-1]) - 1}月15日"

    boss = visit(width=360, language="zh")
    log_in(boss.page, f"{code}-bureau", PASSWORD)
    assert next_step(boss.page) == "人员与角色"
    people = [["赵强", f"{code}-chief", "所长", "138 0000 1001", station]]
    people += [["李明", f"{code}-li", "民警", "13800001002", station]]
    header = ["姓名", "登录名", "职务", "联系方式｜手机", "联系方式｜单位"]
    faults = bring(boss, "person", book(tmp_path / "1.xlsx", "人员名册", header, people), 2)
    boss.page.get_by_role("link", name="生成邀请链接").click()
    boss.page.locator(".save-bar button[type=submit]").click()
    link = boss.page.locator(".card", has_text="赵强").locator("[data-copy]").get_attribute("data-copy")

    chief = visit(width=360, language="zh")
    chief.page.goto(str(link))
    for typed in chief.page.locator("input[type=password]").all():
        typed.fill(PASSWORD)
    chief.page.locator("button[type=submit]").last.click()
    log_in(chief.page, f"{code}-chief", PASSWORD)
    assert next_step(chief.page) == "企业名册"
    header = ["单位名称", "地址", "联系人｜责任人", "联系人｜联系电话", "从业人数"]
    rows: list[list[Any]] = [
        [name, f"南街{place}号", "刘洋", f"1390000{place:04d}", 5 + place] for place, name in enumerate(firms)
    ]
    faults += bring(chief, "enterprise", book(tmp_path / "2.xlsx", "企业登记表", header, rows), 6)
    assert next_step(chief.page) == "联络员"
    rows = [[name, "李明"] for name in firms]
    faults += bring(chief, "liaison", book(tmp_path / "3.xlsx", "联络员", ["单位名称", "责任民警"], rows), 6)
    rows = [[name, day, "合格" if place else "限期整改"] for place, name in enumerate(firms)]
    header = ["被检查单位", "检查｜检查日期", "检查｜检查结论"]
    faults += bring(chief, "inspection", book(tmp_path / "4.xlsx", "检查台账", header, rows), 6)

    page = boss.page
    page.goto("/warning/standards/new/")
    page.locator(".save-bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/warning/standards/\d+/"))
    page.goto("/imports/sheets/")
    page.get_by_role("link", name="看首次试算的颜色").click()
    page.locator(".save-bar button[type=submit]").click()
    page.wait_for_url(re.compile(r"/warning/runs/\d+/"))
    expect(page.locator(".facts").first).to_contain_text("已完成", timeout=1_000 * patience(60))
    expect(page.locator("main")).to_contain_text("6")
    faults += boss.look() + chief.look()
    assert not faults, faults
