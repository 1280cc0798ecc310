"""Making the value of one field from the cells of a row, as its field of a profile says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from foundation.contributions.sheets import Target
from foundation.identifiers import IdentifierField, folded
from imports import cells
from imports.labels import choices_by_label
from imports.profile import FieldSpec
from imports.remarks import Refused, in_each_language, warning
from imports.targets import rules_of

if TYPE_CHECKING:
    from imports.rows import Row


def maker(
    target: Target, name: str, how: FieldSpec, *, extra_dates: tuple[str, ...] = (), lenient: bool = False
) -> tuple[Callable[[Row], Any], Any]:
    """Return the function that makes one field from a row, and its value if that fails.

    ``lenient``: days, numbers, choices, yes and no are read as people write them, not only as profiles always did.
    """
    field = target.fields[name]
    lines = field.get_internal_type() == "TextField"
    column = how.columns[0] if how.columns else name
    convert = _converter(target.code, field, column, extra_dates, how, lenient)
    empty = None if field.null else (field.get_default() if field.has_default() else "")
    needed = name in target.required
    mapping = how.mapping
    if mapping and lenient:
        mapping = {folded(key): value for key, value in mapping.items()} | mapping

    def source(row: Row) -> str:
        if how.how == "value":
            return "" if how.value is None else str(how.value)
        texts = [text for text in (row.text(each, lines=lines) for each in how.columns) if text]
        if how.how == "join":
            return how.glue.join(dict.fromkeys(texts))  # without repeated texts
        if texts and how.how == "split":
            return cells.part_of(texts[0], how.part, column)
        return texts[0] if texts else ""

    def make(row: Row) -> Any:
        text = source(row) if not how.when or row.meets(how.when) else ""
        if text and mapping is not None:
            text = _mapped(row, text, how, mapping, column, lenient)
        if not text and how.default is not None:
            text = str(how.default)
        if not text:
            if needed:
                raise Refused("required", column, field=name, of=target.code)
            return empty
        try:
            value = convert(row, text)
            if how.plus_days is not None:
                return _later(row, value, how.plus_days)
            return value
        except Refused as refused:
            if how.on_error == "refuse":
                raise
            row.remarks.append(warning("left_empty", refused.remark.column, value=text))
            return empty

    return make, empty if field.get_internal_type() in ("CharField", "TextField") else None


def _mapped(row: Row, text: str, how: FieldSpec, mapping: dict[str, Any], column: str, lenient: bool) -> str:
    found = mapping.get(text.casefold())
    if found is None and lenient:
        found = mapping.get(folded(text))
    if found is not None:
        return str(found)
    if how.unknown == "refuse" or (how.default is None and how.unknown == "warn"):
        raise Refused("not_a_choice", column, value=text, field=column)
    if how.unknown == "accept":
        return text
    row.remarks.append(warning("unknown_value", column, value=text, taken=how.default))
    return str(how.default)


def _later(row: Row, day: dt.date, plus_days: str | int) -> dt.date | None:
    if isinstance(plus_days, int):
        days = plus_days
    else:
        text = row.text(plus_days)
        if not text:
            return None
        days = cells.as_whole(text, plus_days, row.remarks)
    try:
        return day + dt.timedelta(days=days)
    except OverflowError as error:
        raise Refused("not_a_number", str(plus_days), value=days) from error


def _converter(
    of: str, field: models.Field, column: str, extra_dates: tuple[str, ...], how: FieldSpec, lenient: bool
) -> Callable[[Row, str], Any]:
    name, kind = field.name, field.get_internal_type()
    if kind == "DateField":
        formats = (*how.date_formats, *extra_dates)
        if lenient:
            return lambda _row, text: cells.as_written_day(text, column)
        return lambda _row, text: cells.as_day(text, formats, column)
    if kind == "BooleanField":
        return lambda _row, text: cells.as_truth(text, column, lenient=lenient)
    rules = rules_of(field)
    if kind in ("PositiveIntegerField", "DecimalField"):
        exact = field if isinstance(field, models.DecimalField) else None

        def lenient_number(row: Row, text: str) -> Any:
            try:
                return number(row, text)
            except Refused as refused:
                meant = cells.number_inside(text)
                if refused.remark.code != "not_a_number" or not meant or "-" in text:
                    raise
                raise Refused("not_a_number", column, value=text, proposal=meant) from refused

        def number(row: Row, text: str) -> Any:
            if exact is None:
                whole = cells.as_whole(text, column, row.remarks)
                if whole < 0:
                    raise Refused("not_a_number", column, value=text)
                return _validated(rules, whole, text, column, name, of)
            value = cells.as_decimal(text, column, row.remarks)
            value = value.quantize(Decimal(1).scaleb(-exact.decimal_places), ROUND_HALF_UP)
            if len(value.as_tuple().digits) > exact.max_digits:
                raise Refused("not_a_number", column, value=text)
            return _validated(rules, value, text, column, name, of)

        return lenient_number if lenient else number
    choices = {key for key, _label in field.flatchoices} if field.choices else None
    labels = choices_by_label(field) if choices is not None and lenient else {}
    limit = field.max_length

    def words(row: Row, text: str) -> str:
        if isinstance(field, IdentifierField):
            text = field.normalise(text)
        if choices is not None:
            found = text if text in choices else labels.get(folded(text))
            if found is None:
                raise Refused("not_a_choice", column, value=text, field=name, of=of)
            return found
        if limit and len(text) > limit:
            # the beginning of a code could pass for another code
            if how.too_long == "refuse" or (rules and isinstance(field, IdentifierField)):
                raise Refused("too_long", column, length=len(text), limit=limit, field=name, of=of)
            row.remarks.append(warning("cut", column, length=len(text), limit=limit))
            text = text[:limit].rstrip()
        return _validated(rules, text, text, column, name, of)

    return words


def _validated(rules: list, value: Any, text: str, column: str, name: str, of: str) -> Any:
    for rule in rules:
        try:
            rule(value)
        except ValidationError as error:
            why = in_each_language(partial(_message, rule, value))
            raise Refused("invalid", column, value=text, field=name, of=of, why=why) from error
    return value


def _message(rule: Callable[[Any], None], value: Any) -> str:
    """Return in the active language why a rule does not allow a value."""
    try:
        rule(value)
    except ValidationError as error:
        return error.messages[0]
    return ""
