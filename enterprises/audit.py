"""Audit log labels for the register."""

from django.utils.translation import gettext_lazy as _

from enterprises.choices import AuditAction, InactiveReason
from enterprises.models import Enterprise
from foundation.contributions.audit import Action, Kind, register

register(
    Kind(
        "enterprise",
        Enterprise,
        formerly=("enterprises.Enterprise",),
        labels={
            "main": _("liaison officer"),
            "deputy": _("deputy"),
            "on": _("from"),
            "from_on": _("from"),
            "kind": _("state"),
            "was": _("previous state"),
            "mistaken": _("taken off by mistake"),
            "until_on": _("until"),
            "reason": _("reason"),
            "merged_into": _("merged into"),
            "merged": _("merged enterprise"),
            "reason_is_read": _("the enterprise reads the reason"),
        },
        values={"kind": dict(InactiveReason.choices), "was": dict(InactiveReason.choices)},
        refers={"merged_into_id": Enterprise, "merged_id": Enterprise},
        called="name",
        personal=frozenset(
            {
                "legal_representative",
                "responsible_person",
                "security_chief",
                "phone",
                "source_values",
                "main",
                "deputy",
                "reason",
            }
        ),
    ),
    Action(AuditAction.REGISTER_ENTERPRISE, _("Entered in the register"), "plus", names_no_kind=True),
    Action(
        AuditAction.REGISTER_ENTERPRISES,
        _("Entered in the register in one go"),
        names_no_kind=True,
        labels={"count": _("Number")},
    ),
    Action(
        AuditAction.TAKE_BACK_ENTERPRISES,
        _("Taken back with its import"),
        "arrow-back-up",
        "red",
        names_no_kind=True,
        labels={"records": _("Number")},
    ),
    Action(AuditAction.EDIT_ENTERPRISE, _("Entry changed"), "pencil", "yellow", names_no_kind=True),
    Action(AuditAction.HAND_OVER_ENTERPRISE, _("Handed over"), "arrows-exchange", names_no_kind=True),
    Action(
        AuditAction.DEACTIVATE_ENTERPRISE, _("Taken off the register"), "door-exit", "red", names_no_kind=True
    ),
    Action(
        AuditAction.ABSORB_ENTERPRISE,
        _("Another enterprise merged into it"),
        "arrows-join",
        names_no_kind=True,
    ),
    Action(
        AuditAction.NOT_ABSORBED,
        _("A merger into it was recorded by mistake"),
        "arrow-back-up",
        names_no_kind=True,
    ),
    Action(
        AuditAction.REACTIVATE_ENTERPRISE,
        _("Put back on the register"),
        "door-enter",
        "green",
        names_no_kind=True,
    ),
    Action(
        AuditAction.DESIGNATE_LIAISON_OFFICER,
        _("Liaison officer designated"),
        "user-check",
        names_no_kind=True,
        formerly=("enterprise.liaison",),
    ),
)
