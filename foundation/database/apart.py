"""A sweep over many rows, each in its own transaction: a row that fails does not stop the others, a lost database does."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from foundation.database.gone import is_gone, was_cut_short

T = TypeVar("T")


def sum_of_each(rows: Iterable[T], act: Callable[[T], int], failed: Callable[[T], object]) -> int:
    """Call ``act`` for each row, and return the sum of the results.

    A row that fails is passed to ``failed``, called within the ``except`` so that it can log the traceback; the others go
    on, and the next run takes the row up again. A row whose statement was cut short (its time was up, or an operator
    ended it) is tried once more after all others; if that fails, too, the error is raised. An error that says that the
    database is gone is raised at once.
    """
    number, left = 0, list(rows)
    for is_last in (False, True):
        again: list[T] = []
        for row in left:
            try:
                number += act(row)
            except Exception as error:
                if is_gone(error) or (is_last and was_cut_short(error)):
                    raise  # nothing of this row: the next run goes on
                if was_cut_short(error):
                    again.append(row)
                else:
                    failed(row)
        left = again
    return number
