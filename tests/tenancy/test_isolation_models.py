"""The database's half of the isolation matrix: row-level security alone, through unfiltered managers.

Every model with a station or bureau policy is found by introspection; a new one is covered at once and needs only a
factory.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, models, transaction
from django.utils import timezone

from enterprises.models import Inactivity
from foundation.accounts.models import Station
from foundation.database.appending import append
from foundation.tenancy.checks import policies_of, project_models
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import BureauPolicy, StationPolicy
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.models import Hazard
from ratings.models import Rating
from tests.factories import EnterpriseFactory, HazardFactory, InactivityFactory, RatingFactory, factory_of
from tests.fixtures import City, delete_rows, scope_of, scope_of_bureau, scope_of_enterprise
from tests.suite import ONLY, is_wanted

REFUSED = "violates row-level security policy"
CLOSED = "permission denied"  # nobody changes a row of a model that only grows
NO_SCOPE = (ProgrammingError, DataError)  # never set in this session, or left empty

TENANT_MODELS = [
    model
    for model in project_models()
    if is_wanted(model)
    and any(isinstance(policy, StationPolicy | BureauPolicy) for policy in policies_of(model))
]
STATION_MODELS = [
    model
    for model in TENANT_MODELS
    if any(isinstance(policy, StationPolicy) for policy in policies_of(model))
]
# of these, the rows about an enterprise are nothing that its people read
POLICE_MODELS = [
    model
    for model in STATION_MODELS
    if any(
        getattr(policy, "audiences", None) and Audience.ENTERPRISE not in policy.audiences
        for policy in policies_of(model)
    )
]
ENTERPRISE_MODELS = [
    model
    for model in STATION_MODELS
    if model not in POLICE_MODELS
    and any(isinstance(policy, StationPolicy) and policy.enterprise for policy in policies_of(model))
]
# References without a key in the database: (model, field) → why they are safe.
FREE_REFERENCES = {
    ("ratings.Rating", "evaluation"): "written by the engine alone, inside the lock of its batch",
}


def by_model(models_: list[type[models.Model]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("model", models_, ids=lambda model: model._meta.label)


# All stations of a bureau share its rows, so two stations of one bureau would test nothing for them.
every_pair = pytest.mark.parametrize(
    ("model", "neighbour"),
    [(model, "second") for model in STATION_MODELS] + [(model, "elsewhere") for model in TENANT_MODELS],
    ids=lambda value: value if isinstance(value, str) else value._meta.label,
)


@dataclass(frozen=True)
class Side:
    """One tenant of the matrix: its row, its scope, its value in the tenant column."""

    row: models.Model
    station: Station
    tenant: int

    def scope(self) -> AbstractContextManager[Scope]:
        """Return a scope that may write such rows, so that only the tenant can be the reason for a refusal."""
        writers = [policy.write for policy in policies_of(type(self.row)) if getattr(policy, "write", None)]
        return scope_of(self.station, audience=Audience(writers[0][0]) if writers else Audience.POLICE)


def is_of_station(model: type[models.Model]) -> bool:
    return model in STATION_MODELS


def tenant_column(model: type[models.Model]) -> str:
    return "station_id" if is_of_station(model) else "bureau_id"


def make(model: type[models.Model], station: Station) -> models.Model:
    """Create a row of this station, or of its bureau."""
    factory = factory_of(model)
    if not is_of_station(model):
        of_station = {"station": station} if model._meta.label == "inspections.Absence" else {}
        return factory(bureau=station.bureau, **of_station)
    if "enterprise" in factory._meta.declarations:
        return factory(enterprise=EnterpriseFactory(station=station))
    return factory(station=station)


@pytest.fixture
def sides(model: type[models.Model], neighbour: str, city: City) -> tuple[Side, Side]:
    """Return ours and theirs: of another station of the bureau, or of another bureau."""

    def side(station: Station) -> Side:
        tenant = station.pk if is_of_station(model) else station.bureau_id
        return Side(make(model, station), station, tenant)

    return side(city.first), side(getattr(city, neighbour))


def copy_of(row: models.Model) -> models.Model:
    """Return an unsaved copy of the row. Policies are checked before unique keys."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    return type(row)(**values)


