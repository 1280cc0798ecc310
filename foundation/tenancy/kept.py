"""Columns that stay as they were written, whoever writes: moments and who acted."""

from typing import Any

from django.db.backends.ddl_references import Statement, Table

from foundation.tenancy.policies import DatabaseRule

_REFUSAL = """
CREATE OR REPLACE FUNCTION tenancy_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,
        MESSAGE = TG_TABLE_NAME || ' ' || old.id || ' keeps what was recorded (' || TG_NAME || ')';
END $$
"""


class Kept(DatabaseRule):
    """A trigger that refuses to change ``columns``, and each group of ``once`` after its first column has a value.

    ``falling`` are columns that only become smaller, such as an end that may come earlier. ``growing`` are JSON lists that
    keep what they have, and grow in rows only where the column ``grows_where`` is true. ``ended`` is a column and its value with which the row stays as it is altogether.

    It does not fire for what a statement leaves as it is, so a record can be saved whole. Columns that a hand-over
    moves along, such as ``station_id``, cannot be among them. It fires last: policies and keys refuse first.
    """

    arguments = ("columns", "once", "falling", "growing", "grows_where", "ended")

    def __init__(
        self,
        *,
        name: str,
        columns: tuple[str, ...] = (),
        once: tuple[tuple[str, ...], ...] = (),
        falling: tuple[str, ...] = (),
        growing: tuple[str, ...] = (),
        grows_where: str = "",
        ended: tuple[str, str] | tuple[()] = (),
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        self.columns, self.once = tuple(columns), tuple(tuple(group) for group in once)
        self.falling, self.growing, self.ended = tuple(falling), tuple(growing), tuple(ended)
        self.grows_where = grows_where

    def statement(self, model: Any, schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name

        def differ(columns: tuple[str, ...]) -> str:
            old, new = (", ".join(f"{row}.{quote(column)}" for column in columns) for row in ("old", "new"))
            return f"ROW({old}) IS DISTINCT FROM ROW({new})"

        conditions = [f"old.{quote(group[0])} IS NOT NULL AND {differ(group)}" for group in self.once]
        if self.columns:
            conditions.insert(0, differ(self.columns))
        conditions += [f"new.{quote(column)} > old.{quote(column)}" for column in self.falling]
        conditions += [f"NOT new.{quote(column)} @> old.{quote(column)}" for column in self.growing]
        if self.grows_where:
            conditions.append(f"NOT old.{quote(self.grows_where)} AND {differ(self.growing)}")
        if self.ended:
            column, value = self.ended
            conditions.append(
                f"old.{quote(column)} = {schema_editor.quote_value(value)} AND old.* IS DISTINCT FROM new.*"
            )
        return Statement(
            f"{_REFUSAL}; CREATE TRIGGER %(name)s AFTER UPDATE ON %(table)s FOR EACH ROW"
            " WHEN (%(condition)s) EXECUTE FUNCTION tenancy_refuse_rewriting()",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            condition=" OR ".join(conditions),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        return Statement(
            "DROP TRIGGER %(name)s ON %(table)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )
