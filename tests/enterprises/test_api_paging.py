"""Paging where rows are read after their ids."""

from collections.abc import Sequence

from foundation.rest.key_order import InKeyOrder


def test_a_row_removed_meanwhile_does_not_end_the_paging() -> None:
    """A page of two, and one more row that shows whether there is a next page."""
    there = [1, 2, 3, 4]

    def pick(*, limit: int, after: int = 0) -> list[int]:
        return [pk for pk in there if pk > after][:limit]

    def load(ids: Sequence[int]) -> list[int]:
        if 2 in there:
            there.remove(2)  # another station took it over between the two queries
        return [pk for pk in ids if pk in there]

    assert InKeyOrder(pick, load).order_by("id")[:3] == [1, 3, 4]
    assert InKeyOrder(pick, load).filter(id__gt=1).order_by("id")[:3] == [3, 4]
