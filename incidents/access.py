"""Who may see and write incidents. An enterprise's people see none: they may name persons."""

from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, register

register(
    {
        "incidents:see": POLICE_ROLES,
        "incidents:record": STATION_ROLES,
        "incidents:correct": STATION_ROLES,
        "incidents:act": STATION_ROLES,
    }
)
