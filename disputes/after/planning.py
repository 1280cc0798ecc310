"""The plan of follow-ups: what is proposed by the risk of a dispute, planned by an officer, dropped with a reason."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.after.questions import QUESTIONS
from disputes.agreements.reading import LOADED as LOADED_AGREEMENTS
from disputes.agreements.reading import Agreements, agreements_of
from disputes.choices import FollowUpWay, Risk
from disputes.closing import hinders_closing
from disputes.models import Dispute, FollowUp, belonging_to
from disputes.people.masking import refuse_persons
from disputes.people.selectors import names_in, parties_of
from enterprises.selectors import list_officers
from facts.operations import VOIDED
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.deadlines.selectors import changes_of, limit_in_force
from foundation.links.models import SignedLink
from foundation.links.operations import withdraw_links
from foundation.texts import kept

PLAN, DROP = "plan_follow_up", "drop_follow_up"  # acts of the log
SURVEY = "dispute_survey"  # purpose of signed links
LONGEST_QUESTION = 200
LATEST = dt.timedelta(days=731)  # after today or the last instalment; plausible, not statutory
LOADED = "follow_ups"  # of a dispute that its page shows
MOST = 24  # follow-ups of one dispute
NOT_SETTLED = gettext_lazy("Only a settled dispute is followed up. Record the settlement first.")

# what is asked, by how much a dispute may grow: the time limit that names the day, and the way
BY_LEVEL: Mapping[str, Sequence[tuple[str, FollowUpWay]]] = {
    Risk.LOW: (("follow-up-second", FollowUpWay.CALL),),
    Risk.MEDIUM: (("follow-up-second", FollowUpWay.CALL), ("follow-up-third", FollowUpWay.SURVEY)),
    Risk.HIGH: (
        ("follow-up-first", FollowUpWay.VISIT),
        ("follow-up-second", FollowUpWay.CALL),
        ("follow-up-third", FollowUpWay.SURVEY),
    ),
}


@dataclass(frozen=True)
class Proposed:
    """A follow-up as it is proposed."""

    planned_on: dt.date | None
    way: str
    question: str


def level_of(dispute: Dispute) -> Risk:
    """Return the risk by which a dispute is followed up; medium as long as nobody has judged it."""
    return Risk(dispute.risk) if dispute.risk else Risk.MEDIUM


def counted_from(dispute: Dispute) -> dt.date:
    """Return the day from which follow-ups are counted: of the settlement, or, with instalments, of the last of them.

    What is paid in full earlier is over on that day. One query, unless the page has loaded the agreements.
    """
    today = timezone.localdate()
    start = dispute.settled_on or today
    loaded: Agreements | None = dispute.__dict__.get(LOADED_AGREEMENTS)
    found = (agreements_of(dispute) if loaded is None else loaded).in_force
    if found is None or not found.instalments:
        return start
    last = max(each.due_on for each in found.instalments)
    return max(start, found.performance_on(today).performed_on or last)


def proposal(actor: Actor, dispute: Dispute, level: str) -> list[Proposed]:
    """Return the follow-ups that a level asks for, counted from the settlement or the last instalment.

    None lies in the past: what a late settlement has missed is asked for today.
    """
    today = timezone.localdate()
    start = counted_from(dispute)
    changes = changes_of(actor)
    found = []
    for code, way in BY_LEVEL[level]:
        day = limit_in_force(actor, code, start, changes).from_day(start).last_on
        found.append(Proposed(max(day or today, today), way, str(QUESTIONS[way])))
    return found


def lock_follow_up(actor: Actor, id: int) -> tuple[Dispute, FollowUp]:
    """Lock a follow-up after its dispute, the surviving one of merged files, and return both. Raise Http404, WrongState if the dispute was voided."""
    rows = FollowUp.objects.filter(pk=id, station_id__in=actor.stations)
    of = rows.values_list("dispute_id", "dispute__merged_into_id").first()
    if of is None:
        raise Http404(f"no follow-up {id}")
    dispute = locked_dispute(actor, of[1] or of[0])
    return dispute, rows.select_for_update(of=("self",), no_key=True).get(dispute_id__in=dispute.file_ids)


@transaction.atomic
@as_declared
def plan_follow_up(
    *,
    actor: Actor,
    id: int,
    planned_on: dt.date | None,
    way: str,
    question: str,
    officer_id: int = 0,
    key: str = "",
) -> FollowUp:
    """Plan a follow-up of a settled dispute. The same form (``key``) makes one.

    Raise NotAllowed, Http404, WrongState for a dispute that was voided or is not settled, ValidationError by field.
    """
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    dispute = _lock_settled(actor, id)
    rows = FollowUp.objects.filter(dispute=dispute)
    if key and (first := rows.filter(key=key).first()):
        return first
    if officer_id and not list_officers(actor, dispute.station_id).filter(pk=officer_id).exists():
        raise ValidationError({"officer": _("Choose an officer of the station.")})
    return _plan(actor, dispute, [Proposed(planned_on, way, question)], officer_id, key=key)[0]


@transaction.atomic
@as_declared
def take_proposal(*, actor: Actor, id: int, level: str) -> list[FollowUp]:
    """Plan what is proposed for a level. While something is still planned, nothing is added: it was taken already."""
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    dispute = _lock_settled(actor, id)
    waiting = [each for each in follow_ups_of(dispute) if each.is_open]
    return waiting or _plan(actor, dispute, proposal(actor, dispute, level), dispute.lead_id)


@transaction.atomic
@as_declared
def drop_follow_up(*, actor: Actor, id: int, reason: str) -> FollowUp:
    """Take a follow-up off the plan, with a reason. A survey that was sent works no longer. Raise as :func:`plan_follow_up`."""
    require(actor, Permission.FOLLOW_UP_DISPUTES)
    reason = required_reason(reason)
    dispute, found = lock_follow_up(actor, id)
    if found.dropped_on and found.drop_reason == reason:
        return found
    refuse_ended(found)
    refuse_answered(found)
    found.dropped_on, found.drop_reason, found.dropped_by = timezone.localdate(), reason, actor.name[:80]
    found.save(update_fields=["dropped_on", "drop_reason", "dropped_by", "changed_at"])
    withdraw_links(actor=actor, purpose=SURVEY, object_id=found.pk, station_id=found.station_id)
    record(actor, dispute, DROP, {"planned_on": found.planned_on.isoformat()}, reason=reason)
    return found


def refuse_ended(found: FollowUp) -> None:
    """Raise WrongState for a follow-up that was done, dropped or voided."""
    if found.voided_at:
        raise WrongState(str(VOIDED))
    if found.done_on:
        raise WrongState(_("This follow-up was done on %(day)s.") % {"day": found.done_on.isoformat()})
    if found.dropped_on:
        raise WrongState(_("This follow-up was dropped on %(day)s.") % {"day": found.dropped_on.isoformat()})


def refuse_answered(found: FollowUp) -> None:
    """Raise WrongState while the answer to a survey has arrived and nobody has read it yet: it ends the follow-up."""
    rows = SignedLink.objects.filter(station_id=found.station_id, purpose=SURVEY, object_id=found.pk)
    if rows.filter(answered_at__isnull=False, taken_at=None).exists():
        raise WrongState(
            _("The survey was answered a moment ago. Open the dispute again to read the answer.")
        )


def follow_ups_of(dispute: Dispute) -> list[FollowUp]:
    """Return the follow-ups of a dispute and of files merged into it by their day, without voided ones. One query."""
    return list(
        FollowUp.objects.filter(
            dispute_id__in=dispute.file_ids, enterprise_id=dispute.enterprise_id, voided_at=None
        )
    )


@hinders_closing
def still_to_follow_up(dispute: Dispute, actor: Actor) -> str:
    """Return that a follow-up is still to be done, or that nobody has decided about a relapse. One query."""
    found = dispute.__dict__.get(LOADED)
    for each in follow_ups_of(dispute) if found is None else found:
        if each.is_open:
            return _("The follow-up of %(day)s is still to be done. Do it, or drop it with a reason.") % {
                "day": each.planned_on.isoformat()
            }
        if each.waits_for_decision:
            return _("Decide first what follows from the answer of %(day)s.") % {
                "day": each.done_on.isoformat() if each.done_on else ""
            }
    return ""


def _lock_settled(actor: Actor, id: int) -> Dispute:
    dispute = locked_dispute(actor, id)
    if dispute.settled_on is None:
        raise WrongState(str(NOT_SETTLED))
    if dispute.closed_on is not None:
        raise WrongState(_("This dispute was closed on %(day)s.") % {"day": dispute.closed_on.isoformat()})
    return dispute


def _plan(
    actor: Actor, dispute: Dispute, planned: Sequence[Proposed], officer_id: int, *, key: str = ""
) -> list[FollowUp]:
    today = timezone.localdate()
    officers = {each.pk: str(each) for each in list_officers(actor, dispute.station_id)}
    people = names_in(parties_of(actor, dispute))
    if officer_id not in officers:
        officer_id = actor.user_id if actor.user_id in officers else 0
    latest = max(today, counted_from(dispute)) + LATEST
    made = []
    for each in planned:
        if each.way not in FollowUpWay.values:
            raise ValidationError({"way": _("Choose one of the ways.")})
        if not each.planned_on:
            raise ValidationError({"planned_on": _("This field is required.")})
        if dispute.settled_on and each.planned_on < dispute.settled_on:
            raise ValidationError({"planned_on": _("It cannot be before the settlement.")})
        if each.planned_on > latest:
            raise ValidationError({"planned_on": _("This day is more than two years ahead. Check the year.")})
        question = kept(each.question, "question", LONGEST_QUESTION, words=True)
        if not question:
            raise ValidationError({"question": _("This field is required.")})
        refuse_persons(question, "question", people)  # whoever holds the link of a survey reads it
        made.append(
            FollowUp(
                **belonging_to(dispute),
                planned_on=each.planned_on,
                way=each.way,
                question=question,
                officer_id=officer_id,
                officer_name=officers.get(officer_id, "")[:80],
                planned_by=actor.name[:80],
                planned_by_id=actor.user_id,
                key=key,
            )
        )
    if len(follow_ups_of(dispute)) + len(made) > MOST:
        raise WrongState(_("There are %(most)d follow-ups of this dispute already.") % {"most": MOST})
    FollowUp.objects.bulk_create(made)
    days = ", ".join(each.planned_on.isoformat() for each in made)
    record(actor, dispute, PLAN, {"planned_on": days})
    return made
