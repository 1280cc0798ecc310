"""Import profiles as data: which files there are, and what their rows become. ``profile_reading`` reads the TOML."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foundation.contributions.sheets import Target
from foundation.spreadsheets.reading import Layout

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_TIMES = (" %H:%M:%S", "T%H:%M:%S", " %H:%M", "T%H:%M")
DATE_FORMATS = (*_DAYS, *(day + time for time in _TIMES for day in _DAYS))
EARLIER_FORMATS = (*_DAYS, "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")  # what earlier versions took by default


@dataclass(frozen=True)
class Condition:
    """A condition on a row: ``holds(text, raw)`` gets the cleaned and the raw cell of one column."""

    column: str
    holds: Callable[[str, str], bool]


@dataclass(frozen=True)
class Rule:
    """Rows that meet all conditions, and the remark on them."""

    conditions: tuple[Condition, ...]
    say: str = ""
    column: str = ""


@dataclass(frozen=True)
class FieldSpec:
    """How one field is made from a row; docs/imports.md explains each attribute."""

    columns: tuple[str, ...] = ()
    how: str = "column"  # column | first_of | join | split | value
    glue: str = " "
    part: str = ""  # of a column to split: name | phone
    value: Any = None
    mapping: dict[str, Any] | None = None
    default: Any = None
    unknown: str = "warn"  # warn | accept | refuse
    on_error: str = "refuse"  # refuse | empty
    too_long: str = "cut"  # cut | refuse
    plus_days: str | int | None = None
    when: tuple[Condition, ...] = ()
    date_formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Correction:
    """Replaces a day that may not precede another one by that other day, with a warning."""

    field: str
    not_before: str


@dataclass(frozen=True)
class StationSpec:
    """How a row names the police station of an enterprise."""

    columns: tuple[str, ...]
    first: int = 0
    blank: str = ""
    name: str = "{code}"
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """The columns that identify a row of a file, also in later imports."""

    columns: tuple[str, ...]
    row_number: bool = False
    prefix: str = ""
    first_of: bool = False  # the first column that is not empty, not all of them
    optional: bool = False  # a row without a key is known again by what else it says


@dataclass(frozen=True)
class Record:
    """One record made from a row."""

    target: Target
    key: Key
    fields: dict[str, FieldSpec]
    keep: tuple[str, ...] = ()
    correct: tuple[Correction, ...] = ()
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class FileSpec:
    """One file, or sheet of a workbook, of a data set."""

    path: str
    record: Record
    layout: Layout
    also: tuple[Record, ...] = ()
    date_formats: tuple[str, ...] = DATE_FORMATS
    blank: frozenset[str] = frozenset()
    lenient: bool = False  # cells are read as people write them
    header_rows: int = 1
    station: StationSpec | None = None
    record_number: tuple[str, ...] = ()  # the column with the numbers of records here
    enterprise: tuple[str, ...] = ()
    enterprise_by: str = "key"  # key | credit_code | name
    inspection: tuple[str, ...] = ()
    inspection_prefix: str = ""
    repeats: str = "refuse"  # refuse | first
    skip: tuple[Rule, ...] = ()
    warn: tuple[Rule, ...] = ()
    unique: tuple[str, ...] = ()
    used: dict[str, str] = field(default_factory=dict)  # column → where the profile uses it

    @property
    def label(self) -> str:
        return f"{self.path} › {self.layout.sheet}" if self.layout.sheet else self.path


@dataclass(frozen=True)
class Profile:
    """How to read one data set."""

    name: str
    path: Path
    title: str
    bureau_name: str
    update: bool
    files: tuple[FileSpec, ...]
