"""What a department asks for: an API key (the bureau decides) or a receiver's address (the operator decides)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliveries import wishes
from deliveries.access import Permission
from deliveries.addresses import LONGEST_URL, is_plain, validate_url
from deliveries.choices import AuditAction, WishKind, WishState
from deliveries.models import Subscription, Wish
from deliveries.operations.cursor import locked
from deliveries.operations.subscriptions import write_address
from foundation.accounts import auditing
from foundation.accounts.access import NotAllowed, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import ApiKey, Department
from foundation.accounts.operations.keys import check_asked_key, issue_asked_key
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.words import visible

MOST_WAITING = 10  # requests of a department that nobody has decided yet


@transaction.atomic
@as_declared
def ask_for_key(
    *,
    actor: Actor,
    why: str,
    title: str,
    scopes: Iterable[str],
    whole_bureau: bool = False,
    stations: Iterable[int] = (),
    networks: Iterable[str] = (),
    expires_on: dt.date | None,
) -> Wish:
    """Ask the bureau for an API key. Nothing works before it is approved.

    Raise ValidationError, by field, if no key could be issued with these values or nothing says what for; WrongState if too
    many requests wait.
    """
    _require_person(actor)
    department = _department(actor)
    values: dict[str, Any] = {
        "title": title.strip(),
        "scopes": sorted(set(scopes)),
        "whole_bureau": whole_bureau,
        "stations": sorted(set(stations)),
        "networks": list(networks),
    }
    check_asked_key(department, **values, expires_on=expires_on)
    values["expires_on"] = expires_on.isoformat() if expires_on else None
    return _ask(actor, department, WishKind.KEY, values, why)


@transaction.atomic
@as_declared
def ask_for_address(*, actor: Actor, subscription_id: int | None, why: str, url: str) -> Wish:
    """Ask the operator to push a subscription's messages to an address. Nothing is sent there before it is approved.

    Raise Subscription.DoesNotExist, ValidationError, by field, if the address is none; WrongState if the subscription has
    ended, has this address already, or too many requests wait.
    """
    _require_person(actor)
    if not subscription_id:
        raise ValidationError({"subscription_id": _("Choose a subscription.")})
    row = locked(actor, subscription_id)  # before the department, as everywhere
    department = _department(actor)
    url = url.strip()
    try:
        validate_url(url)
        if not url or len(url) > LONGEST_URL or (is_plain(url) and not settings.WEBHOOKS_PLAIN_HTTP):
            raise ValidationError(_("Enter an address that begins with https://."))
    except ValidationError as error:
        raise ValidationError({"url": error.messages}) from error
    if not row.active:
        raise WrongState(_("The subscription has already ended."))
    if row.url == url:
        raise WrongState(_("Messages are already pushed to this address."))
    return _ask(actor, department, WishKind.ADDRESS, {"url": url}, why, subscription=row)


def _require_person(actor: Actor) -> None:
    require(actor, Permission.ASK)
    if actor.key_id:  # a key asks for nothing that reaches further than itself
        raise NotAllowed(Permission.ASK)


def _department(actor: Actor) -> Department:
    """Return the actor's department, locked, so that requests of one department are counted one after the other."""
    rows = Department.objects.select_for_update(no_key=True)
    return rows.get(pk=actor.department_id, bureau_id=actor.bureau_id)


def _ask(
    actor: Actor,
    department: Department,
    kind: WishKind,
    values: dict[str, Any],
    why: str,
    *,
    subscription: Subscription | None = None,
) -> Wish:
    why = visible(why).strip()
    if not why:
        raise ValidationError({"why": _("Say what it is for.")})
    waiting = wishes.wishes(actor).filter(state=WishState.ASKED)
    if same := waiting.filter(kind=kind, values=values, subscription=subscription).first():
        return same
    if waiting.count() >= MOST_WAITING:
        words = _("%(number)d requests are waiting already. Withdraw one, or wait for a decision.")
        raise WrongState(words % {"number": MOST_WAITING})
    row = Wish.objects.create(
        bureau_id=department.bureau_id,
        department=department,
        subscription=subscription,
        kind=kind,
        values=values,
        why=why,
        asked_by_id=actor.user_id,
        asked_by_name=actor.name[:80],
    )
    auditing.record(
        actor=actor, action=AuditAction.ASK, target=row, after={"kind": kind, **values, "why": why}
    )
    return row


@transaction.atomic
@as_declared
def withdraw_wish(*, actor: Actor, wish_id: int) -> Wish:
    """Take back a request that nobody has decided. Raise Wish.DoesNotExist, WrongState if somebody has."""
    require(actor, Permission.ASK)
    row = _locked(actor, wish_id)
    _decide(actor, row, WishState.WITHDRAWN)
    auditing.record(actor=actor, action=AuditAction.WITHDRAW, target=row)
    return row


