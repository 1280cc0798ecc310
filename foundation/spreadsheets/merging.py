"""Merged cells: their value counts for every row and column that they cover."""

from collections import deque
from typing import NamedTuple

from foundation.spreadsheets.refusal import Refusal

WIDE = 104  # columns, up to CZ
MOST_IN_A_ROW = 1_000  # ranges; they cannot overlap, so more are no table


class Merge(NamedTuple):
    """A range of merged cells: rows as in the spreadsheet, columns from 0, both ends included."""

    first_row: int
    first: int
    last_row: int
    last: int


class Filling:
    """Gives the cells of merged ranges the value of their first cell, row after row."""

    def __init__(self, merges: list[Merge]) -> None:
        self._waiting = deque(merges)
        self._open: list[tuple[Merge, str]] = []  # the ranges that reach the row, with their values

    def fill(self, number: int, cells: list[str]) -> None:
        """Fill a row; the rows come in order."""
        if not self._waiting and not self._open:
            return
        while self._waiting and self._waiting[0].first_row <= number:
            merge = self._waiting.popleft()
            if merge.first_row == number and merge.first < len(cells) and cells[merge.first]:
                self._open.append((merge, cells[merge.first]))
        self._open = [each for each in self._open if each[0].last_row >= number]
        if len(self._open) > MOST_IN_A_ROW:
            raise Refusal("damaged")
        for merge, value in self._open:
            last = min(merge.last, max(merge.first, WIDE - 1))  # a title may be merged over the whole row
            cells.extend([""] * (last + 1 - len(cells)))
            cells[merge.first : last + 1] = [value] * (last + 1 - merge.first)
