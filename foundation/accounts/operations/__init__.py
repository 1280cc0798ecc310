"""Writes of organisations, people, roles and keys: one atomic function per act, recorded in the audit log."""

from foundation.accounts.operations.colleagues import invite_colleague, remove_colleague, renew_invitation
from foundation.accounts.operations.duties import hand_over_duties
from foundation.accounts.operations.erasing import erase_personal_values
from foundation.accounts.operations.keys import issue_key, revoke_key, rotate_key, warn_of_ending_keys
from foundation.accounts.operations.organisations import (
    create_bureau,
    create_department,
    create_station,
    edit_bureau,
    edit_department,
    rename_station,
)
from foundation.accounts.operations.passwords import ask_for_password, dismiss_password_request, tell_of_login
from foundation.accounts.operations.people import (
    accept_invitation,
    check_password,
    create_user,
    disable_user,
    edit_profile,
    edit_user,
    enable_user,
    invite_new,
    invite_user,
    open_invitation,
    record_opening,
    remove_second_factor,
    reset_password,
)
from foundation.accounts.operations.roles import act_as, grant_role, revoke_role
from foundation.accounts.operations.sessions import end_own_sessions, own_sessions

__all__ = [
    "accept_invitation",
    "act_as",
    "ask_for_password",
    "check_password",
    "create_bureau",
    "create_department",
    "create_station",
    "create_user",
    "disable_user",
    "dismiss_password_request",
    "edit_bureau",
    "edit_department",
    "edit_profile",
    "edit_user",
    "enable_user",
    "end_own_sessions",
    "erase_personal_values",
    "grant_role",
    "hand_over_duties",
    "invite_colleague",
    "invite_new",
    "invite_user",
    "issue_key",
    "open_invitation",
    "own_sessions",
    "record_opening",
    "remove_colleague",
    "remove_second_factor",
    "rename_station",
    "renew_invitation",
    "reset_password",
    "revoke_key",
    "revoke_role",
    "rotate_key",
    "tell_of_login",
    "warn_of_ending_keys",
]
