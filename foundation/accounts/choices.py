"""Choices of the accounts app, in the words of docs/glossary.md."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person may do in one organisation. Roles never add up: a person acts in one at a time."""

    OFFICER = "officer", _("Officer")
    CHIEF = "chief", _("Station chief")
    SUPERVISOR = "supervisor", _("Bureau supervisor")
    SECURITY_MANAGER = "security_manager", _("Security manager")
    ENTERPRISE_STAFF = "enterprise_staff", _("Enterprise staff")
    DEPARTMENT_OFFICER = "department_officer", _("Department officer")
    OPERATOR = "operator", _("Platform operator")


STATION_ROLES = frozenset({Role.OFFICER, Role.CHIEF})
POLICE_ROLES = STATION_ROLES | {Role.SUPERVISOR}
SECOND_FACTOR_ROLES = POLICE_ROLES | {Role.OPERATOR, Role.DEPARTMENT_OFFICER}
ENTERPRISE_ROLES = frozenset({Role.SECURITY_MANAGER, Role.ENTERPRISE_STAFF})


class DepartmentKind(models.TextChoices):
    """Partner departments that receive colours and send facts back."""

    INDUSTRY = "industry", _("Industry and information technology")
    MARKET = "market", _("Market regulation")
    EMERGENCY = "emergency", _("Emergency management")
    LABOUR = "labour", _("Human resources and social security")
    UNION = "union", _("Trade union")
    HOUSING = "housing", _("Housing and construction")
    FIRE = "fire", _("Fire and rescue")
    HEALTH = "health", pgettext_lazy("department", "Health")
    JUSTICE = "justice", _("Justice office")
    STREET = "street", _("Street office")
    OTHER = "other", _("Other department")


class AuditAction(StrEnum):
    """The codes of this app's acts in the audit log: ``<kind>.<verb>``. audit.py has their words and earlier codes."""

    LOG_IN = "user.log_in"
    LOG_OUT = "user.log_out"
    FAIL_LOGIN = "user.fail_login"
    LOCK_OUT = "user.lock_out"
    CHANGE_PASSWORD = "user.change_password"
    ADD_SECOND_FACTOR = "user.add_second_factor"
    DROP_SECOND_FACTOR = "user.drop_second_factor"
    SHOW_RECOVERY_CODES = "user.show_recovery_codes"
    FAIL_SECOND_FACTOR = "user.fail_second_factor"
    ACT_AS = "user.act_as"
    CREATE_USER = "user.create"
    EDIT_USER = "user.edit"
    INVITE_USER = "user.invite"
    OPEN_INVITATION = "user.open_invitation"
    ACCEPT_INVITATION = "user.accept_invitation"
    RESET_PASSWORD = "user.reset_password"
    REMOVE_SECOND_FACTOR = "user.remove_second_factor"
    DISABLE_USER = "user.disable"
    ENABLE_USER = "user.enable"
    GRANT_ROLE = "user.grant_role"
    REVOKE_ROLE = "user.revoke_role"
    HAND_OVER_DUTIES = "user.hand_over"
    ASK_FOR_PASSWORD = "user.ask_for_password"
    DISMISS_PASSWORD_REQUEST = "user.dismiss_password_request"
    CREATE_BUREAU = "bureau.create"
    EDIT_BUREAU = "bureau.edit"
    CREATE_STATION = "station.create"
    RENAME_STATION = "station.rename"
    CREATE_DEPARTMENT = "department.create"
    EDIT_DEPARTMENT = "department.edit"
    ISSUE_API_KEY = "api_key.issue"
    ROTATE_API_KEY = "api_key.rotate"
    REVOKE_API_KEY = "api_key.revoke"
    ERASE_VALUES = "audit_value.erase"
    OPEN_FILE = "user.open"
    END_SESSION = "user.end_session"


class CauseCode(StrEnum):
    """Causes of notifications that are no action of the audit log; notifications.py has their words."""

    DETAILS_CHANGED = "user.details_changed"
    INVITATION_ACCEPTED = "user.invitation_accepted"
    LOGIN_FAILED = "user.failed_logins"
    NEW_DEVICE = "user.new_device"
    SESSIONS_ENDED = "user.sessions_ended"
    PASSWORD_CHANGED = "user.password_changed"
    SECOND_FACTOR_ADDED = "user.second_factor_added"
    RECOVERY_CODES_REPLACED = "user.recovery_codes_replaced"
    RECOVERY_CODES_SHOWN = "user.recovery_codes_shown"
    SECOND_FACTOR_FAILED = "user.second_factor_failed"
    SECOND_FACTOR_DROPPED = "user.second_factor_dropped"
    PASSWORD_ASKED = "user.password_asked"
    COLLEAGUE_INVITED = "colleague.invited"
    COLLEAGUE_REMOVED = "colleague.removed"
    COLLEAGUE_ACCEPTED = "colleague.accepted"
    KEY_ENDS = "api_key.ends"
    KEY_ELSEWHERE = "api_key.elsewhere"
