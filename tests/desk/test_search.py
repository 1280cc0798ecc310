"""The one search: what it finds, for whom, in which order, and that its counts are those of the lists behind it."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desk import search
from enterprises.models import Enterprise
from foundation.accounts.access import EVERY_ROLE, allows
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, Role
from foundation.accounts.models import AuditEntry
from foundation.contributions.search import findables
from foundation.tenancy.scope import station_scope
from inspections.models import Forgery, Obstruction
from tests.factories import (
    ActivityFactory,
    DisputeFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
    PaperFactory,
    SelfCheckFactory,
)
from tests.facts.people import Person, chief, officer, supervisor
from tests.fixtures import City, scope_of
from tests.isolation.test_front_door import MARK, Side, person_of, side
from tests.suite import mostly

pytestmark = pytest.mark.django_db

PERSON, CHIEF_OF_SECURITY, PHONE = "曾志伟", "单田芳", "0571-8888 1234"
CODE = "91110000600037341L"


@pytest.fixture
def police(city: City) -> Person:
    return officer(city.first)


@pytest.fixture
def plant(city: City, police: Person) -> Enterprise:
    """An enterprise in the register, as an officer entered it."""
    fields = {
        "name": "清河宏远化工有限公司",
        "credit_code": CODE,
        "address": "站前街27号",
        "legal_representative": PERSON,
        "security_chief": CHIEF_OF_SECURITY,
        "phone": PHONE,
        "since": "always",
    }
    assert police.client.post("/enterprises/new/", fields).status_code == 302
    with scope_of(city.first):
        return Enterprise.objects.get(name=fields["name"])


def ask(person: Person, text: str, **query: str) -> Any:
    answer = person.get("desk:search", q=text, **query)
    assert answer.status_code == 200
    return answer


def found(person: Person, text: str) -> dict[str, list[int]]:
    """Return the ids of the hits by kind."""
    groups = ask(person, text).context["groups"]
    return {group.kind.code: [each.key for each in group.shown] for group in groups}


@pytest.mark.parametrize(
    "typed",
    ["宏远", "hyhg", "hongyuan", "HongYuanHua", "6000373", "9111-0000 6000", "站前街", "宏远 站前", "qh 27"],
)
def test_an_enterprise_by_name_pinyin_code_and_address(police: Person, plant: Enterprise, typed: str) -> None:
    assert found(police, typed) == {"enterprises": [plant.pk]}
    assert found(police, f"{typed} 没有") == {}


@pytest.mark.parametrize(
    "typed", [PERSON, "zzw", "zengzhiwei", "057188881234", "0571 8888", CHIEF_OF_SECURITY, "stf"]
)
def test_persons_and_telephones_for_the_police_alone(
    city: City, police: Person, plant: Enterprise, typed: str
) -> None:
    HazardFactory(enterprise=plant)
    for person in (police, supervisor(city.bureau)):
        answer = found(person, typed)
        assert answer["enterprises"] == answer["persons"] == [plant.pk]
        assert len(answer["inspections_hazards"]) == 1
    assert found(Person(Role.SECURITY_MANAGER, enterprise=plant), typed) == {}


def test_the_person_who_was_found_is_shown(police: Person, plant: Enterprise) -> None:
    html = ask(police, "shantian").content.decode()
    assert (
        f'<span class="hit-title"><mark>{CHIEF_OF_SECURITY[:2]}</mark>{CHIEF_OF_SECURITY[2:]}</span>' in html
    )
    assert PERSON not in html
    (hit,) = ask(police, "0571").context["groups"][0].shown
    assert PHONE in hit.hit.line
    for by_itself in ("宏远", "9111-0000 6000"):
        (hit,) = ask(police, by_itself).context["groups"][0].shown
        assert not {PHONE, PERSON, CHIEF_OF_SECURITY} & set(hit.hit.line), by_itself


def test_records_by_their_own_words_and_those_of_their_enterprise(police: Person, plant: Enterprise) -> None:
    alarm = HazardFactory(enterprise=plant, item="可燃气体报警器失灵", place="三号库 A12", note="备注甲")
    HazardFactory(enterprise=plant, item="消防通道堵塞", voided_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    wages = DisputeFactory(enterprise=plant, summary="运费结算争议")
    call = IncidentFactory(enterprise=plant, summary="误触报警按钮")
    visit = InspectionFactory(enterprise=plant, inspectors="马晓东，周志远")
    drill = ActivityFactory(enterprise=plant, topic="疏散演练")
    assert found(police, "报警") == {"inspections_hazards": [alarm.pk], "incidents": [call.pk]}
    assert found(police, "报警 hyhg") == found(police, "报警")
    assert found(police, "三号库 a12") == found(police, "备注甲") == {"inspections_hazards": [alarm.pk]}
    assert found(police, "运费") == {"disputes": [wages.pk]}
    assert found(police, "马晓东") == {"inspections_inspections": [visit.pk]}
    assert found(police, "疏散") == {"service_activities": [drill.pk]}
    assert found(police, "消防通道") == found(police, "报警 运费") == {}
    assert set(found(police, "宏远")) == {
        "enterprises",
        "inspections_hazards",
        "inspections_inspections",
        "disputes",
        "incidents",
        "service_activities",
    }


def test_an_enterprise_searches_in_its_own_records_alone(city: City, plant: Enterprise) -> None:
    manager = Person(Role.SECURITY_MANAGER, enterprise=plant)
    other = side("另一家报警", bureau=city.bureau, station=city.first)
    alarm = HazardFactory(enterprise=plant, item="报警器失灵", note="报警备注", found_by="报警民警")
    for_police = HazardFactory(enterprise=plant, item="门锁", note="报警备注", found_by="报警民警")
    IncidentFactory(enterprise=plant, summary="误触报警按钮")
    check = SelfCheckFactory(enterprise=plant, findings="报警测试")
    assert found(manager, "报警") == {
        "inspections_hazards": [alarm.pk],
        "inspections_self_checks": [check.pk],
    }
    assert found(manager, "宏远") == found(manager, "另一家") == {}
    assert found(manager, "门锁") == {"inspections_hazards": [for_police.pk]}
    html = ask(manager, "报警").content.decode()
    assert "报警备注" not in html
    assert str(other.objects[Enterprise]) not in html


def test_the_newest_first_and_the_others_counted(police: Person, plant: Enterprise) -> None:
    days = [dt.date(2026, 1, day) for day in (3, 9, 1, 7, 5, 8, 2)]
    rows = {day: HazardFactory(enterprise=plant, item="堵塞", found_on=day).pk for day in days}
    (group,) = ask(police, "堵塞").context["groups"]
    assert [each.key for each in group.shown] == [rows[day] for day in sorted(days, reverse=True)][:5]
    assert group.total == 7
    (chosen,) = ask(police, "堵塞", kind="inspections_hazards").context["groups"]
    assert len(chosen.shown) == 7


def test_a_name_that_begins_with_the_text_comes_first(police: Person) -> None:
    for name in ("华阳商行", "北方华阳", "南方华阳"):
        assert police.client.post("/enterprises/new/", {"name": name, "since": "always"}).status_code == 302
    (group,) = ask(police, "华阳").context["groups"]
    assert [each.hit.title for each in group.shown] == ["华阳商行", "南方华阳", "北方华阳"]


@pytest.mark.parametrize(
    "text", mostly(["Mine", "mi", "min Mine", "nothing of this"], {"min Mine", "nothing of this"})
)
def test_each_count_is_that_of_the_list_behind_it(text: str) -> None:
    mine = side("Mine")
    side("Mine", bureau=mine.bureau, station=mine.station)
    seen = set()
    for role in sorted(POLICE_ROLES | ENTERPRISE_ROLES):
        client = person_of(mine, role)
        actor = actor_of(client)
        for group in client.get("/search/", {"q": text}).context["groups"]:
            if group.all_url:
                table = client.get(group.all_url).context["table"]
                with station_scope(actor.scope()):
                    assert len(table.rows) == group.total, (role, group.all_url)
                seen.add(group.kind.code)
    assert seen >= ({each.code for each in findables if each.list_page} if text == "Mine" else set())


# --- who sees what ------------------------------------------------------------------------------------------------


@pytest.fixture
def world() -> dict[str, Side]:
    mine = side("Mine ZQX")
    return {
        "mine": mine,
        "neighbour": side(f"{MARK}-neighbour", bureau=mine.bureau, station=mine.station),
        "other station": side(f"{MARK}-station", bureau=mine.bureau),
        "other bureau": side(f"{MARK}-bureau"),
    }


def test_a_paper_is_found_by_its_number(city: City, police: Person) -> None:
    paper = PaperFactory(enterprise__station=city.first, number_text="东公（开）限字〔2026〕412号")
    PaperFactory(enterprise=paper.enterprise, number_text="东公（开）限字〔2026〕413号")
    voided = {
        "number_text": "东公（开）限字〔2026〕414号",
        "voided_at": "2026-09-01T00:00Z",
        "voided_by": "Li",
    }
    PaperFactory(enterprise=paper.enterprise, **voided)
    assert found(police, "〔2026〕412号") == {"papers": [paper.pk]}
    assert found(officer(city.second), "〔2026〕412号") == {}
    assert found(police, "〔2026〕414号") == {}


def foreign_to(role: str) -> set[str]:
    if role == Role.SUPERVISOR:
        return {"other bureau"}
    return {"other station", "other bureau"} | ({"neighbour"} if role in ENTERPRISE_ROLES else set())


@pytest.mark.parametrize("role", mostly(sorted(EVERY_ROLE), {Role.OFFICER, Role.SECURITY_MANAGER}))
def test_nobody_finds_what_is_not_theirs(world: dict[str, Side], role: str) -> None:
    client = person_of(world["mine"], role)
    marks = {each: f"{MARK}-{each.split()[-1]}" for each in foreign_to(role)}
    keys = sorted({row.pk for each in marks for row in world[each].objects.values()})
    names = [f"{each.code}:{key}" for each in findables for key in keys]
    for query in (
        {"q": "ZQX"},
        *({"q": "", "opened": ",".join(names[n : n + 8])} for n in range(0, len(names), 8)),
    ):
        answer = client.get("/search/", query)
        if role not in POLICE_ROLES | ENTERPRISE_ROLES:
            assert answer.status_code == 403
            continue
        assert answer.status_code == 200
        assert not [mark for mark in marks.values() if mark in answer.content.decode()]
        if "opened" not in query:
            assert "Mine" in answer.content.decode()


@pytest.mark.parametrize("role", sorted(POLICE_ROLES | ENTERPRISE_ROLES))
def test_the_database_holds_it_alone(world: dict[str, Side], role: str) -> None:
    """The selectors get an actor of another bureau, but the scope is the person's own."""
    mine, foreign = (actor_of(person_of(world[each], role)) for each in ("mine", "other bureau"))
    with station_scope(foreign.scope()):
        Enterprise.objects.update(legal_representative=PERSON)
        Forgery.objects.update(confirmed_on=F("found_on"))  # else the enterprise sees none
        Obstruction.objects.update(confirmed_on=F("obstructed_on"))
    for kind in search.kinds_of(foreign):
        if kind.code == "people":
            continue  # the directory has no policies: its selectors decide
        with station_scope(foreign.scope()):
            assert count(kind.rows(foreign, "")), kind.code
        with station_scope(mine.scope()):
            assert not count(kind.rows(foreign, "")), kind.code


