"""Letterheads of the demo's stations, and orders that their officers have issued today."""

from demo.organisations import Organisation
from demo.places import DISTRICTS
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope
from inspections.choices import Origin
from inspections.findings import finding_of
from inspections.models import Hazard
from inspections.orders import Officer, issue_order, may_be_ordered, numbers_of
from papers.choices import Way
from papers.models import Letterhead
from papers.operations.serving import serve_paper

ORDERS = 3  # of each station
_MEASURES = ("每日巡查并记录。", "立即停用并设置警示标志。", "夜间安排专人值守。")


def letterheads(organisation: Organisation) -> int:
    """Fill in the letterhead of each station. Return how many."""
    _code, district = DISTRICTS[organisation.bureau.code]
    made = [
        Letterhead(
            bureau=organisation.bureau,
            station=station,
            authority=organisation.bureau.name,
            abbreviation=f"{organisation.bureau.name[:1]}公（{station.name[:2]}）",
            telephone=f"8555 {100 + number:04d}",
            review_by=f"{district}人民政府",
            court=f"{district}人民法院",
        )
        for number, station in enumerate(organisation.stations)
    ]
    actor = system_actor(
        bureau_id=organisation.bureau.pk, stations=[each.pk for each in organisation.stations]
    )
    with station_scope(actor.scope()):
        return len(Letterhead.objects.bulk_create(made))


def orders(organisation: Organisation, showcase: Enterprise | None = None) -> int:
    """Issue an order for a few open hazards of each station, the showcase's first, most of them served.

    Return how many.
    """
    issued = 0
    for station in organisation.stations:
        actor = actor_for(user=organisation.officers[station.pk][0], grant_id=None)
        assert actor
        with station_scope(actor.scope()):
            rows = Hazard.objects.filter(
                station=station, voided_at=None, closed_on=None, rectified_on=None, origin=Origin.POLICE
            ).select_related("inspection")
            # an order is of today, so it is about what was found last
            found = [each for each in rows.order_by("-found_on", "pk") if may_be_ordered(each)]
            found.sort(key=lambda each: each.enterprise_id != (showcase.pk if showcase else 0))
            for number, hazard in enumerate(found[:ORDERS]):
                _order(actor, hazard, number)
                issued += 1
    return issued


def _order(actor: Actor, hazard: Hazard, number: int) -> None:
    finding = finding_of(hazard)  # an order says what the records say
    names = list(finding.names) if finding else [actor.name]
    numbers = numbers_of(actor, names)
    paper = issue_order(
        actor=actor,
        enterprise_id=hazard.enterprise_id,
        hazard_ids=[hazard.pk],
        measures={hazard.pk: _MEASURES[number % len(_MEASURES)]},
        officers=[Officer(each, numbers.get(each, "")) for each in names],
        inspected_on=hazard.found_on,
        certificate_shown=True,
    )
    if number:
        serve_paper(
            actor=actor, id=paper.pk, way=Way.DIRECT, served_on=paper.issued_on, received_by="单位负责人"
        )
