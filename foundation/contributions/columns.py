"""Columns of the register's list, declared in an app's ``columns.py``.

The register knows nothing of hazards or ratings. An expression is correlated to the outer enterprise
(``OuterRef("pk")``) and costs an index look-up for each of the fifty rows of a page, not for the whole register.
The list's query is compiled once: values of a request are parameters (:mod:`foundation.database.composing`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from foundation.contributions.registry import Registry


@dataclass(frozen=True)
class Column:
    """One value for each row of the list. The parameters are ``TODAY`` and ``NOW``."""

    code: str
    expression: Callable[[], Any]


columns: Registry[Column] = Registry("columns")
register = columns.register


def expressions() -> dict[str, Any]:
    """Return all declared columns, ready for ``annotate()``."""
    return {column.code: column.expression() for column in columns}
