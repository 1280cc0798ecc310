"""Disputes of the showcase's station in every stage worth reading, each led through the operations from its first sign on.

The first is the wage dispute of forty workers: parties, two sessions, one of them separate, an agreement of six instalments that
the court confirmed; two were paid on time, one in part, one not at all, so it is open again. With the disputes that other modules lead
there are more than twelve.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from demo import dispute_people
from demo.organisations import Organisation
from demo.showcase import STATION_CODE
from demo.signatures import drawn
from disputes.after.planning import follow_ups_of, take_proposal
from disputes.after.recording import record_follow_up
from disputes.agreements import concluding, confirming, paying, signing, sweeping
from disputes.agreements.checking import Given
from disputes.agreements.performance import split_evenly, yuan_of
from disputes.choices import AgreementKind, ConfirmationStep, Heard, PaymentWay, Risk, RiskReason, Satisfied
from disputes.filing.leading import name_lead
from disputes.filing.risk import MeasureGiven, review_risk
from disputes.mediation import planning, sessions, ways
from disputes.mediation.choices import Manner, TransferTo, WayKind
from disputes.mediation.meetings import officers_at
from disputes.mediation.sessions import Offered
from disputes.models import Agreement, Dispute
from disputes.operations import close_dispute, create_dispute, settle_dispute
from disputes.people import parties
from enterprises.models import Enterprise
from enterprises.selectors import list_enterprises
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import User
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope

WORKERS = 40
ROOM = "开发区派出所调解室"
COMMITTEE = "开发区街道人民调解委员会"
NAMES = {"applicant": "陈大勇", "respondent": "吴立新"}


@dataclass
class Teller:
    """Who leads the disputes of a station, and the day from which their days count."""

    recorder: Actor
    actor: Actor
    officers: Sequence[User]
    firms: Iterator[Enterprise]
    today: dt.date

    def ago(self, days: int) -> dt.date:
        return self.today - dt.timedelta(days=days)

    def opened(self, days: int, kind: str, summary: str, **more: Any) -> Dispute:
        """Return a dispute that came up so many days ago, led by an officer of the station."""
        firm, on = next(self.firms), self.ago(days)
        dispute = create_dispute(
            actor=self.recorder,
            enterprise_id=firm.pk,
            kind=kind,
            summary=summary,
            opened_on=on,
            due_on=on + dt.timedelta(days=30),
            **{"heard": Heard.VISIT} | more,
        )
        return name_lead(actor=self.actor, id=dispute.pk, version=None, officer_id=self.officers[0].pk)

    def by(self, dispute: Dispute, kind: WayKind, days: int, **more: Any) -> None:
        body = "" if kind == WayKind.PUBLIC_SECURITY else COMMITTEE
        given = {"body": body} | more
        ways.choose_way(actor=self.actor, dispute_id=dispute.pk, kind=kind, from_on=self.ago(days), **given)

    def met(
        self, dispute: Dispute, days: int, hour: int, manner: Manner, minutes: str, *offers: Offered
    ) -> None:
        second = self.officers[1].pk if len(self.officers) > 1 else None
        sessions.hold_session(
            actor=self.actor,
            dispute_id=dispute.pk,
            officer_id=self.officers[0].pk,
            second_id=second,
            offers=offers,
            on=self.ago(days),
            begins_at=dt.time(hour),
            ends_at=dt.time(hour + 1, 30),
            manner=manner,
            place=ROOM,
            applicants=5,
            respondents=2,
            minutes=minutes,
            is_standard=True,
            is_recorded=True,
        )

    def agreed(
        self, dispute: Dispute, days: int, yuan: int, due: Sequence[int], signs: Sequence[str] = ()
    ) -> Agreement:
        """Conclude an agreement of so many instalments, by the days from today on which they are due, and sign it."""
        parts = split_evenly(100 * yuan, len(due))
        way = PaymentWay.WAGES if dispute.kind == "wages" else PaymentWay.TRANSFER
        found = concluding.conclude_agreement(
            actor=self.actor,
            id=dispute.pk,
            kind=AgreementKind.PEOPLES,
            concluded_on=self.ago(days),
            presided_by=self.actor.name,
            organisation=COMMITTEE,
            place=ROOM,
            facts="经核对账目，双方对数额无异议；被申请方因资金周转困难，未能按约支付。",
            terms="被申请方按期付清全部款项；申请方在履行期间依法表达诉求。任何一期未付的，申请方可以就剩余款项申请强制执行。",
            debtor="respondent",
            creditor="applicant",
            total=yuan_of(100 * yuan),
            instalments=[
                Given(self.today + dt.timedelta(days=day), yuan_of(part), way)
                for day, part in zip(due, parts, strict=True)
            ],
            copies=3,
        )
        names = NAMES | {"mediator": self.actor.name}
        signing.sign_agreement(
            actor=self.actor,
            id=dispute.pk,
            agreement_id=found.pk,
            signatures=[
                signing.SignatureGiven(each, names[each], drawn(names[each]))
                for each in signs or ("applicant", "respondent", "mediator")
            ],
            signed_on=self.ago(days),
        )
        return found

    def paid(self, agreement: Agreement, days: int, yuan: int, way: str = PaymentWay.TRANSFER) -> None:
        paying.record_payment(
            actor=self.actor,
            id=agreement.dispute_id,
            agreement_id=agreement.pk,
            paid_on=self.ago(days),
            amount=Decimal(yuan),
            way=way,
        )

    def followed(self, dispute: Dispute, level: Risk, satisfied: str = "", *, relapse: bool = False) -> None:
        """Plan the follow-ups of a settled dispute and, if somebody was satisfied or not, record them as done today."""
        take_proposal(actor=self.actor, id=dispute.pk, level=level)
        if not satisfied:
            return
        dispute.refresh_from_db()
        for each in follow_ups_of(dispute):
            record_follow_up(
                actor=self.actor,
                id=each.pk,
                done_on=self.today,
                reached=True,
                satisfied=satisfied,
                relapse=relapse,
                said="对方又停止供货，双方再起争执。" if relapse else "双方均表示已按约履行，无新的争执。",
                due_on=self.today + dt.timedelta(days=15) if relapse else None,
            )

    def settled(self, days: int, ago: int, kind: str, summary: str) -> Dispute:
        dispute = self.opened(days, kind, summary)
        return settle_dispute(actor=self.actor, id=dispute.pk, version=None, settled_on=self.ago(ago))


def _forty(tell: Teller) -> None:
    dispute = tell.opened(
        60,
        "wages",
        "四十名工人反映三个月工资未付",
        people=WORKERS,
        amount=Decimal(864_000),
        heard=Heard.PORTAL,
    )
    review_risk(
        actor=tell.actor,
        id=dispute.pk,
        version=None,
        reasons=[RiskReason.PEOPLE, RiskReason.AMOUNT, RiskReason.THREATS],
        measure=MeasureGiven(
            "每日与工人代表联系一次，遇有聚集苗头即到场", str(tell.officers[0]), tell.ago(-14)
        ),
    )
    workers = dispute_people.workers(WORKERS)
    boss = {"kind": "body", "side": "respondent", "role": "employer", "name": dispute.enterprise.name}
    boss["credit_code"] = dispute.enterprise.credit_code
    parties.add_parties(actor=tell.actor, dispute_id=dispute.pk, entries=[*workers, boss])
    tell.by(dispute, WayKind.PEOPLES, 59)
    tell.met(
        *(
            dispute,
            57,
            9,
            Manner.JOINT,
            "核对考勤表与欠条，双方对人数无争议；一方要求一次付清，一方提出分期。",
        ),
        Offered("applicant", Decimal(864_000), 1),
        Offered("respondent", Decimal(600_000), 12),
    )
    tell.met(
        *(
            dispute,
            55,
            14,
            Manner.SEPARATE,
            "先见工人代表，同意分期；后见企业一方，愿以应收工程款担保，同意六期付清。",
        ),
        Offered("applicant", Decimal(864_000), 6),
        Offered("respondent", Decimal(864_000), 6),
    )
    agreement = tell.agreed(dispute, 54, 864_000, (-50, -36, -22, -8, 7, 22))
    for days, yuan in ((50, 144_000), (37, 144_000), (22, 86_400)):
        tell.paid(agreement, days, yuan, PaymentWay.WAGES)
    for step, days, number in (
        (ConfirmationStep.APPLIED, 49, ""),
        (ConfirmationStep.CONFIRMED, 40, f"（{tell.today.year}）清特{dispute.pk}号"),
    ):
        confirming.record_step(
            actor=tell.actor,
            id=dispute.pk,
            agreement_id=agreement.pk,
            step=step,
            on=tell.ago(days),
            court="东江区人民法院",
            number=number,
        )


def _received(tell: Teller) -> None:
    tell.opened(1, "consumer", "预付卡停业未退款，十余名顾客到店交涉", people=14, heard=Heard.CALL)
    risky = tell.opened(3, "injury", "装卸工受伤，家属要求先行垫付医疗费", people=6, amount=Decimal(120_000))
    review_risk(
        actor=tell.actor,
        id=risky.pk,
        version=None,
        reasons=[RiskReason.SELF_HARM],
        measure=MeasureGiven("安排专人陪同家属，与医院对接救治", str(tell.officers[0]), tell.ago(-5)),
    )


def _mediated(tell: Teller) -> None:
    fight = tell.opened(2, "neighbours", "装卸次序引发推搡，一方手机损坏", people=4, heard=Heard.CALL)
    tell.by(
        *(fight, WayKind.PUBLIC_SECURITY, 2),
        accepted_on=tell.ago(2),
        offence="beating",
        ground="near",
        minors="none",
        agent="none",
    )
    rent = tell.opened(12, "contract", "仓库退租押金与维修费用争议", people=3, amount=Decimal(48_000))
    tell.by(rent, WayKind.PEOPLES, 11)
    tell.met(
        *(
            rent,
            9,
            18,
            Manner.JOINT,
            "双方到库房清点，对三处损坏的责任意见不一，约定各自提供维修报价后再谈。",
        ),
        Offered("applicant", Decimal(48_000), 1),
        Offered("respondent", Decimal(30_000), 1),
    )
    planning.plan_session(
        actor=tell.actor,
        dispute_id=rent.pk,
        officer_id=tell.officers[0].pk,
        on=tell.ago(-2),
        begins_at=dt.time(9),
        ends_at=dt.time(10, 30),
        manner=Manner.JOINT,
        place=ROOM,
    )
    away = tell.opened(16, "labour", "未签劳动合同，主张双倍工资", people=2, amount=Decimal(36_000))
    tell.by(
        *(away, WayKind.TRANSFER, 14),
        recipient=TransferTo.ARBITRATION,
        body="东江区劳动人事争议仲裁委员会",
        reason="双方不愿调解，告知申请仲裁。",
    )


def _agreed(tell: Teller) -> None:
    half = tell.opened(10, "between", "共用配电室电费分摊争议", people=2, amount=Decimal(26_000))
    tell.by(half, WayKind.PEOPLES, 8)
    tell.met(half, 3, 15, Manner.JOINT, "双方同意以分表读数为准分摊，差额分两期付清。")
    tell.agreed(half, 3, 26_000, (10, 40), signs=("applicant",))
    running = tell.opened(40, "contract", "设备安装尾款未付", people=2, amount=Decimal(90_000))
    tell.by(running, WayKind.PEOPLES, 38)
    tell.met(running, 30, 15, Manner.JOINT, "双方对安装质量无异议，就尾款的付款期数取得一致。")
    tell.paid(tell.agreed(running, 30, 90_000, (-20, 5, 35)), 21, 30_000)


def _settled(tell: Teller) -> None:
    tell.followed(tell.settled(30, 12, "wages", "五名保洁员加班费争议"), Risk.MEDIUM)
    tell.followed(tell.settled(50, 35, "neighbours", "夜间卸货噪声扰民"), Risk.LOW, Satisfied.PARTLY)
    over = tell.settled(58, 45, "labour", "班次调整引发的解约补偿争议")
    tell.followed(over, Risk.LOW, Satisfied.YES)
    close_dispute(actor=tell.actor, id=over.pk, version=None, closed_on=tell.today)
    tell.followed(
        tell.settled(48, 33, "between", "供货质量异议引发停供"), Risk.LOW, Satisfied.NO, relapse=True
    )


STORIES: tuple[Callable[[Teller], None], ...] = (_forty, _received, _mediated, _agreed, _settled)


def stories(organisation: Organisation, today: dt.date, showcase: Enterprise) -> int:
    """Lead the disputes of other enterprises than the showcase, of which the rating tells its own story, and let the breach of the first come about. Return how many there are."""
    station = next(each for each in organisation.stations if each.code == STATION_CODE)
    recorder = system_actor(bureau_id=organisation.bureau.pk, stations=[station.pk])
    actor = actor_for(user=organisation.officers[station.pk][0], grant_id=None)
    assert actor
    with station_scope(actor.scope()):
        before = Dispute.objects.count()
        firms = list_enterprises(actor).filter(registered_on__lt=today - dt.timedelta(days=90))
        chosen = iter(list(firms.exclude(pk=showcase.pk).order_by("pk")[:20]))
        tell = Teller(recorder, actor, officers_at(actor, station.pk)[:2], chosen, today)
        for story in STORIES:
            story(tell)
        made = Dispute.objects.count() - before
    sweeping.find_breaches(organisation.bureau.pk)
    return made
