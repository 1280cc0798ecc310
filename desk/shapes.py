"""Texts that are alike for a search: the statement of one, with its words replaced, is that of the other.

The conditions of a search are built from how many words a text has, which of them have capitals, and which could be a code.
Two texts that agree in these differ only in the values of the statement, so the statement is composed once, for stand-ins.
"""

from dataclasses import dataclass
from enum import StrEnum

from foundation.database.composing import Statement
from foundation.searching import MAX_TERMS, code_in, has_forms, searchable

# Of the private use area: no text that is searched has them, and they neither have capitals nor are they escaped.
_FIRST = 0xF100


class _Kind(StrEnum):
    PLAIN, CASED, CODE = "", "a", "0"


@dataclass(frozen=True)
class Shape:
    """What the conditions of a search depend on: the kind of each word."""

    kinds: tuple[_Kind, ...]

    @classmethod
    def of(cls, text: str) -> "Shape | None":
        """Return the shape of a text; None for a rare text that is composed by itself."""
        words = _words(text)
        code = code_in(text)
        if not words or len(words) > MAX_TERMS or (code and [code] != words):
            return None
        if any(map(has_forms, words)):
            return None
        if any(_FIRST <= ord(letter) < _FIRST + MAX_TERMS for letter in text):
            return None
        return cls(tuple(_kind_of(word, code) for word in words))

    @property
    def words(self) -> list[str]:
        """The stand-ins for the words."""
        return [
            "0standin0" if kind is _Kind.CODE else f"{kind}{chr(_FIRST + place)}"
            for place, kind in enumerate(self.kinds)
        ]

    @property
    def text(self) -> str:
        """A text of this shape."""
        return " ".join(self.words)


def with_text(statement: Statement, shape: Shape, text: str) -> Statement:
    """Return the statement that was composed for the stand-ins of a shape, with the words of a text of that shape."""
    words = list(zip(shape.words, map(_for_like, _words(text)), strict=True))

    def filled(value: object) -> object:
        if isinstance(value, str):
            for stand_in, word in words:
                value = value.replace(stand_in, word)
        return value

    return Statement(statement.sql, tuple(map(filled, statement.params)))


def _words(text: str) -> list[str]:
    return searchable(text).split()


def _kind_of(word: str, code: str) -> _Kind:
    if word == code:
        return _Kind.CODE
    return _Kind.PLAIN if word.upper() == word.lower() else _Kind.CASED


def _for_like(word: str) -> str:
    """Return a word as Django puts it into the pattern of LIKE."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
