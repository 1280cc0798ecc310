"""Cells of a workbook that hold an error such as ``#REF!``, which the spreadsheet reader returns as empty."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

_MARK = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_LETTERS = re.compile(r"[A-Z]+")
_BLOCK = 1 << 20
_DEPTH = 8  # a mark may lie across the edge of two blocks


class _Refused(Exception):
    """The part declares entities, which no spreadsheet needs."""


def error_cells(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Return the error texts of a sheet of an .xlsx or .xlsm workbook by (row, column), both from 0.

    Empty for other kinds of workbooks, and for one that cannot be read this way.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part_of(archive, sheet)
            if not part or not _has_errors(archive, part):
                return {}
            with archive.open(part) as stream:
                return _Cells().read(stream)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, expat.ExpatError, _Refused):
        return {}


def _elements(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: found.append((_local(name), attributes))
    with archive.open(part) as stream:
        parser.ParseFile(stream)
    return iter(found)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part with the sheet's cells."""
    number = next(
        (
            value
            for name, attributes in _elements(archive, "xl/workbook.xml")
            if name == "sheet" and attributes.get("name") == sheet
            for key, value in attributes.items()
            if _local(key) == "id"
        ),
        "",
    )
    for name, attributes in _elements(archive, "xl/_rels/workbook.xml.rels"):
        if name == "Relationship" and attributes.get("Id") == number:
            return posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
    return ""


def _has_errors(archive: zipfile.ZipFile, part: str) -> bool:
    """Return whether the part may hold an error: most do not, and need no second reading."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            if _MARK.search(rest + block):
                return True
            rest = block[-_DEPTH:]
    return False


def _parser() -> expat.XMLParserType:
    def refuse(*_declaration: object) -> None:
        raise _Refused

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Cells:
    """Collects the error cells while a sheet's part is parsed."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], str] = {}
        self._row = self._column = -1
        self._is_error = self._in_value = False

    def read(self, stream: IO[bytes]) -> dict[tuple[int, int], str]:
        parser = _parser()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(stream)
        return self.found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "row":
                self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else self._row + 1
                self._column = -1
            case "c":
                letters = _LETTERS.match(attributes.get("r", ""))
                self._column = _number(letters.group()) if letters else self._column + 1
                self._is_error = attributes.get("t") == "e"
            case "v":
                self._in_value = self._is_error

    def _end(self, name: str) -> None:
        if _local(name) == "v":
            self._in_value = False

    def _text(self, text: str) -> None:
        if self._in_value:
            place = (self._row, self._column)
            self.found[place] = self.found.get(place, "") + text


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
