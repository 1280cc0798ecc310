"""Inspections by lot: enterprises and two officers each, published to them, done by an inspection."""

from hashlib import sha256
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from enterprises.operations import hand_over
from foundation.accounts.access import NotAllowed
from foundation.accounts.models import RoleGrant, Station
from foundation.lots import operations as lots
from foundation.lots.models import Draw
from foundation.tenancy.scope import station_scope
from inspections.choices import AbsenceKind
from inspections.models import DrawnVisit, Inspection
from inspections.planning.absences import add_absence
from tests.exports.reading import about, rows_of
from tests.factories import (
    EnterpriseFactory,
    HazardFactory,
    InspectionFactory,
    PlannedVisitFactory,
    RecheckFactory,
)
from tests.facts import people as persons
from tests.facts.people import Person, ago, ahead, rows, supervisor, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def numbered(person: Person) -> Person:
    """Give a person a police number: without one, nobody is drawn to inspect."""
    person.user.police_number = f"{person.user.pk:06d}"
    person.user.save()
    return person


def officer(station: Station, name: str = "") -> Person:
    return numbered(persons.officer(station, name))


def chief(station: Station) -> Person:
    return numbered(persons.chief(station))


def due_here(person: Person, code: str) -> set[int]:
    groups = person.get("desk:today", whose="mine").context["groups"]
    return {each.row.key for group in groups for each in group.items if each.work.code == code}


def on_today(person: Person) -> set[int]:
    return due_here(person, "drawn")


def of_first(city: City) -> dict[str, Any]:
    """Return what freezes one of the enterprises of the first station."""
    return {
        "kind": "inspections",
        "criteria": {"station": city.first.pk, "station_name": city.first.name},
        "stations": [city.first.pk],
        "take": 1,
        "terms": {"due_on": ahead(9).isoformat()},
    }


