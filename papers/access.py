"""Permissions of papers."""

from enum import StrEnum

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, register
from foundation.accounts.choices import Role


class Permission(StrEnum):
    VIEW_PAPERS = "papers:view"
    ISSUE_PAPERS = "papers:issue"
    SERVE_PAPERS = "papers:serve"
    VOID_PAPERS = "papers:void"
    RECEIVE_PAPERS = "papers:receive"
    VIEW_REGISTER = "paper_register:view"
    CHANGE_LETTERHEAD = "letterhead:change"
    VIEW_TEMPLATES = "paper_templates:view"
    PUBLISH_TEMPLATES = "paper_templates:publish"


register(
    {
        Permission.VIEW_PAPERS: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.ISSUE_PAPERS: STATION_ROLES,
        Permission.SERVE_PAPERS: STATION_ROLES,
        Permission.VOID_PAPERS: STATION_ROLES,
        Permission.RECEIVE_PAPERS: ENTERPRISE_ROLES,
        Permission.VIEW_REGISTER: POLICE_ROLES,
        Permission.CHANGE_LETTERHEAD: {Role.CHIEF},
        Permission.VIEW_TEMPLATES: POLICE_ROLES,
        Permission.PUBLISH_TEMPLATES: {Role.SUPERVISOR},
    }
)
