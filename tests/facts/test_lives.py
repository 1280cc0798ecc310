"""Every act in every state of every life; what derives from the tables; and checks of faulty tables."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import models
from django.http import QueryDict
from django.utils import timezone

from disputes.access import Permission
from disputes.choices import DisputeState
from disputes.models import Dispute
from facts import checks
from facts.drawing import PLACE, drawing
from facts.lives import Act, Life, State, Wording, _lives, all_lives
from facts.staff.pages import FactPages, Tab, kinds
from foundation.accounts.access import allows
from foundation.contributions.audit import action_of
from foundation.tenancy.scope import station_scope
from tests.factories import DisputeFactory, EnterpriseFactory
from tests.facts.people import Person, ago, fresh, manager, officer, supervisor
from tests.facts.states import MAKERS, NEEDS
from tests.facts.walking import forbid, pages_of, refuse, walk
from tests.fixtures import City, scope_of
from tests.suite import is_wanted

pytestmark = pytest.mark.django_db

ARROWS = [
    pytest.param(kind, state, code, id=f"{kind}-{state}-{code}")
    for kind, (_factory, _common, states) in MAKERS.items()
    for state in states
    for code in all_lives()[kind].acts
    # only the enterprise withdraws its submission: tests/facts/test_own_records.py
    if is_wanted(all_lives()[kind].model) and (kind, code) != ("hazard", "withdraw")
]


def made(kind: str, state: Any, city: City, **more: Any) -> Any:
    factory, common, states = MAKERS[kind]
    record = factory(enterprise__station=city.first, **{**common, **states[state], **more})
    assert record.state is state
    return record


def test_every_life_is_walked() -> None:
    assert {kind: set(life.states) for kind, life in all_lives().items()} == {
        kind: {str(state) for state in states} for kind, (_factory, _common, states) in MAKERS.items()
    }


@pytest.mark.parametrize(("kind", "state", "code"), ARROWS)
def test_an_act_does_what_the_table_says_or_nothing(kind: str, state: Any, code: str, city: City) -> None:
    life = all_lives()[kind]
    act = life.acts[code]
    person = officer(city.first)
    if state in act.states:
        record, twin = (made(kind, state, city, **NEEDS.get((kind, code), {})) for _ in range(2))
        walk(life, act, record, twin, person, city)
    else:
        refuse(life, act, made(kind, state, city), person, city)


@pytest.mark.parametrize(
    ("code", "state", "fields"),
    [
        ("extend", "open", {"due_on": None}),
        ("suspend", "open", {"due_on": None}),
        ("resume", "open", {}),
        ("mark_major", "open", {"major_from_on": ago(9)}),
        ("mark_ordinary", "open", {}),
        ("mark_ordinary", "overdue", {"major_from_on": ago(9), "major_until_on": ago(2)}),
    ],
)
def test_an_act_the_record_excludes_is_refused_with_its_reason(
    code: str, state: str, fields: Any, city: City
) -> None:
    life = all_lives()["hazard"]
    record = made("hazard", life.states[state].code, city, **fields)
    refuse(life, life.acts[code], record, officer(city.first), city)


@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind, life in all_lives().items() for code in life.acts]
)
def test_users_without_the_permission_are_offered_nothing(kind: str, code: str, city: City) -> None:
    life = all_lives()[kind]
    act = life.acts[code]
    record = made(kind, life.in_order(act.states)[0], city, **NEEDS.get((kind, code), {}))
    people: list[Person] = [supervisor(city.bureau), manager(record.enterprise)]
    for person in people:
        if code in ("rectify", "withdraw", "ask_extension") and person.actor.is_enterprise:
            continue  # enterprises may rectify, withdraw a submission, and ask for an extension
        forbid(life, act, record, person)


@pytest.mark.parametrize("kind", MAKERS)
def test_nothing_is_done_with_a_voided_record(kind: str, city: City) -> None:
    life, person = all_lives()[kind], officer(city.first)
    for act in life.acts.values():
        if not allows(person.actor, act.permission):
            continue  # the enterprise's own: tests/facts/test_own_records.py
        record = made(kind, life.in_order(act.states)[0], city, **NEEDS.get((kind, act.code), {}))
        with scope_of(city.first):
            life.model.objects.filter(pk=record.pk).update(voided_at=timezone.now(), void_reason="Twice")
        now = fresh(record)
        answer = person.post(f"{pages_of(life).app}:{pages_of(life).name_of(act.slug)}", now.pk, version=1)
        assert answer.status_code == 422
        assert (
            person.get(f"{pages_of(life).app}:{pages_of(life).name_of('detail')}", now.pk).context["buttons"]
            == []
        )
        assert fresh(record).version == 1


@pytest.mark.parametrize(
    ("kind", "state"), [(kind, state) for kind, (_f, _c, states) in MAKERS.items() for state in states]
)
def test_the_condition_and_the_property_agree_on_the_state(kind: str, state: Any, city: City) -> None:
    life = all_lives()[kind]
    records = {each: made(kind, each, city) for each in MAKERS[kind][2]}
    actor = officer(city.first).actor
    with station_scope(actor.scope()):
        rows = pages_of(life).rows(actor)
        assert [each.pk for each in rows.filter(life.where(state))] == [records[state].pk]
        for act in life.acts.values():
            found = {each.pk for each in rows.filter(life.applies(act.code))}
            assert found == {record.pk for each, record in records.items() if each in act.states}


def test_the_diagram_matches_the_tables() -> None:
    assert PLACE.read_text() == drawing(), "run: manage.py lives"
    call_command("lives", check=True)


def test_acts_have_words_in_the_log() -> None:
    for life in all_lives().values():
        for act in life.acts.values():
            declared = action_of(life.action(act))
            assert declared is not None
            assert declared.words == act.past


# --- faulty tables --------------------------------------------------------------------------------------------------


def nothing(today: object) -> models.Q:
    return models.Q()


def broken(**act: Any) -> list[str]:
    """Return the ids of the errors that the check finds in a life with one act."""
    given: dict[str, Any] = {
        "code": "settle",
        "states": {DisputeState.OPEN},
        "permission": Permission.SETTLE_DISPUTES,
        "wording": Wording("Settle"),
        "past": "Settled",
        "done": "Done",
        "icon": "x",
    }
    kept = _lives["dispute"]
    try:
        life: Life[Dispute] = Life(Dispute, [State(DisputeState.OPEN, "blue", nothing)], [Act(**given | act)])
        life.operation("settle")(lambda record, *, actor: None)
        return [str(error.id) for error in checks.errors_of(life)]
    finally:
        _lives["dispute"] = kept


def test_a_complete_table_passes_the_check_and_a_broken_one_does_not() -> None:
    assert broken() == []
    assert broken(permission="disputes:nobody") == ["facts.E002"]
    assert broken(states={DisputeState.SETTLED}) == ["facts.E003"]
    assert broken(states=frozenset()) == ["facts.E003"]
    assert broken(to={DisputeState.SETTLED}) == ["facts.E003"]
    assert broken(slug="void") == ["facts.E004"]


def test_an_act_without_operation_fails_the_check() -> None:
    kept = _lives["dispute"]
    try:
        states = [State(DisputeState.OPEN, "blue", nothing)]
        life = Life(Dispute, states, [kept.acts["settle"]])
    finally:
        _lives["dispute"] = kept
    assert "facts.E001" in [error.id for error in checks.errors_of(life)]


def test_pages_that_point_nowhere_fail_the_check() -> None:
    class Lost(FactPages):
        model, permission, day = Dispute, "disputes", "opened_on"
        noun, nouns = "lost", "losts"
        fields = ("summary", "colour")
        tab = Tab("alone", "Alone", order=1)

    kinds.remove(Lost)
    found = [error.id for error in checks.errors_of_pages(Lost())]
    assert sorted(set(found)) == ["facts.E005", "facts.E006", "facts.E007"]
    assert found.count("facts.E005") == 5


# --- a kind that declares only its fields ---------------------------------------------------------------------------


def test_a_kind_without_table_filter_and_forms_of_its_own_has_them_all(city: City) -> None:
    class Plain(FactPages):
        model, permission, day, life = Dispute, "disputes", "opened_on", all_lives()["dispute"]
        fields = ("summary", "kind", "opened_on", "due_on")

    kinds.remove(Plain)
    pages, person = Plain(), officer(city.first)
    open_one = DisputeFactory(enterprise__station=city.first, opened_on=ago(3))
    DisputeFactory(enterprise=open_one.enterprise, opened_on=ago(3), settled_on=ago(1))
    actor = person.actor
    with station_scope(actor.scope()):
        chosen = pages.filter_class(QueryDict("state=open"), queryset=pages.rows(actor), actor=actor)
        (row,) = pages.table_class(chosen.qs, actor=actor).rows
        assert open_one.enterprise.name in row.get_cell("enterprise")
        assert "Open" in row.get_cell("state")
        assert list(row.table.columns.names()) == ["enterprise", "opened_on", "state"]
        new, correction = pages.form_classes
        assert list(new(actor=actor).fields) == ["enterprise", *Plain.fields]
        assert list(correction(actor=actor, instance=open_one).fields) == [*Plain.fields, "reason"]
    enterprise = EnterpriseFactory(station=city.first)
    values = {"summary": "Noise", "kind": "land", "opened_on": ago(1), "due_on": None}
    fact = person.act(pages.operations.create, enterprise_id=enterprise.pk, **values)
    assert (
        person.act(pages.operations.correct, id=fact.pk, version=1, reason="No", summary="Dust").version == 2
    )
