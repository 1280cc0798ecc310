"""A checklist sent with many failed items: as many statements as with few, and nothing is left out."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.checkins.models import CheckIn
from inspections.checklists.content import ListKind
from inspections.checklists.correcting import correct_answer
from inspections.checklists.shipped import shipped
from inspections.models import CheckRecord, Hazard, Inspection, MajorStage
from tests.factories import (
    CheckInFactory,
    EnterpriseFactory,
    HazardFactory,
    InspectionFactory,
    KeyPositionFactory,
)
from tests.facts.people import Person, ago, ahead, chief, manager, numbered, officer, rows
from tests.field.phones import Phone, answered
from tests.fixtures import City
from tests.inbox.conftest import inbox_of
from tests.inspections.test_checklists import CHECK, passed

KINDS = tuple(ListKind)
CODES = list(dict.fromkeys(each.code for kind in KINDS for each in shipped(kind).questions))
ASKED = "&".join(f"list={kind}" for kind in KINDS)
FEW, MANY = 5, len(CODES)  # all that the shipped checklists ask
# all but those that begin, nest and end transactions: also locks, scopes, log-in, log and notifications
MOST = 19
NO_STATEMENT = re.compile("SAVEPOINT|RELEASE|BEGIN|COMMIT", re.IGNORECASE)


def asked(statements: CaptureQueriesContext) -> list[str]:
    """Return what the database was asked."""
    return [each["sql"] for each in statements if not NO_STATEMENT.match(each["sql"])]


def at_the_door(enterprise: Enterprise) -> Hazard:
    """Let officers check in at an enterprise where a hazard of a visit before is open; return that."""
    CheckInFactory(enterprise=enterprise, arrived_at=timezone.now())
    before = InspectionFactory(enterprise=enterprise, inspected_on=ago(9))
    return HazardFactory(enterprise=enterprise, inspection=before, found_on=ago(9), due_on=ahead(9))


def send(city: City, one: Person, other: Person, number: int, *, major: int = 0) -> tuple[int, Inspection]:
    """Send a checklist on which so many items failed, some of them major; return statements and inspection."""
    enterprise = EnterpriseFactory(station=city.first)
    before = at_the_door(enterprise)
    gate = KeyPositionFactory(enterprise=enterprise, name="Gate")
    person = manager(enterprise)
    data = passed(*KINDS, officers=[one.user.pk, other.user.pk])
    for code in CODES[:number]:
        data |= {f"answer-{code}": "fail", f"due_on-{code}": ahead(3), f"place-{code}": "Gate"}
        data |= {f"note-{code}": f"Note {code}", f"due_reason-{code}": "Seen by both"}
    data |= {f"major-{code}": "on" for code in CODES[:major]} | {f"on_the_spot-{CODES[2]}": "on"}
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
        assert MajorStage.objects.filter(record_id__in=ids, stage="begun").count() == major
        assert len(CheckRecord.objects.get(inspection=inspection).failed) == number
    for someone in (other, person):
        lines = [each.object_id for each in inbox_of(someone.actor) if each.code.startswith("hazard.create")]
        of_visit = [each for each in lines if each in ids]
        assert sorted(of_visit) == sorted(ids), "a line for each, to colleague and enterprise"
    assert inspection.pk in {each.inspection_id for each in rows(CheckIn, city.first)}
    assert before.pk in {each.pk for each in rows(Hazard, city.first) if each.closed_on is None}
    return len(asked(statements)), inspection


@pytest.mark.django_db(transaction=True)
def test_many_failed_items_take_the_statements_of_few(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    few, _first = send(city, one, other, FEW)
    many, _second = send(city, one, other, MANY)
    assert few == many <= MOST, (few, many)
    grave, _third = send(city, one, other, MANY, major=2)
    assert grave == many + 1, "the stages of major hazards"


@pytest.mark.django_db(transaction=True)
def test_a_phone_sends_all_items_in_under_twenty_statements(city: City) -> None:
    """With fifteen photos, which it announces in one statement more."""
    phone, other = (
        Phone(numbered(officer(city.first), "041201")),
        Phone(numbered(chief(city.first), "041202")),
    )
    taken = []
    for number, announced in ((FEW, 1), (MANY, 15)):
        enterprise = EnterpriseFactory(station=city.first, key_unit_class="01")
        at_the_door(enterprise)
        item = answered(phone, other, enterprise)
        item["fields"] |= {"lists": [" ".join(f"{kind}:1" for kind in KINDS)]}
        item["fields"] |= {f"answer-{code}": ["pass"] for code in CODES}
        item["fields"] |= {f"answer-{code}": ["fail"] for code in CODES[:number]}
        item["fields"] |= {f"place-{code}": ["Gate"] for code in CODES[:number]}
        item["photos"] = [
            {"code": code, "name": f"{code}.jpg", "sha256": f"{n:064x}"}
            for n, code in enumerate(CODES[:announced])
        ]
        with CaptureQueriesContext(connection) as statements:
            status, answer = phone.send(item)
        assert (status, answer.get("photos")) == (200, announced), answer
        assert phone.send(item) == (200, answer)
        taken.append(asked(statements))
    few, many = taken
    assert len(few) == len(many), (few, many)
    assert len([each for each in many if "fieldphoto" not in each]) <= MOST, many


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
