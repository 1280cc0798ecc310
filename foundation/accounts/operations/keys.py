"""API keys: issue, replace, revoke."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import access, auditing, selectors
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction, CauseCode, Role
from foundation.accounts.keys import digest_of, network_of, new_text
from foundation.accounts.models import ApiKey, Department
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.inbox.notifying import notify
from foundation.titles import check_title

LONGEST_YEARS = 2
MOST_NETWORKS = 20
OVERLAP = dt.timedelta(days=7)
LONGEST_OVERLAP = dt.timedelta(days=31)
WARNED_BEFORE = (dt.timedelta(days=30), dt.timedelta(days=14))  # its last day


@transaction.atomic
@as_declared
def issue_key(
    *,
    actor: Actor,
    department_id: int | None,
    title: str,
    scopes: Iterable[str],
    whole_bureau: bool = False,
    stations: Iterable[int] = (),
    networks: Iterable[str] = (),
    expires_on: dt.date | None,
) -> tuple[ApiKey, str]:
    """Issue a key for a department's system. Return it with its text, which is shown once and not stored.

    ``expires_on`` is the last day on which it works. Its area is the whole bureau, with stations that are added later, or
    ``stations`` alone. With ``networks`` (addresses or CIDR blocks) it works only from there.

    Raise NotAllowed, Department.DoesNotExist (not visible to the actor), ValidationError (by field: department, title,
    scopes, stations, networks, expires_on). ``department_id`` None: none was chosen, which is a fault too.
    """
    _require(actor, Permission.ISSUE_API_KEYS)
    department = selectors.list_departments(actor).get(pk=department_id) if department_id else None
    key, errors = _checked(
        department,
        title=title,
        scopes=scopes,
        whole_bureau=whole_bureau,
        stations=stations,
        networks=networks,
        expires_on=expires_on,
    )
    return _issued(actor, key, errors)


def check_asked_key(department: Department, **fields: Any) -> None:
    """Raise ValidationError, by field as :func:`issue_key`, if no key could be issued with these values."""
    _key, errors = _checked(department, **fields)
    if errors:
        raise ValidationError(errors)


@transaction.atomic
@as_declared
def issue_asked_key(*, actor: Actor, department: Department, **fields: Any) -> tuple[ApiKey, str]:
    """Issue a key that the actor's own department asked for, and that the caller has found approved.

    Raise NotAllowed for everybody else, and for a key, ValidationError as :func:`issue_key`, such as for a last day that
    has passed meanwhile.
    """
    _require(actor, Permission.ROTATE_API_KEYS)
    if actor.department_id != department.pk:
        raise access.NotAllowed(Permission.ISSUE_API_KEYS)
    return _issued(actor, *_checked(department, **fields))


def _checked(
    department: Department | None,
    *,
    title: str,
    scopes: Iterable[str],
    whole_bureau: bool = False,
    stations: Iterable[int] = (),
    networks: Iterable[str] = (),
    expires_on: dt.date | None,
) -> tuple[ApiKey, dict[str, Any]]:
    """Return the key, not yet stored, and what is wrong with it, by field."""
    today = timezone.localdate()
    wanted, area = sorted(set(scopes)), sorted(set(stations))
    errors: dict[str, Any] = {}
    if department is None:
        errors["department"] = _("Choose a department")
    try:
        check_title(title.strip())
    except ValidationError as error:
        errors["title"] = error.messages
    if not wanted or not set(wanted) <= set(access.scopes()):
        errors["scopes"] = _("Choose what the key may do.")
    if department and not set(area) <= set(selectors.stations_of(department.bureau_id)):
        errors["stations"] = _("Choose stations that belong to the department's bureau.")
    if expires_on is None or not today <= expires_on <= _latest(today):
        errors["expires_on"] = _("A key must expire within two years and not before today.")
    if whole_bureau == bool(area):
        errors["stations"] = _("Choose the whole bureau, or at least one police station.")
    places: list[str] = []
    try:
        places = sorted({network_of(each) for each in networks})
    except ValueError:
        errors["networks"] = _("Enter addresses or networks such as 10.20.0.0/16, one on each line.")
    if len(places) > MOST_NETWORKS:
        errors["networks"] = _("At most %(number)d networks.") % {"number": MOST_NETWORKS}
    key = ApiKey(
        networks=places,
        bureau_id=department.bureau_id if department else 0,
        department=department,
        title=title.strip(),
        scopes=wanted,
        whole_bureau=whole_bureau,
        stations=area,
        expires_at=_end_of(min(expires_on or today, _latest(today))),
    )
    return key, errors


def _issued(actor: Actor, key: ApiKey, errors: dict[str, Any]) -> tuple[ApiKey, str]:
    written, text = _write(actor, key, errors)
    auditing.record(
        actor=actor, action=AuditAction.ISSUE_API_KEY, target=written, after=auditing.snapshot(written)
    )
    return written, text


@transaction.atomic
@as_declared
def rotate_key(*, actor: Actor, key_id: int, keep_old: dt.timedelta = OVERLAP) -> tuple[ApiKey, str]:
    """Replace a key by one with the same scopes. The old one works for ``keep_old`` at most, for the changeover.

    Bureau and operator thereby renew it, for as long as it or one of its predecessors was issued for; a department
    keeps the day of expiry.

    Raise NotAllowed, ApiKey.DoesNotExist (not visible to the actor), WrongState (ended, or already replaced),
    ValidationError (an overlap below zero or above a month).
    """
    _require(actor, Permission.ROTATE_API_KEYS)
    old = _lock(actor, key_id)
    now = timezone.now()
    if not old.is_live:
        raise access.WrongState(_("This key has ended. Issue a new one."))
    if old.replaced_by_id is not None:
        raise access.WrongState(_("This key has already been replaced."))
    if not dt.timedelta(0) <= keep_old <= LONGEST_OVERLAP:
        raise ValidationError({"keep_old": _("The old key can stay valid for at most a month.")})
    renews = actor.role != Role.DEPARTMENT_OFFICER
    key = ApiKey(
        bureau_id=old.bureau_id,
        department=old.department,
        title=old.title,
        scopes=old.scopes,
        whole_bureau=old.whole_bureau,
        stations=old.stations,
        networks=old.networks,
        expires_at=_end_of(_renewed(old)) if renews else old.expires_at,
    )
    written, text = _write(actor, key, {})
    before = auditing.snapshot(old)
    old.replaced_by = written
    old.expires_at = min(old.expires_at, now + keep_old)
    old.save(update_fields=["replaced_by", "expires_at"])
    was, became = auditing.changes(before, auditing.snapshot(old))
    became |= {"prefix": written.prefix}
    auditing.record(
        actor=actor,
        action=AuditAction.ROTATE_API_KEY,
        target=old,
        before=was | {"prefix": old.prefix},
        after=became,
    )
    return written, text


@transaction.atomic
@as_declared
def revoke_key(*, actor: Actor, key_id: int, reason: str) -> ApiKey:
    """End a key now. Raise NotAllowed, ApiKey.DoesNotExist, WrongState (already revoked), ValidationError (reason)."""
    _require(actor, Permission.REVOKE_API_KEYS)
    key = _lock(actor, key_id)
    if key.revoked_at is not None:
        raise access.WrongState(_("This key has already been revoked."))
    reason = required_reason(reason)
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    auditing.record(
        actor=actor,
        action=AuditAction.REVOKE_API_KEY,
        target=key,
        before={"revoked_at": None},
        after={"revoked_at": key.revoked_at.isoformat()},
        reason=reason,
    )
    return key


def warn_of_ending_keys() -> int:
    """Notify departments and supervisors of keys that end soon and were not replaced: a month before, then two weeks.

    Each key and term is notified once, however often this runs. Return how many keys end soon.
    """
    now = timezone.now()
    ending = ApiKey.objects.filter(
        revoked_at=None, replaced_by=None, expires_at__gt=now, expires_at__lte=now + max(WARNED_BEFORE)
    )
    for key in ending:
        term = min(each for each in WARNED_BEFORE if key.expires_at <= now + each)
        last_day = timezone.localdate(key.expires_at - dt.timedelta(microseconds=1))
        notify(
            CauseCode.KEY_ENDS,
            to=Q(department_id=key.department_id) | Q(bureau_id=key.bureau_id, role=Role.SUPERVISOR),
            key=f"{key.pk}:{last_day}:{term.days}",
            object_id=key.pk,
            values={"object": str(key), "day": last_day.isoformat()},
        )
    return len(ending)


def _require(actor: Actor, permission: str) -> None:
    access.require(actor, permission)
    if actor.key_id:  # a stolen key must not be able to renew itself
        raise access.NotAllowed(permission)


def _lock(actor: Actor, key_id: int) -> ApiKey:
    return selectors.list_keys(actor).select_for_update(of=("self",)).get(pk=key_id)


def _renewed(key: ApiKey) -> dt.date:
    """Return the last day of a replacing key: from today, the longest time this key or a predecessor was issued for.

    A department's replacement shortens a key. Whole days, so that repeated renewals do not add up fractions.
    """
    longest = dt.timedelta(0)
    before: ApiKey | None = key
    while before is not None:
        last = timezone.localdate(before.expires_at - dt.timedelta(microseconds=1))
        longest = max(longest, last - timezone.localdate(before.created_at))
        before = ApiKey.objects.filter(replaced_by=before).first()
    today = timezone.localdate()
    return min(today + longest, _latest(today))


def _latest(today: dt.date) -> dt.date:
    """Return the last day that a key issued today may have. Two years from 29 February end on the 28th."""
    try:
        return today.replace(year=today.year + LONGEST_YEARS)
    except ValueError:
        return today.replace(year=today.year + LONGEST_YEARS, day=28)


def _write(actor: Actor, key: ApiKey, errors: dict[str, Any]) -> tuple[ApiKey, str]:
    key.prefix, text = new_text()
    key.digest = digest_of(text)
    key.created_by_id = actor.user_id or None
    try:
        # its bureau is that of the department
        key.full_clean(exclude=[*errors, "bureau"], validate_constraints=not errors)
    except ValidationError as error:
        errors |= error.message_dict
    if errors:
        raise ValidationError(errors)
    key.save(force_insert=True)
    return key, text


def _end_of(day: dt.date) -> dt.datetime:
    """Return the moment at which this day ends in local time."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
