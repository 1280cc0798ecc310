"""A page that is watched: everything a browser complains about is written down, and what can be seen by script."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response

# Every fault a look at the finished page can find, as sentences.
LOOK = """
() => {
  const found = [];
  const box = document.scrollingElement;
  if (box.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("main *")].filter((each) => {
      for (let up = each; up; up = up.parentElement) {
        const flow = getComputedStyle(up);
        if (up.scrollWidth > up.clientWidth && /auto|scroll|hidden/.test(flow.overflowX)) return false;
        if (flow.position === "fixed") return false;
      }
      return each.getBoundingClientRect().right > innerWidth + 1;
    });
    const name = wide.length ? wide.at(-1).tagName + "." + wide.at(-1).className : "?";
    found.push(`${box.scrollWidth} px wide at ${innerWidth}, for example ${name}`);
  }
  const heads = document.querySelectorAll("h1").length;
  if (heads !== 1) found.push(`${heads} h1`);
  for (const input of document.querySelectorAll("input, select, textarea")) {
    if (["hidden", "submit", "button"].includes(input.type)) continue;
    const told = [...(input.labels || [])].some((label) => label.textContent.trim())
      || input.getAttribute("aria-label") || input.getAttribute("aria-labelledby") || input.title;
    if (!told) found.push(`no label: ${input.outerHTML.slice(0, 120)}`);
  }
  for (const act of document.querySelectorAll("button, a[href]")) {
    const words = act.textContent.trim() || act.getAttribute("aria-label") || act.title || act.querySelector("img[alt]");
    if (!words) found.push(`no name: ${act.outerHTML.slice(0, 120)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length) found.push(`the id ${twice[0]} stands twice`);
  for (const cell of document.querySelectorAll(".table-cards td")) {
    if (getComputedStyle(cell).display !== "flex") continue;
    const parts = [...cell.childNodes].filter((each) => each.nodeType === 3 ? each.textContent.trim() : each.checkVisibility?.());
    if (parts.length > 1 && parts.some((each) => each.nodeType === 3))
      found.push(`a cell of a card falls apart: ${cell.outerHTML.slice(0, 160)}`);
  }
  if (document.querySelector("[style*='{'], [data-bs-theme='']")) found.push("an unfilled attribute");
  if (/\\{[{%#]|[%#]\\}/.test(document.body.innerText)) found.push("template code is shown");
  return found;
}
"""

# What htmx writes of a request whose answer was not waited for, because the page was left.
LEFT = ("htmx:sendAbort", "htmx:afterRequest")

# The words a person meets: visible text, and the names of what has none.
WORDS = """
() => {
  const words = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (at.closest("script, style, pre, code, [lang=en], .notranslate")) continue;
    words.add(walk.currentNode.textContent.replace(/\\s+/g, " ").trim());
  }
  for (const each of document.querySelectorAll("[aria-label], [placeholder], [title]"))
    for (const name of ["aria-label", "placeholder", "title"]) words.add((each.getAttribute(name) || "").trim());
  words.delete("");
  return [...words];
}
"""


@dataclass
class Watch:
    """What went wrong on a page since the last look."""

    page: Page
    faults: list[str] = field(default_factory=list)
    # Answers a journey provokes on purpose; a browser writes each of them to its console.
    expected: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._failed)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if any(name in message.text for name in LEFT):
            return
        status = re.search(r"status of (\d+)", message.text)
        if not (status and int(status[1]) in self.expected):
            self.faults.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status} {urlsplit(response.url).path}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left for another page before it came
            self.faults.append(f"{request.failure} {request.url}")

    def look(self) -> list[str]:
        """The faults of the page as it stands now and of its way here, each once."""
        found, self.faults = self.faults + self.page.evaluate(LOOK), []
        return list(dict.fromkeys(found))

    def words(self) -> list[str]:
        return self.page.evaluate(WORDS)


# (who, width=…, language=…, dark=…) → a watched page of that person, logged in
Enter = Callable[..., Watch]
Kept = dict[str, Any]  # cookies of those who logged in already


# --- pickers ------------------------------------------------------------------------------------------------------


def list_over(page: Page, name: str) -> Locator:
    """The field that one types into, over the one of this name."""
    return page.locator(f"[name={name}] + .ts-wrapper .ts-control > input")


def pick(page: Page, name: str, text: str) -> None:
    """Type into a picker and take the first of its list."""
    field = list_over(page, name)
    field.press_sequentially(text, delay=20)
    page.locator(f"[name={name}] + .ts-wrapper .option.active").wait_for()
    field.press("Enter")
