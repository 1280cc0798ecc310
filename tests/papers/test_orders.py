"""Orders to rectify: from the hazard's page to a numbered, frozen, served paper, and what each side sees of it."""

import datetime as dt
import html
import io
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from enterprises.operations import hand_over
from foundation.accounts.access import NotAllowed, WrongState
from foundation.accounts.operations import edit_profile
from foundation.attachments import files
from foundation.attachments.tasks import forget_unnamed_files
from foundation.documents import documents
from inspections import operations as inspecting
from inspections import orders
from inspections.models import Hazard
from inspections.papers import ORDER
from papers import templates
from papers.models import Paper, PaperTemplate, Series
from papers.operations import issuing, making, serving
from papers.selectors import visible
from tests.factories import EnterpriseFactory, HazardFactory
from tests.facts.people import Person, ahead, chief, fresh, log, manager, officer, rows, supervisor, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
TAG = re.compile(r"<[^<>]*>")


def words_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return html.unescape(TAG.sub("", archive.read("word/document.xml").decode()))


def form_of(hazard: Hazard, **more: Any) -> dict[str, Any]:
    return {
        f"hazard_{hazard.pk}": "on",
        f"measures_{hazard.pk}": "每日巡查。",
        "name_1": "周志远",
        "number_1": "041267",
        "inspected_on": hazard.found_on.isoformat(),
        "basis": orders.BASIS,
        "form_key": "8d3f9f0a-1111-4222-8333-444455556666",
        **more,
    }


def issue(person: Person, hazard: Hazard, *, query: str = "", **more: Any) -> Any:
    return person.post("inspections:hazard_order", hazard.pk, query=query, **form_of(hazard, **more))


def papers(hazard: Hazard) -> list[Paper]:
    return rows(Paper, hazard.station)


def issued(person: Person, hazard: Hazard, number: str = "") -> Paper:
    return person.act(
        orders.issue_order,
        enterprise_id=hazard.enterprise_id,
        hazard_ids=[hazard.pk],
        measures={},
        officers=[orders.Officer("周志远", number)],
        inspected_on=hazard.found_on,
        certificate_shown=True,
    )


def test_from_the_hazard_to_the_served_paper(city: City, hazard: Hazard) -> None:
    police, theirs = officer(city.first, "周志远"), manager(hazard.enterprise)
    page = police.get("inspections:hazard", hazard.pk).text
    address = reverse("inspections:hazard_order", args=[hazard.pk])
    assert address in page
    form = police.client.get(address)
    assert form.context["form"].initial["name_1"] == "周志远"
    answer = issue(police, hazard)
    (paper,) = papers(hazard)
    year = today().year
    assert paper.number_text == f"东公（开）限字〔{year}〕1号"
    assert answer.url == reverse("papers:paper", args=[paper.pk])
    issue(police, hazard)  # the same form again
    assert papers(hazard) == [paper]

    word = police.get("papers:word", paper.pk)
    text = words_of(word.content)
    for part in (
        "责令限期整改治安隐患通知书",
        paper.number_text,
        "甲&乙 ‹测试> 有限公司",
        "周志远（警号041267）",
        "仓库：灭火器过期。",
        "每日巡查。",
        f"至{issuing.chinese_day(hazard.due_on)}",
        "东江区人民法院",
        f"{year}年{today().month}月{today().day}日",
    ):
        assert part in text
    paper = fresh(paper)
    assert documents.Document(word.content).sha256 == paper.file_sha256
    assert theirs.get("papers:word", paper.pk).content == word.content

    assert paper.number_text in police.get("inspections:hazard", hazard.pk).text
    assert address not in police.get("inspections:hazard", hazard.pk).text, "it has an order"
    assert "周志远（警号" not in theirs.get("inspections:hazard", hazard.pk).text
    assert paper.number_text in theirs.get("inspections:hazard", hazard.pk).text

    refused = police.post("papers:serve", paper.pk, way="left", served_on=today().isoformat())
    assert refused.status_code == 422
    assert "witness" in refused.context["form"].errors
    police.post("papers:serve", paper.pk, way="direct", served_on=today().isoformat(), received_by="王经理")
    assert fresh(paper).served_on == today()
    assert "王经理" in theirs.get("papers:paper", paper.pk).text
    theirs.post("papers:receive", paper.pk)
    assert "Confirm receipt" not in theirs.get("papers:paper", paper.pk).text
    assert [entry.action for entry in log(city.first)][-3:] == ["paper.issue", "paper.serve", "paper.receive"]


