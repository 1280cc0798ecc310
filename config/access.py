"""Permission to view the health page."""

from enum import StrEnum

from foundation.accounts.access import Role, register


class Permission(StrEnum):
    VIEW_HEALTH = "health:view"


register({Permission.VIEW_HEALTH: {Role.OPERATOR}})
