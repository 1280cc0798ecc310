"""Papers in the hands of many: forms sent twice, pages that are stale, other stations, a broker or LibreOffice away."""

import io
import os
import re
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises.operations import hand_over
from foundation.attachments import files
from foundation.documents import documents, filling
from foundation.tenancy.scope import current_scope
from inspections import orders
from inspections.models import Hazard
from inspections.papers import ORDER
from papers import tasks
from papers.models import Letterhead, Service
from papers.operations import issuing, making, serving
from tests.factories import HazardFactory, LetterheadFactory
from tests.facts.people import ahead, chief, fresh, officer, rows, supervisor, today
from tests.fixtures import City, scope_of
from tests.inbox.conftest import inbox_of
from tests.papers.test_orders import issue, issued, papers

pytestmark = pytest.mark.django_db


def another_key(last: int) -> str:
    return f"8d3f9f0a-1111-4222-8333-44445555{last:04d}"


# --- sent twice ------------------------------------------------------------------------------------------------------


def test_an_order_that_is_sent_twice_leads_to_the_paper(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    first, second = (issue(police, hazard) for _time in range(2))
    (paper,) = papers(hazard)
    assert first.url == second.url == reverse("papers:paper", args=[paper.pk])


def test_a_service_that_is_sent_twice_is_one(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    for _time in range(2):
        police.post(
            "papers:serve", paper.pk, way="mail", served_on=today().isoformat(), form_key=another_key(1)
        )
    assert len(rows(Service, city.first)) == 1


# --- stale -----------------------------------------------------------------------------------------------------------


def test_a_hazard_that_was_closed_since_does_not_drop_out_in_silence(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    other = HazardFactory(enterprise=hazard.enterprise, item="b", due_on=ahead(4), closed_on=today())
    refused = issue(police, hazard, **{f"hazard_{other.pk}": "on"})
    assert refused.status_code == 422
    assert "no longer be in this order" in refused.text
    assert papers(hazard) == []
    assert issue(police, hazard, form_key=another_key(2)).status_code == 302


def test_a_correction_says_which_hazards_it_leaves_out(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    query = f"?corrects={paper.pk}"
    other = HazardFactory(enterprise=hazard.enterprise, item="b", due_on=ahead(4))
    issue(police, hazard, query=query, reason="one was missing", **{f"hazard_{other.pk}": "on"})
    with scope_of(city.first):
        Hazard.objects.filter(pk=other.pk).update(closed_on=today())
    last = papers(hazard)[-1]
    address = reverse("inspections:hazard_order", args=[hazard.pk])
    assert f"<li>{other}</li>" in police.client.get(f"{address}?corrects={last.pk}").text
    with scope_of(city.first):
        Hazard.objects.filter(pk=hazard.pk).update(closed_on=today())
    gone = police.client.get(f"{address}?corrects={last.pk}")
    assert gone.status_code == 302, "none is left to order"


def test_an_inspection_to_come_is_in_no_order(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    with scope_of(city.first):
        Hazard.objects.filter(pk=hazard.pk).update(found_by="")
    answer = issue(police, hazard, inspected_on=ahead(1).isoformat())
    assert "inspected_on" in answer.context["form"].errors


def test_an_order_says_the_day_and_the_officers_of_the_records(city: City, hazard: Hazard) -> None:
    """They are not typed on the page, and the operation refuses others, also for a second hazard of the enterprise."""
    police = officer(city.first)
    other = HazardFactory(enterprise=hazard.enterprise, item="b", due_on=ahead(4), found_by="陈立")
    page = police.get("inspections:hazard_order", hazard.pk)
    assert page.context["elsewhere"][0][0] == other
    assert reverse("inspections:hazard_order", args=[other.pk]) in page.text
    assert {name for name, field in page.context["form"].fields.items() if field.disabled} == {
        "name_1",
        "inspected_on",
    }
    said = {
        "enterprise_id": hazard.enterprise_id,
        "measures": {},
        "officers": [orders.Officer("周志远")],
        "inspected_on": hazard.found_on,
    }
    for changed in (
        {"officers": [orders.Officer("陈立")]},
        {"inspected_on": today()},
        {"hazard_ids": [hazard.pk, other.pk]},
    ):
        with pytest.raises(ValidationError, match="records say"):
            police.act(orders.issue_order, **{"hazard_ids": [hazard.pk]} | said | changed)
    assert papers(hazard) == []
    issue(police, hazard, name_1="王芳", inspected_on=today().isoformat())
    (paper,) = papers(hazard)
    assert paper.data["officers_named"] == [{"name": "周志远", "number": "041267"}]
    assert paper.data["inspected_day"] == hazard.found_on.isoformat()


def test_a_paper_is_locked_after_its_enterprise_as_a_hand_over_does(city: City, hazard: Hazard) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    with CaptureQueriesContext(connection) as captured:
        police.act(serving.serve_paper, id=paper.pk, way="mail", served_on=today())
    locks = [each["sql"] for each in captured.captured_queries if "FOR NO KEY UPDATE" in each["sql"]]
    assert [re.search(r'FROM "(\w+)"', each)[1] for each in locks] == [
        "enterprises_enterprise",
        "papers_paper",
    ]


# --- other stations --------------------------------------------------------------------------------------------------


def test_the_next_station_corrects_no_paper_in_the_name_of_the_first(city: City, hazard: Hazard) -> None:
    police, others = officer(city.first), officer(city.second)
    paper = issued(police, hazard)
    LetterheadFactory(bureau=city.bureau, station=city.second, abbreviation="东公（新）")
    moved = {"enterprise_id": hazard.enterprise_id, "to_station_id": city.second.pk}
    supervisor(city.bureau).act(hand_over, **moved, on=today(), reason="The area was divided.")
    answer = issue(others, hazard, query=f"?corrects={paper.pk}", reason="not ours")
    assert answer.status_code == 422
    assert "Another station issued" in answer.text
    assert len(rows(type(paper), city.second)) == 1
    page = reverse("inspections:hazard", args=[hazard.pk])
    assert f'href="{page}"' not in police.get("papers:paper", paper.pk).text, "it leads to a 404"
    assert police.get("papers:serve", paper.pk).status_code == 302
    assert others.get("papers:serve", paper.pk).status_code == 200


def test_two_stations_of_a_bureau_do_not_begin_their_numbers_alike(city: City, hazard: Hazard) -> None:
    with scope_of(city.first):
        values = {name: getattr(Letterhead.objects.get(), name) for name in Letterhead.EDITABLE}
    with pytest.raises(ValidationError, match=city.first.name) as refused:
        chief(city.second).act(issuing.change_letterhead, version=None, **values)
    assert "abbreviation" in refused.value.message_dict


# --- workers ---------------------------------------------------------------------------------------------------------


def test_a_paper_is_issued_while_the_broker_is_away(
    city: City, hazard: Hazard, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def away(*_arguments: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(tasks.make, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        paper = issued(officer(city.first), hazard)
    assert making.without_file(city.bureau.pk) == [paper.pk]
    officer(city.first).act(issuing.void_paper, id=paper.pk, reason="wrong")
    assert making.without_file(city.bureau.pk) == [], "its file is made if somebody opens it"


def test_nobody_waits_for_libreoffice_and_its_failure_costs_no_word_file(
    city: City, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    police = officer(city.first)
    paper = issued(police, hazard)
    scopes = []

    def broken(_word: bytes) -> bytes:
        scopes.append(current_scope())
        assert fresh(paper).file_key is None or scopes == [None], "its row is locked meanwhile"
        raise documents.NoPdf

    monkeypatch.setattr(documents, "office", lambda: "/usr/bin/soffice")
    monkeypatch.setattr(documents, "as_pdf", broken)
    assert police.get("papers:pdf", paper.pk).url == reverse("papers:paper", args=[paper.pk])
    scopes.clear()
    with pytest.raises(documents.NoPdf):
        making.make_files(bureau_id=city.bureau.pk, id=paper.pk)
    assert scopes == [None], "the Word file was committed before"
    assert fresh(paper).file_sha256


def test_a_file_that_cannot_be_made_is_tried_less_and_less_and_somebody_told(
    city: City, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    police, above = officer(city.first), supervisor(city.bureau)
    paper = issued(police, hazard)

    def broken(*_arguments: Any) -> None:
        raise documents.TemplateFault("time")

    pauses = []
    with monkeypatch.context() as patched:
        patched.setattr(making, "make_file", broken)
        for _time in range(4):
            tasks.make(city.bureau.pk, paper.pk)
            assert making.without_file(city.bureau.pk) == []
            pauses.append(fresh(paper).file_again_at - timezone.now())
    assert [round(each.total_seconds() / 60) for each in pauses] == [2, 4, 8, 16]
    for person in (police, above):
        assert [each.code for each in inbox_of(person.actor)] == ["paper.file_failed"]
    assert "cannot be made from the template" in police.get("papers:paper", paper.pk).text
    tasks.make(city.bureau.pk, paper.pk)
    assert fresh(paper).file_key
    assert "cannot be made from the template" not in police.get("papers:paper", paper.pk).text


def test_a_pdf_is_there_as_a_whole_or_not_at_all(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = files.put(1, b"word", shelf="papers")
    with monkeypatch.context() as killed:
        killed.setattr("os.replace", lambda *_names: None)
        files.keep_beside(key, ".pdf", b"%PDF")
    with pytest.raises(FileNotFoundError):
        files.fetch(key, ending=".pdf")
    files.keep_beside(key, ".pdf", b"%PDF")
    with files.fetch(key, ending=".pdf") as stream:
        assert stream.read() == b"%PDF"


# --- templates -------------------------------------------------------------------------------------------------------

RELATIONS, TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
LINK = '<Relationship Id="x" Type="http://schemas.openxmlformats.org/{kind}" Target="http://x/>" TargetMode="{mode}"/>'


def changed(part: str, before: str, after: str, *, encoding: str = "utf-8") -> bytes:
    """Return the shipped template with one of its parts changed."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(ORDER.shipped[0].read_bytes())) as given,
        zipfile.ZipFile(written, "w") as made,
    ):
        for name in given.namelist():
            data = given.read(name)
            if name == part:
                assert before in data.decode()
                data = data.decode().replace(before, after, 1).encode(encoding)
            made.writestr(name, data)
    return written.getvalue()


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (changed(RELATIONS, "</Rel", LINK.format(kind="image", mode="External") + "</Rel"), "external"),
        (changed(RELATIONS, "</Rel", LINK.format(kind="image", mode="&#69;xternal") + "</Rel"), "external"),
        (changed(TYPES, "</Types", '<Override ContentType="a/ms.vbaProject"/></Types'), "macros"),
        (changed("word/styles.xml", "<w:styles", "<!DOCTYPE x><w:styles", encoding="utf-16"), "doctype"),
    ],
    ids=["external", "as an entity", "macro of another name", "utf-16"],
)
def test_what_a_template_hides_is_found(template: bytes, code: str) -> None:
    with pytest.raises(filling.Refused, match=code):
        filling.check_archive(template)


def test_a_template_may_link_to_a_page() -> None:
    filling.check_archive(
        changed(RELATIONS, "</Rel", LINK.format(kind="hyperlink", mode="External") + "</Rel")
    )


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert documents.clean({"a": ["\ufffe甲\uffff\ud800\x00\n"]}) == {"a": ["甲\n"]}


def test_what_a_killed_conversion_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("anqi-pdf-old", 7200), ("anqi-pdf-now", 60), ("other", 7200)):
        (tmp_path / name / "profile").mkdir(parents=True)
        moment = time.time() - age
        os.utime(tmp_path / name, (moment, moment))
    documents._forget_left()
    assert {each.name for each in tmp_path.iterdir()} == {"anqi-pdf-now", "other"}
