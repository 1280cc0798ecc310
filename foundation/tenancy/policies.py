"""Row-level security and composite keys as model constraints, so that migrations carry them.

1. The predicates read the settings of ``scope.py`` without a default and cast them: unset or left over is an error.
2. They are scalar sub-selects, which PostgreSQL evaluates once per query, so indexes stay in use.
3. Narrowing is a second policy AS RESTRICTIVE. To one enterprise: "0 stands for all, or it is this one". A range of ids
   was simpler to read, but PostgreSQL took an unknown range for half a per cent of a table and planned for that: each
   batch of an evaluation scanned the whole bureau's records (docs/performance.md). The OR costs no index, because
   selectors name the enterprise themselves.
4. What departments may read is one more term of that OR, only for SELECT. Whether a department reads is a scalar
   sub-select too, so a row costs the police as much as before. A second permissive policy would do the same, but its
   OR with the first one keeps the index on stations from being used.
5. The owner is bound too (FORCE, see ``grants.py``). Only referential actions pass, so that a hand-over can cascade.
6. All policies stay in this file, however long it gets: migrations name them by its path.
"""

from typing import Any

from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

STATIONS = "ANY ((SELECT current_setting('app.stations')::bigint[])::bigint[])"
BUREAU = "(SELECT current_setting('app.bureau')::bigint)"
DEPARTMENT = "(SELECT current_setting('app.department')::bigint)"
AUDIENCE = "(SELECT current_setting('app.audience')::text[])"
EVERY_ENTERPRISE = (
    "(SELECT current_setting('app.enterprise_from')::bigint = 0)"  # as a whole: "x = 0" would be rare
)
EVERY_ENTERPRISE_OR_DEPARTMENT = (
    "(SELECT current_setting('app.enterprise_from')::bigint = 0"
    " OR current_setting('app.audience')::text[] = '{department}')"
)
A_DEPARTMENT = "(SELECT current_setting('app.audience')::text[] = '{department}')"
GRANT = "(SELECT current_setting('app.grant')::bigint)"
LINK = "(SELECT current_setting('app.link'))"
ENTERPRISE_TO = "(SELECT current_setting('app.enterprise_to')::bigint)"


def audience_in(audiences: tuple[str, ...]) -> str:
    """Return the predicate that the transaction reads on behalf of one of these audiences."""
    return f"{AUDIENCE} && ARRAY[{', '.join(repr(str(name)) for name in audiences)}]"


def target_table(rule: BaseConstraint, model: Any, label: str) -> str:
    """Return another model's table as the running migration knows it. LookupError says how to order the migrations."""
    try:
        return model._meta.apps.get_model(label)._meta.db_table
    except LookupError as error:
        raise LookupError(
            f"{rule.name} needs {label}, which this migration does not know yet. Move its AddConstraint to a later "
            f"migration of {model._meta.app_label} that depends on the one creating {label}."
        ) from error


class DatabaseRule(BaseConstraint):
    """A constraint that only the database enforces: DDL in migrations, nothing for forms to validate.

    Its SQL is a Statement, like that of Django's own constraints; ``Any`` because django-stubs says ``str``.
    """

    arguments: tuple[str, ...] = ()

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Put nothing into CREATE TABLE: the rule follows once all tables of the migration exist."""
        schema_editor.deferred_sql.append(self.statement(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self.statement(model, schema_editor)

    def statement(self, model: Any, schema_editor: Any) -> Statement:
        raise NotImplementedError

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Do nothing: PostgreSQL decides."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        for argument in self.arguments:
            kwargs[argument] = getattr(self, argument)
        return path, tuple(args), kwargs

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()

    def __repr__(self) -> str:
        _path, _args, kwargs = self.deconstruct()
        return f"<{type(self).__name__}: {' '.join(f'{key}={value!r}' for key, value in kwargs.items())}>"


class Policy(DatabaseRule):
    """One or more policies on one table. ``grants.bind_owner`` forces them on the owner after each migration."""

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        """Return policy name → everything after ``CREATE POLICY name ON table``."""
        raise NotImplementedError

    def policy_names(self, model: Any) -> list[str]:
        """Return the names that pg_policies must list for the table."""
        return list(self.policies(model, str))

    def statement(self, model: Any, schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        lines = ["ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY"]
        for name, body in self.policies(model, quote).items():
            lines.append(f"CREATE POLICY {quote(name)} ON %(table)s {body}")
        return Statement("; ".join(lines), table=Table(model._meta.db_table, quote))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Drop the policies. With the last one, disable row-level security, or the table would look empty."""
        quote = schema_editor.quote_name
        lines = [f"DROP POLICY {quote(name)} ON %(table)s" for name in self.policies(model, quote)]
        lines.append(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = '%(table)s'::regclass) THEN "
            "ALTER TABLE %(table)s DISABLE ROW LEVEL SECURITY; ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY; "
            "END IF; END $$"
        )
        return Statement("; ".join(lines), table=Table(model._meta.db_table, quote))