def count(rows: QuerySet[Any]) -> int:
    return rows.order_by().count()


def actor_of(client: Any) -> Any:
    return client.get("/search/").wsgi_request.actor


def test_each_kind_asks_for_its_own_permission(world: dict[str, Side]) -> None:
    for role in sorted(POLICE_ROLES | ENTERPRISE_ROLES):
        client = person_of(world["mine"], role)
        actor, groups = actor_of(client), client.get("/search/", {"q": "ZQX"}).context["groups"]
        assert groups
        assert all(allows(actor, group.kind.permission) for group in groups)
        if role in ENTERPRISE_ROLES:
            own = {"inspections_hazards", "inspections_self_checks", "service_activities"}
            assert {group.kind.code for group in groups} == own


# --- the page -----------------------------------------------------------------------------------------------------


def test_a_supervisor_finds_people_with_an_account(city: City) -> None:
    boss, person = supervisor(city.bureau), Person(Role.OFFICER, station=city.first, name="周志远")
    Person(Role.OFFICER, station=city.elsewhere, name="周志远")
    for typed in ("志远", "zhouzhiyuan", "ZZY"):
        assert found(boss, typed) == {"people": [person.user.pk]}
        assert [row.pk for row in boss.get("accounts:users", q=typed).context["table"].data] == [
            person.user.pk
        ]
    assert found(officer(city.first), "志远") == {}


