"""Agreements of the demo's disputes: one in breach, one performed and confirmed, one half signed, an oral one, one on the spot."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from demo.organisations import Organisation
from demo.places import STATIONS
from demo.showcase import STATION_CODE
from demo.signatures import drawn
from disputes.agreements import concluding, confirming, paying, signing, sweeping
from disputes.agreements.checking import FROM_SESSION, Given
from disputes.agreements.performance import split_evenly, yuan_of
from disputes.choices import AgreementKind, ConfirmationStep, PaymentWay
from disputes.mediation import sessions
from disputes.mediation.choices import Manner
from disputes.mediation.meetings import officers_at
from disputes.models import Agreement, Dispute
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope

OLD_ENOUGH = 56  # days since its settlement, for one whose instalments have come due meanwhile
EVENING = 19  # hour of the first session, when the officers have no other
_NAMES = {"applicant": "陈大勇", "respondent": "吴立新"}


@dataclass(frozen=True)
class Story:
    """One agreement: the days from today on which instalments are due, and the days and shares of instalments that were paid."""

    kind: AgreementKind
    facts: str
    terms: str
    yuan: int  # unless the dispute is about another amount
    due: Sequence[int]
    paid: Sequence[tuple[int, int, int]] = ()  # day, which instalment, percent of it
    is_settled: bool = True
    signs: Sequence[str] = ("applicant", "respondent", "mediator")
    court: bool = False


_FACTS = "经核对考勤记录、工资表和欠条，双方对数额无异议；单位因工程款未到账，自两个月前起未足额支付。"
STORIES = (
    Story(
        AgreementKind.PEOPLES,
        _FACTS,
        "单位分六期支付全部欠款，款项打入工资专户；收款方在履行期间不采取堵门、拉横幅等方式主张权利。任何一期未付的，收款方可以就剩余全部款项申请强制执行。",
        864_000,
        (-53, -38, -23, -8, 7, 22),
        ((-54, 1, 100), (-38, 2, 100), (-23, 3, 60)),
        court=True,
    ),
    Story(
        AgreementKind.PEOPLES,
        "装修尾款自竣工验收后一直未付，双方对两项增补工程的单价有分歧，经造价人员核算取得一致。",
        "委托方分三期付清全部尾款；承揽方负责在质保期内免费维修渗水部位。",
        100_000,
        (-40, -25, -12),
        ((-41, 1, 100), (-20, 2, 100), (-12, 3, 100)),
        court=True,
    ),
    Story(
        AgreementKind.SECURITY,
        "双方在厂区门口因装卸次序发生口角，继而互相推搡，一方手机屏幕损坏，情节轻微，均未受伤。",
        "被申请方赔偿手机维修费并当面道歉；双方互不追究，今后按调度单装卸。",
        680,
        (6,),
        is_settled=False,
        signs=("applicant",),
    ),
    Story(
        AgreementKind.ORAL,
        "单位认可欠付，因财务人员休假未及时办理，双方对数额无异议。",
        "单位两天内结清所欠款项，并开具有关证明。",
        5_800,
        (2,),
    ),
)


def agreements(organisation: Organisation, today: dt.date) -> int:
    """Conclude the agreements of a few disputes of the showcase's station, and let their breaches come about. Return how many."""
    station = next((each for each in organisation.stations if each.code == STATION_CODE), None)
    assert station is not None, STATIONS
    actor = actor_for(user=organisation.officers[station.pk][0], grant_id=None)
    assert actor
    with station_scope(actor.scope()):
        rows = Dispute.objects.filter(station=station, voided_at=None, closed_on=None).order_by(
            "-opened_on", "pk"
        )
        until = today - dt.timedelta(days=OLD_ENOUGH)
        settled = list(
            rows.filter(settled_on__lte=until, kind__in=("wages", "contract")).exclude(people=None)
        )
        waiting = list(rows.filter(settled_on=None, opened_on__lt=today))
        recent = list(rows.filter(settled_on__gt=until, settled_on__lte=today))
        made, officers = 0, officers_at(actor, station.pk)[:2]
        for hour, story in enumerate(STORIES, start=EVENING):
            old = story.due[0] < 0
            pool = (settled if old else recent) if story.is_settled else waiting
            if pool:
                _tell(actor, officers, pool.pop(0), story, today, hour)
                made += 1
    sweeping.find_breaches(organisation.bureau.pk)
    return made


def _tell(
    actor: Actor, officers: Sequence[User], dispute: Dispute, story: Story, today: dt.date, hour: int
) -> None:
    on = dispute.settled_on or max(dispute.opened_on, today - dt.timedelta(days=1))
    is_oral = story.kind == AgreementKind.ORAL
    fen = (
        int(dispute.amount * 100)
        if dispute.amount and story.kind != AgreementKind.SECURITY
        else 100 * story.yuan
    )
    parts = split_evenly(fen, len(story.due))
    way = PaymentWay.WAGES if dispute.kind == "wages" else PaymentWay.TRANSFER
    if story.kind in FROM_SESSION:
        sessions.hold_session(
            actor=actor,
            dispute_id=dispute.pk,
            officer_id=officers[0].pk,
            second_id=officers[1].pk if len(officers) > 1 else None,
            on=on,
            begins_at=dt.time(hour, 40),
            ends_at=dt.time(hour + 1, 20),
            manner=Manner.JOINT,
            place="派出所调解室",
            applicants=2,
            respondents=1,
            minutes=story.facts,
            is_standard=True,
            is_recorded=True,
        )
    agreement = concluding.conclude_agreement(
        actor=actor,
        id=dispute.pk,
        kind=story.kind,
        concluded_on=on,
        presided_by=actor.name,
        presided_number="041267" if story.kind == AgreementKind.SECURITY else "",
        organisation=actor.organisation,
        place="派出所调解室",
        mediators="" if is_oral else "王建国（街道司法所）、刘敏（街道工会）",
        facts=story.facts,
        terms=story.terms,
        debtor="respondent",
        creditor="applicant",
        total=yuan_of(fen),
        instalments=[
            Given(today + dt.timedelta(days=day), yuan_of(part), way)
            for day, part in zip(story.due, parts, strict=True)
        ],
        copies=1 if is_oral else 3,
    )
    if not is_oral:
        names = _NAMES | {"mediator": actor.name}
        signing.sign_agreement(
            actor=actor,
            id=dispute.pk,
            agreement_id=agreement.pk,
            signatures=[
                signing.SignatureGiven(each, names[each], drawn(names[each])) for each in story.signs
            ],
            signed_on=on,
        )
    for day, number, percent in story.paid:
        paying.record_payment(
            actor=actor,
            id=dispute.pk,
            agreement_id=agreement.pk,
            paid_on=today + dt.timedelta(days=day),
            amount=yuan_of(parts[number - 1] * percent // 100),
            way=way,
        )
    if story.court:
        _confirm(actor, dispute, agreement, on)


def _confirm(actor: Actor, dispute: Dispute, agreement: Agreement, on: dt.date) -> None:
    for step, days, number in (
        (ConfirmationStep.APPLIED, 5, ""),
        (ConfirmationStep.CONFIRMED, 15, f"（{on.year}）清特{dispute.pk}号"),
    ):
        confirming.record_step(
            actor=actor,
            id=dispute.pk,
            agreement_id=agreement.pk,
            step=step,
            on=on + dt.timedelta(days=days),
            court="东江区人民法院",
            number=number,
        )
