"""A list by keyboard: down, up, open, and back where one was."""

import re

from playwright.sync_api import expect

from tests.browser.watching import Enter


def test_rows_by_keyboard_and_back(enter: Enter) -> None:
    watch = enter("officer", width=1440, language="en")
    page = watch.page
    page.goto("/inspections/hazards/")
    rows = page.locator("#results tbody .cell-title a")
    search = page.locator("#filters input[type=search]")
    search.focus()
    page.keyboard.press("ArrowUp")  # nothing is above
    expect(search).to_be_focused()
    for _each in range(3):
        page.keyboard.press("ArrowDown")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/inspections/hazards/\d+/$"))
    page.go_back()
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    assert not watch.look()
