"""Sheets read row by row from CSV, compressed CSV and workbooks. Their rows have no meaning here."""

import codecs
import csv
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from foundation.spreadsheets.errors import error_cells
from foundation.suggestions import suggestion

LARGEST_CELL = 1_000_000
FIRST_INEXACT = 10**15  # a spreadsheet keeps 15 digits of a number and replaces the others by zeros
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
        try:
            self.raw = path.open("rb")
            self.size = path.stat().st_size
            self._text = io.TextIOWrapper(self._unpacked(), encoding=layout.encoding, newline="")
            for _line in range(layout.header_row - 1):
                self._text.readline()
            self.row = layout.header_row - 1
            self._reader = csv.reader(self._text, delimiter=layout.delimiter, strict=layout.strict_quotes)
            self.keep_header(next(self._cells(), (0, []))[1])
        except OSError as error:
            self.close()
            raise self.failed(error.strerror or str(error)) from error
        except BaseException:
            self.close()
            raise

    def _unpacked(self) -> Any:
        return gzip.GzipFile(fileobj=self.raw, mode="rb") if self.packed else self.raw

    @property
    def position(self) -> int:
        return self.raw.tell() if self.raw and not self.raw.closed else self.size

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        yield from self._cells()

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            self.row += 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except UnicodeDecodeError as error:
                raise self._wrong_encoding() from error
            except csv.Error as error:
                raise self._wrong_quotes(error) from error
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise self.failed(
                    _("the compressed file is damaged or truncated after row %(row)s.")
                    % {"row": self.row - 1}
                ) from error
            except OSError as error:
                raise self.failed(error.strerror or str(error)) from error
            if cells:  # an empty line is not a row
                yield self.row, cells

    def _wrong_encoding(self) -> Unreadable:
        encoding = self.layout.encoding.removesuffix("-sig")
        line = self._line_that_fails()
        if line:
            why = _("line %(line)s is not encoded in %(encoding)s.") % {"line": line, "encoding": encoding}
        else:
            why = _("it is not encoded in %(encoding)s.") % {"encoding": encoding}
        return self.failed(why, WrongEncoding)

    def _line_that_fails(self) -> int:
        """Return the line of the first byte that cannot be decoded. Called only after decoding has failed."""
        decoder = codecs.getincrementaldecoder(self.layout.encoding)()
        with self.path.open("rb") as raw, gzip.GzipFile(fileobj=raw) if self.packed else raw as unpacked:
            for number, line in enumerate(unpacked, start=1):
                try:
                    decoder.decode(line)
                except UnicodeDecodeError:
                    return number
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
    """One sheet of a workbook, read as a whole."""

    def __init__(self, path: Path, layout: Layout, label: str) -> None:
        super().__init__(path, layout, label)
        import python_calamine  # most files are not workbooks

        try:
            workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise self.failed(_("it is not a spreadsheet (%(why)s).") % {"why": error}) from error
        names = workbook.sheet_names
        if not names or (layout.sheet and layout.sheet not in names):
            raise self.failed(
                _("there is no sheet “%(sheet)s”.") % {"sheet": layout.sheet}
                + " "
                + suggestion(layout.sheet, names)
            )
        visible = python_calamine.SheetVisibleEnum.Visible
        hidden = [each.name for each in workbook.sheets_metadata if each.visible != visible]
        name = layout.sheet or next((each for each in names if each not in hidden), names[0])
        if name in hidden:
            raise self.failed(
                _("its sheet “%(sheet)s” is hidden. Unhide it in the spreadsheet if it is to be imported.")
                % {"sheet": name}
            )
        if not layout.sheet:
            self.hidden = [each for each in names[: names.index(name)] if each in hidden]
        self._rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for (row, column), text in error_cells(path, name).items():
            if row < len(self._rows) and column < len(self._rows[row]):
                self._rows[row][column] = text
        self.size = len(self._rows)
        self.row = layout.header_row
        header = self._rows[layout.header_row - 1] if len(self._rows) >= layout.header_row else []
        self.keep_header([self._text(value) for value in header])

    @property
    def position(self) -> int:
        return self.row

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        for number in range(self.layout.header_row, len(self._rows)):
            self.row = number + 1
            cells = [self._text(value) for value in self._rows[number]]
            if any(cells):
                yield self.row, cells

    @staticmethod
    def _text(value: Any) -> str:
        """Return a cell as it would appear in a CSV file."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float) and abs(value) >= FIRST_INEXACT:
            return f"{value:.14E}"  # never with digits that nobody typed
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, dt.datetime):
            return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
        return str(value)

    def close(self) -> None:
        self._rows = []
