"""Who did something, as rows keep it: the name as it was then, and the id."""

from typing import Any

from foundation.accounts.actors import Actor

LONGEST_NAME = 80


def by_whom(actor: Actor, column: str = "by") -> dict[str, Any]:
    """Return the columns that say who entered a row: ``by`` and ``by_id``, or ``recorded_by`` and ``recorded_by_id``."""
    return {column: actor.name[:LONGEST_NAME], f"{column}_id": actor.user_id}
