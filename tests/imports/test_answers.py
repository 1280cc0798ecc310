"""Answers to checklists by a sheet, and inspectors by their police numbers."""

import datetime as dt
from importlib import import_module

import pytest
from django.urls import reverse

from enterprises.models import Liaison
from foundation.accounts.access import Role, WrongState
from foundation.accounts.models import AuditEntry
from foundation.contributions.sheets import Unfit
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from imports.operations import taking_over
from imports.operations.undoing import undo
from inspections.checklists.content import ListKind
from inspections.checklists.correcting import correct_answer
from inspections.checklists.sheet_acts import Answers
from inspections.checklists.shipped import shipped
from inspections.models import AnswerCorrection, CheckedItem, CheckRecord, Inspection
from inspections.operations import void_inspection
from tests.accounts.conftest import House, house, quick_passwords
from tests.exports.reading import taken
from tests.factories import (
    ChecklistFactory,
    CheckRecordFactory,
    HazardFactory,
    InspectionFactory,
    RoleGrantFactory,
    SigningFactory,
    UserFactory,
)
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
DAY = dt.date(2026, 3, 2)
HEAD = "单位名称,检查日期,项目代码,检查结果,说明,警号\n"


@pytest.fixture
def chief(house: House) -> Person:
    for name, number in (("李明", "041201"), ("张伟", "041202")):
        user = UserFactory(full_name=name, police_number=number)
        RoleGrantFactory(user=user, role=Role.OFFICER, station=house.city.first)
    return Person(house, "chief")


def remarks(person: Person, content: str | bytes, kind: str) -> dict[int, tuple[str, list[tuple[str, str]]]]:
    sheet = person.confirm(person.upload(content, kind=kind))
    return {
        number: (row.state, [(each["code"], each["column"]) for each in row.remarks])
        for number, row in person.rows(sheet).items()
    }


def row_of(house: House, *cells: str) -> str:
    return ",".join((house.enterprise.name, *cells)) + "\n"


def test_inspectors_come_by_police_number(house: House, chief: Person) -> None:
    head = "单位名称,检查日期,检查人员\n"
    good = head + row_of(house, "2026-03-02", "041201、041202")
    bad = row_of(house, "2026-03-09", "041201、999999")
    assert remarks(chief, good + bad, "inspection") == {
        2: (RowState.NEW, []),
        3: (RowState.NEW, [("implausible", "检查人员")]),
    }
    chief.press("write", chief.confirm(chief.upload(good, kind="inspection")))
    with station_scope(chief.actor.scope()):
        assert Inspection.objects.get().inspectors == "李明、张伟"
    assert remarks(chief, good, "inspection") == {2: (RowState.SAME, [])}


def test_answers_come_with_a_sheet_and_go_out_as_one(house: House, chief: Person) -> None:
    visit = InspectionFactory(enterprise=house.enterprise, inspected_on=DAY, inspectors="李明、张伟")
    hazard = HazardFactory(enterprise=house.enterprise, inspection=visit, item_code="A02", found_on=DAY)
    good = (
        row_of(house, "2026-03-02", "A01", "合格", "", "041201、041202"),
        row_of(house, "2026-03-02", "A02", "不合格", "门锁坏", ""),
    )
    bad = (
        row_of(house, "2026-03-03", "A01", "合格", "", ""),
        row_of(house, "2026-03-02", "Z99", "合格", "", ""),
        row_of(house, "2026-03-02", "A03", "合格", "", "041201、999999"),
        row_of(house, "2026-03-02", "A05", "合格", "", "041201"),
        row_of(house, "2026-03-02", "A04", "也许", "", ""),
    )
    sheet = HEAD + "".join(good + bad)
    found = remarks(chief, sheet, "answer")
    assert {number: (state, told) for number, (state, told) in found.items() if number > 3} == {
        4: (RowState.REFUSED, [("no_inspection_of_day", "检查日期")]),
        5: (RowState.REFUSED, [("not_asked", "项目代码")]),
        6: (RowState.REFUSED, [("no_such_number", "警号")]),
        7: (RowState.REFUSED, [("one_officer", "警号")]),
        8: (RowState.REFUSED, [("not_a_choice", "检查结果")]),
    }
    assert [found[each][0] for each in (2, 3)] == [RowState.NEW] * 2

    written = chief.press("write", chief.confirm(chief.upload(HEAD + "".join(good), kind="answer")))
    with station_scope(chief.actor.scope()):
        record = CheckRecord.objects.get(inspection=visit)
        assert (record.passed, record.failed) == (["A01"], ["A02"])
        assert [each["police_number"] for each in record.officers] == ["041201", "041202"]
        assert CheckedItem.objects.get(inspection=visit, code="A02").hazard_id == hazard.pk
        assert AuditEntry.objects.filter(action="inspection.answer_by_sheet").count() == 2
        with pytest.raises(WrongState, match="stay"):
            undo(actor=chief.actor, run_id=written.last_run_id)
    assert remarks(chief, HEAD + "".join(good), "answer") == {2: (RowState.SAME, []), 3: (RowState.SAME, [])}

    out = taken(chief.client, reverse("inspections:answers_given"), "csv").content
    assert "041201、041202" in out.decode("utf-8-sig")
    back = chief.upload(out, kind="answer", name="answers.csv")
    assert {row.state for row in chief.rows(chief.confirm(back)).values()} == {RowState.SAME}


