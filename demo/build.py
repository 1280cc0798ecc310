"""Creation of the demo in one transaction, with few queries per table."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone, translation

from demo import (
    check_ins,
    checklists,
    departments,
    dispute_after,
    dispute_agreements,
    dispute_mediation,
    dispute_people,
    dispute_reports,
    dispute_risks,
    dispute_stories,
    papers,
    photos,
    places,
    showcase,
    signatures,
)
from demo.choices import AuditAction
from demo.events import due_soon, open_at_showcase, recent_inspections, veto_of_today, vetoes
from demo.facts import Facts, History
from demo.old_papers import papers_of_before
from demo.organisations import Organisation, make_logins, make_organisation, open_logins
from demo.register import Plan, plan_register, random_for
from demo.showcase_facts import showcase_facts
from enterprises import operations
from enterprises.choices import InactiveReason
from enterprises.models import Inactivity, Liaison
from facts.batches import create_many
from facts.models import Attachment
from foundation.accounts import auditing
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import Bureau, User
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from inspections.models import KeyPosition
from inspections.positions import link_hazards

REASON = "Demo data"


@dataclass
class Summary:
    """How many records a run added, by their name; empty if the demo existed already."""

    added: dict[str, int] = field(default_factory=dict)
    opened_logins: int = 0

    def count(self, name: str, number: int) -> None:
        self.added[name] = self.added.get(name, 0) + number


@transaction.atomic
def build(today: dt.date | None = None) -> Summary:
    """Create both bureaus with everything in them, all or nothing, unless they exist. Returns what was added."""
    today = today or timezone.localdate()
    latest = Period.of(today).shift(-1)
    summary = Summary()
    with connection.cursor() as cursor:  # of two concurrent runs, the second waits and then finds the demo
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('anqi demo'))")
    if not Bureau.objects.filter(code=places.BUREAU[0]).exists():
        large = make_organisation(*places.BUREAU, places.STATIONS, places.DEPARTMENTS, latest)
        small = make_organisation(
            *places.SMALL_BUREAU, places.SMALL_STATIONS, places.SMALL_DEPARTMENTS, latest
        )
        plans = _fill(large, today, summary)
        make_logins(large, plans[0].enterprise)
        summary.count("subscriptions", departments.subscribe(large))
        _fill(small, today, summary, limit=places.SMALL_COUNT)
        for each, showcase_of in ((large, plans[0].enterprise), (small, None)):
            papers.letterheads(each)
            summary.count("papers", papers_of_before(each, today, showcase_of))
            summary.count("papers", papers.orders(each, showcase_of))
            summary.count("signed inspections", signatures.sign(each, showcase_of))
            summary.count("follow-ups and screenings", sum(dispute_after.followed_up(each, today)))
        summary.count("risks of disputes", dispute_risks.assess(large, today))
        with translation.override("zh-hans"):  # reasons that operations give themselves are kept as they are
            summary.count("agreements", dispute_agreements.agreements(large, today))
            summary.count(
                "disputes led from their first sign",
                dispute_stories.stories(large, today, plans[0].enterprise),
            )
        summary.count("reports that wait", dispute_reports.waiting(large, plans[0].enterprise, today))
        dispute_people.tell(plans[0].enterprise)
    summary.opened_logins = open_logins()
    return summary


def _fill(
    organisation: Organisation, today: dt.date, summary: Summary, limit: int | None = None
) -> list[Plan]:
    """Create register and facts of one bureau, as the system within the bureau's scope."""
    bureau, stations, latest = organisation.bureau, organisation.stations, Period.of(today).shift(-1)
    plans = plan_register(bureau, stations, organisation.officers, today, limit)
    actor = system_actor(bureau_id=bureau.pk, stations=[station.pk for station in stations])
    with station_scope(actor.scope()):
        registered = operations.register_many(actor, [plan.values for plan in plans])
        for plan, enterprise in zip(plans, registered, strict=True):
            plan.enterprise = enterprise
        facts = Facts()
        histories = [History(plan, latest, today, facts) for plan in plans]
        for history in histories:
            if history.plan.is_showcase:
                showcase_facts(history)
                open_at_showcase(history, today)
            else:
                history.invent()
        ordinary = [history for history in histories if not history.plan.is_showcase]
        if limit is None:
            vetoes(ordinary, latest)
            veto_of_today(ordinary, today)
        due_soon(ordinary, today)
        recent_inspections(ordinary, today)
        summary.count("enterprises", len(plans))
        for rows in facts.tables():
            if rows:
                create_many(actor=actor, model=type(rows[0]), rows=rows, reason=REASON)
                summary.count(str(type(rows[0])._meta.verbose_name_plural), len(rows))
        KeyPosition.objects.bulk_create(each for plan in plans for each in _key_positions(plan, latest))
        link_hazards([plan.enterprise.pk for plan in plans if plan.is_showcase])
        summary.count("checklists", checklists.answer(facts.inspections, facts.hazards, today))
        summary.count("QR codes", check_ins.signs(plan.enterprise for plan in plans))
        summary.count("check-ins", check_ins.past(bureau.pk, today))
        for plan in plans:
            if plan.is_showcase:
                summary.count("check-ins", check_ins.there_now(plan.enterprise))
        summary.count("parties", dispute_people.enter(actor, plans))
        pictures = photos.photograph(bureau.pk, facts.hazards)
        Attachment.objects.bulk_create(pictures)
        summary.count("photos", len(pictures))
        _hand_over(plans, actor, today)
        summary.count("mediation of disputes", dispute_mediation.mediate(actor, plans[0], today))
        Liaison.objects.bulk_create(each for plan in plans for each in _liaisons(plan, latest, today))
        Inactivity.objects.bulk_create(each for plan in plans for each in _inactivities(plan, today))
        auditing.record(
            actor=actor,
            action=AuditAction.FILL_WITH_DEMO_DATA,
            target=bureau,
            after={"records": sum(summary.added.values())},
            reason=REASON,
        )
    return plans


