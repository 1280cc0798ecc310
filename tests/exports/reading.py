"""What a person takes away from a list, read as a spreadsheet reads it."""

import csv
import io
from typing import Any

import python_calamine
from django.http import HttpResponse
from django.test import Client


def taken(client: Client, path: str, kind: str = "xlsx", **fields: Any) -> HttpResponse:
    """Return the answer to the button of a list."""
    return client.post(path, {"download": kind} | fields)


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the cells of every sheet of a workbook, by the sheet's name."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def rows_of(content: bytes) -> list[list[Any]]:
    """Return the cells of the list in a workbook, its header first."""
    return list(sheets_of(content).values())[1]


def about(content: bytes) -> dict[str, Any]:
    """Return what the first sheet says, by label."""
    return {row[0]: row[1] for row in next(iter(sheets_of(content).values()))}


def lines_of(content: bytes) -> list[list[str]]:
    """Return the cells of a CSV file."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
