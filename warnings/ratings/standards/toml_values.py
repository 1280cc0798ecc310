"""A table of a standard, and what its values may be."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from foundation.toml import Table
from ratings.standards.rules import DAYS, PERIOD_DAYS

Label = Mapping[str, str]
T = TypeVar("T")


class StandardTable(Table):
    """A table of a standard; its mistakes are told in the words of the editor."""

    def missing(self, key: str) -> None:
        self.problems.append(_("%(where)s: %(key)s is missing.") % {"where": self.where, "key": key})

    def wrong(self, key: str, kinds: tuple[type, ...] = ()) -> None:
        self.problems.append(_("%(where)s: %(key)s has a wrong value.") % {"where": self.where, "key": key})

    def unknown(self, key: str) -> None:
        self.problems.append(_("%(where)s: %(key)s is not known.") % {"where": self.where, "key": key})


def number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError
    found = Decimal(str(value))
    if not found.is_finite() or abs(found) > 10_000 or -int(found.as_tuple().exponent) > 4:
        raise ValueError
    return found


def positive(value: Any) -> Decimal:
    found = number(value)
    if found < 0:
        raise ValueError
    return found


def text_value(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def code_value(value: Any) -> str:
    if not isinstance(value, str) or not value.replace("_", "").replace("-", "").isalnum() or len(value) > 40:
        raise ValueError
    return value


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def label_value(value: Any) -> Label:
    if isinstance(value, str):
        return {"en": value}
    return {str(language): text_value(text) for language, text in value.items()}


def code_values(value: Any) -> tuple[str, ...]:
    return some(code_value(each) for each in ([value] if isinstance(value, str) else value))


def some(values: Iterable[T]) -> tuple[T, ...]:
    """The values as a tuple; ValueError if there are none."""
    found = tuple(values)
    if not found:
        raise ValueError
    return found


def number_or_code(value: Any) -> Decimal | str:
    return code_value(value) if isinstance(value, str) else positive(value)


def rising_steps(value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    steps = some((positive(factor), positive(points)) for factor, points in value)
    if list(steps) != sorted(steps):
        raise ValueError
    return steps


def days_window(value: Any) -> tuple[bool, str, str]:
    """What a target shrinks with: prorated, days on the register, days of the window. KeyError for another word."""
    days = {"quarter": (DAYS, PERIOD_DAYS), "year": ("days_on_register_year", "year_days")}
    return (True, *days[text_value(value)])
