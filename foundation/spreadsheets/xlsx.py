"""Workbooks of .xlsx and its relatives (.xlsm, .et of WPS), read as a stream of rows.

Memory holds the texts that cells share, compactly, and one block of the sheet: a sheet of any length fits. Two passes:
``survey`` searches the bytes for what stands behind the cells but is needed before them (merged cells), and for where
the table ends; ``rows`` parses them. The size that a file declares of itself (``dimension``) is never asked.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from foundation.spreadsheets.cells import (
    BUILT_IN_DAYS,
    BUILT_IN_HOURS,
    UNCALCULATED,
    day_text,
    hours_text,
    kind_of_format,
    number_text,
)
from foundation.spreadsheets.merging import WIDE, Filling, Merge
from foundation.spreadsheets.refusal import Refusal
from foundation.spreadsheets.shared_texts import PARSED, SharedTexts, local, new_parser, unescaped

LONGEST_ROW = 4_000_000  # characters
LONGEST_ROW_BYTES = 32_000_000  # with its markup
MEMBERS, LARGEST_MEMBER, LARGEST_SUM = 2_000, 400_000_000, 600_000_000  # of an archive: bytes as declared
RATIO, UNSUSPICIOUS = 250, 50_000_000  # times its packed size; smaller members may expand as they like
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
# a filled cell right of WIDE in a row that is all but empty, and rows beyond the 2,000th: no table, but a key held down
LONG, SPARSE = 2_000, 100
_SURVEYED, _HEAD = 1 << 20, 1 << 12
_DOCTYPE = b"<!DOCTYPE"  # found in the head at once; anywhere else by the parser
_MERGE = re.compile(rb"mergeCell\s[^>]*?ref=[\"']\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")
_LAST_MERGE = 200  # bytes: one may lie across the edge of two blocks
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_REFERENCE = re.compile(rb"[\"'\s]*([A-Z]{1,3})(\d{1,7})")
_ROW_NUMBER = re.compile(rb"\sr=[\"'](\d{1,7})[\"']")
TRUE = {"1", "true", b"1", b"true"}


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would fill memory or disk, before anything of it is unpacked."""
    members = archive.infolist()
    if any(each.flag_bits & 1 for each in members):
        raise Refusal("password")
    if len(members) > MEMBERS:
        raise Refusal("bomb")
    for each in members:
        if each.file_size > UNSUSPICIOUS and each.file_size > RATIO * each.compress_size:
            raise Refusal("bomb")
    sizes = [each.file_size for each in members]
    if sum(sizes) > LARGEST_SUM or max(sizes, default=0) > LARGEST_MEMBER:
        raise Refusal("packed_too_large")


@dataclass
class Survey:
    """What a sheet is, before its rows are read."""

    rows: int  # the number of the last one that is filled in
    columns: int  # the number of the last one that is filled in
    hidden_rows: int
    hidden_columns: tuple[int, ...]  # from 0
    merges: list[Merge]


@dataclass(frozen=True)
class Part:
    """A sheet of cells: its name and where it lies in the archive."""

    name: str
    hidden: bool
    path: str


class XlsxBook:
    """An open workbook."""

    kind = "xlsx"

    def __init__(self, archive: zipfile.ZipFile, main: str) -> None:
        self._archive = archive
        self.notes = ["macros"] if any(each.endswith("vbaProject.bin") for each in archive.namelist()) else []
        related = relations(archive, main)
        self.sheets: list[Part] = []
        self._is_1904 = False

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr":
                self._is_1904 = attributes.get("date1904") in TRUE
            elif name == "sheet":
                number = next((value for key, value in attributes.items() if local(key) == "id"), "")
                kind, path = related.get(number, ("", ""))
                if kind == "worksheet":
                    hidden = attributes.get("state", "visible") != "visible"
                    self.sheets.append(Part(attributes.get("name", ""), hidden, path))

        walk(archive, main, start)
        parts = dict(related.values())
        self._formats = (
            _formats(archive, parts["styles"]) if parts.get("styles") in archive.NameToInfo else []
        )
        self._shared = parts.get("sharedStrings", "")
        if self._shared in archive.NameToInfo:
            with archive.open(self._shared) as stream:
                if _DOCTYPE in stream.read(_HEAD):
                    raise Refusal("doctype")

    def survey(self, sheet: Part) -> Survey:
        """Find out what a sheet is. Raise Refusal if it reaches further than a table does."""
        with self._archive.open(sheet.path) as stream:
            return _Surveyor().read(stream)

    def rows(self, sheet: Part, survey: Survey) -> Iterator[tuple[int, list[str], bool]]:
        """Return the rows that the sheet stores: their numbers, their cells, and whether they are hidden."""
        texts = SharedTexts(self._archive, self._shared)
        parser = _RowParser(self._formats, texts, survey.merges, is_1904=self._is_1904)
        with self._archive.open(sheet.path) as stream:
            yield from parser.read(stream)


def relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: kind and path of each reference. The archive's own part is ""."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

    if path in archive.NameToInfo:
        walk(archive, path, start)
    return found


