"""Every page a role can reach by clicking, looked at as a browser sees it: in English on a desk, in Chinese on a phone.

On the phone also with text at 200 % and with 150 letters without a break in place of all that people typed.
"""

import re
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import polib
import pytest
from playwright.sync_api import Page

from demo.logins import LOGINS
from tests.browser.looking import closely, our_words, stretched
from tests.browser.watching import Enter, Watch

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"

# Of the pages that differ in nothing but a number or a word, one is enough. A tab of a file is a page of its own.
# The page of the API's schema is a package's, in English; a raw message is a file.
LEFT_OUT = re.compile(
    r"/accounts/(logout|2fa)|/static/|/api/|/raw/$|/imports/sheets/templates/|/operator/health/.*json"
)
LINKS = """() => [...document.querySelectorAll("a[href]")].filter((a) => !a.target).map((a) => a.href)"""
SHAPES = (
    """() => [...document.querySelectorAll("body *")].map((each) => `${each.tagName}.${each.className}`)"""
)
_looked_at: dict[tuple[str, str], set[str]] = {}
WIDTH = {"en": 1440, "zh": 360}

# Pages are followed to their end; a chief and a supervisor, who share the officer's, do not go so far.
DEPTH = {"chief": 1, "bureau": 2}
ROLES = ("officer", "chief", "bureau", "manager", "department", "operator")


def kind_of(address: str) -> str:
    """Addresses of one kind: /hazards/17/ and /hazards/18/."""
    parts = urlsplit(address)
    names = sorted(part.split("=")[0] for part in parts.query.split("&") if part)
    names = [name for name in names if name in {"state", "tab", "whose"}]
    return re.sub(r"\d{4}Q\d|\d+", "N", parts.path) + ("?" + "&".join(names) if names else "")


def untranslated() -> dict[str, str]:
    """Messages the catalogue has in Chinese, and which therefore never appear in English (but for the name)."""
    if not CATALOGUE.exists():
        return {}
    names = {"Anqi", *(login.username for login in LOGINS)}
    return {
        entry.msgid: entry.msgstr
        for entry in polib.mofile(str(CATALOGUE))
        if entry.msgstr
        and entry.msgstr != entry.msgid
        and "%" not in entry.msgid
        and not entry.msgid.isupper()
        and entry.msgid not in names
    }


def look(watch: Watch, language: str, english: dict[str, str]) -> list[str]:
    """The faults of the page that is open."""
    page = watch.page
    faults = watch.look()
    wanted = {"en": "en", "zh": "zh-Hans"}[language]
    if (found := page.get_attribute("html", "lang")) != wanted:
        faults.append(f"lang is {found}")
    if language == "zh":
        faults += [f"not translated: {word}" for word in watch.words() if word in english]
    return faults


def walk(
    watch: Watch, language: str, depth: int, closer: Callable[[Page], list[str]]
) -> tuple[dict[str, list[str]], set[str]]:
    """All kinds of pages within so many clicks of the first one: their faults, and which were seen.

    ``closer`` looks once more, and may leave nothing of a page but its links.
    """
    page, english = watch.page, untranslated()
    page.goto("/")
    home = urlsplit(page.url)
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()
    waiting = deque([(page.url, 0)])
    while waiting:
        address, clicks = waiting.popleft()
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        answer = page.goto(address)
        if answer and answer.status != 200:
            faults.setdefault(address, []).append(f"answered {answer.status}")
        if found := look(watch, language, english) + closer(page):
            faults.setdefault(urlsplit(page.url)._replace(scheme="", netloc="").geturl(), []).extend(found)
        if clicks >= depth:
            continue
        for link in page.evaluate(LINKS):
            parts = urlsplit(link)
            if parts.netloc == home.netloc and not LEFT_OUT.search(parts.path) and kind_of(link) not in seen:
                waiting.append((parts._replace(fragment="").geturl(), clicks + 1))
    return faults, seen


def told(faults: dict[str, list[str]]) -> str:
    return "\n".join(f"{address}\n    " + "\n    ".join(found) for address, found in faults.items())


# Each as mostly used. The others are drills.
MOSTLY = {("officer", "zh"), ("bureau", "en")}
WALKS = [
    pytest.param(
        who, language, marks=() if (who, language) in MOSTLY else (pytest.mark.drill, pytest.mark.slow)
    )
    for who in ROLES
    for language in WIDTH
]


@pytest.mark.parametrize(("who", "language"), WALKS)
def test_every_page_within_reach(who: str, language: str, enter: Enter, with_drills: bool) -> None:
    """Where drills run, each page is looked at closely; without them in what spoils pages most often.

    What consists of nothing that the same page of another role has not shown is not looked at twice.
    """
    watch = enter(who, width=WIDTH[language], language=language)
    ours = our_words()
    theme = ("light",) if language == "en" else ("dark",)

    def closer(page: Page) -> list[str]:
        if with_drills:
            shapes = set(page.evaluate(SHAPES))
            known = _looked_at.setdefault((kind_of(page.url), language), set())
            is_new = not shapes <= known
            known |= shapes
            return closely(page, ours, theme) if is_new else []
        return stretched(page, ours) if language == "zh" else []

    faults, seen = walk(watch, language, DEPTH.get(who, 9), closer)
    assert not faults, told(faults)
    if who == "officer":
        assert {
            "/file/N/",
            "/file/N/rating/",
            "/inspections/hazards/N/",
            "/warning/",
            "/inspections/new/",
        } <= seen, seen
