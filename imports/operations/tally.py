"""Counts of a file's rows by outcome."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counts for one file and one kind of record. ``rows`` is the sum of all others except ``warned``."""

    file: str
    becomes: str
    rows: int = 0
    taken: int = 0
    already: int = 0
    differs: int = 0
    updated: int = 0
    refused: int = 0
    doubtful: int = 0  # wait for a person's decision
    warned: int = 0  # those taken that have a remark
    skipped: Counter[str] = field(default_factory=Counter)  # reason → rows

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "skipped": dict(self.skipped)}

    def __str__(self) -> str:
        counts = {name: value for name, value in self.as_json().items() if isinstance(value, int) and value}
        return ", ".join(f"{name} {value}" for name, value in counts.items())
