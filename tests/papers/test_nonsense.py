"""What pages refuse, operations refuse alike: texts that nobody can keep, names of nobody, days and choices that cannot be."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from enterprises.operations import register_enterprise
from facts.models import FactStep
from foundation.accounts.access import WrongState
from foundation.contributions.papers import forms
from foundation.lists.operations import save_view
from foundation.lots import operations as lots
from inspections import calling, decisions, major, orders, penalising, positions, rechecks, responsible
from inspections.answer_operations import rectify_hazard
from inspections.checklists.answering import CheckSheet, Given, SeenAgain
from inspections.checklists.content import Content, ListKind
from inspections.checklists.publishing import change_draft, put_question, versions_in_force
from inspections.hazard_operations import close_hazard, correct_hazard, void_hazard
from inspections.items import publish_items
from inspections.models import Hazard
from inspections.moving import move_hazard
from inspections.operations import create_inspection
from papers import templates
from papers.operations import issuing, serving
from tests.factories import (
    EnterpriseFactory,
    HazardFactory,
    KeyPositionFactory,
    LetterheadFactory,
    PenaltyFactory,
)
from tests.facts.people import Person, ago, ahead, chief, fresh, manager, officer, rows, supervisor, today
from tests.fixtures import City
from tests.papers.test_orders import issue, papers

pytestmark = pytest.mark.django_db
UNKEPT = ("字" * 5000, "张\x00三", "张\ud800")  # too long, with NUL, with half a character


def refused(person: Person, operation: Callable[..., Any], **given: Any) -> set[str]:
    """Return the fields at which an operation refuses what is given."""
    with pytest.raises(ValidationError) as error:
        person.act(operation, **given)
    return set(error.value.message_dict)


def test_a_service_names_people_and_nobody_is_the_own_witness(city: City, hazard: Hazard) -> None:
    police = officer(city.first, name="周志远")
    issue(police, hazard)
    (paper,) = papers(hazard)
    given = {"id": paper.pk, "way": "direct", "served_on": today(), "received_by": "王经理"}
    for name in ("received_by", "servers", "witness", "note"):
        for text in UNKEPT:
            assert refused(police, serving.serve_paper, **given | {name: text}) == {name}
    assert refused(police, serving.serve_paper, **given | {"received_by": "123"}) == {"received_by"}
    assert refused(police, serving.serve_paper, **given | {"received_by": "周 志远"}) == {"received_by"}
    assert refused(police, serving.serve_paper, **given, refused=True, note="…") == {"note"}
    left = given | {"way": "left", "received_by": "", "servers": "周志远（警号041267）、陈岚"}
    assert refused(police, serving.serve_paper, **left, witness="陈岚") == {"witness"}
    namesakes = left | {"servers": "陈岚（041203）、陈岚（041204）"}
    for name in ("陈岚", "陈岚（041204）"):
        assert refused(police, serving.serve_paper, **namesakes, witness=name) == {"witness"}
    made = police.act(serving.serve_paper, **left, witness="社区\u202e工作者 李红")
    assert made.witness == "社区工作者 李红"


def test_papers_have_a_letterhead_and_words_that_can_be_kept(city: City, hazard: Hazard) -> None:
    head, police, boss = chief(city.first), officer(city.first), supervisor(city.bureau)
    for text in UNKEPT:
        assert refused(head, issuing.change_letterhead, version=None, court=text) == {"court"}
    assert refused(head, issuing.change_letterhead, version=None, authority="\u200b") == {"authority"}
    LetterheadFactory(bureau=city.bureau, station=city.second, abbreviation="东公（江）")
    for twin in ("东公(江)", "东公（ 江）\u200b"):
        given = {"version": None, "abbreviation": twin}
        assert refused(head, issuing.change_letterhead, **given) == {"abbreviation"}
    form = next(iter(forms))
    template = {"form": form, "data": form.shipped[-1].read_bytes()}
    for text in (*UNKEPT, "\u200b", "…"):
        assert refused(boss, templates.publish_template, **template, note=text) == {"note"}
    huge = template | {"data": b"x" * (templates.LARGEST + 1), "note": "New"}
    assert refused(boss, templates.publish_template, **huge) == {"file"}
    order: dict[str, Any] = {
        "enterprise_id": hazard.enterprise_id,
        "hazard_ids": [hazard.pk],
        "measures": {hazard.pk: "字" * 501},
        "officers": [orders.Officer("123")],
        "inspected_on": hazard.found_on,
        "basis": " ",
    }
    assert refused(police, orders.issue_order, **order) >= {"officers", "basis", f"measures_{hazard.pk}"}
    head.act(close_hazard, id=hazard.pk, reason="Put right")
    step = rows(FactStep, city.first)[-1]
    opinion = {"hazard_id": hazard.pk, "step_id": step.pk, "finding": "…", "basis": ""}
    assert refused(police, decisions.issue_decision, **opinion) == {"officers", "finding", "basis"}


def test_stages_calls_and_persons_of_a_hazard(city: City, hazard: Hazard) -> None:
    police, boss, people = officer(city.first), supervisor(city.bureau), manager(hazard.enterprise)
    grave = HazardFactory(enterprise=hazard.enterprise, found_on=ago(3), major_from_on=ago(2))
    stage = {"id": grave.pk, "version": None, "reported_by": "王经理"}
    assert refused(police, major.record_stage, **stage, stage="begun") == {"stage"}
    for text in (*UNKEPT, "…", "\u200b"):
        assert refused(police, major.record_stage, **stage, stage="plan", plan=text) == {"plan"}
        assert refused(police, calling.note_call, id=grave.pk, spoke_with="王经理", said=text) == {"said"}
    for text in (*UNKEPT, "123", "啊啊啊"):
        by = stage | {"reported_by": text}
        assert refused(police, major.record_stage, **by, stage="plan", plan="Weld it") == {"reported_by"}
    experts = {"experts": "王工", "unit": "省安协", "opinion": "可行"}
    assert refused(police, major.record_stage, **stage, stage="review", **experts, passed="no") == {"passed"}
    told = dict.fromkeys(("measures", "funds", "responsible", "contingency", "interim"), "有")
    late = stage | {"stage": "guarantees", "until": today().replace(year=2999)}
    assert refused(people, major.record_stage, **late, **told) == {"until"}
    listing = {"id": grave.pk, "version": None, "reason": "Very grave"}
    for text in UNKEPT:
        assert refused(boss, major.list_hazard_for_supervision, **listing, number=text) == {"number"}
        named = {"id": grave.pk, "version": None, "territory_person": text}
        assert refused(police, responsible.name_responsible, **named) == {"territory_person"}
    grave = fresh(grave)
    assert grave.version == 1


def test_a_penalty_never_precedes_its_hazard(city: City, hazard: Hazard) -> None:
    head = chief(city.first)
    firm = hazard.enterprise
    penalty = PenaltyFactory(enterprise=firm, decided_on=ago(2), hazard_id=hazard.pk)
    correct = {"version": None, "reason": "A wrong day"}
    early = {"id": penalty.pk, "decided_on": ago(4), **correct}
    assert refused(head, penalising.PENALTY_WRITES.correct, **early) == {"decided_on"}
    assert refused(head, correct_hazard, id=hazard.pk, found_on=ago(1), **correct) == {"found_on"}
    head.act(correct_hazard, id=hazard.pk, found_on=ago(2), **correct)
    other = EnterpriseFactory(station=city.first)
    with pytest.raises(WrongState, match="something was decided"):
        head.act(move_hazard, id=hazard.pk, version=None, enterprise_id=other.pk, reason="Next door")
    head.act(penalising.PENALTY_WRITES.void, id=penalty.pk, version=None, reason="Never imposed")
    gone = HazardFactory(enterprise=firm, found_on=ago(3), due_on=ahead(3))
    head.act(void_hazard, id=gone.pk, version=None, reason="Was none")
    fields = {"decided_on": today(), "number": "9", "kind": "warning"}
    made = head.act(penalising.create_penalty, enterprise_id=firm.pk, hazard=gone.pk, **fields)
    assert made.hazard_id == 0


def test_key_positions_have_one_spelling_and_end_after_what_was_found_there(city: City) -> None:
    firm, police = EnterpriseFactory(station=city.first), officer(city.first)
    position = KeyPositionFactory(enterprise=firm, name="1号仓库", kind="store")
    for twin in ("１号仓库", "1号 仓库", "1号仓库\u200b", "…"):
        given = {"enterprise_id": firm.pk, "name": twin, "kind": "store"}
        assert refused(police, positions.add_key_position, **given) == {"name"}
    HazardFactory(enterprise=firm, place="1号仓库", found_on=ago(2), key_position_id=position.pk)
    end = {"id": position.pk, "version": None}
    assert refused(police, positions.end_key_position, **end, ended_on=ago(2)) == {"ended_on"}
    police.act(positions.end_key_position, **end, ended_on=ago(1))
    with pytest.raises(WrongState, match="has ended"):
        police.act(positions.change_key_position, **end, name="旧仓库", kind="store")


def test_a_draw_is_of_what_its_form_offers(city: City) -> None:
    head, boss = chief(city.first), supervisor(city.bureau)
    days = {"found_on": ago(30), "due_on": ago(10), "rectified_on": ago(12), "closed_on": ago(9)}
    hazards = [HazardFactory(enterprise=EnterpriseFactory(station=city.first), **days) for _each in range(3)]
    terms = {"person": head.user.pk, "person_name": str(head.user), "due_on": ahead(7).isoformat()}
    criteria = {"since": ago(30).isoformat(), "until": today().isoformat()}
    given: dict[str, Any] = {
        "kind": rechecks.KIND,
        "criteria": criteria,
        "stations": head.actor.stations,
        "take": 1,
        "terms": terms,
    }
    for wrong, field in (
        ({"terms": terms | {"due_on": ago(1).isoformat()}}, "due_on"),
        ({"terms": terms | {"due_on": "2026-02-31"}}, "due_on"),
        ({"terms": terms | {"person": boss.user.pk + 1000}}, "person"),
        ({"criteria": {"since": "x", "until": "y"}}, "since"),
        ({"criteria": criteria | {"severity": "grave"}}, "severity"),
        ({"take": "1"}, "take"),
        ({"excuses": {hazards[0].pk: "字" * 201}}, "excuses"),
        ({"excuses": {hazards[0].pk: "…"}}, "excuses"),
        ({"barred": [(1, 2, "A cousin")]}, "barred"),
    ):
        assert refused(head, lots.freeze, **given | wrong) == {field}
    for wrong in ({"kind": "elections"}, {"stations": []}, {"stations": [city.second.pk]}):
        with pytest.raises(Http404):
            head.act(lots.freeze, **given | wrong)
    visits = {
        "kind": "inspections",
        "criteria": {"station": city.first.pk, "colour": "blue", "industry": "??"},
        "stations": [city.first.pk],
        "terms": {"due_on": ahead(400).isoformat()},
    }
    assert refused(head, lots.freeze, **given | visits) == {"colour", "industry", "due_on"}


def test_items_that_read_alike_are_one(city: City) -> None:
    boss = supervisor(city.bureau)
    for name in UNKEPT[1:]:
        given = {"number": None, "lines": f"A1 | {name}", "reason": "New items"}
        assert refused(boss, publish_items, **given) == {"lines"}
    twins = "A1 | 灭火器1\nA2 | 灭火器１\na1 | 另一项\nA3 | …"
    with pytest.raises(ValidationError) as error:
        boss.act(publish_items, number=None, lines=twins, reason="New items")
    assert [words[:6] for words in error.value.message_dict["lines"]] == ["Line 2", "Line 3", "Line 4"]


def test_a_checklist_keeps_what_was_asked_and_nothing_else(city: City) -> None:
    boss, firm = supervisor(city.bureau), EnterpriseFactory(station=city.first)
    here = [officer(city.first), officer(city.first)]
    for number, each in enumerate(here):
        each.user.police_number = f"04111{number}"
        each.user.save()
    (kind, *_others) = ListKind
    version = boss.act(lambda actor: versions_in_force(actor, [kind]))[kind]
    codes = list(version.content.by_code)
    given: dict[str, Any] = {
        "lists": [(kind, version.number)],
        "answers": dict.fromkeys(codes, Given("pass")),
        "officers": [each.user.pk for each in here],
    }
    for wrong, fields in (
        ({"camera": "7" * 41}, {"camera"}),
        ({"left_reason": "\x00"}, {"left_reason"}),
        ({"conclusion": "rectify", "concluded_reason": "…"}, {"concluded_reason", "conclusion"}),
        (
            {"answers": given["answers"] | {codes[0]: Given("pass", "字" * 2001)}},
            {f"answers-{codes[0]}.note"},
        ),
        ({"answers": given["answers"] | {"ZZ": Given("fail")}}, {"lists"}),
        ({"again": [SeenAgain(1, "forget")]}, {"lists", "again-1.act"}),
        ({"lists": [("none", 1)]}, {"lists"}),
    ):
        found = {"enterprise_id": firm.pk, "inspected_on": today(), "sheet": CheckSheet(**given | wrong)}
        assert refused(here[0], create_inspection, **found) == fields
    for text in (*UNKEPT, "…"):
        asked = replace(version.content.by_code[codes[0]], code="N1", hazard="新", ask=text)

        def change(content: Content, asked: Any = asked) -> Content:
            return put_question(content, question=asked, section="新")

        with pytest.raises(ValidationError, match="N1: "):
            boss.act(change_draft, kind=kind, version=0, change=change)


def test_a_view_and_a_register_entry_have_names_that_can_be_kept(city: City) -> None:
    police = officer(city.first)
    for text in UNKEPT:
        view = {"path": "/inspections/hazards/", "query": "state=open", "name": text}
        assert refused(police, save_view, **view) == {"name"}
        assert refused(police, register_enterprise, station_id=city.first.pk, name=text) >= {"name"}
    hazard = HazardFactory(enterprise=EnterpriseFactory(station=city.first), due_on=ahead(3), found_on=ago(2))
    rectify = {"id": hazard.pk, "rectified_on": today(), "submitted_by": "\u200b"}
    assert refused(police, rectify_hazard, **rectify) == {"submitted_by"}
    rectify["submitted_by"] = "王" * 81
    assert refused(police, rectify_hazard, **rectify) == {"submitted_by"}
