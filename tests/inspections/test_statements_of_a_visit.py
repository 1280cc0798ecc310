"""A checklist sent with many failed items: as many statements as with few, and nothing is left out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.checklists.content import ListKind
from inspections.checklists.correcting import correct_answer
from inspections.checklists.shipped import shipped
from inspections.models import CheckRecord, Hazard, Inspection, MajorStage
from tests.factories import EnterpriseFactory, KeyPositionFactory
from tests.facts.people import Person, ahead, chief, manager, officer, rows
from tests.fixtures import City
from tests.inbox.conftest import inbox_of
from tests.inspections.test_checklists import CHECK, numbered, passed

KINDS = (ListKind.KEY, ListKind.DANGEROUS, ListKind.CARE)
CODES = list(dict.fromkeys(each.code for kind in KINDS for each in shipped(kind).questions))
ASKED = "&".join(f"list={kind}" for kind in KINDS)
FEW, MANY = 5, 40
MOST = 42  # besides savepoints; half of them log in, open the form, notify


def send(city: City, one: Person, other: Person, number: int) -> tuple[int, Inspection]:
    """Send a checklist on which so many items failed; return the statements and the inspection."""
    enterprise = EnterpriseFactory(station=city.first)
    gate = KeyPositionFactory(enterprise=enterprise, name="Gate")
    person = manager(enterprise)
    data = passed(*KINDS, officers=[one.user.pk, other.user.pk])
    for code in CODES[:number]:
        data |= {f"answer-{code}": "fail", f"due_on-{code}": ahead(3), f"place-{code}": "Gate"}
        data |= {f"note-{code}": f"Note {code}", f"due_reason-{code}": "Seen by both"}
    data |= {f"major-{code}": "on" for code in CODES[:2]} | {f"on_the_spot-{CODES[2]}": "on"}
    with CaptureQueriesContext(connection) as statements:
        answer = one.client.post(f"{reverse(CHECK)}?{ASKED}&enterprise={enterprise.pk}", data)
    assert answer.status_code == 302, answer.context["form"].errors
    inspection = rows(Inspection, city.first)[-1]
    found = [each for each in rows(Hazard, city.first) if each.inspection_id == inspection.pk]
    assert {each.item_code for each in found} == set(CODES[:number])
    assert {each.key_position_id for each in found} == {gate.pk}
    assert {each.found_by for each in found} == {inspection.inspectors}
    ids = {each.pk for each in found}
    with station_scope(Scope((city.first.pk,), bureau=city.bureau.pk, audience=Audience.SYSTEM)):
        logged = AuditEntry.objects.filter(action="hazard.create", object_id__in=ids)
        assert logged.count() == number
        assert MajorStage.objects.filter(record_id__in=ids, stage="begun").count() == 2
        assert len(CheckRecord.objects.get(inspection=inspection).failed) == number
    for someone in (other, person):
        lines = [each.object_id for each in inbox_of(someone.actor) if each.code.startswith("hazard.create")]
        of_visit = [each for each in lines if each in ids]
        assert sorted(of_visit) == sorted(ids), "a line for each, to colleague and enterprise"
    return sum("SAVEPOINT" not in each["sql"] for each in statements), inspection


@pytest.mark.django_db
def test_many_failed_items_take_the_statements_of_few(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    few, _first = send(city, one, other, FEW)
    many, _second = send(city, one, other, MANY)
    assert few == many <= MOST, (few, many)


@pytest.mark.django_db
def test_one_hazard_that_is_wrong_keeps_the_whole_visit_out(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    enterprise = EnterpriseFactory(station=city.first)
    data = passed(*KINDS, officers=[one.user.pk, other.user.pk])
    for code, due_on in zip(CODES[:3], (ahead(3), "", ahead(400)), strict=True):
        data |= {f"answer-{code}": "fail", f"due_on-{code}": due_on}
    answer = one.client.post(f"{reverse(CHECK)}?{ASKED}&enterprise={enterprise.pk}", data)
    assert answer.status_code == 422
    for code in CODES[1:3]:
        assert code in answer.text
    assert rows(Inspection, city.first) == rows(Hazard, city.first) == []


@pytest.mark.django_db
def test_a_corrected_answer_counts_as_it_stands(city: City) -> None:
    """In what a rating reads of the checklist, and in which items fail."""
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    _number, inspection = send(city, one, other, FEW)
    (before,) = rows(CheckRecord, city.first)
    assert CODES[0] in before.failed
    third = officer(city.first)
    said = {"code": CODES[0], "answer": "pass", "note": "", "reason": "The other door"}
    third.act(correct_answer, id=inspection.pk, version=None, **said)
    (after,) = rows(CheckRecord, city.first)
    assert set(before.failed) - set(after.failed) == {CODES[0]} == set(after.passed) - set(before.passed)
    assert after.weight_asked == before.weight_asked
    assert after.weight_passed > before.weight_passed
    assert after.officers == before.officers
