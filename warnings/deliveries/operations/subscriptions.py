"""Subscriptions: filters (the bureau decides, the department tunes), addresses and secrets."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries.access import Permission
from deliveries.addresses import is_plain, validate_allowed
from deliveries.choices import AuditAction, Paused
from deliveries.models import SECRETS, Subscription
from deliveries.operations.cursor import LEASE, STATE, locked, wake
from deliveries.operations.failing import forget_failures
from deliveries.operations.snapshot import ask_for_snapshot
from deliveries.sealing import hint_of, new_secret, seal
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Department
from foundation.accounts.reasons import required_reason
from foundation.accounts.selectors import stations_of
from foundation.arguments import as_declared
from foundation.faults import Faults
from foundation.titles import check_title

FILTERS = ("title", "topics", "whole_bureau", "stations", "industries", "colours", "transitions")
TUNED = ("title", "colours", "transitions")  # the fields its department may change
NO_AREA = gettext_lazy("Choose the whole bureau, or at least one police station.")
HINTS = ("secret_hint", "previous_hint")
ADDRESS = ("url", "allowed_hosts", "address_set_by_id")
OWN_ADDRESS = gettext_lazy(
    "You set this address yourself, in another role. Somebody else of the department confirms it."
)
OVERLAP = dt.timedelta(days=7)


@transaction.atomic
@as_declared
def create_subscription(
    *, actor: Actor, department_id: int | None, title: str, **filters: Any
) -> Subscription:
    """Subscribe a department of the actor's bureau: today's state first, then every publication. Push needs an address.

    ``filters`` may be topics, industries, colours and transitions, and must name the area: ``whole_bureau``, with stations
    that are added later, or ``stations``. The first secret is shown to nobody; the
    department makes one with :func:`rotate_secret`. Raise Department.DoesNotExist, or ValidationError, by field, if a
    value is invalid or another active subscription of the department has the title. ``department_id`` None: none was
    chosen, which is a fault too.
    """
    require(actor, Permission.MANAGE_SUBSCRIPTIONS)
    faults = Faults()
    department = None
    if department_id:
        department = Department.objects.get(pk=department_id, bureau_id=actor.bureau_id)
    else:
        faults.add(ValidationError({"department": _("Choose a department")}))
    row = Subscription(bureau_id=actor.bureau_id, department=department, sealed_secret=seal(new_secret()))
    _fill(row, {"title": title, **filters}, faults)
    ask_for_snapshot(row)
    row.save()
    auditing.record(
        actor=actor, action=AuditAction.CREATE_SUBSCRIPTION, target=row, after=as_audit_values(row)
    )
    return row


@transaction.atomic
@as_declared
def edit_subscription(*, actor: Actor, subscription_id: int, version: int, **filters: Any) -> Subscription:
    """Change title and filters, from the next publication on.

    Raise WrongState if it has ended, StaleRecord if ``version`` is not the current one, ValidationError if a value is
    invalid or the title is taken.
    """
    require(actor, Permission.MANAGE_SUBSCRIPTIONS)
    row = _current(actor, subscription_id, version)
    _require_active(row)
    before = as_audit_values(row)
    filters = dict(filters)
    _fill(row, filters, Faults())
    row.version += 1
    row.save(update_fields=[*filters, "version"])
    was, now = auditing.changes(before, as_audit_values(row))
    auditing.record(actor=actor, action=AuditAction.EDIT_SUBSCRIPTION, target=row, before=was, after=now)
    return row


@transaction.atomic
@as_declared
def tune_subscription(
    *,
    actor: Actor,
    subscription_id: int,
    version: int,
    title: str,
    colours: Iterable[str],
    transitions: Iterable[str],
) -> Subscription:
    """Change what a department may choose itself, from the next publication on: title, colours and transitions.

    Stations and industries stay as the bureau decided. Saving the present values changes nothing. Raise WrongState if it
    has ended, StaleRecord if ``version`` is not the current one, ValidationError if a value is invalid or the title is
    taken.
    """
    require(actor, Permission.TUNE_SUBSCRIPTIONS)
    row = _current(actor, subscription_id, version)
    _require_active(row)
    before = as_audit_values(row)
    values = {"title": title.strip(), "colours": list(colours), "transitions": list(transitions)}
    _fill(row, values, Faults())
    was, now = auditing.changes(before, as_audit_values(row))
    if now:
        row.version += 1
        row.save(update_fields=[*TUNED, "version"])
        auditing.record(actor=actor, action=AuditAction.TUNE_SUBSCRIPTION, target=row, before=was, after=now)
    return row


@transaction.atomic
@as_declared
def end_subscription(*, actor: Actor, subscription_id: int, reason: str) -> Subscription:
    """End a subscription: no more messages are written, and waiting ones are not pushed. All remain readable.

    Raise WrongState if it has ended already, ValidationError without a reason.
    """
    require(actor, Permission.MANAGE_SUBSCRIPTIONS)
    row = locked(actor, subscription_id)
    _require_active(row)
    reason = required_reason(reason)
    row.active = False
    row.version += 1
    row.save(update_fields=["active", "version"])
    auditing.record(actor=actor, action=AuditAction.END_SUBSCRIPTION, target=row, reason=reason)
    return row


@transaction.atomic
@as_declared
def set_address(
    *, actor: Actor, subscription_id: int, version: int, url: str, allowed_hosts: Iterable[str]
) -> Subscription:
    """Set the address of the push and the approved hosts and networks. An empty ``url`` stops the push.

    Nothing is sent to another address, or under another approval, until the department has confirmed it: messages wait.
    A subscription without any message gets today's state as its first.
    Raise StaleRecord if ``version`` is not the current one,
    ValidationError if a value is invalid.
    """
    require(actor, Permission.OPERATE_DELIVERIES)
    row = _current(actor, subscription_id, version)
    return write_address(actor=actor, row=row, url=url, allowed_hosts=allowed_hosts)


def write_address(
    *, actor: Actor, row: Subscription, url: str, allowed_hosts: Iterable[str], is_confirmed: bool = False
) -> Subscription:
    """Set the address of a locked subscription. ``is_confirmed``: the department has chosen it, so nothing waits for it.

    Raise ValidationError if a value is invalid.
    """
    before = {"url": row.url, "allowed_hosts": row.allowed_hosts}
    row.url, row.allowed_hosts = url.strip(), [entry.strip() for entry in allowed_hosts if entry.strip()]
    _check_address(row)
    after = {"url": row.url, "allowed_hosts": row.allowed_hosts}
    if is_confirmed or not row.url:
        row.awaits_confirmation = False
        if row.paused_why in (Paused.ADDRESS, Paused.CONFIRM):
            row.paused_why, row.paused_at = Paused.NOT, None
    if before != after:
        row.address_set_by_id = actor.user_id
        # Try the new address at once, and ignore the result of an attempt on the old one.
        forget_failures(row)
        row.lease_token = row.leased_until = None
        if row.paused_why == Paused.MANUAL:  # only who paused it resumes it
            row.awaits_confirmation = bool(row.url) and not is_confirmed
        elif is_confirmed:
            row.paused_why, row.paused_at = Paused.NOT, None
        elif row.url:
            row.paused_why, row.paused_at = Paused.CONFIRM, timezone.now()
    if row.url:
        ask_for_snapshot(row)
    row.version += 1
    row.save(update_fields=[*ADDRESS, "version", "snapshot_asked_at", *STATE, *LEASE])
    auditing.record(actor=actor, action=AuditAction.SET_ADDRESS, target=row, before=before, after=after)
    wake(row.bureau_id)
    return row


@transaction.atomic
@as_declared
def confirm_address(*, actor: Actor, subscription_id: int, version: int) -> Subscription:
    """Let the push go to the address that the operator has set. ``version``: the address that the department saw.

    What the operator has paused stays paused.

    Raise WrongState if no address waits or the actor set it, in another role, StaleRecord if it has changed since.
    """
    require(actor, Permission.CONFIRM_ADDRESSES)
    row = _current(actor, subscription_id, version)
    if not row.is_unconfirmed:
        raise WrongState(_("No address is waiting to be confirmed."))
    if row.was_set_by(actor.user_id):
        raise WrongState(str(OWN_ADDRESS))
    row.awaits_confirmation = False
    if row.paused_why == Paused.CONFIRM:
        row.paused_why, row.paused_at = Paused.NOT, None
    row.version += 1
    row.save(update_fields=["version", *STATE])
    after = {"url": row.url, "allowed_hosts": row.allowed_hosts}
    auditing.record(actor=actor, action=AuditAction.CONFIRM_ADDRESS, target=row, after=after)
    wake(row.bureau_id)
    return row


@transaction.atomic
@as_declared
def rotate_secret(
    *, actor: Actor, subscription_id: int, seen: str | None = None, keep_old: dt.timedelta = OVERLAP
) -> str:
    """Make a new secret and return it, to be shown once. The old secret also signs for ``keep_old``.

    The first one replaces a secret that nobody was shown, which then signs no more; the push begins with it. At most
    two secrets are valid: another rotation ends the older one. A push that was paused because the secret could not be
    read resumes. ``seen`` is the ``secret_mark`` of the page the person used; raise StaleRecord if the secret has
    changed since.
    """
    require(actor, Permission.ROTATE_SECRETS)
    row = locked(actor, subscription_id)
    if seen is not None and not constant_time_compare(seen, row.secret_mark):
        raise StaleRecord(
            _(
                "A new secret has already been created and was shown once. If nobody saved it, "
                "create another one."
            )
        )
    secret = new_secret()
    before = {"secret_at": row.secret_at.isoformat() if row.secret_at else None}
    keeps = keep_old > dt.timedelta(0) and row.paused_why != Paused.SECRET and row.secret_at is not None
    row.secret_at = timezone.now()
    row.sealed_previous = row.sealed_secret if keeps else ""
    row.previous_until = timezone.now() + keep_old if keeps else None
    row.previous_hint = row.secret_hint if keeps else ""
    row.sealed_secret, row.secret_hint = seal(secret), hint_of(secret)
    if row.paused_why == Paused.SECRET:
        row.paused_why, row.paused_at = Paused.NOT, None
    row.save(update_fields=[*SECRETS, *HINTS, "secret_at", "previous_until", "paused_why", "paused_at"])
    until = row.previous_until.isoformat() if row.previous_until else None
    after = {"secret_at": row.secret_at.isoformat(), "previous_until": until}
    auditing.record(actor=actor, action=AuditAction.ROTATE_SECRET, target=row, before=before, after=after)
    wake(row.bureau_id)
    return secret


@transaction.atomic
@as_declared
def end_old_secret(*, actor: Actor, subscription_id: int) -> Subscription:
    """Let the previous secret no longer sign: the receiver knows the new one. Raise WrongState if none signs any more."""
    require(actor, Permission.ROTATE_SECRETS)
    row = locked(actor, subscription_id)
    if not row.previous_until or row.previous_until <= timezone.now():
        raise WrongState(_("The old secret is no longer used."))
    before = {"previous_until": row.previous_until.isoformat()}
    row.sealed_previous, row.previous_hint, row.previous_until = "", "", None
    row.save(update_fields=["sealed_previous", "previous_hint", "previous_until"])
    auditing.record(actor=actor, action=AuditAction.END_OLD_SECRET, target=row, before=before)
    return row


def _check_address(row: Subscription) -> None:
    """Raise ValidationError with everything that is wrong with the address and what is approved."""
    faults = Faults()
    if row.url and not row.allowed_hosts:
        faults.add(ValidationError({"allowed_hosts": _("Approve at least one host or network.")}))
    for entry in row.allowed_hosts:
        with faults.of():
            _check_allowed(entry)
    with faults.of():
        row.full_clean(exclude=["bureau", "department"], validate_constraints=not faults)
    if "url" not in faults.by_field and is_plain(row.url) and not settings.WEBHOOKS_PLAIN_HTTP:
        faults.add(ValidationError({"url": _("Messages are sent over https:// only.")}))
    faults.refuse()


def _check_allowed(entry: str) -> None:
    try:
        validate_allowed(entry)  # full_clean would refer to the entry by its position
    except ValidationError as error:
        raise ValidationError({"allowed_hosts": error.messages}) from error


def _current(actor: Actor, subscription_id: int, version: int) -> Subscription:
    row = locked(actor, subscription_id)
    if row.version != version:
        raise StaleRecord(_("Someone else changed the subscription in the meantime. Review it again."))
    return row


def _require_active(row: Subscription) -> None:
    if not row.active:
        raise WrongState(_("The subscription has already ended."))


def _fill(row: Subscription, values: dict[str, Any], faults: Faults) -> None:
    """Set title and filters. Raise ValidationError with ``faults`` and everything that is wrong with them."""
    if unknown := set(values) - set(FILTERS):
        raise TypeError(f"Unknown filters of a subscription: {sorted(unknown)}")
    before = row.title
    if "stations" in values or "whole_bureau" in values:
        with faults.of():
            _check_area(values)
    elif row._state.adding:
        faults.add(ValidationError({"stations": NO_AREA}))
    for name, value in values.items():
        setattr(row, name, value if isinstance(value, str | bool) else sorted(set(value)))
    if foreign := set(row.stations) - set(stations_of(row.bureau_id)):
        words = _("Not a station of the bureau: %(ids)s") % {"ids": sorted(foreign)}
        faults.add(ValidationError({"stations": words}))
    with faults.of():
        _check_title(row.title if "title" in values else "")
    with faults.of():
        row.full_clean(exclude=["bureau", "department", "whole_bureau"], validate_constraints=not faults)
    if "colours" not in faults.by_field and row.is_contradictory:
        words = _("Nothing can ever match: none of the changes leads to one of the colours.")
        faults.add(ValidationError({"transitions": words}))
    if row.department_id and row.title and (row.title != before or not row.pk):
        with faults.of():
            _require_unique_title(row)
    faults.refuse()


def _check_title(title: str) -> None:
    try:
        check_title(title)
    except ValidationError as error:
        raise ValidationError({"title": error.messages}) from error


def _check_area(values: dict[str, Any]) -> None:
    """Complete the area: either the whole bureau or stations. Raise ValidationError if it is neither or both."""
    stations = list(values.get("stations", ()))
    values["whole_bureau"] = bool(values.get("whole_bureau", False))
    if values["whole_bureau"] == bool(stations):
        raise ValidationError({"stations": NO_AREA})
    values["stations"] = stations


def _require_unique_title(row: Subscription) -> None:
    """Refuse the title of another active subscription of the department: people and systems choose by title."""
    # Serializes concurrent requests, such as a form sent twice.
    Department.objects.select_for_update(no_key=True).get(pk=row.department_id)
    same = Subscription.objects.filter(department_id=row.department_id, title=row.title, active=True)
    if row.active and same.exclude(pk=row.pk).exists():
        raise ValidationError({"title": _("The department already has a subscription with this title.")})


def as_audit_values(row: Subscription) -> dict[str, Any]:
    """Return the values of a subscription for the audit log."""
    return {name: getattr(row, name) for name in FILTERS} | {"department_id": row.department_id}
