"""The process that reads one sheet of a workbook: ``python -m foundation.spreadsheets.workbook FILE SHEET``.

A workbook of a few kilobytes may need all memory of a machine, and the library then aborts its process. So workbooks
are read in a process with limits, without settings, secrets or a database. It writes one JSON value per line: what
it opened, then lists of [row number, cells], then null, or instead of a list what is wrong with a row.
"""

import datetime as dt
import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from foundation.spreadsheets.errors import error_cells

MEMORY = 300 * 1024 * 1024
OPENING_S = 5  # of the processor, until the sheet is in memory
READING_S = 60  # until its last row is written; cells with errors are looked for by a slower parser
FIRST_INEXACT = 10**15  # a spreadsheet keeps 15 digits of a number and replaces the others by zeros
ROWS, CHARACTERS = 200, 1_000_000  # in a line, except that a row stays whole
LONGEST_ROW = 4_000_000  # characters
NO_MEMORY = 3  # an exit code


def main(path: Path, wanted: str, written: TextIO) -> int:
    """Write the sheet, or one that is not hidden if none is named."""
    _limit()
    import python_calamine  # within the limits

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        _write(written, {"error": str(error)[:200]})
        return 0
    names = workbook.sheet_names
    visible = python_calamine.SheetVisibleEnum.Visible
    hidden = [each.name for each in workbook.sheets_metadata if each.visible != visible]
    name = wanted or next((each for each in names if each not in hidden), names[0] if names else "")
    opened = {"names": names, "hidden": hidden, "name": name}
    if name not in names or name in hidden:
        _write(written, opened)
        return 0
    sheet = workbook.get_sheet_by_name(name)
    _write(written, opened | {"size": sheet.end[0] + 1 if sheet.end else 0})
    resource.setrlimit(resource.RLIMIT_CPU, (READING_S, READING_S))
    errors: dict[int, dict[int, str]] = {}
    for (row, column), text in error_cells(path, name).items():
        errors.setdefault(row, {})[column] = text
    lines: list[tuple[int, list[str]]] = []
    size = 0
    for index, values in enumerate(_rows(sheet)):
        cells = [text_of(value) for value in values]
        for column, text in errors.get(index, {}).items():
            if column < len(cells):
                cells[column] = text
        length = sum(map(len, cells))
        if length > LONGEST_ROW:
            _write(written, {"too_long": index + 1})
            return 0
        if length:
            lines.append((index + 1, cells))
            size += length
        if len(lines) == ROWS or size > CHARACTERS:
            _write(written, lines)
            lines, size = [], 0
    _write(written, lines)
    _write(written, None)
    return 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (OPENING_S, READING_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """Return the rows from the first of the sheet on; the library leaves out empty columns before the first value."""
    if sheet.start:
        before = [""] * sheet.start[1]
        for row in sheet.iter_rows():
            yield before + row


def text_of(value: Any) -> str:
    """Return a cell as it would appear in a CSV file."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and abs(value) >= FIRST_INEXACT:
        return f"{value:.14E}"  # never with digits that nobody typed
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
    return str(value)


def _write(written: TextIO, value: Any) -> None:
    written.write(json.dumps(value) + "\n")
    written.flush()


def run() -> int:
    """Read what the command line names. Return the exit code."""
    try:
        return main(Path(sys.argv[1]), sys.argv[2], sys.stdout)
    except MemoryError:
        return NO_MEMORY


if __name__ == "__main__":
    sys.exit(run())
