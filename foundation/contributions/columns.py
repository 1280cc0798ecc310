"""What apps above the register contribute to its list: expressions that the list's one query of its page carries.

The register knows nothing of hazards or ratings; ``desk`` registers theirs. An expression is correlated to the outer
enterprise (``OuterRef("pk")``) and costs an index look-up for each of the fifty rows of a page, never for a register.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from foundation.accounts.actors import Actor

_columns: dict[str, Callable[[Actor, dt.date], Any]] = {}


def register(code: str, expression: Callable[[Actor, dt.date], Any]) -> None:
    """Add (or replace) a column: from the actor and the day of today to an expression over an enterprise."""
    _columns[code] = expression


def expressions(actor: Actor, today: dt.date) -> dict[str, Any]:
    """All contributed columns, ready for ``annotate()``."""
    return {code: expression(actor, today) for code, expression in _columns.items()}