def only_grows(model: type[models.Model]) -> bool:
    return getattr(model, "append_only", False)


def updated(rows: Any, **values: Any) -> int:
    """Return how many rows an update changes. A model that only grows refuses it, whoever asks."""
    if only_grows(rows.model):
        with pytest.raises(ProgrammingError, match=CLOSED), transaction.atomic():
            rows.update(**values)
        return 0
    return int(rows.update(**values))


@every_pair
def test_sees_its_own_rows_only(model: type[models.Model], sides: tuple[Side, Side]) -> None:
    ours, theirs = sides
    with ours.scope():
        tenants = set(model._base_manager.values_list(tenant_column(model), flat=True))
        assert tenants == {ours.tenant}
        assert model._base_manager.filter(pk=ours.row.pk).exists()
        assert not model._base_manager.filter(pk=theirs.row.pk).exists()
        assert not list(
            model._base_manager.raw(f"SELECT * FROM {model._meta.db_table} WHERE id = %s", [theirs.row.pk])
        )
    with theirs.scope():
        assert model._base_manager.filter(pk=theirs.row.pk).exists()


@every_pair
def test_changes_its_own_rows_only(model: type[models.Model], sides: tuple[Side, Side]) -> None:
    ours, theirs = sides
    column = tenant_column(model)
    if only_grows(model):
        with ours.scope():
            assert (
                updated(
                    model._base_manager.filter(pk__in=[ours.row.pk, theirs.row.pk]), **{column: ours.tenant}
                )
                == 0
            )
        return
    with ours.scope():
        assert model._base_manager.filter(pk=theirs.row.pk).update(**{column: ours.tenant}) == 0
        assert model._base_manager.filter(pk=ours.row.pk).update(**{column: ours.tenant}) == 1
        assert delete_rows(model, pk=theirs.row.pk) == 0
    with theirs.scope():
        assert getattr(model._base_manager.get(pk=theirs.row.pk), column) == theirs.tenant


@every_pair
def test_writes_nothing_for_others(model: type[models.Model], sides: tuple[Side, Side]) -> None:
    ours, theirs = sides
    with ours.scope():
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            copy_of(theirs.row).save(force_insert=True)
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            model._base_manager.bulk_create([copy_of(theirs.row)])
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            # without RETURNING, which reads, and would be refused for that reason
            append([copy_of(theirs.row)])
        refused = CLOSED if only_grows(model) else REFUSED
        with pytest.raises(ProgrammingError, match=refused), transaction.atomic():
            model._base_manager.filter(pk=ours.row.pk).update(**{tenant_column(model): theirs.tenant})
    with theirs.scope():
        assert model._base_manager.filter(pk=theirs.row.pk).count() == 1


@every_pair
def test_without_scope_everything_is_an_error(model: type[models.Model], sides: tuple[Side, Side]) -> None:
    ours, _theirs = sides
    attempts: list[Callable[[], Any]] = [
        lambda: list(model._base_manager.all()),
        lambda: model._base_manager.count(),
        lambda: model._base_manager.filter(pk=ours.row.pk).update(**{tenant_column(model): ours.tenant}),
        lambda: model._base_manager.bulk_create([copy_of(ours.row)]),
        lambda: copy_of(ours.row).save(force_insert=True),
    ]
    if only_grows(model):
        del attempts[2]
    for attempt in attempts:
        with (
            pytest.raises(NO_SCOPE, match=r"app\.|malformed array|invalid input syntax"),
            transaction.atomic(),
        ):
            attempt()


@by_model(STATION_MODELS)
def test_people_of_departments_and_operators_see_no_casework(model: type[models.Model], city: City) -> None:
    row = make(model, city.first)
    blind = [
        Scope(bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT),
        Scope((0,), bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT),
        Scope((city.first.pk,), bureau=city.bureau.pk, audience=Audience.OPERATOR),
    ]
    for scope in blind:
        with station_scope(scope):
            assert not model._base_manager.exists()
            with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
                copy_of(row).save(force_insert=True)


