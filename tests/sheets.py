"""Sheets as people and attackers send them, built from their few parts: no dependency of ours writes most of them.

``KINDS`` names twenty kinds of file; each function returns the bytes of one.
"""

import datetime as dt
import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
SHEET = "xl/worksheets/sheet1.xml"
TABLE = [["编号", "名称", "日期"], ["001", "清河机械厂", dt.date(2024, 3, 5)], ["002", "东门饭店", ""]]
READ = [["编号", "名称", "日期"], ["001", "清河机械厂", "2024-03-05"], ["002", "东门饭店"]]


class Xml(str):
    """A cell as it stands in the file, without its reference: ``<c{}><v>1</v></c>``."""

    __slots__ = ()


def letters(column: int) -> str:
    """Return the letters of a column, from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def cell(value: Any, place: str = "") -> str:
    """Return a cell; ``place`` is its reference, left out by some programs."""
    at = f' r="{place}"' if place else ""
    if isinstance(value, Xml):
        return value.format(at)
    if isinstance(value, str) and value.startswith("#"):
        return f'<c{at} t="e"><v>{value}</v></c>'
    if isinstance(value, dt.date):
        return f'<c{at} s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f"<c{at}><v>{value}</v></c>"
    return f'<c{at} t="inlineStr"><is><t>{value}</t></is></c>'


def sheet_xml(
    rows: Sequence[Sequence[Any]],
    *,
    references: bool = False,
    before: str = "",
    after: str = "",
    hidden_rows: Sequence[int] = (),
) -> str:
    """Return a sheet; ``before`` and ``after`` stand around its cells."""

    def row(number: int, values: Sequence[Any]) -> str:
        cells = (
            cell(value, f"{letters(column)}{number}" if references else "")
            for column, value in enumerate(values)
            if not (references and value == "")
        )
        at = f' r="{number}"' if references else ""
        at += ' hidden="1"' if number in hidden_rows else ""
        return f"<row{at}>{''.join(cells)}</row>"

    lines = "".join(row(number, values) for number, values in enumerate(rows, start=1))
    return f"<worksheet {MAIN}>{before}<sheetData>{lines}</sheetData>{after}</worksheet>"


def xlsx(
    rows: Sequence[Sequence[Any]],
    hidden: Sequence[Sequence[Any]] | None = None,
    *,
    formats: Sequence[str] = (),
    texts: str = "",
    properties: str = "",
    parts: dict[str, str | bytes] | None = None,
    **sheet: Any,
) -> bytes:
    """Return a workbook with one visible sheet; ``hidden``: the rows of a hidden sheet before it.

    The styles of cells are 0: general, 1: day, and from 2 on ``formats``. ``texts`` are shared.
    """
    old = '<sheet name="Old" sheetId="2" state="hidden" r:id="r3"/>' if hidden else ""
    custom = "".join(
        f'<numFmt numFmtId="{200 + number}" formatCode="{form}"/>' for number, form in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{200 + number}"/>' for number in range(len(formats)))
    found: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships {PACKAGE}><Relationship Id="r1" Type="{KIND}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{KIND}">{properties}<sheets>{old}'
        '<sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships {PACKAGE}>"
        f'<Relationship Id="r1" Type="{KIND}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{KIND}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r3" Type="{KIND}/worksheet" Target="worksheets/sheet2.xml"/>'
        f'<Relationship Id="r4" Type="{KIND}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f"<styleSheet {MAIN}><numFmts>{custom}</numFmts><cellXfs>"
        f'<xf numFmtId="0"/><xf numFmtId="14"/>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f"<sst {MAIN}>{texts}</sst>",
        SHEET: sheet_xml(rows, **sheet),
        "xl/worksheets/sheet2.xml": sheet_xml(hidden or []),
    }
    return packed({name: HEAD + str(text) for name, text in found.items()} | (parts or {}))


def packed(parts: dict[str, str | bytes]) -> bytes:
    """Return an archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def ods(rows: Sequence[Sequence[Any]], *, manifest: str = "") -> bytes:
    """Return a workbook of LibreOffice."""

    def one(value: Any) -> str:
        if isinstance(value, dt.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    lines = "".join(f"<table:table-row>{''.join(map(one, row))}</table:table-row>" for row in rows)
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{HEAD}<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Data">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
        }
    )