@pytest.mark.parametrize("typed", ["", " ", "a", "7", "\x00"])
def test_too_little_finds_nothing(police: Person, plant: Enterprise, typed: str) -> None:
    answer = ask(police, typed)
    assert answer.context["groups"] == []
    assert "Two letters are enough" in answer.content.decode()


@pytest.mark.parametrize("typed", ["100%", "a_b", "<b>宏远</b>", "宏\x00远%", "'; --", "a\\", "x" * 300])
def test_no_character_means_anything_else(police: Person, plant: Enterprise, typed: str) -> None:
    answer = ask(police, typed)
    assert answer.context["groups"] == []
    assert "<b>宏远" not in answer.content.decode()
    assert "New enterprise" in answer.content.decode()


def test_hits_are_escaped(police: Person, plant: Enterprise) -> None:
    HazardFactory(enterprise=plant, item="<i>堵塞</i>", place="<b>")
    html = ask(police, "堵塞").content.decode()
    assert "&lt;i&gt;<mark>堵塞</mark>&lt;/i&gt;" in html
    assert "<b>" not in html


def test_htmx_gets_the_hits_alone(police: Person, plant: Enterprise) -> None:
    headers = {"HX-Request": "true", "HX-Target": "found"}
    answer = police.client.get("/search/", {"q": "宏远"}, headers=headers)
    html = answer.content.decode()
    assert "<html" not in html
    assert "<form" not in html
    assert 'hx-swap-oob="true"' in html
    assert {"HX-Request", "HX-Target"} <= {each.strip() for each in answer.headers["Vary"].split(",")}
    assert '<div class="found"' in ask(police, "宏远").content.decode()


