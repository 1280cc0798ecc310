"""Complaints 投诉 of an enterprise about an inspection: to a chief who did not inspect, else to the bureau; answered once.

Officers of the station are told nothing: neither its pages nor Today, inbox, file or log of the station show a complaint.
The log of the bureau has that there is one, without enterprise and words.
"""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.concerned import at_work, chiefs_of, people_of
from facts.four_eyes import is_among, is_own
from facts.operations import lock_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.deadlines.selectors import limit_in_force
from foundation.inbox.notifying import notify
from inspections.access import Permission
from inspections.choices import COMPLAINT_PERIOD, ComplaintTo
from inspections.models import Complaint, Inspection
from inspections.replies import checked_words

MAKE, ANSWER = "make", "answer"  # acts of the log
MADE, ANSWERED = "inspection_complaint.made", "inspection_complaint.answered"  # causes of notifications
MOST = 5  # complaints about one inspection
ONE_WAITS = gettext_lazy("Your complaint about this inspection is being answered.")


def complaints_for(actor: Actor) -> QuerySet[Complaint]:
    """Return the complaints that the actor may read: an enterprise's own, a chief's who did not inspect, the bureau's.

    A chief who inspected sees none about that visit (:func:`get_complaint`). The bureau sees what goes to it, what a chief
    has not answered in time, and what waits for a chief who has left.
    """
    rows = Complaint.objects.filter(station_id__in=actor.stations)
    if actor.is_enterprise:
        return rows.filter(enterprise_id=actor.enterprise_id)
    if actor.role == Role.CHIEF:
        return rows.filter(goes_to=ComplaintTo.CHIEF)
    if actor.role == Role.SUPERVISOR:
        late = Q(due_on__lt=timezone.localdate()) | ~Q(at_work("to_id"))
        return rows.filter(Q(goes_to=ComplaintTo.BUREAU) | Q(late, answered_at=None))
    return rows.none()


def list_complaints(actor: Actor) -> list[Complaint]:
    """Return them with inspection and enterprise, those without an answer first. One query."""
    rows = complaints_for(actor).select_related("inspection", "enterprise", "station")
    found = [each for each in rows[:500] if not is_own(actor, each.inspection)]
    return sorted(found, key=lambda each: (each.answered_at is not None, -each.pk))


def get_complaint(actor: Actor, id: int) -> Complaint:
    """Return one. Raise Http404 if the actor may not read it, also a chief who inspected."""
    rows = complaints_for(actor).select_related("inspection", "enterprise", "station")
    found = rows.filter(pk=id).first()
    if found is None or (actor.is_police and is_own(actor, found.inspection)):
        raise Http404(f"no complaint {id}")
    return found


def complaints_about(actor: Actor, inspection: Inspection) -> list[Complaint]:
    """Return those about one inspection that the actor may read, the latest first. One query."""
    if actor.is_police and is_own(actor, inspection):
        return []
    return list(complaints_for(actor).filter(inspection=inspection, enterprise_id=inspection.enterprise_id))


@transaction.atomic
@as_declared
def complain(*, actor: Actor, id: int, said: str) -> Complaint:
    """Record a complaint of the enterprise about an inspection. The same words are one complaint.

    Raise NotAllowed, Http404, ValidationError at ``said``, WrongState while another one waits, or after very many.
    """
    require(actor, Permission.COMPLAIN)
    inspection = lock_fact(actor, Inspection, id)
    said = checked_words("said", said)
    rows = Complaint.objects.filter(enterprise_id=inspection.enterprise_id, inspection=inspection)
    before = list(rows)
    if same := next((each for each in before if each.said == said), None):
        return same
    if any(each.answered_at is None for each in before):
        raise WrongState(str(ONE_WAITS))
    if len(before) >= MOST:
        raise WrongState(_("There are %(most)d complaints about this inspection already.") % {"most": MOST})
    today = timezone.localdate()
    chief = _chief(inspection)
    made = Complaint(
        inspection=inspection,
        enterprise_id=inspection.enterprise_id,
        station_id=inspection.station_id,
        said=said,
        by=actor.name,
        by_id=actor.user_id,
        goes_to=ComplaintTo.CHIEF if chief else ComplaintTo.BUREAU,
        to_id=chief.user_id if chief else 0,
        due_on=limit_in_force(actor, COMPLAINT_PERIOD).from_day(today).last_on,
    )
    made.save(force_insert=True)
    bureau_id = inspection.enterprise.bureau_id
    auditing.record(
        actor=actor,
        action=kind_of_model(Complaint).action(MAKE),
        target=None,
        after={"complaint": made.pk},
        place=(bureau_id, 0),
    )
    to = Q(pk=chief.pk) if chief else Q(role=Role.SUPERVISOR, bureau_id=bureau_id)
    values = {"enterprise": inspection.enterprise.name, "day": str(made.due_on or "")}
    notify(MADE, to=to, key=str(made.pk), object_id=made.pk, values=values, actor=actor)
    return made


def _chief(inspection: Inspection) -> RoleGrant | None:
    """Return a chief of the station who neither inspected nor recorded the inspection; None if there is none."""
    grants = RoleGrant.objects.filter(
        chiefs_of(inspection.station_id), revoked_at=None, user__is_active=True
    ).select_related("user")
    ids, names = inspection.reporters()
    others = (each for each in grants.order_by("pk") if each.user_id not in ids)
    return next((each for each in others if not is_among(str(each.user), names)), None)


@transaction.atomic
@as_declared
def answer_complaint(*, actor: Actor, id: int, answer: str) -> Complaint:
    """Answer a complaint, once. The enterprise reads it in its portal.

    Raise NotAllowed, Http404, ValidationError at ``answer``, WrongState if it was answered.
    """
    require(actor, Permission.ANSWER_COMPLAINTS)
    get_complaint(actor, id)
    complaint = Complaint.objects.select_for_update(of=("self",), no_key=True).get(pk=id)
    answer = checked_words("answer", answer)
    if complaint.answered_at is not None:
        if (complaint.answer, complaint.answered_by_id) == (answer, actor.user_id):
            return complaint
        raise WrongState(_("This complaint was answered already."))
    complaint.answer, complaint.answered_at = answer, timezone.now()
    complaint.answered_by, complaint.answered_by_id = actor.name, actor.user_id
    complaint.save(update_fields=["answer", "answered_at", "answered_by", "answered_by_id"])
    auditing.record(
        actor=actor,
        action=kind_of_model(Complaint).action(ANSWER),
        target=None,
        after={"complaint": complaint.pk},
        place=(complaint.enterprise.bureau_id, 0),
    )
    notify(
        ANSWERED,
        to=people_of(complaint.enterprise_id),
        key=str(complaint.pk),
        object_id=complaint.inspection_id,
        actor=actor,
    )
    return complaint
