"""Who is notified of deliveries: the department, the bureau, the platform's operators."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliveries.choices import AuditAction, Paused
from foundation.accounts.choices import Role
from foundation.contributions.notifications import Cause, Happening, register

DEPARTMENT = frozenset({Role.DEPARTMENT_OFFICER})
SUPERVISORS = frozenset({Role.SUPERVISOR})
OPERATORS = frozenset({Role.OPERATOR})


def _department(happening: Happening) -> Q:
    return Q(department_id=happening.target.department_id)


def _bureau(happening: Happening) -> Q:
    return Q(bureau_id=happening.target.bureau_id)


def _platform(happening: Happening) -> Q:
    return Q(role=Role.OPERATOR)


def _why(happening: Happening) -> dict[str, Any]:
    return {"why": happening.after.get("paused_why", "")}


def _feedback(happening: Happening) -> dict[str, Any]:
    return {"reason": happening.after.get("feedback", ""), "object": str(happening.target.subscription)}


def _is_first_address(happening: Happening) -> bool:
    return not happening.before.get("url")


def _is_other_address(happening: Happening) -> bool:
    return not _is_first_address(happening) and bool(happening.after.get("url"))


def _has_no_address(happening: Happening) -> bool:
    return not _is_first_address(happening) and not happening.after.get("url")


def _is_first_secret(happening: Happening) -> bool:
    return not happening.before.get("secret_at")


def _is_other_secret(happening: Happening) -> bool:
    return not _is_first_secret(happening)


def _reason(code: str) -> Any:
    return Paused(code).label if code in Paused.values else code


AUDIENCES = (
    ("", DEPARTMENT, _department, "deliveries:my_subscription"),
    (".bureau", SUPERVISORS, _bureau, "deliveries:subscription"),
    (".platform", OPERATORS, _platform, "deliveries:delivery"),
)


def _for(action: AuditAction, words: Any, icon: str, *suffixes: str, **more: Any) -> list[Cause]:
    return [
        Cause(f"{action}{suffix}", words, roles, icon, page=page, on=(action,), who=who, **more)
        for suffix, roles, who, page in AUDIENCES
        if suffix in suffixes
    ]


register(
    *_for(
        AuditAction.PAUSE_PUSH,
        _("Delivery paused: %(object)s. %(why)s"),
        "player-pause",
        "",
        ".bureau",
        ".platform",
        tone="red",
        values=_why,
        shown={"why": _reason},
    ),
    *_for(AuditAction.RESUME_PUSH, _("Delivery goes on: %(object)s"), "player-play", "", ".bureau"),
    *_for(AuditAction.SKIP_MESSAGE, _("A message was skipped: %(object)s"), "player-skip-forward", ""),
    *_for(
        AuditAction.SET_ADDRESS,
        _("The delivery address was changed, confirm it: %(object)s"),
        "world",
        "",
        when=_is_other_address,
    ),
    Cause(
        "subscription.set_first_address",
        _("The delivery address was set, confirm it: %(object)s"),
        DEPARTMENT,
        "world",
        page="deliveries:my_subscription",
        on=(AuditAction.SET_ADDRESS,),
        who=_department,
        when=_is_first_address,
    ),
    Cause(
        "subscription.remove_address",
        _("The delivery address was removed, nothing is pushed: %(object)s"),
        DEPARTMENT,
        "world",
        page="deliveries:my_subscription",
        on=(AuditAction.SET_ADDRESS,),
        who=_department,
        when=_has_no_address,
    ),
    *_for(
        AuditAction.CONFIRM_ADDRESS,
        _("The delivery address was confirmed: %(object)s"),
        "world",
        "",
        ".platform",
    ),
    *_for(
        AuditAction.ROTATE_SECRET,
        _("The signing secret was replaced: %(object)s"),
        "key",
        "",
        ".platform",
        when=_is_other_secret,
    ),
    Cause(
        "subscription.create_secret",
        _("The signing secret was created: %(object)s"),
        DEPARTMENT,
        "key",
        page="deliveries:my_subscription",
        on=(AuditAction.ROTATE_SECRET,),
        who=_department,
        when=_is_first_secret,
    ),
    Cause(
        "subscription.create_secret.platform",
        _("The signing secret was created: %(object)s"),
        OPERATORS,
        "key",
        page="deliveries:delivery",
        on=(AuditAction.ROTATE_SECRET,),
        who=_platform,
        when=_is_first_secret,
    ),
    *_for(AuditAction.CREATE_SUBSCRIPTION, _("A new subscription: %(object)s"), "rss", "", ".platform"),
    *_for(AuditAction.EDIT_SUBSCRIPTION, _("A subscription was changed: %(object)s"), "pencil", ""),
    *_for(AuditAction.END_SUBSCRIPTION, _("A subscription was ended: %(object)s"), "rss-off", ""),
    Cause(
        AuditAction.GIVE_FEEDBACK,
        _("Feedback from a department: %(object)s"),
        SUPERVISORS,
        "message",
        page="deliveries:receipts",
        takes_id=False,
        on=(AuditAction.GIVE_FEEDBACK,),
        who=_bureau,
        values=_feedback,
    ),
)
