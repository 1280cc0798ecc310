"""Whatever a page of a record offers to somebody is taken when they do it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from disputes.operations import reopen_dispute, settle_dispute
from facts.lives import all_lives
from inspections import operations
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
)
from tests.facts.people import Person, ago, ahead, chief, fresh, manager, officer
from tests.facts.walking import page, pages_of, typed
from tests.fixtures import City

pytestmark = pytest.mark.django_db
People = dict[str, Person]


def reported(people: People, who: str) -> Any:
    """A hazard that this person recorded."""
    person = people[who]
    return person.act(
        operations.create_hazard,
        enterprise_id=people["manager"].actor.enterprise_id,
        item="Lock",
        found_on=ago(3),
        due_on=ahead(9),
    )


def submitted(people: People, who: str) -> Any:
    hazard = reported(people, "colleague")
    given = {} if who == "manager" else {"submitted_by": "Manager Ma"}
    return people[who].act(operations.rectify_hazard, id=hazard.pk, **given)


def sent_back(people: People) -> Any:
    hazard = submitted(people, "manager")
    return people["chief"].act(operations.send_back_hazard, id=hazard.pk, reason="Still dark")


def of_qualified_visit(people: People) -> Any:
    enterprise = people["manager"].enterprise  # type: ignore[attr-defined]
    visit = InspectionFactory(enterprise=enterprise, conclusion="qualified", inspected_on=ago(3))
    return HazardFactory(enterprise=enterprise, inspection=visit, found_on=ago(3), due_on=ahead(3))


def last_of_its_visit(people: People) -> Any:
    enterprise = people["manager"].enterprise  # type: ignore[attr-defined]
    visit = InspectionFactory(enterprise=enterprise, conclusion="rectify", inspected_on=ago(3))
    return HazardFactory(enterprise=enterprise, inspection=visit, found_on=ago(3), due_on=ago(1))


def refused(people: People) -> Any:
    hazard = reported(people, "officer")
    return people["officer"].act(operations.refuse_hazard, id=hazard.pk, reason="No money")


def closed(people: People) -> Any:
    return people["chief"].act(operations.close_hazard, id=submitted(people, "officer").pk)


def major(people: People) -> Any:
    return people["chief"].act(operations.mark_major, id=reported(people, "officer").pk, reason="Gas")


def dispute(people: People) -> Any:
    enterprise = people["manager"].enterprise  # type: ignore[attr-defined]
    return DisputeFactory(enterprise=enterprise, recorded_by_id=people["officer"].user.pk, due_on=ahead(3))


def settled(people: People) -> Any:
    return people["chief"].act(settle_dispute, id=dispute(people).pk, settled_on=ago(1))


def reopened(people: People) -> Any:
    return people["chief"].act(
        reopen_dispute, id=settled(people).pk, reopened_on=ago(0), due_on=ahead(9), reason="Again"
    )


def incident(people: People) -> Any:
    enterprise = people["manager"].enterprise  # type: ignore[attr-defined]
    return IncidentFactory(enterprise=enterprise, recorded_by_id=people["officer"].user.pk)


STORIES: dict[str, Callable[[People], Any]] = {
    "reported by the officer": lambda people: reported(people, "officer"),
    "reported by the manager": lambda people: reported(people, "manager"),
    "submitted by the officer": lambda people: submitted(people, "officer"),
    "submitted by the manager": lambda people: submitted(people, "manager"),
    **{
        made.__name__: made
        for made in (
            *(sent_back, of_qualified_visit, last_of_its_visit, refused, closed, major),
            *(dispute, settled, reopened, incident),
        )
    },
}


@pytest.mark.parametrize("story", STORIES)
def test_every_offered_act_is_taken(story: str, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    people = {
        "officer": officer(city.first),
        "colleague": officer(city.first),
        "chief": chief(city.first),
        "manager": manager(enterprise),
    }
    people["manager"].enterprise = enterprise  # type: ignore[attr-defined]  # for the stories
    record = STORIES[story](people)
    life = all_lives()[str(record._meta.model_name)]
    pages = pages_of(life)
    for who, person in people.items():
        shown = person.get(f"{pages.app}:{pages.name_of('detail')}", record.pk)
        if shown.status_code in (403, 404):  # not for an enterprise's people
            continue
        urls = [button.url for button in shown.context["buttons"]]
        for act in life.acts.values():
            if pages.url(act.slug, record.pk) not in urls:
                continue
            assert person.get(page(pages, act), record.pk, htmx=True).status_code == 200, (who, act.code)
            asked = typed(act, fresh(record))
            if who == "manager":
                theirs = ("version", "reason", "extension_wanted_on")
                asked = {name: asked[name] for name in theirs if name in asked}
            with transaction.atomic():
                answer = person.post(page(pages, act), record.pk, **asked)
                transaction.set_rollback(True)
            assert answer.status_code == 302, (who, act.code)
        if url := shown.context["void_url"]:
            assert person.client.get(url).status_code == 200, who
        if url := shown.context["correct_url"]:
            assert person.client.get(url).status_code == 200, who
