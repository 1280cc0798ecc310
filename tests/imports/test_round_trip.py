"""A list that was taken away comes in again without a difference, whatever its records say."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.urls import reverse

from enterprises.models import Enterprise
from facts.four_eyes import refusal
from facts.staff.pages import kinds
from foundation.accounts.actors import system_actor
from foundation.contributions.sheets import Target, number_of, targets
from foundation.inbox.models import Notification
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from imports.models import Upload
from imports.operations import run_import
from imports.profile_reading import load
from imports.remarks import Report
from imports.taken_away import fields_of
from inspections.models import Hazard
from tests.accounts.conftest import House, house, quick_passwords
from tests.exports.reading import taken
from tests.factories import EnterpriseFactory, HazardFactory, factory_of
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
LISTED = [target for target in targets if target.listed]
# what spreadsheets and readers of sheets make something else of
TEXTS = (
    *("=1+1", "-5", "'=1+1", "@home", "＝A1", '="001"', "007", "1.23E+17", "#N/A", "/", "–", "3,5", "合计"),
    *("two  blanks", "two\nlines", "138****1234", "张*", "备注：无", "x" * 120, "是", "2024.3.5"),
)


def test_every_record_has_such_a_list() -> None:
    assert [target for target in targets if not target.listed] == [
        target for target in targets if target.acts
    ]


def page_of(target: Target) -> str:
    """Return the address of the list of all records of a kind."""
    if target.model is Enterprise:
        return reverse("enterprises:list")
    pages = next(kind for kind in kinds if kind.model is target.model)()
    return pages.url("list") + ("?state=all" if target.model is Hazard else "")


def taken_by(house: House, name: str, target: Target, kind: str, language: str = "en") -> bytes:
    """Return the list that a person takes away."""
    client = house.client(name)
    client.cookies["anqi_language"] = language
    answer = taken(client, page_of(target), kind)
    assert answer.status_code == 200
    return answer.content


def fill(house: House, target: Target) -> list[Any]:
    """Record one of a kind for each hostile text and each choice, and a plain one without anything."""
    factory = factory_of(target.model)
    where = {"station": house.city.first} if target.model is Enterprise else {"enterprise": house.enterprise}
    fields = {each.name: each for name in target.listed if (each := target.fields.get(name))}
    made = [factory(**where)]
    for text in TEXTS:
        values = {
            name: text[: each.max_length]
            for name, each in fields.items()
            if each.get_internal_type() in ("CharField", "TextField") and not each.choices
        }
        made.append(factory(**where, **values))
    for name, each in fields.items():
        for value, _label in each.choices or ():
            made.append(factory(**where, **{name: value}))
        if each.null and isinstance(each, models.BooleanField):
            made += [factory(**where, **{name: value}) for value in (True, False, None)]
        if isinstance(each, models.IntegerField):
            made.append(factory(**where, **{name: 0}))
    return made


def brought_back(person: Person, target: Target, content: bytes, kind: str) -> Upload:
    """Upload a list and confirm what is proposed."""
    sheet = person.upload(content, kind=target.code, name=f"list.{kind}")
    assert all(column["settled"] for column in sheet.columns), sheet.columns
    return person.confirm(sheet)


CASES = [
    pytest.param(target.code, kind, who, id=f"{target.code}-{kind}-{who}", marks=marks)
    for target in LISTED
    for kind, who, marks in (
        ("xlsx", "officer", []),
        ("csv", "chief", []),
        ("xlsx", "supervisor", [pytest.mark.drill]),
        ("csv", "officer", [pytest.mark.drill]),
    )
]


@pytest.mark.parametrize(("code", "kind", "who"), CASES)
def test_a_list_comes_in_again_without_a_difference(house: House, code: str, kind: str, who: str) -> None:
    target = targets[code]
    made = fill(house, target)
    content = taken_by(house, who, target, kind, language="zh-hans" if kind == "csv" else "en")
    person = Person(house, "supervisor" if who == "supervisor" else "chief")
    sheet = brought_back(person, target, content, kind)
    told = {
        number: (row.cells, row.remarks) for number, row in person.rows(sheet).items() if row.state != "same"
    }
    assert told == {}
    assert sheet.counts[RowState.SAME] >= len(made)


@pytest.mark.parametrize("code", [target.code for target in LISTED])
def test_each_column_that_is_compared_is_one_of_the_list(house: House, code: str) -> None:
    target = targets[code]
    content = taken_by(house, "supervisor", target, "csv").decode("utf-8-sig")
    header = [each.strip('"').casefold().replace(" ", "") for each in content.splitlines()[0].split(",")]
    fields = fields_of(target)
    assert {fields[each] for each in header if each in fields} == {"record", *target.listed}


def changed(content: bytes, was: str, becomes: str) -> bytes:
    text = content.decode("utf-8-sig")
    assert was in text
    return text.replace(was, becomes).encode("utf-8-sig")


def test_what_was_changed_in_it_is_a_difference(house: House) -> None:
    hazard = HazardFactory(enterprise=house.enterprise, item="Blocked exit", place="")
    content = changed(taken_by(house, "officer", targets["hazard"], "csv"), "Blocked exit", "Locked exit")
    chief = Person(house, "chief")
    sheet = brought_back(chief, targets["hazard"], content, "csv")
    (row,) = chief.rows(sheet).values()
    assert (row.state, [each["column"] for each in row.remarks]) == (RowState.CHANGED, ["item"])
    sheet = chief.press("choose", sheet, row=row.number, choice="update")
    chief.press("write", sheet)
    with station_scope(chief.actor.scope()):
        assert Hazard.objects.get(pk=hazard.pk).item == "Locked exit"
        told = Notification.objects.get(code="import.sheet_written")
    assert (
        reverse("accounts:inbox_open", args=[told.pk]) in chief.client.get("/people/inbox/").content.decode()
    )
    opened = chief.client.get(reverse("accounts:inbox_open", args=[told.pk]))
    assert opened.url == reverse("imports:sheet", args=[sheet.pk])


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ("hazard-{0}", "hazard-99999999", "no_such_record"),
        ("hazard-{0}", "inspection-{0}", "no_such_record"),
        ("Qinghe Foundry", "Another firm", "other_enterprise"),
        ("2026-02-10", "2099-02-10", "invalid"),
        ("Blocked exit", "", "required"),
    ],
)
def test_what_cannot_be_is_refused_at_its_cell(house: House, was: str, becomes: str, code: str) -> None:
    found = HazardFactory(enterprise=house.enterprise, item="Blocked exit", found_on=dt.date(2026, 2, 10)).pk
    content = taken_by(house, "officer", targets["hazard"], "csv")
    chief = Person(house, "chief")
    content = changed(content, was.format(found), becomes.format(found))
    sheet = brought_back(chief, targets["hazard"], content, "csv")
    (row,) = chief.rows(sheet).values()
    assert (row.state, row.remarks[0]["code"]) == (RowState.REFUSED, code)


def test_a_record_of_another_station_is_none_of_the_own(house: House) -> None:
    other = EnterpriseFactory(station=house.city.second, name="Elsewhere")
    content = taken_by(house, "chief", targets["enterprise"], "csv")
    mine = number_of(targets["enterprise"], house.enterprise.pk)
    content = changed(content, mine, number_of(targets["enterprise"], other.pk))
    chief = Person(house, "chief")
    sheet = brought_back(chief, targets["enterprise"], content, "csv")
    assert [row.state for row in chief.rows(sheet).values()] == [RowState.REFUSED]


MASKED = "单位名称,统一社会信用代码,法定代表人,联系电话\n清河机械厂,91110108551385082Q,张*,138****1234\n"


def test_masked_cells_are_left_as_they_are(house: House) -> None:
    firm = EnterpriseFactory(
        station=house.city.first,
        name="清河机械厂",
        credit_code="91110108551385082Q",
        legal_representative="张建国",
        phone="13800001234",
    )
    chief = Person(house, "chief")
    sheet = chief.confirm(chief.upload(MASKED))
    assert [row.state for row in chief.rows(sheet).values()] == [RowState.SAME]
    new = chief.confirm(chief.upload(MASKED.replace("91110108551385082Q", "").replace("清河", "青河")))
    (row,) = chief.rows(new).values()
    assert (row.state, {each["code"] for each in row.remarks}) == (RowState.NEW, {"masked"})
    chief.press("write", new)
    with station_scope(chief.actor.scope()):
        written = Enterprise.objects.exclude(pk=firm.pk).get(name="青河机械厂")
        assert (written.phone, written.legal_representative) == ("", "")


def test_the_command_reads_the_same_list_with_the_profile_of_the_page(house: House, tmp_path: Path) -> None:
    target = targets["hazard"]
    made = fill(house, target)
    content = taken_by(house, "chief", target, "csv")
    chief = Person(house, "chief")
    sheet = brought_back(chief, target, content, "csv")
    profile = chief.client.get(reverse("imports:sheet_profile", args=[sheet.pk])).content
    (tmp_path / "own.toml").write_bytes(profile)
    (tmp_path / "sheet").write_bytes(content)
    result = run_import(
        actor=system_actor(bureau_id=0),
        profile=load(str(tmp_path / "own.toml")),
        folder=tmp_path,
        bureau_code=house.city.bureau.code,
        report=Report(None),
    )
    (tally,) = result.tallies
    assert (tally.rows, tally.already) == (len(made), len(made)), tally


@pytest.mark.parametrize(
    ("code", "row", "changed", "columns"),
    [
        ("hazard", {"item": "Wire", "found_on": "2026-03-02"}, {"closed_on": "2026-03-20"}, ["closed_on"]),
        (
            "hazard",
            {"item": "Wire", "found_on": "2026-03-02", "due_on": "2026-03-10"},
            {"due_on": "2026-03-31"},
            ["due_on"],
        ),
        (
            "hazard",
            {"item": "Wire", "found_on": "2026-03-02", "found_by": "Full chief, Somebody Else"},
            {"found_by": "Somebody Else"},
            ["found_by"],
        ),
        ("dispute", {"opened_on": "2026-03-02"}, {"settled_on": "2026-03-20"}, ["settled_on"]),
        ("incident", {"occurred_on": "2026-03-02"}, {"verified_on": "2026-03-20"}, ["verified_on"]),
    ],
)
def test_nobody_decides_by_a_sheet_about_what_they_reported(
    house: House, code: str, row: dict[str, str], changed: dict[str, str], columns: list[str]
) -> None:
    """As by page; a colleague does so, and anything else of the record is changed as before."""
    target = targets[code]
    chief, colleague = Person(house, "chief"), Person(house, "supervisor")
    own = factory_of(target.model)(
        enterprise=house.enterprise, recorded_by_id=chief.actor.user_id, note="as typed", **row
    )
    header, cells = (
        ",".join(["Number in Anqi", *changed]),
        ",".join([number_of(target, own.pk), *(f'"{each}"' for each in changed.values())]),
    )

    def sheet_of(person: Person, more: str = "", value: str = "") -> Any:
        sheet = person.upload(f"{header}{more}\n{cells}{value}\n", kind=code)
        sheet = person.confirm(
            sheet, **{name: name for name in changed}, **({"remark": "note"} if more else {})
        )
        (found,) = person.rows(sheet).values()
        return found

    refused = sheet_of(chief)
    assert refused.state == RowState.REFUSED
    assert [(each["code"], each["column"]) for each in refused.remarks] == [
        ("not_yours", name) for name in columns
    ]
    assert "yourself" in refused.remarks[0]["values"]["why"]["en"]
    assert sheet_of(colleague).state == RowState.CHANGED
    header, cells = "Number in Anqi", number_of(target, own.pk)
    changed = {}
    assert sheet_of(chief, ",remark", ",corrected").state == RowState.CHANGED


def test_a_new_row_of_a_sheet_is_its_persons_report(house: House) -> None:
    """Who brings it decides nothing of it: neither in the sheet, if it names them, nor afterwards."""
    chief = Person(house, "chief")
    columns = {"name": "enterprise.name", "item": "item", "found_on": "found_on", "found_by": "found_by"}
    head, row = "name,item,found_on,found_by", f"{house.enterprise.name},Wire,2026-03-02"
    own = chief.upload(f"{head},closed_on\n{row},{chief.actor.name},2026-03-20\n", kind="hazard")
    (refused,) = chief.rows(chief.confirm(own, **columns, closed_on="closed_on")).values()
    assert [(each["code"], each["column"]) for each in refused.remarks] == [("not_yours", "closed_on")]
    sheet = chief.confirm(chief.upload(f"{head}\n{row},\n", kind="hazard"), **columns)
    chief.press("write", sheet)
    with station_scope(chief.actor.scope()):
        hazard = Hazard.objects.get(item="Wire")
        assert hazard.recorded_by_id == chief.actor.user_id
        assert refusal(chief.actor, hazard)
