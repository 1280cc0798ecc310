"""Pages for every eye and every hand: WCAG 2.2 AA, long words, large text, narrow screens, the keyboard.

One page of each sort is looked at closely here; the drills of test_pages look so at every page of every role.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looking
from tests.browser.test_pages import told
from tests.browser.watching import Enter
from tests.suite import mostly

# A list, a form, a record and a board of each face; what follows # begins the link that leads on.
SAMPLES = {
    "officer": (
        "/today/",
        "/enterprises/",
        "/inspections/new/",
        "/inspections/hazards/#/inspections/hazards/",
        "/enterprises/#/file/",
    ),
    "manager": ("/", "/inspections/hazards/new/"),
    "bureau": ("/people/log/", "/warning/"),
    "department": ("/",),
    "operator": ("/",),
}
SCENES = {"en": 1440, "zh": 360}
# On what these mostly work; the drills look at every page in both.
SCENE = {"officer": "zh", "manager": "zh", "bureau": "en", "department": "en", "operator": "en"}


def go(page: Page, sample: str) -> None:
    address, _sign, link = sample.partition("#")
    answer = page.goto(address)
    if link:
        answer = page.goto(
            str(page.locator(f"main .cell-title a[href^='{link}']").first.get_attribute("href"))
        )
    assert answer is not None, sample
    assert answer.ok, sample


@pytest.mark.parametrize(
    "who",
    mostly(SAMPLES, {"manager"}),
)
def test_one_page_of_each_sort(who: str, enter: Enter) -> None:
    language = SCENE[who]
    watch, ours = enter(who, width=SCENES[language], language=language), looking.our_words()
    faults = {}
    for sample in SAMPLES[who]:
        go(watch.page, sample)
        if found := looking.closely(watch.page, ours):
            faults[sample] = found
    assert not faults, told(faults)


@pytest.mark.drill
@pytest.mark.parametrize("language", SCENES)
def test_before_login_and_errors(language: str, visit: Enter) -> None:
    watch, ours, faults = visit(width=SCENES[language], language=language), looking.our_words(), {}
    watch.expected |= {404, 422}
    page = watch.page
    for address in ("/accounts/login/", "/nowhere/"):
        page.goto(address)
        if found := looking.closely(page, ours):
            faults[address] = found
    page.goto("/accounts/login/")
    page.fill("#id_login", "nobody")
    page.fill("#id_password", "wrong")
    page.click("form[data-login] button[type=submit]")
    page.wait_for_load_state()
    if found := looking.closely(page, ours):
        faults["a failed login"] = found
    assert not faults, told(faults)


@pytest.mark.drill
@pytest.mark.parametrize("language", SCENES)
def test_what_opens_on_a_page(language: str, enter: Enter) -> None:
    """The menu, the person's menu, the filters, a dialog, a form with errors, the list of shortcuts."""
    width = SCENES[language]
    watch, faults = enter("officer", width=width, language=language), {}
    watch.expected.add(422)
    page = watch.page

    def look(what: str) -> None:
        page.wait_for_timeout(50)
        found = looking.wide(page)
        for name in ("light", "dark"):
            looking.in_theme(page, name)
            found += looking.named(name, looking.axe(page))
        if found:
            faults[what] = found

    page.goto("/enterprises/")
    if width < 500:
        page.click("[data-bs-target='#side']")
        expect(page.locator("#side")).to_have_class(re.compile(r"\bshow\b(?!ing)"))
        look("the menu")
        page.keyboard.press("Escape")
        expect(page.locator("#side")).not_to_be_visible()
        page.click("[data-bs-target='#filters-more']")
        expect(page.locator("#filters-more")).to_have_class(re.compile(r"\bshow\b(?!ing)"))
        look("the filters")
        page.keyboard.press("Escape")
    else:
        page.click(".user-button")
        look("the person's menu")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#shortcuts, .shortcuts").first).to_be_visible()
        look("the shortcuts")
        page.keyboard.press("Escape")
    go(page, "/inspections/hazards/#/inspections/hazards/")
    page.locator("main a[hx-target='#modal-content']").first.click()
    expect(page.locator("#modal-content form")).to_be_visible()
    look("a dialog")
    page.goto("/inspections/new/")
    page.locator("main form .btn-primary").last.click()
    expect(page.locator(".form-errors")).to_be_visible()
    look("a form with errors")
    assert not faults, told(faults)


