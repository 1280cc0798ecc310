"""Sheets that people open in a spreadsheet: workbooks, and CSV."""

import csv
import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")
# also as Chinese input methods write them: some spreadsheets read these as formulas too
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTED = re.compile(r'="([^"]*)"')
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
LONGEST_NAME, LONGEST_TEXT = 31, 32_767  # of a sheet, of a cell: what Excel takes
FIRST_INEXACT = 10**15  # Excel keeps 15 digits of a number; longer ones stay text
ABOUT = gettext_lazy("About this list")  # the name of the sheet that says what a workbook is
MEASURED_ROWS = 1000  # decide how wide the columns are
NARROWEST, WIDEST = 8, 60
Cell = Any  # None, text, number, day or moment; anything else is written as its text


def harmless(value: object) -> str:
    """Return a text cell that no spreadsheet takes for a formula. A plain number stays as it is."""
    text = str(value)
    return f"'{text}" if _is_formula(text) else text


def bare(text: str) -> str:
    """Return a text cell without the guard of ``harmless``, or without that of people who write ``="001"``."""
    if text.startswith("'") and _is_formula(text):
        return text[1:]
    quoted = _QUOTED.fullmatch(text) if text.startswith("=") else None
    return quoted[1] if quoted else text


def bare_cells(cells: Iterable[str]) -> list[str]:
    """Return the cells of a text file without guards, which few of them have."""
    return [bare(each) if each[:1] in ("'", "=") else each for each in cells]


def _is_formula(text: str) -> bool:
    """Return whether a text is a formula to a spreadsheet, also behind guards, so that one can be taken off again."""
    inner = text.lstrip("'")
    return inner.startswith(_FORMULA) and not _NUMBER.fullmatch(inner)


def sheet_name(text: str, taken: str = "") -> str:
    """Return a name that a workbook takes for a sheet, different from the one that is ``taken``."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", text).split())[:LONGEST_NAME].strip("' ") or "Sheet"
    if name.casefold() in (taken.casefold(), "history"):  # Excel keeps "History" for itself
        name = f"{name[: LONGEST_NAME - 2]} 2"
    return name


def width_of(text: str) -> int:
    """Return how many digits wide a text is: a Chinese character is as wide as two."""
    lines = text.split("\n") or [""]
    return max(sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line) for line in lines)


def is_number(value: Cell) -> bool:
    """Return whether a spreadsheet keeps the value as a number, to the last digit."""
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < FIRST_INEXACT
    return (
        isinstance(value, float | Decimal) and math.isfinite(value) and -FIRST_INEXACT < value < FIRST_INEXACT
    )


def text_of(value: Cell) -> str:
    """Return a cell as text: days as 2026-10-04, moments as 2026-10-04 00:30 in local time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return f"{_local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _local(moment: dt.datetime) -> dt.datetime:
    """Return a moment as the clock on the wall showed it: spreadsheets know no time zones."""
    return timezone.localtime(moment).replace(tzinfo=None) if timezone.is_aware(moment) else moment


class SheetFile(AbstractContextManager["SheetFile"]):
    """A file that is written row by row, in memory of constant size."""

    def __init__(self, path: Path, title: str, labels: Sequence[str]) -> None:
        self.path, self.title, self.labels = path, title, labels
        self.count = 0

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write rows."""
        for row in rows:
            self._write(row)
            self.count += 1

    def tell(self, facts: Iterable[tuple[str, Cell]]) -> None:
        """Write what the file is, in a place of its own. CSV has no such place."""

    def _write(self, row: Sequence[Cell]) -> None:
        raise NotImplementedError


class CsvFile(SheetFile):
    """CSV as spreadsheets read it: UTF-8 with a byte order mark, no formulas."""

    def __enter__(self) -> "CsvFile":
        self._file = self.path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(
            self._file, quoting=csv.QUOTE_ALL
        )  # also for readers that split at ; or tabs
        self._writer.writerow(map(harmless, self.labels))
        return self

    def _write(self, row: Sequence[Cell]) -> None:
        self._writer.writerow([str(each) if is_number(each) else harmless(text_of(each)) for each in row])

    def __exit__(self, *_error: object) -> None:
        self._file.close()


class XlsxFile(SheetFile):
    """A workbook: a first sheet that says what it is, and the rows below a header that stays in view.

    No text becomes a formula, a link or a number.
    """

    def __enter__(self) -> "XlsxFile":
        import xlsxwriter  # 30 ms, which only whoever downloads needs to wait for

        self._book = xlsxwriter.Workbook(
            str(self.path), {"constant_memory": True, "tmpdir": str(self.path.parent)}
        )
        self._book.set_properties({"title": self.title})
        self._is_told = False
        about = sheet_name(str(ABOUT))
        self._about = self._book.add_worksheet(about)
        self._sheet = self._book.add_worksheet(sheet_name(self.title, taken=about))
        self._head = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#E9EEF5"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self._widths = [width_of(label) + 3 for label in self.labels]  # room for the arrow of the filter
        for column, label in enumerate(self.labels):
            self._sheet.write_string(0, column, label, self._head)
        self._sheet.freeze_panes(1, 0)
        return self

    def tell(self, facts: Iterable[tuple[str, Cell]]) -> None:
        self._is_told = True
        bold = self._book.add_format({"bold": True, "valign": "top"})
        widths = [NARROWEST, NARROWEST]
        for number, (label, value) in enumerate(facts):
            self._about.write_string(number, 0, label, bold)
            self._put(self._about, number, 1, value)
            widths = [max(widths[0], width_of(label)), max(widths[1], width_of(text_of(value)))]
        for column, width in enumerate(widths):
            self._about.set_column(column, column, min(width + 2, WIDEST))

    def _write(self, row: Sequence[Cell]) -> None:
        for column, value in enumerate(row):
            self._put(self._sheet, self.count + 1, column, value)
        if self.count < MEASURED_ROWS:
            self._widths = [
                max(width, width_of(text_of(value))) for width, value in zip(self._widths, row, strict=True)
            ]

    def _put(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        if value is None or value == "":
            return
        if is_number(value):
            sheet.write_number(row, column, value)
        elif isinstance(value, dt.datetime) and value.year > 1900:
            sheet.write_datetime(row, column, _local(value), self._moment)
        elif isinstance(value, dt.date) and value.year > 1900:
            sheet.write_datetime(row, column, value, self._day)
        else:
            sheet.write_string(row, column, text_of(value)[:LONGEST_TEXT])

    def __exit__(self, *error: object) -> None:
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(max(width + 1, NARROWEST), WIDEST))
        if self.labels:
            self._sheet.autofilter(0, 0, self.count, len(self.labels) - 1)
        if not self._is_told:  # nobody opens a workbook on an empty page
            self._sheet.activate()
            self._sheet.set_first_sheet()
            self._about.hide()
        self._book.close()


FILES: dict[str, type[SheetFile]] = {"xlsx": XlsxFile, "csv": CsvFile}


def workbook(
    title: str,
    labels: Iterable[Any],
    rows: Iterable[Sequence[Cell]],
    facts: Iterable[tuple[str, Cell]] = (),
) -> bytes:
    """Return a small workbook: ``rows`` below ``labels``, and on its first sheet what it is (``facts``)."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        with XlsxFile(path, title, [str(label) for label in labels]) as file:
            file.add(rows)
            file.tell(facts)
        return path.read_bytes()
