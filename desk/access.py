"""Permissions of the desks."""

from enum import StrEnum

from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, Role, register


class Permission(StrEnum):
    VIEW_TODAY = "today:view"
    VIEW_ENTERPRISE_FILES = "enterprise_files:view"
    VIEW_BUREAU_FIGURES = "bureau_figures:view"


register(
    {
        Permission.VIEW_TODAY: STATION_ROLES,
        Permission.VIEW_ENTERPRISE_FILES: POLICE_ROLES,
        Permission.VIEW_BUREAU_FIGURES: {Role.SUPERVISOR},
    }
)
