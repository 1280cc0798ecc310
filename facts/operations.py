"""The only way to write facts: create, change under a lock and a version, correct, void. Many at once: :mod:`facts.batches`.

The operations of each app (``create_hazard``, ``close_hazard``) call these; nothing else saves a fact.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.models import Enterprise
from enterprises.selectors import visible as visible_enterprises
from facts.access import Permission, Verb, sibling
from facts.choices import FactAction
from facts.corrections import check_correction, decided_with, watched
from facts.dates import check_own_day
from facts.four_eyes import refusal, refusal_of_decider
from facts.models import DERIVED_FIELDS, Fact, SteppedFact
from facts.own import require_own
from facts.rules import check, check_new, refuse_day_off_register, refuse_twin
from facts.selectors import log_of, visible
from facts.steps import Course, acts_among, steps_of
from foundation.accounts import audit_words, auditing
from foundation.accounts.access import NotAllowed, StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_columns, as_declared, refuse_unfit_columns
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import refuse_implausible, refuse_unstorable
from foundation.database.once import locked_once
from foundation.faults import UNCHANGED, Faults

F = TypeVar("F", bound=Fact)
FROM_A_FORM = "form:"  # prefix of the key of a record typed into a page
VOIDED = gettext_lazy("This record was voided and can no longer be changed. Enter a new one instead.")
# left out of the entry of a new record: the same for all, or already in the entry
_NOT_LOGGED = {
    "recorded_at",
    "changed_at",
    "version",
    "external_key",
    "source_values",
    "counted_as",
    "call_from_on",
}


class AlreadyRecorded(Exception):
    """The same form was sent before; ``fact`` is the record it made."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(str(fact.pk))
        self.fact = fact


@transaction.atomic
def create_fact(
    *,
    actor: Actor,
    permission: str,
    model: type[F],
    enterprise_id: int | None,
    values: Mapping[str, Any],
    action: str = "",
    faults: Faults | None = None,
    recorded_by_id: int | None = None,
    locked: Enterprise | None = None,
) -> F:
    """Write a new record about an enterprise the actor may see, with its audit entry.

    Raise NotAllowed without the permission, Http404 for an enterprise the actor cannot see, AlreadyRecorded if the
    enterprise has a record with this ``external_key``, ValidationError with the faults of all fields. ``faults`` are those that the
    caller's own rules found. ``enterprise_id`` None: none was chosen, which is a fault too. ``recorded_by_id``: of a copy,
    who recorded the first. ``locked``: the enterprise, if the caller has locked it and found no record with this key since.
    """
    require(actor, permission)
    refuse_unfit_columns(model, values)
    if enterprise_id is None:
        faults = Faults() if faults is None else faults
        faults.add(ValidationError({"enterprise": _("Choose the enterprise.")}))
        check_new(actor, model(recorded_by_id=actor.user_id, **values), faults)
    assert enterprise_id
    # a second request with the same form waits here for the first
    enterprise = locked or lock_enterprise(actor, enterprise_id)
    key = values.get("external_key", "")
    if locked is None and (first := recorded_before(actor, model, enterprise_id, key)):
        raise AlreadyRecorded(first)
    fact = model(
        enterprise=enterprise,
        station_id=enterprise.station_id,
        issued_by_station_id=actor.station_id or enterprise.station_id,
        recorded_by_id=actor.user_id if recorded_by_id is None else recorded_by_id,
        **values,
    )
    check_new(actor, fact, Faults() if faults is None else faults)
    try:
        with transaction.atomic():
            fact.save(force_insert=True)
    except IntegrityError:
        if first := recorded_before(actor, model, enterprise_id, key):
            raise AlreadyRecorded(first) from None
        raise
    auditing.record(
        actor=actor,
        action=action or kind_of_model(model).action(FactAction.CREATE),
        target=fact,
        after=as_audit_values(fact),
    )
    return fact


