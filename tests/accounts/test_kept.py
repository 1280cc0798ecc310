"""What stays as it was written: SQL that whoever holds the runtime role can send."""

import datetime as dt

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.utils import timezone

from deliveries.models import Attempt, Exchange, Receipt, Subscription, TestEvent, Wish
from disputes.models import (
    Agreement,
    Appointment,
    Breach,
    Confirmation,
    Dispute,
    EnterpriseReport,
    FollowUp,
    KindOfDispute,
    MediationSession,
    Party,
    Payment,
    RiskMeasure,
    Screening,
    TeamMember,
    Way,
    WayStep,
)
from enterprises.models import Enterprise, Inactivity, Liaison
from facts.models import Attachment
from foundation.accounts.models import ApiKey, Invitation, RoleGrant
from foundation.links.models import SignedLink
from foundation.lots.models import Draw
from foundation.tenancy import checks
from foundation.tenancy.kept import Kept
from foundation.tenancy.scope import Audience, seeing_undone
from imports.models import Import, ImportedRecord, ImportIssue
from incidents.models import Incident
from inspections.checkins.models import CheckIn, DoorSign
from inspections.models import (
    Absence,
    CheckedItem,
    Checklist,
    CheckRecord,
    Complaint,
    DrawnVisit,
    Escalation,
    FieldPhoto,
    Forgery,
    Hazard,
    Inspection,
    KeyPosition,
    Listing,
    MajorStage,
    Obstruction,
    Penalty,
    PlannedVisit,
    Recheck,
    SelfCheck,
    Submission,
    VisitEscalation,
)
from papers.models import Paper
from ratings.models import Evaluation, EvaluationBatch
from service.models import Activity
from tests.accounts.conftest import House
from tests.factories import DepartmentFactory, EvaluationFactory, factory_of
from tests.fixtures import scope_of

# a privilege, a policy or a constraint may refuse first, where whom a row is about is changed
REFUSALS = (
    "keeps what was recorded|row-level security|rolegrant_organisation|apikey_area|permission denied"
    "|absence_begins_before_it_ends|party_person_sealed|screening_of_its_month|wish_is_of_a_kind"
    "|wish_decided_with_its_moment|wish_key_was_approved"
)
EARLY = "2020-01-05 12:00+08:00"
OTHER = {
    models.DateTimeField: EARLY,
    models.DateField: EARLY[:10],
    models.TimeField: "09:30",
    models.TextField: "other",
    models.CharField: "other",
    models.JSONField: '{"other": 1}',
}


def kept_columns() -> list[tuple[type[models.Model], str]]:
    return [
        (model, column)
        for model in checks.project_models()
        for rule in model._meta.constraints
        if isinstance(rule, Kept)
        for column in rule.columns
    ]


def another(row: models.Model, column: str) -> object:
    (field,) = [each for each in row._meta.concrete_fields if each.column == column]
    if isinstance(field, models.BooleanField):
        return not getattr(row, column)
    if isinstance(field, ArrayField):
        return ["other"] if isinstance(field.base_field, models.CharField) else [77]
    number = 77 if getattr(row, column) != 77 else 78  # ids go on from test to test
    return next((value for kind, value in OTHER.items() if isinstance(field, kind)), number)


def made(model: type[models.Model], house: House) -> models.Model:
    if model is Invitation:
        return factory_of(model)(user=house.people["officer"])
    if model in (ApiKey, Subscription):
        return factory_of(model)(department=DepartmentFactory(bureau=house.city.bureau))
    names = {field.name for field in model._meta.concrete_fields}
    place = {"enterprise": house.enterprise} if "enterprise" in names else {}
    if "station" in names and not place:
        place = {"station": house.city.first}
    elif "bureau" in names and not place:
        place = {"bureau": house.city.bureau}
    return factory_of(model)(**place)


