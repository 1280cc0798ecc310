"""Whether an error of the database means that nothing can be done any more, that it had no time, or that one row could not be had."""

from django.db import InterfaceError, OperationalError
from psycopg2.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure

_OF_ONE = (LockNotAvailable, QueryCanceled, DeadlockDetected, SerializationFailure)


def is_gone(error: Exception) -> bool:
    """Return whether the database does not answer any more, so that work on further rows fails, too.

    False for a row that somebody else holds, for a statement that was cut short, and for whatever is no error of the database: others
    can be done, and the next run takes this one up again.
    """
    if isinstance(error, OperationalError):
        return not isinstance(error.__cause__, _OF_ONE)
    return isinstance(error, InterfaceError)


def was_cut_short(error: Exception) -> bool:
    """Return whether a statement was ended by its time limit or by an operator, which says nothing about the row that it was for."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)
