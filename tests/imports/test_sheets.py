"""Sheets taken over by page: read, confirmed, checked, mended, written once."""

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from enterprises.models import Enterprise
from foundation.contributions.sheets import targets
from foundation.tenancy.scope import station_scope
from imports.choices import RowState, UploadState
from imports.models import Import, ImportedRecord, Upload, UploadRow
from imports.operations import mending, taking_over, uploads
from imports.operations.run import Busy
from imports.proposing import propose
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import EnterpriseFactory
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]
REGISTER = (
    "企业登记表,,,,\n"
    "单位名称,统一社会信用代码,地址,法定代表人及电话,登记日期\n"
    "清河机械厂,91110108551385082Q,学院路1号,张建国 13800000731,2020年3月5日\n"
    "北岸物流园,9.15105E+17,北岸路5号,李桂芳 13900000205,2021.11\n"
    "老灶火锅店,,站前街31号,王海 13700000298,20190418\n"
    "合计,3,,,\n"
    "制表人：王姐,,,,\n"
)


@pytest.fixture
def chief(house: House) -> Person:
    return Person(house, "chief")


def cells_of(content: bytes) -> list[list[Any]]:
    """Return the cells of the first sheet of a workbook."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def workbook(lines: list[list[Any]]) -> bytes:
    """Return a workbook with these cells."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet()
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    return made.getvalue()


def enterprises(person: Person) -> dict[str, Enterprise]:
    with station_scope(person.actor.scope()):
        return {each.name: each for each in Enterprise.objects.all()}


def test_a_messy_register_is_read_mended_and_written(chief: Person) -> None:
    sheet = chief.upload(REGISTER.encode("gb18030"))
    assert sheet.state == UploadState.COLUMNS, sheet.failure
    assert sheet.layout["header_rows"] == [2]
    assert sheet.total == 3
    assert "清河机械厂" in chief.page(sheet).content.decode()

    sheet = chief.confirm(sheet, 登记日期="registered_on")
    assert sheet.state == UploadState.READY, sheet.failure
    rows = chief.rows(sheet)
    states = {number: row.state for number, row in rows.items()}
    assert states == {
        3: RowState.NEW,
        4: RowState.REFUSED,
        5: RowState.NEW,
        6: RowState.LEFT_OUT,
        7: RowState.LEFT_OUT,
    }
    assert {each["column"] for each in rows[4].remarks} == {"统一社会信用代码", "登记日期"}  # all at once
    assert enterprises(chief).keys() == {"Qinghe Foundry"}  # nothing is written yet

    assert "9.15105E+17" in chief.page(sheet).content.decode()
    sheet = chief.press("mend", sheet, **{"cell-4-1": "", "cell-4-4": "2021-11-01"})
    assert chief.rows(sheet)[4].state == RowState.NEW

    sheet = chief.press("write", sheet)
    assert sheet.state == UploadState.READY
    assert sheet.counts[RowState.WRITTEN] == 3
    found = enterprises(chief)
    assert found["清河机械厂"].phone == "13800000731"
    assert found["清河机械厂"].legal_representative == "张建国"
    assert str(found["北岸物流园"].registered_on) == "2021-11-01"
    with station_scope(chief.actor.scope()):
        run = Import.objects.get()
        rows_of = {each.object_id: each.row for each in ImportedRecord.objects.filter(run=run)}
    page = chief.client.get(f"/file/{found['北岸物流园'].pk}/log/").content.decode()
    assert "row 4 of “list.csv”" in page
    assert rows_of == {found["清河机械厂"].pk: 3, found["北岸物流园"].pk: 4, found["老灶火锅店"].pk: 5}


def test_the_same_file_again_changes_nothing_and_asks_about_twins(chief: Person) -> None:
    sheet = chief.confirm(chief.upload(REGISTER), 登记日期="registered_on")
    chief.press("write", sheet)
    again = chief.confirm(chief.upload(REGISTER), 登记日期="registered_on")
    states = {number: row.state for number, row in chief.rows(again).items()}
    assert states[3] == RowState.SAME  # by its code
    assert states[5] == RowState.DOUBTFUL  # by its name alone: a person decides
    assert again.counts[RowState.NEW] == 0
    assert "老灶火锅店" in chief.page(again, "?tab=doubtful").content.decode()

    again = chief.press("choose", again, row=5, choice="is_same")
    assert chief.rows(again)[5].state == RowState.SAME
    other = chief.press("choose", again, row=5, choice="")
    assert len(enterprises(chief)) == 3
    assert other.counts[RowState.NEW] == 0