@pytest.mark.parametrize(
    ("model", "column"), [pytest.param(*each, id=f"{each[0].__name__}.{each[1]}") for each in kept_columns()]
)
def test_moments_and_people_are_not_rewritten(model: type[models.Model], column: str, house: House) -> None:
    row = made(model, house)
    with (
        scope_of(house.city.first, audience=Audience.SYSTEM),
        pytest.raises((IntegrityError, ProgrammingError), match=REFUSALS),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {connection.ops.quote_name(column)} = %s WHERE id = %s",
            [another(row, column), row.pk],
        )


def test_those_that_record_moments_are_all_there() -> None:
    facts = {Activity, Dispute, Forgery, Hazard, Incident, Inspection, Obstruction, Penalty, SelfCheck}
    others = {
        Breach,
        Absence,
        Agreement,
        ApiKey,
        Appointment,
        Attachment,
        Attempt,
        CheckIn,
        CheckedItem,
        CheckRecord,
        Checklist,
        Complaint,
        Confirmation,
        DoorSign,
        Draw,
        DrawnVisit,
        Enterprise,
        EnterpriseReport,
        Escalation,
        Evaluation,
        Exchange,
        FieldPhoto,
        FollowUp,
        PlannedVisit,
        VisitEscalation,
        Import,
        ImportedRecord,
        Inactivity,
        Invitation,
        KeyPosition,
        KindOfDispute,
        Liaison,
        Listing,
        MajorStage,
        MediationSession,
        Paper,
        Party,
        Payment,
        Receipt,
        Recheck,
        Screening,
        SignedLink,
        RiskMeasure,
        Submission,
        TeamMember,
        TestEvent,
        Way,
        WayStep,
        Wish,
    }
    assert {model for model, _column in kept_columns()} == facts | others | {RoleGrant, Subscription}


