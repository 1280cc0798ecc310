"""Columns that are sealed at rest (:mod:`foundation.sealing`): plain in Python, unreadable in a dump of the database.

What was read and is saved again stays what the database has, so a row whose key is gone loses nothing, and a trigger that keeps
columns as they were sees no change. Rows of earlier versions are read as they are. A sealed column cannot be searched.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import structlog
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations, models
from django.db.models.lookups import Exact

from foundation.sealing import UnreadableSecret, seal, unseal

logger = structlog.get_logger(__name__)
UNREADABLE = "***"  # shown in the place of a text whose key is gone
TOKEN = "gAAAAA"  # how what is sealed begins
SEALED = "sealed"  # the one key of a sealed object
BATCH = 500  # rows that a migration holds at once: minutes have 20,000 characters


class SealedText(str):
    """A text as it was read, with what the database has of it."""

    stored: str
    purpose: str
    is_readable: bool


class SealedObject(dict[str, Any]):
    """An object as it was read, with what the database has of it. One whose key is gone is empty."""

    stored: str
    purpose: str
    text: str
    is_readable: bool

    @property
    def is_as_read(self) -> bool:
        """Whether nobody has changed it since."""
        return self == (json.loads(self.text) if self.text else {})


def is_unreadable(value: object) -> bool:
    """Return whether a value was read from a sealed column whose key is gone."""
    return isinstance(value, SealedText | SealedObject) and not value.is_readable


@cache
def _say_unreadable(column: str) -> None:
    """Log it once for each column in each process: a page may have hundreds."""
    logger.error("a column cannot be unsealed", column=column, hint="SECRET_KEY_FALLBACKS")


class _IsNothing(Exact):
    """The one comparison of a sealed text: with nothing. The same text is sealed otherwise each time, so no other one is ever true."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError(
                f"{self.lhs.output_field} is sealed: compare it in Python, or use a blind index."
            )
        return self.rhs


class _Sealed(models.Field):
    """What both kinds of columns have in common: ``purpose`` names the key. Only whether there is something can be asked."""

    def __init__(self, *args: Any, purpose: str = "", **options: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"purpose": self.purpose}

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> Any:
        return None

    def opened(self, token: str) -> str | None:
        """Return what a token seals; None if its key is gone."""
        try:
            return unseal(token, purpose=self.purpose)
        except UnreadableSecret:  # the rest of the page stays readable
            _say_unreadable(str(self))
            return None


