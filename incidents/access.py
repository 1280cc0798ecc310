"""Permissions for incidents. Enterprise users have none, because incidents may name persons."""

from enum import StrEnum

from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, register


class Permission(StrEnum):
    VIEW_INCIDENTS = "incidents:view"
    RECORD_INCIDENTS = "incidents:record"
    CORRECT_INCIDENTS = "incidents:correct"
    VERIFY_INCIDENTS = "incidents:verify"


register(
    {
        Permission.VIEW_INCIDENTS: POLICE_ROLES,
        Permission.RECORD_INCIDENTS: STATION_ROLES,
        Permission.CORRECT_INCIDENTS: STATION_ROLES,
        Permission.VERIFY_INCIDENTS: STATION_ROLES,
    }
)
