"""Subscriptions: who receives what (the bureau decides, the department tunes), where it goes, secrets."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from deliveries.access import Permission
from deliveries.addresses import is_plain, validate_allowed
from deliveries.choices import AuditAction, Paused
from deliveries.models import Subscription
from deliveries.operations.cursor import LEASE, STATE, locked, wake
from deliveries.sealing import new_secret, seal
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Department
from foundation.accounts.selectors import stations_of
from foundation.titles import check_title

FILTERS = ("title", "topics", "stations", "industries", "colours", "transitions")
TUNED = ("title", "colours", "transitions")  # what its department may change itself
OVERLAP = dt.timedelta(days=7)


@transaction.atomic
def create_subscription(*, actor: Actor, department_id: int, title: str, **filters: Any) -> Subscription:
    """Subscribe a department of the actor's bureau, from the next message on; nothing is pushed without an address.

    ``filters``: topics, stations, industries, colours, transitions. The secret is made here and shown to nobody:
    the department gets one by :func:`rotate_secret`. No two live ones of a department share a title. ValidationError
    names fields; Department.DoesNotExist.
    """
    require(actor, Permission.MANAGE_SUBSCRIPTIONS)
    department = Department.objects.get(pk=department_id, bureau_id=actor.bureau_id)
    row = Subscription(
        bureau_id=department.bureau_id, department=department, sealed_secret=seal(new_secret())
    )
    _fill(row, {"title": title, **filters})
    _alone(row)
    row.save()
    auditing.record(
        actor=actor, action=AuditAction.CREATE_SUBSCRIPTION, target=row, after=as_audit_values(row)
    )
    return row


@transaction.atomic
def edit_subscription(*, actor: Actor, subscription_id: int, version: int, **filters: Any) -> Subscription:
    """Change title and filters, from the next message on.

    WrongState: it has ended. StaleRecord, ValidationError (the title is taken, too).
    """
    require(actor, Permission.MANAGE_SUBSCRIPTIONS)
    row = _current(actor, subscription_id, version)
    _need_live(row)
    before = as_audit_values(row)
    _fill(row, filters)
    _alone(row)
    row.version += 1
    row.save(update_fields=[*filters, "version"])
    was, now = auditing.changes(before, as_audit_values(row))
    auditing.record(actor=actor, action=AuditAction.EDIT_SUBSCRIPTION, target=row, before=was, after=now)
    return row


@transaction.atomic
def tune_subscription(
    *,
    actor: Actor,
    subscription_id: int,
    version: int,
    title: str,
    colours: Iterable[str],
    transitions: Iterable[str],
) -> Subscription:
    """The department's own say in what it receives: title, colours and transitions, from the next message on.

    Area and industries stay as the bureau decided. WrongState: it has ended. StaleRecord, ValidationError (the title
    is taken, too); saving what stands already changes nothing.
    """
    require(actor, Permission.TUNE_SUBSCRIPTIONS)
    row = _current(actor, subscription_id, version)
    _need_live(row)
    before = as_audit_values(row)
    _fill(row, {"title": title.strip(), "colours": list(colours), "transitions": list(transitions)})
    was, now = auditing.changes(before, as_audit_values(row))
    if now:
        _alone(row)
        row.version += 1
        row.save(update_fields=[*TUNED, "version"])
        auditing.record(actor=actor, action=AuditAction.TUNE_SUBSCRIPTION, target=row, before=was, after=now)
    return row


@transaction.atomic
def end_subscription(*, actor: Actor, subscription_id: int, reason: str) -> Subscription:
    """No more messages, and none that wait are pushed. What was written stays readable."""
    require(actor, Permission.MANAGE_SUBSCRIPTIONS)
    row = locked(actor, subscription_id)
    _need_live(row)
    if not reason.strip():
        raise WrongState(_("Say why."))
    row.active = False
    row.version += 1
    row.save(update_fields=["active", "version"])
    auditing.record(actor=actor, action=AuditAction.END_SUBSCRIPTION, target=row, reason=reason)
    return row


@transaction.atomic
def set_address(
    *, actor: Actor, subscription_id: int, version: int, url: str, allowed_hosts: Iterable[str]
) -> Subscription:
    """Say where messages go and approve the hosts and networks they may go to; "" stops the push.

    A subscription that was paused because of its address goes on. StaleRecord, ValidationError.
    """
    require(actor, Permission.OPERATE_DELIVERIES)
    row = _current(actor, subscription_id, version)
    before = {"url": row.url, "allowed_hosts": row.allowed_hosts}
    row.url, row.allowed_hosts = url.strip(), [entry.strip() for entry in allowed_hosts if entry.strip()]
    if row.url and not row.allowed_hosts:
        raise ValidationError({"allowed_hosts": _("Approve at least one host or network.")})
    for entry in row.allowed_hosts:
        try:
            validate_allowed(entry)  # by itself: as part of the array it would be named by its number
        except ValidationError as error:
            raise ValidationError({"allowed_hosts": error.messages}) from error
    row.full_clean(exclude=["bureau", "department"])
    if is_plain(row.url) and not settings.WEBHOOKS_PLAIN_HTTP:
        raise ValidationError({"url": _("Messages go over https:// only.")})
    if row.paused_why == Paused.ADDRESS:
        row.paused_why, row.paused_at = Paused.NOT, None
    if before != {"url": row.url, "allowed_hosts": row.allowed_hosts}:
        # The new place is tried at once, and what the old one still answers decides nothing about it.
        row.attempts, row.failing_since, row.next_try_at = 0, None, None
        row.lease_token = row.leased_until = None
    row.version += 1
    row.save(update_fields=["url", "allowed_hosts", "version", *STATE, *LEASE])
    after = {"url": row.url, "allowed_hosts": row.allowed_hosts}
    auditing.record(actor=actor, action=AuditAction.SET_ADDRESS, target=row, before=before, after=after)
    wake(row.bureau_id)
    return row


@transaction.atomic
def rotate_secret(
    *, actor: Actor, subscription_id: int, seen: str | None = None, keep_old: dt.timedelta = OVERLAP
) -> str:
    """Make a new secret and return it, the only time it is shown; the old one signs besides it for ``keep_old``.

    At most two are live: rotating once more ends the older. A push that paused because nobody could read the secret
    goes on. ``seen`` is the ``secret_mark`` the person had before their eyes; StaleRecord: another secret is in use.
    """
    require(actor, Permission.ROTATE_SECRETS)
    row = locked(actor, subscription_id)
    if seen is not None and not constant_time_compare(seen, row.secret_mark):
        raise StaleRecord(
            _(
                "A new secret was made already, and it is shown only once. If nobody kept it, make another one."
            )
        )
    secret = new_secret()
    keeps = keep_old > dt.timedelta(0) and row.paused_why != Paused.SECRET
    row.sealed_previous = row.sealed_secret if keeps else ""
    row.previous_until = timezone.now() + keep_old if keeps else None
    row.sealed_secret = seal(secret)
    if row.paused_why == Paused.SECRET:
        row.paused_why, row.paused_at = Paused.NOT, None
    row.save(update_fields=["sealed_secret", "sealed_previous", "previous_until", "paused_why", "paused_at"])
    until = row.previous_until.isoformat() if row.previous_until else None
    auditing.record(
        actor=actor, action=AuditAction.ROTATE_SECRET, target=row, after={"previous_until": until}
    )
    return secret


def _current(actor: Actor, subscription_id: int, version: int) -> Subscription:
    row = locked(actor, subscription_id)
    if row.version != version:
        raise StaleRecord(_("Somebody else changed the subscription meanwhile. Look at it again."))
    return row


def _need_live(row: Subscription) -> None:
    if not row.active:
        raise WrongState(_("The subscription has ended already."))


def _fill(row: Subscription, values: dict[str, Any]) -> None:
    if unknown := set(values) - set(FILTERS):
        raise TypeError(f"no filters of a subscription: {sorted(unknown)}")
    for name, value in values.items():
        setattr(row, name, value if isinstance(value, str) else sorted(set(value)))
    if foreign := set(row.stations) - set(stations_of(row.bureau_id)):
        raise ValidationError(
            {"stations": _("Not a station of the bureau: %(ids)s") % {"ids": sorted(foreign)}}
        )
    row.full_clean(exclude=["bureau", "department"])
    try:
        check_title(row.title if "title" in values else "")
    except ValidationError as error:
        raise ValidationError({"title": error.messages}) from error


def _alone(row: Subscription) -> None:
    """No two live ones of a department share a title: people and systems choose by it."""
    # one after the other, also where a form is sent twice at once
    Department.objects.select_for_update(no_key=True).get(pk=row.department_id)
    same = Subscription.objects.filter(department_id=row.department_id, title=row.title, active=True)
    if row.active and same.exclude(pk=row.pk).exists():
        raise ValidationError({"title": _("The department has a subscription of this title already.")})


def as_audit_values(row: Subscription) -> dict[str, Any]:
    """Return what the audit log keeps of a subscription."""
    return {name: getattr(row, name) for name in FILTERS} | {"department_id": row.department_id}