def test_a_change_is_written_only_if_chosen(chief: Person) -> None:
    chief.press("write", chief.confirm(chief.upload(REGISTER), 登记日期="registered_on"))
    changed = chief.confirm(
        chief.upload(REGISTER.replace("学院路1号", "学院路9号")), 登记日期="registered_on"
    )
    assert chief.rows(changed)[3].state == RowState.CHANGED
    assert "学院路9号" in chief.page(changed, "?tab=changed").content.decode()
    changed = chief.press("choose", changed, row=3, choice="update")
    chief.press("write", changed)
    assert enterprises(chief)["清河机械厂"].address == "学院路9号"


def test_single_fields_of_a_change_are_chosen(chief: Person) -> None:
    chief.press("write", chief.confirm(chief.upload(REGISTER), 登记日期="registered_on"))
    text = REGISTER.replace("学院路1号", "学院路9号").replace("张建国", "赵明")
    sheet = chief.confirm(chief.upload(text), 登记日期="registered_on")
    page = chief.page(sheet, "?tab=changed").content.decode()
    assert 'name="field" value="legal_representative" checked' in page
    differs = ["address", "legal_representative"]
    chief.press("choose", sheet, row=3, choice="update", differs=differs)
    assert chief.rows(sheet)[3].choice == ""  # none is ticked
    sheet = chief.press("choose", sheet, row=3, choice="update", differs=differs, field=["address"])
    page = chief.page(sheet, "?tab=changed").content.decode()
    assert 'name="field" value="address" checked' in page
    assert 'name="field" value="legal_representative" checked' not in page
    sheet = chief.press("write", chief.press("check", sheet))
    assert chief.rows(sheet)[3].state == RowState.WRITTEN
    found = enterprises(chief)["清河机械厂"]
    assert (found.address, found.legal_representative) == ("学院路9号", "张建国")


