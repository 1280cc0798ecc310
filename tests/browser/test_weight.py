"""How much a phone transfers for its first page, and for what it loads afterwards."""

import pytest
from playwright.sync_api import Page, Request

from tests.browser.watching import Enter

FIRST_PAGE = 250_000
ON_THE_PHONE = 150_000  # with the checklists of all that is due
PART_OF_A_LIST = 8_000


def transferred(requests: list[Request]) -> dict[str, int]:
    """Return the bytes of each answer, compressed as it was sent."""
    sizes = {request.url: request.sizes() for request in requests}
    return {url: each["responseBodySize"] + each["responseHeadersSize"] for url, each in sizes.items()}


def watched(page: Page) -> list[Request]:
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    return requests


@pytest.mark.parametrize(
    ("who", "path", "most"),
    [
        ("manager", "/portal/", FIRST_PAGE),
        ("officer", "/today/", FIRST_PAGE),
        pytest.param("officer", "/field/", ON_THE_PHONE, marks=pytest.mark.drill),
    ],
)
def test_the_first_page_is_light(who: str, path: str, most: int, enter: Enter) -> None:
    watch = enter(who, width=360, language="zh")
    requests = watched(watch.page)
    watch.page.goto(path)
    watch.page.wait_for_load_state("networkidle")
    sizes = transferred(requests)
    assert len(sizes) > 10
    assert sum(sizes.values()) <= most, sizes


@pytest.mark.drill
def test_a_search_transfers_the_rows_alone(enter: Enter) -> None:
    watch = enter("officer")
    watch.page.goto("/enterprises/")
    requests = watched(watch.page)
    # An answer is there before its request has finished, and only then its size is known.
    with watch.page.expect_request_finished(lambda request: "q=" in request.url):
        watch.page.fill("input[type=search]", "a")
    sizes = transferred([request for request in requests if "/static/" not in request.url])
    assert len(sizes) == 1
    assert sum(sizes.values()) <= PART_OF_A_LIST, sizes
    # lifting the filter brings back the form too, without the words
    watch.page.click(".chip-clear")
    watch.page.wait_for_url(lambda url: "q=" not in url)
    assert watch.page.input_value("input[type=search]") == ""
    assert watch.page.locator("#filters").count() == watch.page.locator("#results").count() == 1
