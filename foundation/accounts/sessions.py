"""Sessions in the database, with columns that say whose they are, and errors that keep their cause."""

import datetime as dt
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, InternalError, OperationalError

# kept in a session by ActorMiddleware
SESSION_SEEN = "seen_at"
SESSION_SINCE = "logged_in_at"  # of the login; a session of an earlier version counts from its next request
SESSION_ADDRESS = "seen_from"
SESSION_AGENT = "seen_with"


class SessionStore(db.SessionStore):
    """Django's store, which reports every error of the database as a session that ended elsewhere (400).

    A full disk or a database that only reads must be answered as such.
    """

    @classmethod
    def get_model_class(cls) -> Any:
        from foundation.accounts.models import Session  # it needs the app registry

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.address, row.agent = data.get(SESSION_ADDRESS, ""), data.get(SESSION_AGENT, "")
        row.started_at, row.seen_at = _moment(data.get(SESSION_SINCE)), _moment(data.get(SESSION_SEEN))
        return row

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create=must_create)
        except UpdateError as error:
            away = error.__context__
            if isinstance(away, OperationalError | InterfaceError | InternalError):
                raise away from away.__cause__
            raise


def _moment(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)