def test_drawn_published_and_inspected(city: City) -> None:
    """A chief draws three of the red enterprises; one officer is on leave, another must not go to a cousin's."""
    head = chief(city.first)
    people = [officer(city.first, f"Officer {name}") for name in ("Qian", "Sun", "Zhou", "Wu")]
    red = [EnterpriseFactory(station=city.first, colour="red") for _each in range(4)]
    EnterpriseFactory(station=city.first, colour="green")
    EnterpriseFactory(station=city.second, colour="red")
    persons.officer(city.first, "Auxiliary Feng")  # has no police number
    query = "?colour=red"
    page = head.client.get(reverse("inspections:visit_draw") + query)
    assert (page.context["number"], page.context["people"]) == (4, 5)
    away, apart = people[0].user.pk, people[1].user.pk
    data = {
        "take": 3,
        "due_on": ahead(9).isoformat(),
        "seen": page.context["form"]["seen"].value(),
        f"absent-{away}": "On leave",
        f"absent-{head.user.pk}": "Leads the station",
        f"excuse-{red[0].pk}": "Closed for repairs",
        "pair-0-officer": apart,
        "pair-0-enterprise": red[1].pk,
    }
    answer = head.post("inspections:visit_draw", query=query, **data)
    assert "belong together" in answer.text
    data["pair-0-why"] = "A cousin of the owner"
    assert head.post("inspections:visit_draw", query=query, **data).status_code == 302
    with station_scope(head.actor.scope()):
        made = Draw.objects.get()
    assert [each[0] for each in made.pool] == [each.pk for each in red[1:]]
    assert {each[0] for each in made.people} == {each.user.pk for each in people[1:]}
    head.act(lots.draw_lot, id=made.pk)
    found = rows(DrawnVisit, city.first)
    of = {each.pk: {row.officer_id for row in found if row.enterprise_id == each.pk} for each in red}
    assert {pk: len(each) for pk, each in of.items()} == {red[0].pk: 0} | {each.pk: 2 for each in red[1:]}
    assert apart not in of[red[1].pk]
    for person in people:
        assert on_today(person) == {pk for pk, each in of.items() if person.user.pk in each}
    one = next(each for each in people if on_today(each))
    assert "for you to inspect" in one.get("accounts:inbox").text
    shown = one.get("lots:draw", made.pk)
    assert "A cousin of the owner" in shown.text
    assert "to be inspected by" in shown.text
    # each is planned from here with those who were drawn for it; what is planned says when and by whom
    steps = {each["url"]: each["step"] for each in head.get("lots:draw", made.pk).context["drawn"]}
    assert [each.is_act for each in steps.values()] == [True] * 3
    address = reverse("desk:file", args=[red[1].pk])
    begins = head.client.get(steps[address].url).context["form"].initial
    assert {begins["officer"], begins["second"]} == of[red[1].pk]
    PlannedVisitFactory(enterprise=red[1], on=ahead(2), officer_id=one.user.pk)
    steps = {each["url"]: each["step"] for each in head.get("lots:draw", made.pk).context["drawn"]}
    assert not steps[address].is_act
    assert f"Planned for {ahead(2).isoformat()}" in steps[address].words
    assert one.get("inspections:visit_draw").status_code == 403
    with station_scope(head.actor.scope()):
        made.refresh_from_db()
    book = one.get("lots:sheet", made.pk).content
    sheet = rows_of(book)
    assert {"Seed": made.seed, "Digest of the pool (SHA-256)": made.digest}.items() <= about(book).items()
    pool = [row for row in sheet[1:] if row[6]]
    assert all(row[6] == sha256(f"{made.seed}:{int(row[1])}".encode()).hexdigest() for row in pool)
    drawn = sorted((row for row in pool if row[0]), key=lambda row: row[0])
    assert [row[1] for row in drawn] == [row[1] for row in sorted(pool, key=lambda row: row[6])][:3]
    assert {row[5] for row in sheet[1:]} >= {"Closed for repairs", "On leave", "A cousin of the owner"}
    assert chief(city.second).get("lots:sheet", made.pk).status_code == 404
    assert chief(city.second).get("lots:draw", made.pk).status_code == 404

    InspectionFactory(enterprise=red[2], inspected_on=ago(1))  # before the draw
    assert red[2].pk in set().union(*map(on_today, people))
    done = InspectionFactory(enterprise=red[2], inspected_on=today())
    assert red[2].pk not in set().union(*map(on_today, people))
    assert "inspected on" in head.get("lots:draw", made.pk).text
    with station_scope(head.actor.scope()):
        Inspection.objects.filter(pk=done.pk).update(voided_at=made.frozen_at, void_reason="Wrong")
    assert red[2].pk in set().union(*map(on_today, people))

    again = head.client.get(f"{reverse('inspections:visit_draw')}?redraws={made.pk}")
    assert again.context["find"].data["colour"] == "red"
    assert again.context["number"] == 4  # it is made again, so those who wait because of it are free
    assert head.client.get(reverse("inspections:visit_draw") + query).context["number"] == 1
    begun = again.context["form"]
    assert (begun["take"].value(), begun[f"absent-{away}"].value()) == (3, "On leave")
    assert begun["pair-0-why"].value() == "A cousin of the owner"
    asks = {"take": 1, "due_on": ahead(9).isoformat(), "reason": "An officer is ill"}
    asks["seen"] = again.context["form"]["seen"].value()
    answer = head.post("inspections:visit_draw", query=f"?redraws={made.pk}", **asks)
    assert "once another chief or supervisor has approved it" in head.client.get(answer.url).text


def test_who_is_absent_in_the_plan_is_proposed_to_be_left_out(city: City) -> None:
    head, away = chief(city.first), officer(city.first, "Officer Qian")
    EnterpriseFactory(station=city.first)
    head.act(
        add_absence,
        station_id=city.first.pk,
        officer_id=away.user.pk,
        kind=AbsenceKind.LEAVE,
        from_on=today(),
        until_on=ahead(5),
    )
    form = head.get("inspections:visit_draw").context["form"]
    assert form[f"absent-{away.user.pk}"].value() == f"On leave, until {ahead(5)}"
    assert not form[f"absent-{head.user.pk}"].value()


