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


def test_a_filter_of_several_values_by_keyboard(enter: Enter) -> None:
    watch = enter("officer", width=1440, language="en")
    page = watch.page
    page.goto("/enterprises/")
    line, panel = page.locator("#id_colour"), page.locator("details:has(#id_colour) .picks-panel")
    line.focus()
    page.keyboard.press("Enter")
    for _each in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"\?colour=green&colour=yellow$"))
    expect(line).to_have_text("Green, Yellow")
    panel.get_by_label("Leave these out").press("Space")
    expect(page.locator(".chip").first).to_contain_text("Colour: not Green, Yellow")
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(line).to_be_focused()
    page.locator(".chip").first.click()
    expect(line).to_have_text("Any colour")
    assert not watch.look()
