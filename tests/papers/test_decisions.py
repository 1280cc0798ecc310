"""Papers about decisions on a hazard, the proof of service, the cover of a hazard's file; and every form as pages."""

import base64
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from facts.attachments import attach
from foundation.contributions.papers import Form, forms
from foundation.documents import documents, pictures
from inspections.access import Permission
from inspections.answer_operations import extend_hazard
from inspections.hazard_operations import close_hazard, send_back_hazard
from inspections.models import Hazard
from papers.models import Paper, SignedCopy
from papers.operations import issuing, making
from tests.factories import HazardFactory
from tests.facts.people import Person, ahead, fresh, manager, officer, rows, today
from tests.fixtures import City, scope_of
from tests.papers.test_orders import issue, papers, words_of

pytestmark = pytest.mark.django_db
KEY = "8d3f9f0a-1111-4222-8333-4444555566%02d"
LONG = "情况属实，甲&乙 ‹测试>，确需延期整改。" * 40


def photo(number: int, size: tuple[int, int] = (900, 1200)) -> bytes:
    written = io.BytesIO()
    Image.linear_gradient("L").resize(size).rotate(number).save(written, "JPEG")
    return written.getvalue()


def decide(police: Person, hazard: Hazard, number: int, query: str = "", **more: Any) -> Any:
    data = {"finding": "情况属实。", "basis": "规定第九条", "form_key": KEY % number, **more}
    return police.post("inspections:hazard_decision", hazard.pk, query=query, **data)


def latest(hazard: Hazard) -> Paper:
    return papers(hazard)[-1]


def test_the_answer_to_a_request_for_an_extension(city: City, hazard: Hazard) -> None:
    police, theirs = officer(city.first, "周志远"), manager(hazard.enterprise)
    issue(police, hazard)
    order = latest(hazard)
    page = reverse("inspections:hazard_decision", args=[hazard.pk])
    assert page not in police.get("inspections:hazard", hazard.pk).text, "nothing was decided yet"
    old_on = fresh(hazard).deadline_on
    theirs.post(
        "inspections:hazard_ask_extension",
        hazard.pk,
        extension_wanted_on=ahead(20).isoformat(),
        reason="Parts",
        version=fresh(hazard).version,
    )
    police.act(extend_hazard, id=hazard.pk, version=None, extended_due_on=ahead(20), reason="情况属实")
    assert page in police.get("inspections:hazard", hazard.pk).text
    assert page not in theirs.get("inspections:hazard", hazard.pk).text
    assert police.client.get(page).context["form"].initial["finding"] == "情况属实"
    for _twice in range(2):
        assert decide(police, hazard, 1, finding=LONG).status_code == 302
    paper = latest(hazard)
    assert len(papers(hazard)) == 2
    assert paper.number_text == f"东公（开）同延字〔{today().year}〕1号", "a series of its own"
    text = words_of(police.get("papers:word", paper.pk).content)
    new_on = issuing.chinese_day(ahead(20))
    for part in (
        "同意延期整改治安隐患通知书",
        LONG,
        order.number_text,
        f"至{new_on}止",
        "甲&乙 ‹测试> 有限公司",
    ):
        assert part in text
    assert paper.data["old_due_on"] == issuing.chinese_day(old_on)
    assert decide(police, hazard, 2).status_code == 422, "the decision has its paper"
    query = f"?corrects={paper.pk}"
    assert decide(police, hazard, 3, query=query, reason="wrong day").status_code == 302
    assert (latest(hazard).number_text, latest(hazard).version) == (paper.number_text, 2)
    theirs.post("papers:receive", latest(hazard).pk)
    assert fresh(latest(hazard)).served_on == today()
    other = HazardFactory(enterprise=hazard.enterprise, item="another", due_on=ahead(4))
    issue(police, other, form_key=KEY % 9)
    assert latest(hazard).number == 2, "answers do not disturb the numbers of orders"


def test_the_opinion_after_re_inspection_with_photos_proof_and_cover(city: City, hazard: Hazard) -> None:
    police, theirs = officer(city.first, "陈立"), manager(hazard.enterprise)
    for person, shows in ((police, "found"), (theirs, "put_right")):
        person.act(
            attach,
            permission=Permission.VIEW_HAZARDS,
            model=Hazard,
            id=hazard.pk,
            name=f"{shows}.jpg",
            data=photo(len(shows)),
            shows=shows,
        )
    theirs.post("inspections:hazard_rectify", hazard.pk, version=fresh(hazard).version, reason="Done")
    police.act(send_back_hazard, id=hazard.pk, version=None, reason="仍有遮挡")
    assert decide(police, hazard, 4, name_1="").status_code == 422, "who re-inspected?"
    decide(police, hazard, 4, name_1="陈立", number_1="041309", with_photos="on")
    failed = latest(hazard)
    assert [each["caption"][:3] for each in failed.data["photos"]] == ["整改前", "整改后"]
    made = police.get("papers:word", failed.pk).content
    text = words_of(made)
    assert "不合格" in text
    assert made.count(b"word/media/") >= 2
    police.act(close_hazard, id=hazard.pk, version=None)
    decide(police, hazard, 5, name_1="陈立")
    passed = latest(hazard)
    assert (passed.number, passed.data["passed"], failed.data["passed"]) == (2, True, False)

    empty = words_of(police.get("papers:proof", passed.pk).content)
    assert passed.number_text in empty
    police.post(
        "papers:serve",
        passed.pk,
        way="direct",
        served_on=today().isoformat(),
        refused="on",
        note="负责人&拒签",
        witness="社区李主任",
    )
    police.post("papers:serve", passed.pk, way="mail", served_on=today().isoformat(), note="EMS 1234")
    proof = words_of(police.get("papers:proof", passed.pk).content)
    for part in ("送达回证", "拒绝接收", "负责人&拒签", "社区李主任", "邮寄送达", "EMS 1234"):
        assert part in proof
    assert theirs.get("papers:proof", passed.pk).status_code == 403

    cover = words_of(police.get("inspections:hazard_cover", hazard.pk).content)
    for part in ("卷内目录", failed.number_text, passed.number_text, "found.jpg", "put_right.jpg", "4件"):
        assert part in cover
    assert theirs.get("inspections:hazard_cover", hazard.pk).status_code == 403