class SealedTextField(_Sealed, models.TextField):
    """A text that is sealed at rest. Nothing stays nothing, so that the database can tell."""

    def get_lookup(self, lookup_name: str) -> Any:
        return _IsNothing if lookup_name == "exact" else super().get_lookup(lookup_name)

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return self.read(value)

    def read(self, value: str | None) -> str | None:
        """Return a text as the database has it, opened: of a row that was read otherwise than by its column."""
        if not value or not value.startswith(TOKEN):
            return value
        plain = self.opened(value)
        found = SealedText(UNREADABLE if plain is None else plain)
        found.stored, found.purpose, found.is_readable = value, self.purpose, plain is not None
        return found

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal a text once: the same row saved again, without having been read, has what the database has."""
        value = super().pre_save(model_instance, add)
        if type(value) is not str or not value:
            return value
        found = SealedText(value)
        found.stored, found.purpose, found.is_readable = self.get_prep_value(value), self.purpose, True
        setattr(model_instance, self.attname, found)
        return found

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, SealedText) and value.purpose == self.purpose:
            return value.stored
        text = super().get_prep_value(value)
        return seal(str(text), purpose=self.purpose) if text else text


class SealedJSONField(_Sealed, models.JSONField):
    """An object that is sealed at rest."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        if not isinstance(found, dict) or found.keys() != {SEALED}:
            return found
        text = self.opened(found[SEALED])
        opened = SealedObject(json.loads(text) if text is not None else {})
        opened.stored, opened.purpose, opened.text = found[SEALED], self.purpose, text or ""
        opened.is_readable = text is not None
        return opened

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seal an object once: the same row saved again, without having been read, has what the database has."""
        value = super().pre_save(model_instance, add)
        if type(value) is not dict:
            return value
        found = SealedObject(value)
        found.text, found.purpose, found.is_readable = self._as_text(value), self.purpose, True
        found.stored = seal(found.text, purpose=self.purpose)
        setattr(model_instance, self.attname, found)
        return found

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        if isinstance(value, SealedObject) and value.purpose == self.purpose and value.is_as_read:
            return {SEALED: value.stored}
        return {SEALED: seal(self._as_text(value), purpose=self.purpose)}

    def _as_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, cls=self.encoder or DjangoJSONEncoder)


def read_text(model: type[models.Model], name: str, value: Any) -> Any:
    """Return the value of a column of a row that was read as an object of JSON: opened, if the column is sealed."""
    field = model._meta.get_field(name) if name != "pk" else None
    return field.read(value) if isinstance(field, SealedTextField) else value


def seal_columns(
    field: SealedTextField | SealedJSONField, columns: Iterable[tuple[str, tuple[str, ...]]]
) -> migrations.RunPython:
    """Return the operation of a migration that seals what earlier versions stored in clear: tables and their columns.

    What is sealed stays. Undone, it puts the plain values back.
    """
    every = [(table, column) for table, names in columns for column in names]

    def seal_all(_apps: Any, editor: Any) -> None:
        with editor.connection.cursor() as cursor:
            for table, column in every:
                _seal_column(cursor, table, column, field)

    def open_all(_apps: Any, editor: Any) -> None:
        with editor.connection.cursor() as cursor:
            for table, column in every:
                _open_column(cursor, table, column, field)

    return migrations.RunPython(seal_all, open_all)


def _seal_column(cursor: Any, table: str, column: str, field: SealedTextField | SealedJSONField) -> None:
    if isinstance(field, SealedJSONField):
        plain = f"coalesce({column} ->> '{SEALED}', '') NOT LIKE '{TOKEN}%%'"
        for rows in _batches(cursor, table, f"{column}::text", f"{column} IS NOT NULL AND {plain}"):
            sealed = [(id, json.dumps(field.get_prep_value(json.loads(value)))) for id, value in rows]
            _write(cursor, table, column, "jsonb", sealed)
        return
    for rows in _batches(cursor, table, column, f"{column} <> '' AND {column} NOT LIKE '{TOKEN}%%'"):
        _write(cursor, table, column, "text", [(id, field.get_prep_value(value)) for id, value in rows])


def _open_column(cursor: Any, table: str, column: str, field: SealedTextField | SealedJSONField) -> None:
    is_json = isinstance(field, SealedJSONField)
    value = f"{column} ->> '{SEALED}'" if is_json else column
    for rows in _batches(cursor, table, value, f"{value} LIKE '{TOKEN}%%'"):
        plain = [(id, unseal(token, purpose=field.purpose)) for id, token in rows]
        _write(cursor, table, column, "jsonb" if is_json else "text", plain)


def _batches(cursor: Any, table: str, value: str, where: str) -> Iterator[list[tuple[int, str]]]:
    """Yield id and value of the rows of a table, BATCH at once: a whole table need not fit into memory."""
    last = 0
    while True:
        cursor.execute(
            f"SELECT id, {value} FROM {table} WHERE id > %s AND {where} ORDER BY id LIMIT {BATCH}", [last]
        )
        rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _write(cursor: Any, table: str, column: str, kind: str, values: list[tuple[int, str]]) -> None:
    """Write a column of many rows. One statement."""
    cursor.execute(
        f"""UPDATE {table} SET {column} = given.value::{kind}
        FROM unnest(%s::bigint[], %s::text[]) given(id, value) WHERE {table}.id = given.id""",
        [[id for id, _value in values], [value for _id, value in values]],
    )
