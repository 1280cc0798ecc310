"""Every page a role can reach by clicking, looked at as a browser sees it: in English on a desk, in Chinese on a phone.

On the phone also with text at 200 % and with 150 letters without a break in place of all that people typed.
"""

import html
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import polib
import pytest
from playwright.sync_api import Page

from demo.logins import LOGINS
from tests.browser.looking import clashes, closely, our_words, seen_in
from tests.browser.parts import Parts, parts_of
from tests.browser.watching import Enter, Watch

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"

# Of the pages that differ in nothing but a number or a word, one is enough. A tab of a file is a page of its own.
# The page of the API's schema is a package's, in English; a raw message is a file, as are papers and their templates.
LEFT_OUT = re.compile(
    r"/accounts/(logout|2fa)|/static/|/api/|/raw/$|/imports/sheets/templates/|/operator/health/.*json"
    r"|/checklists/\w+/sheet/|/draws/\d+/sheet/|/sheets/\d+/reply/|/reports/\d+/file/|/parties/sheet/template/|/follow-ups/\d+/record/$|/papers/.*/(word|pdf|file|example|proof|proof/pdf|signed/\d+)/$|/cover/$|/disputes/\d+/signatures/\d+/$|/guide/files/|/files/\d+/(small/)?$"
)
LINKS = """() => [...document.querySelectorAll("a[href]")].filter((a) => !a.target).map((a) => a.href)"""
LINK = re.compile(r'<a (?![^>]*target=)[^>]*?href="([^"#]+)')
# In one language: what all pages looked at so far consisted of, and which kinds of pages they were.
_shown: dict[str, Parts] = {}
_kinds: dict[str, set[str]] = {}
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

    ``closer`` looks once more, and may leave nothing of the page but its links, where a page has something that no page
    before had. A page whose kind another role has shown, and that has nothing new, is asked for and not opened.
    """
    page, english = watch.page, untranslated()
    page.goto("/")
    home = urlsplit(page.url)
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()
    shown, kinds = _shown.setdefault(language, set()), _kinds.setdefault(language, set())
    waiting = deque([(page.url, 0)])
    while waiting:
        address, clicks = waiting.popleft()
        kind = kind_of(address)
        if kind in seen:
            continue
        seen.add(kind)
        asked = page.request.get(address) if kind in kinds else None
        text = asked.text() if asked and asked.status == 200 else ""
        if text and parts_of(text) <= shown:
            links = [urljoin(address, html.unescape(link)) for link in LINK.findall(text)]
        else:
            answer = page.goto(address)
            assert answer is not None, address
            if answer.status != 200:
                faults.setdefault(address, []).append(f"answered {answer.status}")
            parts = parts_of(answer.text())
            found = look(watch, language, english) + ([] if parts <= shown else closer(page))
            shown |= parts
            kinds.add(kind)
            if found:
                faults.setdefault(urlsplit(page.url)._replace(scheme="", netloc="").geturl(), []).extend(
                    found
                )
            links = page.evaluate(LINKS)
        if clicks >= depth:
            continue
        for link in links:
            to = urlsplit(link)
            if to.netloc == home.netloc and not LEFT_OUT.search(to.path) and kind_of(link) not in seen:
                waiting.append((to._replace(fragment="").geturl(), clicks + 1))
    return faults, seen


def told(faults: dict[str, list[str]]) -> str:
    return "\n".join(f"{address}\n    " + "\n    ".join(found) for address, found in faults.items())


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("language", WIDTH)
@pytest.mark.parametrize("who", ROLES)
def test_every_page_within_reach(who: str, language: str, enter: Enter) -> None:
    """Each page is looked at closely on the phone; where it has room, it breaks last."""
    watch = enter(who, width=WIDTH[language], language=language)
    ours = our_words()

    def closer(page: Page) -> list[str]:
        if language == "en":
            return seen_in(page, ("light",)) + clashes(page)
        return closely(page, ours, ("dark",), (200,))

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
