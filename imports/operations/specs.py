"""The profile that the confirmed columns of a sheet are: what its rows are imported with, and the same as a file."""

from dataclasses import replace

from foundation.contributions.sheets import targets
from imports.layouts import Table
from imports.models import Upload
from imports.operations.organisations import OwnStations
from imports.operations.uploads import columns_of
from imports.profile import FileSpec
from imports.profile_writing import Options, spec_of, toml_of


def spec_for(sheet: Upload, stations: OwnStations) -> FileSpec:
    """Return the profile of a sheet. Its remarks name the file as the person called it."""
    found = spec_of(targets[sheet.kind], _table(sheet), columns_of(sheet), _options(sheet, stations))
    return replace(found, path=sheet.file_name, layout=replace(found.layout, sheet=""))


def profile_of(sheet: Upload, stations: OwnStations) -> str:
    """Return the profile of a sheet as a file, with which ``import_records`` imports the same."""
    return toml_of(targets[sheet.kind], _table(sheet), columns_of(sheet), _options(sheet, stations))


def _table(sheet: Upload) -> Table:
    rows = tuple(sheet.layout["header_rows"])
    return Table(rows, sheet.header, sheet.layout["first_row"], None, ())


def _options(sheet: Upload, stations: OwnStations) -> Options:
    return Options(
        path="sheet",
        title=sheet.file_name,
        bureau_name=stations.bureau.name,
        sheet=sheet.layout.get("sheet", ""),
        encoding=sheet.outline.get("encoding") or "utf-8",
        delimiter=sheet.outline.get("delimiter") or ",",
        station=stations.own_code,
    )
