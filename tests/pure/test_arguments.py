"""Operations refuse what a program may send, with a sentence at the argument, before they read anything."""

import dataclasses
import datetime as dt
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

import deliveries.operations
import disputes
import enterprises.operations
import foundation.accounts.operations
import foundation.lots
import inspections.checkins
import inspections.checklists
import inspections.planning
from foundation.arguments import as_declared

AREAS = (
    inspections.planning,
    inspections.checkins,
    inspections.checklists,
    foundation.lots,
    foundation.accounts.operations,
    deliveries.operations,
    enterprises.operations,
    disputes,
)
SINGLE = ("inspections.complaining", "inspections.replies")
NOT_A: dict[Any, list[Any]] = {
    dt.date: ["", "2026-01-31", dt.datetime(2026, 1, 31), 20260131],
    int: ["", "7", 1.5, True, 2**63, [7]],
    str: [7, ["x"], "a\x00b", "\ud83d", b"x"],
    bool: ["on", 1],
    Decimal: ["12.00", float("nan"), Decimal("NaN"), Decimal("Infinity")],
}


def operations() -> Iterator[Callable[..., Any]]:
    """Yield what is written by one call of an actor in these areas."""
    names = [
        found.name
        for area in AREAS
        for found in pkgutil.walk_packages(area.__path__, f"{area.__name__}.")
        if ".migrations" not in found.name
    ]
    for name in (*names, *SINGLE):
        module = importlib.import_module(name)
        for _name, each in inspect.getmembers(module, inspect.isfunction):
            taken = inspect.signature(each).parameters.get("actor")
            is_ours = each.__module__ == module.__name__ and taken and taken.kind is taken.KEYWORD_ONLY
            if is_ours and hasattr(each, "__wrapped__") and not each.__name__.startswith("_"):
                yield each


def checked(operation: Any) -> bool:
    while operation := getattr(operation, "__wrapped__", None):
        if operation.__code__ is as_declared(lambda: None).__code__:
            return True
    return False


def test_each_operation_holds_its_arguments_against_its_declaration() -> None:
    found = list(operations())
    assert len(found) > 120
    assert [f"{each.__module__}.{each.__name__}" for each in found if not checked(each)] == []


@pytest.mark.parametrize("kind", list(NOT_A), ids=lambda kind: kind.__name__)
def test_what_is_of_another_type_is_refused_at_its_name(kind: type) -> None:
    """The actor is nobody: whatever went further than the declaration would fail."""
    asked = set()
    for operation in operations():
        plain = inspect.unwrap(operation)
        hints = typing.get_type_hints(plain)
        for name, parameter in inspect.signature(plain).parameters.items():
            is_union = isinstance(hints[name], types.UnionType)
            kinds = typing.get_args(hints[name]) if is_union else (hints[name],)
            if (
                parameter.kind is not parameter.KEYWORD_ONLY
                or kind not in kinds
                or len(set(kinds) - {type(None)}) > 1
            ):
                continue
            wrong = NOT_A[kind] if type(None) in kinds else [None, *NOT_A[kind]]
            for value in wrong:
                with pytest.raises(ValidationError) as refused, translation.override("zh-hans"):
                    operation.__wrapped__(actor=None, **{name: value})
                (sentence,) = refused.value.message_dict[name.removesuffix("_id")]
                assert not sentence.isascii(), sentence
            asked.add((operation.__name__, name))
    assert asked


def test_what_fits_goes_through() -> None:
    @as_declared
    def keep(
        *, on: dt.date | None, ids: typing.Sequence[int], amount: Decimal | None = None, **values: Any
    ) -> Any:
        return on, ids, amount, values

    assert keep(on=None, ids=(), amount=Decimal(1), more="x") == (None, (), Decimal(1), {"more": "x"})
    for wrong in ("12", 12, None, {"a": 1}, [1, "2"], [None]):
        with pytest.raises(ValidationError):
            keep(on=None, ids=wrong)


def test_records_and_further_texts_are_held_against_their_declaration_too() -> None:
    @dataclasses.dataclass
    class Trip:
        on: dt.date
        jobs: list[int]

    @as_declared
    def take(*, trips: typing.Iterable[Trip], **texts: str) -> int:
        return len(list(trips)) + len(texts)

    assert take(trips=[Trip(dt.date(2026, 1, 31), [1])], terms="Paid at once") == 2
    for wrong in (None, 7, "x", [7], [Trip(None, [1])], [Trip(dt.date(2026, 1, 31), ["x"])]):
        with pytest.raises(ValidationError):
            take(trips=wrong)
    with pytest.raises(ValidationError):
        take(trips=[], terms=7)
