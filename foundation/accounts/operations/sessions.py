"""A person's own sessions: which there are, ending one or all others."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing, selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction, CauseCode
from foundation.accounts.devices import device_of, is_phone
from foundation.accounts.models import Session, User
from foundation.accounts.operations.passwords import notify_person
from foundation.accounts.operations.people import own_actor
from foundation.accounts.operations.roles import end_sessions
from foundation.accounts.sessions import SESSION_SEEN, SESSION_SINCE, read_row, row_key_of


@dataclass(frozen=True)
class OwnSession:
    """A session as its person sees it."""

    row: Session
    device: str
    is_current: bool

    @property
    def icon(self) -> str:
        return "device-mobile" if is_phone(self.row.agent) else "device-desktop"


def own_sessions(user: User, current: SessionBase) -> list[OwnSession]:
    """Return the person's sessions that still work, ``current`` first, then the one last used."""
    rows = Session.objects.filter(user_id=user.pk, expire_date__gt=timezone.now())
    present = row_key_of(current.session_key or "")
    live = [row for row in rows if row.session_key == present or _works(row, user)]
    found = [OwnSession(row, device_of(row.agent), row.session_key == present) for row in live]
    return sorted(found, key=lambda each: (not each.is_current, -_seen(each.row)))


@transaction.atomic
def end_own_sessions(
    *, user: User, current: SessionBase, mark: str | None = None, address: str = "", request_id: str = ""
) -> int:
    """End one session of the person, or all but ``current``, and notify them. Return how many ended.

    Raise WrongState: there is none (any more), or it is the current one, which ends by logging out.
    """
    others = [each for each in own_sessions(user, current) if not each.is_current]
    ended = [each for each in others if mark is None or each.row.mark == mark]
    if not ended:
        raise access.WrongState(_("That session has already ended."))
    if (
        mark is None
    ):  # also what no row names: sessions of an earlier version, or that change their key at this moment
        end_sessions(user)
        current[HASH_SESSION_KEY] = user.get_session_auth_hash()
    Session.objects.filter(user_id=user.pk, pk__in=[each.row.pk for each in ended]).delete()
    actor: Actor = own_actor(user, address=address, request_id=request_id)
    for each in ended:
        auditing.record(
            actor=actor,
            action=AuditAction.END_SESSION,
            target=user,
            before={"device": each.device, "address": each.row.address},
            place=selectors.audit_place_of(user),
        )
    notify_person(user, CauseCode.SESSIONS_ENDED, number=len(ended), address=address)
    return len(ended)


def _works(row: Session, user: User) -> bool:
    """Return whether the next request of a session would be answered: not after a new password, idleness or its length."""
    data, now = read_row(row), time.time()
    carried = data.get(HASH_SESSION_KEY, "")
    keys = (None, *settings.SECRET_KEY_FALLBACKS)
    return (
        any(constant_time_compare(carried, user._get_session_auth_hash(key)) for key in keys)
        and now - data.get(SESSION_SEEN, now) <= settings.IDLE_TIMEOUT_S
        and now - data.get(SESSION_SINCE, now) <= settings.SESSION_LENGTH_S
    )


def _seen(row: Session) -> float:
    return row.seen_at.timestamp() if row.seen_at else 0
