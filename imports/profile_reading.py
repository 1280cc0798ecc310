"""Reading profiles from TOML, reporting all mistakes at once."""

import codecs
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.contributions.sheets import Target, targets
from foundation.spreadsheets.reading import Layout
from foundation.suggestions import suggestion
from foundation.toml import NotToml, Table, read
from imports import cells
from imports.profile import (
    DATE_FORMATS,
    Condition,
    Correction,
    FieldSpec,
    FileSpec,
    Key,
    Profile,
    Record,
    Rule,
    StationSpec,
)
from imports.remarks import ImportFailed
from imports.targets import ENTERPRISE, codes, is_enterprise, rules_of

PARTS = ("name", "phone")
FOLDER = Path(__file__).parent / "profiles"


def names() -> list[str]:
    """Return the names of the shipped profiles."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name_or_path: str) -> Profile:
    """Return the profile with this name or path; raise ImportFailed with all its mistakes."""
    path = Path(name_or_path)
    if path.suffix != ".toml" and "/" not in name_or_path:
        path = FOLDER / f"{name_or_path}.toml"
        if not path.is_file():
            raise ImportFailed(
                _("There is no profile “%(name)s”.") % {"name": name_or_path}
                + f" {suggestion(name_or_path, names())} "
                + _("Give your own profile as a path that ends in .toml.")
            )
    try:
        content = read(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ImportFailed(
            _("The profile %(path)s cannot be read: %(why)s.") % {"path": path, "why": error.strerror}
        ) from error
    except (NotToml, UnicodeDecodeError) as error:
        raise ImportFailed(
            _("The profile %(path)s is not TOML: %(why)s") % {"path": path, "why": error}
        ) from error
    problems: list[str] = []
    profile = _profile(Table(content, "", problems), path)
    if problems:
        raise ImportFailed(
            _("The profile %(path)s has mistakes:") % {"path": path.name}
            + "".join(f"\n- {each}" for each in problems)
        )
    return profile


def file_spec(content: dict[str, Any]) -> FileSpec:
    """Return the file that one ``[[file]]`` describes; raise ImportFailed with all its mistakes."""
    problems: list[str] = []
    spec = _FileReading(Table(content, "", problems), 1).spec
    if problems:
        raise ImportFailed("\n".join(problems))
    return spec


def _profile(table: Table, path: Path) -> Profile:
    files = tuple(
        _FileReading(each, number).spec for number, each in enumerate(table.tables("file"), start=1)
    )
    if not files:
        table.problem(_("[[file]] is missing."))
    profile = Profile(
        name=path.stem,
        path=path,
        title=table.take("title", str, path.stem)[:200],
        bureau_name=table.take("bureau_name", str, "")[:120],
        update=table.take("update", bool, False),
        files=files,
    )
    if profile.update:
        for number, spec in enumerate(files, start=1):
            if any(record.key and record.key.row_number for record in (spec.record, *spec.also)):
                table.problem(
                    _(
                        "file %(number)s (%(file)s): “row_number” and “update” exclude each other. An inserted row "
                        "shifts all later rows of its key, so each would overwrite the record of another one. Name "
                        "columns that identify a row, or leave “update” out."
                    )
                    % {"number": number, "file": spec.path}
                )
    table.done()
    return profile


class _FileReading:
    """Reads one ``[[file]]`` and collects the columns it uses."""

    def __init__(self, table: Table, number: int) -> None:
        path = table.take("path", str, "", needed=True)
        table.where = f"file {number} ({path})"
        self.table = table
        self.used: dict[str, str] = {}
        self.date_formats = table.texts("date_formats") or DATE_FORMATS
        if path and (Path(path).is_absolute() or ".." in Path(path).parts):
            table.problem(_("“path” must be inside the data folder."))
        target = self._target(table)
        prefix = table.take("key_prefix", str, "")
        self.record_number = self._columns(table, "record_number")
        enterprise, by = self._enterprise(target)
        inspection = self._inspection(target)
        record = self._record(table, target, self._key(table, target, prefix, needed=True))
        self.spec = FileSpec(
            path=path,
            record=record,
            also=tuple(self._also(each, record, prefix) for each in table.tables("also")),
            layout=self._layout(table),
            date_formats=self.date_formats,
            blank=frozenset(each.casefold() for each in table.texts("blank")),
            lenient=table.one_of("cells", ("strict", "lenient"), "strict") == "lenient",
            header_rows=min(3, max(1, table.take("header_rows", int, 1))),
            station=self._station(target),
            record_number=self.record_number,
            enterprise=enterprise,
            enterprise_by=by,
            inspection=inspection,
            inspection_prefix=table.take("inspection_prefix", str, prefix),
            repeats=table.one_of("repeats", ("refuse", "first"), "refuse"),
            skip=tuple(self._rule(each) for each in table.tables("skip")),
            warn=tuple(self._rule(each) for each in table.tables("warn")),
            unique=self._columns(table, "warn_repeated"),
            used=self.used,
        )
        table.done()

    # --- what a row becomes ---------------------------------------------------------------------------------------

    def _target(self, table: Table) -> Target:
        return targets[table.one_of("becomes", codes(), None) or ENTERPRISE]

    def _record(self, table: Table, target: Target, key: Key, when: tuple[Condition, ...] = ()) -> Record:
        fields: dict[str, FieldSpec] = {}
        if (below := table.table("fields")) is not None:
            for name in list(below.content):
                below.expect(name)
                if name not in target.fields:
                    below.problem(
                        _("%(kind)s has no field “%(name)s”.") % {"kind": target.code, "name": name}
                        + f" {suggestion(name, target.fields)}"
                    )
                    continue
                fields[name] = self._field(below, name, target)
        for name in target.required:
            if name not in fields and not self.record_number:
                table.problem(_("“fields” must include “%(name)s”.") % {"name": name})
        keep = self._columns(table, "keep")
        if keep and not target.keeps_columns:
            table.problem(
                _("“keep”: %(kind)s cannot keep source columns; put them into “note”.")
                % {"kind": target.code}
            )
        correct = tuple(self._correction(each, target) for each in table.tables("correct"))
        return Record(target, key, fields, keep, correct, when)

    def _also(self, table: Table, record: Record, prefix: str) -> Record:
        target = self._target(table)
        if is_enterprise(target):
            table.problem(_("“also” cannot create an enterprise; list the file a second time instead."))
        when = self._conditions(table, "when")
        key = self._key(table, target, table.take("key_prefix", str, prefix)) or record.key
        found = self._record(table, target, key, when)
        table.done()
        return found

    def _field(self, fields: Table, name: str, target: Target) -> FieldSpec:
        field = target.fields[name]
        if isinstance(fields.content[name], str):
            column = fields.content[name]
            self.used.setdefault(column, f"fields › {name}")
            return FieldSpec(columns=(column,), date_formats=self.date_formats)
        if not isinstance(fields.content[name], dict):
            fields.problem(_("“%(key)s” must be a column or a table.") % {"key": name})
            return FieldSpec()
        table = Table(fields.content[name], f"{fields.where} › {name}", fields.problems)
        sources = [key for key in ("column", "first_of", "join", "split", "value") if key in table.content]
        if len(sources) != 1:
            table.problem(_("needs exactly one of “column”, “first_of”, “join”, “split” and “value”."))
        how = sources[0] if sources else "column"
        columns = () if how == "value" else self._columns(table, how)
        table.expect("column", "first_of", "join", "split")
        part = table.one_of("part", PARTS, None) if how == "split" else ""
        if how == "split" and len(columns) > 1:
            table.problem(_("“split” takes one column."))
        plus_days = table.take("plus_days", (str, int))
        if isinstance(plus_days, str):
            self.used.setdefault(plus_days, f"fields › {name} › plus_days")
        if plus_days is not None and field.get_internal_type() != "DateField":
            table.problem(_("“plus_days” works for dates only."))
        mapping = table.take("map", dict)
        spec = FieldSpec(
            columns=columns,
            how=how,
            glue=table.take("with", str, " "),
            part=part or "",
            value=table.take("value", (str, int, bool)),
            mapping=None
            if mapping is None
            else {key.strip().casefold(): value for key, value in mapping.items()},
            default=table.take("default", (str, int, bool)),
            unknown=table.one_of("unknown", ("warn", "accept", "refuse"), "warn"),
            on_error=table.one_of("on_error", ("refuse", "empty"), "refuse"),
            too_long=table.one_of("too_long", ("cut", "refuse"), "cut"),
            plus_days=plus_days,
            when=self._conditions(table, "when"),
            date_formats=table.texts("date_formats") or self.date_formats,
        )
        if spec.on_error == "empty" and name in target.required:
            table.problem(_("“on_error”: this field must not be empty."))
        for value in (spec.value, spec.default, *(mapping or {}).values()):
            self._check_value(table, field, value, spec)
        table.done()
        return spec

    def _check_value(self, table: Table, field: Any, value: Any, spec: FieldSpec) -> None:
        if value is None or value == "":
            return
        if not isinstance(value, str | int | bool):
            table.problem(_("the values of “map” must be strings, numbers, true or false."))
        elif field.choices and str(value) not in {key for key, _label in field.flatchoices}:
            table.problem(
                _("“%(value)s” is not one of the values of this field.") % {"value": value}
                + f" {suggestion(str(value), [key for key, _label in field.flatchoices])}"
            )
        elif field.get_internal_type() == "DateField":
            if cells.day(str(value), spec.date_formats) is None:
                table.problem(_("“%(value)s” is not a date in any format of the profile.") % {"value": value})
        else:
            try:
                for rule in rules_of(field):
                    rule(value)
            except (ValidationError, TypeError):
                table.problem(_("“%(value)s” is not valid for this field.") % {"value": value})

    def _correction(self, table: Table, target: Target) -> Correction:
        names = []
        for key in ("field", "not_before"):
            name = table.take(key, str, "", needed=True)
            if name and (name not in target.fields or target.fields[name].get_internal_type() != "DateField"):
                table.problem(
                    _("“%(key)s”: “%(name)s” is not a date field of %(kind)s.")
                    % {"key": key, "name": name, "kind": target.code}
                )
            names.append(name)
        table.done()
        return Correction(*names)

    # --- keys and references --------------------------------------------------------------------------------------

    def _key(self, table: Table, target: Target, prefix: str, *, needed: bool = False) -> Any:
        if isinstance(table.content.get("key"), dict):
            below = table.table("key")
            assert below is not None
            optional = below.take("optional", bool, False)
            key = Key(
                self._columns(below, "columns", needed=not optional),
                below.take("row_number", bool, False),
                prefix,
                below.take("first_of", bool, False),
                optional,
            )
            below.done()
        else:
            columns = self._columns(table, "key", needed=needed)
            if not columns and not needed:
                return None
            key = Key(columns, False, prefix)
        return replace(key, prefix="") if is_enterprise(target) else key

    def _enterprise(self, target: Target) -> tuple[tuple[str, ...], str]:
        if is_enterprise(target) or not target.of_enterprise:
            return (), "key"
        if isinstance(self.table.content.get("enterprise"), dict):
            below = self.table.table("enterprise")
            assert below is not None
            columns = self._columns(below, "columns", needed=True)
            by = below.one_of("by", ("key", "credit_code", "name"), "key")
            below.done()
            return columns, by
        return self._columns(self.table, "enterprise", needed=not self.record_number), "key"

    def _inspection(self, target: Target) -> tuple[str, ...]:
        also = self.table.content.get("also", [])
        others = {
            each.get("becomes")
            for each in (also if isinstance(also, list) else [also])
            if isinstance(each, dict)
        }
        codes = [code for code in (target.code, *others) if isinstance(code, str)]
        pointing = [each for code in codes if (each := targets.get(code)) and each.reference]
        return self._columns(self.table, "inspection") if pointing else ()

    def _station(self, target: Target) -> StationSpec | None:
        if not is_enterprise(target):
            return None
        below = self.table.table("station")
        if below is None:
            self.table.problem(
                _("“station” is missing: say which column names the police station of an enterprise.")
            )
            return None
        codes = below.take("codes", dict, {})
        spec = StationSpec(
            columns=self._columns(below, "column"),
            first=below.take("first", int, 0),
            blank=below.take("blank", str, ""),
            name=below.take("name", str, "{code}"),
            codes={str(key).strip(): str(value) for key, value in codes.items()},
        )
        if not spec.columns and not spec.blank:
            below.problem(_("needs a “column”, or “blank” as the one station of all rows."))
        below.done()
        return spec

    def _rule(self, table: Table) -> Rule:
        conditions = self._conditions(table, "when", needed=True)
        rule = Rule(conditions, table.take("say", str, ""), conditions[0].column if conditions else "")
        table.done()
        return rule

    def _conditions(self, table: Table, key: str, *, needed: bool = False) -> tuple[Condition, ...]:
        found = tuple(self._condition(each) for each in table.tables(key))
        if needed and not found:
            table.problem(_("“%(key)s” is missing.") % {"key": key})
        return found

    def _condition(self, table: Table) -> Condition:
        column = table.take("column", str, "", needed=True)
        if column:
            self.used.setdefault(column, table.where.split(" › ", 1)[-1])
        questions = []
        for key in ("equals", "contains", "begins"):
            if wanted := tuple(each.casefold() for each in table.texts(key)):
                questions.append(_COMPARE[key](wanted))
        if pattern := table.take("matches", str):
            try:
                compiled = re.compile(pattern, re.IGNORECASE)
            except re.error as error:
                table.problem(_("“matches” is not a valid regular expression: %(why)s.") % {"why": error})
            else:
                questions.append(lambda text, _raw: bool(compiled.fullmatch(text)))
        for key, before in (("before", True), ("after", False)):
            if (limit := table.take(key, str)) is not None:
                questions.append(self._compare_day(table, limit, before))
        if (blank := table.take("blank", bool)) is not None:
            questions.append(lambda text, _raw: (not text) is blank)
        if (padded := table.take("padded", bool)) is not None:
            questions.append(lambda _text, raw: (raw != raw.strip()) is padded)
        opposite = table.take("not", bool, False)
        if len(questions) != 1:
            table.problem(
                _(
                    "needs exactly one condition: equals, contains, begins, matches, before, "
                    "after, blank or padded."
                )
            )
            questions = [lambda _text, _raw: False]
        table.done()
        (ask,) = questions
        return Condition(column, (lambda text, raw: not ask(text, raw)) if opposite else ask)

    def _compare_day(self, table: Table, limit: str, before: bool) -> Any:
        day = cells.day(limit, ("%Y-%m-%d",))
        if day is None:
            table.problem(_("write the date as 2026-03-31, not “%(value)s”.") % {"value": limit})
        formats = tuple(self.date_formats)

        def ask(text: str, _raw: str) -> bool:
            found = cells.day(text, formats) if text and day else None
            return found is not None and day is not None and (found < day if before else found > day)

        return ask

    # --- file format ----------------------------------------------------------------------------------------------

    def _layout(self, table: Table) -> Layout:
        return Layout(
            sheet=table.take("sheet", str, ""),
            encoding=self._encoding(),
            delimiter=self._delimiter(),
            strict_quotes=table.one_of("quotes", ("strict", "lenient"), "strict") == "strict",
            header_row=max(1, table.take("header_row", int, 1)),
        )

    def _encoding(self) -> str:
        name = self.table.take("encoding", str, "utf-8")
        try:
            found = codecs.lookup(name).name
        except LookupError:
            self.table.problem(
                _("unknown encoding “%(name)s”; common ones are utf-8, gb18030, latin-1.") % {"name": name}
            )
            return "utf-8-sig"
        return "utf-8-sig" if found == "utf-8" else found

    def _delimiter(self) -> str:
        value = self.table.take("delimiter", str, ",")
        if len(value) != 1 or value in '"\r\n':
            self.table.problem(_('“delimiter” must be one character, for example ",", ";" or "\\t".'))
            return ","
        return value

    def _columns(self, table: Table, key: str, *, needed: bool = False) -> tuple[str, ...]:
        columns = table.texts(key, needed=needed)
        for column in columns:
            where = f"{table.where} › {key}"
            self.used.setdefault(column, where.split(" › ", 1)[-1])
        return columns


_COMPARE = {
    "equals": lambda wanted: lambda text, _raw: text.casefold() in wanted,
    "contains": lambda wanted: lambda text, _raw: any(part in text.casefold() for part in wanted),
    "begins": lambda wanted: lambda text, _raw: text.casefold().startswith(wanted),
}
