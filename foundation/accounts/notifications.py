"""Who is notified of acts on accounts, roles, invitations and keys."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import AuditAction, CauseCode, Role
from foundation.accounts.models import RoleGrant
from foundation.contributions.notifications import Cause, Happening, register

EVERYBODY = frozenset(Role.values)
MANAGERS = frozenset({Role.CHIEF, Role.SUPERVISOR, Role.OPERATOR})
DEPARTMENT = frozenset({Role.DEPARTMENT_OFFICER})


def _grants(happening: Happening, order: str) -> Q:
    held = RoleGrant.objects.filter(user_id=happening.target.pk, revoked_at=None).order_by(order)
    return Q(pk__in=held.values("pk")[:1])


def _the_person(happening: Happening) -> Q:
    """Return the role that the person has held longest: one notification, whatever the number of roles."""
    return _grants(happening, "id")


def _in_the_new_role(happening: Happening) -> Q:
    return _grants(happening, "-id")


def _the_department(happening: Happening) -> Q:
    return Q(department_id=happening.target.department_id)


def _department_and_bureau(happening: Happening) -> Q:
    supervisors = Q(bureau_id=happening.target.bureau_id, role=Role.SUPERVISOR)
    return _the_department(happening) | supervisors


def _role(code: Any) -> Any:
    return Role(code).label if code in Role.values else code


def _day(value: Any) -> Any:
    return date_format(dt.date.fromisoformat(value), "Y-m-d")


def _gave(happening: Happening) -> dict[str, Any]:
    return dict(happening.after)


def _took(happening: Happening) -> dict[str, Any]:
    return dict(happening.before)


def _about_the_account(action: AuditAction, words: Any, icon: str, tone: str = "") -> Cause:
    return Cause(
        action,
        words,
        EVERYBODY,
        icon,
        page="accounts:profile",
        takes_id=False,
        tone=tone,
        on=(action,),
        who=_the_person,
    )


register(
    Cause(
        AuditAction.GRANT_ROLE,
        _("You were given a role: %(role)s, %(organisation)s"),
        EVERYBODY,
        "user-plus",
        page="accounts:act_as",
        takes_id=False,
        on=(AuditAction.GRANT_ROLE,),
        who=_in_the_new_role,
        values=_gave,
        shown={"role": _role},
    ),
    Cause(
        AuditAction.REVOKE_ROLE,
        _("A role was taken from you: %(role)s, %(organisation)s"),
        EVERYBODY,
        "user-minus",
        page="accounts:act_as",
        takes_id=False,
        on=(AuditAction.REVOKE_ROLE,),
        who=_the_person,
        values=_took,
        shown={"role": _role},
    ),
    _about_the_account(
        AuditAction.RESET_PASSWORD,
        _("Your password was reset: you were logged out everywhere and got a new link."),
        "key",
        "red",
    ),
    _about_the_account(
        AuditAction.REMOVE_SECOND_FACTOR,
        _("Your second factor was removed: you were logged out everywhere. Set up a new one."),
        "device-mobile-off",
        "red",
    ),
    _about_the_account(AuditAction.ENABLE_USER, _("Your account was enabled again."), "user-check"),
    Cause(
        CauseCode.DETAILS_CHANGED,
        _("Somebody else changed your name, telephone or e-mail."),
        EVERYBODY,
        "pencil",
        page="accounts:profile",
        takes_id=False,
        on=(AuditAction.EDIT_USER,),
        who=_the_person,
    ),
    Cause(
        CauseCode.LOGIN_FAILED,
        _("%(number)s attempts to log in with your name failed since you last logged in."),
        EVERYBODY,
        "lock-exclamation",
        page="accounts:profile",
        takes_id=False,
        tone="yellow",
    ),
    Cause(
        CauseCode.NEW_DEVICE,
        _(
            "You logged in on a device that is new for you (address %(address)s). If it was not you, change your password."
        ),
        EVERYBODY,
        "device-desktop",
        page="accounts:profile",
        takes_id=False,
        tone="yellow",
    ),
    *(
        Cause(code, words, EVERYBODY, icon, page="accounts:profile", takes_id=False, tone="yellow")
        for code, words, icon in (
            (
                CauseCode.SESSIONS_ENDED,
                _(
                    "You were logged out on other devices (%(number)s), from address %(address)s. If it was not you, "
                    "change your password."
                ),
                "device-desktop",
            ),
            (
                CauseCode.PASSWORD_CHANGED,
                _(
                    "Your password was changed from address %(address)s. If it was not you, ask for a new one at once."
                ),
                "key",
            ),
            (
                CauseCode.SECOND_FACTOR_ADDED,
                _(
                    "A second factor was set up for you from address %(address)s. If it was not you, change your "
                    "password and have the second factor removed."
                ),
                "device-mobile-check",
            ),
            (
                CauseCode.RECOVERY_CODES_REPLACED,
                _(
                    "Your recovery codes were replaced from address %(address)s. If it was not you, change your "
                    "password and make new codes."
                ),
                "device-mobile",
            ),
            (
                CauseCode.RECOVERY_CODES_SHOWN,
                _(
                    "Your recovery codes were shown, from address %(address)s. If it was not you, change your password "
                    "and make new codes."
                ),
                "eye",
            ),
            (
                CauseCode.SECOND_FACTOR_FAILED,
                _(
                    "Your password was right, but the code of your second factor was wrong (address %(address)s). If it "
                    "was not you, change your password at once."
                ),
                "lock-exclamation",
            ),
            (
                CauseCode.SECOND_FACTOR_DROPPED,
                _(
                    "Your second factor was removed from address %(address)s. If it was not you, change your password."
                ),
                "device-mobile-off",
            ),
        )
    ),
    Cause(
        CauseCode.INVITATION_ACCEPTED,
        _("%(object)s accepted the invitation and can log in now."),
        MANAGERS,
        "user-check",
        page="accounts:user",
    ),
    Cause(
        CauseCode.PASSWORD_ASKED,
        _("%(object)s asks for a new password. Make sure that it is them, then reset it."),
        MANAGERS,
        "lock-question",
        page="accounts:user",
        tone="yellow",
    ),
    Cause(
        CauseCode.COLLEAGUE_INVITED,
        _("%(firm)s invited a colleague: %(object)s"),
        MANAGERS,
        "user-plus",
        page="accounts:user",
    ),
    Cause(
        CauseCode.COLLEAGUE_REMOVED,
        _("%(firm)s took the access of a colleague away: %(object)s"),
        MANAGERS,
        "user-minus",
        page="accounts:user",
    ),
    Cause(
        CauseCode.COLLEAGUE_ACCEPTED,
        _("%(object)s accepted your invitation and can log in now."),
        frozenset({Role.SECURITY_MANAGER}),
        "user-check",
        page="accounts:colleagues",
        takes_id=False,
    ),
    *(
        Cause(
            action,
            words,
            DEPARTMENT | ({Role.SUPERVISOR} if action != AuditAction.ISSUE_API_KEY else frozenset()),
            icon,
            page="accounts:keys",
            takes_id=False,
            tone=tone,
            on=(action,),
            who=_the_department if action == AuditAction.ISSUE_API_KEY else _department_and_bureau,
        )
        for action, words, icon, tone in (
            (AuditAction.ISSUE_API_KEY, _("An API key was issued for you: %(object)s"), "key", ""),
            (AuditAction.ROTATE_API_KEY, _("An API key was replaced: %(object)s"), "key", ""),
            (AuditAction.REVOKE_API_KEY, _("An API key was revoked: %(object)s"), "key-off", "red"),
        )
    ),
    Cause(
        CauseCode.KEY_ENDS,
        _("An API key ends on %(day)s: %(object)s. Replace it, or calls will fail."),
        DEPARTMENT | {Role.SUPERVISOR},
        "clock",
        page="accounts:keys",
        takes_id=False,
        tone="yellow",
        shown={"day": _day},
    ),
    Cause(
        CauseCode.KEY_ELSEWHERE,
        _(
            "An API key was refused: %(object)s was used from address %(address)s, outside its networks. If you do not "
            "know this address, replace the key."
        ),
        DEPARTMENT | {Role.SUPERVISOR},
        "key-off",
        page="accounts:keys",
        takes_id=False,
        tone="red",
    ),
)
