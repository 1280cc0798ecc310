"""Audit log entries about standards and runs: kinds and labels."""

from django.utils.translation import gettext_lazy as _

from enterprises.choices import Colour
from foundation.contributions.audit import Kind, actions_from, register
from ratings.choices import AuditAction
from ratings.models import Evaluation, Standard

# Action names that earlier versions wrote.
FORMERLY: dict[str, str] = {
    AuditAction.PUBLISH_STANDARD: "publish standard",
    AuditAction.ADOPT_STANDARD: "adopt standard",
    AuditAction.OPEN_EVALUATION: "open evaluation",
    AuditAction.OPEN_CORRECTION: "open correction evaluation",
    AuditAction.OPEN_TRIAL: "open trial evaluation",
    AuditAction.OPEN_INTERIM: "open interim evaluation",
    AuditAction.RESTART_EVALUATION: "restart evaluation",
    AuditAction.COMPLETE_EVALUATION: "complete evaluation",
}

register(
    Kind(
        "standard",
        Standard,
        formerly=("ratings.Standard",),
        labels={"from_quarter": _("From quarter")},
        refers={"standard_id": Standard},
        named_by=("titles", "version"),
        joined_by=" · ",
    ),
    Kind(
        "evaluation",
        Evaluation,
        formerly=("ratings.Evaluation",),
        values={"counts": dict(Colour.choices)},
        named_by=("period_code", "kind"),
        joined_by=" · ",
    ),
    *actions_from(
        {
            AuditAction.PUBLISH_STANDARD: _("Published"),
            AuditAction.ADOPT_STANDARD: _("Adopted"),
            AuditAction.OPEN_EVALUATION: _("Opened"),
            AuditAction.OPEN_CORRECTION: _("Opened as a correction"),
            AuditAction.OPEN_TRIAL: _("Opened as a trial"),
            AuditAction.OPEN_INTERIM: _("Opened between two quarters"),
            AuditAction.RESTART_EVALUATION: _("Started again"),
            AuditAction.COMPLETE_EVALUATION: _("Completed"),
            AuditAction.EXPORT_RATINGS: _("Exported ratings"),
        },
        formerly=FORMERLY,
        names_no_kind=True,
    ),
)