def test_the_filter_of_a_draw_is_in_its_readers_language(city: City) -> None:
    """A section of GB/T 4754 has a name in each language: whoever froze in English keeps no English for colleagues."""
    head = chief(city.first)
    officer(city.first)
    EnterpriseFactory(station=city.first, industry_code="H6110")
    query = "?industry=H"
    page = head.client.get(reverse("inspections:visit_draw") + query)
    data = {"take": 1, "due_on": ahead(9).isoformat(), "seen": page.context["form"]["seen"].value()}
    frozen = head.post("inspections:visit_draw", query=query, **data)
    assert "Hotels and catering" in head.client.get(frozen.url).text
    with override("zh-hans"):
        shown = head.client.get(frozen.url, headers={"accept-language": "zh-hans"}).text
        sheet = about(head.client.get(f"{frozen.url}sheet/", headers={"accept-language": "zh-hans"}).content)
    assert "住宿和餐饮业" in shown
    assert "Hotels and catering" not in shown
    assert sheet["行业"] == "住宿和餐饮业"


def test_too_few_officers_draw_nothing_and_the_station_sees_its_bureaus_draw(city: City) -> None:
    boss, own, given = supervisor(city.bureau), officer(city.first), of_first(city)
    enterprise = EnterpriseFactory(station=city.first)
    with pytest.raises(lots.ValidationError, match="Too few officers"):
        boss.act(lots.freeze, **given)
    second = officer(city.first)
    made = boss.act(lots.freeze, **given)
    boss.act(lots.draw_lot, id=made.pk)
    assert on_today(own) == on_today(second) == {enterprise.pk}
    assert own.get("lots:draw", made.pk).status_code == 200


def test_a_station_does_nothing_about_its_bureaus_draw_and_keeps_its_own(city: City) -> None:
    boss, head, deputy = supervisor(city.bureau), chief(city.first), chief(city.first)
    EnterpriseFactory(station=city.first)
    made = boss.act(lots.freeze, **of_first(city))
    assert "Now draw" not in head.get("lots:draw", made.pk).text
    with pytest.raises(NotAllowed):
        head.act(lots.draw_lot, id=made.pk)
    boss.act(lots.draw_lot, id=made.pk)
    assert "Draw again</" not in head.get("lots:draw", made.pk).text
    assert head.get("inspections:visit_draw", redraws=made.pk).status_code == 403
    again = {"redraws": made.pk, "reason": "Too far away"}
    with pytest.raises(NotAllowed):
        head.act(lots.freeze, **of_first(city), **again)
    asked = boss.act(lots.freeze, **of_first(city), **again)
    with pytest.raises(NotAllowed):
        head.act(lots.decide, id=asked.pk, approved=True, reason="Fine")
    assert head.get("lots:decide", asked.pk).status_code == 403

    # what the bureau draws again for a station stays the station's
    EnterpriseFactory(station=city.first)
    own = head.act(lots.freeze, **of_first(city))
    head.act(lots.draw_lot, id=own.pk)
    again = {"redraws": own.pk, "reason": "An officer is ill"}
    EnterpriseFactory(station=city.second)
    elsewhere = {"criteria": {"station": city.second.pk}, "stations": [city.second.pk]}
    with pytest.raises(ValidationError, match="at the station where it was made"):
        boss.act(lots.freeze, **of_first(city) | elsewhere, **again)
    replacing = boss.act(lots.freeze, **of_first(city), **again)
    assert replacing.station_id == city.first.pk
    deputy.act(lots.decide, id=replacing.pk, approved=True, reason="He is")
    assert head.act(lots.draw_lot, id=replacing.pk).result


