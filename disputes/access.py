"""Permissions for disputes. Of these, enterprises see the snapshot of their own side alone: disputes may name persons."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import (
    ENTERPRISE_ROLES,
    POLICE_ROLES,
    STATION_ROLES,
    Role,
    register,
    register_scopes,
)


class Permission(StrEnum):
    VIEW_DISPUTES = "disputes:view"
    RECORD_DISPUTES = "disputes:record"
    CORRECT_DISPUTES = "disputes:correct"
    SETTLE_DISPUTES = "disputes:settle"
    RECORD_AGREEMENTS = "disputes:agree"
    RECORD_PAYMENTS = "disputes:pay"
    OPEN_PERSON = "disputes:open_person"
    VIEW_OWN_SIDE = "disputes:view_own_side"
    REPORT_OWN = "disputes:report_own"
    ANSWER_REPORTS = "disputes:answer_report"
    FOLLOW_UP_DISPUTES = "disputes:follow_up"
    VIEW_SCREENINGS = "screenings:view"
    SCREEN_FOR_DISPUTES = "screenings:record"
    MEDIATE_DISPUTES = "disputes:mediate"
    EXTEND_CASES = "disputes:extend_case"
    LEAD_DISPUTES = "disputes:lead"
    REVIEW_RISK = "disputes:review_risk"
    VIEW_PICTURE = "disputes:picture"  # the disputes of a year in figures
    MANAGE_KINDS = "disputes:kinds"  # of the bureau


class Scope(StrEnum):
    READ_DISPUTE_COUNTS = "dispute_counts:read"


register(
    {
        Permission.VIEW_DISPUTES: POLICE_ROLES,
        Permission.RECORD_DISPUTES: STATION_ROLES,
        Permission.CORRECT_DISPUTES: STATION_ROLES,
        Permission.SETTLE_DISPUTES: STATION_ROLES,
        Permission.RECORD_AGREEMENTS: STATION_ROLES,
        Permission.RECORD_PAYMENTS: STATION_ROLES,
        Permission.OPEN_PERSON: POLICE_ROLES,  # each time with a reason
        Permission.VIEW_OWN_SIDE: ENTERPRISE_ROLES,
        Permission.REPORT_OWN: ENTERPRISE_ROLES,
        Permission.ANSWER_REPORTS: STATION_ROLES,
        Permission.FOLLOW_UP_DISPUTES: STATION_ROLES,
        Permission.VIEW_SCREENINGS: POLICE_ROLES,
        Permission.SCREEN_FOR_DISPUTES: STATION_ROLES,
        Permission.MEDIATE_DISPUTES: STATION_ROLES,
        Permission.EXTEND_CASES: frozenset({Role.CHIEF}),
        Permission.LEAD_DISPUTES: STATION_ROLES,
        Permission.REVIEW_RISK: STATION_ROLES,
        Permission.VIEW_PICTURE: frozenset({Role.CHIEF, Role.SUPERVISOR}),
        Permission.MANAGE_KINDS: frozenset({Role.SUPERVISOR}),
    }
)

register_scopes(
    {
        Scope.READ_DISPUTE_COUNTS: _("Read how many disputes an enterprise has, and nothing else of them"),
    }
)
