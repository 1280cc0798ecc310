"""The record of an inspection 检查笔录: issued with the signatures, corrected and voided with its inspection; the order in one act."""

import base64
import io

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from enterprises.models import Enterprise
from facts.four_eyes import refusal
from inspections.checklists.content import ListKind
from inspections.models import Hazard, Inspection
from inspections.papers import ORDER
from inspections.record_form import RECORD
from papers.models import Paper
from papers.operations import making
from tests.factories import EnterpriseFactory, LetterheadFactory
from tests.facts.people import Person, ahead, chief, manager, numbered, officer, rows
from tests.fixtures import City, scope_of
from tests.inspections.test_checklists import CHECK, passed
from tests.inspections.test_signing import drawn
from tests.inspections.test_statements_of_a_hazard import APART

pytestmark = pytest.mark.django_db
MOST = 30  # the page of an inspection shows what six parts of it have; docs/limits.md


def words_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def statements_of(person: Person, page: str, id: int) -> int:
    """Return how many statements a page takes with a cold cache, when it is opened for the second time."""
    assert person.get(page, id).status_code == 200
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        person.get(page, id)
    return len([each for each in queries if not each["sql"].startswith(APART)])


def visit_of(one: Person, other: Person, city: City) -> Inspection:
    """Record an inspection by checklist in which one item failed."""
    enterprise = EnterpriseFactory(
        station=city.first, name="甲&乙 ‹测试>", industry_code="C3311", key_unit_class=""
    )
    data = passed(
        ListKind.ORDINARY,
        officers=[one.user.pk, other.user.pk],
        answer__B06="fail",
        note__B06="仅存 21 天 <b>&",
        place__B06="机房",
        due_on__B06=ahead(5),
        certificate_shown="on",
        camera="0417",
    )
    sent = one.client.post(f"{reverse(CHECK)}?enterprise={enterprise.pk}&list=ordinary", data)
    assert sent.status_code == 302, sent.context["form"].errors
    (made,) = rows(Inspection, city.first)
    return made


def test_a_record_follows_its_inspection(city: City) -> None:
    one, other = numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")
    visit = visit_of(one, other, city)
    page = one.get("inspections:inspection", visit.pk)
    assert "letterhead" in page.text, "says what is missing"
    with scope_of(city.first):
        said = [refusal(each.actor, visit) for each in (one, other)]
    assert said[0].startswith("You reported this yourself")
    assert said[1].startswith("You are named as one of those who took part"), "somebody else recorded it"
    LetterheadFactory(bureau=city.bureau, station=city.first)
    issue = reverse("inspections:inspection_record", args=[visit.pk])
    assert one.client.post(issue).status_code == 302
    (first,) = rows(Paper, city.first)
    assert (first.form, first.version, first.records) == (RECORD.code, 1, {"inspection": [visit.pk]})
    assert "检字〔" in first.number_text
    assert "was issued" in one.client.post(issue, follow=True).text, "one valid record at most"

    # signed afterwards: the next version under the same number, with the signatures
    address = reverse("inspections:inspection_sign", args=[visit.pk])
    shown = one.client.get(address).context["form"]["shown"].value()
    ink = f"data:image/png;base64,{base64.b64encode(drawn()).decode()}"
    data = {"way": "here", "shown": shown, "name": "王芳", "duty": "厂长"}
    data |= {f"picture_{n}": ink for n in range(3)}
    assert one.client.post(address, data).status_code == 302
    assert one.client.post(address, data).status_code == 302  # twice makes no third version
    first, second, order = rows(Paper, city.first)
    assert (second.version, second.number_text, second.corrects_id) == (2, first.number_text, first.pk)
    assert first.corrected_at
    with scope_of(city.first):
        text = words_of(making.make_file(second))
        again = making.make_file(second)
    for each in (
        "甲&乙 ‹测试>",
        "仅存 21 天 <b>&",
        "机房",
        "警号041201",
        "0417",
        "已出示执法证件",
        shown,
        "厂长",
    ):
        assert each in text, each
    assert text.index("仅存") < text.index("疏散通道"), "what failed stands first"
    assert making.make_file(second) == again

    # the order about what was found came with the signatures, and there is no second one
    order_url = reverse("inspections:inspection_order", args=[visit.pk])
    (hazard,) = rows(Hazard, city.first)
    assert (order.form, order.records) == (ORDER.code, {"hazard": [hazard.pk]})
    assert [each["number"] for each in order.data["officers_named"]] == ["041201", "041202"]
    assert order_url not in one.get("inspections:inspection", visit.pk).text
    assert "still needs an order" in one.client.post(order_url, follow=True).text
    assert officer(city.second).client.post(order_url).status_code == 404

    # each of the two pages, with everything on it, takes as many statements, whatever was found
    (enterprise,) = rows(Enterprise, city.first)
    for person, page in (
        (one, "inspections:inspection"),
        (manager(enterprise), "inspections:own_inspection"),
    ):
        assert statements_of(person, page, visit.pk) <= MOST, page

    # corrected: a version that nobody has signed says so
    correct = reverse("inspections:inspection_correct", args=[visit.pk])
    form = other.client.get(correct).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent = other.client.post(correct, values | {"note": "门卫一人", "reason": "漏记"})
    assert sent.status_code == 302, sent.context["form"].errors
    third = max(
        (each for each in rows(Paper, city.first) if each.form == RECORD.code), key=lambda each: each.pk
    )
    assert (third.version, third.correction_reason) == (3, "漏记")
    with scope_of(city.first):
        text = words_of(making.make_file(third))
    assert "请核对后重新签名" in text
    assert "门卫一人" in text
    assert (
        "note" in one.get("inspections:inspection", visit.pk).text.split("Corrected since it was signed")[1]
    )

    # voided: its record, too; the number stays taken
    third_officer = officer(city.first)
    void = reverse("inspections:inspection_void", args=[visit.pk])
    form = third_officer.client.get(void).context["form"]
    guards = {name: form[name].value() for name in form.fields if name in ("version", "acting", "form_key")}
    sent = third_officer.client.post(void, guards | {"reason": "录入错误"})
    assert sent.status_code in (204, 302), sent.context["form"].errors
    (voided,) = (each for each in rows(Paper, city.first) if each.pk == third.pk)
    assert voided.void_reason == "录入错误"
    assert order_url not in third_officer.get("inspections:inspection", visit.pk).text
