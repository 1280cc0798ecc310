"""Who may do what with checks of fire doors."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import (
    ENTERPRISE_ROLES,
    POLICE_ROLES,
    STATION_ROLES,
    register,
    register_scopes,
)

register(
    {
        "door_checks:see": POLICE_ROLES | ENTERPRISE_ROLES,
        "door_checks:record": STATION_ROLES | ENTERPRISE_ROLES,
        "door_checks:correct": STATION_ROLES,
        "door_checks:repair": STATION_ROLES | ENTERPRISE_ROLES,
    }
)
register_scopes({"door_checks:read": _("Read checks of fire doors")})
