"""Sessions in the database, with errors that keep their cause."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, InternalError, OperationalError


class SessionStore(db.SessionStore):
    """Django's store, which reports every error of the database as a session that ended elsewhere (400).

    A full disk or a database that only reads must be answered as such.
    """

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create=must_create)
        except UpdateError as error:
            away = error.__context__
            if isinstance(away, OperationalError | InterfaceError | InternalError):
                raise away from away.__cause__
            raise
