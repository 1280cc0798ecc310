"""Mediation of the demo's disputes: one led by the police, one by a committee with two sessions, one transferred."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Case, IntegerField, When

from demo.register import Plan
from disputes.mediation import ways
from disputes.models import (
    Appointment,
    Dispute,
    MediationSession,
    Offer,
    TeamMember,
    Way,
    belonging_to,
)
from foundation.accounts.actors import Actor
from foundation.accounts.models import User

DAY = dt.timedelta(days=1)
TEAM = (
    ("justice", "王静", "东江区司法局开发区司法所", "8555 0231", True),
    ("street", "刘强", "开发区街道综治中心", "8555 0177", True),
    ("union", "赵敏", "开发区总工会", "8555 0169", None),
)
MINUTES = (
    "先核对考勤表与欠条，双方对人数无争议，对工资总额有差异。申请方代表要求一次付清；被申请方称工程款未到，提出分期支付。"
    "调解人员说明了工资支付的规定，双方同意各自核对账目后再谈。",
    "先见工人代表，代表同意分期，但要求首期不少于三分之一。后见企业一方，企业愿以应收工程款担保，同意按期支付。",
)


def mediate(actor: Actor, plan: Plan, today: dt.date) -> int:
    """Lead three open disputes of the station of this enterprise by three ways. Return how many rows were made."""
    rows = Dispute.objects.filter(station_id=plan.enterprise.station_id, settled_on=None, voided_at=None)
    wages_first = Case(When(kind="wages", then=0), default=1, output_field=IntegerField())
    disputes, officers = list(rows.order_by(wages_first, "-opened_on", "pk")[:3]), plan.officers
    if len(disputes) < 3:
        return 0
    with_team, by_police, away = disputes[:3]
    made = (
        _by_committee(with_team, officers, today) + _by_police(by_police, today) + _transferred(away, today)
    )
    for dispute in (with_team, by_police, away):
        ways.count_again(actor, dispute)
    return made


def _when(officers: Sequence[User]) -> dict[str, object]:
    first, second = officers[0], officers[1] if len(officers) > 1 else None
    return {
        "officer_id": first.pk,
        "officer_name": first.full_name,
        "officer_number": first.police_number,
        "second_id": second.pk if second else None,
        "second_name": second.full_name if second else "",
        "second_number": second.police_number if second else "",
    }


def _by_committee(dispute: Dispute, officers: Sequence[User], today: dt.date) -> int:
    place, by = belonging_to(dispute), {"by": officers[0].full_name, "by_id": officers[0].pk}
    first = max(dispute.opened_on, today - 9 * DAY)
    Way.objects.create(
        kind="peoples", from_on=dispute.opened_on, body="开发区街道人民调解委员会", **place, **by
    )
    TeamMember.objects.bulk_create(
        TeamMember(
            role=role,
            name=name,
            organisation=organisation,
            telephone=telephone,
            invited_on=dispute.opened_on,
            accepted=accepted,
            answered_on=first if accepted else None,
            **place,
            **by,
        )
        for role, name, organisation, telephone, accepted in TEAM
    )
    there = [{"role": role, "name": name} for role, name, *_rest, accepted in TEAM if accepted]
    owed = dispute.amount or Decimal(86_400)
    amounts = (
        (owed, 1, (owed * 2 / 3).quantize(Decimal("1E2")), 12),
        (owed, 6, (owed * 9 / 10).quantize(Decimal("1E2")), 6),
    )
    held = 0
    for number, (minutes, asked) in enumerate(zip(MINUTES, amounts, strict=True)):
        on = min(first + 4 * number * DAY, today - DAY)
        if on < dispute.opened_on:
            continue
        session = MediationSession.objects.create(
            on=on,
            begins_at=dt.time(9, 30) if number == 0 else dt.time(14),
            ends_at=dt.time(11, 45) if number == 0 else dt.time(17, 20),
            manner="joint" if number == 0 else "separate",
            place="开发区派出所调解室",
            led_by="王静",
            present=there,
            applicants=9 if number == 0 else 3,
            respondents=2,
            minutes=minutes,
            next_step="各自核对账目" if number == 0 else "签订分期协议",
            camera=f"4471-{on:%m%d}",
            is_standard=True,
            is_recorded=True,
            **_when(officers),
            **place,
            **by,
        )
        Offer.objects.bulk_create(
            [
                Offer(session=session, side="applicant", amount=asked[0], instalments=asked[1], **place),
                Offer(session=session, side="respondent", amount=asked[2], instalments=asked[3], **place),
            ]
        )
        held += 1
    Appointment.objects.create(
        on=today + DAY,
        begins_at=dt.time(14),
        ends_at=dt.time(16),
        manner="joint",
        place="开发区派出所调解室",
        **_when(officers),
        **place,
        **by,
    )
    return held + len(TEAM) + 2


def _by_police(dispute: Dispute, today: dt.date) -> int:
    on = max(dispute.opened_on, today - DAY)
    Way.objects.create(
        kind="police",
        from_on=on,
        accepted_on=on,
        offence="beating",
        ground="near",
        minors="none",
        agent="none",
        **belonging_to(dispute),
    )
    return 1


def _transferred(dispute: Dispute, today: dt.date) -> int:
    Way.objects.create(
        kind="transfer",
        recipient="labour",
        body="东江区劳动保障监察大队",
        from_on=max(dispute.opened_on, today - 2 * DAY),
        reason="企业拒不支付，需由劳动保障监察依法查处。",
        **belonging_to(dispute),
    )
    return 1
