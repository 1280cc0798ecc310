"""Acts on many rows of a list: picked, judged, done once and whole, told once, by a worker if they are many."""

import re
from typing import Any
from unittest.mock import Mock

import pytest
from django.utils import timezone, translation

from enterprises import operations as register
from enterprises.bulk import AssignOfficer, HandOver
from enterprises.choices import AuditAction, CauseCode
from enterprises.models import Enterprise, Liaison
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry
from foundation.accounts.operations import revoke_role
from foundation.bulk import operations, tasks
from foundation.bulk.acts import MOST
from foundation.bulk.models import BulkRun
from foundation.inbox.models import Notification
from foundation.inbox.notifying import system_scope
from foundation.tenancy.scope import station_scope
from tests.exports.reading import about, rows_of
from tests.factories import BulkRunFactory, EnterpriseFactory, LiaisonFactory
from tests.facts.people import Person, ago, chief, officer
from tests.fixtures import City, scope_of

LIST = "enterprises:list"


@pytest.fixture
def boss(city: City) -> Person:
    return chief(city.first)


@pytest.fixture
def colleague(city: City) -> Person:
    return officer(city.first, "Li Shan")


@pytest.fixture
def firms(city: City) -> list[Enterprise]:
    return [EnterpriseFactory(station=city.first, name=f"Firm {letter}") for letter in "ABC"]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """No task is sent; tells which would be."""
    monkeypatch.setattr(tasks.work, "delay", found := Mock())
    return found


def ids(rows: list[Enterprise]) -> list[int]:
    return [row.pk for row in rows]


def assign(person: Person, rows: Any, whom: Person, **fields: Any) -> Any:
    """Return the answer to the form of an assignment as its page sends it, with what the page says it will do."""
    data = {
        "bulk": "assign",
        "pick": rows,
        "officer": whom.user.pk,
        "kind": "main",
        "on": timezone.localdate().isoformat(),
    } | fields
    shown = person.post(LIST, step="judge", htmx=True, **data).content.decode()
    mark = re.search(r'name="seen" value="(\w+)"', shown)
    return person.post(LIST, step="do", **({"seen": mark[1] if mark else ""} | data))


