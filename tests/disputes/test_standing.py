"""Stage and clocks of many disputes in one query are those that the page of each dispute shows."""

import datetime as dt
import random

import pytest

from disputes.agreements.reading import agreements_of
from disputes.choices import Stage
from disputes.models import Dispute
from disputes.overview import board, narrowing
from disputes.parts import File
from disputes.selectors import list_disputes
from disputes.staff import dispute_page  # registers the parts
from tests.factories import (
    AgreementFactory,
    AppointmentFactory,
    BreachFactory,
    ConfirmationFactory,
    DisputeFactory,
    EnterpriseFactory,
    FollowUpFactory,
    InstalmentFactory,
    MediationSessionFactory,
    PaymentFactory,
    RiskMeasureFactory,
    WayFactory,
)
from tests.facts.people import Person, ago, ahead, officer, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
assert dispute_page.DisputeRecord


def some_day(chance: random.Random) -> dt.date:
    return today() + dt.timedelta(days=chance.randint(-20, 20))


def random_dispute(chance: random.Random, enterprise: object) -> Dispute:
    """Return a dispute with any of the rows that move it on."""
    settled = chance.random() < 0.5
    dispute = DisputeFactory(
        enterprise=enterprise,
        opened_on=ago(90),
        due_on=chance.choice((None, some_day(chance))),
        settled_on=ago(40) if settled else None,
        closed_on=ago(1) if settled and chance.random() < 0.2 else None,
        risk="high",
        risk_next_on=chance.choice((None, some_day(chance))),
    )
    of = {"dispute": dispute, "enterprise": enterprise}
    if chance.random() < 0.6:
        WayFactory(
            **of, from_on=ago(30), running=chance.choice(("", "case")), due_on=some_day(chance), body="A"
        )
        if chance.random() < 0.5:
            WayFactory(
                **of,
                from_on=ahead(1) if chance.random() < 0.2 else ago(20),
                running=chance.choice(("", "first", "case")),
                due_on=some_day(chance),
                voided_at=chance.choice((None, None, "2026-01-01T00:00Z")),
                body="B",
            )
    for _number in range(chance.randint(0, 2)):
        MediationSessionFactory(
            **of, on=ago(chance.randint(1, 20)), next_on=chance.choice((None, some_day(chance)))
        )
    if chance.random() < 0.3:
        AppointmentFactory(**of, on=some_day(chance), ended_at=chance.choice((None, "2026-01-01T00:00Z")))
    if chance.random() < 0.3:
        RiskMeasureFactory(**of, until_on=some_day(chance), done_on=chance.choice((None, ago(1))))
    if chance.random() < 0.7:
        agree(chance, of)
    for _number in range(chance.randint(0, 2)):
        done = chance.random() < 0.4
        FollowUpFactory(**of, planned_on=some_day(chance), done_on=ago(2) if done else None)
    return dispute


def agree(chance: random.Random, of: dict[str, object]) -> None:
    effective = ago(50) if chance.random() < 0.8 else None
    agreement = AgreementFactory(
        **of,
        effective_on=effective,
        confirm_by=effective and chance.choice((None, some_day(chance))),
        ended_at="2026-01-01T00:00Z" if chance.random() < 0.2 else None,
    )
    of = {"enterprise": of["enterprise"], "agreement": agreement}
    if chance.random() < 0.3:
        ConfirmationFactory(**of)
    many = chance.randint(0, 4)
    for number in range(1, many + 1):
        due = today() + dt.timedelta(days=10 * (number - 2))
        InstalmentFactory(**of, number=number, due_on=due)
        if due < today() and chance.random() < 0.5:
            BreachFactory(**of, number=number, due_on=due, on=due + dt.timedelta(days=1))
    left = 10_000 * many
    while left and chance.random() < 0.7:
        fen = chance.randint(1, left)
        left -= fen
        PaymentFactory(**of, fen=fen, paid_on=ago(chance.randint(0, 40)), number=chance.randint(0, 4))


@pytest.mark.parametrize("seed", [1, 2])
def test_all_at_once_is_what_each_page_says(city: City, seed: int) -> None:
    """Forty disputes of every kind of row, two of them merged into others: stage, next clock, breach."""
    chance = random.Random(seed)
    with scope_of(city.first):
        enterprise = EnterpriseFactory(station=city.first)
        made = [random_dispute(chance, enterprise) for _number in range(40)]
        for lost, kept in ((made[0], made[2]), (made[1], made[3])):
            if agreements_of(lost).in_force and agreements_of(kept).in_force:
                continue
            Dispute.objects.filter(pk=lost.pk).update(voided_at="2026-01-01T00:00Z", void_reason="Twice")
            Dispute.objects.filter(pk=lost.pk).update(merged_into_id=kept.pk)
            Dispute.objects.filter(pk=kept.pk).update(absorbed=[lost.pk])
    person = officer(city.first)
    actor = person.actor
    with scope_of(city.first):
        disputes = list(list_disputes(actor).order_by("pk"))
        lanes = board.lanes(list_disputes(actor).filter(closed_on=None), 50)
        found = {place.id: (lane.stage, place) for lane in lanes.values() for place in lane.first}
        in_breach = set(
            list_disputes(actor).filter(narrowing.breached(narrowing.NOW)).values_list("pk", flat=True)
        )
        rows = list(narrowing.with_breaches(list_disputes(actor)))
        narrowing.mark_breaches(rows)
        marked = {each.pk for each in rows if each.in_breach}
        assert in_breach == marked
        closed = set(
            list_disputes(actor)
            .filter(narrowing.in_stages(actor, ["closed"], today()))
            .values_list("pk", flat=True)
        )
        for dispute in disputes:
            file = File(actor, dispute, today())
            if file.stage == Stage.CLOSED:
                assert dispute.pk in closed
                continue
            stage, place = found[dispute.pk]
            assert stage == file.stage, dispute.pk
            days = [each.due_on for each in file.clocks]
            if dispute.due_on and not dispute.settled_on:
                days.append(dispute.due_on)  # which the page adds
            assert place.next_on == min(days, default=None), (dispute.pk, place.clock)
            agreement = agreements_of(dispute).in_force
            owing = (
                {each.instalment.number for each in agreement.performance_on(today()).standings if each.open}
                if agreement and agreement.agreement.effective_on
                else set()
            )
            breaches = {each.number for each in agreement.breaches} if agreement else set()
            assert (dispute.pk in in_breach) == bool(owing & breaches), dispute.pk
        assert len({lane.stage for lane in lanes.values() if lane.count}) >= 4  # the seed made each kind
        assert any(lane.late for lane in lanes.values())


