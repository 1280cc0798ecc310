"""Sheets read row by row from CSV, compressed CSV and workbooks. Their rows have no meaning here."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from foundation.spreadsheets.process import WorkbookProcess
from foundation.spreadsheets.refusal import Refusal
from foundation.spreadsheets.text import separator_line
from foundation.spreadsheets.unreadable import StrayText, Unreadable, WrongEncoding, refused, unreadable
from foundation.spreadsheets.workbook import ZIP
from foundation.spreadsheets.xlsx import LONGEST_ROW
from foundation.suggestions import suggestion

LARGEST_CELL = 1_000_000
MOST_LINES = 200  # in a cell; more are a quotation that nobody closed
LARGEST_EXPANSION, ALWAYS_EXPANDED = 200, 5_000_000  # of a compressed file: times its size, bytes
WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Layout:
    """The format of a sheet. A ``kind`` says that it was found by ``looking``, not promised by a profile."""

    sheet: str = ""  # of a workbook; by default the first that is not hidden
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    strict_quotes: bool = True  # text after a closing quotation mark is an error
    header_row: int = 1
    kind: str = ""  # xlsx, xls, xlsb, ods or csv


class Line(NamedTuple):
    """A row of a sheet: its number as in a spreadsheet, its cells (rows differ in length), whether it is hidden."""

    number: int
    cells: list[str]
    hidden: bool = False


def most_expanded(size: int) -> int:
    """Return to how many bytes a packed file of this size may expand."""
    return max(ALWAYS_EXPANDED, size * LARGEST_EXPANSION)


def is_workbook(path: Path) -> bool:
    """Return whether a file begins like a workbook. Raise OSError."""
    with path.open("rb") as file:
        return file.read(len(OLE)).startswith((OLE, ZIP))


def read_rows(path: Path, layout: Layout, *, label: str) -> Iterator[Line]:
    """Return the rows of a sheet from the first on, without those that are empty. Raise Unreadable.

    Nothing is judged: titles, headers, notes and totals are rows like others. Merged cells have their value in every
    row and column that they cover. ``label`` is the file's name in messages.
    """
    with _sheet(path, layout, label) as sheet:
        yield from sheet.lines()


def open_sheet(path: Path, layout: Layout, *, label: str) -> "Sheet":
    """Open a sheet and read its header. ``label`` is its name in messages. Raise Unreadable."""
    sheet = _sheet(path, layout, label)
    try:
        sheet.read_header()
    except BaseException:
        sheet.close()
        raise
    return sheet


def _sheet(path: Path, layout: Layout, label: str) -> "Sheet":
    try:
        if is_workbook(path):
            return WorkbookSheet(path, layout, label)
        if path.suffix.lower() in WORKBOOKS and not layout.kind:
            raise refused(label, Refusal("text" if path.stat().st_size else "empty"))
        return TextSheet(path, layout, label)
    except OSError as error:
        raise unreadable(label, error.strerror or str(error)) from error


class Sheet(AbstractContextManager["Sheet"]):
    """An open sheet: ``lines()``, or ``header`` and then ``rows()`` as (row number, cells).

    Raises Unreadable for anything that makes it unreadable as a whole.
    """

    header: list[str]
    size = 0  # the maximum of ``position``, for the progress bar

    def __init__(self, path: Path, layout: Layout, label: str) -> None:
        self.path, self.layout, self.label = path, layout, label
        self.row = 0
        self.hidden: list[str] = []  # names of hidden sheets before it, which were not read
        self._below_header: Iterator[Line] = iter(())

    @property
    def position(self) -> int:
        raise NotImplementedError

    def lines(self) -> Iterator[Line]:
        """Return the rows from the first on."""
        raise NotImplementedError

    def read_header(self) -> None:
        """Read the row with the names of the columns. Raise Unreadable if there are none."""
        self._below_header = self.lines()
        row = self.layout.header_row
        line = next((line for line in self._below_header if line.number >= row), Line(row, []))
        names = line.cells if line.number == row else []
        self.header = [name.strip().lstrip("\ufeff") for name in names]
        while self.header and not self.header[-1]:
            self.header.pop()  # spreadsheets save trailing empty columns
        if not self.header:
            raise self.failed(_("row %(row)s, where the header should be, is empty.") % {"row": row})

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Return the rows below the header."""
        for line in self._below_header:
            yield line.number, line.cells

    def close(self) -> None:
        raise NotImplementedError

    def __exit__(self, *_error: object) -> None:
        self.close()

    def failed(self, why: str, kind: type[Unreadable] = Unreadable) -> Unreadable:
        return unreadable(self.label, why, kind)