OPEN_TO_DEPARTMENTS = {
    model for model in STATION_MODELS if any(getattr(rule, "departments", "") for rule in policies_of(model))
}


@pytest.mark.skipif(bool(ONLY), reason="one app alone decides for itself")
def test_departments_read_no_others() -> None:
    """A further one needs a decision: events tell departments what they may know of casework."""
    assert {model._meta.label for model in OPEN_TO_DEPARTMENTS} == {
        "enterprises.Enterprise",
        "enterprises.Inactivity",  # that an enterprise closed, and where a merged one went
        "inspections.Hazard",  # not voided; the API shows no persons and no words of the police
        "inspections.Inspection",  # the same
        "inspections.CheckRecord",  # read through the inspection alone: tests/api/test_inspections.py
        "inspections.CheckedItem",
        "ratings.Rating",
    }
    for model in STATION_MODELS:
        assert all(getattr(rule, "enterprise", True) for rule in policies_of(model)), model


@by_model(STATION_MODELS)
def test_a_departments_key_reads_its_area_and_writes_nothing(model: type[models.Model], city: City) -> None:
    row, *foreign = (make(model, station) for station in (city.first, city.second, city.elsewhere))
    visible = {row.pk} if model in OPEN_TO_DEPARTMENTS else set()
    manager, table = model._base_manager, model._meta.db_table
    area = Scope((city.first.pk,), bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT)
    with station_scope(area):
        assert set(manager.values_list("pk", flat=True)) == visible
        assert not manager.filter(pk__in=[other.pk for other in foreign]).exists()
        assert updated(manager.filter(station_id=city.first.pk), station_id=city.second.pk) == 0
        if not only_grows(model):
            assert not list(manager.select_for_update().all())  # locking is the first half of writing
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET station_id = station_id")  # no WHERE: the policy alone
                assert cursor.rowcount == 0
        assert delete_rows(model) == 0
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            copy_of(row).save(force_insert=True)
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            append([copy_of(row)])
    whole = Scope(
        (city.first.pk, city.second.pk), bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT
    )
    with station_scope(whole):
        assert manager.count() == 2 * len(visible)
    with scope_of(city.first):
        assert manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "hidden", [{"trial": True}, {"visible_from": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)}], ids=repr
)
def test_a_departments_key_reads_published_ratings_only(hidden: dict, city: City) -> None:
    row = RatingFactory(enterprise=EnterpriseFactory(station=city.first), **hidden)
    area = Scope((city.first.pk,), bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT)
    with station_scope(area):
        assert not Rating._base_manager.exists()
    with scope_of(city.first):
        assert Rating._base_manager.get() == row


