"""Who may open which desk."""

from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, Role, register

register({"desk:today": STATION_ROLES, "desk:file": POLICE_ROLES, "desk:bureau": {Role.SUPERVISOR}})
