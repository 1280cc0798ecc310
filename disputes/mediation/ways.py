"""The way by which a dispute is led: chosen, changed, and what happens on it. The rules are in ``mediation.rules``."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.acting import locked_dispute, record, refuse_closed
from disputes.mediation import rules
from disputes.mediation.choices import STANDS_STILL, Cause, Running, StepKind, TransferTo, WayKind
from disputes.mediation.entering import check, check_past, entered_by, made_before, row_of, typed, void
from disputes.mediation.rules import Led
from disputes.models import Dispute, MediationSession, Way, WayStep, belonging_to
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared, refuse_unfit_columns
from foundation.database.once import asking_once
from foundation.database.sealed import read_text
from foundation.deadlines.counting import Limit, Suspension
from foundation.deadlines.selectors import limit_in_force
from foundation.faults import UNCHANGED, Faults

CHOSEN = {kind: f"way_{kind.value}" for kind in WayKind}  # acts of the log
VOID_WAY, VOID_STEP = "void_way", "void_way_step"
STEPS = {kind: f"way_{kind.value}" for kind in StepKind}
# on which way a step can happen
OF_WAY: dict[StepKind, tuple[WayKind, ...]] = {
    StepKind.APPRAISED: (WayKind.PUBLIC_SECURITY,),
    StepKind.FAILED: (WayKind.PUBLIC_SECURITY,),
    StepKind.EXTENDED: (WayKind.PUBLIC_SECURITY,),
    StepKind.SUSPENDED: (WayKind.PUBLIC_SECURITY,),
    StepKind.RESUMED: (WayKind.PUBLIC_SECURITY,),
    StepKind.DECIDED: (WayKind.PUBLIC_SECURITY,),
    StepKind.REFUSED: (WayKind.PEOPLES, WayKind.ADMINISTRATIVE),
    StepKind.RECEIVED: (WayKind.TRANSFER,),
    StepKind.RESULT: (WayKind.TRANSFER,),
}
NEED_WORDS = {
    StepKind.EXTENDED: gettext_lazy("Enter who approved it and under which number."),
    StepKind.SUSPENDED: gettext_lazy("Enter what is examined or heard, and by whom."),
    StepKind.RECEIVED: gettext_lazy("Enter who received it and under which number."),
    StepKind.RESULT: gettext_lazy("Enter what the other body decided or did."),
    StepKind.REFUSED: gettext_lazy("Enter which side refused, and how it was said."),
}


# --- reads ----------------------------------------------------------------------------------------------------------


def ways_of(dispute: Dispute) -> list[Way]:
    """Return the valid ways of a dispute, the oldest first, each with its steps and the day until which it was led. One query."""
    steps = WayStep.objects.filter(way_id=OuterRef("pk"), voided_at=None).order_by("on", "pk")
    rows = Way.objects.filter(
        dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id, voided_at=None
    ).annotate(
        read_steps=ArraySubquery(
            steps.values(json=JSONObject(id="pk", kind="kind", on="on", cause="cause", said="said"))
        )
    )
    found = list(rows)
    for way, later in zip(found, [*found, None][1:], strict=True):
        way.until_on = later.from_on if later else None
        way.steps_of = [
            WayStep(
                pk=each["id"],
                way_id=way.pk,
                kind=each["kind"],
                on=dt.date.fromisoformat(each["on"]),
                cause=each["cause"],
                said=read_text(WayStep, "said", each["said"]),
            )
            for each in way.read_steps
        ]
    return [*found]


def led(way: Way, dispute: Dispute, sessions: Iterable[dt.date]) -> Led:
    """Return a way as the rules see it. ``sessions``: the days of all valid sessions of the dispute."""
    days: dict[str, list[dt.date]] = {}
    for step in way.steps_of:
        days.setdefault(step.kind, []).append(step.on)
    first = {kind: found[0] for kind, found in days.items()}
    settled_on = dispute.settled_on if dispute.settled_on and dispute.settled_on >= way.from_on else None
    return Led(
        kind=WayKind(way.kind),
        from_on=way.from_on,
        until_on=way.until_on,
        on_the_spot=way.on_the_spot,
        accepted_on=way.accepted_on,
        needs_appraisal=way.needs_appraisal,
        appraised_on=first.get(StepKind.APPRAISED),
        failed_on=first.get(StepKind.FAILED),
        extended=len(days.get(StepKind.EXTENDED, ())),
        stood_still=stood_still(way),
        decided_on=first.get(StepKind.DECIDED),
        ended_on=first.get(StepKind.REFUSED) or first.get(StepKind.RESULT),
        received_on=first.get(StepKind.RECEIVED) or first.get(StepKind.RESULT),
        settled_on=settled_on,
        sessions=tuple(
            sorted(
                on
                for on in sessions
                if way.from_on <= on
                and (way.until_on is None or on < way.until_on)
                and (settled_on is None or on <= settled_on)
            )
        ),
    )


def stood_still(way: Way) -> tuple[rules.Still, ...]:
    """Return when the time for the case of a way stood still."""
    return rules.still_in([(step.kind, step.on) for step in way.steps_of])


def session_days(dispute: Dispute, *, without: int = 0) -> list[dt.date]:
    """Return the days of the valid sessions of a dispute, without one of them. One query."""
    rows = MediationSession.objects.filter(
        dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id, voided_at=None
    )
    return list(rows.exclude(pk=without).values_list("on", flat=True))


def last_day(
    actor: Actor, code: str, start: dt.date, extended: int = 0, stood_still: Sequence[rules.Still] = ()
) -> dt.date:
    """Return the last day of a time limit that begins on a day, with so many extensions of the case and what it stood still."""
    suspensions = tuple(Suspension(first, last, rules.CASE) for first, last in stood_still)
    limit = Limit(start, limit_in_force(actor, code, start).length, suspensions)
    for _number in range(extended):
        limit = limit.extended(limit_in_force(actor, rules.EXTENSION, start).number, rules.EXTENSION)
    found = limit.count().last_on
    assert found  # nobody asks while it stands still, so it ends
    return found


def clock_of(way: Way, dispute: Dispute) -> tuple[Running, dt.date] | None:
    """Return the clock that runs on a way and its last day; None if none does."""
    is_over = dispute.settled_on or way.until_on
    if not way.running or way.due_on is None or (is_over and way.running != Running.CASE):
        return None
    return Running(way.running), way.due_on


def way_on(ways: Sequence[Way], day: dt.date) -> Way | None:
    """Return the way by which a dispute was led on a day, None before the first."""
    return next((each for each in reversed(ways) if each.from_on <= day), None)


# --- writes ---------------------------------------------------------------------------------------------------------


def count_again(actor: Actor, dispute: Dispute) -> None:
    """Write which clock runs on each way now, as its steps and the sessions say. Call it after each change of them.

    A settlement is not looked at, because it comes and goes by itself: whoever reads a clock other than that of a case
    leaves out what is settled (``clock_of``).
    """
    days, last = session_days(dispute), partial(last_day, actor)
    with asking_once():
        for way in ways_of(dispute):
            now = replace(led(way, dispute, days), settled_on=None)
            running, due_on = rules.runs(now, last) or ("", None)
            if (way.running, way.due_on) != (running, due_on):
                way.running, way.due_on = running, due_on
                way.save(update_fields=["running", "due_on"])


@transaction.atomic
@as_declared
def choose_way(
    *,
    actor: Actor,
    dispute_id: int,
    kind: WayKind,
    from_on: dt.date,
    reason: str = "",
    exclusions: Collection[str] = (),
    all_accept: bool = True,
    key: str = "",
    **values: object,
) -> Way:
    """Lead a dispute by a way from a day on; the way before stays in its history.

    ``exclusions``: which of Art. 179 apply; ``all_accept``: whether no party clearly refuses. A police mediation that is
    given up for another way has failed that day, so the time for its case begins. Raise NotAllowed, Http404, WrongState,
    ValidationError by field with the article that refuses, and for the way by which it is led already.
    """
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    refuse_unfit_columns(Way, values)
    if first := made_before(Way, dispute, key):
        return first
    refuse_closed(dispute)
    before, faults = ways_of(dispute), Faults()
    way = Way(
        kind=kind,
        from_on=from_on,
        reason=typed(reason),
        **values,
        **belonging_to(dispute),
        **entered_by(actor, key),
    )
    optional = ("offence", "ground", "minors", "agent", "recipient", "body")
    check(way, faults, skip=optional if kind == WayKind.PUBLIC_SECURITY else ())
    check_past(dispute, faults, from_on=from_on, accepted_on=way.accepted_on)
    if before:
        with faults.of():
            required_reason(reason)
        if from_on and from_on < before[-1].from_on:
            words = _("It is led by another way since %(day)s. Choose that day or a later one.")
            faults.add(ValidationError({"from_on": words % {"day": before[-1].from_on.isoformat()}}))
    if kind == WayKind.PUBLIC_SECURITY:
        _check_police(way, faults, exclusions)
        if why := refusal_of_police(dispute, before):
            raise WrongState(why)
    elif kind == WayKind.TRANSFER:
        if way.recipient not in TransferTo.values:
            faults.add(ValidationError({"recipient": _("Choose who takes it over.")}))
    elif not all_accept:
        words = _("A party clearly refuses, so there is no mediation (People's Mediation Law, Art. 17).")
        faults.add(ValidationError({"all_accept": words}))
    if kind != WayKind.PUBLIC_SECURITY and not way.body:
        faults.add(ValidationError({"body": _("Enter the committee, office or body.")}))
    faults.refuse()
    if before and _goes_on(before[-1], way, dispute):
        raise ValidationError(_("It is led this way already."), code=UNCHANGED)
    if before and _is_under_way(before[-1], dispute):
        _step(actor, dispute, before[-1], StepKind.FAILED, from_on, cause=Cause.CHANGED)
    way.save(force_insert=True)
    record(actor, dispute, CHOSEN[kind], {"from_on": from_on})
    count_again(actor, dispute)
    return way


def refusal_of_police(dispute: Dispute, ways: Iterable[Way]) -> str:
    """Return why the police do not begin to mediate a dispute; "" if they may.

    They mediate it already: chosen anew, it would begin with two further sessions. Or their mediation failed and its case waits.
    """
    found = list(ways)
    if found and _is_under_way(found[-1], dispute):
        return _("The police mediate this dispute already. If that was entered wrongly, void it first.")
    each_led = (led(each, dispute, ()) for each in found)
    is_over = any(each.failed_on and not each.decided_on for each in each_led)
    return rules.words_of(rules.No.OVER) if is_over else ""


def _check_police(way: Way, faults: Faults, exclusions: Collection[str]) -> None:
    found = rules.refusals_of_police(
        exclusions=list(exclusions),
        offence=way.offence,
        ground=way.ground,
        minors=way.minors,
        agent=way.agent,
    )
    if way.accepted_on is None:
        found["accepted_on"] = _("Enter the day on which the case was accepted.")
    elif way.from_on and way.accepted_on > way.from_on:
        found["accepted_on"] = _("The case is accepted before it is mediated.")
    if way.on_the_spot and way.needs_appraisal:
        found["on_the_spot"] = _("On the spot only what is clear is mediated: no appraisal is awaited.")
    if found:
        faults.add(ValidationError(found))


def _is_under_way(way: Way, dispute: Dispute) -> bool:
    """Whether the police mediate, and neither agreement nor failure has ended it."""
    now = led(way, dispute, ())
    return now.by_police and not (now.failed_on or now.decided_on or now.settled_on)


def _goes_on(before: Way, way: Way, dispute: Dispute) -> bool:
    """Whether a way is the one by which the dispute is led anyway, which has not ended."""
    if any(getattr(before, name) != getattr(way, name) for name in ("kind", "body", "recipient", "oral")):
        return False
    now = led(before, dispute, ())
    return not (now.ended_on or now.failed_on or now.decided_on or now.settled_on)


def _step(
    actor: Actor, dispute: Dispute, way: Way, kind: StepKind, on: dt.date, *, cause: str = "", said: str = ""
) -> WayStep:
    step = WayStep(
        way=way, kind=kind, on=on, cause=cause, said=said, **belonging_to(dispute), **entered_by(actor)
    )
    step.save(force_insert=True)
    record(actor, dispute, STEPS[kind], {"on": on})
    return step


@transaction.atomic
@as_declared
def record_step(
    *,
    actor: Actor,
    dispute_id: int,
    way_id: int,
    kind: StepKind,
    on: dt.date,
    cause: str = "",
    said: str = "",
) -> WayStep:
    """Record what happened on a way. The same again on the same day is one step, but of an extension.

    An extension is recorded by a chief, with who approved it (``said``). The time for a case stands still for an appraisal or a
    hearing (``cause``) alone, until it is recorded that it runs again. Raise NotAllowed, Http404, WrongState if it is not
    possible on this way now, ValidationError by field.
    """
    require(actor, Permission.EXTEND_CASES if kind == StepKind.EXTENDED else Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    row_of(Way, dispute, way_id)
    way = next(each for each in ways_of(dispute) if each.pk == way_id)
    now, faults, said = led(way, dispute, session_days(dispute)), Faults(), typed(said)
    for each in way.steps_of:
        if (each.kind, each.on, each.cause, each.said) == (kind, on, cause, said):
            return each
    if why := refusal_of_step(now, kind, partial(last_day, actor), on):
        raise WrongState(why)
    check(
        WayStep(kind=kind, on=on, cause=cause, said=said),
        faults,
    )
    check_past(dispute, faults, on=on)
    if on and on < way.from_on:
        words = _("This way was chosen on %(day)s. Choose that day or a later one.")
        faults.add(ValidationError({"on": words % {"day": way.from_on.isoformat()}}))
    if kind == StepKind.FAILED:
        if cause not in Cause.values or cause in STANDS_STILL:
            faults.add(ValidationError({"cause": _("Choose why.")}))
        if now.sessions and on < now.sessions[-1]:
            words = _("There was a session on %(day)s. Choose that day or a later one.")
            faults.add(ValidationError({"on": words % {"day": now.sessions[-1].isoformat()}}))
    if kind == StepKind.SUSPENDED and cause not in STANDS_STILL:
        words = _("Only an appraisal or a hearing stops the time for a case (Art. 118). Choose which.")
        faults.add(ValidationError({"cause": words}))
    if kind in NEED_WORDS and not said:
        faults.add(ValidationError({"said": NEED_WORDS[kind]}))
    if kind == StepKind.DECIDED and now.failed_on and on < now.failed_on:
        faults.add(ValidationError({"on": _("It cannot have been decided before the mediation failed.")}))
    if kind == StepKind.RESULT and now.received_on and on < now.received_on:
        words = _("It was received on %(day)s. Choose that day or a later one.")
        faults.add(ValidationError({"on": words % {"day": now.received_on.isoformat()}}))
    faults.refuse()
    step = _step(actor, dispute, way, kind, on, cause=cause, said=said)
    count_again(actor, dispute)
    return step


def note_not_performed(actor: Actor, dispute: Dispute, on: dt.date) -> None:
    """Record that what the police mediated was not performed: from that day the time for the case runs. Once.

    The dispute is locked. On another way nothing happens.
    """
    way = next(iter(ways_of(dispute)[::-1]), None)
    if way is None or on < way.from_on:
        return
    if refusal_of_step(led(way, dispute, ()), StepKind.FAILED, partial(last_day, actor), on):
        return
    _step(actor, dispute, way, StepKind.FAILED, on, cause=Cause.NOT_PERFORMED)
    count_again(actor, dispute)


def end_of_case(actor: Actor, dispute: Dispute, on: dt.date) -> dt.date | None:
    """Return until when the case of a dispute is to be decided whose agreement was not performed on a day. One query, and one of the limits.

    None if the police did not mediate it, or its case was decided. Where their mediation has failed already, the time that runs counts.
    """
    ways = ways_of(dispute)
    way = ways[-1] if ways else None
    if way is None or way.kind != WayKind.PUBLIC_SECURITY or on < way.from_on:
        return None
    now = led(way, dispute, ())
    if now.failed_on is None and now.decided_on is None:
        return last_day(actor, rules.CASE, on)
    return way.due_on if way.running == Running.CASE else None


def void_not_performed(actor: Actor, dispute: Dispute, on: dt.date, reason: str) -> None:
    """Void that the mediation of the police failed on a day because its agreement was not performed: it was. The dispute is locked."""
    for way in ways_of(dispute):
        for each in way.steps_of:
            if (each.kind, each.cause, each.on) == (StepKind.FAILED, Cause.NOT_PERFORMED, on):
                void(actor, row_of(WayStep, dispute, each.pk), reason)
                record(actor, dispute, VOID_STEP, {"on": each.on}, reason=reason)
    count_again(actor, dispute)


def refusal_of_step(now: Led, kind: StepKind, last: rules.Last, on: dt.date | None = None) -> str:
    """Return why a step is not possible on a way on a day; "" if it is. ``on`` None: whatever the day."""
    if now.kind not in OF_WAY[kind]:
        return _("This does not happen on this way.")
    if kind == StepKind.APPRAISED and (not now.needs_appraisal or now.appraised_on):
        return _("No appraisal is awaited.")
    if kind == StepKind.FAILED and (now.failed_on or now.decided_on):
        return _("That the mediation failed is recorded already.")
    if kind == StepKind.EXTENDED:
        return rules.refusal_to_extend(now, on, last)
    if kind == StepKind.SUSPENDED:
        return rules.refusal_to_suspend(now, on, last)
    if kind == StepKind.RESUMED:
        return rules.refusal_to_resume(now, on)
    if kind == StepKind.DECIDED and (not now.failed_on or now.decided_on):
        return _("No case waits for a decision.")
    if kind == StepKind.REFUSED and (now.ended_on or now.until_on):
        return _("This way has ended already.")
    if kind == StepKind.RECEIVED and now.received_on:
        return _("The receipt is recorded already.")
    if kind == StepKind.RESULT and now.ended_on:
        return _("The result is recorded already.")
    return ""


def steps_possible(actor: Actor, way: Way, dispute: Dispute) -> list[StepKind]:
    """Return the steps that the actor could record on a way now. No query."""
    now, last = led(way, dispute, ()), partial(last_day, actor)
    kinds = [each for each in StepKind if each != StepKind.EXTENDED or allows(actor, Permission.EXTEND_CASES)]
    return [each for each in kinds if not refusal_of_step(now, each, last)]


@transaction.atomic
@as_declared
def void_way(*, actor: Actor, dispute_id: int, way_id: int, reason: str) -> Way:
    """Void a way that was entered wrongly, with its steps. A mediation of the police that failed by it goes on.

    Its letter of transfer is voided by :func:`disputes.mediation.issuing.void_way`. Raise Http404, WrongState, also for who may
    not void an extension on it, ValidationError at ``reason``.
    """
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    way = row_of(Way, dispute, way_id)
    extended = WayStep.objects.filter(way_id=way_id, kind=StepKind.EXTENDED, voided_at=None)
    if not allows(actor, Permission.EXTEND_CASES) and extended.exists():
        raise WrongState(
            _("The chief has extended the time for the case on this way, so the chief voids it.")
        )
    reason = void(actor, way, reason)
    record(actor, dispute, VOID_WAY, {"from_on": way.from_on}, reason=reason)
    now = ways_of(dispute)[-1:]  # nobody gave it up, now that this one is gone
    for each in now[0].steps_of if now else ():
        if (each.kind, each.cause, each.on) == (StepKind.FAILED, Cause.CHANGED, way.from_on):
            void(actor, row_of(WayStep, dispute, each.pk), reason)
            record(actor, dispute, VOID_STEP, {"on": each.on}, reason=reason)
    count_again(actor, dispute)
    return way


@transaction.atomic
@as_declared
def void_step(*, actor: Actor, dispute_id: int, step_id: int, reason: str) -> WayStep:
    """Void a step that was entered wrongly; an extension only by a chief. Raise as void_way."""
    require(actor, Permission.MEDIATE_DISPUTES)
    dispute = locked_dispute(actor, dispute_id)
    step = row_of(WayStep, dispute, step_id)
    if step.kind == StepKind.EXTENDED:
        require(actor, Permission.EXTEND_CASES)
    reason = void(actor, step, reason)
    record(actor, dispute, VOID_STEP, {"on": step.on}, reason=reason)
    count_again(actor, dispute)
    return step
