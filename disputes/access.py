"""Who may see and write disputes. An enterprise's people see none: they may name persons."""

from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, register

register(
    {
        "disputes:see": POLICE_ROLES,
        "disputes:record": STATION_ROLES,
        "disputes:correct": STATION_ROLES,
        "disputes:act": STATION_ROLES,
    }
)
