"""Pages whose rows are read after their ids were picked."""

from collections.abc import Sequence

from foundation.rest.key_order import InKeyOrder


def test_a_row_that_goes_meanwhile_does_not_end_the_walk() -> None:
    """A page of two, and one more that says whether something follows."""
    there = [1, 2, 3, 4]

    def pick(*, limit: int, after: int = 0) -> list[int]:
        return [pk for pk in there if pk > after][:limit]

    def load(ids: Sequence[int]) -> list[int]:
        if 2 in there:
            there.remove(2)  # another station took it over between the two statements
        return [pk for pk in ids if pk in there]

    assert InKeyOrder(pick, load).order_by("id")[:3] == [1, 3, 4]
    assert InKeyOrder(pick, load).filter(id__gt=1).order_by("id")[:3] == [3, 4]
