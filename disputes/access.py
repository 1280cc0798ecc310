"""Permissions for disputes. Enterprise users have none, because disputes may name persons."""

from enum import StrEnum

from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, register


class Permission(StrEnum):
    VIEW_DISPUTES = "disputes:view"
    RECORD_DISPUTES = "disputes:record"
    CORRECT_DISPUTES = "disputes:correct"
    SETTLE_DISPUTES = "disputes:settle"
    RECORD_AGREEMENTS = "disputes:agree"
    RECORD_PAYMENTS = "disputes:pay"
    LEAD_DISPUTES = "disputes:lead"
    REVIEW_RISK = "disputes:review_risk"


register(
    {
        Permission.VIEW_DISPUTES: POLICE_ROLES,
        Permission.RECORD_DISPUTES: STATION_ROLES,
        Permission.CORRECT_DISPUTES: STATION_ROLES,
        Permission.SETTLE_DISPUTES: STATION_ROLES,
        Permission.RECORD_AGREEMENTS: STATION_ROLES,
        Permission.RECORD_PAYMENTS: STATION_ROLES,
        Permission.LEAD_DISPUTES: STATION_ROLES,
        Permission.REVIEW_RISK: STATION_ROLES,
    }
)
