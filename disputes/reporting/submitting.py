"""What an enterprise tells its station: a dispute, that it asks for mediation, that it has paid. An officer enters the same.

Entered by an officer it came on signed paper or by telephone, and says who told it and on which day.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.agreements.checking import fen_in
from disputes.choices import PaymentWay, ReportAbout, ReportWay
from disputes.kinds import refuse_kind
from disputes.models import Dispute, DisputeSide, EnterpriseReport
from disputes.people.sealed import sealed
from disputes.people.sides import own_sides
from enterprises.concerned import officers_of
from enterprises.models import Enterprise
from enterprises.selectors import own_inactivity
from facts.attachments import AWAY, add_unseen
from facts.four_eyes import is_named
from facts.operations import lock_enterprise
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import refuse_implausible
from foundation.faults import Faults
from foundation.identifiers import phone_number
from foundation.inbox.notifying import notify
from foundation.tenancy.scope import Audience, Scope, station_scope
from foundation.texts import kept

TELL = "tell"  # act of the log
TOLD = "dispute_report.told"  # cause of notifications
WAITING_FIRST = (F("answered_at").desc(nulls_first=True), "-pk")
MOST_WAITING = 20  # reports of an enterprise that the station has not answered
MOST_PEOPLE = 1_000_000
LONGEST = 4000  # characters of what happened
LONGEST_NAME = 80
LONGEST_PHONE = 40


def reports_of(actor: Actor) -> QuerySet[EnterpriseReport]:
    """Return the reports that the actor may see, the latest first: an enterprise's own, those of an officer's stations."""
    rows = EnterpriseReport.objects.filter(station_id__in=actor.stations)
    if actor.is_enterprise:
        return rows.filter(enterprise_id=actor.enterprise_id)
    return rows.select_related("enterprise") if actor.is_police else rows.none()


def get_report(actor: Actor, id: int) -> EnterpriseReport:
    """Return one. Raise Http404 if the actor cannot see it."""
    found = reports_of(actor).select_related("enterprise", "station").filter(pk=id).first()
    if found is None:
        raise Http404(f"no report {id}")
    return found


@transaction.atomic
@as_declared
def report_dispute(
    *,
    actor: Actor,
    enterprise_id: int,
    about: str,
    kind: str,
    said: str,
    people: int | None = None,
    amount: Decimal | None = None,
    happened_on: dt.date | None = None,
    contact: str = "",
    phone: str = "",
    way: str = ReportWay.PORTAL,
    by: str = "",
    told_on: dt.date | None = None,
    key: str = "",
) -> EnterpriseReport:
    """Record what an enterprise reports. The same form, and the same words while they wait for an answer, are one report.

    Of the police only from paper or a call (``way``), with who told it (``by``) and when. Raise NotAllowed, Http404,
    ValidationError by field, WrongState if the enterprise is off the register or very many reports wait.
    """
    require(actor, Permission.REPORT_OWN if actor.is_enterprise else Permission.RECORD_DISPUTES)
    enterprise = _locked(actor, enterprise_id)
    made, faults = _begun(actor, enterprise, way=way, by=by, told_on=told_on, key=key)
    if about not in (ReportAbout.DISPUTE, ReportAbout.MEDIATION):
        faults.add(ValidationError({"about": _("Choose what you tell the station.")}))
    with faults.of():
        refuse_kind(kind)
    made.about, made.kind = about, kind
    with faults.of():
        made.said = kept(said, "said", LONGEST, words=True)
        if not made.said:
            raise ValidationError({"said": _("Say in a few sentences what happened.")})
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        faults.add(ValidationError({"people": _("Enter how many people are involved, or leave it empty.")}))
    if amount is not None:
        with faults.of(prefix="amount"):
            fen_in(amount)
    made.people, made.amount = people, amount
    made.happened_on = _past(faults, "happened_on", happened_on)
    with faults.of():
        refuse_implausible(made)
    with faults.of():
        made.contact = kept(contact, "contact", LONGEST_NAME) or made.by
    with faults.of():
        phone = phone_number(kept(phone, "phone", LONGEST_PHONE))
        if actor.is_enterprise and not any(map(str.isdigit, phone)):
            raise ValidationError({"phone": _("Enter the number under which the station can reach you.")})
        made.sealed_phone = sealed(phone)
    faults.refuse()
    return _told(actor, made, same=("about", "kind", "said", "people", "amount", "happened_on"))


@transaction.atomic
@as_declared
def report_payment(
    *,
    actor: Actor,
    dispute_id: int,
    paid_on: dt.date | None,
    amount: Decimal | None,
    name: str,
    data: bytes,
    way: str = PaymentWay.TRANSFER,
    remark: str = "",
    key: str = "",
) -> EnterpriseReport:
    """Record that the enterprise has paid something of what it owes in a dispute, with the proof.

    The file is kept with the enterprise's files of the dispute; the same one again, while it waits, is the report that is
    there. Raise NotAllowed, Http404 if the enterprise is no side of the dispute, WrongState if it owes nothing there or another
    station leads it, ValidationError by field.
    """
    require(actor, Permission.REPORT_OWN)
    side = get_own_side(actor, dispute_id)
    if words := refusal_to_prove(side):
        raise WrongState(words)
    enterprise = _locked(actor, side.enterprise_id)
    made, faults = _begun(actor, enterprise, way=ReportWay.PORTAL, by="", told_on=None, key=key)
    made.about, made.kind, made.dispute_id = ReportAbout.PAYMENT, side.kind, dispute_id
    if paid_on is None:
        faults.add(ValidationError({"paid_on": _("Enter the day of the payment.")}))
    made.happened_on = _past(faults, "paid_on", paid_on)
    with faults.of():
        refuse_implausible(made, ["happened_on"], names={"happened_on": "paid_on"})
    with faults.of(prefix="amount"):
        fen_in(amount)
        if side.owes is not None and amount is not None and amount > side.owes:
            words = _("You still owe %(owed)s yuan. Enter what this proof shows, at most that.")
            raise ValidationError(words % {"owed": f"{side.owes:,.2f}"})
    made.amount = amount
    if way not in PaymentWay.values:
        faults.add(ValidationError({"way": _("Choose how it was paid.")}))
    made.paid_by = way
    with faults.of():
        made.said = kept(remark, "remark", LONGEST)
    faults.refuse()
    file = add_unseen(
        actor=actor,
        enterprise=enterprise,
        kind=kind_of_model(Dispute).code,
        record_id=dispute_id,
        name=name,
        data=data,
    )
    made.file_id = file.pk
    return _told(actor, made, same=("about", "dispute_id", "file_id", "amount", "happened_on"))


def get_own_side(actor: Actor, dispute_id: int) -> DisputeSide:
    """Return the own side of a dispute. Raise Http404 if the enterprise has none."""
    found = own_sides(actor).filter(dispute_id=dispute_id).first() if actor.is_enterprise else None
    if found is None:
        raise Http404(f"no side of dispute {dispute_id}")
    return found


def refusal_to_prove(side: DisputeSide) -> str:
    """Return why no proof of payment can be sent for a side; empty if one can."""
    if not side.owes:
        return _("Nothing is owed in this dispute now.")
    if not (side.is_lead or side.is_here):
        return _("Another police station leads this dispute. Take your proof of payment there.")
    return ""


def own_reports(actor: Actor) -> QuerySet[EnterpriseReport]:
    """Return what the enterprise told, what waits for an answer first, then what was answered last."""
    return reports_of(actor).order_by(*WAITING_FIRST) if actor.is_enterprise else reports_of(actor).none()


def waiting_proofs(actor: Actor, dispute_ids: Collection[int]) -> dict[int, EnterpriseReport]:
    """Return the latest proof of payment that the station has not answered yet, by dispute. One query, none without disputes."""
    if not dispute_ids:
        return {}
    rows = own_reports(actor).filter(about=ReportAbout.PAYMENT, answered_at=None, dispute_id__in=dispute_ids)
    return {each.dispute_id: each for each in rows.order_by("pk")}


def _locked(actor: Actor, enterprise_id: int) -> Enterprise:
    enterprise = lock_enterprise(actor, enterprise_id)
    if actor.is_enterprise and own_inactivity(actor) is not None:
        raise WrongState(str(AWAY))
    return enterprise


def _begun(
    actor: Actor, enterprise: Enterprise, *, way: str, by: str, told_on: dt.date | None, key: str
) -> tuple[EnterpriseReport, Faults]:
    """Return a report, not saved, with who told it, how and when; and what is wrong with that."""
    faults, today = Faults(), timezone.localdate()
    made = EnterpriseReport(enterprise=enterprise, station_id=enterprise.station_id, key=key, way=way)
    if (way == ReportWay.PORTAL) != actor.is_enterprise or way not in ReportWay.values:
        faults.add(ValidationError({"way": _("Choose how you were told.")}))
    if actor.is_enterprise:
        made.by, made.by_id, made.told_on = actor.name[:LONGEST_NAME], actor.user_id, today
        return made, faults
    made.entered_by, made.told_on = actor.name[:LONGEST_NAME], told_on or today
    with faults.of():
        made.by = kept(by, "by", LONGEST_NAME)
        if not made.by:
            raise ValidationError({"by": _("Enter who of the enterprise told it.")})
        if is_named(actor, made.by):
            raise ValidationError({"by": _("Name the person of the enterprise who told it, not an officer.")})
    _past(faults, "told_on", told_on)
    return made, faults


def _past(faults: Faults, field: str, day: dt.date | None) -> dt.date | None:
    if day is not None and day > timezone.localdate():
        faults.add(ValidationError({field: _("This date is in the future.")}))
    return day


def _told(actor: Actor, made: EnterpriseReport, *, same: Sequence[str]) -> EnterpriseReport:
    """Save a report of a locked enterprise and tell its officers, or return the one that is there: a corrected amount is another."""
    rows = EnterpriseReport.objects.filter(enterprise_id=made.enterprise_id)
    waiting = list(rows.filter(answered_at=None))
    if made.key and (first := rows.filter(key=made.key).first()):
        return first
    for first in waiting:  # its words are sealed, so the database does not compare them
        if all(getattr(first, name) == getattr(made, name) for name in same):
            return first
    if len(waiting) >= MOST_WAITING:
        words = _("%(most)d reports wait for an answer. Call your station instead.")
        raise WrongState(words % {"most": MOST_WAITING})
    made.save(force_insert=True)
    auditing.record(
        actor=actor,
        action=kind_of_model(EnterpriseReport).action(TELL),
        target=made,
        after={"about": made.about, "told_on": made.told_on.isoformat()},
    )
    notify(
        TOLD,
        to=officers_of(made.enterprise_id, made.station_id, also=[_lead_of(made)]),
        key=str(made.pk),
        object_id=made.pk,
        values={"about": made.about, "enterprise": made.enterprise.name},
        actor=actor,
    )
    return made


def _lead_of(report: EnterpriseReport) -> int:
    """Return who leads the dispute of a proof, whom the enterprise's people do not see; 0 if nobody was named."""
    if not report.dispute_id:
        return 0
    own = Scope((report.station_id,), bureau=report.enterprise.bureau_id, audience=Audience.SYSTEM)
    with station_scope(own):
        return Dispute.objects.filter(pk=report.dispute_id).values_list("lead_id", flat=True).first() or 0
