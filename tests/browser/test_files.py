"""A list that is taken away as a file, and one on paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watching import Enter
from tests.exports.reading import about, lines_of


def take(page: Page, label: str, folder: Path) -> bytes:
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    waiting.value.save_as(folder / "file")
    return (folder / "file").read_bytes()


@pytest.mark.drill
def test_files_follow_the_filters_on_screen(enter: Enter, tmp_path: Path) -> None:
    page = enter("officer").page
    page.goto("/inspections/hazards/?state=all")
    page.locator("input[type=search]").fill("公司")
    expect(page.locator(".chip").first).to_contain_text("公司")
    content = take(page, "Excel", tmp_path)
    assert "公司" in about(content).values()
    lines = lines_of(take(page, "CSV", tmp_path))  # the same button a second time
    assert len(lines) == about(content)["Rows"] + 1


@pytest.mark.drill
def test_paper_has_neither_navigation_nor_buttons(enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/inspections/hazards/?state=all&since=2026-01-01")
    page.emulate_media(media="print")
    for hidden in (".side", ".filters", ".btn", ".pages"):
        assert not page.locator(hidden).locator("visible=true").count(), hidden
    expect(page.locator(".chip").first).to_be_visible()  # which list it is
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--printed')")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
