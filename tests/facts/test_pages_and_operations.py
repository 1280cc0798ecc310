"""Nothing that a page refuses passes the operation behind it: every field of every form, with the same nonsense."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.http import Http404

from enterprises import forms as enterprise_forms
from enterprises import operations as register
from facts.lives import all_lives
from facts.staff.pages import kinds
from foundation.accounts import operations as accounts
from foundation.accounts.access import WrongState, allows
from foundation.people import forms as people_forms
from foundation.tenancy.scope import station_scope
from inspections import operations
from inspections.first_deadline import suggestion
from inspections.items import items_in_force
from inspections.staff.forms import HazardRowForm
from tests.factories import EnterpriseFactory, InactivityFactory, StationFactory, UserFactory
from tests.facts.people import NOUNS, Person, ago, ahead, chief, manager, officer
from tests.facts.states import MAKERS, NEEDS
from tests.fixtures import City

pytestmark = pytest.mark.django_db

# what is tried in each field: empty, blanks, too long, what PostgreSQL cannot store, days and figures out of every range
NONSENSE = (
    "",
    "   ",
    "x" * 5_000,
    "a\x00b",
    "——",
    "abc###",
    "nonsense",
    "0001-01-01",
    "1950-01-01",
    ahead(1).isoformat(),
    ahead(4_000).isoformat(),
    "9999-12-31",
    "-1",
    "0",
    "99999999999",
    "12345678901234567.123",
)
REFUSED = (ValidationError, WrongState, Http404, ObjectDoesNotExist)
IMPOSSIBLE = object()  # text that no argument of this type can have


def argument(field: forms.Field, text: str) -> Any:
    """Return a text as the argument that it would be, if a task or an API passed it to the operation."""
    if isinstance(field, forms.DateField):
        return _day(text)
    if isinstance(field, forms.DecimalField):
        return _number(text, Decimal)
    if isinstance(field, forms.IntegerField):
        return _number(text, int)
    if isinstance(field, forms.TypedChoiceField):
        if not text:
            return field.empty_value
        is_answer = field.empty_value is None  # yes or no, which is no text
        return IMPOSSIBLE if is_answer or not text.strip() else text  # the register strips blanks
    return IMPOSSIBLE if isinstance(field, forms.BooleanField | forms.ModelChoiceField) else text


def _day(text: str) -> Any:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return IMPOSSIBLE


def _number(text: str, kind: Any) -> Any:
    try:
        return kind(text) if text else None
    except (ValueError, InvalidOperation):
        return IMPOSSIBLE


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def passed(form: forms.BaseForm, name: str, call: Any, values: dict[str, Any]) -> list[str]:
    """Return the texts that this field of the form refuses and the operation takes. ``form`` is bound and valid."""
    assert form.is_valid(), form.errors
    found = []
    for text in NONSENSE:
        data = {**form.data, form.add_prefix(name): text}
        again = type(form)(data, **_options(form))
        _add_fields(again, form)
        if again.is_valid():
            continue
        value = argument(form.fields[name], text)
        if value is IMPOSSIBLE:
            continue
        try:
            with undone():
                call(**values | {name: value})
        except REFUSED:
            continue
        found.append(text[:30])
    return found


def _options(form: Any) -> dict[str, Any]:
    return getattr(form, "options", {})


def _add_fields(form: forms.BaseForm, like: forms.BaseForm) -> None:
    form.fields |= {name: field for name, field in like.fields.items() if name not in form.fields}


def bound(form_class: Any, data: dict[str, Any], **options: Any) -> Any:
    form = form_class({name: value for name, value in data.items() if value is not None}, **options)
    form.options = options
    return form


def all_passed(
    form: Any, person: Person, operation: Any, leave: set[str] | None = None, **fixed: Any
) -> list[Any]:
    """Return (field, text) for whatever the form refuses and the operation takes from this person."""
    assert form.is_valid(), form.errors
    values = form.values() if hasattr(form, "values") else form.cleaned_data
    values = {name: value for name, value in values.items() if name not in (leave or set())}
    actor = person.actor

    def call(**given: Any) -> None:
        operation(actor=actor, **fixed | given)

    return [(name, text) for name in values for text in passed(form, name, call, values)]


@pytest.mark.parametrize("noun", NOUNS, ids=str)
def test_recording_and_correcting(noun: Any, city: City) -> None:
    pages = next(each() for each in kinds if each.model is noun.model)
    new, correction = pages.form_classes
    person = officer(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    actor = person.actor
    with station_scope(actor.scope()):
        form = bound(new, {"enterprise": enterprise.pk, **noun.valid()}, actor=actor)
        found = all_passed(
            form,
            person,
            pages.operations.create,
            leave={"inspection", "about", "hazard"},
            enterprise_id=enterprise.pk,
        )
        assert not found, found
        record = pages.operations.create(actor=actor, enterprise_id=enterprise.pk, **_plain(form))
        data = {**noun.valid(), "reason": "So"}
        form = bound(correction, data, actor=actor, instance=record)
        assert form.is_valid(), form.errors
        values = form.values()

        def call(**given: Any) -> None:
            pages.operations.correct(
                actor=actor, id=record.pk, version=None, **{"reason": "So", **given, **_change(noun, given)}
            )

        for name in [*values, "reason"]:
            texts = passed(form, name, call, values)
            assert not texts, (name, texts)


def _plain(form: Any) -> dict[str, Any]:
    return {name: value for name, value in form.values().items() if name != "inspection"}


def _change(noun: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return a change that a correction may make, so that it is not refused because nothing differs."""
    name, value = noun.change
    return {name: value} if given.get(name) == noun.data.get(name) else {}


