"""Words for acts on organisations, people and keys."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import AuditAction
from foundation.accounts.models import ApiKey, AuditValue, Bureau, Department, Station, User
from foundation.contributions.audit import Action, Kind, actions_from, register

# codes that entries of earlier versions use instead
FORMERLY: dict[str, str] = {
    AuditAction.LOG_IN: "login",
    AuditAction.LOG_OUT: "logout",
    AuditAction.FAIL_LOGIN: "login_failed",
    AuditAction.LOCK_OUT: "locked_out",
    AuditAction.CHANGE_PASSWORD: "change_password",
    AuditAction.ADD_SECOND_FACTOR: "add_second_factor",
    AuditAction.DROP_SECOND_FACTOR: "drop_second_factor",
    AuditAction.FAIL_SECOND_FACTOR: "second_factor_failed",
    AuditAction.ACT_AS: "act_as",
    AuditAction.CREATE_USER: "create_user",
    AuditAction.EDIT_USER: "edit_user",
    AuditAction.INVITE_USER: "invite_user",
    AuditAction.ACCEPT_INVITATION: "accept_invitation",
    AuditAction.RESET_PASSWORD: "reset_password",
    AuditAction.REMOVE_SECOND_FACTOR: "remove_second_factor",
    AuditAction.DISABLE_USER: "disable_user",
    AuditAction.ENABLE_USER: "enable_user",
    AuditAction.GRANT_ROLE: "grant_role",
    AuditAction.REVOKE_ROLE: "revoke_role",
    AuditAction.CREATE_BUREAU: "create_bureau",
    AuditAction.EDIT_BUREAU: "edit_bureau",
    AuditAction.CREATE_STATION: "create_station",
    AuditAction.RENAME_STATION: "rename_station",
    AuditAction.CREATE_DEPARTMENT: "create_department",
    AuditAction.EDIT_DEPARTMENT: "edit_department",
    AuditAction.ISSUE_API_KEY: "issue_key",
    AuditAction.ROTATE_API_KEY: "rotate_key",
    AuditAction.REVOKE_API_KEY: "revoke_key",
}

register(
    Kind("bureau", Bureau, formerly=("accounts.Bureau",), called="name"),
    Kind("station", Station, formerly=("accounts.Station",), called="name"),
    Kind("department", Department, formerly=("accounts.Department",), called="name"),
    Kind(
        "user",
        User,
        formerly=("accounts.User",),
        labels={
            "expires_at": _("expires"),
            "opened_at": _("first opened"),
            "type": _("Second factor"),
            "successor": _("successor"),
            "device": _("device"),
            "address": _("address"),
            "liaison": _("posts of liaison officers"),
        },
        values={"type": {"totp": _("Authenticator app"), "recovery_codes": _("Recovery codes")}},
        personal=frozenset(
            {"username", "full_name", "police_number", "phone", "email", "successor", "device", "address"}
        ),
    ),
    Kind("api_key", ApiKey, formerly=("accounts.ApiKey",)),
    Kind("audit_value", AuditValue),
    *actions_from(
        {
            AuditAction.LOG_IN: _("Logged in"),
            AuditAction.LOG_OUT: _("Logged out"),
            AuditAction.CHANGE_PASSWORD: _("Changed the password"),
            AuditAction.ADD_SECOND_FACTOR: _("Set up a second factor"),
            AuditAction.DROP_SECOND_FACTOR: _("Gave up the second factor"),
            AuditAction.SHOW_RECOVERY_CODES: _("Looked at the recovery codes"),
            AuditAction.ACT_AS: _("Chose a role"),
            AuditAction.CREATE_USER: _("Added a person"),
            AuditAction.EDIT_USER: _("Changed a person's details"),
            AuditAction.INVITE_USER: _("Made an invitation link"),
            AuditAction.OPEN_INVITATION: _("An invitation link was opened"),
            AuditAction.ACCEPT_INVITATION: _("Set a password by invitation"),
            AuditAction.ENABLE_USER: _("Enabled an account"),
            AuditAction.GRANT_ROLE: _("Gave a role"),
            AuditAction.REVOKE_ROLE: _("Took a role away"),
            AuditAction.HAND_OVER_DUTIES: _("Handed over a person's duties"),
            AuditAction.ASK_FOR_PASSWORD: _("A new password was asked for"),
            AuditAction.DISMISS_PASSWORD_REQUEST: _("Dismissed a request for a new password"),
            AuditAction.CREATE_BUREAU: _("Opened a bureau"),
            AuditAction.EDIT_BUREAU: _("Changed a bureau"),
            AuditAction.CREATE_STATION: _("Opened a police station"),
            AuditAction.RENAME_STATION: _("Renamed a police station"),
            AuditAction.CREATE_DEPARTMENT: _("Added a department"),
            AuditAction.EDIT_DEPARTMENT: _("Changed a department"),
            AuditAction.ISSUE_API_KEY: _("Issued an API key"),
            AuditAction.ROTATE_API_KEY: _("Replaced an API key"),
            AuditAction.OPEN_FILE: _("Opened a person's page"),
            AuditAction.END_SESSION: _("Ended another session of their own"),
        },
        formerly=FORMERLY,
    ),
    *actions_from(
        {
            AuditAction.FAIL_LOGIN: _("Log-in failed"),
            AuditAction.LOCK_OUT: _("Locked out after repeated failures"),
            AuditAction.FAIL_SECOND_FACTOR: _("Second factor was wrong"),
            AuditAction.REMOVE_SECOND_FACTOR: _("Removed somebody's second factor"),
            AuditAction.RESET_PASSWORD: _("Reset a password"),
            AuditAction.DISABLE_USER: _("Disabled an account"),
            AuditAction.REVOKE_API_KEY: _("Revoked an API key"),
        },
        formerly=FORMERLY,
        grave=True,
    ),
    # its entries are about the kind whose values were erased
    Action(
        AuditAction.ERASE_VALUES,
        _("Erased personal values from the log"),
        grave=True,
        labels={"values": _("Values")},
    ),
)
