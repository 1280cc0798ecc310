"""Classifications with codes: found by word, code and pinyin, and walked through level by level."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from foundation.identifiers import compact, folded
from foundation.pinyin import reading

DATA = Path(__file__).parent / "data"
MOST = 40
NOWHERE = 9


@dataclass(frozen=True)
class Read:
    """A name as searches compare it: folded, and in pinyin."""

    folded: str
    initials: str
    full: str

    @classmethod
    def of(cls, name: str) -> "Read":
        read = reading.__wrapped__(name)  # thousands of names, which would empty the cache of the pages
        return cls(folded(name), read.initials, read.full)

    def rank(self, word: str) -> int:
        """Return how well a folded word fits, 0 best."""
        tests = (
            self.folded == word,
            self.folded.startswith(word),
            word in (self.initials, self.full),
            self.full.startswith(word),
            self.initials.startswith(word),
            word in self.folded,
            len(word) > 2 and word.isascii() and (word in self.initials or word in self.full),
        )
        return next((rank for rank, fits in enumerate(tests) if fits), NOWHERE)


@dataclass(frozen=True)
class Entry:
    """One code, how its name is read, and the codes above it, the highest first."""

    code: str
    read: Read
    path: tuple[str, ...]


class CodeTable:
    """A classification. ``above`` returns the code one level higher, "" for the highest level."""

    def __init__(
        self, names: Mapping[str, str], above: Callable[[str], str], words: Mapping[str, str] | None = None
    ) -> None:
        """``words`` are everyday words with the code they stand for."""
        self.names, self.above = dict(names), above
        self.words = [(Read.of(word), code) for word, code in (words or {}).items()]
        self.below: dict[str, list[str]] = {}
        for code in self.names:
            self.below.setdefault(above(code), []).append(code)
        self.entries = {code: Entry(code, Read.of(name), self.path(code)) for code, name in names.items()}

    def path(self, code: str) -> tuple[str, ...]:
        """Return the codes above one, the highest first, also for a code that the table does not have."""
        found: list[str] = []
        while code := self.above(code):
            found.append(code)
        return tuple(reversed([each for each in found if each in self.names]))

    def search(self, text: str, limit: int = MOST) -> list[str]:
        """Return the codes that fit a text, best first: every word in a name, in its pinyin or initials, or above it.

        A code is followed by those below it. No text: the highest level.
        """
        if not text.strip():
            return self.below.get("", [])
        code = compact(text)
        begun = [each for each in self.names if self._begins(each, code)]
        if exact := next((each for each in begun if self._is(each, code)), ""):
            return list(dict.fromkeys([exact, *self.below.get(exact, []), *begun]))[:limit]
        ranks = [self._ranks(folded(word)) for word in text.split()]
        found = []
        for entry in self.entries.values():
            own = [each.get(entry.code, NOWHERE) for each in ranks]
            # a text that only names what is above an entry does not mean the entry
            if min(own) < NOWHERE and all(
                rank < NOWHERE or any(above in each for above in entry.path)
                for rank, each in zip(own, ranks, strict=True)
            ):
                found.append((min(own), len(entry.path), entry.code))
        return list(dict.fromkeys([*begun, *(each for _rank, _level, each in sorted(found))]))[:limit]

    def _is(self, code: str, typed: str) -> bool:
        return code == typed

    def _begins(self, code: str, typed: str) -> bool:
        return code.startswith(typed)

    def _ranks(self, word: str) -> dict[str, int]:
        """Return how well the entries fit a word that is in them or in their pinyin, 0 best."""
        found = {
            code: rank for code, each in self.entries.items() if (rank := each.read.rank(word)) < NOWHERE
        }
        for read, code in self.words:
            found[code] = min(read.rank(word), found.get(code, NOWHERE))
        return {code: rank for code, rank in found.items() if rank < NOWHERE}


def rows_of(file: str) -> list[dict[str, str]]:
    """Return the rows of a table that is shipped with this app."""
    with (DATA / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