class StationPolicy(Policy):
    """Casework: a row belongs to the station that has custody now, and often to one enterprise there.

    ``station`` and ``enterprise`` name fields. With ``enterprise``, the enterprise audience sees only that enterprise's
    rows. Without it, all enterprises of the station and departments with the station in their area may read a row, so
    leave it out only for what all of them may read. ``departments`` is the condition, in SQL, under which a department
    may read a row of its area ("true" for all); it may never write one. ``audiences``: only these read and write a row at
    all, such as the police what they know of persons.
    """

    arguments: tuple[str, ...] = ("station", "enterprise", "departments", "audiences")

    def __init__(
        self,
        *,
        name: str,
        station: str = "station",
        enterprise: str | None = None,
        departments: str | None = None,
        audiences: tuple[str, ...] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        if departments and not enterprise:
            raise ValueError("without the enterprise's column a row is open to departments as it is")
        self.station = station
        self.enterprise = enterprise
        self.departments = departments
        self.audiences = tuple(str(audience) for audience in audiences) if audiences else None

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        station = quote(model._meta.get_field(self.station).column)
        mine = f"{station} = {STATIONS}"
        found = {self.name: f"USING ({mine}) WITH CHECK ({mine})"}
        if self.audiences:
            theirs = audience_in(self.audiences)
            found[f"{self.name}_audience"] = f"AS RESTRICTIVE USING ({theirs}) WITH CHECK ({theirs})"
        if self.enterprise:
            field = model._meta.get_field(self.enterprise)
            # A row about no enterprise counts as -1: open to the police, never to an enterprise or a department.
            column = f"coalesce({quote(field.column)}, -1)" if field.null else quote(field.column)
            own = f"{EVERY_ENTERPRISE} OR {column} = {ENTERPRISE_TO}"
            if not self.departments:
                found[f"{self.name}_enterprise"] = f"AS RESTRICTIVE USING ({own}) WITH CHECK ({own})"
                return found
            seen = (
                f"{EVERY_ENTERPRISE_OR_DEPARTMENT} OR {column} = {ENTERPRISE_TO}"
                if self.departments == "true"
                else f"{own} OR ({A_DEPARTMENT} AND {self.departments})"
            )
            found |= {
                f"{self.name}_enterprise": f"AS RESTRICTIVE FOR SELECT USING ({seen})",
                f"{self.name}_insert": f"AS RESTRICTIVE FOR INSERT WITH CHECK ({own})",
                f"{self.name}_update": f"AS RESTRICTIVE FOR UPDATE USING ({own}) WITH CHECK ({own})",
                f"{self.name}_delete": f"AS RESTRICTIVE FOR DELETE USING ({own})",
            }
        return found


class LinkPolicy(StationPolicy):
    """Signed links: ``audiences`` have those of their stations, and whoever holds one reads and answers that row alone.

    ``digest`` names the field with the SHA-256 of the token, which the scope of a link has to name. No other policy opens
    anything to the audience of links.
    """

    arguments = (*StationPolicy.arguments, "digest")

    def __init__(
        self,
        *,
        name: str,
        station: str = "station",
        enterprise: str | None = "enterprise",
        departments: str | None = None,
        audiences: tuple[str, ...] | None = ("police", "system"),
        digest: str = "token_digest",
        **options: Any,
    ) -> None:
        super().__init__(
            name=name,
            station=station,
            enterprise=enterprise,
            departments=departments,
            audiences=audiences,
            **options,
        )
        self.digest = digest

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        station, digest = (
            quote(model._meta.get_field(field).column) for field in (self.station, self.digest)
        )
        theirs = f"{station} = {STATIONS} AND {audience_in(self.audiences or ())}"
        held = f"{audience_in(('link',))} AND {digest} = {LINK}"
        return {
            self.name: f"USING ({theirs}) WITH CHECK ({theirs})",
            f"{self.name}_held": f"FOR SELECT USING ({held})",
            f"{self.name}_answered": f"FOR UPDATE USING ({held}) WITH CHECK ({held})",
        }


UNDONE = "(SELECT coalesce(current_setting('app.undone', true), '') = 'on')"


class UndonePolicy(Policy):
    """Rows that were taken back as if they had never been there: nobody sees them from ``column`` on.

    ``seeing_undone()`` of ``scope.py`` shows them to the operation that takes them back.
    """

    arguments = ("column",)

    def __init__(self, *, name: str, column: str = "undone_at", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.column = column

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        column = quote(model._meta.get_field(self.column).column)
        return {self.name: f"AS RESTRICTIVE FOR SELECT USING ({column} IS NULL OR {UNDONE})"}


class BureauPolicy(Policy):
    """Rows of a whole bureau: standards, evaluations, imports.

    ``read`` and ``write`` name the audiences that may. None means everybody of the bureau, including its enterprises
    and departments, so name the audiences if rows say something about other enterprises.
    """

    arguments = ("bureau", "read", "write")

    def __init__(
        self,
        *,
        name: str,
        bureau: str = "bureau",
        read: tuple[str, ...] | None = None,
        write: tuple[str, ...] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        self.bureau = bureau
        self.read = tuple(str(audience) for audience in read) if read else None
        self.write = tuple(str(audience) for audience in write) if write else None

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        mine = f"{quote(model._meta.get_field(self.bureau).column)} = {BUREAU}"
        found = {self.name: f"USING ({mine}) WITH CHECK ({mine})"}
        if self.read:
            found[f"{self.name}_read"] = f"AS RESTRICTIVE FOR SELECT USING ({audience_in(self.read)})"
        if self.write:
            allowed = audience_in(self.write)
            found[f"{self.name}_insert"] = f"AS RESTRICTIVE FOR INSERT WITH CHECK ({allowed})"
            found[f"{self.name}_update"] = (
                f"AS RESTRICTIVE FOR UPDATE USING ({allowed}) WITH CHECK ({allowed})"
            )
            found[f"{self.name}_delete"] = f"AS RESTRICTIVE FOR DELETE USING ({allowed})"
        return found


class AreaPolicy(BureauPolicy):
    """Rows of a bureau that concern some of its stations: seen and written by whoever has all of these in the scope.

    They are in the array ``stations``. A station sees what concerns it alone; supervisors see everything.
    """

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        stations = quote(model._meta.get_field("stations").column)
        area = f"{stations} <@ (SELECT current_setting('app.stations')::bigint[])"
        found = super().policies(model, quote)
        found[f"{self.name}_area"] = f"AS RESTRICTIVE USING ({area}) WITH CHECK ({area})"
        return found


class DepartmentPolicy(Policy):
    """Deliveries to the partner departments of a bureau: each department sees only its own rows.

    The other audiences see those of the scope's bureau. ``read`` and ``write`` name the audiences that may at all,
    which excludes enterprises. ``operators`` opens the rows of every bureau to platform operators, who run the
    deliveries; leave it out if rows contain casework. ``kept`` is a column with a moment and a number of days, before
    which no row is deleted.
    """

    arguments = ("bureau", "department", "read", "write", "operators", "kept")

    def __init__(
        self,
        *,
        name: str,
        read: tuple[str, ...],
        write: tuple[str, ...],
        bureau: str = "bureau",
        department: str = "department",
        operators: bool = False,
        kept: tuple[str, int] | tuple[()] = (),
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        self.bureau = bureau
        self.department = department
        self.kept = tuple(kept)
        self.read = tuple(str(audience) for audience in read)
        self.write = tuple(str(audience) for audience in write)
        self.operators = operators

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        bureau, department = (
            quote(model._meta.get_field(field).column) for field in (self.bureau, self.department)
        )
        mine = f"{bureau} = {BUREAU}"
        own = f"{DEPARTMENT} = 0 OR {department} = {DEPARTMENT}"
        reads, writes = audience_in(self.read), audience_in(self.write)
        found = {
            self.name: f"USING ({mine}) WITH CHECK ({mine})",
            f"{self.name}_department": f"AS RESTRICTIVE USING ({own}) WITH CHECK ({own})",
            f"{self.name}_read": f"AS RESTRICTIVE FOR SELECT USING ({reads})",
            f"{self.name}_insert": f"AS RESTRICTIVE FOR INSERT WITH CHECK ({writes})",
            f"{self.name}_update": f"AS RESTRICTIVE FOR UPDATE USING ({writes}) WITH CHECK ({writes})",
            f"{self.name}_delete": f"AS RESTRICTIVE FOR DELETE USING ({writes})",
        }
        if self.kept:
            column, days = self.kept
            old = f"{quote(column)} < now() - interval '{days} days'"
            found[f"{self.name}_kept"] = f"AS RESTRICTIVE FOR DELETE USING ({old})"
        if self.operators:
            operator = audience_in(("operator",))
            found[f"{self.name}_operator"] = f"USING ({operator}) WITH CHECK ({operator})"
        return found


class AuditPolicy(Policy):
    """The audit log: everyone may append; police, system and operators read their part, the sealer by another policy.

    Columns ``bureau_id``, ``station_id``, ``enterprise_id`` are plain numbers, 0 for none. An entry about an enterprise
    is visible to those who see the enterprise, so the log follows a hand-over. The writer often may not read what it
    wrote, and INSERT ... RETURNING reads: write with ``appending.append``, never with ``save()`` or ``bulk_create()``.
    """

    arguments = ("about",)

    def __init__(self, *, name: str, about: str = "enterprises.Enterprise", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.about = about

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        bureau, station, enterprise = (
            f"{quote(model._meta.db_table)}.{quote(name)}"
            for name in ("bureau_id", "station_id", "enterprise_id")
        )
        about = quote(target_table(self, model, self.about))
        readers = audience_in(("police", "system", "operator", "sealer"))
        return {
            f"{self.name}_append": "FOR INSERT WITH CHECK (true)",
            f"{self.name}_station": f"FOR SELECT USING ({enterprise} = 0 AND {station} <> 0 AND {station} = {STATIONS})",
            f"{self.name}_bureau": f"FOR SELECT USING ({enterprise} = 0 AND {station} = 0 AND {bureau} = {BUREAU})",
            f"{self.name}_enterprise": f"FOR SELECT USING ({enterprise} <> 0 "
            f"AND EXISTS (SELECT FROM {about} AS about WHERE about.id = {enterprise}))",
            f"{self.name}_readers": f"AS RESTRICTIVE FOR SELECT USING ({readers})",
        }


class SealerPolicy(Policy):
    """What seals the audit log and checks the seals reads all of it, and nobody else reads the seals.

    ``inserts``: it also writes the rows. ``deletes``: it erases them.
    """

    arguments = ("inserts", "deletes")

    def __init__(self, *, name: str, inserts: bool = False, deletes: bool = False, **options: Any) -> None:
        super().__init__(name=name, **options)
        self.inserts = inserts
        self.deletes = deletes

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        sealer = audience_in(("sealer",))
        found = {self.name: f"FOR SELECT USING ({sealer})"}
        if self.inserts:
            found[f"{self.name}_insert"] = f"FOR INSERT WITH CHECK ({sealer})"
        if self.deletes:
            found[f"{self.name}_delete"] = f"FOR DELETE USING ({sealer})"
        return found


class PersonPolicy(Policy):
    """What is written for one person in one role: only the holder of the role grant reads it, while acting in it.

    Only the system writes rows, in a scope of the grant's bureau (0 for the platform), and deletes old ones there. The
    holder may change a row, to mark it as read. Chiefs and supervisors see nothing of other people's rows.
    """

    arguments = ("grant", "bureau")

    def __init__(self, *, name: str, grant: str = "grant", bureau: str = "bureau", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.grant = grant
        self.bureau = bureau

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        grant, bureau = (quote(model._meta.get_field(field).column) for field in (self.grant, self.bureau))
        mine = f"{grant} = {GRANT}"
        system = f"coalesce({bureau}, 0) = {BUREAU} AND {audience_in(('system',))}"
        return {
            self.name: f"FOR SELECT USING ({mine})",
            f"{self.name}_update": f"FOR UPDATE USING ({mine}) WITH CHECK ({mine})",
            f"{self.name}_keep": f"FOR SELECT USING ({system})",
            f"{self.name}_insert": f"FOR INSERT WITH CHECK ({system})",
            f"{self.name}_delete": f"FOR DELETE USING ({system})",
        }


class OwnPolicy(Policy):
    """What a person writes in one role for nobody else: only the holder of the role grant reads and writes it."""

    arguments = ("grant",)

    def __init__(self, *, name: str, grant: str = "grant", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.grant = grant

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        mine = f"{quote(model._meta.get_field(self.grant).column)} = {GRANT}"
        return {self.name: f"USING ({mine}) WITH CHECK ({mine})"}


class KeptPolicy(Policy):
    """What a person keeps for work in one role, and may share: the police of the station then read and change it too.

    A shared row without a station is one of the whole bureau's police.
    """

    arguments = ("grant", "bureau", "station", "shared")

    def __init__(
        self,
        *,
        name: str,
        grant: str = "grant",
        bureau: str = "bureau",
        station: str = "station",
        shared: str = "is_shared",
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        self.grant, self.bureau, self.station, self.shared = grant, bureau, station, shared

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        grant, bureau, station, shared = (
            quote(model._meta.get_field(getattr(self, each)).column) for each in self.arguments
        )
        here = f"{bureau} = {BUREAU} AND ({station} IS NULL OR {station} = {STATIONS})"
        kept = f"{grant} = {GRANT} OR ({shared} AND {here} AND {audience_in(('police',))})"
        return {self.name: f"USING ({kept}) WITH CHECK ({kept})"}


NO_SCOPE = "(SELECT coalesce(current_setting('app.audience', true), '') = '')"
NO_SCOPE_OR_OPERATOR = "(SELECT coalesce(current_setting('app.audience', true), '') IN ('', '{operator}'))"
ACTOR = "(SELECT (nullif(current_setting('app.actor', true), '')::jsonb ->> 'id')::bigint)"


def _is_of_scope(bureau: str, department: str, enterprise: str) -> str:
    """Return the predicate that a row is of the scope's bureau, and of its department or enterprise if these act.

    Where such a column is "", people of departments or enterprises have no row.
    """

    def is_own(column: str, setting: str) -> str:  # NULL: the platform's
        return f"coalesce({column}, 0) = (SELECT nullif(current_setting('{setting}', true), '')::bigint)"

    def narrowed(audience: str, column: str, setting: str) -> str:
        others = f"(SELECT current_setting('app.audience', true) <> '{{{audience}}}')"
        return f"({others} OR {is_own(column, setting)})" if column else others

    return " AND ".join(
        [
            is_own(bureau, "app.bureau"),
            narrowed("department", department, "app.department"),
            narrowed("enterprise", enterprise, "app.enterprise_to"),
        ]
    )


class DirectoryPolicy(Policy):
    """Rows that are read before anybody is known, so without a scope they are open.

    Within one, a row of another bureau, department or enterprise than the scope's is neither inserted nor changed, and
    with ``hides`` not read. Operators pass. ``department`` and ``enterprise`` name fields; without one, people of
    departments or enterprises write no row, and with ``hides`` read none.
    """

    arguments = ("department", "enterprise", "hides")

    def __init__(
        self, *, name: str, department: str = "", enterprise: str = "", hides: bool = False, **options: Any
    ) -> None:
        super().__init__(name=name, **options)
        self.department = department
        self.enterprise = enterprise
        self.hides = hides

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        bureau, department, enterprise = (
            quote(model._meta.get_field(field).column) if field else ""
            for field in ("bureau", self.department, self.enterprise)
        )
        mine = f"{NO_SCOPE_OR_OPERATOR} OR ({_is_of_scope(bureau, department, enterprise)})"
        if self.hides:
            return {self.name: f"USING ({mine}) WITH CHECK ({mine})"}
        return {  # with USING (true) for all, a foreign row could be changed into one of the scope's
            self.name: "FOR SELECT USING (true)",
            f"{self.name}_insert": f"FOR INSERT WITH CHECK ({mine})",
            f"{self.name}_update": f"FOR UPDATE USING ({mine}) WITH CHECK ({mine})",
            f"{self.name}_delete": f"FOR DELETE USING ({mine})",
        }


class AccountPolicy(Policy):
    """Rows of a person's account that are used before anybody is known, so without a scope they are open.

    Within one, people have their own. With ``managed``, also those of everybody who has, or had, a role in the scope's
    bureau (department, enterprise), and operators have all. Without a person (NULL) nobody is logged in.
    """

    arguments = ("managed",)

    def __init__(self, *, name: str, managed: bool = False, **options: Any) -> None:
        super().__init__(name=name, **options)
        self.managed = managed

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        field = model._meta.get_field("user")
        user = f"{quote(model._meta.db_table)}.{quote(field.column)}"
        mine = f"{user} = {ACTOR}"
        if field.null:
            mine = f"{user} IS NULL OR {mine}"
        if not self.managed:
            mine = f"{NO_SCOPE} OR {mine}"
        else:
            grants = quote(target_table(self, model, "accounts.RoleGrant"))
            there = _is_of_scope("held.bureau_id", "held.department_id", "held.enterprise_id")
            mine = (
                f"{NO_SCOPE_OR_OPERATOR} OR {mine} "
                f"OR EXISTS (SELECT FROM {grants} AS held WHERE held.user_id = {user} AND {there})"
            )
        return {self.name: f"USING ({mine}) WITH CHECK ({mine})"}


class Postponed(Statement):
    """The value that ``add_constraint`` gets for a rule in ``deferred_sql``: falsy, so it is not executed."""

    def __init__(self) -> None:
        super().__init__("SELECT 1")

    def __bool__(self) -> bool:
        return False


class CompositeForeignKey(DatabaseRule):
    """A key over several columns, e.g. (enterprise, station), that no row of another tenant can satisfy.

    Foreign keys bypass row-level security; only the pair makes a reference across tenants impossible. ON UPDATE CASCADE
    moves all children when the parent is handed over. The ORM field is a ``ForeignKey(db_constraint=False)``; the
    target needs a UniqueConstraint on ``to_columns``.
    """

    arguments = ("columns", "to", "to_columns")

    def __init__(
        self,
        *,
        name: str,
        columns: tuple[str, ...] = ("enterprise_id", "station_id"),
        to: str = "enterprises.Enterprise",
        to_columns: tuple[str, ...] = ("id", "station_id"),
        **options: Any,
    ) -> None:
        super().__init__(name=name, **options)
        self.columns = tuple(columns)
        self.to = to
        self.to_columns = tuple(to_columns)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        # The unique constraint of the target may be a later operation of the same migration: wait for its end.
        self.constraint_sql(model, schema_editor)
        return Postponed()

    def statement(self, model: Any, schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
            "REFERENCES %(target)s (%(to_columns)s) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            columns=", ".join(map(quote, self.columns)),
            target=Table(target_table(self, model, self.to), quote),
            to_columns=", ".join(map(quote, self.to_columns)),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Drop the key. Run pending checks first, or PostgreSQL would refuse to alter the table."""
        quote = schema_editor.quote_name
        return Statement(
            "SET CONSTRAINTS %(name)s IMMEDIATE; ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )
