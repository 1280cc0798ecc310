"""Reads of organisations, people and roles."""

from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant, Station, User


def stations_of(bureau_id: int) -> tuple[int, ...]:
    """Ids of all stations of a bureau, ascending."""
    return tuple(Station.objects.filter(bureau_id=bureau_id).order_by("id").values_list("id", flat=True))


def grants_of(user: User) -> list[RoleGrant]:
    """The live role grants of a person, oldest first."""
    return list(
        RoleGrant.objects.filter(user=user, revoked_at=None).select_related("bureau", "station", "department").order_by("id")
    )


def actor_for(*, user: User, grant_id: int | None, address: str = "", request_id: str = "") -> Actor | None:
    """The actor for a person: in the chosen grant, else in the first. None without any role."""
    grants = grants_of(user)
    if not grants:
        return None
    grant = next((each for each in grants if each.id == grant_id), grants[0])
    stations: tuple[int, ...] = (grant.station_id,) if grant.station_id else ()
    if grant.role == Role.SUPERVISOR:
        stations = stations_of(grant.bureau_id)
    return Actor(
        user_id=user.pk,
        name=str(user),
        role=grant.role,
        bureau_id=grant.bureau_id or 0,
        stations=stations,
        department_id=grant.department_id or 0,
        enterprise_id=grant.enterprise_id or 0,
        grant_id=grant.id,
        organisation=grant.organisation,
        address=address,
        request_id=request_id,
    )


def has_second_factor(user: User) -> bool:
    """Whether the person set up a time-based one-time password."""
    from allauth.mfa.utils import is_mfa_enabled  # allauth needs the app registry

    return is_mfa_enabled(user)