def listed(person: Person, **query: object) -> set[str]:
    page = person.get("disputes:list", **query)
    assert page.status_code == 200
    return {row.record.summary for row in page.context_data["table"].page.object_list}


def test_filters_by_way_breach_follow_up_and_clock(city: City) -> None:
    """Each finds its own; a value that does not exist is an error at the filter; breach is marked."""
    with scope_of(city.first):
        enterprise = EnterpriseFactory(station=city.first)

        def dispute(summary: str, **fields: object) -> dict[str, object]:
            made = DisputeFactory(enterprise=enterprise, summary=summary, opened_on=ago(60), **fields)
            return {"dispute": made, "enterprise": enterprise}

        dispute("quiet")
        dispute("due", due_on=today())
        police = dispute("police", due_on=ago(3))
        way = WayFactory(**police, kind="police", from_on=ago(50))
        changed = dispute("changed", settled_on=ago(9))
        WayFactory(**changed, kind="police", from_on=ago(50))
        WayFactory(**changed, kind="peoples", from_on=ago(40))
        broken = dispute("broken")
        agreement = {"enterprise": enterprise, "agreement": AgreementFactory(**broken, effective_on=ago(50))}
        InstalmentFactory(**agreement, due_on=ago(20))
        BreachFactory(**agreement, due_on=ago(20), on=ago(19))
        paid = dispute("paid late", settled_on=ago(1))
        agreement = {"enterprise": enterprise, "agreement": AgreementFactory(**paid, effective_on=ago(50))}
        InstalmentFactory(**agreement, due_on=ago(20))
        BreachFactory(**agreement, due_on=ago(20), on=ago(19))
        PaymentFactory(**agreement, paid_on=ago(2), fen=10_000)
        FollowUpFactory(**paid, planned_on=ago(1))
    person = officer(city.first)
    assert way.pk
    assert listed(person, way="police") == {"police"}
    assert listed(person, way="peoples") == {"changed"}
    assert listed(person, way="none") == {"quiet", "due", "broken", "paid late"}
    assert listed(person, way="police", way_not=1) == {"quiet", "due", "changed", "broken", "paid late"}
    assert listed(person, result="police-failed") == {"changed"}
    assert listed(person, result="peoples-settled") == {"changed"}
    assert listed(person, breach="now") == {"broken"}
    assert listed(person, breach="ever") == {"broken", "paid late"}
    assert listed(person, followed="none") == {"changed"}
    assert listed(person, followed="late") == {"paid late"}
    assert listed(person, ends="week") == {"due"}
    assert listed(person, ends="late") == {"police", "broken", "paid late"}
    assert listed(person, ends="none") == {"quiet", "changed"}
    assert listed(person, stage="performance") == {"broken"}
    assert listed(person, stage="follow_up") == {"changed", "paid late"}
    for name in ("way", "breach", "followed", "ends", "stage", "result"):
        page = person.get("disputes:list", **{name: "nonsense"})
        assert page.context_data["invalid"], name
    page = person.get("disputes:list").content.decode()
    assert page.count("In breach</span>") == 1


def test_board_counts_lead_to_their_lists(city: City) -> None:
    """Each lane has as many as the list behind it, filtered or not, and costs the same with more rows."""
    person, other = officer(city.first), officer(city.first)
    with scope_of(city.first):
        chance = random.Random(3)
        for number in range(12):
            made = random_dispute(chance, EnterpriseFactory(station=city.first))
            Dispute.objects.filter(pk=made.pk).update(lead_id=(person if number % 3 else other).user.pk)
    for query in ({}, {"led": "on"}, {"risk": "low"}):
        page = person.get("disputes:board", **query)
        assert page.status_code == 200
        for lane in page.context_data["lanes"]:
            behind = person.client.get(lane.url).context_data["table"].paginator.count
            assert behind == lane.lane.count, (query, lane.code)
        closed = person.client.get(page.context_data["closed_url"]).context_data["table"].paginator.count
        assert closed == page.context_data["closed"]
    assert person.get("disputes:board", risk="nonsense").context_data["invalid"]
