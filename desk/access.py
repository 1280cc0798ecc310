"""Who may open which desk."""

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, Role, register

register(
    {
        "desk:today": STATION_ROLES,
        "desk:file": POLICE_ROLES,
        "desk:bureau": {Role.SUPERVISOR},
        "desk:my_enterprise": ENTERPRISE_ROLES,
        "desk:my_tasks": ENTERPRISE_ROLES,
    }
)
