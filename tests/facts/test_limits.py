"""Limits of plausibility: refused by the operations, whoever calls them; what was recorded before can stay."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from disputes.models import Dispute
from enterprises import operations as register
from enterprises.models import Enterprise, Inactivity
from facts.staff.pages import kinds
from foundation.accounts import operations as accounts
from foundation.contributions.limits import SYSTEM_DEFAULT, broken, is_name, limits_of, phone, tables
from incidents.models import Incident
from inspections import operations
from inspections.models import Forgery, Hazard, Inspection, Obstruction, SelfCheck
from service.models import Activity
from tests.factories import (
    CustodyFactory,
    EnterpriseFactory,
    EnterpriseReportFactory,
    HazardFactory,
    InspectionFactory,
    PaperFactory,
    ScreeningFactory,
    StationFactory,
    UserFactory,
)
from tests.facts.people import Person, ago, ahead, chief, fresh, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db
OLD = dt.date(1999, 5, 4)
GOOD: dict[Any, dict[str, Any]] = {
    Inspection: {"inspected_on": ago(1), "kind": "routine", "inspectors": "Li Ming, Wang Fang"},
    Hazard: {"item": "Lock", "place": "Gate 2", "found_on": ago(1), "due_on": ahead(9), "origin": "police"},
    SelfCheck: {"checked_on": ago(1), "target": "funds"},
    Activity: {"held_on": ago(1), "kind": "drill", "topic": "Fire"},
    Dispute: {"opened_on": ago(1), "kind": "wages", "summary": "Wages of May"},
    Forgery: {"found_on": ago(1), "kind": "ledger", "what": "Weeks without a check"},
    Obstruction: {
        "obstructed_on": ago(1),
        "kind": "refused",
        "what": "The gate stayed locked",
        "by_whom": "Manager Ma",
        "evidence": "Recording 0417",
    },
    Incident: {"occurred_on": ago(1), "kind": "police_call"},
}
IMPLAUSIBLE = [
    (Inspection, "inspected_on", OLD),
    (Inspection, "inspectors", "啊啊啊，123"),
    (Inspection, "inspectors", "Li Ming, 007"),
    (Inspection, "inspectors", "——, ***"),
    (Hazard, "found_on", OLD),
    (Hazard, "reported_on", ago(2)),
    (Hazard, "due_on", ahead(3_000)),
    (Hazard, "due_on", ahead(400)),
    (Hazard, "item", "!!!"),
    (Hazard, "place", "——"),
    (SelfCheck, "checked_on", OLD),
    (SelfCheck, "checked_by", "###"),
    (Activity, "held_on", OLD),
    (Activity, "attendance", 99_999),
    (Activity, "attendance", 0),
    (Activity, "topic", "…"),
    (Dispute, "opened_on", OLD),
    (Dispute, "due_on", ahead(700)),
    (Dispute, "people", 99_999),
    (Dispute, "people", 0),
    (Dispute, "amount", Decimal("99999999999.00")),
    (Dispute, "summary", "???"),
    (Incident, "occurred_on", OLD),
]


def pages_of(model: Any) -> Any:
    return next(kind() for kind in kinds if kind.model is model)


def long_standing(city: City) -> Enterprise:
    return EnterpriseFactory(station=city.first, registered_on=None)


@pytest.mark.parametrize("model", list(GOOD))
def test_what_a_program_sends_in_another_type_is_refused_at_its_name(model: Any, city: City) -> None:
    person, enterprise, day = officer(city.first), long_standing(city), model.dated_by
    operations_of = pages_of(model).operations
    for wrong in ("2026-01-31", dt.datetime(2026, 1, 31), 20260131, ["x"]):
        with pytest.raises(ValidationError) as refused:
            person.act(operations_of.create, enterprise_id=enterprise.pk, **GOOD[model] | {day: wrong})
        assert list(refused.value.message_dict) == [day]
    assert rows(model, city.first) == []
    fact = person.act(operations_of.create, enterprise_id=enterprise.pk, **GOOD[model])
    for values in (
        {"reason": 7},
        {"reason": "Typing error", day: "x"},
        {"reason": "Typing error", "version": "1"},
    ):
        with pytest.raises(ValidationError):
            person.act(operations_of.correct, id=fact.pk, **{"version": 1} | values)
    assert fresh(fact).version == 1


@pytest.mark.parametrize(("model", "field", "value"), IMPLAUSIBLE)
def test_what_is_implausible_is_refused_with_the_limit(
    model: Any, field: str, value: Any, city: City
) -> None:
    person, enterprise = officer(city.first), long_standing(city)
    create, correct = pages_of(model).operations.create, pages_of(model).operations.correct
    with pytest.raises(ValidationError) as refused:
        person.act(create, enterprise_id=enterprise.pk, **GOOD[model] | {field: value})
    others = {"due_on"} if field == "found_on" else set()  # which counts from that day
    assert set(refused.value.error_dict) - others == {field}
    assert rows(model, city.first) == []
    (told,) = refused.value.message_dict[field]
    limits = [limit for limit in limits_of(model) if limit.field == field]
    assert told in [limit.words for limit in limits]
    with translation.override("zh-hans"):
        assert told not in [limit.words for limit in limits]

    record = person.act(create, enterprise_id=enterprise.pk, **GOOD[model])
    with pytest.raises(ValidationError) as refused:
        person.act(correct, id=record.pk, version=1, reason="So", **{field: value})
    assert field in refused.value.error_dict


def test_an_old_record_can_be_corrected_elsewhere(city: City) -> None:
    person, enterprise = officer(city.first), long_standing(city)
    old = InspectionFactory(enterprise=enterprise, inspected_on=OLD, inspectors="啊啊啊，123")
    person.act(
        operations.correct_inspection,
        id=old.pk,
        version=1,
        reason="So",
        note="Seen",
        inspected_on=OLD,
        inspectors="啊啊啊，123",
    )
    assert fresh(old).note == "Seen"


def test_acts_have_limits_too(city: City) -> None:
    person = officer(city.first)
    hazard = HazardFactory(enterprise__station=city.first, found_on=ago(9), due_on=ahead(9))
    for operation, given in (
        (operations.extend_hazard, {"extended_due_on": ahead(900), "reason": "So"}),
        (operations.rectify_hazard, {"submitted_by": "###"}),
    ):
        with pytest.raises(ValidationError):
            person.act(operation, id=hazard.pk, **given)
    assert fresh(hazard).version == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "abc###"),
        ("phone", "12"),
        ("phone", "----"),
        ("name", "——"),
        ("name", "!!!"),
        ("address", "###"),
        ("legal_representative", "12345"),
        ("security_chief", "***"),
        ("responsible_person", "啊啊啊啊"),
        ("division_code", "990000"),
        ("headcount", 900_000),
        ("registered_on", dt.date(1950, 1, 1)),
        ("registered_on", ahead(1)),
    ],
)
def test_an_implausible_entry_is_refused(field: str, value: Any, city: City) -> None:
    person = officer(city.first)
    good = {"name": "安达化工", "registered_on": None}
    with pytest.raises(ValidationError) as refused:
        person.act(register.register_enterprise, **good | {field: value})
    assert list(refused.value.error_dict) == [field]
    assert rows(Enterprise, city.first) == []
    entry = person.act(register.register_enterprise, **good)
    with pytest.raises(ValidationError):
        person.act(register.edit_enterprise, enterprise_id=entry.pk, version=1, **{field: value})


@pytest.mark.parametrize(
    "number",
    [
        "0571-8888 6666",
        "+86 138 0000 0000",
        "(0571) 88886666 转 12",
        "88886666/88886667",
        "95588",
        "0571-88886666-8001",
    ],
)
def test_numbers_as_people_write_them_are_telephone_numbers(number: str) -> None:
    assert not phone("phone").breaks(number, None)


@pytest.mark.parametrize(
    "name", ["Li Ming", "李明", "欧阳娜娜", "Ng Ah Lam", "阿依古丽·买买提", "Sergeant 7 Wu"]
)
def test_names_of_people_are_names(name: str) -> None:
    assert is_name(name)


def test_days_before_1990_and_before_the_register(city: City) -> None:
    boss, enterprise = chief(city.first), EnterpriseFactory(station=city.first, registered_on=ago(40))
    old = long_standing(city)
    other = StationFactory(bureau=city.bureau)
    far = dt.date(1980, 1, 1)
    acts = [
        (register.hand_over, {"to_station_id": other.pk, "reason": "So"}, "on"),
        (register.set_inactive, {"kind": "closed", "reason": "So"}, "from_on"),
        (register.assign_liaison, {"officer_id": boss.user.pk}, "on"),
    ]
    for firm, day in ((old, far), (enterprise, ago(50))):
        for operation, given, field in acts:
            of = (
                {"enterprise_ids": [firm.pk]}
                if operation is register.assign_liaison
                else {"enterprise_id": firm.pk}
            )
            with pytest.raises(ValidationError) as refused:
                boss.act(operation, **of, **given, **{field: day})
            assert list(refused.value.error_dict) == [field]
    with pytest.raises(ValidationError) as refused:
        boss.act(operations.create_inspection, enterprise_id=enterprise.pk, inspected_on=ago(50))
    assert list(refused.value.error_dict) == ["inspected_on"]
    record = InspectionFactory(enterprise=enterprise, inspected_on=ago(30))
    other_officer = officer(city.first)
    with pytest.raises(ValidationError):
        other_officer.act(
            operations.correct_inspection, id=record.pk, version=1, reason="So", inspected_on=ago(50)
        )


def test_an_enterprise_does_not_come_onto_the_register_after_its_records(city: City) -> None:
    person = officer(city.first)
    firm = long_standing(city)
    InspectionFactory(enterprise=firm, inspected_on=ago(30))
    CustodyFactory(enterprise=firm, until_on=ago(40))
    with pytest.raises(ValidationError) as refused:
        person.act(register.edit_enterprise, enterprise_id=firm.pk, version=1, registered_on=ago(35))
    assert ago(40).isoformat() in str(refused.value)
    person.act(register.edit_enterprise, enterprise_id=firm.pk, version=1, registered_on=ago(40))


@pytest.mark.parametrize(
    ("beside", "day"),
    [(ScreeningFactory, "screened_on"), (PaperFactory, "issued_on"), (EnterpriseReportFactory, "told_on")],
)
def test_nor_after_what_stands_beside_its_records(city: City, beside: Any, day: str) -> None:
    firm = EnterpriseFactory(station=city.first, registered_on=ago(90))
    beside(enterprise=firm, **{day: ago(30)})
    person = officer(city.first)
    given = {"enterprise_id": firm.pk, "version": firm.version}
    with pytest.raises(ValidationError) as refused:
        person.act(register.edit_enterprise, **given, registered_on=ago(10))
    assert refused.value.message_dict.keys() == {"registered_on"}
    person.act(register.edit_enterprise, **given, registered_on=ago(30))


def test_a_suspension_over_later_records_is_confirmed(city: City) -> None:
    boss, firm = chief(city.first), long_standing(city)
    InspectionFactory(enterprise=firm, inspected_on=ago(9))
    HazardFactory(enterprise=firm, found_on=ago(8))
    HazardFactory(enterprise=firm, found_on=ago(80))
    form = {"kind": "suspended", "from_on": ago(20).isoformat(), "reason": "Flood"}
    url = f"/enterprises/{firm.pk}/inactivity/"
    answer = boss.client.post(url, form)
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "1 × inspection" in words
    assert "1 × hazard" in words
    assert ago(8).isoformat() in words
    assert 'name="over_records"' in words
    assert rows(Inactivity, city.first) == []
    assert (
        boss.client.post(url, form | {"from_on": ago(7).isoformat(), "over_records": ""}).status_code == 302
    )
    boss.act(register.reactivate, enterprise_id=firm.pk, on=ago(6), reason="Dry")
    again = form | {"from_on": ago(6).isoformat()}
    InspectionFactory(enterprise=firm, inspected_on=ago(2))
    assert boss.client.post(url, again).status_code == 422
    assert boss.client.post(url, again | {"over_records": "on"}).status_code == 302


@pytest.mark.parametrize(("field", "value"), [("phone", "abc###"), ("full_name", "***")])
def test_an_implausible_person_is_refused(field: str, value: str, city: City) -> None:
    boss = chief(city.first)
    good = {"username": "new.officer", "full_name": "New Niu", "phone": "", "email": ""}
    with pytest.raises(ValidationError) as refused:
        boss.act(accounts.create_user, role="officer", station_id=city.first.pk, **good | {field: value})
    assert list(refused.value.error_dict) == [field]
    if field == "phone":
        with pytest.raises(ValidationError):
            boss.act(accounts.edit_profile, phone=value)


def test_a_reason_has_a_length(city: City) -> None:
    person = officer(city.first)
    record = InspectionFactory(enterprise__station=city.first)
    for reason in ("x" * 2_001, "a\x00b", " "):
        with pytest.raises(ValidationError) as refused:
            person.act(operations.void_inspection, id=record.pk, version=1, reason=reason)
        assert list(refused.value.error_dict) == ["reason"]


def test_each_limit_has_words_and_a_source_in_both_languages() -> None:
    assert len(tables) >= 10
    for table in tables:
        for limit in limits_of(table.model):
            table.model._meta.get_field(limit.field)
            with translation.override("en"):
                english = limit.words
            with translation.override("zh-hans"):
                chinese = limit.words
            assert english != chinese
            assert "%(" not in english + chinese
            if "%(limit)s" in str(limit.message):
                assert limit.limit in english
                assert limit.limit in chinese
            if limit.kind in ("earliest", "latest", "within", "at_most"):
                assert limit.source
    assert str(SYSTEM_DEFAULT)


def test_the_registration_day_is_asked_for(city: City) -> None:
    person = officer(city.first)
    page = person.client.get("/enterprises/new/")
    assert page.context["form"]["since"].value() is None
    assert page.context["form"]["registered_on"].value() is None
    form = {"name": "安达化工"}
    silent = person.client.post("/enterprises/new/", form)
    assert (silent.status_code, list(silent.context["form"].errors)) == (422, ["since"])
    dayless = person.client.post("/enterprises/new/", form | {"since": "since"})
    assert list(dayless.context["form"].errors) == ["registered_on"]
    both = person.client.post("/enterprises/new/", form | {"since": "always", "registered_on": ago(3)})
    assert list(both.context["form"].errors) == ["since"]
    with pytest.raises(ValidationError):
        person.act(register.register_enterprise, **form)
    assert rows(Enterprise, city.first) == []
    assert person.client.post("/enterprises/new/", form | {"since": "always"}).status_code == 302
    dated = {"name": "安达仓储", "since": "since", "registered_on": ago(3)}
    assert person.client.post("/enterprises/new/", dated).status_code == 302
    assert [each.registered_on for each in rows(Enterprise, city.first)] == [None, ago(3)]


def test_a_record_of_the_factories_breaks_no_limit(city: City) -> None:
    for record in (
        HazardFactory(enterprise__station=city.first),
        UserFactory(),
        EnterpriseFactory(station=city.first),
    ):
        assert broken(record) == []
    assert isinstance(officer(city.first), Person)
    assert today() >= ago(0)