def test_what_an_import_said_stays(house: House) -> None:
    run = made(Import, house)
    with scope_of(house.city.first, audience=Audience.SYSTEM):
        for model, change in (
            (Import, {"files": []}),
            (Import, {"issue_count": 0}),
            (ImportIssue, {"code": "x"}),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model._default_manager.filter(bureau_id=run.bureau_id).update(**change)


@pytest.mark.parametrize("column", ["lists", "officers"])
def test_a_list_that_grows_loses_nothing(column: str, house: House) -> None:
    """Of answers that come in by sheets: another record stays as it was made."""
    row = factory_of(CheckRecord)(enterprise=house.enterprise, by_sheet=True)
    first, second = {"kind": "fire", "number": 1}, {"kind": "fire", "number": 2}
    with scope_of(house.city.first, audience=Audience.SYSTEM):
        rows = CheckRecord.objects.filter(pk=row.pk)
        for grown in ([first], [first, second]):
            assert rows.update(**{column: grown}) == 1
        for changed in ([], [first], [first, second | {"number": 3}]):
            with pytest.raises(IntegrityError, match="keeps what was recorded"), transaction.atomic():
                rows.update(**{column: changed})
        assert rows.values_list(column, flat=True).get() == [first, second]
        other = CheckRecord.objects.filter(pk=made(CheckRecord, house).pk)
        with pytest.raises(IntegrityError, match="keeps what was recorded"), transaction.atomic():
            other.update(**{column: [first]})


@pytest.mark.parametrize("later", [None, EARLY])
@pytest.mark.parametrize(
    ("model", "moment"),
    [
        (RoleGrant, "revoked_at"),
        (ApiKey, "revoked_at"),
        (Invitation, "used_at"),
        (Receipt, "acknowledged_at"),
        (Hazard, "voided_at"),
        (Enterprise, "undone_at"),
        (ImportedRecord, "undone_at"),
    ],
)
def test_what_ended_has_ended(
    model: type[models.Model], moment: str, later: str | None, house: House
) -> None:
    row = made(model, house)
    with (
        scope_of(house.city.first, audience=Audience.SYSTEM),
        seeing_undone(),
        connection.cursor() as cursor,
    ):
        set_to = f"UPDATE {model._meta.db_table} SET {moment} = %s WHERE id = {row.pk}"
        cursor.execute(set_to, [timezone.now()])
        assert cursor.rowcount == 1
        with pytest.raises(IntegrityError, match="keeps what was recorded"), transaction.atomic():
            cursor.execute(set_to, [later])


def test_the_end_of_a_key_may_come_earlier_and_not_later(house: House) -> None:
    key = made(ApiKey, house)
    with scope_of(house.city.first, audience=Audience.SYSTEM):
        rows = ApiKey.objects.filter(pk=key.pk)
        rows.update(expires_at=key.expires_at - dt.timedelta(days=1))
        with pytest.raises(IntegrityError, match="keeps what was recorded"), transaction.atomic():
            rows.update(expires_at=key.expires_at)
        rows.update(last_used_at=timezone.now())


def test_a_published_batch_keeps_what_it_says(house: House) -> None:
    batch = factory_of(EvaluationBatch)(bureau=house.city.bureau, counts={"red": 1})
    with scope_of(house.city.first, audience=Audience.SYSTEM):
        rows = EvaluationBatch.objects.filter(pk=batch.pk)
        rows.update(state="published", counts={"red": 2})
        for change in ({"counts": {"red": 1}}, {"state": "rated"}, {"digest": 1}):
            with pytest.raises(IntegrityError, match="keeps what was recorded"), transaction.atomic():
                rows.update(**change)


@pytest.mark.parametrize(
    "change", [{"opened_at": EARLY}, {"started_at": EARLY}, {"error": "None of this is true"}, {"error": "x"}]
)
def test_a_complete_run_keeps_its_moments_and_its_error(change: dict[str, str], house: House) -> None:
    run = EvaluationFactory(bureau=house.city.bureau)
    with scope_of(house.city.first):
        rows = Evaluation.objects.filter(pk=run.pk)
        rows.update(state="complete", completed_at=timezone.now())
        with (
            pytest.raises(IntegrityError, match=r"stays as it is|keeps what was recorded"),
            transaction.atomic(),
        ):
            rows.update(**change)


@pytest.mark.django_db
def test_nobody_gives_a_row_another_number() -> None:
    """PostgreSQL would carry it on into what refers to the row, whoever may change that."""
    with connection.cursor() as cursor:
        for model in checks.project_models():
            key = connection.ops.quote_name(model._meta.pk.column)
            table = connection.ops.quote_name(model._meta.db_table)
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|GENERATED ALWAYS"),
                transaction.atomic(),
            ):
                cursor.execute(f"UPDATE {table} SET {key} = {key}")


def test_a_message_is_not_dated_back_by_a_statement_that_waits(house: House) -> None:
    """The moment is that of writing, not that at which the statement began."""
    subscription = made(Subscription, house)
    with scope_of(house.city.first, audience=Audience.SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """WITH slept AS MATERIALIZED (SELECT pg_sleep(0.2), statement_timestamp() AS began)
            INSERT INTO deliveries_event (bureau_id, department_id, subscription_id, sequence, message_id, kind,
                period_code, size, enterprise_ids, body, created_at)
            SELECT bureau_id, department_id, id, 9, 'msg_x', 'rating.published', '2025Q1', 0, '{}',
                '{"type":"rating.published","timestamp":"2020-01-05T12:00:00+00:00","data":{}}', began
            FROM deliveries_subscription, slept WHERE id = %s
            RETURNING created_at > statement_timestamp() + interval '0.1 s', created_at, body""",
            [subscription.pk],
        )
        later, created_at, body = cursor.fetchone()
    assert later
    assert body == (
        f'{{"type":"rating.published","timestamp":"{created_at:%Y-%m-%dT%H:%M:%S}+00:00","data":{{}}}}'
    )
