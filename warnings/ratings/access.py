"""Who may do what with ratings."""

from foundation.accounts.access import POLICE_ROLES, register
from foundation.accounts.choices import Role

register(
    {
        "ratings:read": POLICE_ROLES,
        "ratings:evaluate": {Role.SUPERVISOR},
        "ratings:correct": {Role.SUPERVISOR},
        "ratings:publish_standard": {Role.SUPERVISOR},
    }
)
