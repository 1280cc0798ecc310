"""Sheets read row by row from CSV, compressed CSV and workbooks. Their rows have no meaning here."""

import codecs
import csv
import gzip
import io
import json
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import structlog
from django.utils.translation import gettext as _

from foundation.spreadsheets import workbook
from foundation.suggestions import suggestion

T = TypeVar("T")
logger = structlog.get_logger(__name__)
LARGEST_CELL = 1_000_000
LARGEST_EXPANSION, ALWAYS_EXPANDED = 200, 5_000_000  # of a compressed file: times its size, bytes
WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}


@dataclass(frozen=True)
class Layout:
    """The format of a sheet."""

    sheet: str = ""  # of a workbook; by default the first that is not hidden
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    strict_quotes: bool = True  # text after a closing quotation mark is an error
    header_row: int = 1


class Unreadable(Exception):
    """The sheet as a whole cannot be read. The message is for the person and names file and row."""


class WrongEncoding(Unreadable):
    """The bytes are not text in the layout's encoding."""


class StrayText(Unreadable):
    """Text after a closing quotation mark, an error only with strict quotes."""


class Sheet(AbstractContextManager["Sheet"]):
    """An open sheet: ``header``, then ``rows()`` as (row number as in a spreadsheet, cells).

    Raises Unreadable for anything that makes it unreadable as a whole.
    """

    header: list[str]
    size = 0  # the maximum of ``position``, for the progress bar

    def __init__(self, path: Path, layout: Layout, label: str) -> None:
        self.path, self.layout, self.label = path, layout, label
        self.row = 0
        self.hidden: list[str] = []  # names of hidden sheets before it, which were not read

    @property
    def position(self) -> int:
        raise NotImplementedError

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def __exit__(self, *_error: object) -> None:
        self.close()

    def failed(self, why: str, kind: type[Unreadable] = Unreadable) -> Unreadable:
        return kind(_("%(file)s cannot be read: %(why)s") % {"file": self.label, "why": why})

    def _too_long(self, row: int) -> Unreadable:
        return self.failed(_("row %(row)s has more than four million characters.") % {"row": row})

    def keep_header(self, names: list[str]) -> None:
        """Store the names of the columns. Raise Unreadable if there are none."""
        self.header = [name.strip().lstrip("\ufeff") for name in names]
        while self.header and not self.header[-1]:
            self.header.pop()  # spreadsheets save trailing empty columns
        if not self.header:
            raise self.failed(
                _("row %(row)s, where the header should be, is empty.") % {"row": self.layout.header_row}
            )


def open_sheet(path: Path, layout: Layout, *, label: str) -> Sheet:
    """Open a file of any kind and read its header. ``label`` is its name in messages. Raise Unreadable."""
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return WorkbookSheet(path, layout, label)
    return CsvSheet(path, layout, label, packed=suffix == ".gz")


class CsvSheet(Sheet):
    """CSV, optionally compressed with gzip; read as a stream."""

    def __init__(self, path: Path, layout: Layout, label: str, *, packed: bool) -> None:
        super().__init__(path, layout, label)
        self.packed = packed
        csv.field_size_limit(LARGEST_CELL)
        self.raw: BinaryIO | None = None
        self._length = 0  # of the row that is being read
        try:
            self.raw = path.open("rb")
            self.size = path.stat().st_size
            self._text = io.TextIOWrapper(self._unpacked(), encoding=layout.encoding, newline="")
            lines = self._lines()
            for _line in range(layout.header_row - 1):
                self._advance(lines)
            self._reader = csv.reader(lines, delimiter=layout.delimiter, strict=layout.strict_quotes)
            self.keep_header(next(self._cells(), (0, []))[1])
        except OSError as error:
            self.close()
            raise self.failed(error.strerror or str(error)) from error
        except BaseException:
            self.close()
            raise

    def _lines(self) -> Iterator[str]:
        """Return the lines; stop at a row that would fill the memory, or at a file that expands without end."""
        total = 0
        while line := self._text.readline(workbook.LONGEST_ROW):
            self._length += len(line)
            total += len(line)
            if self._length >= workbook.LONGEST_ROW:
                raise self._too_long(self.row)
            if total > self._most_expanded:
                raise self.failed(_("it expands to more than 200 times its size."))
            yield line

    @property
    def _most_expanded(self) -> int:
        return max(ALWAYS_EXPANDED, self.size * LARGEST_EXPANSION)

    def _unpacked(self) -> Any:
        return gzip.GzipFile(fileobj=self.raw, mode="rb") if self.packed else self.raw

    @property
    def position(self) -> int:
        return self.raw.tell() if self.raw and not self.raw.closed else self.size

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        yield from self._cells()

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        while (cells := self._advance(self._reader)) is not None:
            if cells:  # an empty line is not a row
                yield self.row, cells

    def _advance(self, lines: Iterator[T]) -> T | None:
        """Return the next line or row, None at the end. Raise Unreadable."""
        self.row += 1
        self._length = 0
        try:
            return next(lines, None)
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
        with self.path.open("rb") as raw, gzip.GzipFile(fileobj=raw) if self.packed else raw as unpacked:
            number = total = 0
            is_new = True
            while total <= self._most_expanded and (part := unpacked.readline(workbook.LONGEST_ROW)):
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
        if self.raw:
            self.raw.close()


class WorkbookSheet(Sheet):
    """One sheet of a workbook, read by a process with limits (``workbook.py``)."""

    def __init__(self, path: Path, layout: Layout, label: str) -> None:
        super().__init__(path, layout, label)
        self._process = subprocess.Popen(
            [sys.executable, "-m", workbook.__name__, str(path.absolute()), layout.sheet],
            cwd=Path(__file__).parents[2],
            env={"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        opened = self._next()
        if "error" in opened:
            raise self.failed(_("it is not a spreadsheet (%(why)s).") % {"why": opened["error"]})
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
        self.row = self.layout.header_row
        self._lines = self._read()
        number, header = next(
            (line for line in self._lines if line[0] >= self.layout.header_row), (self.layout.header_row, [])
        )
        self.keep_header(header if number == self.layout.header_row else [])

    @property
    def position(self) -> int:
        return self.row

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        for number, cells in self._lines:
            self.row = number
            yield number, cells
        self.row = self.size

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        while (lines := self._next()) is not None:
            if "too_long" in lines:
                raise self._too_long(lines["too_long"])
            yield from lines

    def _next(self) -> Any:
        """Return the next value that the process wrote."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if line.endswith("\n"):
            return json.loads(line)
        code = self._process.wait()
        logger.warning("a workbook could not be read", file=self.label, code=code)
        if code == -signal.SIGXCPU or code == -signal.SIGKILL:
            why = _("it takes too long to read.")
        elif code == -signal.SIGABRT or code == workbook.NO_MEMORY:
            why = _("it takes more than 300 MB of memory to read.")
        else:
            raise self.failed(_("it is damaged."))
        advice = _("Is a cell far below or beside the table filled in? If not, save the sheet as CSV.")
        raise self.failed(f"{why} {advice}")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
