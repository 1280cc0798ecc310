"""Making records from a row of cells, with remarks."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from facts.models import Fact
from foundation.identifiers import IdentifierField, compact
from imports import cells
from imports.profile import Condition, FieldSpec, FileSpec, Key, Record
from imports.remarks import Refused, Remark, short, warning
from imports.targets import fact_model, is_enterprise, rules_of

WORKBOOK_DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


class Row:
    """The cells of one row by column, cleaned on first use."""

    __slots__ = ("_blank", "_cells", "_index", "_texts", "number", "remarks")

    def __init__(self, number: int, found: list[str], index: dict[str, int], blank: frozenset[str]) -> None:
        self.number = number
        self.remarks: list[Remark] = []
        self._cells, self._index, self._blank = found, index, blank
        self._texts: dict[tuple[str, bool], str] = {}

    def raw(self, column: str) -> str:
        return self._cells[self._index[column]]

    def text(self, column: str, *, lines: bool = False) -> str:
        """Return the cleaned cell; "" also for a word that the profile lists as blank."""
        known = self._texts.get((column, lines))
        if known is not None:
            return known
        raw = self.raw(column)
        text, dirty = cells.clean(raw, lines=lines)
        if dirty and (column, not lines) not in self._texts:
            self.remarks.append(warning("control_characters", column, value=text))
        if text and self._blank and text.casefold() in self._blank:
            text = ""
        self._texts[column, lines] = text
        return text

    def meets(self, conditions: tuple[Condition, ...]) -> bool:
        return all(each.holds(self.text(each.column), self.raw(each.column)) for each in conditions)


@dataclass
class Draft:
    """One record to write: its key, its values, and the keys of the records it refers to."""

    record: Record
    row: int
    key: str
    values: dict[str, Any]
    remarks: list[Remark]
    enterprise: str = ""
    reference: str = ""  # the key of the record it refers to
    station: str | None = None
    instance: Fact | None = None  # an unsaved fact; None for enterprises
    also: list["Draft"] = field(default_factory=list)


class RowReader:
    """Reads the rows of one file. Row numbers within a group count all rows, including those left out."""

    def __init__(self, spec: FileSpec, header: list[str], *, workbook: bool = False) -> None:
        self.spec = spec
        self.index = {name: position for position, name in enumerate(header)}
        self.width = len(header)
        self.extra_dates = WORKBOOK_DATES if workbook else ()
        self.today = timezone.localdate()
        self._groups: Counter[str] = Counter()
        self._seen: dict[str, set[str]] = {column: set() for column in spec.unique}
        self._makers = {
            id(record): {name: self._maker(record, name, how) for name, how in record.fields.items()}
            for record in (spec.record, *spec.also)
        }

    def read(self, number: int, found: list[str]) -> Draft | str:
        """Return the record of a row with its remarks, or why the profile leaves the row out; raises Refused."""
        if len(found) < self.width or any(cell.strip() for cell in found[self.width :]):
            raise Refused("cells", found=len(found), expected=self.width)
        row = Row(number, found, self.index, self.spec.blank)
        key = self._key(row, self.spec.record)
        for rule in self.spec.skip:
            if row.meets(rule.conditions):
                return rule.say or rule.column
        draft = self._draft(row, self.spec.record, key)
        for rule in self.spec.warn:
            if row.meets(rule.conditions):
                draft.remarks.append(Remark("profile_says", "warned", rule.column, {"text": rule.say}))
        for column, seen in self._seen.items():
            value = row.text(column)
            if value and value in seen:
                draft.remarks.append(warning("repeated_value", column, value=value))
            seen.add(value)
        for record in self.spec.also:
            if row.meets(record.when):
                other = key if record.key is self.spec.record.key else self._key(row, record)
                draft.also.append(self._draft(row, record, other))
        return draft

    # --- keys -----------------------------------------------------------------------------------------------------

    def _key(self, row: Row, record: Record) -> str:
        key: Key = record.key
        parts = [row.text(column) for column in key.columns]
        if not any(parts):
            raise Refused("empty_key", key.columns[0] if key.columns else "")
        text = ":".join(parts)
        if key.row_number:
            group = f"{id(key)}|{text}"
            self._groups[group] += 1
            text = f"{text}:{self._groups[group]}"
        text = key.prefix + text
        if len(text) > record.target.key_limit:
            raise Refused("long_key", key.columns[0], value=text, limit=record.target.key_limit)
        return text

    # --- values ---------------------------------------------------------------------------------------------------

    def _draft(self, row: Row, record: Record, key: str) -> Draft:
        target, values = record.target, {}
        remarks = row.remarks
        for name, make in self._makers[id(record)].items():
            values[name] = make(row)
        if target.settle:
            target.settle(values)
        for correction in record.correct:
            day, limit = values.get(correction.field), values.get(correction.not_before)
            if day and limit and day < limit:
                values[correction.field] = limit
                column = self._column(record, correction.field)
                other = self._column(record, correction.not_before)
                remarks.append(warning("corrected", column, was=day, other=other, now=limit))
        if record.keep:
            values["source_values"] = {column: row.text(column) for column in record.keep}
        # remarks of the row's other records go to the first one
        draft = Draft(record, row.number, key, values, remarks if record is self.spec.record else [])
        draft.instance = self._instance(record, key, values)
        draft.enterprise = key if is_enterprise(target) else self._enterprise(row)
        if target.reference and any(map(row.text, self.spec.inspection)):
            draft.reference = self.spec.inspection_prefix + self._joined(row, self.spec.inspection)
        if is_enterprise(target):
            draft.station = self._station(row)
        return draft

    def _instance(self, record: Record, key: str, values: dict[str, Any]) -> Fact | None:
        """Return the unsaved fact, validated by its ``clean()`` as a form would."""
        if is_enterprise(record.target):
            if values.get("registered_on") and values["registered_on"] > self.today:
                raise Refused("future", self._column(record, "registered_on"), value=values["registered_on"])
            return None
        instance = fact_model(record.target)(external_key=key, **values)
        try:
            instance.clean()
        except ValidationError as error:
            name, why = next(iter(error.message_dict.items()))
            column = self._column(record, name)
            raise Refused(
                "invalid", column, value=cells.as_text(values.get(name)), field=name, why=short(why[0])
            ) from error
        return instance

    def _station(self, row: Row) -> str:
        """Return the station's name in the row, or the profile's for rows without one; raise Refused if neither."""
        how = self.spec.station
        assert how is not None  # profile_reading requires it for enterprises
        text = self._joined(row, how.columns)
        text = how.codes.get(text, text[: how.first] if how.first else text)
        if not text:
            text = how.blank
        if not text:
            raise Refused("no_station", how.columns[0] if how.columns else "")
        return text

    def _enterprise(self, row: Row) -> str:
        """Return the key or the credit code of a fact's enterprise."""
        text = self._joined(row, self.spec.enterprise)
        return compact(text) if self.spec.enterprise_by == "credit_code" else text

    @staticmethod
    def _joined(row: Row, columns: tuple[str, ...]) -> str:
        return ":".join(text for text in map(row.text, columns) if text)

    @staticmethod
    def _column(record: Record, name: str) -> str:
        how = record.fields.get(name)
        return how.columns[0] if how and how.columns else name

    def _maker(self, record: Record, name: str, how: FieldSpec) -> Callable[[Row], Any]:
        """Return the function that makes one field of one record from a row."""
        target_field = record.target.fields[name]
        kind = target_field.get_internal_type()
        lines = kind == "TextField"
        column = how.columns[0] if how.columns else name
        formats = (*how.date_formats, *self.extra_dates)
        convert = self._converter(target_field, kind, column, formats, how)
        empty = (
            None if target_field.null else (target_field.get_default() if target_field.has_default() else "")
        )
        needed = name in record.target.required

        def source(row: Row) -> str:
            if how.how == "value":
                return "" if how.value is None else str(how.value)
            texts = [text for text in (row.text(each, lines=lines) for each in how.columns) if text]
            if how.how == "join":
                return how.glue.join(dict.fromkeys(texts))  # without repeated texts
            return texts[0] if texts else ""

        def make(row: Row) -> Any:
            text = source(row) if not how.when or row.meets(how.when) else ""
            if text and how.mapping is not None:
                text = self._mapped(row, text, how, column)
            if not text and how.default is not None:
                text = str(how.default)
            if not text:
                if needed:
                    raise Refused("required", column, field=name)
                return empty
            try:
                value = convert(row, text)
                if how.plus_days is not None:
                    return self._later(row, value, how.plus_days)
                return value
            except Refused as refused:
                if how.on_error == "refuse":
                    raise
                row.remarks.append(warning("left_empty", refused.remark.column, value=text))
                return empty

        return make

    @staticmethod
    def _mapped(row: Row, text: str, how: FieldSpec, column: str) -> str:
        found = how.mapping.get(text.casefold()) if how.mapping else None
        if found is not None:
            return str(found)
        if how.unknown == "refuse" or (how.default is None and how.unknown == "warn"):
            raise Refused("not_a_choice", column, value=text, field=column)
        if how.unknown == "accept":
            return text
        row.remarks.append(warning("unknown_value", column, value=text, taken=how.default))
        return str(how.default)

    @staticmethod
    def _later(row: Row, day: dt.date, plus_days: str | int) -> dt.date | None:
        if isinstance(plus_days, int):
            days = plus_days
        else:
            text = row.text(plus_days)
            if not text:
                return None
            days = cells.as_whole(text, plus_days)
        try:
            return day + dt.timedelta(days=days)
        except OverflowError as error:
            raise Refused("not_a_number", str(plus_days), value=days) from error

    def _converter(
        self, target_field: models.Field, kind: str, column: str, formats: tuple[str, ...], how: FieldSpec
    ) -> Callable[[Row, str], Any]:
        name = target_field.name
        if kind == "DateField":
            return lambda _row, text: cells.as_day(text, formats, column)
        if kind == "BooleanField":
            return lambda _row, text: cells.as_truth(text, column)
        rules = rules_of(target_field)
        if kind in ("PositiveIntegerField", "DecimalField"):
            exact = target_field if isinstance(target_field, models.DecimalField) else None

            def number(_row: Row, text: str) -> Any:
                if exact is None:
                    whole = cells.as_whole(text, column)
                    if whole < 0:
                        raise Refused("not_a_number", column, value=text)
                    return self._validated(rules, whole, text, column, name)
                value = cells.as_decimal(text, column)
                value = value.quantize(Decimal(1).scaleb(-exact.decimal_places), ROUND_HALF_UP)
                if len(value.as_tuple().digits) > exact.max_digits:
                    raise Refused("not_a_number", column, value=text)
                return self._validated(rules, value, text, column, name)

            return number
        choices = {key for key, _label in target_field.flatchoices} if target_field.choices else None
        limit = target_field.max_length

        def words(row: Row, text: str) -> str:
            if isinstance(target_field, IdentifierField):
                text = target_field.normalise(text)
            if choices is not None:
                if text not in choices:
                    raise Refused("not_a_choice", column, value=text, field=name)
                return text
            if limit and len(text) > limit:
                # the beginning of a code could pass for another code
                if how.too_long == "refuse" or (rules and isinstance(target_field, IdentifierField)):
                    raise Refused("too_long", column, length=len(text), limit=limit, field=name)
                row.remarks.append(warning("cut", column, length=len(text), limit=limit))
                text = text[:limit].rstrip()
            return self._validated(rules, text, text, column, name)

        return words

    @staticmethod
    def _validated(rules: list, value: Any, text: str, column: str, name: str) -> Any:
        for rule in rules:
            try:
                rule(value)
            except ValidationError as error:
                raise Refused(
                    "invalid", column, value=text, field=name, why=short(error.messages[0])
                ) from error
        return value
