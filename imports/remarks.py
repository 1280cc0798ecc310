"""Remarks of an import on rows: a code with values, shown as a sentence in the reader's language."""

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from foundation.contributions.sheets import targets
from foundation.spreadsheets.writing import harmless
from imports.choices import Outcome
from imports.targets import kind_word

KEPT_ISSUES = 5_000  # stored for the page; the CSV report has all
SHOWN_LENGTH = 80

SENTENCES = {
    "profile_says": "%(text)s",  # written by the profile's author
    "cells": _("The row has %(found)s cells, the header %(expected)s."),
    "error_cell": _("The cell has an error of its spreadsheet: “%(value)s”. It counts as empty."),
    "masked": _("Masked: “%(value)s”. What stands here stays; for a new record it counts as empty."),
    "no_such_record": _("“%(value)s” is no record of this kind that you keep."),
    "other_enterprise": _(
        "The record with this number is about “%(here)s”, the row about “%(value)s”. Clear the number, or the name."
    ),
    "digits_lost": _(
        "The spreadsheet has lost digits of this number: “%(value)s”. Format the column as text, enter the number "
        "again and save the file."
    ),
    "hidden_sheets": _("Hidden sheets were not read: %(sheets)s."),
    "totals": _("A row of totals is left out: “%(value)s”."),
    "no_record": _("A row that is no record is left out: “%(value)s”."),
    "unit": _("“%(value)s” was taken as %(taken)s."),
    "shifted": _(
        "This row is new, and an earlier row with the key “%(value)s” differs from the record here. Rows with this "
        "key are numbered in the order of the file: after an inserted or deleted row, the numbers no longer belong "
        "to the same records."
    ),
    "empty_key": _("The row has no key."),
    "long_key": _("The key is longer than %(limit)s characters: “%(value)s”."),
    "repeated_key": _("The key “%(value)s” already appeared in an earlier row."),
    "required": _("“%(field)s” must not be empty."),
    "not_a_date": _("Not a date in any format of the profile: “%(value)s”."),
    "two_digit_year": _("The year has only two digits: “%(value)s”."),
    "month_only": _("The day of the month is missing: “%(value)s”."),
    "year_only": _("Month and day are missing: “%(value)s”."),
    "day_or_month_first": _("Which number is the month, and which the day? “%(value)s”."),
    "no_such_day": _("The calendar has no such day: “%(value)s”."),
    "year_out_of_range": _("The year is not between 1950 and 2099: “%(value)s”."),
    "not_split": _("Name and telephone number cannot be told apart: “%(value)s”."),
    "not_a_number": _("Not a number: “%(value)s”."),
    "not_yes_or_no": _("Neither yes nor no: “%(value)s”."),
    "not_a_choice": _("“%(value)s” is not one of the values of “%(field)s”."),
    "unknown_value": _("Unknown value “%(value)s”, taken as “%(taken)s”."),
    "invalid": _("“%(value)s” is not valid for “%(field)s”: %(why)s"),
    "implausible": _("“%(value)s” is implausible for “%(field)s”: %(why)s"),
    "contradicts": "%(why)s",
    "not_yours": _("Not yours to decide: %(why)s"),
    "future": _("%(value)s is in the future."),
    "left_empty": _("Could not be read and was left empty: “%(value)s”."),
    "too_long": _("“%(field)s” has %(length)s characters; at most %(limit)s are allowed."),
    "cut": _("Shortened from %(length)s to %(limit)s characters."),
    "control_characters": _("Control characters were removed: “%(value)s”."),
    "corrected": _("%(was)s is before %(other)s; %(now)s was used instead."),
    "repeated_value": _("“%(value)s” already appeared in an earlier row."),
    "no_station": _("The row names no police station, and the profile has none for such rows."),
    "no_enterprise": _("No enterprise “%(value)s” in the register of this bureau."),
    "several_enterprises": _("Several enterprises “%(value)s” in the register of this bureau."),
    "no_inspection": _(
        "This enterprise has no inspection “%(value)s”: recorded without it."
    ),  # of earlier versions
    "no_reference": _("This enterprise has no %(kind)s “%(value)s”: recorded without it."),
    "code_taken": _("The credit code “%(value)s” already belongs to another enterprise."),
    "code_in_file": _("The credit code “%(value)s” already appeared in row %(row)s."),
    "other_station": _(
        "The file assigns it to “%(value)s”; the station that has custody here keeps it until a hand-over."
    ),
    "no_such_station": _("No station “%(value)s” whose register you keep."),
    "elsewhere": _(
        "“%(value)s” belongs to an enterprise of another station. Ask that station for the hand-over."
    ),
    "no_such_officer": _("No officer “%(value)s” at your station."),
    "several_officers": _(
        "Several officers of your station are called “%(value)s”. Write the police number instead of the name."
    ),
    "no_such_number": _("No officer here has the police number “%(value)s”."),
    "one_officer": _("At least two officers inspect: “%(value)s”."),
    "other_officers": _("The inspection names %(here)s, the row %(value)s."),
    "no_inspection_of_day": _(
        "This enterprise has no inspection on %(value)s. Bring the inspections in first."
    ),
    "several_inspections": _(
        "This enterprise has several inspections on %(value)s. Enter these answers by page."
    ),
    "no_such_item": _("No checklist asks “%(value)s”."),
    "not_asked": _("The checklist of the inspection does not ask “%(value)s”."),
    "always_applicable": _("“%(value)s” is always applicable: passed or failed."),
    "is_signed": _("The inspection of %(value)s was signed as it is: nothing is added to it."),
    "not_possible": "%(why)s",
    "person_elsewhere": _("“%(value)s” is the user name of somebody else. Choose another one."),
    "person_disabled": _("The account “%(value)s” is disabled. Enable it on the person's page first."),
    "no_station_of_person": _("The row names no police station, and you keep several."),
    "no_user_name": _(
        "The row has nothing to log in with: no user name, and no number that can stand for it."
    ),
    "no_such_department": _("The bureau has no department “%(value)s”. Ask the platform operator to add it."),
    "no_department_of_person": _("The row names no department, and the bureau has none or several."),
    "role_out_of_reach": _("You may not give the role “%(value)s” in this organisation."),
    "not_designated": _("“%(value)s” cannot be designated: %(why)s"),
    "twin": _("“%(value)s” is perhaps here already: the same name, and no code or number tells them apart."),
    "twin_in_file": _("Row %(value)s has the same name, and no code or number tells them apart."),
    "near_twin": _("“%(value)s” is perhaps here already as “%(here)s”: a like name at a like address."),
    "near_in_file": _("Row %(value)s has a like name at a like address: “%(here)s”."),
    "note": _("Not a record: “%(value)s”."),
    "section": _("A heading between the rows: “%(value)s”."),
    "header": _("The header again: “%(value)s”."),
    "title": _("A title: “%(value)s”."),
    "other_table": _(
        "Part of another table, with other columns: “%(value)s”. Upload the file again and choose the header of that table."
    ),
    "voided": _("The record was voided here and stays voided."),
    "differs": _("Here “%(here)s”, in the file “%(there)s”."),
    "updated": _("Was “%(here)s”, now “%(there)s”."),
    "taken": _("Taken."),
    "already": _("Already here."),
    "skipped": _("Left out: %(text)s"),
}


