"""Statements that PostgreSQL plans once per connection: for those whose planning takes longer than their running.

A union of forty kinds of events is planned in 2.5 ms and run in 0.7 (``docs/performance.md``). The driver prepares
nothing by itself. A plan is thrown away by PostgreSQL when a table or policy changes, and a policy's settings are read
whenever it runs, so a prepared statement shows what any other would. Only where a column got another type, as by a
migration, PostgreSQL refuses it: that connection is closed after the request.
"""

import hashlib
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections

from foundation.database.composing import Parameter, Statement

# the driver's connection → the names of what it has prepared
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Prepared:
    """A statement whose parameters all have a type (``output_field``): planned at a connection's first uses, then kept."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run the statement with these parameters and return all rows. Raise KeyError for a missing one."""
        given = [values[each.name] for each in self._parameters]
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            driver = connection.connection
            names = _prepared.setdefault(driver, set())
            if self._name not in names:
                # the driver's own cursor: preparing belongs to the connection, not to what the page asks
                with connection.wrap_database_errors, driver.cursor() as preparing:
                    preparing.execute(self._text(preparing))
                names.add(self._name)
            try:
                cursor.execute(f"EXECUTE {self._name} ({', '.join(['%s'] * len(given))})", given)
            except NotSupportedError:
                connection.close_at = time.monotonic()
                raise
            return cursor.fetchall()

    @cached_property
    def _parameters(self) -> list[Parameter]:
        """The parameters, each once, in the order of their numbers."""
        found = {each.name: each for each in self._statement.params if isinstance(each, Parameter)}
        return list(found.values())

    @cached_property
    def _name(self) -> str:
        said = repr((self._statement.sql, self._statement.params))
        return f"anqi_{hashlib.blake2b(said.encode(), digest_size=12).hexdigest()}"

    def _text(self, cursor: Any) -> str:
        """Return the command that prepares the statement. Constants are written into it."""
        connection = connections[DEFAULT_DB_ALIAS]
        types = ", ".join(str(each.output_field.db_type(connection)) for each in self._parameters)
        numbers = {each.name: f"${n}" for n, each in enumerate(self._parameters, 1)}
        written = [
            numbers[each.name] if isinstance(each, Parameter) else cursor.mogrify("%s", [each]).decode()
            for each in self._statement.params
        ]
        return f"PREPARE {self._name} ({types}) AS {self._statement.sql % tuple(written)}"
