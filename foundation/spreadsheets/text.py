"""Text files: their encoding and delimiter found by content."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

from foundation.spreadsheets.refusal import Refusal

DELIMITERS = ("\t", "|", ";", ",")  # the rarer ones in texts first
FULL_WIDTH_COMMA = "，"  # typed under a Chinese input method
LONGEST_LINE = 4_000_000  # bytes
SAMPLE_LINES, SAMPLE_CHARACTERS = 200, 200_000
_BLOCK, _SAMPLE = 1 << 20, 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_UTF_32 = b"\xff\xfe\x00\x00"
_FOUR_BYTES = re.compile(rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]")
_TWO_BYTES = re.compile(rb"([\x81-\xfe])([\x40-\xfe])")
_LOW = b"\x80"  # second bytes below it are common in Big5; GBK has rare characters there
_COMMON = b"\xc6"  # first bytes up to it are nearly all of Big5, but hardly more than half of GBK
_LOW_SHARE, _COMMON_SHARE, _PAIRS = 0.15, 0.9, 100_000  # of so many pairs
_IDEOGRAPH = re.compile("[\u2e80-\uffef]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SEPARATOR = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_MARKUP = re.compile(
    r"<(!doctype html|html|head|meta|body|table|style|div|!--|\?xml|\w+:workbook)|mime-version:",
    re.IGNORECASE,
)
_XML_2003 = "urn:schemas-microsoft-com:office:spreadsheet"


def encoding_of(opened: Callable[[], BinaryIO]) -> str:
    """Return the encoding in which the file can be decoded to its end. Raise Refusal if there is none.

    In this order: a byte order mark, NULs on one side of each pair (UTF-16), UTF-8, GB18030. ``opened`` opens the file
    anew.
    """
    with opened() as file:
        start = file.read(_SAMPLE)
    if not start.strip(b"\xef\xbb\xbf\x00 \t\r\n"):
        raise Refusal("empty")
    marked = next((name for bom, name in _BOMS.items() if start.startswith(bom)), "")
    if start.startswith(_UTF_32):
        raise Refusal("binary")
    if "16" in marked or (not marked and b"\0" in start):
        name = marked or _utf_16(start)
        if not _decodes(opened, name):
            raise Refusal("broken_utf_16")
        return name
    if _decodes(opened, "utf-8"):
        return "utf-8"
    return _gb18030(opened)


def _utf_16(start: bytes) -> str:
    """Return which UTF-16 a file without a mark is in, by the side on which its NULs stand."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if _CONTROL.search(start.decode(name, "ignore")):
        raise Refusal("binary")
    return name


def _decodes(opened: Callable[[], BinaryIO], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with opened() as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _gb18030(opened: Callable[[], BinaryIO]) -> str:
    """Return "gb18030" if every line of the file is text in it, none in UTF-8, and it is not Big5."""
    pairs = low = common = 0
    neither = only_gb = utf_8 = number = 0  # the first line of each kind, and the last
    line = b""
    with opened() as file:
        for number, line in enumerate(_lines(file), start=1):
            if line.isascii():
                continue
            if _is_text(line, "utf-8"):
                if not utf_8 and _IDEOGRAPH.search(line.decode()):
                    utf_8 = number
            elif _is_text(line, "gb18030"):
                only_gb = only_gb or number
            else:
                neither = neither or number
            if pairs > _PAIRS:
                continue
            found = _TWO_BYTES.findall(_FOUR_BYTES.sub(b"", line))
            pairs += len(found)
            low += sum(second < _LOW for _first, second in found)
            common += sum(first <= _COMMON for first, _second in found)
    is_big5 = low > pairs * _LOW_SHARE and common > pairs * _COMMON_SHARE
    if is_big5 and _decodes(opened, "cp950"):
        raise Refusal("big5")
    if neither:
        raise Refusal("no_encoding", line=neither)
    if utf_8 and only_gb == number and _is_cut_off(line):
        raise Refusal("cut_off")
    if utf_8 and only_gb:
        raise Refusal("mixed_encodings", line=utf_8, other=only_gb)
    return "gb18030"


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        yield line


def _is_text(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_cut_off(line: bytes) -> bool:
    """Return whether a line is UTF-8 but for the last bytes of its last character."""
    return any(_is_text(line[:-count], "utf-8") for count in (1, 2, 3))


def check_markup(start: str) -> None:
    """Refuse a web page, or XML, by how its text begins."""
    start = start.lstrip("\ufeff \t\r\n")
    match = _MARKUP.match(start)
    if match:
        if _XML_2003 in start:
            raise Refusal("xml_2003")
        is_xml = start[:5].casefold() == "<?xml" and "<html" not in start.casefold()
        raise Refusal("xml" if is_xml else "html")


def separator_line(line: str) -> str:
    """Return the delimiter that a first line such as ``sep=;`` declares to spreadsheets, "" for any other line."""
    match = _SEPARATOR.fullmatch(line.lstrip("\ufeff"))
    return match[1] if match else ""


def delimiter_of(lines: list[str]) -> str:
    """Return the delimiter that cuts the most lines into the same number of cells; a comma if none cuts half of them."""
    if lines and (declared := separator_line(lines[0])):
        return declared
    lines = [each for each in lines if each.strip()]

    def score(delimiter: str) -> tuple[float, int]:
        counts: Counter[int] = Counter()
        whole = len(lines)
        try:
            for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                counts[len(cells)] += 1
            whole = counts.total()  # a row may have several lines
        except csv.Error:  # the wrong delimiter, or a fault that reading the file will name
            pass
        cut = {width: count for width, count in counts.items() if width > 1}
        if not cut or sum(cut.values()) * 2 < whole:
            return (0, 0)
        width, count = max(cut.items(), key=lambda each: each[::-1])
        return (count, width)

    best = max(DELIMITERS, key=score)
    if score(best) == (0, 0):  # full-width commas are text beside any other delimiter
        best = FULL_WIDTH_COMMA
    return best if score(best) > (0, 0) else ","
