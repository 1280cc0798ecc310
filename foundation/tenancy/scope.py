"""The scope of a transaction: the rows that row-level security lets it see and write."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.database.transactions import set_local, takes_statements
from foundation.ids import ALL_IDS

NO_IDS = (1, 0)
NO_BUREAU = -1  # 0 is the platform's, whose rows some policies open to a scope without a bureau
NO_STATION = (0,)  # ids start at 1, so no row belongs to it; an empty tuple would be easy to pass by mistake


class Audience(StrEnum):
    """On whose behalf a transaction reads. It narrows what the stations alone would open."""

    POLICE = "police"
    SYSTEM = "system"
    ENTERPRISE = "enterprise"
    DEPARTMENT = "department"
    OPERATOR = "operator"
    SEALER = "sealer"  # seals the audit log and checks the seals: reads every entry and nothing else
    LINK = (
        "link"  # whoever holds a signed link, without a login: reads and answers its one row and nothing else
    )


@dataclass(frozen=True)
class Acting:
    """Who acts in a transaction, from where. The database writes it into each entry of the audit log."""

    id: int = 0  # of the user; 0 for keys, the system and people who have not logged in
    name: str = ""
    role: str = ""
    address: str = ""
    request: str = ""

    def setting(self) -> dict[str, str]:
        """Return the setting that the triggers of the audit log read."""
        return {ACTOR: json.dumps(asdict(self), ensure_ascii=False)}


ACTOR = "app.actor"
NOBODY = {ACTOR: ""}


@dataclass(frozen=True)
class Scope:
    """The rows that one transaction works with: casework of these stations, rows of this bureau.

    Police and system see everything of the stations, an enterprise only its own rows there. A department sees no
    casework of the stations except what a policy explicitly opens to departments. An operator sees none, whatever
    stations are named. Whoever holds a signed link has the row with the digest ``link``. A scope that names no ``actor`` leaves the one of the scope around it.

    Raises ValueError for a scope that may be empty by accident; ``NO_STATION`` makes it empty on purpose.
    """

    stations: tuple[int, ...] = ()
    bureau: int = 0
    department: int = 0
    enterprise: int = 0
    grant: int = 0  # the role grant of the person who acts: only its holder reads its notifications
    link: str = ""  # SHA-256 of the token of a signed link
    audience: Audience = field(kw_only=True)
    actor: Acting | None = field(default=None, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stations", tuple(self.stations))
        object.__setattr__(self, "audience", Audience(self.audience))
        if any(type(number) is not int or number < 0 for number in self.stations):
            raise ValueError(f"station ids are whole numbers, not {self.stations!r}")
        if self.audience in (Audience.POLICE, Audience.SYSTEM, Audience.ENTERPRISE) and not self.stations:
            raise ValueError(f"a scope for {self.audience} names at least one station")
        if (self.audience is Audience.ENTERPRISE) != bool(self.enterprise):
            raise ValueError("the enterprise is named for the enterprise audience, and only there")
        if self.audience is Audience.DEPARTMENT and not self.department:
            raise ValueError("a scope for a department names it")
        if (self.audience is Audience.LINK) != bool(self.link):
            raise ValueError("the digest of a link is named for the audience of links, and only there")

    def settings(self) -> dict[str, str]:
        """Return the settings that the policies read, in PostgreSQL's notation."""
        stations, bureau, (first, last) = self.stations, self.bureau, ALL_IDS
        if self.audience is Audience.ENTERPRISE:
            first = last = self.enterprise
        elif self.audience is Audience.DEPARTMENT:
            stations, (first, last) = stations or NO_STATION, NO_IDS
        elif self.audience in (Audience.OPERATOR, Audience.SEALER):
            stations, (first, last) = NO_STATION, NO_IDS
        elif self.audience is Audience.LINK:
            stations, bureau, (first, last) = NO_STATION, NO_BUREAU, NO_IDS
        return {
            "app.stations": "{" + ",".join(map(str, stations)) + "}",
            "app.bureau": str(bureau),
            "app.department": str(self.department),
            # An array literal, so that '' (what PostgreSQL leaves behind) is an error and not just another audience.
            "app.audience": "{" + self.audience + "}",
            "app.enterprise_from": str(first),
            "app.enterprise_to": str(last),
            "app.grant": str(self.grant),
            "app.link": self.link,
        }

    def settings_of_transaction(self) -> dict[str, str]:
        """Return what a transaction is given: what the policies read, and who acts."""
        return self.settings() | (self.actor.setting() if self.actor else NOBODY)


# PostgreSQL falls back to these values when a transaction ends. Casting them fails, so every query is refused.
UNSET = dict.fromkeys(
    (
        "app.stations",
        "app.bureau",
        "app.department",
        "app.audience",
        "app.enterprise_from",
        "app.enterprise_to",
        "app.grant",
        "app.link",
        ACTOR,
    ),
    "",
)

_current: ContextVar[Scope | None] = ContextVar("anqi_scope", default=None)


def current_scope() -> Scope | None:
    """Return the innermost open scope of this thread, or None."""
    return _current.get()


@contextmanager
def station_scope(scope: Scope, using: str = DEFAULT_DB_ALIAS) -> Iterator[Scope]:
    """Let the block see and write the rows of ``scope``, in the open transaction or one of its own.

    A nested scope replaces the outer one (it may be wider); on exit the outer one is restored. Entering costs one
    statement, leaving a nested scope another. An ``.iterator()`` or a streamed response that is still being read after
    the exit fails: finish reading inside.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        with transaction.atomic(using=using), _entered(connection, scope):
            yield scope
        return  # the settings ended with the transaction
    previous = _current.get()
    try:
        with _entered(connection, scope):
            yield scope
    finally:
        # A released savepoint keeps the inner values, so they are restored here. A failed transaction runs no
        # statement and needs none: only a rollback to before this scope makes it usable again.
        if takes_statements(connection):
            set_local(connection, previous.settings_of_transaction() if previous else UNSET)


@contextmanager
def transaction_scope(scope: Scope) -> Iterator[Scope]:
    """Run the block in ``scope``, all or nothing, in a transaction of its own or in a savepoint of the open one."""
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        with transaction.atomic(), station_scope(scope):
            yield scope
    else:
        with station_scope(scope):  # opens the transaction, with which the settings end
            yield scope


@contextmanager
def acting(actor: Acting, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let the block write in the name of ``actor``, unless the transaction already has an actor, who stays."""
    scope = _current.get()
    if scope is not None and scope.actor is not None:
        yield
        return
    connection = connections[using]
    with transaction.atomic(using=using):
        set_local(connection, actor.setting())
        yield
        set_local(connection, NOBODY)


@contextmanager
def _entered(connection: BaseDatabaseWrapper, scope: Scope) -> Iterator[None]:
    outer = _current.get()
    if scope.actor is None and outer is not None and connection.in_atomic_block:
        scope = replace(scope, actor=outer.actor)
    set_local(connection, scope.settings_of_transaction())
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def seeing_undone(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let the block see rows that were taken back (``UndonePolicy``): who takes a row back sees it afterwards."""
    connection = connections[using]
    set_local(connection, {"app.undone": "on"})
    try:
        yield
    finally:
        if takes_statements(connection):
            set_local(connection, {"app.undone": ""})
