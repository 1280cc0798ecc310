"""Profiles written from confirmed columns: what a page imports with, and the same as a file for ``import_records``.

A profile is made as the content of a ``[[file]]`` table and read by ``profile_reading``, so there is one meaning of it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.contributions.sheets import Target
from imports.contents import BLANK
from imports.layouts import Table
from imports.naming import ENTERPRISE_BY, KEY, RECORD, STATION
from imports.profile import FileSpec
from imports.profile_reading import PARTS, file_spec
from imports.proposing import Column
from imports.targets import is_enterprise

_GLUE = " "


@dataclass(frozen=True)
class Options:
    """What a profile has besides its columns.

    ``station`` is that of enterprises without one in their row, ``key`` the columns that identify a row if no column is
    mapped as its key.
    """

    path: str
    title: str = ""
    bureau_name: str = ""
    update: bool = False
    sheet: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    station: str = ""
    key: tuple[str, ...] = ()
    key_prefix: str = ""
    repeats: str = "refuse"


def spec_of(target: Target, table: Table, columns: Sequence[Column], options: Options) -> FileSpec:
    """Return the file as the importer reads it. Raise ImportFailed with what is missing: a required field, a station."""
    return file_spec(content_of(target, table, columns, options))


def toml_of(target: Target, table: Table, columns: Sequence[Column], options: Options) -> str:
    """Return the profile as a TOML text that ``profile_reading.load`` reads to the same file."""
    lines = [f"{name} = {_value(value)}" for name, value in _top(options)]
    lines += ["", *_table("file", content_of(target, table, columns, options), is_list=True)]
    return "\n".join(lines) + "\n"


def content_of(target: Target, table: Table, columns: Sequence[Column], options: Options) -> dict[str, Any]:
    """Return the content of the ``[[file]]`` table."""
    sources = _sources(columns)
    content: dict[str, Any] = {
        "path": options.path,
        "becomes": target.code,
        "cells": "lenient",
        "blank": list(BLANK),
    }
    content |= {
        name: value
        for name, value, usual in (
            ("sheet", options.sheet, ""),
            ("encoding", options.encoding, "utf-8"),
            ("delimiter", options.delimiter, ","),
            ("header_row", table.header_rows[0] if table.header_rows else 1, 1),
            ("header_rows", max(1, len(table.header_rows)), 1),
            ("repeats", options.repeats, "refuse"),
            ("key_prefix", options.key_prefix, ""),
        )
        if value != usual
    }
    content["key"] = _key(sources, options)
    if RECORD in sources:
        content["record_number"] = _names(sources[RECORD])[0]
    if is_enterprise(target):
        content["station"] = _station(sources, options)
    else:
        by = next((each for each in ENTERPRISE_BY if each in sources), None)
        if by:
            content["enterprise"] = {"columns": _names(sources[by]), "by": ENTERPRISE_BY[by]}
        if target.reference in sources:
            content["inspection"] = _names(sources[target.reference])
    kept = [each.name for each in columns if each.position >= 0 and not each.becomes and each.name]
    if (
        kept and target.keeps_columns and RECORD not in sources
    ):  # what a list shows beside its fields is no source
        content["keep"] = kept
    content["fields"] = {name: _field(name, sources[name]) for name in target.fields if name in sources}
    return content


def _sources(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """Return the columns of each field, in the order of the file."""
    found: dict[str, list[Column]] = {}
    for column in sorted(columns, key=lambda each: each.position):
        for name in column.becomes:
            found.setdefault(name, []).append(column)
    return found


def _names(columns: Iterable[Column]) -> list[str]:
    return [each.name for each in columns if each.how != "fixed"]


def _key(sources: dict[str, list[Column]], options: Options) -> Any:
    """Return what identifies a row: the column with its number, if it has one.

    A row without is known again by an enterprise's credit code, or by what it says (:class:`Target`, ``alike``).
    """
    if options.key:
        return list(options.key)
    own = _names(sources.get(KEY, ()))
    return {"columns": own, "optional": True} if own else {"optional": True}


def _station(sources: dict[str, list[Column]], options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if names := _names(sources.get(STATION, ())):
        found["column"] = names
    if options.station:
        found["blank"] = options.station
    return found


def _field(name: str, columns: list[Column]) -> Any:
    first = columns[0]
    if first.how == "fixed":
        return {"value": first.mapping.get("", "")}
    if first.how == "split":
        return {"split": first.name, "part": PARTS[first.becomes.index(name)]}
    mapping = {key: value for column in columns for key, value in column.mapping.items() if value}
    names = _names(columns)
    if len(names) == 1:
        content: dict[str, Any] = {"column": names[0]}
    elif first.how == "join":
        content = {"join": names, "with": _GLUE}
    else:
        content = {"first_of": names}
    if first.how == "map":
        content |= {"map": mapping, "unknown": "accept"}  # what the field reads by itself is not listed
    return content if len(content) > 1 or "column" not in content else names[0]


# --- TOML ---------------------------------------------------------------------------------------------------------------


def _top(options: Options) -> list[tuple[str, Any]]:
    found = (("title", options.title), ("bureau_name", options.bureau_name), ("update", options.update))
    return [(name, value) for name, value in found if value]


def _table(path: str, content: dict[str, Any], *, is_list: bool = False) -> list[str]:
    """Return the lines of a table: its values, then the tables below it."""
    lines = [f"[[{path}]]" if is_list else f"[{path}]"]
    lines += [
        f"{_text(name)} = {_value(value)}" for name, value in content.items() if not isinstance(value, dict)
    ]
    for name, value in content.items():
        if isinstance(value, dict):
            lines += ["", *_table(f"{path}.{_text(name)}", value)]
    return lines


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    return "[" + ", ".join(map(_value, value)) + "]"


def _text(name: str) -> str:
    """Return a key, quoted unless it is plain."""
    return name if name.isascii() and name.replace("_", "").isalnum() else _quoted(name)


def _quoted(text: str) -> str:
    # JSON escapes what TOML does, but for DEL
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
