"""Tampering shows: what whoever holds the runtime role can write into the log, and what they cannot take out."""

import datetime as dt

import pytest
import time_machine
from django.db import ProgrammingError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Event, Receipt
from enterprises.models import Custody, Enterprise, Inactivity
from facts.models import FactStep
from foundation.accounts import auditing
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import AuditAction
from foundation.accounts.models import AuditEntry, AuditLink, AuditSeal, AuditValue
from foundation.accounts.operations import erase_personal_values
from foundation.accounts.sealing import SEALER
from foundation.contributions.audit import kind_of
from foundation.database.appending import append
from foundation.tenancy import checks
from foundation.tenancy.scope import Audience, Scope, station_scope
from inspections.operations import rectify_hazard
from ratings.models import Adoption, Standard
from tests.accounts.conftest import House
from tests.factories import (
    AdoptionFactory,
    AuditLinkFactory,
    AuditSealFactory,
    AuditValueFactory,
    HazardFactory,
    StandardFactory,
    factory_of,
)
from tests.fixtures import delete_rows, scope_of


def insert(columns: str, values: str) -> None:
    """Insert an entry as someone with the runtime role's password would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_auditentry (bureau_id, station_id, enterprise_id, action, object_type, object_id,"
            f" object_label, reason, before, after{columns})"
            f" VALUES (0, 0, 0, 'forged', 'user', 0, '', '', '{{}}', '{{}}'{values})"
        )


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (", id", ", 1"),
        (", at", ", '2020-01-01'"),
        (", actor_id, actor_name, role", ", 7, 'Somebody else', 'chief'"),
        (", address", ", '10.0.0.1'"),
        (", request_id", ", 'another'"),
    ],
)
def test_number_moment_and_actor_are_not_the_writers_to_say(db: None, columns: str, values: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|non-DEFAULT"), transaction.atomic():
        insert(columns, values)


def test_the_number_cannot_be_overridden_either(db: None) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO accounts_auditentry (id, bureau_id, station_id, enterprise_id, action, object_type, object_id,"
            " object_label, reason, before, after) OVERRIDING SYSTEM VALUE"
            " VALUES (1, 0, 0, 0, 'forged', 'user', 0, '', '', '{}', '{}')"
        )


@pytest.mark.parametrize("audience", [each for each in Audience if each is not Audience.SEALER])
def test_only_the_sealer_reads_seals(house: House, audience: Audience) -> None:
    AuditLinkFactory()
    AuditSealFactory()
    first = house.city.first
    scope = Scope(
        (first.pk,),
        bureau=first.bureau_id,
        department=1,
        enterprise=house.enterprise.pk if audience is Audience.ENTERPRISE else 0,
        link="0" * 64 if audience is Audience.LINK else "",
        audience=audience,
    )
    with station_scope(scope):
        assert not AuditLink.objects.exists()
        assert not AuditSeal.objects.exists()
        assert delete_rows(AuditLink) == delete_rows(AuditSeal) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            append([AuditLink(bureau_id=0, number=99, entry_id=99, digest="")])
    with station_scope(SEALER):
        assert AuditLink.objects.exists()
        assert not Enterprise.objects.exists(), "and nothing else"


@pytest.mark.parametrize(
    ("who", "reads"),
    [("chief", True), ("supervisor", True), ("chief_second", False), ("supervisor_elsewhere", False)]
    + [(name, False) for name in ("security_manager", "department_officer", "operator")],
)
def test_personal_values_are_read_and_kept_as_the_entry(house: House, who: str, reads: bool) -> None:
    first = house.city.first
    AuditValueFactory(bureau_id=first.bureau_id, station_id=first.pk)
    with station_scope(house.actor(who).scope()):
        assert AuditValue.objects.exists() is reads
        assert AuditValue.objects.update(value="other") == 0
        assert delete_rows(AuditValue) == 0


def test_outside_a_request_an_entry_names_nobody(house: House) -> None:
    insert("", "")
    with station_scope(SEALER):
        entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor_id, entry.actor_name, entry.role) == ("forged", 0, "–", "")


def test_a_wider_scope_within_a_request_keeps_the_actor(house: House) -> None:
    """A hand-over opens the scope of both stations: the entry still names who handed over."""
    officer = house.actor("officer")
    wider = Scope(
        (house.city.first.pk, house.city.second.pk), bureau=house.city.bureau.pk, audience=Audience.SYSTEM
    )
    system = system_actor(bureau_id=house.city.bureau.pk, stations=[house.city.first.pk])
    with station_scope(officer.scope()):
        with station_scope(wider):
            append([auditing.entry(actor=officer, action="wider", target=house.city.first)])
        with station_scope(system.scope()):
            append([auditing.entry(actor=system, action="system", target=house.city.first)])
        append([auditing.entry(actor=officer, action="again", target=house.city.first)])
    with station_scope(SEALER):
        names = dict(AuditEntry.objects.values_list("action", "actor_name"))
    assert names == {"wider": officer.name, "system": "system", "again": officer.name}


def test_a_step_dated_2020_of_another_person_takes_todays_moment_and_the_actor(house: House) -> None:
    officer = house.actor("officer")
    began = timezone.now()
    with station_scope(officer.scope()), time_machine.travel("2020-01-05 12:00+08:00"):
        made = FactStep.objects.create(
            enterprise=house.enterprise,
            station=house.city.first,
            kind="hazard",
            record_id=1,
            act="close",
            on="2026-01-05",
            recorded_by_id=house.people["chief"].pk,
            actor_name="Somebody else",
        )
        made.refresh_from_db()
    assert made.recorded_at >= began
    assert (made.recorded_by_id, made.actor_name) == (officer.user_id, officer.name)


@pytest.mark.parametrize(
    ("model", "moment"),
    [
        (Event, "created_at"),
        (Receipt, "written_at"),
        (Custody, "handed_over_at"),
        (Inactivity, "recorded_at"),
        (Standard, "published_at"),
        (Adoption, "adopted_at"),
    ],
)
def test_nothing_is_recorded_in_2020(model: type[models.Model], moment: str, house: House) -> None:
    began, early = timezone.now(), "2020-01-05 12:00+08:00"
    place = {"bureau": house.city.bureau} if hasattr(model, "bureau") else {"enterprise": house.enterprise}
    with time_machine.travel(early):
        made = factory_of(model)(**place)
    with scope_of(house.city.first, audience=Audience.SYSTEM):
        rows = model._base_manager.filter(pk=made.pk)
        if getattr(model, "append_only", False):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                rows.update(**{moment: early})
        else:
            rows.update(**{moment: early})
        assert rows.values_list(moment, flat=True).get() >= began


def test_an_adoption_that_has_ended_stays_as_it_is(house: House) -> None:
    adopted, other = AdoptionFactory(bureau=house.city.bureau), StandardFactory(bureau=house.city.bureau)
    began, early = timezone.now(), "2020-01-05 12:00+08:00"
    with scope_of(house.city.first):
        rows = Adoption.objects.filter(pk=adopted.pk)
        rows.update(until_at=early)
        until = rows.get().until_at
        assert until is not None
        assert until >= began
        for change in ({"until_at": None}, {"until_at": early}, {"standard": other}):
            rows.update(**change)
            assert (rows.get().until_at, rows.get().standard_id) == (until, adopted.standard_id)


def test_the_text_of_a_standard_stays_as_it_was_published(house: House) -> None:
    made = StandardFactory(bureau=house.city.bureau)
    with (
        scope_of(house.city.first),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        Standard.objects.filter(pk=made.pk).update(body=made.body + " ")


def test_opening_another_persons_page_is_recorded(house: House) -> None:
    officer = house.people["officer"]
    client = house.client("chief")
    client.get(reverse("accounts:user", args=[officer.pk]))
    client.get(reverse("accounts:user", args=[house.people["chief"].pk]))
    with station_scope(SEALER):
        (entry,) = AuditEntry.objects.filter(action=AuditAction.OPEN_FILE)
    assert (entry.actor_id, entry.object_id) == (house.people["chief"].pk, officer.pk)
    assert entry.station_id == house.city.first.pk


def test_the_log_page_shows_personal_values_until_they_are_erased(house: House) -> None:
    officer, client = house.people["officer"], house.client("chief")
    with station_scope(house.actor("chief").scope()):
        auditing.record(
            actor=house.actor("chief"),
            action=AuditAction.EDIT_USER,
            target=officer,
            before={"phone": "13800138000"},
            after={"phone": "13900139000"},
            place=(house.city.bureau.pk, house.city.first.pk),
        )
    asked = {"action": AuditAction.EDIT_USER}
    page = client.get(reverse("accounts:audit"), asked).content.decode()
    assert "<del>13800138000</del>" in page
    assert "13900139000" in page
    erase_personal_values(object_type="user", object_id=officer.pk, reason="Asked by the person")
    page = client.get(reverse("accounts:audit"), asked).content.decode()
    assert "1390013" not in page
    assert "<del>(erased)</del>" in page


def test_who_reported_a_hazard_as_rectified_can_be_erased(house: House) -> None:
    hazard = HazardFactory(enterprise=house.enterprise)
    actor = house.actor("officer")
    with station_scope(actor.scope()):
        rectify_hazard(actor=actor, id=hazard.pk, version=hazard.version, submitted_by="Shen Yiping")
    client, asked = house.client("chief"), {"action": "hazard.rectify"}
    assert "Shen Yiping" in client.get(reverse("accounts:audit"), asked).content.decode()
    erase_personal_values(object_type="hazard", object_id=hazard.pk, reason="Asked by the person")
    page = client.get(reverse("accounts:audit"), asked).content.decode()
    assert "Shen Yiping" not in page
    assert "(erased)" in page


@pytest.mark.parametrize(
    ("code", "names"), [("hazard", {"found_by", "submitted_by"}), ("user", {"device", "address"})]
)
def test_what_says_something_about_a_person_is_committed_to(code: str, names: set[str]) -> None:
    kind = kind_of(code)
    assert kind is not None
    assert names <= kind.personal


def test_an_entry_dated_2020_of_another_user_goes_in_with_todays_date_and_its_own(house: House) -> None:
    chief, officer = house.actor("chief"), house.actor("officer")
    began = timezone.now()
    forged = auditing.entry(actor=chief, action="forged", target=house.city.first)
    forged.at, forged.pk = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), 1
    with station_scope(officer.scope()):
        append([forged])
    with scope_of(house.city.first):
        (entry,) = AuditEntry.objects.filter(action="forged")
    assert entry.at >= began
    assert (entry.actor_id, entry.actor_name, entry.role) == (officer.user_id, officer.name, officer.role)


def kept() -> list[type[models.Model]]:
    return [model for model in checks.project_models() if not getattr(model, "deletable", False)]


def test_only_these_may_be_deleted() -> None:
    """Everything else is history, or somebody's right: it is voided, revoked or ended, and stays."""
    deletable = {model._meta.label for model in checks.project_models()} - {
        model._meta.label for model in kept()
    }
    assert deletable == {
        "accounts.AuditValue",
        "accounts.FormerPassword",
        "accounts.Invitation",
        "accounts.PasswordRequest",
        "accounts.Session",
        "bulk.BulkRun",
        "deadlines.CalendarFeed",
        "deliveries.Attempt",
        "deliveries.Exchange",
        "deliveries.SnapshotPart",
        "deliveries.TestEvent",
        "exports.Export",
        "exports.ExportPart",
        "imports.Upload",
        "imports.UploadPart",
        "imports.UploadRow",
        "inbox.Notification",
        "lists.SavedView",
        "rest.StoredAnswer",
    }