@transaction.atomic
@as_declared
def approve_key(*, actor: Actor, wish_id: int) -> Wish:
    """Approve a key, which the department then creates itself, once.

    Raise NotAllowed, Wish.DoesNotExist, WrongState if somebody has decided, its last day has passed, or the actor asked for it.
    """
    row = _locked_to_approve(actor, wish_id, WishKind.KEY)
    _check_key(
        row, _("No such key can be issued any more: %(why)s Decline the request, so that it is asked anew.")
    )
    _decide(actor, row, WishState.APPROVED)
    auditing.record(actor=actor, action=AuditAction.APPROVE, target=row, after={"kind": row.kind})
    return row


@transaction.atomic
@as_declared
def approve_address(*, actor: Actor, wish_id: int, allowed_hosts: Iterable[str]) -> Wish:
    """Set the address that a department asked for, with what is approved for it. Pushing begins; nobody confirms it again.

    Raise NotAllowed, Wish.DoesNotExist, ValidationError as :func:`write_address`, WrongState if somebody has decided, the
    subscription has ended, or the actor asked for it.
    """
    row = _locked_to_approve(actor, wish_id, WishKind.ADDRESS)
    assert row.subscription_id is not None
    found = locked(actor, row.subscription_id)
    if not found.active:
        raise WrongState(_("The subscription has already ended."))
    write_address(
        actor=actor, row=found, url=row.values["url"], allowed_hosts=allowed_hosts, is_confirmed=True
    )
    _decide(actor, row, WishState.APPROVED)
    after = {"kind": row.kind, "url": row.values["url"], "allowed_hosts": found.allowed_hosts}
    auditing.record(actor=actor, action=AuditAction.APPROVE, target=row, after=after)
    return row


@transaction.atomic
@as_declared
def decline_wish(*, actor: Actor, wish_id: int, reason: str) -> Wish:
    """Decline a request, with a reason that the department reads. Raise as the approvals, ValidationError without a reason."""
    row = _locked_to_decide(actor, wish_id, wishes.decided_by(actor))
    _decide(actor, row, WishState.DECLINED, required_reason(reason))
    auditing.record(
        actor=actor, action=AuditAction.DECLINE, target=row, after={"kind": row.kind}, reason=row.reason
    )
    return row


@transaction.atomic
@as_declared
def collect_key(*, actor: Actor, wish_id: int) -> tuple[ApiKey, str]:
    """Create the key that was approved, once. Return it with its text, which is shown once and not stored.

    Raise NotAllowed, Wish.DoesNotExist, WrongState if it is not approved, was created already, or can no longer be issued.
    """
    require(actor, Permission.ASK)
    row = _locked(actor, wish_id)
    if row.kind != WishKind.KEY or row.state != WishState.APPROVED:
        raise WrongState(_("No key has been approved."))
    if row.key_made_at is not None:
        raise WrongState(
            _("The key was already created. If nobody saved it, revoke or replace it under API keys.")
        )
    _check_key(
        row,
        _("No such key can be issued any more: %(why)s Ask for another one; this request stays as it is."),
    )
    key, text = issue_asked_key(actor=actor, department=row.department, **_key_fields(row))
    row.key_made_at, row.key_prefix = timezone.now(), key.prefix
    row.save(update_fields=["key_made_at", "key_prefix"])
    auditing.record(actor=actor, action=AuditAction.COLLECT_KEY, target=row, after={"prefix": key.prefix})
    return key, text


def _check_key(row: Wish, words: str) -> None:
    """Raise WrongState, with words for ``why``, if no key can be issued any more as it was asked for."""
    try:
        check_asked_key(row.department, **_key_fields(row))
    except ValidationError as error:
        raise WrongState(words % {"why": " ".join(error.messages)}) from error


def _key_fields(row: Wish) -> dict[str, Any]:
    day = row.values["expires_on"]
    return {**row.values, "expires_on": dt.date.fromisoformat(day) if day else None}


def _locked(actor: Actor, wish_id: int) -> Wish:
    return wishes.wishes(actor).select_for_update(of=("self",)).get(pk=wish_id)


def _locked_to_decide(actor: Actor, wish_id: int, kind: str) -> Wish:
    require(actor, Permission.DECIDE_REQUESTS)
    row = _locked(actor, wish_id)
    if row.kind != kind or wishes.decided_by(actor) != kind:
        raise NotAllowed(Permission.DECIDE_REQUESTS)
    return row


def _locked_to_approve(actor: Actor, wish_id: int, kind: str) -> Wish:
    """Return a request that the actor may approve. Whoever asked, in another role, does not, but may decline it."""
    row = _locked_to_decide(actor, wish_id, kind)
    if wishes.asked_by(actor, row):
        raise WrongState(str(wishes.FOUR_EYES))
    return row


def _decide(actor: Actor, row: Wish, state: WishState, reason: str = "") -> None:
    if row.state != WishState.ASKED:
        words = _("%(name)s has already decided: %(state)s.")
        raise WrongState(words % {"name": row.decided_by_name, "state": row.get_state_display()})
    row.state, row.reason, row.decided_at = state, reason, timezone.now()
    row.decided_by_id, row.decided_by_name = actor.user_id, actor.name[:80]
    row.save(update_fields=["state", "reason", "decided_at", "decided_by_id", "decided_by_name"])