def test_another_answer_is_a_correction_if_it_is_chosen(house: House, chief: Person) -> None:
    visit = InspectionFactory(enterprise=house.enterprise, inspected_on=DAY, inspectors="李明、张伟")
    chief.press(
        "write",
        chief.confirm(chief.upload(HEAD + row_of(house, "2026-03-02", "A01", "合格", "", ""), kind="answer")),
    )
    other = HEAD + row_of(house, "2026-03-02", "A01", "不合格", "通道堵", "")
    sheet = chief.confirm(chief.upload(other, kind="answer"))
    (row,) = chief.rows(sheet).values()
    assert (row.state, sorted(each["column"] for each in row.remarks)) == (
        RowState.CHANGED,
        ["answer", "note"],
    )
    chief.press("write", chief.press("choose", sheet, row=2, choice="update"))
    with station_scope(chief.actor.scope()):
        assert CheckedItem.objects.get(inspection=visit).answer == "fail"
        (corrected,) = AnswerCorrection.objects.all()
        assert (corrected.was_answer, corrected.note) == ("pass", "通道堵")
        assert CheckRecord.objects.get(inspection=visit).failed == ["A01"]


def test_nothing_is_added_that_the_checklist_of_the_inspection_did_not_ask(
    house: House, chief: Person
) -> None:
    visit = InspectionFactory(enterprise=house.enterprise, inspected_on=DAY, inspectors="李明、张伟")
    CheckRecordFactory(
        enterprise=house.enterprise, inspection=visit, lists=[{"kind": "ordinary", "number": 1}]
    )
    sections = shipped(ListKind.ORDINARY).stored()
    new = {"code": "Z01", "ask": "Sprinklers", "hazard": "No sprinklers"}
    sections[0]["questions"] = [*sections[0]["questions"], new]
    ChecklistFactory(bureau=house.city.bureau, kind="ordinary", number=2, sections=sections)
    sheet = HEAD + "".join(row_of(house, "2026-03-02", code, "合格", "", "") for code in ("A01", "Z01"))
    assert remarks(chief, sheet, "answer") == {
        2: (RowState.NEW, []),
        3: (RowState.REFUSED, [("not_asked", "项目代码")]),
    }


def test_what_sheets_answered_before_is_marked_so_that_officers_and_checklists_can_still_come(
    house: House, chief: Person
) -> None:
    """Only sheets have ever recorded answers without officers. Unmarked, such a record would take no further row that adds some."""
    by_form, by_sheet = (
        CheckRecordFactory(enterprise=house.enterprise, officers=officers)
        for officers in ([{"id": 1, "name": "李明", "police_number": "041201"}], [])
    )
    which = import_module("inspections.migrations.0027_answers_by_sheet").MARK.partition("WHERE")[2]
    with station_scope(chief.actor.scope()):
        marked = CheckRecord.objects.extra(where=[which])
        assert set(CheckRecord.objects.all()) == {by_form, by_sheet}
        assert list(marked) == [by_sheet]


def test_nothing_is_added_to_what_was_signed_meanwhile(house: House, chief: Person) -> None:
    visit = InspectionFactory(enterprise=house.enterprise, inspected_on=DAY, inspectors="李明、张伟")
    row = {"enterprise_id": house.enterprise.pk, "inspected_on": DAY, "code": "A01", "answer": "pass"}
    with station_scope(chief.actor.scope()):
        acts = Answers(chief.actor)
        acts.look_up([row])
        assert acts.standing(row).pk == 0
        SigningFactory(enterprise=house.enterprise, inspection=visit)
        with pytest.raises(Unfit, match="is_signed"):
            acts.act(row, None)
        assert not CheckedItem.objects.exists()


