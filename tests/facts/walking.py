"""Each state × each act of a life, allowed and refused, through the operation and the page."""

from typing import Any

import pytest
from django.urls import get_resolver

from facts.asks import Answer, Day, Reason, Text
from facts.lives import Act, Life
from facts.staff.pages import FactPages, kinds
from foundation.accounts.access import NotAllowed, WrongState, permissions
from tests.facts.people import Person, ahead, fresh, log, today
from tests.fixtures import City


def pages_of(life: Life[Any]) -> FactPages:
    """Return the pages of the kind that has this life."""
    get_resolver().url_patterns  # noqa: B018  (the kinds are known once the addresses are)
    return next(kind for kind in kinds if kind.model is life.model)()


def answers(act: Act, record: Any) -> dict[str, Any]:
    """Return valid arguments for the act's operation."""
    given: dict[str, Any] = {}
    deadline = getattr(record, "deadline_on", None) or today()
    for ask in act.wording_for(record.state).asks:
        match ask:
            case Day(name="extension_asked_on"):  # before the deadline has passed
                given[ask.name] = min(today(), deadline)
            case Day():
                given[ask.name] = ahead(30) if ask.starts_empty else today()
            case Reason():
                given[ask.name] = "Because"
            case Answer():
                given[ask.name] = True
            case Text():
                given[ask.name] = "Manager Ma"
    return given


def typed(act: Act, record: Any) -> dict[str, Any]:
    """Return the same arguments as a form sends them."""
    given = answers(act, record)
    return {name: "true" if value is True else value for name, value in given.items()} | {
        "version": record.version
    }


def page(pages: FactPages, act: Act) -> str:
    return f"{pages.app}:{pages.name_of(act.slug)}"


def walk(life: Life[Any], act: Act, record: Any, twin: Any, person: Person, city: City) -> None:
    """Do an allowed act: on one record by its operation, on its twin by its page."""
    pages, start = pages_of(life), record.state
    ends = act.to or {start}

    shown = person.get(f"{pages.app}:{pages.name_of('detail')}", record.pk)
    urls = [button.url for button in shown.context["buttons"]]
    assert pages.url(act.slug, record.pk) in urls
    assert act.wording_for(start).label not in [each.label for each in shown.context["missing"]]

    person.act(life.operations[act.code], id=record.pk, **answers(act, record))
    assert person.get(page(pages, act), twin.pk, htmx=True).status_code == 200
    assert person.post(page(pages, act), twin.pk, **typed(act, twin)).status_code == 302

    for each in (record, twin):
        now = fresh(each)
        assert (now.state in ends, now.version) == (True, each.version + 1), (start, act.code, now.state)
        (entry,) = log(city.first, object_id=each.pk)
        assert entry.action == life.action(act)
        told = person.get(f"{pages.app}:{pages.name_of('detail')}", each.pk).context["events"]
        assert told[0].title == act.past


def refuse(life: Life[Any], act: Act, record: Any, person: Person, city: City) -> None:
    """Try an act that the table does not allow: the page shows the reason instead of a button, neither way writes."""
    pages, before = pages_of(life), fresh(record)
    words = life.refusal(act, record)
    assert words

    shown = person.get(f"{pages.app}:{pages.name_of('detail')}", record.pk)
    assert pages.url(act.slug, record.pk) not in [button.url for button in shown.context["buttons"]]
    if not record.is_voided:
        (why,) = [
            each.why for each in shown.context["missing"] if each.label == act.wording_for(record.state).label
        ]
        assert why in shown.content.decode()

    with pytest.raises(WrongState) as refused:
        person.act(life.operations[act.code], id=record.pk, **answers(act, record))
    assert str(refused.value) == words

    back = pages.url("detail", record.pk)
    assert person.get(page(pages, act), record.pk).url == back
    answer = person.post(page(pages, act), record.pk, **typed(act, record))
    if act.is_done(record.state):
        assert (answer.status_code, answer.url) == (302, back)
    else:
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert (fresh(record).state, fresh(record).version) == (before.state, before.version)
    assert log(city.first, object_id=record.pk) == []


def forbid(life: Life[Any], act: Act, record: Any, person: Person) -> None:
    """Try an act without the permission: no button, no reason, no way to do it."""
    pages = pages_of(life)
    assert person.actor.role not in permissions()[act.permission]
    shown = person.get(f"{pages.app}:{pages.name_of('detail')}", record.pk)
    if shown.status_code == 200:
        assert pages.url(act.slug, record.pk) not in [button.url for button in shown.context["buttons"]]
        assert act.wording_for(record.state).label not in [each.label for each in shown.context["missing"]]
    with pytest.raises(NotAllowed):
        person.act(life.operations[act.code], id=record.pk, **answers(act, record))
    assert person.post(page(pages, act), record.pk, **typed(act, record)).status_code == 403
    assert fresh(record).version == record.version
