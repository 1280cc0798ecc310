"""Work that comes back on schedule, bureau by bureau."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from django.db import connection

from foundation.accounts.models import Bureau

logger = structlog.get_logger(__name__)
BureauId = TypeVar("BureauId", bound=int | None)


def every_bureau() -> list[int]:
    """Return the ids of all bureaus, the oldest first."""
    return list(Bureau.objects.order_by("id").values_list("pk", flat=True))


def in_each(bureaus: Iterable[BureauId], act: Callable[[BureauId], object], *, of: str) -> None:
    """Do something in bureaus, where None stands for the platform.

    An error in one is logged with what is swept (``of``) and does not affect the others; what it left undone must be found
    by the next sweep.
    """
    for bureau_id in bureaus:
        try:
            act(bureau_id)
        except Exception:
            logger.exception("sweep failed", of=of, bureau=bureau_id)
            connection.close_if_unusable_or_obsolete()  # the next bureau gets a connection that works
