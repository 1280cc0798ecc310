"""Words for papers in the audit log."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, actions_from, register
from foundation.contributions.papers import forms
from foundation.words import Words
from papers.choices import AuditAction, Way
from papers.models import Letterhead, Paper, PaperTemplate


class _Titles(Mapping[str, Words]):
    """The titles of forms by code. Apps declare their forms after this module was read."""

    def __getitem__(self, code: str) -> Words:
        return forms[code].title

    def __iter__(self) -> Iterator[str]:
        return (form.code for form in forms)

    def __len__(self) -> int:
        return len(forms)


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
        values={"way": dict(Way.choices), "form": _Titles()},
    ),
    Kind("letterhead", Letterhead, called="authority"),
    Kind("paper_template", PaperTemplate, labels={"digest": _("Digest")}, values={"form": _Titles()}),
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
