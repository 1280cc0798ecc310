"""The checklists that are shipped (``shipped.toml``): version 1 of each, in force until a bureau publishes its own."""

from functools import cache
from pathlib import Path
from typing import Any

from foundation.toml import read
from inspections.checklists.content import Content, ListKind, Question, Section


@cache
def _text() -> dict[str, Any]:
    return read((Path(__file__).parent / "shipped.toml").read_text(encoding="utf-8"))


@cache
def shipped_questions() -> dict[str, Question]:
    """Return every item that is shipped, by code, in order."""
    return {each["code"]: Question(**each) for each in _text()["item"]}


@cache
def shipped(kind: ListKind) -> Content:
    """Return a checklist as it is shipped."""
    found = next(each for each in _text()["list"] if each["kind"] == kind)
    known = shipped_questions()
    return Content(
        tuple(
            Section(each["name"], each["name_en"], tuple(known[code] for code in each["items"]))
            for each in found["section"]
        )
    )
