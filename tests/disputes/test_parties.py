"""The parties of a dispute: entered, corrected, taken off, opened; whom the same person stands for."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from stdnum.cn import ric

from disputes.models import Dispute, Party
from disputes.people import parties
from disputes.people.masking import masked, masked_name, masked_page, masked_phone
from disputes.people.selectors import disputes_of_person
from foundation.accounts.access import NotAllowed
from foundation.sealing import blind_index, blind_indexes
from tests.factories import DisputeFactory, EnterpriseFactory, PartyFactory
from tests.facts.people import ago, chief, fresh, log, manager, officer, rows, supervisor
from tests.fixtures import City, scope_of
from tests.sheets import xlsx

pytestmark = pytest.mark.django_db


def identity(born_on: str = "19880412", number: int = 1) -> str:
    """Return an identity number of somebody born on a day, with the right check digit."""
    stem = f"510302{born_on}{number:03d}"
    return stem + ric.calc_check_digit(stem + "0")


@pytest.fixture
def dispute(city: City) -> Dispute:
    return DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=ago(9))


def typed(**more: Any) -> dict[str, Any]:
    return {
        "side": "applicant",
        "role": "worker",
        "name": "陈建国",
        "identity": identity(),
        "phone": "138 0000 0731",
    } | more


def test_a_person_is_sealed_masked_and_opened_with_a_reason(city: City, dispute: Dispute) -> None:
    person = officer(city.first)
    assert person.post("disputes:party_add", dispute.pk, **typed()).status_code == 302
    (party,) = rows(Party, city.first)
    stored = repr(vars(party))
    assert not [each for each in ("陈建国", identity(), "0731") if each in stored]
    page = person.get("disputes:detail", dispute.pk).content.decode()
    assert "陈**" in page
    assert "138****0731" in page
    assert "陈建国" not in page
    for none in ("", "x", "哈哈"):  # a right that is logged with its reason
        assert person.post("disputes:party_open", dispute.pk, party.pk, reason=none).status_code == 422
    assert person.post("disputes:party_open", dispute.pk, party.pk, reason="陈 建国 来电").status_code == 422
    answer = person.post("disputes:party_open", dispute.pk, party.pk, reason="Checked against the card")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert {"陈建国", identity()} <= set(answer.content.decode().replace("<", " ").replace(">", " ").split())
    entries = log(city.first)
    assert [each.action for each in entries] == ["dispute.party_added", "dispute.party_opened"]
    assert entries[1].reason == "Checked against the card"
    assert entries[1].after == {"party": 1}


def test_opening_is_a_right_of_its_own(city: City, dispute: Dispute) -> None:
    party = PartyFactory(enterprise=dispute.enterprise, dispute=dispute)
    for who in (chief(city.first), supervisor(city.bureau)):
        assert who.post("disputes:party_open", dispute.pk, party.pk, reason="Card seen").status_code == 200
    for who in (manager(dispute.enterprise), officer(city.second)):
        assert who.post("disputes:party_open", dispute.pk, party.pk, reason="Card seen").status_code in (
            403,
            404,
        )
        with (
            pytest.raises(NotAllowed)
            if who.actor.is_enterprise
            else pytest.raises(Exception, match="no dispute")
        ):
            who.act(parties.void_party, dispute_id=dispute.pk, party_id=party.pk, reason="Not here")


def test_the_same_person_stands_once_and_on_one_side(city: City, dispute: Dispute) -> None:
    person = officer(city.first)
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=typed())
    by_number = person.post(
        "disputes:party_add", dispute.pk, **typed(name="陈某", phone="", side="respondent")
    )
    assert by_number.status_code == 422
    assert "Nobody stands on both" in by_number.context["form"].errors["identity"][0]
    without = typed(identity="", phone="+86 13800000731", name="陈 建国")
    again = person.post("disputes:party_add", dispute.pk, **without)
    assert again.status_code == 422
    assert "on this side" in again.context["form"].errors["name"][0]
    body = {"side": "respondent", "role": "employer", "name": "清河二建"}
    added = person.post("disputes:party_add", dispute.pk, query="?kind=body", **body)
    assert added.status_code == 302
    twice = person.post("disputes:party_add", dispute.pk, query="?kind=body", **body | {"side": "third"})
    assert list(twice.context["form"].errors) == ["name"]
    assert len(rows(Party, city.first)) == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"identity": identity()[:-1] + ("0" if identity()[-1] != "0" else "1")}, "identity"),
        ({"identity": "12345"}, "identity"),
        ({"phone": "tomorrow"}, "phone"),
        ({"identity": identity("20150101")}, "guardian"),
        (
            {
                "identity": identity("20150101"),
                "guardian": "陈小",
                "guardian_identity": identity("20120101", 7),
            },
            "guardian_identity",
        ),
        ({"guardian": "陈父"}, "guardian_identity"),
        ({"role": "suspect", "representative": "吴律师"}, "representative"),
        ({"own_income": "on"}, "own_income"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    more: dict[str, Any], field: str, city: City, dispute: Dispute
) -> None:
    answer = officer(city.first).post("disputes:party_add", dispute.pk, **typed(**more))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "陈建国" in answer.content.decode(), "nothing typed is lost"
    assert rows(Party, city.first) == []


def test_a_correction_replaces_and_keeps_what_was_left_empty(city: City, dispute: Dispute) -> None:
    old = PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=typed())
    person = officer(city.first)
    page = person.get("disputes:party_correct", dispute.pk, old.pk).content.decode()
    assert "陈建国" not in page
    assert identity() not in page
    sent = {"side": "applicant", "role": "worker", "phone": "13900001111", "reason": "Wrong telephone"}
    assert person.post("disputes:party_correct", dispute.pk, old.pk, **sent).status_code == 302
    was, now = rows(Party, city.first)
    assert (was.voided_at is not None, was.void_reason, now.replaces_id) == (True, "Wrong telephone", was.pk)
    assert (now.name, now.identity, now.phone, now.number) == (
        "陈建国",
        identity(),
        "13900001111",
        old.number,
    )
    late = person.post("disputes:party_void", dispute.pk, old.pk, reason="Not involved")
    assert late.status_code == 422
    assert person.post("disputes:party_void", dispute.pk, now.pk, reason="Not involved").status_code == 302
    assert fresh(now).voided_by == person.user.full_name


def test_a_title_names_no_party(city: City, dispute: Dispute) -> None:
    person = officer(city.first)
    named = DisputeFactory(enterprise=dispute.enterprise, opened_on=ago(9), summary="陈建国讨薪")
    refused = person.post("disputes:party_add", named.pk, **typed())
    assert list(refused.context["form"].errors) == ["name"]
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=typed())
    data = {"version": 1, "kind": "wages", "opened_on": ago(9), "reason": "Better words"}
    for summary in ("陈建国讨薪", "工资，电话13800000731", f"工资 {identity()}"):
        answer = person.post("disputes:correct", dispute.pk, summary=summary, **data)
        assert list(answer.context["form"].errors) == ["summary"], summary
    assert person.post("disputes:correct", dispute.pk, summary="讨薪", **data).status_code == 302
    assert person.post("disputes:settle", named.pk, version=1, settled_on=ago(0)).status_code == 302, (
        "old ones stay valid"
    )


def test_own_words_are_masked_where_they_are_shown(city: City, dispute: Dispute) -> None:
    person = officer(city.first)
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=typed())
    words = f"陈建国说：我的电话是13800000731，身份证{identity()}"
    data = {"version": 1, "kind": "wages", "opened_on": ago(9), "summary": dispute.summary, "reason": "Added"}
    assert person.post("disputes:correct", dispute.pk, claimed=words, note=words, **data).status_code == 302
    page = person.get("disputes:detail", dispute.pk).content.decode()
    assert "陈**说" in page
    assert not [each for each in ("陈建国", "13800000731", identity()) if each in page]


def test_a_correction_keeps_what_its_masks_hide(city: City, dispute: Dispute) -> None:
    person = officer(city.first)
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=typed())
    words = "陈建国要工资，电话13800000731"
    data = {"kind": "wages", "opened_on": ago(9), "summary": dispute.summary, "reason": "Added"}
    assert person.post("disputes:correct", dispute.pk, version=1, claimed=words, **data).status_code == 302
    shown = person.get("disputes:correct", dispute.pk).context["form"].initial["claimed"]
    assert shown == "陈**要工资，电话138****0731"
    same = person.post("disputes:correct", dispute.pk, version=2, claimed=shown, note="Twelve people", **data)
    assert same.status_code == 302
    assert fresh(dispute).claimed == words
    more = person.post("disputes:correct", dispute.pk, version=3, claimed=f"{shown}，两个月", **data)
    assert more.status_code == 302
    assert fresh(dispute).claimed == f"{words}，两个月"


def test_masks() -> None:
    assert [masked_name(each) for each in ("陈建国", "王强", "欧阳建国", "Anna Berg", "")] == [
        "陈**", "王*", "欧***", "A***", ""
    ]  # fmt: skip
    assert masked_phone("+86 138-0000-0731") == "138****0731"
    assert masked("电话138 0000 0731，陈 建国", ["陈建国"]) == "电话138****0731，陈**"
    assert masked("Order 20260210123456789, 12 people", ["Li"]) == "Order 20260210123456789, 12 people"


def test_a_person_is_found_exactly_and_by_a_former_key(city: City, dispute: Dispute) -> None:
    party = PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=typed())
    person = officer(city.first)
    for text in ("陈建国", "陈 建国", identity().lower(), "138-0000-0731", "13800000731"):
        found = person.get("desk:search", q=text)
        assert f"/disputes/{dispute.pk}/" in found.content.decode(), text
    for text in ("陈建", "建国", "0731", identity()[:-1]):
        assert f"/disputes/{dispute.pk}/" not in person.get("desk:search", q=text).content.decode(), text
    for other in (manager(dispute.enterprise), officer(city.second)):
        assert f"/disputes/{dispute.pk}/" not in other.get("desk:search", q="陈建国").content.decode()
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[_key()]), scope_of(city.first):
        assert list(disputes_of_person(person_actor(city), "陈建国")) == [party]
        assert Party.objects.get(pk=party.pk).name == "陈建国"
        assert blind_index("a", purpose="p") != blind_indexes("a", purpose="p")[1]


def test_without_its_key_a_party_stays_on_the_page(city: City, dispute: Dispute) -> None:
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"born_on": dt.date(2015, 5, 1)})
    with override_settings(SECRET_KEY="lost", SECRET_KEY_FALLBACKS=[]):
        assert officer(city.first).get("disputes:parties", dispute.pk).status_code == 200


def test_a_name_is_masked_as_a_page_writes_it() -> None:
    assert masked_page("<p title='x'>O&#x27;Brien came</p>", ["O'Brien"]) == "<p title='x'>O*** came</p>"


def _key() -> str:
    from django.conf import settings

    return settings.SECRET_KEY


def person_actor(city: City) -> Any:
    return officer(city.first).actor


def sheet_of(number: int, **wrong: dict[str, str]) -> SimpleUploadedFile:
    lines = ["序号,姓名,身份证号码,联系电话"]
    for each in range(1, number + 1):
        cells = {
            "name": f"工人{'甲乙丙丁戊己庚辛壬癸'[each % 10]}{each}",
            "identity": identity(number=each),
            "phone": f"1390000{each:04d}",
        }
        cells |= wrong.get(f"row{each}", {})
        lines.append(f"{each},{cells['name']},{cells['identity']},{cells['phone']}")
    return SimpleUploadedFile("名单.csv", "\n".join(lines).encode("gb18030"), "text/csv")


def test_one_wrong_number_of_forty_is_said_in_its_row_and_nothing_is_lost(
    city: City, dispute: Dispute
) -> None:
    person = officer(city.first)
    bad = identity(number=17)[:-1] + ("1" if identity(number=17)[-1] != "1" else "2")
    upload = sheet_of(
        40, row17={"identity": bad}, row23={"identity": identity(number=22), "phone": "13911112222"}
    )
    first = person.post("disputes:party_sheet", dispute.pk, side="applicant", role="worker", file=upload)
    assert first.status_code == 200
    assert [(row.number, [cell.field for cell in row.wrong]) for row in first.context["wrong"]] == [
        (18, ["identity"]), (24, ["identity"])
    ]  # fmt: skip
    assert first.context["number_good"] == 38
    assert "工人甲40" not in first.content.decode(), "masked before they are kept, too"
    carried = {"side": "applicant", "role": "worker", "rows": first.context["carried"]}
    still = person.post(
        "disputes:party_sheet", dispute.pk, **carried, **{"row-18-identity": bad, "row-24-out": "1"}
    )
    assert still.status_code == 422
    assert rows(Party, city.first) == []
    mended = carried | {"row-18-identity": identity(number=17), "row-24-out": "1"}
    assert person.post("disputes:party_sheet", dispute.pk, **mended).status_code == 302
    kept = rows(Party, city.first)
    assert len(kept) == 39
    assert [each.number for each in kept] == list(range(1, 40))
    page = person.get("disputes:detail", dispute.pk).content.decode()
    assert "36 others" in page
    assert person.post("disputes:party_sheet", dispute.pk, **mended).status_code == 422, (
        "they are there already"
    )
    other = officer(city.first).post("disputes:party_sheet", dispute.pk, **mended)
    assert "can no longer be read" in other.content.decode(), "of this person alone"
    listed = person.get("disputes:parties", dispute.pk)
    assert len(listed.context["shown"]) <= 50


def test_what_a_spreadsheet_has_instead_of_a_value_is_no_party(city: City, dispute: Dispute) -> None:
    lines = (
        "姓名,身份证号码,住址",
        "张三,3.50102E+17,",
        "#N/A,,",
        "李四,,#REF!",
        "合计,,",
        "总计：3 人,,",
        "王五,,",
    )
    upload = SimpleUploadedFile("名单.csv", "\n".join(lines).encode(), "text/csv")
    page = officer(city.first).post(
        "disputes:party_sheet", dispute.pk, side="applicant", role="worker", file=upload
    )
    found = {row.number: [(cell.field, cell.why) for cell in row.wrong] for row in page.context["wrong"]}
    assert {number: [field for field, _why in cells] for number, cells in found.items()} == {
        2: ["identity"],
        3: ["name"],
        4: ["address"],
    }
    assert "lost the last digits" in found[2][0][1]
    assert page.context["left_out"] == [("totals", 2, "5（合计）, 6（总计：3 人）", False)]


def test_nothing_of_a_sheet_is_passed_over_in_silence(city: City, dispute: Dispute) -> None:
    """A header of two lines, lines that are no persons, columns that are not read, and the same people again."""
    head = [
        ["拖欠工资名单"],
        ["序号", "姓名", "证件", "证件", "手机", "电话", "金额", "代理人"],
        ["", "", "类型", "号码"],
    ]
    people = [
        [1, "甲大力", "身份证", identity(number=1), "", "13900000001", 1200],
        [2, "乙大力", "身份证", identity(number=2), "13900000002", "13900000002", 900],
        ["", "", "", "", "", "", 2100],
        ["小计", "2人", "", "", "", "", 2100],
        ["序号", "姓名", "证件", "证件", "手机", "电话", "金额"],
        [3, "丙大力", "", "", "", "", 500],
        [4, "丁*", "", "", "", "", 500],
        ["备注：以上人员均已核实"],
    ]
    person, of = officer(city.first), {"side": "applicant", "role": "worker"}

    def sent(rows: list[list[Any]], **more: Any) -> Any:
        content = xlsx([*head, *rows], [["姓名"], ["旧人"]], references=True)
        upload = SimpleUploadedFile("名单.xlsx", content)
        return person.post("disputes:party_sheet", dispute.pk, **of, **more, file=upload)

    page = sent(people)
    assert [(row.number, [cell.field for cell in row.wrong]) for row in page.context["wrong"]] == [
        (10, ["name"])
    ]
    assert {why: rows for why, _number, rows, _more in page.context["left_out"]} == {
        "no name": "6（2100）",
        "totals": "7（小计）",
        "the header again": "8（序号）",
        "a heading or a note": "11（备注：以上人员均已核实）",
    }
    assert page.context["not_read"] == {"columns": "证件, 金额", "sheets": "Old"}
    done = person.post(
        "disputes:party_sheet", dispute.pk, **of, rows=page.context["carried"], **{"row-10-out": "1"}
    )
    assert done.status_code == 302
    assert [(each.name, each.phone) for each in rows(Party, city.first)] == [
        ("甲大力", "13900000001"),
        ("乙大力", "13900000002"),
        ("丙大力", ""),
    ]

    more = sent([*reversed(people[:2]), [5, "戊大力", "", "", "", "13900000005"], people[5]])
    assert {why: rows for why, _number, rows, _more in more.context["left_out"]} == {
        "a party already, on this side": "4, 5"
    }
    assert [(row.number, [cell.field for cell in row.wrong]) for row in more.context["wrong"]] == [
        (7, ["name"])
    ]
    same = sent(people[:2])
    assert "are parties already" in same.content.decode()
    assert len(rows(Party, city.first)) == 3


def test_namesakes_that_are_there_stand_in_the_way_of_no_correction(city: City, dispute: Dispute) -> None:
    person, of = officer(city.first), {"enterprise": dispute.enterprise, "dispute": dispute}
    bare = PartyFactory(**of, of={"name": "王小丽"})
    other = PartyFactory(**of, of={"name": "王小丽", "phone": "13800000731"})
    for each in (bare, other):
        done = person.post(
            "disputes:party_correct", dispute.pk, each.pk, side="third", role="other", reason="A witness"
        )
        assert done.status_code == 302, done.context["form"].errors
    renamed = PartyFactory(**of, of={"name": "王晓丽"})
    sent = {"side": "applicant", "role": "worker", "name": "王小丽", "reason": "Misread"}
    refused = person.post("disputes:party_correct", dispute.pk, renamed.pk, **sent)
    assert "Somebody of this name" in str(refused.context["form"].errors["name"])


def test_what_somebody_is_names_nobody_in_a_title(city: City) -> None:
    firm, person = EnterpriseFactory(station=city.first), officer(city.first)
    dispute = DisputeFactory(enterprise=firm, opened_on=ago(9), summary="律师费纠纷")
    done = person.post("disputes:party_add", dispute.pk, **typed(representative="律师"))
    assert done.status_code == 302, done.context["form"].errors


def test_lines_that_look_like_notes_and_more_lines_than_are_read(city: City, dispute: Dispute) -> None:
    person, of = officer(city.first), {"side": "respondent", "role": "other"}
    firm = "Shanghai Jiangnan Precision Instruments Manufacturing"
    rows = [["登记时间", "姓名", "电话", "统一社会信用代码"], ["3-2 10:30", "甲大力", "13900000001"]]
    rows += [["", firm, "", "91510502MA00000016"], ["联系人 13800000731 填表：王刚", "", ""]]

    def sent(content: bytes, name: str = "名单.xlsx") -> Any:
        return person.post("disputes:party_sheet", dispute.pk, **of, file=SimpleUploadedFile(name, content))

    page = sent(xlsx(rows))
    assert [(each.number, each.wrong) for each in page.context["good"]] == [(2, ()), (3, ())]
    ((why, _number, lines, _more),) = page.context["left_out"]
    assert (why, "13800000731" in lines) == ("no name", False)
    endless = "姓名\n甲大力\n" + "备注：无\n" * 2_000
    refused = sent(endless.encode(), "名单.csv")
    assert "too large" in str(refused.context["form"].errors["file"])


def test_lists_cost_the_same_with_few_and_with_many(city: City, dispute: Dispute) -> None:
    person = officer(city.first)

    def statements(name: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert person.get(name, dispute.pk).status_code == 200
        own = ('SELECT "disputes_', 'SELECT COUNT(*) AS "__count" FROM "disputes_')  # not what badges count
        return sum(each["sql"].startswith(own) for each in asked)

    person.act(parties.add_parties, dispute_id=dispute.pk, entries=[typed()])
    names = ("disputes:detail", "disputes:parties")
    few = [statements(name) for name in names]
    entries = [typed(name=f"工人{each}", identity=identity(number=each), phone="") for each in range(2, 302)]
    person.act(parties.add_parties, dispute_id=dispute.pk, entries=entries)
    assert [statements(name) for name in names] == few
    assert few[1] == 3
