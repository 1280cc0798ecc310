"""Permission to open the draws; each kind of draw asks for its own besides."""

from enum import StrEnum

from foundation.accounts.access import POLICE_ROLES, register


class Permission(StrEnum):
    VIEW_DRAWS = "draws:view"


register({Permission.VIEW_DRAWS: POLICE_ROLES})
