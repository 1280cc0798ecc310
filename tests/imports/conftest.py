"""A small data set that each test changes as needed."""

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
from tests.sheets import xlsx

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
    """Build a spreadsheet with one visible sheet; ``hidden``: the rows of a hidden sheet before it."""
    return xlsx
