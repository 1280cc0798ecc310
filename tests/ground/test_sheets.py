"""Sheets of every format read alike; an unreadable one raises an error with reason, file and row."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from foundation.spreadsheets.reading import Layout, Sheet, open_sheet
from foundation.spreadsheets.unreadable import StrayText, Unreadable, WrongEncoding
from tests.imports.conftest import workbook  # noqa: F401

TEXT = "no,name\n1,Lotus\n\n2,Lamp\n"
ROWS = [(2, ["1", "Lotus"]), (4, ["2", "Lamp"])]


def opened(folder: Path, name: str, content: str | bytes, **layout: Any) -> Sheet:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_sheet(path, Layout(**layout), label=f"the file {name}")


@pytest.mark.parametrize(
    ("name", "content", "layout"),
    [
        ("a.csv", TEXT, {}),
        ("a.txt", "\ufeff" + TEXT, {}),
        ("A.CSV.GZ", gzip.compress(TEXT.encode(), mtime=0), {}),
        ("a.csv", TEXT.replace(",", ";"), {"delimiter": ";"}),
        ("a.csv", TEXT.encode("utf-16"), {"encoding": "utf-16"}),
    ],
)
def test_text_is_read_row_by_row(
    tmp_path: Path, name: str, content: str | bytes, layout: dict[str, Any]
) -> None:
    with opened(tmp_path, name, content, **layout) as sheet:
        assert sheet.header == ["no", "name"]
        assert list(sheet.rows()) == ROWS
        assert sheet.position == sheet.size > 0


def test_a_workbook_reads_like_text(tmp_path: Path, workbook: Any) -> None:  # noqa: F811
    with opened(
        tmp_path, "a.xlsx", workbook([["no", "name", ""], [1, "Lotus"], ["", ""], [2, "Lamp"]])
    ) as sheet:
        assert sheet.header == ["no", "name"]
        assert [(number, cells[:2]) for number, cells in sheet.rows()] == ROWS
    with pytest.raises(
        Unreadable, match=r"the file a.xlsx cannot be read: there is no sheet “Dota”. Did you mean “Data”\?"
    ):
        opened(tmp_path, "a.xlsx", workbook([["no"]]), sheet="Dota")


def test_lines_above_the_header_are_passed_over(tmp_path: Path, workbook: Any) -> None:  # noqa: F811
    with opened(tmp_path, "a.csv", "Register of 2026\n" + TEXT, header_row=2) as sheet:
        assert (sheet.header, next(sheet.rows())) == (["no", "name"], (3, ["1", "Lotus"]))
    with opened(
        tmp_path, "a.xlsx", workbook([["Register"], ["no", "name"], [1, "Lotus"]]), header_row=2
    ) as sheet:
        assert (sheet.header, next(sheet.rows())) == (["no", "name"], (3, ["1", "Lotus"]))


@pytest.mark.parametrize(
    ("name", "content", "kind", "why"),
    [
        ("a.csv", "", Unreadable, "row 1, where the header should be, is empty."),
        ("a.csv", TEXT.encode() + b"3,\xff\n", WrongEncoding, "line 5 is not encoded in utf-8."),
        (
            "a.csv.gz",
            gzip.compress(TEXT.encode() + b"3,\xff\n", mtime=0),
            WrongEncoding,
            "line 5 is not encoded in utf-8.",
        ),
        ("a.csv", TEXT + '3,"x" y\n', StrayText, "row 5 has text after a closing quotation mark."),
        ("a.csv", TEXT + '3,"x', Unreadable, "it ends inside a quoted value that begins in row 5."),
        (
            "a.csv.gz",
            gzip.compress(TEXT.encode() * 9000, mtime=0)[:-20],
            Unreadable,
            "the compressed file is damaged",
        ),
        ("a.xlsx", TEXT, Unreadable, "it is not a spreadsheet"),
    ],
)
def test_what_cannot_be_read_says_why(
    tmp_path: Path, name: str, content: str | bytes, kind: type[Unreadable], why: str
) -> None:
    with pytest.raises(Unreadable) as caught, opened(tmp_path, name, content) as sheet:
        list(sheet.rows())
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"the file {name} cannot be read: {why}")


def test_text_after_a_quotation_is_read_where_quotes_are_lenient(tmp_path: Path) -> None:
    with opened(tmp_path, "a.csv", TEXT + '3,"x" y\n', strict_quotes=False) as sheet:
        assert list(sheet.rows())[-1] == (5, ["3", "x y"])


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="the register cannot be read: No such file"):
        open_sheet(tmp_path / "missing.csv", Layout(), label="the register")
