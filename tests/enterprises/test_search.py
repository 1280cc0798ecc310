"""Chinese names in order and in searches, and what only the police can search for."""

from typing import Any

import pytest

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.pinyin import reading
from tests.factories import DepartmentFactory, EvaluationFactory, HazardFactory, RatingFactory
from tests.facts.people import Person
from tests.fixtures import City, scope_of
from tests.rest.keys import api

PERSON, PHONE = "曾志伟", "0571-8888 1234"


@pytest.fixture
def officer(city: City) -> Person:
    return Person(Role.OFFICER, station=city.first)


def register(person: Person, *names: str, **more: Any) -> None:
    for name in names:
        assert (
            person.client.post("/enterprises/new/", {"name": name, "since": "always", **more}).status_code
            == 302
        )


def names(person: Person, **query: str) -> list[str]:
    return [row.name for row in person.get("enterprises:list", **query).context["table"].data]


def test_lists_compare_syllables_not_letters(city: City, officer: Person) -> None:
    register(
        officer, "先锋印刷", "西安印刷", "3M 中国", "安达化工", "重庆小面", "长沙臭豆腐", "单记面馆", "ABC"
    )
    order = ["3M 中国", "ABC", "安达化工", "长沙臭豆腐", "重庆小面", "单记面馆", "西安印刷", "先锋印刷"]
    assert names(officer) == order
    assert names(officer, sort="-name") == order[::-1]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("西安", "xi1an1"),
        ("先锋", "xian1feng1"),
        ("重庆长江重工", "chong2qing4chang2jiang1zhong4gong1"),
        ("工商银行支行", "gong1shang1yin2hang2zhi1hang2"),
        ("单记面馆", "shan4ji4mian4guan3"),
        ("单位食堂", "dan1wei4shi2tang2"),
        ("解放路", "jie3fang4lu4"),
        ("重庆曾氏", "chong2qing4zeng1shi4"),
        ("小区家政", "xiao3qu1jia1zheng4"),
        ("尉迟物流", "yu4chi2wu4liu2"),
        ("（３Ｍ）中国 Ab-1", "(3m)zhong1guo2 ab-1"),
        ("", ""),
    ],
)
def test_words_and_surnames_are_read_as_such(name: str, key: str) -> None:
    assert reading(name).sort_key == key


@pytest.mark.parametrize(
    ("name", "key"),
    [("区大海", "ou1da4hai3"), ("曾经", "zeng1jing1"), ("单于飞", "chan2yu2fei1"), ("张三", "zhang1san1")],
)
def test_a_person_begins_with_a_surname(name: str, key: str) -> None:
    assert reading(name, person=True).sort_key == key


@pytest.mark.parametrize(
    "typed",
    ["3mzg", "3M 中国", "zhongguo", "3mzhongguo", "ZHONG guo", "zhong", "yxgs12", "ｙｘｇｓ", "中\u200b国"],
)
def test_full_pinyin_and_initials_with_letters_and_digits(city: City, officer: Person, typed: str) -> None:
    register(officer, "3M中国有限公司12", "安达化工")
    assert names(officer, q=typed) == ["3M中国有限公司12"]


def test_the_longest_name_keeps_its_codes_in_the_search(city: City, officer: Person) -> None:
    register(officer, "庄" * 200, credit_code="91110000600037341L", address="双" * 300)
    for typed in ("6000373", "zhuangzhuang", "双双"):
        assert len(names(officer, q=typed)) == 1, typed


BY_PERSON = [
    "曾志伟",
    "zzw",
    "zengzhiwei",
    "8888",
    "0571-8888",
    "057188881234",
    "0571 8888 1234",
    "０５７１８８８８",
]


@pytest.mark.parametrize("typed", BY_PERSON)
def test_police_find_the_legal_representative_and_the_phone(city: City, officer: Person, typed: str) -> None:
    register(officer, "安达化工", legal_representative=PERSON, phone=PHONE)
    register(officer, "石桥物流")
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau, station=None)
    with scope_of(city.first):
        enterprise = Enterprise.objects.get(name="安达化工")
    HazardFactory(enterprise=enterprise)
    for person in (officer, supervisor):
        assert names(person, q=typed) == ["安达化工"]
        assert "安达化工" in person.get("inspections:hazards", q=typed).content.decode()
        assert "安达化工" not in person.get("inspections:hazards", q=f"{typed}9").content.decode()


@pytest.mark.parametrize("typed", BY_PERSON)
def test_a_department_cannot_search_for_persons_or_phones(city: City, officer: Person, typed: str) -> None:
    register(officer, "安达化工", legal_representative=PERSON, phone=PHONE)
    with scope_of(city.first):
        enterprise = Enterprise.objects.get()
    run = EvaluationFactory(bureau=city.bureau, kind="regular", state="complete", period_code="2026Q1")
    RatingFactory(enterprise=enterprise, evaluation=run, period_code="2026Q1")
    key = api(DepartmentFactory(bureau=city.bureau))
    for path in ("/api/v1/enterprises/", "/api/v1/ratings/"):
        assert key.get(path, {"q": typed}).json()["results"] == [], "nobody learns whose telephone this is"
        assert len(key.get(path, {"q": "anda"}).json()["results"]) == 1
    assert PERSON not in enterprise.search_text
    assert not any(word in enterprise.search_text for word in ("zzw", "zengzhiwei", "8888"))


def test_an_edit_keeps_both_texts_up_to_date(city: City, officer: Person) -> None:
    register(officer, "安达化工", legal_representative=PERSON)
    with scope_of(city.first):
        made = Enterprise.objects.get()
    data = {"name": "石桥物流", "legal_representative": "单田芳", "version": made.version}
    assert officer.client.post(f"/enterprises/{made.pk}/edit/", data).status_code == 302
    for typed, found in {"zengzhiwei": [], "shantianfang": ["石桥物流"], "shiqiao": ["石桥物流"]}.items():
        assert names(officer, q=typed) == found
