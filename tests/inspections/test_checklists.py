"""Checklists: drafted, tried out and published by the bureau, answered at an enterprise, kept as they were worded."""

import io
import re
import uuid
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import Audience, Scope, station_scope
from foundation.ui.forms import faults_of
from inspections.checklists.answering import conclusion_of
from inspections.checklists.content import Content, ListKind, Section
from inspections.checklists.shipped import shipped
from inspections.hazard_operations import create_hazard
from inspections.items import items_in_force, publish_items
from inspections.models import CheckedItem, Checklist, CheckRecord, Hazard, Inspection, ItemList
from inspections.orders import numbers_of
from inspections.records import data_of
from tests.factories import ChecklistFactory, EnterpriseFactory, HazardFactory
from tests.facts.people import Person, ago, ahead, chief, fresh, log, numbered, officer, rows, supervisor
from tests.fixtures import City

pytestmark = pytest.mark.django_db
CHECK = "inspections:inspection_check"


def of_bureau(model: type[models.Model], city: City) -> list[Any]:
    """Return the rows of the bureau, oldest first."""
    bureau = city.first.bureau_id
    with station_scope(Scope((city.first.pk,), bureau=bureau, audience=Audience.SYSTEM)):
        return list(model._default_manager.filter(bureau_id=bureau).order_by("pk"))


@pytest.fixture
def pair(city: City) -> tuple[Person, Person]:
    """Two officers with police numbers."""
    return numbered(officer(city.first), "041201"), numbered(chief(city.first), "041202")


def passed(*kinds: ListKind, **more: Any) -> dict[str, Any]:
    """Return the form in which every item of these checklists passed."""
    codes = dict.fromkeys(each.code for kind in kinds for each in shipped(kind).questions)
    return {
        "kind": "routine",
        "inspected_on": ago(0),
        "lists": " ".join(f"{kind}:1" for kind in kinds),
        "form_key": str(uuid.uuid4()),
        **{f"answer-{code}": "pass" for code in codes},
        **{name.replace("__", "-"): value for name, value in more.items()},
    }


def test_a_hazard_that_is_still_there_is_noted_in_its_history(
    city: City, pair: tuple[Person, Person]
) -> None:
    one, other = pair
    enterprise = EnterpriseFactory(station=city.first, industry_code="P8321", key_unit_class="")
    open_one = HazardFactory(enterprise=enterprise, found_on=ago(20), due_on=ago(2), item="Broken lock")
    submitted = HazardFactory(enterprise=enterprise, found_on=ago(20), due_on=ago(2), rectified_on=ago(3))
    query = f"?enterprise={enterprise.pk}"
    page = one.client.get(reverse(CHECK) + query).text
    assert page.count('value="still"') == 1, "what was submitted is closed or sent back"
    data = passed(ListKind.ORDINARY, ListKind.CARE, officers=[one.user.pk, other.user.pk])
    data |= {f"again-{open_one.pk}": "still", f"again_reason-{open_one.pk}": "The bolt hangs loose"}
    refused = one.client.post(reverse(CHECK) + query, data | {f"again-{submitted.pk}": "still"})
    assert refused.status_code == 422
    assert "has submitted it meanwhile" in refused.text
    assert one.client.post(reverse(CHECK) + query, data).status_code == 302
    (made,) = rows(Inspection, city.first)
    assert made.conclusion == "rectify"
    hazard = fresh(open_one)
    assert (hazard.closed_on, hazard.rectified_on, hazard.version) == (None, None, open_one.version)
    (entry,) = log(city.first, action="hazard.still")
    assert (entry.after, entry.reason) == ({"seen_on": ago(0).isoformat()}, "The bolt hangs loose")
    shown = one.get("inspections:hazard", open_one.pk).text
    assert "still not put right" in shown
    assert "The bolt hangs loose" in shown


def test_an_inspection_by_checklist_is_one_record(city: City, pair: tuple[Person, Person]) -> None:
    one, other = pair
    people = [one.user.pk, other.user.pk]
    enterprise = EnterpriseFactory(station=city.first, industry_code="P8321", key_unit_class="")
    before = HazardFactory(
        enterprise=enterprise,
        found_on=ago(20),
        due_on=ago(2),
        recorded_by_id=other.user.pk,
        rectified_on=ago(3),
    )
    query = f"?enterprise={enterprise.pk}"
    typed = one.get(CHECK, enterprise=enterprise.name)  # and not picked from the list
    assert typed.headers["Location"] == reverse(CHECK) + query
    assert "not on your register" in one.get(CHECK, enterprise="Nowhere").text
    page = one.client.get(reverse(CHECK) + query)
    kinds = (ListKind.ORDINARY, ListKind.CARE)
    assert page.context["form"].initial["lists"] == "ordinary:1 care:1"  # a school that is no key unit
    assert f'data-again="{before.item_code}"' in page.text  # for what warns before it is recorded
    assert {'data-beware="left"', 'data-beware="passed"'} <= set(re.findall(r'data-beware="\w+"', page.text))
    assert page.text.count('value="close"') == 1  # left open from last time, and not found by this officer

    def send(**more: Any) -> Any:
        data = passed(*kinds, **{"officers": people, **more})
        data |= {
            "answer-B06": "fail",
            "note-B06": "21 days",
            "place-B06": "Server room",
            "due_on-B06": ahead(3),
            "major-B06": "",
            "answer-F02": "fail",
            "on_the_spot-F02": "on",
            "answer-H06": "n_a",
            f"again-{before.pk}": "close",
            "certificate_shown": "on",
            "camera": "0417",
        }
        return one.client.post(reverse(CHECK) + query, data)

    gone = HazardFactory(enterprise=enterprise, item="Old lock", found_on=ago(20), closed_on=ago(1))
    stale = send(**{f"again-{gone.pk}": "send_back", f"again_reason-{gone.pk}": "Still broken"})
    assert "Old lock" in str(stale.context["form"].non_field_errors()), (
        "a colleague has accepted it meanwhile"
    )
    foreign = HazardFactory(enterprise=EnterpriseFactory(station=city.first), item="Elsewhere")
    elsewhere = send(**{f"again-{foreign.pk}": "close"})
    assert "Elsewhere" not in elsewhere.text
    assert "not on your list any more" in elsewhere.text

    key = str(uuid.uuid4())
    refused = send(form_key=key, officers=[one.user.pk], conclusion="unqualified")
    assert refused.status_code == 422
    assert {"officers", "concluded_reason"} <= refused.context["form"].errors.keys()
    assert rows(Inspection, city.first) == []

    data = send(form_key=key)
    assert data.status_code == 302, data.context["form"].errors
    (made,) = rows(Inspection, city.first)
    shown = one.client.get(reverse("inspections:inspection", args=[made.pk]))
    assert [(act, each.pk) for act, each, _tone in shown.context["seen_again"]] == [("close", before.pk)]
    assert "Closed by this inspection" in shown.text
    seen = one.client.get(reverse("inspections:hazard", args=[before.pk])).text
    assert "Seen again by this inspection" in seen
    assert reverse("inspections:inspection", args=[made.pk]) in seen
    assert (made.conclusion, made.inspectors) == ("rectify", f"{one.user}、{other.user}")
    assert send(form_key=key).headers["Location"] == data.headers["Location"]  # sent again by the phone
    cache.clear()  # only the record tells whether it is the same
    assert send(form_key=key).headers["Location"] == data.headers["Location"]
    cache.clear()
    assert "submitted with different content" in send(form_key=key, inspected_on=ago(1)).text
    assert len(rows(Inspection, city.first)) == 1

    found = {each.item_code: each for each in rows(Hazard, city.first) if each.inspection_id}
    assert found.keys() == {"B06", "F02"}
    assert (found["B06"].place, found["B06"].description) == ("Server room", "21 days")
    assert found["F02"].on_the_spot
    assert fresh(before).closed_on == ago(0)  # seen again in the same visit

    answers = {each.code: each for each in rows(CheckedItem, city.first)}
    assert len(answers) == len({one.code for kind in kinds for one in shipped(kind).questions})
    assert answers["B06"].hazard_id == found["B06"].pk
    assert answers["H06"].answer == "n_a"
    (record,) = rows(CheckRecord, city.first)
    assert [each["police_number"] for each in record.officers] == ["041201", "041202"]
    shown = one.get("inspections:inspection", made.pk).text
    assert "Recordings are kept for 30 days or more" in shown
    assert "0417" in shown
    assert "041202" in shown

    # which item fails most: each figure leads to the inspections that it counts
    bureau = supervisor(city.first.bureau)
    page = bureau.get("inspections:checklist_failing", item="B06", section="P")
    assert [row["figures"].key for row in page.context["rows"]] == ["B06", "F02"]
    counted = {row["figures"].key: row for row in page.context["rows"] + page.context["never"]}
    assert "H06" not in counted  # not applicable says nothing about it
    (by_industry,) = page.context["industries"]
    assert (by_industry["figures"].key, by_industry["figures"].failed) == ("P", 1)
    for url in (counted["B06"]["failed_url"], by_industry["asked_url"], counted["A01"]["asked_url"]):
        assert reverse("inspections:inspection", args=[made.pk]) in bureau.client.get(url).text
    early = bureau.get("inspections:checklist_failing", quarter="2019Q1").text
    assert '<option value="2019Q1" selected>' in early, "the form says which quarter is shown"
    assert bureau.get("inspections:checklist_failing", item="\0").status_code == 404
    none = bureau.client.get(counted["A01"]["failed_url"]).text
    assert reverse("inspections:inspection", args=[made.pk]) not in none


