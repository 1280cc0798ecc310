"""Who may do what with ratings."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import POLICE_ROLES, register, register_scopes
from foundation.accounts.choices import Role

register(
    {
        "ratings:read": POLICE_ROLES,
        "ratings:evaluate": {Role.SUPERVISOR},
        "ratings:correct": {Role.SUPERVISOR},
        "ratings:publish_standard": {Role.SUPERVISOR},
    }
)

register_scopes(
    {
        "ratings:read": _("Read colours, groups and reasons"),
        "evaluations:read": _("Read runs and standards"),
    }
)
