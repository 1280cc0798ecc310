"""The files: rows of cells out of CSV, packed CSV and spreadsheets, one after the other."""

import codecs
import csv
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from foundation.suggestions import suggestion
from imports.profile import FileSpec
from imports.remarks import ImportFailed

LARGEST_CELL = 1_000_000
WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}


class Source(AbstractContextManager["Source"]):
    """An open file: ``header``, then ``rows()`` as (row number as a spreadsheet counts, cells).

    Whatever makes the file as a whole unreadable raises ImportFailed with a sentence that names file and row.
    """

    header: list[str]
    size = 0  # what ``position`` runs up to, for the progress bar

    def __init__(self, path: Path, spec: FileSpec) -> None:
        self.path, self.spec = path, spec
        self.row = 0

    @property
    def position(self) -> int:
        raise NotImplementedError

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        raise NotImplementedError

    def failed(self, why: str) -> ImportFailed:
        return ImportFailed(_("%(file)s cannot be read: %(why)s") % {"file": self.spec.label, "why": why})

    def check_header(self, names: list[str]) -> None:
        """Keep the header; every column of the profile must be there, each name once."""
        self.header = [name.strip().lstrip("\ufeff") for name in names]
        while self.header and not self.header[-1]:
            self.header.pop()  # spreadsheets save empty columns
        if not self.header:
            raise self.failed(
                _("row %(row)s, where the header should be, is empty.") % {"row": self.spec.header_row}
            )
        problems = []
        for column, where in self.spec.used.items():
            if column not in self.header:
                problems.append(
                    _("no column “%(column)s” (profile: %(where)s).") % {"column": column, "where": where}
                    + " " + suggestion(column, self.header)
                )  # fmt: skip
            elif self.header.count(column) > 1:
                problems.append(_("the column “%(column)s” stands there twice.") % {"column": column})
        if problems:
            raise ImportFailed(
                _("%(file)s does not fit the profile:") % {"file": self.spec.label}
                + "".join(f"\n- {each}" for each in problems)
            )


def open_source(folder: Path, spec: FileSpec) -> Source:
    """The file of a profile in a folder, its header read and compared."""
    path = folder / spec.path
    if not path.is_file():
        raise ImportFailed(
            _("There is no file %(file)s in %(folder)s.") % {"file": spec.path, "folder": folder}
        )
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in WORKBOOKS:
        return WorkbookSource(path, spec)
    return CsvSource(path, spec, packed=bool(suffixes) and suffixes[-1] == ".gz")


class CsvSource(Source):
    """Comma-separated text, also packed with gzip; read as a stream."""

    def __init__(self, path: Path, spec: FileSpec, *, packed: bool) -> None:
        super().__init__(path, spec)
        self.packed = packed
        csv.field_size_limit(LARGEST_CELL)
        self.raw: BinaryIO | None = None
        try:
            self.raw = path.open("rb")
            self.size = path.stat().st_size
            self._text = io.TextIOWrapper(self._unpacked(), encoding=spec.encoding, newline="")
            for _line in range(spec.header_row - 1):
                self._text.readline()
            self.row = spec.header_row - 1
            self._reader = csv.reader(self._text, delimiter=spec.delimiter, strict=spec.quotes == "strict")
            self.check_header(next(self._cells(), (0, []))[1])
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
                raise self.failed(self._wrong_encoding(error)) from error
            except csv.Error as error:
                raise self.failed(self._wrong_quotes(error)) from error
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise self.failed(
                    _("the packed file is damaged or was cut off after row %(row)s.") % {"row": self.row - 1}
                ) from error
            except OSError as error:
                raise self.failed(error.strerror or str(error)) from error
            if cells:  # an empty line is no row
                yield self.row, cells

    def _wrong_encoding(self, error: UnicodeDecodeError) -> str:
        encoding = self.spec.encoding.removesuffix("-sig")
        hint = _('Say in the profile how it is encoded, for example encoding = "gb18030".')
        line = self._line_that_fails()
        if line:
            return _("line %(line)s is not %(encoding)s.") % {"line": line, "encoding": encoding} + " " + hint
        return _("it is not %(encoding)s.") % {"encoding": encoding} + " " + hint

    def _line_that_fails(self) -> int:
        """The line of the first byte that cannot be decoded; only asked once a file is known to be wrong."""
        decoder = codecs.getincrementaldecoder(self.spec.encoding)()
        with self.path.open("rb") as raw, gzip.GzipFile(fileobj=raw) if self.packed else raw as unpacked:
            for number, line in enumerate(unpacked, start=1):
                try:
                    decoder.decode(line)
                except UnicodeDecodeError:
                    return number
        return 0

    def _wrong_quotes(self, error: csv.Error) -> str:
        if "field larger" in str(error):
            return _(
                "a cell in row %(row)s is larger than a million characters; is a quotation mark not closed?"
            ) % {"row": self.row}
        if "unexpected end" in str(error):
            return _("it ends inside a quotation that begins in row %(row)s.") % {"row": self.row}
        if "expected after" in str(error):
            return _(
                'row %(row)s has text after a closing quotation mark. If the file is written so, say quotes = "lenient".'
            ) % {"row": self.row}
        return _("row %(row)s: %(why)s.") % {"row": self.row, "why": error}

    def close(self) -> None:
        if self.raw:
            self.raw.close()

    def __exit__(self, *_error: object) -> None:
        self.close()


class WorkbookSource(Source):
    """One sheet of a spreadsheet, the first unless the profile names one. It is read whole."""

    def __init__(self, path: Path, spec: FileSpec) -> None:
        super().__init__(path, spec)
        import python_calamine  # half of all imports never see a spreadsheet

        try:
            workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise self.failed(_("it is no spreadsheet (%(why)s).") % {"why": error}) from error
        names = workbook.sheet_names
        if not names or (spec.sheet and spec.sheet not in names):
            raise self.failed(
                _("there is no sheet “%(sheet)s”.") % {"sheet": spec.sheet}
                + " "
                + suggestion(spec.sheet, names)
            )
        self._rows = workbook.get_sheet_by_name(spec.sheet or names[0]).to_python(skip_empty_area=False)
        self.size = len(self._rows)
        self.row = spec.header_row
        header = self._rows[spec.header_row - 1] if len(self._rows) >= spec.header_row else []
        self.check_header([self._text(value) for value in header])

    @property
    def position(self) -> int:
        return self.row

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        for number in range(self.spec.header_row, len(self._rows)):
            self.row = number + 1
            cells = [self._text(value) for value in self._rows[number]]
            if any(cells):
                yield self.row, cells

    @staticmethod
    def _text(value: Any) -> str:
        """A cell as it would stand in a CSV file."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, dt.datetime):
            return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
        return str(value)

    def __exit__(self, *_error: object) -> None:
        self._rows = []