def test_auxiliaries_alone_and_critical_gaps_are_refused(city: City, pair: tuple[Person, Person]) -> None:
    one, other = pair
    auxiliary = officer(city.first)
    enterprise = EnterpriseFactory(station=city.first, key_unit_class="8")
    address = f"{reverse(CHECK)}?enterprise={enterprise.pk}"

    def errors(**more: Any) -> Any:
        answer = one.client.post(address, passed(ListKind.KEY, **more))
        return answer.context["form"].errors if answer.status_code == 422 else {}

    assert "come along" in str(errors(officers=[one.user.pk, auxiliary.user.pk])["officers"])
    both = [one.user.pk, other.user.pk]
    assert "D04" in str(errors(officers=both, answer__D04="")["left_reason"])
    closed = {"answer__D04": "", "left_reason": "The vault was closed.", "note__D04": "No key"}
    assert not errors(officers=both, **closed)
    (made,) = rows(Inspection, city.first)
    (open_item,) = (each for each in rows(CheckedItem, city.first) if each.code == "D04")
    assert (open_item.answer, open_item.note) == ("", "No key"), (
        "what was seen is kept without an answer, too"
    )
    assert made.conclusion == ""  # not known as long as a critical item is open
    # everything that is wrong is said at once, at its item
    wrong = errors(officers=both, answer__C04="fail", due_on__C04="", answer__A01="")
    assert wrong.keys() == {"due_on-C04"}


