"""Permissions for QR codes at the door and check-ins."""

from enum import StrEnum

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, register
from foundation.accounts.choices import Role


class Permission(StrEnum):
    VIEW_CHECK_INS = "check_ins:view"
    RECORD_CHECK_INS = "check_ins:record"
    VIEW_OWN_VISITS = "check_ins:view_own"  # the page of an enterprise's people
    MANAGE_DOOR_SIGNS = "door_signs:manage"


register(
    {
        # an enterprise's people who scan the code are led to their portal
        Permission.VIEW_CHECK_INS: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.RECORD_CHECK_INS: STATION_ROLES,
        Permission.VIEW_OWN_VISITS: ENTERPRISE_ROLES,
        Permission.MANAGE_DOOR_SIGNS: STATION_ROLES | {Role.SECURITY_MANAGER},
    }
)