def test_a_worker_makes_the_file_and_what_nobody_names_is_swept(
    city: City, hazard: Hazard, folder: Path
) -> None:
    paper = issued(officer(city.first), hazard)
    assert making.without_file(city.bureau.pk) == [paper.pk]
    for _twice in range(2):
        making.make_files(bureau_id=city.bureau.pk, id=paper.pk)
    made = fresh(paper)
    assert made.file_sha256
    assert making.without_file(city.bureau.pk) == []
    with scope_of(city.first):
        assert making.make_file(made) == making.make_file(paper), "whenever it is made"
    stray = files.put(city.bureau.pk, b"a template that was not published after all", shelf=templates.SHELF)
    for each in folder.rglob("*"):
        os.utime(each, (1, 1))
    forget_unnamed_files()
    left = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert stray not in left
    assert made.file_key in left


@pytest.mark.skipif(documents.office() is None, reason="LibreOffice is not installed")
def test_a_paper_as_pdf(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    first, second = (police.get("papers:pdf", paper.pk).content for _time in range(2))
    assert first.startswith(b"%PDF")
    assert first == second, "it is made once"


def test_without_libreoffice_there_is_only_the_word_file(
    city: City, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    monkeypatch.setattr(documents, "office", lambda: None)
    assert reverse("papers:pdf", args=[paper.pk]) not in police.get("papers:paper", paper.pk).text
    assert police.get("papers:pdf", paper.pk).url == reverse("papers:paper", args=[paper.pk])


def test_a_receipt_in_the_portal_serves_it(city: City, hazard: Hazard) -> None:
    paper = issued(officer(city.first), hazard)
    theirs = manager(hazard.enterprise)
    theirs.act(serving.receive_paper, id=paper.pk)
    assert fresh(paper).served_on == today()
    with pytest.raises(WrongState):
        theirs.act(serving.receive_paper, id=paper.pk)
    with pytest.raises(NotAllowed):
        theirs.act(issuing.void_paper, id=paper.pk, reason="no")


def test_a_refusal_serves_nothing(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    police.act(
        serving.serve_paper,
        id=paper.pk,
        way="direct",
        served_on=today(),
        refused=True,
        note="no leader there",
    )
    assert fresh(paper).served_on is None
    police.act(serving.serve_paper, id=paper.pk, way="left", served_on=today(), witness="社区李主任")
    assert fresh(paper).served_on == today()


def test_without_a_letterhead_the_chief_is_sent_to_it(city: City) -> None:
    found = HazardFactory(enterprise=EnterpriseFactory(station=city.first), due_on=ahead(5))
    person = chief(city.first)
    assert reverse("papers:letterhead") in person.get("inspections:hazard_order", found.pk).text
    assert issue(person, found).status_code == 422
    assert papers(found) == []
    page = person.get("papers:letterhead")
    data = {
        "authority": "清河市公安局东江分局",
        "abbreviation": "东公（开）",
        "telephone": "8555 0186",
        "review_by": "东江区人民政府",
        "court": "东江区人民法院",
        "version": page.context["form"].fields["version"].initial,
    }
    assert person.post("papers:letterhead", **data).status_code == 302
    assert issue(person, found, form_key="8d3f9f0a-1111-4222-8333-444455556667").status_code == 302
    stale = person.post("papers:letterhead", **data | {"telephone": "1"})
    assert stale.status_code == 422, "somebody else's letterhead is not overwritten"


def test_a_correction_keeps_the_number_and_names_the_old(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    first = issued(police, hazard)
    again = issue(police, hazard, form_key="8d3f9f0a-1111-4222-8333-444455556668")
    assert again.status_code == 422, "it is in an order"
    query = f"?corrects={first.pk}"
    address = reverse("inspections:hazard_order", args=[hazard.pk]) + query
    assert address in police.get("papers:paper", first.pk).context["buttons"][1].url
    form = police.client.get(address).context["form"]
    assert form.initial["basis"] == orders.BASIS
    assert issue(police, hazard, query=query).status_code == 422, "why?"
    key = "8d3f9f0a-1111-4222-8333-444455556669"
    assert issue(police, hazard, query=query, reason="wrong place", form_key=key).status_code == 302
    old, new = papers(hazard)
    assert (new.number_text, new.version, new.corrects_id) == (first.number_text, 2, first.pk)
    assert (old.is_valid, new.is_valid) == (False, True)
    with pytest.raises(WrongState):
        police.act(serving.serve_paper, id=old.pk, way="mail", served_on=today())
    third = HazardFactory(enterprise=hazard.enterprise, due_on=ahead(3), item="another")
    assert issued(police, third).number == 2, "a correction takes no number"


def test_a_voided_number_stays_taken_and_is_explained(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    police.post("papers:void", paper.pk, reason="another enterprise")
    second = issued(police, hazard)
    assert second.number == 2
    shown = police.get("papers:register").text
    assert paper.number_text in shown
    assert "voided" in shown
    assert "another enterprise" in police.get("papers:paper", paper.pk).text


def test_a_hazard_that_is_closed_or_elsewhere_is_in_no_order(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    closed = HazardFactory(enterprise=hazard.enterprise, due_on=ahead(3), closed_on=today())
    foreign = HazardFactory(enterprise=EnterpriseFactory(station=city.first), due_on=ahead(3))
    overdue = HazardFactory(enterprise=hazard.enterprise, due_on=ahead(-1))
    for other in (closed, foreign, overdue):
        with pytest.raises(Exception, match="Only an open hazard whose"):
            police.act(
                orders.issue_order,
                enterprise_id=hazard.enterprise_id,
                hazard_ids=[hazard.pk, other.pk],
                measures={},
                officers=[orders.Officer("周志远")],
                inspected_on=hazard.found_on,
            )
    for words, fields in (("for re-inspection", {"rectified_on": today()}), ("itself", {"origin": "self"})):
        other = HazardFactory(enterprise=hazard.enterprise, due_on=ahead(3), **fields)
        assert words in str(orders.refusal_to_order(other))
        assert police.get("inspections:hazard_order", other.pk).status_code == 302
    assert papers(hazard) == []


def test_every_officer_of_the_inspection_is_named_and_a_correction_keeps_what_was_submitted(
    city: City, hazard: Hazard
) -> None:
    police = officer(city.first, "周志远")
    with scope_of(city.first):
        Hazard.objects.filter(pk=hazard.pk).update(found_by="周志远、陈立、王芳")
    address = reverse("inspections:hazard_order", args=[hazard.pk])
    assert police.client.get(address).context["form"].initial["name_3"] == "王芳"
    issue(police, hazard, name_2="陈立", name_3="王芳", number_3="041500")
    (paper,) = papers(hazard)
    assert "王芳（警号041500）" in paper.data["officers"]
    manager(hazard.enterprise).act(inspecting.rectify_hazard, id=hazard.pk)
    shown = police.client.get(f"{address}?corrects={paper.pk}").context
    assert (shown["form"].initial["name_3"], shown["left_out"]) == ("王芳", [])
    key = "8d3f9f0a-1111-4222-8333-444455556670"
    query = f"?corrects={paper.pk}"
    assert issue(police, hazard, query=query, reason="basis", form_key=key).status_code == 302


def test_the_first_three_of_a_year_are_1_2_3(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    found = [
        HazardFactory(enterprise=hazard.enterprise, item=f"item {number}", due_on=dt.date(2027, 1, 20))
        for number in range(4)
    ]
    with time_machine.travel(dt.datetime(2026, 12, 31, 23, 50, tzinfo=dt.timezone(dt.timedelta(hours=8)))):
        issued(police, found.pop())
    with time_machine.travel(dt.datetime(2027, 1, 1, 0, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))):
        assert [issued(police, each).number_text for each in found] == [
            f"东公（开）限字〔2027〕{number}号" for number in (1, 2, 3)
        ]


def test_an_issue_that_fails_takes_no_number(
    city: City, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    police = officer(city.first)
    with monkeypatch.context() as patched:
        patched.setattr("papers.operations.issuing.auditing.record", fail)
        with pytest.raises(RuntimeError):
            issued(police, hazard)
    assert issued(police, hazard).number == 1


def fail(**_values: Any) -> None:
    raise RuntimeError


def test_the_database_keeps_what_was_issued(city: City, hazard: Hazard) -> None:
    paper = issued(officer(city.first), hazard)
    for change in ("number = 9", "data = '{}'", "issued_on = '2026-01-01'", "issued_by = 'x'"):
        with (
            scope_of(city.first),
            pytest.raises(IntegrityError, match="keeps what was recorded"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE papers_paper SET {change} WHERE id = %s", [paper.pk])


def test_after_a_hand_over_both_stations_see_it_and_the_register_stays(city: City, hazard: Hazard) -> None:
    police, others = officer(city.first), officer(city.second)
    paper = issued(police, hazard)
    boss = supervisor(city.bureau)
    boss.act(
        hand_over,
        enterprise_id=hazard.enterprise_id,
        to_station_id=city.second.pk,
        on=today(),
        reason="The area was divided.",
    )
    assert paper.number_text in police.get("papers:register").text
    assert police.get("papers:paper", paper.pk).status_code == 200
    assert police.get("papers:word", paper.pk).status_code == 200
    assert others.get("papers:paper", paper.pk).status_code == 200
    assert paper.number_text not in others.get("papers:register").text
    with pytest.raises(WrongState):
        police.act(issuing.void_paper, id=paper.pk, reason="no")
    others.act(serving.serve_paper, id=paper.pk, way="mail", served_on=today())
    assert police.get("papers:paper", paper.pk).context["paper"].served_on == today()


def test_another_station_and_another_enterprise_see_nothing(city: City, hazard: Hazard) -> None:
    paper = issued(officer(city.first), hazard)
    for person in (officer(city.second), manager(EnterpriseFactory(station=city.first))):
        for page in ("paper", "word", "pdf"):
            assert person.get(f"papers:{page}", paper.pk).status_code == 404
        assert person.act(lambda actor: list(visible(actor))) == []


# --- templates -------------------------------------------------------------------------------------------------------


def with_text(text: str) -> bytes:
    """Return the shipped template with another text in its title."""
    given = ORDER.shipped[0].read_bytes()
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(given)) as before, zipfile.ZipFile(written, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "word/document.xml":
                data = data.replace("责令限期整改治安隐患通知书".encode(), text.encode())
            after.writestr(name, data)
    return written.getvalue()


def test_a_bureau_publishes_its_own_and_issued_papers_keep_theirs(city: City, hazard: Hazard) -> None:
    police, boss = officer(city.first), supervisor(city.bureau)
    first = issued(police, hazard)
    own = boss.act(templates.publish_template, form=ORDER, data=with_text("本局通知书"), note="own title")
    assert own.version == 5
    second = issued(police, HazardFactory(enterprise=hazard.enterprise, item="b", due_on=ahead(4)))
    with scope_of(city.first):
        assert "本局通知书" in words_of(making.make_file(second))
        assert "责令限期整改治安隐患通知书" in words_of(making.make_file(first))
    assert (first.template_version, second.template_version) == (4, 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ nobody }}", "nobody.*Near.*{{ authority }}"),
        ("{{ enterprise ", "not written correctly"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "not allowed.*Near|no value"),
        ("{{ 1 / 0 }}", "cannot be filled in"),
        ("{{ hazards[1].nobody }}", "nobody"),
    ],
)
def test_a_bad_template_is_refused_with_the_place(text: str, words: str) -> None:
    with pytest.raises(documents.TemplateFault, match=words):
        documents.fill(with_text(text), ORDER.examples[0])


def test_a_template_is_tried_on_papers_with_little_and_with_much() -> None:
    """It suits the usual example, and would leave an order about one hazard without a file."""
    with pytest.raises(ValidationError, match=r"no value|cannot be filled in"):
        templates.try_out(ORDER, with_text("{{ hazards[1].what }}"))


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", b"x" * 100])
def test_what_is_no_word_document_is_refused(data: bytes) -> None:
    with pytest.raises(documents.TemplateFault, match="no Word document"):
        documents.fill(data, ORDER.examples[0])


def test_the_form_to_publish_says_what_is_wrong(city: City) -> None:
    boss = supervisor(city.bureau)
    given = SimpleUploadedFile("t.docx", with_text("{{ nobody }}"))
    answer = boss.post("papers:template_publish", ORDER.code, file=given, note="x")
    assert answer.status_code == 422
    assert "nobody" in str(answer.context["form"].errors["file"])
    with scope_of(city.first):
        assert not PaperTemplate.objects.exists()


def test_the_same_data_give_the_same_file_whatever_is_in_them() -> None:
    template = ORDER.shipped[0].read_bytes()
    row = {
        "what": "甲&乙 <测试>" + "很长的文字" * 200 + "\ud800\x00\x0b",
        "period": "",
        "measures": "{{ x }} {% raw %}",
    }
    data = {**ORDER.examples[0], "hazards": [row] * 30, "enterprise": ""}
    first, second = (documents.fill(template, data) for _time in range(2))
    assert first.sha256 == second.sha256
    text = words_of(first.data)
    assert "附表：治安隐患清单" in text
    assert text.count("{{ x }} {% raw %}") == 30, "what people typed is no template"
    assert text.count("甲&乙 <测试>") == 30


def test_a_series_is_of_its_bureau(city: City, hazard: Hazard) -> None:
    issued(officer(city.first), hazard)
    with scope_of(city.elsewhere):
        assert not Series.objects.exists()


# --- officers and their certificates ---------------------------------------------------------------------------------


def test_an_order_proposes_the_numbers_recorded_with_the_people(city: City, hazard: Hazard) -> None:
    """Another one may be typed; what was issued keeps what stood on it."""
    police = officer(city.first, "周志远")
    with scope_of(city.first):
        Hazard.objects.filter(pk=hazard.pk).update(found_by="周志远、外所民警")
    police.act(edit_profile, police_number="041267")
    page = police.get("inspections:hazard_order", hazard.pk)
    assert page.context["form"].initial["number_1"] == "041267"
    assert '<option value="041267">周志远</option>' in page.text
    issue(police, hazard, number_1="990001", name_2="外所民警", number_2="")
    (paper,) = papers(hazard)
    assert police.get("papers:serve", paper.pk).context["form"].initial["servers"] == "周志远（警号041267）"
    police.act(edit_profile, police_number="041268")
    assert "周志远（警号990001）、外所民警（警号" in words_of(police.get("papers:word", paper.pk).content)
    with scope_of(city.first):
        assert orders.numbers_of(police.actor, ["周志远"]) == {"周志远": "041268"}, "not the one typed once"
    officer(city.first, "周志远").act(edit_profile, police_number="041300")
    with scope_of(city.first):
        assert orders.numbers_of(police.actor, ["周志远"]) == {}, "two of one name"


def test_a_paper_names_officers_only_with_what_can_be_a_police_number(city: City, hazard: Hazard) -> None:
    """On pages and in operations, by the rule of the number recorded with a person."""
    police = officer(city.first, "周志远")
    refused = issue(police, hazard, number_1="-1<script>")
    assert "six digits" in str(refused.context["form"].errors["number_1"])
    for number in ("-1<script>", "41267", "０４１２６７"):
        with pytest.raises(ValidationError, match="six digits"):
            issued(police, hazard, number)
    issue(police, hazard, number_1=" ０４１２６７ ")
    assert [each.data["officers"] for each in papers(hazard)] == ["周志远（警号041267）"]


def test_an_order_says_that_certificates_were_shown_only_if_they_were(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    assert not police.get("inspections:hazard_order", hazard.pk).context["form"]["certificate_shown"].value()
    issue(police, hazard)
    (first,) = papers(hazard)
    assert orders.CERTIFICATE not in words_of(police.get("papers:word", first.pk).content)
    query, key = f"?corrects={first.pk}", "8d3f9f0a-1111-4222-8333-444455556671"
    issue(police, hazard, query=query, certificate_shown="on", reason="forgotten", form_key=key)
    second = papers(hazard)[-1]
    assert orders.CERTIFICATE in words_of(police.get("papers:word", second.pk).content)

    # a bureau's own template that knows nothing of it must not say what was not done
    supervisor(city.bureau).act(
        templates.publish_template, form=ORDER, data=ORDER.shipped[1].read_bytes(), note="of before"
    )
    query, key = f"?corrects={second.pk}", "8d3f9f0a-1111-4222-8333-444455556672"
    refused = issue(police, hazard, query=query, reason="not shown", form_key=key)
    assert "certificate_shown" in refused.context["form"].errors