def test_an_unknown_kind_is_not_found(police: Person) -> None:
    assert police.get("desk:search", q="宏远", kind="ratings").status_code == 404


def test_what_was_opened_last_comes_in_that_order(police: Person, plant: Enterprise) -> None:
    hazard = HazardFactory(enterprise=plant, item="门锁")
    asked = (
        f"inspections_hazards:{hazard.pk},enterprises:{plant.pk},enterprises:x,nothing:1,enterprises:{10**30}"
    )
    shown = police.get("desk:search", opened=asked).context["opened"]
    assert [(each.kind.code, each.key) for each in shown] == [
        ("inspections_hazards", hazard.pk),
        ("enterprises", plant.pk),
    ]


def test_one_statement_whatever_is_found(city: City, plant: Enterprise) -> None:
    boss = chief(city.first).actor
    for _number in range(9):
        HazardFactory(enterprise=plant, item="堵塞")
    counts = []
    for text in ("没有这个", "堵塞", "宏远 堵塞"):
        with station_scope(boss.scope()), CaptureQueriesContext(connection) as queries:
            search.find(boss, text)
        counts.append(len(queries))
    assert counts == [1, 1, 1]


def test_the_log_knows_nothing_of_it(police: Person, plant: Enterprise, city: City) -> None:
    with scope_of(city.first):
        before = AuditEntry.objects.count()
    ask(police, PERSON)
    with scope_of(city.first):
        assert AuditEntry.objects.count() == before


@given(text=st.text(st.sampled_from("华达 aZß%_\\1309-'0é\uf100９"), max_size=24))
@example("hy").via("a word with capitals")
@example("0571-8888 1234").via("a code in two words")
@example("91110000600037341L").via("a code")
@example("华达 item 7").via("three kinds of words")
@example("a b c d e f").via("more words than are searched")
@settings(deadline=None, max_examples=30)
def test_a_text_of_a_known_shape_asks_what_it_would_ask_itself(text: str) -> None:
    for role, chosen in ((Role.OFFICER, "inspections_hazards"), (Role.SECURITY_MANAGER, "")):
        actor = Actor(7, "", role, bureau_id=1, stations=(3,), enterprise_id=9)
        assert search.statement(actor, text, chosen) == search.composed(actor, text, chosen)