def walk(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
) -> None:
    """Call ``start`` and ``end`` for the elements of a part, with their names without prefix."""
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: start(local(name), attributes)
    if end:
        parser.EndElementHandler = lambda name: end(local(name))
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def number_of(letters: str) -> int:
    """Return the position of a column by its letters, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def letters_of(number: int) -> str:
    """Return the letters of a column by its position, from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _formats(archive: zipfile.ZipFile, part: str) -> list[str]:
    """Return for each style of cells what it shows: "day", "hours" or ""."""
    custom: dict[str, str] = {}
    formats: list[str] = []
    within = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal within
        if name in ("numFmts", "cellXfs"):
            within = name
        elif name == "numFmt" and within == "numFmts":
            custom[attributes.get("numFmtId", "")] = kind_of_format(attributes.get("formatCode", ""))
        elif name == "xf" and within == "cellXfs":
            number = attributes.get("numFmtId", "0")
            if number in custom:
                formats.append(custom[number])
            elif number.isdigit() and int(number) in BUILT_IN_DAYS:
                formats.append("day")
            else:
                formats.append("hours" if number == str(BUILT_IN_HOURS) else "")

    def end(name: str) -> None:
        nonlocal within
        within = "" if name == within else within

    walk(archive, part, start, end)
    return formats


class _Surveyor:
    """Searches the bytes of a sheet: ten times as fast as parsing, and good enough for all but the cells."""

    def __init__(self) -> None:
        self._found = Survey(0, 0, 0, (), [])
        self._number = 0  # of the row
        self._hidden: list[tuple[int, int]] = []
        self._far = b""  # a cell far right of the table

    def read(self, stream: IO[bytes]) -> Survey:
        data = stream.read(_SURVEYED)
        if _DOCTYPE in data[:_HEAD]:
            raise Refusal("doctype")
        root = re.search(rb"<(\w+:)?worksheet\b", data)
        prefix = root[1] or b"" if root else b""
        self._row, self._value, self._text = b"<%srow" % prefix, b"</%sv>" % prefix, b"</%sis>" % prefix
        ends = (b"</%ssheetData" % prefix, b"<%ssheetData/>" % prefix)
        while data:
            end = max(map(data.find, ends))
            rest = self._rows(data[:end] if end >= 0 else data, is_last=end >= 0)
            if end >= 0:
                self._tail(stream, data[end:])
                break
            if len(rest) > LONGEST_ROW_BYTES:
                raise Refusal("too_long", row=self._number + 1)
            block = stream.read(_SURVEYED)
            data = rest + block if block else b""
        self._found.merges.sort()
        self._found.hidden_columns = tuple(
            sorted(
                {
                    each
                    for first, last in self._hidden
                    for each in range(first - 1, min(last, self._found.columns))
                }
            )
        )
        return self._found

    def _rows(self, data: bytes, *, is_last: bool) -> bytes:
        """Look at the whole rows in the bytes; return the rest, which begins with a row."""
        start = self._next(data, 0)
        if not self._number and not self._hidden:
            self._columns(data[: start if start >= 0 else len(data)])
        while start >= 0:
            following = self._next(data, start + 1)
            if following < 0 and not is_last:
                return data[start:]
            self._look_at(data, start, following if following >= 0 else len(data))
            start = following
        return b"" if is_last else data

    def _next(self, data: bytes, start: int) -> int:
        """Return where the next row begins, -1 if there is none."""
        while (start := data.find(self._row, start)) >= 0:
            if data[start + len(self._row) : start + len(self._row) + 1] in b" >/\t\r\n":
                return start
            start += 1
        return -1

    def _columns(self, head: bytes) -> None:
        for match in _COLUMN.finditer(head):
            attributes = dict(_ATTRIBUTE.findall(match[1]))
            if attributes.get(b"hidden") in TRUE or attributes.get(b"width") == b"0":
                first, last = attributes.get(b"min", b""), attributes.get(b"max", b"")
                if first.isdigit() and last.isdigit():
                    self._hidden.append((int(first), min(int(last), MOST_COLUMNS)))

    def _look_at(self, data: bytes, start: int, end: int) -> None:
        """Look at one row."""
        tag_end = data.find(b">", start, end)
        tag = data[start:tag_end]
        self._number += 1
        if number := _ROW_NUMBER.search(tag):
            self._number = int(number[1])
        filled_until = max(data.rfind(self._value, tag_end, end), data.rfind(self._text, tag_end, end))
        if filled_until < 0:
            return
        at = data.rfind(b" r=", tag_end, filled_until)
        column, name = 0, b""
        if at >= 0 and (reference := _REFERENCE.match(data, at + 3)):
            name = reference[1] + reference[2]
            column = number_of(reference[1].decode()) + 1
            self._number = int(reference[2])
        self._found.rows = max(self._found.rows, self._number)
        self._found.columns = max(self._found.columns, column)
        if b'hidden="1"' in tag or b'hidden="true"' in tag:
            self._found.hidden_rows += 1
        if column > WIDE:
            filled = data.count(self._value, tag_end, end) + data.count(self._text, tag_end, end)
            if filled * SPARSE < column:
                self._far = self._far or name
        if self._far and self._found.rows > LONG:
            raise Refusal("far_cell", cell=self._far.decode())

    def _tail(self, stream: IO[bytes], data: bytes) -> None:
        while data:
            done = 0
            for match in _MERGE.finditer(data):
                first, first_row, last, last_row = match.groups()
                columns = number_of(first.decode()), number_of(last.decode())
                self._found.merges.append(Merge(int(first_row), columns[0], int(last_row), columns[1]))
                done = match.end()
            block = stream.read(_SURVEYED)
            data = data[max(done, len(data) - _LAST_MERGE) :] + block if block else b""