def page_of(person: Person, answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return " ".join(person.client.get(answer["Location"]).content.decode().split())


def served(city: City) -> list[tuple[int, int]]:
    with scope_of(city.first, city.second):
        return sorted(Liaison.objects.filter(until_on=None).values_list("enterprise_id", "officer_id"))


def runs(city: City) -> list[BulkRun]:
    with station_scope(system_scope(city.bureau.pk)):
        return list(BulkRun.objects.order_by("pk"))


def inbox_of(city: City, code: str) -> list[dict[str, Any]]:
    with station_scope(system_scope(city.bureau.pk)):
        return [each.values for each in Notification.objects.filter(code=code)]


def test_those_refused_are_named_before_and_after_and_stay_selected(
    city: City, boss: Person, colleague: Person, firms: list[Enterprise]
) -> None:
    """Of three one has the officer already, one got its present officer later than the day that is typed."""
    LiaisonFactory(enterprise=firms[0], officer=colleague.user, from_on=ago(30))
    LiaisonFactory(enterprise=firms[1], officer=boss.user, from_on=ago(1))
    answer = assign(boss, ids(firms), colleague, on=ago(5).isoformat(), seen="")
    preview = answer.content.decode()
    assert answer.status_code == 422, "what nobody was shown is not done"
    assert "Assign 1 enterprise<" in preview
    assert "1 enterprise already has this officer." in preview
    assert f"has been assigned to Firm B since {ago(1)}" in preview
    assert runs(city) == []
    page = page_of(boss, assign(boss, ids(firms), colleague, on=ago(5).isoformat()))
    assert "Officer assigned to 1 enterprise." in page
    assert re.findall(r'name="pick" value="(\d+)" checked', page) == [str(firms[1].pk)]
    assert served(city) == sorted(
        [
            (firms[0].pk, colleague.user.pk),
            (firms[1].pk, boss.user.pk),
            (firms[2].pk, colleague.user.pk),
        ]
    )
    with scope_of(city.first):
        assert AuditEntry.objects.filter(action=AuditAction.DESIGNATE_LIAISON_OFFICER).count() == 1


@pytest.mark.parametrize("is_late", [False, True])
def test_what_became_of_it_is_read_in_the_language_of_whoever_reads(
    city: City, boss: Person, colleague: Person, firms: list[Enterprise], is_late: bool
) -> None:
    """One reads tomorrow in Chinese what was refused today in English: before the act began, or while it ran."""
    LiaisonFactory(enterprise=firms[1], officer=boss.user, from_on=ago(1))
    answer = assign(boss, ids(firms), colleague, on=ago(5).isoformat())
    (run,) = runs(city)
    if is_late:
        with scope_of(city.first):
            BulkRun.objects.filter(pk=run.pk).update(refused={}, left=[firms[1].pk], state="running")
        act = AssignOfficer()
        boss.act(lambda actor: operations.do_some(actor, run.pk, act))
    assert f"has been assigned to Firm B since {ago(1)}" in page_of(boss, answer)
    with translation.override("zh-hans"):
        chinese = " ".join(
            boss.client.get(answer["Location"], headers={"accept-language": "zh-hans"}).text.split()
        )
    assert "has been assigned" not in chinese
    assert ">企业</a>" in chinese


def test_a_form_that_is_sent_twice_is_done_once(
    city: City, boss: Person, colleague: Person, firms: list[Enterprise]
) -> None:
    key = "3f0c1a9e-4f0a-4b7c-9a55-6b3c6a1d7e01"
    first, again = (assign(boss, ids(firms), colleague, form_key=key) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert len(runs(city)) == 1
    [told] = inbox_of(city, CauseCode.LIAISON_GIVEN)
    assert (told["number"], told["object"]) == (3, "Firm A、Firm B、Firm C")


def test_what_changed_since_the_page_was_shown_is_shown_first(
    city: City, boss: Person, colleague: Person, firms: list[Enterprise]
) -> None:
    assert assign(boss, ids(firms), colleague, seen="0" * 16).status_code == 422
    assert served(city) == []


def test_what_the_rows_lose_is_named_and_nothing_else_is_replaced(
    city: City,
    boss: Person,
    colleague: Person,
    firms: list[Enterprise],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """A colleague is quicker: before the form is sent nothing is done, before the worker comes that row is refused."""
    present, other = officer(city.first, "Sun Lin"), officer(city.first, "Gao Min")
    for firm in firms[:2]:
        LiaisonFactory(enterprise=firm, officer=present.user)
    data = {"bulk": "assign", "pick": ids(firms), "officer": colleague.user.pk, "kind": "main"}
    data["on"] = timezone.localdate().isoformat()
    shown = boss.post(LIST, step="judge", htmx=True, **data).content.decode()
    assert "2 × Sun Lin" in shown
    mark = re.search(r'name="seen" value="(\w+)"', shown)
    assert mark
    boss.act(
        register.assign_liaison,
        enterprise_ids=[firms[0].pk],
        officer_id=other.user.pk,
        on=timezone.localdate(),
    )
    answer = boss.post(LIST, step="do", seen=mark[1], **data)
    assert answer.status_code == 422
    assert "1 × Gao Min" in answer.content.decode()

    monkeypatch.setattr(AssignOfficer, "at_once", 0)
    with django_capture_on_commit_callbacks(execute=True):
        answer = assign(boss, ids(firms), colleague)
    [run] = runs(city)
    boss.act(
        register.assign_liaison,
        enterprise_ids=[firms[2].pk],
        officer_id=other.user.pk,
        on=timezone.localdate(),
    )
    operations.work(bureau_id=city.bureau.pk, run_id=run.pk)
    assert dict(served(city)) == {
        firms[0].pk: colleague.user.pk,
        firms[1].pk: colleague.user.pk,
        firms[2].pk: other.user.pk,
    }
    assert "Somebody changed it in the meantime: Gao Min." in page_of(boss, answer)


def test_nobody_elses_rows(city: City, boss: Person, colleague: Person, firms: list[Enterprise]) -> None:
    """Rows of another station, of nobody and what is no id get the same answer."""
    foreign = EnterpriseFactory(station=city.second, name="Foreign")
    answers = []
    for pick in (foreign.pk, 10**12, "9" * 30, "x"):
        answer = assign(boss, [pick], colleague)
        answers.append((answer.status_code, answer["Location"]))
    assert set(answers) == {(302, "/enterprises/")}
    shown = boss.post(LIST, bulk="assign", picking=1, pick=[firms[0].pk, foreign.pk, 10**12]).content.decode()
    assert "2 rows that you selected are not on this list any more" in shown
    assert "Foreign" not in shown
    stranger = officer(city.second)
    assert assign(boss, ids(firms), stranger).status_code == 422
    assert served(city) == []
    handing = {"bulk": "hand_over", "pick": ids(firms)}
    assert colleague.post(LIST, **handing).status_code == 403
    assert boss.post(LIST, bulk="assign", picking=1)["Location"] == "/enterprises/"


def test_all_found_means_all_that_the_filters_find(city: City, boss: Person, firms: list[Enterprise]) -> None:
    with scope_of(city.first):
        Enterprise.objects.filter(pk=firms[2].pk).update(dangerous_goods=True)
    answer = boss.post(LIST, query="?key_unit=no&liaison=none", bulk="set_class", all=1, pick=firms[0].pk)
    assert "3 selected" in answer.content.decode()
    data = {"bulk": "set_class", "all": 1, "step": "do", "key_unit_class": "4"}
    shown = boss.post(LIST, **data | {"step": "judge"}, htmx=True).content.decode()
    mark = re.search(r'name="seen" value="(\w+)"', shown)
    assert mark
    page = page_of(boss, boss.post(LIST, **data, seen=mark[1]))
    assert "Class set for 3 enterprises." in page
    with scope_of(city.first):
        assert set(Enterprise.objects.values_list("key_unit_class", "version")) == {("4", 2)}
        assert AuditEntry.objects.filter(action=AuditAction.EDIT_ENTERPRISE).count() == 3
    assert boss.post(LIST, query="?key_unit=nonsense", **data, seen=mark[1]).status_code == 302


def test_a_hand_over_by_workers_that_are_killed(
    city: City,
    boss: Person,
    firms: list[Enterprise],
    sent: Mock,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """One row in each transaction; the second worker ends in the middle of its row, which the third does whole."""
    monkeypatch.setattr(HandOver, "at_once", 1)
    monkeypatch.setattr(operations, "BATCH", 1)
    there = chief(city.second)
    data = {
        "bulk": "hand_over",
        "pick": ids(firms),
        "to_station": city.second.pk,
        "on": timezone.localdate().isoformat(),
        "reason": "New borders",
    }
    shown = boss.post(LIST, **data, step="judge", htmx=True).content.decode()
    mark = re.search(r'name="seen" value="(\w+)"', shown)
    assert mark
    with django_capture_on_commit_callbacks(execute=True):
        answer = boss.post(LIST, **data, step="do", seen=mark[1])
    [run] = runs(city)
    sent.assert_called_once_with(city.bureau.pk, run.pk)
    assert "every 1s" in page_of(boss, answer)

    whole, calls = register.hand_over, []

    def dies(**arguments: Any) -> Any:
        whole(**arguments)
        calls.append(arguments["enterprise_id"])
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(register, "hand_over", dies)
    with pytest.raises(KeyboardInterrupt):
        operations.work(bureau_id=city.bureau.pk, run_id=run.pk)
    with scope_of(city.first, city.second):
        assert Enterprise.objects.filter(station=city.second).count() == 1, "the row in the middle is undone"
    operations.work(bureau_id=city.bureau.pk, run_id=run.pk)
    operations.work(bureau_id=city.bureau.pk, run_id=run.pk)
    page = page_of(boss, answer)
    assert "every 1s" not in page
    assert "3 enterprises handed over." in page
    with scope_of(city.first, city.second):
        assert set(Enterprise.objects.values_list("station_id", "version")) == {(city.second.pk, 2)}
    [told] = inbox_of(city, CauseCode.RECEIVED_MANY)
    assert (told["number"], told["object"]) == (3, "Firm A、Firm B、Firm C")
    assert [each["done"] for each in inbox_of(city, "bulkrun.done")] == [3]
    assert "3 enterprises (Firm A、Firm B、Firm C)" in there.get("accounts:inbox").content.decode()


def test_a_role_that_is_revoked_does_nothing_more(city: City, boss: Person, firms: list[Enterprise]) -> None:
    run = BulkRunFactory(
        grant=boss.user.grants.get(), arguments={"key_unit_class": "4"}, left=ids(firms), total=3
    )
    head = Person(Role.SUPERVISOR, bureau=city.bureau, station=None)
    head.act(revoke_role, grant_id=boss.user.grants.get().pk, reason="left")
    operations.work(bureau_id=city.bureau.pk, run_id=run.pk)
    assert runs(city) == []
    with scope_of(city.first):
        assert not Enterprise.objects.exclude(key_unit_class="").exists()


def test_the_rows_picked_are_taken_away(boss: Person, firms: list[Enterprise], city: City) -> None:
    foreign = EnterpriseFactory(station=city.second)
    answer = boss.post(LIST, download="xlsx", picking=1, pick=[firms[2].pk, firms[0].pk, foreign.pk])
    assert [row[0] for row in rows_of(answer.content)[1:]] == ["Firm A", "Firm C"]
    assert about(answer.content)["Selected"] == "2"


def test_rows_picked_on_other_pages_go_along(boss: Person, firms: list[Enterprise], city: City) -> None:
    """Whatever the filters find by now, and however many there are: a form may have 2,000 fields."""
    foreign = EnterpriseFactory(station=city.second)
    away = ",".join(map(str, [firms[2].pk, foreign.pk]))
    found = {"query": "?q=Firm+A", "picking": 1, "pick": firms[0].pk}
    answer = boss.post(LIST, **found, download="xlsx", away=away)
    assert [row[0] for row in rows_of(answer.content)[1:]] == ["Firm A", "Firm C"]
    assert "Search" not in about(answer.content)
    shown = boss.post(LIST, **found, bulk="set_class", away=away).content.decode()
    assert "2 selected" in shown
    assert "1 row that you selected is not on this list any more" in shown
    many = ",".join(map(str, range(1, MOST + 2)))
    for posted in ({"download": "xlsx"}, {"bulk": "set_class"}):
        assert boss.post(LIST, **found, **posted, away=many).status_code == 302
