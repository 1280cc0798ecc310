"""A list by keyboard: down, up, open, and back where one was."""

import re

import pytest
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
    expect(page.locator(".chip").first).to_contain_text("Colour: all except Green, Yellow")
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(line).to_be_focused()
    page.locator(".chip").first.click()
    expect(line).to_have_text("Any colour")
    assert not watch.look()


@pytest.mark.drill
def test_rows_stay_picked_in_another_order_and_under_other_filters(enter: Enter) -> None:
    """The order stays, too, when something is searched for; who comes from elsewhere finds nothing picked."""
    watch = enter("chief", width=1440, language="en")
    page = watch.page
    page.goto("/enterprises/?view=0")
    boxes, said = page.locator("#results td.pick input"), page.locator(".bulk-count")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.locator("a[rel=next]").click()
    expect(said).to_have_text("2 selected, 2 of them not on this page")
    boxes.nth(0).check()
    page.locator("#results th a.sort").first.click()
    expect(page).to_have_url(re.compile(r"sort=-name"))
    expect(said).to_have_text(re.compile(r"^3 selected"))
    page.locator("#filters input[type=search]").fill("店")
    expect(page).to_have_url(re.compile(r"q=.*sort=-name"))
    expect(said).to_have_text(re.compile(r"^3 selected"))
    page.get_by_role("button", name="Set class").click()
    expect(page.get_by_role("heading", name="3 selected")).to_be_visible()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Drop those").click()
    expect(said).not_to_contain_text("not on this page")
    page.goto("/inspections/hazards/")
    page.goto("/enterprises/?view=0")
    expect(said).to_be_hidden()
    assert not watch.look()


@pytest.mark.drill
def test_tickets_of_the_board_stay_picked_and_its_figures_are_filters(enter: Enter) -> None:
    """The corner of a ticket picks, the rest of it opens; more come in place; the list takes the filter along."""
    watch = enter("officer", width=1440, language="en")
    page = watch.page
    page.goto("/inspections/hazards/board/")
    lane, said = page.locator(".lane", has_text="Overdue"), page.locator(".bulk-count")
    lane.locator(".ticket-pick").first.click()
    expect(said).to_have_text("1 selected")
    lane.locator(".lane-more a").click()
    expect(lane.locator(".ticket").nth(5)).to_be_visible()
    expect(lane.locator(".ticket input").first).to_be_checked()
    page.locator("#board-figures a", has_text="Not yet due").click()
    expect(page).to_have_url(re.compile(r"/board/\?timely=not_due$"))
    expect(said).to_have_text("1 selected, 1 of them not on this page")
    page.locator("#board-figures a", has_text="Not yet due").click()
    expect(page).to_have_url(re.compile(r"/board/\??$"))
    page.locator("#filters input[type=search]").fill("门")
    expect(page).to_have_url(re.compile("q="))
    page.get_by_role("link", name="List").click()
    expect(page).to_have_url(re.compile(r"/inspections/hazards/\?.*q="))
    page.go_back()
    page.locator(".ticket").first.click(position={"x": 30, "y": 55})
    expect(page).to_have_url(re.compile(r"/inspections/hazards/\d+/$"))
    assert not watch.look()