def _hand_over(plans: list[Plan], actor: Actor, today: dt.date) -> None:
    for plan in plans:
        if plan.receiving and plan.handed_on and plan.handed_on <= today:
            plan.enterprise = operations.hand_over(
                actor=actor,
                enterprise_id=plan.enterprise.pk,
                to_station_id=plan.receiving.pk,
                on=plan.handed_on,
                reason="辖区边界调整",
            )


def _key_positions(plan: Plan, latest: Period) -> Iterator[KeyPosition]:
    """Yield the key positions of the showcase."""
    for each in showcase.KEY_POSITIONS if plan.is_showcase else ():
        firm = plan.enterprise
        yield KeyPosition(enterprise=firm, station_id=firm.station_id, **showcase.dated(each, latest))


def _liaisons(plan: Plan, latest: Period, today: dt.date) -> Iterator[Liaison]:
    """Yield present and former liaison officers; a few enterprises have none now."""

    def serving(officer: User, begin: dt.date, end: dt.date | None = None) -> Liaison:
        return Liaison(
            enterprise=plan.enterprise,
            station_id=plan.enterprise.station_id,
            officer=officer,
            from_on=begin,
            until_on=end,
        )

    if plan.is_showcase:
        yield serving(plan.officers[0], showcase.moved(showcase.LIAISON_SINCE, latest))
        return
    rng = random_for("liaison", plan.enterprise.external_id)
    begin = max(latest.shift(-11).start + dt.timedelta(days=rng.randrange(60)), plan.values["registered_on"])
    change = latest.shift(-rng.randint(0, 6)).start + dt.timedelta(days=rng.randrange(60))
    if plan.receiving and plan.handed_on and plan.handed_on <= today:
        yield serving(plan.officers[0], begin, plan.handed_on)
        yield serving(plan.receiving_officers[plan.number % len(plan.receiving_officers)], plan.handed_on)
    elif plan.number % 37 == 5:  # vacant
        yield serving(plan.officers[0], begin, max(begin, change))
    elif rng.random() < 0.25 and begin < change:
        yield serving(plan.officers[-1], begin, change)
        yield serving(plan.officers[0], change)
    else:
        yield serving(plan.officers[0], begin)


def _inactivities(plan: Plan, today: dt.date) -> Iterator[Inactivity]:
    if plan.closed_on and plan.closed_on <= today:
        passing = plan.reopened_on is not None
        yield Inactivity(
            enterprise=plan.enterprise,
            station_id=plan.enterprise.station_id,
            kind=InactiveReason.SUSPENDED if passing else InactiveReason.CLOSED,
            from_on=plan.closed_on,
            until_on=plan.reopened_on if plan.reopened_on and plan.reopened_on <= today else None,
            reason="停产检修" if passing else "经营到期注销",
        )
