"""Who may look into the machine room."""

from foundation.accounts.access import Role, register

register({"platform:health": {Role.OPERATOR}})
