"""Reads that all kinds of facts share: the visible records, one record, its log, its enterprise."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404

from enterprises.models import Enterprise, Inactivity
from enterprises.selectors import list_inactivities, matching
from enterprises.selectors import visible as visible_enterprises
from facts.models import Fact
from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.contributions.audit import kind_of_model
from foundation.database.composing import AnyOf, Shared
from foundation.database.once import asked_once
from foundation.ids import id_of
from foundation.searching import as_typed, every_word
from foundation.tenancy.scope import Audience, station_scope

F = TypeVar("F", bound=Fact)
MOST_NAMED = 2_000  # enterprises whose numbers a statement is given


def visible(
    actor: Actor, model: type[F], *, voided: bool = False, enterprise_id: int | None = None
) -> QuerySet[F]:
    """Return the records of one kind that this actor may see: of their stations, or of their enterprise.

    Its people do not see what is ``hidden_until`` the police have decided, nor what is not ``shown_to_enterprise``.

    Voided records appear only with ``voided``. Operators and people of departments get nothing: they see no casework.
    A department's key has the rows of its area that the policy of the kind opens to it.
    """
    rows = model._default_manager.filter(station_id__in=actor.stations).select_related("enterprise")
    if actor.is_enterprise:
        rows = rows.filter(enterprise_id=actor.enterprise_id, **model.shown_to_enterprise)
        if model.hidden_until:
            rows = rows.exclude(**{model.hidden_until: None})
    if enterprise_id is not None:
        rows = rows.filter(enterprise_id=enterprise_id)
    return rows if voided else rows.filter(voided_at=None)


def get_fact(actor: Actor, model: type[F], id: int) -> F:
    """Return one record, voided or not. Raise Http404 if this actor cannot see it."""
    fact = visible(actor, model, voided=True).select_related("station").filter(pk=id).first()
    if fact is None:
        raise Http404(f"no {model._meta.model_name} {id}")
    return fact


def with_words(
    actor: Actor, rows: QuerySet[F], text: str, *, named: dict[str, list[int]] | None = None
) -> QuerySet[F]:
    """Keep the records in which every word of ``text`` occurs: in their own words, or in what finds their enterprise.

    All records of an enterprise's people are about the one enterprise, so they search in their own words alone.
    ``named`` keeps the enterprises of each word, which are read now, by a statement of their own, unless it has them: a
    list whose rows, tabs and number are several statements so reads the register once. What finds more than MOST_NAMED
    stays part of each.
    """
    model = rows.model

    def occurs(word: str) -> Q:
        if actor.is_enterprise:
            return as_typed(word, model.searched)
        enterprises = matching(actor, visible_enterprises(actor), word)
        of_enterprise = Q(enterprise_id__in=Shared(enterprises.values("pk")))
        if named is not None:
            if word not in named:
                named[word] = list(enterprises.values_list("pk", flat=True)[: MOST_NAMED + 1])
            if len(named[word]) <= MOST_NAMED:
                of_enterprise = Q(AnyOf("enterprise_id", named[word]))
        if not model.searched_by_police:
            return of_enterprise
        return as_typed(word, model.searched_by_police) | of_enterprise

    return rows.filter(every_word(text, occurs))


def enterprise_or_none(actor: Actor, id: Any) -> Enterprise | None:
    """Return the enterprise with this id if the actor may see it; None otherwise, also for an invalid id."""
    number = id_of(id)
    return None if number is None else visible_enterprises(actor).filter(pk=number).first()


@asked_once
def inactivities_of(actor: Actor, enterprise_id: int) -> list[Inactivity]:
    """Return the times off the register of an enterprise, which are few, latest first. One query."""
    return list(list_inactivities(actor, enterprise_id))


def inactivity_on(actor: Actor, enterprise_id: int, day: dt.date) -> Inactivity | None:
    """Return why the enterprise was off the register on a day; None if it was on it."""
    return next(
        (
            each
            for each in inactivities_of(actor, enterprise_id)
            if each.from_on <= day and (each.until_on is None or each.until_on > day)
        ),
        None,
    )


def log_of(actor: Actor, fact: Fact) -> QuerySet[AuditEntry]:
    """Return the audit entries of one record, newest first. Row-level security shows them only to the police."""
    return AuditEntry.objects.filter(
        enterprise_id=fact.enterprise_id, object_type__in=kind_of_model(type(fact)).codes, object_id=fact.pk
    ).order_by("-id")


def acts_on(actor: Actor, facts: Iterable[Fact]) -> dict[int, list[AuditEntry]]:
    """Return the audit entries of records of one kind by id, newest first, also for an enterprise's people.

    Row-level security opens the log to the police alone. What an enterprise may learn of it is for the caller to choose:
    never the reason of a correction, which is internal to the police.
    """
    shown = list(facts)
    if not shown:
        return {}
    entries = AuditEntry.objects.filter(
        enterprise_id__in={fact.enterprise_id for fact in shown},
        object_type__in=kind_of_model(type(shown[0])).codes,
        object_id__in=[fact.pk for fact in shown],
    ).order_by("-id")
    scope = actor.scope()
    if actor.is_enterprise:
        entries = entries.filter(enterprise_id=actor.enterprise_id)
        scope = replace(scope, enterprise=0, audience=Audience.POLICE)
    found: dict[int, list[AuditEntry]] = {}
    with station_scope(scope):
        auditing.reveal(entries)
        for entry in entries:
            found.setdefault(entry.object_id, []).append(entry)
    return found


def field_of(model: type[models.Model], name: str) -> models.Field:
    """Return a column of a model by its name."""
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found
