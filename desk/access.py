"""Permissions of the desks."""

from enum import StrEnum

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, Role, register


class Permission(StrEnum):
    VIEW_TODAY = "today:view"
    VIEW_ENTERPRISE_FILES = "enterprise_files:view"
    VIEW_BUREAU_FIGURES = "bureau_figures:view"
    SEARCH_RECORDS = "records:search"


register(
    {
        Permission.VIEW_TODAY: STATION_ROLES,
        Permission.VIEW_ENTERPRISE_FILES: POLICE_ROLES,
        Permission.VIEW_BUREAU_FIGURES: {Role.SUPERVISOR},
        Permission.SEARCH_RECORDS: POLICE_ROLES | ENTERPRISE_ROLES,  # each kind asks for its own permission
    }
)
