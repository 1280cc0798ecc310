"""Deadlines that run from the service of the order."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from foundation.deadlines.counting import Length, Limit, Unit
from inspections.deadlines import keep_count
from inspections.models import Hazard
from papers.models import Paper, Service
from papers.operations import issuing, serving
from tests.factories import HazardFactory
from tests.facts.people import Person, fresh, log, manager, officer, rows
from tests.fixtures import City
from tests.inbox.conftest import inbox_of
from tests.papers.test_orders import issue, papers

pytestmark = pytest.mark.django_db
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
FOUND, ISSUED, SERVED = dt.date(2026, 9, 21), dt.date(2026, 9, 22), dt.date(2026, 9, 24)


def at(day: dt.date) -> Any:
    return time_machine.travel(dt.datetime.combine(day, dt.time(10), SHANGHAI))


def counted(hazard: Hazard) -> Hazard:
    """Return a hazard whose deadline was counted: three working days from the day it was found."""
    limit = Limit(FOUND, Length(3, Unit.WORKING))
    kept = Hazard()
    keep_count(kept, limit)
    found: Hazard = HazardFactory(
        enterprise=hazard.enterprise,
        found_on=FOUND,
        due_on=limit.count().last_on,
        item="counted",
        counted_as=kept.counted_as,
    )
    return found


def serve(police: Person, paper: Paper, day: dt.date, **more: Any) -> Any:
    data = {"way": "direct", "served_on": day.isoformat(), "received_by": "王经理", **more}
    return police.post("papers:serve", paper.pk, **data)


def test_deadlines_run_from_service_once_the_officer_has_seen_what_moves(city: City, hazard: Hazard) -> None:
    with at(ISSUED):
        found, police = counted(hazard), officer(city.first)
        issue(police, found)
        (paper,) = papers(hazard)
    with at(SERVED):
        police = officer(city.first)  # a session of today
        seen = serve(police, paper, SERVED)
        assert seen.status_code == 422
        (row,) = seen.context["moves"].moving
        assert (row.old_on, row.new_on) == (dt.date(2026, 9, 24), dt.date(2026, 9, 30))
        assert "2026-09-30" in seen.text
        assert rows(Service, city.first) == [], "nothing is served before it is confirmed"
        assert serve(police, paper, SERVED, moves="0").status_code == 422, "other deadlines than were shown"
        assert serve(police, paper, SERVED, moves=seen.context["moves"].version).status_code == 302
        now = fresh(found)
        assert (now.deadline_on, now.counted_as["start"]) == (dt.date(2026, 9, 30), "2026-09-24")
        assert now.as_of("due_on", FOUND) == dt.date(2026, 9, 24), "what was true on a past day stays"
        assert [each.action for each in log(city.first)][-2:] == ["hazard.count_from_service", "paper.serve"]
        assert "2026-09-24" in police.get("inspections:hazard_deadline", found.pk).text

        wrong = serve(police, paper, ISSUED, replaces="on")
        assert "note" in wrong.context["form"].errors, "what was wrong?"
        shown = serve(police, paper, ISSUED, replaces="on", note="misread")
        version = shown.context["moves"].version
        assert serve(police, paper, ISSUED, replaces="on", note="misread", moves=version).status_code == 302
        assert fresh(paper).served_on == ISSUED
        assert fresh(found).deadline_on == dt.date(2026, 9, 28)
        assert log(city.first)[-1].action == "paper.correct_service"


def test_a_receipt_in_the_portal_leaves_the_deadlines_to_the_officer(city: City, hazard: Hazard) -> None:
    with at(ISSUED):
        found, police = counted(hazard), officer(city.first)
        issue(police, found)
        (paper,) = papers(hazard)
        chosen = HazardFactory(enterprise=hazard.enterprise, found_on=FOUND, due_on=dt.date(2026, 10, 9))
    with at(SERVED):
        police = officer(city.first)  # a session of today
        manager(found.enterprise).act(serving.receive_paper, id=paper.pk)
        assert fresh(found).deadline_on == dt.date(2026, 9, 24)
        assert reverse("papers:moves", args=[paper.pk]) in police.get("papers:paper", paper.pk).text
        moves = police.get("papers:moves", paper.pk).context["moves"]
        police.post("papers:moves", paper.pk, moves=moves.version)
        assert fresh(found).deadline_on == dt.date(2026, 9, 30)
        assert fresh(chosen).deadline_on == dt.date(2026, 10, 9)
        assert reverse("papers:moves", args=[paper.pk]) not in police.get("papers:paper", paper.pk).text


def test_the_enterprise_is_told_of_its_papers_and_the_officer_of_its_receipt(
    city: City, hazard: Hazard
) -> None:
    police, people = officer(city.first), manager(hazard.enterprise)
    issue(police, hazard)
    (paper,) = papers(hazard)
    assert [each.code for each in inbox_of(people.actor)] == ["paper.issue"]
    assert str(paper) in people.get("accounts:inbox").text
    people.act(serving.receive_paper, id=paper.pk)
    assert [each.code for each in inbox_of(police.actor)] == ["paper.receive"]
    police.act(issuing.void_paper, id=paper.pk, reason="The wrong basis")
    assert [each.code for each in inbox_of(people.actor)] == ["paper.issue", "paper.void"]


@pytest.mark.parametrize(
    "spelling", ["{}", "东公(开)限字[2026]1号", "东公（开）限字【2026】1号", "限字（2026）1号"]
)
def test_a_paper_is_found_by_its_number_however_it_is_typed(
    spelling: str, city: City, hazard: Hazard
) -> None:
    with at(ISSUED):
        police = officer(city.first)
        found = HazardFactory(
            enterprise=hazard.enterprise,
            item="电表（三相）：老化",
            found_on=FOUND,
            due_on=dt.date(2026, 10, 9),
        )
        issue(police, found)
        (paper,) = papers(hazard)
        shown = police.get("papers:register", q=spelling.format(paper.number_text)).text
        assert reverse("papers:paper", args=[paper.pk]) in shown
        listed = police.get("inspections:hazards", q="电表(三相):老化", state="all").text
        assert reverse("inspections:hazard", args=[found.pk]) in listed
        assert reverse("inspections:hazard", args=[hazard.pk]) not in listed
        assert "Nothing" in police.get("papers:register", q="限字（2025）1号").text
