"""Marks that reading leaves behind: that a person is still there, that a key was used."""

from collections.abc import Callable

import structlog
from django.db import InternalError, OperationalError, transaction

logger = structlog.get_logger(__name__)


def stamp(what: str, write: Callable[[], object]) -> None:
    """Store a mark. A database that cannot write (full disk, standby) must not keep people from reading."""
    try:
        with transaction.atomic():
            write()
    except (OperationalError, InternalError) as error:
        logger.warning("mark not stored", what=what, error=type(error).__name__)
