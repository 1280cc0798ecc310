"""Reading a table reports everything missing, wrong or unknown, with its place, and goes on."""

from decimal import Decimal
from typing import Any

import pytest

from foundation.suggestions import suggestion
from foundation.toml import Table


def table(**content: Any) -> Table:
    return Table(content, "shelf", [])


def test_a_table_that_was_asked_for_everything_has_no_problems() -> None:
    read = table(name="a", size=3, on=True, parts=[{"x": 1}], one={"y": 2}, many="z", either=["p", "q"])
    assert (read.take("name", str), read.take("size", (int, str)), read.take("on", bool)) == ("a", 3, True)
    (part,) = read.tables("parts")
    assert part.take("x", int) == 1
    part.done()
    one = read.table("one")
    assert one is not None
    assert one.take("y", int) == 2
    assert (read.texts("many"), read.texts("either")) == (("z",), ("p", "q"))
    assert read.take("absent", str, "usual") == "usual"
    read.done()
    assert read.problems == []


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (str, 3, "shelf: “key” must be a text."),
        (int, True, "shelf: “key” must be a whole number."),  # a bool is an int in Python
        ((str, list), {}, "shelf: “key” must be a text / a list."),
        (lambda value: value["a"], {}, "shelf: “key” has an invalid value."),
        (lambda value: value.upper(), 3, "shelf: “key” has an invalid value."),
        (lambda value: int(value), "x", "shelf: “key” has an invalid value."),
        (lambda value: 1 / value, 0, "shelf: “key” has an invalid value."),
    ],
)
def test_a_wrong_value_is_reported_and_the_default_used(kind: Any, value: Any, said: str) -> None:
    read = table(key=value)
    assert read.take("key", kind, "usual") == "usual"
    assert read.problems == [said]


def test_a_value_is_made_by_a_function() -> None:
    assert table(key="1.50").take("key", lambda text: Decimal(text)) == Decimal("1.5")


def test_all_mistakes_are_reported_with_their_places() -> None:
    read = table(colour=1, rows=[{"x": "a"}, 3], shape="rond", inner={"wdith": 2})
    assert read.take("name", str, "", needed=True) == ""
    read.take("colour", str)
    for row in read.tables("rows"):
        row.take("x", int)
    assert read.one_of("shape", ("round", "square"), "square") == "square"
    inner = read.table("inner")
    assert inner is not None
    inner.take("width", int)
    inner.done()
    read.expect("later")
    read.done()
    assert read.problems == [
        "shelf: “name” is missing.",
        "shelf: “colour” must be a text.",
        "shelf › rows 2: must be a table.",
        "shelf › rows 1: “x” must be a whole number.",
        "shelf: “shape” cannot be “rond”. Did you mean “round”?",
        "shelf › inner: unknown key “wdith”. Did you mean “width”?",
    ]


def test_the_rest_is_what_was_not_read() -> None:
    read = table(a=1, b=2, c=3)
    read.take("a", int)
    read.expect("b")
    assert read.rest() == {"c": 3}


def test_a_suggestion_is_the_name_meant_or_all_names() -> None:
    assert suggestion("colur", ["colour", "shape"]) == "Did you mean “colour”?"
    assert suggestion("xyz", ["colour", "shape"]) == "Available: colour, shape."
