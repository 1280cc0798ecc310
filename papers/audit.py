"""Words for papers in the audit log."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, actions_from, register
from foundation.contributions.papers import forms
from foundation.contributions.registry import WordsOf
from papers.choices import AuditAction, Way
from papers.models import Letterhead, Paper, PaperTemplate

_TITLES = WordsOf(forms, lambda form: form.title)

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
        values={"way": dict(Way.choices), "form": _TITLES},
    ),
    Kind("letterhead", Letterhead, called="authority"),
    Kind("paper_template", PaperTemplate, labels={"digest": _("Digest")}, values={"form": _TITLES}),
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