def test_a_killed_worker_writes_once(chief: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = chief.confirm(chief.upload(REGISTER), 登记日期="registered_on")

    def die(*_args: object, **_options: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(taking_over, "_keep", die)  # after the records, before the end
        with pytest.raises(SystemExit):
            chief.press("write", sheet)
    assert len(enterprises(chief)) == 1
    with station_scope(chief.actor.scope()):
        Upload.objects.update(leased_until=None)
    chief.work(sheet.pk)
    chief.work(sheet.pk)
    assert len(enterprises(chief)) == 3


def test_a_supervisor_names_the_station_of_each_row(house: House) -> None:
    supervisor = Person(house, "supervisor")
    stations = f"{house.city.first.name}", f"{house.city.second.code}", "Nowhere"
    content = "name,police station\n" + "".join(f"Firm {n},{name}\n" for n, name in enumerate(stations))
    sheet = supervisor.confirm(supervisor.upload(content), **{"police station": "station"})
    rows = supervisor.rows(sheet)
    assert [rows[number].state for number in (2, 3, 4)] == [RowState.NEW, RowState.NEW, RowState.REFUSED]


def test_a_chief_learns_that_another_station_has_the_code(house: House) -> None:
    first, second = Person(house, "chief"), Person(house, "chief_second")
    first.press("write", first.confirm(first.upload(REGISTER), 登记日期="registered_on"))
    sheet = second.confirm(second.upload(REGISTER), 登记日期="registered_on")
    row = second.rows(sheet)[3]
    assert row.state == RowState.REFUSED
    assert row.remarks[-1]["code"] == "elsewhere"
    assert second.rows(sheet)[5].state == RowState.NEW  # a name may exist twice in a bureau


def test_facts_without_a_number_are_known_again(chief: Person) -> None:
    content = (
        "被检查单位,检查日期,检查类型,检查结果\n"
        "Qinghe Foundry,2026-03-02,,合格\nQinghe Foundry,2026-03-02,,合格\nNobody,2026-03-02,,合格\n"
    )
    sheet = chief.confirm(chief.upload(content, kind="inspection"))
    states = {number: row.state for number, row in chief.rows(sheet).items()}
    assert states == {2: RowState.NEW, 3: RowState.NEW, 4: RowState.REFUSED}
    chief.press("write", sheet)
    again = chief.confirm(chief.upload(content, kind="inspection"))
    states = {number: row.state for number, row in chief.rows(again).items()}
    assert states == {2: RowState.SAME, 3: RowState.SAME, 4: RowState.REFUSED}


def test_values_of_a_list_are_chosen_by_their_words(chief: Person) -> None:
    content = "被检查单位,检查日期,检查结果\nQinghe Foundry,2026-03-02,基本合格\n"
    page = chief.page(chief.upload(content, kind="inspection")).content.decode()
    assert '<option value="qualified" selected>Qualified</option>' in page
    assert "↳ Qualified" in page


@pytest.mark.parametrize("name", ["清河(机械)厂", "清河（机械）厂", "清河 （机械）厂"])
def test_an_enterprise_is_found_by_its_name_with_brackets_of_either_width(chief: Person, name: str) -> None:
    stored = "清河 （机械）厂" if " " in name else "清河（机械）厂"
    EnterpriseFactory(station=chief.house.city.first, name=stored)
    sheet = chief.confirm(chief.upload(f"被检查单位,检查日期\n{name},2026-03-02\n", kind="inspection"))
    assert [row.state for row in chief.rows(sheet).values()] == [RowState.NEW]


def test_rows_with_faults_are_mended_in_a_spreadsheet_and_come_back(chief: Person) -> None:
    sheet = chief.confirm(chief.upload(REGISTER), 登记日期="registered_on")
    answer = chief.client.get(reverse("imports:sheet_faults", args=[sheet.pk]))
    lines = cells_of(answer.content)
    assert lines[0][1:] == sheet.header
    assert lines[1][0] == 4
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert "9.15105E+17" in book.read("xl/comments1.xml").decode()
    lines[1][2], lines[1][5] = "", "2021-11-01"
    mended = workbook(lines)
    url = reverse("imports:sheet_mended", args=[sheet.pk])
    posted = {"acting": chief.actor.grant_id, "file": SimpleUploadedFile("mended.xlsx", mended)}
    assert chief.client.post(url, posted).status_code == 302
    sheet = chief.work(sheet.pk)
    assert chief.rows(sheet)[4].state == RowState.NEW

    posted["file"] = SimpleUploadedFile("other.csv", b"a,b\n1,2\n")
    assert chief.client.post(url, posted).status_code == 422


def test_a_workbook_of_more_rows_than_are_read_is_not_cut_in_silence(
    chief: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = chief.confirm(
        chief.upload("单位名称,登记日期\n甲店,2021年\n乙店,2022年\n"), 登记日期="registered_on"
    )
    lines = cells_of(chief.client.get(reverse("imports:sheet_faults", args=[sheet.pk])).content)
    lines[1][2] = lines[2][2] = "2021-01-01"
    monkeypatch.setattr(mending, "MOST_ROWS", 1)
    posted = {"acting": chief.actor.grant_id, "file": SimpleUploadedFile("m.xlsx", workbook(lines))}
    answer = chief.client.post(reverse("imports:sheet_mended", args=[sheet.pk]), posted, follow=True)
    assert "Only the first 1 rows of the workbook were read." in answer.content.decode()
    chief.work(sheet.pk)
    assert [row.state for row in chief.rows(sheet).values()] == [RowState.NEW, RowState.REFUSED]


def test_all_rows_of_a_cause_take_what_is_proposed(chief: Person) -> None:
    lines = "".join(f"商户{n},2021年{n}月\n" for n in range(1, 8))
    sheet = chief.confirm(chief.upload("单位名称,登记日期\n" + lines), 登记日期="registered_on")
    assert sheet.counts[RowState.REFUSED] == 7
    position = sheet.header.index("登记日期")
    sheet = chief.press("mend", sheet, column=position, cause="month_only", proposals="1")
    assert sheet.counts[RowState.NEW] == 7
    assert chief.rows(sheet)[2].mended == {str(position): "2021-01-01"}


@pytest.mark.parametrize("kind", [target.code for target in targets])
def test_a_template_comes_in_as_it_is(house: House, kind: str) -> None:
    person = next(  # whoever may bring this kind
        each
        for each in (Person(house, "chief"), Person(house, "supervisor"))
        if kind in uploads.kinds_for(each.actor)
    )
    answer = person.client.get(reverse("imports:template", args=[kind]))
    labels = [str(each) for each in cells_of(answer.content)[0]]
    columns = propose(targets[kind], labels, [])
    assert all(column.settled and column.becomes for column in columns), columns
    assert person.client.get("/imports/sheets/templates/nothing/").status_code == 404


def test_officers_take_nothing_over_and_nobody_sees_a_foreign_sheet(house: House, chief: Person) -> None:
    sheet = chief.upload(REGISTER)
    assert Person(house, "officer").client.get(reverse("imports:sheets")).status_code == 403
    for other in ("chief_second", "supervisor"):
        client = Person(house, other).client
        for name in ("sheet", "sheet_progress", "sheet_faults", "sheet_profile", "sheet_mended"):
            assert client.get(reverse(f"imports:{name}", args=[sheet.pk])).status_code == 404
        for name in ("layout", "columns", "check", "mend", "choose", "write", "undo", "delete"):
            assert client.post(reverse(f"imports:sheet_{name}", args=[sheet.pk])).status_code == 404


def test_the_sheet_is_deleted_and_what_was_written_stays(chief: Person) -> None:
    sheet = chief.press("write", chief.confirm(chief.upload(REGISTER), 登记日期="registered_on"))
    chief.client.post(reverse("imports:sheet_delete", args=[sheet.pk]), {"acting": chief.actor.grant_id})
    with station_scope(chief.actor.scope()):
        assert not Upload.objects.exists()
    assert len(enterprises(chief)) == 3


def test_a_sheet_waits_for_another_import(chief: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = chief.upload(REGISTER)

    def busy(*_args: object) -> None:
        raise Busy("another one")

    with monkeypatch.context() as patched:
        patched.setattr(taking_over, "lock_imports", busy)
        waiting = chief.confirm(sheet, 登记日期="registered_on")
        assert (waiting.state, waiting.attempts, waiting.leased_until) == (UploadState.CHECKING, 0, None)
        assert waiting.pk in uploads.unfinished_in(chief.actor.bureau_id)
    sheet = chief.work(sheet.pk)
    assert sheet.state == UploadState.READY

    with monkeypatch.context() as patched:  # a cell mended meanwhile is checked by a worker
        patched.setattr(taking_over, "lock_imports", busy)
        sheet = chief.press("mend", sheet, **{"cell-4-1": "", "cell-4-4": "2021-11-01"})
        assert sheet.state == UploadState.CHECKING
    chief.work(sheet.pk)
    assert chief.rows(sheet)[4].state == RowState.NEW


def test_many_mended_cells_are_one_act(chief: Person, django_assert_max_num_queries: Any) -> None:
    """A form has up to 2,000 of them, a workbook of mended rows a hundred thousand."""
    sheet = chief.confirm(chief.upload(REGISTER), 登记日期="registered_on")
    cells = {number: {place: f"x{place}" for place in range(5)} for number in (3, 4, 5)}
    with station_scope(chief.actor.scope()):
        with django_assert_max_num_queries(5):  # two are the savepoint's
            uploads.mend(actor=chief.actor, upload_id=sheet.pk, cells=cells)
        assert sheet.rows.get(number=5).current(5) == [f"x{place}" for place in range(5)]
    assert mending.most_rows(Upload(header=["x"] * 200)) * 200 <= mending.MOST_CELLS


def test_a_page_with_many_rows_with_faults_reads_few_of_them_whole(
    chief: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"厂{number},XX{number}\n" for number in range(40))
    sheet = chief.confirm(chief.upload("单位名称,统一社会信用代码\n" + rows))
    assert sheet.counts[RowState.REFUSED] == 40
    read: list[int] = []
    current = UploadRow.current
    monkeypatch.setattr(UploadRow, "current", lambda row, width: read.append(1) or current(row, width))
    page = chief.page(sheet)
    assert page.context["preview"].causes[0].count == 40
    assert len(read) == 5
