"""The register over HTTP: list, search, filters, entries, invalid input, concurrent officers."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.choices import AuditAction
from enterprises.models import Enterprise, Liaison
from enterprises.search_keys import search_text, sort_key
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry
from tests.factories import (
    EnterpriseFactory,
    EvaluationFactory,
    HazardFactory,
    InactivityFactory,
    LiaisonFactory,
    RatingFactory,
)
from tests.facts.people import Person
from tests.fixtures import City, revealed, scope_of

CODE = "91110000600037341L"
OTHER_CODE = "913300007125582100"


def named(station: Any, name: str, **fields: Any) -> Enterprise:
    text = search_text(name=name, credit_code=fields.get("credit_code", ""), external_id="", address="")
    return EnterpriseFactory(station=station, name=name, search_text=text, sort_key=sort_key(name), **fields)


def names(answer: Any) -> list[str]:
    return [row.name for row in answer.context["table"].data]


@pytest.fixture
def officer(city: City) -> Person:
    return Person(Role.OFFICER, station=city.first, name="Zhou Ming")


@pytest.fixture
def colleague(city: City) -> Person:
    return Person(Role.OFFICER, station=city.first, name="Li Shan")


def test_the_list_shows_the_officers_station_by_pinyin(city: City, officer: Person) -> None:
    named(city.first, "石桥物流园")
    named(city.first, "安达化工")
    named(city.second, "望江食品")
    assert names(officer.get("enterprises:list")) == ["安达化工", "石桥物流园"]


def test_the_supervisor_sees_all_stations_and_filters_by_one(city: City) -> None:
    named(city.first, "安达化工"), named(city.second, "望江食品"), named(city.elsewhere, "南湖钢构")
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau, station=None)
    assert names(supervisor.get("enterprises:list")) == ["安达化工", "望江食品"]
    assert names(supervisor.get("enterprises:list", station=city.second.pk)) == ["望江食品"]
    # an unknown station is an error at the filter, never the whole register
    foreign = supervisor.get("enterprises:list", station=city.elsewhere.pk)
    assert names(foreign) == []
    assert "A filter has an invalid value" in foreign.content.decode()


@pytest.mark.parametrize("text", ["达化", "adh", "ADH", "安达", "600037", "ａｄｈ"])
def test_two_characters_of_name_initials_or_code_find_it(city: City, officer: Person, text: str) -> None:
    named(city.first, "安达化工", credit_code=CODE)
    named(city.first, "石桥物流园")
    assert names(officer.get("enterprises:list", q=text)) == ["安达化工"]
    assert names(officer.get("enterprises:list", q=text, htmx=True)) == ["安达化工"]


def test_like_wildcards_are_literal(city: City, officer: Person) -> None:
    named(city.first, "安达化工"), named(city.first, "一百%棉_店")
    assert names(officer.get("enterprises:list", q="0%")) == []
    assert names(officer.get("enterprises:list", q="%棉_")) == ["一百%棉_店"]


def test_filters(city: City, officer: Person) -> None:
    red = named(city.first, "甲", colour="red", score=50, industry_code="C3670", key_unit_class="7")
    away, plain = named(city.first, "乙"), named(city.first, "丙")
    InactivityFactory(enterprise=away, from_on=dt.date(2026, 1, 1))
    LiaisonFactory(enterprise=plain, officer=officer.user)
    for query, found in {
        "colour=red": [red],
        "key_unit=yes": [red],
        "key_unit=7": [red],
        "key_unit=no": [plain],
        "section=C": [red],
        "liaison=none": [red],
        f"liaison={officer.user.pk}": [plain],
        "register=inactive": [away],
        "register=all": [plain, red, away],
        "": [plain, red],
    }.items():
        answer = officer.client.get(f"/enterprises/?{query}")
        assert names(answer) == [each.name for each in found], query


def test_each_row_says_what_matters(city: City, officer: Person) -> None:
    enterprise = named(city.first, "安达化工", colour="yellow", score="80.0")
    HazardFactory(enterprise=enterprise, due_on=dt.date(2026, 2, 12))
    HazardFactory(enterprise=enterprise, due_on=dt.date(2099, 1, 1))
    HazardFactory(enterprise=enterprise, closed_on=dt.date(2026, 2, 12))
    evaluation = EvaluationFactory(bureau=city.bureau, kind="correction", state="complete")
    RatingFactory(enterprise=enterprise, evaluation=evaluation, previous_colour="red", previous_score="68.5")
    LiaisonFactory(enterprise=enterprise, officer=officer.user)
    row = officer.get("enterprises:list").context["table"].data[0]
    assert (row.open_hazards, row.overdue_hazards, row.liaison_name) == (2, 1, "Zhou Ming")
    assert (row.colour_before, str(row.score_before)) == ("red", "68.5")


@pytest.mark.parametrize(
    ("sort", "order"),
    [("name", "甲乙"), ("-name", "乙甲"), ("score", "乙甲"), ("-score", "甲乙"), ("colour", "乙甲")],
)
def test_sort(city: City, officer: Person, sort: str, order: str) -> None:
    named(city.first, "甲", colour="green", score=90), named(city.first, "乙", colour="red", score=40)
    assert names(officer.get("enterprises:list", sort=sort)) == list(order)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "%F0%9F%98%80" * 40,
        "q=" + "x" * 5000,
        "q=%25_%5C",
        "page=abc",
        "page=-1",
        "page=" + "9" * 40,
        "colour=blue",
        "liaison=" + "9" * 30,
        "liaison=%00",
        "station=1%27",
        "register=no",
        "key_unit=%00",
        "section=%27",
        "q=%ED%A0%80",
        "q=a&q=b",
    ],
)
def test_an_invalid_query_string_is_no_error(city: City, officer: Person, query: str) -> None:
    named(city.first, "安达化工")
    assert officer.client.get(f"/enterprises/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["sort=password", "sort=--name"])
def test_an_unknown_order_is_said_instead_of_rows(officer: Person, query: str) -> None:
    assert officer.client.get(f"/enterprises/?{query}").context["invalid"]


def count(person: Person, address: str) -> int:
    person.client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert person.client.get(address).status_code == 200
    return len([each for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR])
def test_the_list_costs_the_same_at_5_and_at_500_rows(city: City, role: Role) -> None:
    person = (
        Person(role, station=city.first)
        if role == Role.OFFICER
        else Person(role, bureau=city.bureau, station=None)
    )
    for _number in range(5):
        HazardFactory(enterprise=EnterpriseFactory(station=city.first))
    few = count(person, "/enterprises/")
    with scope_of(city.first):
        Enterprise.objects.bulk_create(
            Enterprise(bureau=city.bureau, station=city.first, name=f"E {number}", sort_key=f"e {number}")
            for number in range(495)
        )
    assert count(person, "/enterprises/") == few <= 12


# --- entries -------------------------------------------------------------------------------------------------------


def form(**fields: Any) -> dict[str, Any]:
    since = "since" if "registered_on" in fields else "always"
    return {
        "name": "安达化工",
        "credit_code": CODE.lower(),
        "industry_code": "c2669",
        "since": since,
        **fields,
    }


def test_an_officer_registers_an_enterprise(city: City, officer: Person) -> None:
    answer = officer.client.post("/enterprises/new/", form(headcount="12"))
    assert answer.status_code == 302
    with scope_of(city.first):
        made = Enterprise.objects.get()
        assert (made.station, made.credit_code, made.industry_code, made.headcount) == (
            city.first,
            CODE,
            "C2669",
            12,
        )
        assert made.sort_key == "an1da2hua4gong1"
        assert AuditEntry.objects.get(enterprise_id=made.pk).action == AuditAction.REGISTER_ENTERPRISE


def test_the_protection_level_is_kept_shown_and_logged(city: City, officer: Person) -> None:
    answer = officer.client.post("/enterprises/new/", form(key_unit_class="7", protection_level="1"))
    assert answer.status_code == 302
    with scope_of(city.first):
        made = Enterprise.objects.get()
        assert AuditEntry.objects.get(enterprise_id=made.pk).after["protection_level"] == "1"
    assert "Protection: Level one" in officer.get("desk:file", made.pk).content.decode()
    officer.client.post(
        f"/enterprises/{made.pk}/edit/", form(key_unit_class="7", protection_level="2", version="1")
    )
    assert "Protection: Level two" in officer.get("desk:file", made.pk).content.decode()


def test_a_form_sent_twice_registers_one_enterprise(
    city: City, officer: Person, django_capture_on_commit_callbacks: Any
) -> None:
    key = officer.get("enterprises:create").context["form"]["form_key"].value()
    with django_capture_on_commit_callbacks(execute=True):
        first = officer.post("enterprises:create", **form(form_key=str(key)))
    again = officer.post("enterprises:create", **form(form_key=str(key)))
    with scope_of(city.first):
        made = Enterprise.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/file/{made.pk}/"


def test_neither_supervisor_nor_security_manager_registers(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    for person in (
        Person(Role.SUPERVISOR, bureau=city.bureau, station=None),
        Person(Role.SECURITY_MANAGER, enterprise=enterprise),
    ):
        assert person.client.get("/enterprises/new/").status_code == 403
        assert person.client.post("/enterprises/new/", form()).status_code == 403


def test_a_code_registered_with_another_station_is_a_field_error(city: City, officer: Person) -> None:
    named(city.second, "别处的企业", credit_code=CODE)
    answer = officer.client.post("/enterprises/new/", form())
    assert answer.status_code == 422
    assert "Ask that station to hand it over" in answer.context["form"].errors["credit_code"][0]
    assert "别处的企业" not in answer.content.decode()
    assert answer.context["form"]["name"].value() == "安达化工"


def test_a_code_registered_here_names_its_enterprise(city: City, officer: Person) -> None:
    named(city.first, "本所的企业", credit_code=CODE)
    answer = officer.client.post("/enterprises/new/", form())
    assert "本所的企业" in answer.context["form"].errors["credit_code"][0]
    assert officer.client.post("/enterprises/new/", form(site="Gate 2")).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 201),
        ("name", "a\x00b"),
        ("credit_code", CODE[:-1] + "A"),
        ("credit_code", "😀" * 18),
        ("headcount", "-1"),
        ("headcount", "9" * 30),
        ("headcount", "many"),
        ("industry_code", "Z99"),
        ("division_code", "12345"),
        ("registered_on", "2026-02-30"),
        ("registered_on", "2099-01-01"),
        ("key_unit_class", "99"),
        ("protection_level", "4"),
        ("address", "x" * 301),
    ],
)
def test_wrong_values_are_reported_at_their_field(
    city: City, officer: Person, field: str, value: str
) -> None:
    answer = officer.client.post("/enterprises/new/", form(**{field: value, "phone": "0571-1"}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "0571-1" in answer.content.decode()  # nothing typed is lost
    with scope_of(city.first):
        assert not Enterprise.objects.exists()


def test_emoji_and_rare_characters_are_text(city: City, officer: Person) -> None:
    assert officer.client.post("/enterprises/new/", form(name="😀𠮷" * 20)).status_code == 302


def test_the_second_of_two_officers_writes_back_nothing_they_left_alone(
    city: City, officer: Person, colleague: Person
) -> None:
    """Whoever was slower changes what they changed, on top of what the other one saved."""
    enterprise = named(
        city.first, "安达化工", phone="55501", address="Old road", headcount=5, dangerous_goods=True
    )
    address = f"/enterprises/{enterprise.pk}/edit/"

    def sent(shown: Any, **changes: Any) -> dict[str, Any]:
        data = {name: shown[name].value() for name in shown.fields}
        return {name: value for name, value in (data | changes).items() if value not in (None, False)}

    first = colleague.client.get(address).context["form"]
    slow = officer.client.get(address).context["form"]
    quick = sent(first, phone="55502", headcount=80, dangerous_goods=False)
    assert colleague.client.post(address, quick).status_code == 302

    answer = officer.client.post(address, sent(slow, phone="55503", address="New road"))
    assert answer.status_code == 422
    assert [str(label) for label, *_values in answer.context["others"]] == ["Address", "Phone"]
    form = answer.context["form"]
    shown = {name: form[name].value() for name in ("phone", "address", "headcount", "dangerous_goods")}
    assert shown == {"phone": "55503", "address": "New road", "headcount": "80", "dangerous_goods": False}

    assert officer.client.post(address, sent(form)).status_code == 302
    with scope_of(city.first):
        enterprise.refresh_from_db()
    now = (enterprise.phone, enterprise.address, enterprise.headcount, enterprise.dangerous_goods)
    assert now == ("55503", "New road", 80, False)


def test_the_second_of_two_officers_keeps_what_was_typed(
    city: City, officer: Person, colleague: Person
) -> None:
    enterprise = named(city.first, "安达化工", phone="55501")
    address = f"/enterprises/{enterprise.pk}/edit/"
    opened = officer.client.get(address).context["form"]["version"].value()
    assert (
        colleague.client.post(address, {"name": "安达化工", "phone": "55502", "version": opened}).status_code
        == 302
    )
    answer = officer.client.post(address, {"name": "安达化工集团", "phone": "55503", "version": opened})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Li Shan" in page
    assert "安达化工集团" in page
    assert 'value="55503"' in page
    assert ("Phone", "55502", "55503") in answer.context["others"]
    again = answer.context["form"].data["version"]
    assert (
        officer.client.post(address, {"name": "安达化工集团", "phone": "55503", "version": again}).status_code
        == 302
    )
    with scope_of(city.first):
        enterprise.refresh_from_db()
        assert (enterprise.name, enterprise.phone, enterprise.version) == ("安达化工集团", "55503", 3)
        entry = revealed(AuditEntry.objects.filter(enterprise_id=enterprise.pk).order_by("id"))[-1]
        assert (entry.before["phone"], entry.after["phone"]) == ("55502", "55503")


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30])
def test_a_broken_version_is_refused(city: City, officer: Person, version: str) -> None:
    enterprise = named(city.first, "安达化工")
    answer = officer.client.post(f"/enterprises/{enterprise.pk}/edit/", {"name": "X", "version": version})
    assert answer.status_code == 422


PAGES = ["edit", "liaison", "hand-over", "inactivity"]


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_enterprise_does_not_exist(city: City, page: str) -> None:
    foreign = EnterpriseFactory(station=city.second)
    chief = Person(Role.CHIEF, station=city.first)
    for pk in (foreign.pk, 10**25):
        assert chief.client.get(f"/enterprises/{pk}/{page}/").status_code == 404
        assert chief.client.post(f"/enterprises/{pk}/{page}/", form()).status_code == 404


# --- liaison -------------------------------------------------------------------------------------------------------


def test_one_enterprise_gets_a_deputy_and_loses_the_officer(
    city: City, officer: Person, colleague: Person
) -> None:
    enterprise = named(city.first, "甲")
    LiaisonFactory(enterprise=enterprise, officer=officer.user)
    address, today = f"/enterprises/{enterprise.pk}/liaison/", timezone.localdate().isoformat()
    assert (
        officer.client.post(
            address, {"officer": colleague.user.pk, "kind": "deputy", "on": today}
        ).status_code
        == 302
    )
    assert officer.client.post(address, {"officer": "", "kind": "main", "on": today}).status_code == 302
    assert (
        officer.client.post(address, {"officer": "", "kind": "main", "on": "2099-01-01"}).status_code == 422
    )
    assert (
        officer.client.post(address, {"officer": colleague.user.pk, "kind": "boss", "on": today}).status_code
        == 422
    )
    with scope_of(city.first):
        assert [(each.officer, each.kind) for each in Liaison.objects.filter(until_on=None)] == [
            (colleague.user, "deputy")
        ]


def test_an_officer_cannot_end_before_they_began(city: City, officer: Person, colleague: Person) -> None:
    enterprise = named(city.first, "甲")
    LiaisonFactory(enterprise=enterprise, officer=officer.user, from_on=dt.date(2026, 3, 1))
    data = {"officer": colleague.user.pk, "kind": "main", "on": "2026-02-01"}
    answer = officer.client.post(f"/enterprises/{enterprise.pk}/liaison/", data)
    assert answer.status_code == 422
    assert "on" in answer.context["form"].errors
