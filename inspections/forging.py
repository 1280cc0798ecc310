"""Findings of forgery: recording one, what it is about, and its acts."""

from typing import Any, NamedTuple

from django.db import transaction
from django.http import Http404

from facts.attachments import list_attachments
from facts.models import Attachment, Fact
from facts.operations import create_fact, writes_of
from facts.selectors import get_fact, visible
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of
from foundation.ids import id_of
from inspections.access import Permission
from inspections.confirming import acts_of, voids
from inspections.lives import FORGERY_LIFE
from inspections.models import Forgery


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


void_forgery = voids(Forgery, Permission.CORRECT_FORGERIES)
FORGERY_WRITES = writes_of(Forgery, Permission.VIEW_FORGERIES, create=create_forgery, void=void_forgery)
confirm_forgery, ask_to_withdraw_forgery, withdraw_forgery, keep_forgery = acts_of(FORGERY_LIFE)
