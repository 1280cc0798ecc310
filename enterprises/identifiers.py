"""Identifiers stored by earlier versions in another spelling than today's (:mod:`foundation.identifiers`)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from foundation.identifiers import compact, phone_number

SPELLING: dict[str, Callable[[str], str]] = {
    "credit_code": compact,
    "industry_code": compact,
    "division_code": compact,
    "phone": phone_number,
}
COLUMNS = ("id", "bureau_id", "site", *SPELLING)


@dataclass(frozen=True)
class Conflict:
    """A stored credit code that cannot be normalised: other entries of the bureau have the same one."""

    enterprise_id: int
    bureau_id: int
    stored: str
    normal: str
    others: tuple[int, ...]

    def __str__(self) -> str:
        others = ", ".join(f"#{each}" for each in self.others)
        return (
            f"Bureau {self.bureau_id}, enterprise #{self.enterprise_id}: “{self.stored}” is {self.normal}, as is {others}"
            if self.others
            else f"Bureau {self.bureau_id}, enterprise #{self.enterprise_id}: “{self.stored}” is no credit code"
        )


def respelled(rows: Iterable[dict[str, Any]]) -> tuple[dict[int, dict[str, str]], list[Conflict]]:
    """Return the columns to change by enterprise, and the credit codes that must stay as they are.

    ``rows`` have :data:`COLUMNS`, those of a bureau all at once. A code changes only if no other entry of the bureau
    has it for the same site, in whatever spelling: people decide which of two entries is right.
    """
    changes: dict[int, dict[str, str]] = {}
    same: defaultdict[tuple[int, str, str], list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        for column, normalise in SPELLING.items():
            stored = row[column]
            if column == "credit_code":
                if stored:
                    same[row["bureau_id"], normalise(stored), row["site"]].append((row["id"], stored))
            elif stored and (normal := normalise(stored)) != stored and len(normal) <= len(stored):
                changes.setdefault(row["id"], {})[column] = normal
    conflicts = []
    for (bureau_id, normal, _site), entries in same.items():
        for number, stored in entries:
            if stored == normal:
                continue
            others = tuple(other for other, _stored in entries if other != number)
            if others or not normal or len(normal) > len(stored):
                conflicts.append(Conflict(number, bureau_id, stored, normal, others))
            else:
                changes.setdefault(number, {})["credit_code"] = normal
    return changes, sorted(conflicts, key=lambda each: each.enterprise_id)
