"""System checks: models without policy, unsafe roles, a database that differs from the models."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, models
from django.test.utils import isolate_apps

from deliveries.models import (
    Answer,
    Attempt,
    Event,
    Exchange,
    Receipt,
    SnapshotPart,
    Subscription,
    TestEvent,
    Wish,
)
from enterprises.models import Enterprise
from foundation.accounts.models import (
    ApiKey,
    AuditEntry,
    AuditLink,
    AuditSeal,
    AuditValue,
    FormerPassword,
    Invitation,
    PasswordRequest,
    RoleGrant,
    Session,
    Station,
)
from foundation.bulk.models import BulkRun
from foundation.deadlines.models import CalendarFeed
from foundation.exports.models import Export, ExportPart
from foundation.field.models import FieldReceipt
from foundation.inbox.models import Notification
from foundation.lists.models import SavedView
from foundation.rest.models import StoredAnswer
from foundation.tenancy import checks
from foundation.tenancy.policies import BureauPolicy, CompositeForeignKey, StationPolicy
from imports.models import Upload, UploadPart, UploadRow
from papers.models import Paper
from tests.factories import factory_of

OWNER = pytest.mark.django_db(databases=["default", "owner"])


def ids(messages: list) -> list[str]:
    return [message.id for message in messages]


def test_all_models_pass() -> None:
    assert checks.check_models() == []


def test_every_model_has_a_factory() -> None:
    for model in checks.project_models():
        factory_of(model)


def test_other_kinds_of_policy_have_their_own_tests() -> None:
    """The isolation matrix covers station and bureau policies; a new kind of policy needs tests of its own.

    The audit log: test_audit_log.py here, tests/accounts/test_tampering.py. Departments: tests/deliveries/test_isolation.py,
    tests/rest/test_idempotency.py. Notifications: tests/inbox/test_isolation.py. Downloads:
    tests/exports/test_isolation.py. Acts on many: tests/bulk/test_isolation.py. Views of lists: tests/lists/test_views.py. Sheets: tests/imports/test_sheets_isolation.py. Undone enterprises: tests/imports/test_undoing.py. Papers: tests/papers/test_orders.py. Role grants, keys and what belongs to an account: test_directory.py.
    """
    odd = {
        model
        for model in checks.project_models()
        for policy in checks.policies_of(model)
        if not isinstance(policy, StationPolicy | BureauPolicy)
    }
    assert odd == {
        ApiKey,
        RoleGrant,
        FormerPassword,
        Invitation,
        PasswordRequest,
        Session,
        AuditEntry,
        AuditLink,
        AuditSeal,
        AuditValue,
        StoredAnswer,
        SavedView,
        Subscription,
        Event,
        Receipt,
        FieldReceipt,
        Attempt,
        TestEvent,
        SnapshotPart,
        Exchange,
        Answer,
        Wish,
        Notification,
        BulkRun,
        CalendarFeed,
        Export,
        ExportPart,
        Upload,
        UploadPart,
        UploadRow,
        Enterprise,
        Paper,
    }


@isolate_apps("enterprises", "foundation.accounts")
def test_a_model_without_policy_is_refused() -> None:
    class Orphan(models.Model):
        class Meta:
            app_label = "enterprises"

    class Known(models.Model):
        tenancy = "directory"

        class Meta:
            app_label = "enterprises"

    assert ids(checks.policy_errors([Orphan, Known])) == ["tenancy.E001"]
    assert "enterprises.Orphan" in checks.policy_errors([Orphan])[0].msg


@isolate_apps("enterprises", "foundation.accounts")
def test_a_fact_without_composite_key_is_refused() -> None:
    class Loose(models.Model):
        station = models.ForeignKey(Station, models.PROTECT, related_name="+")
        enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", db_constraint=False)

        class Meta:
            app_label = "enterprises"
            constraints = [StationPolicy(name="loose_rls", enterprise="enterprise")]

    class Double(models.Model):
        station = models.ForeignKey(Station, models.PROTECT, related_name="+")
        enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")

        class Meta:
            app_label = "enterprises"
            constraints = [CompositeForeignKey(name="double_fk")]

    assert ids(checks.composite_key_errors([Loose, Double])) == ["tenancy.E002", "tenancy.E002"]


@pytest.mark.django_db
def test_the_runtime_role_is_safe() -> None:
    assert checks.database_problems() == []
    checks.assert_database_safe()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert (
            cursor.fetchone()[0]
            == connection.settings_dict["USER"]
            != connections["owner"].settings_dict["USER"]
        )


@OWNER
def test_the_owner_is_refused_as_runtime_role(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"owns \d+ tables") as refusal:
        checks.assert_database_safe("owner")
    assert "must only grow" in str(refusal.value)
    monkeypatch.setattr(checks, "database_problems", lambda: ["It is not safe."])
    assert ids(checks.check_database(databases=["default"])) == ["tenancy.E003"]
    assert checks.check_database(databases=["owner"]) == []
    assert checks.check_database() == []


@contextmanager
def altered(*statements: str) -> Iterator[list[str]]:
    """Yield the problems found in the owner's transaction after these statements; the test rolls it back."""
    with connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    yield checks.database_problems("owner")


@OWNER
@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("ALTER TABLE enterprises_enterprise NO FORCE ROW LEVEL SECURITY", "not enabled and forced"),
        ("ALTER TABLE enterprises_enterprise DISABLE ROW LEVEL SECURITY", "not enabled and forced"),
        (
            "DROP POLICY enterprise_rls_enterprise ON enterprises_enterprise",
            "lacks the policies enterprise_rls_ent",
        ),
        ("CREATE POLICY everything ON enterprises_enterprise USING (true)", "no model declares: everything"),
        (
            "ALTER TABLE inspections_hazard DROP CONSTRAINT hazard_enterprise_fk",
            "lacks the key hazard_enterprise_fk",
        ),
        ("DROP TRIGGER hazard_kept ON inspections_hazard", "lacks the trigger hazard_kept"),
        ("ALTER TABLE inspections_hazard DISABLE TRIGGER hazard_kept", "lacks the trigger hazard_kept"),
        ("DROP TABLE disputes_dispute CASCADE", "disputes_dispute is missing"),
    ],
)
def test_a_changed_database_is_noticed(statement: str, problem: str) -> None:
    with altered(statement) as problems:
        assert any(problem in text for text in problems), problems


class FakeCursor:
    """Answers for roles and encodings that this server does not have."""

    def __init__(self, *answers: tuple) -> None:
        self.answers = list(answers)

    def execute(self, *_statement: object) -> None:
        pass

    def fetchone(self) -> tuple:
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([("root", True, True)], "is a superuser"),
        ([("app", False, True), (0,), (False,)], "BYPASSRLS"),
        ([("app", False, False), (3,), (False,)], "owns 3 tables"),
        ([("app", False, False), (0,), (True,)], "may create functions"),
        ([("app", False, False), (0,), (False,), (True, "anqi")], "may create temporary tables"),
    ],
)
def test_a_powerful_runtime_role_is_refused(answers: list, problem: str) -> None:
    assert any(problem in text for text in checks._role_problems(FakeCursor(*answers)))


@pytest.mark.parametrize(
    ("answers", "problem"), [([("SQL_ASCII",)], "encoded in"), ([("UTF8",), (False,)], "Chinese letters")]
)
def test_a_database_blind_to_chinese_is_refused(answers: list, problem: str) -> None:
    assert any(problem in text for text in checks._encoding_problems(FakeCursor(*answers)))
