"""What followed the settlement of the demo's disputes: plans, calls, a visit, a survey, one closed; screenings of each month."""

import datetime as dt
import random

from django.utils import translation

from demo.organisations import Organisation
from disputes.after.planning import plan_follow_up, take_proposal
from disputes.after.recording import record_follow_up
from disputes.choices import FollowUpWay, Risk, Satisfied
from disputes.closing import why_not_closed
from disputes.models import Dispute, Screening
from disputes.operations import close_dispute
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor, system_actor
from foundation.tenancy.scope import station_scope

FOLLOWED = 5  # settled disputes of a station, the latest first
SEED = 16
MONTHS = 3  # of screenings
SAID = (
    "双方均表示协议已履行，无新的争执。",
    "工人代表称工资已到账，企业按约发放。",
    "一期款项迟付三天，其余按约履行。",
)


def followed_up(organisation: Organisation, today: dt.date) -> tuple[int, int]:
    """Plan and record follow-ups and screenings at each station. Return how many of each."""
    follow_ups = screenings = 0
    chance = random.Random(SEED)
    for station in organisation.stations:
        actor = system_actor(bureau_id=organisation.bureau.pk, stations=[station.pk])
        with station_scope(actor.scope()), translation.override("zh-hans"):
            follow_ups += _follow_ups(actor, station.pk, today, chance)
            screenings += _screenings(station.pk, today, chance)
    return follow_ups, screenings


def _follow_ups(actor: Actor, station_id: int, today: dt.date, chance: random.Random) -> int:
    rows = Dispute.objects.filter(station_id=station_id, settled_on__isnull=False, voided_at=None)
    made, followed = 0, []
    for number, dispute in enumerate(rows.order_by("-settled_on", "-pk")[:FOLLOWED]):
        level = (Risk.HIGH, Risk.MEDIUM, Risk.LOW)[number % 3]
        if number == 3:  # a plan of which the first day has passed
            plan_follow_up(
                actor=actor,
                id=dispute.pk,
                planned_on=max(dispute.settled_on or today, today - dt.timedelta(days=2)),
                way=FollowUpWay.VISIT,
                question="到现场看协议是否履行",
            )
            made += 1
            continue
        planned = take_proposal(actor=actor, id=dispute.pk, level=level)
        made += len(planned)
        if number in (1, 4):
            for each in planned:
                record_follow_up(
                    actor=actor,
                    id=each.pk,
                    done_on=today,
                    reached=True,
                    satisfied=chance.choice((Satisfied.YES, Satisfied.YES, Satisfied.PARTLY)),
                    relapse=False,
                    said=chance.choice(SAID),
                )
            followed.append(dispute)
    ready = [each for each in followed if not why_not_closed(each, actor)]  # nothing is owed any more
    if ready:
        close_dispute(actor=actor, id=ready[-1].pk, closed_on=today)
    return made


def _screenings(station_id: int, today: dt.date, chance: random.Random) -> int:
    """Screen most enterprises in the last months, and some of them in this one."""
    enterprises = list(Enterprise.objects.filter(station_id=station_id).order_by("pk"))
    month, made = today.replace(day=1), []
    for back in range(MONTHS):
        last = today if back == 0 else month.replace(day=27)
        for each in enterprises:
            share = 0.4 if back == 0 else 0.985
            if chance.random() < share and (each.registered_on is None or each.registered_on <= month):
                made.append(
                    Screening(
                        enterprise=each,
                        station_id=station_id,
                        month=month,
                        screened_on=max(month, last - dt.timedelta(days=chance.randint(0, 9))),
                        screened_by="社区民警",
                    )
                )
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return len(Screening.objects.bulk_create(made, batch_size=1000))
