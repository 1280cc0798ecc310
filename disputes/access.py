"""Permissions for disputes. Enterprise users have none, because disputes may name persons."""

from enum import StrEnum

from foundation.accounts.access import POLICE_ROLES, STATION_ROLES, Role, register


class Permission(StrEnum):
    VIEW_DISPUTES = "disputes:view"
    RECORD_DISPUTES = "disputes:record"
    CORRECT_DISPUTES = "disputes:correct"
    SETTLE_DISPUTES = "disputes:settle"
    RECORD_AGREEMENTS = "disputes:agree"
    RECORD_PAYMENTS = "disputes:pay"
    MEDIATE_DISPUTES = "disputes:mediate"
    EXTEND_CASES = "disputes:extend_case"
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
        Permission.MEDIATE_DISPUTES: STATION_ROLES,
        Permission.EXTEND_CASES: frozenset({Role.CHIEF}),
        Permission.LEAD_DISPUTES: STATION_ROLES,
        Permission.REVIEW_RISK: STATION_ROLES,
    }
)
