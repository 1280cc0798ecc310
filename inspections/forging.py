"""Findings of forgery: recording one, what it is about, and its acts."""

import datetime as dt
from typing import Any, NamedTuple

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.attachments import list_attachments
from facts.models import Attachment, Fact
from facts.operations import create_fact, lock_fact, void_fact, writes_of
from facts.selectors import get_fact, visible
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of
from foundation.ids import id_of
from inspections.access import Permission
from inspections.choices import FindingState
from inspections.lives import FORGERY_LIFE
from inspections.models import Finding, Forgery


class About(NamedTuple):
    """The record that a finding of forgery is about, and the photo or file of it, if it is about one."""

    kind: str
    record: Fact
    file: Attachment | None


def about_of(actor: Actor, kind: str, record: int, file: int = 0) -> About | None:
    """Return a record and its file by their numbers; None if there is no such record, or the actor does not see it."""
    known = kind_of(kind)
    if known is None or not issubclass(known.model, Fact):
        return None
    try:
        fact = get_fact(actor, known.model, record)
    except Http404:
        return None
    files = list_attachments(actor, fact) if file else []
    return About(known.code, fact, next((each for each in files if each.pk == file), None))


def about_in(actor: Actor, text: str) -> About | None:
    """Return what a link names as ``kind-record`` or ``kind-record-file``; None if it names nothing that is there."""
    kind, *numbers = text.split("-")
    ids = [id_of(each) for each in numbers]
    if len(ids) not in (1, 2) or not ids[0]:
        return None
    return about_of(actor, kind, ids[0], ids[1] or 0 if len(ids) == 2 else 0)


def forgeries_about(actor: Actor, fact: Fact, kind: str) -> list[Forgery]:
    """Return the findings about a record that the actor may see, the oldest first. One query."""
    rows = visible(actor, Forgery, enterprise_id=fact.enterprise_id)
    return list(rows.filter(about_kind=kind, about_id=fact.pk).order_by("found_on", "pk"))


@transaction.atomic
def create_forgery(*, actor: Actor, enterprise_id: int | None, about: str = "", **fields: Any) -> Forgery:
    """Record that something looks forged. It counts nowhere until somebody else confirms it.

    ``about`` names a record and its file (:func:`about_in`); one of another enterprise is left out. Raise as create_fact.
    """
    found = about_in(actor, about) if about else None
    if found and found.record.enterprise_id == enterprise_id:
        fields |= {"about_kind": found.kind, "about_id": found.record.pk}
        fields["about_file"] = found.file.pk if found.file else 0
    return create_fact(
        actor=actor,
        permission=Permission.RECORD_FORGERIES,
        model=Forgery,
        enterprise_id=enterprise_id,
        values=fields,
    )


def refusal_to_void(finding: Finding) -> str:
    """Return why a finding is not voided: it was confirmed, so it takes two to end it; empty if it may be."""
    if finding.state is FindingState.SUSPECTED:
        return ""
    return _(
        "It was confirmed or withdrawn, so it stays. One asks to withdraw what was confirmed, another decides."
    )


@transaction.atomic
def void_forgery(*, actor: Actor, id: int, version: int | None, reason: str) -> Forgery:
    """Void a finding that nobody has confirmed. Raise as void_fact, WrongState for another one."""
    require(actor, Permission.CORRECT_FORGERIES)
    forgery = lock_fact(actor, Forgery, id)
    if not forgery.is_voided and (words := refusal_to_void(forgery)):
        raise WrongState(words)
    return void_fact(
        actor=actor,
        permission=Permission.CORRECT_FORGERIES,
        model=Forgery,
        id=id,
        version=version,
        reason=reason,
    )


FORGERY_WRITES = writes_of(Forgery, Permission.VIEW_FORGERIES, create=create_forgery, void=void_forgery)


@FORGERY_LIFE.operation("confirm")
def confirm_forgery(forgery: Forgery, *, actor: Actor, confirmed_on: dt.date) -> None:
    """Record that it is forged: a veto from that day, and the enterprise sees it."""
    forgery.confirmed_on = confirmed_on


@FORGERY_LIFE.operation("withdraw")
def withdraw_forgery(forgery: Forgery, *, actor: Actor, withdrawn_on: dt.date) -> None:
    """Record that the finding does not hold any more. Until that day it stays as it was."""
    forgery.withdrawn_on = withdrawn_on


@FORGERY_LIFE.operation("ask_withdrawal")
def ask_to_withdraw_forgery(forgery: Forgery, *, actor: Actor) -> None:
    """Ask that a finding that was confirmed be withdrawn. It stays in force until somebody else decides."""
    forgery.withdrawal_asked_at = timezone.now()
    forgery.withdrawal_asked_by, forgery.withdrawal_asked_by_id = actor.name[:80], actor.user_id


@FORGERY_LIFE.operation("keep")
def keep_forgery(forgery: Forgery, *, actor: Actor) -> None:
    """End the request to withdraw a finding, which stays as it was. Whoever asked may do so too."""
    forgery.withdrawal_asked_at = None
    forgery.withdrawal_asked_by, forgery.withdrawal_asked_by_id = "", 0
