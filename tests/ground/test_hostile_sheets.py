"""A sheet made to fill the memory or to read other files costs one sentence, and nothing of the process that asked."""

import gzip
import io
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.spreadsheets import process
from foundation.spreadsheets.reading import Layout, open_sheet
from foundation.spreadsheets.unreadable import Unreadable
from imports.cells import as_decimal
from imports.remarks import Refused
from tests.imports.conftest import workbook  # noqa: F401

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "<!DOCTYPE x [<!ENTITY a '{}'>{}]>".format(
    "ha" * 100,
    "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 20}'>" for n in range(9)),
)
OUTSIDE = (
    "<!DOCTYPE x [<!ENTITY j SYSTEM 'file:///etc/hostname'><!ENTITY % p SYSTEM 'http://127.0.0.1:9/'>%p;]>"
)


def cells(rows: str, before: str = "") -> bytes:
    return f"{HEAD}{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()


def in_line(text: str) -> str:
    return f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'


def with_parts(packed: bytes, parts: dict[str, bytes]) -> bytes:
    """Return the workbook with these parts in place of its own."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name) or old.read(name))
    return written.getvalue()


def why_not(path: Path) -> str:
    """Return the sentence for a file that cannot be read; it has cost this process no memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unreadable) as caught, open_sheet(path, Layout(), label="the file") as sheet:
        for _row in sheet.rows():
            pass
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    return str(caught.value)


@pytest.mark.parametrize("corner", ["XFD1048576", "XFD200000", "A1048576:XFD"])
def test_a_cell_far_away(tmp_path: Path, workbook: Callable[..., bytes], corner: str) -> None:  # noqa: F811
    first, _colon, column = corner.partition(":")
    far = "".join(f'<c r="{each}"><v>1</v></c>' for each in (first, f"{column}1048576" if column else first))
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row><row>{far}</row>'
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_parts(workbook([["x"]]), {SHEET: cells(rows)}))
    assert f"cell {'XFD1048576' if column else corner}, far from the table, is filled in" in why_not(path)


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
def test_entities_are_not_expanded(
    tmp_path: Path,
    workbook: Callable[..., bytes],  # noqa: F811
    text: str,
) -> None:
    path = tmp_path / "a.xlsx"
    for reference in ("j", "%p"):
        path.write_bytes(with_parts(workbook([["x"]]), {SHEET: cells(in_line(f"x&{reference};"), text)}))
        try:
            with open_sheet(path, Layout(), label="the file") as sheet:
                shown = str([sheet.header, *sheet.rows()])
        except Unreadable as error:
            shown = str(error)
        assert len(shown) < 400
        assert Path("/etc/hostname").read_text().strip() not in shown


def test_a_row_of_five_million_characters(tmp_path: Path, workbook: Callable[..., bytes]) -> None:  # noqa: F811
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_parts(workbook([["x"]]), {SHEET: cells(in_line("安" * 5_000_000))}))
    assert "row 1 has more than four million characters" in why_not(path)


@pytest.mark.drill
@pytest.mark.parametrize("filling", [in_line(" " * 400_000_000), "<row/>" * 60_000_000], ids=["text", "rows"])
def test_a_bomb(tmp_path: Path, workbook: Callable[..., bytes], filling: str) -> None:  # noqa: F811
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_parts(workbook([["x"]]), {SHEET: cells(filling)}))
    del filling
    assert "cannot be read" in why_not(path)


def test_a_reader_that_takes_too_long(
    tmp_path: Path,
    workbook: Callable[..., bytes],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit of the processor, in a child that has none of it left."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([["x"]]))
    monkeypatch.setattr(process.workbook, "__name__", "tests.ground.busy_workbook")
    assert "it takes too long to read" in why_not(path)


def test_a_damaged_workbook_does_not_take_the_process_along(
    tmp_path: Path,
    workbook: Callable[..., bytes],  # noqa: F811
) -> None:
    path = tmp_path / "a.xlsx"
    for broken in (b"<worksheet", HEAD.encode() + b"<a><b></a>", cells('<row r="0"><c r="A0"/></row>')):
        path.write_bytes(with_parts(workbook([["x"]]), {SHEET: broken}))
        assert "the file cannot be read" in why_not(path)


def test_text_without_end(tmp_path: Path) -> None:
    """One line, one row of many lines, and nothing but line ends, in a small file."""
    path = tmp_path / "a.csv.gz"
    block = 2_000_000
    for piece, why in (
        ("x" * block, "row 1 has more than four million characters"),
        ('"a\n",' * (block // 5), "row 1 has more than four million characters"),
        ("no\n" + "\n" * block, "expands to more than 200 times its size"),
    ):
        path.write_bytes(gzip.compress(piece.encode() * 3, compresslevel=1))
        assert why in why_not(path)


def test_one_endless_line_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(b"no\n\xff")
        for _part in range(300):
            packed.write(b"x" * 1_000_000)
    assert "line 2 is not encoded in utf-8" in why_not(path)


@pytest.mark.parametrize(
    "text", ["1E999999999", "-1e99999999", "1e-99999999", "9" * 5_000, "9" * 5_000 + "亿", "1e400"]
)
def test_a_number_that_would_be_written_out_in_memory(text: str) -> None:
    with pytest.raises(Refused):
        as_decimal(text, "staff", [])