def test_the_runtime_role_deletes_nothing_else(db: None) -> None:
    for model in kept():
        for statement in (f"DELETE FROM {model._meta.db_table}", f"TRUNCATE {model._meta.db_table}"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


def test_an_adoption_in_force_keeps_its_standard(house: House) -> None:
    adopted, other = AdoptionFactory(bureau=house.city.bureau), StandardFactory(bureau=house.city.bureau)
    with scope_of(house.city.first, audience=Audience.SYSTEM):
        rows = Adoption.objects.filter(pk=adopted.pk)
        rows.update(standard=other)
        assert rows.get().standard_id == adopted.standard_id
        rows.update(until_at=timezone.now(), standard=other)
        ended = rows.get()
        assert (ended.standard_id, ended.until_at is None) == (adopted.standard_id, False)


def test_a_time_off_the_register_ends_once_and_is_not_moved(house: House) -> None:
    made = factory_of(Inactivity)(enterprise=house.enterprise, from_on="2026-03-01")
    with scope_of(house.city.first, audience=Audience.SYSTEM):
        rows = Inactivity.objects.filter(pk=made.pk)
        rows.update(from_on="2020-01-05", until_on="2026-04-01", reason="Another")
        rows.update(until_on="2026-06-01")
        told = rows.values_list("from_on", "until_on", "reason").get()
        assert told == (dt.date(2026, 3, 1), dt.date(2026, 4, 1), made.reason)
        rows.update(until_on="2026-03-01")  # it was recorded by mistake
        assert rows.get().is_void
