"""Permissions for activities."""

from enum import StrEnum

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, register


class Permission(StrEnum):
    VIEW_ACTIVITIES = "activities:view"
    RECORD_ACTIVITIES = "activities:record"
    CORRECT_ACTIVITIES = "activities:correct"


register(
    {
        Permission.VIEW_ACTIVITIES: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.RECORD_ACTIVITIES: STATION_ROLES | ENTERPRISE_ROLES,
        Permission.CORRECT_ACTIVITIES: STATION_ROLES | ENTERPRISE_ROLES,  # own ones of today (facts.own)
    }
)
