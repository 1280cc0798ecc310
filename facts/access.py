"""The permissions that every kind of fact has, and who may import facts."""

from collections.abc import Iterable
from enum import StrEnum

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, Role, register


class Permission(StrEnum):
    IMPORT_FACTS = "facts:import"


class Verb(StrEnum):
    """The verbs of permissions on facts of every kind; the acts of a life have further ones."""

    VIEW = "view"
    RECORD = "record"
    CORRECT = "correct"


def sibling(permission: StrEnum, verb: Verb) -> StrEnum:
    """Return the permission for the same kind with another verb: hazards:view → hazards:record.

    Raise ValueError if the enum has none.
    """
    kinds = permission.partition(":")[0]
    return type(permission)(f"{kinds}:{verb}")


def register_permissions(permissions: Iterable[StrEnum], *, by_enterprise: bool = False) -> None:
    """Declare who may view, record and correct a kind of fact, and do the acts of its life.

    The police view, stations write. ``by_enterprise``: the enterprise's people also view, record and act; only stations
    correct.
    """
    own = ENTERPRISE_ROLES if by_enterprise else frozenset()
    usual: dict[str, frozenset[Role]] = {Verb.VIEW: POLICE_ROLES | own, Verb.CORRECT: STATION_ROLES}
    register({each: usual.get(each.partition(":")[2], STATION_ROLES | own) for each in permissions})


register({Permission.IMPORT_FACTS: {Role.CHIEF, Role.SUPERVISOR}})
