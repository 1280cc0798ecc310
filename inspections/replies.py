"""What an enterprise answers to an inspection: that it has read it, and words with photos, within its period.

An officer enters the same from paper or a call, where nobody of the enterprise uses the portal. A later reply is taken, too,
and marked as late.
"""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.selectors import own_inactivity
from facts.attachments import AWAY
from facts.four_eyes import is_named
from facts.operations import VOIDED, lock_fact
from facts.selectors import visible
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import is_anybody_in
from foundation.deadlines.models import LimitChange
from foundation.deadlines.selectors import limit_in_force
from foundation.texts import kept
from inspections.access import Permission
from inspections.choices import REPLY_PERIOD, ReplyKind, ReplyWay
from inspections.models import Inspection, Reply
from inspections.selectors import forget_pressing

READ, REPLY = "read", "reply"  # acts of the log
LONGEST = 4000  # characters of a reply, a complaint and its answer
LONGEST_NAME = 80
MOST = 20  # replies to one inspection


def reply_due_on(
    actor: Actor, inspection: Inspection, changes: Sequence[LimitChange] | None = None
) -> dt.date | None:
    """Return until when the enterprise replies. One query, none with the ``changes`` of the bureau's time limits."""
    start = timezone.localdate(inspection.recorded_at)
    return limit_in_force(actor, REPLY_PERIOD, start, changes).from_day(start).last_on


def replies_to(inspection: Inspection) -> list[Reply]:
    """Return what the enterprise answered, the oldest first. One query."""
    return list(Reply.objects.filter(enterprise_id=inspection.enterprise_id, inspection=inspection))


def checked_words(field: str, text: str) -> str:
    """Return a text, stripped. Raise ValidationError at ``field`` for one without words, too long, or not to be stored."""
    text = kept(text, field, LONGEST, words=True)
    if not text:
        raise ValidationError({field: _("Enter words.")})
    return text


def kinds_of(inspections: Sequence[Inspection]) -> dict[int, set[str]]:
    """Return which kinds of answers each of these inspections has, by its id. One query."""
    found: dict[int, set[str]] = {}
    rows = Reply.objects.filter(inspection_id__in=[each.pk for each in inspections])
    for id, kind in rows.order_by().values_list("inspection_id", "kind"):
        found.setdefault(id, set()).add(kind)
    return found


def own_inspections(actor: Actor) -> QuerySet[Inspection]:
    """Return the inspections of the enterprise of its people, the latest first."""
    if not actor.is_enterprise:
        return Inspection.objects.none()
    return visible(actor, Inspection).order_by("-inspected_on", "-pk")


def get_own_inspection(actor: Actor, id: int) -> Inspection:
    """Return one inspection of the own enterprise. Raise Http404, also for one that was voided."""
    found = own_inspections(actor).select_related("station").filter(pk=id).first()
    if found is None:
        raise Http404(f"no inspection {id}")
    return found


@transaction.atomic
@as_declared
def confirm_read(*, actor: Actor, id: int) -> Reply:
    """Record that the enterprise has read an inspection. Once is enough.

    Raise NotAllowed, Http404, WrongState if it is voided.
    """
    require(actor, Permission.REPLY_TO_INSPECTIONS)
    inspection = _locked(actor, id)
    before = Reply.objects.filter(
        enterprise_id=inspection.enterprise_id, inspection=inspection, kind=ReplyKind.READ
    ).first()
    if before:
        return before
    made = _record(actor, inspection, kind=ReplyKind.READ, by=actor.name, by_id=actor.user_id)
    auditing.record(actor=actor, action=kind_of_model(Inspection).action(READ), target=inspection)
    return made


@transaction.atomic
@as_declared
def reply_to(*, actor: Actor, id: int, said: str, way: str = ReplyWay.PORTAL, by: str = "") -> Reply:
    """Record what the enterprise replies to an inspection. The same words on the same day are one reply.

    Of the police only from paper or a call (``way``), with whom of the enterprise it is from (``by``). Raise NotAllowed,
    Http404, WrongState if the inspection is voided, the enterprise is off the register or has replied very often,
    ValidationError by field.
    """
    require(actor, Permission.REPLY_TO_INSPECTIONS if actor.is_enterprise else Permission.ENTER_REPLIES)
    inspection = _locked(actor, id)
    by = kept(actor.name if actor.is_enterprise else by, "by", LONGEST_NAME)
    said = checked_words("said", said)
    faults = {}
    if (way == ReplyWay.PORTAL) != actor.is_enterprise or way not in ReplyWay.values:
        faults["way"] = _("Choose how the reply came.")
    if not by:
        faults["by"] = _("Enter who of the enterprise replied.")
    elif actor.is_police and (is_named(actor, by) or is_anybody_in(by, inspection.inspectors)):
        faults["by"] = _("Name the person of the enterprise who replied, not an officer.")
    if faults:
        raise ValidationError(faults)
    today = timezone.localdate()
    rows = Reply.objects.filter(
        enterprise_id=inspection.enterprise_id, inspection=inspection, kind=ReplyKind.REPLY
    )
    if same := rows.filter(said=said, by=by, on=today).first():
        return same
    if rows.count() >= MOST:
        raise WrongState(
            _("There are %(most)d replies already. Talk to your police station.") % {"most": MOST}
        )
    made = _record(
        actor,
        inspection,
        kind=ReplyKind.REPLY,
        said=said,
        way=way,
        by=by,
        by_id=actor.user_id if actor.is_enterprise else 0,
        entered_by="" if actor.is_enterprise else actor.name,
    )
    auditing.record(
        actor=actor, action=kind_of_model(Inspection).action(REPLY), target=inspection, reason=said[:2000]
    )
    return made


def _locked(actor: Actor, id: int) -> Inspection:
    inspection = lock_fact(actor, Inspection, id)
    if inspection.is_voided:
        raise WrongState(str(VOIDED))
    if actor.is_enterprise and own_inactivity(actor) is not None:
        raise WrongState(str(AWAY))
    return inspection


def _record(actor: Actor, inspection: Inspection, **values: object) -> Reply:
    row = Reply(
        inspection=inspection,
        enterprise_id=inspection.enterprise_id,
        station_id=inspection.station_id,
        due_on=reply_due_on(actor, inspection),
        on=timezone.localdate(),
        **values,
    )
    row.save(force_insert=True)
    forget_pressing(inspection.enterprise_id)
    return row
