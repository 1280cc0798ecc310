"""What comes about by time: reminders of instalments, and their breach, which reopens the dispute.

Jobs find whatever is due and not written yet. They may run at any time and twice at once; one that is killed has changed
nothing of the dispute that it was at.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.agreements import locking
from disputes.agreements.performance import State, yuan_of
from disputes.agreements.reading import UNPAID, agreements_of, with_open
from disputes.mediation.ways import end_of_case, note_not_performed
from disputes.models import FILE, Agreement, Breach, Dispute, Instalment, belonging_to
from disputes.operations import reopen_dispute
from enterprises.concerned import chiefs_of, officers_of
from enterprises.open_work import is_off_register
from facts.operations import lock_fact
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import Station
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.database.apart import sum_of_each
from foundation.deadlines.selectors import limit_in_force
from foundation.inbox.notifying import in_each_language, notify
from foundation.tenancy.scope import station_scope

logger = structlog.get_logger(__name__)
BREACH = "breach"  # of the log
BREACHED, DUE_SOON, DUE_TODAY = "dispute.breached", "dispute.instalment_soon", "dispute.instalment_today"
AFTER_BREACH = "breach-settlement"  # the time limit
REMIND_DAYS = 3  # before the day of an instalment
NOT_PAID = gettext_lazy("Instalment %(number)s was not paid by %(day)s.")


def _actor_of(bureau_id: int) -> Actor:
    stations = tuple(Station.objects.filter(bureau_id=bureau_id).values_list("pk", flat=True))
    return system_actor(bureau_id=bureau_id, stations=stations)


def _unpaid(today: dt.date) -> QuerySet[Any]:
    """Return the instalments in force of which something is owed, of disputes that are not voided, of enterprises on the register."""
    rows = with_open(Instalment.objects.all()).filter(
        Q(dispute__voided_at=None) | Q(dispute__merged_into_id__gt=0), UNPAID
    )
    return rows.exclude(is_off_register(today)).annotate(of=FILE)


def _each(bureau_id: int, ids: Iterable[int], act: Callable[[int], int], actor: Actor, words: str) -> int:
    """Do something for disputes, each in a transaction of its own, and return the sum of what it returned.

    What fails in one is logged with ``words``, found by the next run, and does not affect the others. So is one that
    somebody else holds. Without a database, or without time for a statement, the run ends (``sum_of_each``).
    """

    def one(id: int) -> int:
        with station_scope(actor.scope()):
            return act(id)

    return sum_of_each(ids, one, lambda id: logger.exception(words, bureau=bureau_id, dispute=id))


# --- breach ----------------------------------------------------------------------------------------------------------


def find_breaches(bureau_id: int) -> int:
    """Write the breaches of a bureau's agreements that came about, reopen their disputes and tell whom they concern.

    Return how many. Each dispute is a transaction of its own.
    """
    actor, today = _actor_of(bureau_id), timezone.localdate()
    if not actor.stations:
        return 0
    known = Breach.objects.filter(
        agreement_id=OuterRef("agreement_id"), number=OuterRef("number"), undone_at=None
    )
    with station_scope(actor.scope()):
        rows = _unpaid(today).filter(~Exists(known), due_on__lt=today, open_fen=F("fen"))
        ids = list(rows.order_by("of").values_list("of", flat=True).distinct())
    return _each(bureau_id, ids, lambda id: _breach(actor, id, today), actor, "breaches were not written")


@transaction.atomic
def _breach(actor: Actor, id: int, today: dt.date) -> int:
    dispute = lock_fact(actor, Dispute, id)
    found = None if dispute.is_voided else agreements_of(dispute).in_force
    if found is None or found.agreement.effective_on is None:
        return 0
    known = {each.number for each in found.breaches}
    new = [each for each in found.performance_on(today).breached if each.instalment.number not in known]
    for each in new:
        owed = each.instalment
        _write(actor, dispute, found.agreement, owed.number, owed.due_on, each.open)
    return len(new)


def _write(
    actor: Actor,
    dispute: Dispute,
    agreement: Agreement,
    number: int,
    due_on: dt.date,
    fen: int,
    reason: str = "",
) -> Breach:
    """Write a breach of a locked dispute, reopen it if it is settled, and tell its officers and the chief once.

    With the first one the mediation of the police has failed, and the time for its case runs.
    """
    on = due_on + dt.timedelta(days=1)
    made = Breach.objects.create(
        **belonging_to(dispute), agreement_id=agreement.pk, number=number, due_on=due_on, on=on, fen=fen
    )
    record(
        actor,
        dispute,
        BREACH,
        {"breached_on": on.isoformat(), "instalment": number, "owed": str(yuan_of(fen))},
        reason=reason,
    )
    dispute.refresh_from_db(fields=["settled_on", "version"])
    if dispute.settled_on is not None:
        words = str(NOT_PAID) % {"number": number, "day": due_on.isoformat()}
        by = system_actor(bureau_id=actor.bureau_id or 0, stations=actor.stations)
        reopen_dispute(
            actor=by,
            id=dispute.pk,
            reopened_on=timezone.localdate(),
            due_on=_deadline(actor, dispute, on),
            reason=reason or words,
        )
    note_not_performed(actor, dispute, on)
    notify(
        BREACHED,
        to=_leads(dispute) | chiefs_of(dispute.station_id),
        key=str(made.pk),  # a later breach of the same instalment is notified again
        object_id=dispute.pk,
        values={"object": in_each_language(dispute), "number": number, "day": due_on.isoformat()},
        actor=actor,
    )
    return made


def _deadline(actor: Actor, dispute: Dispute, on: dt.date) -> dt.date:
    """Return until when a dispute that is reopened today is to be settled again, after a breach of the day ``on``.

    What the police mediated: the end of the time for its case, which runs from that day. No law gives another way a time: the bureau does. One query.
    """
    today = timezone.localdate()
    end = (
        end_of_case(actor, dispute, on) or limit_in_force(actor, AFTER_BREACH, today).from_day(today).last_on
    )
    return max(end or today, today)


@transaction.atomic
@as_declared
def declare_breach(*, actor: Actor, id: int, agreement_id: int, number: int, reason: str) -> Breach:
    """Declare the breach of an instalment that was paid in part only, after its day. The dispute is reopened.

    Raise NotAllowed, Http404, WrongState if it is not overdue in part or was declared already, ValidationError at ``reason``.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    reason = required_reason(reason)
    dispute = locked_dispute(actor, id)
    dispute.refuse_reason(actor, reason)
    found = locking.in_force(dispute, agreement_id)
    stands = found.performance_on(timezone.localdate()).standings
    mine = next((each for each in stands if each.instalment.number == number), None)
    if mine is None or mine.state != State.PART or number in {each.number for each in found.breaches}:
        raise WrongState(_("This instalment is not overdue in part any more. Look at the dispute again."))
    try:
        return _write(
            actor, dispute, found.agreement, number, mine.instalment.due_on, mine.open, reason=reason
        )
    except ValidationError as error:  # the enterprise is off the register: nothing is reopened there
        raise WrongState(" ".join(error.messages)) from error


