"""Permissions of time limits: those whom deadlines bind read them, supervisors change the defaults of their bureau."""

from enum import StrEnum

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, register
from foundation.accounts.choices import Role


class Permission(StrEnum):
    VIEW_TIME_LIMITS = "time_limits:view"
    CHANGE_TIME_LIMITS = "time_limits:change"


register(
    {
        Permission.VIEW_TIME_LIMITS: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.CHANGE_TIME_LIMITS: {Role.SUPERVISOR},
    }
)
