"""Permissions and API key scopes of the register."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from foundation.accounts import access
from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, Role


class Permission(StrEnum):
    VIEW_ENTERPRISES = "enterprises:view"
    REGISTER_ENTERPRISES = "enterprises:register"
    EDIT_ENTERPRISES = "enterprises:edit"
    DEACTIVATE_ENTERPRISES = "enterprises:deactivate"  # and put back on the register
    HAND_OVER_ENTERPRISES = "enterprises:hand_over"
    DESIGNATE_LIAISON_OFFICERS = "liaison_officers:designate"


class Scope(StrEnum):
    READ_ENTERPRISES = "enterprises:read"


access.register(
    {
        Permission.VIEW_ENTERPRISES: POLICE_ROLES,
        Permission.REGISTER_ENTERPRISES: STATION_ROLES,
        Permission.EDIT_ENTERPRISES: STATION_ROLES,
        Permission.DESIGNATE_LIAISON_OFFICERS: STATION_ROLES,
        # Closing removes an enterprise from the rating, a hand-over from the station: not for an officer to decide.
        Permission.DEACTIVATE_ENTERPRISES: {Role.CHIEF},
        Permission.HAND_OVER_ENTERPRISES: {Role.CHIEF, Role.SUPERVISOR},
    }
)

access.register_scopes(
    {Scope.READ_ENTERPRISES: _("Read the register: names, addresses, industries, colours")}
)
