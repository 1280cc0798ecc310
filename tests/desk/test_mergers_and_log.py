"""A merged enterprise says where it went, the other one whom it took; the log names no internals."""

import re

import pytest

from desk import enterprise_log
from enterprises.models import Enterprise
from enterprises.operations.leaving import reactivate, set_inactive, void_inactivity
from foundation.contributions.audit import kinds
from inspections.operations import rectify_hazard
from tests.factories import EnterpriseFactory, HazardFactory, InactivityFactory, RatingFactory
from tests.facts.people import ago, ahead, chief, officer, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db


def text_of(answer: object) -> str:
    html = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", html.split('id="content"')[1]).split())


@pytest.fixture
def pair(city: City) -> tuple[Enterprise, Enterprise]:
    """The one that merges, and the one it merges into."""
    one = EnterpriseFactory(
        station=city.first, name="安达化工", next_inspection_on=ago(9), registered_on=None
    )
    return one, EnterpriseFactory(station=city.first, name="华宁集团", registered_on=None)


def test_a_merged_enterprise_says_where_it_went(city: City, pair: tuple[Enterprise, Enterprise]) -> None:
    one, heir = pair
    person = chief(city.first)
    assert "9 days overdue" in text_of(person.get("desk:file", one.pk))
    act = {"kind": "merged", "from_on": ago(3), "reason": "Bought", "merged_into_id": heir.pk}
    person.act(set_inactive, enterprise_id=one.pk, **act)
    for tab in ([], ["custody"], ["log"]):
        name = "desk:file_tab" if tab else "desk:file"
        assert heir.name in text_of(person.get(name, one.pk, *tab)), tab
        assert one.name in text_of(person.get(name, heir.pk, *tab)), tab
    overview = person.get("desk:file", one.pk)
    assert f"/file/{heir.pk}/" in overview.content.decode()
    assert "overdue" not in text_of(overview)
    assert "overdue" not in text_of(person.get("enterprises:list", register="all"))


def test_a_merger_recorded_by_mistake_leaves_the_heir(
    city: City, pair: tuple[Enterprise, Enterprise]
) -> None:
    one, heir = pair
    person = chief(city.first)
    act = {"kind": "merged", "from_on": ago(3), "reason": "Bought", "merged_into_id": heir.pk}
    period = person.act(set_inactive, enterprise_id=one.pk, **act)
    person.act(void_inactivity, enterprise_id=one.pk, period=period.pk, reason="It was another one")
    assert one.name not in text_of(person.get("desk:file", heir.pk))
    log = text_of(person.get("desk:file_tab", heir.pk, "log"))
    assert "A merger into it was recorded by mistake" in log
    assert "It was another one" in log


def test_the_log_says_state_and_day(city: City, pair: tuple[Enterprise, Enterprise]) -> None:
    one, _heir = pair
    person = chief(city.first)
    person.act(set_inactive, enterprise_id=one.pk, kind="suspended", from_on=ago(3), reason="Works")
    person.act(reactivate, enterprise_id=one.pk, on=today(), reason="Done")
    log = text_of(person.get("desk:file_tab", one.pk, "log"))
    assert f"State: Suspended · From: {ago(3)}" in log
    assert f"From: {today()}" in log


def test_a_merger_that_was_handed_over_is_no_riddle(city: City, pair: tuple[Enterprise, Enterprise]) -> None:
    one, _heir = pair
    far = EnterpriseFactory(station=city.elsewhere)
    InactivityFactory(enterprise=one, kind="merged", from_on=ago(3), merged_into_id=far.pk)
    assert "into an enterprise of another station" in text_of(chief(city.first).get("desk:file", one.pk))


@pytest.mark.parametrize("kind", ["closed", "suspended"])
def test_what_is_typed_for_a_merger_is_not_dropped(
    city: City, pair: tuple[Enterprise, Enterprise], kind: str
) -> None:
    one, heir = pair
    values = {"kind": kind, "from_on": today(), "merged_into": heir.name, "reason": "Gone"}
    answer = chief(city.first).post("enterprises:inactivity", one.pk, **values)
    assert answer.status_code == 422
    assert "merged_into" in answer.context["form"].errors


def test_two_tabs_take_it_off_the_register(city: City, pair: tuple[Enterprise, Enterprise]) -> None:
    one, _heir = pair
    person = chief(city.first)
    values = {"kind": "suspended", "from_on": ago(2), "reason": "Works"}
    assert person.post("enterprises:inactivity", one.pk, **values).status_code == 302
    again = person.post("enterprises:inactivity", one.pk, **values | {"kind": "closed"})
    assert again.status_code == 422
    assert f"already off the register since {ago(2)} (Suspended)" in text_of(again)
    assert "kind" in again.context["form"].fields
    back = {"on": today(), "reason": "Done"}
    assert person.post("enterprises:inactivity", one.pk, **back).status_code == 302
    again = person.post("enterprises:inactivity", one.pk, **back)
    assert "already on the register" in text_of(again)


def test_the_log_names_no_internals(city: City, pair: tuple[Enterprise, Enterprise]) -> None:
    one, _heir = pair
    hazard = HazardFactory(enterprise=one, found_on=ago(20), due_on=ahead(8))
    officer(city.first).act(rectify_hazard, id=hazard.pk, submitted_by="Guard Sun")
    log = text_of(chief(city.first).get("desk:file_tab", one.pk, "log"))
    assert "Rectified on: – →" in log
    assert "submitted by id" not in log.lower()
    for kind in kinds:
        if hasattr(kind.model, "dated_by") or kind.model is Enterprise:
            shown = [
                field
                for field in kind.model._meta.concrete_fields
                if field.attname not in enterprise_log._NOT_SHOWN
            ]
            assert not [field for field in shown if str(field.verbose_name).endswith(" id")]


def test_a_quarter_that_was_not_rated_shows_no_score(city: City) -> None:
    one = EnterpriseFactory(station=city.first, colour="green", score="91.0")
    rating = {"score": "91.0", "colour": "green", "previous_score": "90.7"}
    RatingFactory(enterprise=one, previous_colour="grey", **rating)
    page = text_of(chief(city.first).get("desk:file", one.pk))
    assert "91.0" in page
    assert "90.7" not in page


def test_a_conflict_says_once_who_was_quicker(city: City) -> None:
    one = EnterpriseFactory(station=city.first, headcount=5)
    person = chief(city.first)
    form = person.get("enterprises:edit", one.pk).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    assert (
        person.post("enterprises:edit", one.pk, **typed | {"headcount": 7, "form_key": ""}).status_code == 302
    )
    answer = person.post("enterprises:edit", one.pk, **typed | {"headcount": 8, "form_key": ""})
    assert answer.status_code == 422
    assert text_of(answer).count("What you typed is kept below") == 1
