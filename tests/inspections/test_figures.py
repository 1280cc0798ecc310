"""Inspections in figures: each figure equals the list it opens, and few inspections say nothing about an officer."""

import datetime as dt
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.supervising.officers import wilson
from tests.exports.reading import about, rows_of
from tests.factories import (
    AttachmentFactory,
    CheckInFactory,
    CheckRecordFactory,
    EnterpriseFactory,
    HazardFactory,
    InspectionFactory,
    PaperFactory,
)
from tests.facts.people import Person, chief, officer, supervisor, today
from tests.fixtures import City

PAGE = "inspections:inspection_figures"


def listed(person: Person, url: str) -> int:
    """Return how many records the list behind a figure shows."""
    page = person.client.get(url)
    assert page.status_code == 200, url
    return page.context["total"] if "total" in page.context else page.context["table"].paginator.count


@pytest.mark.django_db
def test_every_figure_is_the_length_of_the_list_it_opens(city: City) -> None:
    with station_scope(
        Scope((city.first.pk, city.second.pk), bureau=city.bureau.pk, audience=Audience.SYSTEM)
    ):
        ours, theirs = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
        EnterpriseFactory(station=city.first, next_inspection_on="2026-01-01")  # never inspected, overdue

        def visit(**fields: object) -> object:
            return InspectionFactory(
                **{"enterprise": ours, "inspected_on": today(), "inspectors": "Li, Wang"} | fields
            )

        for _number in range(12):
            visit(inspectors="Zhao Lei、Wang")
        visit(kind="reinspection")
        hits = [visit(inspectors="Li, Wang") for _number in range(12)]
        few = visit(inspectors="Sun Mei, Li")
        InspectionFactory(enterprise=theirs, inspected_on=today())
        made = {"found_on": today(), "enterprise": ours}
        found = [HazardFactory(inspection=each, **made) for each in hits]
        HazardFactory(inspection=few, voided_at="2026-10-01T00:00Z", **made)
        HazardFactory(inspection=hits[0], on_the_spot=True, closed_on=today(), **made)
        HazardFactory(**made)  # reported, no inspection
        PaperFactory(
            enterprise=ours, form="rectification-order", records={"hazard": [found[0].pk, found[1].pk]}
        )
        AttachmentFactory(
            enterprise=ours,
            kind="inspection",
            record_id=hits[0].pk,
            difference_hash="f0f0f0f0f0f0f0f0",
            width=8,
        )
        AttachmentFactory(
            enterprise=ours, kind="hazard", record_id=found[3].pk, difference_hash="f0f0f0f0f0f0f0f0", width=8
        )
        for each in hits[5:7]:  # the night
            AttachmentFactory(
                enterprise=ours,
                kind="inspection",
                record_id=each.pk,
                difference_hash="0000000000000001",
                width=8,
            )
        for each, minutes in zip(hits[:3], (10, 30, 90), strict=True):
            came = timezone.now() - dt.timedelta(hours=5)
            CheckInFactory(
                enterprise=ours,
                inspection=each,
                arrived_at=came,
                left_at=came + dt.timedelta(minutes=minutes),
                ended="left",
            )
    bureau = supervisor(city.bureau)
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as statements:
        page = bureau.get(PAGE)
    assert len(statements) <= 18
    rows = {row.name: row for row in page.context["rows"]}
    one, whole = rows[city.first.name].counts, page.context["all"]
    assert (one.inspections, one.judged, one.empty) == (26, 25, 13)
    assert (one.to_order, one.unordered, one.photos, one.never) == (12, 10, 4, 1)
    assert whole.counts.inspections == 27
    assert (rows[city.first.name].minutes, rows[city.second.name].minutes) == (30, None)
    for row in (*rows.values(), whole):
        for name, url in row.urls.items():
            assert listed(bureau, url) == getattr(row.counts, name), (row.name, name)

    # Zhao Lei found nothing in twelve, while half of the station's inspections do; Sun Mei was there once
    ((silent, url, _usual),) = page.context["silent"]
    assert (silent.name, silent.inspections, page.context["too_few"]) == ("Zhao Lei", 12, 1)
    assert listed(bureau, url) == 12
    (twice,) = page.context["twice"]
    assert {each.pk for each in twice.inspections} == {hits[0].pk, hits[3].pk}

    # a chief sees one station, an officer is not asked, and a quarter without inspections says so
    own = chief(city.first).get(PAGE)
    assert [row.name for row in own.context["rows"]] == [city.first.name]
    assert officer(city.first).get(PAGE).status_code == 403
    empty = bureau.get(PAGE, quarter="2019Q1")
    assert "No inspection in this quarter" in unescape(empty.text)
    assert bureau.get(PAGE, quarter="2019Q9").status_code == 404
    assert re.search(rf'href="{reverse(PAGE)}"', bureau.get("inspections:inspections").text)


@given(tries=st.integers(1, 500), data=st.data())
def test_the_interval_holds_the_share_and_narrows(tries: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, tries))
    low, high = wilson(hits, tries)
    assert low <= hits / tries <= high
    wider = wilson(hits, tries)[1] - low
    narrower = wilson(hits * 2, tries * 2)
    assert narrower[1] - narrower[0] < wider


@pytest.mark.django_db
def test_the_statistics_are_taken_away_as_sheets(city: City) -> None:
    """What both pages show, with the quarter on the first sheet; who may not see a page has no sheet of it."""
    with station_scope(
        Scope((city.first.pk, city.second.pk), bureau=city.bureau.pk, audience=Audience.SYSTEM)
    ):
        ours = EnterpriseFactory(station=city.first)
        made = InspectionFactory(enterprise=ours, inspected_on=today())
        CheckRecordFactory(enterprise=ours, inspection=made, failed=["B06"])
    boss = supervisor(city.bureau)
    answer = boss.get("inspections:inspection_figures_sheet")
    header, first, second, both = rows_of(answer.content)
    assert len({len(header), len(first), len(both)}) == 1
    assert {row[0]: row[1] for row in (first, second)} == {city.first.name: 1, city.second.name: 0}
    assert both[1] == 1
    page = boss.get(PAGE)
    assert about(answer.content)["Quarter"] == str(page.context["quarter"])
    assert reverse("inspections:inspection_figures_sheet") in page.text

    assert reverse("inspections:checklist_failing_sheet") in boss.get("inspections:checklist_failing").text
    failing = boss.get("inspections:checklist_failing_sheet")
    _header, *items = rows_of(failing.content)
    assert [[row[0], row[3], row[4]] for row in items] == [["B06", 1, 1]]
    assert boss.get("inspections:inspection_figures_sheet", quarter="nonsense").status_code == 404
    assert officer(city.first).get("inspections:inspection_figures_sheet").status_code == 403
