"""Lists of names: who is in two of them, and who is left out of the next, also where namesakes are told apart."""

import pytest

from foundation.contributions.limits import is_anybody_in, leaves_anybody_out, people_in

TWO = "王刚（041201）、王刚（041202）"


@pytest.mark.parametrize(
    ("names", "number"),
    [("王刚、王 刚", 1), ("王刚（041201）、王刚", 1), (TWO, 2), (f"{TWO}、李四", 3), ("", 0)],
)
def test_people_are_counted_once_and_namesakes_each(names: str, number: int) -> None:
    assert len(people_in(names)) == number


@pytest.mark.parametrize(
    ("names", "others", "is_shared"),
    [
        ("王刚", "李四、王刚（041201）", True),
        ("王刚（041201）", "王刚（041209）", True),  # one of each: a number may be mistyped
        ("王刚", TWO, True),
        ("王刚（041202）", TWO, True),
        ("王刚（041203）", TWO, False),
        ("李四", TWO, False),
        ("", TWO, False),
    ],
)
def test_somebody_in_both(names: str, others: str, is_shared: bool) -> None:
    assert is_anybody_in(names, others) is is_anybody_in(others, names) is is_shared


@pytest.mark.parametrize(
    ("before", "after", "leaves"),
    [
        ("王刚、李四", "李四、王 刚（041201）", False),
        ("王刚（041201）、李四", f"{TWO}、李四", False),
        ("王刚（041201）", "王刚（041209）", False),
        (TWO, f"李四、{TWO}", False),
        (TWO, "王刚（041201）、李四", True),
        (TWO, "王刚、李四", True),
        (TWO, "王刚（041201）、王刚（041203）", True),
        ("王刚、李四", "王刚", True),
        ("王刚", "", True),
        ("", "王刚", False),
    ],
)
def test_somebody_left_out(before: str, after: str, leaves: bool) -> None:
    assert leaves_anybody_out(before, after) is leaves
