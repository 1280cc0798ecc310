"""Papers of earlier days and years: orders of some inspections, served, with the opinion that followed and what was extended.

They are written as they were issued then, each number in its year, without the operations, which issue of today alone. Their
files are made when somebody opens them.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.db.models import F
from django.utils import timezone

from demo.organisations import Organisation
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import User
from foundation.contributions.limits import names_in
from foundation.contributions.papers import Form
from foundation.tenancy.scope import station_scope
from inspections.choices import Origin
from inspections.decisions import BASES, FINDINGS
from inspections.models import Hazard
from inspections.orders import BASIS, KIND, NO_MEASURES, Officer, about, officers_on, what
from inspections.papers import GRANTED, OPINION, ORDER
from papers.choices import Way
from papers.models import Letterhead, Paper, Series, Service
from papers.operations.issuing import chinese_day, drawn_up, number_in_words
from papers.templates import template_in_force

ONE_IN = 6  # inspections that found something
ASKED_BEFORE = dt.timedelta(days=3)  # the answer to a request for an extension
_NEVER = dt.timedelta(days=36_500)  # no worker makes their files


@dataclass
class Draft:
    """What a paper will be once it has its number."""

    form: Form
    on: dt.date
    hazards: list[Hazard]
    data: dict[str, Any]


def papers_of_before(organisation: Organisation, today: dt.date, showcase: Enterprise | None = None) -> int:
    """Write the papers of the time before today, all of the showcase and some of the others. Return how many."""
    bureau, stations = organisation.bureau, organisation.stations
    actor = system_actor(bureau_id=bureau.pk, stations=[each.pk for each in stations])
    numbers = dict(User.objects.exclude(police_number="").values_list("full_name", "police_number"))
    with station_scope(actor.scope()):
        rows = Hazard.objects.filter(
            origin=Origin.POLICE, voided_at=None, closed_on__lt=today, found_on=F("inspection__inspected_on")
        )
        visits: dict[int, list[Hazard]] = {}
        for hazard in rows.select_related("enterprise", "inspection").order_by("found_on", "pk"):
            is_showcase = showcase is not None and hazard.enterprise_id == showcase.pk
            if is_showcase or crc32(f"paper {hazard.inspection_id}".encode()) % ONE_IN == 0:
                visits.setdefault(hazard.inspection_id or 0, []).append(hazard)
        drafts = [each for hazards in visits.values() for each in _drafts(hazards, numbers, today)]
        drafts.sort(key=lambda each: (each.on, each.hazards[0].pk))
        papers = Paper.objects.bulk_create(_numbered(actor, organisation, drafts))
        Service.objects.bulk_create(_served(each) for each in papers)
    return len(papers)


def _drafts(hazards: list[Hazard], numbers: dict[str, str], today: dt.date) -> Iterator[Draft]:
    """Yield the order about the hazards of an inspection, and of each the approval of an extension and the opinion."""
    visit = hazards[0].inspection
    assert visit
    officers = [Officer(name, numbers.get(name, "")) for name in names_in(visit.inspectors)]
    said = {"enterprise": visit.enterprise.name, "photos": [], **officers_on(officers)}
    order = said | {
        "certificate_shown": True,
        "inspected": chinese_day(visit.inspected_on),
        "inspected_day": visit.inspected_on.isoformat(),
        "basis": BASIS,
        "hazards": [
            {
                "what": what(each),
                "period": f"至{chinese_day(each.due_on)}" if each.due_on else "",
                "measures": NO_MEASURES,
                "due_on": each.due_on.isoformat() if each.due_on else "",
            }
            for each in hazards
        ],
    }
    yield Draft(ORDER, visit.inspected_on, hazards, order)
    for each in hazards:
        decided = said | {"hazard": what(each), "asked_on": "", "old_due_on": "", "new_from_on": ""}
        decided |= {
            "order": "",
            "order_on": chinese_day(visit.inspected_on),
            "new_due_on": "",
            "passed": True,
        }
        on, old_on, new_on = each.extension_granted_on, each.due_on, each.extended_due_on
        if on and on < today and old_on and new_on:
            days = {
                "decided_on": chinese_day(on),
                "asked_on": chinese_day(on - ASKED_BEFORE),
                "old_due_on": chinese_day(old_on),
                "new_from_on": chinese_day(old_on + dt.timedelta(days=1)),
                "new_due_on": chinese_day(new_on),
            }
            words = {"finding": FINDINGS["extend"], "basis": BASES[GRANTED.code]}
            yield Draft(GRANTED, on, [each], decided | days | words)
        if each.closed_on:
            words = {"finding": FINDINGS["close"], "basis": BASES[OPINION.code]}
            yield Draft(
                OPINION, each.closed_on, [each], decided | {"decided_on": chinese_day(each.closed_on)} | words
            )


def _numbered(actor: Actor, organisation: Organisation, drafts: list[Draft]) -> Iterator[Paper]:
    """Yield the papers, each with the next number of its station, form and year, and write down the last ones."""
    names = {each.pk: each.name for each in organisation.stations}
    heads = {each.station_id: each for each in Letterhead.objects.filter(station_id__in=names)}
    templates = {form.code: template_in_force(actor, form) for form in (ORDER, GRANTED, OPINION)}
    last: dict[tuple[int, str, int], int] = {}
    orders: dict[int, str] = {}  # by hazard
    for draft in drafts:
        first = draft.hazards[0]
        station_id, year = first.issued_by_station_id, draft.on.year
        series = (station_id, draft.form.code, year)
        last[series] = number = last.get(series, 0) + 1
        text = number_in_words(heads[station_id], draft.form, year, number)
        if draft.form is ORDER:
            orders |= {each.pk: text for each in draft.hazards}
        more = {"records": "、".join(str(each.pk) for each in draft.hazards), "about": about(draft.hazards)}
        yield drawn_up(
            enterprise=first.enterprise,
            letterhead=heads[station_id],
            station_name=names[station_id],
            template=templates[draft.form.code],
            issued_by_station_id=station_id,
            form=draft.form.code,
            year=year,
            number=number,
            number_text=text,
            issued_on=draft.on,
            served_on=draft.on,
            records={KIND: [each.pk for each in draft.hazards]},
            data=draft.data | more | ({} if draft.form is ORDER else {"order": orders.get(first.pk, "")}),
            issued_by=draft.data["officers_named"][0]["name"] if draft.data["officers_named"] else "",
            issued_by_id=first.recorded_by_id,
            file_again_at=timezone.now() + _NEVER,
        )
    Series.objects.bulk_create(
        Series(bureau_id=actor.bureau_id, station_id=station_id, form=form, year=year, last=number)
        for (station_id, form, year), number in last.items()
    )


def _served(paper: Paper) -> Service:
    """Return how a paper was served on the day of its issue: handed over, or left with a witness."""
    is_left = paper.pk % 9 == 0
    return Service(
        paper=paper,
        enterprise_id=paper.enterprise_id,
        station_id=paper.station_id,
        way=Way.LEFT if is_left else Way.DIRECT,
        served_on=paper.issued_on,
        received_by="" if is_left else paper.enterprise.security_chief or "单位负责人",
        witness="社区网格员" if is_left else "",
        servers=paper.data["officers"],
        recorded_by=paper.issued_by,
        recorded_by_id=paper.issued_by_id,
    )
