"""The SQL of the policies, word for word.

Databases keep the text that a migration gave them. Whoever changes one of these needs a migration that renews it.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from foundation.tenancy.policies import (
    AuditPolicy,
    BureauPolicy,
    CompositeForeignKey,
    DatabaseRule,
    DepartmentPolicy,
    LinkPolicy,
    Policy,
    Postponed,
    SealerPolicy,
    StationPolicy,
    target_table,
)

STATIONS = "\"station_id\" = ANY ((SELECT current_setting('app.stations')::bigint[])::bigint[])"
BUREAU = "\"bureau_id\" = (SELECT current_setting('app.bureau')::bigint)"
DEPARTMENT = "(SELECT current_setting('app.department')::bigint)"
AUDIENCE = "(SELECT current_setting('app.audience')::text[])"
ALL = "(SELECT current_setting('app.enterprise_from')::bigint = 0)"
ONE = "(SELECT current_setting('app.enterprise_to')::bigint)"
A_DEPARTMENT = "(SELECT current_setting('app.audience')::text[] = '{department}')"
ALL_OR_DEPARTMENT = (
    "(SELECT current_setting('app.enterprise_from')::bigint = 0"
    " OR current_setting('app.audience')::text[] = '{department}')"
)
PARENT = SimpleNamespace(_meta=SimpleNamespace(db_table="parents"))


def quote(name: str) -> str:
    return f'"{name}"'


def parent_of(label: str) -> Any:
    if label not in ("enterprises.Enterprise", "imports.Import"):
        raise LookupError(label)
    return PARENT


def model(**nullable: bool) -> Any:
    """A model of the table ``notes``; the fields named by keyword, and all others not null."""
    return SimpleNamespace(
        _meta=SimpleNamespace(
            db_table="notes",
            app_label="notes",
            apps=SimpleNamespace(get_model=parent_of),
            get_field=lambda name: SimpleNamespace(column=f"{name}_id", null=nullable.get(name, False)),
        )
    )


def policies(policy: Policy, **nullable: bool) -> dict[str, str]:
    found = policy.policies(model(**nullable), quote)
    assert policy.policy_names(model(**nullable)) == list(found)
    return found


def both(predicate: str) -> str:
    return f"USING ({predicate}) WITH CHECK ({predicate})"


def of(*audiences: str) -> str:
    return f"{AUDIENCE} && ARRAY[{', '.join(repr(each) for each in audiences)}]"


def test_a_station_sees_its_rows() -> None:
    assert policies(StationPolicy(name="p")) == {"p": both(STATIONS)}
    assert policies(StationPolicy(name="p", station="place")) == {
        "p": both(STATIONS.replace("station_id", "place_id"))
    }


@pytest.mark.parametrize(
    ("nullable", "column"), [(False, '"enterprise_id"'), (True, 'coalesce("enterprise_id", -1)')]
)
def test_an_enterprise_sees_its_own(nullable: bool, column: str) -> None:
    found = policies(StationPolicy(name="p", enterprise="enterprise"), enterprise=nullable)
    own = f"{ALL} OR {column} = {ONE}"
    assert found == {"p": both(STATIONS), "p_enterprise": f"AS RESTRICTIVE {both(own)}"}


@pytest.mark.parametrize(
    ("condition", "seen"),
    [
        ("true", f'{ALL_OR_DEPARTMENT} OR "enterprise_id" = {ONE}'),
        ("NOT trial", f'{ALL} OR "enterprise_id" = {ONE} OR ({A_DEPARTMENT} AND NOT trial)'),
    ],
)
def test_a_department_reads_what_the_condition_opens_and_writes_nothing(condition: str, seen: str) -> None:
    own = f'{ALL} OR "enterprise_id" = {ONE}'
    assert policies(StationPolicy(name="p", enterprise="enterprise", departments=condition)) == {
        "p": both(STATIONS),
        "p_enterprise": f"AS RESTRICTIVE FOR SELECT USING ({seen})",
        "p_insert": f"AS RESTRICTIVE FOR INSERT WITH CHECK ({own})",
        "p_update": f"AS RESTRICTIVE FOR UPDATE {both(own)}",
        "p_delete": f"AS RESTRICTIVE FOR DELETE USING ({own})",
    }


def test_a_condition_for_departments_needs_the_enterprise() -> None:
    with pytest.raises(ValueError, match="enterprise"):
        StationPolicy(name="p", departments="true")


def test_rows_of_a_bureau() -> None:
    assert policies(BureauPolicy(name="p")) == {"p": both(BUREAU)}
    assert policies(BureauPolicy(name="p", read=("police",))) == {
        "p": both(BUREAU),
        "p_read": f"AS RESTRICTIVE FOR SELECT USING ({of('police')})",
    }
    assert policies(BureauPolicy(name="p", bureau="office", write=("police", "system"))) == {
        "p": both(BUREAU.replace("bureau_id", "office_id")),
        "p_insert": f"AS RESTRICTIVE FOR INSERT WITH CHECK ({of('police', 'system')})",
        "p_update": f"AS RESTRICTIVE FOR UPDATE {both(of('police', 'system'))}",
        "p_delete": f"AS RESTRICTIVE FOR DELETE USING ({of('police', 'system')})",
    }


@pytest.mark.parametrize("operators", [False, True])
def test_rows_of_a_department(operators: bool) -> None:
    policy = DepartmentPolicy(name="p", read=("police", "department"), write=("system",), operators=operators)
    reads, writes, own = (
        of("police", "department"),
        of("system"),
        f'{DEPARTMENT} = 0 OR "department_id" = {DEPARTMENT}',
    )
    assert policies(policy) == {
        "p": both(BUREAU),
        "p_department": f"AS RESTRICTIVE {both(own)}",
        "p_read": f"AS RESTRICTIVE FOR SELECT USING ({reads})",
        "p_insert": f"AS RESTRICTIVE FOR INSERT WITH CHECK ({writes})",
        "p_update": f"AS RESTRICTIVE FOR UPDATE {both(writes)}",
        "p_delete": f"AS RESTRICTIVE FOR DELETE USING ({writes})",
    } | ({"p_operator": both(of("operator"))} if operators else {})


def test_operators_are_let_in_only_where_it_is_said() -> None:
    assert "p_operator" not in policies(DepartmentPolicy(name="p", read=("police",), write=("police",)))
    named = DepartmentPolicy(
        name="p", read=("police",), write=("police",), bureau="office", department="unit"
    )
    found = policies(named)
    assert found["p"] == both(BUREAU.replace("bureau_id", "office_id"))
    own = f'{DEPARTMENT} = 0 OR "unit_id" = {DEPARTMENT}'
    assert found["p_department"] == f"AS RESTRICTIVE {both(own)}"


def test_the_audit_log() -> None:
    bureau, station, enterprise = (
        f'"notes"."{name}"' for name in ("bureau_id", "station_id", "enterprise_id")
    )
    assert policies(AuditPolicy(name="p")) == {
        "p_append": "FOR INSERT WITH CHECK (true)",
        "p_station": f"FOR SELECT USING ({enterprise} = 0 AND {station} <> 0 AND "
        f"{station} = ANY ((SELECT current_setting('app.stations')::bigint[])::bigint[]))",
        "p_bureau": f"FOR SELECT USING ({enterprise} = 0 AND {station} = 0 AND "
        f"{bureau} = (SELECT current_setting('app.bureau')::bigint))",
        "p_enterprise": f"FOR SELECT USING ({enterprise} <> 0 AND EXISTS "
        f'(SELECT FROM "parents" AS about WHERE about.id = {enterprise}))',
        "p_readers": f"AS RESTRICTIVE FOR SELECT USING ({of('police', 'system', 'operator', 'sealer')})",
    }


def test_the_seals_of_the_audit_log() -> None:
    sealer = of("sealer")
    assert policies(SealerPolicy(name="p")) == {"p": f"FOR SELECT USING ({sealer})"}
    assert policies(SealerPolicy(name="p", inserts=True, deletes=True)) == {
        "p": f"FOR SELECT USING ({sealer})",
        "p_insert": f"FOR INSERT WITH CHECK ({sealer})",
        "p_delete": f"FOR DELETE USING ({sealer})",
    }


class Editor:
    """As much of a schema editor as a rule uses."""

    def __init__(self) -> None:
        self.deferred_sql: list[Any] = []
        self.quote_name = quote


def test_policies_are_created_and_dropped_with_row_level_security() -> None:
    policy, editor = StationPolicy(name="p", enterprise="enterprise"), Editor()
    own = f'{ALL} OR "enterprise_id" = {ONE}'
    created = (
        'ALTER TABLE "notes" ENABLE ROW LEVEL SECURITY; '
        f'CREATE POLICY "p" ON "notes" {both(STATIONS)}; '
        f'CREATE POLICY "p_enterprise" ON "notes" AS RESTRICTIVE {both(own)}'
    )
    assert str(policy.create_sql(model(), editor)) == created
    assert editor.deferred_sql == []
    assert policy.constraint_sql(model(), editor) is None
    assert [str(each) for each in editor.deferred_sql] == [created]
    assert str(policy.remove_sql(model(), editor)) == (
        'DROP POLICY "p" ON "notes"; DROP POLICY "p_enterprise" ON "notes"; '
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = '\"notes\"'::regclass) THEN "
        'ALTER TABLE "notes" DISABLE ROW LEVEL SECURITY; ALTER TABLE "notes" NO FORCE ROW LEVEL SECURITY; '
        "END IF; END $$"
    )
    assert policy.create_sql(model(), editor).references_table("notes")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, '("enterprise_id", "station_id") REFERENCES "parents" ("id", "station_id")'),
        (
            {"columns": ["run_id", "bureau_id"], "to": "imports.Import", "to_columns": ["id", "bureau_id"]},
            '("run_id", "bureau_id") REFERENCES "parents" ("id", "bureau_id")',
        ),
    ],
)
def test_a_composite_key_waits_until_the_end_of_its_migration(options: dict[str, Any], key: str) -> None:
    rule, editor = CompositeForeignKey(name="k", **options), Editor()
    assert isinstance(rule.create_sql(model(), editor), Postponed)
    assert not rule.create_sql(model(), editor)
    created = (
        f'ALTER TABLE "notes" ADD CONSTRAINT "k" FOREIGN KEY {key} '
        "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"
    )
    assert [str(each) for each in editor.deferred_sql] == [created] * 2
    assert editor.deferred_sql[0].references_table("parents")
    assert str(rule.remove_sql(model(), editor)) == (
        'SET CONSTRAINTS "k" IMMEDIATE; ALTER TABLE "notes" DROP CONSTRAINT "k"'
    )


def test_a_table_the_migration_does_not_know_yet() -> None:
    rule = CompositeForeignKey(name="k", to="later.Model")
    assert target_table(rule, model(), "enterprises.Enterprise") == "parents"
    with pytest.raises(LookupError, match=r"k needs later\.Model.*later migration of notes"):
        target_table(rule, model(), "later.Model")
    with pytest.raises(LookupError, match="k needs"):
        rule.statement(model(), Editor())
    with pytest.raises(LookupError, match="p needs"):
        AuditPolicy(name="p", about="later.Model").policies(model(), quote)


RULES: list[tuple[DatabaseRule, dict[str, Any]]] = [
    (
        StationPolicy(name="a"),
        {"station": "station", "enterprise": None, "departments": None, "audiences": None},
    ),
    (
        StationPolicy(name="a", station="b", enterprise="c", departments="d"),
        {"station": "b", "enterprise": "c", "departments": "d", "audiences": None},
    ),
    (
        LinkPolicy(name="a"),
        {
            "station": "station",
            "enterprise": "enterprise",
            "departments": None,
            "audiences": ("police", "system"),
            "digest": "token_digest",
        },
    ),
    (BureauPolicy(name="a"), {"bureau": "bureau", "read": None, "write": None}),
    (
        BureauPolicy(name="a", bureau="b", read=["c"], write=["d"]),  # lists, as people write
        {"bureau": "b", "read": ("c",), "write": ("d",)},
    ),
    (
        DepartmentPolicy(name="a", read=("b",), write=("c",)),
        {
            "bureau": "bureau",
            "department": "department",
            "read": ("b",),
            "write": ("c",),
            "operators": False,
            "kept": (),
        },
    ),
    (
        DepartmentPolicy(
            name="a", read=("b",), write=("c",), bureau="d", department="e", operators=True, kept=("at", 7)
        ),
        {
            "bureau": "d",
            "department": "e",
            "read": ("b",),
            "write": ("c",),
            "operators": True,
            "kept": ("at", 7),
        },
    ),
    (AuditPolicy(name="a"), {"about": "enterprises.Enterprise"}),
    (AuditPolicy(name="a", about="b.C"), {"about": "b.C"}),
    (
        CompositeForeignKey(name="a"),
        {
            "columns": ("enterprise_id", "station_id"),
            "to": "enterprises.Enterprise",
            "to_columns": ("id", "station_id"),
        },
    ),
]


@pytest.mark.parametrize(("rule", "arguments"), RULES)
def test_a_migration_writes_every_argument(rule: DatabaseRule, arguments: dict[str, Any]) -> None:
    path, positional, named = rule.deconstruct()
    assert path == f"foundation.tenancy.policies.{type(rule).__name__}"
    assert (positional, named) == ((), {"name": "a"} | arguments)
    assert type(rule)(**named) == rule
    assert [other for other, _arguments in RULES if other == rule] == [rule]
    described = " ".join(f"{key}={value!r}" for key, value in named.items())
    assert repr(rule) == f"<{type(rule).__name__}: {described}>"


def test_a_rule_keeps_the_options_of_every_constraint() -> None:
    for rule, arguments in RULES:
        other = type(rule)(name="a", violation_error_message="no", **arguments)
        assert other.violation_error_message == "no"
        assert other != rule
    assert StationPolicy(name="a") != SimpleNamespace(deconstruct=StationPolicy(name="a").deconstruct)
