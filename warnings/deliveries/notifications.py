"""Who is notified of deliveries: the department, the bureau, the platform's operators."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliveries.choices import AuditAction, CauseCode, Paused, WishKind
from deliveries.wording import shown_address
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
    return _waits(happening) and not happening.before.get("url")


def _is_other_address(happening: Happening) -> bool:
    return _waits(happening) and bool(happening.before.get("url"))


def _waits(happening: Happening) -> bool:
    """Return whether the address waits for the department; one that it asked for does not."""
    return happening.target.is_unconfirmed


def _goes_on(happening: Happening) -> bool:
    """Return whether a push that was resumed does not wait for an address to be confirmed."""
    return not happening.target.paused_why


def _has_no_address(happening: Happening) -> bool:
    return bool(happening.before.get("url")) and not happening.after.get("url")


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
LOG = "deliveries:push_log"
ABOUT_THE_PUSH = frozenset({AuditAction.PAUSE_PUSH, AuditAction.RESUME_PUSH, AuditAction.SKIP_MESSAGE})


def _for(action: AuditAction, words: Any, icon: str, *suffixes: str, **more: Any) -> list[Cause]:
    return [
        Cause(
            f"{action}{suffix}",
            words,
            roles,
            icon,
            page=LOG if action in ABOUT_THE_PUSH and roles is DEPARTMENT else page,
            on=(action,),
            who=who,
            **more,
        )
        for suffix, roles, who, page in AUDIENCES
        if suffix in suffixes
    ]


def _is_key(happening: Happening) -> bool:
    return happening.target.kind == WishKind.KEY


def _is_address(happening: Happening) -> bool:
    return happening.target.kind == WishKind.ADDRESS


def _wish(happening: Happening) -> dict[str, Any]:
    row = happening.target
    named = row.values.get("title") or shown_address(row.values.get("url", ""))
    return {"object": named, "department": row.department.name}


def _declined(happening: Happening) -> dict[str, Any]:
    return {**_wish(happening), "reason": happening.target.reason}


register(
    Cause(
        f"{AuditAction.ASK}.key",
        _("%(department)s asks for an API key: %(object)s"),
        SUPERVISORS,
        "key",
        page="deliveries:wish_decide",
        on=(AuditAction.ASK,),
        who=_bureau,
        when=_is_key,
        values=_wish,
    ),
    Cause(
        f"{AuditAction.ASK}.address",
        _("%(department)s asks for an address: %(object)s"),
        OPERATORS,
        "world",
        page="deliveries:wish_decide",
        on=(AuditAction.ASK,),
        who=_platform,
        when=_is_address,
        values=_wish,
    ),
    Cause(
        AuditAction.APPROVE,
        _("Your request was approved: %(object)s"),
        DEPARTMENT,
        "circle-check",
        page="deliveries:wish",
        on=(AuditAction.APPROVE,),
        who=_department,
        values=_wish,
    ),
    Cause(
        AuditAction.DECLINE,
        _("Your request was declined: %(object)s"),
        DEPARTMENT,
        "circle-x",
        page="deliveries:wish",
        tone="red",
        on=(AuditAction.DECLINE,),
        who=_department,
        values=_declined,
    ),
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
    Cause(
        CauseCode.LATE,
        _("Messages are late by an hour: %(object)s. No. %(number)s is tried again and again; see why."),
        DEPARTMENT,
        "clock-exclamation",
        page="deliveries:push_log",
        tone="yellow",
    ),
    Cause(
        CauseCode.LATE_PLATFORM,
        _("Messages are late by an hour: %(object)s. No. %(number)s is tried again and again."),
        OPERATORS,
        "clock-exclamation",
        page="deliveries:delivery",
        tone="yellow",
    ),
    Cause(
        CauseCode.SECRET_ENDS,
        _(
            "The old signing secret ends on %(until)s: %(object)s. Your receiver must use the new one by then."
        ),
        DEPARTMENT,
        "key",
        page="deliveries:push_log",
        tone="yellow",
    ),
    *_for(
        AuditAction.RESUME_PUSH,
        _("Delivery goes on: %(object)s"),
        "player-play",
        "",
        ".bureau",
        when=_goes_on,
    ),
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
