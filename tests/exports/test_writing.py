"""The files themselves: what a spreadsheet makes of them."""

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.spreadsheets.writing import FILES, LONGEST_TEXT, harmless, sheet_name, width_of
from tests.exports.reading import lines_of, rows_of, sheets_of

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "http://example.org",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    "=HYPERLINK(1)",
]
MOMENT = dt.datetime(2026, 10, 4, 16, 30, tzinfo=dt.UTC)


def made(kind: str, rows: list[list[Any]], folder: Path, title: str = "List") -> bytes:
    path = folder / "file"
    with FILES[kind](path, title, [f"Column {number}" for number in range(len(rows[0]))]) as file:
        file.add(rows)
        file.tell([("By", "Zhou"), ("Made", MOMENT)])
    return path.read_bytes()


def test_numbers_days_and_texts_stay_what_they_are(tmp_path: Path) -> None:
    row = [
        12,
        Decimal("78.5"),
        dt.date(2026, 10, 4),
        MOMENT,
        "91510502198901011X",
        "0042",
        None,
        123456789012345678,
    ]
    [_header, cells] = rows_of(made("xlsx", [row], tmp_path))
    assert cells == [
        12.0,
        78.5,
        dt.date(2026, 10, 4),
        dt.datetime(2026, 10, 5, 0, 30),
        "91510502198901011X",
        "0042",
        "",
        "123456789012345678",
    ]
    [_header, line] = lines_of(made("csv", [row], tmp_path))
    assert line == [
        "12",
        "78.5",
        "2026-10-04",
        "2026-10-05 00:30",
        "91510502198901011X",
        "0042",
        "",
        "123456789012345678",
    ]


def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    content = made("xlsx", [[text] for text in HOSTILE], tmp_path)
    (tmp_path / "book.xlsx").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert not [name for name, part in parts.items() if b"<f>" in part or b"<hyperlink" in part]
    assert [row[0].strip() for row in rows_of(content)[1:]] == [text.strip() for text in HOSTILE]
    for [cell] in lines_of(made("csv", [[text] for text in HOSTILE], tmp_path))[1:]:
        assert cell[0] not in "=+-@\t\r\n＝"


def test_a_plain_number_keeps_its_sign() -> None:
    assert harmless("-12") == "-12"
    assert harmless("+86 138") == "'+86 138"


def test_the_header_stays_in_view_and_columns_have_room(tmp_path: Path) -> None:
    made("xlsx", [["清河机械厂有限责任公司", 1]], tmp_path)
    with zipfile.ZipFile(tmp_path / "file") as book:
        sheet = book.read("xl/worksheets/sheet2.xml").decode()
    assert 'topLeftCell="A2"' in sheet
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:B2"/>' in sheet
    assert 'min="1" max="1" width="23' in sheet
    assert width_of("清河 12") == 7


def test_a_text_is_cut_where_excel_ends(tmp_path: Path) -> None:
    [_header, [cell]] = rows_of(made("xlsx", [["安" * 40_000]], tmp_path))
    assert len(cell) == LONGEST_TEXT


@pytest.mark.parametrize("title", ["About this list", "History", "a/b:c*d?[e]", "'", "", "长" * 50])
def test_every_title_names_a_sheet(title: str, tmp_path: Path) -> None:
    assert len(sheets_of(made("xlsx", [[1]], tmp_path, title))) == 2


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_names_of_sheets_are_legal(text: str) -> None:
    name = sheet_name(text, taken="Taken")
    assert 0 < len(name) <= 31
    assert not set(name) & set("[]:*?/\\")
    assert name[0] != "'" != name[-1]
    assert name.casefold() != "taken"
