"""What an operation is given by pages, tasks and programs, held against what it declares, before it does anything."""

import dataclasses
import datetime as dt
import functools
import inspect
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Field, Model, fields
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

from foundation.ids import LARGEST_ID
from foundation.texts import unstorable

P = ParamSpec("P")
R = TypeVar("R")


def as_declared(operation: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments of another type than the operation declares: no day, a day in words, a number that no column keeps.

    Raise one ValidationError with a sentence for each, at the name of the argument without ``_id``. Checked are days,
    times, numbers, texts, choices, records and collections of these; the operation's own rules judge all else, and
    ``**values`` that are declared as anything.
    """
    declared: dict[str, Any] = {}
    more = next((each.name for each in _parameters(operation) if each.kind is each.VAR_KEYWORD), "")

    @functools.wraps(operation)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> R:
        if not declared:  # at the first call, when each module that a declaration names is loaded
            declared.update(typing.get_type_hints(operation) | {"actor": Any})
        refuse_unfit(kwargs, {name: declared[more] for name in kwargs if more} | declared)
        return operation(*args, **kwargs)

    return refusing


def _parameters(operation: Callable[..., Any]) -> Collection[inspect.Parameter]:
    return inspect.signature(operation).parameters.values()


def refuse_unfit(values: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
    """Raise ValidationError for each value that is not of its declared type, at its name without ``_id``."""
    faults = {
        name.removesuffix("_id"): why
        for name, value in values.items()
        if name in declared and (why := _unfit(value, declared[name]))
    }
    if faults:
        raise ValidationError(faults)


def refuse_unfit_columns(model: type[Model], values: Mapping[str, Any]) -> None:
    """Raise ValidationError for each value that is not of the type of its column. None is left to the model's own checks."""
    refuse_unfit(values, {each.name: _of_column(each) for each in model._meta.concrete_fields})


def as_columns(model: type[Model], operation: Callable[P, R]) -> Callable[P, R]:
    """Return an operation that refuses arguments of another type than the columns of these names (refuse_unfit_columns)."""

    @functools.wraps(operation)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse_unfit_columns(model, kwargs)
        return operation(*args, **kwargs)

    return refusing


def _of_column(field: "Field[Any, Any]") -> Any:
    known = {
        fields.DateTimeField: dt.datetime,
        fields.DateField: dt.date,
        fields.TimeField: dt.time,
        fields.BooleanField: bool,
        fields.IntegerField: int,
        fields.DecimalField: Decimal,
        fields.CharField: str,
        fields.TextField: str,
    }
    return next((kind | None for column, kind in known.items() if isinstance(field, column)), object)


def _unfit(value: Any, declared: Any) -> str:
    """Return why a value is none of a declared type, or nothing."""
    kinds = typing.get_args(declared) if isinstance(declared, types.UnionType) else (declared,)
    if value is None and types.NoneType not in kinds and any(map(_is_judged, kinds)):
        return _("This field is required.")
    if value is None:
        return ""
    answers = [_unfit_for(value, kind) for kind in kinds if kind is not types.NoneType]
    return "" if "" in answers else answers[0]


def _unfit_for(value: Any, kind: Any) -> str:
    """Return why a value is not of one kind; nothing for a kind that the operation itself judges."""
    if _is_choice(kind):
        is_one = isinstance(value, str) and value in {each.value for each in kind}
        return "" if is_one else _("This is not one of the choices.")
    if kind is str:
        return unstorable(value) if isinstance(value, str) else _("Enter a valid value.")
    if kind is bool:
        return "" if isinstance(value, bool) else _("Enter a valid value.")
    if kind is dt.date:
        is_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        return "" if is_day else _("Enter a valid date.")
    if kind is dt.datetime:
        return "" if isinstance(value, dt.datetime) and is_aware(value) else _("Enter a valid date/time.")
    if kind is dt.time:
        return "" if isinstance(value, dt.time) else _("Enter a valid time.")
    if kind is int:
        if not isinstance(value, int) or isinstance(value, bool):
            return _("Enter a whole number.")
        bound, wrong = (LARGEST_ID, MaxValueValidator) if value > 0 else (-LARGEST_ID, MinValueValidator)
        return "" if abs(value) <= LARGEST_ID else str(wrong.message % {"limit_value": bound})
    if kind is Decimal:
        is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
        return "" if is_number and Decimal(value).is_finite() else _("Enter a number.")
    if _is_record(kind):
        return _unfit_record(value, kind)
    return _unfit_members(value, kind) if _is_many(kind) else ""


def _unfit_record(value: Any, kind: Any) -> str:
    if not isinstance(value, kind):
        return _("Enter a valid value.")
    hints = typing.get_type_hints(kind)
    return next((why for name in hints if (why := _unfit(getattr(value, name), hints[name]))), "")


def _unfit_members(values: Any, kind: Any) -> str:
    """Return why something is no collection of this kind, or what is wrong with the first member that does not fit."""
    members = typing.get_args(kind)
    if isinstance(values, str | bytes) or not isinstance(values, typing.get_origin(kind)):
        return _("Enter a list of values.")
    if isinstance(values, Mapping) or not isinstance(values, Collection) or len(members) != 1:
        return ""
    return next((why for each in values if (why := _unfit(each, members[0]))), "")


def _is_judged(kind: Any) -> bool:
    return (
        kind in (str, bool, int, dt.date, dt.datetime, dt.time, Decimal)
        or _is_record(kind)
        or _is_choice(kind)
        or _is_many(kind)
    )


def _is_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum) and issubclass(kind, str)


def _is_record(kind: Any) -> bool:
    """Return whether a kind is a dataclass or named tuple of ours, whose fields are declared, too."""
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"))


def _is_many(kind: Any) -> bool:
    origin = typing.get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Iterable) and origin is not tuple
