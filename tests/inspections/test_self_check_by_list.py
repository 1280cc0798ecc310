"""A self-check by list: what is asked follows from the enterprise's checklists, failed items become hazards it found."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from facts.attachments import list_attachments
from foundation.tenancy.scope import station_scope
from inspections.choices import CheckTarget, Origin
from inspections.models import Hazard, SelfCheck, SelfCheckAnswers
from inspections.self_checking import MOST, SEEN_ON_A_WALK, Said, create_self_check_by_list, short_list
from tests.attachments.pictures import drawn
from tests.factories import ChecklistFactory, EnterpriseFactory
from tests.facts.people import Person, ahead, manager, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db
BY_LIST = "inspections:self_check_by_list"


def asked(person: Person, **query: str) -> list[str]:
    return [each["question"].code for each in person.get(BY_LIST, **query).context["rows"]]


def typed(person: Person, **answers: str) -> dict[str, object]:
    """Return a form in which all passed but ``answers``."""
    form = person.get(BY_LIST).context["form"]
    given = {f"answer-{each.code}": "pass" for each in form.asked} | {
        name.replace("_", "-", 1): value for name, value in answers.items()
    }
    return given | {"checked_on": str(today()), "checked_by": "Wu Gang", "lists": form["lists"].value()}


def test_a_failed_item_becomes_a_hazard_that_the_enterprise_found_with_its_photo(city: City) -> None:
    firm = EnterpriseFactory(station=city.first)
    people, police = manager(firm), officer(city.first)
    codes = asked(people)
    assert 0 < len(codes) <= MOST
    assert set(codes) <= set(SEEN_ON_A_WALK[CheckTarget.GENERAL])
    assert set(asked(people, target="funds")) <= set(SEEN_ON_A_WALK[CheckTarget.FUNDS])
    first, second, *_rest = codes
    data = typed(people)
    left = people.post(BY_LIST, **{name: value for name, value in data.items() if name != f"answer-{first}"})
    assert left.status_code == 422
    assert "1 items are not answered" in left.text
    assert rows(SelfCheck, city.first) == []

    data |= {f"answer-{first}": "fail", f"note-{first}": "Boxes before the exit", f"place-{first}": "Floor 2"}
    data |= {f"answer-{second}": "n_a", f"due_on-{first}": str(ahead(5))}
    photo = SimpleUploadedFile("exit.jpg", drawn(1, 400), "image/jpeg")
    done = people.post(BY_LIST, **data, **{f"photo-{first}": photo})
    (check,) = rows(SelfCheck, city.first)
    (hazard,) = rows(Hazard, city.first)
    assert done.url == reverse("inspections:self_check", args=[check.pk])
    assert (check.target, check.checked_by) == ("general", "Wu Gang")
    assert check.findings.startswith(f"By list: {len(codes) - 2} passed, 1 failed, 1 not applicable.")
    assert (hazard.origin, hazard.place, hazard.due_on, hazard.found_by) == (
        Origin.SELF,
        "Floor 2",
        ahead(5),
        "",
    )
    actor = police.actor
    with station_scope(actor.scope()):
        assert [each.by_enterprise for each in list_attachments(actor, hazard)] == [True]
    for person in (people, police):
        page = person.get("inspections:self_check", check.pk).text
        assert "Boxes before the exit" in page
        assert reverse("inspections:hazard", args=[hazard.pk]) in page
    assert len(rows(SelfCheckAnswers, city.first)) == 1


def test_a_list_that_was_replaced_is_asked_again_and_nothing_is_half_recorded(city: City) -> None:
    firm = EnterpriseFactory(station=city.first)
    people = manager(firm)
    data = typed(people)
    sections = [
        {"name": "部位", "name_en": "", "questions": [{"code": "F02", "ask": "通道", "hazard": "通道堵塞"}]}
    ]
    ChecklistFactory(bureau=city.bureau, kind="ordinary", sections=sections, number=2)
    refused = people.post(BY_LIST, **data)
    assert refused.status_code == 422
    assert "was replaced by version 2" in refused.text
    assert asked(people) == ["F02"]
    fail = data | {
        "lists": "ordinary:2",
        "answer-F02": "fail",
        "photo-F02": SimpleUploadedFile("a.jpg", b"no picture"),
    }
    assert people.post(BY_LIST, **fail).status_code == 422
    assert rows(SelfCheck, city.first) == rows(Hazard, city.first) == []
    assert officer(city.first).get(BY_LIST).url == reverse("inspections:self_check_create")


def test_an_answer_to_what_is_not_asked_is_not_left_out(city: City) -> None:
    """The target was changed after the item had failed: nobody would ever learn of the hazard."""
    firm = EnterpriseFactory(station=city.first)
    people = manager(firm)
    asked_now, asked_before = asked(people, target="funds"), asked(people)
    (other, *_rest) = [each for each in asked_before if each not in asked_now]
    given = {
        "enterprise_id": firm.pk,
        "target": "funds",
        "lists": people.act(lambda actor: short_list(actor, firm, "funds")).lists,
        "checked_on": today(),
        "checked_by": "Wu Gang",
    }
    said = {each: Said("pass") for each in asked_now}
    with pytest.raises(ValidationError, match=other):
        people.act(create_self_check_by_list, **given, said=said | {other: Said("fail", note="Boxes")})
    assert rows(SelfCheck, city.first) == rows(Hazard, city.first) == []
    people.act(create_self_check_by_list, **given, said=said | {other: Said()})
