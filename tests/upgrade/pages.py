"""What a page of the police says, read out of its HTML: the life of a record, the rows of the audit log."""

import re
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    """One element with its attributes and what is inside."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.inside: list[Element | str] = []

    def has(self, wanted: str) -> bool:
        """Whether it is named so, ``li``, or has the class, ``.timeline-title``."""
        if wanted.startswith("."):
            return wanted[1:] in self.attributes.get("class", "").split()
        return self.name == wanted

    def all(self, wanted: str) -> list["Element"]:
        """Every such element inside, in the order of the page."""
        found = []
        for each in self.inside:
            if isinstance(each, Element):
                found += ([each] if each.has(wanted) else []) + each.all(wanted)
        return found

    def first(self, wanted: str) -> "Element":
        return self.all(wanted)[0]

    @property
    def elements(self) -> list["Element"]:
        """The elements directly inside."""
        return [each for each in self.inside if isinstance(each, Element)]

    @property
    def text(self) -> str:
        """The words inside, blanks as a browser shows them; a line break is one."""
        told = "".join(
            each if isinstance(each, str) else f" {each.text} " if each.name in ("br", "div") else each.text
            for each in self.inside
        )
        return re.sub(r"\s+", " ", told).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Element("", {})
        self.open = [self.page]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        names = [each.name for each in self.open]
        if tag in names[1:]:
            while self.open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """The page as a tree."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def record(page: Element) -> dict[str, Any]:
    """A record's page: its title, its fields, and its life, the newest act first."""
    fields = {row.first("dt").text: row.first("dd").text for row in page.first(".fact-fields").elements}
    return {"title": page.first("title").text, "fields": fields, "life": life(page.first(".timeline-anqi"))}


def life(timeline: Element) -> list[dict[str, Any]]:
    """The steps of a line of time: what, when, by whom, why, and what changed."""
    return [_step(each) for each in timeline.all("li")]


def _step(step: Element) -> dict[str, Any]:
    words, when = step.first(".timeline-words"), step.first(".timeline-on")
    moment = when.first("time")
    changes = [each for each in words.elements if each.name == "span"]
    return {
        "title": words.first(".timeline-title").text,
        "on": moment.text,
        "by": when.text.removeprefix(moment.text).strip(),
        "text": " ".join(
            each.text for each in words.elements if each.name == "div" and not each.has(".timeline-title")
        ),
        "changes": [each.text for each in changes],
    }


def log(page: Element) -> list[dict[str, Any]]:
    """The rows of the audit log: the act, when, who, the object and its kind, the reason, what changed."""
    return [_entry(row) for row in page.first("tbody").all("tr")]


def _entry(row: Element) -> dict[str, Any]:
    act, when, who, target, changed = row.all("td")
    kind = target.all(".quiet")[0].text if target.all(".quiet") else ""
    changes = changed.all(".text-break")
    told = changed.text
    for part in changes + changed.all("summary"):  # which only counts them
        told = told.replace(part.text, "", 1)
    return {
        "act": act.text,
        "grave": bool(act.all("i")),
        "when": when.text,
        "who": who.text,
        "object": target.text.removesuffix(kind).strip(),
        "kind": kind,
        "told": re.sub(r"\s+", " ", told).strip(),
        "changes": [change.text for change in changes],
    }


def rows(page: Element) -> list[list[str]]:
    """The cells of every table of a page, row by row."""
    return [[cell.text for cell in row.elements] for body in page.all("tbody") for row in body.all("tr")]
