"""Words of what is done to organisations, people and keys."""

from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import ApiKey, Bureau, Department, Station, User
from foundation.contributions.audit import Kind, register, spelled

register(
    Kind("bureau", Bureau, formerly=("accounts.Bureau",)),
    Kind("station", Station, formerly=("accounts.Station",)),
    Kind("department", Department, formerly=("accounts.Department",)),
    Kind("user", User, formerly=("accounts.User",)),
    Kind("api_key", ApiKey, formerly=("accounts.ApiKey",)),
    *spelled(
        {
            "login": _("Logged in"),
            "logout": _("Logged out"),
            "change_password": _("Changed the password"),
            "add_second_factor": _("Set up a second factor"),
            "drop_second_factor": _("Gave up the second factor"),
            "act_as": _("Chose a role"),
            "create_user": _("Added a person"),
            "edit_user": _("Changed a person's details"),
            "invite_user": _("Made an invitation link"),
            "accept_invitation": _("Set a password by invitation"),
            "enable_user": _("Enabled an account"),
            "grant_role": _("Gave a role"),
            "revoke_role": _("Took a role away"),
            "create_bureau": _("Opened a bureau"),
            "edit_bureau": _("Changed a bureau"),
            "create_station": _("Opened a police station"),
            "rename_station": _("Renamed a police station"),
            "create_department": _("Added a department"),
            "edit_department": _("Changed a department"),
            "issue_key": _("Issued an API key"),
            "rotate_key": _("Replaced an API key"),
        }
    ),
    *spelled(
        {
            "login_failed": _("Log-in failed"),
            "locked_out": _("Locked out after repeated failures"),
            "second_factor_failed": _("Second factor was wrong"),
            "remove_second_factor": _("Removed somebody's second factor"),
            "reset_password": _("Reset a password"),
            "disable_user": _("Disabled an account"),
            "revoke_key": _("Revoked an API key"),
        },
        grave=True,
    ),
)
