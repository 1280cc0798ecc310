"""Turns: of several transactions that would decide by the same rows, which may not be there yet, one after the other."""

from django.db import connection


def take_turn(what: str, number: int = 0) -> None:
    """Let others who took this turn finish, and make them wait until the transaction ends. One query.

    ``what`` and ``number`` name the turn: what is decided, and for whom. Who takes several takes them in one order.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [what, number])
