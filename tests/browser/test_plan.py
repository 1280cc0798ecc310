"""The week of the plan by drag: who goes along stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.watching import Enter


@pytest.mark.drill
def test_a_trip_is_dragged_to_another_day_with_its_colleague(enter: Enter) -> None:
    """Found: dragged to another day, a visit got the colleague who had the fewest visits then."""
    watch = enter("chief")
    page = watch.page
    page.set_viewport_size({"width": 1440, "height": 2400})  # nothing is scrolled under the mouse
    page.goto("/inspections/plan/")
    lines = page.locator(".plan-table tbody tr")
    first = lines.nth(0).locator("th b").inner_text()
    trip = lines.locator("td:not(:last-child) [data-move]").filter(has_not_text=first).last
    line = trip.locator("xpath=ancestor::tr")
    own = line.locator("th b").inner_text()
    partner = trip.locator("small").inner_text().strip()
    trip.drag_to(line.locator("td").last)
    expect(page.locator("body")).to_contain_text("moved.")
    friday = lines.filter(has=page.locator("th", has_text=own)).locator("td").last
    expect(friday.locator(".plan-trip")).to_contain_text([partner])
    back = friday.locator(".plan-trip", has_text=partner).first
    # onto the colleague's own line: the two stay together
    theirs = lines.filter(has=page.locator("th", has_text=partner))
    back.drag_to(theirs.locator("td").nth(3))
    expect(theirs.locator("td").nth(3).locator(".plan-trip", has_text=own)).to_have_count(1)
    assert watch.look() == []