def test_two_officers_of_one_name_inspect_together(city: City, pair: tuple[Person, Person]) -> None:
    people = [*pair, officer(city.first)]  # the third one is an auxiliary, who has no number
    for each in people:
        each.user.full_name = "王刚"
        each.user.save()
    enterprise = EnterpriseFactory(station=city.first, industry_code="F5211", key_unit_class="")
    sent = passed(ListKind.ORDINARY, officers=[each.user.pk for each in people])
    answer = pair[0].client.post(f"{reverse(CHECK)}?enterprise={enterprise.pk}", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    (made,) = rows(Inspection, city.first)
    assert made.inspectors == "王刚（041201）、王刚（041202）、王刚"
    (record,) = rows(CheckRecord, city.first)
    assert [each["name"] for each in record.officers] == made.inspectors.split("、")
    with station_scope(pair[0].actor.scope()):
        said = data_of(pair[0].actor, made)["officers"]
        by_sheet = numbers_of(pair[0].actor, ["王刚（041203）", "王刚(041204)", "王刚"])
    assert said == "王刚（警号041201）、王刚（警号041202）、王刚（警号　　　　）", "each number once"
    assert by_sheet == {"王刚（041203）": "041203", "王刚(041204)": "041204"}


def test_the_bureau_drafts_tries_and_publishes(city: City, pair: tuple[Person, Person]) -> None:
    one, other = pair
    bureau, kind = supervisor(city.first.bureau), "ordinary"
    enterprise = EnterpriseFactory(station=city.first)
    address = f"{reverse(CHECK)}?enterprise={enterprise.pk}"
    old = passed(
        ListKind.ORDINARY, officers=[one.user.pk, other.user.pk], answer__B03="fail", due_on__B03=ahead(2)
    )
    new_item = {
        "section": "制度防范",
        "code": "F.9",
        "ask": "夜间有人值班",
        "hazard": "夜间无人值班",
        "weight": 3,
        "critical": "on",
        "days": 5,
        "version": "0",
    }
    for page in ("inspections:checklist_try", "inspections:checklist_publish"):
        left = bureau.get(page, kind)
        assert left.url == reverse("inspections:checklist_draft", args=[kind]), "there is nothing yet"
    wrong = bureau.post("inspections:checklist_item", kind, **new_item | {"code": "A01"})
    assert list(wrong.context["form"].errors) == ["code"]
    bureau.post("inspections:checklist_item", kind, **new_item)
    changes = bureau.get("inspections:checklist_item", kind, code="F.9", htmx=True).text
    assert 'data-about="code=F.9"' in changes, "what is typed for one item is not offered at another"
    bureau.post("inspections:checklist_move", kind, code="A06", by="-1", version="1")
    asked = bureau.get("inspections:checklist_remove", kind, code="F05", htmx=True).text
    assert "F05 Cash, notes and seals are kept safely" in asked, "the bin asks first, and says which item"
    assert (
        bureau.post("inspections:checklist_remove", kind, query="?code=F05", version="2").status_code == 302
    )
    for stale in ("2", "²", ""):
        answer = bureau.post("inspections:checklist_remove", kind, query="?code=F04", version=stale)
        assert answer.status_code in (409, 422)
    with_draft = bureau.get("inspections:checklist_draft", kind)
    assert [each.split(":")[0] for each in with_draft.context["changed"]] == [
        "Added",
        "Removed",
        "The order has changed.",
    ]
    (draft,) = of_bureau(Checklist, city)
    assert draft.version == 3
    publish = {"version": "3", "reason": "Burglaries at night"}
    assert "Try the draft out first" in bureau.post("inspections:checklist_publish", kind, **publish).text
    tried = bureau.post("inspections:checklist_try", kind, lists="3", **{"answer-F.9": "pass"})
    assert tried.status_code == 302
    assert rows(Inspection, city.first) == []

    before = one.client.post(address, old)  # answered on the version that is still in force
    assert before.status_code == 302
    assert bureau.post("inspections:checklist_publish", kind, **publish).status_code == 302
    # the same phone sends it once more: it was recorded, so nothing is refused
    assert one.client.post(address, old).headers["Location"] == before.headers["Location"]
    late = one.client.post(address, old | {"form_key": str(uuid.uuid4())})
    assert late.status_code == 422
    assert "was replaced by version 2" in late.text
    assert 'name="answer-F.9"' in late.text  # what is asked now, with what was answered
    assert late.context["form"]["answer-B03"].value() == "fail"
    again = {"form_key": str(uuid.uuid4()), "lists": "ordinary:2", "answer-F.9": "fail", "due_on-F.9": ""}
    again |= {"answer-B03": "fail", "due_on-B03": ""}
    faulty = one.client.post(address, old | again)
    assert faulty.context["form"].errors.keys() == {"due_on-F.9", "due_on-B03"}
    assert {each.label for each in faults_of(faulty.context["form"])} == {
        "F.9 · To be rectified by",
        "B03 · To be rectified by",
    }, "two lines of the summary tell their items apart"

    (made,) = rows(Inspection, city.first)
    shown = one.get("inspections:inspection", made.pk).text
    assert "Cash, notes and seals are kept safely" in shown  # asked then, no longer now
    assert "夜间有人值班" not in shown
    (items,) = of_bureau(ItemList, city)  # what a failed F.9 is called has no second list
    assert {"code": "F.9", "name": "夜间无人值班", "name_en": "", "major": False, "days": 5} in items.items
    acts = [each.action for each in of_bureau(AuditEntry, city) if each.object_type == "checklist"]
    assert acts[-2:] == ["checklist.try", "checklist.publish"]

    # what a new version no longer asks, and failed or has a note, is named, asked for once more and recorded
    unasked = {"answer-F05": "fail", "note-F05": "Safe is open", "due_on-F05": ahead(2), "answer-B03": "pass"}
    late = one.client.post(address, old | unasked | {"form_key": str(uuid.uuid4())})
    assert "F05" in (said := " ".join(late.context["form"].non_field_errors()))
    assert "Safe is open" in said
    form = late.context["form"]
    assert form["answer-F05"].value() == "fail"
    sent = {"form_key": str(uuid.uuid4()), "lists": form["lists"].value(), "former": form["former"].value()}
    assert (sent["lists"], sent["former"]) == ("ordinary:2", "ordinary:1")
    answered = one.client.post(address, old | unasked | sent | {"answer-F.9": "pass"})
    assert answered.status_code == 302, answered.context["form"].errors
    kept = next(each for each in rows(Hazard, city.first) if each.item_code == "F05")
    assert kept.description == "Safe is open"
    (item,) = [each for each in rows(CheckedItem, city.first) if each.hazard_id == kept.pk]
    assert (item.code, item.section_en) == ("F05", "No longer asked")

    # out as a sheet, changed, and in again as the next draft
    book = bureau.get("inspections:checklist_sheet", kind).content
    file = SimpleUploadedFile("list.xlsx", io.BytesIO(book).read())
    bring = reverse("inspections:checklist_bring", args=[kind])
    bureau.client.post(bring, {"file": file, "version": "0"})
    again = bureau.get("inspections:checklist_draft", kind)
    assert again.context["changed"] == []
    csv = "Code,What is asked,Hazard if it fails,Weight\nA01,Rules,No rules,{}\n"
    for weight, version, why in (
        ("heavy", "1", "Row 2: “heavy” is not a whole number"),
        ("0", "1", "A01: The weight is a number from 1 to 5."),
        ("2", "0", "This draft was changed in the meantime"),  # it would be lost
    ):
        bad = SimpleUploadedFile("list.csv", csv.format(weight).encode())
        assert why in bureau.client.post(bring, {"file": bad, "version": version}).text
    (draft,) = (each for each in of_bureau(Checklist, city) if each.published_at is None)
    assert len(draft.sections) > 1


def test_what_is_asked_in_other_words_by_now_is_answered_anew(
    city: City, pair: tuple[Person, Person]
) -> None:
    """An answer to one question is none to another under the same code; all others are kept."""
    one, other = pair
    address = f"{reverse(CHECK)}?enterprise={EnterpriseFactory(station=city.first).pk}"
    two = [one.user.pk, other.user.pk]
    sent = passed(ListKind.ORDINARY, officers=two, answer__B03="fail", note__B03="Lens is broken")
    (first, *rest) = shipped(ListKind.ORDINARY).questions
    changed = [replace(each, ask_en=f"{each.ask_en}.") for each in rest]  # the same in Chinese
    changed = [
        replace(each, ask="出入口有录像", ask_en="Entrances are recorded") if each.code == "B03" else each
        for each in changed
    ]
    sections = Content(
        (Section("Gate", "", (replace(first, ask="门卫", ask_en="Guards"), *changed)),)
    ).stored()
    ChecklistFactory(bureau=city.bureau, kind="ordinary", number=2, sections=sections)
    form = one.client.post(address, sent).context["form"]
    told = form.non_field_errors()
    assert "was replaced by version 2" in told[0]
    assert [each for each in told if "in other words" in each] == [
        "Asked in other words now, answer it anew: Guards",
        "Asked in other words now, answer it anew (it had failed): Entrances are recorded",
    ]
    assert (form["answer-B03"].value(), form["note-B03"].value()) == ("", "Lens is broken")
    assert form[f"answer-{first.code}"].value() == ""
    assert {form[f"answer-{each.code}"].value() for each in rest if each.code != "B03"} == {"pass"}
    assert rows(Inspection, city.first) == []


def test_a_second_hazard_of_a_failed_item_is_added_to_the_inspection(
    city: City, pair: tuple[Person, Person]
) -> None:
    """The form makes one of an item and says where the others go; both count under its code."""
    one, other = pair
    address = f"{reverse(CHECK)}?enterprise={EnterpriseFactory(station=city.first).pk}"
    assert "add others of the same item on the inspection" in unescape(
        one.client.get(address).content.decode()
    )
    two = [one.user.pk, other.user.pk]
    failed = passed(
        ListKind.ORDINARY, officers=two, answer__B03="fail", place__B03="East gate", due_on__B03=ahead(2)
    )
    assert one.client.post(address, failed).status_code == 302
    (made,), (first,) = rows(Inspection, city.first), rows(Hazard, city.first)
    assert f"inspection={made.pk}" in one.get("inspections:inspection", made.pk).text, "the way there"
    said = {
        "item": first.item,
        "item_code": "B03",
        "place": "West gate",
        "found_on": ago(0),
        "due_on": ahead(3),
    }
    one.act(create_hazard, **said, enterprise_id=made.enterprise_id, inspection=made)
    found = rows(Hazard, city.first)
    assert [(each.item_code, each.place) for each in found] == [("B03", "East gate"), ("B03", "West gate")]
    assert {each.inspection_id for each in found} == {made.pk}


def test_an_item_keeps_its_code_and_both_wordings_are_compared(city: City) -> None:
    bureau, kind = supervisor(city.first.bureau), "ordinary"
    item = shipped(ListKind.ORDINARY).by_code["A01"]
    sent = {name: "" if value is None else value for name, value in vars(item).items()}
    sent |= {name: "on" for name in ("critical", "may_skip", "major") if sent.pop(name)}
    sent |= {"section": shipped(ListKind.ORDINARY).sections[0].name, "version": "0"}

    def change(**more: Any) -> Any:
        return bureau.post("inspections:checklist_item", kind, query="?code=A01", **sent | more)

    renamed = change(code="A99")
    assert list(renamed.context["form"].errors) == ["code"], "its figures and repeats would be cut off"
    assert of_bureau(Checklist, city) == []
    assert change(ask="制度齐全，员工知晓").status_code == 302
    (said,) = bureau.get("inspections:checklist_draft", kind).context["changed"]  # in English
    assert f"asked in Chinese “{item.ask}” before, now “制度齐全，员工知晓”" in said
    assert "the question in English is unchanged" in said
    own = {"section": "Gate", "ask": "Locked", "hazard": "Not locked", "weight": 1}
    assert bureau.post("inspections:checklist_item", kind, **own, code="X1", version="1").status_code == 302
    again = bureau.post("inspections:checklist_item", kind, query="?code=X1", **own, code="X2", version="2")
    assert again.status_code == 302, "nobody was asked it yet"
    (draft,) = of_bureau(Checklist, city)
    assert draft.sections[-1]["questions"][0]["code"] == "X2"


def test_the_list_of_items_says_what_a_failed_item_is(city: City, pair: tuple[Person, Person]) -> None:
    """It is published while a checklist is drafted: the page follows it at once, and so does the draft."""
    one, other = pair
    bureau, kind = supervisor(city.first.bureau), "ordinary"
    bureau.post("inspections:checklist_move", kind, code="A06", by="-1", version="0")
    bureau.post("inspections:checklist_try", kind, lists="1", **{"answer-A01": "pass"})
    lines = [
        f"{each.code} | Blind spots | major | 3" if each.code == "B03" else f"{each.as_line()} | {number}"
        for number, each in enumerate(bureau.act(items_in_force).items, start=4)
    ]
    bureau.act(publish_items, number=None, lines="\n".join(lines), reason="Ours")

    address = f"{reverse(CHECK)}?enterprise={EnterpriseFactory(station=city.first).pk}"
    one.client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = one.client.get(address)
    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) <= 18, "whatever the days"
    form = page.context["form"]
    assert form["major-B03"].value() is True
    assert "<b>Blind spots</b>" in page.text
    as_proposed = {"answer__B03": "fail", "major__B03": "on", "due_on__B03": form["due_on-B03"].value()}
    people = [one.user.pk, other.user.pk]
    one.client.post(address, passed(ListKind.ORDINARY, officers=people, **as_proposed))
    (hazard,) = rows(Hazard, city.first)
    assert (hazard.item, hazard.major_from_on, hazard.counted_as["days"]) == ("Blind spots", ago(0), 3)

    (draft,) = of_bureau(Checklist, city)
    assert (draft.version, draft.tried_at) == (2, None)
    assert (
        bureau.post("inspections:checklist_try", kind, lists="2", **{"answer-A01": "pass"}).status_code == 302
    )
    assert bureau.post("inspections:checklist_publish", kind, version="2", reason="Order").status_code == 302
    now = bureau.act(items_in_force).by_code["B03"]
    assert (now.name, now.major, now.days) == ("Blind spots", True, 3), "publishing did not change it back"
    wrong = {"section": "Gate", "code": "X1", "ask": "Locked", "hazard": "Not locked | open", "weight": 1}
    refused = bureau.post("inspections:checklist_item", kind, **wrong, version="0")
    assert refused.context["form"].errors.keys() == {"hazard"}, "it becomes a line of that list"


def test_a_visit_that_sends_a_hazard_back_is_not_qualified() -> None:
    spot = {"major": False, "on_the_spot": True}
    assert conclusion_of([spot], is_whole=True) == "qualified"
    assert conclusion_of([spot], is_whole=True, remains=True) == "rectify"
    assert conclusion_of([], is_whole=False) == ""
    assert conclusion_of([spot | {"major": True}], is_whole=True, remains=True) == "unqualified"