# What is wrong with the element that has the focus.
FOCUS = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "nothing has the focus";
  const box = at.getBoundingClientRect();
  const flow = getComputedStyle(at);
  const name = at.outerHTML.slice(0, 120);
  if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) return `out of sight: ${name}`;
  const drawn = flow.outlineStyle !== "none" && parseFloat(flow.outlineWidth) >= 1;
  if (!drawn && flow.boxShadow === "none") return `the focus does not show: ${name}`;
  if (at.tabIndex > 0) return `out of order: ${name}`;
  return "";
}
"""


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.drill)])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(theme: str, enter: Enter) -> None:
    page = enter("officer").page
    page.goto("/today/")
    looking.in_theme(page, theme)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    faults = []
    for _step in range(25):
        page.keyboard.press("Tab")
        if found := page.evaluate(FOCUS):
            faults.append(found)
    assert not faults, "\n".join(faults)


def test_a_dialog_keeps_the_focus_and_gives_it_back(enter: Enter) -> None:
    page = enter("officer").page
    go(page, "/inspections/hazards/#/inspections/hazards/")
    opener = page.locator("main a[hx-target='#modal-content']").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#modal-content form")).to_be_visible()
    for _step in range(12):
        page.keyboard.press("Tab")
        # after the last button the focus is with the browser's own, and the body stands for it
        if page.evaluate("() => document.activeElement !== document.body"):
            assert page.evaluate("() => !!document.activeElement.closest('#modal')"), (
                "the focus left the dialog"
            )
            assert not page.evaluate(FOCUS)
    page.keyboard.press("Escape")
    expect(page.locator("#modal")).not_to_be_visible()
    expect(opener).to_be_focused()


LISTS = (
    "/enterprises/",
    "/inspections/",
    "/inspections/hazards/",
    "/disputes/",
    "/incidents/",
    "/papers/",
    "/people/",
)
# The rows that the acts at a page's head take.
ROWS = """(acts) => new Set([...acts.children].filter((each) => each.offsetHeight)
  .map((each) => Math.round(each.getBoundingClientRect().bottom / 12))).size"""


@pytest.mark.drill
@pytest.mark.parametrize(("width", "rows"), [(1440, 1), (360, 2)])
@pytest.mark.parametrize("language", SCENES)
def test_what_people_come_for_stands_in_the_first_rows(
    language: str, width: int, rows: int, enter: Enter
) -> None:
    page, taken = enter("chief", width=width, language=language).page, {}
    for address in LISTS:
        page.goto(address)
        taken[address] = page.eval_on_selector(".page-head-actions", ROWS)
    assert not {address: found for address, found in taken.items() if found > rows}


@pytest.mark.drill
def test_a_dialog_in_the_dark_stands_out_from_its_page(enter: Enter) -> None:
    """On a dark page a shadow is not seen: an edge is, and the page behind steps back."""
    page = enter("officer").page
    page.emulate_media(color_scheme="dark")
    go(page, "/inspections/hazards/#/inspections/hazards/")
    page.locator("main a[hx-target='#modal-content']").first.click()
    expect(page.locator("#modal-content form")).to_be_visible()
    page.wait_for_function("() => getComputedStyle(document.querySelector('.modal-backdrop')).opacity > 0.6")
    edge, fill = page.locator("#modal .modal-content").evaluate(
        "(each) => [getComputedStyle(each).borderTopColor, getComputedStyle(each).backgroundColor]"
    )
    light = [sum(map(float, re.findall(r"[\d.]+", each)[:3])) for each in (edge, fill)]
    assert light[0] > light[1] + 90, (edge, fill)