# reasons for leaving a row out that no profile gives, by what a tally stores
REPEATED = "repeats an earlier row"
TOTALS = "totals"
EMPTY = "empty"
LEFT_OUT = {REPEATED: _("repeats an earlier row"), TOTALS: _("rows of totals"), EMPTY: _("empty rows")}


@dataclass(frozen=True)
class Remark:
    """A remark on one row, or on one cell of it."""

    code: str
    outcome: str
    column: str = ""
    values: dict[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """The row is not imported; the remark gives one reason."""

    def __init__(self, code: str, column: str = "", **values: Any) -> None:
        super().__init__(code)
        self.remark = Remark(code, Outcome.REFUSED, column, shown(values))


def warning(code: str, column: str = "", **values: Any) -> Remark:
    """Return a remark on a row that is imported nevertheless."""
    return Remark(code, Outcome.WARNED, column, shown(values))


def doubt(code: str, column: str = "", **values: Any) -> Remark:
    """Return a remark on a row that waits for a person's decision."""
    return Remark(code, Outcome.DOUBTFUL, column, shown(values))


def shown(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as a remark stores them: short texts without line breaks, or one for each language."""
    return {name: value if isinstance(value, int | dict) else short(value) for name, value in values.items()}


def in_each_language(make: Callable[[], Any]) -> dict[str, str]:
    """Return the text that ``make`` returns, by language, so that each reader can read it."""
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts[language] = short(make())
    return texts


def short(value: Any) -> str:
    """Return a value on one line of at most SHOWN_LENGTH characters."""
    text = "".join(letter if letter.isprintable() else " " for letter in str("" if value is None else value))
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def sentence(code: str, values: dict[str, Any]) -> str:
    """Return the sentence of a remark in the active language."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    values = {
        name: value.get(language, "") if isinstance(value, dict) else value for name, value in values.items()
    }
    if "of" in values:
        values = values | {"field": _field_word(values["of"], values["field"])}
    if "kind" in values:
        values = values | {"kind": capfirst(kind_word(values["kind"]))}
    try:
        return str(SENTENCES[code]) % values
    except KeyError:  # a remark of an earlier version
        return f"{code} {values}"


def cut_text(shown: int, count: int) -> str:
    """Return that only the first remarks are kept, in the active language."""
    text = _(
        "Only the first %(shown)s of %(count)s remarks are kept. The file written with --report has all of them."
    )
    return str(text) % {"shown": f"{shown:,}", "count": f"{count:,}"}


def _field_word(kind: str, name: str) -> str:
    target = targets.get(kind)
    if target is None or name not in target.fields:
        return name
    return capfirst(str(target.fields[name].verbose_name))


def left_out_because(why: str) -> str:
    """Return the reason why rows were left out; one that no profile gives, in the active language."""
    return str(LEFT_OUT.get(why, why))


def pattern(code: str) -> str:
    """Return the sentence of a kind of remark without values, in the active language."""
    if code == "profile_says":
        return str(_("Remark of the profile"))
    return re.sub(r"%\(\w+\)s", "…", str(SENTENCES.get(code, code)))


@dataclass
class Kind:
    """All remarks of one kind in one column of a file: how many there are, and the first."""

    row: int | None
    first: Remark
    count: int = 0


class Report:
    """Writes every remark to a CSV file, counts all of each kind and keeps the first ones in memory."""

    HEADER = ("file", "row", "column", "what", "outcome")

    def __init__(self, path: Path | None) -> None:
        self.kept: list[tuple[str, int | None, Remark]] = []
        self.count = 0
        self.kinds: dict[tuple[str, str, str, str, str], Kind] = {}
        self._file: TextIO | None = None
        self._writer: Any = None
        if path:
            self._file = path.open("w", encoding="utf-8-sig", newline="")  # spreadsheets need the BOM
            self._writer = csv.writer(self._file)
            self._writer.writerow(self.HEADER)

    def add(self, file: str, row: int | None, remarks: Iterable[Remark]) -> None:
        """Write and count remarks, and keep them up to the limit."""
        for remark in remarks:
            self.count += 1
            text = str(remark.values.get("text", "")) if remark.code == "profile_says" else ""
            key = (file, remark.column, remark.outcome, remark.code, text)
            self.kinds.setdefault(key, Kind(row, remark)).count += 1
            if len(self.kept) < KEPT_ISSUES:
                self.kept.append((file, row, remark))
            self.line(file, row, remark)

    def counts_of(self, file: str) -> list[dict[str, Any]]:
        """Return how many remarks of each kind a file has, as the run stores it."""
        return [
            {
                "column": column,
                "outcome": outcome,
                "code": code,
                "text": text,
                "row": kind.row,
                "count": kind.count,
            }
            for (of, column, outcome, code, text), kind in self.kinds.items()
            if of == file
        ]

    def line(self, file: str, row: int | None, remark: Remark) -> None:
        """Write a remark to the file only."""
        if self._writer:
            self._writer.writerow(
                [
                    *map(harmless, (file, row or "", remark.column, sentence(remark.code, remark.values))),
                    remark.outcome,
                ]
            )

    def settle(self, row: int, outcome: Outcome, remarks: Iterable[Remark], of: int = 0) -> None:
        """Take note of what becomes of a row: all remarks on it, and the record that it stands for."""

    def updated(self, row: int, before: dict[str, Any], version: int) -> None:
        """Take note of what a record said before a row updated it, and of its version since."""

    def failed(self, why: str) -> None:
        """Write at the end of the file that nothing above was imported."""
        if self._writer:
            self._writer.writerow(["", "", "", why, ImportFailed.word])

    def close(self) -> None:
        if self._file:
            self._file.close()


class ImportFailed(Exception):
    """The import as a whole failed; nothing was written. The message is for the user."""

    word = "failed"
