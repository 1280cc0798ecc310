"""The process that reads a workbook: ``python -m foundation.spreadsheets.workbook FILE [SHEET]``.

A workbook of a few kilobytes may need all memory of a machine, and a library may abort its process. So workbooks are
read in a process with limits, without settings, secrets or a database. It writes one JSON value per line. Without a
sheet: what the workbook is. With one (``""`` is the first that is not hidden): which sheet it opened, then lists of
[row number, cells, hidden], then null. Instead of any of these, why the workbook is refused.
"""

import json
import resource
import signal
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any, TextIO
from xml.parsers import expat

from foundation.spreadsheets.refusal import Refusal
from foundation.spreadsheets.xlsx import LONGEST_ROW, XlsxBook, check_archive, relations

MEMORY = 300 * 1024 * 1024
MEMORY_OF_OTHERS = 450 * 1024 * 1024  # than .xlsx: 65,000 rows of 30 columns
OPENING_S = 5  # of the processor, until the extent of the sheet is known
READING_S = 120  # of the processor, until its last row is written
SILENCE_S = 60  # on the clock, between two lines
FILES = 32
ROWS, CHARACTERS = 200, 1_000_000  # in a line, except that a row stays whole
NO_MEMORY = 3  # an exit code
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ZIP = b"PK\x03\x04"
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    ValueError,
)


def open_book(path: Path) -> Any:
    """Return the workbook in a file. Raise Refusal for any other file."""
    with path.open("rb") as file:
        start = file.read(len(ZIP))
    if start != ZIP:
        return _other_book(path, "xls")
    archive = zipfile.ZipFile(path)
    check_archive(archive)
    names = archive.NameToInfo
    main = next((part for kind, part in relations(archive, "").values() if kind == "officeDocument"), "")
    if main.startswith("xl/") or "xl/workbook.xml" in names:
        main = main or "xl/workbook.xml"
        return _other_book(path, "xlsb") if main.endswith(".bin") else XlsxBook(archive, main)
    if "mimetype" in names and archive.read("mimetype")[:100].decode("latin-1").startswith(ODS):
        _check_ods(archive)
        return _other_book(path, "ods")
    for folder, code in (("word/", "word"), ("ppt/", "presentation")):
        if main.startswith(folder):
            raise Refusal(code)
    raise Refusal("archive")


def _check_ods(archive: zipfile.ZipFile) -> None:
    """Refuse a password, and declarations."""
    for part, word, code in (
        ("META-INF/manifest.xml", b"encryption-data", "password"),
        ("content.xml", b"<!DOCTYPE", "doctype"),
        ("content.xml", b"<!ENTITY", "doctype"),
    ):
        with archive.open(part) as stream:
            if word in stream.read(1 << 20):
                raise Refusal(code)


def _other_book(path: Path, kind: str) -> Any:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_OF_OTHERS, MEMORY_OF_OTHERS))
    from foundation.spreadsheets.otherbooks import OtherBook  # its library is loaded within the limits

    return OtherBook(path, kind)


def look(path: Path, written: TextIO) -> None:
    """Write what the workbook is."""
    book = open_book(path)
    sheets = []
    for sheet in book.sheets:
        found = book.survey(sheet)
        sheets.append(
            {
                "name": sheet.name,
                "hidden": sheet.hidden,
                "rows": found.rows,
                "hidden_rows": found.hidden_rows,
                "hidden_columns": found.hidden_columns,
                "merged": len(found.merges),
                "columns": found.columns,
            }
        )
    if not sheets:
        raise Refusal("no_table")
    _write(written, {"kind": book.kind, "sheets": sheets, "notes": book.notes})


def read(path: Path, wanted: str, written: TextIO) -> None:
    """Write the sheet, or one that is not hidden if none is named."""
    book = open_book(path)
    if not book.sheets:
        raise Refusal("no_table")
    names = [each.name for each in book.sheets]
    hidden = [each.name for each in book.sheets if each.hidden]
    name = wanted or next((each for each in names if each not in hidden), names[0])
    opened = {"names": names, "hidden": hidden, "name": name}
    if name not in names or name in hidden:
        _write(written, opened)
        return
    sheet = book.sheets[names.index(name)]
    survey = book.survey(sheet)
    _write(written, opened | {"size": survey.rows})
    resource.setrlimit(resource.RLIMIT_CPU, (READING_S, READING_S))
    lines: list[tuple[int, list[str], bool]] = []
    size = 0
    for number, cells, is_hidden in book.rows(sheet, survey):
        length = sum(map(len, cells))
        if length > LONGEST_ROW:
            raise Refusal("too_long", row=number)
        if length:
            lines.append((number, cells, is_hidden))
            size += length
        if len(lines) == ROWS or size > CHARACTERS:
            _write(written, lines)
            lines, size = [], 0
    _write(written, lines)
    _write(written, None)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY_OF_OTHERS))
    resource.setrlimit(resource.RLIMIT_CPU, (OPENING_S, READING_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    signal.alarm(SILENCE_S)


def _write(written: TextIO, value: Any) -> None:
    signal.alarm(0)  # whoever reads may take their time
    written.write(json.dumps(value, ensure_ascii=False) + "\n")
    written.flush()
    signal.alarm(SILENCE_S)


def run() -> int:
    """Read what the command line names. Return the exit code."""
    _limit()
    path, *sheet = sys.argv[1:]
    try:
        try:
            if sheet:
                read(Path(path), sheet[0], sys.stdout)
            else:
                look(Path(path), sys.stdout)
        except _FAULTS as error:
            raise Refusal("damaged") from error
    except Refusal as refusal:
        _write(sys.stdout, {"refused": refusal.code, "values": refusal.values})
    except MemoryError:
        return NO_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(run())