ACTS = [(kind, code) for kind, life in all_lives().items() if kind in MAKERS for code in life.acts]


@pytest.mark.parametrize(("kind", "code"), ACTS)
def test_acts(kind: str, code: str, city: City) -> None:
    life = all_lives()[kind]
    act = life.acts[code]
    factory, common, states = MAKERS[kind]
    state = life.in_order(act.states)[0]
    record = factory(
        enterprise__station=city.first, **{**common, **states[state], **NEEDS.get((kind, code), {})}
    )
    person = (
        officer(city.first)
        if allows(officer(city.first).actor, act.permission)
        else manager(record.enterprise)
    )
    actor = person.actor
    form = forms.Form()
    with station_scope(actor.scope()):
        for ask in act.wording_for(state).asks:
            if field := ask.field_for(record, actor):
                form.fields[ask.name] = field
    data = {
        name: ahead(30) if name == "extended_due_on" else _example(field)
        for name, field in form.fields.items()
    }
    fields = form.fields
    form = forms.Form(data)
    form.fields |= fields
    with station_scope(actor.scope()):
        assert not (found := all_passed(form, person, life.operations[code], id=record.pk)), found


def _example(field: forms.Field) -> Any:
    if isinstance(field, forms.DateField):
        return ago(0)
    return "true" if isinstance(field, forms.TypedChoiceField) else "Manager Ma"


def test_hazards_of_an_inspection(city: City) -> None:
    person, enterprise = officer(city.first), EnterpriseFactory(station=city.first)
    with station_scope(person.actor.scope()):
        ordinary = suggestion(person.actor, items_in_force(person.actor), "", None)
    row = {"item": "Lock", "place": "Gate", "due_on": ahead(9)}
    form = bound(HazardRowForm, row, suggest=lambda _item, _day: ordinary)

    def inspect(*, actor: Any, **hazard: Any) -> None:
        operations.create_inspection(
            actor=actor,
            enterprise_id=enterprise.pk,
            inspected_on=ago(1),
            kind="routine",
            conclusion="rectify",
            hazards=[hazard],
        )

    with station_scope(person.actor.scope()):
        assert not (found := all_passed(form, person, inspect)), found


def test_the_register(city: City) -> None:
    boss = chief(city.first)
    actor = boss.actor
    firm = EnterpriseFactory(station=city.first, registered_on=ago(900))
    away = InactivityFactory(enterprise=EnterpriseFactory(station=city.first), from_on=ago(20))
    other = StationFactory(bureau=city.bureau)
    entry = {
        "name": "安达化工",
        "phone": "0571-88886666",
        "headcount": 9,
        "since": "since",
        "registered_on": ago(9),
    }
    day = {"on": ago(1), "reason": "So"}
    with station_scope(actor.scope()):
        since = {
            "registered_on"
        }  # without a day it was always on the register; the entry's own form tries days
        new = bound(enterprise_forms.NewEnterpriseForm, entry)
        assert not (
            found := all_passed(new, boss, register.register_enterprise, since, registered_on=None)
        ), found
        edit = bound(enterprise_forms.EnterpriseForm, entry, instance=firm)
        fixed: dict[str, Any] = {"enterprise_id": firm.pk}
        assert not (found := all_passed(edit, boss, register.edit_enterprise, **fixed, version=1)), found
        off = bound(
            enterprise_forms.InactivityForm,
            {"kind": "closed", "from_on": ago(1), "reason": "So"},
            actor=actor,
        )
        assert not (found := all_passed(off, boss, register.set_inactive, leave={"merged_into"}, **fixed)), (
            found
        )
        back = bound(enterprise_forms.ReactivateForm, day)
        assert not (found := all_passed(back, boss, register.reactivate, enterprise_id=away.enterprise_id)), (
            found
        )
        move = bound(
            enterprise_forms.HandOverForm,
            {"to_station": other.pk, **day},
            actor=actor,
            station_id=firm.station_id,
        )
        leave = {"to_station"}
        assert not (
            found := all_passed(move, boss, register.hand_over, leave, to_station_id=other.pk, **fixed)
        ), found
        liaison = bound(
            enterprise_forms.LiaisonForm,
            {"officer": boss.user.pk, "kind": "main", "on": ago(1)},
            actor=actor,
            station_id=city.first.pk,
        )
        one = {"enterprise_ids": [firm.pk], "officer_id": boss.user.pk}
        assert not (found := all_passed(liaison, boss, register.assign_liaison, {"officer"}, **one)), found


def test_people(city: City) -> None:
    boss = chief(city.first)
    other = officer(city.first)
    person = {"username": "new.officer", "full_name": "New Niu", "phone": "0571-88886666", "email": "n@x.cn"}
    with station_scope(boss.actor.scope()):
        form = bound(people_forms.PersonForm, {**person, "role": "officer"}, actor=boss.actor)
        assert form.is_valid(), form.errors
        names = people_forms.PERSON

        def create(**given: Any) -> None:
            accounts.create_user(actor=boss.actor, role="officer", station_id=city.first.pk, **given)

        values = {name: form.cleaned_data[name] for name in names}
        found = [(name, text) for name in names for text in passed(form, name, create, values)]
        assert not found, found
        profile = bound(people_forms.ProfileForm, person, instance=UserFactory())
        assert not (found := all_passed(profile, boss, accounts.edit_user, user_id=other.user.pk)), found
        for operation in (accounts.disable_user, accounts.revoke_role):
            who = (
                {"user_id": other.user.pk}
                if operation is accounts.disable_user
                else {"grant_id": other.actor.grant_id}
            )
            for reason in ("", " ", "x" * 5_000, "a\x00b"):
                with pytest.raises(ValidationError), undone():
                    operation(actor=boss.actor, reason=reason, **who)
