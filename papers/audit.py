"""Words for papers in the audit log."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, actions_from, register
from papers.choices import AuditAction, Way
from papers.models import Letterhead, Paper, PaperTemplate

register(
    Kind(
        "paper",
        Paper,
        labels={
            "number": _("Paper number"),
            "digest": _("Digest"),
            "file": _("File"),
            "way": _("How"),
            "received_by": _("Received by"),
            "servers": _("Served by"),
            "witness": _("Witness"),
            "refused": _("refused"),
            "replaces": _("replaces what was recorded before"),
            "by_enterprise": _("in the portal"),
        },
        values={"way": dict(Way.choices)},
    ),
    Kind("letterhead", Letterhead, called="authority"),
    Kind("paper_template", PaperTemplate, labels={"digest": _("Digest")}),
    *actions_from(
        {
            AuditAction.ISSUE: _("Issued a paper"),
            AuditAction.CORRECT: _("Replaced a paper by a correction"),
            AuditAction.VOID: _("Voided a paper"),
            AuditAction.SERVE: _("Recorded the service of a paper"),
            AuditAction.ATTACH: _("Added the signed copy of a paper"),
            AuditAction.CORRECT_SERVICE: _("Corrected the service of a paper"),
            AuditAction.RECEIVE: _("Confirmed the receipt of a paper"),
            AuditAction.LETTERHEAD: _("Changed the letterhead"),
            AuditAction.PUBLISH: _("Published a template of papers"),
        }
    ),
)
