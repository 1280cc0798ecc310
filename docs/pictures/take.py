"""Take the screenshots of the README, of the first half hour, of a hazard, of an inspection and of a dispute from a running demo: ``python docs/pictures/take.py http://127.0.0.1:8000``.

Take them right after the first start of a new demo, with the Chinese translations compiled.
"""

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
PASSWORD = "anqi-demo-2026"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
LARGEST_BYTES = 200_000


@dataclass(frozen=True)
class Picture:
    """A screenshot. ``way`` leads to its page: a URL first, then the links to click."""

    name: str
    who: str
    way: tuple[str, ...]
    width: int = 1440
    height: int = 900


BOX = ".board input[name=pick]"
PICTURES: tuple[Picture, ...] = (
    Picture("warning-en", "officer", ("/warning/",)),
    Picture("warning-zh", "officer", ("/warning/",)),
    Picture("today-zh", "officer", ("/today/",)),
    Picture("file-en", "officer", ("/enterprises/?q=铭洲", "#results tbody a")),
    Picture("portal-zh", "manager", ("/portal/",), width=360, height=780),
    Picture("inbox-en", "department", ("/deliveries/inbox/",)),
    *(
        Picture(f"{name}-{language}", "officer", way, width, height)
        for language in LOCALES
        for name, width, height, way in (
            ("board", 1100, 760, ("/inspections/hazards/board/", BOX, f"{BOX}:not(:checked)")),
            ("hazard", 1320, 620, ("/inspections/hazards/?state=submitted", "#results tbody a")),
            ("papers", 1320, 640, ("/papers/",)),
        )
    ),
    *(
        Picture(f"{name}-{language}", "chief", way, width, height)
        for language in LOCALES
        for name, width, height, way in (
            ("week", 1440, 740, ("/inspections/plan/?propose=1",)),
            (
                "inspection",
                1320,
                900,
                ("/papers/?q=检字", "#results tbody a", "main a[href^='/inspections/']:not(.btn)"),
            ),
        )
    ),
)

PICTURES += tuple(
    Picture(f"{name}-{language}", who, way, width, height)
    for language in LOCALES
    for name, who, width, height, way in (
        ("dispute", "chief", 1320, 900, ("/disputes/?q=外包班组反映加班工资", "#results tbody a")),
        ("dispute-own", "manager", 390, 780, ("/disputes/own/",)),
        ("dispute-report", "manager", 390, 780, ("/disputes/own/report/",)),
    )
)


# a register as a station keeps it: a title, two rows of header, days and codes in every spelling, a total
HEADER = (
    ("单位名称", "信用代码", "地址", "法人及电话", "从业人员", "", "行业", "登记日期", "微信号"),
    ("", "", "", "", "合计", "其中保安", "", "", ""),
)
ROWS = (
    (
        "清河宏远化工有限公司",
        "",
        "站前街27号",
        "张建国 13800000731",
        "１２０",
        "4",
        "危化",
        "2019.3.5",
        "wx_hy",
    ),
    (
        "北岸物流园",
        "9.15105E+17",
        "北岸路5号",
        "李桂芳/13900000205",
        "412",
        "12",
        "物流",
        "20200418",
        "beian88",
    ),
    ("东港冷链仓储中心", "", "港城路88号", "王海 0830-0000298", "88人", "2", "物流", "2021年13月1日", ""),
    ("老灶火锅站前店", "", "站前街31号", "陈敏 13700000031", "35", "", "餐饮", "2022年7月", "laozao"),
    ("盛泽大药房", "", "西街2号", "赵志强13500000937", "约20人", "1", "药店", "2023/11/2 0:00", "shengze"),
    ("星光网吧", "", "港城路9号", "孙丽 13600000016", "9", "2", "综合", "44197", "xgwb"),
)


def take(browser: Browser, address: str, picture: Picture) -> Path:
    """Take one screenshot as a user who has just logged in."""
    language = picture.name.rpartition("-")[2]
    page = _enter(browser, address, picture.who, language, picture.width, picture.height)
    first, *links = picture.way
    page.goto(first)
    for link in links:
        page.locator(link).first.click()
        page.wait_for_load_state()
    return _picture(page, picture.name)


def take_over(browser: Browser, address: str, language: str) -> list[Path]:
    """Take the screenshots of a sheet that a chief takes over: its columns, and the preview with its faults."""
    page = _enter(browser, address, "chief", language, 1440, 1100)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "重点单位台账.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("重点单位")
            head, below = HEADER
            last = {"zh": "微信号", "en": "邮箱"}[
                language
            ]  # two layouts: what is confirmed of one is remembered
            lines = (("重点单位台账",), (*head[:-1], last), below, *ROWS, ("合计", len(ROWS)))
            for number, cells in enumerate(lines):
                sheet.write_row(number, 0, cells)
        page.goto("/imports/sheets/?kind=enterprise")
        page.set_input_files("input[type=file]", path)
        page.locator(".anqi-form button[type=submit]").click()
        page.locator(".sheet-columns").wait_for(timeout=120_000)
        columns = _picture(page, f"sheet-columns-{language}", close=False)
        for number in range(page.locator(".sheet-values input").count()):
            each = page.locator(".sheet-values input").nth(number)
            if not each.input_value():
                each.fill("S90")
        page.locator(".sheet-foot .btn-primary").click()
        page.locator(".sheet-tabs").wait_for(timeout=120_000)
        return [columns, _picture(page, f"sheet-preview-{language}")]


def take_phone(browser: Browser, address: str, language: str) -> Path:
    """Take the screenshot of a checklist on a phone: some items passed, one failed with its photo."""
    page = _enter(browser, address, "officer", language, 390, 780)
    page.goto("/field/")
    page.locator(".field-card").first.click()
    items = page.locator("[data-item]")
    for number in range(3):
        items.nth(number).locator(".check-pass").click()
    items.nth(3).locator(".check-fail").click()
    items.nth(3).locator("[name^=note]").fill(
        {"zh": "后门被货箱堵住", "en": "Boxes block the back door"}[language]
    )
    items.nth(3).locator("input[type=file]").set_input_files(HERE / f"board-{language}.png")
    page.locator(".field-shot img").wait_for()
    items.nth(2).evaluate("each => each.scrollIntoView({ block: 'start' })")
    return _picture(page, f"inspect-phone-{language}")


def _enter(browser: Browser, address: str, who: str, language: str, width: int, height: int) -> Page:
    context = browser.new_context(
        base_url=address,
        locale=LOCALES[language],
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        color_scheme="light",
    )
    page = context.new_page()
    _log_in(page, who)
    return page


def _picture(page: Page, name: str, *, close: bool = True) -> Path:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.fonts.ready.then(() => true)")
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    if close:
        page.context.close()
    return path


def _log_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.fill("#id_login", who)
    page.fill("#id_password", PASSWORD)
    page.click("form[data-login] button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def main(address: str) -> None:
    """Take all screenshots of the demo at this address."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((found for name in names if (found := shutil.which(name))), None)
    arguments = ["--disable-gpu"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        taken = [take(browser, address, picture) for picture in PICTURES]
        taken += [take_phone(browser, address, language) for language in LOCALES]
        taken += [path for language in LOCALES for path in take_over(browser, address, language)]
        for path in taken:
            if path.stat().st_size > LARGEST_BYTES:
                sys.exit(f"{path.name} has {path.stat().st_size} bytes")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
