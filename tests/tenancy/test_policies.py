"""Policies and keys as migrations create them."""

import pytest
from django.db import DataError, ProgrammingError, connections, migrations, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

from foundation.tenancy.grants import bind_owner, free_owner
from foundation.tenancy.policies import (
    AccountPolicy,
    AuditPolicy,
    BureauPolicy,
    CompositeForeignKey,
    DatabaseRule,
    DirectoryPolicy,
    SealerPolicy,
    StationPolicy,
)
from foundation.tenancy.scope import Audience, Scope, station_scope

RULES = [
    StationPolicy(name="a"),
    StationPolicy(name="a", enterprise="enterprise"),
    StationPolicy(name="a", enterprise="enterprise", departments="true"),
    BureauPolicy(name="a", write=(Audience.POLICE, "system")),
    BureauPolicy(name="a", read=("system",)),
    AuditPolicy(name="a"),
    SealerPolicy(name="a", inserts=True),
    DirectoryPolicy(name="a", department="department"),
    DirectoryPolicy(name="a", department="department", hides=True),
    AccountPolicy(name="a", managed=True),
    CompositeForeignKey(name="a"),
]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_rule_survives_a_migration_file(rule: DatabaseRule) -> None:
    text, imports = MigrationWriter.serialize(rule)
    scope: dict = {}
    exec("\n".join(imports), scope)
    assert eval(text, scope) == rule
    assert rule.clone() == rule
    assert [other for other in RULES if other == rule] == [rule]


def notes(*constraints: models.BaseConstraint) -> list:
    """Create a parent and a child in a migration: the child first, its key before the parent's unique constraint."""
    key = ("id", models.BigAutoField(primary_key=True))
    station = ("station_id", models.BigIntegerField(default=0))
    return [
        migrations.CreateModel("Folder", [key, ("name", models.TextField(db_default="100%")), station]),
        migrations.CreateModel(
            "Note",
            [key, ("folder_id", models.BigIntegerField()), station],
            options={"constraints": [*constraints]},
        ),
        migrations.AddConstraint(
            "Folder", models.UniqueConstraint(fields=["id", "station_id"], name="tests_folder_key")
        ),
    ]


POLICY = StationPolicy(name="tests_rls", station="station_id")
KEY = CompositeForeignKey(name="tests_fk", columns=("folder_id", "station_id"), to="tests.Folder")


@pytest.fixture
def owner(db: None) -> object:
    return connections["owner"]


def apply(owner: BaseDatabaseWrapper, operations: list, state: ProjectState) -> ProjectState:
    with owner.schema_editor(atomic=False) as editor:
        for operation in operations:
            following = state.clone()
            operation.state_forwards("tests", following)
            operation.database_forwards("tests", editor, state, following)
            state = following
    return state


def rows(owner: BaseDatabaseWrapper, statement: str) -> list:
    with owner.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


FLAGS = "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'tests_note'"
POLICIES = "SELECT policyname, permissive FROM pg_policies WHERE tablename = 'tests_note'"
KEYS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'tests_fk'"


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("inline", [True, False], ids=["in CreateModel", "as AddConstraint"])
def test_creation_and_removal(owner: BaseDatabaseWrapper, inline: bool) -> None:
    operations = notes(POLICY, KEY) if inline else notes()
    if not inline:  # before the unique constraint that it refers to
        operations[2:2] = [migrations.AddConstraint("Note", KEY), migrations.AddConstraint("Note", POLICY)]
    state = apply(owner, operations, ProjectState())
    assert rows(owner, POLICIES) == [("tests_rls", "PERMISSIVE")]
    assert rows(owner, KEYS) == [
        (
            "FOREIGN KEY (folder_id, station_id) REFERENCES tests_folder(id, station_id) "
            "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        )
    ]
    assert rows(owner, FLAGS) == [(True, False)]
    bind_owner()
    assert rows(owner, FLAGS) == [(True, True)]
    free_owner(plan=[])  # nothing to migrate: nothing changes
    assert rows(owner, FLAGS) == [(True, True)]
    free_owner(plan=["a migration"])
    assert rows(owner, FLAGS) == [(True, False)]
    apply(
        owner,
        [migrations.RemoveConstraint("Note", "tests_fk"), migrations.RemoveConstraint("Note", "tests_rls")],
        state,
    )
    assert (rows(owner, POLICIES), rows(owner, KEYS)) == ([], [])
    assert rows(owner, FLAGS) == [(False, False)]


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_forced_policy_binds_the_owner(owner: BaseDatabaseWrapper) -> None:
    apply(owner, notes(POLICY, KEY), ProjectState())
    rows(owner, "INSERT INTO tests_folder (station_id) VALUES (1) RETURNING id")
    bind_owner()
    # Outside a scope the setting is unknown to a new session, and empty in one that had a scope before.
    with pytest.raises((ProgrammingError, DataError), match=r"app\.stations|malformed array literal"):
        rows(owner, "INSERT INTO tests_note (folder_id, station_id) VALUES (1, 1) RETURNING id")


def test_an_unknown_target_says_what_to_do() -> None:
    state = ProjectState()
    for operation in notes()[1:2]:
        operation.state_forwards("tests", state)
    model = state.apps.get_model("tests.Note")
    with (
        pytest.raises(
            LookupError, match=r"later migration of tests that depends on the one creating tests\.Folder"
        ),
        connections["default"].schema_editor(collect_sql=True, atomic=False) as editor,
    ):
        KEY.create_sql(model, editor)


@pytest.mark.django_db
def test_plans_keep_their_indexes() -> None:
    """The predicate is evaluated once and can use an index, also with further filters."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.stations', '{1,2}', true), set_config('app.enterprise_from', '0', true), "
            "set_config('app.enterprise_to', '9', true), set_config('enable_seqscan', 'off', true)"
        )
        cursor.execute("EXPLAIN SELECT id FROM inspections_hazard")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond" in plan
    assert "Seq Scan" not in plan
    assert "InitPlan" in plan


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_bureau_policy_names_its_readers_and_writers(owner: BaseDatabaseWrapper) -> None:
    policy = BureauPolicy(name="tests_rls", bureau="station_id", read=("police", "system"), write=("system",))
    apply(owner, notes(policy), ProjectState())
    bind_owner()
    insert = "INSERT INTO tests_note (folder_id, station_id) VALUES (1, 7)"

    def changes(audience: Audience, statement: str) -> int:
        fields = {"enterprise": 5} if audience is Audience.ENTERPRISE else {}
        scope = Scope((1,), bureau=7, audience=audience, **fields)
        with station_scope(scope, using="owner"), owner.cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount

    assert changes(Audience.SYSTEM, insert) == 1
    assert changes(Audience.POLICE, "SELECT * FROM tests_note") == 1
    assert changes(Audience.ENTERPRISE, "SELECT * FROM tests_note") == 0
    for statement in ("UPDATE tests_note SET folder_id = 2", "DELETE FROM tests_note"):
        assert changes(Audience.POLICE, statement) == 0
    for audience in (Audience.POLICE, Audience.ENTERPRISE):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(using="owner"):
            changes(audience, insert)
    assert changes(Audience.SYSTEM, "UPDATE tests_note SET folder_id = 2") == 1
