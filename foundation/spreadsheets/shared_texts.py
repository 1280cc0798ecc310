"""The texts that the cells of an .xlsx workbook share, and what its parts have in common: their parser and escapes."""

import re
import zipfile
from array import array
from xml.parsers import expat

from foundation.spreadsheets.refusal import Refusal

PARSED = 1 << 16  # bytes at a time
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def new_parser() -> expat.XMLParserType:
    """Return a parser that refuses declarations, so also entities and what they refer to."""

    def refuse(*_declaration: object) -> None:
        raise Refusal("doctype")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


class SharedTexts:
    """The texts that cells share, read as far as they are asked for: most files store them in the order of the cells.

    They are kept in one buffer: six million texts in 200 MB, where a list of them would take twice that.
    """

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self._buffer = bytearray()
        self._ends = array("Q", [0])
        self._parts: list[str] = []
        self._is_text = False
        self._phonetic = 0
        self._stream = archive.open(part) if part in archive.NameToInfo else None
        self._parser = new_parser()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def __getitem__(self, number: int) -> str:
        ends = self._ends
        while number >= len(ends) - 1 and self._stream:
            block = self._stream.read(PARSED)
            self._parser.Parse(block, not block)
            if not block:
                self._stream = None
        if not 0 <= number < len(ends) - 1:
            raise Refusal("damaged")
        return self._buffer[ends[number] : ends[number + 1]].decode()

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "t":
            self._is_text = not self._phonetic
        elif name == "rPh":  # how the text is pronounced
            self._phonetic += 1

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self._buffer += unescaped("".join(self._parts)).encode()
            self._ends.append(len(self._buffer))
            self._parts.clear()

    def _text(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)


def unescaped(text: str) -> str:
    """Return a text without the escapes of characters that XML cannot hold: ``_x000D_`` is a line end."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return match[0] if 0xD800 <= number <= 0xDFFF else chr(number)