def test_the_signed_copy_is_kept_with_its_digests(city: City, hazard: Hazard) -> None:
    police, theirs = officer(city.first), manager(hazard.enterprise)
    issue(police, hazard)
    paper = latest(hazard)
    for _twice in range(2):
        given = SimpleUploadedFile("signed.jpg", photo(2), "image/jpeg")
        assert police.post("papers:sign", paper.pk, file=given).status_code == 302
    (copy,) = rows(SignedCopy, city.first)
    got = theirs.get("papers:copy", paper.pk, copy.pk).content
    assert (documents.sm3_of(got), len(got)) == (copy.sm3, copy.size)
    assert copy.sm3 in theirs.get("papers:paper", paper.pk).text
    assert theirs.get("papers:copy", paper.pk, copy.pk + 1).status_code == 404
    refused = police.post("papers:sign", paper.pk, file=SimpleUploadedFile("a.exe", b"MZ" * 50))
    assert refused.status_code == 422
    assert theirs.post("papers:sign", paper.pk, file=given).status_code == 403


def test_a_photo_whose_file_is_lost_leaves_words(city: City, hazard: Hazard, folder: Path) -> None:
    police = officer(city.first)
    row = police.act(
        attach,
        permission=Permission.VIEW_HAZARDS,
        model=Hazard,
        id=hazard.pk,
        name="a.jpg",
        data=photo(1),
        shows="found",
    )
    issue(police, hazard, with_photos="on")
    (folder / row.key).unlink()
    with scope_of(city.first):
        assert pictures.MISSING in words_of(making.make_file(latest(hazard)))


@pytest.mark.parametrize("form", forms, ids=lambda form: form.code)
def test_every_template_that_comes_with_anqi_takes_the_examples(form: Form) -> None:
    for each in form.examples:
        text = words_of(documents.fill(form.shipped[-1].read_bytes(), each).data)
        assert "{{" not in text
        assert form.official_title.removesuffix("卷宗") in text


@pytest.mark.drill
@pytest.mark.skipif(
    documents.office() is None or not shutil.which("pdftoppm"), reason="soffice or pdftoppm is not installed"
)
@pytest.mark.parametrize("form", forms, ids=lambda form: form.code)
def test_every_form_as_pages(form: Form, tmp_path: Path) -> None:
    """With much text, odd characters, 30 hazards and 30 photos, and with almost nothing."""
    shown = [
        {"caption": f"隐患{each} 整改前", "picture": pictures.picture(photo(each), f"甲&乙 ‹测试> {each}")}
        for each in range(pictures.MOST)
    ]
    much = dict(form.examples[-1]) | {"enterprise": "甲&乙 ‹测试> " + "很长的名称" * 20}
    if "photos" in much:
        much["photos"] = shown
    for data, most in ((form.examples[1], 3), (much, 24)):
        pdf = tmp_path / "paper.pdf"
        pdf.write_bytes(documents.as_pdf(documents.fill(form.shipped[-1].read_bytes(), data).data))
        for old in tmp_path.glob("page*"):
            old.unlink()
        subprocess.run(["pdftoppm", "-r", "30", "-gray", pdf, tmp_path / "page"], check=True, timeout=120)
        pages = sorted(tmp_path.glob("page*"))
        assert 1 <= len(pages) <= most
        for each in pages:
            with Image.open(each) as page:
                darkest, lightest = page.getextrema()
                assert darkest < 100 < 250 < lightest, f"{each.name} is blank"


def test_a_photo_is_scaled_and_described() -> None:
    made = pictures.picture(photo(3, (4000, 3000)), 'a "b" & <c>')
    with Image.open(io.BytesIO(base64.b64decode(made["base64"]))) as scaled:
        assert max(scaled.size) == pictures.LONGEST
    template = next(form for form in forms if form.code == "reinspection-opinion")
    data = dict(template.examples[0]) | {"photos": [{"caption": "x", "picture": made}]}
    filled = documents.fill(template.shipped[-1].read_bytes(), data).data
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        assert re.search(
            r'descr="a &quot;b&quot; &amp; &lt;c&gt;"', archive.read("word/document.xml").decode()
        )
    assert pictures.picture(b"no picture", "x")["base64"] == ""
