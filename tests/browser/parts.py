"""What a page consists of: which element stands in which, and whether a link stands among words.

What a style sheet can do wrong depends on little more. So of two pages with the same parts one is looked at closely.
"""

from html.parser import HTMLParser
from typing import NamedTuple

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
# Inside these, an element more or less says nothing about how the page looks.
DRAWN = frozenset({"svg", "script", "style", "head"})


class Part(NamedTuple):
    """One element in another. ``among_words``: a link beside text of the same parent."""

    parent: str
    child: str
    among_words: bool = False


Parts = set[Part]


class _Open:
    def __init__(self, tag: str, name: str) -> None:
        self.tag, self.name = tag, name
        self.children: set[str] = set()
        self.has_words = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: Parts = set()
        self.open = [_Open("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = next((value for name, value in attrs if name == "class" and value), "")
        name = ".".join([tag, *sorted(classes.split())])
        self.open[-1].children.add(name)
        if tag not in VOID:
            self.open.append(_Open(tag, name))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.open[-1].has_words = True

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self.open[1:]):
            return
        while True:
            self.end()
            if self.ended.tag == tag:
                return

    def end(self) -> None:
        self.ended = ended = self.open.pop()
        if any(each.tag in DRAWN for each in [*self.open, ended]):
            return
        for child in ended.children:
            is_link = child.partition(".")[0] == "a"
            self.parts.add(Part(ended.name, child, is_link and ended.has_words))


def parts_of(text: str) -> Parts:
    """Return the parts of a page's HTML, as the server sent it."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    while len(reader.open) > 1:
        reader.end()
    return reader.parts
