"""Who may do what with the register."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts import access
from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, Role

access.register(
    {
        "enterprises:view": POLICE_ROLES,
        "enterprises:register": STATION_ROLES,
        "enterprises:edit": STATION_ROLES,
        "enterprises:liaison": STATION_ROLES,
        # closing takes an enterprise out of the rating, handing over out of the station: not an officer's own call
        "enterprises:inactivity": {Role.CHIEF},
        "enterprises:hand_over": {Role.CHIEF, Role.SUPERVISOR},
    }
)

access.register_scopes({"enterprises:read": _("Read the register: names, addresses, industries, colours")})