def _leads(dispute: Dispute) -> Q:
    """Return the condition on the role grants of who leads a dispute: that officer, and the liaison officer."""
    return officers_of(dispute.enterprise_id, dispute.station_id, also=[dispute.lead_id])


# --- reminders -------------------------------------------------------------------------------------------------------


def remind(bureau_id: int) -> int:
    """Remind whoever leads a dispute of instalments that are due: some days before and on the day, once each. Return how many rows.

    Each dispute is a transaction of its own.
    """
    actor, today = _actor_of(bureau_id), timezone.localdate()
    if not actor.stations:
        return 0
    due: dict[int, list[Any]] = {}
    with station_scope(actor.scope()):
        until = today + dt.timedelta(days=REMIND_DAYS)
        for each in _unpaid(today).filter(due_on__gte=today, due_on__lte=until):
            due.setdefault(each.of, []).append(each)
        disputes = Dispute.objects.filter(voided_at=None).in_bulk(due)

    def one(id: int) -> int:
        return sum(_remind(disputes[id], each, today) for each in due[id])

    return _each(bureau_id, disputes, one, actor, "nobody was reminded of instalments")


def _remind(dispute: Dispute, owed: Any, today: dt.date) -> int:
    return notify(
        DUE_TODAY if owed.due_on == today else DUE_SOON,
        to=_leads(dispute),
        key=f"{owed.agreement_id}:{owed.number}",
        object_id=dispute.pk,
        values={"object": in_each_language(dispute), "number": owed.number, "day": owed.due_on.isoformat()},
    )
