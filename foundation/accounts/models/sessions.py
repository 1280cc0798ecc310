"""Sessions of people in their browsers."""

import hashlib

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from foundation.accounts.models.people import User
from foundation.tenancy.policies import AccountPolicy


class Session(AbstractBaseSession):
    """A session in one browser: whose it is, from where, since when. The session's own data fills these columns.

    ``session_key`` is a hash of the cookie's key, and ``session_data`` is sealed (:mod:`foundation.accounts.sessions`).

    Read before anybody is known; within a scope a person sees and ends only their own
    (:mod:`foundation.accounts.operations.sessions`). Without ``user`` nobody is logged in.
    """

    deletable = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        constraints = [AccountPolicy(name="session_rls")]

    @classmethod
    def get_session_store_class(cls) -> type:
        from foundation.accounts.sessions import SessionStore  # it names this model

        return SessionStore

    @property
    def mark(self) -> str:
        """What a page names the session by."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:20]