class TextSheet(Sheet):
    """CSV, optionally compressed with gzip; read as a stream."""

    def __init__(self, path: Path, layout: Layout, label: str) -> None:
        super().__init__(path, layout, label)
        csv.field_size_limit(LARGEST_CELL)
        self._length = self._line_count = 0  # of the row that is being read
        self.raw = path.open("rb")
        self.size = path.stat().st_size
        self._is_packed = path.suffix.lower() == ".gz" or self.raw.peek(2).startswith(GZIP)
        self._text = io.TextIOWrapper(self._unpacked(), encoding=layout.encoding, newline="")

    def _text_lines(self) -> Iterator[str]:
        """Return the lines; stop at a row that would fill the memory, or at a file that expands without end."""
        total = 0
        while line := self._text.readline(LONGEST_ROW):
            if not total:
                line = line.removeprefix("\ufeff")
                if self.layout.kind and separator_line(line):
                    total += len(line)
                    continue
            self._length += len(line)
            self._line_count += 1
            total += len(line)
            if self._length >= LONGEST_ROW:
                raise refused(self.label, Refusal("too_long", row=self.row))
            if total > most_expanded(self.size):
                raise refused(self.label, Refusal("expansion"))
            yield line

    def _unpacked(self) -> BinaryIO:
        return gzip.GzipFile(fileobj=self.raw, mode="rb") if self._is_packed else self.raw  # type: ignore[return-value]

    @property
    def position(self) -> int:
        return self.size if self.raw.closed else self.raw.tell()

    def lines(self) -> Iterator[Line]:
        text_lines = self._text_lines()
        titles = csv.reader(text_lines, delimiter=self.layout.delimiter)  # quotes are names in a title
        rows = csv.reader(text_lines, delimiter=self.layout.delimiter, strict=self.layout.strict_quotes)
        while (cells := self._advance(titles if self.row + 1 < self.layout.header_row else rows)) is not None:
            if cells:  # an empty line is not a row
                yield Line(self.row, cells)

    def _advance(self, rows: Iterator[list[str]]) -> list[str] | None:
        """Return the next row, None at the end. Raise Unreadable."""
        self.row += 1
        self._length = self._line_count = 0
        try:
            cells = next(rows, None)
        except UnicodeDecodeError as error:
            raise self._wrong_encoding() from error
        except csv.Error as error:
            raise self._wrong_quotes(error) from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise self.failed(
                _("the compressed file is damaged or truncated after row %(row)s.") % {"row": self.row - 1}
            ) from error
        except OSError as error:
            raise self.failed(error.strerror or str(error)) from error
        if self._line_count > MOST_LINES and max(cell.count("\n") for cell in cells or [""]) > MOST_LINES:
            raise refused(self.label, Refusal("many_lines", row=self.row, most=MOST_LINES))
        return cells

    def _wrong_encoding(self) -> Unreadable:
        encoding = self.layout.encoding.removesuffix("-sig")
        line = self._line_that_fails()
        if line:
            why = _("line %(line)s is not encoded in %(encoding)s.") % {"line": line, "encoding": encoding}
        else:
            why = _("it is not encoded in %(encoding)s.") % {"encoding": encoding}
        return self.failed(why, WrongEncoding)

    def _line_that_fails(self) -> int:
        """Return the line of the first byte that cannot be decoded, 0 if it is beyond what is read of a file.

        Called only after decoding has failed.
        """
        decoder = codecs.getincrementaldecoder(self.layout.encoding)()
        with self.path.open("rb") as raw, gzip.GzipFile(fileobj=raw) if self._is_packed else raw as unpacked:
            number = total = 0
            is_new = True
            while total <= most_expanded(self.size) and (part := unpacked.readline(LONGEST_ROW)):
                number, total = number + is_new, total + len(part)
                try:
                    decoder.decode(part)
                except UnicodeDecodeError:
                    return number
                is_new = part.endswith(b"\n")
        return 0

    def _wrong_quotes(self, error: csv.Error) -> Unreadable:
        if "field larger" in str(error):
            why = _(
                "a cell in row %(row)s has more than a million characters. Is a closing "
                "quotation mark missing?"
            )
            return self.failed(why % {"row": self.row})
        if "unexpected end" in str(error):
            why = _("it ends inside a quoted value that begins in row %(row)s.")
            return self.failed(why % {"row": self.row})
        if "expected after" in str(error):
            why = _("row %(row)s has text after a closing quotation mark.")
            return self.failed(why % {"row": self.row}, StrayText)
        return self.failed(_("row %(row)s: %(why)s.") % {"row": self.row, "why": error})

    def close(self) -> None:
        self.raw.close()


class WorkbookSheet(Sheet):
    """One sheet of a workbook, read by a process with limits (``workbook.py``)."""

    def __init__(self, path: Path, layout: Layout, label: str) -> None:
        super().__init__(path, layout, label)
        self._process = WorkbookProcess(path, layout.sheet)
        try:
            self._open()
        except BaseException as error:
            self.close()
            if isinstance(error, Refusal):
                raise refused(label, error) from error
            raise

    def _open(self) -> None:
        opened = self._process.next()
        names, hidden, name = opened["names"], opened["hidden"], opened["name"]
        if name not in names:
            raise self.failed(
                _("there is no sheet “%(sheet)s”.") % {"sheet": name} + " " + suggestion(name, names)
            )
        if name in hidden:
            raise self.failed(
                _("its sheet “%(sheet)s” is hidden. Unhide it in the spreadsheet if it is to be imported.")
                % {"sheet": name}
            )
        if not self.layout.sheet:
            self.hidden = [each for each in names[: names.index(name)] if each in hidden]
        self.size = opened["size"]

    @property
    def position(self) -> int:
        return self.row

    def lines(self) -> Iterator[Line]:
        try:
            while (lines := self._process.next()) is not None:
                for line in lines:
                    self.row = line[0]
                    yield Line(*line)
        except Refusal as refusal:
            raise refused(self.label, refusal) from refusal
        self.row = self.size

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Return the rows below the header, each as wide as it."""
        width = len(self.header)
        for number, cells in super().rows():
            yield number, cells + [""] * (width - len(cells))

    def close(self) -> None:
        self._process.close()
