"""Re-checks of closed hazards: the pool of a draw, what those drawn become, and the outcome.

A superior draws closed hazards by lot (:mod:`foundation.lots`). Each gets a re-check, due on a day, of a person who did not
accept it. Its outcome is a dated row; a hazard that is there again is reopened by the act of its life.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.open_work import is_off_register
from facts.four_eyes import is_among
from facts.models import FactStep
from facts.operations import VOIDED, lock_fact, refuse_stale
from facts.steps import steps_of, who_set
from foundation.accounts import auditing
from foundation.accounts.access import POLICE_ROLES, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, RoleGrant, User
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import names_in
from foundation.contributions.lots import Entry, Pool
from foundation.faults import Faults
from foundation.inbox.notifying import notify, withdraw
from foundation.lots.models import Draw
from foundation.lots.operations import MOST_IN_POOL, as_day, check_due
from inspections.access import Permission
from inspections.choices import RecheckOutcome, Severity
from inspections.hazard_operations import reopen_hazard
from inspections.models import Hazard, Recheck, belonging_to
from inspections.selectors import MAJOR_TODAY, list_hazards

KIND = "rechecks"
DUE = "hazard.rechecks_drawn"  # the cause of a notification
WAITS = Q(outcome=None, lapsed_at=None)


# --- the draw --------------------------------------------------------------------------------------------------------


def closed_hazards(actor: Actor, criteria: Mapping[str, Any], redraws: int | None = None) -> Pool:
    """Return the closed hazards that a filter gives and that no re-check waits for: of enterprises on the register.

    What waits because of the draw ``redraws`` counts as free, because that one is made again.
    """
    since, until = (dt.date.fromisoformat(criteria[name]) for name in ("since", "until"))
    waiting = Recheck.objects.filter(WAITS, enterprise_id=OuterRef("enterprise_id"), record_id=OuterRef("pk"))
    rows = list_hazards(actor).filter(
        ~Exists(waiting.exclude(draw_id=redraws or 0)),
        ~is_off_register(timezone.localdate()),
        closed_on__range=(since, until),
    )
    if criteria.get("stations"):
        rows = rows.filter(station_id__in=criteria["stations"])
    if criteria.get("severity"):
        is_major = criteria["severity"] == Severity.MAJOR
        rows = rows.filter(MAJOR_TODAY) if is_major else rows.exclude(MAJOR_TODAY)
    if item := criteria.get("item"):
        rows = rows.filter(item=item)
    found = rows.order_by("pk").values_list("pk", "item", "place", "enterprise__name")[: MOST_IN_POOL + 1]
    return Pool(
        [
            Entry(pk, " · ".join(filter(None, (item, place, enterprise))))
            for pk, item, place, enterprise in found
        ]
    )


def check_draw(actor: Actor, criteria: Mapping[str, Any], terms: Mapping[str, Any]) -> None:
    """Raise ValidationError by field for a filter or terms that cannot be."""
    faults = Faults()
    since, until = (as_day(criteria.get(name)) for name in ("since", "until"))
    if since is None or until is None:
        faults.add(ValidationError({"since": _("Enter a date such as 2026-10-04.")}))
    elif since > until:
        faults.add(ValidationError({"until": _("This day is before the first one.")}))
    if criteria.get("severity") and criteria["severity"] not in Severity.values:
        faults.add(ValidationError({"severity": _("Choose how grave they are.")}))
    with faults.of():
        check_due(terms.get("due_on"))
    stations = criteria.get("stations") or actor.stations
    if terms.get("person") not in dict(persons(actor, list(stations))):
        faults.add(ValidationError({"person": _("Choose who re-checks.")}))
    faults.refuse()


def persons(actor: Actor, stations: Sequence[int]) -> list[tuple[int, str]]:
    """Return who may be named to re-check: the actor first, the supervisors, and the people of a single station. One query."""
    at_station = (
        Q(station_id__in=stations, role__in=(Role.CHIEF, Role.OFFICER)) if len(stations) == 1 else Q(pk=0)
    )
    who = at_station
    if actor.role == Role.SUPERVISOR:
        who |= Q(role=Role.SUPERVISOR, bureau_id=actor.bureau_id)
    grants = RoleGrant.objects.filter(who, revoked_at=None)
    found = User.objects.filter(pk__in=grants.values("user_id"), is_active=True)
    others = found.exclude(pk=actor.user_id).order_by("sort_key", "full_name", "pk")
    return [(actor.user_id, actor.name), *((each.pk, str(each)) for each in others)]


def accepted_by(hazard: Hazard, steps: Iterable[FactStep]) -> tuple[set[int], set[str]]:
    """Return who accepted a hazard: ids, and the names of the officers before whose eyes it was put right."""
    ids = who_set(hazard, "closed_on", steps)
    if hazard.on_the_spot:
        return ids | {hazard.recorded_by_id} - {0}, set(names_in(hazard.found_by))
    return ids, set()


def begin_rechecks(actor: Actor, draw: Draw) -> None:
    """Write a re-check for each hazard drawn that is still closed, and tell who is to do them."""
    ids = [pk for pk, _people in draw.result]
    hazards = list_hazards(actor).exclude(closed_on=None).in_bulk(ids)
    busy = set(Recheck.objects.filter(WAITS, record_id__in=ids).values_list("record_id", flat=True))
    steps: dict[int, list[FactStep]] = {}
    for step in FactStep.objects.filter(kind="hazard", record_id__in=hazards).order_by("id"):
        steps.setdefault(step.record_id, []).append(step)
    known, due_on = persons(actor, draw.stations), draw.due_on
    assert due_on
    named = draw.terms["person"]
    known.sort(key=lambda each: each[0] != named)
    made = []
    for pk in ids:
        if pk not in hazards or pk in busy:
            continue
        hazard = hazards[pk]
        accepted, names = accepted_by(hazard, steps.get(pk, []))
        others = ((each, name) for each, name in known if each not in accepted and not is_among(name, names))
        to_id, to_name = next(others, (0, ""))
        made.append(
            Recheck(
                **belonging_to(hazard),
                draw_id=draw.pk,
                by_bureau=draw.station_id is None,
                due_on=due_on,
                to_id=to_id,
                to_name=to_name[:80],
            )
        )
    Recheck.objects.bulk_create(made)
    for person in sorted({each.to_id for each in made} - {0}):
        number = sum(each.to_id == person for each in made)
        notify(
            DUE,
            to=Q(user_id=person, bureau_id=draw.bureau_id, role__in=POLICE_ROLES),
            key=str(draw.pk),
            object_id=draw.pk,
            values={"number": number, "day": due_on.isoformat()},
            actor=actor,
        )


def drop_rechecks(actor: Actor, draw: Draw) -> None:
    """Let what is not done of a draw lapse: another draw replaces it."""
    Recheck.objects.filter(WAITS, draw_id=draw.pk).update(lapsed_at=timezone.now())
    withdraw(DUE, object_id=draw.pk, bureau_id=draw.bureau_id)


def action_of(outcome: str) -> str:
    """Return the action of an outcome in the audit log."""
    return kind_of_model(Hazard).action(f"recheck_{outcome}")


def rechecks_of_draw(draw: Draw) -> QuerySet[Recheck]:
    """Return the re-checks of a draw."""
    return Recheck.objects.filter(draw_id=draw.pk)


# --- the outcome -----------------------------------------------------------------------------------------------------


def waiting_recheck(hazard: Hazard) -> Recheck | None:
    """Return the re-check that waits for a hazard. One query."""
    return Recheck.of(hazard).filter(WAITS).first()


def knows_of(actor: Actor, recheck: Recheck) -> bool:
    """Return whether an actor knows of a re-check before it is done: who is to do it, and the superiors who drew."""
    if recheck.to_id == actor.user_id or actor.role == Role.SUPERVISOR:
        return True
    return actor.role == Role.CHIEF and not recheck.by_bureau


def refuses_recheck(
    actor: Actor, hazard: Hazard, recheck: Recheck | None, steps: Iterable[FactStep] | None = None
) -> str:
    """Return why this actor cannot record the re-check of a hazard now; empty if they can."""
    if hazard.is_voided:
        return str(VOIDED)
    if recheck is None or not knows_of(actor, recheck):
        last = Recheck.of(hazard).exclude(outcome=None).last()
        if last is None or last.on is None:
            return _("No re-check of this hazard was drawn for you.")
        words = _("It was re-checked on %(day)s by %(name)s: %(outcome)s.")
        shown = {"day": last.on.isoformat(), "name": last.by, "outcome": last.get_outcome_display()}
        return words % shown
    if hazard.closed_on is None:
        return _("This hazard is open, so there is nothing to re-check.")
    ids, names = accepted_by(hazard, steps_of(hazard) if steps is None else steps)
    if actor.user_id in ids or is_among(actor.name, names):
        return _("You accepted this hazard yourself, so somebody else re-checks it.")
    return ""


@transaction.atomic
@as_declared
def record_recheck(
    *,
    actor: Actor,
    id: int,
    version: int | None,
    outcome: str,
    note: str,
    on: dt.date | None = None,
    due_on: dt.date | None = None,
) -> Recheck:
    """Record what a re-check found. Not rectified: the hazard is reopened from that day, with ``note`` as the reason.

    Raise NotAllowed, Http404, StaleRecord, WrongState with why it is refused, ValidationError at ``outcome``, ``note``,
    ``on`` and, as the act of reopening, at ``due_on``.
    """
    require(actor, Permission.RECHECK_HAZARDS)
    hazard = lock_fact(actor, Hazard, id)
    recheck = Recheck.of(hazard).filter(WAITS).select_for_update().first()
    if words := refuses_recheck(actor, hazard, recheck):
        raise WrongState(words)
    refuse_stale(actor, hazard, version)
    assert recheck
    assert hazard.closed_on
    faults, today, given = Faults(), timezone.localdate(), note
    on = on or today
    with faults.of():
        try:
            note = required_reason(given)
        except ValidationError as error:
            raise ValidationError({"note": error.messages}) from error
    if outcome not in RecheckOutcome.values:
        faults.add(ValidationError({"outcome": _("Say what you found.")}))
    first_on = max(hazard.closed_on, timezone.localdate(recheck.drawn_at))
    if not first_on <= on <= today:
        words = _("Choose a day from %(day)s, when it was drawn, until today.")
        faults.add(ValidationError({"on": words % {"day": first_on.isoformat()}}))
    if outcome == RecheckOutcome.AGAIN and due_on is None:
        faults.add(ValidationError({"due_on": _("Set the new deadline.")}))
    faults.refuse()
    if outcome == RecheckOutcome.AGAIN:
        # a superior reopens by a re-check alone
        reopen = reopen_hazard.under(Permission.RECHECK_HAZARDS)
        reopen(actor=actor, id=hazard.pk, version=version, reopened_on=on, due_on=due_on, reason=note)
    else:
        hazard.version += 1
        hazard.save(update_fields=["version", "changed_at"])
    recheck.outcome, recheck.on, recheck.note = outcome, on, note
    recheck.by, recheck.by_id, recheck.made_at = actor.name[:80], actor.user_id, timezone.now()
    recheck.save(update_fields=["outcome", "on", "note", "by", "by_id", "made_at"])
    auditing.record(
        actor=actor,
        action=action_of(outcome),
        target=hazard,
        reason=note,
    )
    return recheck


# --- for pages -------------------------------------------------------------------------------------------------------


def says_rechecked(log: Iterable[AuditEntry]) -> bool:
    """Return whether one of these entries of a hazard's log re-checked it."""
    acts = set(map(action_of, RecheckOutcome.values))
    return any(each.action in acts for each in log)


def rechecks_shown(actor: Actor, hazard: Hazard) -> list[Recheck]:
    """Return the re-checks of a hazard that this actor may know of, oldest first. One query."""
    rows = [each for each in Recheck.of(hazard) if each.lapsed_at is None]
    return [each for each in rows if not each.waits or (actor.is_police and knows_of(actor, each))]