def test_a_departments_key_reads_closings_but_no_suspensions(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    InactivityFactory(enterprise=enterprise, kind="suspended", until_on=dt.date(2026, 3, 1))
    gone = InactivityFactory(enterprise=enterprise, kind="closed", from_on=dt.date(2026, 4, 1))
    area = Scope((city.first.pk,), bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT)
    with station_scope(area):
        assert Inactivity._base_manager.get() == gone
    with scope_of(city.first):
        assert Inactivity._base_manager.count() == 2


def test_a_departments_key_reads_no_voided_hazards(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    row = HazardFactory(enterprise=enterprise)
    HazardFactory(enterprise=enterprise, voided_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    area = Scope((city.first.pk,), bureau=city.bureau.pk, department=1, audience=Audience.DEPARTMENT)
    with station_scope(area):
        assert Hazard._base_manager.get() == row
    with scope_of(city.first):
        assert Hazard._base_manager.count() == 2


def is_open_to_enterprises(model: type[models.Model]) -> bool:
    """Return whether the policies of a model leave an enterprise its own rows; some are the police's alone."""
    named = [rule.audiences for rule in model._meta.constraints if isinstance(rule, StationPolicy)]
    return all(audiences is None or Audience.ENTERPRISE in audiences for audiences in named)


@by_model(ENTERPRISE_MODELS)
def test_an_enterprise_sees_its_own_rows_only(model: type[models.Model], city: City) -> None:
    own, neighbours = make(model, city.first), make(model, city.first)
    enterprise = getattr(own, "enterprise", own)
    with scope_of_enterprise(enterprise):
        seen = {own.pk} if is_open_to_enterprises(model) else set()
        assert set(model._base_manager.values_list("pk", flat=True)) == seen
        assert updated(model._base_manager.filter(pk=neighbours.pk), station_id=city.first.pk) == 0
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            copy_of(neighbours).save(force_insert=True)
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            append([copy_of(neighbours)])


@by_model(POLICE_MODELS)
def test_an_enterprise_reads_nothing_that_is_the_polices(model: type[models.Model], city: City) -> None:
    own = make(model, city.first)
    with scope_of_enterprise(getattr(own, "enterprise", own)):
        assert not model._base_manager.exists()
        assert updated(model._base_manager.filter(pk=own.pk), station_id=city.first.pk) == 0
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            copy_of(own).save(force_insert=True)
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            append([copy_of(own)])


@by_model(TENANT_MODELS)
def test_a_supervisor_sees_the_bureau(model: type[models.Model], city: City) -> None:
    rows = {make(model, city.first).pk, make(model, city.second).pk} if is_of_station(model) else set()
    foreign = make(model, city.elsewhere)
    # the police may read them whatever the model's policy says about other readers
    with scope_of_bureau(city.bureau):
        assert set(model._base_manager.values_list("pk", flat=True)) == rows
        assert not model._base_manager.filter(pk=foreign.pk).exists()


def kept_columns(model: type[models.Model]) -> set[str]:
    """Return the columns that no row changes, so that only a new row could point elsewhere."""
    return {name for rule in model._meta.constraints if isinstance(rule, Kept) for name in rule.columns}


def _apart(copy: models.Model, field: Any) -> None:
    """Let a copy differ from its row in each unique key that the field has no part in, or be outside of its condition."""
    for rule in copy._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and rule.condition and field.name not in rule.fields:
            for name, value in (each for each in rule.condition.children if isinstance(each, tuple)):
                if value is None:  # as long as it has not ended
                    setattr(copy, name, timezone.now())
        elif isinstance(rule, models.UniqueConstraint) and field.name not in rule.fields:
            last = copy._meta.get_field(rule.fields[-1])
            value = getattr(copy, last.attname)
            if isinstance(last, models.IntegerField):
                setattr(copy, last.attname, value + 7)
            elif isinstance(last, models.CharField):
                others = [code for code, _label in last.choices or () if code != value]
                setattr(copy, last.attname, others[0] if others else f"~{value[1:]}")


def refusal(ours: Side, field: Any, foreign: models.Model) -> str:
    """Return the error when our row is pointed at a foreign one; "" if PostgreSQL allows it."""
    manager = type(ours.row)._base_manager
    try:
        with ours.scope(), transaction.atomic(), connection.cursor() as cursor:
            if only_grows(type(ours.row)) or field.attname in kept_columns(type(ours.row)):
                copy = copy_of(ours.row)
                setattr(copy, field.attname, foreign.pk)
                _apart(copy, field)
                copy.save(force_insert=True)
            else:
                manager.filter(pk=ours.row.pk).update(**{field.attname: foreign.pk})
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # otherwise the error comes at the commit
    except IntegrityError as error:
        return str(error)
    return ""


@every_pair
def test_references_stay_inside(model: type[models.Model], sides: tuple[Side, Side]) -> None:
    """Foreign keys bypass row-level security, so each reference to a tenant's row needs the tenant in its key."""
    ours, theirs = sides
    references = [
        field
        for field in model._meta.concrete_fields
        if field.remote_field
        and field.remote_field.model in TENANT_MODELS
        and (model._meta.label, field.name) not in FREE_REFERENCES
    ]
    for field in references:
        foreign = make(field.remote_field.model, theirs.station)
        assert "foreign key" in refusal(ours, field, foreign), (
            f"{model._meta.label}.{field.name} reaches another tenant: give it a CompositeForeignKey"
        )
