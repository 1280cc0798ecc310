"""Who may do what with the register."""

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