def test_what_was_drawn_for_who_has_left_is_on_the_chiefs_today(city: City) -> None:
    head, other, leaver = chief(city.first), chief(city.second), officer(city.first)
    firm = EnterpriseFactory(station=city.first)
    given = of_first(city) | {"people_excuses": {head.user.pk: "On leave"}}
    officer(city.first)
    made = head.act(lots.freeze, **given)
    head.act(lots.draw_lot, id=made.pk)
    days = {"found_on": ago(9), "closed_on": ago(3), "due_on": ahead(1)}
    hazards = [HazardFactory(enterprise=firm, **days) for _each in range(2)]
    for hazard, by_bureau in zip(hazards, (False, True), strict=True):
        given = {"record_id": hazard.pk, "to_id": leaver.user.pk, "by_bureau": by_bureau}
        RecheckFactory(enterprise=firm, due_on=ahead(2), **given)
    assert leaver.user.pk in {each.officer_id for each in rows(DrawnVisit, city.first)}
    assert on_today(head) == due_here(head, "recheck") == set()
    RoleGrant.objects.filter(user=leaver.user).update(revoked_at=timezone.now())
    assert on_today(head) == {firm.pk}
    assert due_here(head, "recheck") == {hazards[0].pk}, "what the bureau drew is not told to the station"
    assert due_here(other, "recheck") == on_today(other) == set()
    listed = head.get("inspections:hazards", work="recheck").text
    pages = [reverse("inspections:hazard", args=[each.pk]) for each in hazards]
    assert [page in listed for page in pages] == [True, False]


def test_an_enterprise_in_two_frozen_pools_is_inspected_once(city: City) -> None:
    head = chief(city.first)
    officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    first, second = (head.act(lots.freeze, **of_first(city)) for _each in range(2))
    for each in (first, second):
        head.act(lots.draw_lot, id=each.pk)
    assert {each.draw_id for each in rows(DrawnVisit, city.first)} == {first.pk}
    assert "to be inspected by" in head.get("lots:draw", first.pk).text
    page = head.get("lots:draw", second.pk).text
    assert enterprise.name in page
    assert "already waiting for an inspection by lot" in page
    assert "to be inspected by" not in page


def test_after_a_hand_over_the_new_station_draws_without_regard_to_the_old_one(city: City) -> None:
    head, boss, new = chief(city.first), supervisor(city.bureau), chief(city.second)
    officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    made = head.act(lots.freeze, **of_first(city))
    head.act(lots.draw_lot, id=made.pk)
    where = {"enterprise_id": enterprise.pk, "to_station_id": city.second.pk}
    boss.act(hand_over, **where, on=today(), reason="The street belongs to them now")
    assert new.get("inspections:visit_draw").context["number"] == 1
    for person in (head, boss):
        assert "handed over" in person.get("lots:draw", made.pk).text


def test_an_inspection_of_the_morning_does_not_do_what_is_drawn_at_noon(city: City) -> None:
    """Found: an enterprise inspected before it was drawn on the same day was done at once, and nobody went."""
    head, first, second, third = (
        chief(city.first),
        *(officer(city.first, name) for name in ("Qian", "Sun", "Li")),
    )
    enterprise = EnterpriseFactory(station=city.first)
    InspectionFactory(enterprise=enterprise, inspected_on=today())
    visit = PlannedVisitFactory(
        enterprise=enterprise,
        on=ahead(3),
        since_on=ahead(1),
        officer_id=third.user.pk,
        second_id=head.user.pk,
    )
    excused = dict.fromkeys((head.user.pk, third.user.pk), "On leave")
    made = head.act(lots.freeze, **of_first(city), people_excuses=excused)
    head.act(lots.draw_lot, id=made.pk)
    drawn = {first.user.pk, second.user.pk}
    assert {each.officer_id for each in rows(DrawnVisit, city.first)} == drawn
    page = head.get("lots:draw", made.pk)
    assert "to be inspected by" in page.text
    # planned before with others: one click gives it to who was drawn
    (shown,) = page.context["drawn"]
    assert "before it was drawn" in shown["step"].words
    begins = head.client.get(shown["step"].url).context["form"].initial
    assert {begins["officer"], begins["second"]} == drawn
    head.post(
        "inspections:plan_move",
        query=f"?visit={visit.pk}",
        on=ahead(3).isoformat(),
        officer=begins["officer"],
        second=begins["second"],
    )
    (shown,) = head.get("lots:draw", made.pk).context["drawn"]
    assert "before it was drawn" not in shown["step"].words
    InspectionFactory(enterprise=enterprise, inspected_on=ahead(1), inspectors="Qian, Sun")
    assert "inspected on" in head.get("lots:draw", made.pk).text
