"""Sessions in the database: sealed, under a hash of the key that opens them, with columns that say whose they are."""

import datetime as dt
import hashlib
import json
from typing import Any

import structlog
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, InternalError, OperationalError
from django.utils import timezone

from foundation.sealing import UnreadableSecret, seal, unseal

logger = structlog.get_logger(__name__)

# kept in a session by ActorMiddleware
SESSION_SEEN = "seen_at"
SESSION_SINCE = "logged_in_at"  # of the login; a session of an earlier version counts from its next request
SESSION_ADDRESS = "seen_from"
SESSION_AGENT = "seen_with"


def row_key_of(session_key: str) -> str:
    """Return the key of a session's row. The cookie carries another one, which the database does not know."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


def read_row(row: Any) -> dict[str, Any]:
    """Return the data of a session's row; none if they were sealed for another row or with another SECRET_KEY."""
    try:
        data: dict[str, Any] = json.loads(unseal(row.session_data, purpose=_purpose(row.session_key)))
    except UnreadableSecret:
        logger.warning("session unreadable", session=row.mark)
        return {}
    return data


class SessionStore(db.SessionStore):
    """Django's store with sealed rows. Its asynchronous half, which nothing here uses, is as Django wrote it.

    Django's reports every error of the database as a session that ended elsewhere (400). A full disk or a database
    that only reads must be answered as such.
    """

    @classmethod
    def get_model_class(cls) -> Any:
        from foundation.accounts.models import Session  # it needs the app registry

        return Session

    def load(self) -> dict[str, Any]:
        live = self.model.objects.filter(
            session_key=row_key_of(self.session_key or ""), expire_date__gt=timezone.now()
        )
        if row := live.first():
            return read_row(row)
        self._session_key = None
        return {}

    def exists(self, session_key: str) -> bool:
        return super().exists(row_key_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(row_key_of(key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = row_key_of(row.session_key)
        row.session_data = seal(json.dumps(data, separators=(",", ":")), purpose=_purpose(row.session_key))
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


def _purpose(row_key: str) -> str:
    return f"session {row_key}"  # of one row: its data open nothing in another


def _moment(seconds: int | None) -> dt.datetime | None:
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)