def create_together(*, actor: Actor, facts: Sequence[F]) -> Sequence[F]:
    """Write new records of one enterprise that concern the same people, each with its audit entry. Return them saved.

    The caller has required the permission, locked the enterprise, and checked each record (``check_new``). Three statements,
    and those of the notifications.
    """
    if not facts:
        return facts
    model = type(facts[0])
    model._default_manager.bulk_create(facts)
    auditing.record_alike(
        actor=actor,
        action=kind_of_model(model).action(FactAction.CREATE),
        after={fact: as_audit_values(fact) for fact in facts},
    )
    return facts


@transaction.atomic
def change_fact(
    *,
    actor: Actor,
    permission: str,
    model: type[F],
    id: int,
    version: int | None,
    action: str,
    change: Callable[[F], Mapping[str, tuple[Any, Any]] | None],
    reason: str = "",
    faults: Faults | None = None,
) -> F:
    """Let ``change`` alter a locked record, then check it, increment its version, save and log the difference.

    ``change`` may return what it changed besides the fields, for the log: before and after, by name. ``faults`` are those
    that the caller found already; they are raised together with the others.

    Raise Http404 if the actor cannot see it, WrongState if it is voided or ``change`` refuses, StaleRecord if
    ``version`` is not the present one (None: the caller showed the record to nobody), ValidationError by field, also if
    nothing differs.
    """
    require(actor, permission)
    fact = lock_fact(actor, model, id)
    if fact.is_voided:
        raise WrongState(str(VOIDED))
    refuse_stale(actor, fact, version)
    before = auditing.snapshot(fact)
    faults = Faults() if faults is None else faults
    more: Mapping[str, tuple[Any, Any]] = {}
    if reason:
        with faults.of():
            fact.refuse_reason(actor, reason)
    with faults.of():
        more = change(fact) or {}
    with faults.of():
        check(fact)
    old, new = auditing.changes(before, auditing.snapshot(fact))
    if not new and not faults:
        raise ValidationError(_("Nothing was changed."), code=UNCHANGED)
    old, new = ({name: each[name] for name in each if name not in DERIVED_FIELDS} for each in (old, new))
    if permission != Permission.IMPORT_FACTS:  # an import says on the row what is implausible
        with faults.of():
            refuse_implausible(fact, new, own_name=actor.name if actor.user_id else "")
    faults.refuse()
    old |= {name: before for name, (before, _after) in more.items()}
    new |= {name: after for name, (_before, after) in more.items()}
    fact.version += 1
    fact.save()
    auditing.record(actor=actor, action=action, target=fact, before=old, after=new, reason=reason)
    return fact


@as_declared
def correct_fact(
    *,
    actor: Actor,
    permission: str,
    model: type[F],
    id: int,
    version: int | None,
    reason: str,
    values: Mapping[str, Any],
    own: Collection[str] = (),
    faults: Faults | None = None,
) -> F:
    """Correct a wrong record. Requires a reason; the audit log keeps before and after. Raise as change_fact.

    A correction says that a value was never true. What happened later is an act, which leaves past days as they were.
    ValidationError also for a new day on which the enterprise was off the register, for what only an act or somebody
    else may change (``check_correction``), and if it becomes the same as another record. An enterprise's people may
    change the fields ``own`` of their own record of today (``require_own``).
    """
    refuse_unfit_columns(model, values)
    faults = Faults() if faults is None else faults
    given, reason = reason, ""
    with faults.of():
        reason = required_reason(given)

    def change(fact: F) -> None:
        require_own(actor, fact, values, own)
        before, course = {name: getattr(fact, name) for name in watched(model)}, Course(fact)
        words, own_decision = refusal(actor, fact), refusal_of_decider(actor, fact)
        twins = fact.twins()
        for name, value in values.items():
            setattr(fact, name, value)
        is_storable = False
        with faults.of():
            refuse_unstorable(fact)
            is_storable = True
        with faults.of():
            course.after_correction(actor=actor, reason=reason)
        _credit(actor, fact, course)
        if permission == Permission.IMPORT_FACTS:
            return
        if actor.user_id:
            with faults.of():
                check_correction(actor, fact, before, course, was_refused=words, own_decision=own_decision)
        if getattr(fact, model.dated_by) != before[model.dated_by]:
            with faults.of():
                refuse_day_off_register(actor, fact)
        if is_storable and fact.twins() != twins:
            with faults.of():
                refuse_twin(actor, fact)

    return change_fact(
        actor=actor,
        permission=permission,
        model=model,
        id=id,
        version=version,
        reason=reason,
        change=change,
        action=kind_of_model(model).action(FactAction.CORRECT),
        faults=faults,
    )


