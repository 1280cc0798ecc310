"""Facts that come in from files."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models

from facts.models import Fact
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import Target, register

# what every fact has and no file sets
MACHINERY = frozenset(
    {
        "station",
        "enterprise",
        "external_key",
        "source_values",
        "recorded_at",
        "recorded_by_id",
        "issued_by_station_id",
        "changed_at",
        "voided_at",
        "void_reason",
        "version",
    }
)


def register_target(
    code: str,
    model: type[Fact],
    *,
    extra: Mapping[str, models.Field] | None = None,
    settle: Callable[[dict[str, Any]], None] | None = None,
    reference: str = "",
    written: Callable[[Actor, set[int]], None] | None = None,
) -> None:
    """Declare that rows of a file may become facts of this kind (:class:`foundation.contributions.sheets.Target`)."""
    never = MACHINERY | ({reference} if reference else set())
    register(
        Target(
            code,
            model,
            never=never,
            extra=extra or {},
            settle=settle,
            reference=reference,
            written=written,
        )
    )
