"""Permissions and API scopes of ratings."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import POLICE_ROLES, register, register_scopes
from foundation.accounts.choices import Role


class Permission(StrEnum):
    VIEW_RATINGS = "ratings:view"
    CORRECT_RATINGS = "ratings:correct"
    START_EVALUATIONS = "evaluations:start"
    PUBLISH_STANDARDS = "standards:publish"


class Scope(StrEnum):
    READ_RATINGS = "ratings:read"
    READ_EVALUATIONS = "evaluations:read"


register(
    {
        Permission.VIEW_RATINGS: POLICE_ROLES,
        Permission.CORRECT_RATINGS: {Role.SUPERVISOR},
        Permission.START_EVALUATIONS: {Role.SUPERVISOR},
        Permission.PUBLISH_STANDARDS: {Role.SUPERVISOR},
    }
)

register_scopes(
    {
        Scope.READ_RATINGS: _("Read colours, groups and reasons"),
        Scope.READ_EVALUATIONS: _("Read runs and standards"),
    }
)