class _RowParser:
    """Collects the rows while a sheet is parsed."""

    def __init__(self, formats: list[str], texts: SharedTexts, merges: list[Merge], *, is_1904: bool) -> None:
        self._formats, self._texts, self._is_1904 = formats, texts, is_1904
        self._filling = Filling(merges)
        self._rows: list[tuple[int, list[str], bool]] = []
        self._number, self._hidden = 0, False
        self._cells: list[str] = []
        self._far_rows = 0
        self._length = 0  # of the row, in characters
        self._column = -1
        self._columns: dict[str, int] = {}
        self._kind, self._style = "", ""
        self._has_formula = self._is_kept = False
        self._phonetic = 0
        self._parts: list[str] = []

    def read(self, stream: IO[bytes]) -> Iterator[tuple[int, list[str], bool]]:
        parser = new_parser()
        parser.buffer_text = True
        parser.buffer_size = PARSED
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        block = b"-"
        while block:
            block = stream.read(PARSED)
            parser.Parse(block, not block)
            yield from self._rows
            self._rows.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "0")
            self._has_formula = False
            reference = attributes.get("r")
            self._column = self._position(reference) if reference else self._column + 1
        elif name in ("v", "t"):
            self._is_kept = not self._phonetic
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            number = attributes.get("r", "")
            self._begin(int(number) if number.isdigit() else self._number + 1)
            self._hidden = attributes.get("hidden") in TRUE
        elif name == "rPh":
            self._phonetic += 1

    def _begin(self, number: int) -> None:
        if not self._number < number <= MOST_ROWS:
            raise Refusal("damaged")
        self._number = number
        self._cells = []
        self._column = -1
        self._length = 0

    def _position(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        position = self._columns.get(letters)
        if position is None:
            position = number_of(letters) if letters.isalpha() and letters.isascii() else -1
            if not 0 <= position < MOST_COLUMNS:
                raise Refusal("damaged")
            self._columns[letters] = position
        if self._column < 0 and not self._cells:
            self._place(reference[len(letters) :])
        return position

    def _place(self, number: str) -> None:
        """Take the number of a row that has none itself from its first cell."""
        if number.isdigit() and int(number) > self._number:
            self._begin(int(number))

    def _text(self, text: str) -> None:
        if self._is_kept:
            self._parts.append(text)
            self._length += len(text)
            if self._length > LONGEST_ROW:
                raise Refusal("too_long", row=self._number)

    def _end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            text = self._value("".join(self._parts))
            self._parts.clear()
            if text:
                missing = self._column - len(self._cells)
                if missing == 0:
                    self._cells.append(text)
                else:
                    if missing > 0:
                        self._cells.extend([""] * (missing + 1))
                    self._cells[self._column] = text
        elif name in ("v", "t"):
            self._is_kept = False
        elif name == "row":
            if len(self._cells) > WIDE:
                self._check_width()
            self._filling.fill(self._number, self._cells)
            self._rows.append((self._number, self._cells, self._hidden))
        elif name == "rPh":
            self._phonetic -= 1

    def _check_width(self) -> None:
        """Refuse a cell far away that the survey overlooked, in a file that no spreadsheet wrote."""
        width = len(self._cells)
        if sum(map(bool, self._cells)) * SPARSE < width:
            self._far_rows += 1
            if self._number > LONG or self._far_rows > LONG:
                raise Refusal("far_cell", cell=f"{letters_of(width - 1)}{self._number}")

    def _value(self, text: str) -> str:
        kind = self._kind
        if not text:
            return UNCALCULATED if self._has_formula and kind != "str" else ""
        if kind == "s":
            shared = self._texts[int(text)] if text.isdigit() else ""
            self._length += len(shared)
            return shared
        if kind == "n":
            style = int(self._style) if self._style.isdigit() else 0
            return self._number_text(text, self._formats[style] if style < len(self._formats) else "")
        if kind == "b":
            return "true" if text == "1" else "false"
        if kind == "d":
            return text.removesuffix("Z").replace("T00:00:00", "").replace("T", " ")
        return unescaped(text)

    def _number_text(self, text: str, form: str) -> str:
        if not form and len(text) < 16 and text.isdecimal():
            return text
        try:
            value = float(text)
        except ValueError:
            return text
        if value - value:  # infinite, or none
            return text
        if form == "day":
            return day_text(value, is_1904=self._is_1904)
        return hours_text(value) if form else number_text(value)