@as_declared
def correct_step(
    *,
    actor: Actor,
    permission: str,
    model: type[F],
    id: int,
    version: int | None,
    step: int | None,
    on: dt.date | None = None,
    never: bool = False,
    reason: str,
) -> F:
    """Correct one step of a record: it was on another day, or it ``never`` happened. Raise as change_fact.

    Only the police do so, and what only somebody else may decide is for somebody else to correct (WrongState).
    ValidationError at ``step`` for one that cannot be corrected, at ``on`` for a day out of order with the other steps,
    at ``never`` for a step that the others need.
    """
    if actor.is_enterprise:
        raise NotAllowed(permission)
    faults = Faults()
    given, reason = reason, ""
    with faults.of():
        reason = required_reason(given)
    if (on is None) != never:
        faults.add(
            ValidationError({"on": _("Enter the day on which it was, or tick that it never happened.")})
        )
    elif on and on > timezone.localdate():
        faults.add(ValidationError({"on": _("This date is in the future.")}))

    def change(fact: F) -> dict[str, tuple[Any, Any]]:
        found = next((each for each in acts_among(steps_of(fact)) if each.pk == step), None)
        if found is None:
            raise ValidationError({"step": _("Choose one of the steps.")})
        if set(found.values) & decided_with(fact, vars(fact)) and (words := refusal(actor, fact)):
            raise WrongState(words)
        if "on" in faults.by_field:
            return {}
        own_decision, reported = refusal_of_decider(actor, fact), getattr(fact, fact.reported_day, None)
        course = Course(fact)
        course.correct_step(found, actor=actor, on=on, reason=reason)
        is_decided = any(getattr(fact, name) is not None for name in fact.decided)
        if own_decision and is_decided and getattr(fact, fact.reported_day) != reported:
            raise WrongState(own_decision)
        _credit(actor, fact, course)
        return {found.act: (found.on.isoformat(), on.isoformat() if on else None)}

    return change_fact(
        actor=actor,
        permission=permission,
        model=model,
        id=id,
        version=version,
        reason=reason,
        change=change,
        action=kind_of_model(model).action(FactAction.CORRECT),
        faults=faults,
    )


def _credit(actor: Actor, fact: Fact, course: Course) -> None:
    if actor.user_id and isinstance(fact, SteppedFact):
        fact.credit(course.before, actor.user_id)


@as_declared
def void_fact(
    *,
    actor: Actor,
    permission: str,
    model: type[F],
    id: int,
    version: int | None,
    reason: str,
    at: dt.datetime | None = None,
) -> F:
    """Remove a wrong record from every list and measure. It stays in the log and cannot come back.

    Raise as change_fact, WrongState also for a record that the actor reported. An enterprise's people may do so with
    their own record of today (``require_own``). ``at``: when another record was voided together with it.
    """
    reason = required_reason(reason)

    def change(fact: F) -> None:
        require_own(actor, fact)
        if not actor.is_enterprise and (words := refusal(actor, fact)):
            raise WrongState(words)
        fact.voided_at = at or timezone.now()
        fact.void_reason = reason

    return change_fact(
        actor=actor,
        permission=permission,
        model=model,
        id=id,
        version=version,
        reason=reason,
        change=change,
        action=kind_of_model(model).action(FactAction.VOID),
    )


