"""What a file is, found by its content: a suffix promises nothing."""

import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from foundation.spreadsheets.process import WorkbookProcess
from foundation.spreadsheets.reading import GZIP, Layout, is_workbook, most_expanded, read_rows
from foundation.spreadsheets.refusal import Refusal
from foundation.spreadsheets.text import (
    SAMPLE_CHARACTERS,
    SAMPLE_LINES,
    check_markup,
    delimiter_of,
    encoding_of,
)
from foundation.spreadsheets.unreadable import refused, unreadable

# how files begin that people upload by mistake
_OTHERS = {
    b"%PDF": "pdf",
    b"{\\rtf": "word",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"PK": "archive",
}
_BLOCK = 1 << 20
NOTES = {
    "macros": _("It contains macros. They are never run."),
    "hidden_rows_unknown": _("In this format hidden rows and columns cannot be told from others."),
    "errors_unknown": _("In this format cells with errors (#N/A) are read as empty."),
}


@dataclass(frozen=True)
class SheetOutline:
    """A sheet of a workbook, or the only one of a text file, which has no name."""

    name: str
    hidden: bool
    rows: int  # the number of the last one that is filled in
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()  # positions in the cells of a row, from 0
    merged: int = 0  # ranges
    columns: int = 0


@dataclass(frozen=True)
class Outline:
    """What a file is. ``notes`` are keys of NOTES."""

    kind: str  # xlsx, xls, xlsb, ods or csv
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[SheetOutline, ...] = ()
    notes: tuple[str, ...] = ()

    def layout(self, sheet: str = "") -> Layout:
        """Return how to read it."""
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        return Layout(sheet=sheet, encoding=encoding or "utf-8-sig", delimiter=self.delimiter, kind=self.kind)


def look(path: Path, *, label: str = "") -> Outline:
    """Return what the file is. Raise Unreadable, with the way out, for all that is no readable sheet.

    A text file is read to its end: its encoding and its quotation marks have been checked.
    """
    label = label or path.name
    try:
        return _workbook(path) if is_workbook(path) else _text(path, label)
    except Refusal as refusal:
        raise refused(label, refusal) from refusal
    except OSError as error:
        raise unreadable(label, error.strerror or str(error)) from error


def _workbook(path: Path) -> Outline:
    with WorkbookProcess(path) as process:
        found = process.next()
    sheets = tuple(
        SheetOutline(**each | {"hidden_columns": tuple(each["hidden_columns"])}) for each in found["sheets"]
    )
    return Outline(found["kind"], sheets=sheets, notes=tuple(found["notes"]))


def _text(path: Path, label: str) -> Outline:
    with path.open("rb") as file:
        start = file.read(8)
    if code := next((code for begin, code in _OTHERS.items() if start.startswith(begin)), ""):
        raise Refusal(code)

    def opened() -> BinaryIO:
        return gzip.open(path) if start.startswith(GZIP) else path.open("rb")  # type: ignore[return-value]

    try:
        if start.startswith(GZIP):
            _check_expansion(path)
        encoding = encoding_of(opened)
        lines = _sample(opened, encoding)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refusal("damaged") from error
    check_markup("".join(lines))
    outline = Outline("csv", encoding, delimiter_of(lines))
    rows = columns = 0
    for line in read_rows(path, outline.layout(), label=label):
        rows, columns = line.number, max(columns, len(line.cells))
    sheet = SheetOutline("", hidden=False, rows=rows, columns=columns)
    return Outline(outline.kind, encoding, outline.delimiter, (sheet,))


def _check_expansion(path: Path) -> None:
    """Refuse a packed file that expands without end."""
    left = most_expanded(path.stat().st_size)
    with gzip.open(path) as file:
        while block := file.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise Refusal("expansion")


def _sample(opened: Callable[[], BinaryIO], encoding: str) -> list[str]:
    """Return the first lines."""
    lines: list[str] = []
    left = SAMPLE_CHARACTERS
    with io.TextIOWrapper(opened(), encoding=encoding, newline="") as text:
        while len(lines) < SAMPLE_LINES and left > 0 and (line := text.readline(left)):
            lines.append(line)
            left -= len(line)
    return lines
