"""Columns of the register's list, declared in an app's ``columns.py``.

The register knows nothing of hazards or ratings. An expression is correlated to the outer enterprise
(``OuterRef("pk")``) and costs an index look-up for each of the fifty rows of a page, not for the whole register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foundation.contributions.registry import Registry

if TYPE_CHECKING:
    from foundation.accounts.actors import Actor


@dataclass(frozen=True)
class Column:
    """One value for each row of the list. ``expression`` takes the actor and today."""

    code: str
    expression: Callable[[Actor, dt.date], Any]


columns: Registry[Column] = Registry("columns")
register = columns.register


def expressions(actor: Actor, today: dt.date) -> dict[str, Any]:
    """Return all declared columns, ready for ``annotate()``."""
    return {column.code: column.expression(actor, today) for column in columns}