@dataclass(frozen=True)
class Writes:
    """The three operations that every kind of fact has, as its pages and imports call them."""

    create: Callable[..., Any]
    correct: Callable[..., Any]
    void: Callable[..., Any]


def writes_of(
    model: type[F],
    permission: StrEnum,
    *,
    create: Callable[..., F] | None = None,
    correct: Callable[..., F] | None = None,
    void: Callable[..., F] | None = None,
    own: Collection[str] = (),
) -> Writes:
    """Return the operations of a kind, with defaults for those that an app does not name.

    ``permission`` is the one to view the kind. An enterprise's own people may record the last week (``check_own_day``);
    ``own`` are the fields they may correct on the day they entered the record.
    """
    may_record, may_correct = sibling(permission, Verb.RECORD), sibling(permission, Verb.CORRECT)

    def plain_create(*, actor: Actor, enterprise_id: int | None, **values: Any) -> F:
        faults = Faults()
        with faults.of():
            check_own_day(actor, model.dated_by, values.get(model.dated_by))
        return create_fact(
            actor=actor,
            permission=may_record,
            model=model,
            enterprise_id=enterprise_id,
            values=values,
            faults=faults,
        )

    def plain_correct(*, actor: Actor, id: int, version: int | None, reason: str, **values: Any) -> F:
        faults = Faults()
        with faults.of():
            check_own_day(actor, model.dated_by, values.get(model.dated_by))
        return correct_fact(
            actor=actor,
            permission=may_correct,
            model=model,
            id=id,
            version=version,
            reason=reason,
            values=values,
            own=own,
            faults=faults,
        )

    def plain_void(*, actor: Actor, id: int, version: int | None, reason: str) -> F:
        return void_fact(
            actor=actor,
            permission=may_correct,
            model=model,
            id=id,
            version=version,
            reason=reason,
        )

    return Writes(
        as_columns(model, create or plain_create),
        as_columns(model, correct or plain_correct),
        void or plain_void,
    )


def recorded_before(actor: Actor, model: type[F], enterprise_id: int, key: str) -> F | None:
    """Return the record with this key, voided or not; None without a key."""
    if not key:
        return None
    return visible(actor, model, voided=True, enterprise_id=enterprise_id).filter(external_key=key).first()


@locked_once
def lock_enterprise(actor: Actor, enterprise_id: int) -> Enterprise:
    """Return the enterprise, locked against a hand-over until the transaction ends. Raise Http404."""
    enterprise = visible_enterprises(actor).select_for_update(no_key=True).filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"no enterprise {enterprise_id}")
    return enterprise


def lock_fact(actor: Actor, model: type[F], id: int) -> F:
    """Lock and return a record, after its enterprise: a hand-over locks in the same order. Raise Http404."""
    rows = visible(actor, model, voided=True).filter(pk=id)
    enterprise_id = rows.values_list("enterprise_id", flat=True).first()
    if enterprise_id is None:
        raise Http404(f"no {model._meta.model_name} {id}")
    lock_enterprise(actor, enterprise_id)
    return rows.select_for_update(of=("self",), no_key=True).get()


def refuse_stale(actor: Actor, fact: Fact, version: int | None) -> None:
    """Raise StaleRecord, naming who was quicker, if the record has changed since it was shown."""
    if version is None or version == fact.version:
        return
    last = log_of(actor, fact).first()
    when = date_format(timezone.localtime(fact.changed_at), "Y-m-d H:i")
    if last is None:
        raise StaleRecord(_("This record was changed at %(when)s, after you opened it.") % {"when": when})
    raise StaleRecord(
        _("%(name)s changed this record at %(when)s, after you opened it.")
        % {"name": audit_words.who(last), "when": when}
    )


def as_audit_values(fact: Fact) -> dict[str, Any]:
    """Return the filled fields of a new record for the audit log, without internal ones."""
    return {
        name: value
        for name, value in auditing.snapshot(fact).items()
        if value not in (None, "", False) and name not in _NOT_LOGGED
    }
