"""Making records from a row of cells, with remarks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from enterprises.models import Enterprise
from facts.models import Fact
from foundation.accounts.actors import Actor
from foundation.contributions.limits import Limit, broken
from foundation.contributions.sheets import Unfit
from foundation.identifiers import compact, readable
from foundation.shapes import looks_like_person
from foundation.spreadsheets import non_values
from foundation.spreadsheets.writing import bare_cells
from imports import cells, taken_away
from imports.keys import Spelled, Spelling
from imports.layouts import Table
from imports.naming import words_of
from imports.profile import Condition, FileSpec, Key, Record
from imports.remarks import EMPTY, Refused, Remark, in_each_language, warning
from imports.targets import fact_model, is_enterprise
from imports.values import maker

NO_KEY = Spelled("", "")
WORKBOOK_DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


class Row:
    """The cells of one row by column, cleaned on first use."""

    __slots__ = ("_blank", "_cells", "_index", "_texts", "errors", "faults", "number", "remarks")

    def __init__(self, number: int, found: list[str], index: dict[str, int], blank: frozenset[str]) -> None:
        self.number = number
        self.remarks: list[Remark] = []
        self.faults: list[Remark] = []  # reasons to refuse it
        self.errors: dict[str, str] = {}  # columns with an error of the spreadsheet
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
        if non_values.is_error(text):
            if column not in self.errors:
                self.errors[column] = text
                self.remarks.append(warning("error_cell", column, value=text))
            text = ""
        elif non_values.has_lost_digits(text) and (column, not lines) not in self._texts:
            self.refuse("digits_lost", column, value=text)
        self._texts[column, lines] = text
        return text

    def first(self) -> str:
        """Return the column of the first cell that is not empty."""
        place = next((place for place, text in enumerate(self._cells) if text.strip()), 0)
        return next((name for name, number in self._index.items() if number == place), "")

    def refuse(self, code: str, column: str, **values: Any) -> None:
        """Note a reason to refuse the row; for an empty cell with an error, the error."""
        error = self.errors.get(column)
        if error is not None and code in ("empty_key", "required", "no_station"):
            code, values = "error_cell", {"value": error}
        self.faults.append(Refused(code, column, **values).remark)

    def meets(self, conditions: tuple[Condition, ...]) -> bool:
        return all(each.holds(self.text(each.column), self.raw(each.column)) for each in conditions)


@dataclass
class Draft:
    """One record to write: its key, its values, and the keys of the records it refers to.

    One with ``faults`` is refused; it is read to its end so that all of them are reported.
    """

    record: Record
    row: int
    spelled: Spelled
    values: dict[str, Any]
    remarks: list[Remark]
    faults: list[Remark] = field(default_factory=list)
    unread: frozenset[str] = frozenset()  # fields and kept columns whose cells could not be read
    number: int = 0  # of the record that the row stands for, in a list that was taken away from here
    said: dict[str, str] = field(default_factory=dict)  # its cells, by field
    faulty: dict[str, list[Remark]] = field(default_factory=dict)  # faults by field, of what may stand here
    group: str = ""  # the key without the row number, if rows are numbered
    enterprise: Spelled = NO_KEY
    reference: Spelled = NO_KEY  # the key of the record it refers to
    station: str | None = None
    instance: Fact | None = None  # an unsaved fact; None for enterprises
    also: list["Draft"] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.spelled.text


def _resolving(record: Record, name: str, make: Callable[[Row], Any], actor: Actor) -> Callable[[Row], Any]:
    """Return the function that makes a field from a row, and what its text stands for."""
    resolve = record.target.resolves[name](actor)
    columns = record.fields[name].columns

    def made(row: Row) -> Any:
        text = make(row)
        try:
            return resolve(text) if text else text
        except Unfit as unfit:
            raise Refused(unfit.code, columns[0] if columns else name, **unfit.values) from unfit

    return made


class Totals(NamedTuple):
    """A row of totals or notes, which is left out: its title, where it stands, and the code of the remark."""

    text: str
    column: str
    code: str = "totals"


class RowReader:
    """Reads the rows of one file. Row numbers within a group count all rows, including those left out."""

    def __init__(
        self, spec: FileSpec, header: list[str], *, workbook: bool = False, actor: Actor | None = None
    ) -> None:
        """``actor``: in whose scope the rows are written, for what a text stands for (``Target.resolves``)."""
        self.spec = spec
        self.index = {name: position for position, name in enumerate(header)}
        self.width = len(header)
        self.extra_dates = WORKBOOK_DATES if workbook else ()
        self.spelling = Spelling(spec, self.extra_dates)
        self.today = timezone.localdate()
        self._table = Table.below(header, words_of(spec.record.target)) if spec.lenient else None
        self._is_below_other = False  # the header of a table with other columns
        self._is_guarded = spec.lenient and not workbook
        self._groups: Counter[str] = Counter()
        self._seen: dict[str, set[str]] = {column: set() for column in spec.unique}
        self._makers = {
            id(record): {
                name: maker(record.target, name, how, extra_dates=self.extra_dates, lenient=spec.lenient)
                for name, how in record.fields.items()
            }
            for record in (spec.record, *spec.also)
        }
        if actor is not None:
            for record in (spec.record, *spec.also):
                makers = self._makers[id(record)]
                for name in record.target.resolves.keys() & makers.keys():
                    make, nothing = makers[name]
                    makers[name] = (_resolving(record, name, make, actor), nothing)

    def read(self, number: int, found: list[str]) -> Draft | Totals | str:
        """Return the record of a row with its remarks, or why the row is left out: its totals, or the profile's reason.

        Raise Refused if the row does not fit the header.
        """
        if self._is_guarded:
            found = bare_cells(found)
        if self._table and not any(map(str.strip, found)):
            return EMPTY
        is_known = any(
            found[self.index[each]].strip()
            for each in self.spec.record_number
            if self.index[each] < len(found)
        )
        if self._is_below_other:
            return Totals(next(filter(None, map(str.strip, found))), "", "other_table")
        if self._table and not is_known and (note := self._table.ends_at(number, found)):
            self._is_below_other = note.code == "other_table"
            return Totals(note.text, "", note.code if note.code in ("totals", "other_table") else "no_record")
        if len(found) < self.width or any(cell.strip() for cell in found[self.width :]):
            raise Refused("cells", found=len(found), expected=self.width)
        row = Row(number, found, self.index, self.spec.blank)
        if not is_known and (totals := self._totals(row)):
            return totals
        key, group = self._key(row, self.spec.record)
        for rule in self.spec.skip:
            if row.meets(rule.conditions) and key.text:
                return rule.say or rule.column
        draft = self._draft(row, self.spec.record, key, group, self._number(row) if is_known else 0)
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
                same = record.key is self.spec.record.key
                other = (key, group) if same else self._key(row, record)
                draft.also.append(self._draft(row, record, *other))
        draft.faults = [each for place, each in enumerate(row.faults) if each not in row.faults[:place]]
        return draft

    def _totals(self, row: Row) -> Totals | None:
        """Return the title of a row of totals, None for any other row.

        An English one counts only in place of the key: a restaurant may be called Total.
        """
        record = self.spec.record
        keys = record.key.columns
        first = row.first()
        english = keys if any(row.raw(each).strip() for each in keys) else (*keys, first)
        names = record.fields["name"].columns if is_enterprise(record.target) else ()
        for columns, also_english in ((english, True), ((first, *names), False)):
            for column in columns:
                if column and non_values.is_totals(row.raw(column), also_english=also_english):
                    return Totals(row.raw(column).strip(), column)
        return None

    # --- keys -----------------------------------------------------------------------------------------------------

    def _key(self, row: Row, record: Record) -> tuple[Spelled, str]:
        """Return the key of a row and, if its rows are numbered, the part that they have in common."""
        key: Key = record.key
        columns = key.columns
        if key.first_of:
            columns = tuple(filter(row.text, columns))[:1] or columns
        spelled = self._spelled(row, columns, key.prefix)
        unread = [column for column in columns if column in row.errors]
        if unread or not any(map(row.text, columns)):
            if key.optional and not unread:
                return NO_KEY, ""
            row.refuse("empty_key", (unread or columns or ("",))[0])
            return NO_KEY, ""
        group = ""
        if key.row_number:
            group = f"{id(key)}|{spelled.text}"
            self._groups[group] += 1
            number = f":{self._groups[group]}"
            spelled = replace(spelled, text=spelled.text + number, raw=spelled.raw + number, suffix=number)
        if len(spelled.text) > record.target.key_limit:
            row.refuse("long_key", key.columns[0], value=spelled.text, limit=record.target.key_limit)
        return spelled, group

    def _spelled(
        self, row: Row, columns: tuple[str, ...], prefix: str = "", *, without_empty: bool = False
    ) -> Spelled:
        texts = [(column, row.text(column)) for column in columns if row.text(column) or not without_empty]
        parts = tuple(self.spelling.normal(column, text) for column, text in texts)
        raw = ":".join(text for _column, text in texts)
        return Spelled(prefix + ":".join(parts), prefix + raw, parts, prefix)

    def _number(self, row: Row) -> int:
        """Return the number of the record that a row stands for; -1 if it is none of this kind."""
        column = self.spec.record_number[0]
        kind, number = taken_away.kind_and_number(row.text(column))
        if kind == self.spec.record.target.code:
            return number
        row.refuse("no_such_record", column, value=row.text(column))
        return -1

    # --- values ---------------------------------------------------------------------------------------------------

    def _draft(self, row: Row, record: Record, key: Spelled, group: str, number: int = 0) -> Draft:
        target = record.target
        values: dict[str, Any] = {}
        unread: set[str] = set()
        faulty: set[str] = set()
        # remarks of the row's other records go to the first one
        remarks = row.remarks if record is self.spec.record else []
        draft = Draft(record, row.number, key, values, remarks, number=number)
        for name, (make, nothing) in self._makers[id(record)].items():
            left, before = len(row.remarks), len(row.faults)
            if masked := self._masked(row, record, name):
                values[name] = nothing
                unread.add(name)
                row.remarks.append(warning("masked", masked, value=row.text(masked)))
                if name in target.required and not number:
                    row.refuse("required", masked, field=name, of=target.code)
                continue
            try:
                values[name] = make(row)
            except Refused as refused:
                row.refuse(refused.remark.code, refused.remark.column, **refused.remark.values)
                values[name] = nothing
                faulty.add(name)
            if number and len(row.faults) > before:  # perhaps what stands here is faulty, too
                draft.faulty[name] = row.faults[before:]
                del row.faults[before:]
            if any(each.code == "left_empty" for each in row.remarks[left:]):
                unread.add(name)
        if self.spec.record_number and not number:
            for name in target.required:
                if name not in values:
                    row.refuse("required", name, field=name, of=target.code)
                    values[name] = None
        if record.keep:
            hidden = {each for each in record.keep if self.spec.lenient and cells.is_masked(row.raw(each))}
            values["source_values"] = {each: "" if each in hidden else row.text(each) for each in record.keep}
            unread |= hidden
        if target.settle:
            target.settle(values)
        for correction in record.correct:
            day, limit = values.get(correction.field), values.get(correction.not_before)
            if day and limit and day < limit:
                values[correction.field] = limit
                column = self._column(record, correction.field)
                other = self._column(record, correction.not_before)
                row.remarks.append(warning("corrected", column, was=day, other=other, now=limit))
        for name, how in record.fields.items():
            if row.errors and any(column in row.errors for column in (*how.columns, how.plus_days)):
                unread.add(name)
        draft.unread, draft.group = frozenset(unread | row.errors.keys()), group
        if number:  # what it becomes is checked with the record
            draft.said = {
                name: row.raw(how.columns[0])
                for name, how in record.fields.items()
                if len(how.columns) == 1 and how.how == "column"
            }
        else:
            draft.instance = self._instance(row, record, key.text, values, faulty)
        if is_enterprise(target):
            draft.enterprise = key
        elif self.spec.enterprise:
            draft.enterprise = self._enterprise(row)
        elif not number and target.of_enterprise:
            row.refuse("no_enterprise", "", value="")
        if target.reference and any(map(row.text, self.spec.inspection)):
            draft.reference = self._spelled(
                row, self.spec.inspection, self.spec.inspection_prefix, without_empty=True
            )
        if is_enterprise(target):
            draft.station = self._station(row)
        return draft

    def _masked(self, row: Row, record: Record, name: str) -> str:
        """Return the column of a field whose cell is masked, "" for a cell that says what it says."""
        how, kind = record.fields[name], record.target.fields[name].get_internal_type()
        if not self.spec.lenient or kind not in ("CharField", "TextField"):
            return ""
        of_person = record.target.looks.get(name) is looks_like_person
        for column in how.columns:
            text = row.raw(column).strip()
            parts = text.split() if how.how == "split" else [text]
            if any(cells.is_masked(each, of_person=of_person or how.how == "split") for each in parts):
                return column
        return ""

    def _instance(
        self, row: Row, record: Record, key: str, values: dict[str, Any], faulty: set[str]
    ) -> Fact | None:
        """Return the unsaved fact, validated by its ``clean()`` as a form would."""
        if is_enterprise(record.target):
            if values.get("registered_on") and values["registered_on"] > self.today:
                column = self._column(record, "registered_on")
                row.refuse("future", column, value=values["registered_on"])
            known = {name: value for name, value in values.items() if name in record.target.fields}
            self._doubt(row, record, Enterprise(**known))
            return None
        if record.target.acts is not None:
            return None
        instance = fact_model(record.target)(external_key=key, **values)
        try:
            instance.clean()
        except ValidationError as error:
            # a field that follows from a faulty one repeats its fault
            follows = {name for name in error.message_dict if name not in record.fields}
            told = error.message_dict.keys() - follows or follows
            for name in error.message_dict:
                if name in told - faulty:
                    row.refuse(
                        "invalid",
                        self._column(record, name),
                        value=cells.as_text(values.get(name)),
                        field=name,
                        of=record.target.code,
                        why=in_each_language(partial(self._why, instance, name)),
                    )
        self._doubt(row, record, instance)
        return instance

    def _doubt(self, row: Row, record: Record, instance: models.Model) -> None:
        """Remark on what the file says and no page would take: what is implausible, or against our procedure.

        What can only be a slip refuses the row.
        """
        for limit in broken(instance):
            if limit.field in record.fields:
                column = self._column(record, limit.field)
                said = {
                    "value": cells.as_text(getattr(instance, limit.field)),
                    "field": limit.field,
                    "of": record.target.code,
                    "why": in_each_language(partial(_words, limit)),
                }
                if limit.refuses_rows:
                    row.refuse("invalid", column, **said)
                else:
                    row.remarks.append(warning("implausible", column, **said))

    @staticmethod
    def _why(instance: Fact, name: str) -> str:
        """Return in the active language what the record's ``clean()`` says of a field."""
        try:
            instance.clean()
        except ValidationError as error:
            return error.message_dict.get(name, [""])[0]
        return ""

    def _station(self, row: Row) -> str:
        """Return the station's name in the row, or the profile's for rows without one."""
        how = self.spec.station
        assert how is not None  # profile_reading requires it for enterprises
        text = self._joined(row, how.columns)
        text = how.codes.get(text, text[: how.first] if how.first else text)
        if not text:
            text = how.blank
        if not text:
            row.refuse("no_station", how.columns[0] if how.columns else "")
        return text

    def _enterprise(self, row: Row) -> Spelled:
        """Return the key, the credit code or the name of a fact's enterprise."""
        if self.spec.enterprise_by != "key":
            text = self._joined(row, self.spec.enterprise)
            plain = compact(text) if self.spec.enterprise_by == "credit_code" else readable(text)
            return Spelled(plain, text)
        return self._spelled(row, self.spec.enterprise, without_empty=True)

    @staticmethod
    def _joined(row: Row, columns: tuple[str, ...]) -> str:
        return ":".join(text for text in map(row.text, columns) if text)

    @staticmethod
    def _column(record: Record, name: str) -> str:
        how = record.fields.get(name)
        return how.columns[0] if how and how.columns else name


def _words(limit: Limit) -> str:
    return limit.words