def xls(
    rows: Sequence[Sequence[Any]],
    *,
    merges: Sequence[tuple[int, int, int, int]] = (),
    is_encrypted: bool = False,
    streams: Sequence[str] = (),
) -> bytes:
    """Return a workbook of Excel 97. ``merges``: first and last row, first and last column, from 0."""

    def record(number: int, content: bytes = b"") -> bytes:
        return struct.pack("<HH", number, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))

    def one(row: int, column: int, value: Any) -> bytes:
        at = struct.pack("<HH", row, column)
        if isinstance(value, dt.date):
            return record(0x203, at + struct.pack("<Hd", 1, (value - dt.date(1899, 12, 30)).days))
        if isinstance(value, int | float):
            return record(0x203, at + struct.pack("<Hd", 0, value))
        text = value.encode("utf-16-le")
        return record(0x204, at + struct.pack("<HHB", 0, len(text) // 2, 1) + text) if value else b""

    styles = b"".join(record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 14))
    name = struct.pack("<BB", 4, 0) + b"Data"
    secret = record(0x2F, bytes(54)) if is_encrypted else b""
    before = begin(5) + secret + record(0x42, struct.pack("<H", 1200)) + styles
    place = len(before) + 4 + 6 + len(name) + 4
    book = before + record(0x85, struct.pack("<IBB", place, 0, 0) + name) + record(0x0A)
    width = max(map(len, rows))
    book += begin(0x10) + record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    book += b"".join(
        one(row, column, value) for row, values in enumerate(rows) for column, value in enumerate(values)
    )
    if merges:
        book += record(
            0xE5, struct.pack("<H", len(merges)) + b"".join(struct.pack("<4H", *each) for each in merges)
        )
    return ole(book + record(0x0A), ("Workbook", *streams))


def ole(content: bytes, names: Sequence[str] = ("Workbook",)) -> bytes:
    """Return a file of Office 97 with one stream, and entries for others that are empty."""
    sector = 512
    content = content.ljust(max(4096, -(-len(content) // sector) * sector), b"\0")
    length = len(content) // sector
    tables = -(-(length + 2) // (sector // 4 - 2))
    more = -(
        -max(tables - 109, 0) // (sector // 4 - 1)
    )  # sectors with the numbers of tables, after all others
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain = [table] * tables + [end] + [*range(tables + 2, tables + 1 + length), end]
    chain += [table - 1] * more
    chain += [free] * (tables * sector // 4 - len(chain))

    def entry(name: str, kind: int, right: int, child: int, first: int, size: int) -> bytes:
        text = name.encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text) + 2, kind, 1, free, right, child)
            + struct.pack("<36xIII", first, size, 0)
        )

    entries = entry("Root Entry", 5, free, 1, end, 0) + entry(
        names[0], 2, 2 if names[1:] else free, free, tables + 1, len(content)
    )
    for number, name in enumerate(names[1:], start=3):
        entries += entry(name, 2, number if number <= len(names) - 1 else free, free, end, 0)
    listed = [*range(tables)] + [free] * (109 - tables)
    last = b""
    for number in range(more):
        part = listed[109 + 127 * number : 236 + 127 * number]
        following = tables + length + 2 + number if number + 1 < more else end
        last += struct.pack("<128I", *part, *[free] * (127 - len(part)), following)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack(
            "<IIIIIIIII", 0, tables, tables, 0, 4096, end, 0, tables + length + 1 if more else end, more
        )
        + struct.pack("<109I", *listed[:109])
    )
    table_bytes = struct.pack(f"<{len(chain)}I", *chain)
    return head + table_bytes + entries.ljust(sector, b"\0")[:sector] + content + last


def lines(rows: Sequence[Sequence[Any]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Return rows as delimited text."""
    return "".join(delimiter.join(map(str, row)) + end for row in rows)


def merged(*ranges: str) -> str:
    """Return the part of a sheet that merges cells."""
    cells = "".join(f'<mergeCell ref="{each}"/>' for each in ranges)
    return f"<mergeCells>{cells}</mergeCells>"


TEXT = lines(TABLE)
LAUGHS = "<!DOCTYPE x [<!ENTITY a '{}'>{}]>".format(
    "ha" * 100,
    "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 20}'>" for n in range(9)),
)
FAR = Xml('<c r="XFD1048576"><v>1</v></c>')
PAGE = "<html><head><meta charset='gbk'></head><table><tr><td>名称</td></tr></table></html>"
XML_2003 = f'{HEAD}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'

# what people have → (its kind, the name that it comes with, its bytes); each reads as READ
READABLE: dict[str, Callable[[], tuple[str, str, bytes]]] = {
    "xlsx": lambda: ("xlsx", "a.xlsx", xlsx(TABLE)),
    "xlsx without a suffix": lambda: ("xlsx", "a", xlsx(TABLE, references=True)),
    "a workbook named csv": lambda: ("xlsx", "a.csv", xlsx(TABLE)),
    "xlsm": lambda: ("xlsx", "a.xlsm", xlsx(TABLE, parts={"xl/vbaProject.bin": b"x"})),
    "et of WPS 2019": lambda: ("xlsx", "a.et", xlsx(TABLE, before='<dimension ref="A1"/>')),
    "xlsx that lies about its size": lambda: (
        "xlsx",
        "a.xlsx",
        xlsx(TABLE, before='<dimension ref="A1:XFD1048576"/>'),
    ),
    "xls": lambda: ("xls", "a.xls", xls(TABLE)),
    "et": lambda: ("xls", "a.et", xls(TABLE)),
    "ods": lambda: ("ods", "a.ods", ods(TABLE)),
    "UTF-8": lambda: ("csv", "a.csv", TEXT.encode()),
    "UTF-8 with a mark": lambda: ("csv", "a.csv", TEXT.encode("utf-8-sig")),
    "GBK": lambda: ("csv", "a.csv", TEXT.encode("gbk")),
    "text named xls": lambda: ("csv", "a.xls", lines(TABLE, "\t").encode("gbk")),
    "UTF-16": lambda: ("csv", "a.txt", lines(TABLE, "\t").encode("utf-16")),
    "UTF-16 without a mark": lambda: ("csv", "a.txt", TEXT.encode("utf-16-le")),
    "semicolons": lambda: ("csv", "a.csv", lines(TABLE, ";").encode("gb18030")),
    "pipes": lambda: ("csv", "a.txt", lines(TABLE, "|", "\n").encode()),
    "sep=": lambda: ("csv", "a.csv", ("sep=^\r\n" + lines(TABLE, "^")).encode()),
}
# what is refused → (its bytes, the sentence)
UNREADABLE: dict[str, Callable[[], tuple[bytes, str]]] = {
    "nothing": lambda: (b"", "it is empty."),
    "blank lines": lambda: (b"\r\n\r\n", "it is empty."),
    "a password": lambda: (ole(b"", ("EncryptedPackage",)), "it is protected by a password."),
    "a password of Excel 97": lambda: (xls(TABLE, is_encrypted=True), "it is protected by a password."),
    "a password of LibreOffice": lambda: (
        ods(TABLE, manifest="<encryption-data/>"),
        "it is protected by a password.",
    ),
    "a web page": lambda: (PAGE.encode("gbk"), "it is a web page (HTML)"),
    "XML 2003": lambda: (XML_2003.encode(), "it is an XML spreadsheet of Excel 2003."),
    "XML": lambda: (f"{HEAD}<a/>".encode(), "it is an XML file"),
    "Word": lambda: (
        packed({"_rels/.rels": xlsx_root("word/document.xml"), "word/document.xml": "<a/>"}),
        "it is a text document",
    ),
    "Word 97": lambda: (ole(b"", ("WordDocument",)), "it is a text document"),
    "slides": lambda: (
        packed({"_rels/.rels": xlsx_root("ppt/presentation.xml"), "ppt/presentation.xml": "<a/>"}),
        "it is a presentation",
    ),
    "PDF": lambda: (b"%PDF-1.7\n%\xe2\xe3", "it is a PDF"),
    "a picture": lambda: (b"\x89PNG\r\n\x1a\n", "it is a picture"),
    "an archive": lambda: (packed({"a.txt": "x"}), "it is a packed archive"),
    "bytes": lambda: (bytes(range(256)) * 4, "it is not a spreadsheet."),
    "half a workbook": lambda: (xlsx(TABLE)[:-60], "it is damaged or incomplete."),
    "a workbook of charts": lambda: (
        xlsx(TABLE, parts={"xl/_rels/workbook.xml.rels": f"<Relationships {PACKAGE}/>"}),
        "it is a workbook without a sheet of cells.",
    ),
    "laughs": lambda: (xlsx(TABLE, parts={SHEET: HEAD + LAUGHS + sheet_xml([])}), "declarations (DOCTYPE)"),
    "shared laughs": lambda: (
        xlsx(TABLE, parts={"xl/sharedStrings.xml": f"{HEAD}{LAUGHS}<sst/>"}),
        "declarations (DOCTYPE)",
    ),
    "a cell far away": lambda: (xlsx([*TABLE, [FAR]]), "cell XFD1048576, far from the table, is filled in."),
    "two thousand members": lambda: (
        xlsx(TABLE, parts={f"x/{number}": "" for number in range(2_001)}),
        "it expands to far more than",
    ),
    "Big5": lambda: (lines([["姓名", "電話"], ["張三", "138"]]).encode("big5"), "encoded in Big5"),
    "two encodings": lambda: (
        TEXT.encode() + "003,西街书店\n".encode("gbk"),
        "line 1 is encoded in UTF-8, line 4 in GB18030.",
    ),
    "Latin-1": lambda: (
        "名称,a\n".encode("gbk") + "café,1\n".encode("latin-1"),
        "line 2 is encoded neither in",
    ),
    "half a character": lambda: (TEXT.encode() + "厂".encode()[:2], "it ends in the middle of a character."),
    "UTF-16 cut off": lambda: (TEXT.encode("utf-16")[:-1], "it is not encoded in UTF-16 to its end."),
    "an open quotation": lambda: (
        (TEXT + '003,"西街\r\n' + "004,某店,\r\n" * 300 + '5,"a",\r\n').encode(),
        "row 4 has text after a closing quotation mark.",
    ),
    "a quotation of many lines": lambda: (
        (TEXT + '003,"西街\r\n' + "004,某店,\r\n" * 300 + '5",a\r\n').encode(),
        "a cell in row 4 has more than 200 lines. Is a closing quotation mark missing?",
    ),
    "a quotation to the end": lambda: ((TEXT + '003,"西街\r\n').encode(), "it ends inside a quoted value"),
    "a packed file without end": lambda: (
        gzip.compress(b"a,b" + b"x" * 6_000_000),
        "it expands to more than",
    ),
    "merged cells upon each other": lambda: (
        xlsx([["a", "b"]], references=True, after=merged(*["A1:B9"] * 1_001)),
        "it is damaged or incomplete.",
    ),
    "a cell far away, written oddly": lambda: (
        xlsx([*[["a"]] * 2_000, [Xml('<c r = "XFD2001"><v>1</v></c>')]]),
        "cell XFD2001, far from the table, is filled in.",
    ),
    "half a packed file": lambda: (b"\x1f\x8b\x08\x00", "it is damaged or incomplete."),
}


def xlsx_root(main: str) -> str:
    """Return the part that names the main part."""
    return (
        f'<Relationships {PACKAGE}><Relationship Id="r1" Type="{KIND}/officeDocument" Target="{main}"/>'
        "</Relationships>"
    )
