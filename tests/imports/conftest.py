"""A small data set that each test changes as needed."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from foundation.accounts.actors import system_actor
from foundation.accounts.models import Bureau
from foundation.accounts.selectors import stations_of
from foundation.tenancy.scope import station_scope
from imports.operations import Result, run_import
from imports.profile_reading import load
from imports.remarks import Report

COMMAND = system_actor(bureau_id=0)

PROFILE = """
title = "Test"
{top}
[[file]]
path = "firms.csv"
becomes = "enterprise"
key = "no"
{firms}
[file.station]
column = "station"
blank = "rest"
[file.fields]
name = "name"
{firm_fields}
[[file]]
path = "checks.csv"
becomes = "inspection"
key = "id"
enterprise = "no"
{checks}
[file.fields]
inspected_on = "day"
conclusion = {{ column = "ok", map = {{ yes = "qualified", no = "rectify" }}, default = "" }}
note = "note"
{check_fields}
"""
FIRMS = "no,name,station,code\n1,Lotus,N01,\n2,Lamp,S01,\n3,Harbour,,\n"
CHECKS = "id,no,day,ok,note\na,1,2025-02-03,yes,fine\nb,2,2025-02-04,no,\nc,3,2025/02/05,,\n"


class DataSet:
    """A folder with two files and a profile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("firms.csv", FIRMS)
        self.write("checks.csv", CHECKS)
        self.profile()

    def write(self, name: str, content: str | bytes) -> None:
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def profile(self, **parts: str) -> None:
        names = ("top", "firms", "firm_fields", "checks", "check_fields")
        self.write("own.toml", PROFILE.format(**{name: parts.get(name, "") for name in names}))

    @property
    def path(self) -> str:
        return str(self.folder / "own.toml")

    def run(self, bureau: str = "B1", report: Path | None = None, **options: Any) -> Result:
        told = Report(report)
        try:
            result = run_import(
                actor=COMMAND,
                profile=load(self.path),
                folder=self.folder,
                bureau_code=bureau,
                report=told,
                **options,
            )
        finally:
            told.close()
        result.kept = told.kept
        return result


@pytest.fixture
def data_set(db: None, tmp_path: Path) -> DataSet:
    return DataSet(tmp_path)


@contextmanager
def bureau_scope(code: str = "B1") -> Iterator[Bureau]:
    bureau = Bureau.objects.get(code=code)
    with station_scope(system_actor(bureau_id=bureau.pk, stations=stations_of(bureau.pk)).scope()):
        yield bureau


@pytest.fixture
def query() -> Callable[..., list[tuple]]:
    """Run plain SQL in the scope of a bureau."""

    def ask(sql: str, bureau: str = "B1") -> list[tuple]:
        with bureau_scope(bureau), connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    return ask


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Build a spreadsheet with one visible sheet from its few parts; no dependency of ours writes spreadsheets.

    ``hidden``: the rows of a hidden sheet before it.
    """

    def make(rows: list[list[Any]], hidden: list[list[Any]] | None = None) -> bytes:
        def cell(value: Any) -> str:
            if isinstance(value, str) and value.startswith("#"):
                return f'<c t="e"><v>{value}</v></c>'
            if isinstance(value, dt.date):
                return f'<c s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
            if isinstance(value, int):
                return f"<c><v>{value}</v></c>"
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'

        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

        def sheet(rows: list[list[Any]]) -> str:
            lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            return f"<worksheet {main}><sheetData>{lines}</sheetData></worksheet>"

        old = '<sheet name="Old" sheetId="2" state="hidden" r:id="r3"/>' if hidden else ""
        parts = {
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {main} xmlns:r="{kind}"><sheets>{old}<sheet name="Data" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships"><Relationship Id="r1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{kind}/styles" Target="styles.xml"/>'
            f'<Relationship Id="r3" Type="{kind}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
            "xl/styles.xml": f'<styleSheet {main}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
            "xl/worksheets/sheet1.xml": sheet(rows),
            "xl/worksheets/sheet2.xml": sheet(hidden or []),
        }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, text in parts.items():
                archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
        return packed.getvalue()

    return make
