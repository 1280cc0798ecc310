"""The actor: who acts, in which role. Every selector and operation takes one first."""

from collections.abc import Iterable
from dataclasses import dataclass

from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, SECOND_FACTOR_ROLES, Role
from foundation.tenancy.scope import Acting, Audience, Scope


@dataclass(frozen=True)
class Actor:
    """A person in the role chosen for this request, an API key, or the system in a task.

    ``stations`` are all stations whose rows the actor may see: one for officers and chiefs, all of the bureau for its
    supervisors, the one with custody for an enterprise's people, none for operators and department officers. For an API key
    they are its area, the stations whose published ratings it may read; ``key_id`` is then set and ``user_id`` is 0.
    """

    user_id: int
    name: str
    role: str
    bureau_id: int = 0
    stations: tuple[int, ...] = ()
    department_id: int = 0
    enterprise_id: int = 0
    grant_id: int = 0
    organisation: str = ""
    address: str = ""
    request_id: str = ""
    key_id: int = 0
    key_scopes: frozenset[str] = frozenset()

    @property
    def station_id(self) -> int:
        """The station of a station or enterprise role; 0 for all others."""
        custodian = self.role not in (Role.SUPERVISOR, Role.DEPARTMENT_OFFICER)  # their stations are an area
        return self.stations[0] if len(self.stations) == 1 and custodian else 0

    @property
    def is_police(self) -> bool:
        return self.role in POLICE_ROLES

    @property
    def needs_second_factor(self) -> bool:
        """Whether the role requires a second factor, where the installation does."""
        return self.role in SECOND_FACTOR_ROLES

    @property
    def is_enterprise(self) -> bool:
        return self.role in ENTERPRISE_ROLES

    @property
    def audience(self) -> Audience:
        if self.role == "system":
            return Audience.SYSTEM
        if self.is_police:
            return Audience.POLICE
        if self.is_enterprise:
            return Audience.ENTERPRISE
        return Audience.DEPARTMENT if self.role == Role.DEPARTMENT_OFFICER else Audience.OPERATOR

    @property
    def acting(self) -> Acting:
        """Who acts, for the audit log, in the lengths of its columns."""
        return Acting(
            id=self.user_id,
            name=self.name[:80],
            role=self.role,
            address=self.address[:45],
            request=self.request_id[:64],
        )

    def scope(self) -> Scope:
        """Return the tenant scope for this actor's reads and writes."""
        return Scope(
            stations=self.stations
            or (0,),  # a supervisor of a bureau without stations sees nothing: no error
            bureau=self.bureau_id,
            department=self.department_id,
            enterprise=self.enterprise_id,
            grant=self.grant_id,
            audience=self.audience,
            actor=self.acting,
        )


def system_actor(*, bureau_id: int, stations: Iterable[int] = (), request_id: str = "") -> Actor:
    """Return the system as an actor that works for one bureau (tasks, commands)."""
    return Actor(
        user_id=0,
        name="system",
        role="system",
        bureau_id=bureau_id,
        stations=tuple(stations),
        request_id=request_id,
    )
