"""The week of the plan by drag: who goes along stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.watching import Enter


@pytest.mark.drill
def test_a_trip_is_dragged_to_another_day_with_its_colleague(enter: Enter) -> None:
    """Found: dragged to another day, a visit got the colleague who had the fewest visits then."""
    watch = enter("chief")
    page = watch.page
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
    assert watch.look() == []
