"""Workbooks of .xls, .et, .xlsb and .ods, read by calamine: whole sheets in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from foundation.spreadsheets.cells import text_of
from foundation.spreadsheets.merging import Filling, Merge
from foundation.spreadsheets.refusal import Refusal
from foundation.spreadsheets.xlsx import Survey

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# names in the directory of an OLE file
_ENCRYPTED, _WORD, _SLIDES = (
    name.encode("utf-16-le") for name in ("EncryptedPackage", "WordDocument", "PowerPoint Document")
)
_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_BEGIN, _FILE_PASS = b"\x09\x08", 0x2F  # records of .xls
_GLOBALS = b"\x05\x00"  # the part of .xls that comes first
_RECORDS = 3  # that may stand before the one that says encrypted
_BLOCK, _OVERLAP, _SECTOR = 1 << 20, 64, 64


@dataclass(frozen=True)
class Named:
    """A sheet of cells."""

    name: str
    hidden: bool


class OtherBook:
    """An open workbook. Its library knows neither hidden rows nor cells with errors."""

    def __init__(self, path: Path, kind: str) -> None:
        self.kind = kind
        self.notes = ["hidden_rows_unknown", "errors_unknown"]
        if kind == "xls":
            self.notes += _look_into_ole(path)
        try:
            with path.open("rb") as file:
                self._book = python_calamine.CalamineWorkbook.from_filelike(file)
        except (python_calamine.CalamineError, ValueError) as error:
            raise Refusal("damaged") from error
        self.sheets = [
            Named(each.name, each.visible != python_calamine.SheetVisibleEnum.Visible)
            for each in self._book.sheets_metadata
            if each.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]

    def survey(self, sheet: Named) -> Survey:
        """Find out what a sheet is."""
        opened = self._book.get_sheet_by_name(sheet.name)
        rows, columns = opened.end or (-1, -1)
        merges = sorted(
            Merge(first[0] + 1, first[1], last[0] + 1, last[1])
            for first, last in opened.merged_cell_ranges or ()
        )
        return Survey(rows + 1, columns + 1, 0, (), merges)

    def rows(self, sheet: Named, survey: Survey) -> Iterator[tuple[int, list[str], bool]]:
        """Return all rows from the first that is filled in: their numbers, their cells, hidden or not (never)."""
        opened = self._book.get_sheet_by_name(sheet.name)
        if not opened.start:
            return
        before = [""] * opened.start[1]  # the library leaves out empty columns before the first value
        filling = Filling(survey.merges)
        for index, values in enumerate(opened.iter_rows()):
            number = index + 1
            cells = before + [text_of(value) for value in values]
            filling.fill(number, cells)
            yield number, cells, False


def _look_into_ole(path: Path) -> list[str]:
    """Return notes on a file in the format of Office 97. Raise Refusal if it is no open workbook."""
    notes: list[str] = []
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            data = rest + block
            if _ENCRYPTED in data or _is_encrypted(data):
                raise Refusal("password")
            if _WORD in data:
                raise Refusal("word")
            if _SLIDES in data:
                raise Refusal("presentation")
            if _MACROS in data and not notes:
                notes.append("macros")
            rest = data[-_OVERLAP:]
    return notes


def _is_encrypted(data: bytes) -> bool:
    """Return whether an .xls begins in these bytes whose second record, or one soon after, says that it is encrypted."""
    start = -1
    while (start := data.find(_BEGIN, start + 1)) >= 0:
        length = int.from_bytes(data[start + 2 : start + 4], "little")
        if start % _SECTOR or length not in (8, 16) or data[start + 6 : start + 8] != _GLOBALS:
            continue
        record = start + 4 + length
        for _record in range(_RECORDS):
            number = int.from_bytes(data[record : record + 2], "little")
            if number == _FILE_PASS:
                return True
            record += 4 + int.from_bytes(data[record + 2 : record + 4], "little")
    return False
