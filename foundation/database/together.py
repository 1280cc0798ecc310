"""Several reads that do not depend on each other, in one statement."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BinaryField, DecimalField, Field, FloatField, JSONField, Model, QuerySet

_NOT_BY_JSON = (BinaryField, DecimalField, FloatField)


def read_together(*reads: QuerySet) -> list[list[Any]]:
    """Return the rows of each query, in its order. One statement, whatever their number.

    For operations that judge a record by small tables, of which each would be a round trip. Rows travel as JSON, so a query
    has the columns of one model, all or those of ``only()`` and ``defer()``, without joined objects and annotations. Raise
    TypeError for a column whose value JSON does not keep. Policies of row-level security apply as ever.
    """
    names = [_fields(read) for read in reads]
    parts: list[str] = []
    params: list[Any] = []
    for read in reads:
        sql, given = read.query.sql_with_params()
        parts.append(f"(SELECT coalesce(jsonb_agg(to_jsonb(q)), '[]') FROM ({sql}) q)")
        params += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT jsonb_build_array({', '.join(parts)})", params)
        rows = json.loads(cursor.fetchone()[0])
    return [
        [_made(read.model, fields, row) for row in each]
        for read, fields, each in zip(reads, names, rows, strict=True)
    ]


def _fields(read: QuerySet) -> Sequence[Field]:
    query = read.query
    if query.select_related or query.annotations or query.values_select:
        raise TypeError("only the columns of one model are read together with others")
    mask = query.get_select_mask()
    fields = [each for each in read.model._meta.concrete_fields if not mask or each in mask]
    for each in fields:
        own = hasattr(each, "from_db_value") and not isinstance(each, JSONField)
        if own or isinstance(each, _NOT_BY_JSON):
            raise TypeError(f"{each} is not kept by JSON")
    return fields


def _made(model: type[Model], fields: Sequence[Field], row: dict[str, Any]) -> Model:
    given = [(each, row[str(each.column)]) for each in fields]
    values = [value if isinstance(each, JSONField) else each.to_python(value) for each, value in given]
    return model.from_db(connection.alias, [each.attname for each in fields], values)
