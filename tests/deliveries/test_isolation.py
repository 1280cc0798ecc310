"""A department's messages stay its own: row-level security alone, through unfiltered managers."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, models, transaction

from deliveries import selectors
from deliveries.models import Attempt, Event, Exchange, Receipt, Subscription
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Department
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from tests.factories import DepartmentFactory, EnterpriseFactory, factory_of
from tests.fixtures import City, delete_rows, scope_of_enterprise

MODELS = [Subscription, Event, Receipt, Attempt, Exchange]
REFUSED = "violates row-level security policy"
NEIGHBOURS = pytest.mark.parametrize("neighbour", ["department of the bureau", "other bureau"])
by_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def scope_of_department(department: Department) -> AbstractContextManager[Scope]:
    return station_scope(
        Scope(bureau=department.bureau_id, department=department.pk, audience=Audience.DEPARTMENT)
    )


def scope_of_bureau(bureau_id: int, audience: Audience) -> AbstractContextManager[Scope]:
    return station_scope(Scope(NO_STATION, bureau=bureau_id, audience=audience))


OPERATORS = Scope(audience=Audience.OPERATOR)


@dataclass
class Side:
    department: Department
    row: models.Model


def side(model: type[models.Model], department: Department) -> Side:
    fields = {} if model is Subscription else {"bureau": department.bureau}
    return Side(department, factory_of(model)(department=department, **fields))


@pytest.fixture
def sides(model: type[models.Model], neighbour: str, city: City) -> tuple[Side, Side]:
    bureau = city.bureau if neighbour.startswith("department") else city.other_bureau
    ours, theirs = DepartmentFactory(bureau=city.bureau), DepartmentFactory(bureau=bureau)
    return side(model, ours), side(model, theirs)


def writable(model: type[models.Model]) -> bool:
    return model in (Subscription, Receipt)


def copy_of(row: models.Model) -> models.Model:
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields})


@by_model
@NEIGHBOURS
def test_a_department_has_its_own_rows_only(model: type[models.Model], sides: tuple[Side, Side]) -> None:
    ours, theirs = sides
    manager = model._base_manager
    with scope_of_department(ours.department):
        assert set(manager.values_list("pk", flat=True)) == {ours.row.pk}
        assert not list(manager.raw(f"SELECT * FROM {model._meta.db_table} WHERE id = %s", [theirs.row.pk]))
        if model is not Event:  # nobody may change an event
            assert manager.filter(pk=theirs.row.pk).update(department=ours.department) == 0
            assert manager.filter(pk=ours.row.pk).update(department=ours.department) == writable(model)
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            manager.bulk_create([copy_of(theirs.row)])
        assert delete_rows(model, pk=theirs.row.pk) == 0


@by_model
def test_a_bureau_has_its_own_rows_only(model: type[models.Model], city: City) -> None:
    ours = side(model, DepartmentFactory(bureau=city.bureau))
    theirs = side(model, DepartmentFactory(bureau=city.other_bureau))
    with scope_of_bureau(city.bureau.pk, Audience.SYSTEM):
        assert set(model._base_manager.values_list("pk", flat=True)) == {ours.row.pk}
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            model._base_manager.bulk_create([copy_of(theirs.row)])
    with scope_of_bureau(city.bureau.pk, Audience.POLICE):
        hidden = model in (
            Event,
            Exchange,
        )  # messages cover all stations, and answers are the department's own
        seen = set() if hidden else {ours.row.pk}
        assert set(model._base_manager.values_list("pk", flat=True)) == seen


@by_model
def test_operators_see_how_it_travels_never_what(model: type[models.Model], city: City) -> None:
    rows = [side(model, DepartmentFactory(bureau=bureau)).row for bureau in (city.bureau, city.other_bureau)]
    seen = {row.pk for row in rows} if model in (Subscription, Attempt) else set()
    with station_scope(OPERATORS):
        assert set(model._base_manager.values_list("pk", flat=True)) == seen


@by_model
def test_an_enterprise_sees_nothing(model: type[models.Model], city: City) -> None:
    enterprise: Enterprise = EnterpriseFactory(station=city.first)
    row = side(model, DepartmentFactory(bureau=city.bureau)).row
    with scope_of_enterprise(enterprise):
        assert not model._base_manager.exists()
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            model._base_manager.bulk_create([copy_of(row)])


@by_model
def test_without_scope_everything_is_an_error(model: type[models.Model], city: City) -> None:
    side(model, DepartmentFactory(bureau=city.bureau))
    with (
        pytest.raises((ProgrammingError, DataError), match=r"app\.|invalid input|malformed"),
        transaction.atomic(),
    ):
        list(model._base_manager.all())


def insert(row: models.Model) -> None:
    row.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # otherwise the error comes at the commit


@by_model
def test_no_row_hangs_on_another_departments_subscription(model: type[models.Model], city: City) -> None:
    ours = side(model, DepartmentFactory(bureau=city.bureau))
    foreign = DepartmentFactory(bureau=city.other_bureau)
    theirs = side(Subscription, DepartmentFactory(bureau=city.bureau)).row
    target = {"department_id": foreign.pk} if model is Subscription else {"subscription_id": theirs.pk}
    if model is Exchange:
        target = {"attempt_id": side(Attempt, DepartmentFactory(bureau=city.bureau)).row.pk}
    row = copy_of(ours.row)
    for name, value in target.items():
        setattr(row, name, value)
    if hasattr(row, "message_id"):
        row.message_id = "msg_other"
    with (
        scope_of_bureau(city.bureau.pk, Audience.SYSTEM),
        pytest.raises(IntegrityError, match="foreign key"),
        transaction.atomic(),
    ):
        insert(row)


def test_nobody_changes_a_message(city: City) -> None:
    event = side(Event, DepartmentFactory(bureau=city.bureau)).row
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        scope_of_bureau(city.bureau.pk, Audience.SYSTEM),
    ):
        Event.objects.filter(pk=event.pk).update(size=1)


def actors(city: City, department: Department) -> dict[str, Actor]:
    stations = (city.first.pk, city.second.pk)
    return {
        "department": Actor(1, "D", Role.DEPARTMENT_OFFICER, city.bureau.pk, department_id=department.pk),
        "supervisor": Actor(2, "S", Role.SUPERVISOR, city.bureau.pk, stations),
        "operator": Actor(3, "O", Role.OPERATOR),
        "officer": Actor(4, "P", Role.OFFICER, city.bureau.pk, (city.first.pk,)),
        "chief": Actor(5, "C", Role.CHIEF, city.bureau.pk, (city.first.pk,)),
        "system": system_actor(bureau_id=city.bureau.pk, stations=stations),
    }


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("department", ("subscriptions", "events", "receipts", "attempts")),
        ("supervisor", ("subscriptions", "receipts", "attempts")),
        ("operator", ("subscriptions", "attempts")),
        ("officer", ()),
        ("chief", ()),
        ("system", ("subscriptions", "events", "receipts", "attempts")),
    ],
)
def test_selectors_show_each_role_its_part(role: str, sees: tuple[str, ...], city: City) -> None:
    department, other = DepartmentFactory(bureau=city.bureau), DepartmentFactory(bureau=city.bureau)
    found: dict[str, int] = {}
    subscriptions = {}
    for each in (department, other):
        row = factory_of(Subscription)(department=each)
        subscriptions[each.pk] = row
        for model in (Receipt, Attempt):  # a receipt comes with its event
            factory_of(model)(bureau=each.bureau, department=each, subscription=row)
    actor, mine = actors(city, department)[role], subscriptions[department.pk].pk
    with station_scope(actor.scope()):
        found["subscriptions"] = selectors.subscriptions(actor).filter(pk=mine).count()
        found["events"] = selectors.events(actor, subscription_id=mine).count()
        found["receipts"] = selectors.receipts(actor, subscription_id=mine).count()
        found["attempts"] = selectors.attempts(actor, subscription_id=mine).count()
        if role == "department":
            foreign = subscriptions[other.pk].pk
            assert not selectors.subscriptions(actor).filter(pk=foreign).exists()
            assert not selectors.events(actor, subscription_id=foreign).exists()
            assert not selectors.receipts(actor, subscription_id=foreign).exists()
            assert not selectors.attempts(actor, subscription_id=foreign).exists()
    assert {name for name, count in found.items() if count} == set(sees)
    assert set(found.values()) <= {0, 1}