def test_what_is_corrected_while_a_sheet_is_written_counts_and_stays(house: House, chief: Person) -> None:
    visit = InspectionFactory(enterprise=house.enterprise, inspected_on=DAY, inspectors="李明、张伟")
    of = {"enterprise_id": house.enterprise.pk, "inspected_on": DAY}
    one, two, three = ({**of, "code": code, "answer": "pass"} for code in ("A01", "A02", "A03"))
    with station_scope(chief.actor.scope()):
        acts = Answers(chief.actor)
        acts.look_up([one])
        acts.act(one, None)
        acts.look_up([one, two, three])
        correct_answer(
            actor=chief.actor,
            id=visit.pk,
            version=None,
            code="A01",
            answer="fail",
            note="通道堵",
            reason="Mistyped",
        )
        acts.act(two, None)
        record = CheckRecord.objects.get(inspection=visit)
        assert (record.passed, record.failed) == (["A02"], ["A01"])
        acts.act({**one, "note": "Another note"}, ["answer"])
        item = CheckedItem.objects.get(inspection=visit, code="A01")
        assert (item.answer, item.note) == ("pass", "通道堵")
        void_inspection(actor=chief.actor, id=visit.pk, version=None, reason="Another firm")
        with pytest.raises(Unfit, match="no_inspection_of_day"):
            acts.act(three, None)


def codes_of(kind: ListKind, besides: set[str]) -> list[str]:
    """Return two codes that only this checklist asks."""
    return [each.code for each in shipped(kind).questions if each.code not in besides][:2]


@pytest.mark.parametrize("order", [1, -1])
def test_checklists_and_officers_follow_from_all_rows_in_whatever_parts_they_come(
    house: House, chief: Person, monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    monkeypatch.setattr(taking_over, "CHUNK", 2)
    visit = InspectionFactory(enterprise=house.enterprise, inspected_on=DAY, inspectors="李明、张伟")
    usual = {each.code for each in shipped(ListKind.ORDINARY).questions}
    rows = [
        *(row_of(house, "2026-03-02", code, "合格", "", "") for code in sorted(usual)[:2]),
        *(row_of(house, "2026-03-02", code, "合格", "", "") for code in codes_of(ListKind.DANGEROUS, usual)),
        row_of(house, "2026-03-02", sorted(usual)[2], "合格", "", "041201、041202"),
    ][::order]
    for part in (rows[:3], rows[3:]):  # two sheets, and the first in two parts
        assert {state for state, _told in remarks(chief, HEAD + "".join(part), "answer").values()} == {
            RowState.NEW
        }
        chief.press("write", chief.confirm(chief.upload(HEAD + "".join(part), kind="answer")))
    with station_scope(chief.actor.scope()):
        record = CheckRecord.objects.get(inspection=visit)
        assert record.lists == [{"kind": "ordinary", "number": 1}, {"kind": "dangerous", "number": 1}]
        assert [each["police_number"] for each in record.officers] == ["041201", "041202"]
        places = [each.code for each in CheckedItem.objects.filter(inspection=visit)]
        assert places == [*sorted(usual)[:3], *codes_of(ListKind.DANGEROUS, usual)]
        assert record.passed == places
    again = remarks(chief, HEAD + "".join(rows[::-1]), "answer")
    assert {state for state, _told in again.values()} == {RowState.SAME}
    others = HEAD + row_of(house, "2026-03-02", sorted(usual)[0], "合格", "", "041201、041203")
    UserFactory(full_name="王刚", police_number="041203")
    assert remarks(chief, others, "answer")[2][0] == RowState.REFUSED


def test_officers_of_one_name_stay_two(house: House, chief: Person) -> None:
    for number in ("041203", "041204"):
        user = UserFactory(full_name="王刚", police_number=number)
        RoleGrantFactory(user=user, role=Role.OFFICER, station=house.city.first)
    head = "单位名称,检查日期,检查人员\n"
    rows = head + row_of(house, "2026-03-02", "041203、041204")
    chief.press("write", chief.confirm(chief.upload(rows, kind="inspection")))
    with station_scope(chief.actor.scope()):
        visit = Inspection.objects.get()
    assert visit.inspectors == "王刚（041203）、王刚（041204）"
    assert remarks(chief, rows, "inspection") == {2: (RowState.SAME, [])}
    twice = head + row_of(house, "2026-03-09", "王刚、王刚")
    assert remarks(chief, twice, "inspection") == {2: (RowState.NEW, [("implausible", "检查人员")])}
    answer = HEAD + row_of(house, "2026-03-02", "A01", "合格", "", "041203、041204")
    assert remarks(chief, answer, "answer") == {2: (RowState.NEW, [])}

    posts = "单位名称,民警\n" + ",".join((house.enterprise.name, "王刚")) + "\n"
    assert remarks(chief, posts, "liaison") == {2: (RowState.REFUSED, [("several_officers", "民警")])}
    numbered = posts.replace("王刚", "041204")
    chief.press("write", chief.confirm(chief.upload(numbered, kind="liaison")))
    with station_scope(chief.actor.scope()):
        assert Liaison.objects.get(enterprise=house.enterprise).officer.police_number == "041204"
    assert remarks(chief, posts.replace("王刚", "王刚(041204)"), "liaison") == {2: (RowState.SAME, [])}
